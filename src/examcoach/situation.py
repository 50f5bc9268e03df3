"""Mentions of a stem -> its situation: constraints, facts, and what asks.

Conclusions are drawn to a fixpoint: a finding brings the facts that follow from it, and a cue with
a `when` fires as soon as its facts are there, bringing its own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import TypeAlias

from examcoach.bits import bits_of, mask_of
from examcoach.library.engine import Engine, Finder, Rule
from examcoach.model import Ask, Constraint
from examcoach.sense import Mention, Sensed
from examcoach.terms import CATEGORIES, Category


@dataclass(frozen=True, slots=True)
class Stem:
    """What a stem tells before anything is believed to be a constraint.

    `facts` is a bit mask; `mentions` are those that count, `derived` the cues that follow; `ask`
    is where it asks.
    """

    sensed: Sensed
    mentions: list[Mention]
    derived: list[Mention]
    facts: int
    ask: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hints:
    """Which constraints to expect in stems like this one, by category.

    How likely one is what decides: `cases` goes by the cases whose stories are alike, `words` by
    the words that stories use; each adds up to one. `stated` and `implied` are the log odds that
    there is one. All are empty where nothing is known.
    """

    cases: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, float] = field(default_factory=dict)
    stated: Mapping[str, float] = field(default_factory=dict)
    implied: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a stem tells. `facts` is a bit mask; `mentions` are those that count."""

    ask: Ask
    constraints: list[Constraint]
    mentions: list[Mention]
    facts: int
    sensed: Sensed
    hints: Hints


class Clauses:
    """A rule's conditions as bit masks, quick to hold against a mask of facts."""

    __slots__ = ("_any", "_must", "_none", "asked")

    def __init__(self, clauses: Sequence[Sequence[int]], none: Sequence[int]) -> None:
        self._none = mask_of(none)
        self._must = mask_of([facts[0] for facts in clauses if len(facts) == 1])
        self._any = [mask_of(facts) for facts in clauses if len(facts) != 1]
        self.asked = self._none | self._must
        for mask in self._any:
            self.asked |= mask

    def hold(self, facts: int) -> bool:
        """Whether every clause has a fact, and none is there that must not be."""
        if facts & self._must != self._must or facts & self._none:
            return False
        for mask in self._any:  # noqa: SIM110  # a generator would cost more than the masks
            if not facts & mask:
                return False
        return True


