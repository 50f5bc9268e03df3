"""Exam packs: which domain and task of an exam a question belongs to, and by what weights.

Patterns and tasks meet in *topics*: a question written for one exam serves another one where their
tasks share a topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from examcoach.bank.model import Bank, Item
from examcoach.terms import DEFAULT_EXAM

MULTIPLE_CHOICE, MULTIPLE_RESPONSE = "multiple-choice", "multiple-response"


@dataclass(frozen=True, slots=True)
class ExamDomain:
    """A domain: its name, its weight in percent, and its tasks' names and topics."""

    id: str
    name: str
    weight: float
    tasks: Mapping[str, str]
    topics: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pack:
    """What a mock exam and a plan need of an exam."""

    id: str
    name: str
    status: str
    note: str
    scored: int
    unscored: int
    minutes: int
    types: tuple[str, ...]
    shares: Mapping[str, float]
    domains: tuple[ExamDomain, ...]

    @property
    def weights(self) -> dict[str, float]:
        """Percent by domain."""
        return {domain.id: domain.weight for domain in self.domains}

    @property
    def drilling(self) -> str:
        """The command that drills for this exam; what follows narrows it down."""
        return "examcoach drill" + ("" if self.id == DEFAULT_EXAM else f" --exam {self.id}")

    def topics_of(self, task: str) -> frozenset[str]:
        """The topics of a task; none for a task that the exam has not."""
        return next((d.topics[task] for d in self.domains if task in d.topics), frozenset())

    def task_name(self, task: str) -> str:
        """A task's name, or an empty string."""
        return next((d.tasks[task] for d in self.domains if task in d.tasks), "")


def read_pack(data: Mapping[str, Any]) -> Pack:
    """The pack that an exam pattern describes."""
    domains = tuple(
        ExamDomain(
            name,
            domain["name"],
            float(domain["weight"]),
            {task: told["name"] for task, told in domain["tasks"].items()},
            {task: frozenset(told["topics"]) for task, told in domain["tasks"].items()},
        )
        for name, domain in data["domains"].items()
    )
    return Pack(
        data["exam"],
        data["name"],
        data["status"],
        data["note"],
        int(data["questions"].get("scored", 0)),
        int(data["questions"].get("unscored", 0)),
        int(data["minutes"]),
        tuple(data["types"]),
        dict(data.get("shares", {})),
        domains,
    )


def placed(bank: Bank, packs: Mapping[str, Pack], pack: Pack) -> Bank:
    """The bank's questions under the domains and tasks of `pack`; those that it does not examine
    are left out."""
    items: dict[str, Item] = {}
    for name, item in bank.items.items():
        place = _place(item, packs, pack)
        if place is not None:
            domain, task = place
            items[name] = replace(item, domain=domain, task=task)
    return replace(bank, items=items)


def _place(item: Item, packs: Mapping[str, Pack], pack: Pack) -> tuple[str, str] | None:
    own = packs.get(item.scenario.question.exam)
    if own is None or own.id == pack.id:
        return (item.domain, item.task) if item.domain in pack.weights else None
    topics = own.topics_of(item.task)
    for domain in pack.domains:
        for task, theirs in domain.topics.items():
            if topics & theirs:
                return domain.id, task
    return None
