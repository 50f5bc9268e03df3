"""An option -> its reading: what it mentions, what holds of it, which rules look at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from examcoach.affinity import NO_TEXT, Text
from examcoach.bits import mask_of
from examcoach.library.engine import Engine
from examcoach.model import Option
from examcoach.precedent import Precedent
from examcoach.sense import Mention, Sensed
from examcoach.situation import Clauses, Reasoner
from examcoach.worked import Worked


@dataclass(slots=True)
class Reading:
    """One option as the judge sees it: what it mentions, its facts, and the rules it answers.

    `never` are the facts that its tools never bring, `incapable` those of its tools that it gives a
    job which they never do, with the fact of the job.
    """

    option: Option
    sensed: Sensed
    mentions: list[Mention]
    facts: int
    rules: tuple[int, ...]
    never: int
    incapable: list[tuple[Mention, int]]
    broken: dict[int, Mention] = field(default_factory=dict)
    """By the place of a mention, the number of the stem that breaks its limit."""
    precedent: Precedent | None = None
    text: Text = NO_TEXT
    alike: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """What cases, vectors and the other options say of it, as deviations from the mean."""
    worked: Sequence[Worked] = ()


class OptionReader:
    """Reads options by an engine's patterns.

    `masks` and `never` are what each finder brings to an option, and what it never does.
    """

    def __init__(self, engine: Engine, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._finders = engine.finders
        self.masks = reasoner.offering
        self.never = [mask_of(finder.never) for finder in engine.finders]
        self._option = [Clauses(rule.option, rule.option_none) for rule in engine.rules]
        self._rules_of_finder = _rules_of_finders(engine)

    def __call__(self, option: Option, sensed: Sensed) -> Reading:
        """Read one option, whose text was sensed."""
        mentions = self._reasoner.counted(sensed)
        facts = self._reasoner.offered(mentions)
        candidates: set[int] = set()
        never = 0
        for mention in mentions:
            never |= self.never[mention.finder]
            candidates.update(self._rules_of_finder[mention.finder])
        rules = tuple(n for n in sorted(candidates) if self._option[n].hold(facts))
        return Reading(option, sensed, mentions, facts, rules, never, self._incapable(mentions))

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
            if any(self.masks[m.finder] & bit for m in beside if m.finder != job.finder):
                continue
            found += [(m, finder.own) for m in beside if self.never[m.finder] & bit]
        return found


def _rules_of_finders(engine: Engine) -> list[tuple[int, ...]]:
    """The rules that each finder may bring, each filed under the facts of its rarest clause, so
    that few are looked at."""
    carriers: dict[int, int] = defaultdict(int)
    facts_of = [{*finder.facts, *finder.abilities} for finder in engine.finders]
    for facts in facts_of:
        for fact in facts:
            carriers[fact] += 1
    by_fact: dict[int, list[int]] = defaultdict(list)
    for number, rule in enumerate(engine.rules):
        rarest = min(rule.option, key=lambda clause: sum(carriers[fact] for fact in clause))
        for fact in rarest:
            by_fact[fact].append(number)
    return [
        tuple(sorted({n for fact in facts for n in by_fact.get(fact, ())})) for facts in facts_of
    ]
