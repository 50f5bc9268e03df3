"""Runs `examcoach` as a shell would, with a small library of invented words laid over the shipped.

No shipped pattern or case has these words, so what is found in `QUESTION` is known to the letter,
however the shipped knowledge grows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROGRAM = [sys.executable, "-c", "from examcoach.cli import main; main()"]

LIBRARY = """\
- concept: zorbstore
  kind: service
  names: [Zorbstore]
  about: A glimp that costs nothing.
  source: The zorb handbook
  fires: ["Use [[Zorbstore]]."]
  silent: ["Use nothing."]
- concept: quuxbase
  kind: service
  names: [Quuxbase]
  about: A glimp that somebody must crank.
  fires: ["Use [[Quuxbase]]."]
  silent: ["Use nothing."]
- cue: zorb-thrift
  phrases: [zorbly thrifxy]
  says: cost
  fires: ["They are [[zorbly thrifxy]]."]
  silent: ["They are thrifty."]
- cue: zorb-alone
  phrases: [loxe zorbler]
  hides: operations
  requires: a glimp that cranks itself
  fires: ["There is a [[loxe zorbler]]."]
  silent: ["There is a zorbler."]
- play: zorb-wins
  when: {all: [zorb-thrift]}
  option: {all: [zorbstore]}
  suggests: [zorbstore]
  weight: strong
  because: Zorbstore costs nothing.
  fires: [{stem: They are zorbly thrifxy., option: "Use [[Zorbstore]]."}]
  silent: [{stem: They are rich., option: Use Zorbstore.}]
- trap: quux-cranks
  type: manual
  when: {all: [zorb-alone]}
  option: {all: [quuxbase]}
  weight: strong
  because: Somebody must crank Quuxbase.
  fires: [{stem: There is a loxe zorbler., option: "Use [[Quuxbase]]."}]
  silent: [{stem: There is a zorbler., option: Use Quuxbase.}]
- weights: zorb
  values: {strike-margin: 4, "says:zorb-thrift": 1, "hides:zorb-alone": 1}
"""

STEM = "A loxe zorbler is zorbly thrifxy. Which glimp fits?"
QUESTION = f"""\
{STEM}
A. Use Zorbstore.
B. Use Quuxbase.
C. Use a plain glimp.
Answer: C
"""


@dataclass(frozen=True)
class Result:
    """How a run ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A folder to run in, with an environment of its own."""

    folder: Path
    environment: dict[str, str]

    def __call__(
        self, *arguments: str | Path, piped: str | bytes = b"", **variables: str
    ) -> Result:
        """Run `examcoach`; `variables` are added to the environment."""
        done = subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            env={**self.environment, **variables},
            input=piped.encode() if isinstance(piped, str) else piped,
            capture_output=True,
            timeout=300,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, name: str, text: str | bytes) -> str:
        """Write a file into the folder; returns its name."""
        data = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(data)
        return name


def clean_environment(cache: Path, home: Path, patterns: Path | None) -> dict[str, str]:
    """An environment without the user's own settings; compiled libraries are kept in `cache`."""
    (home / "cache").mkdir(parents=True, exist_ok=True)
    link = home / "cache" / "examcoach"
    if not link.exists():
        link.symlink_to(cache, target_is_directory=True)
    kept = {
        key: os.environ[key]
        for key in ("PATH", "PYTHONPATH", "LANG", "TMPDIR")
        if key in os.environ
    }
    own = {} if patterns is None else {"EXAMCOACH_PATTERNS": str(patterns)}
    return {
        **kept,
        **own,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
