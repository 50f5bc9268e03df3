"""Breakdown to text: exact pages of a breakdown made by hand, and what holds for any text."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

from examcoach.model import (
    Ask,
    Breakdown,
    Constraint,
    Decides,
    Domain,
    Evidence,
    Fit,
    JudgedOption,
    Suggestion,
    Trap,
)
from examcoach.render import wording
from examcoach.render.hints import hold_back
from examcoach.render.inert import inert
from examcoach.render.markdown import escape, to_markdown
from examcoach.render.plain import to_plain
from examcoach.render.terminal import print_page
from examcoach.terms import CATEGORIES, TRAP_TYPES

STEM = "A team of two bakes 50 TB of bread a day. Which oven is cheapest?"


def constraint(words: str, category: str, requires: str | None = None) -> Constraint:
    start = STEM.index(words)
    return Constraint(
        category, words, start, start + len(words), requires is not None, requires, "p"  # type: ignore[arg-type]
    )  # fmt: skip


BREAKDOWN = Breakdown(
    id="bread",
    source=None,
    exam="mls-c01",
    stem=STEM,
    ask=Ask("Which oven is cheapest?", 42, 65, ("cheapest",)),
    domain=Domain("mlops", 0.9),
    constraints=(
        constraint("team of two", "operations", "an oven that heats itself"),
        constraint("50 TB of bread a day", "scale"),
        constraint("cheapest", "cost"),
    ),
    decides=Decides("cost", "cheapest", 56, 64, ("B",)),
    suggests=(),
    options=(
        JudgedOption(
            "A",
            "Rent the shared oven.",
            "pick",
            2.0,
            (Fit("rent", "Renting costs nothing at night.", (Evidence("Rent", 0, 4),)),),
            (),
        ),
        JudgedOption("B", "Buy a big oven and keep it hot.", "possible", 0.5, (), ()),
        JudgedOption(
            "C",
            "Build an oven by hand.",
            "eliminate",
            -2.0,
            (),
            (Trap("overkill", "build", "Ovens can be had ready.", (Evidence("Build", 0, 5),)),),
        ),
    ),
    answer=("A",),
    confidence=0.7,
    because="Renting costs nothing at night.",
)

PLAIN_40 = """\
bread · mls-c01 · mlops

A team of two bakes 50 TB of bread a day
[scale]. Which oven is cheapest [cost]?

Asks
  Which oven is cheapest? (ranked by
  cheapest)

Hidden
  "team of two" -> an oven that heats
  itself [operations]

Decides
  "cheapest" (cost); without it the pick
  would be B

Options
  A pick: Rent the shared oven.
    Renting costs nothing at night.
    [Rent]
  B possible: Buy a big oven and keep it
  hot.
  C out: Build an oven by hand.
    overkill: Ovens can be had ready.
    [Build]

Likely answer
  A, likely (70%)
  Renting costs nothing at night.
"""
PLAIN_80 = """\
bread · mls-c01 · mlops

A team of two bakes 50 TB of bread a day [scale]. Which oven is cheapest [cost]?

Asks
  Which oven is cheapest? (ranked by cheapest)

Hidden
  "team of two" -> an oven that heats itself [operations]

Decides
  "cheapest" (cost); without it the pick would be B

Options
  A pick: Rent the shared oven.
    Renting costs nothing at night. [Rent]
  B possible: Buy a big oven and keep it hot.
  C out: Build an oven by hand.
    overkill: Ovens can be had ready. [Build]

Likely answer
  A, likely (70%)
  Renting costs nothing at night.
"""
RICH_40 = """\
bread · mls-c01 · mlops ────────────────
A team of two bakes 50 TB of bread a
day‹scale›. Which oven is
cheapest‹cost›?

Asks
  Which oven is cheapest? (ranked by
  cheapest)

Hidden
  "team of two" → an oven that heats
  itself ‹operations›

Decides
  "cheapest" (cost); without it the pick
  would be B

Options
  A ✓ pick
    Rent the shared oven.
      Renting costs nothing at night.
      [Rent]
  B ? possible
    Buy a big oven and keep it hot.
  C ✗ out
    Build an oven by hand.
      overkill: Ovens can be had ready.
      [Build]

