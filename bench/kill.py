"""Kills a drill in the midst of it, again and again, and counts what was lost.

    python bench/kill.py        # 200 times
    python bench/kill.py 20

One learner drills in a real pseudo-terminal; at a random moment the process gets SIGKILL, and the
next one goes on with the same log. An answer counts as given when its reveal has been seen. It must
be in the log then, and the session must go on with it.
"""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import sys
import tempfile
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pexpect

PROGRAM = "from examcoach.cli import main; main()"
QUESTIONS = 4000
MOST_SECONDS = 0.9
REVEAL = re.compile(r"Seen (q\d+)\.")
GOING_ON = re.compile(r"open session: (\d+) done")


@dataclass
class Tally:
    """What happened over all kills."""

    kills: int = 0
    revealed: int = 0
    kept: int = 0
    lost: int = 0
    resumed: int = 0


def answers_in(log: Path) -> set[str]:
    """The questions that are answered in a log."""
    if not log.exists():
        return set()
    with closing(sqlite3.connect(log)) as connection:
        try:
            query = "SELECT body FROM log WHERE kind = 'answer'"
            return {json.loads(body)["item"] for (body,) in connection.execute(query)}
        except sqlite3.OperationalError:  # killed before the table was made
            return set()


def one_life(questions: Path, log: Path, seconds: float) -> str:
    """Drill as fast as keys are taken until killed; returns all that was shown."""
    arguments = ["drill", "--from", str(questions), "--progress", str(log), "--count", "0"]
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-c", PROGRAM, *arguments],
        dimensions=(40, 80),
        encoding="utf-8",
        timeout=60,
        env={**os.environ, "TERM": "xterm"},
    )
    child.delaybeforesend = None
    shown = ""
    killer = None
    try:
        found = child.expect(["Your answer", "Enter goes on"])
        shown += f"{child.before}{child.after}"
        killer = threading.Timer(seconds, os.kill, (child.pid, 9))
        killer.start()
        child.send(("\r" if found else "") + "a1\r" * 300)
        child.expect(pexpect.EOF)
        shown += child.before or ""
    except (pexpect.EOF, OSError):
        shown += str(child.before or "")
    finally:
        if killer is not None:
            killer.join()
        child.close(force=True)
    return shown


def run(times: int, seed: int = 0) -> Tally:
    """Kill a drill `times` times."""
    order = random.Random(seed)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        questions, log = Path(folder) / "questions.jsonl", Path(folder) / "progress.db"
        with questions.open("w") as file:
            for number in range(QUESTIONS):
                record: dict[str, object] = {
                    "id": f"q{number}",
                    "stem": f"Which is {number}?",
                    "answer": "A",
                }
                record |= {"options": ["this", "that"], "explanation": f"Seen q{number}."}
                file.write(json.dumps(record) + "\n")
        seen: set[str] = set()
        for _ in range(times):
            before = answers_in(log)
            shown = one_life(questions, log, order.uniform(0.0, MOST_SECONDS))
            seen |= set(REVEAL.findall(shown))
            going_on = GOING_ON.search(shown)
            tally.resumed += going_on is not None and int(going_on[1]) == len(before)
            tally.kills += 1
        kept = answers_in(log)
        tally.revealed, tally.kept, tally.lost = len(seen), len(kept), len(seen - kept)
    return tally


if __name__ == "__main__":
    result = run(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    sys.stdout.write(
        f"{result.kills} kills: {result.revealed} answers revealed, {result.kept} kept, "
        f"{result.lost} lost; {result.resumed} sessions gone on with\n"
    )
    sys.exit(1 if result.lost or result.resumed < result.kills - 1 else 0)
