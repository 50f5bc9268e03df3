"""Make the vectors of `patterns/affinity.npz` from the library's own cases.

    python bench/affinity.py           # what vectors made from nine tenths of the cases are worth
    python bench/affinity.py --write   # make them from all cases and write them

Each story should be nearest to an answer of its own case: nearer than to the answers and
alternatives of the other cases of its batch, and above all than to its own alternatives; and the
tokens of both should tell what topic the case is about. The vectors are those under which that is
likeliest (softmax, Adam: Kingma and Ba, 2015), with tokens left out at random so that none is
relied on alone. Two networks learn in the same way what tells the kind of trap of an alternative,
and what decides (`labels.py`). The same cases always give the same vectors, up to rounding. Nothing
but the cases is looked at: no question, and no key.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from labels import LabelLearner, Labelled, learn_labels
from learning import Adam, Array, Bags, as_bytes, say, softmax

from examcoach import places
from examcoach.affinity import FILE, NOTHING, Text, from_arrays, only_in, together
from examcoach.coach import load_dissector
from examcoach.library.cases import CaseTable, Wordings
from examcoach.network import Floats, Ints
from examcoach.terms import CATEGORIES, TRAP_TYPES

DIMENSIONS = 128
EPOCHS = 14
BATCH = 128
RATE = 6e-3
LEFT_OUT = 0.5
"""The share of tokens that are left out of a text while learning."""
EPOCHS_OF_KINDS, EPOCHS_OF_DECIDES, SLOW_OF_DECIDES = 4, 5, 2
BARE = 0.4
"""How often what decides is learned from a story alone, without what is offered."""
OWN = 1.0
"""How much a case's own alternatives count against all others."""
FEWEST, MOST = 2, 0.2
"""Tokens are learned that at least so many wordings have, and at most such a share of them."""
SHARPNESS = 8.0


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


