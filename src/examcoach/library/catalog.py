"""Folders of pattern files -> one checked catalog.

A later folder overrides an earlier one, id by id. Everything wrong with the files is gathered and
reported together, each with its path, line and a suggestion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from examcoach.errors import LibraryError, Problem, did_you_mean
from examcoach.library.located import located
from examcoach.library.yaml_source import Document, read_yaml
from examcoach.terms import CATEGORIES

KINDS = (
    "trait",
    "need",
    "concept",
    "cue",
    "play",
    "trap",
    "formula",
    "case",
    "modifier",
    "quantity",
    "exam",
    "weights",
)
_LARGEST_FILE = 2_000_000
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Record:
    """One checked pattern: what it is, what its file says, and where."""

    kind: str
    id: str
    data: dict[str, Any]
    path: str
    line: int

    @property
    def about(self) -> str:
        """The sentence that says what the pattern knows."""
        data = self.data
        return str(
            data.get("about") or data.get("because") or data.get("requires") or data.get("name", "")
        )

    def references(self) -> Iterator[str]:
        """The ids of other patterns that this one names."""
        return (name for _, name in named_ids(self))


@dataclass(frozen=True, slots=True)
class Catalog:
    """All patterns by id, in the order of their files, and the digest of what they came from.

    `replaced` are the patterns of earlier folders that later ones override; it is told where the
    files are read, not by a catalog from the cache.
    """

    records: dict[str, Record]
    digest: str
    replaced: tuple[Record, ...] = ()

    def of_kind(self, *kinds: str) -> Iterator[Record]:
        """The records of the given kinds."""
        return (record for record in self.records.values() if record.kind in kinds)


class Index(NamedTuple):
    """What a list of patterns shows: for each pattern, in the same order, a line of each text.

    A few long strings are read sooner than thousands of short ones. Patterns of no topic have an
    empty line in `topics`.
    """

    kinds: str
    topics: str
    shown: str


def index_of(catalog: Catalog) -> Index:
    """The index of a catalog."""
    records = catalog.records.values()
    return Index(
        "".join(f"{record.kind}\n" for record in records),
        "".join(f"{record.data.get('topic') or ''}\n" for record in records),
        "".join(f"{r.kind:<9} {r.id:<36} {' '.join(r.about.split())}\n" for r in records),
    )


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A pattern file as bytes, under the path to show in messages."""

    path: str
    data: bytes
    layer: int


