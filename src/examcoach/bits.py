"""Sets of small numbers as bit masks in Python integers."""

from __future__ import annotations

from collections.abc import Collection, Iterator


def mask_of(bits: Collection[int]) -> int:
    """The bit mask with these bits set."""
    if len(bits) < 8:
        mask = 0
        for bit in bits:
            mask |= 1 << bit
        return mask
    octets = bytearray((max(bits) >> 3) + 1)  # one long integer made once, not once for each bit
    for bit in bits:
        octets[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(octets, "little")


def bits_of(mask: int) -> Iterator[int]:
    """The bits set in `mask`, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
