"""Formulas: what is read, what it gives, and what it says of options."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeDissector
from hypothesis import given
from hypothesis import strategies as st
from shell import Shell

from examcoach.dissect import Dissector
from examcoach.errors import LibraryError
from examcoach.library.arithmetic import (
    FormulaError,
    evaluate,
    number,
    operands,
    parse_formula,
    written,
)
from examcoach.model import Breakdown, Option, Question

LIBRARY = """
- cue: found
  phrases: ["found <number>"]
  fires: [x]
  silent: [y]
- cue: missed
  phrases: ["missed <number>"]
  fires: [x]
  silent: [y]
- cue: except
  phrases: ['=NOT']
  negates: true
  fires: [x]
  silent: [y]
- formula: recall
  asks: {words: [recall]}
  operands: {found: found, missed: missed}
  result: [found / (found + missed)]
  given: {number: 1, percent: 100}
  slips:
  - {result: missed / (found + missed), type: wrong-metric, because: These are the missed.}
  below: {type: bad-ml, because: Too low.}
  above: {type: incomplete, because: Too high.}
  because: Found by all.
  fires: [{stem: x, options: [x, y]}]
  silent: [{stem: x, options: [x, y]}]
- formula: best
  asks: {words: [lowest miss rate]}
  operands: {found: found, missed: missed}
  result: [missed / (found + missed)]
  prefer: lowest
  above: {type: wrong-metric, because: It misses more.}
  because: Missed by all.
  fires: [{stem: x, options: [x, y]}]
  silent: [{stem: x, options: [x, y]}]
