"""Every file format and encoding, what is wrong with bad input, and the way back to JSON."""

from __future__ import annotations

import io
import json
import os
import socket
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examcoach.errors import Problem
from examcoach.formats import files as module
from examcoach.formats.files import read_path, read_stream
from examcoach.formats.records import from_record, to_record
from examcoach.model import Scenario
from examcoach.terms import CATEGORIES, TRAP_TYPES

STEM = "A bakery keeps ten years of records. Which store is the cheapest?"
RECORD: dict[str, Any] = {
    "id": "bakery",
    "exam": "mla-c01",
    "stem": STEM,
    "options": {"A": "A log", "B": "A tape", "C": "A cache"},
    "choose": 1,
    "answer": ["B"],
    "domain": "data-engineering",
    "constraints": [
        {"category": "scale", "text": "ten years", "start": 15, "end": 24, "hidden": False,
         "requires": None},
        {"category": "data", "text": "records", "start": 28, "end": 35, "hidden": True,
         "requires": "a store that is only appended to"},
    ],
    "decides": {"category": "cost", "text": "cheapest", "start": 56, "end": 64},
    "traps": {"A": {"trap": "costly", "because": "It costs more.", "text": "log"},
              "C": {"trap": "wrong-tool", "because": "It forgets.", "text": "cache"}},
    "author": "a baker",
}  # fmt: skip
PASTE = f"{STEM}\nA. A log\nB. A tape\nC. A cache\nAnswer: B\n"


def read(data: bytes | str, path: str = "-") -> tuple[list[Scenario], list[Problem]]:
    raw = data.encode() if isinstance(data, str) else data
    found = list(read_stream(io.BytesIO(raw), path))
    return (
        [f for f in found if isinstance(f, Scenario)],
        [f for f in found if isinstance(f, Problem)],
    )


def bakery(data: bytes | str, path: str = "-") -> Scenario:
    """The one question in `data`, which must be the bakery's."""
    scenarios, problems = read(data, path)
    assert problems == []
    assert len(scenarios) == 1
    question = scenarios[0].question
    assert question.stem == STEM
    assert {o.label: o.text for o in question.options} == RECORD["options"]
    assert question.choose == 1
    return scenarios[0]


def refused(data: bytes | str, path: str = "-") -> Problem:
    scenarios, problems = read(data, path)
    assert scenarios == []
    assert len(problems) == 1
    assert problems[0].path == path
    assert problems[0].hint
    return problems[0]


def one_record(**changes: Any) -> tuple[Scenario | None, list[Problem]]:
    record = {k: v for k, v in (RECORD | changes).items() if v is not ...}
    found = list(from_record(record, "x.json", 3))
    problems = [f for f in found if isinstance(f, Problem)]
    assert {(p.path, p.line) for p in problems} <= {("x.json", 3)}
    return next((f for f in found if isinstance(f, Scenario)), None), problems


# --- formats ---------------------------------------------------------------------------------

YAML = """\
id: bakery
stem: A bakery keeps ten years of records. Which store is the cheapest?
options:
  A: A log
  B: A tape
  C: A cache
answer: B
"""
INDENTED = "\n".join("  " + line for line in YAML.splitlines())
CSV = f'id,stem,a,b,c,answer\nbakery,"{STEM}",A log,A tape,A cache,B\n'


@pytest.mark.parametrize("name", ["-", "q.txt", "q.jsonl", "q.json"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORD),
        json.dumps(RECORD) + "\n",
        "\n\n" + json.dumps(RECORD) + "\n\n",
    ],
)
def test_json_lines(name: str, text: str) -> None:
    assert bakery(text, name).gold.answer == ("B",)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORD, indent=2),
        json.dumps([RECORD]),
        json.dumps([RECORD], indent=1),
        json.dumps({"questions": [RECORD]}, indent=1),
        json.dumps({"questions": [RECORD]}),
    ],
)
def test_json(text: str) -> None:
    assert bakery(text).gold.answer == ("B",)


@pytest.mark.parametrize(
    "text",
    [
        YAML,
        "# by hand\n---\n" + YAML,
        "- " + INDENTED.lstrip(),
        "questions:\n- " + INDENTED.lstrip(),
    ],
)
def test_yaml(text: str) -> None:
    assert bakery(text).gold.answer == ("B",)
    assert bakery(text, "q.yaml").question.id == "bakery"


