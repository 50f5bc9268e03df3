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
from examcoach.judge import domain_topics
from examcoach.library.catalog import Catalog, Record
from examcoach.library.phrases import Phrase, Words, parse_phrase
from examcoach.model import Breakdown, Option, Question, Scenario
from examcoach.selftest import read_marks

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
    """All findings, by what was seen, and the coverage of each task."""

    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    texts: int


def audit(
    catalog: Catalog,
    dissector: Dissector,
    scenarios: Iterable[Scenario],
    exam: Mapping[str, Any],
) -> Audit:
    """Look through `catalog`, whose engine `dissector` runs, on its examples and on `scenarios`."""
    heard = _Heard()
    texts = 0
    for record in catalog.records.values():
        for stem, option in _examples(record):
            texts += 1
            heard.example(record.id, _speaking(dissector, stem, option))
    for scenario in scenarios:
        texts += 1
        heard.question(scenario, dissector(scenario.question), _speaking_of(dissector, scenario))
    judging = [r for r in catalog.records.values() if r.kind in _SPEAKING]
    findings = [
        *heard.findings(judging),
        *(finding for record in catalog.records.values() for finding in _long_phrases(record)),
        *_duplicates(judging),
        *_contradictions(judging),
    ]
    return Audit(tuple(findings), tuple(_coverage(catalog, exam)), texts)


_SPEAKING = ("need", "concept", "cue", "play", "trap")


@dataclass(slots=True)
class _Heard:
    """Where each pattern spoke."""

    examples: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    questions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    struck_right: Counter[str] = field(default_factory=Counter)
    against_right: Counter[str] = field(default_factory=Counter)
    against_wrong: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def example(self, owner: str, speaking: Iterable[str]) -> None:
        for pattern in speaking:
            if pattern != owner:
                self.examples[pattern].add(owner)

    def question(self, scenario: Scenario, breakdown: Breakdown, speaking: Iterable[str]) -> None:
        self.asked += 1
        name = scenario.question.id or scenario.question.stem
        for pattern in {*speaking, *_reasons(breakdown)}:
            self.questions[pattern].add(name)
        if not scenario.gold.answer:
            return
        for option in breakdown.options:
            right = option.label in scenario.gold.answer
            for pattern in {trap.pattern for trap in option.traps}:
                (self.against_right if right else self.against_wrong)[pattern] += 1
                if right and option.verdict == "eliminate":
                    self.struck_right[pattern] += 1

    def findings(self, records: Sequence[Record]) -> Iterator[Finding]:
        for record in records:
            asked, shown = self.questions.get(record.id, set()), self.examples.get(record.id)
            if not asked and not shown:
                yield Finding("never fires", record.id, "on no text but its own examples")
            elif len(asked) == 1 and not shown and self.asked > 1:
                [name] = asked
                yield Finding("fires on one question only", record.id, name)
            struck, right = self.struck_right[record.id], self.against_right[record.id]
            if struck:
                wrong = self.against_wrong[record.id]
                detail = f"{struck} right options; against {right} right and {wrong} wrong ones"
                yield Finding("strikes right options", record.id, detail)


def _reasons(breakdown: Breakdown) -> Iterator[str]:
    for option in breakdown.options:
        yield from (fit.pattern for fit in option.fits)
        yield from (trap.pattern for trap in option.traps)


def _examples(record: Record) -> Iterator[tuple[str, str | None]]:
    """The stem and, of a rule, the option of every example that fires; marks left out."""
    for example in record.data.get("fires", []):
        if isinstance(example, dict):
            yield read_marks(example["stem"]).text, read_marks(example["option"]).text
        else:
            yield read_marks(example).text, None


def _speaking(dissector: Dissector, stem: str, option: str | None) -> set[str]:
    if option is None:
        return _mentioned(dissector, [stem])
    breakdown = dissector(Question(stem, (Option("A", option),)))
    return {*_mentioned(dissector, [stem, option]), *_reasons(breakdown)}


def _speaking_of(dissector: Dissector, scenario: Scenario) -> set[str]:
    question = scenario.question
    return _mentioned(dissector, [question.stem, *(o.text for o in question.options)])


def _mentioned(dissector: Dissector, texts: Sequence[str]) -> set[str]:
    finders = dissector.engine.finders
    stem, *rest = dissector.sense(texts)
    counted = [m for m in stem.mentions if not m.negated and finders[m.finder].own >= 0]
    derived = dissector.reason.conclude(counted)[1]
    mentions = [*stem.mentions, *derived, *(m for sensed in rest for m in sensed.mentions)]
    return {finders[m.finder].id for m in mentions if finders[m.finder].kind != "words"}


# What can be told from the patterns alone


def _phrases(record: Record) -> Iterator[str]:
    data = record.data
    for key in ("names", "phrases"):
        yield from data.get(key, [])
    for key in ("when", "option"):
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
    for record in catalog.of_kind("concept", "need", "cue", "play", "trap"):
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
