"""The ids of a bank, as a committed list: what people's progress refers to must not change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from examcoach.atomic import write_text
from examcoach.bank.model import Bank
from examcoach.errors import Problem

LIST = "ids.txt"
_CARDS = "recall"
ACCEPT = "examcoach scenarios check --accept-new"
_HEAD = """\
# The ids by which people's progress knows the bank. Never change or reuse one.
# New ones are added by: examcoach scenarios check --accept-new
"""


def ids_of(bank: Bank) -> Iterator[str]:
    """Every id that progress may refer to, with its kind."""
    yield from (f"practice/{name}" for name in bank.items)
    yield from (f"siblings/{name}" for name in bank.siblings)
    yield from (f"{_CARDS}/{card.id}" for deck in bank.decks.values() for card in deck.cards)
    yield from (f"design/{name}" for name in bank.briefs)


def read_ids(path: Path) -> dict[str, int]:
    """The listed ids, each with its line from 1; none where there is no list."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    numbered = enumerate((line.strip() for line in lines), 1)
    return {line: number for number, line in numbered if line and not line.startswith("#")}


def changed_ids(
    bank: Bank, path: Path, broken: Collection[tuple[str, str]] = ()
) -> Iterator[Problem]:
    """The listed ids that vanished from the bank, and those that the list at `path` lacks.

    Ids in `broken` files, told by kind and name, may still be there.
    """
    listed = read_ids(path)
    present = list(ids_of(bank))
    for name in present:
        if name not in listed:
            yield Problem(str(path), None, f'"{name}" is not listed', f"add it by: {ACCEPT}")
    unsure = {_prefix(kind, name) for kind, name in broken}
    for name in sorted(set(listed).difference(present)):
        if name.startswith(tuple(unsure)):
            continue
        hint = "bring it back under this id; delete the line only if it was never released"
        yield Problem(str(path), listed[name], f'"{name}" has vanished', hint)


def _prefix(kind: str, name: str) -> str:
    """How the ids in a file begin: a deck's cards are not known by the deck's name."""
    return f"{kind}/" if kind == _CARDS else f"{kind}/{name}"


def accept_new(bank: Bank, path: Path) -> list[str]:
    """Add the ids that the list lacks, sorted in; returns them. Nothing is ever taken out."""
    listed = read_ids(path)
    new = [name for name in ids_of(bank) if name not in listed]
    if new:
        write_text(path, _page([*listed, *new]))
    return new


def _page(names: Iterable[str]) -> str:
    return _HEAD + "".join(name + "\n" for name in sorted(names))
