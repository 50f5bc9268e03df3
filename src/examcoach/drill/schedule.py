"""What comes next: FSRS over skills, and the choice of an exercise that trains the due ones.

FSRS (Free Spaced Repetition Scheduler, version 6; Ye, Su and Cao, 2022, "A stochastic shortest path
algorithm for optimizing spaced repetition scheduling", KDD) models for each skill a stability (days
until recall falls to the desired retention) and a difficulty. Days are the learner's own calendar
days; a skill is due on a day, not at a minute.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from examcoach.drill import log
from examcoach.drill.exercise import Candidate
from examcoach.drill.log import Entry

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

SURE, THINK, GUESS = "sure", "think", "guess"
SURENESS = (SURE, THINK, GUESS)
RETENTION = 0.9
"""The probability of still having a skill at which it becomes due."""
MASTERED_DAYS = 14.0
"""The stability from which a skill counts as mastered if its last answer was right, no guess."""
LONGEST_DAYS = 90
_UNSEEN, _SIBLING, _SAME_TASK, _NEW_SKILL, _CHANCE = 1.0, 0.75, 1.0, 0.15, 0.5
LATELY = 6
"""Exercises back to which variety is looked at."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What is known of a learner's skill: the FSRS card, its due day, and the tally."""

    card: Card
    due: dt.date
    last: dt.date
    seen: int
    right: int
    lapses: int
    solid: bool  # the last answer was right, no guess, and without a hint

    @property
    def stability(self) -> float:
        """Days until recall falls to 90% (FSRS's stability)."""
        return self.card.stability or 0.0

    @property
    def mastered(self) -> bool:
        """Kept for long, and not by luck."""
        return self.solid and self.stability >= MASTERED_DAYS


@dataclass(slots=True)
class Learner:
    """All that the log says, ready to ask. Made by `replay`, carried on by `learn`."""

    skills: dict[str, Skill] = field(default_factory=dict)
    items: dict[str, tuple[int, float, bool]] = field(default_factory=dict)  # times, last, right
    lately: list[str] = field(default_factory=list)  # refs, the latest last
    exam_day: dt.date | None = None

    def due(self, day: dt.date) -> list[str]:
        """The skills due on a day or before, the most overdue first."""
        due = [(skill.due, name) for name, skill in self.skills.items() if skill.due <= day]
        return [name for _, name in sorted(due)]


def replay(entries: Iterable[Entry], zone: dt.tzinfo | None) -> Learner:
    """The learner that a log tells of; `zone` decides where a day begins (None: local time)."""
    entries = list(entries)
    learner = Learner()
    scheduler = make_scheduler()
    for entry in log.in_order(entries):
        if entry.kind == log.DATE:
            day = entry.body.get("date")
            learner.exam_day = dt.date.fromisoformat(day) if day else None
    for entry in log.standing_answers(entries):
        learn(learner, entry, scheduler, zone)
    return learner


def make_scheduler() -> Scheduler:
    """FSRS with its published parameters, in whole days and without fuzz: the same for all."""
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,
    )


def day_of(at: float, zone: dt.tzinfo | None) -> dt.date:
    """The learner's calendar day at `at` seconds since the epoch."""
    return dt.datetime.fromtimestamp(at, zone).date()


def learn(
    learner: Learner, answer: Entry, scheduler: Scheduler, zone: dt.tzinfo | None = None
) -> None:
    """Take one answer into account."""
    body = answer.body
    day = day_of(answer.at, zone)
    right = bool(body.get("right"))
    failed = set(body.get("failed", ()))
    for name in body.get("skills", ()):
        kept = name not in failed if failed else right
        learner.skills[name] = _reviewed(
            learner.skills.get(name), kept, body, day, learner.exam_day, scheduler
        )
    item = str(body.get("item", ""))
    times, _, _ = learner.items.get(item, (0, 0.0, False))
    learner.items[item] = (times + 1, answer.at, right)
    learner.lately.append(str(body.get("ref", "")))


