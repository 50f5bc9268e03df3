"""The scenario bank: files to values, the cache, and what a broken file does."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examcoach.bank.compiled import bank
from examcoach.bank.files import read_files
from examcoach.bank.load import build_bank, read_bank
from examcoach.bank.model import Bank, Row
from examcoach.model import GoldConstraint

SAMPLE = Path(__file__).with_name("bank")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample bank, to be spoilt."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "bank"))


def change(folder: Path, name: str, old: str, new: str) -> Path:
    """Replace words in one file of a bank; they must be there."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path


STREAM = "practice/data-engineering/zorb-stream.yaml"


def test_what_an_item_holds() -> None:
    reading = read_bank([SAMPLE])
    assert reading.problems == []
    item = reading.bank.items["zorb-stream"]
    stem = item.scenario.question.stem
    assert (item.task, item.domain, item.difficulty) == ("1.2", "data-engineering", 2)
    assert item.until == dt.date(2027, 5, 1)
    assert item.scenario.gold.answer == ("B",)
    assert item.scenario.gold.domain == "data-engineering"
    assert item.path.endswith(STREAM)
    start = stem.index("One analyst")
    decides = GoldConstraint(
        "operations", "One analyst", start, start + 11, hidden=True, requires="managed services"
    )
    assert item.scenario.gold.decides == decides
    assert item.flip is not None
    changed = stem.replace(item.flip.before, item.flip.after)
    place = item.flip.decides
    assert changed[place.start : place.end] == "the next morning"
    assert item.flip.answer == ("C",)


def test_siblings_and_questions_name_one_another() -> None:
    """What either file says holds for both."""
    found = read_bank([SAMPLE]).bank
    assert found.siblings["zorb-classes"].scenarios == ("zorb-stream", "zorb-lake")
    assert found.siblings["zorb-classes"].separates == (
        Row("What it does", ("keeps records for readers", "keeps objects")),
    )
    assert found.items["zorb-stream"].siblings == ("zorb-classes",)
    assert found.items["zorb-lake"].siblings == ("zorb-classes",)


def test_the_other_kinds() -> None:
    found = read_bank([SAMPLE]).bank
    assert [card.id for card in found.decks["zorb-deck"].cards] == [
        "zorb-lake-service",
        "zorb-stream-service",
    ]
    assert found.decks["zorb-deck"].cards[0].accept == ("S3",)
    brief = found.briefs["zorb-brief"]
    assert [(c.text, c.hidden) for c in brief.constraints] == [
        ("cheaply", False),
        ("loxe zorbler", True),
    ]
    mark = brief.constraints[0]
    assert brief.brief[mark.start : mark.end] == "cheaply"
    assert found.baseline["plain-zorb"].question.stem == "Zorbs roll down the hill on Sundays."


