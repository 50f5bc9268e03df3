"""How likely each label is, by the tokens of texts, as learned from all cases at once.

Each text is the weighted sum of the vectors of its tokens; those of all texts, one beside the
other, go through one hidden layer (a deep averaging network: Iyyer et al., 2015, "Deep unordered
composition rivals syntactic methods for text classification"). ``bench/affinity.py`` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Network:
    """`rows` are vectors, texts by tokens by dimensions, as bytes with a `factor` for each.

    `hidden` and `out` are the weights into the hidden layer and out of it, `start` and `base` what
    is added.
    """

    rows: npt.NDArray[np.int8]
    factor: Floats
    hidden: Floats
    start: Floats
    out: Floats
    base: Floats

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Network:
        """The network of a name among arrays."""
        parts = ("rows", "factor", "hidden", "start", "out", "base")
        return cls(*[arrays[f"{name}_{part}"] for part in parts])

    def __call__(self, texts: Sequence[Ints], rarity: Floats) -> list[float]:
        """How likely each label is; each text is given by the numbers of its distinct tokens."""
        return softmax(self.units(texts, rarity) @ self.out + self.base)

    def units(self, texts: Sequence[Ints], rarity: Floats) -> Floats:
        """The hidden layer for such texts."""
        sums = [
            weighted_sum(known, rarity, rows, factor)
            for known, rows, factor in zip(texts, self.rows, self.factor, strict=True)
        ]
        return np.asarray(np.maximum(np.concatenate(sums) @ self.hidden + self.start, 0.0))


@dataclass(frozen=True, slots=True)
class Layer:
    """A single layer: features by labels, and what is added to each label."""

    rows: Floats
    base: Floats

    def __call__(self, features: Floats) -> Floats:
        """The total of each label."""
        return np.asarray(features @ self.rows + self.base)


def weighted_sum(known: Ints, rarity: Floats, rows: npt.NDArray[np.int8], factor: Floats) -> Floats:
    """The vectors of tokens, given by their numbers, summed by how rare the tokens are."""
    weights = unit_weights(known, rarity) * factor[known]
    return np.asarray(weights @ rows[known].astype(np.float32))


def unit_weights(known: Ints, rarity: Floats) -> Floats:
    """The weights of tokens, given by their numbers; their squares add up to one."""
    weights = rarity[known]
    return np.asarray(weights / (np.sqrt((weights**2).sum()) + _TINY), np.float32)


def softmax(totals: Floats) -> list[float]:
    """Shares that add up to one."""
    powers = np.exp(totals - totals.max())
    return [float(share) for share in powers / powers.sum()]
