"""Keys of tokens -> the phrases of an engine that stand there.

A token's key is the stem of its word. Literal phrases lie in a tree of keys; phrases of several
places (with gaps or classes) are put together from what stands in a sentence. Both grow as words
are met: a phrase is taken in when its rarest word is first seen, so that one question pays for the
phrases it can contain and not for the whole library. What is found never depends on that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from examcoach.bits import bits_of
from examcoach.library.engine import Engine

V = TypeVar("V")
Spot: TypeAlias = tuple[int, int, V | None]
"""First token, end token, and what stands there, where the place of a phrase asks for its class."""
Standing: TypeAlias = tuple[int, int, int, V | None]
"""The number of a literal phrase or `class_key` of a slot, and the spot where it stands."""
_Node: TypeAlias = tuple[list[int], dict[str, Any]]
"""The numbers of the phrases that end here, and the nodes that follow, by key."""


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

    def find(
        self, keys: Sequence[str], spelled: Callable[[int], str]
    ) -> list[tuple[int, int, int]]:
        """(phrase number, first token, end token) of every literal phrase, by first token.

        `keys` are the keys of a text's tokens; `spelled` gives a token as it is written, for the
        phrases that ask for one spelling.
        """
        for key in self._waiting.keys() & keys:
            for number in self._waiting.pop(key):
                self._admit(number)
        found = []
        root, exact = self._root, self._spelled
        count = len(keys)
        for first, key in enumerate(keys):
            node = root.get(key)
            last = first
            while node is not None:
                last += 1
                numbers, following = node
                for number in numbers:
                    if number not in exact or self._is_spelled(number, first, spelled):
                        found.append((number, first, last))
                if last == count:
                    break
                node = following.get(keys[last])
        return found

    def _admit(self, number: int) -> None:
        node: _Node = ([], self._root)
        for key in self._words[number].split(" "):
            node = node[1].setdefault(key, ([], {}))
        node[0].append(number)

    def _is_spelled(self, number: int, first: int, spelled: Callable[[int], str]) -> bool:
        words = self._spelled[number]
        return all(spelled(first + place) == word for place, word in enumerate(words))


class Composites(Generic[V]):
    """Phrases of several places, and where a sentence holds them.

    `chosen` are the indexes in the engine's table that are looked for. For each word and class
    there are bit masks over phrases: those in which it can stand first, second and third, the
    latter two apart by whether a gap may precede. Walking through a sentence with them leaves few
    phrases, whose places are then tried.
    """

    def __init__(self, engine: Engine, chosen: Iterable[int]) -> None:
        self._all = engine.composites
        self._keys = [
            frozenset([*words, class_key(slot)]) if classes else frozenset(words)
            for slot, (words, classes) in enumerate(engine.slots)
        ]
        self._masks: dict[int, list[int]] = {}
        self._taken: list[int] = []  # the phrase of each bit
        self._known: set[int] = set()
        self._of_one = self._of_two = 0  # the phrases with so many places
        self._waiting: dict[int, list[int]] = defaultdict(list)
        for index in chosen:
            rare = self._all[index][4]
            if rare < 0:
                self._admit(index)
            else:
                for number in self._keys[rare]:
                    self._waiting[number].append(index)

    def admit(self, numbers: Iterable[int]) -> None:
        """Take in the phrases that wait for one of these words."""
        for number in self._waiting.keys() & numbers:
            for index in self._waiting.pop(number):
                if index not in self._known:
                    self._admit(index)

    def _admit(self, index: int) -> None:
        _, _, slots, gaps, _ = self._all[index]
        bit = 1 << len(self._taken)
        self._taken.append(index)
        self._known.add(index)
        if len(slots) == 1:
            self._of_one |= bit
        elif len(slots) == 2:
            self._of_two |= bit
        for place, slot in enumerate(slots):
            for key in self._keys[slot]:
                masks = self._masks.setdefault(key, [0, 0, 0, 0, 0])
                if place < len(_MASK_OF):
                    masks[_MASK_OF[place][gaps[place] > 0]] |= bit

    def find(self, standing: Iterable[Standing[V]]) -> list[tuple[int, int, list[Spot[V]]]]:
        """(finder, role, where) of the phrases in a sentence.

        `standing` is what stands in it, by first token, then end.
        """
        masks = self._masks
        standing = [one for one in standing if one[0] in masks]
        possible = self._walk(standing)
        if not possible:
            return []
        found = []
        by_start: dict[int, list[Standing[V]]] = {}
        for one in standing:
            by_start.setdefault(one[1], []).append(one)
        for bit in bits_of(possible):
            finder, role, slots, gaps, _ = self._all[self._taken[bit]]
            places = [self._keys[slot] for slot in slots]
            chains = []
            for key, first, last, value in standing:
                if key in places[0]:
                    rest = _follow(by_start, places, gaps, 1, last)
                    if rest is not None:
                        chains.append((first, rest[0], value or rest[1]))
            if chains:
                found.append((finder, role, chains))
        return found

    def _walk(self, standing: Sequence[Standing[V]]) -> int:
        """The phrases whose first three places follow one another, however far the gaps."""
        masks = self._masks
        begun = second = third = 0
        begun_until: dict[int, int] = {}
        second_until: dict[int, int] = {}
        for key, first, last, _ in standing:
            one, two, two_near, three, three_near = masks[key]
            if second:
                if three:
                    third |= three & second
                if three_near and first in second_until:
                    third |= three_near & second_until[first]
            fit = two & begun if two else 0
            if two_near and first in begun_until:
                fit |= two_near & begun_until[first]
            if fit:
                second |= fit
                second_until[last] = second_until.get(last, 0) | fit
            if one:
                begun |= one
                begun_until[last] = begun_until.get(last, 0) | one
        return begun & self._of_one | second & self._of_two | third


_MASK_OF = ((0, 0), (2, 1), (4, 3))
"""By place: which of a word's masks has the phrases without a gap before it, and with one."""


def _follow(
    by_start: Mapping[int, Sequence[Standing[V]]],
    places: Sequence[frozenset[int]],
    gaps: Sequence[int],
    place: int,
    end: int,
) -> tuple[int, V | None] | None:
    """Where the places from `place` on end if they follow a token: the nearest way, then the next.

    Of what starts together the longest is tried first.
    """
    if place == len(places):
        return end, None
    keys = places[place]
    for start in range(end, end + gaps[place] + 1):
        for key, _, last, value in reversed(by_start.get(start, ())):
            if key in keys:
                rest = _follow(by_start, places, gaps, place + 1, last)
                if rest is not None:
                    return rest[0], value or rest[1]
    return None