def test_the_cache_gives_back_the_same(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    change(folder, STREAM, "task: ", "tusk: ")
    first = bank([folder], cache)
    again = bank([folder], cache)
    assert first == again
    assert first[1] != ()
    change(folder, STREAM, "tusk: ", "task: ")
    assert "zorb-stream" in bank([folder], cache)[0].items


def test_a_damaged_entry_is_read_anew(tmp_path: Path) -> None:
    expected = bank([SAMPLE], tmp_path)
    [entry] = tmp_path.glob("bank-*.json")
    for damage in ("", "{", "[]", '{"bank": {}, "problems": []}', '{"bank": {"items": {"x": 1}}}'):
        entry.write_text(damage)
        assert bank([SAMPLE], tmp_path) == expected


def test_a_warm_start_is_light(tmp_path: Path) -> None:
    """Neither YAML nor pydantic nor spaCy on the way to a cached bank."""
    bank([SAMPLE], tmp_path)
    program = (
        "import sys; from pathlib import Path; from examcoach.bank.compiled import bank; "
        f"found, _ = bank([Path({str(SAMPLE)!r})], Path({str(tmp_path)!r})); "
        "print(len(found.items), [m for m in ('yaml', 'pydantic', 'spacy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "2 []\n"


def test_a_later_folder_overrides(folder: Path) -> None:
    change(folder, STREAM, "difficulty: 2", "difficulty: 3")
    assert read_bank([SAMPLE, folder]).bank.items["zorb-stream"].difficulty == 3
    assert read_bank([folder, SAMPLE]).bank.items["zorb-stream"].difficulty == 2


def test_the_version_follows_the_content_alone(folder: Path) -> None:
    before = read_bank([SAMPLE]).bank.version
    assert read_bank([folder]).bank.version == before
    change(folder, STREAM, "glimps a second", "glimps per second")
    assert read_bank([folder]).bank.version != before


def test_a_bad_file_hides_no_other(folder: Path) -> None:
    (folder / STREAM).write_text("id: [")
    (folder / "recall" / "zorb-deck.yaml").write_bytes(b"\xff\xfe\xff")
    reading = read_bank([folder])
    assert list(reading.bank.items) == ["zorb-lake"]
    assert [(Path(p.path).name, p.line) for p in reading.problems] == [
        ("zorb-stream.yaml", 2),
        ("zorb-deck.yaml", 1),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "what"),
    [
        (STREAM, "difficulty: 2", "dificulty: 2", 4, 'unknown key "dificulty"'),
        (STREAM, "id: zorb-stream", "id: other", 1, 'the id "other" is not the name of the file'),
        (STREAM, '"40,000 glimps', '"4,000 glimpses', 17, "does not stand in the stem"),
        (STREAM, "answer: [B]", "answer: [F]", 15, "the answer names the option F"),
        (STREAM, "answer: [C]", "answer: [G]", 33, "the flip's answer names the option G"),
        (STREAM, "  D: {trap", "  E: {trap", 25, "a trap names the option E"),
        (STREAM, "trap: overkill", "trap: overkil", 23, "traps.A.trap"),
        (STREAM, '"once a night"', '"twice a night"', 24, "does not stand in option C"),
        (STREAM, ', requires: "managed services"', "", 19, 'add "requires"'),
        (STREAM, "decides: {category: operations", "decides: {category: cost", 21, "not one of"),
        (STREAM, 'from: "within 5 minutes"', 'from: "the"', 31, "stands 5 times in the stem"),
        (STREAM, 'text: "the next morning"', 'text: "tonight"', 34, "not stand in the changed"),
        (STREAM, "until: 2027-05-01", "until: 2027-02-30", 36, "write a date as 2027-05-01"),
        (STREAM, "task: \"1.2\"", "task: 1.2", 3, "task"),
        (STREAM, "task: \"1.2\"", "task: &a \"1.2\"\nexam: *a", 4, "aliases"),
        ("siblings/zorb-classes.yaml", ", \"keeps objects\"", "", 5, "1 cells for 2 members"),
        ("siblings/zorb-classes.yaml", "[zorb-stream]", "[zorb-steam]", 7, "no scenario"),
        ("recall/zorb-deck.yaml", "zorb-stream-service", "zorb-lake-service", 5, "stands twice"),
        ("design/zorb-brief.yaml", 'text: "cheaply"', 'text: "dearly"', 10, "not stand in"),
        ("baseline/plain-zorb.yaml", "text:", "stem: So?\ntext:", 1, 'give either "text"'),
    ],
)  # fmt: skip
def test_what_is_refused(folder: Path, name: str, old: str, new: str, line: int, what: str) -> None:
    """The place is exact, and the file is left out."""
    path = change(folder, name, old, new)
    reading = read_bank([folder])
    mine = [p for p in reading.problems if p.path == str(path)]
    assert [p.line for p in mine if what in p.what] == [line], mine


def test_problems_tell_what_to_do(folder: Path) -> None:
    change(folder, STREAM, "difficulty: 2", "dificulty: 2")
    change(folder, "siblings/zorb-classes.yaml", "[zorb-stream]", "[zorb-steam]")
    told = [str(p).removeprefix(f"{folder}/") for p in read_bank([folder]).problems]
    assert told == [
        f'{STREAM}:1: the practice file lacks "difficulty"; every practice file carries it',
        f'{STREAM}:4: unknown key "dificulty"; did you mean "difficulty"?',
        'siblings/zorb-classes.yaml:7: there is no scenario "zorb-steam"; '
        'did you mean "zorb-stream"?',
    ]


@pytest.mark.parametrize(
    ("written", "line", "what"),
    [
        ("zorb\x1bler", 7, "unacceptable character #x001b"),
        ("zorb\u200bler", 5, "an invisible character (U+200B)"),
        ("zorb\u202eler", 5, "an invisible character (U+202E)"),
    ],
)
def test_what_cannot_be_seen_is_refused(folder: Path, written: str, line: int, what: str) -> None:
    path = change(folder, STREAM, "and the zorbler sells", f"and the {written} sells")
    [problem] = [p for p in read_bank([folder]).problems if p.path == str(path)]
    assert (problem.line, what in problem.what) == (line, True)
    assert problem.hint == "delete it, or type the text anew"


def test_escapes_in_yaml_hide_nothing(folder: Path) -> None:
    change(folder, "recall/zorb-deck.yaml", '"It delivers."', r'"It \e[31mdelivers."')
    [problem] = read_bank([folder]).problems
    assert (problem.line, problem.what) == (5, "an invisible character (U+001B)")


def test_places_that_are_none(folder: Path, tmp_path: Path) -> None:
    (folder / "practice" / "stray.yaml").write_text("id: stray")
    (folder / "bank.yaml").write_text("requirements")
    missing = tmp_path / "missing"
    problems = read_bank([folder, missing]).problems
    assert [(p.path, p.what) for p in problems] == [
        (str(folder / "practice" / "stray.yaml"), "this is in no folder of the bank"),
        (str(missing), "there is no such file or folder"),
    ]


def test_a_single_file_is_a_bank() -> None:
    found: Bank = read_bank([SAMPLE / STREAM]).bank
    assert list(found.items) == ["zorb-stream"]


def test_two_files_of_one_name(folder: Path) -> None:
    other = folder / "practice" / "eda" / "zorb-stream.yaml"
    other.parent.mkdir()
    shutil.copy(folder / STREAM, other)
    reading = read_bank([folder])
    assert [(p.path, p.line) for p in reading.problems] == [(str(other), 1)]
    assert reading.bank.items["zorb-stream"].domain == "data-engineering"


@given(
    st.sampled_from(sorted(str(p.relative_to(SAMPLE)) for p in SAMPLE.rglob("*.yaml"))),
    st.integers(0, 2000),
    st.integers(0, 40),
    st.sampled_from(["", "\n", "- ", "{A}", "[", '"', "null", "3", "\x00", "\ud800", "é: è", "&a"]),
)
def test_no_damage_is_too_much(name: str, place: int, length: int, put: str) -> None:
    """Whatever is done to a file, the bank is read, and a file that was left out is told."""
    path = SAMPLE / name
    text = path.read_text("utf-8")
    damaged = (text[:place] + put + text[place + length :]).encode("utf-8", "surrogatepass")
    files, _ = read_files([SAMPLE])
    files = [replace(f, data=damaged) if f.path == str(path) else f for f in files]
    reading = build_bank(files)
    told = {problem.path for problem in reading.problems}
    assert told or not reading.broken
    for _, broken in reading.broken:
        assert any(Path(path).stem == broken for path in told)
