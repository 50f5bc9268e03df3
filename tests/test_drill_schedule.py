"""What comes next: facts of single answers, and a hundred simulated learners over sixty days."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from drilling import bank, item

from examcoach.drill import log
from examcoach.drill.exercise import Candidate, Wanted, candidates, make
from examcoach.drill.log import Entry
from examcoach.drill.memory import Memory
from examcoach.drill.schedule import (
    Learner,
    choose,
    learn,
    make_scheduler,
    replay,
    with_exam_day,
)
from examcoach.drill.session import begin, take

DAY = 86_400.0
FIRST = dt.date(2026, 3, 2)


def at(day: int, second: int = 0) -> float:
    noon = dt.datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=dt.UTC)
    return noon.timestamp() + day * DAY + second


def answer(day: int, right: bool, sure: str = "think", second: int = 0, **body: Any) -> Entry:
    told = {"ref": "scenario/q", "item": "q", "skills": ["task:1.1"], "right": right, "sure": sure}
    return Entry(f"a{day}.{second}", at(day, second), "s", log.ANSWER, {**told, **body})


def due_of(*entries: Entry) -> int:
    """In how many days from the first the skill is due."""
    return (replay(entries, dt.UTC).skills["task:1.1"].due - FIRST).days


def test_intervals_grow_with_right_answers() -> None:
    assert [
        due_of(answer(0, True)),
        due_of(answer(0, True), answer(2, True)) - 2,
    ] == [2, 11]


def test_sure_and_wrong_comes_back_the_next_day() -> None:
    """Also where FSRS alone would wait, since the skill was long kept."""
    kept = [answer(day, True) for day in (0, 2, 13)]
    assert due_of(*kept, answer(80, False, "guess")) > 81
    assert due_of(*kept, answer(80, False, "sure")) == 81


def test_right_but_guessed_is_not_mastered() -> None:
    days = (0, 2, 13)
    sure = replay([answer(day, True, "sure") for day in days], dt.UTC).skills["task:1.1"]
    guess = replay([answer(day, True, "guess") for day in days], dt.UTC).skills["task:1.1"]
    helped = replay([answer(day, True, "sure", hints=1) for day in days], dt.UTC)
    assert sure.mastered
    assert not guess.mastered
    assert not helped.skills["task:1.1"].mastered
    assert guess.due < sure.due


def test_only_the_skills_that_failed_lapse() -> None:
    entry = answer(0, False, skills=["trap:overkill", "trap:costly"], failed=["trap:costly"])
    skills = replay([entry], dt.UTC).skills
    assert (skills["trap:overkill"].lapses, skills["trap:costly"].lapses) == (0, 1)


def test_an_answer_taken_back_leaves_no_trace() -> None:
    undone = answer(1, False, "sure")
    undo = Entry("u", at(1, 9), "s", log.UNDO, {"answer": undone.id})
    assert replay([answer(0, True), undone, undo], dt.UTC) == replay([answer(0, True)], dt.UTC)


def test_the_order_in_which_logs_were_merged_does_not_matter() -> None:
    entries = [answer(day, day % 3 > 0) for day in range(9)]
    assert replay(entries[::-1], dt.UTC) == replay(entries, dt.UTC)


def test_a_learner_is_remembered_exactly(tmp_path: Path) -> None:
    """Learning entry by entry, from the cache, and replaying all come to the same."""
    entries = [answer(n % 50, n % 3 > 0, "sure", n, skills=[f"task:{n % 7}"]) for n in range(260)]
    entries.sort(key=lambda e: e.at)
    memory = Memory(tmp_path, dt.UTC)
    memory.learner(entries[:100])
    assert memory.learner(entries).skills == replay(entries, dt.UTC).skills
    memory.keep(entries)
    assert len(list(tmp_path.iterdir())) == 1
    again, first = Memory(tmp_path, dt.UTC).learner(entries), memory.learner(entries)
    assert (again.skills, again.items) == (first.skills, first.items)
    undo = Entry("u", at(51), "s", log.UNDO, {"answer": entries[-1].id})
    assert memory.learner([*entries, undo]).skills == replay(entries[:-1], dt.UTC).skills


def test_nothing_is_due_on_the_day_of_the_exam_or_later() -> None:
    date = Entry("d", at(0), "plan", log.DATE, {"date": (FIRST + dt.timedelta(days=9)).isoformat()})
    kept = [answer(day, True) for day in (0, 2)]
    assert due_of(*kept) == 13
    assert due_of(date, *kept) == 8
    learner = with_exam_day(replay(kept, dt.UTC), FIRST + dt.timedelta(days=12), FIRST)
    assert learner.skills["task:1.1"].due == FIRST + dt.timedelta(days=11)


def candidate(name: str, task: str = "1.1", *skills: str, siblings: str = "") -> Candidate:
    sets = (siblings,) if siblings else ()
    return Candidate(f"scenario/{name}", (f"task:{task}", *skills), task, siblings=sets)


def picked(learner: Learner, *among: Candidate, done: tuple[str, ...] = ()) -> str:
    chosen = choose(learner, among, FIRST + dt.timedelta(days=2), random.Random(1), done)
    return chosen.item if chosen else ""


def test_an_unseen_item_that_trains_what_is_due() -> None:
    wrong = answer(0, False, "sure", item="old", ref="scenario/old", skills=["task:2.1"])
    learner = replay([wrong], dt.UTC)
    among = [candidate("old", "2.1"), candidate("new", "2.1"), candidate("other", "3.1")]
    assert picked(learner, *among) == "new"


def test_no_item_twice_in_a_session_until_all_are_done() -> None:
    one, two = candidate("one"), candidate("two")
    assert picked(Learner(), one, two, done=("scenario/one",)) == "two"
    assert picked(Learner(), one, done=("scenario/one",)) == ""


def test_confusables_follow_one_another() -> None:
    seen = answer(1, True, item="a", ref="scenario/a", skills=["task:1.1"])
    learner = replay([seen], dt.UTC)
    among = [
        candidate("a", "1.1", siblings="twins"),
        candidate("b", "3.1", siblings="twins"),
        *(candidate(f"c{n}", "1.1") for n in range(5)),
    ]
    assert picked(learner, *among, done=("scenario/a",)) == "b"


TASKS = [f"{d}.{t}" for d in range(1, 5) for t in range(1, 4)]
WEAK = set(TASKS[::4])
DAYS, A_DAY = 60, 4
BANK = bank(*(item(f"q{n}", TASKS[n % 12], patterns=(f"p{n % 5}",)) for n in range(36)))
AMONG = candidates(BANK, "scenario", Wanted())


def simulate(seed: int) -> tuple[list[int], dict[str, int]]:
    """The due skills on each morning, and how often each task was asked, for one learner, who
    presses keys in sessions whose drafts are the log."""
    chance = random.Random(seed)
    scheduler, learner = make_scheduler(), Learner()
    due, asked = [], dict.fromkeys(TASKS, 0)
    for number in range(DAYS):
        today = FIRST + dt.timedelta(days=number)
        due.append(len(learner.due(today)))
        done: list[str] = []
        for second in range(A_DAY):
            chosen = choose(learner, AMONG, today, chance, done)
            assert chosen is not None
            asked[chosen.task] += 1
            done.append(chosen.ref)
            session = begin(make(BANK, chosen.ref, str(seed)), at(number, second))
            knows = chance.random() < (0.4 if chosen.task in WEAK else 0.92)
            wrong = [o.label for o in session.exercise.options if not knows]
            label = chance.choice([w for w in wrong if w not in session.exercise.answer] or ["-"])
            key = session.exercise.answer[0] if knows else label
            step = take(take(session, key, 1.0).session, chance.choice("123"), at(number, second))
            [draft] = step.drafts
            assert draft.body["right"] is knows
            entry = Entry(f"{number}.{second}", at(number, second), "s", draft.kind, draft.body)
            learn(learner, entry, scheduler, dt.UTC)
    return due, asked


@pytest.fixture(scope="module")
def learners() -> list[tuple[list[int], dict[str, int]]]:
    """A hundred learners."""
    return [simulate(seed) for seed in range(100)]


def test_the_due_load_is_bounded(learners: list[tuple[list[int], dict[str, int]]]) -> None:
    """Four questions a day hold 22 skills, three of them failed at more often than not, at no more
    than half of them due on a morning: the load settles and stays."""
    middle = mean(mean(due[20:40]) for due, _ in learners)
    late = mean(mean(due[40:]) for due, _ in learners)
    assert late <= middle * 1.1
    assert max(mean(due[day] for due, _ in learners) for day in range(DAYS)) <= 11
    assert max(max(due) for due, _ in learners) < 22


def test_weak_skills_are_seen_more_often(
    learners: list[tuple[list[int], dict[str, int]]],
) -> None:
    for _, asked in learners:
        weak = mean(asked[task] for task in WEAK)
        strong = mean(asked[task] for task in TASKS if task not in WEAK)
        assert weak > 1.3 * strong
        assert min(asked.values()) > 0


def test_a_category_that_was_missed_lapses_though_the_others_were_marked() -> None:
    names = ["category:cost", "category:data"]
    entry = answer(0, True, skills=names, failed=["category:data"])
    skills = replay([entry], dt.UTC).skills
    assert [skills[name].lapses for name in names] == [0, 1]
    assert skills["category:data"].due < skills["category:cost"].due
