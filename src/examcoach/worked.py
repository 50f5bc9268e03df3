"""Numbers worked out: what a question's figures give, held against what its options state.

Where an exam asks for a number, the options are results of the right calculation and of the slips
that people make. Formulas are data; here their operands are looked up among what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from examcoach.library.arithmetic import Tree, evaluate, number, operands, written
from examcoach.library.engine import Engine, Formula
from examcoach.sense import Mention
from examcoach.situation import Clauses, Reasoner, Situation
from examcoach.terms import TrapType

_DECIMALS = re.compile(r"\.(\d+)")
_WHOLE = 0.04
"""How far from the result, as a part of it, a whole number may be that stands for it."""
_TINY = 1e-9
Values: TypeAlias = Mapping[str, float]
Offered: TypeAlias = tuple[str, Sequence[Mention]]
"""An option's text and what was found in it."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a formula says of one option: where its number stands, and why it is right or wrong."""

    formula: Formula
    start: int
    end: int
    because: str
    trap: TrapType | None


class Workings:
    """Works out what formulas ask for."""

    def __init__(self, engine: Engine, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._formulas = [
            (
                formula,
                Clauses(formula.asks, formula.asks_none),
                Clauses(formula.when, formula.when_none),
            )
            for formula in engine.formulas
        ]

    def __call__(self, situation: Situation, options: Sequence[Offered]) -> list[list[Worked]]:
        """For each option what the numbers say of it.

        A formula that fits no option, or all of them alike, says nothing.
        """
        said: list[list[Worked]] = [[] for _ in options]
        if situation.ask.negated or not options:
            return said
        for formula in self._asked(situation):
            told = self._told(formula, situation, options)
            fitting = sum(one is not None and one.trap is None for one in told)
            if 0 < fitting < len(options):
                for of_option, one in zip(said, told, strict=True):
                    if one is not None:
                        of_option.append(one)
        return said

    def results(self, situation: Situation) -> Iterator[tuple[Formula, str]]:
        """What the stem alone lets work out: each formula, and its result told with its way."""
        for formula in self._asked(situation):
            values = self._values(formula, situation.sensed.mentions)
            if formula.given and (worked := _work(formula, values)):
                result, _, way = worked
                yield formula, _told_right(formula, result, way)

    def _asked(self, situation: Situation) -> Iterator[Formula]:
        """The formulas whose result the question wants."""
        if not self._formulas:
            return
        start, end = situation.ask.start, situation.ask.end
        asking = [m for m in situation.mentions if start <= m.start < end]
        wanted = self._reasoner.facts_of(asking)
        # a number is told in "no instance above 60%" as well
        facts = situation.facts | self._reasoner.facts_of(situation.sensed.mentions)
        for formula, asks, when in self._formulas:
            if asks.hold(wanted) and when.hold(facts):
                yield formula

    def _values(self, formula: Formula, mentions: Sequence[Mention]) -> dict[str, float]:
        """The operands that are told with one value only."""
        masks = self._reasoner.masks
        values: dict[str, float] = {}
        measured = [(masks[m.finder], m.amount) for m in mentions if m.value is not None]
        for name, facts in formula.operands.items():
            for fact in facts:
                found = {amount for mask, amount in measured if mask >> fact & 1}
                if found:
                    if len(found) == 1:
                        values[name] = found.pop()
                    break
        return values

    def _told(
        self, formula: Formula, situation: Situation, options: Sequence[Offered]
    ) -> list[Worked | None]:
        values = self._values(formula, situation.sensed.mentions)
        if formula.prefer:
            return self._preferred(formula, values, options)
        if worked := _work(formula, values):
            result, _, way = worked
            right = _told_right(formula, result, way)
            return [self._stated(formula, result, right, values, of) for of in options]
        return [None] * len(options)

    def _stated(
        self, formula: Formula, result: float, right: str, values: Values, option: Offered
    ) -> Worked | None:
        """What there is to say of the number that an option states, if it states one."""
        text, mentions = option
        stated = [
            (m, text[m.start : m.end], factor)
            for fact, factor in formula.given
            for m in mentions
            if m.value is not None and self._reasoner.masks[m.finder] >> fact & 1
        ]
        for m, words, factor in stated:
            if _is(m, words, result * factor):
                return Worked(formula, m.start, m.end, right, None)
        for tree, trap, because in formula.slips:
            slip = evaluate(tree, values)
            for m, words, factor in stated:
                if slip is not None and _is(m, words, slip * factor):
                    return Worked(formula, m.start, m.end, _joined(because, right), trap)
        for m, _, factor in stated:
            blame = formula.below if m.amount < result * factor else formula.above
            if blame:
                trap, because = blame
                return Worked(formula, m.start, m.end, _joined(because, right), trap)
        return None

    def _preferred(
        self, formula: Formula, values: Values, options: Sequence[Offered]
    ) -> list[Worked | None]:
        """Which option gives the lowest or highest result; every one must give some."""
        masks = self._reasoner.masks
        found = []
        for _, option in options:
            own = {**values, **self._values(formula, option)}
            worked = _work(formula, own)
            if worked is None:
                return [None] * len(options)
            result, tree, way = worked
            needed = {fact for name in operands(tree) for fact in formula.operands[name]}
            spans = [
                (m.start, m.end)
                for m in option
                if m.value is not None and any(masks[m.finder] >> fact & 1 for fact in needed)
            ]
            if not spans:
                return [None] * len(options)
            found.append((result, way, spans[0][0], spans[-1][1]))
        results = [result for result, *_ in found]
        best = min(results) if formula.prefer == "lowest" else max(results)
        if results.count(best) > 1:
            return [None] * len(options)
        blame = formula.above if formula.prefer == "lowest" else formula.below
        told: list[Worked | None] = []
        for result, way, start, end in found:
            here = f"{way} = {number(result)}."
            if result == best:
                told.append(Worked(formula, start, end, _joined(formula.because, here), None))
            elif blame:
                trap, because = blame
                here = f"{here} The best is {number(best)}."
                told.append(Worked(formula, start, end, _joined(because, here), trap))
            else:
                told.append(None)
        return told


def _work(formula: Formula, values: Values) -> tuple[float, Tree, str] | None:
    """The first result that can be worked out, its tree, and the way to it in numbers."""
    for tree in formula.results:
        result = evaluate(tree, values)
        if result is not None:
            return result, tree, written(tree, values)
    return None


def _told_right(formula: Formula, result: float, way: str) -> str:
    return _joined(formula.because, f"{way} = {number(result)}.")


def _joined(because: str, more: str) -> str:
    return f"{because.rstrip('.')}. {more}"


def _is(stated: Mention, text: str, amount: float) -> bool:
    """Whether a number, stated as `text`, is `amount`, rounded to the digits that are written."""
    value = stated.value
    if value is None or not value.amount or not stated.amount:
        return value is not None and stated.amount == amount
    true = amount * value.amount / stated.amount  # in the unit that was written
    decimals = _DECIMALS.search(text)
    slack = 0.5 * 10.0 ** -len(decimals[1]) if decimals else min(0.5, _WHOLE * abs(true))
    return abs(value.amount - true) <= slack + _TINY * abs(true)
