"""A folder of one's own laid over the library: what it changes, and what need not be made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from conftest import CORE
from test_precedent import LIBRARY

from examcoach.coach import load_dissector
from examcoach.library.cases import CaseTable
from examcoach.model import Option, Question

OWN = """
- concept: barrow
  kind: tool
  topic: storage
  names: [barrow]
  about: It has one wheel.
  fires: ["A [[barrow]] rolls."]
  silent: ["A cart rolls."]
- case: turnips-on-the-field
  topic: storage
  stories:
    - Turnips lie on the field and [[must stay fresh]].
    - A farmer wants turnips off the field before the frost.
  decides: latency
  answers: [Load them on a barrow, Fetch a barrow]
  because: A barrow is quick.
  insteads:
    - {option: Put the crates in the stone shed, type: wrong-tool, because: It stands still.}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "core.yaml").write_text(CORE)
    (folder / "library.yaml").write_text(LIBRARY)
    return folder


def laid_over(base: Path, text: str, cache: Path | None, name: str = "own") -> CaseTable:
    """The cases where a folder that holds `text` lies over `base`."""
    folder = base.parent / name
    folder.mkdir(exist_ok=True)
    (folder / "x.yaml").write_text(text)
    return load_dissector([base, folder], cache).judge.precedents.table


def told(table: CaseTable) -> dict[str, object]:
    """All that a table holds, whatever the numbers of its tokens."""
    every = {}
    for number, name in enumerate(table.ids):
        texts = [
            [sorted(text) for text in table.texts(part, number)]
            for part in (table.stories, table.options)
        ]
        first, last = table.options.first[number : number + 2].tolist()
        marks = table.options.place[first:last].tolist(), table.options.trap[first:last].tolist()
        every[name] = (
            texts,
            marks,
            table.topics[number],
            table.decides[number],
            table.case(number),
        )
    return every


def test_layers_tell_what_one_folder_tells(tmp_path: Path, base: Path) -> None:
    """Cases of one's own stand beside those of the library, as if they lay in one folder."""
    one = tmp_path / "one"
    one.mkdir()
    for name, text in (("core", CORE), ("library", LIBRARY), ("own", OWN)):
        (one / f"{name}.yaml").write_text(text)
    whole = told(load_dissector([one], None).judge.precedents.table)
    assert told(laid_over(base, OWN, None)) == whole
    assert list(whole) == ["pears-in-the-shed", "apples-on-the-cart", "turnips-on-the-field"]
    answers = whole["turnips-on-the-field"][0][1][0]  # type: ignore[index]
    assert "#barrow" in answers  # described by what the own folder knows


def test_a_case_is_replaced_by_its_id(base: Path) -> None:
    """Of two cases with one id the later folder's is heard, and it alone."""
    other = OWN.replace("turnips-on-the-field", "pears-in-the-shed")
    table = laid_over(base, other, None)
    assert table.ids == ["apples-on-the-cart", "pears-in-the-shed"]
    assert (
        told(table)["apples-on-the-cart"] == told(laid_over(base, OWN, None))["apples-on-the-cart"]
    )
    assert table.case(1).because == "A barrow is quick."
    assert table.case(0).because == "A cart moves."


def test_every_case_can_be_replaced(base: Path) -> None:
    """Nothing is left of the library's then."""
    [case] = [entry for entry in yaml.safe_load(OWN) if "case" in entry]
    every = [{**case, "case": name} for name in ("pears-in-the-shed", "apples-on-the-cart")]
    concept = [entry for entry in yaml.safe_load(OWN) if "concept" in entry]
    table = laid_over(base, json.dumps([*concept, *every]), None)
    assert table.ids == ["pears-in-the-shed", "apples-on-the-cart"]
    assert {table.case(number).because for number in (0, 1)} == {"A barrow is quick."}


def test_the_library_is_not_described_again(tmp_path: Path, base: Path) -> None:
    """A change of one's own folder makes a table of its own cases, and leaves the library's."""
    cache = tmp_path / "cache"
    load_dissector([base], cache)
    [shipped] = cache.glob("cases-*.bin")
    before = shipped.stat().st_mtime_ns
    for text in (OWN, OWN.replace("one wheel", "two wheels")):
        assert len(laid_over(base, text, cache)) == 3
    assert shipped.stat().st_mtime_ns == before
    assert len(list(cache.glob("cases-*.bin"))) == 3
    assert len(laid_over(base, OWN, cache)) == 3  # both from the cache
    assert len(list(cache.glob("cases-*.bin"))) == 3


def test_a_case_of_ones_own_answers(base: Path) -> None:
    """It is heard as the library's are."""
    folder = base.parent / "own"
    folder.mkdir()
    (folder / "x.yaml").write_text(OWN)
    options = Option("A", "Put the crates in a shed."), Option("B", "Fetch the barrow.")
    breakdown = load_dissector([base, folder], None)(
        Question("A farmer has turnips on the field. They must stay fresh.", options)
    )
    assert breakdown.answer == ("B",)
    assert [fit.pattern for fit in breakdown.options[1].fits] == ["turnips-on-the-field"]
