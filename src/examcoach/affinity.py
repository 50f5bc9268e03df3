"""How well an option goes with a stem, as learned from all cases at once.

Each token of a stem, a stemmed word or a fact, has a vector, and so has each token of an option;
a text's vector is the weighted sum of its tokens', and the score of an option is the scaled cosine
of the two, plus what its own tokens are worth whatever the stem says (a dual encoder: Huang et al.,
2013, "Learning deep structured semantic models for web search using clickthrough data"). The
vectors are made from the library's own cases by ``bench/affinity.py``. They only rank: no reason
that is given depends on them.

What a stem states and implies, and what it is about, is a layer over these vectors that questions
with gold taught (``bench/fit.py``): `Heads`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from examcoach.errors import LibraryError, Problem
from examcoach.network import Floats, Ints, Layer, Network, softmax, weighted_sum
from examcoach.terms import CATEGORIES

FILE = "affinity.npz"
HEADS = "heads.npz"
UNSAID = 0.05
"""What is said of a topic that nothing speaks of, where each of five signs says one in all."""
_TINY = 1e-6
T = TypeVar("T")
NOTHING: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Text:
    """A text: the numbers of its distinct tokens that are known, and how many are not."""

    known: Ints
    unknown: int


NO_TEXT = Text(NOTHING, 0)


@dataclass(frozen=True, slots=True)
class Heads:
    """What questions taught, over the vectors that it was taught on (see `Affinity.mark`).

    `constraints` has a label for each category that is stated, then one for each that is implied;
    `topics` one for each topic.
    """

    constraints: Layer
    topics: Layer
    mark: int


@dataclass(frozen=True, slots=True)
class Affinity:
    """The vectors of tokens: tokens by dimensions, as bytes with a factor for each row.

    `kind` and `deciding` have a label for each kind of trap and for each category of constraints;
    `told` and `offered` a row for each token, of stems and of options, and a column for each of
    `topics`.
    """

    numbers: dict[str, int]
    rarity: Floats
    stem: npt.NDArray[np.int8]
    stem_factor: Floats
    option: npt.NDArray[np.int8]
    option_factor: Floats
    prior: Floats
    kind: Network
    deciding: Network
    topics: list[str]
    told: npt.NDArray[np.int8]
    told_factor: Floats
    offered: npt.NDArray[np.int8]
    offered_factor: Floats
    sharpness: float
    heads: Heads | None = None

    @property
    def mark(self) -> int:
        """What tells these vectors from others."""
        return zlib.crc32(self.deciding.hidden.tobytes())

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

    def kinds(self, stem: Text, option: Text, chosen: Text = NO_TEXT) -> list[float]:
        """How likely each kind of trap is, in the order of `TRAP_TYPES`, if the option is wrong.

        `chosen` is what is chosen instead: what sets the two apart tells more of the kind than
        what they share.
        """
        own, instead = option.known, chosen.known
        texts = stem.known, own, only_in(own, instead), only_in(instead, own)
        return self.kind(texts, self.rarity)

    def decides(
        self, stem: Text, offered: Text = NO_TEXT, chosen: Text = NO_TEXT
    ) -> dict[str, float]:
        """How likely a constraint of each category is what decides.

        By the stem alone, or by all its options and those of them that are chosen too.
        """
        texts = stem.known, offered.known, chosen.known
        return dict(zip(CATEGORIES, self.deciding(texts, self.rarity), strict=True))

    def expects(self, stem: Text) -> tuple[dict[str, float], dict[str, float]]:
        """The log odds that a stem states a constraint of each category, and that it implies one.

        Nothing where no questions taught it.
        """
        if self.heads is None:
            return {}, {}
        odds = self.heads.constraints(self.gist(stem)).tolist()
        count = len(CATEGORIES)
        return (
            dict(zip(CATEGORIES, odds[:count], strict=True)),
            dict(zip(CATEGORIES, odds[count:], strict=True)),
        )

    def gist(self, stem: Text) -> Floats:
        """The features by which `expects` tells."""
        told = weighted_sum(stem.known, self.rarity, self.stem, self.stem_factor)
        units = self.deciding.units((stem.known, NOTHING, NOTHING), self.rarity)
        return np.concatenate([told, units])

    def likely_topics(
        self, stem: Text, offered: Text, chosen: Text, said: Mapping[str, float]
    ) -> dict[str, float]:
        """How likely a question is about each topic; `said` is what is said of it otherwise.

        `offered` are all options, `chosen` those of them that are picked. The parts add up to one,
        unless nothing is known.
        """
        topics = [*self.topics, *[topic for topic in said if topic not in self.topics]]
        sums = np.array([said.get(topic, 0.0) for topic in topics], np.float32)
        if self.heads is None:
            return dict(zip(topics, (sums / (sums.sum() + _TINY)).tolist(), strict=True))
        totals = np.log(sums + UNSAID)
        totals[: len(self.topics)] += self.heads.topics(self.subject(stem, offered, chosen))
        return dict(zip(topics, softmax(totals), strict=True))

    def subject(self, stem: Text, offered: Text, chosen: Text) -> Floats:
        """The features by which `likely_topics` tells."""
        rarity = self.rarity
        return np.concatenate(
            [
                self.gist(stem),
                weighted_sum(stem.known, rarity, self.told, self.told_factor),
                weighted_sum(offered.known, rarity, self.option, self.option_factor),
                weighted_sum(offered.known, rarity, self.offered, self.offered_factor),
                weighted_sum(chosen.known, rarity, self.option, self.option_factor),
            ]
        )

    def told_topics(self, stem: Text) -> dict[str, float]:
        """How likely a stem is about each topic, as far as cases teach."""
        return self._topics(stem.known, self.told, self.told_factor)

    def offered_topics(self, offered: Text) -> dict[str, float]:
        """How likely options are about each topic, as far as cases teach."""
        return self._topics(offered.known, self.offered, self.offered_factor)

    def _topics(self, known: Ints, rows: npt.NDArray[np.int8], factors: Floats) -> dict[str, float]:
        shares = softmax(weighted_sum(known, self.rarity, rows, factors))
        return dict(zip(self.topics, shares, strict=True))

    def _weights(self, text: Text) -> Floats:
        """The weights of the tokens of a text.

        Their squares add up to one, or to less if there are words that no case has: what is said
        in unknown words is not known to go with anything.
        """
        weights = self.rarity[text.known]
        unknown = text.unknown * float(self.rarity.max()) ** 2
        return np.asarray(weights / (np.sqrt((weights**2).sum() + unknown) + _TINY), np.float32)


def only_in(own: Ints, other: Ints) -> Ints:
    """The tokens of a text that another lacks."""
    return np.setdiff1d(own, other, assume_unique=True)


def together(texts: Sequence[Text]) -> Text:
    """Texts as one: the known tokens that any of them has."""
    return Text(np.unique(np.concatenate([NOTHING, *[text.known for text in texts]])), 0)


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
            affinity = _read(path, from_arrays, "bench/affinity.py --write")
            return replace(affinity, heads=_heads(folder / HEADS, affinity))
    return None


def _heads(path: Path, affinity: Affinity) -> Heads | None:
    """What was taught over these vectors; None if there is nothing, or it was over others."""
    if not path.is_file():
        return None
    heads = _read(path, heads_from_arrays, "bench/fit.py FILES... --write")
    return heads if heads.mark == affinity.mark else None


def _read(path: Path, build: Callable[[dict[str, npt.NDArray[Any]]], T], made_by: str) -> T:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return build({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        hint = f"make it anew: python {made_by}"
        problem = Problem(str(path), None, "these are no vectors that can be read", hint)
        raise LibraryError([problem]) from None


def heads_from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Heads:
    """The heads as `bench/fit.py` writes them."""
    constraints, topics = (
        Layer(arrays[f"{name}_rows"], arrays[f"{name}_base"]) for name in ("constraints", "topics")
    )
    return Heads(constraints, topics, int(arrays["mark"]))


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
        Network.of(arrays, "kind"),
        Network.of(arrays, "deciding"),
        arrays["topics"].tobytes().decode().split("\n"),
        arrays["told"],
        arrays["told_factor"],
        arrays["offered"],
        arrays["offered_factor"],
        float(arrays["sharpness"]),
    )
