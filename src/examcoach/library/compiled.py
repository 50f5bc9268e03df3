"""The compiled library, cached by content.

A cache entry is named by a digest of every pattern file's bytes and path, of this package's own
compiling code, of Python's version and the tokenizer's; it is read only under that name. So a
stale entry can never be taken: a change of anything asks for another name.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from examcoach.cache import read_entry, write_entry
from examcoach.library.catalog import (
    Catalog,
    Record,
    SourceFile,
    build_catalog,
    digest,
    head_of,
    read_folders,
)

if TYPE_CHECKING:
    from examcoach.library.engine import Engine, Tokenize


def load_catalog(folders: Sequence[Path], cache: Path | None) -> Catalog:
    """The checked patterns of `folders`; raises `LibraryError` if anything in them is wrong."""
    return _catalog(read_folders(folders), cache)


def load_index(folders: Sequence[Path], cache: Path | None) -> Sequence[Sequence[Any]]:
    """What there is to list of the patterns in `folders`, quicker than the catalog itself.

    Each as the fields of `Head`, in their order.
    Raises `LibraryError` if anything in the folders is wrong.
    """
    files = read_folders(folders)
    plain = read_entry(cache, f"index-{_digest(files)}.json")
    if plain is None:
        catalog = _catalog(files, cache)
        return [head_of(record) for record in catalog.records.values()]
    return cast("Sequence[Sequence[Any]]", plain)


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
    plain = read_entry(cache, name)
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError):
            return Engine.from_plain(plain)
    engine = compile_engine(_catalog(files, cache), tokenize())
    write_entry(cache, name, engine.to_plain())
    return engine


def _catalog(files: list[SourceFile], cache: Path | None) -> Catalog:
    key = _digest(files)
    name = f"catalog-{key}.json"
    plain = read_entry(cache, name)
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError):
            return Catalog({r["id"]: Record(**r) for r in plain["records"]}, key)
    catalog = build_catalog(files, key)
    records = catalog.records.values()
    write_entry(cache, name, {"records": [asdict(record) for record in records]})
    write_entry(cache, f"index-{key}.json", [head_of(record) for record in records])
    return catalog


def _digest(files: Sequence[SourceFile], *versions: str) -> str:
    here = Path(__file__).parent
    code = [path.read_text("utf-8") for path in sorted(here.glob("*.py"))]
    return digest(files, sys.version, *versions, *code)
