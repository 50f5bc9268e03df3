"""The README's examples, run: each ``console`` block is a command and what it prints.

python tests/readme_blocks.py     # writes the present output into README.md
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ (examcoach [^\n]*)\n(.*?)```", re.DOTALL)


def run(command: str) -> str:
    """What a shell prints for `command` in the checkout."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as home:  # a learner's log that nobody needs
        result = subprocess.run(
            command,
            shell=True,
            cwd=ROOT,
            env={**os.environ, "PATH": path, "COLUMNS": "80", "EXAMCOACH_HOME": home},
            capture_output=True,
            text=True,
            check=True,
        )
    return result.stdout


def blocks(text: str) -> list[tuple[str, str]]:
    """Each command of the README with the output that it shows."""
    return [(m[1], m[2]) for m in BLOCK.finditer(text)]


def refreshed(text: str) -> str:
    """The README with every block as it would print now."""
    return BLOCK.sub(lambda m: f"```console\n$ {m[1]}\n{run(m[1])}```", text)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text("utf-8")), "utf-8")
