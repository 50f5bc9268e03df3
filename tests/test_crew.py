"""Cases compiled by several processes are those compiled by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import CORE
from test_belief import CASES

from examcoach.coach import load_dissector
from examcoach.model import Option, Question


@pytest.mark.parametrize("cases", [CASES, "[]"])
def test_workers_find_the_same(tmp_path: Path, cases: str) -> None:
    """Two cases shared by two processes, and none at all."""
    folder = tmp_path / "patterns"
    folder.mkdir()
    (folder / "core.yaml").write_text(CORE)
    (folder / "own.yaml").write_text(cases)
    alone, shared = (
        load_dissector([folder], tmp_path / str(workers), workers=workers).judge.precedents.table
        for workers in (1, 2)
    )
    assert alone.tokens == shared.tokens
    assert ("farmer" in alone.tokens) == (cases is CASES)
    theirs = shared.to_arrays()
    assert all(np.array_equal(array, theirs[name]) for name, array in alone.to_arrays().items())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cache_that_cannot_be_written(tmp_path: Path, workers: int) -> None:
    """It is done without, by one process and by several."""
    folder = tmp_path / "patterns"
    folder.mkdir()
    (folder / "core.yaml").write_text(CORE)
    (folder / "own.yaml").write_text(CASES)
    (tmp_path / "file").write_text("")
    question = Question("A farmer asks. What helps?", (Option("A", "Rain."), Option("B", "Sun.")))
    without = load_dissector([folder], tmp_path / "file" / "cache", workers=workers)
    assert without(question) == load_dissector([folder], None)(question)
