"""What tests share: the shipped library, compiled once, and small libraries made on the spot."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from shell import LIBRARY, Shell, clean_environment

from examcoach import places
from examcoach.coach import load_dissector
from examcoach.dissect import Dissector
from examcoach.library.catalog import Catalog
from examcoach.library.compiled import load_catalog

os.environ.pop("EXAMCOACH_PATTERNS", None)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder of this run's own, which parallel workers share.

    One of them compiles the shipped library into it, with all processors, and the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "compiled"
    folder.mkdir(exist_ok=True)
    with (folder.parent / "compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        load_dissector([places.shipped("patterns")], folder, workers=os.cpu_count() or 1)
    return folder


@pytest.fixture(scope="session")
def dissector(cache: Path) -> Dissector:
    """The shipped library."""
    return load_dissector([places.shipped("patterns")], cache)


@pytest.fixture(scope="session")
def catalog(cache: Path) -> Catalog:
    """The shipped patterns."""
    return load_catalog([places.shipped("patterns")], cache)


CORE = """
- trait: managed
  about: AWS runs it
- weights: judge
  values: {play-weak: 0.5, play-normal: 1.5, play-strong: 3, trap-weak: 0.5, trap-normal: 1.5,
    trap-strong: 3, need-met: 1, need-never: 1, incapable: 1, limit: 3, worked: 20,
    rivals-weight: 30, rivals-alike: 0.3, rivals-damping: 0, kinship: 0, kinship-damping: 0.05,
    temperature: 1.5, most-confident: 0.97, strike-weight: 1, strike-margin: 1, suggestions: 3,
    patterns: 1, patterns-damping: 1, case: 0.4, case-closest: 0, case-enough: 0, case-heard: 200,
    case-common: 1, case-fact: 0.5, case-story-power: 4, case-option-power: 2,
    case-offers-floor: 0.1, case-offers-power: 2, case-unchosen: 0.1, case-instead: 0.4,
    case-first: 0.8, case-before: 1.3, case-ask: 1.5, case-shared: 0.5, case-hints-power: 4,
    case-damping: 0.0002, case-story: 0.4, case-option: 0.3, case-fit: 0.3,
    case-same: 0.55, case-words: 2, affinity: 1,
    affinity-damping: 0.1, trap-doubted: 0.99, kind-rule: 1, kind-case: 1, kind-affinity: 1,
    case-trap: 1, case-least: 0, decides-flip: 10, decides-moved: 1, decides-most: 9,
    decides-ask: 0, decides-hidden: 0, decides-case: 0, decides-words: 0, decides-often: 0}
- exam: mls-c01
  name: Test
  status: retired
  since: "2026-03-31"
  questions: {scored: 50, unscored: 15}
  minutes: 180
  passing: 750
  types: [multiple-choice]
  verified_on: "2026-11"
  note: A test
  domains:
    data-engineering: {name: D, weight: 50, tasks: {"1.1": {name: S, topics: [storage]}}}
    modeling: {name: M, weight: 50, tasks: {"3.1": {name: F, topics: [framing]}}}
- quantity: volume
  about: bytes
  units: {MB: 1.0e+6, GB: 1.0e+9, TB: 1.0e+12}
  fires: ["It holds [[5 TB]]."]
  silent: ["It holds 5 rows."]
- quantity: duration
  about: seconds
  units: {ms: 0.001, second: 1, seconds: 1, hour: 3600, day: 86400}
  fires: ["In [[5 ms]]."]
  silent: ["In 5 TB."]
- quantity: percent
  about: a share
  units: {"%": 1}
  fires: ["[[5%]] of it."]
  silent: ["Five of it."]
- quantity: number
  about: a plain number
  bare: true
  multipliers: {million: 1.0e+6, k: 1000}
  fires: ["It is [[7]]."]
  silent: ["It is seven."]
- quantity: volume-rate
  about: bytes a second
  rate: {of: volume, over: duration, joined_by: [/, per, a]}
  fires: ["It writes [[1 TB/day]]."]
  silent: ["It writes 1 TB."]
"""

MakeDissector = Callable[[str], Dissector]


@pytest.fixture
def make(tmp_path: Path) -> MakeDissector:
    """A dissector over a small core and the YAML given."""

    def build(patterns: str) -> Dissector:
        (tmp_path / "core.yaml").write_text(CORE)
        (tmp_path / "own.yaml").write_text(patterns)
        return load_dissector([tmp_path], None)

    return build


@pytest.fixture(scope="session")
def zorb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small library of invented words."""
    folder = tmp_path_factory.mktemp("zorb")
    (folder / "zorb.yaml").write_text(LIBRARY)
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder without settings."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def shell(cache: Path, home: Path, zorb: Path, tmp_path: Path) -> Shell:
    """Runs `examcoach` in an empty folder, the invented words laid over the shipped library."""
    return Shell(tmp_path, clean_environment(cache, home, zorb))
