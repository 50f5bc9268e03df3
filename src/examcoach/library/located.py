"""What pydantic finds wrong with a YAML document, told with its line and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from examcoach.errors import Problem, did_you_mean
from examcoach.library.yaml_source import Document, KeyPath


def located(document: Document, entry: KeyPath, name: str, model: Any, detail: Any) -> Problem:
    """The Problem for one error of a pydantic `ValidationError`.

    `entry` is where in the document the value stands that `model` checked, `name` what to call it.
    """
    where: KeyPath = tuple(detail["loc"])
    line = document.line((*entry, *where))
    key = where[-1] if where else name
    hint = ""
    if detail["type"] == "extra_forbidden":
        known = _keys_at(model, where[:-1])
        what = f'unknown key "{key}"'
        hint = did_you_mean(str(key), known) or f"known here: {', '.join(known)}"
    elif detail["type"] == "missing":
        what = f'the {name} lacks "{key}"'
        hint = "add it" if len(where) > 1 else f"every {name} carries it"
    else:
        place = ".".join(str(part) for part in where if part != "[key]")
        message = detail["msg"].removeprefix("Value error, ")
        what = f"{place}: {message}" if place else message
        if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
            hint = "put it in quotes"
        elif detail["type"] == "literal_error":
            hint = did_you_mean(str(detail["input"]), _quoted(detail["ctx"]["expected"]))
    return Problem(document.path, line, what, hint)


def _quoted(expected: str) -> list[str]:
    """The words of "'a', 'b' or 'c'"."""
    return expected.split("'")[1::2]


def _keys_at(model: Any, where: Iterable[str | int]) -> list[str]:
    """The keys that the schema knows at a place, found by following its annotations."""
    from pydantic import BaseModel

    steps = iter(where)
    for step in steps:
        if isinstance(step, int):
            continue
        fields = {f.alias or name: f for name, f in model.model_fields.items()}
        annotation = fields[str(step)].annotation if step in fields else None
        found = _models_in(annotation, BaseModel)
        if not found:
            return []
        if getattr(annotation, "__origin__", None) is dict:
            next(steps, None)  # the key, which is any
        model = found[0]
    return [f.alias or name for name, f in model.model_fields.items()]


def _models_in(annotation: Any, base: type) -> list[Any]:
    if isinstance(annotation, type) and issubclass(annotation, base):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models_in(part, base)]
