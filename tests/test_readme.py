"""The README shows what is really printed, and its commands exist."""

from __future__ import annotations

import re

import pytest
from readme_blocks import README, blocks, run

TEXT = README.read_text("utf-8")


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT), ids=[c for c, _ in blocks(TEXT)])
def test_output_is_as_printed(command: str, shown: str) -> None:
    """A block's output is exactly what its command prints."""
    assert run(command) == shown


def test_there_are_blocks() -> None:
    """The seed's question and its second exercise are both shown."""
    commands = " ".join(command for command, _ in blocks(TEXT))
    assert "fraud-logs.txt" in commands
    assert "churn-startup.txt" in commands


def test_set_up_commands() -> None:
    """Both set-up commands stand in the README, each on one line."""
    for name in ("run", "test"):
        [command] = re.findall(rf"<!-- {name} -->\n```sh\n(python3 .*)\n```\n<!-- end -->", TEXT)
        assert "-m venv .venv" in command
