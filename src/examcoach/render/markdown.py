"""Breakdown -> Markdown."""

from __future__ import annotations

import re

from examcoach.model import Breakdown
from examcoach.render import wording
from examcoach.render.hints import NEXT
from examcoach.render.inert import inert

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LINE_START = re.compile(r"^([ ]*)(\d*)([-+=]|(?<=\d)[.)])(?=[-=\s]|$)", re.MULTILINE)


def to_markdown(breakdown: Breakdown, hint: int | None = None) -> str:
    """The breakdown as a Markdown section; text of the question is escaped."""
    parts = [f"## {escape(wording.title(breakdown))}", _stem(breakdown)]
    parts.append(f"**Asks:** {escape(wording.ask(breakdown))}")
    if hidden := wording.hidden(breakdown):
        rows = [
            f"- “{escape(c.text)}” → {escape(c.requires or '')} *({c.category})*" for c in hidden
        ]
        parts.append("**Hidden:**\n\n" + "\n".join(rows))
    if decides := wording.decides(breakdown):
        parts.append(f"**Decides:** {escape(decides)}")
    if breakdown.options:
        parts.append("| | Verdict | Option | Why |\n|---|---|---|---|\n" + _rows(breakdown, hint))
    if answer := wording.answer(breakdown):
        parts.append(f"**Likely answer:** {escape(answer)}. {escape(breakdown.because)}".rstrip())
    for suggestion in breakdown.suggests if not breakdown.options else ():
        chain = f"{escape(' → '.join(suggestion.concepts))}. " if suggestion.concepts else ""
        parts.append(f"**Suggests:** {chain}{escape(suggestion.because)}")
    if hint:
        parts.append(f"*{escape(NEXT[hint])}*")
    return "\n\n".join(parts) + "\n"


def _stem(breakdown: Breakdown) -> str:
    pieces = []
    for run in wording.mark(breakdown.stem, wording.explicit(breakdown)):
        text = escape(run.text)
        if run.category and run.text.strip():
            lead = text[: len(text) - len(text.lstrip())]
            tail = text[len(text.rstrip()) :]
            text = f"{lead}**{text.strip()}**{tail}"
        pieces.append(text + "".join(f" `{tag}`" for tag in run.tags))
    return "\n".join(f"> {line.strip()}".rstrip() for line in "".join(pieces).split("\n"))


def _rows(breakdown: Breakdown, hint: int | None) -> str:
    rows = []
    for option in breakdown.options:
        shown = not (hint and option.verdict == "possible")
        verdict = f"{wording.SYMBOLS[option.verdict]} {wording.VERDICTS[option.verdict]}"
        why = "<br>".join(escape(reason) for reason in wording.reasons(option))
        text = escape(" ".join(option.text.split()))
        rows.append(f"| {escape(option.label)} | {verdict if shown else ''} | {text} | {why} |")
    return "\n".join(rows)


def escape(text: str) -> str:
    """`text` so that Markdown shows it as it is."""
    return _LINE_START.sub(r"\1\2\\\3", _SPECIAL.sub(r"\\\1", inert(text)))
