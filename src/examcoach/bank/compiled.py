"""The bank, cached by content.

Like the compiled library, an entry is named by a digest of every file's bytes and place and of the
code that reads them. A warm start needs neither YAML nor pydantic.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from examcoach.bank.files import BankFile, digest_of, read_files
from examcoach.bank.model import (
    Bank,
    Brief,
    Card,
    Deck,
    Expected,
    Flip,
    Item,
    Row,
    SiblingSet,
)
from examcoach.cache import read_entry, write_entry
from examcoach.errors import Problem
from examcoach.model import Gold, GoldConstraint, GoldTrap, Option, Question, Scenario, Source

_Plain = Mapping[str, Any]


def bank(folders: Sequence[Path], cache_dir: Path | None) -> tuple[Bank, tuple[Problem, ...]]:
    """The bank in `folders`, the later over the earlier, and what is wrong with their files.

    A file with a problem is left out. `cache_dir` keeps compiled banks; None reads anew.
    """
    files, problems = read_files(folders)
    name = f"bank-{_digest(files)}.json"
    plain = read_entry(cache_dir, name)
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            found = _bank(plain["bank"])
            return found, (*problems, *(Problem(**p) for p in plain["problems"]))
    from examcoach.bank.load import build_bank

    reading = build_bank(files)
    entry = {"bank": asdict(reading.bank), "problems": [asdict(p) for p in reading.problems]}
    write_entry(cache_dir, name, _dated(entry))
    return reading.bank, (*problems, *reading.problems)


def _digest(files: Sequence[BankFile]) -> str:
    here = Path(__file__).parent
    code = [*here.glob("*.py"), *here.parent.glob("*.py"), *here.parent.glob("library/*.py")]
    texts = [path.read_text("utf-8") for path in sorted(code)]
    paths = [f"{file.layer} {file.path!r}" for file in files]
    return digest_of(files, sys.version, *texts, *paths)


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with its dates as text."""
    for item in entry["bank"]["items"].values():
        item["until"] = item["until"] and item["until"].isoformat()
    return entry


# --- from plain data -------------------------------------------------------------------------


def _bank(plain: _Plain) -> Bank:
    return Bank(
        items={name: _item(p) for name, p in plain["items"].items()},
        siblings={name: _sibling_set(p) for name, p in plain["siblings"].items()},
        decks={name: _deck(p) for name, p in plain["decks"].items()},
        briefs={name: _brief(p) for name, p in plain["briefs"].items()},
        baseline={name: _scenario(p) for name, p in plain["baseline"].items()},
        version=plain["version"],
    )


def _item(plain: _Plain) -> Item:
    return Item(
        **{
            **plain,
            "scenario": _scenario(plain["scenario"]),
            "siblings": tuple(plain["siblings"]),
            "patterns": tuple(plain["patterns"]),
            "flip": plain["flip"] and _flip(plain["flip"]),
            "until": plain["until"] and dt.date.fromisoformat(plain["until"]),
        }
    )


def _flip(plain: _Plain) -> Flip:
    changed = {"answer": tuple(plain["answer"]), "decides": GoldConstraint(**plain["decides"])}
    return Flip(**{**plain, **changed})


def _scenario(plain: _Plain) -> Scenario:
    return Scenario(_question(plain["question"]), _gold(plain["gold"]), plain["extra"])


def _question(plain: _Plain) -> Question:
    options = tuple(Option(**option) for option in plain["options"])
    return Question(**{**plain, "options": options, "source": Source(**plain["source"])})


def _gold(plain: _Plain) -> Gold:
    marks, decides, traps = plain["constraints"], plain["decides"], plain["traps"]
    return Gold(
        **{
            **plain,
            "answer": tuple(plain["answer"]),
            "constraints": None if marks is None else tuple(GoldConstraint(**m) for m in marks),
            "decides": decides and GoldConstraint(**decides),
            "traps": None
            if traps is None
            else {label: GoldTrap(**trap) for label, trap in traps.items()},
        }
    )


def _sibling_set(plain: _Plain) -> SiblingSet:
    return SiblingSet(
        **{
            **plain,
            "members": tuple(plain["members"]),
            "separates": tuple(Row(r["by"], tuple(r["cells"])) for r in plain["separates"]),
            "scenarios": tuple(plain["scenarios"]),
        }
    )


def _deck(plain: _Plain) -> Deck:
    cards = tuple(Card(**{**card, "accept": tuple(card["accept"])}) for card in plain["cards"])
    return Deck(plain["id"], plain["title"], cards)


def _brief(plain: _Plain) -> Brief:
    return Brief(
        **{
            **plain,
            "needs": tuple(plain["needs"]),
            "constraints": tuple(GoldConstraint(**mark) for mark in plain["constraints"]),
            "architectures": _expected(plain["architectures"]),
            "mistakes": _expected(plain["mistakes"]),
        }
    )


def _expected(plain: Sequence[_Plain]) -> tuple[Expected, ...]:
    return tuple(Expected(tuple(p["concepts"]), p["because"]) for p in plain)
