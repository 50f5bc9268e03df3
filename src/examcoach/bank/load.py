"""Scenario files -> the bank.

A file with anything wrong is left out, and all that is wrong with it is told; the others are read.
What is looked at here is whether a file can be understood; whether it is good is for `check`.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

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
from examcoach.bank.schema import (
    KINDS,
    Baseline,
    Design,
    ExpectedConcepts,
    Mark,
    Practice,
    Recall,
    Siblings,
)
from examcoach.errors import Problem, did_you_mean
from examcoach.formats.records import from_record
from examcoach.library.located import located
from examcoach.library.yaml_source import Document, KeyPath, read_yaml
from examcoach.model import GoldConstraint, Scenario

_T = TypeVar("_T")


@dataclass(slots=True)
class Reading:
    """A bank as read, and what is wrong with it.

    `documents` are by path, to find lines in; `paths` by kind and id. `broken` files, by kind and
    name, were left out.
    """

    bank: Bank
    problems: list[Problem]
    documents: dict[str, Document]
    paths: dict[tuple[str, str], str]
    broken: frozenset[tuple[str, str]]

    def refuser(self, kind: str, name: str) -> Callable[[KeyPath, str, str], Problem]:
        """Makes Problems of the file of `kind` and id: from a key's place, what and hint."""
        path = self.paths[kind, name]
        document = self.documents[path]
        return lambda where, what, hint: Problem(path, document.line(where), what, hint)


def read_bank(places: Sequence[Path]) -> Reading:
    """The bank in some folders or files; the later override the earlier, id by id."""
    files, problems = read_files(places)
    return build_bank(files, problems)


def build_bank(files: Sequence[BankFile], problems: Iterable[Problem] = ()) -> Reading:
    """The bank that `files` make up; `problems` are those met while they were fetched."""
    reader = _Reader(list(problems))
    for file in files:
        reader.take(file)
    bank = reader.bank(digest_of(files))
    problems = sorted(reader.problems, key=_place_of)
    broken = frozenset(reader.files.keys() - reader.paths.keys())
    return Reading(bank, problems, reader.documents, reader.paths, broken)


def _place_of(problem: Problem) -> tuple[str, int]:
    return problem.path, problem.line or 0


class _File:
    """A file that is being read: its document, and what is wrong with it."""

    def __init__(self, source: BankFile, document: Document) -> None:
        self.source = source
        self.document = document
        self.problems: list[Problem] = document.problems

    def complain(self, where: KeyPath, what: str, hint: str) -> None:
        self.problems.append(Problem(self.source.path, self.document.line(where), what, hint))

    def placed(self, mark: Mark, text: str, where: KeyPath, name: str) -> GoldConstraint:
        """The mark at the place where `text` has its words; complains where it has not."""
        start = text.find(mark.text)
        if start < 0:
            what = f"{_short(mark.text)} does not stand in the {name}"
            self.complain((*where, "text"), what, "quote its exact words")
        end = start + len(mark.text)
        return GoldConstraint(mark.category, mark.text, start, end, mark.hidden, mark.requires)


