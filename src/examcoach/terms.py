"""The kinds of constraints, traps and verdicts, and the exam that is meant if none is named.

Apart from the values that carry them, because some commands need the words alone.
"""

from __future__ import annotations

from typing import Literal, get_args

Category = Literal[
    "scale",
    "latency",
    "cost",
    "operations",
    "effort",
    "security",
    "availability",
    "quality",
    "explainability",
    "data",
    "integration",
]
TrapType = Literal[
    "wrong-tool",
    "wrong-mode",
    "bad-ml",
    "leakage",
    "wrong-metric",
    "overkill",
    "manual",
    "costly",
    "not-scalable",
    "insecure",
    "incomplete",
    "impossible",
]
Verdict = Literal["pick", "possible", "eliminate"]

CATEGORIES: tuple[Category, ...] = get_args(Category)
TRAP_TYPES: tuple[TrapType, ...] = get_args(TrapType)

DEFAULT_EXAM = "mls-c01"
