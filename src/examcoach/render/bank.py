"""The scenario bank as text: lists, a single entry, counts. No colour is needed to read it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from examcoach.bank.labels import relabel
from examcoach.bank.model import Brief, Deck, Expected, Item, SiblingSet
from examcoach.bank.tally import Tally
from examcoach.model import GoldConstraint, Scenario

_GAP = "  "
_LEAST_COLUMN = 8


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Columns as wide as they need, numbers to the right.

    The last column takes what is left of `width`, cut with an ellipsis; where too little is left,
    it is left out.
    """
    wide = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    left = width - sum(wide[:-1]) - len(_GAP) * (len(head) - 1)
    wide[-1] = min(wide[-1], left)
    shown = wide if left >= _LEAST_COLUMN else wide[:-1]
    numeric = [all(_is_number(row[n]) for row in rows) for n in range(len(shown))]
    for row in (head, *rows):
        cells = [
            _cut(cell, size).rjust(size) if right else _cut(cell, size).ljust(size)
            for cell, size, right in zip(row, shown, numeric, strict=False)
        ]
        yield _GAP.join(cells).rstrip()


def _is_number(cell: str) -> bool:
    return cell == "" or cell.replace("%", "").isdigit()


def _cut(cell: str, size: int) -> str:
    return cell if len(cell) <= size else cell[: size - 1] + "…"


def items_table(items: Iterable[Item], width: int) -> Iterator[str]:
    """One line a question."""
    head = ("id", "task", "level", "right", "flip", "decides", "traps")
    rows = [_cells(item) for item in items]
    yield from table(head, rows, width)


def _cells(item: Item) -> tuple[str, ...]:
    gold = item.scenario.gold
    decides = gold.decides.category if gold.decides else ""
    flip = "yes" if item.flip else ""
    right = str(len(gold.answer))
    return item.id, item.task, str(item.difficulty), right, flip, decides, ", ".join(_traps(item))


def _traps(item: Item) -> list[str]:
    return list(dict.fromkeys(trap.trap for trap in (item.scenario.gold.traps or {}).values()))


def items_plain(items: Iterable[Item]) -> Iterator[str]:
    """One sentence a question, for screen readers and narrow windows."""
    for item in items:
        _, task, level, right, flip, decides, traps = _cells(item)
        what = f"{item.id}: task {task}, difficulty {level}, {right} right, decided by {decides}"
        yield f"{what}, traps {traps or 'none'}{', with a flip' if flip else ''}"


# --- one entry -------------------------------------------------------------------------------


def item_lines(item: Item, width: int) -> Iterator[str]:
    """A question with its analysis."""
    question, gold = item.scenario.question, item.scenario.gold
    yield f"{item.id}  ({question.exam} {item.task}, {item.domain}, difficulty {item.difficulty})"
    yield ""
    yield from _wrapped(question.stem, width)
    yield ""
    for option in question.options:
        mark = "*" if option.label in gold.answer else " "
        yield from _wrapped(option.text, width, f"{mark} {option.label}. ")
        if trap := (gold.traps or {}).get(option.label):
            yield from _wrapped(
                f"{trap.trap}: {relabel(trap.because)} [{trap.text}]", width, "     "
            )
    yield from _section("Constraints", _marks(gold.constraints or (), width))
    if gold.decides:
        yield from _section("Decides", _marks([gold.decides], width))
    yield from _section("Why", _wrapped(relabel(gold.explanation or ""), width, "  "))
    if flip := item.flip:
        change = f'"{flip.before}" becomes "{flip.after}": {" and ".join(flip.answer)}.'
        told = f"{change} {relabel(flip.because)}"
        yield from _section("Flip", _wrapped(told, width, "  "))
    yield ""
    yield from _named("Siblings", item.siblings, width)
    yield from _named("Patterns", item.patterns, width)
    if item.until:
        yield f"Holds until {item.until}"
    yield f"Source: {item.source}"
    yield f"File: {item.path}"


