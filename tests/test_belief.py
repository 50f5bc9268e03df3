"""Findings are constraints if enough speaks for it."""

from __future__ import annotations

import pytest
from conftest import MakeDissector

from examcoach.model import Question
from examcoach.situation import Hints, _Belief

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
  values: {"says:thrifty": 0.5, "says:cue:cost": 0.5, "says-base:cost": -0.9}
"""


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("They are thrifty.", []),
        ("They are frugal.", []),  # never met: it counts as its kind does
        ("They are thrifty, and thrifty.", []),  # the same doubt twice is one doubt
        ("They are thrifty and frugal.", ["thrifty", "frugal"]),  # 3 to 1
    ],
)
def test_doubts_of_several_patterns_multiply(
    make: MakeDissector, stem: str, found: list[str]
) -> None:
    """Each finding is wrong half of the time; told from odds of 2.5, whose logarithm is 0.9."""
    assert [c.text for c in make(LIBRARY)(Question(stem, ())).constraints] == found


def test_what_has_no_record_is_believed(make: MakeDissector) -> None:
    """A library without likelihoods tells all that it finds."""
    alone = LIBRARY[: LIBRARY.index("- weights")]
    [found] = make(alone)(Question("They are thrifty.", ())).constraints
    assert (found.text, found.category, found.pattern) == ("thrifty", "cost", "thrifty")


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("They are thrifty and frugal.", ["frugal"]),
        ("They are thrifty.", ["thrifty"]),  # the best there is, however seldom in place
    ],
)
def test_what_is_seldom_in_place_is_told_alone(
    make: MakeDissector, stem: str, found: list[str]
) -> None:
    """Words that are rarely those of the constraint tell nothing beside words that often are."""
    places = """
- weights: places
  values: {"says-there:thrifty": 0.3, "says-there:frugal": 0.6, says-least: 0.6}
"""
    library = LIBRARY.replace('"says-base:cost": -0.9', '"says-base:cost": 0.9') + places
    assert [c.text for c in make(library)(Question(stem, ())).constraints] == found
    equals = library.replace('"says-there:thrifty": 0.3', '"says-there:thrifty": 0.4')
    everything = [c.text for c in make(equals)(Question(stem, ())).constraints]
    assert everything == [word for word in ("thrifty", "frugal") if word in stem]


CASES = """
- case: cheap-shed
  topic: storage
  stories: ["The farmer wants a [[cheap]] shed.", A shed that costs the farmer little.]
  decides: cost
  answers: [Build it of straw, Straw walls]
  because: Straw is cheap.
  insteads: [{option: Build it of marble, type: costly, because: Marble is dear.}]
- case: safe-safe
  topic: storage
  stories: ["The bank wants a [[locked]] vault.", A vault that thieves cannot open.]
  decides: security
  answers: [Build it of steel, Steel walls]
  because: Steel holds.
  insteads: [{option: Build it of cardboard, type: insecure, because: It tears.}]
"""


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("The thrifty farmer has a shed.", ["thrifty"]),
        ("The thrifty bank has a vault.", []),
    ],
)
def test_cases_alike_say_what_to_expect(make: MakeDissector, stem: str, found: list[str]) -> None:
    """The same word is believed where such stories turn on its category."""
    weights = LIBRARY.replace('"says-base:cost": -0.9', 'says-case: 1.0, "says-base:cost": 1.0')
    assert [c.text for c in make(weights + CASES)(Question(stem, ())).constraints] == found


@pytest.mark.parametrize(("odds", "believed"), [(1.0, True), (-1.0, False)])
def test_the_odds_that_such_a_stem_states_it_count(odds: float, believed: bool) -> None:
    """A finding that is right half of the time is believed where such stems state its category."""
    belief = _Belief("says", {"says-expected": 1.0})
    hints = Hints(stated={"cost": odds}, implied={"cost": -odds})
    assert belief("cost", False, 0.5, 1, hints) is believed
    assert belief("cost", True, 0.5, 1, hints) is not believed
    assert belief("scale", False, 0.5, 1, hints)  # nothing is known of it
