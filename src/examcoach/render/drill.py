"""A drill's screens as blocks: the exercise, its reveal, help, the end of a session."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from examcoach.drill.course import Standing
from examcoach.drill.exercise import Exercise
from examcoach.drill.schedule import SURENESS
from examcoach.drill.session import CAUSES, Session, Stage
from examcoach.model import GoldConstraint
from examcoach.render.blocks import GAP, Block, Span, head, para
from examcoach.render.clues import clues, hidden_text, marks_shown

_MODES = {
    "scenario": "scenario",
    "constraints": "which words decide",
    "traps": "name the traps",
    "flip": "one thing changes",
    "siblings": "tell them apart",
    "recall": "recall",
    "design": "design",
}


_SHOWN = 40
"""Characters of an answer that are repeated in a prompt."""


def question(session: Session, number: int, count: int) -> list[Block]:
    """The exercise with all that shows before its answer."""
    exercise = session.exercise
    blocks = [GAP, _title(exercise, number, count), GAP]
    if exercise.change is not None:
        blocks += _changed(exercise)
    elif exercise.phrases:
        blocks += _numbered(exercise)
    elif session.hints and exercise.constraints:
        blocks += _stem(exercise, marks_shown(session))
    else:
        blocks += _paragraphs(exercise.stem)
    if session.stage is Stage.MARK:
        blocks += [*head("Phrases"), *_phrases(session)]
    elif session.stage is not Stage.PREDICT:
        blocks += choices(session)
    return [*blocks, *clues(session)]


def choices(session: Session) -> list[Block]:
    """The options, with what was done to them so far."""
    labels = _labels(session.exercise)
    return [GAP, *(_option(session, label) for label in labels)] if labels else []


def explanations(patterns: Sequence[tuple[str, str, str]]) -> list[Block]:
    """Patterns: id, what each says, its source."""
    if not patterns:
        return [GAP, para("No pattern is noted for this one.", indent=2)]
    blocks = head("Patterns")
    for name, about, source in patterns:
        blocks.append(Block((Span(name, "strong"), Span(f": {about}")), 2, 2))
        if source:
            blocks.append(para(source, "dim", 4))
    return blocks


def prompt(session: Session) -> Block:
    """What to press now; it names its keys."""
    exercise = session.exercise
    labels = _labels(exercise)
    span = f"{labels[0].lower()}-{labels[-1].lower()}" if labels else ""
    commands = "h hint, s skip, m flag, q quit, ? all keys"
    if session.stage is Stage.PREDICT:
        text = "Before the options: what should they do? Write it, then Enter (:help lists more)."
    elif session.stage is Stage.MARK:
        text = f"Which matter? 1-{len(exercise.phrases)} mark, Enter goes on; {commands}."
        text = f"{_marked(session)} {text}"
    elif session.stage is Stage.CHOOSE and exercise.choose > 1:
        chosen = " ".join(session.chosen) or "none"
        text = f"Choose {exercise.choose}: {span} (now {chosen}), Enter goes on; {commands}."
    elif session.stage is Stage.CHOOSE:
        text = f"Your answer: {span}; {commands}."
    elif session.stage is Stage.STRIKE:
        text = f"{_struck(session)} Strike wrong ones: {span}, Enter goes on; {commands}."
    elif session.stage is Stage.WHY:
        kinds = exercise.kinds.get(session.striking, ())
        named = ", ".join(f"{n} {kind}" for n, kind in enumerate(kinds, 1))
        text = f"{session.striking} is wrong because: {named}; Backspace goes back."
    elif session.stage is Stage.WRITE:
        text = "Write your answer, then Enter. :skip, :hint, :flag, :quit, :help."
        if exercise.mode == "design":
            text = (
                "Write your design, then an empty line; only Enter opens your editor. "
                ":skip, :hint, :flag, :quit, :help."
            )
    elif session.stage is Stage.SURE:
        answer = _short(session.text) or " ".join(session.chosen) or _struck(session)
        text = (
            f"{answer.rstrip('.')}. How sure? 1 sure, 2 think so, 3 a guess; Backspace goes back."
        )
    else:
        text = _after(session)
    if session.note:
        text = f"{session.note} {text}"
    return para(text, "key")


def _after(session: Session) -> str:
    common = "x explain, u undo, m flag, q quit"
    if session.outcome is not None and not session.outcome.right:
        causes = ", ".join(f"{n} {cause}" for n, cause in enumerate(CAUSES, 1))
        return f"Why was it wrong? {causes}; Enter goes on; {common}."
    return f"Enter goes on; {common}."


def reveal(session: Session) -> list[Block]:
    """The answer: the marked stem, every option with its reason, what decides, the rule, the
    document."""
    exercise, outcome = session.exercise, session.outcome
    assert outcome is not None
    blocks = [GAP, _verdict(session)]
    if exercise.card is not None:
        blocks += _recalled(session)
    elif exercise.brief is not None:
        blocks += _design(session)
    else:
        if session.prediction:
            blocks.append(para(f"You predicted: {session.prediction}", indent=2))
        if outcome.marks is not None:
            blocks += _marking(session)
        if exercise.constraints:
            blocks += [*head("The question"), *_stem(exercise, exercise.constraints)]
        blocks += _hidden(exercise.constraints)
        blocks += [*head("Options"), *_reasons(session)]
        if exercise.change is not None:
            blocks += _flipped(exercise)
        if exercise.decides is not None:
            decides = exercise.decides
            blocks += head("What decides")
            blocks.append(para(f'"{_flat(decides.text)}" ({decides.category})', "strong", 2))
        if exercise.because.strip("-"):
            title = "The rule" if exercise.ref.count("/") == 3 else "Why"
            blocks += [*head(title), para(exercise.because, indent=2)]
        blocks += _separates(exercise)
    if exercise.source:
        blocks += [*head("Document"), para(exercise.source, "dim", 2)]
    return blocks


def help_page(session: Session) -> list[Block]:
    """All keys."""
    rows = [
        ("a b c ...", "choose an option; again takes it back where several are right"),
        ("Enter", "go on"),
        ("1 2 3", "how sure you are: sure, think so, a guess"),
        ("Backspace", "one step back"),
        ("h", "a hint; three in all, and no full credit after one"),
        ("s", "skip"),
        ("m", "flag for later, or no longer"),
        ("u", "undo the last answer"),
        ("x", "explain the patterns behind it, after the answer"),
        ("q, Ctrl-D", "quit; the next drill goes on from here"),
        ("Ctrl-Z", "pause; fg goes on"),
        ("?", "this list"),
    ]
    if session.stage in (Stage.WRITE, Stage.PREDICT):
        words = (":skip", ":hint", ":flag", ":undo", ":quit")
        rows = [("text, Enter", "your answer"), (" ".join(words), "as the keys s h m u q do")]
    wide = max(len(key) for key, _ in rows)
    lines = [
        Block((Span(f"{key}", "key"), Span(f"{':':<{wide - len(key) + 2}}{what}")), 2, 4)
        for key, what in rows
    ]
    return [*head("Keys"), *lines]


def ending(standing: Standing, due_tomorrow: int, saved: bool) -> list[Block]:
    """What was done, and what comes back."""
    if not standing.answered:
        return [GAP, para("Nothing answered." + (" Good bye." if saved else ""))]
    share = standing.right / standing.answered
    blocks = [
        *head("This session"),
        para(f"{standing.right} of {standing.answered} right ({share:.0%})", "strong", 2),
    ]
    if standing.sure_and_wrong:
        what = "answer was sure and wrong; it comes back tomorrow"
        if standing.sure_and_wrong > 1:
            what = "answers were sure and wrong; they come back tomorrow"
        blocks.append(para(f"{standing.sure_and_wrong} {what}", indent=2))
    skills = "skill is" if due_tomorrow == 1 else "skills are"
    blocks.append(para(f"{due_tomorrow} {skills} due tomorrow", indent=2))
    if standing.flagged:
        blocks.append(para(f"Flagged: {', '.join(standing.flagged)}", indent=2, hang=2))
    if not saved:
        blocks.append(para("Nothing of this was saved.", "warn", 2))
    return blocks


def _title(exercise: Exercise, number: int, count: int) -> Block:
    place = f"{number} of {count}" if count else f"{number}"
    parts = [
        place,
        _MODES[exercise.mode],
        exercise.domain,
        exercise.task and f"task {exercise.task}",
    ]
    return para(", ".join(part for part in parts if part), "title")


def _labels(exercise: Exercise) -> list[str]:
    return [option.label for option in exercise.options]


def _short(text: str) -> str:
    text = _flat(text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _flat(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(text: str) -> list[Block]:
    return [para(part) if part.strip() else GAP for part in text.split("\n")]


def _changed(exercise: Exercise) -> list[Block]:
    change = exercise.change
    assert change is not None
    before, found, after = exercise.stem.partition(change.after)
    spans = [Span(before), Span(f"[was: {change.before}] ", "dim") if found else Span("")]
    spans += [Span(f"*{found}*" if found else "", "mark"), Span(after)]
    note = para("One phrase has changed; it stands between stars. What is right now?", "strong")
    return [Block(tuple(spans)), GAP, note]


def _flipped(exercise: Exercise) -> list[Block]:
    """Whether the change of the phrase changed the answer."""
    change = exercise.change
    assert change is not None
    before, now = " and ".join(change.right_before), " and ".join(exercise.answer)
    text = (
        f'With "{_flat(change.before)}" it was {before}; with "{_flat(change.after)}" it is {now}.'
    )
    same = set(change.right_before) == set(exercise.answer)
    says = "The answer stays." if same else "The answer changes."
    return [*head("The change"), para(f"{says} {_flat(text)}", indent=2)]


def _numbered(exercise: Exercise) -> list[Block]:
    spans: list[Span] = []
    at = 0
    for number, phrase in enumerate(exercise.phrases, 1):
        spans.append(Span(exercise.stem[at : phrase.start]))
        spans += [Span(f"[{number}]", "dim"), Span(phrase.text, "strong")]
        at = phrase.end
    spans.append(Span(exercise.stem[at:]))
    return [Block(tuple(spans))]


def _phrases(session: Session) -> list[Block]:
    blocks = []
    for number, phrase in enumerate(session.exercise.phrases, 1):
        box = "[x]" if number in session.marked else "[ ]"
        blocks.append(para(f"{number} {box} {_flat(phrase.text)}", indent=2, hang=6))
    return blocks


def _marked(session: Session) -> str:
    marked = " ".join(map(str, session.marked))
    return f"Marked: {marked or 'none'}."


def _struck(session: Session) -> str:
    if not session.struck:
        return "Struck: none."
    return "Struck: " + ", ".join(f"{k} {v}" for k, v in sorted(session.struck.items())) + "."


def _option(session: Session, label: str) -> Block:
    text = next(o.text for o in session.exercise.options if o.label == label)
    spans = [Span(f"{label}  ", "strong")]
    if label in session.struck:
        spans.append(Span(f"(struck: {session.struck[label]}) ", "dim"))
    elif session.exercise.choose > 1 and label in session.chosen:
        spans.append(Span("(chosen) ", "strong"))
    return Block((*spans, Span(_flat(text))), 0, 3)


def _stem(exercise: Exercise, marks: Sequence[GoldConstraint]) -> list[Block]:
    stem = exercise.stem
    edges = sorted({0, len(stem), *(e for c in marks for e in (c.start, c.end))})
    spans: list[Span] = []
    for start, end in pairwise(edges):
        covering = [c for c in marks if c.start <= start and end <= c.end]
        spans.append(Span(stem[start:end], "mark" if covering else ""))
        for category in dict.fromkeys(c.category for c in covering if c.end == end):
            spans.append(Span(f" [{category}]", "dim"))
    return [Block(tuple(spans))]


def _hidden(marks: Sequence[GoldConstraint]) -> list[Block]:
    hidden = [c for c in marks if c.hidden and c.requires]
    if not hidden:
        return []
    lines = [para(hidden_text(mark), indent=2, hang=2) for mark in hidden]
    return [*head("Hidden"), *lines]


def _verdict(session: Session) -> Block:
    outcome, exercise = session.outcome, session.exercise
    assert outcome is not None
    word = "Right" if outcome.right else "Wrong"
    parts = []
    if outcome.marks is not None:
        of = outcome.marks.hits + outcome.marks.missed
        parts.append(f"you marked {outcome.marks.hits} of {of}, {outcome.marks.extra} in vain")
    if exercise.mode == "traps":
        wrong = [o.label for o in exercise.options if o.label not in exercise.answer]
        named = [k for k in wrong if k in session.struck and k not in outcome.unnamed]
        parts.append(f"you named {len(named)} of {len(wrong)} traps")
    if exercise.answer:
        parts.append(f"the answer is {' and '.join(exercise.answer)}")
        if session.chosen and set(session.chosen) != set(exercise.answer):
            parts.append(f"you chose {' and '.join(session.chosen)}")
    if outcome.right and session.sure == SURENESS[2]:
        parts.append("a right guess is not yet known")
    if not outcome.right and session.sure == SURENESS[0]:
        parts.append("you were sure, so it comes back tomorrow")
    tail = ": " + "; ".join(parts) + "." if parts else "."
    return Block((Span(word, "right" if outcome.right else "wrong"), Span(tail, "strong")))


def _reasons(session: Session) -> list[Block]:
    exercise = session.exercise
    blocks = []
    for option in exercise.options:
        right = option.label in exercise.answer
        word = "right" if right else "wrong"
        chosen = ", your choice" if option.label in session.chosen else ""
        if option.label in session.struck:
            chosen = f", you struck it as {session.struck[option.label]}"
        spans = [Span(f"{option.label} ", "strong"), Span(word, word), Span(chosen, "strong")]
        blocks.append(Block((*spans, Span(f": {_flat(option.text)}")), 2, 2))
        if reason := exercise.reasons.get(option.label):
            blocks.append(para(_flat(reason), "dim", 4))
        trap = exercise.traps.get(option.label)
        if trap is not None:
            words = f' ["{_flat(trap.text)}"]' if trap.text else ""
            blocks.append(para(f"{trap.trap}: {_flat(trap.because)}{words}", "dim", 4))
    return blocks


def _marking(session: Session) -> list[Block]:
    exercise, outcome = session.exercise, session.outcome
    assert outcome is not None and outcome.marks is not None  # noqa: PT018
    found = outcome.marks
    text = (
        f"Marked {found.hits} of {found.hits + found.missed} that matter, {found.extra} in vain "
        f"(precision {found.precision:.0%}, recall {found.recall:.0%})"
    )
    blocks = [*head("Your marks"), para(text, "strong", 2)]
    for number, phrase in enumerate(exercise.phrases, 1):
        marked = number in session.marked
        if phrase.category and not marked:
            note = f"missed: {phrase.category}"
        elif phrase.category:
            note = f"found: {phrase.category}"
        elif marked:
            note = "decides nothing"
        else:
            continue
        blocks.append(para(f'{number} "{_flat(phrase.text)}" {note}', indent=2, hang=2))
    return blocks


def _separates(exercise: Exercise) -> list[Block]:
    blocks: list[Block] = []
    for group in exercise.sets if exercise.mode in ("siblings", "scenario") else ():
        blocks += [*head(f"Telling apart: {group.title}"), para(group.rule, indent=2)]
        if exercise.mode != "siblings":
            continue
        for row in group.separates:
            blocks.append(para(row.by, "strong", 2))
            for member, cell in zip(group.members, row.cells, strict=False):
                blocks.append(para(f"{member}: {cell}", indent=4, hang=2))
    return blocks


def _recalled(session: Session) -> list[Block]:
    card = session.exercise.card
    assert card is not None
    blocks = [para(f"Yours: {session.text}", indent=2), para(f"Answer: {card.answer}", "strong", 2)]
    if card.accept:
        blocks.append(para(f"As good: {', '.join(card.accept)}", "dim", 2))
    return [*blocks, *head("Why"), para(card.because, indent=2)]


def _design(session: Session) -> list[Block]:
    brief, outcome = session.exercise.brief, session.outcome
    assert brief is not None and outcome is not None  # noqa: PT018
    covered = outcome.covered
    if covered is None:
        blocks = [para("It could not be checked against the rubric.", "warn", 2)]
    else:
        blocks = [para(f"It covers {covered.score:.0%} of the rubric.", "strong", 2)]
        for title, rows in (("Needs", covered.needs), ("Constraints", covered.constraints)):
            if rows:
                blocks += head(title)
            for what, met in rows:
                word = Span("met: " if met else "missing: ", "right" if met else "warn")
                blocks.append(Block((word, Span(what)), 2, 2))
        blocks += head("Architecture")
        if covered.architecture is not None:
            expected = covered.architecture
            blocks.append(para(f"accepted: {' -> '.join(expected.concepts)}", "right", 2))
            if covered.missing:
                blocks.append(para(f"not named: {', '.join(covered.missing)}", "warn", 4))
            blocks.append(para(expected.because, indent=4))
        else:
            for expected in brief.architectures:
                blocks.append(para(f"one way: {' -> '.join(expected.concepts)}", indent=2, hang=2))
                blocks.append(para(expected.because, indent=4))
        for mistake in covered.mistakes:
            blocks += head("Mistake")
            blocks.append(para(f"{', '.join(mistake.concepts)}: {mistake.because}", "wrong", 2))
        if covered.listed:
            blocks += head("Mistake")
            text = (
                f"It lists instead of choosing: {len(covered.needless)} things nobody asked for, "
            )
            blocks.append(para(text + f"such as {', '.join(covered.needless[:5])}.", "wrong", 2))
    return [*blocks, *head("A top scorer might write"), para(brief.model_answer, indent=2)]
