"""Findings are constraints if enough speaks for it."""

from __future__ import annotations

import pytest
from conftest import MakeDissector

from examcoach.model import Question

LIBRARY = """
- cue: thrifty
  phrases: [thrifty]
  says: cost
  fires: ["They are [[thrifty]]."]
  silent: ["They are rich."]
- cue: frugal
  phrases: [frugal]
  says: cost
  fires: ["They are [[frugal]]."]
  silent: ["They are rich."]
- weights: record
  values: {says-least: 0.7, "says:thrifty": 0.5, "says:cue:cost": 0.5}
"""


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("They are thrifty.", []),
        ("They are frugal.", []),  # never met: it counts as its kind does
        ("They are thrifty, and thrifty.", []),  # the same doubt twice is one doubt
        ("They are thrifty and frugal.", ["thrifty", "frugal"]),  # 1 - 0.5 * 0.5 = 0.75
    ],
)
def test_doubts_of_several_patterns_multiply(
    make: MakeDissector, stem: str, found: list[str]
) -> None:
    """Each finding is wrong half of the time; told from 0.7."""
    assert [c.text for c in make(LIBRARY)(Question(stem, ())).constraints] == found


def test_what_has_no_record_is_believed(make: MakeDissector) -> None:
    """A library without likelihoods tells all that it finds."""
    alone = LIBRARY[: LIBRARY.index("- weights")]
    [found] = make(alone)(Question("They are thrifty.", ())).constraints
    assert (found.text, found.category, found.pattern) == ("thrifty", "cost", "thrifty")
