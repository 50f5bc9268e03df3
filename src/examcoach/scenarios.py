"""Every accepted file format <-> Scenario.

JSON lines stream in constant memory; other formats are read whole, up to a limit. The format is
recognised by what is in the input; the name is only a hint. Whatever cannot be read becomes a
`Problem` in its place in the order, and the rest of the input is still read.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, TypeAlias, cast

from examcoach.errors import Problem
from examcoach.model import Gold, GoldConstraint, GoldTrap, Option, Question, Scenario, Source
from examcoach.reading import choose_of, labels_in, read_questions
from examcoach.terms import CATEGORIES, DEFAULT_EXAM, TRAP_TYPES, Category, TrapType

if TYPE_CHECKING:
    import yaml

Read: TypeAlias = Scenario | Problem

LONGEST_LINE = 1 << 20  # bytes; no question comes near
LARGEST_DOCUMENT = 16 << 20  # bytes of a format that is read whole
MOST_OPTIONS = 8
_CHUNK = 1 << 16
_SPLIT_HINT = "split it, or convert it to JSON lines, which may be of any length"


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
    chunks = _chunks_of(stream)
    head = b""
    while len(head) < 4 and (chunk := next(chunks, b"")):
        head += chunk
    codec = _utf16_codec(head)
    if codec is None and (what := _binary(head)):
        yield Problem(path, None, what, "copy the text out of it, or save it as plain text")
        return
    source = _as_utf8(itertools.chain([head], chunks), codec)
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
        found = _document(_lines(source, limit), path)
    first = next(found, None)
    if first is None:  # well formed, such as [], but nothing in it
        hint = "give a question: a stem, and its options if any"
        yield Problem(path, None, "there is no question in this", hint)
        return
    yield first
    yield from found


# --- bytes -----------------------------------------------------------------------------------


def _chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    """What is there, as it comes: waiting for more would hold back results from a pipe."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    while chunk := read(_CHUNK):
        yield chunk


def _utf16_codec(head: bytes) -> str | None:
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


def _binary(head: bytes) -> str | None:
    """What to say of bytes that are no text; None for text."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return f"this is binary data ({name}), not text"
    sample = head[:4096]
    odd = sum(1 for b in sample if b < 32 and b not in _TEXT_CONTROLS)
    if b"\0" in sample or odd * 10 > len(sample):
        return "this is binary data, not text"
    return None


def _as_utf8(chunks: Iterable[bytes], codec: str | None) -> Iterator[bytes]:
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


def _decoded(data: bytes) -> str:
    """UTF-8 where it is, else what old Windows and Unix programs write; never fails."""
    for codec in ("utf-8", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")


def _lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes | None]:
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


def _empty(path: str) -> Problem:
    return Problem(path, None, "this is empty", "give a question: a stem, and its options if any")


def _line_too_long(path: str, line: int) -> Problem:
    what = f"this line is longer than {LONGEST_LINE >> 20} MiB"
    return Problem(path, line, what, "give each question its own, shorter line")


# --- JSON lines ------------------------------------------------------------------------------


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_QUOTED_KEY = re.compile(rb"\{\s*\"")
_PRETTY = re.compile(rb"\{\s*(?:\"[^\"\n]*\"\s*:\s*(?:[^}\n]*[,\[{])?\s*)?$")


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
    if isinstance(_json(_decoded(first)), dict):
        return bool(rest.strip()) or b'"stem"' in first
    meant = first.endswith(b"}") or rest.lstrip().startswith(b"{")
    return meant and _QUOTED_KEY.match(first) is not None and not _PRETTY.match(first)


def _json(text: str) -> Any:
    """The value, or None if it is not JSON."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _json_lines(chunks: Iterable[bytes], path: str) -> Iterator[Read]:
    found = False
    for number, line in enumerate(_lines(chunks, LONGEST_LINE), 1):
        if line is None:
            found = True
            yield _line_too_long(path, number)
            continue
        text = _decoded(line).strip()
        if not text:
            continue
        found = True
        try:
            record = _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            hint = "each line must be one question as a JSON object"
            yield Problem(path, number, f"broken JSON: {_json_reason(error)}", hint)
            continue
        yield from _from_value(record, path, number)
    if not found:
        yield _empty(path)


