"""Entries of a cache folder: JSON, or plain arrays, under a name that says all they depend on.

Whoever asks puts a digest of everything an entry was made from into its name, so a stale entry is
never read. Neither kind of entry can run code, because others may write to a cache folder; one that
is cut short, or is no entry, counts as missing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_KEPT = 8
_HEAD, _ALIGNED = 4096, 64
_KINDS = {"uint8": "u1", "int32": "<i4"}
"""The kinds of numbers that an entry may hold."""


def read_entry(cache: Path | None, name: str) -> Any:
    """The entry, or None where there is none that can be read."""
    if cache is None:
        return None
    try:
        return json.loads((cache / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def write_entry(cache: Path | None, name: str, plain: Any) -> None:
    """Write an entry whole or not at all; a cache that cannot be written is done without.

    The part of `name` before its first hyphen is its kind; of each kind the newest few are kept.
    """
    if cache is None:
        return
    _write(cache, name, json.dumps(plain, separators=(",", ":")).encode())


def read_arrays(cache: Path | None, name: str) -> dict[str, Any] | None:
    """The arrays of an entry by their names, or None where there is none that can be read.

    They lie in the file until they are looked at: most of what cases say is never told.
    """
    if cache is None:
        return None
    import mmap

    import numpy as np

    try:
        with (cache / name).open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = data.find(b"\n") + 1
        parts, size = json.loads(data[:start])
        if size != len(data) or not isinstance(parts, dict):
            return None
        arrays = {}
        for key, (kind, count, offset) in parts.items():
            arrays[key] = np.frombuffer(data, _KINDS[kind], count, offset)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return arrays


def write_arrays(cache: Path | None, name: str, arrays: dict[str, Any]) -> None:
    """Write arrays of one dimension as an entry, like `write_entry`.

    A line of JSON tells the kind, count and offset of each, and the size of the file. Raises
    `ValueError` if there are too many arrays for it.
    """
    if cache is None:
        return
    offset = _HEAD
    parts = {}
    for key, array in arrays.items():
        parts[key] = (str(array.dtype), len(array), offset)
        offset += -(-array.nbytes // _ALIGNED) * _ALIGNED
    head = json.dumps([parts, offset]).encode()
    if len(head) >= _HEAD:
        raise ValueError(f"too many arrays for one entry: {len(arrays)}")
    pieces = [head.ljust(_HEAD - 1) + b"\n"]
    for array in arrays.values():
        pieces += [array.tobytes(), bytes(-array.nbytes % _ALIGNED)]
    _write(cache, name, b"".join(pieces))


def _write(cache: Path, name: str, data: bytes) -> None:
    import tempfile  # a warm start writes nothing

    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # a part of it must not look like the whole after a power cut
        Path(temporary).replace(cache / name)
        _forget_old(cache, name.partition("-")[0])
    except OSError:
        return


def _forget_old(cache: Path, kind: str) -> None:
    """Keep the newest few entries of a kind; another process may be doing the same."""
    entries = sorted(cache.glob(f"{kind}-*"), key=lambda path: -path.stat().st_mtime)
    for path in entries[_KEPT:]:
        path.unlink(missing_ok=True)
