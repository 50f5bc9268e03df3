"""A drill as a pure function: state, what was typed, clock -> state, what to write to the log.

The caller reads keys and shows the state; it must write what `take` returns before it shows the
next state, so that no answer is revealed before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from examcoach.bank.model import Brief
from examcoach.drill import log, marking
from examcoach.drill.exercise import Exercise
from examcoach.drill.schedule import SURENESS

CAUSES = ("did not know", "misread", "fell for the trap", "guessed")
HINTS = 3
ENTER, BACK = "enter", "back"
COMMANDS = {"h": "hint", "s": "skip", "m": "flag", "u": "undo", "x": "explain", "q": "quit"}
"""Keys that are no answer, wherever one is waited for; ? is help."""


class Stage(StrEnum):
    """What the learner is to do now."""

    PREDICT = "predict"  # write what the answer will be, before the options show
    MARK = "mark"  # mark the phrases that matter
    CHOOSE = "choose"
    STRIKE = "strike"  # strike the wrong options
    WHY = "why"  # name the trap of the option just struck
    WRITE = "write"  # a short answer or a design
    SURE = "sure"
    REVEAL = "reveal"


class Request(StrEnum):
    """What the caller is to do besides showing the state."""

    NOTHING = ""
    NEXT = "next"
    QUIT = "quit"
    HELP = "help"
    EXPLAIN = "explain"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer was marked. `failed` are the skills that it speaks against."""

    right: bool
    score: float
    fell: tuple[str, ...] = ()  # kinds of trap
    failed: tuple[str, ...] = ()
    marks: marking.Found | None = None
    missed: tuple[str, ...] = ()  # categories of constraints that were not marked
    unnamed: tuple[str, ...] = ()  # labels of wrong options whose trap was not named
    covered: marking.Covered | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Where one exercise stands. `begun` is when it was shown, in seconds."""

    exercise: Exercise
    stage: Stage
    begun: float
    chosen: tuple[str, ...] = ()
    struck: Mapping[str, str] = field(default_factory=dict)
    striking: str = ""
    marked: tuple[int, ...] = ()
    prediction: str = ""
    text: str = ""
    sure: str = ""
    hints: int = 0
    flagged: bool = False
    outcome: Outcome | None = None
    cause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written: its kind and body."""

    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one key."""

    session: Session
    drafts: tuple[Draft, ...] = ()
    request: Request = Request.NOTHING


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What marking may ask of the library, when it needs it: further names of an answer, and what
    a written design covers."""

    aliases: Callable[[str], Iterable[str]] = lambda _: ()
    covered: Callable[[Brief, str], marking.Covered] | None = None


NONE = Knowledge()


def begin(exercise: Exercise, now: float, cover: bool = False) -> Session:
    """An exercise put before the learner."""
    if exercise.mode in ("recall", "design"):
        stage = Stage.WRITE
    elif cover:
        stage = Stage.PREDICT
    else:
        stage = _after_prediction(exercise)
    return Session(exercise, stage, now)


def take(session: Session, given: str, now: float, knowledge: Knowledge = NONE) -> Step:
    """What a key (or, where text is asked for, a line) does.

    A key is one character, `ENTER` or `BACK`. Keys that mean nothing here leave a note.
    """
    session = replace(session, note="")
    if session.stage in (Stage.WRITE, Stage.PREDICT):
        return _written(session, given)
    if given == "?":
        return Step(session, request=Request.HELP)
    if session.stage is Stage.REVEAL:
        return _after_reveal(session, given)
    key = given.upper() if len(given) == 1 else given
    if session.stage is Stage.WHY:
        return _named(session, given)
    if session.stage is Stage.SURE:
        return _sure(session, given, now, knowledge)
    if given.lower() in COMMANDS and key not in _labels(session):
        return command(session, COMMANDS[given.lower()])
    if session.stage is Stage.MARK:
        return _marked(session, given)
    if session.stage is Stage.STRIKE:
        return _struck(session, key)
    return _chosen(session, key)


