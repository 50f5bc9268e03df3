"""What the log says of a learner, summed up."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from examcoach.drill import ability, log, schedule
from examcoach.drill.ability import Ability, Range, Response
from examcoach.drill.blueprint import Pack
from examcoach.drill.log import Entry
from examcoach.drill.schedule import SURENESS, Learner

DAYS_SHOWN = 28
NEW, LEARNING, DUE, MASTERED = "new", "learning", "due", "mastered"


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers to one kind of thing: how many, how many right, and the share with its interval."""

    id: str
    name: str
    answered: int
    right: int
    share: Range


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task: its tally, what FSRS says of it, and when it is due (None if never tried)."""

    domain: str
    tally: Tally
    state: str
    due: dt.date | None


@dataclass(frozen=True, slots=True)
class Missed:
    """How often something was there to be seen, and how often it was not seen."""

    name: str
    met: int
    missed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All that `progress` shows."""

    exam: str
    answered: int
    right: int
    days: int
    domains: tuple[Tally, ...]
    tasks: tuple[TaskState, ...]
    traps: tuple[Missed, ...]
    categories: tuple[Missed, ...]
    calibration: tuple[Tally, ...]
    causes: tuple[tuple[str, int], ...]
    activity: tuple[tuple[dt.date, int], ...]
    due_today: int
    due_tomorrow: int
    due_week: int
    due_skills: tuple[str, ...]
    mastered: int
    skills: int
    abilities: Mapping[str, Ability]
    readiness: Range
    exam_day: dt.date | None


def summary(
    entries: Iterable[Entry],
    pack: Pack,
    today: dt.date,
    zone: dt.tzinfo | None = None,
    learner: Learner | None = None,
) -> Summary:
    """The learner's progress towards an exam, as of `today`; `learner` is what the same entries
    tell of, where that is known already."""
    entries = list(entries)
    answers = log.standing_answers(entries)
    learner = learner or schedule.replay(entries, zone)
    bodies = [entry.body for entry in answers]
    by_day = Counter(schedule.day_of(entry.at, zone) for entry in answers)
    abilities = abilities_of(answers, pack, today, zone)
    calibration = []
    for word in SURENESS:
        said = [bool(body.get("right")) for body in bodies if body.get("sure") == word]
        if said:
            calibration.append(_tally(word, word, said))
    causes = Counter(str(e.body.get("cause")) for e in entries if e.kind == log.CAUSE)
    one = dt.timedelta(days=1)
    due = learner.due(today)
    return Summary(
        exam=pack.id,
        answered=len(bodies),
        right=sum(bool(body.get("right")) for body in bodies),
        days=len(by_day),
        domains=tuple(
            _tally(d.id, d.name, [bool(b["right"]) for b in bodies if b.get("domain") == d.id])
            for d in pack.domains
        ),
        tasks=tuple(_tasks(bodies, pack, learner, today)),
        traps=_missed(bodies, "trap:", "fell"),
        categories=_categories(bodies),
        calibration=tuple(calibration),
        causes=tuple(causes.most_common()),
        activity=tuple(
            (today - one * back, by_day.get(today - one * back, 0))
            for back in reversed(range(DAYS_SHOWN))
        ),
        due_today=len(due),
        due_tomorrow=len(learner.due(today + one)) - len(due),
        due_week=len(learner.due(today + 7 * one)),
        due_skills=tuple(due),
        mastered=sum(skill.mastered for skill in learner.skills.values()),
        skills=len(learner.skills),
        abilities=abilities,
        readiness=ability.readiness(abilities, pack.weights),
        exam_day=learner.exam_day,
    )


def abilities_of(
    answers: Iterable[Entry], pack: Pack, today: dt.date, zone: dt.tzinfo | None
) -> dict[str, Ability]:
    """The ability by domain, each drawn towards the ability over all domains.

    Only questions with options that were answered without a hint count. An answer to a question
    seen n times before weighs 1 / (n + 1), since it may be remembered; old answers weigh less, as
    people change.
    """
    responses: dict[str, list[Response]] = defaultdict(list)
    seen: Counter[str] = Counter()
    for entry in answers:
        body = entry.body
        item = str(body.get("item", entry.id))
        before = seen[item]
        seen[item] += 1
        options = int(body.get("options", 0))
        if options < 2 or body.get("hints") or body.get("mode") in ("constraints", "traps"):
            continue
        days = (today - schedule.day_of(entry.at, zone)).days
        responses[str(body.get("domain", ""))].append(
            Response(
                bool(body.get("right")),
                ability.difficulty_of(int(body.get("difficulty", 2))),
                ability.floor_of(options, int(body.get("choose", 1))),
                ability.recency(days) / (1 + before),
            )
        )
    overall = ability.estimate([r for some in responses.values() for r in some])
    return {d.id: ability.estimate(responses[d.id], overall.value, 1.0) for d in pack.domains}


def _tally(name: str, title: str, right: Sequence[bool]) -> Tally:
    return Tally(name, title, len(right), sum(right), ability.wilson(sum(right), len(right)))


def _tasks(
    bodies: Sequence[Mapping[str, object]], pack: Pack, learner: Learner, today: dt.date
) -> Iterable[TaskState]:
    for domain in pack.domains:
        for task, name in domain.tasks.items():
            right = [bool(body.get("right")) for body in bodies if body.get("task") == task]
            skill = learner.skills.get(f"task:{task}")
            if skill is None:
                state = NEW
            elif skill.due <= today:
                state = DUE
            else:
                state = MASTERED if skill.mastered else LEARNING
            yield TaskState(
                domain.id, _tally(task, name, right), state, skill.due if skill else None
            )


def _missed(bodies: Sequence[Mapping[str, object]], prefix: str, key: str) -> tuple[Missed, ...]:
    met: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for body in bodies:
        met.update(s[len(prefix) :] for s in _words(body, "skills") if s.startswith(prefix))
        missed.update(_words(body, key))
    return _ranked(met, missed)


def _categories(bodies: Sequence[Mapping[str, object]]) -> tuple[Missed, ...]:
    met: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for body in bodies:
        met.update(_words(body, "categories"))
        missed.update(_words(body, "missed"))
    return _ranked(met, missed)


def _words(body: Mapping[str, object], key: str) -> list[str]:
    value = body.get(key, ())
    return [str(word) for word in value] if isinstance(value, list | tuple) else []


def _ranked(met: Counter[str], missed: Counter[str]) -> tuple[Missed, ...]:
    rows = [Missed(name, max(count, missed[name]), missed[name]) for name, count in met.items()]
    return tuple(sorted(rows, key=lambda r: (-r.missed / r.met, -r.missed, r.name)))