class Reasoner:
    """Draws conclusions from what was sensed in a stem."""

    def __init__(self, engine: Engine) -> None:
        self._finders = engine.finders
        self.masks = [mask_of(finder.facts) for finder in engine.finders]
        self.offering = [
            mask | mask_of(finder.abilities)
            for finder, mask in zip(engine.finders, self.masks, strict=True)
        ]
        self._conclusions = [
            (Clauses(rule.when, rule.when_none), rule) for rule in engine.conclusions
        ]
        self._by_trigger: dict[int, list[int]] = defaultdict(list)
        for number, rule in enumerate(engine.conclusions):
            for fact in min(rule.when, key=len, default=[]):
                self._by_trigger[fact].append(number)
        self._triggers = mask_of(list(self._by_trigger))
        self._likely = [_record(how, engine) for how in ("says", "hides")]
        self._there = [_record(f"{how}-there", engine) for how in ("says", "hides")]
        self._beliefs = [_Belief(how, engine.weights) for how in ("says", "hides")]
        self._least = [engine.weights.get(f"{how}-least", 0.0) for how in ("says", "hides")]
        self.asked = 0  # all facts that a conclusion looks at
        for clauses, _ in self._conclusions:
            self.asked |= clauses.asked

    def __call__(self, sensed: Sensed, choose: int, hints: Hints | None = None) -> Situation:
        """The situation that a stem describes."""
        return self.situation(self.read(sensed), choose, hints or Hints())

    def read(self, sensed: Sensed) -> Stem:
        """What a stem tells."""
        counted = self.counted(sensed)
        facts, derived = self.conclude(counted)
        return Stem(sensed, counted, derived, facts, _ask_span(sensed))

    def situation(self, told: Stem, choose: int, hints: Hints) -> Situation:
        """The situation that is told; `hints` say which constraints to expect."""
        finders, text = self._finders, told.sensed.text
        start, end = told.ask
        asking = [m for m in told.mentions if m.start >= start]
        qualifiers = [m for m in asking if finders[m.finder].qualifier]
        ask = Ask(
            text=text[start:end],
            start=start,
            end=end,
            qualifiers=tuple(text[m.start : m.end] for m in _outermost(qualifiers)),
            choose=choose,
            negated=any(finders[m.finder].negates for m in asking),
        )
        constraints = self._constraints(told, hints)
        return Situation(ask, constraints, told.mentions, told.facts, told.sensed, hints)

    def facts_of(self, mentions: Sequence[Mention]) -> int:
        """The facts of `mentions`, before any conclusion."""
        masks = self.masks
        facts = 0
        for mention in mentions:
            facts |= masks[mention.finder]
        return facts

    def counted(self, sensed: Sensed) -> list[Mention]:
        """The mentions that count: not negated, and not mere modifiers or units."""
        finders = self._finders
        return [m for m in sensed.mentions if not m.negated and finders[m.finder].own >= 0]

    def offered(self, mentions: Sequence[Mention]) -> int:
        """The facts of an option: in one, a concept also brings what it does."""
        facts = 0
        for mention in mentions:
            facts |= self.offering[mention.finder]
        return facts

    def conclude(self, mentions: Sequence[Mention]) -> tuple[int, list[Mention]]:
        """The facts of `mentions` to a fixpoint, and the derived cues with their evidence."""
        derived: list[Mention] = []
        facts = self.facts(mentions, derived)
        return facts, derived

    def facts(self, mentions: Sequence[Mention], derived: list[Mention] | None = None) -> int:
        """The facts of `mentions` to a fixpoint; cues that follow are added to `derived`."""
        masks = self.masks
        facts = self.facts_of(mentions)
        fired: set[int] = set()
        while triggered := facts & self._triggers:
            new = [n for n in self._triggered(triggered) if n not in fired]
            new = [n for n in new if self._conclusions[n][0].hold(facts)]
            if not new:
                break
            for number in new:
                fired.add(number)
                rule = self._conclusions[number][1]
                if derived is not None:
                    evidence = self._evidence(rule, [*mentions, *derived])
                    if evidence is not None:
                        derived.append(evidence)
                facts |= masks[rule.concludes]
        return facts

    def _triggered(self, facts: int) -> list[int]:
        return sorted({n for fact in bits_of(facts) for n in self._by_trigger[fact]})

    def _evidence(self, rule: Rule, mentions: Sequence[Mention]) -> Mention | None:
        """The first words that fulfil the rule's rarest clause, as a mention of its cue."""
        for clause in sorted(rule.when, key=len):
            mask = mask_of(clause)
            for m in mentions:
                if self.masks[m.finder] & mask:
                    return Mention(
                        rule.concludes, m.start, m.end, m.first, m.last, m.sentence, m.value
                    )
        return None

    def _constraints(self, told: Stem, hints: Hints) -> list[Constraint]:
        """The constraints in the order of the text; of overlapping ones of a kind, the longest."""
        candidates = self._candidates([*told.mentions, *told.derived])
        candidates.sort(key=lambda c: (c[0].start - c[0].end, c[0].start, c[1].id))
        kept: dict[tuple[Category, bool], list[_Candidate]] = defaultdict(list)
        for mention, finder, hidden in candidates:
            category = finder.hides if hidden else finder.says
            of_kind = kept[category, hidden]  # type: ignore[index]  # the schema allows these only
            if all(m.end <= mention.start or mention.end <= m.start for m, _, _ in of_kind):
                of_kind.append((mention, finder, hidden))
        text = told.sensed.text
        constraints = [
            Constraint(
                category=category,
                text=text[mention.start : mention.end],
                start=mention.start,
                end=mention.end,
                hidden=hidden,
                requires=finder.requires if hidden else None,
                pattern=finder.id,
                value=mention.value,
            )
            for (category, hidden), of_kind in kept.items()
            if self._believed(category, of_kind, hints)
            for mention, finder, _ in self._worth_telling(of_kind)
        ]
        return sorted(constraints, key=lambda c: (c.start, c.end, c.hidden, c.pattern))

    def _candidates(self, mentions: Sequence[Mention]) -> list[_Candidate]:
        """What might be a constraint."""
        candidates: list[_Candidate] = []
        for mention in mentions:
            finder = self._finders[mention.finder]
            if finder.says:
                candidates.append((mention, finder, False))
            if mention.existing >= 0 and finder.kind == "concept":
                in_use = self._finders[mention.existing]
                if in_use.says:
                    candidates.append((mention, in_use, False))
            if finder.hides:
                candidates.append((mention, finder, True))
        return candidates

    def _believed(self, category: Category, candidates: Sequence[_Candidate], hints: Hints) -> bool:
        """Whether enough speaks for a constraint of a category.

        Each pattern alone is right with some probability; several are wrong together only if each
        of them is (noisy or: Pearl, 1988, "Probabilistic reasoning in intelligent systems").
        """
        hidden = candidates[0][2]
        likely = self._likely[hidden]
        doubts = {one[1].id: 1.0 - likely[self._number(one)] for one in candidates}
        believed = self._beliefs[hidden]
        return believed(category, hidden, math.prod(doubts.values()), len(candidates), hints)

    def _worth_telling(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """Of what was found of one category, that whose words are likeliest those of a constraint.

        Beside findings that are nearly always in the right place, one that seldom is tells nothing.
        """
        hidden = candidates[0][2]
        there = [self._there[hidden][self._number(one)] for one in candidates]
        least = self._least[hidden] * max(there)
        return [one for one, share in zip(candidates, there, strict=True) if share >= least]

    def _number(self, candidate: _Candidate) -> int:
        """The number of the finder that makes a candidate one."""
        mention, finder, _ = candidate
        return mention.finder if finder is self._finders[mention.finder] else mention.existing


class _Belief:
    """When findings are believed: a logistic rule with fitted weights.

    The log odds that a category's findings are right, by their own record, count beside how likely
    the category decides in stems like this one, how often it is found, and the log odds that such
    a stem has such a constraint. Without fitted weights what is likelier than not is believed.
    """

    def __init__(self, how: str, weights: Mapping[str, float]) -> None:
        self._sure = weights.get(f"{how}-sure", 1.0)
        self._case = weights.get(f"{how}-case", 0.0)
        self._words = weights.get(f"{how}-words", 0.0)
        self._often = weights.get(f"{how}-often", 0.0)
        self._expected = weights.get(f"{how}-expected", 0.0)
        self._base = {name: weights.get(f"{how}-base:{name}", 0.0) for name in CATEGORIES}

    def __call__(
        self, category: Category, hidden: bool, doubt: float, count: int, hints: Hints
    ) -> bool:
        """`doubt` is the probability that all findings are wrong, 0 for what is certain."""
        signs = belief_signs(category, hidden, doubt, count, hints)
        weights = self._sure, self._case, self._words, self._often, self._expected
        return doubt == 0.0 or self._base[category] + sum(map(mul, weights, signs)) >= 0.0


def belief_signs(
    category: Category, hidden: bool, doubt: float, count: int, hints: Hints
) -> tuple[float, float, float, float, float]:
    """The signs that findings of a category are right, as `_Belief` weighs them."""
    doubt = min(max(doubt, _LEAST_DOUBT), 1.0 - _LEAST_DOUBT)
    by_case = hints.cases.get(category, 0.0) if hints.cases else 1.0 / len(CATEGORIES)
    by_words = hints.words.get(category, 0.0) if hints.words else 1.0 / len(CATEGORIES)
    return (
        math.log((1.0 - doubt) / doubt),
        math.log(by_case + _LEAST_HINT),
        math.log(by_words + _LEAST_HINT),
        math.log1p(count),
        (hints.implied if hidden else hints.stated).get(category, 0.0),
    )


_LEAST_DOUBT = 0.001
_LEAST_HINT = 0.02
_Candidate: TypeAlias = tuple[Mention, Finder, bool]
"""Words, what found them, and whether what they say is hidden."""


def _record(how: str, engine: Engine) -> list[float]:
    """How likely the findings of each finder are what they `says` or `hides`: its own figure if it
    has one, else that of its kind for the category; 1 where there is none."""
    weights = engine.weights
    record = []
    for finder in engine.finders:
        category = finder.hides if how.startswith("hides") else finder.says
        of_kind = weights.get(f"{how}:{finder.kind}:{category}", 1.0) if category else 0.0
        record.append(weights.get(f"{how}:{finder.id}", of_kind) if category else 0.0)
    return record


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Those that do not lie within another."""
    kept: list[Mention] = []
    for m in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or m.end > kept[-1].end:
            kept.append(m)
    return kept


def _ask_span(sensed: Sensed) -> tuple[int, int]:
    """The last sentence that ends in a question mark; else, without one, the last sentence."""
    text = sensed.text
    ends = [end for end in sensed.sentence_ends if end <= len(text)]
    if not ends or ends[-1] < len(text.rstrip()):
        ends.append(len(text))
    start = 0
    spans = []
    for end in ends:
        spans.append((start, end))
        start = end
    asking = [span for span in spans if text[span[0] : span[1]].rstrip(" \n\t\"')]").endswith("?")]
    spoken = [span for span in spans if text[span[0] : span[1]].strip()]
    start, end = (asking or spoken or [(0, 0)])[-1]
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
