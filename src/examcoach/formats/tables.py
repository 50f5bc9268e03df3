"""Tables of comma- or tab-separated values -> scenarios."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from examcoach.errors import Problem
from examcoach.formats.json_text import parsed
from examcoach.formats.records import Read, from_record
from examcoach.reading import read_questions

_COLUMN = re.compile(r"(?:answer_)?(?:option|choice|answer)_?([a-h1-8])|([a-h])")
_NUMBERS = re.compile(r"[1-8](?:\s*[,;]\s*[1-8])*")
_STEM_COLUMNS = ("stem", "question", "question_text", "prompt")
_ANSWER_COLUMNS = (
    "answer",
    "correct",
    "correct_answer",
    "correct_answers",
    "key",
    "solution",
    "correct_option",
    "correct_response",
    "answers",
)
_EXPLANATION_COLUMNS = ("explanation", "overall_explanation", "rationale")


def _column_names(header: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [re.sub(r"[\W_]+", "_", cell.strip().lower()).strip("_") for cell in row]


def delimiter_of(text: str, name: str) -> str | None:
    """The delimiter of a table whose header names a stem and something else; None for no table."""
    header = text.lstrip().partition("\n")[0]
    known = {*_ANSWER_COLUMNS, *_EXPLANATION_COLUMNS, "options", "choices", "choose", "id", "exam"}
    for delimiter in ",\t;|":
        names = _column_names(header, delimiter)
        if not any(n in _STEM_COLUMNS for n in names):
            continue
        if any(n in known or _COLUMN.fullmatch(n) for n in names):
            return delimiter
        if name.endswith((".csv", ".tsv")):
            return delimiter
    return None


def read_table(text: str, path: str) -> Iterator[Read]:
    """The questions of a table, row by row; broken CSV ends it."""
    text = text.replace("\0", " ")
    blank_above = text[: len(text) - len(text.lstrip())].count("\n")
    text = text.lstrip()
    delimiter = delimiter_of(text, path) or ","
    names = _column_names(text.partition("\n")[0], delimiter)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(rows)
        line = rows.line_num + 1
        found = False
        for row in rows:
            if any(cell.strip() for cell in row):
                found = True
                yield from _from_row(dict(zip(names, row, strict=False)), path, line + blank_above)
            line = rows.line_num + 1
        if not found:
            yield Problem(path, None, "this table has a header and no questions", "add rows")
    except csv.Error as error:
        yield Problem(
            path,
            rows.line_num + blank_above,
            f"broken CSV: {error}",
            "quote cells that hold line ends or quotes",
        )


def _from_row(row: Mapping[str, str], path: str, line: int) -> Iterator[Read]:
    """One row of a table; a stem cell that holds the options too is read as pasted text."""
    record: dict[str, Any] = {}
    options: dict[str, str] = {}
    for name, cell in row.items():
        column = _COLUMN.fullmatch(name)
        if not cell.strip() or not name:
            continue
        if name in _STEM_COLUMNS:
            record.setdefault("stem", cell)
        elif name in _ANSWER_COLUMNS:
            record.setdefault("answer", cell)
        elif name in _EXPLANATION_COLUMNS:
            record.setdefault("explanation", cell)
        elif name in ("options", "choices"):
            record["options"] = _cell_options(cell)
        elif column:
            key = (column[1] or column[2]).upper()
            options[chr(64 + int(key)) if key.isdigit() else key] = cell
        else:
            record[name] = cell
    if options:
        record["options"] = dict(sorted(options.items()))
    answer = record.get("answer")
    numbered = isinstance(answer, str) and _NUMBERS.fullmatch(answer.strip())
    if numbered and answer not in options.values():
        record["answer"] = [chr(64 + int(n)) for n in re.findall(r"\d", str(answer))]
    pasted = read_questions(record["stem"], path, line)[0] if "stem" in record else []
    if not record.get("options") and len(pasted) == 1 and pasted[0].question.options:
        question = pasted[0].question
        record |= {"stem": question.stem, "options": {o.label: o.text for o in question.options}}
        if "answer" not in record and pasted[0].gold.answer:
            record["answer"] = list(pasted[0].gold.answer)
    yield from from_record(record, path, line)


def _cell_options(cell: str) -> Any:
    """Options in one cell: JSON, labelled text, or texts apart by bars or line ends."""
    if cell.lstrip()[:1] in ("[", "{"):
        value = parsed(cell)
        if isinstance(value, list | dict):
            return value
    read = read_questions("Which?\n" + cell)[0]
    if len(read) == 1 and read[0].question.options:
        return {o.label: o.text for o in read[0].question.options}
    return [part.strip() for part in re.split(r"[|\n]", cell) if part.strip()]