def siblings_lines(sibling_set: SiblingSet, width: int) -> Iterator[str]:
    """A sibling set: what separates its members."""
    yield f"{sibling_set.id}  (sibling set)"
    yield ""
    yield from _wrapped(sibling_set.title, width)
    for row in sibling_set.separates:
        yield from _section(row.by, [])
        for member, cell in zip(sibling_set.members, row.cells, strict=True):
            yield from _wrapped(cell, width, f"  {member}: ")
    yield from _section("Rule", _wrapped(sibling_set.rule, width, "  "))
    yield ""
    yield from _named("Scenarios", sibling_set.scenarios, width)
    yield f"Source: {sibling_set.source}"


def deck_lines(deck: Deck, width: int) -> Iterator[str]:
    """A recall deck with its answers."""
    yield f"{deck.id}  (recall deck, {len(deck.cards)} cards)"
    yield ""
    yield from _wrapped(deck.title, width)
    for card in deck.cards:
        yield ""
        yield from _wrapped(card.ask, width)
        also = f" (also: {', '.join(card.accept)})" if card.accept else ""
        yield from _wrapped(f"{card.answer}{also}. {card.because}", width, "  ")


def brief_lines(brief: Brief, width: int) -> Iterator[str]:
    """A design brief with its rubric."""
    yield f"{brief.id}  (design brief, task {brief.task})"
    yield ""
    yield from _wrapped(brief.title, width)
    yield ""
    yield from _wrapped(brief.brief, width)
    yield from _section("Needs", _wrapped(", ".join(brief.needs), width, "  "))
    yield from _section("Constraints", _marks(brief.constraints, width))
    yield from _section("Architectures", _expected(brief.architectures, width))
    yield from _section("Mistakes", _expected(brief.mistakes, width))
    yield from _section("A good answer", _wrapped(brief.model_answer, width, "  "))
    yield ""
    yield f"Source: {brief.source}"


def baseline_lines(scenario: Scenario, width: int) -> Iterator[str]:
    """A text in which there is nothing to find."""
    yield f"{scenario.question.id}  (baseline: nothing to find)"
    yield ""
    yield from _wrapped(scenario.question.stem, width)
    for option in scenario.question.options:
        yield from _wrapped(option.text, width, f"  {option.label}. ")


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from lines


def _marks(marks: Iterable[GoldConstraint], width: int) -> Iterator[str]:
    for mark in marks:
        requires = f" -> {mark.requires}" if mark.requires else ""
        hidden = ", hidden" if mark.hidden else ""
        yield from _wrapped(f'{mark.category}{hidden}: "{mark.text}"{requires}', width, "  ")


def _expected(groups: Iterable[Expected], width: int) -> Iterator[str]:
    for group in groups:
        yield from _wrapped(f"{', '.join(group.concepts)}: {group.because}", width, "  ")


def _named(title: str, names: Sequence[str], width: int) -> Iterator[str]:
    if names:
        yield from _wrapped(", ".join(names), width, f"{title}: ")


def _wrapped(text: str, width: int, lead: str = "") -> list[str]:
    """The text folded; later lines stand below where the text began, if that is not too far in."""
    indent = " " * (len(lead) if len(lead) <= width // 4 else 4)
    return textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=indent) or [lead]


# --- counts ----------------------------------------------------------------------------------


def tally_table(tallies: Sequence[Tally], width: int) -> Iterator[str]:
    """One line a domain or task: how many questions, of which kinds."""
    head = ("task", "have", "want", "several", "flips", "1", "2", "3", "what it is")
    rows = [
        (
            tally.name,
            str(tally.questions),
            "" if tally.target is None else str(tally.target),
            str(tally.several_right),
            str(tally.flips),
            *(str(tally.difficulty[level]) for level in (1, 2, 3)),
            tally.title,
        )
        for tally in tallies
    ]
    yield from table(head, rows, width)


def tally_plain(tallies: Iterable[Tally]) -> Iterator[str]:
    """One sentence a domain or task."""
    for tally in tallies:
        of = "" if tally.target is None else f" of {tally.target}"
        levels = ", ".join(f"{tally.difficulty[n]} of difficulty {n}" for n in (1, 2, 3))
        yield (
            f"{tally.name} {tally.title}: {tally.questions}{of} questions, "
            f"{tally.several_right} with several right, {tally.flips} with a flip, {levels}"
        )


def trap_lines(tally: Tally) -> Iterator[str]:
    """How often each trap is set."""
    yield ""
    yield "Traps: " + ", ".join(f"{trap} {count}" for trap, count in tally.traps.most_common())
