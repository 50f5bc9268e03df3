"""How alike two texts are, by the runs of words they share.

Resemblance after A. Broder (1997), "On the resemblance and containment of documents": the Jaccard
index of the two sets of shingles, 1 for the same text and 0 for nothing in common.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

_WORD = re.compile(r"[\w%$€£]+")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return _WORD.findall(text.lower())


def shingles(texts: Iterable[str], length: int) -> frozenset[tuple[str, ...]]:
    """All runs of `length` words in the texts; a shorter text is one run."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        words = words_of(text)
        found |= {tuple(words[i : i + length]) for i in range(max(1, len(words) - length + 1))}
    return frozenset(found)


def alike(
    sets: Mapping[str, frozenset[tuple[str, ...]]], threshold: float
) -> Iterator[tuple[str, str, float]]:
    """The pairs whose resemblance is `threshold` or more, with it, in the order of `sets`.

    Only pairs that share a shingle are compared, so the time grows with what is alike.
    """
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, found in sets.items():
        for shingle in found:
            holders[shingle].append(name)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for names in holders.values():
        for pair in combinations(names, 2):
            shared[pair] += 1
    place = {name: number for number, name in enumerate(sets)}
    for first, second in sorted(shared, key=lambda pair: (place[pair[0]], place[pair[1]])):
        both = shared[first, second]
        resemblance = both / (len(sets[first]) + len(sets[second]) - both)
        if resemblance >= threshold:
            yield first, second, resemblance
