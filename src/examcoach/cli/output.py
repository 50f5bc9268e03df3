"""Breakdowns to standard output in the format asked for."""

from __future__ import annotations

import shutil
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
        if self._hint is not None:
            breakdowns = _held_back(breakdowns, self._hint)
        for piece in self._pieces(breakdowns):
            sys.stdout.write(piece)
            sys.stdout.flush()

    def _pieces(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        if self._format == "json":
            return _json(breakdowns)
        if self._format == "jsonl":
            return _jsonl(breakdowns)
        if self._format == "md":
            return self._md(breakdowns)
        return self._plain(breakdowns) if self._format == "plain" else self._pages(breakdowns)

    def _pages(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        from rich.console import Console

        from examcoach.render.terminal import print_page

        console = Console(width=self._width, markup=False, emoji=False, highlight=False)
        for number, breakdown in enumerate(breakdowns):
            with console.capture() as page:
                if number:
                    console.print()
                print_page(console, breakdown, self._hint)
            yield page.get()

    def _plain(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        from examcoach.render.plain import to_plain

        width = self._width or _plain_width()
        for number, breakdown in enumerate(breakdowns):
            yield ("\n" if number else "") + to_plain(breakdown, width, self._hint)

    def _md(self, breakdowns: Iterable[Breakdown]) -> Iterator[str]:
        from examcoach.render.markdown import to_markdown

        for number, breakdown in enumerate(breakdowns):
            yield ("\n" if number else "") + to_markdown(breakdown, self._hint)


def _plain_width() -> int:
    """As wide as is good to read, and no wider than the terminal where there is one."""
    terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else PLAIN_WIDTH
    return min(PLAIN_WIDTH, terminal)


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
