"""Hints: a breakdown of which only so much is shown as a learner asked for."""

from __future__ import annotations

from dataclasses import replace

from examcoach.model import Breakdown, JudgedOption

LEVELS = 3
NEXT = {
    1: "--hint 2 shows what is hidden and what decides.",
    2: "--hint 3 shows which options can be struck out.",
    3: "Without --hint you see the answer.",
}
"""What one more step would show."""


def hold_back(breakdown: Breakdown, level: int) -> Breakdown:
    """The breakdown with all that `level` (1, 2 or 3) does not reveal left empty.

    1 leaves the explicit constraints and the ask; 2 adds the hidden ones and what decides; 3 adds
    the options that can be struck out, with their traps. No level tells the answer.
    """
    decides = breakdown.decides
    return replace(
        breakdown,
        constraints=tuple(c for c in breakdown.constraints if level > 1 or not c.hidden),
        decides=replace(decides, without_it=()) if decides and level > 1 else None,
        suggests=(),
        options=tuple(_held(option, level) for option in breakdown.options),
        answer=(),
        confidence=0.0,
        because="",
    )


def _held(option: JudgedOption, level: int) -> JudgedOption:
    if level > 2 and option.verdict == "eliminate":
        return replace(option, score=0.0, fits=())
    return replace(option, verdict="possible", score=0.0, fits=(), traps=())
