"""Errors that speak to people: where, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with something the user gave us.

    `path` is a file name or ``-`` for standard input, `line` counts from 1 (None where a line
    means nothing), `hint` says what to do about it.
    """

    path: str
    line: int | None
    what: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class ExamcoachError(Exception):
    """Base of the errors this package raises on purpose."""


class ProblemsError(ExamcoachError):
    """One or more located problems, all of them, so that they can be mended in one go."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def of(cls, path: str, what: str, hint: str = "", line: int | None = None) -> Self:
        """An error of a single problem."""
        return cls([Problem(path, line, what, hint)])


class InputError(ProblemsError):
    """Some input could not be read as questions."""


class LibraryError(ProblemsError):
    """The pattern library is broken."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion, or an empty string where nothing is near."""
    import difflib  # only mistakes need it

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else ""