def find_files(folders: Sequence[Path]) -> list[tuple[int, Path]]:
    """The pattern files below `folders`, sorted, each with the number of its folder.

    Raises `LibraryError` if there is no such folder.
    """
    found: list[tuple[int, Path]] = []
    problems: list[Problem] = []
    for layer, folder in enumerate(folders):
        if folder.is_file():
            found.append((layer, folder))
        elif folder.is_dir():
            paths = (p for p in folder.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
            found += [(layer, path) for path in sorted(paths)]
        else:
            problems.append(Problem(str(folder), None, "no such folder of patterns"))
    if problems:
        raise LibraryError(problems)
    return found


def read_folders(folders: Sequence[Path]) -> list[SourceFile]:
    """The pattern files below `folders`, sorted; raises `LibraryError` for what cannot be read."""
    return read_files(find_files(folders))


def read_files(found: Iterable[tuple[int, Path]]) -> list[SourceFile]:
    """The files that `find_files` found; raises `LibraryError` for what cannot be read."""
    files: list[SourceFile] = []
    problems: list[Problem] = []
    for layer, path in found:
        try:
            data = path.read_bytes()
        except OSError as error:
            problems.append(Problem(str(path), None, f"cannot be read: {error.strerror}"))
            continue
        if len(data) > _LARGEST_FILE:
            what = f"larger than {_LARGEST_FILE:,} bytes"
            problems.append(Problem(str(path), None, what, "split it by topic"))
            continue
        files.append(SourceFile(str(path), data, layer))
    if problems:
        raise LibraryError(problems)
    return files


def digest(files: Iterable[SourceFile], *versions: str) -> str:
    """A digest of every byte that a compiled library depends on."""
    state = hashlib.sha256()  # processors have instructions for it: half the time of others
    for part in versions:
        state.update(part.encode() + b"\0")
    for file in files:
        for field in (str(file.layer).encode(), file.path.encode(), file.data):
            state.update(len(field).to_bytes(8, "big") + field)
    return state.hexdigest()[:40]


def build_catalog(
    files: Iterable[SourceFile], digest: str, known: Catalog | None = None
) -> Catalog:
    """Read, check and layer `files`; raises `LibraryError` with all that is wrong."""
    catalog, problems = check_files(files, digest, known)
    if problems:
        raise LibraryError(problems)
    return catalog


def check_files(
    files: Iterable[SourceFile], digest: str, known: Catalog | None = None
) -> tuple[Catalog, list[Problem]]:
    """The catalog of what is sound in `files`, and all that is wrong with the rest.

    `known` is the catalog of the folders below those of `files`, if that was made before.
    """
    problems: list[Problem] = []
    records = dict(known.records) if known else {}
    layers = dict.fromkeys(records, -1)
    replaced: list[Record] = []
    for file in files:
        document, found = _read_file(file)
        problems += document.problems
        for record in found:
            other = records.get(record.id)
            if other is not None and layers[record.id] == file.layer:
                what = f'the id "{record.id}" stands already in {other.path}:{other.line}'
                problems.append(Problem(record.path, record.line, what, "give each its own id"))
                continue
            if other is not None and other.kind != record.kind:
                what = f'"{record.id}" overrides a {other.kind} by a {record.kind}'
                problems.append(Problem(record.path, record.line, what, "choose another id"))
                continue
            if other is not None:
                replaced.append(other)
            records[record.id] = record
            layers[record.id] = file.layer
    problems += _unknown_references(records)
    problems.sort(key=lambda problem: (problem.path, problem.line or 0))
    return Catalog(records, digest, tuple(replaced)), problems


def _read_file(file: SourceFile) -> tuple[Document, list[Record]]:
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data[: error.start].count(b"\n") + 1
        document = Document(file.path)
        document.problems.append(Problem(file.path, line, "not UTF-8 text", "save it as UTF-8"))
        return document, []
    document = read_yaml(text, file.path)
    if document.problems or document.value is None:
        return document, []
    if not isinstance(document.value, list):
        what = "a pattern file is a list of patterns"
        document.problems.append(Problem(file.path, 1, what, 'begin each pattern with "- "'))
        return document, []
    records = [_read_entry(document, i, entry) for i, entry in enumerate(document.value)]
    return document, [record for record in records if record is not None]


def _read_entry(document: Document, index: int, entry: Any) -> Record | None:
    from pydantic import ValidationError

    from examcoach.library import schema

    line = document.line((index,))
    kind = next((k for k in KINDS if isinstance(entry, dict) and k in entry), None)
    if kind is None:
        keys = list(entry) if isinstance(entry, dict) else []
        what = "this is no known kind of pattern"
        hint = did_you_mean(keys[0], KINDS) if keys else ""
        hint = hint or f"its first key is one of {', '.join(KINDS)}"
        document.problems.append(Problem(document.path, line, what, hint))
        return None
    model = schema.KINDS[kind]
    try:
        model.model_validate(entry)
    except ValidationError as error:
        for detail in error.errors():
            document.problems.append(located(document, (index,), kind, model, detail))
        return None
    return Record(kind, entry[kind], entry, document.path, line)


def listed(value: str | list[str]) -> list[str]:
    """A list, of one if only one is written."""
    return value if isinstance(value, list) else [value]


def condition_ids(condition: dict[str, Any]) -> Iterator[str]:
    """Every id that a condition names."""
    for entry in condition.get("all", []):
        yield from listed(entry)
    yield from condition.get("any", [])
    yield from condition.get("none", [])


def named_ids(record: Record) -> Iterator[tuple[str, str]]:
    """The ids that a record names, each with the key it stands under."""
    data = record.data
    for key in ("is", "does", "never", "implies", "suggests", "within", "successors"):
        yield from ((key, name) for name in data.get(key, []))
    for key in ("limits", "given"):
        yield from ((key, name) for name in data.get(key, {}))
    for of in data.get("operands", {}).values():
        yield from (("operands", name) for name in listed(of))
    for key in ("when", "option", "asks"):
        yield from ((key, name) for name in condition_ids(data.get(key, {})))
    if compare := data.get("compare"):
        yield from (("compare", compare[side]["is"]) for side in ("left", "right"))
    if rate := data.get("rate"):
        yield from (("rate", rate[key]) for key in ("of", "over"))


def _unknown_references(records: dict[str, Record]) -> Iterator[Problem]:
    known = {*records, *CATEGORIES, *CONCEPT_KINDS}
    topics = set(_topics(records.values()))
    for record in records.values():
        topic = record.data.get("topic")
        if topics and topic is not None and topic not in topics:
            what = f'{record.kind} {record.id}: no exam has the topic "{topic}"'
            hint = did_you_mean(topic, topics) or f"topics are {', '.join(sorted(topics))}"
            yield Problem(record.path, record.line, what, hint)
        for key, name in named_ids(record):
            if name not in known:
                what = f'{record.kind} {record.id}: "{key}" names the unknown id "{name}"'
                yield Problem(record.path, record.line, what, did_you_mean(name, known))


def _topics(records: Iterable[Record]) -> Iterator[str]:
    """The topics that the exams among `records` map to their tasks."""
    for record in records:
        if record.kind == "exam":
            for domain in record.data["domains"].values():
                for task in domain["tasks"].values():
                    yield from task["topics"]


CONCEPT_KINDS = (
    "service",
    "feature",
    "algorithm",
    "technique",
    "metric",
    "format",
    "tool",
    "resource",
    "data",
    "symptom",
    "mistake",
    "term",
)
