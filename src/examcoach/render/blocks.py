"""Pages as blocks of styled words, painted for a terminal or as plain text.

Every block says all that it has to say in words; styles only help those who see them. Lines are
never wider than asked for, down to forty columns and less.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examcoach.render.inert import inert
from examcoach.render.plain import wrap

STYLES = {
    "title": "dim",
    "head": "bold underline",
    "strong": "bold",
    "dim": "dim",
    "right": "bold green",
    "wrong": "bold red",
    "warn": "yellow",
    "mark": "bold cyan",
    "key": "bold",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one style; an empty style is plain."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, its first line at `indent` and the others at `indent + hang`."""

    spans: tuple[Span, ...] = ()
    indent: int = 0
    hang: int = 0

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


GAP = Block()


def para(text: str, style: str = "", indent: int = 0, hang: int = 0) -> Block:
    """A paragraph in one style."""
    return Block((Span(text, style),), indent, hang)


def head(text: str) -> list[Block]:
    """A heading with a gap before it."""
    return [GAP, para(text, "head")]


def to_text(blocks: Iterable[Block], width: int | None) -> str:
    """The blocks as plain text."""
    lines: list[str] = []
    for block in blocks:
        for paragraph in block.text.split("\n"):
            lines += _wrapped(paragraph, width, block.indent, block.hang)
    return "\n".join(lines) + "\n"


def to_ansi(blocks: Iterable[Block], width: int, colour: bool) -> str:
    """The blocks for a terminal: the lines of `to_text`, with styles; without colour, only bold,
    dim and underlined."""
    lines = []
    for block in blocks:
        styles = [STYLES.get(span.style, span.style) for span in block.spans for _ in span.text]
        source = inert(block.text)
        at = 0
        for paragraph in block.text.split("\n"):
            for line in _wrapped(paragraph, width, block.indent, block.hang):
                painted, at = _painted(line, source, styles, at, colour)
                lines.append(painted)
    return "\n".join(lines) + "\n"


def _painted(
    line: str, source: str, styles: Sequence[str], at: int, colour: bool
) -> tuple[str, int]:
    """A wrapped line in the styles of the words it came from, found by walking along them."""
    runs: list[tuple[str, list[str]]] = []
    for character in line:
        style = runs[-1][0] if runs and character == " " else ""
        if character != " ":
            while at < len(source) and source[at] != character:
                at += 1
            style = styles[at] if at < len(styles) else ""
            at += 1
        if runs and runs[-1][0] == style:
            runs[-1][1].append(character)
        else:
            runs.append((style, [character]))
    return "".join(_in_style("".join(run), style, colour) for style, run in runs), at


def _in_style(text: str, style: str, colour: bool) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    if not style:
        return text
    parsed = Style.parse(style)
    if not colour:
        parsed = parsed.without_color
    return parsed.render(text, color_system=ColorSystem.STANDARD)


def _wrapped(text: str, width: int | None, indent: int, hang: int) -> list[str]:
    text = inert(" ".join(text.split()))
    if not text:
        return [""]
    if width is None:
        return [" " * indent + text]
    widest = max(8, width)
    indent = min(indent, widest // 4)
    if "://" in text:  # an address stays whole where it can
        margins = (" " * indent, " " * min(indent + hang, widest // 3))
        return textwrap.wrap(
            text,
            widest,
            initial_indent=margins[0],
            subsequent_indent=margins[1],
            break_on_hyphens=False,
        )
    return wrap(text, widest, " " * indent, " " * min(indent + hang, widest // 3))
