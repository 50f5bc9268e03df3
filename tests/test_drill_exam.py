"""Mock exams: the draw, the sitting and its clock, the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from drilling import PACK, bank, item, many
from hypothesis import given
from hypothesis import strategies as st

from examcoach.drill import exam, log
from examcoach.drill.blueprint import Pack, placed
from examcoach.drill.log import Entry
from examcoach.render.blocks import to_text
from examcoach.render.exam import report_blocks, report_markdown

BANK = many()
DOMAIN = {name: one.domain for name, one in BANK.items.items()}


def test_the_draw_follows_the_blueprint() -> None:
    drawn = exam.draw(BANK, PACK, "s")
    assert Counter(DOMAIN[d.item] for d in drawn) == {"data": 6, "model": 4}
    assert sum(d.scored for d in drawn) == 8
    assert len({d.item for d in drawn}) == 10
    several = sum(len(BANK.items[d.item].scenario.gold.answer) > 1 for d in drawn)
    assert several == 2  # as the bank: a fifth
    tasks = Counter(BANK.items[d.item].task for d in drawn)
    assert tasks["1.1"] == tasks["1.2"] == 3


def test_the_same_seed_gives_the_same_exam() -> None:
    assert exam.draw(BANK, PACK, "s") == exam.draw(BANK, PACK, "s")
    assert exam.draw(BANK, PACK, "s") != exam.draw(BANK, PACK, "t")
    paper = exam.paper_of(BANK, exam.draw(BANK, PACK, "s"), "s", 60.0)
    assert paper == exam.paper_of(BANK, exam.draw(BANK, PACK, "s"), "s", 60.0)


def test_a_series_repeats_no_question_while_there_are_others() -> None:
    series = [exam.draw(BANK, PACK, seed) for seed in ("s", "s/2", "s/3", "s/4")]
    items = [d.item for drawn in series for d in drawn]
    assert len(set(items)) == len(items) == 40


def test_a_small_bank_gives_a_short_exam() -> None:
    assert len(exam.draw(bank(item("a"), item("b")), PACK, "s")) == 2


@pytest.mark.parametrize("length", [5, 10, 30])
def test_the_share_of_multiple_response_holds_over_the_whole_exam(length: int) -> None:
    """A fifth of the bank, so a fifth of an exam, however few questions a domain has; a pack's own
    share comes first."""

    def several(pack: Pack) -> int:
        drawn = exam.draw(BANK, pack, "s", length)
        return sum(len(BANK.items[d.item].scenario.gold.answer) > 1 for d in drawn)

    assert several(PACK) == length // 5
    assert several(replace(PACK, shares={"multiple-response": 0.3})) == round(length * 0.3)


def test_without_multiple_response_there_is_none() -> None:
    single = replace(PACK, types=("multiple-choice",))
    drawn = exam.draw(BANK, single, "s")
    assert len(drawn) == 10
    assert all(len(BANK.items[d.item].scenario.gold.answer) == 1 for d in drawn)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 99), min_size=1), st.integers(0, 200)
)
def test_apportioned_numbers_add_up(weights: dict[str, float], total: int) -> None:
    counts = exam.apportion(weights, total)
    assert sum(counts.values()) == total
    for name, weight in weights.items():
        assert abs(counts[name] - total * weight / sum(weights.values())) < 1


def test_questions_of_another_exam_are_placed_by_topic() -> None:
    other = replace(PACK, id="other", domains=PACK.domains[::-1])
    own = replace(PACK, id="mls-c01")
    found = placed(BANK, {"mls-c01": own, "other": other}, other)
    assert {i.domain for i in found.items.values()} == {"data", "model"}
    assert all(i.task != "1.2" for i in found.items.values())  # it has no topic there


class Hall:
    """A sitting by hand: keys at times, kept as entries."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.paper = exam.paper_of(BANK, exam.draw(BANK, PACK, "s"), "s", seconds)
        self.entries: list[Entry] = []
        self.sitting = exam.Sitting()
        self._ids: Iterator[int] = count()
        self.keep(log.EXAM, {}, 0.0)

    def keep(self, kind: str, body: object, at: float) -> None:
        entry = Entry(f"{next(self._ids):04}", at, "s", kind, body)  # type: ignore[arg-type]
        self.entries.append(entry)
        self.sitting = exam.apply(self.paper, self.sitting, kind, entry.body, at)

    def press(self, at: float, *keys: str) -> exam.Sitting:
        for key in keys:
            self.sitting, drafts = exam.decide(self.paper, self.sitting, key)
            for draft in drafts:
                self.keep(draft.kind, draft.body, at)
        return self.sitting

    def right(self, number: int) -> tuple[str, ...]:
        return self.paper.exercises[number].answer

    def wrong(self, number: int) -> str:
        exercise = self.paper.exercises[number]
        return next(label for label in exercise.origin if label not in exercise.answer)


