"""What patterns say of options: plays and traps, needs met and never met, limits broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeAlias

from examcoach.bits import bits_of, mask_of
from examcoach.judge.options import Reading
from examcoach.library.engine import Engine
from examcoach.sense import Mention
from examcoach.situation import Clauses, Reasoner, Situation

RULE, MET, NEVER, INCAPABLE, LIMIT = range(5)
Reason: TypeAlias = tuple[float, int, int, int]
"""Signed weight, kind, the rule or need it is about, and its place in the mentions."""


class Reasons:
    """Finds what an engine's patterns say for options and against them.

    `when` are the conditions of its rules.
    """

    def __init__(self, engine: Engine, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._finders = engine.finders
        self._weights = weights = engine.weights
        self._needs = mask_of(engine.needs)
        self.when = [Clauses(rule.when, rule.when_none) for rule in engine.rules]
        self._rule_weight = [
            weights[f"play-{rule.weight}"] if rule.trap is None else -weights[f"trap-{rule.weight}"]
            for rule in engine.rules
        ]

    def __call__(
        self, facts: int, mentions: Sequence[Mention], readings: Sequence[Reading]
    ) -> list[list[Reason]]:
        """For each option all that speaks for it and against it, with signed weights.

        `facts` and `mentions` are those of the stem.
        """
        reasons = self._of_rules(facts, readings)
        self._of_needs(facts, readings, reasons)
        measured = [m for m in mentions if m.value is not None]
        if measured:
            for reading, found in zip(readings, reasons, strict=True):
                self._of_limits(measured, reading, found)
        return reasons

    def _of_rules(self, facts: int, readings: Sequence[Reading]) -> list[list[Reason]]:
        shared = (
            frozenset.intersection(*(frozenset(r.rules) for r in readings))
            if len(readings) > 1
            else frozenset()
        )
        holding = {n for r in readings for n in r.rules}
        holding = {n for n in holding if self.when[n].hold(facts)}
        return [
            [
                # what all options share cannot tell them apart
                (0.0 if n in shared else self._rule_weight[n], RULE, n, 0)
                for n in reading.rules
                if n in holding
            ]
            for reading in readings
        ]

    def _of_needs(
        self, facts: int, readings: Sequence[Reading], reasons: list[list[Reason]]
    ) -> None:
        """What the stem needs: for options that meet it, against tools that never do."""
        needs = facts & self._needs
        weights = self._weights
        met_by_all, met_by_any, never = needs, 0, 0
        for reading in readings:
            met_by_all &= reading.facts
            met_by_any |= reading.facts
            never |= reading.never
        for need in bits_of(needs & met_by_any & ~met_by_all):
            for reading, found in zip(readings, reasons, strict=True):
                if reading.facts >> need & 1:
                    found.append((weights["need-met"], MET, need, 0))
        for need in bits_of(needs & never):
            for reading, found in zip(readings, reasons, strict=True):
                if reading.never >> need & 1 and not reading.facts >> need & 1:
                    found.append((-weights["need-never"], NEVER, need, 0))
        for reading, found in zip(readings, reasons, strict=True):
            for place, (_, need) in enumerate(reading.incapable):
                if not needs >> need & 1 or reading.facts >> need & 1:  # else blamed already
                    found.append((-weights["incapable"], INCAPABLE, need, place))

    def _of_limits(
        self, measured: Sequence[Mention], reading: Reading, found: list[Reason]
    ) -> None:
        """Hard bounds of what an option names, against the numbers of the stem."""
        for place, mention in enumerate(reading.mentions):
            for fact, low, high in self._finders[mention.finder].limits:
                for number in measured:
                    if self._finders[number.finder].own == fact and (
                        (high is not None and number.amount > high)
                        or (low is not None and number.amount < low)
                    ):
                        reading.broken[place] = number
                        found.append((-self._weights["limit"], LIMIT, fact, place))
                        break

    def without(
        self, situation: Situation, readings: Sequence[Reading]
    ) -> Callable[[int, int], list[float] | None]:
        """A quick way to the sums of reasons without the words of a span; None if none changes."""
        before = situation.facts
        options_of: dict[int, list[int]] = defaultdict(list)
        for i, reading in enumerate(readings):
            for number in reading.rules:
                options_of[number].append(i)
        rules = [
            (when.asked, when, when.hold(before), self._rule_weight[n], places)
            for n, places in options_of.items()
            if len(places) < len(readings) and (when := self.when[n])
        ]
        measured = [m for m in situation.mentions if m.value is not None]
        limited = bool(measured) and any(
            self._finders[m.finder].limits for r in readings for m in r.mentions
        )
        matters = self._needs
        by_rules = [0.0] * len(readings)
        for asked, _, held, weight, places in rules:
            matters |= asked
            if held:
                for i in places:
                    by_rules[i] += weight

        def needs(facts: int) -> list[float]:
            found: list[list[Reason]] = [[] for _ in readings]
            self._of_needs(facts, readings, found)
            return [summed(reasons) for reasons in found]

        def limits(measured: Sequence[Mention]) -> list[float]:
            found: list[list[Reason]] = [[] for _ in readings]
            for reading, reasons in zip(readings, found, strict=True):
                self._of_limits(measured, reading, reasons)
            return [summed(reasons) for reasons in found]

        by_needs, by_limits = needs(before), limits(measured)
        concluding = matters | self._reasoner.asked
        masks = self._reasoner.masks
        told_by = [(m.start, m.end, masks[m.finder] & concluding) for m in situation.mentions]
        told = 0
        for _, _, mask in told_by:
            told |= mask

        def sums(start: int, end: int) -> list[float] | None:
            still = 0
            for first, last, mask in told_by:
                if last <= start or first >= end:
                    still |= mask
            if still == told and not limited:
                return None
            kept = [m for m in situation.mentions if m.end <= start or m.start >= end]
            facts = self._reasoner.facts(kept)
            gone = (before ^ facts) & matters
            if not limited and not gone:
                return None
            of_rules = list(by_rules)
            for asked, when, held, weight, places in rules:
                if asked & gone and when.hold(facts) is not held:
                    for i in places:
                        of_rules[i] += -weight if held else weight
            of_needs = needs(facts) if gone & self._needs else by_needs
            of_limits = limits([m for m in kept if m.value is not None]) if limited else by_limits
            parts = zip(of_rules, of_needs, of_limits, strict=True)
            return [sum(of_option) for of_option in parts]

        return sums


def summed(reasons: Sequence[Reason]) -> float:
    """The weights of reasons, added up."""
    return sum(reason[0] for reason in reasons)
