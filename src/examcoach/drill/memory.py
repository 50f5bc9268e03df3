"""The learner of a log, without replaying what was replayed before.

Within a process, only new answers are learned. Between processes, the learner is kept in the cache
folder under a digest of every entry's id and of the code that replays: another log, another name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from examcoach import __version__
from examcoach.cache import read_entry, write_entry
from examcoach.drill import log, schedule
from examcoach.drill.log import Entry
from examcoach.drill.schedule import Learner, Skill

_LEARNED = (log.ANSWER, log.UNDO, log.DATE)
_WORTH_KEEPING = 200
"""Answers from which a learner is kept in the cache; fewer are replayed in no time."""


class Memory:
    """Follows one log; `zone` decides where a day begins (None: local time)."""

    def __init__(self, cache: Path | None, zone: dt.tzinfo | None = None) -> None:
        self._cache, self._zone = cache, zone
        self._learner: Learner | None = None
        self._taken = 0
        self._cached = ""

    def learner(self, entries: Sequence[Entry]) -> Learner:
        """The learner that `entries` tell of; they only ever grow at their end."""
        learner = self._learner
        if learner is None:
            learner = self._kept(entries) or schedule.replay(entries, self._zone)
        else:
            new = [e for e in entries[self._taken :] if e.kind in _LEARNED]
            if any(entry.kind != log.ANSWER for entry in new):
                learner = schedule.replay(entries, self._zone)
            elif new:
                scheduler = schedule.make_scheduler()
                for entry in new:
                    schedule.learn(learner, entry, scheduler, self._zone)
        self._learner, self._taken = learner, len(entries)
        return learner

    def keep(self, entries: Sequence[Entry]) -> None:
        """Put the learner into the cache, for the next process."""
        if sum(entry.kind == log.ANSWER for entry in entries) < _WORTH_KEEPING:
            return
        name = _name(entries)
        if name != self._cached:
            write_entry(self._cache, name, _plain(self.learner(entries)))
            self._cached = name

    def _kept(self, entries: Sequence[Entry]) -> Learner | None:
        name = _name(entries)
        plain = read_entry(self._cache, name)
        try:
            learner = _learner(plain) if plain else None
        except (KeyError, TypeError, ValueError):
            return None
        self._cached = name if learner else ""
        return learner


def _name(entries: Iterable[Entry]) -> str:
    code = Path(schedule.__file__).read_text("utf-8")
    state = hashlib.blake2b(f"{__version__}\0{code}\0".encode(), digest_size=20)
    for entry in entries:
        if entry.kind in _LEARNED:
            state.update(f"{entry.id}\0{entry.at}\0".encode())
    return f"learner-{state.hexdigest()}.json"


def _plain(learner: Learner) -> dict[str, Any]:
    skills = {
        name: {
            **{key: value for key, value in asdict(skill).items() if key != "card"},
            "card": skill.card.to_dict(),
            "due": skill.due.isoformat(),
            "last": skill.last.isoformat(),
        }
        for name, skill in learner.skills.items()
    }
    day = learner.exam_day
    return {
        "skills": skills,
        "items": learner.items,
        "lately": learner.lately[-schedule.LATELY :],
        "exam_day": day.isoformat() if day else None,
    }


def _learner(plain: dict[str, Any]) -> Learner:
    from fsrs import Card

    skills = {
        name: Skill(
            **{
                **told,
                "card": Card.from_dict(told["card"]),
                "due": dt.date.fromisoformat(told["due"]),
                "last": dt.date.fromisoformat(told["last"]),
            }
        )
        for name, told in plain["skills"].items()
    }
    items = {
        name: (int(times), float(at), bool(right))
        for name, (times, at, right) in plain["items"].items()
    }
    day = plain["exam_day"]
    return Learner(skills, items, plain["lately"], dt.date.fromisoformat(day) if day else None)