def command(session: Session, name: str) -> Step:
    """What a command does where an answer is waited for."""
    if name == "hint":
        if session.hints == HINTS:
            return Step(replace(session, note="There are no more hints."))
        return Step(replace(session, hints=session.hints + 1))
    if name == "skip":
        ref = session.exercise.ref
        return Step(session, (Draft(log.SKIP, {"ref": ref}),), Request.NEXT)
    if name == "flag":
        return _flag(session)
    if name == "explain":
        note = "Explanations come after the answer; h gives a hint."
        if session.stage is Stage.REVEAL:
            return Step(session, request=Request.EXPLAIN)
        return Step(replace(session, note=note))
    return Step(session, request=Request(name))


def keys_of(line: str, session: Session) -> list[str]:
    """The keys that a typed line stands for, where keys cannot be read one by one.

    ``c e``, ``ce``, ``c sure``, ``hint``, or nothing for Enter.
    """
    if session.stage in (Stage.WRITE, Stage.PREDICT):
        return [line.strip()]
    words = line.lower().replace(",", " ").split()
    if not words:
        return [ENTER]
    by_name = {name: key for key, name in COMMANDS.items()} | {"help": "?"}
    keys: list[str] = []
    sure: list[str] = []
    for word in words:
        if word in SURENESS:
            sure = [str(SURENESS.index(word) + 1)]
        elif word in by_name:
            keys.append(by_name[word])
        else:
            keys += list(word)
    toggles = session.stage is Stage.MARK or (
        session.stage is Stage.CHOOSE and session.exercise.choose > 1
    )
    if toggles and not any(key in COMMANDS and key.upper() not in _labels(session) for key in keys):
        keys.append(ENTER)
    return keys + sure


def grade(session: Session, knowledge: Knowledge = NONE) -> Outcome:
    """Mark what was answered."""
    exercise = session.exercise
    if exercise.card is not None:
        right = marking.accepts(exercise.card, session.text)
        if not right:
            aliases = knowledge.aliases(exercise.card.answer)
            right = marking.accepts(exercise.card, session.text, aliases)
        return Outcome(right, float(right))
    if exercise.brief is not None:
        if knowledge.covered is None:
            return Outcome(False, 0.0)
        covered = knowledge.covered(exercise.brief, session.text)
        return Outcome(covered.right, covered.score, covered=covered)
    if exercise.mode == "traps":
        return _grade_traps(session)
    right = set(session.chosen) == set(exercise.answer)
    fell = [exercise.traps[label].trap for label in session.chosen if label in exercise.traps]
    failed = () if right else _blamed(exercise, fell)
    score = float(right)
    if exercise.mode != "constraints":
        return Outcome(right, score, tuple(dict.fromkeys(fell)), failed)
    gold = {n for n, p in enumerate(exercise.phrases, 1) if p.category}
    found = marking.held_against(session.marked, gold)
    missed = [exercise.phrases[n - 1].category for n in sorted(gold - set(session.marked))]
    well = found.f1 >= marking.ENOUGH
    failed = tuple(f"category:{name}" for name in dict.fromkeys(missed))
    return Outcome(well, found.f1, tuple(dict.fromkeys(fell)), failed, found, tuple(missed))


def _grade_traps(session: Session) -> Outcome:
    exercise = session.exercise
    wrong = {option.label for option in exercise.options} - set(exercise.answer)
    struck = session.struck
    named = {
        label
        for label, kind in struck.items()
        if label in exercise.traps and exercise.traps[label].trap == kind
    }
    failed = [exercise.traps[label].trap for label in wrong - named if label in exercise.traps]
    parts = len(wrong) + len(set(struck) & set(exercise.answer))
    score = len(named) / parts if parts else 1.0
    right = set(struck) == wrong and not failed
    blamed = tuple(f"trap:{kind}" for kind in dict.fromkeys(failed))
    kinds = tuple(dict.fromkeys(failed))
    unnamed = tuple(sorted(wrong - named))
    return Outcome(right, score, kinds, () if right else blamed, unnamed=unnamed)


