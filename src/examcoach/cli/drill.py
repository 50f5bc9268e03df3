"""`examcoach drill`: exercises one after the other, from what is due."""

from __future__ import annotations

import os
import random
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examcoach import places
from examcoach.cli.log import ProgressOption, Recorder, local_now, log_path
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.scenarios import ScenariosOption
from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain, folders
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.bank.model import Bank
    from examcoach.cli.keys import Keys
    from examcoach.cli.screen import Screen
    from examcoach.drill.analysis import Analyst
    from examcoach.drill.course import Settings, Standing
    from examcoach.drill.exercise import Exercise
    from examcoach.drill.session import Request, Session

COUNT = 10
"""Exercises of a session, where nothing else is asked for."""


_RULER = "# Write above this line; what follows is the brief."


class Mode(StrEnum):
    """What is practised."""

    SCENARIO = "scenario"
    CONSTRAINTS = "constraints"
    TRAPS = "traps"
    FLIP = "flip"
    SIBLINGS = "siblings"
    RECALL = "recall"
    DESIGN = "design"


def drill(
    mode: Annotated[
        Mode | None,
        typer.Option(help="What to practise; scenario if you do not say.", show_default=False),
    ] = None,
    domain: Annotated[str | None, typer.Option(help="Only this domain.")] = None,
    task: Annotated[str | None, typer.Option(help="Only this task: 3.5.")] = None,
    trap: Annotated[str | None, typer.Option(help="Only with this kind of trap.")] = None,
    category: Annotated[
        str | None, typer.Option(help="Only with this category of constraint.")
    ] = None,
    siblings: Annotated[
        str | None, typer.Option(metavar="SET", help="Only this sibling set.")
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=0, help="How many, 10 if you do not say; 0 has no end.")
    ] = None,
    time_: Annotated[
        str | None, typer.Option("--time", metavar="DURATION", help="Stop after 20m, 1h.")
    ] = None,
    files: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="FILES|-", help="Drill these questions; - is a pipe."),
    ] = None,
    exam: Annotated[str | None, typer.Option(metavar="PACK", help="The exam to drill for.")] = None,
    seed: Annotated[str | None, typer.Option(help="Repeat a drill: order and shuffling.")] = None,
    cover: Annotated[
        bool, typer.Option("--cover", help="Predict the answer before the options show.")
    ] = False,
    no_shuffle: Annotated[
        bool, typer.Option("--no-shuffle", help="Leave the options in their order.")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Lines of text, no single keys, no colour.")
    ] = False,
    new: Annotated[bool, typer.Option("--new", help="Do not go on with an open session.")] = False,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="Take answers from a file, a line each."),
    ] = None,
    progress: ProgressOption = None,
    scenarios: ScenariosOption = None,
    patterns: PatternsOption = None,
) -> None:
    """Practise: one exercise after the other, chosen by what is due.

    \b
    examcoach drill
    examcoach drill --mode siblings --count 5
    cat mine.jsonl | examcoach drill --from -

    Exit status: 0 done or quit, 1 some input or the log could not be read or written, 2 wrong
    usage or no terminal.
    """
    from examcoach.drill.course import Settings
    from examcoach.drill.exercise import Wanted

    settings = Settings(
        mode=(mode or Mode.SCENARIO).value,
        wanted=Wanted(*(word or "" for word in (domain, task, trap, category, siblings))),
        count=COUNT if count is None else count,
        seconds=_seconds(time_),
        cover=cover,
        shuffle=not (no_shuffle or answers),
        source=" ".join(files or ()),
    )
    status = 0
    _check_terminal(files, answers)
    if files:
        bank, status = _from_files(files)
        settings = replace(settings, source=f"{settings.source} {_names(bank)}")
    else:
        bank = shipped_bank(scenarios)
    if exam is not None:
        bank = _for_exam(bank, exam, folders(patterns))
    _check_wanted(bank, settings)
    with keys_from(files, answers, plain) as keys:
        from examcoach.cli.screen import Screen

        screen = Screen(plain or not keys.single, keys.echoes)
        recorder = Recorder(log_path(progress), lambda what: agrees(keys, screen, what))
        run = Run(bank, settings, recorder, keys, screen, patterns)
        try:
            run.start(seed, fresh=new)
        except (EOFError, KeyboardInterrupt) as stop:
            run.stop()
            if isinstance(stop, KeyboardInterrupt):
                raise
        finally:
            if lost := recorder.close():
                what = f"{lost} entries of this drill were not saved"
                complain([Problem(str(log_path(progress)), None, what)])
    raise typer.Exit(status)


