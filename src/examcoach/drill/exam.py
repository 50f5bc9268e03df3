"""A mock exam: the draw, the sitting as a fold over its entries, the report.

A sitting is a pure function of its paper and its log: `decide` says what a key writes to the log,
`apply` what an entry does to the sitting. So a sitting that was broken off stands where it stood.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from examcoach.bank.model import Bank, Item
from examcoach.drill import ability, log
from examcoach.drill.ability import Range, Response
from examcoach.drill.blueprint import MULTIPLE_RESPONSE, Pack
from examcoach.drill.exercise import Exercise, make
from examcoach.drill.log import Entry
from examcoach.drill.schedule import SURENESS
from examcoach.drill.session import Draft, Session, Stage, answer_body, grade

NEXT_DRILLS = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question of a paper, and whether it counts."""

    item: str
    scored: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawn exam: its questions as shown, which count, and the seconds allowed (0: no limit)."""

    exercises: tuple[Exercise, ...]
    scored: tuple[bool, ...]
    seconds: float
    seed: str


def draw(bank: Bank, pack: Pack, seed: str, length: int | None = None) -> list[Drawn]:
    """Questions by the blueprint's weights and item types; the same seed draws the same.

    Seeds ``x``, ``x/2``, ``x/3`` ... are a series: each takes questions of the ones before only
    where no others are left. With a shorter length, the share of unscored questions stays; a bank
    that is too small gives a shorter exam.
    """
    base, number = series(seed)
    avoid: set[str] = set()
    for earlier in range(1, number):
        avoid |= {d.item for d in _draw(bank, pack, f"{base}/{earlier}", length, avoid)}
    return _draw(bank, pack, f"{base}/{number}", length, avoid)


def series(seed: str) -> tuple[str, int]:
    """The series that a seed belongs to, and its number there, from 1."""
    base, _, number = seed.rpartition("/")
    if base and number.isascii() and number.isdecimal() and 1 <= int(number) <= _LONGEST_SERIES:
        return base, int(number)
    return seed, 1


_LONGEST_SERIES = 50


def _draw(
    bank: Bank, pack: Pack, seed: str, length: int | None, avoid: Collection[str]
) -> list[Drawn]:
    total = length or pack.scored + pack.unscored
    order = random.Random(f"exam/{pack.id}/{seed}")
    by_domain: dict[str, list[Item]] = defaultdict(list)
    for item in bank.items.values():
        if item.domain in pack.weights and item.scenario.gold.answer:
            by_domain[item.domain].append(item)
    wanted = apportion(pack.weights, total)
    share = _share_of_several(bank, pack)
    several = apportion(wanted, round(total * share))  # over all, as a domain has too few to round
    drawn = []
    for domain, count in wanted.items():
        drawn += _drawn(by_domain[domain], count, several[domain], share > 0, order, avoid)
    order.shuffle(drawn)
    unscored = round(len(drawn) * pack.unscored / max(1, pack.scored + pack.unscored))
    free = set(order.sample(range(len(drawn)), unscored))
    return [Drawn(item.id, number not in free) for number, item in enumerate(drawn)]


def _share_of_several(bank: Bank, pack: Pack) -> float:
    """The share of multiple-response questions: the pack's, or, as exam guides seldom tell it, the
    bank's own."""
    if MULTIPLE_RESPONSE not in pack.types:
        return 0.0
    if MULTIPLE_RESPONSE in pack.shares:
        return pack.shares[MULTIPLE_RESPONSE]
    answers = [len(i.scenario.gold.answer) for i in bank.items.values() if i.domain in pack.weights]
    return sum(count > 1 for count in answers) / max(1, len(answers))


