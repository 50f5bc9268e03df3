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
        self._numbers = {key: number for number, key in enumerate(table.keys)}
        self._cases = len(table.cases)
        self._stories, self._options = _Wordings(table.stories), _Wordings(table.options)
        told = len(self._stories.groups) + len(self._options.groups)
        uses = np.diff(self._stories.starts) + np.diff(self._options.starts)
        self._idf: _Floats = np.where(uses > 0, np.log((told + 1) / (uses + 1)), 0.0)
        self._rarest = float(np.log(told + 1))
        self._stories.weigh(self._idf)
        self._options.weigh(self._idf)

    def __call__(self, stem: Sequence[str], options: Sequence[Sequence[str]]) -> list[Precedent]:
        """What the cases say of each option; texts are given by the keys of their tokens.

        Without cases nothing.
        """
        if not self._cases or not options:
            return []
        [story_like] = self._stories.likeness([self._vector(stem)])[1]
        near = story_like**_STORY_POWER
        each, most = self._options.likeness([self._vector(option) for option in options])
        says = most**_OPTION_POWER
        says = near * (says[:, ::2] - says[:, 1::2])
        sums = says.sum(axis=1)
        scale = float(np.abs(sums).max()) + self._damping
        found = []
        for place, total in enumerate(sums.tolist()):
            case = int((says[place] if total >= 0 else -says[place]).argmax())
            first, wording = self._options.most_alike(each[place], 2 * case + (total < 0))
            found.append(
                Precedent(
                    weight=total / scale,
                    case=case,
                    instead=-1 if total >= 0 else wording - first,
                    story_like=float(story_like[case]),
                    option_like=float(each[place, wording]),
                    wording=wording,
                )
            )
        return found

    def shared(self, option: Sequence[str], wording: int) -> list[int]:
        """The places of the tokens of an option that make it like a wording."""
        shares = {
            key: float(self._idf[number]) ** 2
            for key in set(option)
            if (number := self._numbers.get(key)) is not None and self._options.has(number, wording)
        }
        least = _TELLING * sum(shares.values())
        return [place for place, key in enumerate(option) if shares.get(key, 0.0) > least]

    def _vector(self, keys: Sequence[str]) -> tuple[list[int], float]:
        """The numbers of the words that cases use, and the length of the text's vector."""
        words = set(keys)
        known = [self._numbers[key] for key in words if key in self._numbers]
        squares = float((self._idf[known] ** 2).sum()) if known else 0.0
        squares += (len(words) - len(known)) * self._rarest**2
        return known, max(squares, _TINY) ** 0.5


_TINY = 1e-9


class _Wordings:
    """Wordings by the words that they use. They stand in groups, of which each has one or more."""

    def __init__(self, index: WordingIndex) -> None:
        self.starts = _unpacked(index.starts)
        self.groups = _unpacked(index.groups)
        self._wordings = _unpacked(index.wordings)
        self._firsts = np.flatnonzero(np.diff(self.groups, prepend=-1))
        self._spans: list[slice] = []
        self._shares: _Floats = np.empty(0)

    def weigh(self, idf: _Floats) -> None:
        """Give each word of each wording its part of the wording's vector, times its own weight."""
        self._spans = list(map(slice, self.starts.tolist(), self.starts[1:].tolist()))
        weights = np.repeat(idf, np.diff(self.starts))
        squares = np.bincount(self._wordings, weights**2, minlength=len(self.groups))
        lengths = np.sqrt(np.maximum(squares, _TINY))
        self._shares = weights**2 / lengths[self._wordings]

    def likeness(self, vectors: Sequence[tuple[list[int], float]]) -> tuple[_Floats, _Floats]:
        """How alike texts and wordings are: texts by wordings, and texts by groups, the most."""
        each = np.empty((len(vectors), len(self.groups)))
        for row, (known, length) in zip(each, vectors, strict=True):
            spans = [self._spans[number] for number in known]
            where = np.concatenate([_NONE, *[self._wordings[span] for span in spans]])
            shares = np.concatenate([_NO_SHARE, *[self._shares[span] for span in spans]])
            row[:] = np.bincount(where, shares, minlength=len(row))
            row /= length
        return each, np.maximum.reduceat(each, self._firsts, axis=1)

    def most_alike(self, likeness: _Floats, group: int) -> tuple[int, int]:
        """The number of a group's first wording, and of the one that is most alike."""
        first = int(self._firsts[group])
        last = int(self._firsts[group + 1]) if group + 1 < len(self._firsts) else len(likeness)
        return first, first + int(likeness[first:last].argmax())

    def has(self, number: int, wording: int) -> bool:
        """Whether a wording has the word with a number."""
        return wording in self._wordings[self._spans[number]]


_NONE: Any = np.zeros(0, np.int32)
_NO_SHARE: _Floats = np.zeros(0)


def _unpacked(text: str) -> Any:
    return np.frombuffer(base64.b64decode(text), np.dtype("<i4"))
