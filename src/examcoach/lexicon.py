"""Keys of tokens -> the phrases of an engine that stand there.

A token's key is the stem of its word. Literal phrases lie in a tree of keys; phrases of several
places (with gaps or classes) are put together from what stands in a sentence. The tree grows as
words are met: a phrase is taken in when its rarest word is first seen, so that one question pays
for the phrases it can contain and not for the whole library. What is found never depends on that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeAlias, TypeVar

from examcoach.library.engine import Engine

V = TypeVar("V")
Spot: TypeAlias = tuple[int, int, V | None]
"""First token, end token, and what stands there, where the place of a phrase asks for its class."""
Standing: TypeAlias = tuple[int, int, int, V | None]
"""The number of a literal phrase or `class_key` of a slot, and the spot where it stands."""
_Composite: TypeAlias = tuple[frozenset[int], int, int, list[frozenset[int]], list[int]]
"""What can fill a phrase's next rarest place; its finder, role, what can fill each of its places,
and the gaps before them."""
_Node: TypeAlias = tuple[list[int], list[int], dict[str, Any]]
"""The phrases that end here in any spelling, those in theirs alone, and what follows by key."""

_END = ""
"""What no token has for a key."""


def class_key(slot: int) -> int:
    """What stands for a slot that is filled by a mention of the class that it asks for."""
    return ~slot


class Lexicon:
    """The literal phrases of an engine, as a tree of token keys."""

    def __init__(self, engine: Engine) -> None:
        self._words = engine.words
        self._spelled = {number: spelled.split(" ") for number, spelled in engine.exact}
        self._root: dict[str, _Node] = {}
        self._waiting = dict(engine.rarest)

    def find(self, keys: Sequence[str], spelled: Callable[[int], str]) -> list[Standing[None]]:
        """Where every literal phrase stands, by first token, then end.

        `keys` are the keys of a text's tokens; `spelled` gives a token as it is written, for the
        phrases that ask for one spelling.
        """
        for key in self._waiting.keys() & keys:
            for number in self._waiting.pop(key):
                self._admit(number)
        found: list[Standing[None]] = []
        root = self._root
        keys = [*keys, _END]
        for first, key in enumerate(keys):
            node = root.get(key)
            last = first
            while node is not None:
                last += 1
                numbers, exact, following = node
                for number in numbers:
                    found.append((number, first, last, None))
                for number in exact:
                    if self._is_spelled(number, first, spelled):
                        found.append((number, first, last, None))
                if not following:
                    break
                node = following.get(keys[last])
        return found

    def _admit(self, number: int) -> None:
        following = self._root
        numbers: list[int] = []
        exact: list[int] = []
        for key in self._words[number].split(" "):
            node = following.get(key)
            if node is None:
                node = following[key] = ([], [], {})
            numbers, exact, following = node
        (exact if number in self._spelled else numbers).append(number)

    def _is_spelled(self, number: int, first: int, spelled: Callable[[int], str]) -> bool:
        words = self._spelled[number]
        return all(spelled(first + place) == word for place, word in enumerate(words))


class Composites(Generic[V]):
    """Phrases of several places, and where a sentence holds them.

    `chosen` are the indexes in the engine's table that are looked for. A phrase is filed under
    what can fill its rarest place, and its next rarest is looked for first: in most sentences
    that leaves few phrases, whose order and gaps are then tried.
    """

    def __init__(self, engine: Engine, chosen: Iterable[int]) -> None:
        keys = [
            frozenset([*words, class_key(slot)]) if classes else frozenset(words)
            for slot, (words, classes) in enumerate(engine.slots)
        ]
        self._filed: dict[int, list[_Composite]] = defaultdict(list)
        for index in chosen:
            finder, role, slots, gaps, rarest, next_rarest = engine.composites[index]
            composite = (keys[next_rarest], finder, role, [keys[slot] for slot in slots], gaps)
            for key in keys[rarest]:
                self._filed[key].append(composite)

    def find(self, standing: Iterable[Standing[V]]) -> list[tuple[int, int, list[Spot[V]]]]:
        """(finder, role, where) of the phrases in a sentence.

        `standing` is what stands in it, by first token, then end.
        """
        by_key: dict[int, list[Standing[V]]] = {}
        for one in standing:
            if one[0] in by_key:
                by_key[one[0]].append(one)
            else:
                by_key[one[0]] = [one]
        there = frozenset(by_key)
        filed = self._filed
        possible = [
            composite
            for key in there
            if key in filed
            for composite in filed[key]
            if not composite[0].isdisjoint(there)
        ]
        found = []
        for _, finder, role, places, gaps in possible:
            filled = [place & there for place in places]
            if not all(filled):
                continue
            spots = []
            for key in filled[0]:
                for _, first, last, value in by_key[key]:
                    rest = _follow(by_key, filled, gaps, 1, last)
                    if rest is not None:
                        spots.append((first, rest[0], value or rest[1]))
            if spots:
                found.append((finder, role, spots))
        return found


def _follow(
    by_key: Mapping[int, Sequence[Standing[V]]],
    filled: Sequence[frozenset[int]],
    gaps: Sequence[int],
    place: int,
    end: int,
) -> tuple[int, V | None] | None:
    """Where the places from `place` on end if they follow a token: the nearest way, then the next.

    Of what starts together the longest is tried first. `filled` is what stands there, by place.
    """
    if place == len(filled):
        return end, None
    furthest = end + gaps[place]
    nexts = []
    for key in filled[place]:
        for _, first, last, value in by_key[key]:
            if end <= first <= furthest:
                nexts.append((first, -last, value))
    if not nexts:
        return None
    if len(nexts) > 1:
        nexts.sort(key=_NEAREST)
    for _, last, value in nexts:
        rest = _follow(by_key, filled, gaps, place + 1, -last)
        if rest is not None:
            return rest[0], value or rest[1]
    return None


_NEAREST = itemgetter(0, 1)