class Run:
    """A drill as it runs: reads keys, keeps what they mean, shows what follows."""

    def __init__(
        self,
        bank: Bank,
        settings: Settings,
        recorder: Recorder,
        keys: Keys,
        screen: Screen,
        patterns: list[Path] | None,
    ) -> None:
        from examcoach.drill import exercise, schedule
        from examcoach.drill.memory import Memory
        from examcoach.drill.session import Knowledge

        self._bank, self._settings, self._recorder = bank, settings, recorder
        self._keys, self._screen, self._patterns = keys, screen, patterns
        self._candidates = exercise.candidates(bank, settings.mode, settings.wanted)
        self._schedule = schedule
        self._memory = Memory(places.cache_folder())
        self._session_id = ""
        self._seed = ""
        self._analyst_made: Analyst | None = None
        self._knowledge = Knowledge(
            aliases=lambda name: self._analyst().aliases(name),
            covered=lambda brief, text: self._analyst().covered(brief, text),
        )

    def start(self, seed: str | None, fresh: bool) -> None:
        """Go on with an open session or begin one, to its end."""
        from examcoach.drill import course, log
        from examcoach.render.blocks import GAP, para

        now = time.time()
        if not fresh:
            for session in course.open_sessions(self._recorder.entries, self._settings, seed, now):
                if self._recorder.claim(session):
                    self._session_id = session
                    break
        if self._session_id:
            stands = self._standing()
            self._seed = stands.seed
            text = f"Going on with an open session: {len(stands.done)} done. --new begins another."
            self._screen.show([GAP, para(text, "title")])
        else:
            self._session_id = secrets.token_hex(8)
            self._seed = seed if seed is not None else secrets.token_hex(4)
            self._recorder.claim(self._session_id)
            self._keep(log.START, self._settings.to_body(self._seed))
        self._all()

    def stop(self) -> None:
        """What was done so far, when the learner stops."""
        from examcoach.render.drill import ending

        if self._session_id:
            self._screen.show(ending(self._standing(), self._due_tomorrow(), self._recorder.saved))
            self._memory.keep(self._recorder.entries)

    def _all(self) -> None:
        from examcoach.drill import course, log
        from examcoach.drill.session import Request, begin, restored

        again = ""
        first = True
        while True:
            stands = self._standing()
            session = None
            if first and stands.revealed is not None and self._made(stands.revealed.body["ref"]):
                exercise = self._exercise(stands.revealed.body["ref"])
                session = restored(
                    self._explained(exercise),
                    stands.revealed.body,
                    stands.revealed.at,
                    self._knowledge,
                )
            elif not again and course.over(self._settings, stands, time.time()):
                break
            else:
                ref = again or (stands.shown if self._made(stands.shown) else "") or self._next()
                if not ref:
                    break
                exercise = self._exercise(ref)
                if ref != stands.shown:
                    self._keep(log.SHOW, {"ref": ref})
                session = begin(exercise, time.time(), self._settings.cover)
            first = False
            request = self._one(session, len(stands.done) + (session.outcome is None))
            again = ""
            if request is Request.QUIT:
                self.stop()
                return
            if request is Request.UNDO:
                again = self._undo()
        self._keep(log.END, {})
        self.stop()

    def _one(self, session: Session, number: int) -> Request:
        """One exercise from its question to what comes after its reveal."""
        from examcoach.cli.keys import REDRAW, TIMEOUT
        from examcoach.drill import log
        from examcoach.drill.session import ENTER, Request, Stage, keys_of, take
        from examcoach.render import drill as render

        self._paint(session, number)
        while True:
            self._screen.ask(render.prompt(session))
            writing = session.stage in (Stage.WRITE, Stage.PREDICT)
            if session.stage is Stage.REVEAL and self._replaying:
                self._screen.line_taken("")
                given = [ENTER]
            elif writing:
                given = [self._line(session)]
            elif self._keys.single:
                given = [self._keys.key()]
            else:
                line = self._keys.line()
                self._screen.line_taken(line)
                given = keys_of(line, session)
            for key in given:
                if key in (REDRAW, TIMEOUT):
                    self._screen.leave()
                    self._paint(session, number)
                    continue
                if key == "h" or key == ":hint":
                    session = replace(session, exercise=self._explained(session.exercise))
                step = take(session, key, time.time(), self._knowledge)
                for draft in step.drafts:
                    body = dict(draft.body)
                    if draft.kind == log.CAUSE:
                        body["answer"] = self._last_answer()
                    self._keep(draft.kind, body)
                before, session = session, step.session
                if session.stage is Stage.REVEAL and before.stage is not Stage.REVEAL:
                    session = replace(session, exercise=self._explained(session.exercise))
                self._follow(before, session, number)
                if step.request is Request.HELP:
                    self._screen.show(render.help_page(session))
                elif step.request is Request.EXPLAIN:
                    self._explain(session)
                elif step.request is Request.UNDO and not self._last_answer():
                    session = replace(session, note="There is no answer to take back.")
                elif step.request is not Request.NOTHING:
                    self._screen.leave()
                    return step.request

    def _line(self, session: Session) -> str:
        design = session.exercise.mode == "design"
        text = self._keys.text() if design else self._keys.line()
        self._screen.line_taken(text)
        if design and not text.strip() and self._keys.person:
            return self._edited(session)
        return text

    def _edited(self, session: Session) -> str:
        """A design written in the editor, which opens with what was written before."""
        from examcoach.cli.editor import EditorError, edited

        told = "\n".join(f"# {line}" for line in session.exercise.stem.splitlines())
        try:
            with self._keys.lent():
                text = edited(f"{session.text}\n\n{_RULER}\n{told}\n")
        except EditorError as error:
            complain(error.problems)
            return ""
        written, ruler, _ = text.partition(_RULER)
        lines = written.splitlines()
        if not ruler:
            lines = [line for line in lines if not line.startswith("# ")]
        return "\n".join(lines).strip()

    def _paint(self, session: Session, number: int) -> None:
        from examcoach.drill.session import Stage
        from examcoach.render import drill as render

        if session.stage is Stage.REVEAL:
            self._screen.show(render.reveal(session))
        else:
            count = min(self._settings.count, len(self._candidates))
            self._screen.show(render.question(session, number, count))

    def _follow(self, before: Session, session: Session, number: int) -> None:
        """Show what is new since the key before."""
        from examcoach.drill.session import Stage
        from examcoach.render import drill as render

        if session.stage is Stage.REVEAL and before.stage is not Stage.REVEAL:
            self._screen.show(render.reveal(session))
        elif session.hints != before.hints:
            self._paint(session, number)
        elif before.stage in (Stage.PREDICT, Stage.MARK) and session.stage is not before.stage:
            self._screen.show(render.choices(session))

    def _explain(self, session: Session) -> None:
        from examcoach.render.drill import explanations

        found = self._analyst().explain(session.exercise.patterns)
        self._screen.show(explanations(found))

    def _undo(self) -> str:
        """Take back the last answer of this session; returns its ref, to be asked again."""
        from examcoach.drill import log

        entries = [e for e in self._recorder.entries if e.session == self._session_id]
        last = log.standing_answers(entries)[-1]
        self._keep(log.UNDO, {"answer": last.id})
        return str(last.body["ref"])

    def _last_answer(self) -> str:
        from examcoach.drill import log

        entries = [e for e in self._recorder.entries if e.session == self._session_id]
        answers = log.standing_answers(entries)
        return answers[-1].id if answers else ""

    def _next(self) -> str:
        """The ref that comes next, empty where all are done."""
        stands = self._standing()
        learner = self._memory.learner(self._recorder.entries)
        order = random.Random(f"{self._seed}/{len(stands.done)}")
        today = local_now().date()
        chosen = self._schedule.choose(learner, self._candidates, today, order, stands.done)
        return chosen.ref if chosen else ""

    def _exercise(self, ref: str) -> Exercise:
        from examcoach.drill.exercise import make

        return make(self._bank, ref, self._seed, self._settings.shuffle)

    def _made(self, ref: str) -> bool:
        try:
            return bool(ref) and self._exercise(ref) is not None
        except (KeyError, IndexError, ValueError):
            return False

    def _explained(self, exercise: Exercise) -> Exercise:
        return exercise if exercise.explained else self._analyst().enrich(exercise)

    def _analyst(self) -> Analyst:
        if self._analyst_made is None:
            from examcoach.drill.analysis import Analyst

            self._analyst_made = Analyst(folders(self._patterns), places.cache_folder())
        return self._analyst_made

    def _standing(self) -> Standing:
        from examcoach.drill.course import standing

        return standing(self._recorder.entries, self._session_id)

    def _due_tomorrow(self) -> int:
        import datetime as dt

        learner = self._memory.learner(self._recorder.entries)
        return len(learner.due(local_now().date() + dt.timedelta(days=1)))

    def _keep(self, kind: str, body: dict[str, object]) -> None:
        self._recorder.keep(self._session_id, kind, body)

    @property
    def _replaying(self) -> bool:
        from examcoach.cli.keys import Replay

        return isinstance(self._keys, Replay)


