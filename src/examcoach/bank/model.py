"""What the scenario bank holds, as frozen values.

An `Item` is a practice question with a teacher's analysis; a `SiblingSet` names confusable
concepts and what separates them; a `Deck` holds short-answer `Card`s; a `Brief` is an open design
exercise with its rubric. Labels stand in explanations as ``{A}``, so that options can be shuffled.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from examcoach.model import GoldConstraint, Scenario


@dataclass(frozen=True, slots=True)
class Flip:
    """The same story with one phrase changed, and the options that are right then.

    `decides` is placed in the changed stem.
    """

    before: str
    after: str
    answer: tuple[str, ...]
    decides: GoldConstraint
    because: str


@dataclass(frozen=True, slots=True)
class Item:
    """A practice question. `scenario` carries stem, options and gold; `path` is where it stands."""

    scenario: Scenario
    id: str
    task: str
    domain: str
    difficulty: int
    source: str
    siblings: tuple[str, ...]  # ids of the sibling sets that name it
    patterns: tuple[str, ...]  # ids of the library's patterns that it exercises
    flip: Flip | None
    until: dt.date | None
    path: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing by which siblings differ: a cell for each member, in the set's order."""

    by: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiblingSet:
    """Confusable concepts, what separates them, and the items that train it."""

    id: str
    title: str
    members: tuple[str, ...]
    separates: tuple[Row, ...]
    rule: str
    scenarios: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Card:
    """A short-answer question; any of `accept` is as good as `answer`."""

    id: str
    ask: str
    answer: str
    accept: tuple[str, ...]
    because: str
    source: str


@dataclass(frozen=True, slots=True)
class Deck:
    """Cards on one theme."""

    id: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Concepts (or trap patterns) that a rubric looks for together, and why."""

    concepts: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Brief:
    """An open design exercise and the rubric it is checked by, in the library's terms."""

    id: str
    title: str
    task: str
    brief: str
    needs: tuple[str, ...]
    constraints: tuple[GoldConstraint, ...]  # explicit and hidden, placed in `brief`
    architectures: tuple[Expected, ...]
    mistakes: tuple[Expected, ...]
    model_answer: str
    source: str


@dataclass(frozen=True, slots=True)
class Bank:
    """The whole bank, each kind by id, in the order of its files' names."""

    items: dict[str, Item]
    siblings: dict[str, SiblingSet]
    decks: dict[str, Deck]
    briefs: dict[str, Brief]
    baseline: dict[str, Scenario]
    version: str  # digest of the content
