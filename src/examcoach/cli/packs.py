"""Exam packs for the commands: read without the rest of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from examcoach import places
from examcoach.cli.streams import EXIT_USAGE, complain
from examcoach.drill.blueprint import Pack, read_pack
from examcoach.errors import Problem, did_you_mean
from examcoach.library.compiled import load_catalog
from examcoach.terms import DEFAULT_EXAM


def load_packs(layers: Sequence[Path]) -> dict[str, Pack]:
    """The exams below `exams/` in the pattern folders, which is all of the library that is read."""
    folders = [layer / "exams" for layer in layers if (layer / "exams").is_dir()]
    catalog = load_catalog(folders, places.cache_folder())
    return {record.id: read_pack(record.data) for record in catalog.of_kind("exam")}


def pack_named(name: str | None, layers: Sequence[Path]) -> tuple[dict[str, Pack], Pack]:
    """All packs, and the one named (the default exam if none is); tells those there are."""
    packs = load_packs(layers)
    wanted = name or DEFAULT_EXAM
    if wanted not in packs:
        hint = did_you_mean(wanted, packs) or f"there are: {', '.join(sorted(packs))}"
        complain([Problem("--exam", None, f'no exam pack "{wanted}"', hint)])
        raise typer.Exit(EXIT_USAGE)
    return packs, packs[wanted]
