"""The log on disk: nothing is lost, whatever happens to the process or the file."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examcoach.drill.log import Entry, from_line, in_order, to_line
from examcoach.drill.store import (
    MIGRATIONS,
    NotWritableError,
    Store,
    StoreError,
    new_entry,
    open_store,
    read_lines,
    read_only_entries,
)
from examcoach.errors import Problem

NOW = dt.datetime(2026, 11, 23, 21, 30)


def opened(path: Path, told: list[Problem] | None = None) -> Store:
    return open_store(path, NOW, (told if told is not None else []).append)


def entry(number: int) -> Entry:
    return Entry(f"e{number}", float(number), "s", "answer", {"right": number % 2 == 0})


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "p.db") as store:
        for number in (2, 1, 3):
            store.append(entry(number))
        assert store.entries() == [entry(1), entry(2), entry(3)]
    with opened(tmp_path / "deep" / "p.db") as store:
        assert len(store.entries()) == 3


def test_the_log_is_append_only(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with opened(path) as store:
        store.append(entry(1))
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM log", "UPDATE log SET kind = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_merging_twice_adds_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "p.db") as store:
        assert store.merge([entry(1), entry(2)]) == 2
        assert store.merge([entry(2), entry(3)]) == 1
        assert len(store.entries()) == 3


WRITER = """
import datetime as dt, sys
from pathlib import Path
from examcoach.drill.store import new_entry, open_store
store = open_store(Path(sys.argv[1]), dt.datetime.now(), print)
for number in range(int(sys.argv[2])):
    store.append(new_entry(sys.argv[3], "answer", {"n": number}, float(number)))
    print(number, flush=True)
"""


def writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(count), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    both = [writer(path, 60, name) for name in ("one", "two")]
    assert [process.wait(60) for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    with opened(path) as store:
        kept = store.entries()
    assert sorted((e.session, e.body["n"]) for e in kept) == [
        (name, n) for name in ("one", "two") for n in range(60)
    ]


@pytest.mark.parametrize("after", [1, 7, 23])
def test_what_was_appended_survives_kill_9(tmp_path: Path, after: int) -> None:
    path = tmp_path / "p.db"
    process = writer(path, 100_000, "s")
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == after:
            process.send_signal(signal.SIGKILL)
            break
    told = [int(line) for line in process.stdout]
    process.wait(60)
    process.stdout.close()
    problems: list[Problem] = []
    with opened(path, problems) as store:
        kept = [e.body["n"] for e in store.entries()]
    assert problems == []
    assert kept[: max([after, *told]) + 1] == list(range(max([after, *told]) + 1))


@pytest.mark.parametrize("damage", ["text", "page", "header"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "p.db"
    with opened(path) as store:
        store.merge([entry(n) for n in range(400)])
    data = bytearray(path.read_bytes())
    if damage == "text":
        data = bytearray(b"this is no database, just words" * 100)
    elif damage == "page":
        data[4096 : 4096 * 4] = os.urandom(4096 * 3)
    else:
        data[:100] = bytes(100)
    path.write_bytes(data)
    told: list[Problem] = []
    with opened(path, told) as store:
        assert store.entries() == []
        store.append(entry(1))
    [problem] = told
    aside = tmp_path / "p.db.damaged-20261123-213000"
    assert "damaged" in problem.what
    assert str(aside) in problem.hint
    assert aside.read_bytes() == bytes(data)


def test_a_log_of_a_newer_examcoach_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with opened(path) as store:
        store.append(entry(1))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer examcoach"):
        opened(path)
    assert [p.name for p in tmp_path.iterdir() if "damaged" in p.name] == []


def test_a_migration_keeps_the_old_file_and_every_entry(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with opened(path) as store:
        store.merge([entry(1), entry(2)])
    later = (*MIGRATIONS, "CREATE TABLE extra (x);\nCREATE INDEX by_kind ON log (kind);\n")
    with open_store(path, NOW, print, later) as store:
        assert store.entries() == [entry(1), entry(2)]
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (2,)
    old = tmp_path / "p.db.schema1-20261123-213000"
    assert sqlite3.connect(old).execute("SELECT count(*) FROM log").fetchone() == (2,)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with opened(path) as store:
        store.append(entry(1))
    broken = (*MIGRATIONS, "CREATE TABLE extra (x);\nCREATE TABLE log (x);\n")
    with pytest.raises(NotWritableError):
        open_store(path, NOW, print, broken)
    with opened(path) as store:
        assert store.entries() == [entry(1)]
    names = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert ("extra",) not in names


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritableError, match="--progress PATH"):
        opened(tmp_path / "file" / "p.db")
    with pytest.raises(NotWritableError):
        opened(tmp_path)


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path) -> None:
    """SQLite's own limit on pages stands in for the disk's end: the error is the same."""
    with opened(tmp_path / "p.db") as store:
        store.append(entry(1))
        [pages] = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(NotWritableError, match="full"):
            store.merge([Entry(f"x{n}", 2.0, "s", "answer", {"t": "x" * 900}) for n in range(99)])
        assert store.entries() == [entry(1)]
    assert read_only_entries(tmp_path / "p.db") == [entry(1)]


def test_a_session_belongs_to_one_process(tmp_path: Path) -> None:
    """Another process cannot take it, and its death frees it."""
    path = tmp_path / "p.db"
    opened(path).close()
    code = (
        "import datetime as dt, sys, time; from pathlib import Path\n"
        "from examcoach.drill.store import open_store\n"
        "store = open_store(Path(sys.argv[1]), dt.datetime.now(), print)\n"
        "print(store.claim('abcdef'), flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with opened(path) as store:
            assert not store.claim("abcdef")
            assert store.claim("fedcba")
        process.kill()
    with opened(path) as store:
        assert store.claim("abcdef")


texts = st.text(max_size=20)
entries = st.builds(
    Entry,
    texts,
    st.floats(0, 4e9),
    texts,
    texts,
    st.dictionaries(texts, st.one_of(texts, st.booleans(), st.integers(), st.lists(texts))),
)


@given(entries)
def test_a_line_gives_its_entry_back(one: Entry) -> None:
    line = to_line(one)
    assert "\n" not in line
    assert from_line(line) == one


def test_bad_lines_are_told_and_the_others_read() -> None:
    lines = [to_line(entry(1)), "", "{", '{"schema": "else"}', to_line(entry(2))[:-1] + ',"x":1}']
    found = list(read_lines(lines, "e.jsonl"))
    assert [f.line if isinstance(f, Problem) else f.id for f in found] == ["e1", 3, 4, "e2"]


def test_new_entries_have_ids_of_their_own() -> None:
    one, two = (new_entry("s", "answer", {}, 1.0) for _ in range(2))
    assert one.id != two.id
    assert in_order([entry(2), entry(1)]) == [entry(1), entry(2)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"at": float("nan")}, '"at" is no time'),
        ({"at": 1e300}, '"at" is no time'),
        ({"body": {"skills": 5}}, '"skills" of its body'),
        ({"body": {"skills": [5]}}, '"skills" of its body'),
        ({"body": {"right": "yes"}}, '"right" of its body'),
        ({"kind": "date", "body": {"date": "soon"}}, "soon"),
        ({"kind": "exam", "body": {"items": ["q1"]}}, "no pairs"),
    ],
)
def test_an_import_cannot_break_the_log(change: dict[str, object], told: str) -> None:
    """The log is never shortened, so an entry that no replay could take must not get in."""
    record = {**json.loads(to_line(entry(1))), **change}
    [problem] = read_lines([json.dumps(record)], "x.jsonl")
    assert isinstance(problem, Problem)
    assert told in str(problem)
