"""What a library's author should look at: patterns that never speak, speak once, or speak wrongly.

`check` asks whether each pattern does what its own examples say; the audit asks whether it is worth
having, by what it does on every text at hand: the examples of all other patterns, and questions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from examcoach.dissect import Dissector
from examcoach.judge.topics import domain_topics
from examcoach.library.catalog import Catalog, Record
from examcoach.library.engine import texts_of
from examcoach.library.phrases import Phrase, Words, parse_phrase
from examcoach.model import Breakdown, Option, Question, Scenario
from examcoach.selftest import read_marks
from examcoach.sense import Sensed

FEWEST_HEARD = 4
"""Right options that a trap must have spoken of, or wrong ones a play, to be said to mislead."""
LONGEST_PHRASE = 6
"""Words after which a phrase is a quotation rather than a way of saying something."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: the pattern it is about, and what was seen."""

    what: str
    pattern: str
    detail: str


@dataclass(slots=True)
class Coverage:
    """How much the library knows of one task: patterns of each kind, and their examples."""

    task: str
    name: str
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Audit:
    """All findings that no pattern explains, and the coverage of each task."""

    findings: tuple[Finding, ...]
    explained: int
    """Findings left out because their patterns say under `audit` why they are well."""
    coverage: tuple[Coverage, ...]
    texts: int


def audit(
    catalog: Catalog,
    dissector: Dissector,
    scenarios: Iterable[Scenario],
    exam: Mapping[str, Any],
    *,
    cases: bool = True,
) -> Audit:
    """Look through `catalog`, whose engine `dissector` runs, on its texts and on `scenarios`.

    Its cases are many texts: hearing them takes most of the time, and may be left out.
    """
    heard = _Heard()
    for record in catalog.records.values():
        if cases and record.kind == "case":
            heard.case(record.id, *_case_speaking(dissector, record))
        for texts in _examples(record):
            heard.example(record.id, _speaking(dissector, texts))
    for scenario in scenarios:
        heard.question(scenario, dissector(scenario.question), _speaking_of(dissector, scenario))
    judging = [r for r in catalog.records.values() if r.kind in _SPEAKING]
    findings = [
        *heard.findings(judging),
        *(finding for record in catalog.records.values() for finding in _long_phrases(record)),
        *_duplicates(judging),
        *_contradictions(judging),
    ]
    explained = {r.id: r.data.get("audit", {}) for r in judging}
    open_ones = [f for f in findings if f.what not in explained.get(f.pattern, {})]
    return Audit(
        tuple(open_ones),
        len(findings) - len(open_ones),
        tuple(_coverage(catalog, exam)),
        heard.texts,
    )


_SPEAKING = ("need", "concept", "cue", "play", "trap", "formula")


@dataclass(slots=True)
class _Heard:
    """Where each pattern spoke: in which texts, for and against which options."""

    texts: int = 0
    where: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    struck_right: Counter[str] = field(default_factory=Counter)
    on_right: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """What each pattern said of right options, by their weights; likewise of wrong ones."""
    on_wrong: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def example(self, owner: str, speaking: Iterable[str]) -> None:
        self.texts += 1
        for pattern in speaking:
            if pattern != owner:
                self.where[pattern].add(owner)

    def case(
        self, owner: str, mentioned: Iterable[str], said: Sequence[Mapping[str, float]]
    ) -> None:
        """`said` is what patterns say of the answer, then of each alternative."""
        self.texts += 1
        for pattern in {*mentioned, *(pattern for of_one in said for pattern in of_one)}:
            self.where[pattern].add(owner)
        for place, of_one in enumerate(said):
            for pattern, weight in of_one.items():
                if place:
                    # all alternatives together weigh as much as the answer
                    self.on_wrong[pattern].append(weight / (len(said) - 1))
                else:
                    self.on_right[pattern].append(weight)

    def question(self, scenario: Scenario, breakdown: Breakdown, speaking: Iterable[str]) -> None:
        self.texts += 1
        name = scenario.question.id or scenario.question.stem
        for pattern in {*speaking, *_reasons(breakdown)}:
            self.where[pattern].add(name)
        for option in breakdown.options:
            if option.label in scenario.gold.answer and option.verdict == "eliminate":
                self.struck_right.update({trap.pattern for trap in option.traps})

    def findings(self, records: Sequence[Record]) -> Iterator[Finding]:
        for record in records:
            where = self.where.get(record.id, set())
            if not where:
                yield Finding("never fires", record.id, "on no text but its own examples")
            elif len(where) == 1:
                yield Finding("fires on one text only", record.id, *where)
            if record.kind in ("play", "trap"):  # what a concept does, a wrong option may do too
                yield from self._misleading(record.id)
            struck = self.struck_right[record.id]
            if struck and record.data.get("weight") != "weak":  # the weak never strike
                yield Finding("strikes right options", record.id, f"of {struck} questions")

    def _misleading(self, rule: str) -> Iterator[Finding]:
        right, wrong = self.on_right[rule], self.on_wrong[rule]
        detail = f"of {len(right)} answers and {len(wrong)} alternatives in cases"
        if len(right) >= FEWEST_HEARD and sum(right) < 0 and sum(right) <= sum(wrong):
            yield Finding("against right options", rule, detail)
        elif len(wrong) >= FEWEST_HEARD and sum(wrong) > 0 and sum(wrong) >= sum(right):
            yield Finding("for wrong options", rule, detail)


