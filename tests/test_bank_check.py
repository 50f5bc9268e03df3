"""What is refused in a bank, and the measures behind it."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examcoach import places
from examcoach.bank import ids, tally
from examcoach.bank.chance import at_least, habits
from examcoach.bank.check import check, habits_beyond_chance
from examcoach.bank.exercised import exercised, with_patterns
from examcoach.bank.knowledge import Knowledge
from examcoach.bank.labels import bare_labels, labels_named, plain_scenario, relabel
from examcoach.bank.likeness import alike, shingles
from examcoach.bank.load import read_bank
from examcoach.bank.model import Item
from examcoach.bank.requirements import Requirements, load_requirements
from examcoach.dissect import Dissector
from examcoach.errors import LibraryError, Problem
from examcoach.formats.files import read_path
from examcoach.formats.records import to_record
from examcoach.library.catalog import Catalog
from examcoach.library.yaml_source import read_yaml
from examcoach.model import (
    Ask,
    Breakdown,
    Constraint,
    Fit,
    Gold,
    JudgedOption,
    Option,
    Question,
    Scenario,
    Trap,
)

SAMPLE = Path(__file__).with_name("bank")
STREAM = "practice/data-engineering/zorb-stream.yaml"
LAKE = "practice/data-engineering/zorb-lake.yaml"
TODAY = dt.date(2027, 1, 1)

Checker = Callable[..., list[Problem]]


@pytest.fixture(scope="module")
def requirements() -> Requirements:
    return load_requirements(places.shipped("scenarios"))


@pytest.fixture(scope="module")
def knowledge(catalog: Catalog, dissector: Dissector) -> Knowledge:
    return Knowledge(catalog, dissector)


@pytest.fixture
def checked(tmp_path: Path, knowledge: Knowledge, requirements: Requirements) -> Checker:
    """What is wrong with the sample bank after words of one of its files were replaced."""

    def run(name: str, *changes: tuple[str, str], today: dt.date = TODAY) -> list[Problem]:
        folder = shutil.copytree(SAMPLE, tmp_path / "bank")
        text = (folder / name).read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
        found = check(read_bank([folder]), knowledge, requirements, today)
        return [replace(p, path=str(Path(p.path).relative_to(folder))) for p in found]

    return run


def test_the_sample_is_sound(knowledge: Knowledge, requirements: Requirements) -> None:
    assert check(read_bank([SAMPLE]), knowledge, requirements, TODAY) == []


REFUSED = [
    (STREAM, "exam: mls-c01", "exam: mls-c02", 2, 'no exam pack "mls-c02"', "mls-c01"),
    (STREAM, 'task: "1.2"', 'task: "5.2"', 3, "mls-c01 has no task 5.2", "1.1, 1.2"),
    (STREAM, 'task: "1.2"', 'task: "3.2"', 3, "task 3.2 belongs to modeling", "practice/modeling"),
    (STREAM, "The towers were painted last year, and the", "The", 5, "the stem has ", "50 to 150"),
    (STREAM, "  D: Put", "  E: A fifth.\n  D: Put", 11, "5 options with 1 right", "give 4"),
    (STREAM, "and query the table there", "or all of the above", 14, "of the above", "own"),
    (STREAM, "answer: [B]", "answer: [B]\nchoose: 2", 16, "choose is 2, and 1", "leave it out"),
    (LAKE, " (Choose two.)", "", 5, "the ask does not say how many, and 2", "(Choose two.)"),
    (LAKE, "(Choose two.)", "(Choose three.)", 5, "the ask says to choose 3, and 2", "(Choose"),
    (STREAM, "  D: {trap", "  # {trap", 23, "option D is wrong, and no trap says", "add to traps"),
    (STREAM, "  D: {trap", "  B: {trap", 25, "does not stand in option B", "exact"),
    (STREAM, "  answer: [C]", "  answer: [B]", 33, "leaves the answer as it was", "what decides"),
    (STREAM, "  answer: [C]", "  answer: [C, D]", 33, "the flip has 2 right options", "keep"),
    (STREAM, "and {D} breaks", "and it breaks", 26, "does not name D", "{D}"),
    (STREAM, "{D} breaks", "{D} and {E} break", 26, "{E} is none of the options", "A, B, C, D"),
    (STREAM, "so {C} is simpler", "so option C and {C} win", 35, '"option C" would be', "{C}"),
    (STREAM, "runs itself.", "runs itself, unlike Amazon EMR.", 26, '"Amazon EMR"', "options"),
    (STREAM, "until: 2027-05-01", "until: 2026-12-31", 36, "out of date since 2026-12-31", "mend"),
    (STREAM, "until: 2027", "patterns: [s4]\nuntil: 2027", 36, 'no pattern "s4"', "list"),
    ("siblings/zorb-classes.yaml", "members: [k", "members: [x-k", 3, "no concept", "kinesis-data"),
    ("design/zorb-brief.yaml", "needs: [i", "needs: [xi", 9, 'no need "xingest-stream"', "ingest"),
    ("design/zorb-brief.yaml", "[emr]", "[fargate-gpx]", 15, "no concept or trap", "fargate"),
    ("design/zorb-brief.yaml", 'task: "1.2"', 'task: "9.9"', 3, "no exam has a task 9.9", "packs"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "what", "hint"), REFUSED, ids=[row[4] for row in REFUSED]
)
def test_what_is_refused(
    checked: Checker, name: str, old: str, new: str, line: int, what: str, hint: str
) -> None:
    """What is spoilt is told once, with its place and what to do."""
    found = [p for p in checked(name, (old, new)) if p.path == name]
    told = [(p.line, hint in p.hint) for p in found if what in p.what]
    assert told == [(line, True)], found


def test_a_date_holds_through_its_day(checked: Checker) -> None:
    assert checked(STREAM, ("A zorbler", "A zorbler"), today=dt.date(2027, 5, 1)) == []


def test_retired_services_are_not_right(checked: Checker, knowledge: Knowledge) -> None:
    retired = "AWS Panorama"
    [[spoken]] = knowledge.spoken([retired])
    assert knowledge.status(spoken.concept)["state"] == "retired"
    [problem] = checked(STREAM, ("the glimps to Amazon Data Firehose", f"the glimps to {retired}"))
    assert problem.line == 12
    assert 'option B is right and names "AWS Panorama", retired 2026-05-31' in problem.what


def test_a_retired_service_may_be_wrong(checked: Checker) -> None:
    changes = (("Amazon RDS", "AWS Panorama"),)
    assert checked(STREAM, *changes) == []


@pytest.mark.parametrize(
    "named",
    ["Firehose", "Data Firehose", "S3", "Amazon Kinesis Data Firehose", "Kafka", "Spark", "RDS"],
)
def test_other_names_of_what_the_question_names(checked: Checker, named: str) -> None:
    """The explanation may use any name of a thing, short or old."""
    assert checked(STREAM, ("runs itself.", f"runs itself; {named} is known.")) == []


def test_the_library_finds_nothing_in_baseline_texts(
    tmp_path: Path, make: Callable[[str], Dissector], catalog: Catalog, requirements: Requirements
) -> None:
    """A trap found there is told with the option's line and the pattern to mend."""
    wary = Knowledge(catalog, make(WARY))
    path = tmp_path / "baseline" / "plain.yaml"
    path.parent.mkdir()
    path.write_text("id: plain\nstem: Which?\noptions:\n  A: Walk.\n  B: Use the bus.\n")
    [problem] = check(read_bank([path]), wary, requirements, TODAY)
    assert str(problem) == (
        f"{path}:5: the library finds a trap in option B: costly, by bus-costs; "
        "mend the pattern if the option is sound: examcoach explain bus-costs"
    )
    path.write_text("id: plain\ntext: Use the bus.\n")
    assert check(read_bank([path]), wary, requirements, TODAY) == []