def _json_reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (column {error.colno})"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error)[:200]


# --- whole documents -------------------------------------------------------------------------

_JSON_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\"]|\]\s*$|$))")
_YAML_START = re.compile(r"(?m)^(?:-\s+|\s{0,8})(?:stem|prompt):(?:\s|$)")
_YAML_FIRST = re.compile(  # below comments and marks, a key at the start of a line
    r"(?:[ \t]*(?:#[^\n]*|---[^\n]*|%[^\n]*)?\n)*(?:---[ \t]+)?(?:-[ \t]+)?[a-z_]+:(?:\s|$)"
)
_COLUMN = re.compile(r"(?:answer_)?(?:option|choice|answer)_?([a-h1-8])|([a-h])")
_NUMBERS = re.compile(r"[1-8](?:\s*[,;]\s*[1-8])*")
_STEM_COLUMNS = ("stem", "question", "question_text", "prompt")
_ANSWER_COLUMNS = (
    "answer",
    "correct",
    "correct_answer",
    "correct_answers",
    "key",
    "solution",
    "correct_option",
    "correct_response",
    "answers",
)
_EXPLANATION_COLUMNS = ("explanation", "overall_explanation", "rationale")


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
    text = _decoded(b"\n".join(kept))
    if text.strip():
        yield from _reader_for(text, path)(text, path)
    elif complete:
        yield _empty(path)


def _reader_for(text: str, path: str) -> Callable[[str, str], Iterator[Read]]:
    name = path.lower()
    if _JSON_START.match(text) or name.endswith(".json"):
        return _read_json
    if name.endswith((".yaml", ".yml")) or (_YAML_FIRST.match(text) and _YAML_START.search(text)):
        return _read_yaml
    if _csv_delimiter(text, name) is not None:
        return _read_csv
    return _read_text


def _read_text(text: str, path: str) -> Iterator[Read]:
    scenarios, problems = read_questions(text, path)
    found: list[Read] = [*scenarios, *problems]
    yield from sorted(found, key=_line_of)


def _line_of(found: Read) -> int:
    if isinstance(found, Problem):
        return found.line or 0
    return found.question.source.line if found.question.source else 0


# --- JSON ------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"[\s,]*")


def _read_json(text: str, path: str) -> Iterator[Read]:
    """An array element by element, or objects one after the other; broken JSON ends it."""
    place = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # it matches everywhere
    in_array = text.startswith("[", place)
    if in_array:
        place = _BETWEEN.match(text, place + 1).end()  # type: ignore[union-attr]
    line, counted = 1, 0
    while place < len(text):
        line, counted = line + text.count("\n", counted, place), place
        if in_array and text[place] == "]":
            if text[place + 1 :].strip():
                yield Problem(
                    path,
                    line,
                    "there is more after the end of the JSON array",
                    "put all questions into the array",
                )
            return
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            at = error.lineno if isinstance(error, json.JSONDecodeError) else line
            yield Problem(
                path,
                at,
                f"broken JSON: {_json_reason(error)}",
                "mend it there; what follows was not read",
            )
            return
        yield from _from_value(value, path, line)
        place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]
    if in_array:
        yield Problem(path, line, "broken JSON: the array is not closed", "add the missing ]")


def _from_value(value: Any, path: str, line: int) -> Iterator[Read]:
    """A question, or an object that holds a list of them under ``questions``."""
    if isinstance(value, dict) and "stem" not in value:
        for key in ("questions", "scenarios", "items"):
            inner = value.get(key)
            if isinstance(inner, list):
                for record in inner:
                    if isinstance(record, dict) and "exam" in value:
                        record = {"exam": value["exam"], **record}
                    yield from from_record(record, path, line)
                return
    yield from from_record(value, path, line)


# --- YAML ------------------------------------------------------------------------------------

_DEEPEST_YAML = 50


