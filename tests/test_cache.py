"""Arrays in a cache folder: what is written is read, and what is no entry counts as missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examcoach.cache import read_arrays, write_arrays

NAME = "cases-1.bin"
ARRAYS = {
    "numbers": np.array([3, -1, 2**31 - 1], np.int32),
    "bytes": np.frombuffer("Kühe".encode(), np.uint8),
    "none": np.zeros(0, np.int32),
}


@given(st.lists(st.lists(st.integers(-(2**31), 2**31 - 1)), max_size=5))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, lists: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    arrays = {f"a{n}": np.array(some, np.int32) for n, some in enumerate(lists)}
    write_arrays(folder, NAME, arrays)
    found = read_arrays(folder, NAME)
    assert found is not None
    assert {key: value.tolist() for key, value in found.items()} == {
        key: value.tolist() for key, value in arrays.items()
    }


def test_kinds_are_kept_and_nothing_can_be_changed(tmp_path: Path) -> None:
    """Whoever has an entry open cannot write into it."""
    write_arrays(tmp_path, NAME, ARRAYS)
    found = read_arrays(tmp_path, NAME)
    assert found is not None
    assert {key: str(value.dtype) for key, value in found.items()} == {
        "numbers": "int32",
        "bytes": "uint8",
        "none": "int32",
    }
    assert found["bytes"].tobytes().decode() == "Kühe"
    with pytest.raises(ValueError, match="read-only"):
        found["numbers"][0] = 1


HEADS = [
    [],
    [[], 8192],
    [{"x": 1}, 8192],
    [{"x": ["object", 1, 4096]}, 8192],  # a kind that could run code
    [{"x": ["int32", 9999, 4096]}, 8192],  # more than there is
    [{"x": ["int32", 1, -8]}, 8192],
    [{"x": ["int32", "1", 4096]}, 8192],
    [{"x": ["int32", 1, 4096]}, 8191],
]


@pytest.mark.parametrize("head", HEADS, ids=str)
def test_a_head_that_is_none_counts_as_missing(tmp_path: Path, head: object) -> None:
    (tmp_path / NAME).write_bytes(json.dumps(head).encode().ljust(4095) + b"\n" + bytes(4096))
    assert read_arrays(tmp_path, NAME) is None


def test_what_is_cut_short_counts_as_missing(tmp_path: Path) -> None:
    """At whichever byte; so does an empty file, or none."""
    assert read_arrays(tmp_path, NAME) is None
    write_arrays(tmp_path, NAME, ARRAYS)
    whole = (tmp_path / NAME).read_bytes()
    for length in (0, 1, 100, 4095, 4096, 4100, len(whole) - 1):
        (tmp_path / NAME).write_bytes(whole[:length])
        assert read_arrays(tmp_path, NAME) is None
