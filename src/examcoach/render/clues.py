"""Hints of a drill, in three steps: where to look, what it implies, and half of the answer."""

from __future__ import annotations

from examcoach.drill.exercise import Exercise
from examcoach.drill.session import Session, Stage
from examcoach.model import GoldConstraint
from examcoach.render.blocks import Block, head, para


def marks_shown(session: Session) -> tuple[GoldConstraint, ...]:
    """The constraints that hints so far mark in the story."""
    if not session.hints:
        return ()
    return tuple(c for c in session.exercise.constraints if session.hints > 1 or not c.hidden)


def clues(session: Session) -> list[Block]:
    """All hints that were asked for so far."""
    if not session.hints:
        return []
    exercise = session.exercise
    if exercise.card is not None:
        lines = [f"{masked(exercise.card.answer, session.hints)} (a dot is a letter)"]
    elif session.stage is Stage.MARK:
        lines = _of_phrases(session)
    elif exercise.brief is not None:
        lines = _of_brief(session)
    elif not exercise.constraints and not exercise.traps:
        lines = _of_options(session)
    else:
        lines = _of_story(session)
    return [*head("Hint"), *(para(line, indent=2, hang=2) for line in lines)]


def masked(answer: str, level: int) -> str:
    """An answer with the first letters of each word, half of them at the last step."""
    words = []
    for word in answer.split():
        open_ = min(level, len(word) - 1) if level < 3 else (len(word) + 1) // 2
        rest = "".join("." if c.isalnum() else c for c in word[open_:])
        words.append(word[:open_] + rest)
    return " ".join(words)


def hidden_text(mark: GoldConstraint) -> str:
    """What words imply that they do not say."""
    return f'"{_flat(mark.text)}" -> {_flat(mark.requires or "")} [{mark.category}]'


def _of_phrases(session: Session) -> list[str]:
    gold = [(n, p) for n, p in enumerate(session.exercise.phrases, 1) if p.category]
    lines = [f"{len(gold)} of the {len(session.exercise.phrases)} phrases matter."]
    if session.hints > 1:
        kinds = ", ".join(dict.fromkeys(p.category for _, p in gold))
        lines.append(f"They speak of {kinds}.")
    if session.hints > 2:
        left = [n for n, _ in gold if n not in session.marked]
        lines.append(f"{left[0]} is one of them." if left else "You have marked them all.")
    return lines


def _of_brief(session: Session) -> list[str]:
    exercise = session.exercise
    lines = ["The words that constrain are followed by their category, in brackets."]
    if session.hints > 1:
        lines += [hidden_text(c) for c in exercise.constraints if c.hidden and c.requires]
    if session.hints > 2 and exercise.brief is not None:
        needs = ", ".join(need.replace("-", " ") for need in exercise.brief.needs)
        lines.append(f"It needs something for each of these: {needs}.")
    return lines


def _of_options(session: Session) -> list[str]:
    """Where nothing is known of the story: leave one option out, then tell the rule."""
    exercise = session.exercise
    lines = ["Read the last sentence again: what does it ask for, and by what does it rank?"]
    wrong = [o.label for o in exercise.options if o.label not in exercise.answer]
    if session.stage is Stage.PREDICT or not wrong:
        return lines
    if session.hints > 1:
        lines.append(f"{wrong[0]} is out.")
    if session.hints > 2 and len(wrong) > 2:
        lines.append(f"{wrong[1]} is out.")
    return lines


def _of_story(session: Session) -> list[str]:
    exercise = session.exercise
    if exercise.change is not None or exercise.phrases:
        shown = [f'"{_flat(c.text)}" [{c.category}]' for c in marks_shown(session)]
        lines = ["These words constrain:", *shown] if shown else ["What it implies decides."]
    else:
        lines = ["The words that constrain are followed by their category, in brackets."]
    if session.hints > 1:
        if exercise.decides is not None:
            lines.append(f'What decides: "{_flat(exercise.decides.text)}"')
        lines += [hidden_text(c) for c in exercise.constraints if c.hidden and c.requires]
    if session.hints > 2 and session.stage is not Stage.PREDICT:
        lines += _one_out(exercise)
    return lines


def _one_out(exercise: Exercise) -> list[str]:
    for label in sorted(exercise.traps)[:1]:
        trap = exercise.traps[label]
        return [f"{label} is out. {trap.trap}: {_flat(trap.because)}"]
    return []


def _flat(text: str) -> str:
    return " ".join(text.split())
