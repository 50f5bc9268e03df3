"""The compiled library, cached by content.

A cache entry is named by a digest of every pattern file's bytes and path, of this package's own
compiling code, of Python's version and the tokenizer's; it is read only under that name. So a
stale entry can never be taken: a change of anything asks for another name. Entries are JSON, and a
damaged one is compiled anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examcoach.library.catalog import (
    Catalog,
    Head,
    Record,
    SourceFile,
    build_catalog,
    digest,
    head_of,
    read_folders,
)

if TYPE_CHECKING:
    from examcoach.library.engine import Engine, Tokenize

_KEPT = 8


def load_catalog(folders: Sequence[Path], cache: Path | None) -> Catalog:
    """The checked patterns of `folders`; raises `LibraryError` if anything in them is wrong."""
    return _catalog(read_folders(folders), cache)


def load_index(folders: Sequence[Path], cache: Path | None) -> list[Head]:
    """What there is to list of the patterns in `folders`, quicker than the catalog itself.

    Raises `LibraryError` if anything in them is wrong.
    """
    files = read_folders(folders)
    plain = _read(cache, f"index-{_digest(files)}.json")
    if plain is None:
        catalog = _catalog(files, cache)
        return [head_of(record) for record in catalog.records.values()]
    return [Head._make(fields) for fields in plain]


def load_engine(
    folders: Sequence[Path],
    cache: Path | None,
    tokenize: Callable[[], Tokenize],
    tokenizer: str = "",
) -> Engine:
    """The tables for `folders`.

    `tokenize` is called only if they must be compiled; `tokenizer` names it with its versions.
    Raises `LibraryError` if anything in the folders is wrong.
    """
    from examcoach.library.engine import Engine, compile_engine

    files = read_folders(folders)
    name = f"engine-{_digest(files, tokenizer)}.json"
    plain = _read(cache, name)
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError):
            return Engine.from_plain(plain)
    engine = compile_engine(_catalog(files, cache), tokenize())
    _write(cache, name, engine.to_plain())
    return engine


def _catalog(files: list[SourceFile], cache: Path | None) -> Catalog:
    key = _digest(files)
    name = f"catalog-{key}.json"
    plain = _read(cache, name)
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError):
            return Catalog({r["id"]: Record(**r) for r in plain["records"]}, key)
    catalog = build_catalog(files, key)
    records = catalog.records.values()
    _write(cache, name, {"records": [asdict(record) for record in records]})
    _write(cache, f"index-{key}.json", [head_of(record) for record in records])
    return catalog


def _digest(files: Sequence[SourceFile], *versions: str) -> str:
    here = Path(__file__).parent
    code = [path.read_text("utf-8") for path in sorted(here.glob("*.py"))]
    return digest(files, sys.version, *versions, *code)


def _read(cache: Path | None, name: str) -> Any:
    if cache is None:
        return None
    try:
        return json.loads((cache / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _write(cache: Path | None, name: str, plain: Any) -> None:
    """Write an entry whole or not at all; a cache that cannot be written is done without."""
    if cache is None:
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(plain, file, separators=(",", ":"))
        Path(temporary).replace(cache / name)
        _forget_old(cache, name.partition("-")[0])
    except OSError:
        return


def _forget_old(cache: Path, kind: str) -> None:
    """Keep the newest few entries of a kind; another process may be doing the same."""
    entries = sorted(cache.glob(f"{kind}-*.json"), key=lambda path: -path.stat().st_mtime)
    for path in entries[_KEPT:]:
        path.unlink(missing_ok=True)
