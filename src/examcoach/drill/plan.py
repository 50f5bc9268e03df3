"""What to do on each day until the exam."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from examcoach.drill import ability
from examcoach.drill.blueprint import Pack
from examcoach.drill.progress import NEW, Summary
from examcoach.drill.schedule import Learner, with_exam_day

MINUTES_A_QUESTION = 2.5
"""Answering, and reading the reasons."""
REVIEW_SHARE = 0.6
"""At most this share of a day goes to what is due, so that something new is left."""
SKILLS_A_QUESTION = 4.0
"""Due skills that one question trains, on average."""
COMES_BACK = ((2, 0.4), (13, 0.2))
"""Days after which what is studied comes due, and the questions that this takes for each one
studied: two first intervals of a skill that is known, and many questions share their skills."""
_MODES = ("siblings", "traps", "constraints", "flip", "recall", "scenario", "design")


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do: in words, for how long, and the command."""

    what: str
    minutes: int
    command: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the plan."""

    date: dt.date
    doings: tuple[Doing, ...]


def plan(
    learner: Learner,
    known: Summary,
    pack: Pack,
    today: dt.date,
    exam_day: dt.date,
    minutes: int = 45,
) -> list[Day]:
    """The days from today to the one before the exam.

    Each day repeats what is due (nothing is due later than the day before the exam), then goes on
    with the domain that is furthest behind its weight: domains take turns in proportion to weight
    times what is still wrong in them. Full mock exams stand where there is time to learn from them;
    the last day is light.
    """
    learner = with_exam_day(learner, exam_day, today)
    total = (exam_day - today).days
    mocks = _mock_days(total)
    needs = {d.id: d.weight * (1.05 - _expected(known, d.id)) for d in pack.domains}
    credit = dict.fromkeys(needs, 0.0)
    turns: dict[str, int] = dict.fromkeys(needs, 0)
    due = _due_by_day(learner, today, total)
    later: dict[int, float] = defaultdict(float)
    left = 0  # due skills that did not fit into the days before
    days = []
    for number in range(total):
        date = today + dt.timedelta(days=number)
        left += due.get(date, 0)
        if number in mocks:
            days.append(Day(date, (_mock(pack),)))
            left = 0  # an exam trains more skills than a day of reviews
            continue
        budget: float = minutes if number < total - 1 else min(minutes, 20)
        doings = []
        wanted = left / SKILLS_A_QUESTION + later[number]
        asked = min(math.ceil(wanted - 0.5), int(budget * REVIEW_SHARE / MINUTES_A_QUESTION))
        if asked > 0 or left:
            asked = max(1, asked)
            doings.append(_review(pack, left, asked))
            budget -= doings[0].minutes
            left = max(0, left - round(asked * SKILLS_A_QUESTION))
            later[number + 1] += max(0.0, later[number] - asked)
        if number < total - 1 and budget >= MINUTES_A_QUESTION:
            domain = _turn(needs, credit)
            count = int(budget / MINUTES_A_QUESTION)
            doings.append(_study(known, pack, domain, turns, number, count))
            for days_after, share in COMES_BACK:
                later[number + days_after] += share * count
        elif not doings:
            doings.append(Doing("a few easy ones, then rest", 15, f"{pack.drilling} --count 5"))
        days.append(Day(date, tuple(doings)))
    return days


def _expected(known: Summary, domain: str) -> float:
    found = known.abilities.get(domain)
    return ability.chance(found.value, 0.0, 0.25) if found else 0.5


def _due_by_day(learner: Learner, today: dt.date, total: int) -> dict[dt.date, int]:
    """Skills by the day they are due; what is overdue falls on today."""
    counts: dict[dt.date, int] = {}
    for skill in learner.skills.values():
        day = max(today, skill.due)
        if (day - today).days < total:
            counts[day] = counts.get(day, 0) + 1
    return counts


def _mock_days(total: int) -> set[int]:
    """Days for full mock exams, counted from today: five days before the end, and half-way."""
    days = set()
    if total >= 7:
        days.add(total - 5)
    if total >= 21:
        days.add(total // 2)
    if total >= 42:
        days.add(total - 12)
    return days


def _mock(pack: Pack) -> Doing:
    return Doing(
        "a full mock exam, then its review", pack.minutes, f"examcoach exam --exam {pack.id}"
    )


def _review(pack: Pack, due: int, questions: int) -> Doing:
    skills = "skill" if due == 1 else "skills"
    what = f"{due} {skills} due" if due else "what is due by then"
    return Doing(
        what, round(questions * MINUTES_A_QUESTION), f"{pack.drilling} --count {questions}"
    )


def _turn(needs: Mapping[str, float], credit: dict[str, float]) -> str:
    """The domain whose turn it is (smooth weighted round robin)."""
    for name, need in needs.items():
        credit[name] += need
    chosen = max(needs, key=lambda name: credit[name])
    credit[chosen] -= sum(needs.values())
    return chosen


def _study(
    known: Summary,
    pack: Pack,
    domain: str,
    turns: dict[str, int],
    number: int,
    count: int,
) -> Doing:
    """New questions in the domain: its untried tasks first, then by share of right answers."""
    tasks = [task for task in known.tasks if task.domain == domain]
    tasks.sort(key=lambda t: (t.state != NEW, t.tally.share.middle, t.tally.id))
    task = tasks[turns[domain] % len(tasks)].tally
    turns[domain] += 1
    mode = _MODES[number % len(_MODES)] if number % 2 else "scenario"
    name = next(d.name for d in pack.domains if d.id == domain)
    minutes = round(count * MINUTES_A_QUESTION)
    if mode in ("recall", "design"):
        command = f"{pack.drilling} --mode {mode} --count {count if mode == 'recall' else 1}"
        what = "short answers" if mode == "recall" else "write one design"
        return Doing(what, minutes, command)
    chosen = "" if mode == "scenario" else f" --mode {mode}"
    if mode == "siblings":
        command = f"{pack.drilling}{chosen} --domain {domain} --count {count}"
    else:
        command = f"{pack.drilling}{chosen} --task {task.id} --count {count}"
    return Doing(f"{name}: {task.id} {task.name}", minutes, command)