# --- before the first exercise ---------------------------------------------------------------


def shipped_bank(scenarios: list[Path] | None) -> Bank:
    """The shipped scenarios and those in further folders; what is wrong with them is told."""
    from examcoach.bank.compiled import bank

    layers = [places.shipped("scenarios"), *(scenarios or [])]
    found, problems = bank(layers, places.cache_folder())
    complain(problem for problem in problems if scenarios or "no folder" not in problem.what)
    return found


def _from_files(files: list[str]) -> tuple[Bank, int]:
    """The questions in some files, and the exit status that reading them earned."""
    from examcoach.cli.inputs import Inputs
    from examcoach.drill.own import bank_of

    inputs = Inputs(files)
    bank, without = bank_of(inputs)
    if without:
        what = f"{without} of the questions have no options or no answer"
        complain([Problem("--from", None, what, "they are left out")])
    if not bank.items:
        hint = 'give each question options and an "answer"'
        complain([Problem("--from", None, "there is nothing to drill", hint)])
        raise typer.Exit(EXIT_UNREADABLE)
    return bank, inputs.status


def _names(bank: Bank) -> str:
    """A digest of what a drill from files is made of: another pipe is another drill."""
    import hashlib

    return hashlib.blake2b("\0".join(sorted(bank.items)).encode(), digest_size=6).hexdigest()


