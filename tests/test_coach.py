"""The Python front door: one question, many, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import QUESTION, STEM

import examcoach
from examcoach import Coach, InputError, LibraryError, Option, Question


@pytest.fixture(scope="module")
def coach(zorb: Path, cache: Path) -> Coach:
    """A coach that knows the invented words too."""
    return Coach([zorb], cache=cache)


def test_text_and_question_are_the_same(coach: Coach) -> None:
    options = (
        Option("A", "Use Zorbstore."), Option("B", "Use Quuxbase."),
        Option("C", "Use a plain glimp."),
    )  # fmt: skip
    by_text = coach.dissect(QUESTION)
    by_value = coach.dissect(Question(STEM, options))
    assert by_value.answer == by_text.answer == ("A",)
    assert by_value.options == by_text.options
    assert [o.verdict for o in by_text.options] == ["pick", "eliminate", "possible"]
    assert (by_value.source, by_value.id, by_value.exam) == (None, None, "mls-c01")


def test_pipe_is_lazy_and_in_order(coach: Coach) -> None:
    """An endless stream gives its breakdowns one by one."""
    taken = []

    def endless() -> Iterator[Question]:
        number = 0
        while True:
            taken.append(number)
            yield Question(f"Zorb {number}?", id=str(number))
            number += 1

    breakdowns = coach.pipe(endless())
    assert taken == []
    assert [next(breakdowns).id for _ in range(3)] == ["0", "1", "2"]
    assert taken == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "there is no question"),
        ("A. x\nB. y", "have no stem"),
        (f"Question 1\n{QUESTION}\nQuestion 2\n{QUESTION}", "2 questions where one was expected"),
    ],
)
def test_text_that_is_not_one_question(coach: Coach, text: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as error:
        coach.dissect(text)
    assert len(error.value.problems) == 1
    with pytest.raises(InputError, match=what):
        next(coach.pipe([text]))


def test_broken_patterns(tmp_path: Path, cache: Path) -> None:
    """Every problem is there, with its line."""
    (tmp_path / "bad.yaml").write_text("- cue: x\n  phrase: [y]\n")
    with pytest.raises(LibraryError) as error:
        Coach([tmp_path], cache=cache)
    assert {(Path(p.path).name, p.line) for p in error.value.problems} == {
        ("bad.yaml", 1), ("bad.yaml", 2)
    }  # fmt: skip
    with pytest.raises(LibraryError, match="no such folder of patterns"):
        Coach([tmp_path / "none"], cache=cache)


def test_public_names() -> None:
    """All that is promised is there; nothing else is."""
    for name in examcoach.__all__:
        assert getattr(examcoach, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'coaches'"):
        examcoach.coaches  # noqa: B018
