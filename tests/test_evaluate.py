"""Figures worked out by hand on tiny pairs."""

from __future__ import annotations

import pytest

from examcoach.evaluate import Report, calibration_error, changes, evaluate, to_record
from examcoach.model import (
    Ask,
    Breakdown,
    Constraint,
    Decides,
    Domain,
    Gold,
    GoldConstraint,
    GoldTrap,
    JudgedOption,
    Trap,
)
from examcoach.terms import Category, TrapType, Verdict


def option(label: str, verdict: Verdict, *traps: TrapType) -> JudgedOption:
    return JudgedOption(
        label, "x", verdict, 0.0, (), tuple(Trap(t, f"p-{t}", "b", ()) for t in traps)
    )


def found(category: Category, start: int, end: int, hidden: bool = False) -> Constraint:
    requires = "r" if hidden else None
    return Constraint(category, "x" * (end - start), start, end, hidden, requires, "p")


def gold(category: Category, start: int, end: int, hidden: bool = False) -> GoldConstraint:
    return GoldConstraint(category, "x" * (end - start), start, end, hidden)


def breakdown(
    name: str | None,
    *,
    options: tuple[JudgedOption, ...] = (),
    constraints: tuple[Constraint, ...] = (),
    decides: Decides | None = None,
    confidence: float = 0.0,
    domain: Domain | None = None,
) -> Breakdown:
    answer = tuple(o.label for o in options if o.verdict == "pick")
    return Breakdown(
        name, None, "e", "x" * 50, Ask(), domain, constraints, decides, (), options, answer,
        confidence, "",
    )  # fmt: skip


FIRST = breakdown(
    "first",
    options=(option("A", "pick"), option("B", "eliminate", "costly", "manual"),
             option("C", "possible", "overkill"), option("D", "possible")),
    constraints=(found("cost", 0, 5), found("scale", 10, 15), found("data", 20, 25, True)),
    decides=Decides("cost", "xxxxx", 0, 5, ("B",)),
    confidence=0.75,
    domain=Domain("mlops", 0.9),
)  # fmt: skip
FIRST_GOLD = Gold(
    answer=("A",),
    domain="mlops",
    constraints=(gold("cost", 4, 9), gold("scale", 15, 20), gold("security", 30, 35, True)),
    decides=gold("cost", 5, 9),
    traps={"B": GoldTrap("costly"), "C": GoldTrap("manual"), "D": GoldTrap("leakage")},
)
SECOND = breakdown(
    "second",
    options=(option("A", "eliminate", "manual"), option("B", "pick")),
    confidence=0.55,
)
SECOND_GOLD = Gold(answer=("A",), domain="eda")


def test_figures_by_hand() -> None:
    """Each figure of two questions, as worked out with pencil and paper."""
    figures = evaluate([(FIRST, FIRST_GOLD), (SECOND, SECOND_GOLD)]).figures()
    assert figures == {
        "accuracy": 1 / 2,
        "right options struck out": 1 / 2,  # A of the second, of two right ones
        "wrong options struck out": 1 / 4,  # B of the first; C, D and B of the second stand
        "category F1, explicit": 1.0,  # cost and scale
        "category F1, hidden": 0.0,  # data for security
        "category F1, both": 2 * 2 / (3 + 3),
        "span F1": 2 * 1 / (3 + 3),  # cost overlaps by one character, scale only touches
        "domain": 1 / 2,  # none where eda was right
        "what decides, category": 1.0,
        "what decides, words": 0.0,  # [0, 5) and [5, 9) do not overlap
        "kind of trap, of all wrong options": 1 / 3,  # B; C is named wrongly, D not at all
        "kind of trap, where one is named": 1 / 2,
        "calibration error": pytest.approx((0.25 + 0.55) / 2),
    }


def test_misses_by_name() -> None:
    report = evaluate([(FIRST, FIRST_GOLD), (SECOND, SECOND_GOLD)])
    assert [(m.id, m.what, m.found, m.gold) for m in report.misses] == [
        ("first", "hidden category too many", "data: 'xxxxx' (p)", ""),
        ("first", "hidden category not found", "", "security: 'xxxxx'"),
        ("first", "trap of C", "overkill", "manual"),
        ("first", "trap of D", "none", "leakage"),
        ("second", "answer", "B", "A"),
        ("second", "right option struck out", "p-manual", "A"),
        ("second", "domain", "none", "eda"),
    ]


def test_without_gold_there_are_no_figures() -> None:
    """A question without gold counts as a question and nothing else."""
    report = evaluate([(FIRST, Gold()), (breakdown(None), Gold(answer=("A",)))])
    assert report.questions == 2
    assert set(report.figures().values()) == {None}
    assert (report.misses, report.answers) == ([], {})


def test_choose_two_is_all_or_nothing() -> None:
    both = breakdown("two", options=(option("A", "pick"), option("B", "pick")), confidence=1.0)
    assert evaluate([(both, Gold(answer=("B", "A")))]).accuracy.share == 1
    assert evaluate([(both, Gold(answer=("A",)))]).accuracy.share == 0


def test_a_gold_span_is_used_once() -> None:
    twice = breakdown("x", constraints=(found("cost", 0, 5), found("cost", 3, 9)))
    assert evaluate([(twice, Gold(constraints=(gold("cost", 0, 9),)))]).spans.f1 == 2 / 3


@pytest.mark.parametrize(
    ("sureness", "error"),
    [
        ([], None),
        ([(0.8, True)] * 4 + [(0.8, False)], 0.0),  # as sure as it is right
        ([(1.0, True), (1.0, False)], 0.5),
        ([(0.95, True), (1.0, False)], 0.475),  # 1.0 is in the topmost bin
        ([(0.2, False), (0.9, True)], 0.15),  # bins do not cancel out: (0.2 + 0.1) / 2
        ([(0.61, True), (0.69, False)], 0.15),  # |1.3 - 1| / 2, one bin
    ],
)
def test_calibration_error(sureness: list[tuple[float, bool]], error: float | None) -> None:
    assert calibration_error(sureness) == (None if error is None else pytest.approx(error))


def test_changes() -> None:
    """Only questions that both runs have, and that changed sides."""
    report = Report(answers={"a": True, "b": False, "c": True, "d": False, "new": False})
    before = {"answers": {"a": False, "b": True, "c": True, "d": False, "gone": True}}
    assert changes(report, before) == {"gained": ["a"], "lost": ["b"]}
    assert changes(report, {}) == {"gained": [], "lost": []}


def test_record() -> None:
    record = to_record(evaluate([(FIRST, FIRST_GOLD), (SECOND, SECOND_GOLD)]))
    assert record["schema"] == "examcoach/evaluation@1"
    assert record["questions"] == 2
    assert record["answers"] == {"first": True, "second": False}
    assert record["figures"]["kind of trap, of all wrong options"] == 0.3333
