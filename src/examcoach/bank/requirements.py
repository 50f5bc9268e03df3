"""What is asked of a bank: numbers that are data, not code."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from examcoach.bank.files import REQUIREMENTS
from examcoach.errors import LibraryError
from examcoach.library.located import located
from examcoach.library.yaml_source import read_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(_Strict):
    """At least and at most, both included."""

    least: float = Field(ge=0)
    most: float = Field(ge=0)

    def __contains__(self, amount: float) -> bool:
        return self.least <= amount <= self.most

    def __str__(self) -> str:
        return f"{self.least:g}" if self.least == self.most else f"{self.least:g} to {self.most:g}"


class OptionCounts(_Strict):
    """How many options a question has, by how many are right."""

    one_right: Bounds
    several_right: Bounds


class NearDuplicates(_Strict):
    """From which resemblance on two questions are too alike, between 0 and 1."""

    shingle: int = Field(ge=1)
    stem: float = Field(gt=0, le=1)
    options: float = Field(gt=0, le=1)
    least_words: int = Field(ge=0)


class Chance(_Strict):
    """The probability below which a habit is no chance."""

    level: float = Field(gt=0, lt=1)


class SetRequirements(_Strict):
    """What a sibling set has at the least."""

    scenarios: int = Field(ge=0)


class Counts(_Strict):
    """What the shipped bank has at the least; `questions` and `a_task` are those of one exam."""

    exam: str
    questions: int = Field(ge=0)
    a_task: int = Field(ge=0)
    several_right: Bounds
    flips: int = Field(ge=0)
    sibling_sets: int = Field(ge=0)
    cards: int = Field(ge=0)
    briefs: int = Field(ge=0)
    baseline: int = Field(ge=0)


class Requirements(_Strict):
    """All that is asked of a bank."""

    stem_words: Bounds
    brief_words: Bounds
    options: OptionCounts
    no_option_says: list[str]
    near_duplicates: NearDuplicates
    chance: Chance
    siblings: SetRequirements
    counts: Counts


def load_requirements(folder: Path) -> Requirements:
    """The requirements in the shipped `folder`; raises `LibraryError` if they are broken."""
    path = folder / REQUIREMENTS
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise LibraryError.of(str(path), what, "install examcoach anew") from None
    document = read_yaml(text, str(path))
    if document.problems:
        raise LibraryError(document.problems)
    try:
        return Requirements.model_validate(document.value)
    except ValidationError as error:
        name = "file of requirements"
        raise LibraryError(
            [located(document, (), name, Requirements, d) for d in error.errors()]
        ) from None
