"""Breakdowns to standard output in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from examcoach.model import Breakdown
from examcoach.render.record import to_json


class Printer:
    """Prints breakdowns as they come, so that a pipe's reader never waits for the last."""

    def __init__(self, format: str | None, hint: int | None, width: int | None) -> None:  # noqa: A002
        self._format = format or ("rich" if sys.stdout.isatty() else "plain")
        self._hint = hint
        self._width = width

    def print_all(self, breakdowns: Iterable[Breakdown]) -> None:
        """Print each breakdown as soon as it is there."""
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        if self._format == "json":
            self._array(breakdowns)
            return
        for breakdown in breakdowns:
            if self._format == "jsonl":
                sys.stdout.write(to_json(breakdown, hint=self._hint) + "\n")
            sys.stdout.flush()

    def _array(self, breakdowns: Iterable[Breakdown]) -> None:
        sys.stdout.write("[")
        for number, breakdown in enumerate(breakdowns):
            sys.stdout.write(",\n" if number else "\n")
            sys.stdout.write(to_json(breakdown, indent=2, hint=self._hint))
        sys.stdout.write("\n]\n")
