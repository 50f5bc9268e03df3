"""Where things live: what ships with the package, and the user's own folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

PATTERNS_VARIABLE = "EXAMCOACH_PATTERNS"
HOME_VARIABLE = "EXAMCOACH_HOME"


def shipped(name: str) -> Path:
    """The folder `name` (``patterns``, ``scenarios``): in an installed package, or a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parents[1] / name


def pattern_folders(extra: list[Path], environ: Mapping[str, str]) -> list[Path]:
    """Pattern folders from weakest to strongest: shipped, the user's, the variable's, `extra`."""
    from platformdirs import user_config_path

    own = user_config_path("examcoach") / "patterns"
    named = [Path(p) for p in environ.get(PATTERNS_VARIABLE, "").split(os.pathsep) if p]
    return [shipped("patterns"), *([own] if own.is_dir() else []), *named, *extra]


def cache_folder() -> Path:
    """Where compiled libraries are kept; it may be deleted at any time."""
    from platformdirs import user_cache_path

    return user_cache_path("examcoach")


def progress_file(environ: Mapping[str, str]) -> Path:
    """The learner's log: in the folder that the variable names, else in the user's data folder."""
    from platformdirs import user_data_path

    named = environ.get(HOME_VARIABLE)
    return (Path(named) if named else user_data_path("examcoach")) / "progress.db"
