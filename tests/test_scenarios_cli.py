"""`examcoach scenarios`: whole commands, as a shell runs them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from shell import Shell
from test_terminal import rest, terminal

SAMPLE = Path(__file__).with_name("bank")
STREAM = "practice/data-engineering/zorb-stream.yaml"


@pytest.fixture
def bank(shell: Shell) -> Path:
    """A copy of the sample bank in the folder that commands run in."""
    return Path(shutil.copytree(SAMPLE, shell.folder / "own"))


def records(out: str) -> dict[str, dict[str, object]]:
    """The JSON lines of a list, by id; the shipped bank's beside the sample's."""
    found = [json.loads(line) for line in out.splitlines()]
    return {record["id"]: record for record in found}


def test_list_is_json_lines_in_a_pipe(shell: Shell, bank: Path) -> None:
    result = shell("scenarios", "list", "--scenarios", bank)
    assert (result.status, result.err) == (0, "")
    record = records(result.out)["zorb-stream"]
    assert record["answer"] == ["B"]
    assert record["domain"] == "data-engineering"
    assert record["siblings"] == ["zorb-classes"]
    assert str(record["explanation"]).startswith("B delivers within minutes")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--domain", "data-engineering"], {"zorb-stream", "zorb-lake"}),
        (["--task", "1.1"], {"zorb-lake"}),
        (["--trap", "not-scalable"], {"zorb-stream"}),
        (["--trap", "overkill"], {"zorb-stream", "zorb-lake"}),
        (["--category", "cost"], {"zorb-lake"}),
        (["--difficulty", "2"], {"zorb-stream"}),
        (["--siblings", "zorb-classes", "--difficulty", "1"], {"zorb-lake"}),
        (["--siblings", "zorb-classes", "--difficulty", "3"], set()),
    ],
)
def test_filters(shell: Shell, bank: Path, filters: list[str], found: set[str]) -> None:
    result = shell("scenarios", "list", "--scenarios", bank, *filters)
    assert {name for name in records(result.out) if name.startswith("zorb-")} == found


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--trap", "leakege", 'did you mean "leakage"?'),
        ("--category", "costs", 'did you mean "cost"?'),
        ("--siblings", "zorb-clases", 'did you mean "zorb-classes"?'),
        ("--domain", "data-enginering", 'did you mean "data-engineering"?'),
    ],
)
def test_a_filter_that_there_is_not(
    shell: Shell, bank: Path, option: str, value: str, hint: str
) -> None:
    result = shell("scenarios", "list", "--scenarios", bank, option, value)
    assert result.status == 2
    assert result.err == f'examcoach: {option}: there is no "{value}"; {hint}\n'


def test_a_list_can_be_dissected_and_evaluated(shell: Shell, bank: Path) -> None:
    listed = shell("scenarios", "list", "--scenarios", bank, "--siblings", "zorb-classes").out
    dissected = shell("dissect", "-", "--format", "jsonl", piped=listed)
    assert dissected.status == 0
    assert [json.loads(line)["id"] for line in dissected.out.splitlines()] == [
        "zorb-lake",
        "zorb-stream",
    ]
    evaluated = shell("evaluate", "-", piped=listed)
    assert (evaluated.status, evaluated.err) == (0, "")
    assert re.search(r"^questions +2$", evaluated.out, re.MULTILINE)


def test_a_practice_file_can_be_dissected_and_evaluated(shell: Shell, bank: Path) -> None:
    dissected = shell("dissect", bank / STREAM, "--format", "jsonl")
    assert (dissected.status, dissected.err) == (0, "")
    assert json.loads(dissected.out)["id"] == "zorb-stream"
    evaluated = shell("evaluate", bank / STREAM)
    assert (evaluated.status, evaluated.err) == (0, "")


def test_list_in_sentences(shell: Shell, bank: Path) -> None:
    result = shell("scenarios", "list", "--scenarios", bank, "--format", "plain")
    assert (
        "zorb-stream: task 1.2, difficulty 2, 1 right, decided by operations, "
        "traps overkill, wrong-mode, not-scalable, with a flip\n"
    ) in result.out


@pytest.mark.parametrize("columns", [40, 80, 100])
def test_list_on_a_terminal(shell: Shell, bank: Path, columns: int) -> None:
    """A table where there is room for one, else sentences."""
    with terminal(
        shell, "scenarios", "list", "--scenarios", str(bank), "--task", "1.1", columns=columns
    ) as child:
        lines = rest(child).splitlines()
    sample = [line for line in lines if line.startswith("zorb-lake")]
    if columns == 40:
        assert sample == [
            "zorb-lake: task 1.1, difficulty 1, 2 right, decided by latency, "
            "traps costly, wrong-mode, overkill"
        ]
    else:
        assert lines[0].split() == ["id", "task", "level", "right", "flip", "decides", "traps"]
        assert sample[0].split()[:5] == ["zorb-lake", "1.1", "1", "2", "latency"]
        assert all(len(line) <= columns for line in lines)


def test_a_bad_file_is_told_and_the_rest_listed(shell: Shell, bank: Path) -> None:
    path = bank / STREAM
    path.write_text(path.read_text().replace("difficulty", "\x07iculty"))
    result = shell("scenarios", "list", "--scenarios", bank)
    assert result.status == 1
    assert f"{STREAM}:4: " in result.err
    assert "\x07" not in result.err
    assert "zorb-lake" in records(result.out)


SHOWN = """\
zorb-lake  (mls-c01 1.1, data-engineering, difficulty 1)