class Learner:
    """The vectors, and one step of learning them."""

    def __init__(self, rarity: Floats, topics: Sequence[str], seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.rarity = rarity
        self.topics = topics
        start = self.random.normal(0, 0.1, (len(rarity), DIMENSIONS)).astype(np.float32)
        self.adam = Adam(
            {
                "stem": start,
                "option": start.copy(),
                "prior": np.zeros((len(rarity), 1), np.float32),
                "told": np.zeros((len(rarity), len(topics)), np.float32),
                "offered": np.zeros((len(rarity), len(topics)), np.float32),
                "sharpness": np.array([SHARPNESS], np.float32),
            }
        )

    def bags(self, texts: Sequence[Ints]) -> Bags:
        """Texts as they are looked at in one step."""
        return Bags.thinned(texts, self.rarity, LEFT_OUT, self.random)

    def learn(self, batch: Sequence[Example]) -> float:
        """One step; what it cost before."""
        count, adam = len(batch), self.adam
        values = adam.values
        adam.step()
        insteads = [(place, text) for place, one in enumerate(batch) for text in one.insteads]
        own = np.zeros((count, len(insteads)), bool)
        own[[place for place, _ in insteads], range(len(insteads))] = True
        stems = self.bags([some(one.stories, self.random) for one in batch])
        answers = [some(one.answers, self.random) for one in batch]
        options = self.bags(answers + [text for _, text in insteads])
        told, told_length = _unit(stems @ values["stem"])
        offered, offered_length = _unit(options @ values["option"])
        worth = (options @ values["prior"])[:, 0]
        sharp = float(values["sharpness"][0])
        cosines = told @ offered.T
        right = np.arange(count)
        cost, slope = softmax(cosines * sharp, right)
        rivals = cosines * sharp + worth
        allowed = np.concatenate([np.eye(count, dtype=bool), own], axis=1)
        cost_own, slope_own = softmax(np.where(allowed, rivals, -1e9), right)
        both = (slope + OWN * slope_own) / count
        by_told, by_offered = both @ offered * sharp, both.T @ told * sharp
        by_told = (by_told - told * (by_told * told).sum(1, keepdims=True)) / told_length
        by_offered = (
            by_offered - offered * (by_offered * offered).sum(1, keepdims=True)
        ) / offered_length
        adam.move("stem", by_told, RATE, stems)
        adam.move("option", by_offered, RATE, options)
        adam.move("prior", OWN * slope_own.sum(0, keepdims=True).T / count, RATE, options)
        adam.move("sharpness", np.array([(both * cosines).sum()], np.float32), RATE)
        every = self.bags([np.unique(np.concatenate(one.answers + one.insteads)) for one in batch])
        topics = np.array([one.topic for one in batch])
        cost_topics = self._learn_topic("told", stems, topics)
        cost_topics += self._learn_topic("offered", every, topics)
        return float(cost + OWN * cost_own + cost_topics)

    def _learn_topic(self, name: str, bags: Bags, topics: Ints) -> float:
        """One step for the topic of each text."""
        cost, slope = softmax(bags @ self.adam.values[name], topics)
        self.adam.move(name, slope / np.float32(len(topics)), RATE, bags)
        return cost

    def arrays(self, tokens: Sequence[str]) -> dict[str, Array]:
        """The vectors as they are kept: a byte a number, and a factor for each row."""
        values = self.adam.values
        kept: dict[str, Array] = {
            "tokens": np.frombuffer("\n".join(tokens).encode(), np.uint8),
            "topics": np.frombuffer("\n".join(self.topics).encode(), np.uint8),
            "rarity": self.rarity,
            "prior": values["prior"][:, 0],
            "sharpness": values["sharpness"][0],
        }
        for name in ("stem", "option", "told", "offered"):
            kept[name], kept[f"{name}_factor"] = as_bytes(values[name])
        return kept


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    lengths = np.sqrt((vectors**2).sum(1, keepdims=True)) + 1e-6
    return vectors / lengths, lengths


def learned(
    taught: Sequence[Example], rarity: Floats, tokens: Sequence[str], topics: Sequence[str]
) -> dict[str, Array]:
    """All that is made from cases, as it is kept."""
    learner = Learner(rarity, topics)
    for epoch in range(EPOCHS):
        order = learner.random.permutation(len(taught))
        costs = [
            learner.learn([taught[n] for n in order[start : start + BATCH]])
            for start in range(0, len(order) - BATCH // 2, BATCH)
        ]
        say(f"pairs, epoch {epoch + 1}: cost {np.mean(costs):.3f}")

    def kinds(random: np.random.Generator) -> Iterator[Labelled]:
        for one in taught:
            for instead, kind in zip(one.insteads, one.kinds, strict=True):
                answer = some(one.answers, random)
                has, lacks = only_in(instead, answer), only_in(answer, instead)
                yield (some(one.stories, random), instead, has, lacks), kind

    def decides(random: np.random.Generator) -> Iterator[Labelled]:
        for one in taught:
            story, answer = some(one.stories, random), some(one.answers, random)
            offered = np.unique(np.concatenate([answer, *one.insteads]))
            bare = random.random() < BARE
            yield (story, *((NOTHING, NOTHING) if bare else (offered, answer))), one.decides

    kind = LabelLearner(rarity, 4, len(TRAP_TYPES))
    deciding = LabelLearner(rarity, 3, len(CATEGORIES))
    return (
        learner.arrays(tokens)
        | learn_labels("kind", kind, kinds, EPOCHS_OF_KINDS)
        | learn_labels("deciding", deciding, decides, EPOCHS_OF_DECIDES, SLOW_OF_DECIDES)
    )


def some(texts: Sequence[Ints], random: np.random.Generator) -> Ints:
    """One of them."""
    return texts[int(random.integers(len(texts)))]


def worth(arrays: dict[str, Array], cases: Sequence[Example]) -> list[float]:
    """How often an answer beats the alternatives of its case, how often the kinds of these are
    told, and how often what decides is."""
    affinity = from_arrays(arrays)
    picked, kinds, decides = [], [], []
    for one in cases:
        story, answer, *insteads = (
            Text(t, 0) for t in (one.stories[0], one.answers[0], *one.insteads)
        )
        scores = affinity(story, [answer, *insteads])
        picked.append(scores[0] == max(scores))
        for instead, kind in zip(insteads, one.kinds, strict=True):
            likely = affinity.kinds(story, instead, answer)
            kinds.append(likely[kind] == max(likely))
        shares = affinity.decides(story, together([answer, *insteads]), answer)
        decides.append(shares[CATEGORIES[one.decides]] == max(shares.values()))
    return [float(np.mean(hits)) for hits in (picked, kinds, decides)]


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
        arrays: dict[str, Any] = learned(taught, rarity, tokens, topics)
        np.savez(given.patterns / FILE, **arrays)  # bytes as random as these do not compress
        return
    kept = [one for n, one in enumerate(taught) if n % 10]
    picked, kinds, decides = worth(learned(kept, rarity, tokens, topics), taught[::10])
    say(f"of cases left out: pick {picked:.3f}, kind of trap {kinds:.3f}, decides {decides:.3f}")


if __name__ == "__main__":
    main()
