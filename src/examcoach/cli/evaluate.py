"""`examcoach evaluate`: breakdowns against gold."""

from __future__ import annotations

import gc
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from examcoach.cli.inputs import Inputs
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain, load
from examcoach.errors import Problem
from examcoach.render.inert import inert


class Format(StrEnum):
    """How figures are printed."""

    TEXT = "text"
    JSON = "json"


def evaluate(
    files: Annotated[list[str], typer.Argument(metavar="FILES", help="Questions with gold.")],
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.TEXT,  # noqa: A002
    misses: Annotated[
        bool, typer.Option("--misses", help="List each miss with what was found.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(metavar="BASELINE.json", help="Compare with an earlier --format json."),
    ] = None,
    patterns: PatternsOption = None,
) -> None:
    """Dissect questions that carry gold, and say how good the breakdowns are.

    \b
    examcoach evaluate bank.jsonl --format json > before.json
    examcoach evaluate bank.jsonl --against before.json

    Exit status: 0 measured, 1 some input could not be read, 2 wrong usage or patterns.
    """
    from examcoach import evaluate as measure

    baseline = _baseline(against) if against else None
    dissector = load(patterns)
    gc.freeze()  # the library lives to the end: neither collect it nor tear it down
    inputs = Inputs(files)
    report = measure.evaluate((dissector(scenario.question), scenario.gold) for scenario in inputs)
    changes = measure.changes(report, baseline) if baseline else None
    if format is Format.JSON:
        record: dict[str, Any] = measure.to_record(report)
        if misses:
            record["misses"] = [
                {"id": m.id, "what": m.what, "found": m.found, "gold": m.gold}
                for m in report.misses
            ]
        if changes is not None:
            record["changes"] = changes
        sys.stdout.write(json.dumps(record, indent=2) + "\n")
    else:
        _print_figures(report, baseline)
        if misses:
            for miss in report.misses:
                line = f"{miss.id}\t{miss.what}\tfound {miss.found or '-'}\tgold {miss.gold or '-'}"
                sys.stdout.write(inert(line.replace("\t", "  ")) + "\n")
        for kind, names in (changes or {}).items():
            sys.stdout.write(f"{kind}: {inert(' '.join(names)) or '-'}\n")
    raise typer.Exit(inputs.status)


def _print_figures(report: Any, baseline: dict[str, Any] | None) -> None:
    before: dict[str, float | None] = (baseline or {}).get("figures", {})
    sys.stdout.write(f"{'questions':<36}{report.questions:>7}\n")
    for name, value in report.figures().items():
        shown = "-" if value is None else f"{value:.3f}"
        old = before.get(name)
        change = f"  {value - old:+.3f}" if old is not None and value is not None else ""
        sys.stdout.write(f"{name:<36}{shown:>7}{change}\n")


def _is_evaluation(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    figures, answers = record.get("figures"), record.get("answers")
    if not isinstance(figures, dict) or not isinstance(answers, dict):
        return False
    return all(value is None or isinstance(value, int | float) for value in figures.values())


def _baseline(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
        if _is_evaluation(record):
            return record  # type: ignore[no-any-return]
        what = "not an evaluation"
    except OSError as error:
        complain([Problem(str(path), None, f"cannot be read: {error.strerror}")])
        raise typer.Exit(EXIT_UNREADABLE) from None
    except (ValueError, RecursionError):
        what = "not JSON"
    hint = "write one with examcoach evaluate --format json"
    complain([Problem(str(path), None, what, hint)])
    raise typer.Exit(EXIT_USAGE)
