"""Sets of small numbers as bit masks in Python integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def mask_of(bits: Iterable[int]) -> int:
    """The bit mask with these bits set."""
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return mask


def bits_of(mask: int) -> Iterator[int]:
    """The bits set in `mask`, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
