"""Questions from any file as a bank to drill."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from examcoach.bank.model import Bank, Item
from examcoach.model import Scenario


def bank_of(scenarios: Iterable[Scenario]) -> tuple[Bank, int]:
    """A bank of those scenarios that have options and a key, and how many had not.

    A question without an id gets one from its words, so that it is known again tomorrow.
    """
    items: dict[str, Item] = {}
    without = 0
    for scenario in scenarios:
        if not scenario.question.options or not scenario.gold.answer:
            without += 1
            continue
        item = _item(scenario)
        items.setdefault(item.id, item)
    return Bank(items, {}, {}, {}, {}, "own"), without


def _item(scenario: Scenario) -> Item:
    question, extra = scenario.question, scenario.extra
    words = "\0".join([question.stem, *(option.text for option in question.options)])
    name = question.id or hashlib.blake2b(words.encode(), digest_size=6).hexdigest()
    level = extra.get("difficulty")
    source = question.source
    return Item(
        scenario=scenario,
        id=name.replace("/", "-"),
        task=str(extra.get("task") or ""),
        domain=scenario.gold.domain or "",
        difficulty=level if level in (1, 2, 3) else 2,
        source=str(extra.get("source") or ""),
        siblings=(),
        patterns=tuple(str(p) for p in extra.get("patterns") or () if isinstance(p, str)),
        flip=None,
        until=None,
        path=source.path if source else "",
    )
