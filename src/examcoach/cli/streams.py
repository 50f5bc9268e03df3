"""Standard streams and exit codes, in one place."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from examcoach import places
from examcoach.errors import Problem
from examcoach.render.inert import inert

if TYPE_CHECKING:
    from examcoach.dissect import Dissector

EXIT_OK = 0
EXIT_UNREADABLE = 1
EXIT_USAGE = 2


def prepare() -> None:
    """Make output take any text, whatever the locale, and a closed stream an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def give_up_output() -> None:
    """Send what is left to nowhere, or Python complains when it flushes on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(problems: Iterable[Problem]) -> None:
    """Problems on standard error, one a line, control characters made harmless."""
    for problem in problems:
        sys.stderr.write(inert(f"examcoach: {problem}", keep="") + "\n")


def load(patterns: list[Path] | None) -> Dissector:
    """A dissector over the pattern folders of this run, compiled by all processors if need be."""
    from examcoach.coach import load_dissector

    return load_dissector(
        folders(patterns),
        places.cache_folder(),
        on_compile=tell_compiling,
        workers=os.cpu_count() or 1,
    )


def tell_compiling() -> None:
    """Say on a terminal why the first run takes a while; a log needs no such line."""
    if sys.stderr.isatty():
        sys.stderr.write("Compiling the pattern library; only the first run waits for it.\n")
        sys.stderr.flush()


def folders(extra: list[Path] | None) -> list[Path]:
    """The pattern folders that this run uses, from weakest to strongest."""
    return places.pattern_folders(extra or [], os.environ)
