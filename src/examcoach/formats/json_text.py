"""JSON -> scenarios: an array of questions, or objects one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from examcoach.errors import Problem
from examcoach.formats.records import Read, from_record


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_BETWEEN = re.compile(r"[\s,]*")


def parsed(text: str) -> Any:
    """The value, or None if it is not JSON."""
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def why_broken(error: Exception) -> str:
    """What to say of JSON that cannot be read."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (column {error.colno})"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error)[:200]


def read_json(text: str, path: str) -> Iterator[Read]:
    """An array element by element, or objects one after the other; broken JSON ends it."""
    place = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # it matches everywhere
    in_array = text.startswith("[", place)
    if in_array:
        place = _BETWEEN.match(text, place + 1).end()  # type: ignore[union-attr]
    line, counted = 1, 0
    while place < len(text):
        line, counted = line + text.count("\n", counted, place), place
        if in_array and text[place] == "]":
            if text[place + 1 :].strip():
                yield Problem(
                    path,
                    line,
                    "there is more after the end of the JSON array",
                    "put all questions into the array",
                )
            return
        try:
            value, place = DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            at = error.lineno if isinstance(error, json.JSONDecodeError) else line
            yield Problem(
                path,
                at,
                f"broken JSON: {why_broken(error)}",
                "mend it there; what follows was not read",
            )
            return
        yield from from_value(value, path, line)
        place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]
    if in_array:
        yield Problem(path, line, "broken JSON: the array is not closed", "add the missing ]")


def from_value(value: Any, path: str, line: int) -> Iterator[Read]:
    """A question, or an object that holds a list of them under ``questions``."""
    if isinstance(value, dict) and "stem" not in value:
        for key in ("questions", "scenarios", "items"):
            inner = value.get(key)
            if isinstance(inner, list):
                for record in inner:
                    if isinstance(record, dict) and "exam" in value:
                        record = {"exam": value["exam"], **record}
                    yield from from_record(record, path, line)
                return
    yield from from_record(value, path, line)