def _blamed(exercise: Exercise, fell: Collection[str]) -> tuple[str, ...]:
    """The skills that a wrong answer speaks against: all but the traps that were seen through."""
    return tuple(s for s in exercise.skills if not s.startswith("trap:") or s[5:] in fell)


def answer_body(session: Session, outcome: Outcome, now: float) -> dict[str, Any]:
    """What the log keeps of an answer; labels are the item's own, whatever the shuffle."""
    exercise = session.exercise
    origin = exercise.origin
    body: dict[str, Any] = {
        "ref": exercise.ref,
        "item": exercise.item,
        "mode": exercise.mode,
        "task": exercise.task,
        "domain": exercise.domain,
        "difficulty": exercise.difficulty,
        "options": len(exercise.options),
        "choose": exercise.choose,
        "skills": list(exercise.skills),
        "right": outcome.right,
        "score": round(outcome.score, 4),
        "sure": session.sure,
        "seconds": round(max(0.0, now - session.begun), 1),
        "hints": session.hints,
        "failed": list(outcome.failed),
        "fell": list(outcome.fell),
        "chosen": sorted(origin.get(label, label) for label in session.chosen),
    }
    if session.struck:
        body["struck"] = {origin.get(k, k): v for k, v in session.struck.items()}
    if exercise.phrases:
        body["marked"] = list(session.marked)
        body["missed"] = list(outcome.missed)
        body["categories"] = [p.category for p in exercise.phrases if p.category]
    elif exercise.decides is not None:
        body["categories"] = [exercise.decides.category]
        body["missed"] = [] if outcome.right else [exercise.decides.category]
    if session.text:
        body["text"] = session.text
    if session.prediction:
        body["prediction"] = session.prediction
    return body


def restored(
    exercise: Exercise, body: Mapping[str, Any], begun: float, knowledge: Knowledge = NONE
) -> Session:
    """The reveal of an answer that is in the log already, after an interruption."""
    shown = {own: label for label, own in exercise.origin.items()}
    session = Session(
        exercise,
        Stage.REVEAL,
        begun,
        chosen=tuple(sorted(shown.get(label, label) for label in body.get("chosen", ()))),
        struck={shown.get(k, k): v for k, v in body.get("struck", {}).items()},
        marked=tuple(body.get("marked", ())),
        prediction=str(body.get("prediction", "")),
        text=str(body.get("text", "")),
        sure=str(body.get("sure", "")),
        hints=int(body.get("hints", 0)),
    )
    return replace(session, outcome=grade(session, knowledge))


def answered(session: Session, outcome: Outcome, now: float) -> Step:
    """The answer is marked: it goes to the log, and is revealed."""
    body = answer_body(session, outcome, now)
    revealed = replace(session, stage=Stage.REVEAL, outcome=outcome)
    return Step(revealed, (Draft(log.ANSWER, body),))


def _labels(session: Session) -> set[str]:
    return {option.label for option in session.exercise.options}


def _after_prediction(exercise: Exercise) -> Stage:
    if exercise.mode == "constraints":
        return Stage.MARK
    return Stage.STRIKE if exercise.mode == "traps" else Stage.CHOOSE


def _written(session: Session, line: str) -> Step:
    text = line.strip()
    word = text.lower()
    if word == "?" or word in (":help",):
        return Step(session, request=Request.HELP)
    if word.startswith(":") and word[1:] in COMMANDS.values():
        return command(session, word[1:])
    if session.stage is Stage.PREDICT:
        return Step(replace(session, prediction=text, stage=_after_prediction(session.exercise)))
    if not text:
        return Step(replace(session, note="Write an answer, or :skip."))
    return Step(replace(session, text=text, stage=Stage.SURE))


