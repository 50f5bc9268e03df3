"""The words in which a breakdown is told, whatever the medium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from examcoach.model import Breakdown, Constraint, JudgedOption
from examcoach.terms import Category

VERDICTS = {"pick": "pick", "possible": "possible", "eliminate": "out"}
SYMBOLS = {"pick": "✓", "possible": "?", "eliminate": "✗"}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of the stem: the category it is marked with, and the tags that end behind it."""

    text: str
    category: Category | None
    tags: tuple[str, ...]


def mark(stem: str, constraints: Sequence[Constraint]) -> list[Run]:
    """The stem in pieces that, joined, are the stem; where constraints overlap, the first marks."""
    edges = sorted({0, len(stem), *(e for c in constraints for e in (c.start, c.end))})
    runs = []
    for start, end in pairwise(edges):
        covering = [c for c in constraints if c.start <= start and end <= c.end]
        tags = dict.fromkeys(c.category for c in covering if c.end == end)
        category = covering[0].category if covering else None
        runs.append(Run(stem[start:end], category, tuple(tags)))
    return runs


def explicit(breakdown: Breakdown) -> list[Constraint]:
    """The constraints that the stem says outright."""
    return [c for c in breakdown.constraints if not c.hidden]


def hidden(breakdown: Breakdown) -> list[Constraint]:
    """The constraints that the stem only implies."""
    return [c for c in breakdown.constraints if c.hidden]


def title(breakdown: Breakdown) -> str:
    """Which question this is."""
    parts = [breakdown.id or "", breakdown.exam]
    if breakdown.domain:
        parts.append(breakdown.domain.id)
    return " · ".join(part for part in parts if part)


def ask(breakdown: Breakdown) -> str:
    """What is asked, and how."""
    notes = [f"choose {breakdown.ask.choose}"] if breakdown.ask.choose > 1 else []
    notes += [f"ranked by {q}" for q in breakdown.ask.qualifiers]
    if breakdown.ask.negated:
        notes.append("the one that does NOT fit")
    text = " ".join(breakdown.ask.text.split()) or "nothing is asked outright"
    return text + (f" ({'; '.join(notes)})" if notes else "")


def decides(breakdown: Breakdown) -> str:
    """What decides, and what would be picked without it."""
    if breakdown.decides is None:
        return ""
    d = breakdown.decides
    text = f'"{" ".join(d.text.split())}" ({d.category})'
    if not d.without_it:
        return text
    if set(d.without_it) == set(breakdown.answer):
        return f"{text}; it weighs most, though the pick would stay without it"
    return f"{text}; without it the pick would be {' and '.join(d.without_it)}"


def reasons(option: JudgedOption, most: int = 2) -> list[str]:
    """The strongest reasons for the verdict, each with its words; a trap by name."""
    told = []
    if option.verdict == "eliminate":
        told = [_trap(option, n) for n in range(min(most, len(option.traps)))]
    else:
        told += [f"{f.because} {_quoted(f.evidence)}" for f in option.fits[:most]]
        if option.verdict == "possible" and option.traps:
            told.append("but " + _trap(option, 0))
    return list(dict.fromkeys(" ".join(text.split()) for text in told))


def _trap(option: JudgedOption, number: int) -> str:
    trap = option.traps[number]
    return f"{trap.trap}: {trap.because} {_quoted(trap.evidence)}"


def _quoted(evidence: Sequence[object]) -> str:
    words = [" ".join(str(getattr(e, "text", "")).split()) for e in evidence]
    return "[" + " … ".join(words) + "]" if words else ""


def answer(breakdown: Breakdown) -> str:
    """The likely answer and how sure it is; empty where there is none, or it is held back."""
    if not breakdown.answer:
        return ""
    labels = " and ".join(breakdown.answer)
    return f"{labels}, {sureness(breakdown.confidence)} ({breakdown.confidence:.0%})"


def sureness(confidence: float) -> str:
    """A probability in words."""
    if confidence >= 0.8:
        return "quite sure"
    if confidence >= 0.55:
        return "likely"
    return "a lean" if confidence >= 0.35 else "little more than a guess"