"""

COUNTS = {"TP": 80, "FN": 20, "FP": 40, "TN": 860}
STEM = "The model found 60 and missed 30. What is its recall?"


@pytest.fixture
def worked(make: MakeDissector) -> Dissector:
    return make(LIBRARY)


def ask(dissector: Dissector, stem: str, *options: str) -> Breakdown:
    offered = tuple(Option("ABCDE"[n], text) for n, text in enumerate(options))
    return dissector(Question(stem, offered))


def said(breakdown: Breakdown) -> list[list[tuple[str, str]]]:
    """For each option the kind of each finding and its words."""
    return [
        [
            *(("fit", e.text) for fit in option.fits for e in fit.evidence),
            *((trap.trap, e.text) for trap in option.traps for e in trap.evidence),
        ]
        for option in breakdown.options
    ]


def test_the_result_wins_and_each_other_number_is_told_why(worked: Dissector) -> None:
    breakdown = ask(worked, STEM, "0.33", "It is 0.67", "0.50", "90%")
    assert breakdown.answer == ("B",)
    assert said(breakdown) == [
        [("wrong-metric", "0.33")],
        [("fit", "0.67")],
        [("bad-ml", "0.50")],
        [("incomplete", "90%")],
    ]
    assert breakdown.because == "Found by all. 60 / (60 + 30) = 0.6667."
    assert breakdown.options[0].traps[0].because == (
        "These are the missed. Found by all. 60 / (60 + 30) = 0.6667."
    )


@pytest.mark.parametrize(
    ("stated", "right"),
    [
        ("66.7%", True),
        ("66.67%", True),
        ("67%", True),
        ("66%", False),
        ("0.667", True),
        ("0.7", True),
        ("0.66", False),
        ("0.70", False),
        ("0.6666", False),
        ("1", False),
    ],
)
def test_a_number_counts_as_exactly_as_it_is_written(
    worked: Dissector, stated: str, right: bool
) -> None:
    breakdown = ask(worked, STEM, stated, "0.123")
    assert [fit.pattern for fit in breakdown.options[0].fits] == (["recall"] if right else [])


@pytest.mark.parametrize(
    ("stem", "options"),
    [
        ("The model found 60 and missed 30. Is it good?", ["0.67", "0.5"]),  # not asked for
        ("The model found 60. What is its recall?", ["0.67", "0.5"]),  # an operand is lacking
        ("It found 60 and missed 30, then missed 20. What is its recall?", ["0.67", "0.5"]),
        (STEM, ["0.67", "about 0.67"]),  # tells none apart
        (STEM, ["0.1", "0.2"]),  # what it gives is not among them
        ("It found 60 and missed 30. Which is NOT its recall?", ["0.67", "0.5"]),
    ],
)
def test_it_is_silent_where_it_does_not_tell(
    worked: Dissector, stem: str, options: list[str]
) -> None:
    assert said(ask(worked, stem, *options)) == [[] for _ in options]


def test_of_options_with_numbers_of_their_own_the_best_wins(worked: Dissector) -> None:
    stem = "Which model has the lowest miss rate?"
    breakdown = ask(worked, stem, "It found 50 and missed 50.", "It found 90 and missed 10.")
    assert breakdown.answer == ("B",)
    assert said(breakdown) == [
        [("wrong-metric", "found 50 and missed 50")],
        [("fit", "found 90 and missed 10")],
    ]
    assert breakdown.options[0].traps[0].because == (
        "It misses more. 50 / (50 + 50) = 0.5. The best is 0.1."
    )
    for others in (["It found 90."], ["found 90, missed 10"]):  # one tells nothing; two are equal
        assert said(ask(worked, stem, "found 90, missed 10", *others)) == [[], []]


def test_without_options_the_result_is_proposed(worked: Dissector) -> None:
    [proposed] = ask(worked, STEM).suggests
    assert (proposed.pattern, proposed.because) == (
        "recall",
        "Found by all. 60 / (60 + 30) = 0.6667.",
    )


@pytest.mark.parametrize("between", ["\n", " ", ", "])
@pytest.mark.parametrize("sign", [": ", " = "])
def test_counts_are_read_each_by_itself(dissector: Dissector, between: str, sign: str) -> None:
    counts = between.join(f"{name}{sign}{n}" for name, n in COUNTS.items())
    breakdown = ask(
        dissector,
        f"{counts}\n\nWhat is the precision of the model?",
        "0.80",
        "0.67",
        "0.94",
        "0.96",
    )
    assert breakdown.answer == ("B",)
    assert "80 / (80 + 40) = 0.6667" in breakdown.because
    # what stories with such numbers tell is no reason beside what is worked out
    found = {reason.pattern for o in breakdown.options for reason in (*o.fits, *o.traps)}
    assert found == {"precision-worked-out"}


def test_no_number_takes_its_unit_from_the_next_option(dissector: Dissector) -> None:
    [_, first, _] = dissector.sense(["How many?", "FP = 60", "TP = 70"])
    assert [m.amount for m in first.mentions if m.value] == [60.0, 60.0]


# The formulas themselves


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a +", "this is no formula"),
        ("a ** b", '"a ** b" is not understood'),
        ("__import__('os')", "\"__import__('os')\" is not understood"),
        ("a.b", '"a.b" is not understood'),
        ("ceil(a, b)", '"ceil(a, b)" is not understood'),
        ("[a]", '"[a]" is not understood'),
        ("True", '"True" is not understood'),
        ("a + " * 60 + "a", "longer than 200 characters"),
        ("", "this is no formula"),
        ("\0", "this is no formula"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(FormulaError, match=r".") as error:
        parse_formula(text)
    assert str(error.value) == complaint


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ceil(4500 / 1000)", 5.0),
        ("ceil(0.3 / 0.1)", 3.0),  # 2.9999999999999996
        ("ceil(3 * 1.1 / 1.1)", 3.0),  # 3.0000000000000004
        ("floor((64 + 2 * 1 - 5) / 2) + 1", 31.0),
        ("max(1, 2, 3) - min(1, 2)", 2.0),
        ("sqrt(9) + log2(8)", 6.0),
        ("1 / 0", None),
        ("sqrt(0 - 1)", None),
        ("a / 2", None),
        ("1e308 * 1e308", None),
    ],
)
def test_what_a_formula_gives(text: str, result: float | None) -> None:
    assert evaluate(parse_formula(text), {}) == result


def test_the_names_in_a_formula() -> None:
    assert list(operands(parse_formula("tp / (tp + max(fn, 2))"))) == ["tp", "tp", "fn"]


_leaves = st.sampled_from("abc") | st.integers(0, 99).map(float)
_trees = st.recursive(
    _leaves, lambda part: st.tuples(st.sampled_from("+-*/"), part, part).map(list), max_leaves=8
)


@given(_trees)
def test_what_is_shown_is_what_was_worked_out(tree: Any) -> None:
    values = {"a": 3.0, "b": 7.0, "c": 11.0}
    result = evaluate(tree, values)
    shown = evaluate(parse_formula(written(tree, values)), {}) if result is not None else None
    assert (result is None) == (shown is None)
    if result is not None and shown is not None:
        assert math.isclose(result, shown, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5.0, "5"),
        (1234567.0, "1,234,567"),
        (2 / 3, "0.6667"),
        (12345.678, "12,345.7"),
        (-1.5, "-1.5"),
    ],
)
def test_numbers_are_shown_for_people(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[found / (found + missed)]", "[found / al]", '"al" is no operand'),
        ("[found / (found + missed)]", "[found ^ 2]", '"found ^ 2" is not understood'),
        ("prefer: lowest", "given: {}", "a formula needs either 'given' or 'prefer'"),
        ("{found: found, missed", "{found: fond, missed", 'names the unknown id "fond"'),
        ("asks: {words: [recall]}", "asks: {none: [found]}", "'asks' must say what"),
        ("[{stem: x, options: [x, y]}]", "[]", "fires"),
    ],
)
def test_a_mistake_in_a_formula_is_told(
    make: MakeDissector, old: str, new: str, complaint: str
) -> None:
    assert old in LIBRARY
    with pytest.raises(LibraryError) as error:
        make(LIBRARY.replace(old, new, 1))
    assert complaint in str(error.value)


def test_an_example_that_marks_the_wrong_number_is_told(shell: Shell, tmp_path: Path) -> None:
    skeleton = shell("patterns", "new", "formula", "my-share").out
    own = tmp_path / "mine.yaml"
    own.write_text(skeleton, "utf-8")
    told = shell("patterns", "check", str(own))
    assert told.status == 2
    assert 'formula my-share: fires example 1: in "0.5" it finds [], marked are' in told.err
    filled = (
        skeleton.replace("what the question wants to know", "share of weeds")
        .replace("{part: number, whole: samples}", "{part: samples, whole: products}")
        .replace(
            "A situation with its numbers, and what is asked.",
            "Of 40 machines there are 20 records. What is the share of weeds?",
        )
        .replace(
            "The same numbers, where something else is asked.",
            "Of 40 machines there are 20 records. What is the time?",
        )
    )
    own.write_text(filled, "utf-8")
    assert shell("patterns", "check", str(own)).out == "1 patterns, all well\n"
