"""Where answers come from: a file, the terminal, or lines of standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.cli.keys import Keys
    from examcoach.cli.screen import Screen


@contextmanager
def keys_from(files: list[str] | None, answers: Path | None, plain: bool) -> Iterator[Keys]:
    """Where answers come from: a file, the terminal, or, without one, lines of standard input."""
    from examcoach.cli.keys import Lines, Replay

    if answers is not None:
        yield Replay(_answer_lines(answers))
        return
    piped = "-" in (files or ())
    if not piped and not (sys.stdin.isatty() and sys.stdout.isatty() and not plain):
        yield Lines(sys.stdin)
        return
    descriptor = _terminal() if piped else sys.stdin.fileno()
    if plain:
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
            yield Lines(stream)
        return
    from examcoach.cli.keys import Keyboard

    with Keyboard(descriptor).open() as keyboard:
        yield keyboard


def _answer_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        complain([Problem(str(path), None, f"cannot be read: {error.strerror}")])
        raise typer.Exit(EXIT_UNREADABLE) from None


def _terminal() -> int:
    """The terminal itself, since standard input is the pipe."""
    try:
        return os.open("/dev/tty", os.O_RDWR)
    except OSError:
        hint = "run it in a terminal, or give --answers FILE"
        complain([Problem("--from -", None, "there is no terminal to read answers from", hint)])
        raise typer.Exit(EXIT_USAGE) from None


def agrees(keys: Keys, screen: Screen, what: str) -> bool:
    """Whether the learner says yes; a script's answers never do."""
    from examcoach.cli.keys import Replay
    from examcoach.render.blocks import para

    if isinstance(keys, Replay):
        return False
    while True:
        screen.ask(para(f"{what} y yes, n no", "key"))
        try:
            given = keys.key()
        except EOFError:
            return False
        if not keys.single:
            screen.line_taken(given)
        if given.strip().lower() in ("y", "yes", "n", "no"):  # keys typed ahead decide nothing
            return given.strip().lower().startswith("y")
