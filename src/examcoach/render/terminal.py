"""Breakdown -> a page for a terminal, in rich's terms. Never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from examcoach.model import Breakdown, JudgedOption
from examcoach.render import wording
from examcoach.render.hints import NEXT
from examcoach.render.inert import inert

WIDEST = 100
"""Columns beyond which lines are hard to read."""

_TABLE_FROM = 70
_COLOURS = {
    "scale": "cyan",
    "latency": "magenta",
    "cost": "yellow",
    "operations": "green",
    "effort": "bright_green",
    "security": "red",
    "availability": "bright_red",
    "quality": "bright_blue",
    "explainability": "bright_magenta",
    "data": "bright_cyan",
    "integration": "bright_yellow",
}
_VERDICT_STYLES = {"pick": "bold green", "possible": "yellow", "eliminate": "red"}


def to_page(breakdown: Breakdown, width: int, hint: int | None = None) -> RenderableType:
    """The breakdown as a renderable for a terminal of `width` columns."""
    width = min(width, WIDEST)
    parts: list[RenderableType] = [
        Rule(Text(inert(wording.title(breakdown)), "bold"), align="left", style="dim"),
        _stem(breakdown),
        _section("Asks", [Text(inert(wording.ask(breakdown)))]),
    ]
    if hidden := wording.hidden(breakdown):
        parts.append(
            _section("Hidden", [_hidden(*_texts(c.text, c.requires, c.category)) for c in hidden])
        )
    if decides := wording.decides(breakdown):
        parts.append(_section("Decides", [Text(inert(decides), "bold")]))
    if breakdown.options:
        options = _table if width >= _TABLE_FROM else _stack
        parts.append(_section("Options", [options(breakdown, hint)]))
    if answer := wording.answer(breakdown):
        lines = [Text(inert(answer), "bold green")]
        if breakdown.because:
            lines.append(Text(inert(breakdown.because)))
        parts.append(_section("Likely answer", lines))
    for suggestion in breakdown.suggests if not breakdown.options else ():
        lines = [Text(inert(suggestion.because))]
        if suggestion.concepts:  # a number that is worked out may name none
            lines.insert(0, Text(inert(" → ".join(suggestion.concepts)), "bold green"))
        parts.append(_section("Suggests", lines))
    if hint:
        parts.append(_section("Next", [Text(NEXT[hint], "italic")]))
    return Group(*parts)


def print_page(console: Console, breakdown: Breakdown, hint: int | None = None) -> None:
    """Print the page, no wider than is good to read."""
    width = min(console.width, WIDEST)
    console.print(to_page(breakdown, width, hint), width=width, highlight=False)


def _texts(*values: str | None) -> list[str]:
    return [inert(" ".join((value or "").split())) for value in values]


def _stem(breakdown: Breakdown) -> Text:
    text = Text()
    for run in wording.mark(breakdown.stem, wording.explicit(breakdown)):
        style = f"bold {_COLOURS[run.category]}" if run.category else ""
        text.append(inert(run.text), style)
        for tag in run.tags:
            text.append(f"‹{tag}›", f"dim {_COLOURS[tag]}")
    return text


def _section(title: str, lines: Sequence[RenderableType]) -> RenderableType:
    return Group(
        Text(), Text(title, "bold underline"), *(Padding(line, (0, 0, 0, 2)) for line in lines)
    )


def _hidden(words: str, requires: str, category: str) -> Text:
    text = Text()
    text.append(f'"{words}"', f"bold {_COLOURS[category]}")
    text.append(f" → {requires} ")
    return text.append(f"‹{category}›", f"dim {_COLOURS[category]}")


def _verdict(option: JudgedOption, hint: int | None) -> Text:
    if hint and option.verdict == "possible":
        return Text()
    word = f"{wording.SYMBOLS[option.verdict]} {wording.VERDICTS[option.verdict]}"
    return Text(word, _VERDICT_STYLES[option.verdict])


def _why(option: JudgedOption) -> Text:
    return Text("\n".join(inert(reason) for reason in wording.reasons(option)))


def _table(breakdown: Breakdown, hint: int | None) -> Table:
    table = Table(box=None, padding=(0, 2, 1, 0), show_header=False, expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, min_width=10)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for option in breakdown.options:
        label = Text(inert(option.label), "bold")
        text = Text(inert(option.text))
        table.add_row(label, _verdict(option, hint), text, _why(option))
    return table


def _stack(breakdown: Breakdown, hint: int | None) -> Group:
    parts: list[RenderableType] = []
    for option in breakdown.options:
        head = Text(inert(option.label), "bold")
        verdict = _verdict(option, hint)
        parts.append(Text(" ").join([head, verdict] if verdict else [head]))
        parts.append(Padding(Text(inert(option.text)), (0, 0, 0, 2)))
        if wording.reasons(option):
            parts.append(Padding(_why(option), (0, 0, 0, 4)))
    return Group(*parts)
