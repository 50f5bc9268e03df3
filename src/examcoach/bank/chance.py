"""Whether right options give themselves away more often than chance allows.

Each question is a trial with its own probability: that the right options, were they drawn at
random, would include one that stands out (is longest, shares most words with the stem, has a
certain letter). The number of hits then follows the Poisson binomial distribution, which is the
binomial where all probabilities are equal (Y. H. Wang, 1993, "On the number of successes in
independent trials", Statistica Sinica 3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import comb

from examcoach.bank.likeness import words_of
from examcoach.bank.model import Item
from examcoach.model import Option

_CONTENT_LETTERS = 4
"""Shorter words are mostly articles and prepositions."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How often right options stood out in one way, and how often chance would make them.

    `p` is the probability that chance alone gives as many hits or more; `items` had them.
    """

    what: str
    hits: int
    tries: int
    expected: float
    p: float
    items: tuple[str, ...]


def at_least(hits: int, probabilities: Iterable[float]) -> float:
    """The probability of `hits` or more successes in independent trials."""
    exactly = [1.0]
    for p in probabilities:
        exactly = [
            (exactly[n] if n < len(exactly) else 0.0) * (1 - p) + (exactly[n - 1] * p if n else 0.0)
            for n in range(len(exactly) + 1)
        ]
    return min(1.0, sum(exactly[hits:]))


def habits(items: Sequence[Item]) -> list[Habit]:
    """How often the right option is longest, shares most words with the stem, has each letter."""
    found = [
        _habit("the right option is the longest", items, _longest),
        _habit("the right option shares most words with the stem", items, _nearest_to_stem),
    ]
    labels = sorted({o.label for item in items for o in item.scenario.question.options})
    return found + [_habit(f"the right option is {x}", items, _at(x)) for x in labels]


def level_of(habit_count: int, level: float) -> float:
    """The level for each of several habits, so that all together keep `level` (Bonferroni)."""
    return level / habit_count if habit_count else level


def _habit(what: str, items: Sequence[Item], stand_out: Callable[[Item], Collection[str]]) -> Habit:
    trials = [(item, *_trial(item, stand_out(item))) for item in items]
    chances = [p for _, _, p in trials]
    hits = tuple(item.id for item, hit, _ in trials if hit)
    tail = at_least(len(hits), chances)
    return Habit(what, len(hits), len(items), sum(chances), tail, hits)


def _trial(item: Item, outstanding: Collection[str]) -> tuple[bool, float]:
    """Whether a right option is among the outstanding, and how likely that is by chance."""
    options, right = len(item.scenario.question.options), item.scenario.gold.answer
    missed = comb(options - len(right), len(outstanding)) / comb(options, len(outstanding))
    return any(label in outstanding for label in right), 1 - missed


def _longest(item: Item) -> set[str]:
    return _top(item.scenario.question.options, lambda option: len(option.text))


def _nearest_to_stem(item: Item) -> set[str]:
    """By the share of an option's longer words that the stem has too."""
    stem = set(_content(item.scenario.question.stem))

    def share(option: Option) -> float:
        words = set(_content(option.text))
        return len(words & stem) / len(words) if words else 0.0

    return _top(item.scenario.question.options, share)


def _content(text: str) -> Iterator[str]:
    return (word for word in words_of(text) if len(word) >= _CONTENT_LETTERS)


def _top(options: Sequence[Option], measure: Callable[[Option], float]) -> set[str]:
    """The labels of the options that measure most; none where all measure the same."""
    sizes = {option.label: measure(option) for option in options}
    most = max(sizes.values())
    top = {label for label, size in sizes.items() if size == most}
    return top if len(top) < len(options) else set()


def _at(label: str) -> Callable[[Item], set[str]]:
    def stand_out(item: Item) -> set[str]:
        return {label} & {option.label for option in item.scenario.question.options}

    return stand_out