WARY = """
- concept: bus
  kind: tool
  names: [bus]
  about: a bus
  fires: ["Use the [[bus]]."]
  silent: ["Walk."]
- trap: bus-costs
  type: costly
  option: {all: [bus]}
  because: A bus costs money.
  fires: [{stem: Which?, option: "Use the [[bus]]."}]
  silent: [{stem: Which?, option: Walk.}]
"""


def test_near_duplicates_are_told(
    tmp_path: Path, knowledge: Knowledge, requirements: Requirements
) -> None:
    folder = shutil.copytree(SAMPLE, tmp_path / "bank")
    text = (folder / STREAM).read_text("utf-8")
    twin = text.replace("zorb-stream", "zorb-twin").replace("A zorbler", "A wumpus")
    (folder / "practice/data-engineering/zorb-twin.yaml").write_text(twin)
    found = check(read_bank([folder]), knowledge, requirements, TODAY)
    assert [(Path(p.path).name, p.line) for p in found] == [
        ("zorb-twin.yaml", 5),
        ("zorb-twin.yaml", 11),
    ]
    assert found[1].what == "options 100% like zorb-stream, below 40% is asked for"
    first = str(folder / STREAM)
    asked = check(read_bank([folder]), knowledge, requirements, TODAY, first.__eq__)
    assert [(p.path, p.line, p.what.split(",")[0]) for p in asked] == [
        (first, 5, found[0].what.split(",")[0].replace("zorb-stream", "zorb-twin")),
        (first, 11, "options 100% like zorb-twin"),
    ]


