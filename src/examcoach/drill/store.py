"""The log on disk: SQLite, append-only, committed entry by entry.

A commit is synced before it returns, so an entry that was appended survives `kill -9` and power
loss. Several processes may append at once: SQLite's write-ahead log and a busy timeout order them.
A file that is damaged is set aside under a dated name and never written to.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from examcoach.drill.log import Entry, from_line
from examcoach.errors import Problem, ProblemsError

_BUSY_SECONDS = 15.0
_LEAST_FREE = 64 * 1024
"""Bytes that must be free for an error of the disk not to be put down to its being full."""
_FIRST = """
CREATE TABLE log (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at REAL NOT NULL,
  session TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON log
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_never_shortened BEFORE DELETE ON log
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""
MIGRATIONS: tuple[str, ...] = (_FIRST,)
"""The statements that lead from each schema version to the next; a file's version is how many of
them it has had (SQLite's `user_version`)."""


class StoreError(ProblemsError):
    """The log cannot be read or written; the message says why and what to do."""


class NotWritableError(StoreError):
    """Nothing can be saved there: read-only, full, or no such place."""


class Store:
    """An open log. Use `open_store`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self._locks: int | None = None

    def append(self, entry: Entry) -> None:
        """Write one entry and sync it; when this returns, it is kept.

        An entry whose id is there already is not written twice. Raises `NotWritableError`.
        """
        self.merge([entry])

    def merge(self, entries: Iterable[Entry]) -> int:
        """Append those entries that are not there yet, all or none; returns how many."""
        rows = [
            (e.id, e.at, e.session, e.kind, json.dumps(e.body, ensure_ascii=False)) for e in entries
        ]
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                before = self._connection.total_changes
                self._connection.executemany(
                    "INSERT OR IGNORE INTO log (id, at, session, kind, body) VALUES (?,?,?,?,?)",
                    rows,
                )
                return self._connection.total_changes - before
        except sqlite3.Error as error:
            raise _not_writable(self.path, error) from error

    def entries(self) -> list[Entry]:
        """The whole log in the order in which things happened."""
        query = "SELECT id, at, session, kind, body FROM log ORDER BY at, id"
        try:
            rows = self._connection.execute(query).fetchall()
            return [Entry(i, at, session, kind, json.loads(b)) for i, at, session, kind, b in rows]
        except (sqlite3.Error, ValueError) as error:
            raise StoreError.of(str(self.path), f"the log cannot be read: {error}") from error

    def claim(self, session: str) -> bool:
        """Take a session for this process; False if another running process has it.

        The claim ends with the process, however that ends: it is a lock of the operating system on
        one byte of a file beside the log. Where there are no such locks, every claim succeeds.
        """
        try:
            import fcntl
        except ImportError:
            return True
        try:
            if self._locks is None:
                beside = self.path.with_name(self.path.name + "-sessions")
                self._locks = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
            byte = int.from_bytes(session.encode()[:16], "big") % (1 << 40)
            fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def copy_to(self, path: Path) -> None:
        """Write a whole copy, as of now, to a path where nothing is."""
        self._connection.execute("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._locks is not None:
            os.close(self._locks)
            self._locks = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(
    path: Path,
    now: dt.datetime,
    tell: Callable[[Problem], None],
    migrations: Sequence[str] = MIGRATIONS,
) -> Store:
    """Open the log at `path`, made if it is not there.

    A damaged file is renamed (`progress.db.damaged-20261123-213000`) and told of, and a new log
    begun. A file of an older schema is copied beside itself before it is migrated. Raises
    `NotWritableError` where nothing can be saved, `StoreError` for a file of a newer examcoach.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _opened(path, now, migrations)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            aside = _set_aside(path, now)
            what = f"this log is damaged ({error})"
            tell(Problem(str(path), None, what, f"it is kept as {aside}; a new one is begun"))
            return _opened(path, now, migrations)
    except (OSError, sqlite3.Error) as error:
        raise _not_writable(path, error) from error


def read_only_entries(path: Path) -> list[Entry]:
    """What can be read of a log that cannot be written; empty if nothing can."""
    for query in ("?mode=ro", "?mode=ro&immutable=1"):
        with contextlib.suppress(sqlite3.Error, ValueError, StoreError):
            uri = path.resolve().as_uri() + query
            with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
                return Store(connection, path).entries()
    return []


def read_lines(lines: Iterable[str], path: str) -> Iterator[Entry | Problem]:
    """Entries of an export, line by line, with what is wrong in the others."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield from_line(line)
        except (ValueError, RecursionError) as error:
            yield Problem(path, number, f"not an entry: {error}", "this line is left out")


def set_aside(path: Path, now: dt.datetime, why: str) -> Path:
    """Rename the log with all its parts, so that nothing of it is lost; returns the new path."""
    stamp = now.strftime("%Y%m%d-%H%M%S")
    number = 0
    while True:
        aside = path.with_name(f"{path.name}.{why}-{stamp}" + (f"-{number}" if number else ""))
        if not aside.exists():
            break
        number += 1
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
    return aside


def new_entry(session: str, kind: str, body: Mapping[str, Any], at: float) -> Entry:
    """An entry with an id of its own."""
    return Entry(uuid.uuid4().hex, at, session, kind, body)


def _opened(path: Path, now: dt.datetime, migrations: Sequence[str]) -> Store:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        [check] = connection.execute("PRAGMA quick_check(1)").fetchone()
        if check != "ok":
            raise sqlite3.DatabaseError(f"malformed: {check}")
        _migrate(connection, path, now, migrations)
        connection.execute("BEGIN IMMEDIATE")  # learn now, not at the first answer, if we may write
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return Store(connection, path)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Choose the write-ahead log. SQLite does not wait by itself while another process does so."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _migrate(
    connection: sqlite3.Connection, path: Path, now: dt.datetime, migrations: Sequence[str]
) -> None:
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        what = f"written by a newer examcoach (schema {version}, this one knows {len(migrations)})"
        raise StoreError.of(str(path), what, "update examcoach, or name another file: --progress")
    if version == len(migrations):
        return
    if version:
        stamp = now.strftime("%Y%m%d-%H%M%S")
        copy = path.with_name(f"{path.name}.schema{version}-{stamp}")
        with contextlib.suppress(sqlite3.OperationalError):  # another process made it this second
            connection.execute("VACUUM INTO ?", (str(copy),))
    connection.execute("BEGIN IMMEDIATE")
    try:
        [version] = connection.execute("PRAGMA user_version").fetchone()  # another may have done it
        for number in range(version, len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script (`executescript` would commit before it runs)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    text = str(error)
    return any(sign in text for sign in ("not a database", "malformed", "corrupt"))


def _set_aside(path: Path, now: dt.datetime) -> Path:
    return set_aside(path, now, "damaged")


def _is_full(path: Path) -> bool:
    import shutil  # only trouble needs it

    try:
        return shutil.disk_usage(path.parent).free < _LEAST_FREE
    except OSError:
        return False


def _not_writable(path: Path, error: Exception) -> NotWritableError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if "I/O error" in reason and _is_full(path):  # what SQLite says of a full disk at times
        reason = "the disk is full"
    hint = "name a file that can be written: --progress PATH"
    return NotWritableError.of(str(path), f"progress cannot be saved: {reason}", hint)
