"""Cases: what was decided in situations like this one.

Patterns find exact words; a story can be told in words that no pattern knows. So the stem is also
compared with the stories of all cases, and each option with the answers of those cases and with
what tempts instead (case-based reasoning: Aamodt and Plaza, 1994, "Case-Based Reasoning:
Foundational Issues, Methodological Variations, and System Approaches"). Two texts are as alike as
the cosine of their stemmed words, weighted by inverse document frequency (Salton and Buckley,
1988, "Term-weighting approaches in automatic text retrieval").
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from examcoach.library.engine import CaseTable, WordingIndex

_Floats: TypeAlias = npt.NDArray[np.float64]
_STORY_POWER, _OPTION_POWER = 3, 2
"""Only what is much alike counts: many cases that are a little alike must not outvote it."""
_TELLING = 0.1
"""The share of a likeness from which a word is worth quoting."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """What the cases say of one option.

    `weight` is between -1 and 1, and 0 where no case is like the question. `case` is the number
    of the case that says most for it or against it, with how alike story and option are, 0 to 1;
    `instead` is the place among that case's alternatives, -1 if the case speaks for the option.
    `wording` is the wording of the case that the option is most like.
    """

    weight: float
    case: int
    instead: int
    story_like: float
    option_like: float
    wording: int


class Precedents:
    """The cases of a library, quick to compare a question with.

    `damping` is how much likeness it takes until the cases are heard in full.
    """

    def __init__(self, table: CaseTable, damping: float) -> None:
        self._damping = damping
        self._cases = len(table.cases)
        self._numbers = {key: number for number, key in enumerate(table.keys)}
        self._stories = _Wordings(table.stories, self._cases)
        self._options = _Wordings(table.options, self._cases)
        uses = np.diff(self._stories.starts) + np.diff(self._options.starts)
        self._idf: _Floats = np.where(uses > 0, np.log((table.told + 1) / (uses + 1)), 0.0)
        self._squares: list[float] = (self._idf**2).tolist()
        self._rarest = float(np.log(table.told + 1))
        self._stories.weigh(self._idf)
        self._options.weigh(self._idf)

    def __call__(self, stem: Sequence[str], options: Sequence[Sequence[str]]) -> list[Precedent]:
        """What the cases say of each option; texts are given by the keys of their tokens.

        Without cases nothing.
        """
        if not self._cases or not options:
            return []
        story_like = self._stories.likeness([self._vector(stem)]).max(axis=2)[0, 0]
        each = self._options.likeness([self._vector(option) for option in options])
        most = each.max(axis=2) ** _OPTION_POWER
        says = story_like**_STORY_POWER * (most[:, 0] - most[:, 1])
        sums = says.sum(axis=1)
        scale = float(np.abs(sums).max()) + self._damping
        found = []
        for option, total in enumerate(sums.tolist()):
            case = int((says[option] if total >= 0 else -says[option]).argmax())
            side = int(total < 0)
            place = int(each[option, side, :, case].argmax())
            found.append(
                Precedent(
                    weight=total / scale,
                    case=case,
                    instead=place if side else -1,
                    story_like=float(story_like[case]),
                    option_like=float(each[option, side, place, case]),
                    wording=self._options.number(side, place, case),
                )
            )
        return found

    def shared(self, option: Sequence[str], wording: int) -> list[int]:
        """The places of the tokens of an option that make it like a wording."""
        shares = {
            key: self._squares[number]
            for key in set(option)
            if (number := self._numbers.get(key)) is not None and self._options.has(number, wording)
        }
        least = _TELLING * sum(shares.values())
        return [place for place, key in enumerate(option) if shares.get(key, 0.0) > least]

    def _vector(self, keys: Sequence[str]) -> tuple[list[int], float]:
        """The numbers of the words that cases use, and the length of the text's vector."""
        words = set(keys)
        known = [self._numbers[key] for key in words if key in self._numbers]
        squares = sum([self._squares[number] for number in known])
        squares += (len(words) - len(known)) * self._rarest**2
        return known, max(squares, _TINY) ** 0.5


_TINY = 1e-9


class _Wordings:
    """The wordings of all cases on one side or two, by the words that they use."""

    def __init__(self, index: WordingIndex, cases: int) -> None:
        self._shape = (index.sides, index.depth, cases)
        self.starts = _unpacked(index.starts)
        self._wordings = _unpacked(index.wordings)
        self._spans = list(map(slice, self.starts.tolist(), self.starts[1:].tolist()))
        self._shares: _Floats = np.empty(0)

    def weigh(self, idf: _Floats) -> None:
        """Give each word of each wording its part of the wording's vector, times its own weight."""
        squares = np.repeat(idf**2, np.diff(self.starts))
        lengths = np.sqrt(np.bincount(self._wordings, squares, math.prod(self._shape)))
        self._shares = squares / np.maximum(lengths, _TINY)[self._wordings]

    def likeness(self, vectors: Sequence[tuple[list[int], float]]) -> _Floats:
        """How alike texts and wordings are: texts by sides by places by cases."""
        each = np.empty((len(vectors), math.prod(self._shape)))
        for row, (known, length) in zip(each, vectors, strict=True):
            spans = [self._spans[number] for number in known]
            where = np.concatenate([_NONE, *[self._wordings[span] for span in spans]])
            shares = np.concatenate([_NO_SHARE, *[self._shares[span] for span in spans]])
            np.divide(np.bincount(where, shares, len(row)), length, out=row)
        return each.reshape(len(vectors), *self._shape)

    def number(self, side: int, place: int, case: int) -> int:
        """The number of a wording."""
        _, depth, cases = self._shape
        return (side * depth + place) * cases + case

    def has(self, number: int, wording: int) -> bool:
        """Whether a wording has the word with a number."""
        return wording in self._wordings[self._spans[number]]


_NONE: Any = np.zeros(0, np.int32)
_NO_SHARE: _Floats = np.zeros(0)


def _unpacked(text: str) -> Any:
    return np.frombuffer(base64.b64decode(text), np.dtype("<i4"))
