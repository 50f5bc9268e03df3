"""The learner's log as the commands use it: where it is, and what time it is."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer

from examcoach import places

ProgressOption = Annotated[
    Path | None,
    typer.Option("--progress", metavar="PATH", help="The log of answers to use."),
]


def log_path(named: Path | None) -> Path:
    """The log that this run uses."""
    return named or places.progress_file(os.environ)


def local_now() -> dt.datetime:
    """Now, in the user's zone."""
    return dt.datetime.now().astimezone()
