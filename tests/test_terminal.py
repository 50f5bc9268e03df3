"""On a real terminal: the paste prompt, narrow windows, Ctrl-C, the editor."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager

import pexpect
import pytest
from rich.cells import cell_len
from shell import PROGRAM, QUESTION, Shell

PROMPT = "Paste a question"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@contextmanager
def terminal(
    shell: Shell, *arguments: str, columns: int = 80, **variables: str
) -> Iterator[pexpect.spawn[str]]:
    """`examcoach` on a terminal of its own."""
    child: pexpect.spawn[str] = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *arguments],
        env={**shell.environment, "TERM": "xterm-256color", **variables},
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


def rest(child: pexpect.spawn[str]) -> str:
    """All that is still printed, escape sequences removed; waits for the end."""
    child.expect(pexpect.EOF)
    child.wait()
    return ESCAPE.sub("", child.before or "").replace("\r", "")


def test_paste_after_paste(shell: Shell) -> None:
    """A paste is taken whole; a dot or Ctrl-D ends it; then the next is asked for."""
    with terminal(shell, "dissect") as child:
        child.expect(PROMPT)
        child.send(QUESTION + ".\n")
        child.expect("Likely answer")
        first = ESCAPE.sub("", child.before or "")
        assert re.search(r"C\s+\? possible", first)
        assert "Somebody must" in first
        child.expect(PROMPT)
        child.send("Why do glimps zorb?\n\nAnd where?\n")
        child.sendeof()
        child.expect("Asks")
        assert "Why do glimps zorb?" in ESCAPE.sub("", child.before or "")
        child.expect(PROMPT)
        child.sendeof()
        assert "Traceback" not in rest(child)
        assert child.exitstatus == 0


def test_ctrl_c_at_the_prompt(shell: Shell) -> None:
    with terminal(shell, "dissect") as child:
        child.expect(PROMPT)
        child.sendintr()
        assert "Traceback" not in rest(child)
        assert child.exitstatus == 130


def test_ctrl_c_while_streaming(shell: Shell) -> None:
    shell.write("many.jsonl", '{"stem": "Why?"}\n' * 200_000)
    with terminal(shell, "dissect", "many.jsonl", "--format", "jsonl") as child:
        child.expect("examcoach/breakdown@1")
        child.sendintr()
        assert "Traceback" not in rest(child)
        assert child.exitstatus == 130


def test_a_paste_that_is_no_question(shell: Shell) -> None:
    """It is told at once, the prompt goes on, and the status remembers."""
    with terminal(shell, "dissect") as child:
        child.expect(PROMPT)
        child.send("A. x\nB. y\n.\n")
        child.expect("these options have no stem")
        child.expect(PROMPT)
        child.sendeof()
        rest(child)
        assert child.exitstatus == 1


@pytest.mark.parametrize("kind", ["rich", "plain"])
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_line_is_wider_than_the_window(shell: Shell, kind: str, columns: int) -> None:
    shell.write("q.txt", QUESTION)
    with terminal(shell, "dissect", "--format", kind, "q.txt", columns=columns) as child:
        out = rest(child)
    assert "Likely answer" in out
    widest = max(map(cell_len, out.split("\n")))
    assert widest <= columns
    assert widest > 30


def test_colour_on_a_terminal_only_if_wanted(shell: Shell) -> None:
    shell.write("q.txt", QUESTION)
    for setting, coloured in (("", True), ("1", False)):
        with terminal(shell, "dissect", "q.txt", NO_COLOR=setting) as child:
            child.expect(pexpect.EOF)
            assert ("\x1b[1;33mzorbly thrifxy" in (child.before or "")) == coloured


def test_editor(shell: Shell) -> None:
    """What the editor saves is dissected."""
    shell.write("q.txt", QUESTION)
    script = shell.folder / "edit it"
    script.write_text(f"#!/bin/sh\ncat '{shell.folder}/q.txt' > \"$2\"\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    with terminal(shell, "dissect", "--edit", EDITOR=f"'{script}' --wait") as child:
        assert "Somebody must crank" in " ".join(rest(child).split())
        assert child.exitstatus == 0


def test_editors_that_fail(shell: Shell) -> None:
    """A missing editor, a failing one, one that saves nothing: each is told."""
    told = []
    for editor in ("/none/such", "vi '", "false", "true"):
        result = shell("dissect", "--edit", EDITOR=editor)
        assert result.out == ""
        told.append((result.status, result.err.partition(";")[0].strip()))
    assert told == [
        (2, "examcoach: $EDITOR: the editor /none/such does not start: No such file or directory"),
        (2, "examcoach: $EDITOR: the editor vi ' does not start: No closing quotation"),
        (1, "examcoach: $EDITOR: false ended with status 1"),
        (1, "examcoach: editor: there is no question in this text"),
    ]
