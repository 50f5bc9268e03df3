"""Estimates: known abilities are recovered, intervals cover, formulas agree with worked numbers."""

from __future__ import annotations

import datetime as dt
import random
from statistics import mean

import pytest
from drilling import PACK
from hypothesis import given
from hypothesis import strategies as st

from examcoach.drill import log
from examcoach.drill.ability import (
    Ability,
    Response,
    chance,
    difficulty_of,
    estimate,
    floor_of,
    percentile,
    readiness,
    recency,
    wilson,
)
from examcoach.drill.log import Entry
from examcoach.drill.progress import abilities_of


def answered(ability: float, count: int, order: random.Random) -> list[Response]:
    responses = []
    for number in range(count):
        difficulty = difficulty_of(1 + number % 3)
        floor = 0.1 if number % 6 == 0 else 0.25
        right = order.random() < chance(ability, difficulty, floor)
        responses.append(Response(right, difficulty, floor))
    return responses


@pytest.mark.parametrize("ability", [-1.0, 0.0, 1.0, 2.0])
def test_known_abilities_are_recovered(ability: float) -> None:
    """Over many simulated learners the estimate is near the truth, and so is its stated error."""
    order = random.Random(f"{ability}")
    found = [estimate(answered(ability, 200, order)) for _ in range(60)]
    assert abs(mean(f.value for f in found) - ability) < 0.15
    inside = mean(abs(f.value - ability) < 1.96 * f.error for f in found)
    assert inside >= 0.9


def test_the_guessing_floor_matters() -> None:
    """One in four right on four options is no ability at all; on open questions it is some."""
    guessed = [Response(n % 4 == 0, 0.0, 0.25) for n in range(80)]
    recalled = [Response(n % 4 == 0, 0.0, 0.0) for n in range(80)]
    assert estimate(guessed).value < -2
    assert estimate(recalled).value == pytest.approx(-1.08, abs=0.1)


def test_all_right_and_nothing_at_all_are_finite() -> None:
    assert estimate([]) == Ability(pytest.approx(0), pytest.approx(1.5, abs=0.01), 0)
    best = estimate([Response(True, 0.0, 0.25)] * 50)
    assert 2 < best.value < 6


@given(st.lists(st.booleans(), max_size=30))
def test_another_right_answer_never_lowers_the_estimate(right: list[bool]) -> None:
    responses = [Response(r, 0.0, 0.25) for r in right]
    more = estimate([*responses, Response(True, 0.0, 0.25)])
    assert more.value >= estimate(responses).value - 1e-9


def test_floors_and_weights() -> None:
    assert (floor_of(4, 1), floor_of(5, 2), floor_of(6, 3), floor_of(0, 1)) == (0.25, 0.1, 0.05, 0)
    assert (recency(0), recency(30), recency(60)) == (1.0, 0.5, 0.25)


def test_readiness_is_a_range_that_narrows() -> None:
    weights = {"a": 60.0, "b": 40.0}
    vague = readiness({}, weights)
    sharp = readiness({name: Ability(0.0, 0.1, 400) for name in weights}, weights)
    assert vague.middle == sharp.middle == 0.625
    assert vague.high - vague.low > 5 * (sharp.high - sharp.low)


def test_wilson_as_worked_by_hand() -> None:
    """Newcombe (1998), table I: 81 of 263 is 0.2553 to 0.3662."""
    found = wilson(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_percentile() -> None:
    assert (percentile([], 0.5), percentile([3, 1, 2], 0.5)) == (0.0, 2)


def logged(n: int, item: str, **body: object) -> Entry:
    told = {"item": item, "domain": "data", "options": 4, "choose": 1, "right": True, **body}
    return Entry(f"e{n:03}", 1000.0 + n, "s", log.ANSWER, told)


def data_ability(*answers: Entry) -> Ability:
    return abilities_of(answers, PACK, dt.date(1970, 1, 1), dt.UTC)["data"]


def test_questions_seen_before_say_less() -> None:
    """Twenty right answers to one question are remembered; to twenty questions they are known."""
    same = data_ability(*(logged(n, "q") for n in range(20)))
    other = data_ability(*(logged(n, f"q{n}") for n in range(20)))
    assert same.value < other.value - 0.3
    assert same.error > other.error


def test_answers_after_a_hint_say_nothing() -> None:
    helped = data_ability(*(logged(n, f"q{n}", hints=1) for n in range(20)))
    assert helped == data_ability()
