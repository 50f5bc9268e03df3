"""YAML -> scenarios, of plain values only: what could blow up or build objects is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from examcoach.errors import Problem
from examcoach.formats.json_text import from_value
from examcoach.formats.records import Read

if TYPE_CHECKING:
    import yaml

_DEEPEST_YAML = 50


def read_yaml(text: str, path: str) -> Iterator[Read]:
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
                    yield from from_value(value, path, item.start_mark.line + 1)
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
