"""Make the vectors of `patterns/affinity.npz` from the library's own cases.

    python bench/affinity.py           # what vectors made from nine tenths of the cases are worth
    python bench/affinity.py --write   # make them from all cases and write them

Each story should be nearest to an answer of its own case: nearer than to the answers and
alternatives of the other cases of its batch, and above all than to its own alternatives; and the
tokens of an alternative should tell its kind of trap, those of a story what decides, and both what
topic the case is about. The vectors are those under which that is likeliest (softmax, Adam: Kingma
and Ba, 2015), with tokens left out at random so that none is relied on alone. The same cases always
give the same vectors, up to rounding. Nothing but the cases is looked at: no question, and no key.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from examcoach import places
from examcoach.affinity import FILE, contrast, from_arrays, unit_weights
from examcoach.coach import load_dissector
from examcoach.library.cases import CaseTable, Wordings
from examcoach.terms import CATEGORIES, TRAP_TYPES

DIMENSIONS = 128
EPOCHS = 14
BATCH = 128
RATE = 6e-3
LEFT_OUT = 0.5
"""The share of tokens that are left out of a text while learning."""
LEFT_OUT_OF_KINDS = 0.3
"""The same where kinds of trap are learned."""
OWN = 1.0
"""How much a case's own alternatives count against all others."""
FEWEST, MOST = 2, 0.2
"""Tokens are learned that at least so many wordings have, and at most such a share of them."""
SHARPNESS = 8.0
Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Example:
    """One case: its stories, answers and alternatives, each as the numbers of its tokens."""

    stories: list[Ints]
    answers: list[Ints]
    insteads: list[Ints]
    kinds: list[int]
    """The kind of trap of each alternative, as its place in `TRAP_TYPES`."""
    decides: int
    """The category of what decides, as its place in `CATEGORIES`."""
    topic: int
    """Its topic, as its place among all topics."""


def vocabulary(table: CaseTable) -> tuple[list[str], dict[int, int], Floats]:
    """The tokens to learn, where each token of the table is among them, and how rare they are."""
    uses = sum(
        np.bincount(w.tokens, minlength=len(table.tokens)) for w in (table.stories, table.options)
    )
    told = sum(len(w.starts) - 1 for w in (table.stories, table.options))
    kept = np.flatnonzero((uses >= FEWEST) & (uses < MOST * told))
    numbers = {int(token): place for place, token in enumerate(kept)}
    rarity = np.log(told / np.asarray(uses)[kept]).astype(np.float32)
    return [table.tokens[n] for n in kept], numbers, rarity


def examples(table: CaseTable, numbers: dict[int, int], topics: Sequence[str]) -> list[Example]:
    """All cases by the numbers of the tokens to learn."""

    def texts(wordings: Wordings, case: int) -> Iterator[tuple[int, Ints]]:
        first, last = wordings.first[case : case + 2].tolist()
        for number in range(first, last):
            start, end = wordings.starts[number : number + 2].tolist()
            tokens = wordings.tokens[start:end].tolist()
            known = [numbers[token] for token in tokens if token in numbers]
            yield int(wordings.place[number]), np.array(known, np.int64)

    found = []
    for case in range(len(table)):
        stories = [tokens for _, tokens in texts(table.stories, case)]
        options = list(texts(table.options, case))
        answers = [tokens for place, tokens in options if place < 0]
        insteads = [tokens for place, tokens in options if place >= 0]
        first, last = table.options.first[case : case + 2].tolist()
        kinds = [kind for kind in table.options.trap[first:last].tolist() if kind >= 0]
        decides = CATEGORIES.index(table.decides[case])
        topic = topics.index(table.topics[case])
        found.append(Example(stories, answers, insteads, kinds, decides, topic))
    return found


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

    def __matmul__(self, values: Floats) -> Floats:
        return np.asarray(self.rows @ values[self.used])


