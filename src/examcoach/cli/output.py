"""Breakdowns to standard output in the format asked for."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator

from examcoach.model import Breakdown

PLAIN_WIDTH = 80


class Printer:
    """Prints breakdowns as they come, so that a pipe's reader never waits for the last."""

    def __init__(self, format: str | None, hint: int | None, width: int | None) -> None:  # noqa: A002
        self._format = format or _usual_format()
        self._hint = hint
        self._width = width

    def print_all(self, breakdowns: Iterable[Breakdown]) -> None:
        """Print each breakdown as soon as it is there."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        if self._hint is not None:
            breakdowns = _held_back(breakdowns, self._hint)
        if self._format == "rich":
            self._pages(breakdowns)
            return
        for piece in self._pieces(breakdowns):
            sys.stdout.write(piece)
            sys.stdout.flush()

    def _pieces(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        if self._format == "json":
            return _json(breakdowns)
        if self._format == "jsonl":
            return _jsonl(breakdowns)
        return self._md(breakdowns) if self._format == "md" else self._plain(breakdowns)

    def _pages(self, breakdowns: Iterable[Breakdown]) -> None:
        from rich.console import Console

        from examcoach.render.terminal import print_page

        console = Console(width=self._width, markup=False, emoji=False, highlight=False)
        for number, breakdown in enumerate(breakdowns):
            if number:
                console.print()
            print_page(console, breakdown, self._hint)

    def _plain(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        from examcoach.render.plain import to_plain

        width = self._width or PLAIN_WIDTH
        for number, breakdown in enumerate(breakdowns):
            yield ("\n" if number else "") + to_plain(breakdown, width, self._hint)

    def _md(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        from examcoach.render.markdown import to_markdown

        for number, breakdown in enumerate(breakdowns):
            yield ("\n" if number else "") + to_markdown(breakdown, self._hint)


def _usual_format() -> str:
    """rich on a terminal, or where FORCE_COLOR asks for what a terminal would get."""
    import os

    return "rich" if sys.stdout.isatty() or os.environ.get("FORCE_COLOR") else "plain"


def _held_back(breakdowns: Iterable[Breakdown], level: int) -> Iterator[Breakdown]:
    from examcoach.render.hints import hold_back

    return (hold_back(breakdown, level) for breakdown in breakdowns)


def _jsonl(breakdowns: Iterable[Breakdown]) -> Iterator[str]:
    from examcoach.render.record import to_json

    return (to_json(breakdown) + "\n" for breakdown in breakdowns)


def _json(breakdowns: Iterable[Breakdown]) -> Iterator[str]:
    from examcoach.render.record import to_json

    yield "["
    for number, breakdown in enumerate(breakdowns):
        yield (",\n" if number else "\n") + to_json(breakdown, indent=2)
    yield "\n]\n"
