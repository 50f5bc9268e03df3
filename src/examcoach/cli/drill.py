"""`examcoach drill`: exercises one after the other, from what is due."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examcoach import places
from examcoach.cli.asking import agrees, keys_from
from examcoach.cli.log import ProgressOption, log_path
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.scenarios import ScenariosOption
from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain, folders
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.bank.model import Bank
    from examcoach.drill.course import Settings

COUNT = 10
"""Exercises of a session, where nothing else is asked for."""


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
        from examcoach.cli.recorder import Recorder
        from examcoach.cli.running import Run
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
