"""`examcoach scenarios ...`: the bank of practice questions, seen and checked."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from examcoach import places
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain, folders, load
from examcoach.errors import Problem, did_you_mean
from examcoach.render.inert import inert
from examcoach.terms import CATEGORIES, TRAP_TYPES

if TYPE_CHECKING:
    from examcoach.bank.knowledge import Knowledge
    from examcoach.bank.load import Reading
    from examcoach.bank.model import Bank
    from examcoach.bank.requirements import Requirements
    from examcoach.dissect import Dissector

app = typer.Typer(
    help="See and check the bank of practice scenarios.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ScenariosOption = Annotated[
    list[Path] | None,
    typer.Option("--scenarios", metavar="DIR", help="A folder of scenarios beside the shipped."),
]
_WIDTH = 80
_LEAST_FOR_TABLE = 80
_MOST_TO_READ = 100


class Format(StrEnum):
    """How questions are listed."""

    TABLE = "table"
    PLAIN = "plain"
    JSONL = "jsonl"


class CountsFormat(StrEnum):
    """How counts are printed."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"


def _bank(extra: list[Path] | None) -> tuple[Bank, int]:
    """The bank, and the exit status that its problems, which are told, make."""
    from examcoach.bank.compiled import bank

    found, problems = bank([places.shipped("scenarios"), *(extra or [])], places.cache_folder())
    complain(problems)
    return found, EXIT_UNREADABLE if problems else 0


def _usual_format() -> str:
    """What reads best where the output goes."""
    if not sys.stdout.isatty():
        return "jsonl"
    return "table" if _columns() >= _LEAST_FOR_TABLE else "plain"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(inert(line) + "\n")


def _columns() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH


def _must_be_known(option: str, value: str | None, known: Collection[str]) -> None:
    if value is not None and value not in known:
        hint = did_you_mean(value, known) or f"there are: {', '.join(known) or 'none'}"
        complain([Problem(option, None, f'there is no "{value}"', hint)])
        raise typer.Exit(EXIT_USAGE)