def apportion(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers by weights that add up to `total`, by largest remainders (Hamilton)."""
    whole = sum(weights.values()) or 1.0
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(value) for name, value in exact.items()}
    rest = total - sum(counts.values())
    for name in sorted(exact, key=lambda n: (counts[n] - exact[n], n))[:rest]:
        counts[name] += 1
    return counts


def _drawn(
    items: Sequence[Item],
    count: int,
    of_several: int,
    mixed: bool,
    order: random.Random,
    avoid: Collection[str],
) -> list[Item]:
    """`count` questions of a domain, spread over its tasks, `of_several` of them with several right
    answers; more of these, where they are `mixed` in at all and no others are left."""
    ranked = sorted(items, key=lambda item: item.id)
    order.shuffle(ranked)
    ranked.sort(key=lambda item: item.id in avoid)
    several = [item for item in ranked if len(item.scenario.gold.answer) > 1]
    single = [item for item in ranked if len(item.scenario.gold.answer) == 1]
    some = min(len(several), of_several)
    chosen = _spread(several, some, ())
    chosen += _spread(single, count - some, chosen)
    if mixed and len(chosen) < count:
        chosen += [item for item in several if item not in chosen][: count - len(chosen)]
    return chosen


def _spread(ranked: Sequence[Item], count: int, beside: Sequence[Item]) -> list[Item]:
    """`count` of the first, so that with those `beside` them every task has its turn."""
    taken = Counter(item.task for item in beside)
    rounds = []
    for at, item in enumerate(ranked):
        rounds.append((taken[item.task], at, item))
        taken[item.task] += 1
    rounds.sort(key=lambda r: r[:2])
    return [item for _, _, item in rounds][:count]


def paper_of(bank: Bank, drawn: Iterable[Drawn], seed: str, seconds: float) -> Paper:
    """The paper as it is sat, options shuffled by the seed; items the bank lacks are out."""
    known = [d for d in drawn if d.item in bank.items]
    exercises = tuple(make(bank, f"scenario/{d.item}", seed) for d in known)
    return Paper(exercises, tuple(d.scored for d in known), seconds, seed)


# --- the sitting -----------------------------------------------------------------------------

QUESTION, REVIEW, CONFIRM, PAUSED, OVER = "question", "review", "confirm", "paused", "over"


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where a sitting stands. `spent` are the seconds of it before `since`, when the clock was last
    set going (None while it stands still)."""

    at: int = 0
    picks: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    history: Mapping[int, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    sure: Mapping[int, str] = field(default_factory=dict)
    flags: frozenset[int] = frozenset()
    seconds: Mapping[int, float] = field(default_factory=dict)
    spent: float = 0.0
    since: float | None = None
    view: str = QUESTION
    note: str = ""

    def elapsed(self, now: float) -> float:
        """Seconds of the sitting until now."""
        return self.spent + (max(0.0, now - self.since) if self.since is not None else 0.0)


def left(paper: Paper, sitting: Sitting, now: float) -> float | None:
    """Seconds left, or None without a limit."""
    return max(0.0, paper.seconds - sitting.elapsed(now)) if paper.seconds else None


def complete(paper: Paper, sitting: Sitting, number: int) -> bool:
    """Whether a question has as many answers as it asks for."""
    return len(sitting.picks.get(number, ())) == paper.exercises[number].choose


def unanswered(paper: Paper, sitting: Sitting) -> list[int]:
    """The numbers, from 0, of questions without a whole answer."""
    return [n for n in range(len(paper.exercises)) if not complete(paper, sitting, n)]


def sitting_of(paper: Paper, entries: Iterable[Entry]) -> Sitting:
    """The sitting that its entries tell of. The clock stands still where it was broken off."""
    sitting, last = Sitting(), None
    for entry in log.in_order(entries):
        if entry.kind == log.RESUME and sitting.since is not None and last is not None:
            sitting = _stopped(sitting, last)
        sitting = apply(paper, sitting, entry.kind, entry.body, entry.at)
        last = entry.at
    if sitting.view != OVER and last is not None:
        sitting = replace(_stopped(sitting, last), view=PAUSED)
    return sitting


def apply(paper: Paper, sitting: Sitting, kind: str, body: Mapping[str, Any], at: float) -> Sitting:
    """What an entry does to a sitting."""
    if kind in (log.EXAM, log.RESUME):
        return replace(sitting, since=at, view=QUESTION)
    if kind == log.PAUSE:
        return replace(_stopped(sitting, at), view=PAUSED)
    if kind == log.SUBMIT:
        return replace(_stopped(sitting, at), view=OVER)
    number = int(body.get("n", -1))
    if not 0 <= number < len(paper.exercises):
        return sitting
    if kind == log.VISIT:
        return replace(_stopped(sitting, at), since=at, at=number, view=QUESTION)
    if kind == log.MARK:
        flags = sitting.flags | {number} if body.get("on") else sitting.flags - {number}
        return replace(sitting, flags=flags)
    if kind == log.PICK:
        shown = {own: label for label, own in paper.exercises[number].origin.items()}
        chosen = tuple(sorted(shown[label] for label in body.get("chosen", ()) if label in shown))
        sitting = replace(sitting, picks={**sitting.picks, number: chosen})
        if body.get("sure") in SURENESS:
            sitting = replace(sitting, sure={**sitting.sure, number: body["sure"]})
        before = sitting.history.get(number, ())
        whole = len(chosen) == paper.exercises[number].choose
        if whole and (not before or before[-1] != chosen):
            sitting = replace(sitting, history={**sitting.history, number: (*before, chosen)})
    return sitting


def _stopped(sitting: Sitting, at: float) -> Sitting:
    """The clock read and stopped; the time goes to the question that was open."""
    if sitting.since is None:
        return sitting
    gone = max(0.0, at - sitting.since)
    seconds = {**sitting.seconds, sitting.at: sitting.seconds.get(sitting.at, 0.0) + gone}
    return replace(sitting, spent=sitting.spent + gone, since=None, seconds=seconds)


def decide(paper: Paper, sitting: Sitting, key: str) -> tuple[Sitting, tuple[Draft, ...]]:
    """What a key means: another view of the sitting, and what to write to the log.

    Keys: a label picks, ``enter right n`` next, ``left p back`` previous, ``j12`` go to question
    12, ``m`` flag, ``r`` review, ``z`` pause, ``s`` submit, ``1 2 3`` how sure.
    """
    sitting = replace(sitting, note="")
    if sitting.view == PAUSED:
        return sitting, (Draft(log.RESUME, {}),)
    if sitting.view == CONFIRM:
        if key.lower() == "y":
            return sitting, (Draft(log.SUBMIT, {}),)
        return replace(sitting, view=REVIEW), ()
    if key[:1].lower() == "j" and key[1:].strip().isdecimal():
        return _go(paper, sitting, int(key[1:]) - 1)
    key = key.lower()
    if key == "z":
        return sitting, (Draft(log.PAUSE, {}),)
    if key == "s":
        return replace(sitting, view=CONFIRM), ()
    if key == "r":
        return replace(sitting, view=REVIEW), ()
    if sitting.view == REVIEW:
        if key in ("enter", "q"):
            return replace(sitting, view=QUESTION), ()
        return replace(sitting, note="There is no such key here; ? lists the keys."), ()
    if key in ("enter", "right", "down", "n"):
        if sitting.at + 1 == len(paper.exercises):
            return replace(sitting, view=REVIEW), ()
        return _go(paper, sitting, sitting.at + 1)
    if key in ("left", "up", "p", "back"):
        return _go(paper, sitting, max(0, sitting.at - 1))
    if key == "m":
        on = sitting.at not in sitting.flags
        return sitting, (Draft(log.MARK, {"n": sitting.at, "on": on}),)
    return _picked(paper, sitting, key.upper())


def _go(paper: Paper, sitting: Sitting, number: int) -> tuple[Sitting, tuple[Draft, ...]]:
    if not 0 <= number < len(paper.exercises):
        note = f"There are questions 1 to {len(paper.exercises)}."
        return replace(sitting, note=note), ()
    return sitting, (Draft(log.VISIT, {"n": number}),)


def _picked(paper: Paper, sitting: Sitting, key: str) -> tuple[Sitting, tuple[Draft, ...]]:
    exercise = paper.exercises[sitting.at]
    chosen = sitting.picks.get(sitting.at, ())
    if key in ("1", "2", "3"):
        own = sorted(exercise.origin[label] for label in chosen)
        body = {"n": sitting.at, "chosen": own, "sure": SURENESS[int(key) - 1]}
        return sitting, (Draft(log.PICK, body),)
    if key not in exercise.origin:
        return replace(sitting, note="There is no such key here; ? lists the keys."), ()
    if exercise.choose == 1:
        chosen = () if chosen == (key,) else (key,)
    elif key in chosen:
        chosen = tuple(label for label in chosen if label != key)
    elif len(chosen) < exercise.choose:
        chosen = (*chosen, key)
    else:
        note = f"Choose {exercise.choose}; take one back first."
        return replace(sitting, note=note), ()
    own = sorted(exercise.origin[label] for label in chosen)
    return sitting, (Draft(log.PICK, {"n": sitting.at, "chosen": own}),)


def answers(paper: Paper, sitting: Sitting) -> list[tuple[int, dict[str, Any]]]:
    """What the log keeps of each answer for the scheduler, by the question's number."""
    bodies = []
    for number, exercise in enumerate(paper.exercises):
        if not sitting.picks.get(number):
            continue
        session = Session(
            exercise,
            Stage.REVEAL,
            0.0,
            chosen=sitting.picks[number],
            sure=sitting.sure.get(number, ""),
        )
        body = answer_body(session, grade(session), sitting.seconds.get(number, 0.0))
        bodies.append((number, {**body, "mode": "exam"}))
    return bodies


# --- the report ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """How a part of the exam went."""

    id: str
    name: str
    right: int
    total: int
    share: Range


@dataclass(frozen=True, slots=True)
class Report:
    """All that an exam tells."""

    exam: str
    name: str
    note: str
    seed: str
    questions: int
    unanswered: int
    whole: Part
    unscored_right: int
    unscored: int
    domains: tuple[Part, ...]
    readiness: Range
    seconds: float
    allowed: float
    median_seconds: float
    slowest: tuple[tuple[int, float], ...]
    changed: Mapping[str, int]
    traps: tuple[tuple[str, int], ...]
    calibration: tuple[tuple[str, int, int], ...]
    drills: tuple[str, ...]


def report(paper: Paper, sitting: Sitting, pack: Pack) -> Report:
    """What the sitting tells; only scored questions count in the shares."""
    right = {
        n: set(sitting.picks.get(n, ())) == set(exercise.answer)
        for n, exercise in enumerate(paper.exercises)
    }
    scored = [n for n, counts in enumerate(paper.scored) if counts]
    domains = tuple(
        _part(d.id, d.name, [right[n] for n in scored if paper.exercises[n].domain == d.id])
        for d in pack.domains
    )
    responses: dict[str, list[Response]] = defaultdict(list)
    for n, exercise in enumerate(paper.exercises):
        floor = ability.floor_of(len(exercise.options), exercise.choose)
        difficulty = ability.difficulty_of(exercise.difficulty)
        responses[exercise.domain].append(Response(right[n], difficulty, floor))
    overall = ability.estimate([r for some in responses.values() for r in some])
    abilities = {d.id: ability.estimate(responses[d.id], overall.value, 1.0) for d in pack.domains}
    times = [sitting.seconds.get(n, 0.0) for n in range(len(paper.exercises))]
    slow = sorted(range(len(times)), key=lambda n: -times[n])[:3]
    fell = Counter(
        paper.exercises[n].traps[label].trap
        for n, chosen in sitting.picks.items()
        for label in chosen
        if label in paper.exercises[n].traps
    )
    sure = [
        (
            word,
            sum(right[n] for n, said in sitting.sure.items() if said == word),
            sum(said == word for said in sitting.sure.values()),
        )
        for word in SURENESS
    ]
    return Report(
        pack.id,
        pack.name,
        pack.note,
        paper.seed,
        len(paper.exercises),
        len(unanswered(paper, sitting)),
        _part(pack.id, pack.name, [right[n] for n in scored]),
        sum(right[n] for n, counts in enumerate(paper.scored) if not counts),
        len(paper.exercises) - len(scored),
        domains,
        ability.readiness(abilities, pack.weights),
        sitting.spent,
        paper.seconds,
        ability.percentile(times, 0.5),
        tuple((n + 1, times[n]) for n in slow if times[n] > 0),
        _changes(paper, sitting),
        tuple(fell.most_common()),
        tuple((word, good, all_) for word, good, all_ in sure if all_),
        _drills(paper, pack, domains, right, fell),
    )


def _part(name: str, title: str, right: Sequence[bool]) -> Part:
    return Part(name, title, sum(right), len(right), ability.wilson(sum(right), len(right)))


def _changes(paper: Paper, sitting: Sitting) -> dict[str, int]:
    changed = {"wrong to right": 0, "right to wrong": 0, "wrong to wrong": 0}
    for number, history in sitting.history.items():
        if len(history) < 2:
            continue
        answer = set(paper.exercises[number].answer)
        first, last = set(history[0]) == answer, set(history[-1]) == answer
        if first and not last:
            changed["right to wrong"] += 1
        elif last and not first:
            changed["wrong to right"] += 1
        elif not last:
            changed["wrong to wrong"] += 1
    return changed


def _drills(
    paper: Paper,
    pack: Pack,
    domains: Sequence[Part],
    right: Mapping[int, bool],
    fell: Counter[Any],
) -> tuple[str, ...]:
    """Commands that train what went wrong, the most needed first."""
    drills = []
    tasks = Counter(paper.exercises[n].task for n, good in right.items() if not good)
    drills += [f"{pack.drilling} --task {task}" for task, _ in tasks.most_common(2) if task]
    drills += [f"{pack.drilling} --mode traps --trap {kind}" for kind, _ in fell.most_common(1)]
    sets = Counter(
        group.id for n, good in right.items() if not good for group in paper.exercises[n].sets
    )
    drills += [
        f"{pack.drilling} --mode siblings --siblings {name}" for name, _ in sets.most_common(1)
    ]
    weakest = [part for part in domains if part.total and part.right < part.total]
    if weakest:
        part = min(weakest, key=lambda p: p.share.middle)
        drills.append(f"{pack.drilling} --domain {part.id}")
    return tuple(drills[:NEXT_DRILLS])
