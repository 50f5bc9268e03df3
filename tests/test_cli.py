"""The command line from outside: what is printed where, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import CORE
from shell import PROGRAM, QUESTION, STEM, Shell

from examcoach.places import shipped

TITLE = "mls-c01"
PLAIN = """\
mls-c01

A loxe zorbler is zorbly thrifxy [cost]. Which glimp fits?

Asks
  Which glimp fits?

Hidden
  "loxe zorbler" -> a glimp that cranks itself [operations]

Decides
  "zorbly thrifxy" (cost); it weighs most, though the pick would stay without it

Options
  A pick: Use Zorbstore.
    Zorbstore costs nothing. [Zorbstore]
  B out: Use Quuxbase.
    manual: Somebody must crank Quuxbase. [Quuxbase]
  C possible: Use a plain glimp.

Likely answer
  A, quite sure (87%)
  Zorbstore costs nothing.
"""
MARKDOWN = """\
## mls-c01

> A loxe zorbler is **zorbly thrifxy** `cost`. Which glimp fits?

**Asks:** Which glimp fits?

**Hidden:**

- “loxe zorbler” → a glimp that cranks itself *(operations)*

**Decides:** "zorbly thrifxy" (cost); it weighs most, though the pick would stay without it

| | Verdict | Option | Why |
|---|---|---|---|
| A | ✓ pick | Use Zorbstore. | Zorbstore costs nothing. \\[Zorbstore\\] |
| B | ✗ out | Use Quuxbase. | manual: Somebody must crank Quuxbase. \\[Quuxbase\\] |
| C | ? possible | Use a plain glimp. |  |

