"""The person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

import typer

from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain
from examcoach.errors import ProblemsError


class EditorError(ProblemsError):
    """The editor did not start, or ended with an error; `status` is what to exit with."""

    status = EXIT_UNREADABLE


def written() -> str:
    """What a person saves in their editor; ends the program where it cannot be used."""
    try:
        return edited()
    except EditorError as error:
        complain(error.problems)
        raise typer.Exit(error.status) from None


def edited(beginning: str = "") -> str:
    """What a person saves in their editor, which opens with `beginning`."""
    setting = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    hint = "set EDITOR to a program that does"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "question.txt"
        path.write_text(beginning, "utf-8")
        try:
            status = subprocess.run([*shlex.split(setting), path], check=False).returncode
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            what = f"the editor {setting} does not start: {reason}"
            problem = EditorError.of("$EDITOR", what, hint)
            problem.status = EXIT_USAGE
            raise problem from None
        if status:
            raise EditorError.of("$EDITOR", f"{setting} ended with status {status}")
        return path.read_text("utf-8", "replace") if path.is_file() else ""
