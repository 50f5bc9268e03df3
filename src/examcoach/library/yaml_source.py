"""YAML with places: plain values, and the line every one of them stands on.

Pattern files are plain data, so this reader takes only the plain part of YAML: mappings with
string keys, lists, strings, numbers, true, false and null. Anchors and aliases (the makings of an
alias bomb), tags that construct objects and repeated keys are refused. Unlike YAML 1.1, a bare
``no`` or ``on`` is a word, since phrases are full of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from examcoach.errors import Problem

KeyPath = tuple[str | int, ...]
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_BOOLEANS = {"true": True, "false": False}
_NULLS = {"null", "~", ""}


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
    document = Document(path)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        what = getattr(error, "problem", None) or str(error)
        document.problems.append(Problem(path, line, f"not valid YAML: {what}", _hint(what)))
        return document
    except RecursionError:
        document.problems.append(Problem(path, None, "nested too deeply to be read"))
        return document
    if node is not None:
        document.value = _Plain(document).value(node, ())
    return document


def _hint(what: str) -> str:
    if "mapping values are not allowed" in what or "expected ',' or" in what:
        return 'put the text in quotes: "..."'
    return "check the indentation, and quote texts that hold : # [ ] { } or start with < or *"


class _Plain:
    """Turns composed nodes into plain values, noting lines and refusing what is unsafe."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: set[int] = set()

    def _refuse(self, node: yaml.Node, what: str, hint: str) -> None:
        line = node.start_mark.line + 1
        self._document.problems.append(Problem(self._document.path, line, what, hint))

    def value(self, node: yaml.Node, where: KeyPath) -> Any:
        if id(node) in self._seen:  # composing gives an alias the very node it points to
            self._refuse(node, "anchors and aliases (& and *) are not allowed", "write it out")
            return None
        self._seen.add(id(node))
        self._document.lines[where] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*where, i)) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "a key must be a word", "quote it if it is meant as text")
                continue
            key = key_node.value
            if key in result:
                self._refuse(key_node, f'the key "{key}" stands twice', "keep one of them")
                continue
            result[key] = self.value(value_node, (*where, key))
            self._document.lines[(*where, key)] = key_node.start_mark.line + 1
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        text: str = node.value
        kind = node.tag.removeprefix(_TAG)
        if node.tag.startswith("!") or kind.startswith("python/") or kind == "binary":
            self._refuse(node, f"the tag {node.tag} is not allowed", "write plain text")
            return None
        if kind == "bool":
            return _BOOLEANS.get(text.lower(), text)
        if kind == "null" and text.lower() in _NULLS:
            return None
        try:
            if kind == "int":
                return int(text.replace("_", ""))
            if kind == "float":
                return float(text.replace("_", ""))
        except ValueError:
            pass
        return text