def test_yaml_documents_and_their_lines() -> None:
    scenarios, problems = read(f"{YAML}---\n{YAML}")
    assert problems == []
    assert [s.question.source.line for s in scenarios if s.question.source] == [1, 9]


def test_yaml_text_stays_text() -> None:
    scenarios, _ = read("stem: Which rate?\noptions: [0.10, yes, 2026-01-31, 1e3, 007, 12, true]\n")
    assert [o.text for o in scenarios[0].question.options] == [
        "0.10", "yes", "2026-01-31", "1e3", "007", "12", "true",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        CSV,
        CSV.replace(",a,b,c,", ",option_a,option_b,option_c,"),
        CSV.replace(",a,b,c,", ",Option 1,Option 2,Option 3,"),
        CSV.replace("stem", "Question").replace("answer", "Correct Answer"),
        f"question\tA\tB\tC\tcorrect\n{STEM}\tA log\tA tape\tA cache\tB\n",
        f"prompt;choice_a;choice_b;choice_c;key\n{STEM};A log;A tape;A cache;B\n",
        f"stem,options,answer\n{STEM},A log|A tape|A cache,B\n",
        f'stem,options,answer\n{STEM},"A. A log\nB. A tape\nC. A cache",B\n',
        f'stem,options,answer\n{STEM},"[""A log"", ""A tape"", ""A cache""]",A tape\n',
        f'question,answer\n"{STEM}\nA. A log\nB. A tape\nC. A cache",B\n',
        f"Question,Answer Option 1,Answer Option 2,Answer Option 3,Correct Answers\n"
        f"{STEM},A log,A tape,A cache,2\n",
    ],
)
def test_csv(table: str) -> None:
    assert bakery(table).gold.answer == ("B",)
    assert bakery(table, "q.csv").gold.answer == ("B",)


def test_csv_lines_and_more_columns() -> None:
    rows = 'stem,a,b,choose,source\n"Which\nstore?",log,tape,2,mill\nWhich shop?,n,s,1,\n'
    scenarios, problems = read(rows)
    assert problems == []
    assert [s.question.source.line for s in scenarios if s.question.source] == [2, 4]
    assert [s.question.choose for s in scenarios] == [2, 1]
    assert [dict(s.extra) for s in scenarios] == [{"source": "mill"}, {}]


@pytest.mark.parametrize("name", ["-", "q.md", "q.txt", "q"])
def test_pasted_text(name: str) -> None:
    assert bakery(PASTE, name).gold.answer == ("B",)


def test_text_keeps_its_lines() -> None:
    scenarios, problems = read("\n" + PASTE + "\nWhich shop?\nA. n\nB. s\n", "q.md")
    assert problems == []
    assert [s.question.source.line for s in scenarios if s.question.source] == [2, 8]


# --- encodings -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [PASTE, json.dumps(RECORD) + "\n", YAML, CSV])
@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode(),
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("utf-16"),
        lambda t: t.encode("utf-16-le"),
        lambda t: t.encode("utf-16-be"),
        lambda t: b"\xfe\xff" + t.encode("utf-16-be"),
        lambda t: t.encode("utf-32"),
        lambda t: t.replace("\n", "\r\n").encode(),
    ],
)
def test_encodings(text: str, encode: Any) -> None:
    assert bakery(encode(text)).gold.answer == ("B",)


def test_eight_bit_text() -> None:
    scenarios, problems = read("Which café – “old” or new?\nA. élan\nB. über\n".encode("cp1252"))
    assert problems == []
    assert scenarios[0].question.stem == 'Which café – "old" or new?'
    assert [o.text for o in scenarios[0].question.options] == ["élan", "über"]


def test_one_eight_bit_line_among_json_lines() -> None:
    good = json.dumps({"stem": "Which café?"}, ensure_ascii=False)
    scenarios, problems = read(good.encode() + b"\n" + good.encode("latin-1"))
    assert problems == []
    assert [s.question.stem for s in scenarios] == ["Which café?"] * 2


# --- streaming -------------------------------------------------------------------------------


