"""Cases -> a table of their wordings as numbered tokens, quick to compare a question with.

A *token* is the key of a word, or a fact of the library that holds of a text, written ``#id``:
facts let wordings meet that share no word. The table is plain arrays, kept like the engine under a
digest of all that it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from examcoach.cache import read_arrays, write_arrays
from examcoach.library.catalog import Record, digest
from examcoach.library.engine import unmarked
from examcoach.terms import TRAP_TYPES

Ints: TypeAlias = npt.NDArray[np.int32]
Describe: TypeAlias = Callable[[Sequence[Sequence[str]], bool], Iterable[list[list[str]]]]
"""Groups of texts, and whether they are stems or else options -> the tokens of each text."""
FACT = "#"
"""How the token of a fact begins."""
_NEWLINE = "\n"
_LISTS = ("tokens", "ids", "topics", "decides")
_PARTS = ("starts", "tokens", "first", "place", "trap")


@dataclass(frozen=True, slots=True)
class Case:
    """What a case says: what decides, its answers and why they hold, its alternatives likewise."""

    id: str
    topic: str
    decides: str
    because: str
    answers: list[str]
    insteads: list[list[str]]
    """Of each alternative its kind of trap, why it does not hold, and its words."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """Texts as tokens: those of text `n` are ``tokens[starts[n]:starts[n + 1]]``.

    The texts lie case by case: those of case `c` are `first[c]` up to `first[c + 1]`. `place` is
    the number of the alternative that a text words, -1 for a story or an answer; `trap` is the
    number of that alternative's kind of trap, -1 likewise.
    """

    starts: Ints
    tokens: Ints
    first: Ints
    place: Ints
    trap: Ints

    def uses(self, count: int) -> Ints:
        """How many texts have each of so many tokens."""
        return np.bincount(self.tokens, minlength=count).astype(np.int32)

    def only(self, cases: npt.NDArray[np.bool_]) -> Wordings:
        """The texts of the cases chosen."""
        texts = np.repeat(cases, np.diff(self.first))
        lengths = np.diff(self.starts)
        return Wordings(
            _starts(lengths[texts]),
            self.tokens[np.repeat(texts, lengths)],
            _starts(np.diff(self.first)[cases]),
            self.place[texts],
            self.trap[texts],
        )

    def followed_by(self, others: Wordings, renumbered: Ints) -> Wordings:
        """These texts, then others, whose tokens are `renumbered`."""
        return Wordings(
            _end_to_end(self.starts, others.starts),
            np.concatenate([self.tokens, renumbered[others.tokens]]),
            _end_to_end(self.first, others.first),
            np.concatenate([self.place, others.place]),
            np.concatenate([self.trap, others.trap]),
        )


@dataclass(frozen=True, slots=True)
class CaseTable:
    """All cases, the words they are told in, and what each of them says.

    `posted` are the stories that have each token, token by token (an inverted index); `told_in` and
    `offered_in` tell how many stories and how many options have it.
    `said` holds one JSON text a case, from `said_starts[c]` to the next; it is read when told.
    """

    tokens: list[str]
    ids: list[str]
    topics: list[str]
    decides: list[str]
    stories: Wordings
    options: Wordings
    posted: Ints
    told_in: Ints
    offered_in: Ints
    said: bytes | memoryview
    said_starts: Ints

    def __len__(self) -> int:
        return len(self.said_starts) - 1

    def case(self, number: int) -> Case:
        """What the case with a number says."""
        start, end = self.said_starts[number : number + 2].tolist()
        return Case(self.ids[number], *json.loads(bytes(self.said[start:end])))

    def under(self, own: CaseTable) -> CaseTable:
        """The cases of this table and of `own`; of those with the same id, `own`'s."""
        if not len(own):
            return self
        replaced = set(own.ids)
        kept = self._only(np.array([name not in replaced for name in self.ids], bool))
        numbers = {token: number for number, token in enumerate(kept.tokens)}
        places = [numbers.setdefault(token, len(numbers)) for token in own.tokens]
        renumbered = np.array(places, np.int32)
        stories = kept.stories.followed_by(own.stories, renumbered)
        options = kept.options.followed_by(own.options, renumbered)
        return CaseTable(
            list(numbers),
            [*kept.ids, *own.ids],
            [*kept.topics, *own.topics],
            [*kept.decides, *own.decides],
            stories,
            options,
            _posted(stories),
            stories.uses(len(numbers)),
            options.uses(len(numbers)),
            b"".join([kept.said, own.said]),
            _end_to_end(kept.said_starts, own.said_starts),
        )

    def _only(self, kept: npt.NDArray[np.bool_]) -> CaseTable:
        """The cases that are `kept`."""
        if kept.all():
            return self
        numbers = np.flatnonzero(kept).tolist()
        spans = [self.said_starts[number : number + 2].tolist() for number in numbers]
        said = [bytes(self.said[start:end]) for start, end in spans]
        ids, topics, decides = (
            [names[number] for number in numbers] for names in (self.ids, self.topics, self.decides)
        )
        stories, options = self.stories.only(kept), self.options.only(kept)
        return CaseTable(
            self.tokens,
            ids,
            topics,
            decides,
            stories,
            options,
            _posted(stories),
            stories.uses(len(self.tokens)),
            options.uses(len(self.tokens)),
            b"".join(said),
            _starts(map(len, said)),
        )

    def texts(self, wordings: Wordings, case: int) -> list[list[str]]:
        """The tokens of the stories, or of the options, of a case."""
        first, last = wordings.first[case : case + 2].tolist()
        spans = [wordings.starts[number : number + 2].tolist() for number in range(first, last)]
        return [[self.tokens[n] for n in wordings.tokens[start:end]] for start, end in spans]

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Arrays alone; `from_arrays` takes them back."""
        arrays: dict[str, npt.NDArray[Any]] = {
            **{name: _bytes(_NEWLINE.join(getattr(self, name)).encode()) for name in _LISTS},
            "posted": self.posted,
            "told_in": self.told_in,
            "offered_in": self.offered_in,
            "said": np.frombuffer(self.said, np.uint8),
            "said_starts": self.said_starts,
        }
        for name, wordings in (("stories", self.stories), ("options", self.options)):
            for part in _PARTS:
                arrays[f"{name}_{part}"] = getattr(wordings, part)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> CaseTable:
        """The table that `to_arrays` wrote."""
        stories, options = (
            Wordings(*(arrays[f"{name}_{part}"] for part in _PARTS))
            for name in ("stories", "options")
        )
        texts = [arrays[name].tobytes().decode() for name in _LISTS]
        tokens, ids, topics, decides = (text.split(_NEWLINE) if text else [] for text in texts)
        return cls(
            tokens,
            ids,
            topics,
            decides,
            stories,
            options,
            arrays["posted"],
            arrays["told_in"],
            arrays["offered_in"],
            arrays["said"].data,
            arrays["said_starts"],
        )


def load_cases(
    records: Callable[[], Iterable[Record]],
    cache: Path | None,
    version: str,
    describe: Describe,
) -> CaseTable:
    """The table of all cases, from the cache or made anew.

    `version` names all that the table depends on besides this module. `records` and `describe`
    are called only if it must be made.
    """
    name = f"cases-{digest((), version, Path(__file__).read_text('utf-8'))}.bin"
    arrays = read_arrays(cache, name)
    if arrays is not None:
        try:
            return CaseTable.from_arrays(arrays)
        except (KeyError, ValueError):
            pass
    table = compile_cases([r for r in records() if r.kind == "case"], describe)
    write_arrays(cache, name, table.to_arrays())
    return table


def compile_cases(records: Sequence[Record], describe: Describe) -> CaseTable:
    """Number the tokens of all wordings of `records`."""
    numbers: dict[str, int] = {}
    stories = [[unmarked(text) for text in r.data["stories"]] for r in records]
    options = [
        [*r.data["answers"], *(one["option"] for one in r.data["insteads"])] for r in records
    ]
    places = [[*(-1 for _ in r.data["answers"]), *range(len(r.data["insteads"]))] for r in records]
    traps = [
        [
            *(-1 for _ in r.data["answers"]),
            *(TRAP_TYPES.index(one["type"]) for one in r.data["insteads"]),
        ]
        for r in records
    ]
    said = [
        json.dumps(
            [
                r.data["topic"],
                r.data["decides"],
                r.data["because"],
                r.data["answers"],
                [[one["type"], one["because"], one["option"]] for one in r.data["insteads"]],
            ]
        ).encode()
        for r in records
    ]
    none = [[-1] * len(texts) for texts in stories]
    told = _wordings(stories, none, none, numbers, describe, True)
    offered = _wordings(options, places, traps, numbers, describe, False)
    ids, topics, decides = ([r.data[key] for r in records] for key in ("case", "topic", "decides"))
    starts = _starts(map(len, said))
    return CaseTable(
        list(numbers),
        ids,
        topics,
        decides,
        told,
        offered,
        _posted(told),
        told.uses(len(numbers)),
        offered.uses(len(numbers)),
        b"".join(said),
        starts,
    )


def _wordings(
    texts: Sequence[Sequence[str]],
    places: Sequence[Sequence[int]],
    traps: Sequence[Sequence[int]],
    numbers: dict[str, int],
    describe: Describe,
    stems: bool,
) -> Wordings:
    tokens: list[int] = []
    lengths: list[int] = []
    for of_case in describe(texts, stems):
        for described in of_case:
            found = sorted({numbers.setdefault(token, len(numbers)) for token in described})
            tokens += found
            lengths.append(len(found))
    return Wordings(
        _starts(lengths),
        np.array(tokens, np.int32),
        _starts(map(len, texts)),
        *(np.array([one for some in each for one in some], np.int32) for each in (places, traps)),
    )


def _posted(stories: Wordings) -> Ints:
    """The stories that have each token, token by token."""
    lengths = np.diff(stories.starts)
    owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return np.asarray(owner[np.argsort(stories.tokens, kind="stable")])


def _starts(lengths: Iterable[int]) -> Ints:
    return np.array([0, *np.cumsum(list(lengths), dtype=np.int64)], np.int32)


def _end_to_end(starts: Ints, others: Ints) -> Ints:
    """Where pieces start if others follow them."""
    return np.concatenate([starts[:-1], others + starts[-1]]).astype(np.int32)


def _bytes(data: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)
