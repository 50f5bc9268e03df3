"""From the bank to exercises: one thing to do, as it is put before a learner.

A `Candidate` names an exercise (by its *ref*, such as ``flip/cold-chain-replay/back``) and says
which skills it trains, so that the scheduler can choose without making it. `make` makes the
exercise itself: options shuffled by seed, labels in explanations following, the changed story of
a flip, the numbered phrases of a constraint exercise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from examcoach.bank.model import Bank, Brief, Card, Deck, Item, SiblingSet
from examcoach.drill.phrases import Phrase, phrases
from examcoach.model import Constraint, GoldConstraint, GoldTrap, Option
from examcoach.terms import TRAP_TYPES

MODES = ("scenario", "constraints", "traps", "flip", "siblings", "recall", "design")
LABELS = "ABCDEFGIKLOTVWY"
"""Labels that options are shown under: no letter that is a command where options are chosen."""
KINDS_OFFERED = 4
"""Kinds of trap to choose among when an option is struck."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exercise that could come next, and what it trains."""

    ref: str
    skills: tuple[str, ...]
    task: str = ""
    domain: str = ""
    difficulty: int = 2
    siblings: tuple[str, ...] = ()

    @property
    def item(self) -> str:
        """What the bank calls it, whatever the mode."""
        return self.ref.split("/")[1]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which exercises a learner wants; empty means all."""

    domain: str = ""
    task: str = ""
    trap: str = ""
    category: str = ""
    siblings: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """The phrase of a story that was changed, and which options were right before."""

    before: str
    after: str
    right_before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One thing to do. Labels everywhere are as shown; `origin` leads to the item's own."""

    ref: str
    mode: str
    skills: tuple[str, ...]
    stem: str
    task: str = ""
    domain: str = ""
    difficulty: int = 2
    options: tuple[Option, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)
    choose: int = 1
    answer: tuple[str, ...] = ()
    because: str = ""
    constraints: tuple[GoldConstraint, ...] = ()
    decides: GoldConstraint | None = None
    traps: Mapping[str, GoldTrap] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    patterns: tuple[str, ...] = ()
    sets: tuple[SiblingSet, ...] = ()
    change: Change | None = None
    phrases: tuple[Phrase, ...] = ()
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    card: Card | None = None
    brief: Brief | None = None

    @property
    def item(self) -> str:
        """What the bank calls it, whatever the mode."""
        return self.ref.split("/")[1]

    @property
    def explained(self) -> bool:
        """Whether the bank says why, so that nothing needs to be worked out."""
        return bool(self.because or self.traps or self.card or self.brief)


def skills_of(item: Item) -> tuple[str, ...]:
    """The skills that a practice question trains, none of them its text."""
    gold = item.scenario.gold
    names = [f"task:{item.task}"] if item.task else []
    names += [f"siblings:{name}" for name in item.siblings]
    names += [f"trap:{trap.trap}" for trap in (gold.traps or {}).values()]
    if gold.decides is not None:
        names.append(f"category:{gold.decides.category}")
    names += [f"pattern:{name}" for name in item.patterns]
    return tuple(dict.fromkeys(names))


def candidates(bank: Bank, mode: str, wanted: Wanted) -> list[Candidate]:
    """Every exercise of a mode that is wanted, in the bank's order."""
    return list(_CANDIDATES[mode](bank, wanted))


def make(bank: Bank, ref: str, seed: str, shuffle: bool = True) -> Exercise:
    """The exercise of a ref; raises `KeyError` if the bank has no such item."""
    mode, _, rest = ref.partition("/")
    order = random.Random(f"{seed}/{ref}")
    if mode == "recall":
        deck, _, card = rest.partition("/")
        return _recall(bank.decks[deck], card, ref)
    if mode == "design":
        return _design(bank.briefs[rest], ref)
    if mode == "siblings" and rest.count("/") == 2:
        name, row, member = rest.split("/")
        return _match(bank.siblings[name], int(row), int(member), ref, order, shuffle)
    name, _, direction = rest.partition("/")
    item = bank.items[name]
    exercise = _question(bank, item, ref, mode)
    if mode == "flip":
        exercise = _flipped(exercise, item, back=direction == "back")
    exercise = relabelled(exercise, order, shuffle)
    if mode == "constraints":
        exercise = replace(exercise, phrases=phrases(exercise.stem, exercise.constraints, order))
    if mode == "traps":
        exercise = replace(exercise, kinds=_offered(exercise, order))
    return exercise


def resolve(text: str, shown: Mapping[str, str]) -> str:
    """An explanation with its ``{A}`` replaced; `shown` leads from own labels to shown ones."""
    return re.sub(r"\{([A-Z])\}", lambda m: shown.get(m[1], m[1]), text)


