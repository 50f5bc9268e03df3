"""Marking: how much of what was sought was found, and whether a short answer will do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from examcoach.bank.model import Brief, Card, Expected

ACCEPTED = 0.6
"""The share of an architecture's concepts that a design must name."""
NEEDS, CONSTRAINTS = 0.75, 0.5
"""The shares of needs and of constraints that a design must cover."""
NEEDLESS = 5
"""Things that no accepted design has, from which on a design is a list and no choice."""
COPIED = 5
"""Words in a row that are the brief's own, and so are no answer to it."""
ENOUGH = 0.7
"""The F1 score from which marked phrases count as right."""


@dataclass(frozen=True, slots=True)
class Found:
    """Marks held against gold: what was hit, missed, and marked in vain."""

    hits: int
    missed: int
    extra: int

    @property
    def precision(self) -> float:
        """The share of the marks that are right; 0 without marks."""
        return self.hits / (self.hits + self.extra) if self.hits else 0.0

    @property
    def recall(self) -> float:
        """The share of the gold that was marked; 0 where there is none."""
        return self.hits / (self.hits + self.missed) if self.hits else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall (van Rijsbergen, 1979)."""
        total = 2 * self.hits + self.missed + self.extra
        return 2 * self.hits / total if total else 0.0


def held_against(marked: Collection[int], gold: Collection[int]) -> Found:
    """Marked numbers held against the right ones."""
    hits = len(set(marked) & set(gold))
    return Found(hits, len(set(gold)) - hits, len(set(marked)) - hits)


def accepts(card: Card, answer: str, aliases: Iterable[str] = ()) -> bool:
    """Whether a short answer is the card's or one as good: case, accents, punctuation, a vendor's
    name in front and small misspellings do not count.

    `aliases` are further names that the library knows for the same thing.
    """
    given = normal(answer)
    return bool(given) and any(
        near(given, normal(right)) for right in (card.answer, *card.accept, *aliases)
    )


def normal(text: str) -> str:
    """Text by which answers are compared: small letters and digits, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.sub(r"[^\w%.+]+|_|\.(?!\d)", " ", plain).split()
    while len(words) > 1 and words[0] in _DROPPED:
        words = words[1:]
    return " ".join(words)


_DROPPED = ("the", "a", "an")


def near(given: str, right: str) -> bool:
    """Whether two normal texts differ by no more than a slip of the keyboard.

    Numbers must agree exactly, and so must words of up to four letters: L1 is not L2, and RMSE is
    not RMSLE.
    """
    if given == right or given.replace(" ", "") == right.replace(" ", ""):
        return True
    ours, theirs = given.split(), right.split()
    if len(ours) != len(theirs):
        return False
    return all(_same_word(a, b) for a, b in zip(ours, theirs, strict=True))


def _same_word(given: str, right: str) -> bool:
    if given == right:
        return True
    if min(len(given), len(right)) < 5 or any(c.isdigit() for c in given + right):
        return False
    slips = 1 if len(right) < 9 else 2
    matcher = SequenceMatcher(None, given, right, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return max(len(given), len(right)) - same <= slips


@dataclass(frozen=True, slots=True)
class Covered:
    """A written design held against its rubric."""

    needs: tuple[tuple[str, bool], ...]
    constraints: tuple[tuple[str, bool], ...]
    architecture: Expected | None
    missing: tuple[str, ...]  # concepts of that architecture that are not named
    mistakes: tuple[Expected, ...]
    needless: tuple[str, ...] = ()  # concepts that no accepted design has

    @property
    def listed(self) -> bool:
        """Whether it names so much that it chooses nothing."""
        return len(self.needless) > NEEDLESS

    @property
    def score(self) -> float:
        """The share of needs, constraints and an accepted architecture that it covers."""
        parts = [met for _, met in (*self.needs, *self.constraints)]
        parts.append(self.architecture is not None)
        return sum(parts) / len(parts)

    @property
    def right(self) -> bool:
        """Good enough: an accepted architecture, most of the rest, none of the mistakes."""
        chosen = self.architecture is not None and not self.mistakes and not self.listed
        return chosen and (_part(self.needs) >= NEEDS and _part(self.constraints) >= CONSTRAINTS)


def _part(rows: Sequence[tuple[str, bool]]) -> float:
    return sum(met for _, met in rows) / len(rows) if rows else 1.0


def without_copied(text: str, brief: str) -> str:
    """A design without what it only repeats: runs of words that stand in the brief.

    What is left falls into paragraphs where something was cut out.
    """
    words = text.split()
    ours = [normal(word) for word in words]
    theirs = [normal(word) for word in brief.split()]
    runs = {tuple(theirs[n : n + COPIED]) for n in range(len(theirs) - COPIED + 1)}
    copied = {
        at + step
        for at in range(len(ours) - COPIED + 1)
        if tuple(ours[at : at + COPIED]) in runs
        for step in range(COPIED)
    }
    kept: list[list[str]] = [[]]
    for at, word in enumerate(words):
        if at not in copied:
            kept[-1].append(word)
        elif kept[-1]:  # what is left on both sides of a cut must not read as one sentence
            kept.append([])
    return "\n\n".join(" ".join(part) for part in kept if part)


def cover(
    brief: Brief,
    met_needs: Collection[str],
    named: Collection[str],
    met: Collection[int],
    needless: Iterable[str] = (),
) -> Covered:
    """Hold a design against its rubric.

    `met_needs` are the needs that the design's concepts meet, `named` the concepts and traps that
    it names, `met` the numbers of the constraints that it speaks to, `needless` the concepts that
    neither an accepted design nor the brief has.
    """
    marks = tuple(
        (mark.text + (f" -> {mark.requires}" if mark.requires else ""), number in met)
        for number, mark in enumerate(brief.constraints)
    )
    best = max(brief.architectures, key=lambda e: _share(e, named), default=None)
    accepted = best if best is not None and _share(best, named) >= ACCEPTED else None
    missing = tuple(c for c in accepted.concepts if c not in named) if accepted else ()
    mistakes = tuple(m for m in brief.mistakes if m.concepts and _share(m, named) == 1)
    needs = tuple((need, need in met_needs) for need in brief.needs)
    return Covered(needs, marks, accepted, missing, mistakes, tuple(needless))


def _share(expected: Expected, named: Collection[str]) -> float:
    hits = sum(concept in named for concept in expected.concepts)
    return hits / len(expected.concepts) if expected.concepts else 0.0