def _for_exam(bank: Bank, exam: str, layers: list[Path]) -> Bank:
    from examcoach.cli.packs import pack_named
    from examcoach.drill.blueprint import placed

    packs, pack = pack_named(exam, layers)
    return placed(bank, packs, pack)


def _check_wanted(bank: Bank, settings: Settings) -> None:
    """Refuse filters that leave nothing, and say which values there are."""
    from examcoach.drill.exercise import candidates
    from examcoach.errors import did_you_mean

    if candidates(bank, settings.mode, settings.wanted):
        return
    items = bank.items.values()
    gold = [item.scenario.gold for item in items]
    known: dict[str, set[str]] = {
        "domain": {item.domain for item in items},
        "task": {item.task for item in items},
        "trap": {trap.trap for g in gold for trap in (g.traps or {}).values()},
        "category": {mark.category for g in gold for mark in g.constraints or ()},
        "siblings": set(bank.siblings),
    }
    for name, values in known.items():
        given = getattr(settings.wanted, name)
        if given and given not in values:
            there = ", ".join(sorted(v for v in values if v))
            hint = did_you_mean(given, values) or f"there are: {there}"
            complain([Problem(f"--{name}", None, f'no exercise with "{given}"', hint)])
            raise typer.Exit(EXIT_USAGE)
    hint = "leave out a filter, or take another --mode"
    complain([Problem("drill", None, f"there is no {settings.mode} exercise", hint)])
    raise typer.Exit(EXIT_USAGE)