Likely answer
  A, likely (70%)
  Renting costs nothing at night.
"""


def rich(breakdown: Breakdown, width: int, hint: int | None = None) -> str:
    """The page of a terminal without colour, the blanks at line ends cut."""
    stream = io.StringIO()
    print_page(Console(file=stream, width=width, markup=False), breakdown, hint)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def test_plain_to_the_letter() -> None:
    assert to_plain(BREAKDOWN, 40) == PLAIN_40
    assert to_plain(BREAKDOWN, 80) == PLAIN_80
    assert to_plain(BREAKDOWN, 200) == PLAIN_80
    assert to_plain(BREAKDOWN, None) == PLAIN_80


def test_a_narrow_terminal_to_the_letter() -> None:
    assert rich(BREAKDOWN, 40) == RICH_40


@pytest.mark.parametrize("width", [80, 200])
def test_a_wide_terminal_has_a_table(width: int) -> None:
    page = rich(BREAKDOWN, width)
    assert max(map(cell_len, page.splitlines())) <= min(width, 100)
    found = [line.split() for line in page.splitlines() if re.match(r"  [ABC] ", line)]
    rows = {words[0]: words for words in found}
    assert rows["A"][1:6] == ["✓", "pick", "Rent", "the", "shared"]
    assert "Renting" in rows["A"]
    assert rows["C"][1:3] == ["✗", "out"]
    assert "overkill:" in rows["C"]


def test_without_options_it_suggests() -> None:
    bare = replace(
        BREAKDOWN,
        options=(),
        answer=(),
        suggests=(Suggestion(("rent", "share"), "p", "Both are cheap."),),
    )
    assert to_plain(bare, 80).endswith("\nSuggests\n  rent -> share\n  Both are cheap.\n")
    assert rich(bare, 80).endswith("\nSuggests\n  rent → share\n  Both are cheap.\n")
    assert to_markdown(bare).endswith("\n**Suggests:** rent → share. Both are cheap.\n")
    assert "Likely answer" not in to_plain(bare, 80) + rich(bare, 80) + to_markdown(bare)


def test_a_suggestion_may_name_no_concept() -> None:
    """A number that is worked out is told without an empty line or a lone full stop."""
    told = (Suggestion((), "p", "Rent times months. 5 * 2 = 10."),)
    bare = replace(BREAKDOWN, options=(), answer=(), suggests=told)
    assert to_plain(bare, 80).endswith("\nSuggests\n  Rent times months. 5 * 2 = 10.\n")
    assert rich(bare, 80).endswith("\nSuggests\n  Rent times months. 5 * 2 = 10.\n")
    assert to_markdown(bare).endswith(f"\n**Suggests:** {escape(told[0].because)}\n")


@pytest.mark.parametrize("trap", TRAP_TYPES)
@pytest.mark.parametrize("show", [lambda b: to_plain(b, 80), lambda b: rich(b, 60), to_markdown])
def test_traps_and_verdicts_are_words(trap: str, show: object) -> None:
    """What is struck out and why can be read where there is no colour."""
    option = BREAKDOWN.options[2]
    named = replace(option, traps=(replace(option.traps[0], trap=trap),))  # type: ignore[arg-type]
    text = show(replace(BREAKDOWN, options=(*BREAKDOWN.options[:2], named)))  # type: ignore[operator]
    assert f"{trap}: Ovens can be had ready." in text
    for word in ("pick", "possible", "out"):
        assert re.search(rf"\b{word}\b", text)


# --- marking ---------------------------------------------------------------------------------


@st.composite
def marked(draw: st.DrawFn) -> Breakdown:
    """A breakdown whose constraints overlap as they like."""
    stem = draw(st.text(min_size=1, max_size=60))
    spans = draw(
        st.lists(
            st.tuples(
                st.integers(0, len(stem) - 1),
                st.integers(1, 20),
                st.sampled_from(CATEGORIES),
                st.booleans(),
            ),
            max_size=6,
        )
    )
    constraints = []
    for start, length, category, hidden in spans:
        end = min(start + length, len(stem))
        requires = "care" if hidden else None
        constraints.append(Constraint(category, stem[start:end], start, end, hidden, requires, "p"))
    return replace(
        BREAKDOWN, stem=stem, constraints=tuple(sorted(constraints, key=lambda c: c.start))
    )


@given(marked())
def test_marking_keeps_every_character(breakdown: Breakdown) -> None:
    """The pieces joined are the stem; each is marked if and only if a constraint covers it."""
    shown = wording.explicit(breakdown)
    runs = wording.mark(breakdown.stem, shown)
    assert "".join(run.text for run in runs) == breakdown.stem
    assert all(run.text for run in runs)
    place = 0
    for run in runs:
        covering = [c for c in shown if c.start <= place < c.end]
        assert run.category == (covering[0].category if covering else None)
        place += len(run.text)
        assert set(run.tags) == {c.category for c in shown if c.end == place}


@given(marked(), st.integers(20, 120))
def test_pages_keep_the_stem_and_the_width(breakdown: Breakdown, width: int) -> None:
    """Whatever the stem: no line too wide, no control character, every letter in order."""
    for page, tag in ((to_plain(breakdown, width), r"\[{}\]"), (rich(breakdown, width), "‹{}›")):
        assert max(map(cell_len, page.splitlines())) <= width
        assert all(c.isprintable() or c == "\n" for c in page)
        squeezed = "".join(page.split())
        letters = "".join(c for c in inert(breakdown.stem) if not c.isspace())
        gap = "(?:" + "|".join(tag.format(c) for c in CATEGORIES) + ")*"
        assert re.search(gap.join(map(re.escape, letters)), squeezed)


# --- Markdown --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["*a* _b_ `c`", "[x](y)", "<b>&amp;</b>", "a | b", "# no title", "- no list", "+ no", "1. no",
     "12) no", "===", "---", "a\n===", "> no quote", "~~no~~", "\\*", "![i](j)", "-", "x - y"],
)  # fmt: skip
def test_markdown_shows_text_as_it_is(text: str) -> None:
    """A Markdown reader gives back the very text, and makes nothing of it."""
    [block] = [
        t for t in MarkdownIt("gfm-like", {"linkify": False}).parse(escape(text)) if t.content
    ]
    assert block.children is not None
    assert {t.type for t in block.children} <= {"text", "softbreak", "text_special"}
    assert "".join(t.content or "\n" for t in block.children) == text


def test_markdown_is_one_table_and_one_quote() -> None:
    hostile = replace(
        BREAKDOWN,
        stem="1. a | b\n    - c <b>\n---\n\n# d",
        constraints=(),
        options=tuple(replace(o, text="x | y\nz") for o in BREAKDOWN.options),
    )
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(to_markdown(hostile))
    kinds = [t.type for t in tokens]
    assert kinds.count("blockquote_open") == 1
    assert kinds.count("table_open") == 1
    assert kinds.count("tr_open") == 4
    assert kinds.count("td_open") == 12
    for absent in ("hr", "code_block", "html_block", "ordered_list_open", "bullet_list_open"):
        assert absent not in kinds
    assert kinds.count("heading_open") == 1


# --- hints -----------------------------------------------------------------------------------


def test_hints_reveal_in_steps() -> None:
    one, two, three = (hold_back(BREAKDOWN, level) for level in (1, 2, 3))
    assert [c.text for c in one.constraints] == ["50 TB of bread a day", "cheapest"]
    assert (one.decides, one.answer, one.because) == (None, (), "")
    assert two.constraints == BREAKDOWN.constraints
    assert two.decides is not None
    assert two.decides.without_it == ()
    assert {o.verdict for o in (*one.options, *two.options)} == {"possible"}
    assert [o.verdict for o in three.options] == ["possible", "possible", "eliminate"]
    assert three.options[2].traps == BREAKDOWN.options[2].traps
    for held in (one, two, three):
        assert "Renting costs" not in to_plain(held, 80, 1) + rich(held, 80, 1)


@given(st.text())
def test_inert_text_is_printable(text: str) -> None:
    shown = inert(text)
    assert len(shown) == len(text)
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert inert(shown) == shown
