"""Bytes of any encoding -> UTF-8, in chunks and in lines, refusing what is no text."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

_CHUNK = 1 << 16


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    """What is there, as it comes: waiting for more would hold back results from a pipe."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    while chunk := read(_CHUNK):
        yield chunk


def utf16_codec(head: bytes) -> str | None:
    """The codec of UTF-16 or UTF-32, by its mark or by where the zero bytes are; else None."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:1024]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 2 and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if half >= 2 and even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


_MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip or Office document",
    b"\x1f\x8b": "compressed",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database",
}
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x08\x07")


def binary(head: bytes) -> str | None:
    """What to say of bytes that are no text; None for text."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return f"this is binary data ({name}), not text"
    sample = head[:4096]
    odd = sum(1 for b in sample if b < 32 and b not in _TEXT_CONTROLS)
    if b"\0" in sample or odd * 10 > len(sample):
        return "this is binary data, not text"
    return None


def as_utf8(chunks: Iterable[bytes], codec: str | None) -> Iterator[bytes]:
    """The same text without a byte order mark; UTF-16 and UTF-32 as UTF-8."""
    if codec is None:
        chunks = iter(chunks)
        yield next(chunks, b"").removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def decoded(data: bytes) -> str:
    """UTF-8 where it is, else what old Windows and Unix programs write; never fails."""
    for codec in ("utf-8", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")


def lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes | None]:
    """Lines without their ends; None for a line over the limit, which is not kept in memory."""
    kept = b""
    too_long = False
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield None if too_long or len(kept) + len(line) > limit else kept + line
            kept, too_long = b"", False
        too_long = too_long or len(kept) + len(rest) > limit
        kept = b"" if too_long else kept + rest
    if too_long:
        yield None
    elif kept:
        yield kept
