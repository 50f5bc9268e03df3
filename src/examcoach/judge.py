"""Options against a situation: fits, traps, the pick, and what decides.

Every option's score is a sum of few kinds of reasons: plays and traps that fire, needs that it
meets and others do not, needs that its tools never meet, limits that the stem's numbers break, and
what was right in cases like this one. The weights are data (``patterns/weights.yaml``) and only
rank; the reasons stand on their own.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from examcoach.affinity import NO_TEXT, Affinity, Text
from examcoach.bits import bits_of, mask_of
from examcoach.described import Describer
from examcoach.library.engine import Engine, Rule
from examcoach.model import (
    Constraint,
    Decides,
    Domain,
    Evidence,
    Fit,
    JudgedOption,
    Option,
    Suggestion,
    Trap,
)
from examcoach.picking import Rivalry, kinship, margin, pick, rivalry
from examcoach.precedent import Against, Heard, Precedent, Precedents, Told, emphasis_of
from examcoach.sense import Mention, Sensed
from examcoach.situation import Clauses, Hints, Reasoner, Situation, Stem, belief_signs
from examcoach.terms import TRAP_TYPES, TrapType
from examcoach.worked import Worked, Workings

_RULE, _MET, _NEVER, _INCAPABLE, _LIMIT = range(5)
KIND_SIGNS = ("rule", "case", "affinity")
_LEAST_LIKELY = 0.01
_ENOUGH_WORDS = 14
Reason = tuple[float, int, int, int]
"""Signed weight, kind, the rule or need it is about, and its place in the mentions."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a stem brings to mind: the cases like it, which constraints to expect, its vectors."""

    heard: Heard
    hints: Hints
    stem: Text


@dataclass(slots=True)
class Reading:
    """One option as the judge sees it: what it mentions, its facts, and the rules it answers."""

    option: Option
    mentions: list[Mention]
    facts: int
    rules: tuple[int, ...]
    never: int = 0
    incapable: list[tuple[Mention, int]] = field(default_factory=list)
    broken: dict[int, Mention] = field(default_factory=dict)
    precedent: Precedent | None = None
    sensed: Sensed | None = None
    text: Text = NO_TEXT
    alike: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """What cases, vectors and the other options say of it, as deviations from the mean."""
    worked: Sequence[Worked] = ()