def _said_of(label: str, because: str) -> str:
    """The first sentence of an explanation that speaks of an option, or nothing."""
    sentences = re.split(r"(?<=[.!?])\s+", because)
    return next((s for s in sentences if f"{{{label}}}" in s), "")


def relabelled(exercise: Exercise, order: random.Random, shuffle: bool) -> Exercise:
    """The exercise with its options in another order, under labels that follow the alphabet."""
    options = list(exercise.options)
    if shuffle:
        order.shuffle(options)
    keep = not shuffle and all(option.label in LABELS for option in options)
    labels = [o.label for o in options] if keep else list(LABELS[: len(options)])
    labels += [str(n) for n in range(1, len(options) - len(labels) + 1)]
    shown = {option.label: label for option, label in zip(options, labels, strict=True)}
    change = exercise.change

    def of(own: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(shown[label] for label in own if label in shown))

    return replace(
        exercise,
        options=tuple(Option(shown[option.label], option.text) for option in options),
        origin={label: own for own, label in shown.items()},
        answer=of(exercise.answer),
        because=resolve(exercise.because, shown),
        reasons={
            shown[own]: resolve(_said_of(own, exercise.because), shown)
            for own in exercise.answer
            if own in shown and own not in exercise.traps
        },
        traps={
            shown[own]: replace(trap, because=resolve(trap.because, shown))
            for own, trap in exercise.traps.items()
            if own in shown
        },
        change=change and replace(change, right_before=of(change.right_before)),
    )


def _offered(exercise: Exercise, order: random.Random) -> dict[str, tuple[str, ...]]:
    """For each wrong option, the kind of its trap among others."""
    offered: dict[str, tuple[str, ...]] = {}
    for option in exercise.options:
        trap = exercise.traps.get(option.label)
        right = [trap.trap] if trap else []
        others = [kind for kind in TRAP_TYPES if kind not in right]
        kinds = [*right, *order.sample(others, KINDS_OFFERED - len(right))]
        order.shuffle(kinds)
        offered[option.label] = tuple(kinds)
    return offered


def _question(bank: Bank, item: Item, ref: str, mode: str) -> Exercise:
    question, gold = item.scenario.question, item.scenario.gold
    sets = tuple(bank.siblings[name] for name in item.siblings if name in bank.siblings)
    return Exercise(
        ref,
        mode,
        skills_of(item),
        question.stem,
        item.task,
        item.domain,
        item.difficulty,
        question.options,
        choose=max(1, len(gold.answer) or question.choose),
        answer=gold.answer,
        because=gold.explanation or "",
        constraints=gold.constraints or (),
        decides=gold.decides,
        traps=gold.traps or {},
        source=item.source,
        patterns=item.patterns,
        sets=sets,
    )


def _flipped(exercise: Exercise, item: Item, back: bool) -> Exercise:
    """The story after its change, or, where `back`, changed back to what it was."""
    flip = item.flip
    assert flip is not None
    if back:
        change = Change(flip.after, flip.before, flip.answer)
        return replace(exercise, change=change)
    place = exercise.stem.find(flip.before)
    stem = exercise.stem.replace(flip.before, flip.after, 1)
    return replace(
        exercise,
        stem=stem,
        change=Change(flip.before, flip.after, exercise.answer),
        answer=flip.answer,
        choose=len(flip.answer),
        because=flip.because,
        constraints=_moved(exercise.constraints, place, flip.before, flip.after, flip.decides),
        decides=flip.decides,
        traps={},
    )


def _moved(
    marks: Sequence[GoldConstraint], place: int, before: str, after: str, decides: GoldConstraint
) -> tuple[GoldConstraint, ...]:
    """The marks of a stem where one phrase was changed; those that touch the phrase are gone."""
    end, by = place + len(before), len(after) - len(before)
    kept = [
        replace(m, start=m.start + by, end=m.end + by) if m.start >= end else m
        for m in marks
        if m.end <= place or m.start >= end
    ]
    kept = [m for m in kept if m.end <= decides.start or m.start >= decides.end]
    return tuple(sorted([*kept, decides], key=lambda m: m.start))


def _recall(deck: Deck, card_id: str, ref: str) -> Exercise:
    card = next((card for card in deck.cards if card.id == card_id), None)
    if card is None:
        raise KeyError(ref)
    skills = (f"deck:{deck.id}",)
    return Exercise(
        ref, "recall", skills, card.ask, because=card.because, source=card.source, card=card
    )


def _design(brief: Brief, ref: str) -> Exercise:
    return Exercise(
        ref,
        "design",
        (f"task:{brief.task}", f"design:{brief.id}"),
        brief.brief,
        task=brief.task,
        because=brief.model_answer,
        constraints=brief.constraints,
        source=brief.source,
        brief=brief,
    )


