"""Keys and lines from a person, a pipe or a file, all under one face.

`Keyboard` reads single keys from a terminal (cbreak mode, so Ctrl-C and Ctrl-Z still work) and puts
the terminal back whenever it lets go of it. `Lines` reads a line at a time, for `--plain` and where
there is no terminal. `Replay` reads a file of answers.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from types import FrameType
from typing import Any, Protocol, TextIO

from examcoach.drill.session import BACK, ENTER

REDRAW = "redraw"
TIMEOUT = "timeout"
_NAMED = {
    "\r": ENTER, "\n": ENTER, "\x7f": BACK, "\b": BACK,
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
}  # fmt: skip
_SEQUENCE = re.compile(r"\x1b(?:\[\[.|\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
"""One key that is sent as several characters: arrows, Delete, Page Up, F1, Alt with a letter."""
_UNFINISHED = re.compile(r"\x1b(?:\[\[?[0-?]*[ -/]*|O)?\Z")
_ESCAPE_SECONDS = 0.05


class Keys(Protocol):
    """Where keys come from."""

    single: bool
    """Whether a key is read as soon as it is pressed."""
    echoes: bool
    """Whether what is typed shows by itself."""
    person: bool
    """Whether somebody sits there who could use an editor."""

    def key(self, seconds: float | None = None) -> str:
        """The next key, or `REDRAW`, or `TIMEOUT` after `seconds`; `EOFError` at the end."""

    def line(self) -> str:
        """The next line without its end; `EOFError` at the end."""

    def text(self) -> str:
        """Lines up to an empty one; a single line where nobody types."""

    def lent(self) -> AbstractContextManager[object]:
        """The terminal as it was, for another program such as an editor."""


class Keyboard:
    """Single keys of a terminal."""

    single = True
    echoes = True
    person = True

    def __init__(self, descriptor: int) -> None:
        self._fd = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting: list[str] = []
        self._ahead = b""  # lines after the one that was asked for
        self._before: list[Any] | None = None
        self._wake, self._signalled = -1, False

    @contextmanager
    def open(self) -> Iterator[Keyboard]:
        """Take the terminal for the time of a `with`; it is as before afterwards."""
        read_end, write_end = os.pipe()
        os.set_blocking(write_end, False)
        os.set_blocking(read_end, False)
        self._wake = read_end
        wakeup = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        handlers: dict[signal.Signals, Callable[[int, FrameType | None], object]] = {
            signal.SIGWINCH: self._note,
            signal.SIGTSTP: self._suspend,
            signal.SIGTERM: self._terminate,
            signal.SIGHUP: self._terminate,
        }
        previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        self._raw()
        try:
            yield self
        finally:
            self._cooked()
            signal.set_wakeup_fd(wakeup)
            for number, handler in previous.items():
                signal.signal(number, handler)
            os.close(read_end)
            os.close(write_end)

    def key(self, seconds: float | None = None) -> str:
        """The next key; see `Keys`."""
        while not self._waiting:
            if self._signalled:
                self._signalled = False
                return REDRAW
            if self._ahead:
                self._fill()
                continue
            ready, _, _ = select.select([self._fd, self._wake], [], [], seconds)
            if not ready:
                return TIMEOUT
            if self._wake in ready:
                with suppress(BlockingIOError):
                    os.read(self._wake, 4096)
                continue
            self._fill()
        key = self._waiting.pop(0)
        if key == "\x04":
            raise EOFError
        return key

    def line(self) -> str:
        """A line, edited by the terminal's own means."""
        self._cooked()
        try:
            return self._line()
        finally:
            self._raw()

    def text(self) -> str:
        """Lines up to an empty one, such as several that are pasted."""
        self._cooked()
        try:
            return _up_to_an_empty_line(self._line)
        finally:
            self._raw()

    def _line(self) -> str:
        """A line; several may come in one piece if typed before the terminal was cooked."""
        data, self._ahead = self._ahead, b""
        while b"\n" not in data:
            piece = os.read(self._fd, 4096)
            if not piece:
                if data:
                    break
                raise EOFError
            data += piece
        line, _, self._ahead = data.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

    @contextmanager
    def lent(self) -> Iterator[None]:
        """The terminal as it was, for another program such as an editor."""
        self._cooked()
        try:
            yield
        finally:
            self._raw()
            self._signalled = True

    def _fill(self) -> None:
        data, self._ahead = self._ahead, b""
        try:
            data = data or os.read(self._fd, 4096)
        except OSError:  # the terminal has gone
            data = b""
        if not data:
            raise EOFError
        text = self._decoder.decode(data)
        while _UNFINISHED.search(text):  # the rest of an arrow key may be on its way
            ready, _, _ = select.select([self._fd], [], [], _ESCAPE_SECONDS)
            more = os.read(self._fd, 64) if ready else b""
            if not more:
                break
            text += self._decoder.decode(more)
        self._waiting += keys_in(text)

    def _raw(self) -> None:
        import termios
        import tty

        if self._before is None:
            self._before = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd, termios.TCSADRAIN)

    def _cooked(self) -> None:
        import termios

        if self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)
            self._before = None

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self._signalled = True

    def _suspend(self, _signal: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: leave the terminal in order, stop, and come back as we were."""
        was_raw = self._before is not None
        self._cooked()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspend)
        if was_raw:
            self._raw()
        self._signalled = True

    def _terminate(self, number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)


def _up_to_an_empty_line(line: Callable[[], str]) -> str:
    """Lines that belong together. A command (``:skip``) stands alone."""
    lines = [line()]
    while lines[-1].strip() and not (len(lines) == 1 and lines[0].lstrip().startswith((":", "?"))):
        try:
            lines.append(line())
        except EOFError:
            break
    return "\n".join(lines).strip()


def keys_in(text: str) -> list[str]:
    """The keys that a terminal's characters stand for.

    A key that sends several characters is one key: Delete (``ESC [ 3 ~``) must not count as a 3,
    nor Home (``ESC [ H``) as an h. Those without a meaning here are left out.
    """
    keys = []
    while text:
        found = _SEQUENCE.match(text)
        piece = found[0] if found else text[0]
        text = text[len(piece) :]
        if piece in _NAMED or not found:
            keys.append(_NAMED.get(piece, piece))
    return keys


class Lines:
    """Lines of a stream, for people without single keys."""

    single = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.echoes = self.person = stream.isatty()

    def key(self, seconds: float | None = None) -> str:  # noqa: ARG002  # lines have no clock
        """The next line; the caller makes keys of it."""
        return self.line()

    def line(self) -> str:
        """The next line."""
        line = self._stream.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def text(self) -> str:
        """Lines up to an empty one from a terminal, else a line."""
        return _up_to_an_empty_line(self.line) if self.person else self.line()

    def lent(self) -> AbstractContextManager[object]:
        """The terminal is as it was anyway."""
        return nullcontext()


class Replay:
    """Answers from a file: one line for each prompt; comments (#) and blank lines are left out."""

    single = False
    echoes = False
    person = False

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = (line for line in lines if line.strip() and not line.startswith("#"))

    def key(self, seconds: float | None = None) -> str:  # noqa: ARG002  # lines have no clock
        """The next line; the caller makes keys of it."""
        return self.line()

    def line(self) -> str:
        """The next line."""
        line = next(self._lines, None)
        if line is None:
            raise EOFError
        return line.rstrip("\r\n")

    def text(self) -> str:
        """The next line: what a file answers is a line each."""
        return self.line()

    def lent(self) -> AbstractContextManager[object]:
        """There is no terminal to lend."""
        return nullcontext()
