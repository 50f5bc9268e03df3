"""Breakdown -> plain text: no colour and no boxes, for pipes and screen readers."""

from __future__ import annotations

import textwrap
import unicodedata

from examcoach.model import Breakdown
from examcoach.render import wording
from examcoach.render.hints import NEXT
from examcoach.render.inert import inert


def to_plain(breakdown: Breakdown, width: int | None = None, hint: int | None = None) -> str:
    """The breakdown as text whose lines are at most `width` wide; None leaves them long."""
    page = _Page(width)
    page.line(wording.title(breakdown))
    page.gap()
    marked = "".join(
        run.text + "".join(f" [{tag}]" for tag in run.tags)
        for run in wording.mark(breakdown.stem, wording.explicit(breakdown))
    )
    for paragraph in marked.split("\n"):
        page.line(paragraph)
    page.section("Asks", [wording.ask(breakdown)])
    page.section(
        "Hidden",
        [f'"{c.text}" -> {c.requires} [{c.category}]' for c in wording.hidden(breakdown)],
    )
    page.section("Decides", [wording.decides(breakdown)])
    if breakdown.options:
        page.gap()
        page.line("Options")
        for option in breakdown.options:
            verdict = wording.VERDICTS[option.verdict]
            head = option.label if hint and verdict == "possible" else f"{option.label} {verdict}"
            page.item(f"{head}: {option.text}")
            for reason in wording.reasons(option):
                page.item(reason, 4)
    if answer := wording.answer(breakdown):
        page.section("Likely answer", [answer, breakdown.because])
    for suggestion in breakdown.suggests if not breakdown.options else ():
        page.section("Suggests", [" -> ".join(suggestion.concepts), suggestion.because])
    page.section("Next", [NEXT.get(hint or 0, "")])
    return page.text()


class _Page:
    """Lines of a width."""

    def __init__(self, width: int | None) -> None:
        self._width = width
        self._lines: list[str] = []

    def line(self, text: str, indent: int = 0) -> None:
        text = inert(" ".join(text.split()))
        margin = " " * indent
        if self._width is None or not text:
            self._lines.append(margin + text if text else "")
            return
        self._lines += wrap(text, self._width, margin, margin)

    def item(self, text: str, indent: int = 2) -> None:
        self.line(text, indent)

    def gap(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def section(self, title: str, items: list[str]) -> None:
        items = [item for item in items if item]
        if items:
            self.gap()
            self.line(title)
            for item in items:
                self.item(item)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


_STAND_IN = "\0"


def wrap(text: str, width: int, first: str, rest: str) -> list[str]:
    """Lines of `text`, the margins `first` and `rest` before them; East Asian wide characters take
    two columns each."""
    if not text.isascii():
        wide = [_STAND_IN + c if unicodedata.east_asian_width(c) in "WF" else c for c in text]
        if len(wide) < len(padded := "".join(wide)):
            text = padded
            width -= 1  # a line may break between a character and its stand-in
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest)
    return [line.replace(_STAND_IN, "") for line in lines]
