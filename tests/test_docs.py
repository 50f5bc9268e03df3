"""The documents match the code: commands, links, docstrings."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from shell import Shell

from examcoach.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = sorted((ROOT / "src").rglob("*.py"))
CLI = runpy.run_path(str(ROOT / "docs" / "make_cli.py"))


def test_cli_page_is_fresh() -> None:
    """`python docs/make_cli.py` would change nothing."""
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == CLI["page"]()


def test_the_case_of_the_page_on_patterns_passes_alone(shell: Shell) -> None:
    """An author who copies it, under an id of its own, finds nothing wrong."""
    page = (ROOT / "docs" / "patterns.md").read_text("utf-8")
    [case] = re.findall(r"```yaml\n(- case: .*?)```", page, re.DOTALL)
    own = shell.write("own.yaml", case.replace("- case: ", "- case: own-"))
    done = shell("patterns", "check", own)
    assert (done.status, done.out, done.err) == (0, "1 patterns, all well\n", "")


def test_every_command_is_on_the_page() -> None:
    def commands(group: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, command in getattr(group, "commands", {}).items():
            yield from commands(command, (*path, name))

    assert set(CLI["COMMANDS"]) == set(commands(typer.main.get_command(app), ()))


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"https?:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_named_places_exist(name: str) -> None:
    """A path in a table's first or last column is there."""
    text = (ROOT / name).read_text("utf-8")
    paths = re.findall(r"`((?:src|docs|patterns|scenarios|bench|tests)/[\w./-]*)`", text)
    assert paths
    for path in paths:
        assert (ROOT / path).exists(), path


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public functions, classes and methods without a docstring; the module too."""
    if not ast.get_docstring(tree):
        yield "the module"
    parents: list[tuple[str, ast.AST]] = [("", tree)]
    while parents:
        prefix, parent = parents.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                special = node.name.startswith("__") and node.name != "__call__"
                if node.name.startswith("_") and node.name != "__call__":
                    continue
                if not special and not ast.get_docstring(node):
                    yield prefix + node.name
                if isinstance(node, ast.ClassDef):
                    parents.append((f"{prefix}{node.name}.", node))


@pytest.mark.parametrize("module", MODULES, ids=[str(m.relative_to(ROOT)) for m in MODULES])
def test_public_names_have_docstrings(module: Path) -> None:
    assert list(undocumented(ast.parse(module.read_text("utf-8")))) == []


def test_the_docstring_check_can_fail() -> None:
    code = '"""M."""\ndef told():\n    """T."""\ndef bare(): ...\nclass C:\n    """C."""\n    def m(self): ...\n'  # noqa: E501  # fmt: skip
    assert list(undocumented(ast.parse(code))) == ["bare", "C.m"]
