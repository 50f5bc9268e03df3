"""The learner's log: what happened, in order. Everything else is derived from it.

An entry is never changed or taken out. What is taken back is taken back by a later entry (`undo`),
so replaying the log always gives the same state, whichever machine it was written on.
"""

from __future__ import annotations

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
    return Entry(
        record["id"], float(record["at"]), record["session"], record["kind"], record["body"]
    )
