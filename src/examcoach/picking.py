"""Totals of options -> which are picked, and by how much; and what options tell of one another.

Wrong options are made from the right one, each by another change, so what most of an option's words
have in common with the others' is a sign for it (Smith, 1982, "Converging on correct answers: a
peculiarity of multiple choice items"). Where several are to be picked, two that say nearly the same
are alternatives to each other: exams offer the right step beside the same step with one word
changed. So what is picked lowers its like.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

Rivalry: TypeAlias = Sequence[Sequence[float]]
"""For each option what each other takes from its total if that one is picked."""


def kinship(texts: Sequence[Sequence[str]]) -> list[float]:
    """How much each text, given as tokens, has in common with the others on average (0..1).

    Of two texts it is the share of their different tokens that both have (Dice's coefficient).
    """
    tokens = [frozenset(text) for text in texts]
    return [
        sum(_shared(one, other) for j, other in enumerate(tokens) if j != i)
        / max(len(tokens) - 1, 1)
        for i, one in enumerate(tokens)
    ]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    both = len(one) + len(other)
    return 2 * len(one & other) / both if both else 0.0


def rivalry(texts: Sequence[Sequence[str]], least: float, damping: float, weight: float) -> Rivalry:
    """How far texts, given as tokens, exclude one another.

    Two are as alike as the share of their tokens that stand in both in the same order (Ratcliff and
    Metzener, 1988, "Pattern matching: the gestalt approach"), of `damping` more tokens: two short
    names have a word in common by chance. What is beyond `least` counts, times `weight`.
    """
    taken = [[0.0] * len(texts) for _ in texts]
    for i, one in enumerate(texts):
        for j in range(i + 1, len(texts)):
            both = len(one) + len(texts[j])
            alike = SequenceMatcher(None, one, texts[j], autojunk=False).ratio()
            alike *= both / max(both + damping, 1.0)
            taken[i][j] = taken[j][i] = weight * max(0.0, alike - least)
    return taken


def pick(
    totals: Sequence[float], choose: int, rivals: Rivalry | None = None
) -> tuple[list[int], list[float]]:
    """The places of those picked, in order, and all totals less what those picked take from them.

    One after the other the highest is picked; ties go to the earlier.
    """
    left = list(totals)
    picked: list[int] = []
    others = set(range(len(totals)))
    while others and len(picked) < choose:
        best = min(others, key=lambda i: (-round(left[i], 9), i))
        picked.append(best)
        others.remove(best)
        if rivals:
            left = [total - taken for total, taken in zip(left, rivals[best], strict=True)]
    return sorted(picked), left


def margin(totals: Sequence[float], picked: Sequence[int]) -> float:
    """How far the picked options stand above the others."""
    others = [total for i, total in enumerate(totals) if i not in picked]
    if not others or not picked:
        return 0.0
    return min(totals[i] for i in picked) - max(others)
