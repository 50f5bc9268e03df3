"""`examcoach exam`: a mock exam, its report, its review."""

from __future__ import annotations

import json
import os
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from examcoach.cli.asking import agrees, keys_from
from examcoach.cli.drill import shipped_bank
from examcoach.cli.log import ProgressOption, log_path
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.scenarios import ScenariosOption
from examcoach.cli.streams import EXIT_USAGE, complain, folders
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.bank.model import Bank
    from examcoach.cli.keys import Keys
    from examcoach.cli.recorder import Recorder
    from examcoach.cli.screen import Screen
    from examcoach.drill.blueprint import Pack
    from examcoach.drill.exam import Paper, Sitting
    from examcoach.drill.log import Entry

_TICK_SECONDS = 30.0


class Format(StrEnum):
    """How a report is printed."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def exam(
    exam: Annotated[str | None, typer.Option(metavar="PACK", help="Which exam.")] = None,
    seed: Annotated[str | None, typer.Option(help="The same seed gives the same exam.")] = None,
    length: Annotated[int | None, typer.Option(min=1, help="Fewer or more questions.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="Another time limit.")] = None,
    untimed: Annotated[bool, typer.Option("--untimed", help="No time limit.")] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Walk through the last finished exam.")
    ] = False,
    last: Annotated[bool, typer.Option("--last", help="Print the last report again.")] = False,
    format: Annotated[  # noqa: A002  # the option's name
        Format | None, typer.Option(help="How to print the report; text if you do not say.")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Lines of text, no single keys, no colour.")
    ] = False,
    new: Annotated[bool, typer.Option("--new", help="Do not go on with an open exam.")] = False,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="Take what is typed from a file."),
    ] = None,
    progress: ProgressOption = None,
    scenarios: ScenariosOption = None,
    patterns: PatternsOption = None,
) -> None:
    """Sit a mock exam by the blueprint; no feedback before the end.

    \b
    examcoach exam
    examcoach exam --seed 7 --length 20 --minutes 50
    examcoach exam --review

    Exit status: 0 done or broken off, 1 the log could not be read or written, 2 wrong usage or no
    terminal.
    """
    from examcoach.cli.packs import pack_named
    from examcoach.cli.recorder import Recorder
    from examcoach.cli.screen import Screen
    from examcoach.drill.blueprint import placed

    packs, pack = pack_named(exam, folders(patterns))
    bank = placed(shipped_bank(scenarios), packs, pack)
    if not bank.items:
        what = f"there is no question for {pack.id}"
        complain([Problem("exam", None, what, "add some with --scenarios DIR")])
        raise typer.Exit(EXIT_USAGE)
    if not (answers or last or review) and not sys.stdin.isatty():
        hint = "run it in a terminal, or give --answers FILE"
        complain([Problem("exam", None, "there is no terminal to read answers from", hint)])
        raise typer.Exit(EXIT_USAGE)
    with keys_from(None, answers, plain) as keys:
        screen = Screen(
            plain or not keys.single, keys.echoes, quiet=answers is not None and format is not None
        )
        recorder = Recorder(log_path(progress), lambda what: agrees(keys, screen, what))
        hall = Hall(bank, pack, recorder, keys, screen, (format or Format.TEXT).value)
        limit = 0.0 if untimed else (minutes or pack.minutes) * 60
        try:
            if review or last:
                hall.look_back(walk=review)
            else:
                hall.sit(seed, length, limit, fresh=new)
        finally:
            if lost := recorder.close():
                what = f"{lost} entries of this exam were not saved"
                complain([Problem(str(log_path(progress)), None, what)])


class Hall:
    """Where an exam is sat: reads keys, keeps what they mean, shows what follows."""

    def __init__(
        self,
        bank: Bank,
        pack: Pack,
        recorder: Recorder,
        keys: Keys,
        screen: Screen,
        format: str,  # noqa: A002  # the option's name
    ) -> None:
        self._bank, self._pack, self._recorder = bank, pack, recorder
        self._keys, self._screen, self._format = keys, screen, format
        self._id = ""

    def sit(self, seed: str | None, length: int | None, limit: float, fresh: bool) -> None:
        """Go on with an open exam, or draw one; to its end or until it is broken off."""
        from examcoach.drill import exam, log
        from examcoach.render import exam as render

        opened = None if fresh else self._open(seed)
        if opened is None:
            seed = seed if seed is not None else self._next_seed()
            drawn = exam.draw(self._bank, self._pack, seed, length)
            body = {
                "exam": self._pack.id,
                "seed": seed,
                "seconds": limit,
                "items": [[d.item, d.scored] for d in drawn],
            }
            self._id = os.urandom(8).hex()
            self._recorder.claim(self._id)
            paper = exam.paper_of(self._bank, drawn, seed, limit)
            if length is None and len(drawn) < self._pack.scored + self._pack.unscored:
                what = f"the bank has only {len(drawn)} questions for a full exam"
                complain([Problem("exam", None, what)])
            self._screen.show(render.start(paper, self._pack.name, self._pack.note))
            entry = self._recorder.keep(self._id, log.EXAM, body)
            sitting = exam.apply(paper, exam.Sitting(), entry.kind, entry.body, entry.at)
        else:
            paper, sitting = opened
            self._screen.show(render.start(paper, self._pack.name, self._pack.note))
        try:
            sitting = self._run(paper, sitting)
        except (EOFError, KeyboardInterrupt) as stop:
            if self._recorder.keep(self._id, log.PAUSE, {}):
                self._screen.leave()
            sys.stderr.write("Broken off; examcoach exam goes on from here.\n")
            if isinstance(stop, KeyboardInterrupt):
                raise
            return
        if sitting.view == exam.OVER:
            self._report(paper, sitting)

    def look_back(self, walk: bool) -> None:
        """The last finished exam: its report, or its questions one after the other."""
        from examcoach.drill import exam, log
        from examcoach.render import exam as render

        entries = log.in_order(self._recorder.entries)
        over = [e.session for e in entries if e.kind == log.SUBMIT]
        begun = {
            e.session: e
            for e in entries
            if e.kind == log.EXAM and e.body.get("exam") == self._pack.id
        }
        done = [session for session in over if session in begun]
        if not done:
            hint = "sit one: examcoach exam"
            complain([Problem("exam", None, f"no exam of {self._pack.id} is finished", hint)])
            raise typer.Exit(EXIT_USAGE)
        paper = self._paper(begun[done[-1]])
        sitting = exam.sitting_of(paper, [e for e in entries if e.session == done[-1]])
        if not walk:
            self._report(paper, sitting)
            return
        from examcoach.render.blocks import para

        for number in range(len(paper.exercises)):
            self._screen.show(render.walk(paper, sitting, number))
            if sys.stdin.isatty() and number + 1 < len(paper.exercises):
                self._screen.ask(para("Enter goes on, q quits.", "key"))
                try:
                    key = self._keys.key()
                except (EOFError, KeyboardInterrupt):
                    key = "q"
                if key.strip().lower() == "q":
                    self._screen.leave()
                    return

    def _run(self, paper: Paper, sitting: Sitting) -> Sitting:
        from examcoach.cli.keys import REDRAW, TIMEOUT
        from examcoach.drill import exam, log
        from examcoach.render import exam as render

        self._paint(paper, sitting)
        while sitting.view != exam.OVER:
            now = time.time()
            rest = exam.left(paper, sitting, now) if sitting.since is not None else None
            if rest is not None and rest <= 0:
                self._screen.leave()
                sys.stderr.write("Time is up.\n")
                return self._submit(paper, sitting)
            self._screen.ask(render.prompt(paper, sitting, now))
            wait = _TICK_SECONDS if rest is None else min(_TICK_SECONDS, rest + 0.01)
            keys = self._read(sitting, wait)
            if sitting.since is not None and exam.left(paper, sitting, time.time()) == 0:
                continue  # typed after the end: a line may be long in coming
            for key in keys:
                if key == TIMEOUT:
                    continue
                if key == "?":
                    self._screen.show(render.help_page())
                    continue
                if key == REDRAW:
                    self._screen.leave()
                    self._paint(paper, sitting)
                    continue
                if key.lower() == "q" and sitting.view in (exam.PAUSED, exam.QUESTION):
                    raise EOFError
                before = sitting
                sitting, drafts = exam.decide(paper, sitting, key)
                for draft in drafts:
                    if draft.kind == log.SUBMIT:
                        return self._submit(paper, sitting)
                    entry = self._recorder.keep(self._id, draft.kind, draft.body)
                    sitting = exam.apply(paper, sitting, draft.kind, draft.body, entry.at)
                if (sitting.view, sitting.at) != (before.view, before.at):
                    self._paint(paper, sitting)
        return sitting

    def _read(self, sitting: Sitting, wait: float) -> list[str]:
        """The keys that were typed; a line, where lines are read, is several."""
        if not self._keys.single:
            line = self._keys.line().strip()
            self._screen.line_taken(line)
            if not line:
                return ["enter"]
            words = line.split()
            if words[0].lower() == "j" and len(words) > 1:
                return [f"j{words[1]}"]
            named = {"next": "n", "previous": "p", "flag": "m", "review": "r", "pause": "z"}
            named |= {"submit": "s", "quit": "q", "help": "?", "yes": "y"}
            named |= {"sure": "1", "think": "2", "guess": "3", "no": "n"}
            keys: list[str] = []
            for word in words:
                small = word.lower()
                jump = small[:1] == "j" and small[1:].isdecimal()
                keys += [named[small]] if small in named else [small] if jump else list(small)
            return keys
        key = self._keys.key(wait)
        if key.lower() == "j" and sitting.view in ("question", "review"):
            from examcoach.render.blocks import para

            self._screen.ask(para("Go to which question? Its number, then Enter:", "key"))
            number = self._keys.line().strip()
            self._screen.line_taken(number)
            return [f"j{number}"] if number.isdecimal() else ["redraw"]
        return [key]

    def _submit(self, paper: Paper, sitting: Sitting) -> Sitting:
        """Close the exam: its answers go to the log together with its end."""
        from examcoach.drill import exam, log

        bodies = [(log.ANSWER, body) for _, body in exam.answers(paper, sitting)]
        entries = self._recorder.keep_all(self._id, [*bodies, (log.SUBMIT, {})])
        return exam.apply(paper, sitting, log.SUBMIT, {}, entries[-1].at)

    def _paint(self, paper: Paper, sitting: Sitting) -> None:
        from examcoach.drill import exam
        from examcoach.render import exam as render

        if sitting.view == exam.QUESTION:
            self._screen.show(render.question(paper, sitting))
        elif sitting.view in (exam.REVIEW, exam.CONFIRM):
            self._screen.show(render.review(paper, sitting))

    def _report(self, paper: Paper, sitting: Sitting) -> None:
        from examcoach.drill import exam
        from examcoach.render import exam as render

        report = exam.report(paper, sitting, self._pack)
        if self._format == "text":
            self._screen.show(render.report_blocks(report))
            return
        self._screen.leave()
        if self._format == "md":
            sys.stdout.write(render.report_markdown(report))
        else:
            record: dict[str, Any] = render.report_record(report)
            sys.stdout.write(json.dumps(record, indent=2, ensure_ascii=False) + "\n")

    def _open(self, seed: str | None) -> tuple[Paper, Sitting] | None:
        """The exam that was broken off last, if any."""
        from examcoach.drill import exam, log

        entries = log.in_order(self._recorder.entries)
        over = {e.session for e in entries if e.kind == log.SUBMIT}
        for begun in reversed([e for e in entries if e.kind == log.EXAM]):
            if begun.session in over or begun.body.get("exam") != self._pack.id:
                continue
            if seed is not None and begun.body.get("seed") != seed:
                continue
            if not self._recorder.claim(begun.session):
                continue
            self._id = begun.session
            paper = self._paper(begun)
            return paper, exam.sitting_of(paper, [e for e in entries if e.session == self._id])
        return None

    def _next_seed(self) -> str:
        """The next of the learner's series, so that questions repeat as late as can be."""
        from examcoach.drill import exam, log

        begun = [e.body for e in self._recorder.entries if e.kind == log.EXAM]
        seeds = [str(b.get("seed")) for b in begun if b.get("exam") == self._pack.id]
        if not seeds:
            return os.urandom(4).hex()
        base, number = exam.series(seeds[-1])
        return f"{base}/{number + 1}"

    def _paper(self, begun: Entry) -> Paper:
        from examcoach.drill.exam import Drawn, paper_of

        drawn = [Drawn(str(item), bool(scored)) for item, scored in begun.body["items"]]
        seconds = float(begun.body.get("seconds", 0.0))
        return paper_of(self._bank, drawn, str(begun.body.get("seed", "")), seconds)
