"""How able a learner is: an item response model with a guessing floor.

The chance of a right answer is that of the three-parameter logistic model with the discrimination
fixed at 1 (Birnbaum, 1968, in Lord and Novick, "Statistical Theories of Mental Test Scores"):

    P(right) = c + (1 - c) / (1 + exp(-(ability - difficulty)))

where c is the chance of guessing right: one over the number of ways to choose. The ability is the
mean of its posterior under a normal prior, found on a grid (EAP; Bock and Mislevy, 1982, "Adaptive
EAP estimation of ability in a microcomputer environment"), its standard error the posterior's
deviation. Unlike maximum likelihood it is finite when all answers are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PRIOR_DEVIATION = 1.5
_GRID = [i / 10 for i in range(-60, 61)]
_LEVELS = {1: -1.0, 2: 0.0, 3: 1.0}
_HALF_LIFE_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: was it right, how hard was the question, how likely is a right guess; `weight`
    is below 1 for answers of long ago."""

    right: bool
    difficulty: float
    floor: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Ability:
    """An estimate in logits (0: even odds, but for guessing, on a question of middle difficulty),
    its standard error, and the number of answers behind it."""

    value: float
    error: float
    answers: int


@dataclass(frozen=True, slots=True)
class Range:
    """A share with its 95% interval."""

    low: float
    middle: float
    high: float


def difficulty_of(level: int) -> float:
    """The difficulty in logits of a question of level 1, 2 or 3."""
    return _LEVELS.get(level, 0.0)


def floor_of(options: int, choose: int) -> float:
    """The chance of guessing right; 0 where nothing is offered to choose from."""
    if options < 2 or not 0 < choose <= options:
        return 0.0
    return 1 / math.comb(options, choose)


def chance(ability: float, difficulty: float, floor: float) -> float:
    """The chance of a right answer."""
    return floor + (1 - floor) / (1 + math.exp(-(ability - difficulty)))


def estimate(
    responses: Iterable[Response], prior: float = 0.0, deviation: float = PRIOR_DEVIATION
) -> Ability:
    """The ability that answers speak of; without answers, the prior."""
    responses = list(responses)
    tally: dict[tuple[bool, float, float], float] = {}
    for r in responses:
        key = (r.right, r.difficulty, r.floor)
        tally[key] = tally.get(key, 0.0) + r.weight
    logs = []
    for theta in _GRID:
        value = -0.5 * ((theta - prior) / deviation) ** 2
        for (right, difficulty, floor), count in tally.items():
            p = chance(theta, difficulty, floor)
            value += count * math.log(p if right else 1 - p)
        logs.append(value)
    top = max(logs)
    weights = [math.exp(value - top) for value in logs]
    total = sum(weights)
    mean = sum(w * t for w, t in zip(weights, _GRID, strict=True)) / total
    variance = sum(w * (t - mean) ** 2 for w, t in zip(weights, _GRID, strict=True)) / total
    return Ability(mean, math.sqrt(variance), len(responses))


def recency(days_ago: float) -> float:
    """The weight of an answer: half as much for each month that it is old."""
    return float(0.5 ** (max(0.0, days_ago) / _HALF_LIFE_DAYS))


def readiness(
    abilities: Mapping[str, Ability], weights: Mapping[str, float], floor: float = 0.25
) -> Range:
    """The share of an exam that would be answered right, by the blueprint's weights.

    Each domain is taken at middle difficulty; its error goes through the slope of the curve at its
    ability (the delta method), and domains err independently.
    """
    total = sum(weights.values()) or 1.0
    middle = variance = 0.0
    for domain, weight in weights.items():
        ability = abilities.get(domain) or Ability(0.0, PRIOR_DEVIATION, 0)
        share = weight / total
        p = chance(ability.value, 0.0, floor)
        logistic = (p - floor) / (1 - floor)
        slope = (1 - floor) * logistic * (1 - logistic)
        middle += share * p
        variance += (share * slope * ability.error) ** 2
    spread = 1.96 * math.sqrt(variance)
    return Range(max(0.0, middle - spread), middle, min(1.0, middle + spread))


def wilson(right: int, total: int, z: float = 1.96) -> Range:
    """A share with its interval (Wilson, 1927, "Probable inference, the law of succession")."""
    if total <= 0:
        return Range(0.0, 0.0, 1.0)
    p = right / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    spread = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return Range(max(0.0, centre - spread), p, min(1.0, centre + spread))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies; 0 without values."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