def _marked(session: Session, key: str) -> Step:
    if key == ENTER:
        return Step(replace(session, stage=Stage.CHOOSE))
    number = int(key) if key.isdecimal() and key.isascii() else 0
    if not 1 <= number <= len(session.exercise.phrases):
        return _no_such_key(session, key)
    marked = set(session.marked) ^ {number}
    return Step(replace(session, marked=tuple(sorted(marked))))


def _chosen(session: Session, key: str) -> Step:
    choose = session.exercise.choose
    if key in _labels(session):
        if choose == 1:
            return Step(replace(session, chosen=(key,), stage=Stage.SURE))
        chosen = tuple(sorted(set(session.chosen) ^ {key}))
        return Step(replace(session, chosen=chosen))
    if key == ENTER and choose > 1:
        if len(session.chosen) == choose:
            return Step(replace(session, stage=Stage.SURE))
        note = f"Choose {choose}; {len(session.chosen)} so far."
        return Step(replace(session, note=note))
    if key == BACK:
        return Step(replace(session, chosen=session.chosen[:-1]))
    return _no_such_key(session, key)


def _struck(session: Session, key: str) -> Step:
    if key in _labels(session):
        if key in session.struck:
            kept = {label: kind for label, kind in session.struck.items() if label != key}
            return Step(replace(session, struck=kept))
        return Step(replace(session, striking=key, stage=Stage.WHY))
    if key == ENTER:
        if session.struck:
            return Step(replace(session, stage=Stage.SURE))
        return Step(replace(session, note="Strike the options that are wrong, by their letters."))
    return _no_such_key(session, key)


def _named(session: Session, key: str) -> Step:
    if key == BACK:
        return Step(replace(session, striking="", stage=Stage.STRIKE))
    kinds = session.exercise.kinds.get(session.striking, ())
    number = int(key) if key.isdecimal() and key.isascii() else 0
    if not 1 <= number <= len(kinds):
        return _no_such_key(session, key)
    struck = {**session.struck, session.striking: kinds[number - 1]}
    return Step(replace(session, struck=struck, striking="", stage=Stage.STRIKE))


_SURE_KEYS = {"1": "sure", "2": "think", "3": "guess"}


def _sure(session: Session, key: str, now: float, knowledge: Knowledge) -> Step:
    if key == BACK:
        back = begin(session.exercise, session.begun).stage
        if back is Stage.MARK:
            back = Stage.CHOOSE
        return Step(replace(session, stage=back))
    if key in ("q", "Q"):
        return Step(session, request=Request.QUIT)
    if key not in _SURE_KEYS:
        return _no_such_key(session, key)
    session = replace(session, sure=_SURE_KEYS[key])
    return answered(session, grade(session, knowledge), now)


def _after_reveal(session: Session, key: str) -> Step:
    key = key.lower()
    outcome = session.outcome
    if key in (ENTER, " ", "n"):
        return Step(session, request=Request.NEXT)
    if outcome is not None and not outcome.right and key in ("1", "2", "3", "4"):
        cause = CAUSES[int(key) - 1]
        drafts = (Draft(log.CAUSE, {"cause": cause, "ref": session.exercise.ref}),)
        return Step(replace(session, cause=cause), drafts, Request.NEXT)
    if key == "u":
        return Step(session, request=Request.UNDO)
    if key == "x":
        return Step(session, request=Request.EXPLAIN)
    if key == "m":
        return _flag(session)
    if key == "q":
        return Step(session, request=Request.QUIT)
    return _no_such_key(session, key)


def _flag(session: Session) -> Step:
    flagged = not session.flagged
    draft = Draft(log.FLAG, {"item": session.exercise.item, "on": flagged})
    note = "Flagged." if flagged else "No longer flagged."
    return Step(replace(session, flagged=flagged, note=note), (draft,))


def _no_such_key(session: Session, key: str) -> Step:
    one = len(key) == 1 and key.isprintable() and not key.isspace()
    what = f"{key.lower()} does" if one else "Enter does" if key == ENTER else "That key does"
    return Step(replace(session, note=f"{what} nothing here; ? lists the keys."))