def _match(
    group: SiblingSet, row: int, member: int, ref: str, order: random.Random, shuffle: bool
) -> Exercise:
    """Which of a set is it that ...? One cell of the table, and the members to choose from."""
    by, cells = group.separates[row].by, group.separates[row].cells
    stem = f"{group.title}\n\n{by}: {cells[member]}\n\nWhich one is it?"
    names = [Option(chr(65 + i), name) for i, name in enumerate(group.members)]
    exercise = Exercise(
        ref,
        "siblings",
        (f"siblings:{group.id}",),
        stem,
        options=tuple(names),
        answer=(chr(65 + member),),
        because=group.rule,
        source=group.source,
        sets=(group,),
    )
    return relabelled(exercise, order, shuffle)


def _wanted_items(bank: Bank, wanted: Wanted) -> Iterator[Item]:
    for item in bank.items.values():
        gold = item.scenario.gold
        if wanted.domain not in ("", item.domain) or wanted.task not in ("", item.task):
            continue
        if wanted.siblings and wanted.siblings not in item.siblings:
            continue
        if wanted.trap and wanted.trap not in {t.trap for t in (gold.traps or {}).values()}:
            continue
        if wanted.category and wanted.category not in {c.category for c in gold.constraints or ()}:
            continue
        if item.scenario.question.options and gold.answer:
            yield item


def _candidate(item: Item, ref: str, skills: tuple[str, ...] = ()) -> Candidate:
    return Candidate(
        ref, skills or skills_of(item), item.task, item.domain, item.difficulty, item.siblings
    )


def _scenarios(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    for item in _wanted_items(bank, wanted):
        yield _candidate(item, f"scenario/{item.id}")


def _constraints(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    for item in _wanted_items(bank, wanted):
        if marks := item.scenario.gold.constraints:
            skills = tuple(dict.fromkeys(f"category:{mark.category}" for mark in marks))
            yield _candidate(item, f"constraints/{item.id}", skills)


def _traps(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    for item in _wanted_items(bank, wanted):
        if traps := item.scenario.gold.traps:
            skills = tuple(dict.fromkeys(f"trap:{trap.trap}" for trap in traps.values()))
            yield _candidate(item, f"traps/{item.id}", skills)


def _flips(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    for item in _wanted_items(bank, wanted):
        if item.flip is not None:
            yield _candidate(item, f"flip/{item.id}/there")
            yield _candidate(item, f"flip/{item.id}/back")


def _siblings(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    for item in _wanted_items(bank, wanted):
        if item.siblings:
            yield _candidate(item, f"siblings/{item.id}")
    for group in bank.siblings.values():
        if wanted.siblings not in ("", group.id) or (wanted.domain or wanted.task):
            continue
        for number, row in enumerate(group.separates):
            for member, cell in enumerate(row.cells):
                if row.cells.count(cell) == 1:
                    ref = f"siblings/{group.id}/{number}/{member}"
                    yield Candidate(ref, (f"siblings:{group.id}",), siblings=(group.id,))


def _cards(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    if any((wanted.domain, wanted.task, wanted.trap, wanted.category, wanted.siblings)):
        return
    for deck in bank.decks.values():
        for card in deck.cards:
            yield Candidate(f"recall/{deck.id}/{card.id}", (f"deck:{deck.id}",))


def _briefs(bank: Bank, wanted: Wanted) -> Iterator[Candidate]:
    for brief in bank.briefs.values():
        if wanted.task in ("", brief.task) and not (wanted.trap or wanted.siblings):
            skills = (f"task:{brief.task}", f"design:{brief.id}")
            yield Candidate(f"design/{brief.id}", skills, brief.task)


_CANDIDATES = {
    "scenario": _scenarios,
    "constraints": _constraints,
    "traps": _traps,
    "flip": _flips,
    "siblings": _siblings,
    "recall": _cards,
    "design": _briefs,
}


def enriched(
    exercise: Exercise,
    constraints: Sequence[Constraint],
    decides: GoldConstraint | None,
    traps: Mapping[str, GoldTrap],
    because: str,
    reasons: Mapping[str, str],
) -> Exercise:
    """An exercise whose bank says nothing but the key, with what the engine found."""
    marks = tuple(
        GoldConstraint(c.category, c.text, c.start, c.end, c.hidden, c.requires)
        for c in constraints
    )
    wrong = {label: trap for label, trap in traps.items() if label not in exercise.answer}
    right = {label: text for label, text in reasons.items() if label in exercise.answer}
    return replace(
        exercise,
        constraints=marks,
        decides=decides,
        traps=wrong,
        because=because or "-",
        reasons=right,
    )
