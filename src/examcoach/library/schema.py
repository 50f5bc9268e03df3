"""What each kind of pattern file may say.

Pydantic checks every pattern while a library is compiled, and gives the JSON Schema for editors.
Only compiling needs this module: a cached library is read without it. The keys are explained for
authors in ``docs/patterns.md``; the words here are the reference.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from examcoach.terms import Category, TrapType

ID = r"^[a-z0-9]+([-.][a-z0-9]+)*$"
Id = Annotated[str, StringConstraints(pattern=ID)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Phrase = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
OperandName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Weight = Literal["weak", "normal", "strong"]
Complaint = Literal[
    "never fires",
    "fires on one text only",
    "against right options",
    "for wrong options",
    "strikes right options",
    "long phrase",
    "duplicate",
    "contradiction",
]
"""What ``examcoach patterns audit`` finds."""
HidingPattern = TypeVar("HidingPattern", "Need", "Cue")


class Entry(BaseModel):
    """Anything in the library: strict keys, and where its facts were checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: Id | None = Field(None, description="the topic that exam packs map to a task")
    source: Text | None = Field(None, description="the document that settles the facts")
    audit: dict[Complaint, Text] = Field({}, description="what the audit may find, and why")


class TextPattern(Entry):
    """A pattern that finds words in running text and shows it by example."""

    fires: list[Text] = Field(min_length=1, description="sentences with the words in [[ ]]")
    silent: list[Text] = Field(min_length=1, description="sentences in which it finds nothing")


class Trait(Entry):
    """A property concepts may have or a situation may prefer; it has no words of its own."""

    trait: Id
    about: Text
    within: list[Id] = Field([], description="broader traits that this one is a kind of")


class Status(BaseModel):
    """What became of a service: renamed, closed to newcomers or retired, when, and what follows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Literal["renamed", "closed", "retired"]
    since: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    successor: Text
    note: Text | None = None


class Limit(BaseModel):
    """A hard bound on a measured thing, in the words of a quantity: ``6 MB``, ``15 minutes``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max: Text | None = None
    min: Text | None = None


class Concept(TextPattern):
    """A thing questions speak of, and what is true of it wherever it appears."""

    concept: Id
    kind: Literal[
        "service",
        "feature",
        "algorithm",
        "technique",
        "metric",
        "format",
        "tool",
        "resource",
        "data",
        "symptom",
        "mistake",
        "term",
    ]
    names: list[Phrase] = Field(min_length=1)
    unless: list[Phrase] = Field([], description="longer phrases that are something else")
    is_: list[Id] = Field([], alias="is", description="traits, or broader concepts")
    does: list[Id] = Field([], description="needs that it meets")
    never: list[Id] = Field([], description="needs that people think it meets, and it does not")
    limits: dict[Id, Limit] = Field({}, description="by the id of the cue that measures it")
    status: Status | None = None
    about: Text


class Need(TextPattern):
    """A capability that a stem asks for, an option promises, and concepts have."""

    need: Id
    about: Text
    phrases: list[Phrase] = Field(min_length=1)
    unless: list[Phrase] = []
    says: Category | None = Field(None, description="the explicit constraint its words are")
    hides: Category | None = Field(None, description="the hidden constraint its words imply")
    requires: Text | None = None
    implies: list[Id] = []

    @model_validator(mode="after")
    def _hidden_says_what(self) -> Need:
        return _requires_goes_with_hides(self)


class Operand(BaseModel):
    """A quantity, and words that must stand close to it in its sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_: Id = Field(alias="is")
    near: list[Phrase] = []


class Range(BaseModel):
    """Bounds, both inclusive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: float | None = None
    max: float | None = None


class Compare(BaseModel):
    """Two numbers of a stem held against each other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    left: Operand
    right: Operand
    difference: Range | None = Field(None, description="of left minus right")
    ratio: Range | None = Field(None, description="of left over right")


class Condition(BaseModel):
    """What must hold: every entry of `all`, one of `any`, one of `words`, none of `none`.

    An entry of `all` may be a list, of which one suffices. Entries are ids of concepts, traits,
    needs and cues, or names of constraint categories; `words` are phrases.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: list[Id | list[Id]] = []
    any: list[Id] = []
    none: list[Id] = []
    words: list[Phrase] = []