@dataclass(slots=True)
class _Reader:
    problems: list[Problem]
    documents: dict[str, Document] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    siblings: dict[str, SiblingSet] = field(default_factory=dict)
    decks: dict[str, Deck] = field(default_factory=dict)
    briefs: dict[str, Brief] = field(default_factory=dict)
    baseline: dict[str, Scenario] = field(default_factory=dict)
    files: dict[tuple[str, str], BankFile] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    paths: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, source: BankFile) -> None:
        """Read one file."""
        file = _File(source, _document(source))
        self.documents[source.path] = file.document
        self._register(file)
        model = None if file.problems else _validated(file)
        if model is not None:
            built = _build(file, model)
            if not file.problems:
                self._keep(file, built)
                self.paths[source.kind, source.name] = source.path
        self.problems += file.problems

    def _register(self, file: _File) -> None:
        """Remember the file by its name, which is the id of what it holds."""
        source, value = file.source, file.document.value
        stated = value.get("id") if isinstance(value, dict) else None
        if isinstance(stated, str) and stated != source.name:
            what = f'the id "{stated}" is not the name of the file'
            file.complain(("id",), what, f'write "id: {source.name}", or rename the file')
        other = self.files.get((source.kind, source.name))
        if other is not None and other.layer == source.layer:
            what = f'the id "{source.name}" stands already in {other.path}'
            file.complain(("id",), what, "give each its own id")
        else:
            self.files[source.kind, source.name] = source

    def _keep(self, file: _File, built: Any) -> None:
        if isinstance(built, Item):
            self.items[built.id] = built
        elif isinstance(built, SiblingSet):
            self.siblings[built.id] = built
        elif isinstance(built, Brief):
            self.briefs[built.id] = built
        elif isinstance(built, Scenario):
            self.baseline[str(built.question.id)] = built
        else:
            self._keep_deck(file, built)

    def _keep_deck(self, file: _File, deck: Deck) -> None:
        for number, card in enumerate(deck.cards):
            other = self.cards.get(card.id, deck.id)
            if other != deck.id:
                where = ("items", number, "id")
                what = f'the card "{card.id}" stands already in the deck {other}'
                file.complain(where, what, "give each card its own id")
        if not file.problems:
            self.decks[deck.id] = deck
            self.cards |= {card.id: deck.id for card in deck.cards}

    def bank(self, version: str) -> Bank:
        """All that was read, siblings and questions naming one another."""
        trains: dict[str, dict[str, None]] = {name: {} for name in self.siblings}
        for sibling_set in self.siblings.values():
            for number, name in enumerate(sibling_set.scenarios):
                if name in self.items:
                    trains[sibling_set.id][name] = None
                elif ("practice", name) not in self.files:
                    self._unknown("siblings", sibling_set.id, ("scenarios", number), name)
        for item in self.items.values():
            for number, name in enumerate(item.siblings):
                if name in trains:
                    trains[name][item.id] = None
                elif ("siblings", name) not in self.files:
                    self._unknown("practice", item.id, ("siblings", number), name)
        items = {
            name: replace(item, siblings=tuple(s for s in trains if name in trains[s]))
            for name, item in self.items.items()
        }
        sets = {
            name: replace(sibling_set, scenarios=tuple(trains[name]))
            for name, sibling_set in self.siblings.items()
        }
        return Bank(items, sets, self.decks, self.briefs, self.baseline, version)

    def _unknown(self, kind: str, owner: str, where: KeyPath, name: str) -> None:
        """Complain that a file of `kind` names a file that there is not."""
        path = self.paths[kind, owner]
        line = self.documents[path].line(where)
        wanted, called = _OTHER_SIDE[kind]
        known = [known for kind, known in self.files if kind == wanted]
        hint = did_you_mean(name, known) or "write it, or take the name out"
        self.problems.append(Problem(path, line, f'there is no {called} "{name}"', hint))


_OTHER_SIDE = {"siblings": ("practice", "scenario"), "practice": ("siblings", "sibling set")}


def _document(source: BankFile) -> Document:
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.data[: error.start].count(b"\n") + 1
        document = Document(source.path)
        document.problems.append(Problem(source.path, line, "not UTF-8 text", "save it as UTF-8"))
        return document
    return read_yaml(text, source.path)


def _validated(file: _File) -> Any:
    """The file's content in its schema, or None."""
    model = KINDS[file.source.kind]
    if not isinstance(file.document.value, dict):
        what = "this is not one mapping of keys to values"
        file.complain((), what, 'begin with "id: ..."; one scenario a file')
        return None
    for where, text in _texts(file.document.value, ()):
        if unseen := next((c for c in text if _is_unseen(c)), None):
            what = f"an invisible character (U+{ord(unseen):04X})"
            file.complain(where, what, "delete it, or type the text anew")
    try:
        return model.model_validate(file.document.value)
    except ValidationError as error:
        name = f"{file.source.kind} file"
        details = error.errors()
        file.problems += [located(file.document, (), name, model, d) for d in details]
        return None


