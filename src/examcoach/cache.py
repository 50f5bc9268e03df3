"""Entries of a cache folder: JSON, or plain arrays, under a name that says all they depend on.

Whoever asks puts a digest of everything an entry was made from into its name, so a stale entry is
never read. Neither kind of entry can run code, because others may write to a cache folder; a
damaged one counts as missing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_KEPT = 8


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
    """The arrays of an entry by their names, or None where there is none that can be read."""
    if cache is None:
        return None
    from zipfile import BadZipFile

    import numpy as np

    try:
        with np.load(cache / name, allow_pickle=False) as entry:
            return {key: entry[key] for key in entry.files}
    except (OSError, ValueError, EOFError, BadZipFile, KeyError):
        return None


def write_arrays(cache: Path | None, name: str, arrays: dict[str, Any]) -> None:
    """Write arrays as an entry, like `write_entry`."""
    if cache is None:
        return
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    _write(cache, name, buffer.getvalue())


def _write(cache: Path, name: str, data: bytes) -> None:
    import tempfile  # a warm start writes nothing

    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(cache / name)
        _forget_old(cache, name.partition("-")[0])
    except OSError:
        return


def _forget_old(cache: Path, kind: str) -> None:
    """Keep the newest few entries of a kind; another process may be doing the same."""
    entries = sorted(cache.glob(f"{kind}-*"), key=lambda path: -path.stat().st_mtime)
    for path in entries[_KEPT:]:
        path.unlink(missing_ok=True)