class Cue(TextPattern):
    """Words or numbers of a stem that reveal a constraint, or a conclusion from other findings."""

    cue: Id
    about: Text | None = None
    phrases: list[Phrase] = []
    unless: list[Phrase] = []
    compare: Compare | None = None
    when: Condition | None = None
    says: Category | None = None
    hides: Category | None = None
    requires: Text | None = None
    implies: list[Id] = []
    qualifier: bool = Field(False, description="ranks the options when it stands in the ask")
    negates: bool = Field(False, description="turns the ask around: EXCEPT, NOT")

    @model_validator(mode="after")
    def _has_a_way_to_fire(self) -> Cue:
        if not (self.phrases or self.compare or self.when):
            raise ValueError("a cue needs phrases, compare or when")
        return _requires_goes_with_hides(self)


def _requires_goes_with_hides(pattern: HidingPattern) -> HidingPattern:
    if (pattern.hides is None) != (pattern.requires is None):
        raise ValueError("'hides' and 'requires' go together: say what the words imply")
    return pattern


class RuleExample(BaseModel):
    """A stem and one option; in `fires` the option's deciding words stand in [[ ]]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stem: Text
    option: Text


class Play(Entry):
    """In this situation, such an option wins, because."""

    play: Id
    when: Condition
    option: Condition
    suggests: list[Id] = Field([], description="the architecture to propose without options")
    weight: Weight = "normal"
    because: Text
    fires: list[RuleExample] = Field(min_length=1)
    silent: list[RuleExample] = Field(min_length=1)


class TrapRule(Entry):
    """In this situation, such an option is wrong, because."""

    trap: Id
    type: TrapType
    when: Condition = Condition()
    option: Condition
    weight: Weight = Field("normal", description="a weak trap never strikes an option out alone")
    because: Text
    fires: list[RuleExample] = Field(min_length=1)
    silent: list[RuleExample] = Field(min_length=1)


class WorkedExample(BaseModel):
    """A stem and two or more options; in `fires` the numbers that are right stand in [[ ]]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stem: Text
    options: list[Text] = Field(min_length=2)


class Blame(BaseModel):
    """What is wrong with an option whose number is not what the numbers of the stem give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: TrapType
    because: Text


class Slip(Blame):
    """A calculation that people make instead."""

    result: Text


class Formula(Entry):
    """A number to be worked out from those of the stem, or of each option, when the ask wants it.

    Options state the result (`given`), or the one with the lowest or highest wins (`prefer`).
    """

    formula: Id
    asks: Condition = Field(description="of the sentence that asks")
    when: Condition = Condition()
    operands: dict[OperandName, Id | list[Id]] = Field(
        min_length=1,
        description="by name the quantities, or the patterns that hold one; the first there is",
    )
    result: list[Text] = Field(min_length=1, description="formulas; the first that can be worked")
    given: dict[Id, float] = Field(
        {}, description="by the quantity that options state it in: how many make 1"
    )
    prefer: Literal["lowest", "highest"] | None = None
    below: Blame | None = Field(None, description="of options that state less")
    above: Blame | None = Field(None, description="of options that state more")
    slips: list[Slip] = []
    suggests: list[Id] = Field([], description="what to name without options")
    because: Text
    fires: list[WorkedExample] = Field(min_length=1)
    silent: list[WorkedExample] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_a_way_to_speak(self) -> Formula:
        if bool(self.given) == (self.prefer is not None):
            raise ValueError("a formula needs either 'given' or 'prefer'")
        if not (self.asks.all or self.asks.any or self.asks.words):
            raise ValueError("'asks' must say what the question wants to know")
        return self


class Instead(BaseModel):
    """What tempts in a case, and why it is wrong there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    option: Text
    type: TrapType
    because: Text


