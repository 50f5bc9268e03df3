"""The app and its way in."""

from __future__ import annotations

import signal
import sys
from typing import Annotated, Any

import typer

from examcoach import __version__
from examcoach.cli import dissect, drill, evaluate, exam, patterns, progress, scenarios
from examcoach.cli.quick import QuickCommand, QuickGroup
from examcoach.cli.streams import EXIT_UNREADABLE, EXIT_USAGE, complain, give_up_output, prepare
from examcoach.errors import LibraryError, Problem


class _ClosedPipeError(Exception):
    """The reader of a pipe has gone; typer would make an error of a BrokenPipeError."""


class _Commands(QuickGroup):
    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ClosedPipeError from error


app = typer.Typer(
    name="examcoach",
    cls=_Commands,
    help="Read exam questions like a top scorer: find what decides, see through the traps.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("dissect")(dissect.dissect)
app.command("drill", cls=QuickCommand)(drill.drill)
app.command("exam", cls=QuickCommand)(exam.exam)
app.command("plan", cls=QuickCommand)(progress.plan)
app.command("evaluate")(evaluate.evaluate)
app.command("explain")(patterns.explain)
app.add_typer(patterns.app, name="patterns")
app.add_typer(progress.app, name="progress")
app.add_typer(scenarios.app, name="scenarios")


def _version(wanted: bool | None) -> None:
    if wanted:
        sys.stdout.write(f"examcoach {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool | None,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = None,
) -> None:
    """Read exam questions like a top scorer: find what decides, see through the traps."""


def main() -> None:
    """Run the command line; ends quietly on a closed pipe and on Ctrl-C."""
    prepare()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except LibraryError as error:
        complain(error.problems)
        sys.exit(EXIT_USAGE)
    except (_ClosedPipeError, BrokenPipeError):
        give_up_output()
        sys.exit(0)
    except OSError as error:
        place = str(error.filename or "standard output")
        complain([Problem(place, None, f"cannot go on: {error.strerror or error}")])
        give_up_output()
        sys.exit(EXIT_UNREADABLE)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
