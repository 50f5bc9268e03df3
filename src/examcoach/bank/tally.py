"""Counts over a bank: by task, against what an exam's blueprint asks of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from examcoach.bank.model import Bank, Item
from examcoach.bank.requirements import Counts
from examcoach.errors import Problem


@dataclass(slots=True)
class Tally:
    """Counts over some questions; `target` is what the blueprint asks for, where it does."""

    name: str
    title: str
    target: int | None = None
    questions: int = 0
    several_right: int = 0
    flips: int = 0
    difficulty: Counter[int] = field(default_factory=Counter)
    traps: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item) -> None:
        """Count one question."""
        gold = item.scenario.gold
        self.questions += 1
        self.several_right += len(gold.answer) > 1
        self.flips += item.flip is not None
        self.difficulty[item.difficulty] += 1
        self.traps.update(trap.trap for trap in (gold.traps or {}).values())

    def record(self) -> dict[str, Any]:
        """The tally as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "target": self.target,
            "questions": self.questions,
            "several_right": self.several_right,
            "flips": self.flips,
            "difficulty": {str(level): self.difficulty[level] for level in sorted(self.difficulty)},
            "traps": dict(self.traps.most_common()),
        }


def tallies(items: Iterable[Item], pack: Mapping[str, Any], questions: int) -> list[Tally]:
    """A tally of each domain followed by those of its tasks, then one of all.

    `questions` is how many the bank should have; domains have their share of it by their weight.
    """
    found: dict[str, Tally] = {}
    for name, domain in pack.get("domains", {}).items():
        found[name] = Tally(name, domain["name"], round(questions * domain["weight"] / 100))
        found |= {task: Tally(task, told["name"]) for task, told in domain["tasks"].items()}
    total = Tally("all", "All questions", questions)
    for item in items:
        for tally in (found.get(item.domain), found.get(item.task), total):
            if tally is not None:
                tally.add(item)
    return [*found.values(), total]


def missing(
    bank: Bank, packs: Mapping[str, Mapping[str, Any]], counts: Counts, path: str
) -> Iterator[Problem]:
    """What a bank at `path` has too few of."""
    items = list(bank.items.values())
    mine = [item for item in items if item.scenario.question.exam == counts.exam]
    pack = packs.get(counts.exam, {})
    yield from _too_few_questions(tallies(mine, pack, counts.questions), counts, path)
    share = sum(len(i.scenario.gold.answer) > 1 for i in items) / len(items) if items else 0.0
    if items and share not in counts.several_right:
        bounds = counts.several_right
        what = f"{share:.0%} of the questions have several right options"
        yield Problem(path, None, what, f"keep it from {bounds.least:.0%} to {bounds.most:.0%}")
    cards = sum(len(deck.cards) for deck in bank.decks.values())
    for kind, have, want in (
        ("questions with a flip", sum(i.flip is not None for i in items), counts.flips),
        ("sibling sets", len(bank.siblings), counts.sibling_sets),
        ("recall cards", cards, counts.cards),
        ("design briefs", len(bank.briefs), counts.briefs),
        ("baseline texts", len(bank.baseline), counts.baseline),
    ):
        if have < want:
            yield _few(path, kind, have, want)


def _too_few_questions(found: Sequence[Tally], counts: Counts, path: str) -> Iterator[Problem]:
    for tally in found:
        want = counts.a_task if tally.target is None else tally.target
        if tally.questions < want:
            of = "in all" if tally is found[-1] else f"of {tally.name}"
            yield _few(path, f"questions {of}", tally.questions, want)


def _few(path: str, kind: str, have: int, want: int) -> Problem:
    return Problem(path, None, f"{have} {kind}, at least {want} are asked for", "write more")