def _read_yaml(text: str, path: str) -> Iterator[Read]:
    """YAML of plain values: one question, a list of them, or several documents."""
    import yaml  # only those who use YAML pay for it

    text = text.translate(_YAML_UNREADABLE)
    refused = _refused_yaml(text, path, yaml)
    if refused:
        yield refused
        return
    loader = _yaml_loader()(text)
    try:
        found = False
        while loader.check_node():
            node = loader.get_node()
            items = node.value if isinstance(node, yaml.SequenceNode) else [node]
            for item in items:
                value = loader.construct_document(item)
                if value is not None:
                    found = True
                    yield from _from_value(value, path, item.start_mark.line + 1)
        if not found:
            yield Problem(path, None, "there is no question in this YAML", "give it a stem")
    except yaml.YAMLError as error:
        yield _yaml_problem(error, path)
    except (ValueError, RecursionError) as error:
        yield Problem(path, None, f"broken YAML: {error}", "write plain text and lists only")
    finally:
        loader.dispose()


_YAML_UNREADABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127], " ") | dict.fromkeys(
    range(0xD800, 0xE000), "\ufffd"
)


def _refused_yaml(text: str, path: str, yaml: Any) -> Problem | None:
    """A Problem for YAML that could blow up or build objects: found before anything is built."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_yaml_base(yaml)):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return Problem(
                    path,
                    line,
                    "YAML anchors and aliases are not accepted",
                    "write the text out where it is used",
                )
            if getattr(event, "tag", None):
                return Problem(
                    path,
                    line,
                    f"the YAML tag {event.tag} is not accepted",
                    "write plain text, lists and mappings",
                )
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST_YAML:
                return Problem(path, line, "this YAML is nested too deeply", "flatten it")
    except yaml.YAMLError:
        return None  # reported in its place, after the documents before it
    except RecursionError:
        return Problem(path, None, "this YAML is nested too deeply", "flatten it")
    return None


def _yaml_base(yaml: Any) -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _yaml_loader() -> Callable[[str], Any]:
    """A loader for which 0.10, yes and 2026-01-31 are text, as an author of options means them."""
    import yaml

    class PlainLoader(_yaml_base(yaml)):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    PlainLoader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")
    )
    PlainLoader.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,17})$"), list("-0123456789")
    )
    PlainLoader.add_implicit_resolver(
        "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""]
    )
    return cast("Callable[[str], Any]", PlainLoader)


def _yaml_problem(error: yaml.YAMLError, path: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    hint = "mend it there; quote text that holds ': ' or begins with a mark"
    return Problem(path, mark.line + 1 if mark else None, f"broken YAML: {reason}", hint)


# --- CSV -------------------------------------------------------------------------------------


def _column_names(header: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [re.sub(r"[\W_]+", "_", cell.strip().lower()).strip("_") for cell in row]


def _csv_delimiter(text: str, name: str) -> str | None:
    """The delimiter of a table whose header names a stem and something else; None for no table."""
    header = text.lstrip().partition("\n")[0]
    known = {*_ANSWER_COLUMNS, *_EXPLANATION_COLUMNS, "options", "choices", "choose", "id", "exam"}
    for delimiter in ",\t;|":
        names = _column_names(header, delimiter)
        if not any(n in _STEM_COLUMNS for n in names):
            continue
        if any(n in known or _COLUMN.fullmatch(n) for n in names):
            return delimiter
        if name.endswith((".csv", ".tsv")):
            return delimiter
    return None


def _read_csv(text: str, path: str) -> Iterator[Read]:
    text = text.replace("\0", " ")
    blank_above = text[: len(text) - len(text.lstrip())].count("\n")
    text = text.lstrip()
    delimiter = _csv_delimiter(text, path) or ","
    names = _column_names(text.partition("\n")[0], delimiter)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(rows)
        line = rows.line_num + 1
        found = False
        for row in rows:
            if any(cell.strip() for cell in row):
                found = True
                yield from _from_row(dict(zip(names, row, strict=False)), path, line + blank_above)
            line = rows.line_num + 1
        if not found:
            yield Problem(path, None, "this table has a header and no questions", "add rows")
    except csv.Error as error:
        yield Problem(
            path,
            rows.line_num + blank_above,
            f"broken CSV: {error}",
            "quote cells that hold line ends or quotes",
        )


def _from_row(row: Mapping[str, str], path: str, line: int) -> Iterator[Read]:
    """One row of a table; a stem cell that holds the options too is read as pasted text."""
    record: dict[str, Any] = {}
    options: dict[str, str] = {}
    for name, cell in row.items():
        column = _COLUMN.fullmatch(name)
        if not cell.strip() or not name:
            continue
        if name in _STEM_COLUMNS:
            record.setdefault("stem", cell)
        elif name in _ANSWER_COLUMNS:
            record.setdefault("answer", cell)
        elif name in _EXPLANATION_COLUMNS:
            record.setdefault("explanation", cell)
        elif name in ("options", "choices"):
            record["options"] = _cell_options(cell)
        elif column:
            key = (column[1] or column[2]).upper()
            options[chr(64 + int(key)) if key.isdigit() else key] = cell
        else:
            record[name] = cell
    if options:
        record["options"] = dict(sorted(options.items()))
    answer = record.get("answer")
    numbered = isinstance(answer, str) and _NUMBERS.fullmatch(answer.strip())
    if numbered and answer not in options.values():
        record["answer"] = [chr(64 + int(n)) for n in re.findall(r"\d", str(answer))]
    pasted = read_questions(record["stem"], path, line)[0] if "stem" in record else []
    if not record.get("options") and len(pasted) == 1 and pasted[0].question.options:
        question = pasted[0].question
        record |= {"stem": question.stem, "options": {o.label: o.text for o in question.options}}
        if "answer" not in record and pasted[0].gold.answer:
            record["answer"] = list(pasted[0].gold.answer)
    yield from from_record(record, path, line)


def _cell_options(cell: str) -> Any:
    """Options in one cell: JSON, labelled text, or texts apart by bars or line ends."""
    if cell.lstrip()[:1] in ("[", "{"):
        value = _json(cell)
        if isinstance(value, list | dict):
            return value
    read = read_questions("Which?\n" + cell)[0]
    if len(read) == 1 and read[0].question.options:
        return {o.label: o.text for o in read[0].question.options}
    return [part.strip() for part in re.split(r"[|\n]", cell) if part.strip()]


# --- records ---------------------------------------------------------------------------------

# One for one, so that offsets into the text stay what they were.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_KNOWN = frozenset(
    (
        "id",
        "exam",
        "stem",
        "options",
        "choose",
        "answer",
        "explanation",
        "domain",
        "constraints",
        "decides",
        "traps",
    )
)


def _safe(text: str) -> str:
    """The text with terminal controls as blanks and lone surrogates as U+FFFD, same length."""
    return _UNSAFE.sub(lambda m: "\ufffd" if m.group() >= "\ud800" else " ", text)


def from_record(record: Any, path: str, line: int) -> Iterator[Read]:
    """The scenario a JSON-like record describes, then a Problem for each part that is wrong.

    A wrong stem, options or choose yields only a Problem: the question itself is in doubt. Wrong
    gold is dropped and said; the question is still yielded. Text is taken as it is, but for
    control characters, so that offsets stay exact.
    """
    try:
        scenario, problems = _scenario(record, path, line)
    except _WrongError as wrong:
        yield Problem(path, line, wrong.what, wrong.hint)
        return
    yield scenario
    yield from problems


class _WrongError(Exception):
    """A part of a record that is not what it must be."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def _scenario(record: Any, path: str, line: int) -> tuple[Scenario, list[Problem]]:
    if not isinstance(record, dict):
        raise _WrongError(
            f"expected a question as an object, found {_kind(record)}",
            'write {"stem": "...", "options": {"A": "..."}}',
        )
    stem = record.get("stem")
    if not isinstance(stem, str) or not stem.strip():
        missing = stem is None or isinstance(stem, str)
        what = "has no stem" if missing else f"needs text as its stem, not {_kind(stem)}"
        raise _WrongError(
            f"this question {what}", 'give it the key "stem" with the text of the question'
        )
    stem = _safe(stem)
    if not stem.strip():
        raise _WrongError("the stem of this question is blank", "write the question there")
    options, renamed = _options(record.get("options"))
    problems: list[Problem] = []
    gold = _gold(
        record,
        stem,
        options,
        renamed,
        lambda what, hint: problems.append(Problem(path, line, what, hint)),
    )
    question = Question(
        stem,
        options,
        _choose(record.get("choose"), stem, options),
        _text(record.get("id"), "id"),
        _text(record.get("exam"), "exam") or DEFAULT_EXAM,
        Source(path, line),
    )
    extra = {key: value for key, value in record.items() if key not in _KNOWN}
    return Scenario(question, gold, extra), problems


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {str: "text", bool: "true or false", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _text(value: Any, key: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _WrongError(f"{key} must be text, not {_kind(value)}", f"put the {key} in quotes")


def _option_text(value: Any, label: str) -> str:
    if isinstance(value, dict) and "text" in value:
        value = value["text"]
    if isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str) or not _safe(value).strip():
        raise _WrongError(f"option {label} has no text", "write what the option says")
    return _safe(value)


def _options(value: Any) -> tuple[tuple[Option, ...], dict[str, str]]:
    """The options labelled by upper-case letters, and the new name of each label given."""
    if value is None:
        return (), {}
    if isinstance(value, list):
        given = [chr(65 + i) for i in range(len(value))] if len(value) <= 26 else [""] * len(value)
        texts = list(value)
    elif isinstance(value, dict):
        given, texts = [str(key).strip() for key in value], list(value.values())
    else:
        raise _WrongError(
            f"options must be a list or an object, not {_kind(value)}",
            'write {"A": "...", "B": "..."} or ["...", "..."]',
        )
    if len(given) > MOST_OPTIONS:
        raise _WrongError(
            f"this question has {len(given)} options, more than {MOST_OPTIONS}",
            "give the options of one question only",
        )
    upper = [key.upper() for key in given]
    letters = all(re.fullmatch(r"[A-Z]", key) for key in upper) and len(set(upper)) == len(upper)
    labels = upper if letters else [chr(65 + i) for i in range(len(given))]
    options = tuple(
        Option(label, _option_text(text, label)) for label, text in zip(labels, texts, strict=True)
    )
    return options, dict(zip(given, labels, strict=True))


def _choose(value: Any, stem: str, options: Sequence[Option]) -> int:
    """As given; else as the stem says; else one. The key has no say: gold never influences."""
    most = len(options) or MOST_OPTIONS
    if value is None:
        return max(1, min(choose_of(stem) or 1, most))
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 5:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise _WrongError(
            f"choose must be a number from 1 to {most}",
            "say how many options are right, or leave it out",
        )
    return value


# --- gold ------------------------------------------------------------------------------------

_Complain: TypeAlias = Callable[[str, str], None]


def _gold(
    record: Mapping[str, Any],
    stem: str,
    options: Sequence[Option],
    renamed: Mapping[str, str],
    complain: _Complain,
) -> Gold:
    """The gold of a record; what is wrong in it is dropped and complained of."""

    def tried(parse: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            return parse()
        except _WrongError as wrong:
            complain(wrong.what, wrong.hint)
            return otherwise

    get = record.get
    constraints = get("constraints")
    if constraints is not None and not isinstance(constraints, list):
        complain(f"constraints must be a list, not {_kind(constraints)}", "write [{...}, {...}]")
        constraints = None
    marked = None
    if constraints is not None:
        all_marked = [tried(partial(_marked, c, stem, "a constraint")) for c in constraints]
        marked = tuple(c for c in all_marked if c is not None)
    decides = get("decides")
    return Gold(
        answer=tried(lambda: _answer(get("answer"), options, renamed), ()),
        explanation=tried(lambda: _text(get("explanation"), "explanation")),
        domain=tried(lambda: _text(get("domain"), "domain")),
        constraints=marked,
        decides=tried(lambda: None if decides is None else _marked(decides, stem, "decides")),
        traps=_traps(get("traps"), renamed, complain),
    )


def _answer(value: Any, options: Sequence[Option], renamed: Mapping[str, str]) -> tuple[str, ...]:
    labels = [option.label for option in options]
    if value is None or value == "" or value == []:
        return ()
    found: tuple[str, ...] | None = None
    if isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value).strip()
        same = [option.label for option in options if option.text.strip() == text]
        found = (same[0],) if len(same) == 1 else _named(text, labels, renamed)
    elif isinstance(value, list):
        named = [_named(str(one).strip(), labels, renamed) for one in value]
        if all(named):
            chosen = {label for one in named for label in one or ()}
            found = tuple(label for label in labels if label in chosen)
    if not found:
        among = f"none of the options {labels[0]} to {labels[-1]}" if labels else "without options"
        raise _WrongError(
            f"the answer {str(value)[:40]!r} is {among}", "the question is read without its answer"
        )
    return found


def _named(text: str, labels: Sequence[str], renamed: Mapping[str, str]) -> tuple[str, ...] | None:
    label = renamed.get(text) or renamed.get(text.upper()) or renamed.get(text.lower())
    return (label,) if label else labels_in(text, labels)


def _marked(value: Any, stem: str, what: str) -> GoldConstraint:
    """A constraint as marked: its place must hold its words. Without a place, it is looked for."""
    if not isinstance(value, dict):
        raise _WrongError(f"{what} must be an object, not {_kind(value)}", "write {...}")
    category, text = value.get("category"), value.get("text")
    if category not in CATEGORIES:
        raise _WrongError(
            f"{what} has the category {str(category)[:40]!r}, which there is not",
            "use one of " + ", ".join(CATEGORIES),
        )
    if not isinstance(text, str) or not text:
        raise _WrongError(f"{what} has no text", "quote the words of the stem")
    text = _safe(text)
    start = value.get("start", stem.find(text))
    end = value.get("end", start + len(text) if isinstance(start, int) else None)
    placed = type(start) is int and type(end) is int and 0 <= start < end <= len(stem)
    if not placed or stem[start:end] != text:
        raise _WrongError(
            f"{what}: {text[:40]!r} does not stand where it is said to in the stem",
            "quote the stem exactly, or leave out start and end",
        )
    hidden, requires = value.get("hidden", False), value.get("requires")
    if not isinstance(hidden, bool) or not (requires is None or isinstance(requires, str)):
        raise _WrongError(f"{what} needs true or false as hidden, and text as requires", "mend it")
    return GoldConstraint(
        cast("Category", category), text, start, start + len(text), hidden, requires
    )


def _traps(
    value: Any, renamed: Mapping[str, str], complain: _Complain
) -> dict[str, GoldTrap] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        complain(f"traps must be an object, not {_kind(value)}", 'write {"B": {"trap": "..."}}')
        return None
    traps: dict[str, GoldTrap] = {}
    for key, told in value.items():
        label = renamed.get(str(key)) or renamed.get(str(key).upper())
        trap = told.get("trap") if isinstance(told, dict) else None
        words = [told.get("because", ""), told.get("text", "")] if isinstance(told, dict) else []
        if label is None:
            complain(
                f"a trap is told of option {str(key)[:20]!r}, which there is not",
                "use the labels of the options",
            )
        elif trap not in TRAP_TYPES or not all(w is None or isinstance(w, str) for w in words):
            complain(
                f"the trap of option {label} is {str(trap)[:40]!r}, which there is not",
                "use one of " + ", ".join(TRAP_TYPES),
            )
        else:
            because, text = (_safe(w or "") for w in words)
            traps[label] = GoldTrap(cast("TrapType", trap), because, text)
    return traps


# --- writing ---------------------------------------------------------------------------------


def to_record(scenario: Scenario) -> dict[str, Any]:
    """The JSON form of a scenario; reading it again gives an equal one (but for its source)."""
    question, gold = scenario.question, scenario.gold
    record: dict[str, Any] = {"id": question.id} if question.id is not None else {}
    record |= {"exam": question.exam, "stem": question.stem}
    if question.options:
        record["options"] = {option.label: option.text for option in question.options}
    record["choose"] = question.choose
    if gold.answer:
        record["answer"] = list(gold.answer)
    told = {"explanation": gold.explanation, "domain": gold.domain}
    record |= {key: value for key, value in told.items() if value is not None}
    if gold.constraints is not None:
        record["constraints"] = [_mark_record(c) | {"hidden": c.hidden} for c in gold.constraints]
    if gold.decides is not None:
        hidden = {"hidden": True} if gold.decides.hidden else {}
        record["decides"] = _mark_record(gold.decides) | hidden
    if gold.traps is not None:
        record["traps"] = {
            label: {"trap": t.trap, "because": t.because, "text": t.text}
            for label, t in gold.traps.items()
        }
    return record | {key: value for key, value in scenario.extra.items() if key not in _KNOWN}


def _mark_record(mark: GoldConstraint) -> dict[str, Any]:
    record: dict[str, Any] = {
        "category": mark.category,
        "text": mark.text,
        "start": mark.start,
        "end": mark.end,
    }
    return record | ({"requires": mark.requires} if mark.requires is not None else {})
