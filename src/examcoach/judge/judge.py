"""The judge: what is said of each option, the pick with its confidence, and what follows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examcoach.affinity import Text
from examcoach.judge.deciding import Decider
from examcoach.judge.proposing import Proposer
from examcoach.judge.telling import Score, Teller
from examcoach.judge.topics import Topics
from examcoach.judge.weighing import Recalled, Weighed, Weigher
from examcoach.library.engine import Engine
from examcoach.model import Decides, Domain, JudgedOption, Option, Suggestion
from examcoach.sense import Sensed
from examcoach.situation import Situation, Stem


@dataclass(slots=True)
class Judgement:
    """What the judge says of a question."""

    options: list[JudgedOption]
    answer: tuple[str, ...]
    confidence: float
    because: str
    decides: Decides | None
    suggests: tuple[Suggestion, ...]
    domain: Domain | None


class Judge:
    """Judges options by an engine's rules, by cases, and by vectors where there are some."""

    def __init__(self, engine: Engine, weigh: Weigher) -> None:
        self.precedents = weigh.precedents
        self.affinity = weigh.affinity
        self._weights = engine.weights
        self._weigh = weigh
        self._tell = Teller(engine, weigh.read, weigh.precedents, weigh.affinity)
        self._decide = Decider(engine, weigh)
        self._propose = Proposer(engine, weigh.reasons.when, weigh.workings)
        self._topics = Topics(engine, weigh.affinity)

    def recall(self, told: Stem) -> Recalled:
        """The cases like a stem, and which constraints to expect in it."""
        return self._weigh.recall(told)

    def __call__(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
        exam: Mapping[str, object],
    ) -> Judgement:
        """Judge `options`, whose sensed texts are `sensed`, by what the stem asks for."""
        weighed = self._weigh(situation, recalled, options, sensed)
        picked, negated = weighed.picked, situation.ask.negated
        # where nothing is demanded, nothing can be missed; where what is wrong is asked, others fit
        missed = bool(situation.constraints) and not negated
        scores = [
            self._tell(weighed, i, missed and i not in picked) for i in range(len(weighed.readings))
        ]
        confidence = self._confidence(weighed.totals, picked)
        sure = confidence >= self._weights["trap-doubted"] and not negated
        if sure and len(picked) < len(scores):
            for i in picked:  # what speaks against an answer that is this sure is a false alarm
                scores[i].traps.clear()
        judged = self._verdicts(weighed, scores, negated)
        return Judgement(
            options=judged,
            answer=tuple(options[i].label for i in picked),
            confidence=confidence,
            because=_because(judged, negated),
            decides=self._decide(situation, weighed),
            suggests=self._propose(situation),
            domain=self._topics(situation, weighed, recalled, exam),
        )

    def _confidence(self, totals: Sequence[float], picked: Sequence[int]) -> float:
        """How often such a pick is right: a softmax over options, its temperature fitted."""
        if not totals:
            return 0.0
        heat = self._weights["temperature"]
        top = max(totals)
        shares = [math.exp((total - top) / heat) for total in totals]
        left = sum(shares)
        chance = 1.0
        for place, i in enumerate(sorted(picked, key=lambda i: -shares[i])):
            chance *= min(1.0, (len(picked) - place) * shares[i] / left) if left else 0.0
            left -= shares[i]
        return round(min(max(chance, 0.0), self._weights["most-confident"]), 3)

    def _verdicts(
        self, weighed: Weighed, scores: Sequence[Score], negated: bool
    ) -> list[JudgedOption]:
        """Each option with its verdict and its reasons, the weightiest first.

        That its like is picked makes an option less likely, not wrong: struck is by the totals
        before that.
        """
        before, picked = weighed.before, weighed.picked
        worst_pick = min((before[i] for i in picked), default=0.0)
        judged = []
        for i, (reading, score) in enumerate(zip(weighed.readings, scores, strict=True)):
            struck = (
                score.gravest >= self._weights["strike-weight"]
                and worst_pick - before[i] >= self._weights["strike-margin"]
                and not negated
            )
            verdict = "pick" if i in picked else "eliminate" if struck else "possible"
            total = -weighed.totals[i] if negated else weighed.totals[i]
            judged.append(
                JudgedOption(
                    label=reading.option.label,
                    text=reading.option.text,
                    verdict=verdict,  # type: ignore[arg-type]  # one of the three words above
                    score=round(total, 3),
                    fits=tuple(fit for _, fit in sorted(score.fits, key=lambda p: -p[0])),
                    traps=tuple(trap for _, trap in sorted(score.traps, key=lambda p: -p[0])),
                )
            )
        return judged

    # What weights are fitted on

    def signs(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> tuple[list[list[float]], list[tuple[str, dict[str, float]]]]:
        """What the pick and what decides are fitted on.

        For each option what its patterns say, what the cases say, how well it goes with the stem,
        and how much it has in common with the others, each as a deviation from what is said of all
        options; for each constraint its category, and the signs that it decides.
        """
        weighed = self._weigh(situation, recalled, options, sensed)
        spread = self._weigh.spread(weighed.by_patterns)
        parts = [
            [said, *reading.alike] for said, reading in zip(spread, weighed.readings, strict=True)
        ]
        left_out = self._decide.signs(situation, weighed)
        return parts, [(constraint.category, signs) for constraint, _, signs in left_out]

    def kind_signs(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> list[list[tuple[float, float, float]]]:
        """What the kinds of traps are fitted on: see `Teller.kind_signs`."""
        return self._tell.kind_signs(self._weigh(situation, recalled, options, sensed))

    def topic_signs(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> tuple[dict[str, float], Text, Text]:
        """What topics are learned from: see `Topics.said`; all options, and those that are picked,
        as vectors read them."""
        weighed = self._weigh(situation, recalled, options, sensed)
        said = self._topics.said(situation, weighed, recalled)
        return said, weighed.offered, weighed.chosen

    def speaking(
        self, situation: Situation, options: Sequence[Option], sensed: Sequence[Sensed]
    ) -> list[dict[str, float]]:
        """What the patterns alone say: for each option the ids of those that speak, and how much.

        Below 0 is against the option.
        """
        readings = self._weigh.readings(situation, options, sensed)
        reasons = self._weigh.reasons(situation.facts, situation.mentions, readings)
        said = []
        for reading, found in zip(readings, reasons, strict=True):
            score = self._tell.by_patterns(reading, found)
            speaking: dict[str, float] = defaultdict(float)
            for weight, fit in score.fits:
                speaking[fit.pattern] += weight
            for weight, trap in score.traps:
                speaking[trap.pattern] -= weight
            said.append(dict(speaking))
        return said


def _because(judged: Sequence[JudgedOption], negated: bool) -> str:
    """The first reason for the picked options; without one, why the others are out.

    Where what is wrong is asked, that is a reason against them.
    """
    picks = [option for option in judged if option.verdict == "pick"]
    for option in picks:
        reasons = option.traps if negated else option.fits
        if reasons:
            return reasons[0].because
    struck = [option for option in judged if option.verdict == "eliminate"]
    if picks and struck:
        return f"What speaks against {', '.join(o.label for o in struck)} leaves it."
    return ""
