"""The numbered phrases of a constraint exercise: those that decide, among others that look alike.

A phrase that decides nothing must not give itself away: it is as long as those that decide, it is a
whole clause or the end of one, and it does not come from the question at the end.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from examcoach.model import GoldConstraint

MOST = 9
"""Phrases to mark, so that one key names each."""
FEWEST_OTHERS = 3
"""Phrases that decide nothing, however many decide."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a stem to mark or not; `category` is empty where they decide nothing."""

    text: str
    start: int
    end: int
    category: str


def phrases(
    stem: str, constraints: Sequence[GoldConstraint], order: random.Random
) -> tuple[Phrase, ...]:
    """The phrases of a stem that are numbered, in their order."""
    gold: list[Phrase] = []
    for mark in constraints:
        if not any(p.start < mark.end and mark.start < p.end for p in gold):
            gold.append(Phrase(stem[mark.start : mark.end], mark.start, mark.end, mark.category))
    if len(gold) > MOST - FEWEST_OTHERS:
        gold = sorted(order.sample(gold, MOST - FEWEST_OTHERS), key=lambda p: p.start)
    taken = [(mark.start, mark.end) for mark in constraints]
    others: list[Phrase] = []
    lengths = [len(p.text.split()) for p in gold]
    while len(gold) + len(others) < MOST:
        wanted = order.choice(lengths) if lengths else 4
        found = _like(stem, taken, wanted, order)
        if found is None:
            break
        others.append(Phrase(stem[found[0] : found[1]], *found, ""))
        taken.append(found)
    return tuple(sorted([*gold, *others], key=lambda p: p.start))


_CLAUSE = re.compile(r"[,;:.?!()]\s+|[,;:.?!()]$|\n+")
_JOINT = re.compile(
    r"\s+(?=(?:and|or|but|that|which|who|because|so|to|from|with|for|in|on|at|by|of|as|must|should"
    r"|will|can|has|have|is|are|was|were)\b)",
    re.IGNORECASE,
)
"""Where a clause can be cut."""
_DANGLING = re.compile(
    r"(?:and|or|but|that|which|who|because|so|of|as|is|are|was|were|has|have|will|can)\b",
    re.IGNORECASE,
)
"""A beginning that no phrase of gold has."""
_CUT_OFF = re.compile(
    r"\b(?:up|out|such|each|other|more|less|than|the|an?|not|want|wants|needs?|sends?|writes?"
    r"|takes?|makes?|gives?|keeps?)$",
    re.IGNORECASE,
)
"""An end that lacks what follows."""
_SHORTEST, _LONGEST = 3, 14


def _like(
    stem: str, taken: Collection[tuple[int, int]], words: int, order: random.Random
) -> tuple[int, int] | None:
    """A stretch that is free, of about so many words; numbers tempt."""
    free = [
        (start, end)
        for start, end in _stretches(stem)
        if not any(start < other_end and other < end for other, other_end in taken)
    ]

    def unlike(stretch: tuple[int, int]) -> float:
        text = stem[stretch[0] : stretch[1]]
        tempting = 1.0 if any(c.isdigit() for c in text) else 0.0
        opening = 2.0 if stretch[0] == 0 else 0.0  # who it is about decides nothing, as all see
        return abs(len(text.split()) - words) - tempting + opening + 2 * order.random()

    return min(free, key=unlike, default=None)


def _stretches(stem: str) -> Iterator[tuple[int, int]]:
    """Whole clauses, their beginnings and their ends, but none of the question that is asked."""
    for start, end in _between(_CLAUSE, stem, 0, _told(stem)):
        cuts = [start, *(m.end() for m in _JOINT.finditer(stem, start, end)), end]
        for first, begin in enumerate(cuts[:-1]):
            for stop in cuts[first + 1 :]:
                if begin != start and stop != end:
                    continue
                text = stem[begin:stop].rstrip()
                whole = not _DANGLING.match(text) and not _CUT_OFF.search(text)
                if whole and _SHORTEST <= len(text.split()) <= _LONGEST:
                    yield begin, begin + len(text)


def _told(stem: str) -> int:
    """Where the story ends and the question begins."""
    last = stem.rstrip().rstrip("?")
    return max(last.rfind(sign) + 1 for sign in (". ", "? ", ".\n", "!", "\n"))


def _between(border: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    edges = [(start, start), *((m.start(), m.end()) for m in border.finditer(text, start, end))]
    for (_, begin), (stop, _) in pairwise([*edges, (end, end)]):
        if begin < stop:
            yield begin, stop