A museum of glimps keeps 3 TB of scanned catalogues that nobody can scan again,
in one account and one Region. Its eleven researchers look at each of them about
once a quarter, at no known time, and can wait for milliseconds only. The museum
pays the bill from its entrance fees. Which storage classes of Amazon S3 cost
least? (Choose two.)

  A. S3 Standard
     costly: It is priced for frequent reads. [S3 Standard]
* B. S3 Standard-Infrequent Access
  C. S3 Glacier Deep Archive
     wrong-mode: A restore takes hours. [Deep Archive]
* D. S3 Glacier Instant Retrieval
  E. S3 on Outposts
     overkill: It is hardware on premises. [Outposts]

Constraints
  cost: "cost least"
  latency: "wait for milliseconds only"

Decides
  latency: "wait for milliseconds only"

Why
  B and D answer in milliseconds at a low price. A costs more, C takes hours, E
  is hardware.

Siblings: zorb-classes
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
"""


def test_show_a_question(shell: Shell, bank: Path) -> None:
    result = shell("scenarios", "show", "zorb-lake", "--scenarios", bank)
    assert result.out == SHOWN + f"File: {bank}/practice/data-engineering/zorb-lake.yaml\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zorb-classes", "  s3: keeps objects\n"),
        ("zorb-deck", "Where do zorbs keep objects?\n  Amazon S3 (also: S3). It keeps objects.\n"),
        ("zorb-brief", '  operations, hidden: "loxe zorbler" -> managed services\n'),
        ("plain-zorb", "Zorbs roll down the hill on Sundays.\n"),
    ],
)
def test_show_the_other_kinds(shell: Shell, bank: Path, name: str, words: str) -> None:
    result = shell("scenarios", "show", name, "--scenarios", bank)
    assert words in result.out
    as_json = shell("scenarios", "show", name, "--json", "--scenarios", bank)
    assert json.loads(as_json.out)["id"] == name


def test_show_nothing(shell: Shell, bank: Path) -> None:
    result = shell("scenarios", "show", "zorb-steam", "--scenarios", bank)
    assert (result.status, result.out) == (2, "")
    assert 'there is no such scenario; did you mean "zorb-stream"?' in result.err


def test_stats(shell: Shell, bank: Path) -> None:
    """By domain and task, the blueprint's targets beside; the same as JSON."""
    result = shell("scenarios", "stats", "--scenarios", bank)
    assert result.status == 0
    rows = {line.split()[0]: line.split() for line in result.out.splitlines() if line}
    assert rows["task"][:5] == ["task", "have", "want", "several", "flips"]
    assert rows["eda"][2] == "31"
    record = json.loads(shell("scenarios", "stats", "--scenarios", bank, "--format", "json").out)
    tallies = {tally["name"]: tally for tally in record["tallies"]}
    assert int(rows["1.2"][1]) == tallies["1.2"]["questions"] >= 1
    assert [tallies[name]["target"] for name in ("data-engineering", "modeling", "all", "1.1")] == [
        26,
        47,
        130,
        None,
    ]
    unknown = shell("scenarios", "stats", "--exam", "mls-c02")
    assert (unknown.status, unknown.out) == (2, "")