@app.command("list")
def list_scenarios(
    domain: Annotated[str | None, typer.Option(help="Only this domain of the exam.")] = None,
    task: Annotated[str | None, typer.Option(help="Only this task: 1.2")] = None,
    trap: Annotated[str | None, typer.Option(help="Only with this kind of trap.")] = None,
    category: Annotated[
        str | None, typer.Option(help="Only with a constraint of this category.")
    ] = None,
    difficulty: Annotated[int | None, typer.Option(min=1, max=3, help="1, 2 or 3.")] = None,
    siblings: Annotated[
        str | None, typer.Option(metavar="SET", help="Only those that train this sibling set.")
    ] = None,
    format: Annotated[  # noqa: A002  # the option's name
        Format | None,
        typer.Option(help="table on a wide terminal, plain on a narrow one, else jsonl."),
    ] = None,
    scenarios: ScenariosOption = None,
) -> None:
    """List the practice questions; as JSON lines, with all that is known of each.

    \b
    examcoach scenarios list --task 3.5 --difficulty 3
    examcoach scenarios list --trap leakage | examcoach dissect -

    Exit status: 0 listed, 1 some file could not be read, 2 wrong usage.
    """
    from examcoach.bank.select import Wanted, select

    bank, status = _bank(scenarios)
    items = bank.items.values()
    _must_be_known("--domain", domain, sorted({item.domain for item in items}))
    _must_be_known("--task", task, sorted({item.task for item in items}))
    _must_be_known("--trap", trap, TRAP_TYPES)
    _must_be_known("--category", category, CATEGORIES)
    _must_be_known("--siblings", siblings, list(bank.siblings))
    wanted = Wanted(domain, task, trap, category, difficulty, siblings)
    found = list(select(bank, wanted))
    chosen = format or Format(_usual_format())
    if chosen is Format.JSONL:
        from examcoach.bank.labels import plain_scenario
        from examcoach.formats.records import to_record

        for item in found:
            record = to_record(plain_scenario(item))
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    else:
        from examcoach.render.bank import items_plain, items_table

        _print(items_plain(found) if chosen is Format.PLAIN else items_table(found, _columns()))
    raise typer.Exit(status)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID")],
    as_json: Annotated[
        bool | None, typer.Option("--json", help="As JSON, with all that is known of it.")
    ] = None,
    scenarios: ScenariosOption = None,
) -> None:
    """Show a practice question, sibling set, recall deck, design brief or baseline text.

    Exit status: 0 shown, 1 some file could not be read, 2 there is no such id.
    """
    from examcoach.render import bank as rendered

    bank, status = _bank(scenarios)
    shelves: list[tuple[dict[str, Any], Any]] = [
        (bank.items, rendered.item_lines),
        (bank.siblings, rendered.siblings_lines),
        (bank.decks, rendered.deck_lines),
        (bank.briefs, rendered.brief_lines),
        (bank.baseline, rendered.baseline_lines),
    ]
    found = next(((s[name], lines) for s, lines in shelves if name in s), None)
    if found is None:
        known = [known for shelf, _ in shelves for known in shelf]
        hint = did_you_mean(name, known) or "see examcoach scenarios list"
        complain([Problem(name, None, "there is no such scenario", hint)])
        raise typer.Exit(EXIT_USAGE)
    entry, lines = found
    if as_json:
        sys.stdout.write(json.dumps(_record(entry), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(lines(entry, min(_columns(), _MOST_TO_READ)))
    raise typer.Exit(status)


def _record(entry: Any) -> dict[str, Any]:
    """An entry as plain data."""
    from dataclasses import asdict

    from examcoach.bank.labels import plain_scenario
    from examcoach.bank.model import Item
    from examcoach.formats.records import to_record
    from examcoach.model import Scenario

    if isinstance(entry, Item):
        entry = plain_scenario(entry)
    return to_record(entry) if isinstance(entry, Scenario) else asdict(entry)


@app.command("stats")
def stats(
    exam: Annotated[str, typer.Option(help="The exam pack to count by.")] = "mls-c01",
    format: Annotated[  # noqa: A002
        CountsFormat | None,
        typer.Option(help="table, or plain on a narrow terminal."),
    ] = None,
    scenarios: ScenariosOption = None,
    patterns: PatternsOption = None,
) -> None:
    """Count the questions by domain and task, beside what the exam's blueprint asks for.

    Exit status: 0 counted, 1 some file could not be read, 2 wrong usage or patterns.
    """
    from examcoach.bank.requirements import load_requirements
    from examcoach.bank.tally import tallies
    from examcoach.library.compiled import load_catalog
    from examcoach.render import bank as rendered

    catalog = load_catalog(folders(patterns), places.cache_folder())
    packs = {record.id: record.data for record in catalog.of_kind("exam")}
    _must_be_known("--exam", exam, packs)
    bank, status = _bank(scenarios)
    counts = load_requirements(places.shipped("scenarios")).counts
    mine = [i for i in bank.items.values() if i.scenario.question.exam == exam]
    found = tallies(mine, packs[exam], counts.questions)
    others = {
        "sibling sets": len(bank.siblings),
        "recall cards": sum(len(deck.cards) for deck in bank.decks.values()),
        "design briefs": len(bank.briefs),
        "baseline texts": len(bank.baseline),
    }
    if format is CountsFormat.JSON:
        record = {"tallies": [tally.record() for tally in found], "others": others}
        sys.stdout.write(json.dumps(record, indent=2) + "\n")
    else:
        plain = format is CountsFormat.PLAIN or (format is None and _columns() < _LEAST_FOR_TABLE)
        _print(rendered.tally_plain(found) if plain else rendered.tally_table(found, _columns()))
        _print(rendered.trap_lines(found[-1]))
        _print(f"{name}: {count}" for name, count in others.items())
    raise typer.Exit(status)


@app.command("check")
def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A file or folder of scenarios; the shipped bank if none is named."),
    ] = None,
    accept_new: Annotated[
        bool, typer.Option("--accept-new", help="Add new ids to the bank's list of ids.")
    ] = False,
    fill_patterns: Annotated[
        bool,
        typer.Option(
            "--fill-patterns",
            help="Write into each practice file which patterns it exercises, then check.",
        ),
    ] = False,
    scenarios: ScenariosOption = None,
    patterns: PatternsOption = None,
) -> None:
    """Check scenarios: quotes, answers, traps, explanations, likeness, chance, ids, dates.

    The shipped bank as a whole is also held against its counts and its list of ids.

    Exit status: 0 all well, 1 something is wrong, 2 wrong usage or patterns.
    """
    from examcoach.bank.check import check as problems_of
    from examcoach.bank.knowledge import Knowledge
    from examcoach.bank.load import read_bank
    from examcoach.bank.requirements import load_requirements
    from examcoach.library.compiled import load_catalog

    shipped = places.shipped("scenarios")
    path = path or shipped
    layers = [shipped, *(scenarios or [])]
    for place in (path, *layers):
        if not place.exists():
            complain([Problem(str(place), None, "there is no such file or folder")])
            raise typer.Exit(EXIT_USAGE)
    if not any(_is_below(layer, path) for layer in layers):
        layers.append(path)
    requirements = load_requirements(shipped)
    catalog = load_catalog(folders(patterns), places.cache_folder())
    dissector = load(patterns)
    reading = read_bank(layers)
    if fill_patterns and _fill_patterns(reading, path, dissector):
        reading = read_bank(layers)
    knowledge = Knowledge(catalog, dissector)
    today = dt.date.today()
    problems = problems_of(reading, knowledge, requirements, today, partial(_is_below, path))
    if path.is_dir():
        problems += _whole(reading, knowledge, requirements, path, accept_new)
    read = [kind for (kind, _), place in reading.paths.items() if _is_below(path, place)]
    if not read and not problems:
        problems = [Problem(str(path), None, "there are no scenarios in this")]
    complain(problems)
    count = f"{read.count('practice')} questions, {len(read) - read.count('practice')} other files"
    if problems:
        sys.stderr.write(f"{len(problems)} problems; readable are {count}\n")
        raise typer.Exit(EXIT_UNREADABLE)
    sys.stdout.write(f"{count}, all well\n")
    raise typer.Exit


