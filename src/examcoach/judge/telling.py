"""Why: reasons as fits and traps with their words, the cases worth telling, the kind of a trap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from examcoach.affinity import Affinity
from examcoach.bits import mask_of
from examcoach.judge.options import OptionReader, Reading
from examcoach.judge.reasons import INCAPABLE, LIMIT, MET, NEVER, RULE, Reason
from examcoach.judge.weighing import Weighed
from examcoach.library.engine import Engine, Rule
from examcoach.model import Evidence, Fit, Trap
from examcoach.precedent import Against, Precedent, Precedents, Told
from examcoach.sense import Mention, Sensed
from examcoach.terms import TRAP_TYPES, TrapType

KIND_SIGNS = ("rule", "case", "affinity")
"""What tells the kind of a trap: the rules that fired, the cases alike, the words."""
_LEAST_LIKELY = 0.01
_ENOUGH_WORDS = 14


@dataclass(slots=True)
class Score:
    """An option's reasons, each with its weight, and the gravest that can strike it."""

    gravest: float = 0.0
    fits: list[tuple[float, Fit]] = field(default_factory=list)
    traps: list[tuple[float, Trap]] = field(default_factory=list)


class Teller:
    """Says why, by an engine's patterns, by cases, and by vectors where there are some."""

    def __init__(
        self,
        engine: Engine,
        reader: OptionReader,
        precedents: Precedents,
        affinity: Affinity | None,
    ) -> None:
        self._finders = engine.finders
        self._rules = engine.rules
        self._weights = engine.weights
        self._masks, self._never = reader.masks, reader.never
        self._precedents = precedents
        self._affinity = affinity
        self._finder_of_fact = {f.own: f for f in engine.finders if f.own >= 0}

    def __call__(self, weighed: Weighed, place: int, doubted: bool) -> Score:
        """The reasons of the option at a place, as fits and traps with their evidence.

        Only of an option that is `doubted` cases tell why it is wrong.
        """
        reading = weighed.readings[place]
        score = self.by_patterns(reading, weighed.reasons[place])
        self._tell_cases(score, reading, weighed, doubted)
        return score

    def by_patterns(self, reading: Reading, reasons: Sequence[Reason]) -> Score:
        """The reasons that patterns give, and what was worked out."""
        score = Score()
        for reason in reasons:
            self._tell_reason(score, reading, reason)
        weight = self._weights["worked"]
        for one in reading.worked:
            evidence = quote(reading.option.text, {(one.start, one.end)})
            signed = weight if one.trap is None else -weight
            _add(score, one.formula.id, one.because, evidence, signed, one.trap)
        return score

    # Patterns

    def _tell_reason(self, score: Score, reading: Reading, reason: Reason) -> None:
        """Add one reason, as a fit or a trap with its evidence."""
        weight, kind, number, place = reason
        if kind == RULE:
            rule = self._rules[number]
            _add(score, rule.id, rule.because, self._evidence(rule, reading), weight, rule.trap)
        elif kind == MET:
            self._credit(score, reading, number, weight)
        elif kind == NEVER:
            mention = _carrier(reading.mentions, self._never, number)
            self._blame(score, reading, mention, number, weight)
        elif kind == INCAPABLE:
            self._blame(score, reading, reading.incapable[place][0], number, weight)
        elif kind == LIMIT:
            mention = reading.mentions[place]
            finder = self._finders[mention.finder]
            because = f"{finder.about} The stem has {_written(reading.broken[place])}."
            _add(score, finder.id, because, _words(reading, mention), weight, "impossible")

    def _evidence(self, rule: Rule, reading: Reading) -> tuple[Evidence, ...]:
        """For each clause the first words that fulfil it; overlapping words as one."""
        spans = set()
        for clause in rule.option:
            mask = mask_of(clause)
            for mention in reading.mentions:
                if self._masks[mention.finder] & mask:
                    spans.add((mention.start, mention.end))
                    break
        return quote(reading.option.text, spans)

    def _credit(self, score: Score, reading: Reading, need: int, weight: float) -> None:
        mention = _carrier(reading.mentions, self._masks, need)
        finder, met = self._finders[mention.finder], self._finder_of_fact[need]
        because = finder.about or met.about
        _add(score, finder.id, because, _words(reading, mention), weight, None)

    def _blame(
        self, score: Score, reading: Reading, mention: Mention, need: int, weight: float
    ) -> None:
        finder, asked = self._finders[mention.finder], self._finder_of_fact[need]
        because = f"Not its job: {asked.about.rstrip('.')}. {finder.about}"
        _add(score, finder.id, because, _words(reading, mention), weight, "wrong-tool")

    # Cases

    def _tell_cases(self, score: Score, reading: Reading, weighed: Weighed, doubted: bool) -> None:
        """The cases that say most of an option, where they are like enough to be worth telling."""
        precedent = reading.precedent
        if precedent is None or reading.worked:  # a number is like that of another story by chance
            return
        if precedent.support is not None:
            self._tell_case(score, reading, precedent.support)
        if not doubted and len(score.traps) < 2:
            return
        against = self._against(precedent, weighed)
        kinds = self._kinds(score, reading, against, weighed)
        if doubted and against:
            least = self._weights["case-story"], self._weights["case-option"]
            for kind in sorted(kinds, key=lambda kind: -kinds[kind]):
                if any(trap.trap == kind for _, trap in score.traps):
                    break
                told = against.most(TRAP_TYPES.index(kind), *least)
                if told is not None and self._tell_case(score, reading, *told):
                    break
        score.traps = [(kinds[trap.trap], trap) for _, trap in score.traps]

    def _against(self, precedent: Precedent, weighed: Weighed) -> Against | None:
        """What the cases say against an option where others are picked."""
        chosen = [weighed.readings[i].precedent for i in weighed.picked]
        alike = [one for one in chosen if one is not None]
        return precedent.against(alike, self._weights["case-unchosen"])

    def _tell_case(self, score: Score, reading: Reading, told: Told, holds: float = 0.0) -> bool:
        """Tell a case, if it is like enough; whether it was told.

        What it says is said of the option itself where the two say the same; else of what the case
        offers in its place, which is quoted. `holds` is how like its answer what was chosen is:
        only then does it tell what holds.
        """
        weights = self._weights
        if told.story_like < weights["case-story"] or told.option_like < weights["case-option"]:
            return False
        if told.instead < 0 and told.option_like < weights["case-fit"]:
            return False
        words = self._precedents.shared(reading.sensed.keys, told.wording)
        if len(words) < weights["case-words"]:
            return False
        table = self._precedents.table
        case = table.case(told.case)
        evidence = quote(reading.option.text, _runs(reading.sensed, words))
        same = told.option_like >= weights["case-same"]
        if told.instead >= 0:
            # why not, and what holds instead: the first alone may be as short as "by hand"
            trap, why, words_there = case.insteads[told.instead]
            because = f"{why[0].upper()}{why[1:].rstrip('.')}."
            if holds >= weights["case-option" if same else "case-same"]:
                because += f" {case.because}"
        else:
            trap, because = None, case.because
            words_there = case.answers[told.wording - int(table.options.first[told.case])]
        if not same:
            verdict = "wrong" if trap else "right"
            because = f'In a similar case "{_short(words_there)}" is {verdict}. {because}'
        weight = weights["case-trap"]
        if trap is None:  # what is said of the option itself is told first
            _add(score, case.id, because, evidence, weight if same else weight / 2, None)
        else:
            _add(score, case.id, because, evidence, -weight, trap)
        return True

    # The kind of a trap

    def _kinds(
        self, score: Score, reading: Reading, against: Against | None, weighed: Weighed
    ) -> dict[TrapType, float]:
        """How much speaks for each kind of trap."""
        weights = self._weights
        signs = self._kind_signs(score, reading, against, weighed)
        return {
            kind: sum(
                weights[f"kind-{name}"] * sign for name, sign in zip(KIND_SIGNS, row, strict=True)
            )
            for kind, row in zip(TRAP_TYPES, signs, strict=True)
        }

    def kind_signs(self, weighed: Weighed) -> list[list[tuple[float, float, float]]]:
        """What the kinds of traps are fitted on: `KIND_SIGNS` by kinds, for each option.

        Nothing for an option that is picked, or that no cases were held against.
        """
        signs: list[list[tuple[float, float, float]]] = []
        for i, (reading, reasons) in enumerate(zip(weighed.readings, weighed.reasons, strict=True)):
            signs.append([])
            if i not in weighed.picked and reading.precedent is not None:
                score = self.by_patterns(reading, reasons)
                against = self._against(reading.precedent, weighed)
                signs[i] = self._kind_signs(score, reading, against, weighed)
        return signs

    def _kind_signs(
        self, score: Score, reading: Reading, against: Against | None, weighed: Weighed
    ) -> list[tuple[float, float, float]]:
        """For each kind of trap the rules that fired, the share of cases alike, the words."""
        by_cases = against.kinds() if against else [0.0] * len(TRAP_TYPES)
        said = sum(by_cases)
        likely = [1.0 / len(TRAP_TYPES)] * len(TRAP_TYPES)
        if self._affinity:
            likely = self._affinity.kinds(weighed.stem, reading.text, weighed.chosen)
        return [
            (
                sum(weight for weight, trap in score.traps if trap.trap == kind),
                by_cases[number] / said if said else 0.0,
                math.log(likely[number] + _LEAST_LIKELY),
            )
            for number, kind in enumerate(TRAP_TYPES)
        ]