def test_check_a_sound_bank(shell: Shell, bank: Path) -> None:
    result = shell("scenarios", "check", bank)
    assert (result.status, result.err) == (0, "")
    assert result.out == "2 questions, 4 other files, all well\n"


def test_check_tells_path_line_what_and_what_to_do(shell: Shell, bank: Path) -> None:
    path = bank / STREAM
    path.write_text(path.read_text().replace("  D: {trap", "  # {trap"))
    result = shell("scenarios", "check", bank)
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        f"examcoach: {path}:23: option D is wrong, and no trap says why; "
        "add to traps: D: {trap: …, text: …, because: …}\n"
        "1 problems; readable are 2 questions, 4 other files\n"
    )
    other = shell("scenarios", "check", bank / "recall", "--scenarios", bank)
    assert (other.status, other.out) == (0, "0 questions, 1 other files, all well\n")


def test_check_wants_something_to_check(shell: Shell) -> None:
    missing = shell("scenarios", "check", "nowhere")
    assert (missing.status, missing.out) == (2, "")
    assert "nowhere: there is no such file or folder" in missing.err
    (shell.folder / "empty").mkdir()
    empty = shell("scenarios", "check", "empty")
    assert (empty.status, empty.err) == (
        1,
        "examcoach: empty: there are no scenarios in this\n"
        "1 problems; readable are 0 questions, 0 other files\n",
    )


def test_check_keeps_ids(shell: Shell, bank: Path) -> None:
    accepted = shell("scenarios", "check", bank, "--accept-new")
    assert accepted.status == 0
    assert f"{bank}/ids.txt: practice/zorb-stream added\n" in accepted.err
    shutil.move(bank / STREAM, bank / "practice/data-engineering/renamed.yaml")
    path = bank / "practice/data-engineering/renamed.yaml"
    path.write_text(path.read_text().replace("id: zorb-stream", "id: renamed"))
    changed = shell("scenarios", "check", bank)
    assert f'{bank}/ids.txt:5: "practice/zorb-stream" has vanished; ' in changed.err
    assert changed.status == 1
    assert '"practice/renamed" is not listed; add it by: ' in changed.err


def test_fill_patterns(shell: Shell, bank: Path) -> None:
    """Patterns are written once, and are then found sound; nothing else is touched."""
    before = {path: path.read_text() for path in bank.rglob("*.yaml")}
    result = shell("scenarios", "check", bank, "--fill-patterns")
    assert (result.status, result.err) == (0, "patterns written into 2 files\n")
    for path, text in before.items():
        after = path.read_text()
        assert after.startswith(text)
        assert ("\npatterns: [" in after) == (path.parts[-3] == "practice")
    again = shell("scenarios", "check", bank, "--fill-patterns")
    assert (again.status, again.err) == (0, "patterns written into 0 files\n")


def test_a_bank_of_one_letter_is_refused(shell: Shell, bank: Path) -> None:
    """A dozen questions whose right option is always B."""
    text = (bank / STREAM).read_text()
    for number in range(12):
        own = " ".join(f"w{number}x{n}" for n in range(60))
        stem = f"  {own} 40,000 glimps a second within 5 minutes. One analyst"
        stem += " asks for the LEAST operational overhead?"
        changed = re.sub(r"(?s)(stem: >-\n).*?(options:)", rf"\g<1>{stem}\n\g<2>", text)
        changed = re.sub(r"(  [A-D]: [A-Z].*)\.\n", rf"\1 {own}.\n", changed)
        changed = changed.replace("zorb-stream", f"zorb-{number}")
        (bank / f"practice/data-engineering/zorb-{number}.yaml").write_text(changed)
    result = shell("scenarios", "check", bank)
    assert result.status == 1
    assert "the right option is B in 14 of 14 questions, where chance makes 4 (p = " in result.err
