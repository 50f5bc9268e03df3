"""Which options are picked where several are asked for."""

from __future__ import annotations

import pytest
from conftest import MakeDissector
from hypothesis import given
from hypothesis import strategies as st

from examcoach.model import Option, Question
from examcoach.picking import kinship, margin, pick, rivalry

TOTALS = st.lists(st.floats(-50, 50), min_size=1, max_size=8)


@given(TOTALS, st.integers(1, 9))
def test_without_rivals_the_highest_are_picked(totals: list[float], choose: int) -> None:
    picked, left = pick(totals, choose)
    assert len(picked) == min(choose, len(totals))
    assert left == totals
    assert margin(totals, picked) >= -1e-9


def test_ties_go_to_the_earlier() -> None:
    assert pick([1.0, 3.0, 3.0, 3.0 + 1e-12], 2)[0] == [1, 2]


def test_what_is_picked_lowers_its_like() -> None:
    rivals = [[0.0, 5.0, 0.0], [5.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert pick([9.0, 8.0, 4.0], 1, rivals) == ([0], [9.0, 3.0, 4.0])
    assert pick([9.0, 8.0, 4.0], 2, rivals) == ([0, 2], [9.0, 3.0, 4.0])
    assert pick([9.0, 8.0, 2.0], 2, rivals) == ([0, 1], [4.0, 3.0, 2.0])


def test_texts_are_rivals_by_what_they_share_in_order() -> None:
    texts = [["store", "it", "in", "a"], ["store", "it", "in", "b"], ["b", "in", "it", "store"]]
    taken = rivalry(texts, 0.5, 0.0, 8.0)
    assert taken[0][1] == pytest.approx(8.0 * (0.75 - 0.5))
    assert taken[1][2] == pytest.approx(0.0)  # one word in order, the others turned around
    assert [row[i] for i, row in enumerate(taken)] == [0.0, 0.0, 0.0]
    assert all(taken[i][j] == taken[j][i] for i in range(3) for j in range(3))


def test_short_names_share_a_word_by_chance() -> None:
    """Of two names one of two words is shared: half, or 2 of 6 tokens where 2 are added."""
    names = [["amazon", "ecr"], ["amazon", "s3"]]
    assert rivalry(names, 0.25, 0.0, 1.0)[0][1] == pytest.approx(0.25)
    assert rivalry(names, 0.25, 2.0, 1.0)[0][1] == pytest.approx(2 / 6 - 0.25)
    assert rivalry([[], []], 0.25, 2.0, 1.0) == [[0.0, 0.0], [0.0, 0.0]]


CASE = """
- case: goods
  topic: storage
  stories: ["Sheep must be [[sheared and counted]] in May.", "Count the sheep and shear them."]
  decides: data
  answers: [Shear every sheep with the electric shears in the barn, Count the flock at the gate]
  because: Wool first.
  insteads:
  - {option: Paint the fence, type: wrong-tool, because: A fence has no wool.}
"""


@pytest.mark.parametrize(("choose", "answer"), [(1, ("A",)), (2, ("A", "C"))])
def test_two_that_differ_in_a_word_are_not_both_picked(
    make: MakeDissector, choose: int, answer: tuple[str, ...]
) -> None:
    options = (
        Option("A", "Shear every sheep with the electric shears in the barn"),
        Option("B", "Shear every sheep with the electric shears in the house"),
        Option("C", "Count the flock"),
        Option("D", "Paint the fence"),
    )
    stem = "Sheep must be sheared and counted in May. What should be done?"
    breakdown = make(CASE)(Question(stem, options, choose))
    assert breakdown.answer == answer
    assert [o.verdict for o in breakdown.options][1] == "possible"


def test_kinship_is_what_each_has_in_common_with_the_others() -> None:
    texts = [["a", "b", "c"], ["a", "b", "d"], ["a", "e", "c"], ["x", "y", "z"]]
    two, one = 2 * 2 / 6, 2 * 1 / 6
    expected = [(two + two) / 3, (two + one) / 3, (two + one) / 3, 0.0]
    assert kinship(texts) == pytest.approx(expected)
    assert kinship([["a"]]) == [0.0]
    assert kinship([[], []]) == [0.0, 0.0]
