"""Which files a bank is made of, and what they hold as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from examcoach.errors import Problem

REQUIREMENTS = "bank.yaml"
FOLDERS = ("practice", "siblings", "recall", "design", "baseline")
_LARGEST_FILE = 1 << 20
_HINT = "scenarios live in practice/DOMAIN, siblings, recall, design and baseline"


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file's bytes; `kind` is one of `FOLDERS`, `domain` that of a practice question."""

    path: str
    kind: str
    domain: str
    name: str
    data: bytes
    layer: int


def read_files(places: Sequence[Path]) -> tuple[list[BankFile], list[Problem]]:
    """The scenario files below `places` (folders or files), in the order of kind and name."""
    files: list[BankFile] = []
    problems: list[Problem] = []
    for layer, place in enumerate(places):
        if place.is_file():
            paths = [place]
        elif place.is_dir():
            paths = sorted(p for p in place.rglob("*.y*ml") if p.suffix in (".yaml", ".yml"))
        else:
            problems.append(Problem(str(place), None, "there is no such file or folder"))
            continue
        for path in paths:
            if path.name == REQUIREMENTS and path.parent == place:
                continue
            found = _read(path, layer)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                files.append(found)
    return sorted(files, key=_order), problems


def _read(path: Path, layer: int) -> BankFile | Problem:
    above, higher = path.absolute().parts[-2:-4:-1]
    if higher == FOLDERS[0]:
        kind, domain = higher, above
    elif above in FOLDERS[1:]:
        kind, domain = above, ""
    else:
        return Problem(str(path), None, "this is in no folder of the bank", _HINT)
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        return Problem(str(path), None, f"cannot be read: {error.strerror}", "check the file")
    if len(data) > _LARGEST_FILE:
        return Problem(str(path), None, f"larger than {_LARGEST_FILE:,} bytes", "split it")
    return BankFile(str(path), kind, domain, path.stem, data, layer)


def _order(file: BankFile) -> tuple[int, int, str, str]:
    return file.layer, FOLDERS.index(file.kind), file.domain, file.name


def digest_of(files: Iterable[BankFile], *versions: str) -> str:
    """A digest of all that the files say, wherever they lie."""
    state = hashlib.blake2b(digest_size=20)
    for part in versions:
        state.update(part.encode() + b"\0")
    for file in files:
        for field in (file.kind, file.domain, file.name):
            state.update(field.encode("utf-8", "surrogateescape") + b"\0")
        state.update(len(file.data).to_bytes(8, "big") + file.data)
    return state.hexdigest()
