"""A drill as it runs: reads keys, keeps what they mean, shows what follows."""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from examcoach import places
from examcoach.cli.log import local_now
from examcoach.cli.streams import complain, folders, load

if TYPE_CHECKING:
    from examcoach.bank.model import Bank
    from examcoach.cli.keys import Keys
    from examcoach.cli.recorder import Recorder
    from examcoach.cli.screen import Screen
    from examcoach.drill.analysis import Analyst
    from examcoach.drill.course import Settings, Standing
    from examcoach.drill.exercise import Exercise
    from examcoach.drill.session import Request, Session

_RULER = "# Write above this line; what follows is the brief."


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

            self._analyst_made = Analyst(
                folders(self._patterns), places.cache_folder(), partial(load, self._patterns)
            )
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
