"""Answers kept as they are given, and what to do when they cannot be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from examcoach.cli.log import local_now
from examcoach.cli.streams import complain
from examcoach.drill.log import Entry
from examcoach.drill.store import (
    NotWritableError,
    Store,
    new_entry,
    open_store,
    read_only_entries,
)

_SET_BACK_SECONDS = 3600.0


class Recorder:
    """Writes entries, or, where that fails and the learner agrees, keeps them for this run only.

    `agrees` asks the learner whether to go on without saving.
    """

    def __init__(self, path: Path, agrees: Callable[[str], bool]) -> None:
        self._agrees = agrees
        self._store: Store | None = None
        self.unsaved: list[Entry] = []
        self._saving = True
        try:
            self._store = open_store(path, local_now(), lambda problem: complain([problem]))
            self.entries = self._store.entries()
        except NotWritableError as error:
            self._without(error)
            self.entries = read_only_entries(path)

    @property
    def saved(self) -> bool:
        """Whether everything of this run is on disk."""
        return not self.unsaved and self._saving

    def claim(self, session: str) -> bool:
        """Whether this process may go on with a session."""
        return self._store is None or self._store.claim(session)

    def keep(self, session: str, kind: str, body: Mapping[str, Any]) -> Entry:
        """Write an entry; when this returns it is on disk, or the learner knows that it is not."""
        return self.keep_all(session, [(kind, body)])[0]

    def keep_all(
        self, session: str, drafts: Iterable[tuple[str, Mapping[str, Any]]]
    ) -> list[Entry]:
        """Write entries, all or none."""
        new: list[Entry] = []
        for kind, body in drafts:
            new.append(new_entry(session, kind, body, self._now([*self.entries[-1:], *new])))
        if self._store is not None and self._saving:
            try:
                self._store.merge(new)
            except NotWritableError as error:
                self._without(error)
        if not self._saving:
            self.unsaved += new
        self.entries += new
        return new

    @staticmethod
    def _now(before: Sequence[Entry]) -> float:
        """The time for the next entry. Entries are ordered by time, so a clock that was set back a
        little must not reorder a session."""
        last = before[-1].at if before else 0.0
        now = time.time()
        return now if now > last or last - now > _SET_BACK_SECONDS else last + 1e-6

    def close(self) -> int:
        """Try once more to write what could not be written; returns how many are lost."""
        if self._store is None:
            return len(self.unsaved)
        try:
            self._store.merge(self.unsaved)
            self.unsaved = []
        except NotWritableError:
            pass
        self._store.close()
        return len(self.unsaved)

    def _without(self, error: NotWritableError) -> None:
        self._saving = False
        complain(error.problems)
        if not self._agrees("Go on without saving?"):
            raise typer.Exit(1)