# --- measures --------------------------------------------------------------------------------


def test_resemblance_by_hand() -> None:
    """a b c d / a b c e: runs abc, bcd / abc, bce; one of three is shared."""
    sets = {"x": shingles(["a b c d"], 3), "y": shingles(["A, b: c. e"], 3)}
    assert list(alike(sets, 0.33)) == [("x", "y", 1 / 3)]
    assert list(alike(sets, 0.34)) == []


texts = st.lists(st.sampled_from("abcd"), max_size=6).map(" ".join)


@given(st.lists(texts, max_size=6), st.integers(1, 3), st.floats(0.01, 1))
def test_alike_is_all_pairs_compared(told: list[str], length: int, threshold: float) -> None:
    sets = {str(n): shingles([text], length) for n, text in enumerate(told)}
    expected = {
        (a, b, len(sets[a] & sets[b]) / len(sets[a] | sets[b]))
        for a, b in itertools.combinations(sets, 2)
        if len(sets[a] & sets[b]) / len(sets[a] | sets[b]) >= threshold
    }
    assert set(alike(sets, threshold)) == expected


@pytest.mark.parametrize(("hits", "tries", "p"), [(0, 5, 0.25), (3, 10, 0.25), (10, 10, 0.5)])
def test_equal_trials_are_binomial(hits: int, tries: int, p: float) -> None:
    tail = sum(comb(tries, k) * p**k * (1 - p) ** (tries - k) for k in range(hits, tries + 1))
    assert at_least(hits, [p] * tries) == pytest.approx(tail)


@given(st.lists(st.floats(0, 1), max_size=6), st.integers(0, 6))
def test_tail_is_the_sum_over_outcomes(probabilities: list[float], hits: int) -> None:
    total = 0.0
    for outcome in itertools.product((0, 1), repeat=len(probabilities)):
        if sum(outcome) >= hits:
            chance = 1.0
            for hit, p in zip(outcome, probabilities, strict=True):
                chance *= p if hit else 1 - p
            total += chance
    assert at_least(hits, probabilities) == pytest.approx(total, abs=1e-9)


def item(name: str, options: Sequence[str], answer: str, stem: str = "Which?") -> Item:
    """A question with only what the measures look at."""
    labelled = tuple(Option("ABCDEF"[n], text) for n, text in enumerate(options))
    scenario = Scenario(Question(stem, labelled, id=name), Gold(tuple(answer)))
    return Item(scenario, name, "1.1", "data-engineering", 1, "", (), (), None, None, name)


def test_habits_by_hand() -> None:
    items = [
        item("one", ["short", "much longer", "s", "t"], "B", "A longer story"),
        item("two", ["short", "much longer", "s", "t"], "A", "A shore"),
        item("both", ["aa", "bb", "c", "d", "e"], "AC"),
        item("even", ["aa", "bb", "cc", "dd"], "D"),
    ]
    found = {habit.what: habit for habit in habits(items)}
    longest = found["the right option is the longest"]
    # of five options two are longest and two right: missed by 3 of 10 pairs
    assert (longest.hits, longest.items) == (2, ("one", "both"))
    assert longest.expected == pytest.approx(0.25 + 0.25 + 0.7)
    words = found["the right option shares most words with the stem"]
    assert (words.hits, words.expected) == (1, pytest.approx(0.25))
    assert found["the right option is A"].hits == 2
    assert found["the right option is E"].expected == pytest.approx(2 / 5)