**Likely answer:** A, quite sure (87%). Zorbstore costs nothing.
"""


def records(out: str) -> list[dict[str, Any]]:
    """The breakdowns of JSON lines."""
    return [json.loads(line) for line in out.splitlines()]


def confident(text: str) -> str:
    """`text` with the fitted confidence, which is no business of these tests, as it was here."""
    return re.sub(r"A, [a-z ]+ \(\d+%\)", "A, quite sure (87%)", text)


# --- formats ---------------------------------------------------------------------------------


def test_plain_is_the_format_of_a_pipe(shell: Shell) -> None:
    result = shell("dissect", piped=QUESTION)
    assert (result.status, confident(result.out), result.err) == (0, PLAIN, "")


def test_markdown(shell: Shell) -> None:
    result = shell("dissect", "--format", "md", piped=QUESTION)
    assert (result.status, confident(result.out), result.err) == (0, MARKDOWN, "")


def test_json_is_one_array_and_jsonl_one_record_a_line(shell: Shell) -> None:
    shell.write("q.txt", QUESTION)
    whole = shell("dissect", "--format", "json", "q.txt", "q.txt")
    lines = shell("dissect", "--format", "jsonl", "q.txt", "q.txt")
    assert (whole.status, whole.err, lines.status, lines.err) == (0, "", 0, "")
    assert json.loads(whole.out) == records(lines.out)
    assert len(lines.out.splitlines()) == 2
    [first, second] = records(lines.out)
    assert first == second
    assert first["source"] == {"path": "q.txt", "line": 1}
    assert (first["stem"], first["answer"]) == (STEM, ["A"])
    assert [o["verdict"] for o in first["options"]] == ["pick", "eliminate", "possible"]
    assert [c["text"] for c in first["constraints"]] == ["loxe zorbler", "zorbly thrifxy"]


def test_rich_shows_the_same_facts(shell: Shell) -> None:
    out = shell("dissect", "--format", "rich", "--width", "100", piped=QUESTION).out
    assert out.startswith("mls-c01 ────")
    assert "zorbly thrifxy‹cost›" in out
    assert '"loxe zorbler" → a glimp that cranks itself ‹operations›' in out
    rows = [line.split(maxsplit=3) for line in out.splitlines() if line[2:3] in ("A", "B", "C")]
    assert [row[:3] for row in rows][:3] == [["A", "✓", "pick"], ["B", "✗", "out"],
                                             ["C", "?", "possible"]]  # fmt: skip
    assert "\x1b" not in out


@pytest.mark.parametrize("kind", ["plain", "md", "rich"])
def test_several_questions_stand_apart(shell: Shell, kind: str) -> None:
    two = f"Question 1\n{QUESTION}\nQuestion 2\n{QUESTION}"
    one = shell("dissect", "--format", kind, piped=QUESTION).out
    assert shell("dissect", "--format", kind, piped=two).out == f"{one}\n{one}"


# --- streams ---------------------------------------------------------------------------------


def test_every_kind_of_file_in_the_order_given(shell: Shell) -> None:
    """Files of all formats, standard input among them, come out in input order."""
    table = io.StringIO()
    csv.writer(table).writerows([["id", "stem", "a", "b"], ["csv", "Why?", "x", "y"]])
    shell.write("q.csv", table.getvalue())
    shell.write("q.yaml", "- {id: yaml1, stem: Why?}\n- {id: yaml2, stem: Why not?}\n")
    shell.write("q.json", '[{"id": "json", "stem": "Why?"}]')
    shell.write("q.md", "# Question 1\n\nWhich one?\n\n- x\n- y\n")
    files = ["q.yaml", "q.csv", "-", "q.json", "q.md"]
    piped = '{"id": "pipe1", "stem": "Why?"}\n{"id": "pipe2", "stem": "Why?"}\n'
    result = shell("dissect", "--format", "jsonl", *files, piped=piped)
    found = records(result.out)
    ids = ["yaml1", "yaml2", "csv", "pipe1", "pipe2", "json", None]
    assert [r["id"] for r in found] == ids
    assert [r["source"]["path"] for r in found] == [
        "q.yaml", "q.yaml", "q.csv", "-", "-", "q.json", "q.md"
    ]  # fmt: skip
    assert (result.status, result.err) == (0, "")


def test_a_line_is_answered_before_input_ends(shell: Shell) -> None:
    """A pipe's reader sees the first breakdown while the writer still holds the pipe open."""
    program = [*PROGRAM, "dissect", "--format", "jsonl"]
    with subprocess.Popen(
        program, env=shell.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("one", "two"):
            process.stdin.write(json.dumps({"id": name, "stem": "Why?"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("kind", ["jsonl", "rich"])
def test_a_closed_pipe_ends_quietly(shell: Shell, kind: str) -> None:
    shell.write("many.jsonl", '{"stem": "Why?"}\n' * 3000)
    program = [*PROGRAM, "dissect", "--format", kind, "many.jsonl"]
    with subprocess.Popen(
        program,
        env=shell.environment,
        cwd=shell.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_closed_streams_and_a_full_disk(shell: Shell) -> None:
    """Without standard input nothing is read; without output nothing is said; no traceback."""
    shell.write("q.txt", QUESTION)
    lines = []
    for command in ("<&-", "q.txt >&-", "q.txt >/dev/full"):
        done = subprocess.run(
            ["bash", "-c", f'"$0" -c "$1" dissect {command}', PROGRAM[0], PROGRAM[2]],
            cwd=shell.folder, env=shell.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines.append((done.returncode, done.stdout, done.stderr))
    assert lines == [
        (1, "", "examcoach: -: this is empty; give a question: a stem, and its options if any\n"),
        (0, "", ""),
        (1, "", "examcoach: standard output: cannot go on: No space left on device\n"),
    ]


def test_output_is_utf8_whatever_the_locale(shell: Shell) -> None:
    result = shell("dissect", piped="Which café → bar?", PYTHONIOENCODING="ascii")
    assert (result.status, result.err) == (0, "")
    assert "Which café → bar?" in result.out


# --- bad input -------------------------------------------------------------------------------

GOOD = '{{"id": "{}", "stem": "Why?"}}'


def test_each_bad_input_is_told_and_the_good_parts_are_read(shell: Shell) -> None:
    """Path, line, what and what to do on standard error; status 1; the rest is dissected."""
    (shell.folder / "folder").mkdir()
    lines = [GOOD.format(n) for n in range(1, 11)]
    lines[6] = '{"stem": "Whi'
    thirty = "\n".join(f"{n}. rung" for n in range(1, 31))
    bad: dict[str, str | bytes] = {
        "empty.txt": "",
        "binary.dat": bytes(range(256)) * 8,
        "broken.jsonl": "\n".join(lines),
        "bomb.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nstem: Why?\n",
        "object.yaml": '\nstem: !!python/object/apply:os.system ["echo hi"]\n',
        "no-stem.txt": "A. x\nB. y\n",
        "thirty.txt": f"Which?\n{thirty}\n",
    }
    for name, data in bad.items():
        shell.write(name, data)
    result = shell("dissect", "--format", "jsonl", "missing.txt", "folder", *bad)
    assert result.status == 1
    assert [r["id"] for r in records(result.out)] == [str(n) for n in range(1, 11) if n != 7]
    told = result.err.splitlines()
    expected = [
        ("missing.txt: there is no such file", "check the name"),
        ("folder: this is a folder", "give files"),
        ("empty.txt: this is empty", "give a question"),
        ("binary.dat: this is binary data", "save it as plain text"),
        ("broken.jsonl:7: broken JSON", "each line must be one question"),
        ("bomb.yaml:1: YAML anchors and aliases are not accepted", "write the text out"),
        ("object.yaml:2: the YAML tag", "write plain text"),
        ("no-stem.txt:1: these options have no stem", "paste the question above"),
        ("thirty.txt:1: this question has 30 options", "leave the options of one question only"),
    ]
    assert len(told) == len(expected)
    for line, (start, hint) in zip(told, expected, strict=True):
        assert line.startswith(f"examcoach: {start}")
        assert hint in line.removeprefix(f"examcoach: {start}")


def test_a_line_of_a_hundred_megabytes(shell: Shell) -> None:
    """It is told with its line and not kept; the lines around it are read."""
    path = shell.folder / "long.jsonl"
    with path.open("w") as file:
        file.write(GOOD.format("before") + "\n" + '{"stem": "')
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write('"}\n' + GOOD.format("after") + "\n")
    result = shell("dissect", "--format", "jsonl", "long.jsonl")
    path.unlink()
    assert result.status == 1
    assert [r["id"] for r in records(result.out)] == ["before", "after"]
    assert result.err.startswith("examcoach: long.jsonl:2: this line is longer than 1 MiB; ")
    assert result.err.count("\n") == 1


@pytest.mark.skipif(Path("/root").is_dir() and __import__("os").geteuid() == 0, reason="as root")
def test_a_file_that_may_not_be_read(shell: Shell) -> None:
    shell.write("secret.txt", QUESTION)
    (shell.folder / "secret.txt").chmod(0)
    result = shell("dissect", "secret.txt")
    assert result.status == 1
    assert result.err.startswith("examcoach: secret.txt: this file may not be read; ")


HOSTILE = "Which \x1b[31m[red]store\x1b]0;title\x07 is \u202ebest\u202c of\u200b all\x9b2J?"


@pytest.mark.parametrize("kind", ["plain", "md", "rich", "jsonl"])
def test_hostile_text_is_inert(shell: Shell, kind: str) -> None:
    """No control character reaches the output; markup is shown as the text that it is."""
    question = {"id": "\x1b[2J[red]", "stem": HOSTILE, "options": ["[bold]x[/bold]\x07", "\u202ey"]}
    shell.write("q.json", json.dumps(question))
    shell.write("q.txt", f"{HOSTILE}\nA. [bold]x[/bold]\x07\nB. \u202ey\n")
    result = shell("dissect", "--format", kind, "q.json", "q.txt", FORCE_COLOR="")
    assert (result.status, result.err) == (0, "")
    controls = {c for c in result.out if not c.isprintable()} - {"\n"}
    if kind == "jsonl":
        assert controls <= {"\u202e", "\u202c", "\u200b"}  # data, not display: offsets count them
    else:
        assert controls == set()
    shown = result.out.replace("\\", "")
    assert shown.count("[red]store") >= 2
    assert shown.count("[bold]x[/bold]") == 2


def test_hostile_names_in_messages(shell: Shell) -> None:
    result = shell("dissect", "\x1b[31m\nno")
    assert result.status == 1
    assert result.err.startswith("examcoach: �[31m no: there is no such file; ")
    assert result.err.count("\n") == 1


# --- hints, exams, width, colour -------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rich", "plain", "json", "jsonl", "md"])
@pytest.mark.parametrize("level", ["1", "2", "3"])
def test_hints_hold_the_answer_back(shell: Shell, kind: str, level: str) -> None:
    """No hint tells the pick; each level tells what it should and no more."""
    out = shell("dissect", "--format", kind, "--hint", level, piped=QUESTION).out
    for told in ("pick", "Likely answer", "Zorbstore costs nothing", "quite sure", "%", "✓"):
        assert told not in out
    assert "zorbly thrifxy" in out
    assert ("cranks itself" in out) == (level > "1")
    assert ("Somebody must crank" in out) == (level > "2")
    assert bool(re.search(r"eliminate|\bout\b(?!\.)", out)) == (level > "2")
    if kind.startswith("json"):
        [record] = json.loads(out) if kind == "json" else records(out)
        assert (record["answer"], record["confidence"], record["suggests"]) == ([], 0, [])
        assert (record["decides"] is None) == (level == "1")
        assert (record["decides"] or {}).get("without_it", []) == []
        assert all(o["score"] == 0 and o["fits"] == [] for o in record["options"])
    else:
        assert ("Decides" in out) == (level > "1")
        next_step = {"1": "--hint 2 shows", "2": "--hint 3 shows", "3": "Without --hint"}[level]
        assert next_step in out


def test_usage_errors(shell: Shell) -> None:
    """Wrong usage ends with 2, and says what there is instead."""
    told = []
    for arguments in (
        ["dissect", "--exam", "none-such"],
        ["dissect", "--edit", "q.txt"],
        ["dissect", "--hint", "4"],
        ["dissect", "--format", "xml"],
        ["dissect", "--width", "5"],
        ["evaluate"],
        ["frobnicate"],
    ):
        result = shell(*arguments, piped=QUESTION)
        assert (result.status, result.out) == (2, "")
        assert "Traceback" not in result.err
        told.append(result.err)
    assert told[0].startswith('examcoach: --exam: no exam pack "none-such"; there are: ')
    assert "mls-c01" in told[0]
    assert told[1].startswith("examcoach: --edit: takes no files; ")
    for message, word in zip(
        told[2:], ["--hint", "'rich', 'plain'", "--width", "FILES", "frobnicate"], strict=True
    ):
        assert word in message


def test_exam_is_taken_over(shell: Shell) -> None:
    out = shell("dissect", "--format", "jsonl", "--exam", "mls-c01", piped='{"stem":"Why?","exam":"x"}').out  # noqa: E501  # fmt: skip
    assert records(out)[0]["exam"] == "mls-c01"


@pytest.mark.parametrize("kind", ["plain", "rich"])
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_width(shell: Shell, kind: str, width: int) -> None:
    """No line is wider than asked, and the words are all there."""
    text = "A loxe zorbler weighs " + "supercalifragilistic" * 3 + f" 日本語の問題. {QUESTION}"
    out = shell("dissect", "--format", kind, "--width", str(width), piped=text).out
    from rich.cells import cell_len

    assert max(map(cell_len, out.splitlines())) <= width
    squeezed = "".join(out.split())
    for words in ("supercalifragilistic" * 3, "日本語の問題", "SomebodymustcrankQuuxbase."):
        if width >= 40 or kind == "plain":
            assert words in squeezed


def test_colour(shell: Shell) -> None:
    """A pipe gets none; FORCE_COLOR asks for what a terminal gets; NO_COLOR takes colours out."""
    plain = shell("dissect", piped=QUESTION)
    forced = shell("dissect", piped=QUESTION, FORCE_COLOR="1", TERM="xterm-256color")
    both = shell("dissect", piped=QUESTION, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color")
    assert "\x1b" not in plain.out
    assert "\x1b[1;33mzorbly thrifxy\x1b[0m" in forced.out
    assert re.search(r"\x1b\[1;32m✓ pick *\x1b\[0m", forced.out)
    assert "\x1b[1;3" not in both.out
    assert "\x1b[1mzorbly thrifxy\x1b[0m" in both.out


# --- patterns --------------------------------------------------------------------------------


def test_own_patterns_by_option_and_by_variable(shell: Shell, zorb: Path) -> None:
    """Both ways give the same library, and without either the words mean nothing."""
    by_variable = shell("dissect", "--format", "jsonl", piped=QUESTION)
    by_option = shell(
        "dissect", "--format", "jsonl", "--patterns", zorb, piped=QUESTION, EXAMCOACH_PATTERNS=""
    )
    neither = shell("dissect", "--format", "jsonl", piped=QUESTION, EXAMCOACH_PATTERNS="")
    assert by_option == by_variable
    assert records(neither.out)[0]["constraints"] == []


def test_a_folder_with_one_bad_file(shell: Shell) -> None:
    """The library is refused with path and line, by every command that needs it."""
    folder = shell.folder / "mine"
    folder.mkdir()
    (folder / "core.yaml").write_text(CORE)
    (folder / "bad.yaml").write_text("- cue: x\n  phrase: [y]\n  says: cost\n")
    for command in (["dissect"], ["patterns", "list"], ["explain", "athena"], ["evaluate", "-"]):
        result = shell(*command, "--patterns", "mine", piped=QUESTION)
        assert (result.status, result.out) == (2, "")
        assert 'examcoach: mine/bad.yaml:2: unknown key "phrase"; did you mean "phrases"?\n' in (
            result.err
        )
        assert "Traceback" not in result.err
    result = shell("patterns", "list", "--patterns", "nowhere")
    assert (result.status, result.err) == (2, "examcoach: nowhere: no such folder of patterns\n")


def test_patterns_list(shell: Shell) -> None:
    lines = shell("patterns", "list", "--kind", "play").out.splitlines()
    assert {line.split()[0] for line in lines} == {"play"}
    assert f"play      {'zorb-wins':<36} Zorbstore costs nothing." in lines
    heads = [json.loads(x) for x in shell("patterns", "list", "--json").out.splitlines()]
    [zorb] = [head for head in heads if head["id"] == "zorbstore"]
    assert (zorb["kind"], zorb["about"], zorb["line"]) == (
        "concept", "A glimp that costs nothing.", 1
    )  # fmt: skip
    assert len(heads) > 500
    wrong = shell("patterns", "list", "--kind", "plays")
    assert (wrong.status, wrong.err) == (2, 'examcoach: --kind: no kind "plays"; did you mean "play"?\n')  # noqa: E501  # fmt: skip


def test_patterns_show_and_explain(shell: Shell, zorb: Path) -> None:
    shown = shell("patterns", "show", "zorb-thrift")
    assert shown.out.startswith(f"# {zorb}/zorb.yaml:14\n- cue: zorb-thrift\n  phrases:\n")
    told = shell("explain", "zorbstore")
    assert told.out == (
        "zorbstore (concept)\n\nA glimp that costs nothing.\nNames: Zorbstore\n\n"
        "Fires:\n  Use [[Zorbstore]].\n\nSilent:\n  Use nothing.\n\nUsed by: zorb-wins\n\n"
        f"Source: The zorb handbook\nFile: {zorb}/zorb.yaml:1\n"
    )
    for command in (["patterns", "show"], ["explain"]):
        wrong = shell(*command, "zorbstor")
        assert (wrong.status, wrong.out) == (2, "")
        assert wrong.err == 'examcoach: zorbstor: no such pattern; did you mean "zorbstore"?\n'


def test_patterns_new_and_check(shell: Shell) -> None:
    """A skeleton checks; a broken example is told with its line."""
    skeleton = shell("patterns", "new", "cue", "small-glimp")
    assert skeleton.out.startswith("- cue: small-glimp\n  phrases: [the words]\n")
    shell.write("mine.yaml", skeleton.out)
    good = shell("patterns", "check", "mine.yaml")
    assert (good.status, good.out, good.err) == (0, "1 patterns, all well\n", "")
    shell.write("mine.yaml", skeleton.out.replace("[[the words]]", "[[nothing of it]]"))
    bad = shell("patterns", "check", "mine.yaml")
    assert (bad.status, bad.out) == (2, "")
    assert bad.err.startswith(f"examcoach: {shell.folder}/mine.yaml:")
    assert bad.err.endswith("problems in 1 patterns\n")
    for arguments in (["que", "x"], ["cue", "Not An Id"]):
        wrong = shell("patterns", "new", *arguments)
        assert (wrong.status, wrong.out) == (2, "")


def test_patterns_check_tells_what_is_replaced(shell: Shell, zorb: Path) -> None:
    """An id taken by accident would silently take a pattern away."""
    shell.write("mine.yaml", shell("patterns", "new", "cue", "zorb-thrift").out)
    told = shell("patterns", "check", "mine.yaml")
    place = f"{shell.folder}/mine.yaml:1"
    assert (told.status, told.out) == (0, "1 patterns, all well\n")
    assert told.err == f"{place}: replaces the cue of {zorb}/zorb.yaml:14\n"


def test_patterns_schema(shell: Shell) -> None:
    schema = json.loads(shell("patterns", "schema").out)
    assert schema["type"] == "array"
    assert {"concept", "cue", "play", "trap"} <= set(schema["$defs"])
    assert "phrases" in json.loads(shell("patterns", "schema", "cue").out)["properties"]
    assert shell("patterns", "schema", "que").err.endswith('did you mean "cue"?\n')


# --- evaluate --------------------------------------------------------------------------------

GOLD = {
    "id": "zorb",
    "stem": STEM,
    "options": {"A": "Use Zorbstore.", "B": "Use Quuxbase.", "C": "Use a plain glimp."},
    "answer": "A",
    "constraints": [{"category": "cost", "text": "zorbly thrifxy", "hidden": False}],
    "decides": {"category": "cost", "text": "zorbly thrifxy"},
    "traps": {"B": {"trap": "manual"}, "C": {"trap": "incomplete"}},
}


def test_evaluate(shell: Shell) -> None:
    """Figures as text and JSON, misses by name, and what changed against a baseline."""
    second = {**GOLD, "id": "other", "answer": "B"}
    shell.write("gold.jsonl", json.dumps(GOLD) + "\n" + json.dumps(second) + "\n")
    text = shell("evaluate", "gold.jsonl", "--misses")
    assert (text.status, text.err) == (0, "")
    figures = {line[:36].strip(): line[36:].strip() for line in text.out.splitlines()[:14]}
    assert figures["questions"] == "2"
    assert figures["accuracy"] == "0.500"
    assert figures["right options struck out"] == "0.500"
    assert figures["wrong options struck out"] == "0.250"
    assert figures["category F1, explicit"] == "1.000"
    assert figures["category F1, hidden"] == "0.000"
    assert figures["category F1, both"] == "0.667"
    assert figures["what decides, category"] == "1.000"
    assert figures["kind of trap, of all wrong options"] == "0.500"
    assert figures["domain"] == "-"
    assert "other  answer  found A  gold B" in text.out.splitlines()
    assert "other  right option struck out  found quux-cranks  gold B" in text.out.splitlines()

    record = json.loads(shell("evaluate", "gold.jsonl", "--format", "json").out)
    assert record["schema"] == "examcoach/evaluation@1"
    assert record["answers"] == {"zorb": True, "other": False}
    assert record["figures"]["accuracy"] == 0.5
    record["answers"] = {"zorb": False, "other": True}
    record["figures"]["accuracy"] = 0.75
    shell.write("before.json", json.dumps(record))
    compared = shell("evaluate", "gold.jsonl", "--against", "before.json").out
    assert "0.500  -0.250" in compared
    assert compared.endswith("gained: zorb\nlost: other\n")
    told = shell("evaluate", "gold.jsonl", "--against", "before.json", "--format", "json", "--misses")  # noqa: E501  # fmt: skip
    both = json.loads(told.out)
    assert both["changes"] == {"gained": ["zorb"], "lost": ["other"]}
    assert {"id": "other", "what": "answer", "found": "A", "gold": "B"} in both["misses"]


@pytest.mark.parametrize(
    ("text", "status", "what"),
    [
        ("{", 2, "not JSON"),
        ("[]", 2, "not an evaluation"),
        ('{"figures": {"accuracy": "x"}, "answers": {}}', 2, "not an evaluation"),
        ('{"figures": {}, "answers": [1]}', 2, "not an evaluation"),
        (None, 1, "cannot be read: No such file"),
    ],
)
def test_a_baseline_that_is_none(shell: Shell, text: str | None, status: int, what: str) -> None:
    if text is not None:
        shell.write("before.json", text)
    result = shell("evaluate", "-", "--against", "before.json", piped=QUESTION)
    assert (result.status, result.out) == (status, "")
    assert result.err.startswith(f"examcoach: before.json: {what}")


# --- what is not loaded, what is not needed --------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["patterns", "list"]])
def test_light_commands_leave_spacy_alone(shell: Shell, arguments: list[str]) -> None:
    shell("patterns", "list")  # compiled once
    done = subprocess.run(
        [PROGRAM[0], "-X", "importtime", *PROGRAM[1:], *arguments],
        env=shell.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert not {name.partition(".")[0] for name in imported} & {"spacy", "thinc", "numpy"}
    assert not imported & {"examcoach.sense", "examcoach.library.schema"}
    assert done.stdout


def test_version(shell: Shell) -> None:
    from examcoach import __version__

    assert shell("--version").out == f"examcoach {__version__}\n"


def test_a_cache_that_cannot_be_written(shell: Shell) -> None:
    """It is done without."""
    shell.write("file", "")
    folder = str(shell.folder / "file")
    result = shell("patterns", "list", "--kind", "play", XDG_CACHE_HOME=folder)
    assert (result.status, result.err) == (0, "")
    assert f"play      {'zorb-wins':<36} Zorbstore costs nothing." in result.out.splitlines()


def test_the_shipped_examples(shell: Shell) -> None:
    """Every shipped example is dissected without a warning, and has something to say."""
    files = sorted((shipped("scenarios") / "examples").glob("*.txt"))
    result = shell("dissect", "--format", "jsonl", *files, EXAMCOACH_PATTERNS="")
    assert (result.status, result.err) == (0, "")
    found = records(result.out)
    assert [r["source"]["path"] for r in found] == [str(f) for f in files]
    assert all(r["constraints"] for r in found)
    assert all(bool(r["answer"]) == bool(r["options"]) for r in found)
    assert all(r["answer"] or r["suggests"] for r in found)
