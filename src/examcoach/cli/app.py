"""The app and its way in."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from examcoach import __version__
from examcoach.cli import dissect, evaluate, patterns
from examcoach.cli.streams import EXIT_USAGE, complain
from examcoach.errors import LibraryError

app = typer.Typer(
    name="examcoach",
    help="Read exam questions like a top scorer: find what decides, see through the traps.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("dissect")(dissect.dissect)
app.command("evaluate")(evaluate.evaluate)
app.command("explain")(patterns.explain)
app.add_typer(patterns.app, name="patterns")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"examcoach {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Read exam questions like a top scorer: find what decides, see through the traps."""


def main() -> None:
    """Run the command line; ends quietly on a closed pipe and on Ctrl-C."""
    try:
        app()
    except LibraryError as error:
        complain(error.problems)
        sys.exit(EXIT_USAGE)
    except BrokenPipeError:
        # Python would complain again when it flushes standard output on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