def _reviewed(
    skill: Skill | None,
    right: bool,
    body: Mapping[str, Any],
    day: dt.date,
    exam_day: dt.date | None,
    scheduler: Scheduler,
) -> Skill:
    from fsrs import Card, Rating

    guessed = body.get("sure") == GUESS
    helped = bool(body.get("hints"))
    rating = Rating.Hard if guessed or helped else Rating.Good
    if not right:
        rating = Rating.Again
    moment = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    card = skill.card if skill else Card(card_id=1, due=moment)
    card, _ = scheduler.review_card(card, rating, moment)
    due = card.due.date()
    if not right and body.get("sure") == SURE:
        due = day + dt.timedelta(days=1)  # a firm error is corrected best soon
    if exam_day is not None and day < exam_day:
        due = max(day + dt.timedelta(days=1), min(due, exam_day - dt.timedelta(days=1)))
    return Skill(
        card=card,
        due=due,
        last=day,
        seen=(skill.seen if skill else 0) + 1,
        right=(skill.right if skill else 0) + right,
        lapses=(skill.lapses if skill else 0) + (not right),
        solid=right and not guessed and not helped,
    )


def choose(
    learner: Learner,
    among: Sequence[Candidate],
    today: dt.date,
    order: random.Random,
    done: Collection[str] = (),
) -> Candidate | None:
    """The exercise that trains best what is due, or None where all are done.

    `done` are refs that do not come again in this session. An item that was never seen is better
    than one seen long ago; one that shares a sibling set with what came just before is better (it
    makes the learner tell them apart), one on the same task otherwise is worse.
    """
    left = [candidate for candidate in among if candidate.ref not in done]
    if not left:
        return None
    scheduler = make_scheduler()
    urgency = _urgency(learner, left, today, scheduler)
    by_item = {candidate.item: candidate for candidate in among}
    names = [ref.partition("/")[2].partition("/")[0] for ref in learner.lately[-LATELY:]]
    lately = [by_item[name] for name in names if name in by_item]
    today_items = {ref.split("/")[1] for ref in done}

    def worth(candidate: Candidate) -> tuple[bool, float, float]:
        need = sum(urgency[name] for name in candidate.skills)
        times, last, right = learner.items.get(candidate.item, (0, 0.0, False))
        score = need + (_UNSEEN if not times else 0.0) + (0.5 if times and not right else 0.0)
        for back, other in enumerate(reversed(lately)):
            if set(candidate.siblings) & set(other.siblings):
                score += _SIBLING / (1 + back)
            elif back < 2 and candidate.task and candidate.task == other.task:
                score -= _SAME_TASK / (1 + back)
        score += _CHANCE * order.random()
        return (candidate.item not in today_items, score, -last)

    return max(left, key=worth)


def _urgency(
    learner: Learner, left: Sequence[Candidate], today: dt.date, scheduler: Scheduler
) -> dict[str, float]:
    """How much each skill needs an exercise now, in lost probability of having it.

    Skills that hold of many exercises (a task) weigh less than those that few train.
    """
    trained_by: dict[str, int] = defaultdict(int)
    for candidate in left:
        for name in candidate.skills:
            trained_by[name] += 1
    moment = dt.datetime(today.year, today.month, today.day, tzinfo=dt.UTC)
    urgency = {}
    for name, count in trained_by.items():
        skill = learner.skills.get(name)
        if skill is None:
            need = _NEW_SKILL
        elif skill.due <= today:
            overdue = min((today - skill.due).days / 7, 1.0)
            weak = skill.lapses / skill.seen
            lost = 1 - scheduler.get_card_retrievability(skill.card, moment)
            need = 1.0 + lost + overdue + weak
        else:
            need = 0.0
        urgency[name] = need / (1 + count) ** 0.25
    return urgency


def with_exam_day(learner: Learner, day: dt.date | None, today: dt.date) -> Learner:
    """The learner with an exam on `day`: nothing is due after it."""
    if day is None or day <= today:
        return replace(learner, exam_day=day)
    last = day - dt.timedelta(days=1)
    skills = {
        name: replace(s, due=max(min(s.due, last), min(s.due, today)))
        for name, s in learner.skills.items()
    }
    return replace(learner, skills=skills, exam_day=day)
