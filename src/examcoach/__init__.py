"""examcoach: read exam questions like a top scorer.

>>> from examcoach import Coach
>>> breakdown = Coach().dissect("Logs lie in S3 as CSV. Queries are slow. Which fix is cheapest?")

`Coach` dissects; `Question`, `Option` and `Breakdown` are what goes in and comes out; `InputError`
and `LibraryError` say what is wrong with a question or a pattern. Nothing heavy is imported before
it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from examcoach.coach import Coach
    from examcoach.errors import ExamcoachError, InputError, LibraryError
    from examcoach.model import Breakdown, Option, Question

__version__ = "0.1.0"
__all__ = [
    "Breakdown",
    "Coach",
    "ExamcoachError",
    "InputError",
    "LibraryError",
    "Option",
    "Question",
    "__version__",
]

_HOMES = {
    "Breakdown": "model",
    "Coach": "coach",
    "ExamcoachError": "errors",
    "InputError": "errors",
    "LibraryError": "errors",
    "Option": "model",
    "Question": "model",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