def test_moving_about() -> None:
    hall = Hall()
    assert hall.press(1, "left").at == 0
    assert hall.press(1, "n", "enter", "right").at == 3
    assert hall.press(1, "p").at == 2
    assert hall.press(1, "j10").at == 9
    assert hall.press(1, "n").view == exam.REVIEW
    assert (hall.press(1, "j3").at, hall.sitting.view) == (2, exam.QUESTION)
    assert hall.press(1, "j99").note == "There are questions 1 to 10."
    assert hall.press(1, "m").flags == {2}
    assert hall.press(1, "m").flags == frozenset()


def test_no_more_answers_than_asked_for() -> None:
    hall = Hall()
    for number, exercise in enumerate(hall.paper.exercises):
        hall.press(1, f"j{number + 1}", *exercise.origin)
        assert len(hall.sitting.picks[number]) == exercise.choose


def test_submitting_warns_and_asks() -> None:
    hall = Hall()
    assert hall.press(1, "s").view == exam.CONFIRM
    assert len(exam.unanswered(hall.paper, hall.sitting)) == 10
    assert hall.press(1, "n").view == exam.REVIEW
    assert hall.press(5, "s", "y").view == exam.OVER


def test_the_clock_stands_still_in_a_pause_and_after_a_kill() -> None:
    hall = Hall(100.0)
    hall.press(10.0, "n")
    hall.press(30.0, "z")
    assert exam.left(hall.paper, hall.sitting, 5000.0) == 70.0
    hall.press(5000.0, "enter")
    hall.press(5005.0, "a")
    assert exam.left(hall.paper, hall.sitting, 5010.0) == 60.0
    back = exam.sitting_of(hall.paper, hall.entries)  # killed after its last entry, at 5005
    assert back.view == exam.PAUSED
    assert exam.left(hall.paper, back, 9999.0) == 65.0
    hall.sitting = back
    hall.press(9999.0, "enter")
    assert exam.left(hall.paper, hall.sitting, 10000.0) == 64.0
    assert exam.sitting_of(hall.paper, hall.entries).spent == 35.0
    assert hall.sitting.seconds == {0: 10.0, 1: 25.0}


@given(st.lists(st.sampled_from(["a", "b", "c", "n", "p", "j3", "m", "r", "z", "1", "enter"])))
def test_a_sitting_is_what_its_entries_say(keys: list[str]) -> None:
    hall = Hall()
    hall.press(7.0, *keys)
    again = exam.sitting_of(hall.paper, hall.entries)
    assert (again.picks, again.flags, again.sure, again.at) == (
        hall.sitting.picks,
        hall.sitting.flags,
        hall.sitting.sure,
        hall.sitting.at,
    )


@pytest.fixture
def sat() -> tuple[Hall, exam.Report]:
    """Question 1 right and sure, 2 wrong and a guess, 3 changed from right to wrong."""
    hall = Hall(1200.0)
    hall.press(20.0, *hall.right(0), "1", "n")
    hall.press(50.0, *hall.wrong(1), "3", "n")
    exercise = hall.paper.exercises[2]
    hall.press(60.0, *exercise.answer)
    for label in exercise.answer if exercise.choose > 1 else ():
        hall.press(61.0, label)
    wrong = [label for label in exercise.origin if label not in exercise.answer]
    hall.press(62.0, *wrong[: exercise.choose])
    hall.press(80.0, "s", "y")
    return hall, exam.report(hall.paper, hall.sitting, PACK)


def test_the_report(sat: tuple[Hall, exam.Report]) -> None:
    hall, report = sat
    scored = [n for n in range(3) if hall.paper.scored[n]]
    assert report.whole.total == 8
    assert report.whole.right == (0 in scored)
    assert report.unanswered == len(exam.unanswered(hall.paper, hall.sitting))
    assert [d.total for d in report.domains] == [
        sum(s for e, s in zip(hall.paper.exercises, hall.paper.scored, strict=True)
            if e.domain == d) for d in ("data", "model")
    ]  # fmt: skip
    assert (report.seconds, report.allowed) == (80.0, 1200.0)
    assert report.slowest[0] == (2, 30.0)
    assert report.changed["right to wrong"] == 1
    assert report.calibration == (("sure", 1, 1), ("guess", 0, 1))
    assert sum(times for _, times in report.traps) >= 1
    assert report.drills[0].startswith("examcoach drill --exam mock --task ")
    assert 0 <= report.readiness.low < report.readiness.middle < report.readiness.high <= 1


def test_the_report_in_words(sat: tuple[Hall, exam.Report]) -> None:
    _, report = sat
    text = to_text(report_blocks(report), 40)
    assert max(map(len, text.splitlines())) <= 40
    for words in ("not a scaled score", "Not an official score.", "sure: 1 of 1 right (100%)"):
        assert words in " ".join(text.split())
    assert "| Data | " in report_markdown(report)


def test_answers_go_to_the_log_for_the_scheduler(sat: tuple[Hall, exam.Report]) -> None:
    hall, _ = sat
    bodies = dict(exam.answers(hall.paper, hall.sitting))
    assert bodies[0]["right"] is True
    assert (bodies[0]["mode"], bodies[0]["sure"], bodies[0]["seconds"]) == ("exam", "sure", 20.0)
    assert bodies[1]["failed"]
    assert 5 not in bodies