def test_habits_beyond_chance_are_refused(requirements: Requirements) -> None:
    honest = [item(f"q{n}", "wxyz", "ABCD"[n % 4]) for n in range(40)]
    assert list(habits_beyond_chance(honest, requirements, "bank")) == []
    lazy = [item(f"q{n}", "wxyz", "B") for n in range(10)]
    [problem] = habits_beyond_chance(lazy, requirements, "bank")
    assert str(problem) == (
        "bank: the right option is B in 10 of 10 questions, where chance makes 2 (p = 9.5e-07); "
        "change some of: q0, q1, q2, q3, q4, q5, q6, q7, …"
    )


def test_counts_are_held_against_the_blueprint(
    knowledge: Knowledge, requirements: Requirements
) -> None:
    bank = read_bank([SAMPLE]).bank
    told = [p.what for p in tally.missing(bank, knowledge.exams(), requirements.counts, "bank")]
    assert "1 questions of 1.2, at least 5 are asked for" in told
    assert "2 questions of data-engineering, at least 26 are asked for" in told
    assert "0 questions of modeling, at least 47 are asked for" in told
    assert "2 questions in all, at least 130 are asked for" in told
    assert "50% of the questions have several right options" in told
    assert "2 recall cards, at least 120 are asked for" in told
    found = tally.tallies(bank.items.values(), knowledge.exams()["mls-c01"], 130)
    assert [(t.name, t.target) for t in found if t.target is not None] == [
        ("data-engineering", 26),
        ("eda", 31),
        ("modeling", 47),
        ("mlops", 26),
        ("all", 130),
    ]
    total = found[-1]
    assert (total.questions, total.several_right, total.flips) == (2, 1, 1)
    assert total.difficulty == {1: 1, 2: 1}
    assert total.traps == {"overkill": 2, "wrong-mode": 2, "not-scalable": 1, "costly": 1}


def test_requirements_tell_their_mistakes(tmp_path: Path) -> None:
    text = (places.shipped("scenarios") / "bank.yaml").read_text("utf-8")
    (tmp_path / "bank.yaml").write_text(text.replace("level: 0.01", "level: 2"))
    with pytest.raises(LibraryError, match=r"bank\.yaml:\d+: chance\.level: "):
        load_requirements(tmp_path)
    with pytest.raises(LibraryError, match="cannot be read"):
        load_requirements(tmp_path / "none")


# --- ids -------------------------------------------------------------------------------------


def test_ids_are_kept(tmp_path: Path) -> None:
    bank, path = read_bank([SAMPLE]).bank, tmp_path / "ids.txt"
    [first, *_] = ids.changed_ids(bank, path)
    assert str(first) == (
        f'{path}: "practice/zorb-lake" is not listed; '
        "add it by: examcoach scenarios check --accept-new"
    )
    assert len(ids.accept_new(bank, path)) == 6
    assert list(ids.changed_ids(bank, path)) == []
    before = path.read_text()
    assert ids.accept_new(bank, path) == []
    path.write_text(before + "practice/old-story\n")
    [vanished] = ids.changed_ids(bank, path)
    assert (vanished.line, vanished.what) == (9, '"practice/old-story" has vanished')
    assert list(ids.changed_ids(bank, path, {("practice", "old-story")})) == []
    assert ids.accept_new(replace(bank, items={}), path) == []
    assert "practice/old-story" in path.read_text()


def test_cards_of_a_broken_deck_have_not_vanished(tmp_path: Path) -> None:
    bank, path = read_bank([SAMPLE]).bank, tmp_path / "ids.txt"
    ids.accept_new(bank, path)
    poorer = replace(bank, decks={})
    assert len(list(ids.changed_ids(poorer, path))) == 2
    assert list(ids.changed_ids(poorer, path, {("recall", "zorb-deck")})) == []


# --- labels, patterns ------------------------------------------------------------------------


def test_labels_in_text() -> None:
    text = "{A} wins over {C}; option B and Choice D do not, an answer E-mail neither"
    assert labels_named(text) == ["A", "C"]
    assert bare_labels("Option B, choice D, options C and the answer A.") == ["B", "D", "C", "A"]
    assert relabel("{A} over {C}", {"A": "C", "C": "A"}) == "C over A"
    assert relabel("{A} over {Z} {AB}") == "A over {Z} {AB}"