@dataclass(slots=True)
class Score:
    """The sum of an option's reasons, the reasons, and the gravest weight that can strike it."""

    total: float = 0.0
    gravest: float = 0.0
    fits: list[tuple[float, Fit]] = field(default_factory=list)
    traps: list[tuple[float, Trap]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The options as they are read, with their reasons and sums, and which are picked.

    `stem` is what vectors read of the stem. `before` are the totals of the options, the highest to
    be picked; `totals` are these less what those picked take from their `rivals`.
    """

    stem: Text
    readings: list[Reading]
    reasons: list[list[Reason]]
    by_patterns: list[float]
    before: list[float]
    totals: list[float]
    picked: list[int]
    rivals: Rivalry | None

    @property
    def chosen(self) -> list[Reading]:
        """The options that are picked."""
        return [self.readings[i] for i in self.picked]


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
    """Judges options by an engine's rules."""

    def __init__(
        self,
        engine: Engine,
        reasoner: Reasoner,
        describer: Describer,
        precedents: Precedents,
        affinity: Affinity | None,
    ) -> None:
        self._engine = engine
        self._reasoner = reasoner
        self._describer = describer
        self.precedents = precedents
        self.affinity = affinity
        self._workings = Workings(engine, reasoner)
        self._finders = engine.finders
        self._rules = engine.rules
        self._when = [Clauses(rule.when, rule.when_none) for rule in engine.rules]
        self._option = [Clauses(rule.option, rule.option_none) for rule in engine.rules]
        self._needs = mask_of(engine.needs)
        self._masks = reasoner.offering
        self._never = [mask_of(finder.never) for finder in engine.finders]
        self._weights = engine.weights
        self._rule_weight = [
            self._weights[f"play-{rule.weight}"]
            if rule.trap is None
            else -self._weights[f"trap-{rule.weight}"]
            for rule in engine.rules
        ]
        self._finder_of_fact = {f.own: f for f in engine.finders if f.own >= 0}
        self._index_rules()

    def _index_rules(self) -> None:
        """File each rule under the facts of its rarest clause, so that few are looked at."""
        carriers: dict[int, int] = defaultdict(int)
        facts_of = [{*finder.facts, *finder.abilities} for finder in self._finders]
        for facts in facts_of:
            for fact in facts:
                carriers[fact] += 1
        by_fact: dict[int, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            rarest = min(rule.option, key=lambda clause: sum(carriers[fact] for fact in clause))
            for fact in rarest:
                by_fact[fact].append(number)
        self._rules_of_finder = [
            tuple(sorted({n for fact in facts for n in by_fact.get(fact, ())}))
            for facts in facts_of
        ]
        self._led: dict[int, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            if rule.suggests and rule.when:
                for fact in min(rule.when, key=len):
                    self._led[fact].append(number)
        self._leads = mask_of(list(self._led))

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
        readings, picked = weighed.readings, weighed.picked
        sign = -1 if situation.ask.negated else 1
        # where nothing is demanded, nothing can be missed
        missed = bool(situation.constraints)
        scores = [
            self._explain(weighed, i, sign, missed and i not in picked)
            for i in range(len(readings))
        ]
        confidence = self._confidence(weighed.totals, picked)
        if confidence >= self._weights["trap-doubted"] and len(picked) < len(readings):
            for i in picked:  # what speaks against an answer that is this sure is a false alarm
                scores[i].traps.clear()
        # that its like is picked makes an option less likely, not wrong
        judged = self._verdicts(readings, scores, weighed.before, picked, situation.ask.negated)
        return Judgement(
            options=judged,
            answer=tuple(options[i].label for i in picked),
            confidence=confidence,
            because=_because(judged),
            decides=self._decides(situation, weighed),
            suggests=self._suggestions(situation),
            domain=self._domain(situation, weighed, recalled, exam),
        )

    def _weigh(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> Weighed:
        """Read the options, put down all that is said of them, and pick."""
        readings = [self._read(option, s) for option, s in zip(options, sensed, strict=True)]
        reasons = self._reasons(situation.facts, situation.mentions, readings)
        self._liken(recalled, readings, sensed)
        self._work_out(situation, readings)
        by_patterns = [_sum(found) for found in reasons]
        sign = -1 if situation.ask.negated else 1
        before = [sign * total for total in self._totals(by_patterns, readings)]
        rivals = self._rivals(situation, sensed)
        picked, totals = pick(before, situation.ask.choose, rivals)
        return Weighed(
            recalled.stem, readings, reasons, by_patterns, before, totals, picked, rivals
        )

    def _rivals(self, situation: Situation, sensed: Sequence[Sensed]) -> Rivalry | None:
        """How far options exclude one another, where several are to be picked."""
        if situation.ask.choose < 2 or situation.ask.negated:
            return None
        weights = self._weights
        how = (weights[f"rivals-{name}"] for name in ("alike", "damping", "weight"))
        return rivalry([s.keys for s in sensed], *how)

    def _liken(
        self,
        recalled: Recalled,
        readings: Sequence[Reading],
        sensed: Sequence[Sensed],
    ) -> None:
        """Put down what was right in cases like this one, and what goes with such stems."""
        describer, weights = self._describer, self._weights
        options = [describer(s, r.facts) for s, r in zip(sensed, readings, strict=True)]
        precedents = self.precedents.weigh(recalled.heard, options)
        by_cases = _spread([one.total for one in precedents], weights["case-damping"])
        affinity = [0.0] * len(options)
        if self.affinity:
            for reading, tokens in zip(readings, options, strict=True):
                reading.text = self.affinity.read(tokens)
            if len(recalled.heard.cases):  # vectors too know nothing of a stem like no story
                affinity = self.affinity(recalled.stem, [reading.text for reading in readings])
        by_affinity = _spread(affinity, weights["affinity-damping"])
        by_kin = _spread(kinship([s.keys for s in sensed]), weights["kinship-damping"])
        for i, reading in enumerate(readings):
            reading.precedent, reading.sensed = precedents[i], sensed[i]
            reading.alike = by_cases[i], by_affinity[i], by_kin[i]

    def _work_out(self, situation: Situation, readings: Sequence[Reading]) -> None:
        """Put down what the numbers give."""
        offered = [(reading.option.text, reading.mentions) for reading in readings]
        for reading, worked in zip(readings, self._workings(situation, offered), strict=True):
            reading.worked = worked

    def _totals(self, by_patterns: Sequence[float], readings: Sequence[Reading]) -> list[float]:
        """The total of each option: what is said of it by patterns, cases, vectors and its like.

        All four as deviations from their mean, so that no number of patterns that say the same
        outvotes all cases. What can be worked out is no matter of likeness: it comes on top.
        """
        weights = self._weights
        spread = _spread(by_patterns, weights["patterns-damping"])
        return [
            weights["patterns"] * said
            + weights["case"] * reading.alike[0]
            + weights["affinity"] * reading.alike[1]
            + weights["kinship"] * reading.alike[2]
            + weights["worked"] * sum(one.trap is None for one in reading.worked)
            for said, reading in zip(spread, readings, strict=True)
        ]

    # Reading options

    def _read(self, option: Option, sensed: Sensed) -> Reading:
        mentions = self._reasoner.counted(sensed)
        facts = self._reasoner.offered(mentions)
        candidates: set[int] = set()
        never = 0
        for mention in mentions:
            never |= self._never[mention.finder]
            candidates.update(self._rules_of_finder[mention.finder])
        rules = tuple(n for n in sorted(candidates) if self._option[n].hold(facts))
        reading = Reading(option, mentions, facts, rules, never)
        reading.incapable = self._incapable(mentions)
        return reading

    def _incapable(self, mentions: Sequence[Mention]) -> list[tuple[Mention, int]]:
        """Tools that an option gives a job which they never do, where nothing beside them does.

        The grammar is that of the sentence: "use X to do Y", "do Y with X".
        """
        found = []
        for job in mentions:
            finder = self._finders[job.finder]
            if finder.kind != "need":
                continue
            beside = [m for m in mentions if m.sentence == job.sentence and m is not job]
            bit = 1 << finder.own
            if any(self._masks[m.finder] & bit for m in beside if m.finder != job.finder):
                continue
            found += [(m, finder.own) for m in beside if self._never[m.finder] & bit]
        return found

    # Scoring

    def _reasons(
        self, facts: int, mentions: Sequence[Mention], readings: Sequence[Reading]
    ) -> list[list[Reason]]:
        """For each option all that speaks for it and against it, with signed weights."""
        reasons = self._rule_reasons(facts, readings)
        self._need_reasons(facts, readings, reasons)
        measured = [m for m in mentions if m.value is not None]
        if measured:
            for reading, found in zip(readings, reasons, strict=True):
                self._limit_reasons(measured, reading, found)
        return reasons

    def _rule_reasons(self, facts: int, readings: Sequence[Reading]) -> list[list[Reason]]:
        shared = (
            frozenset.intersection(*(frozenset(r.rules) for r in readings))
            if len(readings) > 1
            else frozenset()
        )
        holding = {n for r in readings for n in r.rules}
        holding = {n for n in holding if self._when[n].hold(facts)}
        return [
            [
                # what all options share cannot tell them apart
                (0.0 if n in shared else self._rule_weight[n], _RULE, n, 0)
                for n in reading.rules
                if n in holding
            ]
            for reading in readings
        ]

    def _need_reasons(
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
                    found.append((weights["need-met"], _MET, need, 0))
        for need in bits_of(needs & never):
            for reading, found in zip(readings, reasons, strict=True):
                if reading.never >> need & 1 and not reading.facts >> need & 1:
                    found.append((-weights["need-never"], _NEVER, need, 0))
        for reading, found in zip(readings, reasons, strict=True):
            for place, (_, need) in enumerate(reading.incapable):
                if not needs >> need & 1 or reading.facts >> need & 1:  # else blamed already
                    found.append((-weights["incapable"], _INCAPABLE, need, place))

    def _limit_reasons(
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
                        found.append((-self._weights["limit"], _LIMIT, fact, place))
                        break

    # Saying why

    def _explain(self, weighed: Weighed, place: int, sign: int, doubted: bool) -> Score:
        """The reasons of the option at a place, as fits and traps with their evidence.

        Its score is `sign` times its total. Only of an option that is `doubted` cases tell why it
        is wrong.
        """
        reading = weighed.readings[place]
        score = Score(sign * weighed.totals[place])
        for reason in weighed.reasons[place]:
            self._reason(score, reading, reason)
        self._show(score, reading)
        self._tell(score, reading, weighed, doubted)
        return score

    def _reason(self, score: Score, reading: Reading, reason: Reason) -> None:
        """Add one reason, as a fit or a trap with its evidence."""
        weight, kind, number, place = reason
        if kind == _RULE:
            rule = self._rules[number]
            evidence = self._evidence(rule, reading)
            self._add(score, rule.id, rule.because, evidence, weight, rule.trap)
        elif kind == _MET:
            self._credit(score, reading, number, weight)
        elif kind == _NEVER:
            mention = _carrier(reading.mentions, self._never, number)
            self._blame(score, reading, mention, number, weight)
        elif kind == _INCAPABLE:
            self._blame(score, reading, reading.incapable[place][0], number, weight)
        elif kind == _LIMIT:
            mention = reading.mentions[place]
            finder = self._finders[mention.finder]
            because = f"{finder.about} The stem has {_written(reading.broken[place])}."
            evidence = quote(reading.option.text, {(mention.start, mention.end)})
            self._add(score, finder.id, because, evidence, weight, "impossible")

    @staticmethod
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

    def _show(self, score: Score, reading: Reading) -> None:
        """Add what was worked out."""
        weight = self._weights["worked"]
        for one in reading.worked:
            evidence = quote(reading.option.text, {(one.start, one.end)})
            signed = weight if one.trap is None else -weight
            self._add(score, one.formula.id, one.because, evidence, signed, one.trap)

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
        evidence = quote(reading.option.text, {(mention.start, mention.end)})
        because = finder.about or met.about
        self._add(score, finder.id, because, evidence, weight, None)

    def _blame(
        self, score: Score, reading: Reading, mention: Mention, need: int, weight: float
    ) -> None:
        finder, asked = self._finders[mention.finder], self._finder_of_fact[need]
        because = f"Not its job: {asked.about.rstrip('.')}. {finder.about}"
        evidence = quote(reading.option.text, {(mention.start, mention.end)})
        self._add(score, finder.id, because, evidence, weight, "wrong-tool")

    def _tell(self, score: Score, reading: Reading, weighed: Weighed, doubted: bool) -> None:
        """The cases that say most of an option, where they are like enough to be worth telling."""
        precedent = reading.precedent
        if precedent is None or reading.worked:  # a number is like that of another story by chance
            return
        if precedent.support is not None:
            self._tell_one(score, reading, precedent.support)
        if not doubted and len(score.traps) < 2:
            return
        against = self._against(precedent, weighed.chosen)
        kinds = self._kinds(score, reading, against, weighed)
        if doubted and against:
            least = self._weights["case-story"], self._weights["case-option"]
            for kind in sorted(kinds, key=lambda kind: -kinds[kind]):
                if any(trap.trap == kind for _, trap in score.traps):
                    break
                told = against.most(TRAP_TYPES.index(kind), *least)
                if told is not None and self._tell_one(score, reading, *told):
                    break
        score.traps = [(kinds[trap.trap], trap) for _, trap in score.traps]

    def _against(self, precedent: Precedent, chosen: Sequence[Reading]) -> Against | None:
        """What the cases say against an option where others are chosen."""
        alike = [r.precedent for r in chosen if r.precedent is not None]
        return precedent.against(alike, self._weights["case-unchosen"])

    def _kinds(
        self, score: Score, reading: Reading, against: Against | None, weighed: Weighed
    ) -> dict[TrapType, float]:
        """How much speaks for each kind of trap."""
        weights = self._weights
        signs = self._kind_signs(score, reading, against, weighed)
        return {
            kind: weights.get(f"kind:{kind}", 0.0)
            + sum(
                weights[f"kind-{name}"] * sign for name, sign in zip(KIND_SIGNS, row, strict=True)
            )
            for kind, row in zip(TRAP_TYPES, signs, strict=True)
        }

    def _kind_signs(
        self, score: Score, reading: Reading, against: Against | None, weighed: Weighed
    ) -> list[tuple[float, float, float]]:
        """For each kind of trap the rules that fired, the share of cases alike, the words."""
        by_cases = against.kinds() if against else [0.0] * len(TRAP_TYPES)
        said = sum(by_cases)
        likely = [1.0 / len(TRAP_TYPES)] * len(TRAP_TYPES)
        if self.affinity:
            chosen = [r.text for r in weighed.chosen]
            likely = self.affinity.kinds(weighed.stem, reading.text, chosen)
        return [
            (
                sum(weight for weight, trap in score.traps if trap.trap == kind),
                by_cases[number] / said if said else 0.0,
                math.log(likely[number] + _LEAST_LIKELY),
            )
            for number, kind in enumerate(TRAP_TYPES)
        ]

    def _tell_one(self, score: Score, reading: Reading, told: Told, holds: float = 0.0) -> bool:
        """Tell a case, if it is like enough; whether it was told.

        What it says is said of the option itself where the two say the same; else of what the case
        offers in its place, which is quoted. `holds` is how like its answer what was chosen is:
        only then does it tell what holds.
        """
        weights, sensed = self._weights, reading.sensed
        if (
            sensed is None
            or told.story_like < weights["case-story"]
            or told.option_like < weights["case-option"]
        ):
            return False
        if told.instead < 0 and told.option_like < weights["case-fit"]:
            return False
        words = self.precedents.shared(sensed.keys, told.wording)
        if len(words) < weights["case-words"]:
            return False
        table = self.precedents.table
        case = table.case(told.case)
        evidence = quote(reading.option.text, _runs(sensed, words))
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
            self._add(score, case.id, because, evidence, weight if same else weight / 2, None)
        else:
            self._add(score, case.id, because, evidence, -weight, trap)
        return True

    # Conclusions

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
        self,
        readings: Sequence[Reading],
        scores: Sequence[Score],
        totals: Sequence[float],
        picked: Sequence[int],
        negated: bool,
    ) -> list[JudgedOption]:
        worst_pick = min((totals[i] for i in picked), default=0.0)
        judged = []
        for i, (reading, score) in enumerate(zip(readings, scores, strict=True)):
            traps = [trap for _, trap in sorted(score.traps, key=lambda p: -p[0])]
            struck = (
                score.gravest >= self._weights["strike-weight"]
                and worst_pick - totals[i] >= self._weights["strike-margin"]
                and not negated
            )
            verdict = "pick" if i in picked else "eliminate" if struck else "possible"
            judged.append(
                JudgedOption(
                    label=reading.option.label,
                    text=reading.option.text,
                    verdict=verdict,  # type: ignore[arg-type]  # one of the three words above
                    score=round(score.total, 3),
                    fits=tuple(fit for _, fit in sorted(score.fits, key=lambda p: -p[0])),
                    traps=tuple(traps),
                )
            )
        return judged

    def _decides(self, situation: Situation, weighed: Weighed) -> Decides | None:
        """Leave the words of each constraint out in turn, and weigh what that changes.

        Where what is known of an option does not hang on the words, the constraint is likely that
        of a category which decided in cases alike, or that of the ask. That category decides whose
        constraints are likeliest to, taken together, and of them the likeliest; of those that weigh
        the same, the later counts: stories close in on what they ask.
        """
        weights = self._weights
        of_category: dict[str, list[tuple[float, int, Constraint, list[int]]]] = defaultdict(list)
        for constraint, without, signs in self._leave_out(situation, weighed):
            rank = sum(weights[f"decides-{name}"] * value for name, value in signs.items())
            rank = round(rank + weights.get(f"decides:{constraint.category}", 0.0), 6)
            ranked = (rank, constraint.start, constraint, without)
            of_category[constraint.category].append(ranked)
        if not of_category:
            return None
        likeliest = max(
            of_category.values(),
            key=lambda ranked: round(math.fsum(math.exp(rank) for rank, *_ in ranked), 6),
        )
        *_, c, without = max(likeliest, key=lambda ranked: ranked[:2])
        labels = tuple(weighed.readings[i].option.label for i in without)
        return Decides(c.category, c.text, c.start, c.end, labels)

    def _leave_out(
        self, situation: Situation, weighed: Weighed
    ) -> Iterator[tuple[Constraint, list[int], dict[str, float]]]:
        """Each constraint, what would be picked without it, and the signs that it decides."""
        readings, picked = weighed.readings, weighed.picked
        if not readings or len(picked) == len(readings):
            return
        sign = -1 if situation.ask.negated else 1
        before = margin(weighed.totals, picked)
        rescore = self._rescorer(situation, readings)
        done: dict[tuple[int, int], tuple[list[int], float]] = {}
        often = Counter(c.category for c in situation.constraints)
        hints = self._hints(situation, weighed)
        for c in situation.constraints:
            span = (c.start, c.end)
            if span not in done:
                if (rest := rescore(*span)) is None:
                    done[span] = (list(picked), 0.0)
                else:
                    then, rest = pick([sign * total for total in rest], len(picked), weighed.rivals)
                    done[span] = (then, before - margin(rest, picked))
            without, moved = done[span]
            _, by_case, by_words, *_ = belief_signs(c.category, c.hidden, 0.5, 1, hints)
            yield (
                c,
                without,
                {
                    "flip": float(set(without) != set(picked)),
                    "moved": min(max(moved, 0.0), self._weights["decides-most"]),
                    "ask": float(c.start >= situation.ask.start),
                    "hidden": float(c.hidden),
                    "case": by_case,
                    "words": by_words,
                    "often": math.log(often[c.category]),
                },
            )

    def _hints(self, situation: Situation, weighed: Weighed) -> Hints:
        """What to expect to decide, now that it is known what is offered and what is picked."""
        if self.affinity is None:
            return situation.hints
        options = [reading.text for reading in weighed.readings]
        chosen = [reading.text for reading in weighed.chosen]
        words = self.affinity.decides(weighed.stem, options, chosen)
        return Hints(situation.hints.cases, words)

    def signs(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> tuple[list[list[float]], list[tuple[str, dict[str, float]]]]:
        """What weights are fitted on.

        For each option what its patterns say, what the cases say, how well it goes with the stem,
        and how much it has in common with the others, each as a deviation from what is said of all
        options; for each constraint its category, and the signs that it decides.
        """
        weighed = self._weigh(situation, recalled, options, sensed)
        spread = _spread(weighed.by_patterns, self._weights["patterns-damping"])
        parts = [
            [said, *reading.alike] for said, reading in zip(spread, weighed.readings, strict=True)
        ]
        left = self._leave_out(situation, weighed)
        return parts, [(constraint.category, signs) for constraint, _, signs in left]

    def kind_signs(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> list[list[tuple[float, float, float]]]:
        """What the kinds of traps are fitted on: see `_kind_signs`; none for what is picked."""
        weighed = self._weigh(situation, recalled, options, sensed)
        signs: list[list[tuple[float, float, float]]] = []
        for i, (reading, found) in enumerate(zip(weighed.readings, weighed.reasons, strict=True)):
            signs.append([])
            if i not in weighed.picked and reading.precedent is not None:
                score = Score()
                for reason in found:
                    self._reason(score, reading, reason)
                self._show(score, reading)
                against = self._against(reading.precedent, weighed.chosen)
                signs[i] = self._kind_signs(score, reading, against, weighed)
        return signs

    def speaking(
        self, situation: Situation, options: Sequence[Option], sensed: Sequence[Sensed]
    ) -> list[dict[str, float]]:
        """What the patterns alone say: for each option the ids of those that speak, and how much.

        Below 0 is against the option.
        """
        readings = [self._read(option, s) for option, s in zip(options, sensed, strict=True)]
        self._work_out(situation, readings)
        said = []
        for reading, found in zip(
            readings, self._reasons(situation.facts, situation.mentions, readings), strict=True
        ):
            score = Score(0.0)
            for reason in found:
                self._reason(score, reading, reason)
            self._show(score, reading)
            speaking: dict[str, float] = defaultdict(float)
            for weight, fit in score.fits:
                speaking[fit.pattern] += weight
            for weight, trap in score.traps:
                speaking[trap.pattern] -= weight
            said.append(dict(speaking))
        return said

    def _rescorer(
        self, situation: Situation, readings: Sequence[Reading]
    ) -> Callable[[int, int], list[float] | None]:
        """A quick way to the totals without the words of a span; None where none changes."""
        before = situation.facts
        options_of: dict[int, list[int]] = defaultdict(list)
        for i, reading in enumerate(readings):
            for number in reading.rules:
                options_of[number].append(i)
        rules = [
            (when.asked, when, when.hold(before), self._rule_weight[n], places)
            for n, places in options_of.items()
            if len(places) < len(readings) and (when := self._when[n])
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
            self._need_reasons(facts, readings, found)
            return [_sum(reasons) for reasons in found]

        def limits(measured: Sequence[Mention]) -> list[float]:
            found: list[list[Reason]] = [[] for _ in readings]
            for reading, reasons in zip(readings, found, strict=True):
                self._limit_reasons(measured, reading, reasons)
            return [_sum(reasons) for reasons in found]

        by_needs, by_limits = needs(before), limits(measured)
        concluding = matters | self._reasoner.asked
        masks = self._reasoner.masks
        told_by = [(m.start, m.end, masks[m.finder] & concluding) for m in situation.mentions]
        told = 0
        for _, _, mask in told_by:
            told |= mask

        def totals(start: int, end: int) -> list[float] | None:
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
            sums = list(by_rules)
            for asked, when, held, weight, places in rules:
                if asked & gone and when.hold(facts) is not held:
                    for i in places:
                        sums[i] += -weight if held else weight
            of_needs = needs(facts) if gone & self._needs else by_needs
            of_limits = limits([m for m in kept if m.value is not None]) if limited else by_limits
            parts = zip(sums, of_needs, of_limits, strict=True)
            return self._totals([sum(of_option) for of_option in parts], readings)

        return totals

    def _suggestions(self, situation: Situation) -> tuple[Suggestion, ...]:
        """What the numbers give, then the plays that hold, those that ask for most first."""
        facts = situation.facts
        holding = [
            (len(rule.when), self._weights[f"play-{rule.weight}"], -n, rule)
            for n in sorted({n for fact in bits_of(facts & self._leads) for n in self._led[fact]})
            if (rule := self._rules[n]) and self._when[n].hold(facts)
        ]
        holding.sort(key=lambda entry: entry[:3], reverse=True)
        most = int(self._weights["suggestions"])
        seen: set[tuple[str, ...]] = set()
        suggestions = [
            Suggestion(tuple(formula.suggests), formula.id, because)
            for formula, because in self._workings.results(situation)
        ]
        for *_, rule in holding:
            if tuple(rule.suggests) not in seen:
                seen.add(tuple(rule.suggests))
                suggestions.append(Suggestion(tuple(rule.suggests), rule.id, rule.because))
        return tuple(suggestions[:most])

    def _domain(
        self,
        situation: Situation,
        weighed: Weighed,
        recalled: Recalled,
        exam: Mapping[str, object],
    ) -> Domain | None:
        """The domain that stem and options are about, by the topics of their patterns and cases."""
        likely = self._said_topics(situation, weighed.readings, recalled)
        if likely and self.affinity:
            options = [reading.text for reading in weighed.readings]
            chosen = [reading.text for reading in weighed.chosen]
            likely = self.affinity.likely_topics(recalled.stem, options, chosen, likely)
        domains = {
            domain: sum(likely.get(topic, 0.0) for topic in sorted(topics))
            for domain, topics in domain_topics(exam).items()
        }
        total = sum(domains.values())
        if not total:
            return None
        best = max(sorted(domains), key=domains.__getitem__)
        return Domain(best, round(domains[best] / total, 3))

    def topic_signs(
        self,
        situation: Situation,
        recalled: Recalled,
        options: Sequence[Option],
        sensed: Sequence[Sensed],
    ) -> tuple[dict[str, float], list[Text], list[Text]]:
        """What topics are learned from: see `_said_topics`; the options and those that are picked,
        as vectors read them."""
        weighed = self._weigh(situation, recalled, options, sensed)
        said = self._said_topics(situation, weighed.readings, recalled)
        return said, [r.text for r in weighed.readings], [r.text for r in weighed.chosen]

    def _said_topics(
        self, situation: Situation, readings: Sequence[Reading], recalled: Recalled
    ) -> dict[str, float]:
        """How much is said of each topic; nothing where words alone would tell.

        Those who say are the patterns that the stem has, and those of the options, what cases alike
        are about, and what the words of stem and options are learned to be about: each in parts
        that add up to one.
        """
        options = [{m.finder for m in reading.mentions} for reading in readings]
        found = [
            self._shares_of(m.finder for m in situation.mentions),
            self._shares_of(number for some in options for number in some),
            recalled.heard.topics,
        ]
        if not any(found):
            return {}
        if self.affinity:
            found.append(self.affinity.told_topics(recalled.stem))
            if readings:
                found.append(self.affinity.offered_topics([r.text for r in readings]))
        said: Counter[str] = Counter()
        for shares in found:
            said.update(shares)
        return dict(said)

    def _shares_of(self, finders: Iterable[int]) -> dict[str, float]:
        counts = Counter(topic for number in finders if (topic := self._finders[number].topic))
        total = sum(counts.values())
        return {topic: count / total for topic, count in counts.items()}


def domain_topics(exam: Mapping[str, object]) -> dict[str, set[str]]:
    """The topics of each domain of an exam pack."""
    domains = exam.get("domains")
    if not isinstance(domains, Mapping):
        return {}
    return {
        name: {topic for task in domain["tasks"].values() for topic in task["topics"]}
        for name, domain in domains.items()
    }


def quote(text: str, spans: set[tuple[int, int]]) -> tuple[Evidence, ...]:
    """The words at `spans` as evidence, overlapping spans joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Evidence(text[start:end], start, end) for start, end in joined)


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


def _sum(reasons: Sequence[Reason]) -> float:
    return sum(reason[0] for reason in reasons)


def _spread(values: Sequence[float], damping: float) -> list[float]:
    """The values less their mean, in units of their deviation, to which `damping` is added."""
    if not values:
        return []
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / (deviation + damping) for value in values]


def _written(number: Mention) -> str:
    value = number.value
    return f"{value.amount:g} {value.unit}".strip() if value else ""


def _because(judged: Sequence[JudgedOption]) -> str:
    """The first reason for the picked options; without one, why the others are out."""
    picks = [option for option in judged if option.verdict == "pick"]
    for option in picks:
        if option.fits:
            return option.fits[0].because
    struck = [option for option in judged if option.verdict == "eliminate"]
    if picks and struck:
        return f"What speaks against {', '.join(o.label for o in struck)} leaves it."
    return ""