class Case(Entry):
    """A situation in several wordings, what answers it, and what tempts instead.

    It is made of its own examples: it must speak for its answers, and against what stands instead.
    """

    case: Id
    topic: Id
    stories: list[Text] = Field(min_length=2, description="the words that decide in [[ ]], once")
    decides: Category
    answers: list[Text] = Field(min_length=2)
    because: Text
    insteads: list[Instead] = Field(min_length=1)

    @model_validator(mode="after")
    def _marks_what_decides(self) -> Case:
        if not any("[[" in story and "]]" in story for story in self.stories):
            raise ValueError("mark in one of the stories the words that decide, with [[ ]]")
        return self


class Modifier(TextPattern):
    """Words that change what stands near them, as in the ConText algorithm."""

    modifier: Id
    about: Text
    effect: Literal["negated", "replaced", "existing"]
    direction: Literal["forward", "backward"]
    phrases: list[Phrase] = Field(min_length=1)
    unless: list[Phrase] = []
    until: list[Phrase] = Field([], description="words that end its reach, besides the sentence")
    reach: int = Field(6, ge=1, le=20, description="tokens")
    says: Category | None = Field(None, description="constraint that words and target are together")


class Rate(BaseModel):
    """One quantity for each unit of another: bytes a second."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: Id
    over: Id
    joined_by: list[Text] = Field(min_length=1, description="between the two: /, per, every")


class Quantity(TextPattern):
    """A dimension and its units, each with its size in the base unit."""

    quantity: Id
    about: Text
    units: dict[str, float] = {}
    prefixes: dict[str, float] = Field({}, description="units written before the number: $")
    bare: bool = Field(False, description="also a number with no unit of any quantity")
    loose: int = Field(0, ge=0, le=3, description="words that may stand between number and unit")
    rate: Rate | None = None
    multipliers: dict[str, float] = Field({}, description="words that multiply: million")


class Task(BaseModel):
    """A task of an exam's blueprint and the topics that train it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    topics: list[Id] = Field(min_length=1)


class ExamDomain(BaseModel):
    """A domain of the blueprint; weights are percent of the scored content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    weight: float = Field(gt=0, le=100)
    tasks: dict[str, Task] = Field(min_length=1)


class Exam(Entry):
    """An exam pack: the blueprint, and what became of the exam."""

    exam: Id
    name: Text
    status: Literal["active", "beta", "retired"]
    since: Text
    successors: list[Id] = []
    questions: dict[Literal["scored", "unscored"], int]
    minutes: int
    passing: int = Field(description="scaled score, 100 to 1000")
    types: list[Literal["multiple-choice", "multiple-response", "ordering", "matching"]]
    shares: dict[Literal["multiple-response"], float] = Field(
        {}, description="of all questions, for a mock exam"
    )
    domains: dict[Id, ExamDomain] = Field(min_length=1)
    verified_on: Text
    note: Text


class Weights(Entry):
    """The numbers that the judge adds up; fitted, and printed, by one command."""

    weights: Id
    values: dict[str, float]


KINDS: dict[str, type[Entry]] = {
    "trait": Trait,
    "need": Need,
    "concept": Concept,
    "cue": Cue,
    "play": Play,
    "trap": TrapRule,
    "formula": Formula,
    "case": Case,
    "modifier": Modifier,
    "quantity": Quantity,
    "exam": Exam,
    "weights": Weights,
}


def json_schema(kind: str | None = None) -> dict[str, Any]:
    """The JSON Schema of a pattern file, or of a single pattern of `kind`."""
    if kind is not None:
        return KINDS[kind].model_json_schema()
    schemas = {
        name: model.model_json_schema(ref_template=f"#/$defs/{name}/$defs/{{model}}")
        for name, model in KINDS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "examcoach pattern file",
        "type": "array",
        "items": {
            "oneOf": [{"$ref": f"#/$defs/{name}"} for name in schemas],
        },
        "$defs": schemas,
    }
