"""Labels of options in running text: ``{A}``, so that options can be shuffled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from examcoach.bank.model import Item
from examcoach.model import Scenario

_LABEL = re.compile(r"\{([A-H])\}")
_BARE = re.compile(r"\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer)s? ([A-H])\b")


def labels_named(text: str) -> list[str]:
    """The labels that a text names as ``{A}``, in its order."""
    return _LABEL.findall(text)


def bare_labels(text: str) -> list[str]:
    """The labels that a text names without braces ("option A"), which shuffling would falsify."""
    return _BARE.findall(text)


def relabel(text: str, shown: Mapping[str, str] | None = None) -> str:
    """The text with each ``{A}`` as it is shown: by `shown` where it is there, else as A."""
    names = shown or {}
    return _LABEL.sub(lambda match: names.get(match[1], match[1]), text)


def plain_scenario(item: Item) -> Scenario:
    """The item as every reader of scenarios takes it: labels written out, its sets and domain."""
    gold = item.scenario.gold
    traps = {k: replace(t, because=relabel(t.because)) for k, t in (gold.traps or {}).items()}
    gold = replace(gold, explanation=relabel(gold.explanation or ""), traps=traps)
    extra = dict(item.scenario.extra)
    if item.flip:
        extra["flip"] = {**extra["flip"], "because": relabel(item.flip.because)}
    extra |= {"siblings": list(item.siblings), "patterns": list(item.patterns)}
    return replace(item.scenario, gold=gold, extra=extra)
