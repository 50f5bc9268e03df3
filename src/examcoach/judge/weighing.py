"""Options -> totals and the pick: what patterns, cases, vectors and the options' likeness say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from examcoach.affinity import NO_TEXT, Affinity, Text, together
from examcoach.described import Describer
from examcoach.judge.options import OptionReader, Reading
from examcoach.judge.reasons import Reason, Reasons, summed
from examcoach.library.engine import Engine
from examcoach.model import Option
from examcoach.picking import Rivalry, kinship, pick, rivalry
from examcoach.precedent import Heard, Precedents, emphasis_of
from examcoach.sense import Sensed
from examcoach.situation import Hints, Reasoner, Situation, Stem
from examcoach.worked import Workings


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a stem brings to mind: the cases like it, which constraints to expect, its vectors."""

    heard: Heard
    hints: Hints
    stem: Text


@dataclass(frozen=True, slots=True)
class Weighed:
    """The options as they are read, with their reasons and sums, and which are picked.

    `stem` is what vectors read of the stem, `offered` of all options, `chosen` of those that are
    picked. `before` are the totals of the options, the highest to
    be picked; `totals` are these less what those picked take from their `rivals`.
    """

    stem: Text
    offered: Text
    chosen: Text
    readings: list[Reading]
    reasons: list[list[Reason]]
    by_patterns: list[float]
    before: list[float]
    totals: list[float]
    picked: list[int]
    rivals: Rivalry | None


class Weigher:
    """Weighs options by an engine's patterns, by cases, and by vectors where there are some."""

    def __init__(
        self,
        engine: Engine,
        reasoner: Reasoner,
        describer: Describer,
        precedents: Precedents,
        affinity: Affinity | None,
    ) -> None:
        self._describer = describer
        self.precedents = precedents
        self.affinity = affinity
        self._weights = engine.weights
        self.workings = Workings(engine, reasoner)
        self.read = OptionReader(engine, reasoner)
        self.reasons = Reasons(engine, reasoner)

    def recall(self, told: Stem) -> Recalled:
        """The cases like a stem, and which constraints to expect in it."""
        sensed = told.sensed
        tokens = self._describer(sensed, told.facts)
        ask = sensed.sentence_at(told.ask[0])
        emphasis = emphasis_of(sensed.keys, sensed.sentences, ask, self._weights)
        heard = self.precedents.hear(tokens, emphasis)
        if self.affinity is None:
            return Recalled(heard, Hints(heard.decides), NO_TEXT)
        text = self.affinity.read(tokens)
        words, expected = self.affinity.decides(text), self.affinity.expects(text)
        return Recalled(heard, Hints(heard.decides, words, *expected), text)

    def readings(
        self, situation: Situation, options: Sequence[Option], sensed: Sequence[Sensed]
    ) -> list[Reading]:
        """The options as they are read, with what the numbers give."""
        readings = [self.read(option, s) for option, s in zip(options, sensed, strict=True)]
        offered = [(reading.option.text, reading.mentions) for reading in readings]
        for reading, worked in zip(readings, self.workings(situation, offered), strict=True):
            reading.worked = worked
        return readings

    def __call__(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> Weighed:
        """Read the options, put down all that is said of them, and pick."""
        readings = self.readings(situation, options, sensed)
        reasons = self.reasons(situation.facts, situation.mentions, readings)
        self._liken(recalled, readings)
        by_patterns = [summed(found) for found in reasons]
        sign = -1 if situation.ask.negated else 1
        before = [sign * total for total in self.totals(by_patterns, readings)]
        rivals = self._rivals(situation, readings)
        picked, totals = pick(before, situation.ask.choose, rivals)
        return Weighed(
            stem=recalled.stem,
            offered=together([reading.text for reading in readings]),
            chosen=together([readings[i].text for i in picked]),
            readings=readings,
            reasons=reasons,
            by_patterns=by_patterns,
            before=before,
            totals=totals,
            picked=picked,
            rivals=rivals,
        )

    def spread(self, by_patterns: Sequence[float]) -> list[float]:
        """What patterns say of each option, as a deviation from what they say of all."""
        return _spread(by_patterns, self._weights["patterns-damping"])

    def totals(self, by_patterns: Sequence[float], readings: Sequence[Reading]) -> list[float]:
        """The total of each option: what is said of it by patterns, cases, vectors and its like.

        All four as deviations from their mean, so that no number of patterns that say the same
        outvotes all cases. What can be worked out is no matter of likeness: it comes on top.
        """
        weights = self._weights
        return [
            weights["patterns"] * said
            + weights["case"] * reading.alike[0]
            + weights["affinity"] * reading.alike[1]
            + weights["kinship"] * reading.alike[2]
            + weights["worked"] * sum(one.trap is None for one in reading.worked)
            for said, reading in zip(self.spread(by_patterns), readings, strict=True)
        ]

    def _rivals(self, situation: Situation, readings: Sequence[Reading]) -> Rivalry | None:
        """How far options exclude one another, where several are to be picked."""
        if situation.ask.choose < 2 or situation.ask.negated:
            return None
        weights = self._weights
        how = (weights[f"rivals-{name}"] for name in ("alike", "damping", "weight"))
        return rivalry([r.sensed.keys for r in readings], *how)

    def _liken(self, recalled: Recalled, readings: Sequence[Reading]) -> None:
        """Put down what was right in cases like this one, and what goes with such stems."""
        weights = self._weights
        options = [self._describer(reading.sensed, reading.facts) for reading in readings]
        precedents = self.precedents.weigh(recalled.heard, options)
        by_cases = _spread([one.total for one in precedents], weights["case-damping"])
        affinity = [0.0] * len(options)
        if self.affinity:
            for reading, tokens in zip(readings, options, strict=True):
                reading.text = self.affinity.read(tokens)
            if len(recalled.heard.cases):  # vectors too know nothing of a stem like no story
                affinity = self.affinity(recalled.stem, [reading.text for reading in readings])
        by_affinity = _spread(affinity, weights["affinity-damping"])
        by_kin = _spread(kinship([r.sensed.keys for r in readings]), weights["kinship-damping"])
        for i, reading in enumerate(readings):
            reading.precedent = precedents[i]
            reading.alike = by_cases[i], by_affinity[i], by_kin[i]


def _spread(values: Sequence[float], damping: float) -> list[float]:
    """The values less their mean, in units of their deviation, to which `damping` is added."""
    if not values:
        return []
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / (deviation + damping) for value in values]
