"""The learner's log: what happened, in order. Everything else is derived from it.

An entry is never changed or taken out. What is taken back is taken back by a later entry (`undo`),
so replaying the log always gives the same state, whichever machine it was written on.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA = "examcoach/log@1"

# Kinds of entries of a drill.
START = "start"  # a session begins: its settings
SHOW = "show"  # an exercise is put before the learner
ANSWER = "answer"  # it was answered; the body says all that later summaries need
CAUSE = "cause"  # why an answer was wrong, as the learner says
SKIP = "skip"
FLAG = "flag"
UNDO = "undo"  # takes back the answer that it names
END = "end"
# Kinds of entries of a mock exam.
EXAM = "exam"  # begins: its draw
PICK = "pick"  # an answer given or changed
MARK = "mark"  # flagged for review, or no longer
VISIT = "visit"
PAUSE = "pause"
RESUME = "resume"
SUBMIT = "submit"
# What the learner set.
DATE = "date"  # the day of the exam


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `at` in seconds since the epoch, `id` the same on every machine."""

    id: str
    at: float
    session: str
    kind: str
    body: Mapping[str, Any]


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order in which they happened, whichever files they were merged from."""
    return sorted(entries, key=lambda e: (e.at, e.id))


def standing_answers(entries: Iterable[Entry]) -> list[Entry]:
    """The answers that were not taken back, in order."""
    entries = in_order(entries)
    undone = {entry.body.get("answer") for entry in entries if entry.kind == UNDO}
    return [e for e in entries if e.kind == ANSWER and e.id not in undone]


_LATEST = 32_503_680_000.0
"""The year 3000, in seconds since the epoch."""
_BODY: Mapping[str, Mapping[str, type]] = {
    START: {"mode": str, "seed": str},
    SHOW: {"ref": str},
    SKIP: {"ref": str},
    ANSWER: {
        "ref": str, "item": str, "mode": str, "task": str, "domain": str, "sure": str,
        "difficulty": int, "options": int, "choose": int, "hints": int, "right": bool,
        "skills": list, "failed": list, "fell": list, "chosen": list, "categories": list,
        "missed": list,
    },
    UNDO: {"answer": str},
    EXAM: {"exam": str, "seed": str, "items": list},
    DATE: {"date": str},
}  # fmt: skip
"""What later replays rely on, where it is there: a foreign log must not break one's own."""


def to_line(entry: Entry) -> str:
    """An entry as one line of JSON."""
    record = {
        "schema": SCHEMA,
        "id": entry.id,
        "at": entry.at,
        "session": entry.session,
        "kind": entry.kind,
        "body": entry.body,
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Entry:
    """The entry of a line; raises `ValueError` that says what is wrong with it."""
    record = json.loads(line)
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise ValueError(f"not an entry of the schema {SCHEMA}")
    kinds: Iterator[tuple[str, type | tuple[type, ...]]] = iter(
        (("id", str), ("at", (int, float)), ("session", str), ("kind", str), ("body", dict))
    )
    for key, kind in kinds:
        if not isinstance(record.get(key), kind) or isinstance(record.get(key), bool):
            raise ValueError(f'"{key}" is missing or of the wrong kind')
    if not 0 <= record["at"] < _LATEST:  # also refuses what is no number
        raise ValueError('"at" is no time')
    _check_body(record["kind"], record["body"])
    return Entry(
        record["id"], float(record["at"]), record["session"], record["kind"], record["body"]
    )


def _check_body(kind: str, body: Mapping[str, Any]) -> None:
    """Raise `ValueError` where a body lacks the shape that replays rely on."""
    for key, wanted in _BODY.get(kind, {}).items():
        value = body.get(key, wanted())
        lists = isinstance(value, list) and not all(isinstance(x, str | list) for x in value)
        if not isinstance(value, wanted) or lists:
            raise ValueError(f'"{key}" of its body is of the wrong kind')
    if kind == DATE and body.get("date"):
        dt.date.fromisoformat(body["date"])
    if kind == EXAM and not all(isinstance(x, list) and len(x) == 2 for x in body.get("items", ())):
        raise ValueError('"items" of its body are no pairs')
