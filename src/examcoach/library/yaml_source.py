"""YAML with places: plain values, and the line every one of them stands on.

Pattern files are plain data, so this reader takes only the plain part of YAML: mappings with
string keys, lists, strings, numbers, true, false and null. Anchors and aliases (the makings of an
alias bomb), tags that construct objects and repeated keys are refused. Unlike YAML 1.1, a bare
``no`` or ``on`` is a word, since phrases are full of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from examcoach.errors import Problem

if TYPE_CHECKING:
    import yaml

KeyPath = tuple[str | int, ...]
_DEEPEST = 20
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"[-+]?(\d[\d_]*)(\.\d*)?([eE][-+]?\d+)?")


@dataclass(slots=True)
class Document:
    """What one YAML file says. `lines` gives the line, from 1, of the value at each key path."""

    path: str
    value: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, where: KeyPath) -> int:
        """The line of the value at `where`, or of the nearest thing that holds it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read_yaml(text: str, path: str) -> Document:
    """Read one YAML document; what is wrong with it is in `problems`, never raised."""
    import yaml  # only compiling needs it

    document = Document(path)
    reader = _Reader(document)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            reader.take(event)
    except yaml.YAMLError as error:
        what = getattr(error, "problem", None) or str(error).partition("\n")[0]
        line = _line_of(error, text)
        document.problems.append(Problem(path, line, f"not valid YAML: {what}", _hint(what)))
    except _RefusedError:
        pass  # the problem is noted
    return document


def _line_of(error: yaml.YAMLError, text: str) -> int | None:
    """The line that an error names: by its mark, or by the byte that cannot be read."""
    if mark := getattr(error, "problem_mark", None):
        return int(mark.line) + 1
    position = getattr(error, "position", None)
    return None if position is None else text.encode()[:position].count(b"\n") + 1


def _hint(what: str) -> str:
    if "unacceptable character" in what:
        return "delete it, or type the text anew"
    if "mapping values are not allowed" in what or "expected ',' or" in what:
        return 'put the text in quotes: "..."'
    return "check the indentation, and quote texts that hold : # [ ] { } or start with < or *"


class _RefusedError(Exception):
    """The rest of the file is not worth reading."""


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being filled."""

    value: list[Any] | dict[str, Any]
    where: KeyPath
    key: str | None = None
    repeated: bool = False


class _Reader:
    """Builds plain values from YAML events, so that nesting costs no stack and no alias expands."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        import yaml

        if isinstance(event, yaml.AliasEvent):
            hint = "write it out"
            self._refuse(event, "anchors and aliases (& and *) are not allowed", hint)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(event, "a second document begins here", "keep one list in a file")
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._start(event, [])
        elif isinstance(event, yaml.MappingStartEvent):
            self._start(event, {})
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self._open.pop()

    def _refuse(self, event: yaml.Event, what: str, hint: str = "") -> None:
        line = _line(event)
        self._document.problems.append(Problem(self._document.path, line, what, hint))
        raise _RefusedError

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag and event.tag not in _PLAIN_TAGS:
            self._refuse(event, f"the tag {event.tag} is not allowed", "write plain text")
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event)
        else:
            self._place(event, _plain(event.value) if event.implicit[0] else event.value)

    def _key(self, top: _Open, event: yaml.ScalarEvent) -> None:
        top.key = event.value
        top.repeated = event.value in top.value
        if top.repeated:
            what, hint = f'the key "{event.value}" stands twice', "keep one of them"
            line = _line(event)
            self._document.problems.append(Problem(self._document.path, line, what, hint))

    def _start(self, event: yaml.CollectionStartEvent, value: list[Any] | dict[str, Any]) -> None:
        if event.tag and event.tag not in _PLAIN_TAGS:
            self._refuse(event, f"the tag {event.tag} is not allowed", "write plain lists")
        if len(self._open) >= _DEEPEST:
            self._refuse(event, "nested too deeply")
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._refuse(event, "a key must be a word", "quote it if it is meant as text")
        self._open.append(_Open(value, self._place(event, value)))

    def _place(self, event: yaml.Event, value: Any) -> KeyPath:
        """Put a value where it belongs, and note its line."""
        where: KeyPath = ()
        if self._open:
            top = self._open[-1]
            if isinstance(top.value, list):
                where = (*top.where, len(top.value))
                top.value.append(value)
            elif top.key is not None:
                where = (*top.where, top.key)
                if not top.repeated:
                    top.value[top.key] = value
                top.key = None
        else:
            self._document.value = value
        self._document.lines.setdefault(where, _line(event))
        return where


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _plain(text: str) -> Any:
    """What an unquoted scalar means: a constant, a number, or else the text itself."""
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if match := _NUMBER.fullmatch(text):
        digits = text.replace("_", "")
        return float(digits) if match[2] or match[3] else int(digits)
    return text
