"""Blocks to standard output: styled on a terminal, plain elsewhere, and prompts in place."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

from examcoach.render.blocks import Block, to_ansi, to_text
from examcoach.render.inert import inert

WIDEST = 100
PLAIN_WIDTH = 80


class Screen:
    """Writes blocks as wide as the window is now."""

    def __init__(self, plain: bool, echoed: bool = True, quiet: bool = False) -> None:
        self._echoed = echoed
        self._terminal = sys.stdout.isatty()
        self._plain = plain or not self._terminal or os.environ.get("TERM") == "dumb"
        self._colour = not os.environ.get("NO_COLOR")
        self._quiet = quiet
        self._prompt_lines = 0

    @property
    def width(self) -> int:
        """Columns to fill."""
        if not self._terminal:
            return PLAIN_WIDTH
        return max(20, min(WIDEST, shutil.get_terminal_size().columns))

    def show(self, blocks: Iterable[Block]) -> None:
        """Write blocks below what is there."""
        self._leave_prompt()
        self._write(self._painted(blocks, self.width))

    def ask(self, prompt: Block) -> None:
        """Write a prompt; one that stands there already is written over."""
        if self._prompt_lines and not self._plain:
            up = f"\x1b[{self._prompt_lines - 1}A" if self._prompt_lines > 1 else ""
            self._write(f"{up}\r\x1b[J")
        else:
            self._leave_prompt()
            self._write("\n")
        text = self._painted([prompt], self.width - 2).rstrip("\n")
        self._prompt_lines = text.count("\n") + 1
        self._write(text + " ")
        sys.stdout.flush()

    def leave(self) -> None:
        """Begin a new line after a prompt."""
        self._leave_prompt()
        sys.stdout.flush()

    def line_taken(self, line: str) -> None:
        """A line was read, which a terminal has shown already; elsewhere it is shown here."""
        if not self._echoed:
            self._write(f"{inert(line, keep='')}\n")
        self._prompt_lines = 0

    def _leave_prompt(self) -> None:
        if self._prompt_lines:
            self._write("\n")
            self._prompt_lines = 0

    def _painted(self, blocks: Iterable[Block], width: int) -> str:
        if self._plain:
            return to_text(blocks, width)
        return to_ansi(blocks, width, self._colour)

    def _write(self, text: str) -> None:
        if not self._quiet:
            sys.stdout.write(text)