def _seconds(text: str | None) -> float:
    """Seconds of a duration such as 20m, 1h, 90s; a bare number is minutes."""
    if text is None:
        return 0.0
    number, unit = text.rstrip("smh"), text[len(text.rstrip("smh")) :]
    try:
        value = float(number) * {"s": 1, "": 60, "m": 60, "h": 3600}[unit]
        if 0 < value < 1e6:
            return value
    except (ValueError, KeyError):
        pass
    complain([Problem("--time", None, f'"{text}" is no duration', "write 20m, 1h or 90s")])
    raise typer.Exit(EXIT_USAGE)


def _check_terminal(files: list[str] | None, answers: Path | None) -> None:
    if answers or files or sys.stdin.isatty():
        return
    hint = "run it in a terminal, or give --from FILES, or --answers FILE"
    complain([Problem("drill", None, "there is no terminal to read answers from", hint)])
    raise typer.Exit(EXIT_USAGE)


@contextmanager
def keys_from(files: list[str] | None, answers: Path | None, plain: bool) -> Iterator[Keys]:
    """Where answers come from: a file, the terminal, or, without one, lines of standard input."""
    from examcoach.cli.keys import Lines, Replay

    if answers is not None:
        yield Replay(_answer_lines(answers))
        return
    piped = "-" in (files or ())
    if not piped and not (sys.stdin.isatty() and sys.stdout.isatty() and not plain):
        yield Lines(sys.stdin)
        return
    descriptor = _terminal() if piped else sys.stdin.fileno()
    if plain:
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
            yield Lines(stream)
        return
    from examcoach.cli.keys import Keyboard

    with Keyboard(descriptor).open() as keyboard:
        yield keyboard


def _answer_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        complain([Problem(str(path), None, f"cannot be read: {error.strerror}")])
        raise typer.Exit(EXIT_UNREADABLE) from None


def _terminal() -> int:
    """The terminal itself, since standard input is the pipe."""
    try:
        return os.open("/dev/tty", os.O_RDWR)
    except OSError:
        hint = "run it in a terminal, or give --answers FILE"
        complain([Problem("--from -", None, "there is no terminal to read answers from", hint)])
        raise typer.Exit(EXIT_USAGE) from None


def agrees(keys: Keys, screen: Screen, what: str) -> bool:
    """Whether the learner says yes; a script's answers never do."""
    from examcoach.cli.keys import Replay
    from examcoach.render.blocks import para

    if isinstance(keys, Replay):
        return False
    while True:
        screen.ask(para(f"{what} y yes, n no", "key"))
        try:
            given = keys.key()
        except EOFError:
            return False
        if not keys.single:
            screen.line_taken(given)
        if given.strip().lower() in ("y", "yes", "n", "no"):  # keys typed ahead decide nothing
            return given.strip().lower().startswith("y")