def _reasons(breakdown: Breakdown) -> Iterator[str]:
    for option in breakdown.options:
        yield from (fit.pattern for fit in option.fits)
        yield from (trap.pattern for trap in option.traps)


def _examples(record: Record) -> Iterator[list[str]]:
    """The stem and, of a rule, the options of every example that fires; marks left out."""
    for example in record.data.get("fires", []):
        yield [read_marks(text).text for text in texts_of(example)]


def _case_speaking(dissector: Dissector, record: Record) -> tuple[set[str], list[dict[str, float]]]:
    """What is found in all wordings of a case, and said of its answer and its alternatives."""
    data = record.data
    stories = [read_marks(story).text for story in data["stories"]]
    options = [*data["answers"][:1], *(one["option"] for one in data["insteads"])]
    stem, *sensed = dissector.sense([stories[0], *options])
    asked = [Option(str(place), text) for place, text in enumerate(options)]
    said = dissector.judge.speaking(dissector.reason(stem, 1), asked, sensed)
    mentioned = _found(dissector, stem, sensed)
    for story in stories[1:]:
        mentioned |= _mentioned(dissector, [story])
    return mentioned | _mentioned(dissector, ["", *data["answers"][1:]]), said


def _speaking(dissector: Dissector, texts: Sequence[str]) -> set[str]:
    stem, *options = texts
    if not options:
        return _mentioned(dissector, texts)
    offered = tuple(Option(str(place), text) for place, text in enumerate(options))
    breakdown = dissector(Question(stem, offered))
    return {*_mentioned(dissector, texts), *_reasons(breakdown)}


def _speaking_of(dissector: Dissector, scenario: Scenario) -> set[str]:
    question = scenario.question
    return _mentioned(dissector, [question.stem, *(o.text for o in question.options)])


def _mentioned(dissector: Dissector, texts: Sequence[str]) -> set[str]:
    stem, *rest = dissector.sense(texts)
    return _found(dissector, stem, rest)


def _found(dissector: Dissector, stem: Sensed, rest: Sequence[Sensed]) -> set[str]:
    finders = dissector.engine.finders
    counted = [m for m in stem.mentions if not m.negated and finders[m.finder].own >= 0]
    derived = dissector.reason.conclude(counted)[1]
    mentions = [*stem.mentions, *derived, *(m for sensed in rest for m in sensed.mentions)]
    return {finders[m.finder].id for m in mentions if finders[m.finder].kind != "words"}


# What can be told from the patterns alone


def _phrases(record: Record) -> Iterator[str]:
    data = record.data
    for key in ("names", "phrases"):
        yield from data.get(key, [])
    for key in ("when", "option", "asks"):
        yield from (data.get(key) or {}).get("words", [])


def _long_phrases(record: Record) -> Iterator[Finding]:
    for text in _phrases(record):
        words = min(map(_fewest_words, parse_phrase(text)))
        if words > LONGEST_PHRASE:
            yield Finding("long phrase", record.id, f"{words} words: {text}")


def _fewest_words(phrase: Phrase) -> int:
    return sum(
        min(len(atom.text.split()) if isinstance(atom, Words) else 1 for atom in element.atoms)
        for element in phrase.elements
    )


def _duplicates(records: Sequence[Record]) -> Iterator[Finding]:
    """Patterns of a kind that look for the same words, or judge the same thing."""
    first: dict[tuple[Any, ...], str] = {}
    for record in records:
        key: tuple[Any, ...] = (record.kind, frozenset(_phrases(record)))
        if record.kind in ("play", "trap"):
            key = (record.kind, record.data.get("type"), _judged(record))
        elif record.kind == "formula":
            key = (record.kind, _frozen(record.data["asks"]), tuple(record.data["result"]))
        elif not key[1]:
            continue
        if (other := first.setdefault(key, record.id)) != record.id:
            yield Finding("duplicate", record.id, f"the same as {other}")


def _contradictions(records: Sequence[Record]) -> Iterator[Finding]:
    """Concepts that meet and never meet a need; plays and traps about the same thing."""
    plays = {_judged(record): record.id for record in records if record.kind == "play"}
    for record in records:
        data = record.data
        for need in sorted({*data.get("does", [])} & {*data.get("never", [])}):
            yield Finding("contradiction", record.id, f"does and never does {need}")
        if record.kind == "trap" and (play := plays.get(_judged(record))):
            yield Finding("contradiction", record.id, f"the play {play} recommends it")


def _judged(record: Record) -> tuple[Any, ...]:
    """When and of which options a rule speaks, comparable."""
    return tuple(_frozen(record.data.get(key) or {}) for key in ("when", "option"))


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((key, _frozen(part)) for key, part in value.items())
    if isinstance(value, list):
        return frozenset(_frozen(part) for part in value)
    return value


def _coverage(catalog: Catalog, exam: Mapping[str, Any]) -> Iterator[Coverage]:
    by_topic: dict[str, Counter[str]] = defaultdict(Counter)
    for record in catalog.of_kind(*_SPEAKING):
        count = by_topic[record.data.get("topic", "")]
        count[record.kind] += 1
        count["examples"] += len(record.data["fires"]) + len(record.data["silent"])
    for record in catalog.of_kind("case"):
        by_topic[record.data["topic"]]["case"] += 1
    for domain in domain_topics(exam):
        for number, task in exam["domains"][domain]["tasks"].items():
            coverage = Coverage(number, task["name"])
            for topic in task["topics"]:
                coverage.counts += by_topic[topic]
            yield coverage
