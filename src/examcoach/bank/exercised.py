"""Which patterns of the library a question exercises, and writing them into its file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from examcoach.bank.model import Item
from examcoach.model import Breakdown, Constraint, GoldConstraint

_WIDTH = 98
_KEY = "patterns"


def exercised(item: Item, breakdown: Breakdown) -> tuple[str, ...]:
    """The patterns of a breakdown that agree with the teacher's analysis, each once.

    These are: constraints over the words of a mark of the same category, traps of the marked kind
    on the same option, and what speaks for a right option.
    """
    return tuple(dict.fromkeys(_agreeing(item, breakdown)))


def _agreeing(item: Item, breakdown: Breakdown) -> Iterator[str]:
    gold = item.scenario.gold
    for constraint in breakdown.constraints:
        if any(_same(constraint, mark) for mark in gold.constraints or ()):
            yield constraint.pattern
    for option in breakdown.options:
        marked = (gold.traps or {}).get(option.label)
        if option.label in gold.answer:
            yield from (fit.pattern for fit in option.fits)
        elif marked is not None:
            yield from (trap.pattern for trap in option.traps if trap.trap == marked.trap)


def _same(found: Constraint, mark: GoldConstraint) -> bool:
    overlap = found.start < mark.end and mark.start < found.end
    return overlap and found.category == mark.category


def with_patterns(text: str, patterns: Sequence[str]) -> str:
    """A practice file with `patterns` as its list of patterns, every other line as it was.

    The list takes the place of the one that is there, else it comes last; an empty one is left out.
    """
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    start, stop = _place(lines)
    if lines and start == len(lines) and not lines[-1].endswith("\n"):
        lines[-1] += end
    lines[start:stop] = [line + end for line in _written(patterns)]
    return "".join(lines)


def _place(lines: Sequence[str]) -> tuple[int, int]:
    """The lines of the list, from and to; both the end of the file where there is none."""
    for start, line in enumerate(lines):
        if re.match(rf"{_KEY}\s*:", line):
            stop = start + 1
            while stop < len(lines) and re.match(r"[ \t]+\S|-|\]", lines[stop]):
                stop += 1
            return start, stop
    return len(lines), len(lines)


def _written(patterns: Sequence[str]) -> list[str]:
    """The list in flow style, folded."""
    if not patterns:
        return []
    lines = [f"{_KEY}: ["]
    for number, name in enumerate(patterns):
        piece = name + ("]" if number == len(patterns) - 1 else ",")
        glue = "" if lines[-1].endswith(("[", "  ")) else " "
        if len(lines[-1]) + len(glue) + len(piece) > _WIDTH:
            lines.append("  ")
            glue = ""
        lines[-1] += glue + piece
    return lines