def _is_below(folder: Path, place: str | Path) -> bool:
    return Path(place).resolve().is_relative_to(folder.resolve())


def _whole(
    reading: Reading,
    knowledge: Knowledge,
    requirements: Requirements,
    path: Path,
    accept_new: bool,
) -> list[Problem]:
    """What is wrong with the bank in a folder as a whole."""
    from examcoach.bank import ids
    from examcoach.bank.check import habits_beyond_chance
    from examcoach.bank.load import read_bank
    from examcoach.bank.tally import missing

    is_shipped = path.resolve() == places.shipped("scenarios").resolve()
    items = [i for i in reading.bank.items.values() if _is_below(path, i.path)]
    problems = list(habits_beyond_chance(items, requirements, str(path)))
    list_of_ids = path / ids.LIST
    if is_shipped or accept_new or list_of_ids.exists():
        own = read_bank([path])
        if accept_new:
            for name in ids.accept_new(own.bank, list_of_ids):
                sys.stderr.write(inert(f"{list_of_ids}: {name} added", keep="") + "\n")
        problems += ids.changed_ids(own.bank, list_of_ids, own.broken)
    if is_shipped:
        problems += missing(reading.bank, knowledge.exams(), requirements.counts, str(path))
    return problems


def _fill_patterns(reading: Reading, path: Path, dissector: Dissector) -> int:
    """Write the patterns that each question below `path` exercises; how many files changed."""
    from examcoach.atomic import write_text
    from examcoach.bank.exercised import exercised, with_patterns

    changed = 0
    for item in reading.bank.items.values():
        if not _is_below(path, item.path):
            continue
        file = Path(item.path)
        names = exercised(item, dissector(item.scenario.question))
        if names != item.patterns:
            write_text(file, with_patterns(file.read_bytes().decode("utf-8"), names))
            changed += 1
    sys.stderr.write(f"patterns written into {changed} files\n")
    return changed
