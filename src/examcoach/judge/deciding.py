"""What decides: the words of each constraint are left out in turn, to see what that changes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from examcoach.judge.weighing import Weighed, Weigher
from examcoach.library.engine import Engine
from examcoach.model import Constraint, Decides
from examcoach.picking import margin, pick
from examcoach.situation import Hints, Situation, belief_signs


class Decider:
    """Tells which constraint decides."""

    def __init__(self, engine: Engine, weigher: Weigher) -> None:
        self._weights = engine.weights
        self._weigher = weigher

    def __call__(self, situation: Situation, weighed: Weighed) -> Decides | None:
        """The constraint that decides; None where there is none, or nothing to decide.

        Where what is known of an option does not hang on the words, the constraint is likely that
        of a category which decided in cases alike, or that of the ask. That category decides whose
        constraints are likeliest to, taken together, and of them one without which the pick would
        change, or else the last: stories close in on what they ask.
        """
        weights = self._weights
        found: dict[str, list[tuple[float, bool, int, Constraint, list[int]]]] = defaultdict(list)
        for constraint, without, signs in self.signs(situation, weighed):
            rank = sum(weights[f"decides-{name}"] * value for name, value in signs.items())
            rank += weights.get(f"decides:{constraint.category}", 0.0)
            of_one = (rank, signs["flip"] > 0, constraint.start, constraint, without)
            found[constraint.category].append(of_one)
        if not found:
            return None
        likeliest = max(
            found.values(), key=lambda some: round(sum(math.exp(rank) for rank, *_ in some), 6)
        )
        *_, c, without = max(likeliest, key=lambda one: one[1:3])
        labels = tuple(weighed.readings[i].option.label for i in without)
        return Decides(c.category, c.text, c.start, c.end, labels)

    def signs(
        self, situation: Situation, weighed: Weighed
    ) -> Iterator[tuple[Constraint, list[int], dict[str, float]]]:
        """Each constraint, what would be picked without it, and the signs that it decides."""
        readings, picked = weighed.readings, weighed.picked
        if not readings or len(picked) == len(readings):
            return
        sign = -1 if situation.ask.negated else 1
        before = margin(weighed.totals, picked)
        without_words = self._weigher.reasons.without(situation, readings)
        done: dict[tuple[int, int], tuple[list[int], float]] = {}
        often = Counter(c.category for c in situation.constraints)
        hints = self._hints(situation, weighed)
        for c in situation.constraints:
            span = (c.start, c.end)
            if span not in done:
                if (sums := without_words(*span)) is None:
                    done[span] = (list(picked), 0.0)
                else:
                    totals = [sign * total for total in self._weigher.totals(sums, readings)]
                    then, totals = pick(totals, len(picked), weighed.rivals)
                    done[span] = (then, before - margin(totals, picked))
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
        affinity = self._weigher.affinity
        if affinity is None:
            return situation.hints
        words = affinity.decides(weighed.stem, weighed.offered, weighed.chosen)
        return Hints(situation.hints.cases, words)
