"""Standard streams and exit codes, in one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from examcoach import places
from examcoach.errors import Problem
from examcoach.render.inert import inert

EXIT_OK = 0
EXIT_UNREADABLE = 1
EXIT_USAGE = 2


def complain(problems: Iterable[Problem]) -> None:
    """Problems on standard error, one a line, control characters made harmless."""
    for problem in problems:
        sys.stderr.write(inert(f"examcoach: {problem}", keep="") + "\n")


def folders(extra: list[Path] | None) -> list[Path]:
    """The pattern folders that this run uses, from weakest to strongest."""
    return places.pattern_folders(extra or [], os.environ)