def test_a_plain_scenario_reads_back() -> None:
    """What `scenarios list` prints is what every reader of scenarios takes."""
    found = read_bank([SAMPLE]).bank.items["zorb-stream"]
    record = to_record(plain_scenario(found))
    assert record["explanation"].startswith("B delivers within minutes")
    assert record["flip"]["because"] == "A nightly copy is enough then, so C is simpler than B."
    assert record["siblings"] == ["zorb-classes"]
    assert (record["task"], record["domain"]) == ("1.2", "data-engineering")


def test_a_practice_file_is_a_scenario() -> None:
    """Every command that reads questions takes the file itself; what is ours is kept aside."""
    [read] = read_path(str(SAMPLE / STREAM), None)  # type: ignore[arg-type]
    assert isinstance(read, Scenario)
    mine = read_bank([SAMPLE]).bank.items["zorb-stream"].scenario
    assert read.question == mine.question
    assert read.gold.answer == ("B",)
    assert read.gold.constraints == mine.gold.constraints
    assert read.gold.traps == mine.gold.traps
    assert set(read.extra) == {"task", "difficulty", "source", "flip", "until"}


def test_what_a_question_exercises() -> None:
    """Only what agrees with the teacher: category and words, trap and option, fits of the right."""
    found = read_bank([SAMPLE]).bank.items["zorb-stream"]
    stem = found.scenario.question.stem

    def constraint(category: str, words: str, pattern: str) -> Constraint:
        start = stem.index(words)
        return Constraint(category, words, start, start + len(words), False, None, pattern)  # type: ignore[arg-type]

    def option(label: str, fits: str, trap: str, pattern: str) -> JudgedOption:
        traps = (Trap(trap, pattern, "", ()),) if trap else ()  # type: ignore[arg-type]
        return JudgedOption(label, "", "possible", 0, (Fit(fits, "", ()),), traps)

    breakdown = Breakdown(
        id=None,
        source=None,
        exam="mls-c01",
        stem=stem,
        ask=Ask(),
        domain=None,
        constraints=(
            constraint("scale", "40,000", "seen.scale"),
            constraint("cost", "40,000", "other.category"),
            constraint("latency", "last year", "other.words"),
        ),
        decides=None,
        suggests=(),
        options=(
            option("A", "fit-of-wrong", "overkill", "seen.trap"),
            option("B", "fit-of-right", "costly", "trap-of-right"),
            option("C", "seen.scale", "costly", "other.trap"),
        ),
        answer=("B",),
        confidence=0.5,
        because="",
    )
    assert exercised(found, breakdown) == ("seen.scale", "seen.trap", "fit-of-right")


IDS = st.lists(st.integers(1, 30).map(lambda length: "p-" + "q" * length), max_size=20)
SHORT = "id: x\nexplanation: >-\n  patterns: are words here\nuntil: 2027-05-01\n"


@given(IDS, IDS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_patterns_are_written_and_nothing_else(
    first: list[str], second: list[str], end: str, last_newline: bool
) -> None:
    text = SHORT.replace("\n", end)
    text = text if last_newline else text.removesuffix(end)
    once = with_patterns(text, first)
    twice = with_patterns(once, second)
    assert with_patterns(twice, second) == twice
    read = read_yaml(twice, "").value
    assert read.pop("patterns", []) == second
    assert read == read_yaml(text, "").value
    assert twice.startswith(text)
    assert all(len(line) <= 98 for line in with_patterns("", second).splitlines())


@pytest.mark.parametrize(
    "old",
    [
        "patterns: [a, b]\n",
        "patterns: [a,\n  b]\n",
        "patterns: [\n  a,\n  b\n]\n",
        "patterns:\n  - a\n  - b\n",
        "patterns:\n- a\n- b\n",
        "patterns: []\n",
    ],
)
def test_any_style_of_patterns_is_replaced(old: str) -> None:
    text = f"id: x  # kept\n{old}# a comment\nuntil: 2027-05-01\n"
    expected = "id: x  # kept\npatterns: [c]\n# a comment\nuntil: 2027-05-01\n"
    assert with_patterns(text, ["c"]) == expected
    assert with_patterns(text, []) == expected.replace("patterns: [c]\n", "")
