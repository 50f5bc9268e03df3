"""The command line: options, streams and exit codes; what it says is computed elsewhere."""

from __future__ import annotations

from examcoach.cli.app import main

__all__ = ["main"]
