"""The wheel is all one needs: patterns and scenarios are inside, and it runs from where it lies."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from shell import PROGRAM, clean_environment

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    code = f"import sys, hatchling.build as b; print(b.build_wheel({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


def test_what_is_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (("patterns", "*.yaml"), ("scenarios", "*.txt")):
        files = {f"examcoach/{p.relative_to(ROOT)}" for p in (ROOT / folder).rglob(pattern)}
        assert files
        assert files <= names
    assert {"examcoach/py.typed", "examcoach/cli/app.py"} <= names
    assert not [n for n in names if n.startswith(("tests/", "bench/")) or ".pyc" in n]
    [licence] = [n for n in names if n.endswith("licenses/LICENSE")]
    assert zipfile.ZipFile(wheel).read(licence) == (ROOT / "LICENSE").read_bytes()
    [metadata] = [n for n in names if n.endswith(".dist-info/METADATA")]
    assert b"\nName: examcoach\n" in zipfile.ZipFile(wheel).read(metadata)


def test_it_runs_from_where_it_lies(wheel: Path, tmp_path: Path) -> None:
    """Unpacked anywhere, it dissects with the patterns that lie beside its code."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "lib")
    for cases in (tmp_path / "lib/examcoach/patterns/cases").glob("*-*.yaml"):
        cases.unlink()  # the first file of each topic will do: all take most of a minute
    (tmp_path / "cache").mkdir()
    environment = clean_environment(tmp_path / "cache", tmp_path / "home", None)
    environment["PYTHONPATH"] = str(tmp_path / "lib")
    example = tmp_path / "lib/examcoach/scenarios/examples/fraud-logs.txt"
    done = subprocess.run(
        [*PROGRAM, "dissect", "--format", "jsonl", str(example)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert "~50 TB" in json.loads(done.stdout)["stem"]
    shown = subprocess.run(
        [*PROGRAM, "patterns", "show", "athena"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout.startswith(f"# {tmp_path}/lib/examcoach/patterns/concepts/")