def _texts(value: Any, where: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """All texts of a document, keys too, each with its place."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*where, key), key
            yield from _texts(inner, (*where, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*where, number))


def _is_unseen(character: str) -> bool:
    """Control, formatting and half characters: they could hide or move what is read."""
    return character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")


def _build(file: _File, model: Any) -> Any:
    if isinstance(model, Practice):
        return _item(file, model)
    if isinstance(model, Siblings):
        return _sibling_set(file, model)
    if isinstance(model, Recall):
        return _deck(file, model)
    if isinstance(model, Design):
        return _brief(file, model)
    return _baseline(file, model)


# --- practice --------------------------------------------------------------------------------


def _item(file: _File, model: Practice) -> Item | None:
    for number, mark in enumerate(model.constraints):
        file.placed(mark, model.stem, ("constraints", number), "stem")
    decides = _deciding(file, model)
    _check_labels(file, model)
    flip = _flip(file, model)
    record = {**file.document.value, "domain": file.source.domain}
    if decides is not None:
        record["decides"] = decides.model_dump()
    scenario = _scenario(file, record)
    if scenario is None:
        return None
    return Item(
        scenario=scenario,
        id=model.id,
        task=model.task,
        domain=file.source.domain,
        difficulty=model.difficulty,
        source=model.source,
        siblings=_unique(model.siblings),
        patterns=_unique(model.patterns),
        flip=flip,
        until=dt.date.fromisoformat(model.until) if model.until else None,
        path=file.source.path,
    )


def _scenario(file: _File, record: Mapping[str, Any]) -> Scenario | None:
    """The question as every other input of examcoach is read."""
    scenario = None
    for read in from_record(record, file.source.path, 1):
        if isinstance(read, Scenario):
            scenario = read
        elif not file.problems:
            file.problems.append(read)
    return scenario


def _deciding(file: _File, model: Practice) -> Mark | None:
    """The constraint that decides, with all that is said of it among the constraints."""
    decides = model.decides
    for mark in model.constraints:
        if (mark.category, mark.text) == (decides.category, decides.text):
            return mark
    hint = "repeat the category and the words of one of them"
    file.complain(("decides",), "what decides is not one of the constraints", hint)
    return None


def _check_labels(file: _File, model: Practice) -> None:
    places: list[tuple[str, KeyPath, str]] = [
        *((label, ("answer", n), "the answer") for n, label in enumerate(model.answer)),
        *((label, ("traps", label), "a trap") for label in model.traps),
    ]
    if model.flip:
        answer = enumerate(model.flip.answer)
        places += [(label, ("flip", "answer", n), "the flip's answer") for n, label in answer]
    for label, where, name in places:
        if label not in model.options:
            what = f"{name} names the option {label}, which there is not"
            file.complain(where, what, f"the options are {', '.join(model.options)}")
    for label, trap in model.traps.items():
        if label in model.options and trap.text not in model.options[label]:
            what = f"{_short(trap.text)} does not stand in option {label}"
            file.complain(("traps", label, "text"), what, "quote the option's exact words")


def _flip(file: _File, model: Practice) -> Flip | None:
    flip = model.flip
    if flip is None:
        return None
    times = model.stem.count(flip.from_)
    if times != 1:
        what = f"{_short(flip.from_)} stands {times} times in the stem"
        file.complain(("flip", "from"), what, "quote words that stand there once")
    changed = model.stem.replace(flip.from_, flip.to)
    decides = file.placed(flip.decides, changed, ("flip", "decides"), "changed stem")
    return Flip(flip.from_, flip.to, _unique(flip.answer), decides, flip.because)


# --- the other kinds -------------------------------------------------------------------------


def _sibling_set(file: _File, model: Siblings) -> SiblingSet:
    for number, row in enumerate(model.separates):
        if len(row.cells) != len(model.members):
            what = f"{len(row.cells)} cells for {len(model.members)} members"
            file.complain(("separates", number), what, "give each member a cell, in their order")
    rows = tuple(Row(row.by, tuple(row.cells)) for row in model.separates)
    return SiblingSet(
        model.id,
        model.title,
        _unique(model.members),
        rows,
        model.rule,
        _unique(model.scenarios),
        model.source,
    )


def _deck(file: _File, model: Recall) -> Deck:
    cards: dict[str, Card] = {}
    for number, c in enumerate(model.items):
        if c.id in cards:
            what = f'the card "{c.id}" stands twice'
            file.complain(("items", number, "id"), what, "give each card its own id")
        cards[c.id] = Card(c.id, c.ask, c.answer, _unique(c.accept), c.because, c.source)
    return Deck(model.id, model.title, tuple(cards.values()))


def _brief(file: _File, model: Design) -> Brief:
    explicit = [
        file.placed(mark, model.brief, ("constraints", number), "brief")
        for number, mark in enumerate(model.constraints)
    ]
    hidden = [
        replace(file.placed(mark, model.brief, ("hidden", number), "brief"), hidden=True)
        for number, mark in enumerate(model.hidden)
    ]
    for number, mark in enumerate(model.hidden):
        if mark.requires is None:
            hint = 'say what it implies: add "requires"'
            file.complain(("hidden", number), "a hidden constraint without what it requires", hint)
    return Brief(
        model.id,
        model.title,
        model.task,
        model.brief,
        _unique(model.needs),
        (*explicit, *hidden),
        _expected(model.architectures),
        _expected(model.mistakes),
        model.model_answer,
        model.source,
    )


def _expected(groups: Iterable[ExpectedConcepts]) -> tuple[Expected, ...]:
    return tuple(Expected(_unique(group.concepts), group.because) for group in groups)


def _baseline(file: _File, model: Baseline) -> Scenario | None:
    record = {"id": model.id, "stem": model.text or model.stem, "options": model.options}
    return _scenario(file, record)


def _unique(names: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(names))


def _short(text: str) -> str:
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
