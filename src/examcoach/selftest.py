"""Every pattern's own examples, run: does it find exactly the words that its author marked?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from examcoach.dissect import Dissector
from examcoach.errors import Problem
from examcoach.library.catalog import Record
from examcoach.model import Fit, Option, Question, Trap
from examcoach.precedent import Precedents
from examcoach.sense import Mention

_MARK = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the spans that its author marked in it."""

    text: str
    spans: tuple[tuple[int, int], ...]


class MarkError(ValueError):
    """The [[ ]] of an example do not pair up, or are missing, or are too many."""


def read_marks(marked: str) -> Example:
    """The plain text of an example and its marked spans; raises `MarkError` if malformed."""
    parts = _MARK.split(marked)
    if any("[[" in part or "]]" in part for part in parts):
        raise MarkError("the marks [[ and ]] do not pair up")
    text, spans = "", []
    for number, part in enumerate(parts):
        if number % 2:
            if not part.strip():
                raise MarkError("empty marks [[]]")
            spans.append((len(text), len(text) + len(part)))
        text += part
    return Example(text, tuple(spans))


def check_record(record: Record, dissector: Dissector) -> Iterator[Problem]:
    """What is wrong with the examples of one pattern; cases are checked by `check_cases`."""
    for key in ("fires", "silent"):
        for number, example in enumerate(record.data.get(key, [])):
            try:
                complaint = _complaint(record, example, key == "fires", dissector)
            except MarkError as error:
                complaint = str(error)
            if complaint:
                what = f"{record.kind} {record.id}: {key} example {number + 1}: {complaint}"
                yield Problem(record.path, record.line, what)


def _complaint(
    record: Record, example: str | dict[str, Any], fires: bool, dissector: Dissector
) -> str:
    if isinstance(example, dict) and "options" in example:
        return _worked_complaint(record, example, fires, dissector)
    if isinstance(example, dict):
        marked = read_marks(example["option"])
        _expect_marks(marked.spans, fires)
        stem = read_marks(example["stem"])
        found = _rule_spans(record, stem.text, marked.text, dissector)
    else:
        marked = read_marks(example)
        _expect_marks(marked.spans, fires)
        found = _text_spans(record, marked.text, dissector)
    if found is None and not fires:
        return ""
    if not fires:
        quoted = [marked.text[a:b] for a, b in found or ()]
        return f"it finds {quoted} where it should be silent"
    if found is None:
        return f'it does not fire on "{marked.text}"'
    if tuple(found) != marked.spans:
        quoted, wanted = ([marked.text[a:b] for a, b in s] for s in (found, marked.spans))
        return f"it finds {quoted}, marked are {wanted}"
    return ""


def _worked_complaint(
    record: Record, example: dict[str, Any], fires: bool, dissector: Dissector
) -> str:
    """What is wrong with an example of a formula, which marks those options that are right."""
    marked = [read_marks(option) for option in example["options"]]
    _expect_marks([span for one in marked for span in one.spans], fires)
    options = tuple(Option(str(place), one.text) for place, one in enumerate(marked))
    stem = read_marks(example["stem"]).text
    for judged, one in zip(dissector(Question(stem, options)).options, marked, strict=True):
        found = [
            (e.start, e.end)
            for fit in judged.fits
            if fit.pattern == record.id
            for e in fit.evidence
        ]
        if tuple(found) != one.spans:
            quoted, wanted = ([one.text[a:b] for a, b in some] for some in (found, one.spans))
            return f'in "{one.text}" it finds {quoted}, marked are {wanted}'
        if not fires and any(trap.pattern == record.id for trap in judged.traps):
            return f'it speaks against "{one.text}" where it should be silent'
    return ""


def check_cases(records: Iterable[Record], precedents: Precedents) -> Iterator[Problem]:
    """What is wrong with cases: each must tell its own answers from its own alternatives.

    All of `records` that are cases must be in the table of `precedents`.
    """
    table = precedents.table
    numbers = {name: number for number, name in enumerate(table.ids)}
    for record in records:
        if record.kind != "case":
            continue
        number = numbers[record.id]
        options = table.texts(table.options, number)
        answers = len(record.data["answers"])
        for place, story in enumerate(record.data["stories"]):
            try:
                read_marks(story)
            except MarkError as error:
                yield Problem(record.path, record.line, f"case {record.id}: {error}")
                continue
            told = table.texts(table.stories, number)[place]
            heard = precedents.hear(told, dict.fromkeys(told, precedents.stress_of_ask))
            if not len(heard.cases):
                what = f"case {record.id}: story {place + 1} has only words that all stories have"
                yield Problem(record.path, record.line, what, "tell more of the situation")
                continue
            totals = [one.total for one in precedents.weigh(heard, options)]
            if min(totals[:answers]) <= max(totals[answers:]):
                what = f"case {record.id}: story {place + 1} does not lead to its answers"
                hint = (
                    "an alternative reads like an answer, here or in a case alike: word them apart"
                )
                yield Problem(record.path, record.line, what, hint)


def _expect_marks(spans: Sequence[tuple[int, int]], fires: bool) -> None:
    if fires and not spans:
        raise MarkError("mark the words that it finds with [[ ]]")
    if not fires and spans:
        raise MarkError("a silent example has no marks")


def _rule_spans(
    record: Record, stem: str, option: str, dissector: Dissector
) -> list[tuple[int, int]] | None:
    breakdown = dissector(Question(stem, (Option("A", option),)))
    judged = breakdown.options[0]
    findings: list[Fit | Trap] = [*judged.fits, *judged.traps]
    for finding in findings:
        if finding.pattern == record.id:
            return [(e.start, e.end) for e in finding.evidence]
    return None


def _text_spans(record: Record, text: str, dissector: Dissector) -> list[tuple[int, int]] | None:
    [sensed] = dissector.sense([text])
    mentions: list[Mention] = sensed.mentions
    finders = dissector.engine.finders
    if record.data.get("when"):
        counted = [m for m in mentions if not m.negated and finders[m.finder].own >= 0]
        mentions = [*mentions, *dissector.reason.conclude(counted)[1]]
    spans = [
        (m.start, m.end)
        for m in mentions
        if finders[m.finder].id == record.id
        and finders[m.finder].kind == record.kind
        and not m.negated
    ]
    return sorted(spans) or None
