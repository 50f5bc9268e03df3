"""Whether a bank is good: all that is refused, each with its path, line and what to do.

`load` has seen to it that files can be understood; here is what makes questions teach.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations

from examcoach.bank.chance import Habit, habits, level_of
from examcoach.bank.knowledge import Knowledge
from examcoach.bank.labels import bare_labels, labels_named
from examcoach.bank.likeness import alike, shingles, words_of
from examcoach.bank.load import Reading
from examcoach.bank.model import Brief, Item, SiblingSet
from examcoach.bank.requirements import Bounds, Requirements
from examcoach.errors import Problem, did_you_mean
from examcoach.library.yaml_source import KeyPath
from examcoach.model import Scenario
from examcoach.reading import choose_of

Refuse = Callable[[KeyPath, str, str], Problem]
_MOST_NAMED = 8


def check(
    reading: Reading,
    knowledge: Knowledge,
    requirements: Requirements,
    today: dt.date,
    wanted: Callable[[str], bool] = lambda path: True,  # noqa: ARG005
) -> list[Problem]:
    """All that is wrong with the files of a bank at `wanted` paths, the reading's problems first.

    What only a whole bank can do wrong is for `habits_beyond_chance`, `ids` and `tally`.
    """
    found = [problem for problem in reading.problems if wanted(problem.path)]
    asked = {key for key, path in reading.paths.items() if wanted(path)}
    for kind, name in reading.paths:
        if (kind, name) not in asked:
            continue
        refuse = reading.refuser(kind, name)
        if kind == "practice":
            item = reading.bank.items[name]
            found += _item(item, refuse, knowledge, requirements, today)
        elif kind == "siblings":
            found += _siblings(reading.bank.siblings[name], refuse, knowledge, requirements)
        elif kind == "design":
            found += _brief(reading.bank.briefs[name], refuse, knowledge, requirements)
        elif kind == "baseline":
            found += _baseline(reading.bank.baseline[name], refuse, knowledge)
    return found + list(_near_duplicates(reading, requirements, asked))


# --- one question ----------------------------------------------------------------------------


def _item(
    item: Item, refuse: Refuse, knowledge: Knowledge, requirements: Requirements, today: dt.date
) -> Iterator[Problem]:
    yield from _place(item, refuse, knowledge)
    yield from _size(item, refuse, requirements)
    yield from _choose(item, refuse)
    yield from _traps(item, refuse)
    yield from _flip(item, refuse)
    yield from _labels(item, refuse)
    yield from _strange_services(item, refuse, knowledge)
    yield from _dates(item, refuse, knowledge, today)
    yield from _unknown(item.patterns, knowledge.ids(), refuse, ("patterns",), "pattern")


def _place(item: Item, refuse: Refuse, knowledge: Knowledge) -> Iterator[Problem]:
    """Exam, domain and task are those of an exam pack."""
    exam = item.scenario.question.exam
    packs = knowledge.exams()
    if exam not in packs:
        hint = did_you_mean(exam, packs) or f"there are: {', '.join(packs)}"
        yield refuse(("exam",), f'there is no exam pack "{exam}"', hint)
        return
    domains = packs[exam]["domains"]
    home = next((name for name, domain in domains.items() if item.task in domain["tasks"]), None)
    if home is None:
        tasks = [task for domain in domains.values() for task in domain["tasks"]]
        what = f"{exam} has no task {item.task}"
        yield refuse(("task",), what, f"its tasks are {', '.join(tasks)}")
    elif home != item.domain:
        what = f"task {item.task} belongs to {home}, and the file lies in {item.domain}"
        yield refuse(("task",), what, f"move it to practice/{home}, or mend the task")


def _size(item: Item, refuse: Refuse, requirements: Requirements) -> Iterator[Problem]:
    question, answer = item.scenario.question, item.scenario.gold.answer
    yield from _length(question.stem, requirements.stem_words, refuse, "stem")
    wanted = requirements.options
    bounds = wanted.one_right if len(answer) == 1 else wanted.several_right
    if len(question.options) not in bounds:
        what = f"{len(question.options)} options with {len(answer)} right"
        yield refuse(("options",), what, f"give {bounds} options")
    for option in question.options:
        text = option.text.lower()
        for phrase in requirements.no_option_says:
            if phrase.lower() in text:
                what = f'option {option.label} says "{phrase}"'
                yield refuse(("options", option.label), what, "write an option of its own")
    texts = {option.label: tuple(words_of(option.text)) for option in question.options}
    for first, second in combinations(texts, 2):
        if texts[first] == texts[second]:
            what = f"option {second} says the same as {first}"
            yield refuse(("options", second), what, "write another")


def _length(text: str, bounds: Bounds, refuse: Refuse, name: str) -> Iterator[Problem]:
    words = len(text.split())
    if words not in bounds:
        yield refuse((name,), f"the {name} has {words} words", f"write {bounds} words")


def _choose(item: Item, refuse: Refuse) -> Iterator[Problem]:
    """The ask, `choose` where it is given, and the answer agree on how many are right."""
    answer, asked = len(item.scenario.gold.answer), choose_of(item.scenario.question.stem)
    if asked != answer and (asked, answer) != (None, 1):
        said = "does not say how many" if asked is None else f"says to choose {asked}"
        what = f"the ask {said}, and {answer} of the options are right"
        yield refuse(("stem",), what, 'end the ask in how many to choose: "(Choose two.)"')
    if item.scenario.question.choose != answer:
        what = f"choose is {item.scenario.question.choose}, and {answer} of the options are right"
        if item.scenario.question.choose != (asked or 1):
            yield refuse(("choose",), what, "leave it out: the ask says it")


def _traps(item: Item, refuse: Refuse) -> Iterator[Problem]:
    gold = item.scenario.gold
    traps = gold.traps or {}
    for option in item.scenario.question.options:
        if option.label in gold.answer and option.label in traps:
            what = f"option {option.label} is right, and a trap is told of it"
            yield refuse(("traps", option.label), what, "take it out, or mend the answer")
        elif option.label not in gold.answer and option.label not in traps:
            what = f"option {option.label} is wrong, and no trap says why"
            hint = f"add to traps: {option.label}: {{trap: …, text: …, because: …}}"
            yield refuse(("traps",), what, hint)


def _flip(item: Item, refuse: Refuse) -> Iterator[Problem]:
    if item.flip is None:
        return
    before, after = item.scenario.gold.answer, item.flip.answer
    if set(before) == set(after):
        hint = "change what decides, so that another option is right"
        yield refuse(("flip", "answer"), "the flip leaves the answer as it was", hint)
    elif len(before) != len(after):
        what = f"the flip has {len(after)} right options, the question {len(before)}"
        yield refuse(("flip", "answer"), what, "keep how many are right")


def _labels(item: Item, refuse: Refuse) -> Iterator[Problem]:
    """The explanation speaks of every option, and of each as {A}, so that they can be shuffled."""
    gold = item.scenario.gold
    explanation = gold.explanation or ""
    labels = [option.label for option in item.scenario.question.options]
    if missing := [x for x in labels if x not in labels_named(explanation)]:
        what = f"the explanation does not name {', '.join(missing)}"
        yield refuse(("explanation",), what, f"say of each why: {{{missing[0]}}} …")
    texts: list[tuple[KeyPath, str]] = [(("explanation",), explanation)]
    texts += [(("traps", label, "because"), t.because) for label, t in (gold.traps or {}).items()]
    if item.flip:
        texts.append((("flip", "because"), item.flip.because))
    for where, text in texts:
        for label in dict.fromkeys(labels_named(text)):
            if label not in labels:
                what = f"{{{label}}} is none of the options"
                yield refuse(where, what, f"the options are {', '.join(labels)}")
        for label in dict.fromkeys(bare_labels(text)):
            what = f'"option {label}" would be wrong once options are shuffled'
            yield refuse(where, what, f"write {{{label}}}")


def _strange_services(item: Item, refuse: Refuse, knowledge: Knowledge) -> Iterator[Problem]:
    question = item.scenario.question
    asked = [question.stem, *(option.text for option in question.options)]
    if item.flip:
        asked.append(item.flip.after)
    for spoken in knowledge.strange_services(item.scenario.gold.explanation or "", asked):
        what = f'the explanation names "{spoken.words}", which the question does not'
        yield refuse(("explanation",), what, "speak of what the options say")


def _dates(item: Item, refuse: Refuse, knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    if item.until is not None and item.until < today:
        what = f"a fact in it has been out of date since {item.until}"
        yield refuse(("until",), what, "mend the question, or take it out of the bank")
    right = [*item.scenario.gold.answer, *(item.flip.answer if item.flip else ())]
    texts = {o.label: o.text for o in item.scenario.question.options if o.label in right}
    for label, found in zip(texts, knowledge.spoken(list(texts.values())), strict=True):
        for spoken in found:
            status = knowledge.status(spoken.concept)
            gone = status.get("state") == "retired" and not spoken.negated
            since = status.get("since", "")
            if gone and since <= today.isoformat()[: len(since)]:
                what = f'option {label} is right and names "{spoken.words}", retired {since}'
                yield refuse(("options", label), what, f"now: {status.get('successor')}")


def _unknown(
    names: Iterable[str], known: Sequence[str], refuse: Refuse, where: KeyPath, kind: str
) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in known:
            hint = did_you_mean(name, known) or "see examcoach patterns list"
            yield refuse((*where, number), f'the library has no {kind} "{name}"', hint)


# --- the other kinds -------------------------------------------------------------------------


def _siblings(
    sibling_set: SiblingSet, refuse: Refuse, knowledge: Knowledge, requirements: Requirements
) -> Iterator[Problem]:
    concepts = knowledge.ids("concept")
    yield from _unknown(sibling_set.members, concepts, refuse, ("members",), "concept")
    have, least = len(sibling_set.scenarios), requirements.siblings.scenarios
    if have < least:
        what = f"scenarios that train it: {have}, at least {least} are asked for"
        hint = f'name more here, or "siblings: [{sibling_set.id}]" in practice files'
        yield refuse(("scenarios",), what, hint)


def _brief(
    brief: Brief, refuse: Refuse, knowledge: Knowledge, requirements: Requirements
) -> Iterator[Problem]:
    concepts, needs = knowledge.ids("concept"), knowledge.ids("need")
    slips = [*concepts, *knowledge.ids("trap")]
    domains = [d for pack in knowledge.exams().values() for d in pack["domains"].values()]
    yield from _length(brief.brief, requirements.brief_words, refuse, "brief")
    if not any(brief.task in domain["tasks"] for domain in domains):
        yield refuse(("task",), f"no exam has a task {brief.task}", "see the exam packs")
    yield from _unknown(brief.needs, needs, refuse, ("needs",), "need")
    for number, group in enumerate(brief.architectures):
        where: KeyPath = ("architectures", number, "concepts")
        yield from _unknown(group.concepts, concepts, refuse, where, "concept")
    for number, group in enumerate(brief.mistakes):
        where = ("mistakes", number, "concepts")
        yield from _unknown(group.concepts, slips, refuse, where, "concept or trap")


def _baseline(scenario: Scenario, refuse: Refuse, knowledge: Knowledge) -> Iterator[Problem]:
    """Where nothing is wrong, the library must find nothing."""
    for label, trap in knowledge.traps_found(scenario.question):
        what = f"the library finds a trap in option {label}: {trap.trap}, by {trap.pattern}"
        hint = "mend the pattern if the option is sound: examcoach explain " + trap.pattern
        yield refuse(("options", label), what, hint)


# --- several files ---------------------------------------------------------------------------


def _near_duplicates(
    reading: Reading, requirements: Requirements, asked: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """Questions too like another; told of the later one, or of the one that is asked about."""
    bounds = requirements.near_duplicates
    stems, options = {}, {}
    for name, item in reading.bank.items.items():
        question = item.scenario.question
        stems[name] = shingles([question.stem], bounds.shingle)
        texts = [option.text for option in question.options]
        if sum(len(words_of(text)) for text in texts) >= bounds.least_words:
            options[name] = shingles(texts, bounds.shingle)
    for key, alikes, most in (
        ("stem", alike(stems, bounds.stem), bounds.stem),
        ("options", alike(options, bounds.options), bounds.options),
    ):
        for first, second, resemblance in alikes:
            told, other = (second, first) if ("practice", second) in asked else (first, second)
            if ("practice", told) in asked:
                what = f"{key} {resemblance:.0%} like {other}, below {most:.0%} is asked for"
                yield reading.refuser("practice", told)((key,), what, "tell another story")


# --- the whole bank --------------------------------------------------------------------------


def habits_beyond_chance(
    items: Sequence[Item], requirements: Requirements, path: str
) -> Iterator[Problem]:
    """What gives right options away over the whole of a bank, which lies at `path`."""
    found = habits(items)
    level = level_of(len(found), requirements.chance.level)
    for habit in found:
        if habit.p < level:
            yield Problem(path, None, _said(habit), _remedy(habit))


def _said(habit: Habit) -> str:
    return (
        f"{habit.what} in {habit.hits} of {habit.tries} questions, where chance makes "
        f"{habit.expected:.0f} (p = {habit.p:.2g})"
    )


def _remedy(habit: Habit) -> str:
    named = ", ".join(habit.items[:_MOST_NAMED])
    return f"change some of: {named}{', …' if len(habit.items) > _MOST_NAMED else ''}"
