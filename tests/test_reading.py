"""Reading pasted text: the corpus of shapes, what is refused, and what holds for any text."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examcoach.errors import Problem
from examcoach.model import Scenario
from examcoach.reading import choose_of, clean, labels_in, read_questions

CORPUS = Path(__file__).parent / "corpus"
SHAPES = sorted(path.stem for path in CORPUS.glob("*.txt"))


def only(text: str) -> Scenario:
    scenarios, problems = read_questions(text)
    assert problems == []
    assert len(scenarios) == 1
    return scenarios[0]


def refusal(text: str) -> Problem:
    scenarios, problems = read_questions(text, "paste.txt")
    assert scenarios == []
    assert len(problems) == 1
    return problems[0]


def options(scenario: Scenario) -> dict[str, str]:
    return {option.label: option.text for option in scenario.question.options}


def test_corpus_is_large_enough() -> None:
    assert len(SHAPES) >= 50


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text = (CORPUS / f"{name}.txt").read_bytes().decode("utf-8")
    scenarios, problems = read_questions(text)
    assert problems == []
    found = [
        {
            "line": s.question.source.line if s.question.source else None,
            "stem": s.question.stem,
            "options": options(s),
            "choose": s.question.choose,
            "answer": list(s.gold.answer),
            "explanation": s.gold.explanation,
        }
        for s in scenarios
    ]
    assert found == json.loads((CORPUS / f"{name}.json").read_text("utf-8"))


# --- places ----------------------------------------------------------------------------------


def test_source_is_where_the_stem_begins() -> None:
    text = "\n\nWhich store fits?\nA. log\nB. tape\n\nWhich shop is old?\nA. north\nB. south\n"
    scenarios, _ = read_questions(text, "bakery.md", first_line=10)
    assert [s.question.source.line for s in scenarios if s.question.source] == [12, 16]
    assert {s.question.source.path for s in scenarios if s.question.source} == {"bakery.md"}


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["{n}. rung", "- rung {n}", "- [ ] rung {n}"])
def test_thirty_options(label: str) -> None:
    ladder = "\n".join(label.format(n=n) for n in range(1, 31))
    problem = refusal(f"Which store fits best?\n{ladder}\n")
    assert problem.line == 1
    assert "30 options" in problem.what
    assert problem.hint


def test_thirty_lettered_options_spoil_only_their_question() -> None:
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB", "AC", "AD"]
    ladder = "\n".join(f"{letter}. rung" for letter in letters)
    text = f"Question 1\nWhich?\n{ladder}\nQuestion 2\nWhich shop is old?\nA. north\nB. south\n"
    scenarios, problems = read_questions(text)
    assert [s.question.stem for s in scenarios] == ["Which shop is old?"]
    assert ["30 options" in p.what for p in problems] == [True]


@pytest.mark.parametrize("text", ["A. log\nB. tape\nC. disk", "- log\n- tape", "1. log\n2. tape"])
def test_options_without_a_stem(text: str) -> None:
    problem = refusal(text)
    assert "no stem" in problem.what
    assert str(problem).startswith("paste.txt:1: ")


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u200b\ufeff", "Page 3 of 60", "\x1b[2J"])
def test_nothing_to_read(text: str) -> None:
    assert "no question" in refusal(text).what


def test_an_option_without_text() -> None:
    assert "option B has no text" in refusal("Which?\nA. log\nB.\nC. tape\n").what


def test_a_key_that_names_no_option() -> None:
    scenarios, problems = read_questions("Which?\nA. log\nB. tape\nAnswer: F\n")
    assert [s.gold.answer for s in scenarios] == [()]
    assert ["the answer F is none of the options A to B" in p.what for p in problems] == [True]


# --- single traits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("Answer: C", "C"), ("Correct Answer: B, D", "BD"), ("Ans. c", "C"),
        ("**Answer** - B", "B"), ("The correct answer is D", "D"), ("Key: A", "A"),
        ("Answers: A and C", "AC"), ("Answer: B & C", "BC"), ("ANSWER = D", "D"),
        ("Answer: BD", "BD"), ("Answer (C)", "C"), ("Correct option: B", "B"),
        ("Solution: D.", "D"), ("Answer: option C", "C"), ("The answer is B.", "B"),
        ("Correct: A", "A"), ("Suggested Answer: C 🗳️", "C"), ("Answer key: A", "A"),
        ("Answer C", "C"), ("Correct answers are A, B and D", "ABD"), ("Answer(s): A; C", "AC"),
        ("<b>Correct Answer:</b> <i>B</i>", "B"), ("Answer:D", "D"), ("✅ Answer: B", "B"),
    ],
)  # fmt: skip
def test_spellings_of_the_key(line: str, answer: str) -> None:
    scenario = only(f"Which store fits?\nA. log\nB. tape\nC. cache\nD. disk\n\n{line}\n")
    assert "".join(scenario.gold.answer) == answer
    assert options(scenario)["D"] == "disk"
    assert scenario.gold.explanation is None


@pytest.mark.parametrize(
    "head",
    ["Question 12", "Question 12:", "QUESTION NO: 12", "Q12.", "Q.12)", "#12", "Question #12",
     "## Question 12", "**Question 12**", "NEW QUESTION 12", "Question 12 of 65", "Question:",
     "Question 12 (Topic 2)", "Question #: 12", "Topic 1", "Practice question 3", "12."],
)  # fmt: skip
def test_headings_are_no_part_of_the_stem(head: str) -> None:
    for joint in ("\n", "\n\n", " ") if head not in ("#12", "Topic 1") else ("\n", "\n\n"):
        scenario = only(f"{head}{joint}Which store fits?\nA. log\nB. tape\n")
        assert scenario.question.stem == "Which store fits?"


@pytest.mark.parametrize(
    ("stem", "count"),
    [
        ("What helps? (Choose two.)", 2), ("Select TWO", 2), ("Which TWO steps help?", 2),
        ("What helps? (Choose 3)", 3), ("Select two answers.", 2), ("Pick the three best.", 3),
        ("Which combination of steps helps? (Select THREE.)", 3), ("What helps?", None),
        ("Which combination of two steps helps?", 2), ("Which two-part remedy helps?", None),
        ("It is a linear combination of four others. What helps?", None),
        ("Every combination of three depths and two rates is tried. What helps?", None),
        ("Which 200 rows matter?", None), ("Two bakers choose a store. Which?", None),
        ("It picks two of ten. Which step helps? (Choose four.)", 4),
    ],
)  # fmt: skip
def test_choose(stem: str, count: int | None) -> None:
    assert choose_of(stem) == count


def test_choose_is_never_more_than_the_options() -> None:
    assert only("What helps? (Choose three.)\nA. log\nB. tape\n").question.choose == 2


@pytest.mark.parametrize(
    "text",
    [
        "The rate went from 0.1 to 0.5. What next?",
        "It ran 1. in May and 2. in June. Why did it stop?",
        "The bakery must:\n1. bake\n2. sell\n\nWhat would you build?",
        "The bakery has:\n- ovens\n- shops\nWhich comes first?",
        "It sells to A. Baker and B. Miller every day and wants to stop.",
    ],
)
def test_prose_is_no_option(text: str) -> None:
    assert only(text).question.options == ()


@pytest.mark.parametrize(
    ("text", "labels", "found"),
    [
        ("b", "ABC", "B"), ("A, C", "ABC", "AC"), ("CA", "ABC", "AC"), ("A and B", "ABC", "AB"),
        ("E", "ABC", None), ("bad idea", "ABD", None), ("", "AB", None), ("AA", "AB", None),
    ],
)  # fmt: skip
def test_labels_in(text: str, labels: str, found: str | None) -> None:
    assert labels_in(text, list(labels)) == (None if found is None else tuple(found))


def test_clean_keeps_lines_and_words() -> None:
    messy = "\ufeffIt\u2019s <b>\ufb01ne</b> &amp; \u201ccheap\u201d\r\n"
    messy += "Page 3 of 60\r\n\x1b[1mnow\x1b[0m"
    assert clean(messy) == 'It\'s fine & "cheap"\nnow'
    assert clean("SELECT * FROM a_b WHERE x < 3 AND y > <name>") == (
        "SELECT * FROM a_b WHERE x < 3 AND y > <name>"
    )


# --- what holds for any text -----------------------------------------------------------------

PIECES = st.sampled_from(
    ["Which store fits?", "A. ", "B) ", "(C) ", "1. ", "- ", "- [x] ", "\n", "\n\n", "Answer: B",
     "Explanation:", "Question 3", "> ", "# ", "**", "<br>", "&nbsp;", "\x1b[31m", "\u202e", "\t",
     "log", "Page 1 of 2", "\ud800", "(Choose two.)", "Answer:", "•", "---", '"', "A", "\x0c"]
)  # fmt: skip
MESSY = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


def is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character != "\n"


@settings(max_examples=400, deadline=None)
@given(MESSY)
def test_any_text_is_read_or_refused(text: str) -> None:
    scenarios, problems = read_questions(text)
    assert scenarios or problems
    for scenario in scenarios:
        question = scenario.question
        labels = [option.label for option in question.options]
        assert labels == list("ABCDEFGH")[: len(labels)]
        assert 1 <= question.choose <= max(5, len(labels))
        assert set(scenario.gold.answer) <= set(labels)
        for words in [question.stem, *(option.text for option in question.options)]:
            assert words.strip()
            assert not any(map(is_control, words))
        assert question.source is not None
        lines = re.split(r"\r\n|\r|\n", text)
        assert 1 <= question.source.line <= len(lines)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_cleaning_leaves_no_control_character(text: str) -> None:
    assert not any(map(is_control, clean(text)))


WORDS = st.lists(
    st.sampled_from(["record", "shop", "oven", "flour", "sale", "baker"]), min_size=1, max_size=12
).map(" ".join)
LABELS = st.sampled_from(["{A}. ", "{A}) ", "({A}) ", "{a}. ", "{a}) ", "{n}. ", "{n}) ", "- ",
                          "• ",
                          "**{A}.** ", "- [ ] ", "{A}: "])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(WORDS, st.lists(WORDS, min_size=2, max_size=8), LABELS, st.sampled_from(["\n", "\n\n"]))
def test_what_is_laid_out_is_read_back(stem: str, texts: list[str], label: str, gap: str) -> None:
    asked = f"Which {stem}?"
    rungs = [
        label.format(A=chr(65 + i), a=chr(97 + i), n=i + 1) + text for i, text in enumerate(texts)
    ]
    scenario = only(gap.join([asked, *rungs]))
    assert scenario.question.stem == asked
    assert list(options(scenario).values()) == texts


@pytest.mark.parametrize(
    "unit",
    ["A. x\nB. y\n", "**a ", "a-\n", "Which one? A. x B. y\n\n", "- a\n", "(choose ", "<!--"],
)
def test_time_grows_with_the_text_not_its_square(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        start = time.process_time()
        read_questions(text)
        return time.process_time() - start

    seconds(2_000)
    assert seconds(64_000) < 40 * max(seconds(8_000), 0.002)
