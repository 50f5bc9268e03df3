"""Formulas as authors write them -> trees of plain data, and what they give.

`tp / (tp + fn)` becomes ["/", "tp", ["+", "tp", "fn"]]: lists of an operator or a function and what
it is applied to, names of operands, and numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Tree: TypeAlias = Any
"""A number, the name of an operand, or a list: operator or function, then its arguments."""

_APPLIED: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "ceil": lambda a: float(math.ceil(a - _SLACK)),
    "floor": lambda a: float(math.floor(a + _SLACK)),
    "sqrt": math.sqrt,
    "log2": math.log2,
    "min": min,
    "max": max,
}
_SLACK = 1e-9
"""What division leaves over (0.3 / 0.1 is a little less than 3) must not cost a whole unit."""
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
_ARGUMENTS = {"min": (2, 9), "max": (2, 9)}
_LONGEST = 200


class FormulaError(ValueError):
    """What is written is no formula."""


def parse_formula(text: str) -> Tree:
    """The tree of a formula; raises `FormulaError`."""
    import ast  # only those who compile a library need it

    operators = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

    def tree(node: ast.AST) -> Tree:
        if isinstance(node, ast.BinOp) and type(node.op) in operators:
            return [operators[type(node.op)], tree(node.left), tree(node.right)]
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            name = node.func.id
            least, most = _ARGUMENTS.get(name, (1, 1))
            if name in _APPLIED and least <= len(node.args) <= most:
                return [name, *map(tree, node.args)]
        raise FormulaError(f'"{ast.unparse(node)}" is not understood')

    if len(text) > _LONGEST:
        raise FormulaError(f"longer than {_LONGEST} characters")
    try:
        return tree(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, FormulaError):
            raise
        raise FormulaError("this is no formula") from None


def operands(tree: Tree) -> Iterator[str]:
    """The names in a tree, each as often as it stands there."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for part in tree[1:]:
            yield from operands(part)


def evaluate(tree: Tree, values: Mapping[str, float]) -> float | None:
    """What a tree gives; None where an operand is not known, or nothing finite comes of it."""
    try:
        result = _evaluate(tree, values)
    except (KeyError, ZeroDivisionError, ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def _evaluate(tree: Tree, values: Mapping[str, float]) -> float:
    if isinstance(tree, str):
        return values[tree]
    if isinstance(tree, list):
        return _APPLIED[tree[0]](*(_evaluate(part, values) for part in tree[1:]))
    return float(tree)


def written(tree: Tree, values: Mapping[str, float]) -> str:
    """A tree with its numbers in place of names: 80 / (80 + 20)."""
    if isinstance(tree, str):
        return number(values[tree])
    if not isinstance(tree, list):
        return number(tree)
    operator, *parts = tree
    if operator not in _BINDS:
        return f"{operator}({', '.join(written(part, values) for part in parts)})"
    left, right = parts
    return (
        f"{_bracketed(left, values, _BINDS[operator])} {operator} "
        f"{_bracketed(right, values, _BINDS[operator] + (operator in '-/'))}"
    )


def _bracketed(tree: Tree, values: Mapping[str, float], binds: int) -> str:
    text = written(tree, values)
    looser = isinstance(tree, list) and _BINDS.get(tree[0], 9) < binds
    return f"({text})" if looser else text


def number(value: float) -> str:
    """A number for people: whole ones whole, others to four digits."""
    whole = round(value)
    if abs(value - whole) < 1e-9 * max(1.0, abs(value)):
        return f"{whole:,}"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.1f}"
