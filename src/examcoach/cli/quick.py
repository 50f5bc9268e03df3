"""Commands that start quickly when their options are left alone.

Typer hands every value to pydantic, also the None of an option that was not given, and importing
pydantic takes longer than putting a question on the screen. These commands pass such a None on by
themselves, and text, paths and words of an enumeration as well; all else takes typer's way.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption


class QuickCommand(TyperCommand):
    """A command whose options, where not given, cost nothing; their defaults must be None."""

    def get_params(self, ctx: Any) -> Any:
        """The parameters, that of --help among them."""
        return _quick(super().get_params(ctx))


class QuickGroup(TyperGroup):
    """The same for a group of commands."""

    def get_params(self, ctx: Any) -> Any:
        """The parameters, that of --help among them."""
        return _quick(super().get_params(ctx))


def _quick(parameters: Iterable[Any]) -> list[Any]:
    parameters = list(parameters)
    for parameter in parameters:
        if isinstance(parameter, TyperOption) and not hasattr(parameter, "usual_process"):
            parameter.usual_process = parameter.process_value  # type: ignore[attr-defined]
            parameter.process_value = _process(parameter)  # type: ignore[method-assign]
    return parameters


def _process(option: TyperOption) -> Any:
    absent: Any = () if option.multiple else None

    def process(ctx: Any, value: Any) -> Any:
        if value is not None or option.required:
            simple = _simple(option.type_descriptor.annotation, value)
            if simple is not None and option.callback is None:
                return simple
            return option.usual_process(ctx, value)  # type: ignore[attr-defined]
        return absent if option.callback is None else option.callback(ctx, option, absent)

    return process


def _simple(annotation: Any, value: Any) -> Any:
    """The value of a kind that needs no checking: text, a path, a word of an enumeration."""
    if not isinstance(value, str):
        return None
    if annotation is str or annotation is Path:
        return annotation(value)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return next((member for member in annotation if member.value == value), None)
    return None
