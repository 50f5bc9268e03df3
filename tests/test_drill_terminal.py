"""Whole sessions in a real pseudo-terminal, and the commands without one."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import runpy
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pexpect
import pytest
from drilling import questions
from rich.cells import cell_len
from shell import PROGRAM, Shell

from examcoach.drill.log import Entry, to_line

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
KILL = runpy.run_path(str(Path(__file__).resolve().parents[1] / "bench" / "kill.py"))


@pytest.fixture
def own(shell: Shell) -> Shell:
    """A shell with twelve questions in q.jsonl and a log in its folder."""
    shell.environment["EXAMCOACH_HOME"] = str(shell.folder / "data")
    shell.write("q.jsonl", questions(12))
    return shell


def log_of(shell: Shell, kind: str = "answer") -> list[dict[str, object]]:
    path = shell.folder / "data" / "progress.db"
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT body FROM log WHERE kind = ? ORDER BY at"
        return [json.loads(body) for (body,) in connection.execute(query, (kind,))]


@contextmanager
def terminal(
    shell: Shell, *arguments: str, columns: int = 80, command: str = "drill"
) -> Iterator[pexpect.spawn[str]]:
    """A drill of q.jsonl, or another command, on a terminal of its own."""
    source = ["--from", "q.jsonl", "--no-shuffle"] if command == "drill" else []
    child: pexpect.spawn[str] = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *([command] if command else []), *source, *arguments],
        env={**shell.environment, "TERM": "xterm-256color"},
        cwd=str(shell.folder),
        dimensions=(50, columns),
        encoding="utf-8",
        timeout=180,
    )
    child.delaybeforesend = None
    try:
        yield child
    finally:
        child.close(force=True)


def lines_of(shown: str) -> str:
    """What was shown, prompts that were written over on lines of their own."""
    return ESCAPE.sub("", shown.replace("\x1b[J", "\n")).replace("\r", "")


def rest(child: pexpect.spawn[str]) -> str:
    """All that is still printed, without escape sequences; waits for the end."""
    child.expect(pexpect.EOF)
    child.wait()
    return ESCAPE.sub("", child.before or "").replace("\r", "")


@pytest.mark.parametrize("columns", [40, 100])
def test_a_session(own: Shell, columns: int) -> None:
    """Keys alone; every line fits the window; each answer is kept before its reveal."""
    with terminal(own, "--count", "3", columns=columns) as child:
        seen = io.StringIO()
        child.logfile_read = seen
        for number, (key, sure, word) in enumerate((("a", "1", "Right"), ("b", "1", "Wrong"))):
            child.expect("Your answer")
            child.send(key)
            child.expect(r"How\s+sure")
            child.send(sure)
            child.expect(word)
            assert len(log_of(own)) == number + 1
            child.expect("goes")
            child.send("\r" if word == "Right" else "3")
        child.expect("Your answer")
        child.send("q")
        rest(child)
        assert child.exitstatus == 0
    assert [(a["right"], a["sure"]) for a in log_of(own)] == [(True, "sure"), (False, "sure")]
    assert log_of(own, "cause")[0]["cause"] == "fell for the trap"
    plain = lines_of(seen.getvalue())
    assert "1 of 2 right (50%)" in plain
    assert "sure and wrong" in " ".join(plain.split())
    assert max(map(cell_len, plain.split("\n"))) <= columns


def test_the_session_goes_on_where_it_stood(own: Shell) -> None:
    with terminal(own, "--count", "5", "--seed", "7") as child:
        child.expect(r"1 of 5")
        child.send("a1\r")
        child.expect(r"2 of 5.*?Story (\d+) ")
        assert child.match is not None
        story = str(child.match[1])
        child.sendintr()
        assert "Traceback" not in rest(child)
        assert child.exitstatus == 130
    with terminal(own, "--count", "5", "--seed", "7") as child:
        child.expect("open session: 1 done")
        child.expect(rf"2 of 5.*?Story {story} ")
        child.send("q")
        rest(child)
    with terminal(own, "--count", "5", "--seed", "7", "--new") as child:
        child.expect("1 of 5")


def test_ctrl_d_ends_politely(own: Shell) -> None:
    with terminal(own) as child:
        child.expect("Your answer")
        child.sendeof()
        assert "Nothing answered" in rest(child)
        assert child.exitstatus == 0


def test_a_resized_window_is_painted_anew(own: Shell) -> None:
    with terminal(own, columns=100) as child:
        child.expect("Your answer.*keys")
        child.setwinsize(50, 40)
        child.expect("Your answer.*keys")
        painted = lines_of(child.before or "")
        assert "Story" in painted
        assert max(map(cell_len, painted.split("\n"))) <= 40


def test_ctrl_z_and_fg(own: Shell) -> None:
    """In a shell with job control: the terminal is in order while it rests, and fg goes on."""
    program = " ".join(f"'{word}'" for word in [*PROGRAM, "drill", "--from", "q.jsonl"])
    child: pexpect.spawn[str] = pexpect.spawn(
        "/bin/bash",
        ["--norc", "--noprofile", "-i"],
        env={**own.environment, "TERM": "xterm", "PS1": "READY> "},
        cwd=str(own.folder),
        dimensions=(50, 80),
        encoding="utf-8",
        timeout=180,
    )
    child.delaybeforesend = None
    try:
        child.expect("READY> ")
        child.sendline(program)
        child.expect("Your answer.*keys")
        child.send("\x1a")
        child.expect("Stopped")
        child.expect("READY> ")
        child.sendline("stty -a | grep -o ' icanon'")
        child.expect(r"\r ?icanon|\n icanon")
        child.sendline("fg")
        child.expect("Your answer.*keys")
        child.send("a")
        child.expect(r"How\s+sure")
    finally:
        child.close(force=True)


def test_hints_help_undo_and_flag(own: Shell) -> None:
    with terminal(own, "--count", "1") as child:
        child.expect("Your answer")
        child.send("?")
        child.expect("Keys.*three in all")
        child.send("h")
        child.expect("Hint.*brackets")
        child.send("hh")
        child.expect("B is out. costly: Dear")
        child.send("m")
        child.expect("Flagged")
        child.send("c2")
        child.expect("Wrong.*goes on")
        child.send("u")
        child.expect("1 of 1.*Your answer")
        child.send("a2")
        child.expect("Right.*goes on")
        child.send("\r")
        out = rest(child)
        assert "1 of 1 right" in out
        assert re.search(r"Flagged: q\d+", out)
    assert [a["right"] for a in log_of(own)] == [False, True]
    assert len(log_of(own, "undo")) == 1


def test_plain_needs_no_single_keys_and_no_escapes(own: Shell) -> None:
    with terminal(own, "--plain", "--count", "1") as child:
        child.expect("Your answer")
        child.sendline("b guess")
        child.expect("Wrong")
        child.expect("goes on")
        child.sendline("")
        rest(child)
        assert child.exitstatus == 0
    with terminal(own, "--plain", "--count", "1", "--new") as child:
        child.expect("Your answer")
        assert "\x1b" not in (child.before or "")


def test_questions_from_a_pipe_and_keys_from_the_terminal(own: Shell) -> None:
    program = " ".join(f"'{word}'" for word in [*PROGRAM, "drill", "--from", "-", "--count", "1"])
    child: pexpect.spawn[str] = pexpect.spawn(
        "/bin/sh", ["-c", f"cat q.jsonl | {program}"], env={**own.environment, "TERM": "xterm"},
        cwd=str(own.folder), dimensions=(50, 80), encoding="utf-8", timeout=180,
    )  # fmt: skip
    try:
        child.expect("Your answer")
        child.send("a1")
        child.expect("goes on")
        child.send("\r")
        rest(child)
    finally:
        child.close(force=True)
    assert len(log_of(own)) == 1


def test_without_a_terminal(own: Shell) -> None:
    told = [own(*words) for words in (["drill"], ["exam"])]
    assert [t.status for t in told] == [2, 2]
    assert all("there is no terminal to read answers from" in t.err for t in told)
    result = own("drill", "--from", "q.jsonl", "--count", "1", "--no-shuffle", piped="a\n1\n\n")
    assert result.status == 0
    assert "1 of 1 right (100%)" in result.out


def test_answers_are_replayed(own: Shell) -> None:
    own.write("a.txt", "# two answers\nA sure\nB think\n")
    arguments = ("drill", "--from", "q.jsonl", "--answers", "a.txt", "--count", "2")
    result = own(*arguments)
    assert (result.status, result.err) == (0, "")
    assert "1 of 2 right (50%)" in result.out
    assert [a["chosen"] for a in log_of(own)] == [["A"], ["B"]]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--mode", "recall"], 2, "there is no recall exercise"),
        (["--trap", "costli"], 2, 'no exercise with "costli"; did you mean "costly"?'),
        (["--time", "soon"], 2, '"soon" is no duration'),
        (["--exam", "mls-c02"], 2, 'no exam pack "mls-c02"; did you mean'),
        (["--answers", "none.txt"], 1, "none.txt: cannot be read"),
    ],
)
def test_wrong_usage_is_told(own: Shell, words: list[str], status: int, told: str) -> None:
    result = own("drill", "--from", "q.jsonl", *words)
    assert (result.status, result.out) == (status, "")
    assert told in result.err


def test_a_design_is_pasted_or_written_in_the_editor(own: Shell) -> None:
    """Several lines are one answer, no keys; the editor opens with what was written before, and an
    editor that does not start ends nothing."""
    script = own.folder / "editor"
    script.write_text('#!/bin/sh\n{ echo Better; echo "# Head"; cat "$1"; } > n; mv n "$1"\n')
    script.chmod(0o755)
    words = ("drill", "--mode", "design", "--count", "1")
    own.environment["EDITOR"] = "no-such-editor"
    with terminal(own, *words, command="") as child:
        child.expect("empty line; only")
        child.send("\r")
        child.expect("no-such-editor does not start")
        child.expect("empty line; only")
        child.send("Use Athena.\r1 QuickSight\r\r")
        child.expect(r"Use Athena. 1 QuickSight\. How")
        child.sendeof()
        rest(child)
    assert log_of(own) == []
    own.environment["EDITOR"] = str(script)
    with terminal(own, *words, command="") as child:
        child.expect("empty line; only")
        child.send("One\rtwo\r\r")
        child.expect("How")
        child.send("\x7f")
        child.expect("empty line; only")
        child.send("\r")
        child.expect("Better # Head One two. How")
        child.send("3")
        child.expect("of the rubric.*goes on")
        child.send("q")
        rest(child)
    assert [a["text"] for a in log_of(own)] == ["Better\n# Head\nOne\ntwo"]


def test_questions_without_a_key_are_left_out(own: Shell) -> None:
    own.write("mixed.jsonl", questions(1) + '{"stem": "Why?"}\n')
    result = own("drill", "--from", "mixed.jsonl", piped="a\n1\n\n")
    assert "1 of the questions have no options or no answer" in result.err
    nothing = own("drill", "--from", "-", piped='{"stem": "Why?"}\n')
    assert (nothing.status, "there is nothing to drill" in nothing.err) == (1, True)


def test_a_bare_key_is_explained_by_the_engine(own: Shell) -> None:
    """The reveal says what the library found in a question that has but an answer."""
    stem = "A loxe zorbler is zorbly thrifxy. Which glimp fits?"
    options = ["Use Zorbstore.", "Use Quuxbase."]
    own.write("bare.jsonl", json.dumps({"stem": stem, "options": options, "answer": "A"}))
    for _ in range(2):  # the second time from the cache
        result = own("drill", "--from", "bare.jsonl", "--new", piped="b\n1\n\n")
        assert "manual: Somebody must crank Quuxbase." in result.out
        assert '"loxe zorbler" -> a glimp that cranks itself' in result.out


def test_hostile_text_is_inert(own: Shell) -> None:
    record = {"stem": "Red \x1b[31malert\x07?", "options": ["a\x1b]0;x\x07", "b"], "answer": "A"}
    own.write("h.jsonl", json.dumps(record))
    result = own("drill", "--from", "h.jsonl", "--no-shuffle", piped="a\n1\n\n")
    assert "\x1b" not in result.out
    assert "\x07" not in result.out


def test_a_log_that_cannot_be_written(own: Shell) -> None:
    """It is said, and the drill goes on only if the learner agrees."""
    (own.folder / "data").write_text("a file where a folder should be")
    with terminal(own, "--count", "1") as child:
        child.expect("progress cannot be saved")
        child.expect("y yes, n no")
        child.send("y")
        child.expect("Your answer")
        child.send("a1")
        child.expect("goes on")
        child.send("\r")
        out = rest(child)
        assert "Nothing of this was saved." in out
        assert "entries of this drill were not saved" in out
        assert child.exitstatus == 0
    with terminal(own, "--count", "1") as child:
        child.expect("y yes, n no")
        child.send("n")
        rest(child)
        assert child.exitstatus == 1


def test_a_disk_that_fills_up_on_the_way(own: Shell) -> None:
    """A limit on the size of files stands in for the disk's end. What was answered before it is
    kept, keys typed ahead do not agree to anything, and the drill goes on unsaved."""
    program = " ".join(f"'{word}'" for word in [*PROGRAM, "drill", "--from", "q.jsonl", "--new"])
    # Python would keep byte code that the limit has cut short, and all others would load it
    environment = {**own.environment, "TERM": "xterm", "PYTHONDONTWRITEBYTECODE": "1"}
    child: pexpect.spawn[str] = pexpect.spawn(
        "/bin/bash", ["-c", f"ulimit -f 40; exec {program} --no-shuffle --count 6"],
        env=environment, cwd=str(own.folder), dimensions=(50, 80),
        encoding="utf-8", timeout=180,
    )  # fmt: skip
    child.delaybeforesend = None
    child.logfile_read = seen = io.StringIO()
    kept = []
    try:
        awaited = ["Your answer.*keys", "goes on; x", "y yes, n no", pexpect.EOF]
        while (found := child.expect(awaited)) != 3:
            if found == 2:
                child.send("\ra")  # typed ahead
                child.expect("y yes, n no")
                child.expect("y yes, n no")
                kept.append(len(log_of(own)))
            child.send(("a1", "\r", "y")[found])
    finally:
        child.close(force=True)
    assert seen.getvalue().count("progress cannot be saved") == 1
    assert "6 of 6 right" in seen.getvalue()
    assert "were not saved" in seen.getvalue()
    assert kept == [len(log_of(own))]
    assert 0 < kept[0] < 6


def test_two_drills_at_once_are_two_sessions(own: Shell) -> None:
    with terminal(own, "--count", "2") as one, terminal(own, "--count", "2") as two:
        for child in (one, two):
            child.expect("Your answer")
        for child in (one, two):
            child.send("a1\ra1\r")
            assert "2 of 2 right" in rest(child)
    assert len(log_of(own)) == 4
    assert len(log_of(own, "start")) == 2


def test_kill_9_at_random_moments_loses_nothing() -> None:
    tally = KILL["run"](8, seed=1)
    assert (tally.lost, tally.resumed) == (0, 7)
    assert tally.revealed > 0


def exam_words(own: Shell) -> list[str]:
    """An exam over a folder of scenarios of our own besides the shipped ones."""
    folder = own.folder / "bank" / "practice" / "modeling"
    folder.mkdir(parents=True)
    for line in questions(12).splitlines():
        record = json.loads(line)
        name = f"story-{record['id']}"
        stem = f"{record['stem'].removesuffix(' Which?')} " + "word " * 60 + "Which?"
        told = {**record, "id": name, "exam": "mls-c01", "task": "3.1", "difficulty": 1}
        told |= {"stem": stem, "answer": ["A"], "source": "The handbook"}
        told["options"] |= {"D": f"worst {record['id']}"}
        trap = {"trap": "manual", "text": "wors", "because": "No."}
        told["traps"] = {**record["traps"], "C": trap, "D": trap}
        (folder / f"{name}.yaml").write_text(json.dumps(told))
    return ["--scenarios", str(own.folder / "bank"), "--length", "5", "--seed", "3"]


def test_an_exam_is_broken_off_and_gone_on_with(own: Shell) -> None:
    words = exam_words(own)
    with terminal(own, *words, command="exam") as child:
        child.expect("Question 1 of")
        child.send("a2n")
        child.expect("Question 2 of")
        child.expect("3 h 00 min left|2 h 59 min left")
        child.send("m")
        child.expect(r"\(now none, flagged\)")  # Ctrl-C throws away keys not read yet
        child.sendintr()
        assert "goes on from here" in rest(child)
        assert child.exitstatus == 130
    with terminal(own, *words, command="exam") as child:
        child.expect("Paused.*Enter goes on")
        child.send("\r")
        child.expect(r"Question 2 of \d, flagged")
        child.send("s")
        child.expect("questions are not answered. Submit the exam")
        child.send("y")
        out = rest(child)
        assert "scored questions right" in out
        assert child.exitstatus == 0
    last = own("exam", "--last", "--format", "json", *words[:2])
    assert json.loads(last.out)["unanswered"] >= 1
    assert own("exam", "--last", "--format", "md", *words[:2]).out.startswith("# AWS Certified")
    walked = own("exam", "--review", "--plain", *words[:2])
    assert "Question 1 of" in walked.out
    assert "What decides" in walked.out


def test_time_runs_out(own: Shell) -> None:
    words = [*exam_words(own), "--minutes", "0.1"]
    with terminal(own, *words, command="exam") as child:
        child.expect("Question 1 of")
        child.send("a")
        out = rest(child)
        assert "Time is up." in out
        assert "scored questions right" in out


def test_a_line_that_comes_too_late_counts_for_nothing(own: Shell) -> None:
    words = [*exam_words(own), "--minutes", "0.1", "--plain"]
    with terminal(own, *words, command="exam") as child:
        child.expect("Question 1 of")
        child.sendline("a")
        child.expect(r"now A")
        time.sleep(6.2)
        child.sendline("b")
        assert "Time is up." in rest(child)
    assert [a["chosen"] for a in log_of(own, "pick")] == [log_of(own)[0]["chosen"]]


def test_progress_takes_the_learner_from_the_cache(own: Shell) -> None:
    """A long log is replayed once; the second time tells the same, and replays nothing."""
    body = {"ref": "scenario/q", "item": "q", "skills": ["task:3.1"], "right": True}
    entries = [Entry(f"e{n}", 1.7e9 + n * 4000, "s", "answer", body) for n in range(300)]
    own.write("e.jsonl", "".join(to_line(entry) + "\n" for entry in entries))
    own("progress", "import", "e.jsonl")
    first = own("progress").out
    assert "300 answers on" in first
    code = (
        "from examcoach.drill import schedule; import sys\n"
        "def learn(*_): raise AssertionError\n"
        "schedule.learn = learn\n"
        "from examcoach.cli import main; sys.argv = ['examcoach', 'progress']; main()\n"
    )
    again = subprocess.run(
        [sys.executable, "-c", code],
        cwd=own.folder, env=own.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert again.stdout == first


def test_progress_plan_and_carrying_the_log(own: Shell) -> None:
    own.write("a.txt", "A sure\nB sure\nA guess\n")
    own("drill", "--from", "q.jsonl", "--answers", "a.txt", "--count", "3")
    shown = own("progress")
    assert "3 answers on 1 day, 67% right" in " ".join(shown.out.split())
    assert "costly: fell for 1 of 3 (33%)" in shown.out
    record = json.loads(own("progress", "--format", "json").out)
    assert (record["schema"], record["answered"]) == ("examcoach/progress@1", 3)
    assert [c["right"] for c in record["calibration"]] == [1, 1]
    exported = own("progress", "export").out
    assert own("progress", "--progress", "new.db", "import", "-", piped=exported).out == (
        f"{len(exported.splitlines())} new entries, 0 known already\n"
    )
    again = own("progress", "--progress", "new.db", "import", "-", piped=exported + "{\n")
    assert (again.status, again.out.split()[0]) == (1, "0")
    assert "-:" in again.err
    assert own("progress", "--progress", "new.db", "export").out == exported
    kept = own("progress", "--progress", "new.db", "reset", "--yes").out
    aside = Path(kept.removeprefix("The old log is now ").strip())
    assert (own.folder / aside).exists()
    assert "Nothing answered yet" in own("progress", "--progress", "new.db").out


def test_a_plan_until_the_exam(own: Shell) -> None:
    refused = own("plan", "--date", "2001-01-01")
    assert (refused.status, "not in the future" in refused.err) == (2, True)
    assert own("plan").status == 2
    day = dt.date.today() + dt.timedelta(days=30)  # the user's own day
    plan = json.loads(
        own("plan", "--date", str(day), "--minutes-a-day", "30", "--format", "json").out
    )
    assert len(plan["days"]) == 30
    assert sum("mock exam" in d["what"] for one in plan["days"] for d in one["doings"]) == 2
    usual = [one for one in plan["days"] if "mock" not in one["doings"][0]["what"]]
    assert max(sum(d["minutes"] for d in one["doings"]) for one in usual) <= 31
    assert all(one["doings"] for one in plan["days"])
    assert own("plan").status == 0  # the date is remembered
    assert "until mls-c01" in own("plan").out


def test_the_first_question_needs_neither_spacy_nor_pydantic(own: Shell) -> None:
    """Asked of a fresh process, whose first question has been shown."""
    own("drill", "--from", "q.jsonl", piped="")
    code = (
        "import sys, atexit; from examcoach.cli import main\n"
        "heavy = ('spacy', 'numpy', 'yaml', 'examcoach.library.schema', 'examcoach.sense')\n"
        "atexit.register(lambda: print('LOADED', [n for n in heavy if n in sys.modules]))\n"
        "sys.argv = ['examcoach', 'drill', '--from', 'q.jsonl']; main()\n"
    )
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable, ["-c", code], env={**own.environment, "TERM": "xterm"},
        cwd=str(own.folder), encoding="utf-8", timeout=180,
    )  # fmt: skip
    try:
        child.expect("Your answer")
        child.send("q")
        child.expect(r"LOADED (\[.*\])")
        assert child.match is not None
        assert child.match[1] == "[]"
    finally:
        child.close(force=True)
