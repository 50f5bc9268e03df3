"""How well an option goes with a stem, as learned from all cases at once.

Each token of a stem, a stemmed word or a fact, has a vector, and so has each token of an option;
a text's vector is the weighted sum of its tokens', and the score of an option is the scaled cosine
of the two, plus what its own tokens are worth whatever the stem says (a dual encoder: Huang et al.,
2013, "Learning deep structured semantic models for web search using clickthrough data"). The
vectors are made from the library's own cases by ``bench/affinity.py``. They only rank: no reason
that is given depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from examcoach.errors import LibraryError, Problem
from examcoach.terms import CATEGORIES

FILE = "affinity.npz"
Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
_TINY = 1e-6
_NOTHING: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Text:
    """A text: the numbers of its distinct tokens that are known, and how many are not."""

    known: Ints
    unknown: int


NO_TEXT = Text(_NOTHING, 0)


@dataclass(frozen=True, slots=True)
class Affinity:
    """The vectors of tokens: tokens by dimensions, as bytes with a factor for each row.

    `kind` has a row for each row of `contrast` and a column for each kind of trap; `deciding` a row
    for each token and a column for each category of constraints; `told` and `offered` a row for
    each token, of stems and of options, and a column for each of `topics`.
    """

    numbers: dict[str, int]
    rarity: Floats
    stem: npt.NDArray[np.int8]
    stem_factor: Floats
    option: npt.NDArray[np.int8]
    option_factor: Floats
    prior: Floats
    kind: npt.NDArray[np.int8]
    kind_factor: Floats
    deciding: npt.NDArray[np.int8]
    deciding_factor: Floats
    topics: list[str]
    told: npt.NDArray[np.int8]
    told_factor: Floats
    offered: npt.NDArray[np.int8]
    offered_factor: Floats
    sharpness: float

    def read(self, tokens: Iterable[str]) -> Text:
        """A text by its tokens."""
        distinct, numbers = set(tokens), self.numbers
        known = sorted([numbers[token] for token in distinct if token in numbers])
        return Text(np.array(known, np.int64), len(distinct) - len(known))

    def __call__(self, stem: Text, options: Sequence[Text]) -> list[float]:
        """The score of each option."""
        told = _vector(stem.known, self._weights(stem), self.stem, self.stem_factor)
        scores = []
        for option in options:
            weights = self._weights(option)
            offered = _vector(option.known, weights, self.option, self.option_factor)
            own = float(weights @ self.prior[option.known])
            scores.append(self.sharpness * float(told @ offered) + own)
        return scores

    def kinds(self, option: Text, chosen: Sequence[Text] = ()) -> list[float]:
        """How likely each kind of trap is, in the order of `TRAP_TYPES`, if the option is wrong.

        `chosen` are the options chosen instead: what sets the two apart tells more of the kind
        than what they share.
        """
        instead = np.concatenate([_NOTHING, *[text.known for text in chosen]])
        rows, weights = contrast(option.known, instead, self.rarity)
        return _softmax((weights * self.kind_factor[rows]) @ self.kind[rows].astype(np.float32))

    def decides(self, stem: Text) -> dict[str, float]:
        """How likely a constraint of each category is what decides."""
        weights = unit_weights(stem.known, self.rarity) * self.deciding_factor[stem.known]
        shares = _softmax(weights @ self.deciding[stem.known].astype(np.float32))
        return dict(zip(CATEGORIES, shares, strict=True))

    def told_topics(self, stem: Text) -> dict[str, float]:
        """How likely a stem is about each topic."""
        return self._topics(stem.known, self.told, self.told_factor)

    def offered_topics(self, options: Sequence[Text]) -> dict[str, float]:
        """How likely options are about each topic."""
        known = np.unique(np.concatenate([_NOTHING, *[option.known for option in options]]))
        return self._topics(known, self.offered, self.offered_factor)

    def _topics(self, known: Ints, rows: npt.NDArray[np.int8], factors: Floats) -> dict[str, float]:
        weights = unit_weights(known, self.rarity) * factors[known]
        shares = _softmax(weights @ rows[known].astype(np.float32))
        return dict(zip(self.topics, shares, strict=True))

    def _weights(self, text: Text) -> Floats:
        """The weights of the tokens of a text.

        Their squares add up to one, or to less if there are words that no case has: what is said
        in unknown words is not known to go with anything.
        """
        weights = self.rarity[text.known]
        unknown = text.unknown * float(self.rarity.max()) ** 2
        return np.asarray(weights / (np.sqrt((weights**2).sum() + unknown) + _TINY), np.float32)


def contrast(own: Ints, instead: Ints, rarity: Floats) -> tuple[Ints, Floats]:
    """The rows of `kind` that tell of an option against another, and their weights.

    The texts are given by the numbers of their tokens. There is a row for each token in the
    option, then one for each that only the option has, then one for each that it lacks.
    """
    has, lacks = set(own.tolist()), set(instead.tolist())
    only = np.array(sorted(has - lacks), np.int64)
    parts = own, only, np.array(sorted(lacks - has), np.int64)
    weights = [unit_weights(part, rarity) for part in parts]
    rows = [part + block * len(rarity) for block, part in enumerate(parts)]
    return np.concatenate(rows), np.concatenate(weights)


def unit_weights(known: Ints, rarity: Floats) -> Floats:
    """The weights of tokens, given by their numbers; their squares add up to one."""
    weights = rarity[known]
    return np.asarray(weights / (np.sqrt((weights**2).sum()) + _TINY), np.float32)


def _softmax(totals: Floats) -> list[float]:
    powers = np.exp(totals - totals.max())
    return [float(share) for share in powers / powers.sum()]


def _vector(known: Ints, weights: Floats, rows: npt.NDArray[np.int8], factors: Floats) -> Floats:
    """The weighted sum of rows, as long as the weights are."""
    total = (weights * factors[known]) @ rows[known].astype(np.float32)
    length = np.sqrt((weights**2).sum())
    return np.asarray(total * length / (np.sqrt((total**2).sum()) + _TINY), np.float32)


def read_affinity(folders: Sequence[Path]) -> Affinity | None:
    """The vectors of the last of the folders that has some; None if none does.

    Raises `LibraryError` if they cannot be read.
    """
    for folder in reversed(folders):
        if (path := folder / FILE).is_file():
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    return from_arrays({name: arrays[name] for name in arrays.files})
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                hint = "make it anew: python bench/affinity.py --write"
                problem = Problem(str(path), None, "these are no vectors that can be read", hint)
                raise LibraryError([problem]) from None
    return None


def from_arrays(arrays: dict[str, npt.NDArray[Any]]) -> Affinity:
    """The vectors as `bench/affinity.py` writes them."""
    tokens = arrays["tokens"].tobytes().decode().split("\n")
    return Affinity(
        {token: number for number, token in enumerate(tokens)},
        arrays["rarity"],
        arrays["stem"],
        arrays["stem_factor"],
        arrays["option"],
        arrays["option_factor"],
        arrays["prior"],
        arrays["kind"],
        arrays["kind_factor"],
        arrays["deciding"],
        arrays["deciding_factor"],
        arrays["topics"].tobytes().decode().split("\n"),
        arrays["told"],
        arrays["told_factor"],
        arrays["offered"],
        arrays["offered_factor"],
        float(arrays["sharpness"]),
    )
