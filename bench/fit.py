"""Fit the judge's weights and its confidence to questions that have a key.

    python bench/fit.py FILES...          # says what it finds
    python bench/fit.py FILES... --write  # and puts it into patterns/weights.yaml

The score of an option is a sum of counts times weights. The weights are those under which the key
is likeliest by a softmax over each question's options (conditional logit: McFadden, 1974), held
near the present ones by a quadratic penalty. Everything is judged on questions left out (five
parts, cut by a hash of the id), so the same files always give the same numbers:

- accuracy and log loss of the key, with the present weights and with the fitted ones;
- the temperature of the confidence, likeliest on questions left out, and its calibration error;
- for margins from which an option is struck: how many right and wrong ones that would strike.

Questions that the library was written on must be left out of FILES: they flatter it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examcoach import places
from examcoach.coach import load_dissector
from examcoach.dissect import Dissector
from examcoach.evaluate import calibration_error
from examcoach.model import Scenario
from examcoach.scenarios import read_path

NAMES = [f"{kind}-{weight}" for kind in ("play", "trap") for weight in ("weak", "normal", "strong")]
NAMES += ["need-met", "need-never", "incapable", "limit"]
PARTS = 5
PENALTY = 0.02
"""Loss, per question, for a weight that is one unit from where it was."""
STEPS = 600
RATE = 0.05
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: counts (options by weights), which options are right, and its part."""

    counts: Floats
    right: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    part: int


def case(dissector: Dissector, scenario: Scenario) -> Case | None:
    """The numbers of a question; None if it has no key, or asks for what does not fit."""
    question, key = scenario.question, scenario.gold.answer
    if not key or len(key) >= len(question.options):
        return None
    stem, *options = dissector.sense([question.stem, *(o.text for o in question.options)])
    situation = dissector.reason(stem, question.choose)
    if situation.ask.negated:
        return None
    counted = dissector.judge.counts(situation, question.options, options)
    counts = np.array([[one.get(name, 0) for name in NAMES] for one in counted], dtype=float)
    right = np.array([option.label in key for option in question.options])
    name = question.id or question.stem
    return Case(counts, right, hashlib.sha256(name.encode()).digest()[1] % PARTS)


def shares(totals: Floats) -> Floats:
    """Softmax."""
    powers = np.exp(totals - totals.max())
    return np.asarray(powers / powers.sum())


def loss(cases: Sequence[Case], weights: Floats, heat: float = 1.0) -> float:
    """Mean surprise at the key, in nats."""
    surprises = [-np.log(shares(c.counts @ weights / heat)[c.right].sum()) for c in cases]
    return float(np.mean(surprises))


def accuracy(cases: Sequence[Case], weights: Floats) -> float:
    """How often the highest scores are those of the key; ties go to the earlier option."""
    hits = [set(ranked(c, weights)[: c.right.sum()]) == set(np.flatnonzero(c.right)) for c in cases]
    return float(np.mean(hits))


def ranked(one: Case, weights: Floats) -> list[int]:
    """Options from the best to the worst."""
    totals = one.counts @ weights
    return sorted(range(len(totals)), key=lambda i: (-round(float(totals[i]), 9), i))


def fitted(cases: Sequence[Case], start: Floats, heat: float) -> Floats:
    """The weights that make the key likeliest, none negative, near `start`."""
    weights = start.copy()
    for _ in range(STEPS):
        slope = PENALTY * (weights - start)
        for c in cases:
            given = shares(c.counts @ weights / heat)
            of_right = given * c.right
            slope -= c.counts.T @ (of_right / of_right.sum() - given) / heat / len(cases)
        weights = np.maximum(weights - RATE * slope, 0.0)
    return weights


def left_out(cases: Sequence[Case], fit: Callable[[list[Case]], Floats]) -> list[Case]:
    """The cases with scores for counts, each scored by weights fitted without its part."""
    scored = []
    for part in range(PARTS):
        weights = fit([c for c in cases if c.part != part])
        for c in cases:
            if c.part == part:
                scored.append(Case((c.counts @ weights)[:, None], c.right, part))
    return scored


ONE = np.ones(1)


def best_heat(scored: Sequence[Case]) -> float:
    """The temperature under which the key is likeliest."""
    grid = np.arange(0.5, 8.01, 0.1)
    return float(min(grid, key=lambda heat: loss(scored, ONE, float(heat))))


def report(name: str, scored: Sequence[Case], heat: float) -> None:
    """One line of figures on questions left out."""
    sure, hit = [], []
    for c in scored:
        top = ranked(c, ONE)[0]
        if c.right.sum() == 1:
            sure.append(float(shares(c.counts @ ONE / heat)[top]))
            hit.append(bool(c.right[top]))
    error = calibration_error(list(zip(sure, hit, strict=True)))
    say(
        f"{name:<10} accuracy {accuracy(scored, ONE):.3f}  log loss {loss(scored, ONE, heat):.3f}"
        f"  temperature {heat:.1f}  calibration error {error:.3f}"
    )


def strikes(scored: Sequence[Case]) -> None:
    """What each margin would strike, were there a trap for every option below it."""
    for margin in (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0):
        low = [below(c, margin) for c in scored]
        right = np.concatenate([b[c.right] for b, c in zip(low, scored, strict=True)]).mean()
        wrong = np.concatenate([b[~c.right] for b, c in zip(low, scored, strict=True)]).mean()
        say(f"margin {margin:.1f}   right struck {right:.3f}   wrong struck {wrong:.3f}")


def below(one: Case, margin: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """The options at least so far below the pick."""
    totals = one.counts @ ONE
    worst_pick = sorted(totals)[-int(one.right.sum())]
    return np.asarray(worst_pick - totals >= margin)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Read, fit, tell, and write if asked to."""
    parser = argparse.ArgumentParser(description="Fit the judge's weights; see the file's head.")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--patterns", type=Path, default=places.shipped("patterns"))
    given = parser.parse_args()
    dissector = load_dissector([given.patterns], places.cache_folder())
    read = [s for path in given.files for s in read_path(path, sys.stdin.buffer)]
    found = [case(dissector, s) for s in read if isinstance(s, Scenario)]
    cases = [c for c in found if c is not None]
    present = dissector.engine.weights
    start = np.array([present[name] for name in NAMES])
    say(f"{len(cases)} questions")
    as_is = left_out(cases, lambda _: start)
    report("present", as_is, present["temperature"])
    heat = best_heat(as_is)
    report("reheated", as_is, heat)
    scored = left_out(cases, lambda others: fitted(others, start, heat))
    report("fitted", scored, best_heat(scored))
    strikes(scored)
    weights = fitted(cases, start, heat)
    values = {name: round(float(value), 2) for name, value in zip(NAMES, weights, strict=True)}
    values["temperature"] = round(best_heat(scored), 1)
    for name, value in values.items():
        say(f"{name:<12} {present[name]:5.2f} -> {value:5.2f}")
    if given.write:
        path = given.patterns / "weights.yaml"
        text = path.read_text("utf-8")
        for name, value in values.items():
            text = re.sub(rf"(?m)^(    {name}:) .*$", rf"\1 {value}", text)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
