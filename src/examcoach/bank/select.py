"""Choosing questions of a bank by what they train."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from examcoach.bank.model import Bank, Item


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question must have; None asks for nothing."""

    domain: str | None = None
    task: str | None = None
    trap: str | None = None
    category: str | None = None
    difficulty: int | None = None
    siblings: str | None = None

    def __contains__(self, item: Item) -> bool:
        gold = item.scenario.gold
        asked = (
            (self.domain, (item.domain,)),
            (self.task, (item.task,)),
            (self.trap, [trap.trap for trap in (gold.traps or {}).values()]),
            (self.category, [mark.category for mark in gold.constraints or ()]),
            (self.difficulty, (item.difficulty,)),
            (self.siblings, item.siblings),
        )
        return all(one is None or one in having for one, having in asked)


def select(bank: Bank, wanted: Wanted) -> Iterator[Item]:
    """The questions of a bank that are wanted, in its order."""
    return (item for item in bank.items.values() if item in wanted)