class Pipe(io.RawIOBase):
    """A stream that tells how much of it was asked for."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.given = 0

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002
        chunk = next(self.chunks, b"")
        self.given += len(chunk)
        return chunk


def test_the_first_question_is_given_before_the_second_is_there() -> None:
    line = json.dumps(RECORD).encode() + b"\n"
    pipe = Pipe(iter([line] * 3))
    found = read_stream(cast("BinaryIO", pipe), "-")
    assert isinstance(next(found), Scenario)
    assert pipe.given == len(line)
    assert len(list(found)) == 2


def peak(count: int) -> int:
    line = json.dumps(RECORD).encode() + b"\n"
    tracemalloc.start()
    found = read_stream(cast("BinaryIO", Pipe(line * 10 for _ in range(count // 10))), "-")
    assert sum(isinstance(f, Scenario) for f in found) == count
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size


def test_memory_does_not_grow_with_the_number_of_questions() -> None:
    assert peak(10_000) < 500_000  # bytes; the lines alone are ten megabytes


@pytest.mark.parametrize("opening", [b'{"stem": "', b"x", b"stem: "])
def test_a_line_of_a_hundred_megabytes(opening: bytes) -> None:
    chunks = iter([opening, *(b"x" * 1_000_000 for _ in range(100)), b'"}\n', PASTE.encode()])
    tracemalloc.start()
    found = list(read_stream(cast("BinaryIO", Pipe(chunks)), "big"))
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    first = found[0]
    assert isinstance(first, Problem)
    assert first.line == 1
    assert "longer than 1 MiB" in first.what
    assert size < 12_000_000


def test_questions_around_a_line_that_is_too_long() -> None:
    line = json.dumps(RECORD)
    scenarios, problems = read(f"{line}\n{'{'}{'x' * (1 << 20)}\n{line}\n")
    assert [s.question.source.line for s in scenarios if s.question.source] == [1, 3]
    assert [p.line for p in problems] == [2]
    scenarios, problems = read(f"{'x' * (2 << 20)}\n\n{PASTE}")
    assert [s.question.stem for s in scenarios] == [STEM]
    assert [p.line for p in problems] == [1]


def test_a_document_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_DOCUMENT", 5_000)
    problem = refused("word and word\n" * 1_000)
    assert "larger than" in problem.what
    assert "JSON lines" in problem.hint


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n\n \t\n", b"\xef\xbb\xbf", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["-", "q.jsonl", "q.yaml", "q.csv", "q.json"])
def test_empty(data: bytes, name: str) -> None:
    assert refused(data, name).what == "this is empty"


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7 words", b"PK\x03\x04docx", bytes(range(256)) * 9, b"\x89PNG\r\n", b"a\0b\0\0c" * 9],
)
def test_binary(data: bytes) -> None:
    assert "binary" in refused(data).what


def test_broken_json_in_line_7_of_10() -> None:
    lines = [json.dumps(RECORD | {"id": str(n)}) for n in range(1, 11)]
    lines[6] = lines[6][:-9]
    found = list(read_stream(io.BytesIO("\n".join(lines).encode()), "ten.jsonl"))
    assert [f.question.id if isinstance(f, Scenario) else None for f in found] == [
        "1", "2", "3", "4", "5", "6", None, "8", "9", "10",
    ]  # fmt: skip
    problem = found[6]
    assert isinstance(problem, Problem)
    assert str(problem).startswith("ten.jsonl:7: broken JSON: ")


def test_broken_json_in_the_first_line() -> None:
    scenarios, problems = read('{"stem": "Which?"]}\n' + json.dumps(RECORD))
    assert [s.question.id for s in scenarios] == ["bakery"]
    assert [p.line for p in problems] == [1]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[{"stem": "Which?"},\n {"stem": }]', 2, "broken JSON"),
        ('[{"stem": "Which?"}', 1, "not closed"),
        ('[{"stem": "Which?"}]\n[]', 1, "more after the end"),
    ],
)
def test_broken_array(text: str, line: int, what: str) -> None:
    scenarios, problems = read(text)
    assert [s.question.stem for s in scenarios] == ["Which?"]
    assert [(p.line, what in p.what) for p in problems] == [(line, True)]


@pytest.mark.parametrize("text", ['{"stem": ' + "[" * 100_000, "[" * 100_000, '{"a":' * 100_000])
@pytest.mark.parametrize("name", ["q.json", "q.jsonl", "q.yaml"])
def test_deep_nesting(text: str, name: str) -> None:
    scenarios, problems = read(text, name)
    assert scenarios == []
    assert len(problems) == 1


@pytest.mark.parametrize("text", ["[]", ",", '{"questions": []}', '{"questions": []}\n\n'])
def test_json_without_a_question(text: str) -> None:
    assert refused(text, "q.json").what == "there is no question in this"


def test_numbers_json_does_not_have() -> None:
    assert "NaN is not a JSON number" in refused('{"stem": "Which?", "x": NaN}\n', "q.jsonl").what
    assert "broken JSON" in refused('{"stem": "W?", "x": ' + "9" * 5000 + "}\n", "q.jsonl").what


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("stem: &a Which?\nid: *a\n", 1, "anchors and aliases"),
        ("id: x\nstem: !!python/object/apply:os.system [ls]\n", 2, "tag"),
        ("id: x\nstem: !Question {}\n", 2, "tag"),
        ("stem: [" + "[" * 60 + "]" * 60 + "]\n", 1, "nested too deeply"),
        ("id: x\nstem: a: b\n", 2, "broken YAML"),
        ("stem: [1\n", 2, "broken YAML"),
    ],
)
def test_bad_yaml(text: str, line: int, what: str) -> None:
    problem = refused(text, "q.yaml")
    assert (problem.line, what in problem.what) == (line, True)


def test_alias_bomb() -> None:
    bomb = 'a: &a ["x"]\n' + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    assert "anchors and aliases" in refused("stem: Which?\n" + bomb).what


def test_yaml_before_the_broken_document_is_read() -> None:
    scenarios, problems = read(f"{YAML}---\nstem: [x\n")
    assert [s.question.stem for s in scenarios] == [STEM]
    assert ["broken YAML" in p.what for p in problems] == [True]


def test_table_without_rows() -> None:
    assert "no questions" in refused("stem,a,b,answer\n", "q.csv").what


@pytest.mark.parametrize("value", [None, "text", 7, True, ["Which?"]])
def test_a_record_that_is_no_object(value: Any) -> None:
    (problem,) = from_record(value, "q.jsonl", 4)
    assert isinstance(problem, Problem)
    assert (problem.line, "expected a question as an object" in problem.what) == (4, True)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"stem": ...}, "has no stem"), ({"stem": ""}, "has no stem"),
        ({"stem": " \n"}, "has no stem"), ({"stem": 7}, "text as its stem, not a number"),
        ({"stem": ["x"]}, "not a list"), ({"stem": "\x1b\x00"}, "blank"),
        ({"options": "A log"}, "options must be a list or an object, not text"),
        ({"options": {"A": "log", "B": None}}, "option B has no text"),
        ({"options": ["log", " "]}, "option B has no text"),
        ({"options": ["x"] * 30}, "30 options"), ({"options": ["x"] * 9}, "9 options"),
        ({"choose": 0}, "choose must be"), ({"choose": 4}, "choose must be"),
        ({"choose": "two"}, "choose must be"), ({"choose": True}, "choose must be"),
        ({"id": ["x"]}, "id must be text"), ({"exam": {}}, "exam must be text"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(changes: dict[str, Any], what: str) -> None:
    scenario, problems = one_record(**changes)
    assert scenario is None
    assert [(what in p.what, p.hint != "") for p in problems] == [(True, True)]


MARK = {"category": "cost", "text": "cheapest", "start": 56, "end": 64}


@pytest.mark.parametrize(
    ("changes", "what", "lost"),
    [
        ({"answer": "D"}, "the answer 'D' is none of the options A to C", {"answer": ()}),
        ({"answer": ["A", "Z"]}, "none of the options", {"answer": ()}),
        ({"answer": {"A": 1}}, "none of the options", {"answer": ()}),
        ({"domain": ["x"]}, "domain must be text", {"domain": None}),
        ({"constraints": "cost"}, "constraints must be a list", {"constraints": None}),
        ({"constraints": [MARK | {"category": "price"}]}, "the category 'price'",
         {"constraints": ()}),
        ({"constraints": [MARK | {"start": 57}]}, "does not stand where", {"constraints": ()}),
        ({"constraints": [MARK | {"start": "56"}]}, "does not stand where", {"constraints": ()}),
        ({"constraints": [MARK | {"hidden": "no"}]}, "true or false", {"constraints": ()}),
        ({"constraints": ["cost"]}, "must be an object", {"constraints": ()}),
        ({"decides": MARK | {"text": "dearest"}}, "decides: 'dearest'", {"decides": None}),
        ({"decides": MARK | {"end": 10**30}}, "does not stand where", {"decides": None}),
        ({"traps": []}, "traps must be an object", {"traps": None}),
        ({"traps": {"Z": {"trap": "costly"}}}, "option 'Z'", {"traps": {}}),
        ({"traps": {"A": {"trap": "boring"}}}, "the trap of option A is 'boring'", {"traps": {}}),
        ({"traps": {"A": "costly"}}, "the trap of option A", {"traps": {}}),
    ],
)  # fmt: skip
def test_wrong_gold_is_dropped_and_the_question_kept(
    changes: dict[str, Any], what: str, lost: dict[str, Any]
) -> None:
    scenario, problems = one_record(**changes)
    good, _ = one_record()
    assert scenario is not None
    assert good is not None
    assert scenario == replace(good, gold=replace(good.gold, **lost))
    assert [what in p.what for p in problems] == [True]


# --- what a record says ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("B", "B"), ("b", "B"), ("A, C", "AC"), ("CA", "AC"), (["C", "A"], "AC"), ("A tape", "B"),
     ("A and B", "AB"), (None, ""), ("", ""), ([], "")],
)  # fmt: skip
def test_answers(answer: Any, expected: str) -> None:
    scenario, problems = one_record(answer=answer)
    assert problems == []
    assert scenario is not None
    assert "".join(scenario.gold.answer) == expected


@pytest.mark.parametrize(
    ("options", "answer", "labels"),
    [
        (["x", "y"], "B", "AB"), ({"a": "x", "b": "y"}, "b", "AB"),
        ({"1": "x", "2": "y"}, "2", "AB"), ({"C": "x", "D": "y"}, "D", "CD"),
        ([{"label": "A", "text": "x"}, {"text": "y"}], "B", "AB"),
        ({"i": "x", "ii": "y"}, "ii", "AB"),
    ],
)  # fmt: skip
def test_labels_are_upper_case_letters(options: Any, answer: str, labels: str) -> None:
    scenario, problems = one_record(options=options, answer=answer, traps=...)
    assert problems == []
    assert scenario is not None
    assert [(o.label, o.text) for o in scenario.question.options] == [
        (labels[0], "x"),
        (labels[1], "y"),
    ]
    assert scenario.gold.answer == (labels[1],)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1), ({"choose": 2}, 2), ({"choose": "2"}, 2), ({"choose": ..., "answer": "AB"}, 1),
        ({"choose": ..., "stem": "What? (Choose two.)", "answer": ...}, 2), ({"choose": ...}, 1),
        ({"choose": ..., "stem": "What? (Choose two.)", "answer": "A"}, 2),
    ],
)  # fmt: skip
def test_choose(changes: dict[str, Any], count: int) -> None:
    scenario, problems = one_record(**({"constraints": ..., "decides": ...} | changes))
    assert problems == []
    assert scenario is not None
    assert scenario.question.choose == count


def test_a_stem_is_taken_as_it_is() -> None:
    stem = " A. “log” &amp;  <b>x</b>\n\n- **tape**\u200b\t\u202e "
    scenario, _ = one_record(stem=stem, constraints=..., decides=...)
    assert scenario is not None
    assert scenario.question.stem == stem


def test_controls_are_replaced_one_for_one() -> None:
    stem = "A\x1b[31m\ud800\r\n is cheapest\x9b"
    start = stem.index("cheapest")
    mark = MARK | {"start": start, "end": start + 8}
    scenario, problems = one_record(stem=stem, constraints=[mark], decides=...)
    assert problems == []
    assert scenario is not None
    assert scenario.question.stem == "A [31m\ufffd \n is cheapest "
    assert scenario.gold.constraints is not None
    assert scenario.gold.constraints[0].start == start


def test_a_constraint_without_a_place_is_looked_for() -> None:
    scenario, problems = one_record(constraints=[{"category": "cost", "text": "cheapest"}])
    assert problems == []
    assert scenario is not None
    assert scenario.gold.constraints is not None
    assert (scenario.gold.constraints[0].start, scenario.gold.constraints[0].end) == (56, 64)


def test_unknown_keys_are_kept() -> None:
    scenario, _ = one_record()
    assert scenario is not None
    assert scenario.extra == {"author": "a baker"}
    assert scenario.question.exam == "mla-c01"


# --- paths -----------------------------------------------------------------------------------


def from_path(path: str, data: bytes = b"") -> list[Scenario | Problem]:
    return list(read_path(path, io.BytesIO(data)))


def test_a_dash_is_standard_input() -> None:
    (found,) = from_path("-", PASTE.encode())
    assert isinstance(found, Scenario)
    assert found.question.source is not None
    assert found.question.source.path == "-"


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "q.md"
    file.write_text(PASTE)
    (found,) = from_path(str(file))
    assert isinstance(found, Scenario)
    assert found.question.source is not None
    assert found.question.source.path == str(file)


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    address = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        whats = {
            str(tmp_path / "nothing"): "no such file",
            str(tmp_path): "folder",
            "a\0b": "cannot be read",
            "x" * 5000: "cannot be read",
            address: "not a file with text",
        }
        for path, what in whats.items():
            (problem,) = from_path(path)
            assert isinstance(problem, Problem)
            assert what in problem.what
            assert problem.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "q.md"
    file.write_text(PASTE)
    file.chmod(0)
    (problem,) = from_path(str(file))
    assert isinstance(problem, Problem)
    assert "may not be read" in problem.what


# --- what holds for anything -----------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [b"{", b"}", b"[", b'"stem"', b": ", b'"Which?"', b"\n", b"stem: x\n", b"- ", b"a,b,stem\n",
     b"&a ", b"*a", b"!!x ", b"\xff\xfe", b"\0", b"\xef\xbb\xbf", b"A. log\n", b"---\n", b"\t",
     b"\x1b[", b"stem,a,b\n", b'"', b",", b"options:\n", b"? ", b"| ", b"\r", b"\xe9",
     b'{"stem": "Which?"}']
)  # fmt: skip
BYTES = st.one_of(st.binary(), st.lists(FRAGMENTS, max_size=30).map(b"".join))
NAMES = st.sampled_from(["-", "a.json", "a.jsonl", "a.yaml", "a.csv", "a.md"])


@settings(max_examples=500, deadline=None)
@given(BYTES, NAMES)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    scenarios, problems = read(data, name)
    assert scenarios or problems
    assert all(p.path == name and p.what and p.hint for p in problems)
    for scenario in scenarios:
        words = [scenario.question.stem, *(o.text for o in scenario.question.options)]
        for text in words:
            assert text.strip()
            assert not any(c < " " and c not in "\n\t" for c in text)
            assert text.encode()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={key: JSON | st.just(value) for key, value in RECORD.items()},
    )
)
def test_any_record_is_read_or_refused(record: dict[str, Any]) -> None:
    found = list(from_record(record, "x", 1))
    assert found
    scenarios = [f for f in found if isinstance(f, Scenario)]
    assert len(scenarios) <= 1
    for scenario in scenarios:
        again = list(from_record(to_record(scenario), "x", 1))
        assert again == [scenario]


WORDS = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1, max_size=30).filter(
    str.strip
)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    stem = draw(WORDS)
    labels = list("ABCDEFGH")[: draw(st.integers(2, 8))]
    start = draw(st.integers(0, len(stem) - 1))
    end = draw(st.integers(start + 1, len(stem)))
    mark = {"category": draw(st.sampled_from(CATEGORIES)), "text": stem[start:end],
            "start": start, "end": end}  # fmt: skip
    trap = {"trap": draw(st.sampled_from(TRAP_TYPES)), "because": draw(WORDS), "text": draw(WORDS)}
    return {
        "id": draw(WORDS),
        "exam": draw(WORDS),
        "stem": stem,
        "options": {label: draw(WORDS) for label in labels},
        "choose": draw(st.integers(1, len(labels))),
        "answer": draw(st.lists(st.sampled_from(labels), min_size=1, unique=True).map(sorted)),
        "explanation": draw(WORDS),
        "domain": draw(WORDS),
        "constraints": [mark | {"hidden": draw(st.booleans()), "requires": draw(WORDS)}],
        "decides": mark,
        "traps": {draw(st.sampled_from(labels)): trap},
        "more": draw(JSON),
    }


@settings(max_examples=200, deadline=None)
@given(records())
def test_the_way_back_is_exact(record: dict[str, Any]) -> None:
    (scenario,) = from_record(record, "x", 1)
    assert isinstance(scenario, Scenario)
    assert to_record(scenario) == record
    scenarios, problems = read(json.dumps(record) + "\n")
    assert problems == []
    assert [to_record(s) for s in scenarios] == [record]
