"""Files and streams -> scenarios.

JSON lines stream in constant memory; other formats are read whole, up to a limit. The format is
recognised by what is in the input; the name is only a hint. Whatever cannot be read becomes a
`Problem` in its place in the order, and the rest of the input is still read.
"""

from __future__ import annotations

import itertools
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from examcoach.errors import Problem
from examcoach.formats.encoded import as_utf8, binary, chunks_of, decoded, lines, utf16_codec
from examcoach.formats.json_text import DECODER, from_value, parsed, read_json, why_broken
from examcoach.formats.records import Read
from examcoach.formats.tables import delimiter_of, read_table
from examcoach.formats.yaml_text import read_yaml
from examcoach.reading import read_questions

LONGEST_LINE = 1 << 20  # bytes; no question comes near
LARGEST_DOCUMENT = 16 << 20  # bytes of a format that is read whole
_SPLIT_HINT = "split it, or convert it to JSON lines, which may be of any length"
_QUOTED_KEY = re.compile(rb"\{\s*\"")
_PRETTY = re.compile(rb"\{\s*(?:\"[^\"\n]*\"\s*:\s*(?:[^}\n]*[,\[{])?\s*)?$")
_JSON_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\"]|\]\s*$|$))")
_YAML_START = re.compile(r"(?m)^(?:-\s+|\s{0,8})(?:stem|prompt):(?:\s|$)")
_YAML_FIRST = re.compile(  # below comments and marks, a key at the start of a line
    r"(?:[ \t]*(?:#[^\n]*|---[^\n]*|%[^\n]*)?\n)*(?:---[ \t]+)?(?:-[ \t]+)?[a-z_]+:(?:\s|$)"
)


def read_path(path: str, stdin: BinaryIO) -> Iterator[Read]:
    """The questions of a file, or of `stdin` for ``-``, as they are read.

    A missing or unreadable file, a folder and the like yield one Problem.
    """
    if path == "-":
        yield from read_stream(stdin, path)
        return
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            yield Problem(path, None, "this is a folder", "give files, such as " + path + "/*.md")
            return
        if stat.S_ISSOCK(mode) or stat.S_ISBLK(mode):
            yield Problem(path, None, "this is not a file with text", "give a file")
            return
        with Path(path).open("rb") as stream:
            yield from read_stream(stream, path)
    except FileNotFoundError:
        yield Problem(path, None, "there is no such file", "check the name, or use - for a pipe")
    except PermissionError:
        yield Problem(path, None, "this file may not be read", "check its permissions")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        yield Problem(path, None, f"cannot be read: {reason or error}", "check the name")


def read_stream(stream: BinaryIO, path: str) -> Iterator[Read]:
    """The questions in a stream of bytes, in any accepted format and encoding, as they are read.

    `path` names the stream in sources and problems. An OSError of the stream itself is raised.
    """
    chunks = chunks_of(stream)
    head = b""
    while len(head) < 4 and (chunk := next(chunks, b"")):
        head += chunk
    codec = utf16_codec(head)
    if codec is None and (what := binary(head)):
        yield Problem(path, None, what, "copy the text out of it, or save it as plain text")
        return
    source = as_utf8(itertools.chain([head], chunks), codec)
    start = b""
    for chunk in source:
        start += chunk
        if b"\n" in start.lstrip() or len(start) > LONGEST_LINE:
            break
    source = itertools.chain([start], source)
    if _is_json_lines(start, path):
        found = _json_lines(source, path)
    else:
        limit = LARGEST_DOCUMENT if start.lstrip().startswith(b"[") else LONGEST_LINE
        found = _document(lines(source, limit), path)
    first = next(found, None)
    if first is None:  # well formed, such as [], but nothing in it
        hint = "give a question: a stem, and its options if any"
        yield Problem(path, None, "there is no question in this", hint)
        return
    yield first
    yield from found


# JSON lines


def _is_json_lines(start: bytes, path: str) -> bool:
    """Whether the first line is a JSON object of its own (or was meant to be one)."""
    if path.lower().endswith((".jsonl", ".ndjson")):
        return True
    first, newline, rest = start.lstrip().partition(b"\n")
    first = first.rstrip()
    if not first.startswith(b"{"):
        return False
    if not newline and len(first) > LONGEST_LINE:
        return True
    if isinstance(parsed(decoded(first)), dict):
        return bool(rest.strip()) or b'"stem"' in first
    meant = first.endswith(b"}") or rest.lstrip().startswith(b"{")
    return meant and _QUOTED_KEY.match(first) is not None and not _PRETTY.match(first)


def _json_lines(chunks: Iterable[bytes], path: str) -> Iterator[Read]:
    found = False
    for number, line in enumerate(lines(chunks, LONGEST_LINE), 1):
        if line is None:
            found = True
            yield _line_too_long(path, number)
            continue
        text = decoded(line).strip()
        if not text:
            continue
        found = True
        try:
            record = DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            hint = "each line must be one question as a JSON object"
            yield Problem(path, number, f"broken JSON: {why_broken(error)}", hint)
            continue
        yield from from_value(record, path, number)
    if not found:
        yield _empty(path)


# Whole documents


def _document(lines: Iterable[bytes | None], path: str) -> Iterator[Read]:
    """A text that must be seen whole to be read."""
    kept: list[bytes] = []
    size = 0
    complete = True
    for number, line in enumerate(lines, 1):
        if line is None:
            complete = False
            yield _line_too_long(path, number)
            kept.append(b"")  # what follows keeps its line numbers
            continue
        size += len(line) + 1
        if size > LARGEST_DOCUMENT:
            what = f"this is larger than {LARGEST_DOCUMENT >> 20} MiB"
            yield Problem(path, number, what, _SPLIT_HINT)
            return
        kept.append(line)
    text = decoded(b"\n".join(kept))
    if text.strip():
        yield from _reader_for(text, path)(text, path)
    elif complete:
        yield _empty(path)


def _reader_for(text: str, path: str) -> Callable[[str, str], Iterator[Read]]:
    name = path.lower()
    if _JSON_START.match(text) or name.endswith(".json"):
        return read_json
    if name.endswith((".yaml", ".yml")) or (_YAML_FIRST.match(text) and _YAML_START.search(text)):
        return read_yaml
    if delimiter_of(text, name) is not None:
        return read_table
    return _read_text


def _read_text(text: str, path: str) -> Iterator[Read]:
    scenarios, problems = read_questions(text, path)
    found: list[Read] = [*scenarios, *problems]
    yield from sorted(found, key=_line_of)


def _line_of(found: Read) -> int:
    if isinstance(found, Problem):
        return found.line or 0
    return found.question.source.line if found.question.source else 0


def _empty(path: str) -> Problem:
    return Problem(path, None, "this is empty", "give a question: a stem, and its options if any")


def _line_too_long(path: str, line: int) -> Problem:
    what = f"this line is longer than {LONGEST_LINE >> 20} MiB"
    return Problem(path, line, what, "give each question its own, shorter line")
