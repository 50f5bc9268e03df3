"""Keys and lines of a terminal."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

import pytest

from examcoach.cli.keys import Keyboard


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The end that a person types at, and the end that a program reads."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


def test_lines_typed_ahead_are_lines(terminal: tuple[int, int]) -> None:
    """A terminal hands over in one piece what was typed while single keys were read."""
    person, program = terminal
    with Keyboard(program).open() as keyboard:
        os.write(person, b"One\rtwo\r\rthree\rx\x1b[A")
        select.select([program], [], [], 60)
        assert keyboard.text() == "One\ntwo"
        assert keyboard.line() == "three"
        assert [keyboard.key(60), keyboard.key(60)] == ["x", "up"]
        os.write(person, b"four\r")
        assert keyboard.line() == "four"
