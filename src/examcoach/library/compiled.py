"""The compiled library, cached by content.

A cache entry is named by a digest of every pattern file's bytes and path, of this package's own
compiling code, of Python's version and the tokenizer's; it is read only under that name. So a
stale entry can never be taken: a change of anything asks for another name. The digest itself is
remembered for files whose size, times and inode are as they were.

The first folder, which holds most of what is known, is kept for itself: whoever lays a folder of
their own over it waits for their own patterns alone.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from examcoach.cache import read_entry, write_entry
from examcoach.library.catalog import (
    Catalog,
    Index,
    Record,
    build_catalog,
    digest,
    find_files,
    index_of,
    read_files,
    read_folders,
)

if TYPE_CHECKING:
    from examcoach.library.engine import Engine, Tokenize


def load_catalog(folders: Sequence[Path], cache: Path | None) -> Catalog:
    """The checked patterns of `folders`; raises `LibraryError` if anything in them is wrong."""
    return _catalog(folders, cache)


def load_index(folders: Sequence[Path], cache: Path | None) -> Index:
    """What there is to list of the patterns in `folders`, quicker than the catalog itself.

    Raises `LibraryError` if anything in the folders is wrong.
    """
    plain = read_entry(cache, f"index-{library_version(folders, cache)}.json")
    return index_of(_catalog(folders, cache)) if plain is None else Index(*plain)


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

    key = library_version(folders, cache)
    plain = read_entry(cache, f"engine-{digest((), key, tokenizer)}.json")
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError):
            return Engine.from_plain(plain)
    catalog = _catalog(folders, cache)
    engine = compile_engine(catalog, tokenize())
    write_entry(cache, f"engine-{digest((), catalog.digest, tokenizer)}.json", engine.to_plain())
    return engine


def contents(folders: Sequence[Path], cache: Path | None) -> str:
    """A digest of the path and every byte of every file in `folders`.

    Files are not read again that are known by their size, times and inode. An entry that is hardly
    younger than one of the files is not believed, because a file can change twice within a tick of
    its clock. Raises `LibraryError` for what cannot be read.
    """
    found = find_files(folders)
    if cache is None:
        return digest(read_files(found))
    try:
        stats = [path.stat() for _, path in found]
    except OSError:  # gone meanwhile: reading will tell
        return digest(read_files(found))
    looks = [
        (layer, str(path), s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino, s.st_dev)
        for (layer, path), s in zip(found, stats, strict=True)
    ]
    name = f"seen-{digest((), repr(looks))}.json"
    youngest = max((max(s.st_mtime, s.st_ctime) for s in stats), default=0.0)
    with contextlib.suppress(OSError):
        if (cache / name).stat().st_mtime > youngest + _TICK:
            known = read_entry(cache, name)
            if isinstance(known, str):
                return known
    read = digest(read_files(found))
    write_entry(cache, name, read)
    return read


_TICK = 2.0
"""Seconds; the coarsest clock of a file system in use, that of FAT."""


def library_version(folders: Sequence[Path], cache: Path | None) -> str:
    """A name of all that a catalog of `folders` depends on."""
    first, own = folders[:1], folders[1:]
    if not own:
        return _key(contents(first, cache))
    return _key(contents(own, cache), library_version(first, cache))


def _catalog(folders: Sequence[Path], cache: Path | None) -> Catalog:
    key = library_version(folders, cache)
    plain = read_entry(cache, f"catalog-{key}.json")
    if plain is not None:
        with contextlib.suppress(KeyError, TypeError):
            return Catalog({r["id"]: Record(**r) for r in plain["records"]}, key)
    first, own = folders[:1], folders[1:]
    known = _catalog(first, cache) if own else None
    files = read_folders(own or first)
    # the name is of what was read, should it have changed meanwhile
    key = _key(digest(files), *([known.digest] if known else []))
    catalog = build_catalog(files, key, known)
    records = catalog.records.values()
    write_entry(cache, f"catalog-{key}.json", {"records": [asdict(record) for record in records]})
    write_entry(cache, f"index-{key}.json", index_of(catalog))
    return catalog


def _key(*contents: str) -> str:
    here = Path(__file__).parent
    code = [path.read_text("utf-8") for path in sorted(here.glob("*.py"))]
    return digest((), sys.version, *contents, *code)
