"""What learning from the tokens of texts takes: texts as rows to sum up, and steps downhill."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from examcoach.network import Floats, Ints, unit_weights

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as weights of the rows that any of them has: texts by `used` rows."""

    used: Ints
    rows: Floats

    @classmethod
    def of(cls, texts: Sequence[tuple[Ints, Floats]]) -> Bags:
        """Each text by its rows and their weights."""
        found, columns = np.unique(np.concatenate([r for r, _ in texts]), return_inverse=True)
        rows = np.zeros((len(texts), len(found)), np.float32)
        owners = np.repeat(np.arange(len(texts)), [len(r) for r, _ in texts])
        rows[owners, columns] = np.concatenate([weights for _, weights in texts])
        return cls(found, rows)

    @classmethod
    def thinned(
        cls, texts: Sequence[Ints], rarity: Floats, left_out: float, random: np.random.Generator
    ) -> Bags:
        """Texts without a share of their tokens; the squares of weights add up to one."""
        kept = [tokens[random.random(len(tokens)) > left_out] for tokens in texts]
        return cls.of([(tokens, unit_weights(tokens, rarity)) for tokens in kept])

    def __matmul__(self, values: Floats) -> Floats:
        return np.asarray(self.rows @ values[self.used])


class Adam:
    """Values that are moved downhill (Adam: Kingma and Ba, 2015), with its usual decay rates."""

    def __init__(self, values: Mapping[str, Array]) -> None:
        self.values = {name: value.astype(np.float32) for name, value in values.items()}
        self._first = {name: np.zeros_like(value) for name, value in self.values.items()}
        self._second = {name: np.zeros_like(value) for name, value in self.values.items()}
        self._steps = 0

    def step(self) -> None:
        """Count a step; what is moved until the next is moved in it."""
        self._steps += 1

    def move(self, name: str, slope: Array, rate: float, bags: Bags | None = None) -> None:
        """Move a value by its slope, or by the slope of the texts of `bags`.

        Of rows only those are moved that some text has.
        """
        used = slice(None) if bags is None else bags.used
        by_value = slope if bags is None else bags.rows.T @ slope
        first = self._first[name][used] * 0.9 + 0.1 * by_value
        second = self._second[name][used] * 0.999 + 0.001 * by_value**2
        self._first[name][used], self._second[name][used] = first, second
        bias = np.sqrt(1 - 0.999**self._steps) / (1 - 0.9**self._steps)
        moved = rate * bias * first / (np.sqrt(second) + 1e-8)
        self.values[name][used] -= moved.astype(np.float32)


def softmax(totals: Array, right: Ints, smoothing: float = 0.0) -> tuple[float, Array]:
    """Mean surprise at what is right, and its slope times the number of rows.

    With `smoothing` that share of what is right is spread over all columns.
    """
    powers = np.exp(totals - totals.max(1, keepdims=True))
    shares = powers / powers.sum(1, keepdims=True)
    rows = np.arange(len(totals))
    cost = -np.log(shares[rows, right] + 1e-12).mean()
    shares[rows, right] -= 1.0 - smoothing
    return float(cost), shares - np.float32(smoothing / totals.shape[1])


def as_bytes(rows: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Rows as a byte a number, and a factor for each row."""
    factor = np.abs(rows).max(-1) / 127 + 1e-12
    return np.round(rows / factor[..., None]).astype(np.int8), factor.astype(np.float32)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
