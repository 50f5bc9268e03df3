"""Questions from files, pipes and a pasting person."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from examcoach.cli.streams import EXIT_UNREADABLE, complain
from examcoach.errors import Problem

if TYPE_CHECKING:
    from examcoach.model import Scenario

END_OF_PASTE = "."


class Inputs:
    """The scenarios of some inputs; problems are told at once and set the exit status."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = list(paths)
        self.status = 0

    def __iter__(self) -> Iterator[Scenario]:
        from examcoach.formats.files import read_path

        for path in self._paths:
            for item in read_path(path, sys.stdin.buffer):
                if isinstance(item, Problem):
                    self.tell(item)
                else:
                    yield item

    def tell(self, problem: Problem) -> None:
        """Tell what could not be read."""
        complain([problem])
        self.status = EXIT_UNREADABLE


def pasted() -> Iterator[str]:
    """Each paste of a person at the terminal, until an empty one at the end of input."""
    while True:
        sys.stderr.write(
            "Paste a question, then a line with only a dot (or Ctrl-D). Nothing and Ctrl-D quits.\n"
        )
        sys.stderr.flush()
        lines: list[str] = []
        ended = True
        for line in sys.stdin:
            if line.strip() == END_OF_PASTE:
                ended = False
                break
            lines.append(line)
        text = "".join(lines)
        if text.strip():
            yield text
        elif ended:
            return
