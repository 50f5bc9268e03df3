"""The words examcoach thinks in, as frozen values.

A `Question` is what a person pastes; a `Breakdown` is what they get back; a `Scenario` is a
question that carries gold (its key and a teacher's analysis). Offsets are character positions
(Python `str` indices), half open: for everything found in the stem they count in the stem, for an
option's evidence in that option's own text, and ``text[start:end]`` is always the quoted words.

This module imports nothing of ours but those words, so every other module may speak them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from examcoach.terms import DEFAULT_EXAM, Category, TrapType, Verdict


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question was read: a path (``-`` for standard input) and its first line, from 1."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose from: its label (``A``) and its text, label removed."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A stem, zero or more options, and how many of them to choose."""

    stem: str
    options: tuple[Option, ...] = ()
    choose: int = 1
    id: str | None = None
    exam: str = DEFAULT_EXAM
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Quoted words with their place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ask:
    """The sentence that asks, the words in it that rank the options, and how many to choose.

    `negated` is true where the ask wants the option that does *not* fit (EXCEPT, NOT).
    Without a sentence that asks, `text` is empty and both offsets are 0.
    """

    text: str = ""
    start: int = 0
    end: int = 0
    qualifiers: tuple[str, ...] = ()
    choose: int = 1
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A measured amount, in the unit it was written in."""

    amount: float
    unit: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something the stem demands. A hidden one is only implied; `requires` says what it implies."""

    category: Category
    text: str
    start: int
    end: int
    hidden: bool
    requires: str | None
    pattern: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Decides:
    """The constraint that decides, and the labels that would be picked if it were not there."""

    category: Category
    text: str
    start: int
    end: int
    without_it: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An architecture the situation calls for, whatever the options say."""

    concepts: tuple[str, ...]
    pattern: str
    because: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A reason for an option, with the words of the option that show it."""

    pattern: str
    because: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Trap:
    """A reason against an option: the kind of trap and the words that give it away."""

    trap: TrapType
    pattern: str
    because: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class JudgedOption:
    """An option with its verdict. It is eliminated only with at least one trap that says why."""

    label: str
    text: str
    verdict: Verdict
    score: float
    fits: tuple[Fit, ...]
    traps: tuple[Trap, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """The exam domain a question belongs to, with the share of the evidence that says so (0..1)."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What a question comes apart into. `answer` has `ask.choose` labels, or none without options.

    `confidence` is calibrated: of the answers given with 0.8, about 80% are right. `domain` is
    None where nothing in the question speaks for any domain.
    """

    id: str | None
    source: Source | None
    exam: str
    stem: str
    ask: Ask
    domain: Domain | None
    constraints: tuple[Constraint, ...]
    decides: Decides | None
    suggests: tuple[Suggestion, ...]
    options: tuple[JudgedOption, ...]
    answer: tuple[str, ...]
    confidence: float
    because: str


@dataclass(frozen=True, slots=True)
class GoldConstraint:
    """A constraint as a teacher marked it."""

    category: Category
    text: str
    start: int
    end: int
    hidden: bool
    requires: str | None = None


@dataclass(frozen=True, slots=True)
class GoldTrap:
    """Why a wrong option is wrong, as a teacher says it; `text` is the giveaway, if marked."""

    trap: TrapType
    because: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Gold:
    """What a question's author knows. Never shown to the judge. Absent parts are empty or None."""

    answer: tuple[str, ...] = ()
    explanation: str | None = None
    domain: str | None = None
    constraints: tuple[GoldConstraint, ...] | None = None
    decides: GoldConstraint | None = None
    traps: Mapping[str, GoldTrap] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A question with its gold. `extra` keeps keys of a scenario file that we do not know."""

    question: Question
    gold: Gold = field(default_factory=Gold)
    extra: Mapping[str, Any] = field(default_factory=dict)
