"""`examcoach dissect`: questions in, breakdowns out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from examcoach.cli.inputs import Inputs, pasted
from examcoach.cli.patterns import PatternsOption
from examcoach.cli.streams import EXIT_USAGE, complain, load
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.model import Breakdown, Question


class Format(StrEnum):
    """How breakdowns are printed."""

    RICH = "rich"
    PLAIN = "plain"
    JSON = "json"
    JSONL = "jsonl"
    MD = "md"


def dissect(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILES|-]...", help="Question files; - is standard input."),
    ] = None,
    format: Annotated[  # noqa: A002  # the option's name
        Format | None,
        typer.Option(help="rich on a terminal, else plain.", show_default=False),
    ] = None,
    hint: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=3,
            help="Hold the answer back: 1 shows the constraints, 2 also the hidden ones and what "
            "decides, 3 also what can be struck out.",
        ),
    ] = None,
    exam: Annotated[str | None, typer.Option(help="The exam pack to read it for.")] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Write the question in $EDITOR.")] = False,
    width: Annotated[int | None, typer.Option(min=20, help="Columns to fill.")] = None,
    patterns: PatternsOption = None,
) -> None:
    """Take questions apart: constraints, hidden ones, traps, what decides, the likely answer.

    \b
    examcoach dissect question.txt
    pbpaste | examcoach dissect
    examcoach dissect --format jsonl bank.jsonl | jq -r '.decides.text'

    Exit status: 0 all dissected, 1 some input could not be read, 2 wrong usage or patterns.
    """
    from examcoach.cli.output import Printer

    questions: Iterable[Question]
    if edit and files:
        complain([Problem("--edit", None, "takes no files", "leave out the one or the other")])
        raise typer.Exit(EXIT_USAGE)
    printer = Printer(format and format.value, hint, width)
    dissector = load(patterns)
    gc.freeze()  # the library lives to the end: neither collect it nor tear it down
    if exam is not None and exam not in dissector.engine.exams:
        known = ", ".join(sorted(dissector.engine.exams))
        complain([Problem("--exam", None, f'no exam pack "{exam}"', f"there are: {known}")])
        raise typer.Exit(EXIT_USAGE)
    if edit:
        questions, inputs = _edited()
    elif not files and sys.stdin.isatty():
        inputs = Inputs([])
        questions = _asked(inputs)
    else:
        inputs = Inputs(files or ["-"])
        questions = (scenario.question for scenario in inputs)
    breakdowns: Iterable[Breakdown] = dissector.pipe(_for_exam(questions, exam))
    printer.print_all(breakdowns)
    raise typer.Exit(inputs.status)


def _for_exam(questions: Iterable[Question], exam: str | None) -> Iterator[Question]:
    from dataclasses import replace

    for question in questions:
        yield question if exam is None else replace(question, exam=exam)


def _asked(inputs: Inputs) -> Iterator[Question]:
    """Questions pasted at the prompt, one after the other."""
    from examcoach.reading import read_questions

    for text in pasted():
        scenarios, problems = read_questions(text)
        for problem in problems:
            inputs.tell(problem)
        for scenario in scenarios:
            yield scenario.question


def _edited() -> tuple[list[Question], Inputs]:
    """The questions that a person writes in their editor."""
    from examcoach.cli.editor import written
    from examcoach.reading import read_questions

    inputs = Inputs([])
    scenarios, problems = read_questions(written(), "editor")
    for problem in problems:
        inputs.tell(problem)
    return [scenario.question for scenario in scenarios], inputs