def _add(
    score: Score,
    pattern: str,
    because: str,
    evidence: tuple[Evidence, ...],
    weight: float,
    trap: str | None,
) -> None:
    if trap is None:
        score.fits.append((weight, Fit(pattern, because, evidence)))
    else:
        kind: TrapType = trap  # type: ignore[assignment]  # the schema allows traps only
        score.traps.append((-weight, Trap(kind, pattern, because, evidence)))
        score.gravest = max(score.gravest, -weight)


def quote(text: str, spans: set[tuple[int, int]]) -> tuple[Evidence, ...]:
    """The words at `spans` as evidence, overlapping spans joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Evidence(text[start:end], start, end) for start, end in joined)


def _words(reading: Reading, mention: Mention) -> tuple[Evidence, ...]:
    return quote(reading.option.text, {(mention.start, mention.end)})


def _runs(sensed: Sensed, places: Sequence[int]) -> set[tuple[int, int]]:
    """The spans of the tokens at `places`, those that follow one another as one."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return {sensed.span(first, last) for first, last in runs}


def _short(text: str) -> str:
    """The first words of a text, enough to know it by."""
    words = text.rstrip(".").split()
    return " ".join(words[:_ENOUGH_WORDS]) + (" …" if len(words) > _ENOUGH_WORDS else "")


def _carrier(mentions: Sequence[Mention], masks: Sequence[int], fact: int) -> Mention:
    """The first mention whose mask has the fact."""
    return next(m for m in mentions if masks[m.finder] >> fact & 1)


def _written(number: Mention) -> str:
    value = number.value
    return f"{value.amount:g} {value.unit}".strip() if value else ""
