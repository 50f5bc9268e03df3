"""What to build: the results of formulas, and the plays that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from examcoach.bits import bits_of, mask_of
from examcoach.library.engine import Engine
from examcoach.model import Suggestion
from examcoach.situation import Clauses, Situation
from examcoach.worked import Workings


class Proposer:
    """Proposes what an engine's plays and formulas suggest."""

    def __init__(self, engine: Engine, when: Sequence[Clauses], workings: Workings) -> None:
        """`when` are the conditions of the engine's rules."""
        self._weights = engine.weights
        self._workings = workings
        self._rules = engine.rules
        self._when = when
        self._led: dict[int, list[int]] = defaultdict(list)
        for number, rule in enumerate(engine.rules):
            if rule.suggests and rule.when:
                for fact in min(rule.when, key=len):
                    self._led[fact].append(number)
        self._leads = mask_of(list(self._led))

    def __call__(self, situation: Situation) -> tuple[Suggestion, ...]:
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
