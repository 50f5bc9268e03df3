"""`examcoach progress ...` and `examcoach plan`: what the log says, and what to do next."""

from __future__ import annotations

import datetime as dt
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from examcoach import places
from examcoach.cli.log import ProgressOption, local_now, log_path
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain, folders
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.drill.log import Entry
    from examcoach.drill.schedule import Learner
    from examcoach.drill.store import Store
    from examcoach.render.blocks import Block

app = typer.Typer(
    help="See, carry and reset what you have learned.", rich_markup_mode=None, add_completion=False
)

PackOption = Annotated[str | None, typer.Option("--exam", metavar="PACK", help="Which exam.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="No colour.")]


class Format(StrEnum):
    """How things are printed."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


FormatOption = Annotated[
    Format | None, typer.Option("--format", help="text if you do not say.", show_default=False)
]


@app.callback(invoke_without_command=True)
def progress(
    context: typer.Context,
    exam: PackOption = None,
    format: FormatOption = None,  # noqa: A002  # the option's name
    plain: PlainOption = False,
    progress: ProgressOption = None,
    patterns: PatternsOption = None,
) -> None:
    """Show mastery, traps, calibration, activity and what is due."""
    context.obj = progress
    if context.invoked_subcommand is not None:
        return
    from examcoach.cli.packs import pack_named
    from examcoach.drill.progress import summary
    from examcoach.render import progress as render

    _, pack = pack_named(exam, folders(patterns))
    entries = _entries(progress)
    known = summary(entries, pack, local_now().date(), learner=_learner(entries))
    if format is Format.JSON:
        _print_json(render.summary_record(known))
    elif format is Format.MD:
        sys.stdout.write(render.summary_markdown(known))
    else:
        _show(render.summary_blocks(known), plain)


def plan(
    date: Annotated[str | None, typer.Option(help="The day of the exam: 2027-03-01.")] = None,
    minutes_a_day: Annotated[int | None, typer.Option(min=5, max=600, help="45 usually.")] = None,
    exam: PackOption = None,
    format: FormatOption = None,  # noqa: A002  # the option's name
    plain: PlainOption = False,
    progress: ProgressOption = None,
    patterns: PatternsOption = None,
) -> None:
    """Plan each day until the exam; from now on nothing is put off beyond it.

    \b
    examcoach plan --date 2027-03-01 --minutes-a-day 30
    """
    from examcoach.cli.packs import pack_named
    from examcoach.drill import log
    from examcoach.drill.plan import plan as make_plan
    from examcoach.drill.progress import summary
    from examcoach.drill.store import NotWritableError, new_entry
    from examcoach.render import progress as render

    _, pack = pack_named(exam, folders(patterns))
    entries = _entries(progress)
    learner = _learner(entries)
    today = local_now().date()
    day = _day(date) if date else learner.exam_day
    if day is None or day <= today:
        past = day is not None
        what = f"the exam's day, {day}, is not in the future" if past else "there is no date yet"
        complain([Problem("--date", None, what, "give the exam's day: --date 2027-03-01")])
        raise typer.Exit(EXIT_USAGE)
    if (day - today).days > _MOST_DAYS:
        complain([Problem("--date", None, f"{day} is more than {_MOST_DAYS} days away")])
        raise typer.Exit(EXIT_USAGE)
    status = 0
    if date and day != learner.exam_day:
        body = {"date": day.isoformat(), "exam": pack.id}
        entry = new_entry("plan", log.DATE, body, local_now().timestamp())
        try:
            with _opened(log_path(progress)) as store:
                store.append(entry)
        except NotWritableError as error:  # the plan is still worth seeing
            complain(error.problems)
            status = EXIT_UNREADABLE
    known = summary(entries, pack, today, learner=learner)
    days = make_plan(learner, known, pack, today, day, minutes_a_day or 45)
    if format is Format.JSON:
        _print_json(render.plan_record(days, pack.id, day))
    elif format is Format.MD:
        sys.stdout.write(render.plan_markdown(days, pack.id, day))
    else:
        _show(render.plan_blocks(days, pack.id, day), plain)
    raise typer.Exit(status)


_MOST_DAYS = 730


@app.command("export")
def export(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to write; standard output if none is named.")
    ] = None,
) -> None:
    """Write the log as JSON lines, to carry it elsewhere."""
    from examcoach.drill.log import in_order, to_line

    text = "".join(to_line(entry) + "\n" for entry in in_order(_entries(context.obj)))
    if file is None:
        sys.stdout.write(text)
        return
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(text, "utf-8")
    temporary.replace(file)


@app.command("import")
def import_(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Exports; - is standard input.")],
) -> None:
    """Merge exports into the log; what is there already is not taken twice.

    Exit status: 0 all merged, 1 some lines could not be read (the others were merged).
    """
    from examcoach.drill.store import read_lines

    status = 0
    entries: list[Entry] = []
    for name in files:
        for found in read_lines(_lines(name), name):
            if isinstance(found, Problem):
                complain([found])
                status = EXIT_UNREADABLE
            else:
                entries.append(found)
    with _store(context.obj) as store:
        new = store.merge(entries)
    sys.stdout.write(f"{new} new entries, {len(entries) - new} known already\n")
    raise typer.Exit(status)


@app.command("reset")
def reset(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Begin anew; the old log is kept beside the new one under a dated name."""
    from examcoach.drill.store import set_aside

    path = log_path(context.obj)
    if not path.exists():
        sys.stdout.write("There is no log yet.\n")
        return
    if not yes:
        if not sys.stdin.isatty():
            complain([Problem("reset", None, "there is nobody to ask", "say --yes")])
            raise typer.Exit(EXIT_USAGE)
        sys.stderr.write("Begin anew? The old log is kept under another name. y yes, n no: ")
        sys.stderr.flush()
        if not sys.stdin.readline().strip().lower().startswith("y"):
            raise typer.Exit(0)
    aside = set_aside(path, local_now(), "reset")
    sys.stdout.write(f"The old log is now {aside}\n")


def _entries(named: Path | None) -> list[Entry]:
    """The log, which need not be there yet, and need not be writable."""
    from examcoach.drill.store import NotWritableError, read_only_entries

    path = log_path(named)
    if not path.exists():
        return []
    try:
        with _opened(path) as store:
            return store.entries()
    except NotWritableError:
        return read_only_entries(path)


def _learner(entries: list[Entry]) -> Learner:
    """The learner that the log tells of, from the cache where a drill has put it."""
    from examcoach.drill.memory import Memory

    memory = Memory(places.cache_folder())
    learner = memory.learner(entries)
    memory.keep(entries)
    return learner


def _store(named: Path | None) -> Store:
    from examcoach.drill.store import NotWritableError

    try:
        return _opened(log_path(named))
    except NotWritableError as error:
        complain(error.problems)
        raise typer.Exit(EXIT_UNREADABLE) from None


def _opened(path: Path) -> Store:
    from examcoach.drill.store import open_store

    return open_store(path, local_now(), lambda problem: complain([problem]))


def _lines(name: str) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        complain([Problem(name, None, f"cannot be read: {error.strerror}")])
        raise typer.Exit(EXIT_UNREADABLE) from None
    return data.decode("utf-8", "replace").split("\n")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        complain([Problem("--date", None, f'"{text}" is no date', "write 2027-03-01")])
        raise typer.Exit(EXIT_USAGE) from None


def _show(blocks: list[Block], plain: bool) -> None:
    from examcoach.cli.screen import Screen

    Screen(plain).show(blocks)


def _print_json(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