class Learner:
    """The vectors, and one step of learning them."""

    def __init__(self, rarity: Floats, topics: Sequence[str], seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.rarity = rarity
        self.topics = topics
        start = self.random.normal(0, 0.1, (len(rarity), DIMENSIONS)).astype(np.float32)
        self.values = {
            "stem": start,
            "option": start.copy(),
            "prior": np.zeros((len(rarity), 1), np.float32),
            "kind": np.zeros((3 * len(rarity), len(TRAP_TYPES)), np.float32),
            "deciding": np.zeros((len(rarity), len(CATEGORIES)), np.float32),
            "told": np.zeros((len(rarity), len(topics)), np.float32),
            "offered": np.zeros((len(rarity), len(topics)), np.float32),
            "sharpness": np.array([SHARPNESS], np.float32),
        }
        self._first = {name: np.zeros_like(value) for name, value in self.values.items()}
        self._second = {name: np.zeros_like(value) for name, value in self.values.items()}
        self._steps = 0

    def bags(self, texts: Sequence[Ints]) -> Bags:
        """Texts with some of their tokens left out; the squares of weights add up to one."""
        kept = [tokens[self.random.random(len(tokens)) > LEFT_OUT] for tokens in texts]
        return Bags.of([(tokens, unit_weights(tokens, self.rarity)) for tokens in kept])

    def learn(self, batch: Sequence[Example]) -> float:
        """One step; what it cost before."""

        def some(texts: Sequence[Ints]) -> Ints:
            return texts[int(self.random.integers(len(texts)))]

        count = len(batch)
        insteads = [(place, text) for place, one in enumerate(batch) for text in one.insteads]
        own = np.zeros((count, len(insteads)), bool)
        own[[place for place, _ in insteads], range(len(insteads))] = True
        stems = self.bags([some(one.stories) for one in batch])
        options = self.bags([some(one.answers) for one in batch] + [text for _, text in insteads])
        told, told_length = _unit(stems @ self.values["stem"])
        offered, offered_length = _unit(options @ self.values["option"])
        worth = (options @ self.values["prior"])[:, 0]
        sharp = float(self.values["sharpness"][0])
        cosines = told @ offered.T
        right = np.arange(count)
        cost, slope = _softmax(cosines * sharp, right)
        rivals = cosines * sharp + worth
        allowed = np.concatenate([np.eye(count, dtype=bool), own], axis=1)
        cost_own, slope_own = _softmax(np.where(allowed, rivals, -1e9), right)
        both = (slope + OWN * slope_own) / count
        by_told, by_offered = both @ offered * sharp, both.T @ told * sharp
        by_told = (by_told - told * (by_told * told).sum(1, keepdims=True)) / told_length
        by_offered = (
            by_offered - offered * (by_offered * offered).sum(1, keepdims=True)
        ) / offered_length
        self._move("stem", stems, by_told)
        self._move("option", options, by_offered)
        self._move("prior", options, OWN * slope_own.sum(0, keepdims=True).T / count)
        cost_kind = self._learn_kinds(
            [(text, some(one.answers)) for one in batch for text in one.insteads],
            np.array([kind for one in batch for kind in one.kinds]),
        )
        decides = np.array([one.decides for one in batch])
        topics = np.array([one.topic for one in batch])
        every = self.bags([np.unique(np.concatenate(one.answers + one.insteads)) for one in batch])
        cost_decides = self._learn_label("deciding", stems, decides)
        cost_topics = self._learn_label("told", stems, topics)
        cost_topics += self._learn_label("offered", every, topics)
        self._move("sharpness", None, np.array([(both * cosines).sum()], np.float32))
        return float(cost + OWN * cost_own + cost_kind + cost_decides + cost_topics)

    def _learn_label(self, name: str, bags: Bags, labels: Ints) -> float:
        """One step for the label of each text."""
        cost, slope = _softmax(bags @ self.values[name], labels)
        self._move(name, bags, slope / np.float32(len(labels)))
        return cost

    def _learn_kinds(self, pairs: Sequence[tuple[Ints, Ints]], kinds: Ints) -> float:
        """One step for the kinds of trap of alternatives, each given with its answer."""
        texts = []
        for pair in pairs:
            rows, weights = contrast(*pair, self.rarity)
            kept = self.random.random(len(rows)) > LEFT_OUT_OF_KINDS
            texts.append((rows[kept], weights[kept] / (1 - LEFT_OUT_OF_KINDS)))
        bags = Bags.of(texts)
        cost, slope = _softmax(bags @ self.values["kind"], kinds)
        self._move("kind", bags, slope / np.float32(len(kinds)))
        return cost

    def _move(self, name: str, bags: Bags | None, slope: Floats) -> None:
        """Adam, with its usual decay rates; `slope` is that by the texts of `bags`, if given.

        Of the rows only those are moved that some text of `bags` has.
        """
        if name == "stem":
            self._steps += 1
        used = slice(None) if bags is None else bags.used
        by_value = slope if bags is None else bags.rows.T @ slope
        first = self._first[name][used] * 0.9 + 0.1 * by_value
        second = self._second[name][used] * 0.999 + 0.001 * by_value**2
        self._first[name][used], self._second[name][used] = first, second
        bias = np.sqrt(1 - 0.999**self._steps) / (1 - 0.9**self._steps)
        self.values[name][used] -= (RATE * bias * first / (np.sqrt(second) + 1e-8)).astype(
            np.float32
        )

    def arrays(self, tokens: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """The vectors as they are kept: a byte a number, and a factor for each row."""
        stem, stem_factor = _as_bytes(self.values["stem"])
        option, option_factor = _as_bytes(self.values["option"])
        kind, kind_factor = _as_bytes(self.values["kind"])
        deciding, deciding_factor = _as_bytes(self.values["deciding"])
        told, told_factor = _as_bytes(self.values["told"])
        offered, offered_factor = _as_bytes(self.values["offered"])
        return {
            "tokens": np.frombuffer("\n".join(tokens).encode(), np.uint8),
            "rarity": self.rarity,
            "stem": stem,
            "stem_factor": stem_factor,
            "option": option,
            "option_factor": option_factor,
            "prior": self.values["prior"][:, 0],
            "kind": kind,
            "kind_factor": kind_factor,
            "deciding": deciding,
            "deciding_factor": deciding_factor,
            "topics": np.frombuffer("\n".join(self.topics).encode(), np.uint8),
            "told": told,
            "told_factor": told_factor,
            "offered": offered,
            "offered_factor": offered_factor,
            "sharpness": self.values["sharpness"][0],
        }


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    lengths = np.sqrt((vectors**2).sum(1, keepdims=True)) + 1e-6
    return vectors / lengths, lengths


def _softmax(totals: Floats, right: Ints) -> tuple[float, Floats]:
    """Mean surprise at what is right, and its slope times the number of rows."""
    powers = np.exp(totals - totals.max(1, keepdims=True))
    shares = powers / powers.sum(1, keepdims=True)
    rows = np.arange(len(totals))
    cost = -np.log(shares[rows, right] + 1e-12).mean()
    shares[rows, right] -= 1
    return float(cost), shares


def _as_bytes(rows: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    factor = np.abs(rows).max(1) / 127 + 1e-12
    return np.round(rows / factor[:, None]).astype(np.int8), factor.astype(np.float32)


def learned(taught: Sequence[Example], rarity: Floats, topics: Sequence[str]) -> Learner:
    """Vectors made from cases."""
    learner = Learner(rarity, topics)
    for epoch in range(EPOCHS):
        order = learner.random.permutation(len(taught))
        costs = [
            learner.learn([taught[n] for n in order[start : start + BATCH]])
            for start in range(0, len(order) - BATCH // 2, BATCH)
        ]
        say(f"epoch {epoch + 1}: cost {np.mean(costs):.3f}")
    return learner


def worth(learner: Learner, tokens: Sequence[str], table: CaseTable, cases: Sequence[int]) -> float:
    """How often a case's first answer beats its alternatives, by its first story."""
    affinity = from_arrays(learner.arrays(tokens))

    def words(wordings: Wordings, number: int) -> list[str]:
        start, end = wordings.starts[number : number + 2].tolist()
        return [table.tokens[n] for n in wordings.tokens[start:end]]

    hits = 0
    for case in cases:
        first, last = table.options.first[case : case + 2].tolist()
        offered = [first, *(n for n in range(first, last) if table.options.place[n] >= 0)]
        story = words(table.stories, int(table.stories.first[case]))
        texts = [affinity.read(words(table.options, n)) for n in offered]
        scores = affinity(affinity.read(story), texts)
        hits += scores[0] == max(scores)
    return hits / len(cases)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Learn; tell what it is worth, or write it."""
    parser = argparse.ArgumentParser(description="Make the vectors; see the file's head.")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--patterns", type=Path, default=places.shipped("patterns"))
    given = parser.parse_args()
    table = load_dissector(
        [given.patterns], places.cache_folder(), learned=False
    ).judge.precedents.table
    tokens, numbers, rarity = vocabulary(table)
    topics = sorted(set(table.topics))
    taught = examples(table, numbers, topics)
    say(f"{len(taught)} cases, {len(tokens)} tokens")
    if given.write:
        learner = learned(taught, rarity, topics)
        arrays: dict[str, Any] = learner.arrays(tokens)
        np.savez_compressed(given.patterns / FILE, **arrays)
        return
    kept = [n for n in range(len(taught)) if n % 10]
    out = [n for n in range(len(taught)) if n % 10 == 0]
    learner = learned([taught[n] for n in kept], rarity, topics)
    say(f"cases left out: {worth(learner, tokens, table, out):.3f} right")


if __name__ == "__main__":
    main()
