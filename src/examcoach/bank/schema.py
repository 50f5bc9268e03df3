"""What each kind of bank file may say.

Pydantic checks every file while a bank is read; a cached bank is read without this module. The keys
are explained for authors in ``docs/scenarios.md``; the words here are the reference.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from examcoach.library.schema import ID
from examcoach.terms import Category, TrapType

Id = Annotated[str, StringConstraints(pattern=ID)]
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Label = Annotated[str, StringConstraints(pattern=r"^[A-H]$")]
Task = Annotated[str, StringConstraints(pattern=r"^\d\.\d$")]


def _is_date(text: str) -> str:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("write a date as 2027-05-01") from None
    return text


Date = Annotated[str, AfterValidator(_is_date)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(_Strict):
    """A constraint by its exact words; a hidden one says what it requires."""

    category: Category
    text: Text
    hidden: bool = False
    requires: Text | None = None

    @model_validator(mode="after")
    def _hidden_says_what(self) -> Mark:
        if self.hidden and self.requires is None:
            raise ValueError('a hidden constraint says what it implies: add "requires"')
        return self


class TrapMark(_Strict):
    """Why an option is wrong: the kind, the giveaway words of the option, a sentence."""

    trap: TrapType
    text: Text
    because: Text


class FlipMark(_Strict):
    """One phrase of the stem changed, and what is right then."""

    from_: Text = Field(alias="from")
    to: Text
    answer: list[Label] = Field(min_length=1)
    decides: Mark
    because: Text


class Practice(_Strict):
    """A practice question."""

    id: Id
    exam: Id
    task: Task
    difficulty: Literal[1, 2, 3]
    stem: Text
    options: dict[Label, Text] = Field(min_length=2)
    answer: list[Label] = Field(min_length=1)
    choose: Annotated[int, Field(ge=1)] | None = None
    constraints: list[Mark] = Field(min_length=1)
    decides: Mark
    traps: dict[Label, TrapMark]
    explanation: Text
    source: Text
    siblings: list[Id] = []
    patterns: list[Id] = []
    flip: FlipMark | None = None
    until: Date | None = None


class Separation(_Strict):
    """One thing by which siblings differ."""

    by: Text
    cells: list[Text]


class Siblings(_Strict):
    """Confusable concepts and what separates them."""

    id: Id
    title: Text
    members: list[Id] = Field(min_length=2)
    separates: list[Separation] = Field(min_length=1)
    rule: Text
    scenarios: list[Id] = []
    source: Text


class RecallCard(_Strict):
    """A short-answer question."""

    id: Id
    ask: Text
    answer: Text
    accept: list[Text] = []
    because: Text
    source: Text


class Recall(_Strict):
    """A deck of short answers."""

    id: Id
    title: Text
    items: list[RecallCard] = Field(min_length=1)


class ExpectedConcepts(_Strict):
    """Concepts that a rubric looks for together, and why."""

    concepts: list[Id] = Field(min_length=1)
    because: Text


class Design(_Strict):
    """An open brief and its rubric."""

    id: Id
    title: Text
    task: Task
    brief: Text
    needs: list[Id] = Field(min_length=1)
    constraints: list[Mark] = Field(min_length=1)
    hidden: list[Mark] = []
    architectures: list[ExpectedConcepts] = Field(min_length=1)
    mistakes: list[ExpectedConcepts] = []
    model_answer: Text
    source: Text


class Baseline(_Strict):
    """A paragraph, or a question, in which there is nothing to find."""

    id: Id
    text: Text | None = None
    stem: Text | None = None
    options: dict[Label, Text] | None = Field(None, min_length=2)

    @model_validator(mode="after")
    def _text_or_question(self) -> Baseline:
        if (self.text is None) == (self.stem is None):
            raise ValueError('give either "text", or "stem" with its "options"')
        return self


KINDS: dict[str, type[BaseModel]] = {
    "practice": Practice,
    "siblings": Siblings,
    "recall": Recall,
    "design": Design,
    "baseline": Baseline,
}
