"""Exercises and the session as pure functions: every mode from its first key to its reveal."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from drilling import bank, item, mark
from hypothesis import given
from hypothesis import strategies as st

from examcoach.bank.model import Card
from examcoach.cli.keys import keys_in
from examcoach.drill import log, marking
from examcoach.drill.exercise import MODES, Exercise, Wanted, candidates, make
from examcoach.drill.phrases import phrases
from examcoach.drill.session import (
    BACK,
    ENTER,
    Knowledge,
    Request,
    Session,
    Stage,
    begin,
    keys_of,
    restored,
    take,
)
from examcoach.render.blocks import to_text
from examcoach.render.drill import question, reveal

BANK = bank(item("q1", siblings=("twins",), patterns=("p",)), item("q2", "1.2", choose=2))


def typed(session: Session, *keys: str, knowledge: Knowledge | None = None) -> Session:
    """The session after these keys."""
    for key in keys:
        session = take(session, key, 10.0, knowledge or Knowledge()).session
    return session


def started(ref: str, shuffle: bool = False, cover: bool = False) -> Session:
    return begin(make(BANK, ref, "seed", shuffle), 4.0, cover)


def body_of(session: Session, *keys: str) -> dict[str, object]:
    """What the log gets when these keys, the last of them sure, are pressed."""
    step = take(typed(session, *keys[:-1]), keys[-1], 10.0)
    [draft] = step.drafts
    assert draft.kind == log.ANSWER
    return dict(draft.body)


def test_every_mode_has_candidates_that_can_be_made() -> None:
    for mode in MODES:
        found = candidates(BANK, mode, Wanted())
        assert found, mode
        for candidate in found:
            exercise = make(BANK, candidate.ref, "s")
            assert (exercise.mode, exercise.skills) != ("", ())


def test_skills_are_never_question_texts() -> None:
    [one, _] = candidates(BANK, "scenario", Wanted())
    assert one.skills == (
        "task:1.1",
        "siblings:twins",
        "trap:costly",
        "trap:manual",
        "trap:leakage",
        "category:cost",
        "pattern:p",
    )


@given(st.text(max_size=8))
def test_labels_follow_the_shuffle(seed: str) -> None:
    """Whatever the order, the answer is the same text, and {A} names the same option."""
    exercise = make(BANK, "scenario/q1", seed)
    texts = {option.label: option.text for option in exercise.options}
    assert sorted(texts.values()) == [f"q1 option {label}" for label in "ABCD"]
    [right] = exercise.answer
    assert texts[right] == "q1 option B"
    shown = {text[-1]: label for label, text in texts.items()}
    assert exercise.because == (
        f"{shown['B']} is right; {shown['A']} is dear and {shown['C']} slow."
    )
    assert exercise.traps[shown["A"]].because == f"{shown['A']} is bad."


def test_seeds_repeat_and_differ() -> None:
    orders = {tuple(o.text for o in make(BANK, "scenario/q1", f"{n}").options) for n in range(20)}
    assert len(orders) > 5
    assert make(BANK, "scenario/q1", "x") == make(BANK, "scenario/q1", "x")


def test_a_scenario_from_key_to_reveal() -> None:
    session = typed(started("scenario/q1"), "a")
    assert (session.stage, session.chosen) == (Stage.SURE, ("A",))
    session = typed(session, BACK, "b")
    step = take(session, "1", 10.0)
    [draft] = step.drafts
    assert step.session.stage is Stage.REVEAL
    expected = {"ref": "scenario/q1", "item": "q1", "right": True, "sure": "sure", "seconds": 6.0}
    expected |= {"chosen": ["B"], "failed": [], "fell": [], "options": 4, "choose": 1}
    assert {key: draft.body[key] for key in expected} == expected


def test_a_wrong_answer_blames_its_trap_and_not_the_others() -> None:
    body = body_of(started("scenario/q1"), "a", "1")
    assert body["fell"] == ["costly"]
    failed = body["failed"]
    assert isinstance(failed, list)
    assert "trap:costly" in failed
    assert "trap:manual" not in failed
    assert "task:1.1" in failed


def test_several_answers_toggle() -> None:
    session = started("scenario/q2")
    session = typed(session, "a", "b", "a", ENTER)
    assert (session.stage, session.note) == (Stage.CHOOSE, "Choose 2; 1 so far.")
    assert body_of(session, "d", ENTER, "2")["chosen"] == ["B", "D"]


def test_the_log_has_the_own_labels_whatever_the_shuffle() -> None:
    exercise = make(BANK, "scenario/q1", "another seed")
    body = body_of(begin(exercise, 0.0), exercise.answer[0], "3")
    assert (body["chosen"], body["right"], body["sure"]) == (["B"], True, "guess")


def test_constraints_are_marked_before_the_options() -> None:
    session = started("constraints/q1")
    phrases = session.exercise.phrases
    gold = [str(n) for n, p in enumerate(phrases, 1) if p.category]
    assert session.stage is Stage.MARK
    assert len(gold) == 2
    assert all(session.exercise.stem[p.start : p.end] == p.text for p in phrases)
    session = typed(session, *gold, ENTER)
    assert session.stage is Stage.CHOOSE
    body = body_of(session, "b", "1")
    assert (body["right"], body["score"], body["missed"]) == (True, 1.0, [])
    one = body_of(typed(started("constraints/q1"), gold[0], ENTER), "b", "1")
    assert (one["right"], one["score"]) == (False, round(2 / 3, 4))
    assert one["failed"] == [f"category:{phrases[int(gold[1]) - 1].category}"]


def test_traps_are_struck_and_named() -> None:
    session = started("traps/q1")
    for label in "acd":
        kinds = session.exercise.kinds[label.upper()]
        right = kinds.index(session.exercise.traps[label.upper()].trap) + 1
        session = typed(session, label, str(right))
    body = body_of(session, ENTER, "1")
    assert (body["right"], body["score"]) == (True, 1.0)
    wrong = typed(started("traps/q1"), "b", "1", ENTER)
    assert body_of(wrong, "1")["right"] is False


def test_a_flip_is_asked_both_ways() -> None:
    there = started("flip/q1/there").exercise
    back = started("flip/q1/back").exercise
    assert ("at once" in there.stem, there.answer, there.because) == (
        True,
        ("C",),
        "Now C is right, not B.",
    )
    assert ("by noon" in back.stem, back.answer) == (True, ("B",))
    assert all(there.stem[m.start : m.end] == m.text for m in there.constraints)
    assert there.change is not None
    assert (there.change.before, there.change.right_before) == ("by noon", ("B",))


def test_siblings_are_matched_to_what_they_do() -> None:
    exercise = started("siblings/twins/0/1").exercise
    assert exercise.stem.endswith("Does: that\n\nWhich one is it?")
    assert [o.text for o in exercise.options if o.label in exercise.answer] == ["two"]


def test_recall_forgives_and_a_library_helps() -> None:
    body = body_of(started("recall/deck/c1"), "amazon kinesis data stream", "2")
    assert (body["right"], body["skills"]) == (True, ["deck:deck"])
    knowledge = Knowledge(aliases=lambda name: [f"the {name} alias"])
    session = typed(started("recall/deck/c1"), "Amazon Kinesis Data Streams alias")
    assert take(session, "1", 9.0).drafts[0].body["right"] is False
    assert take(session, "1", 9.0, knowledge).drafts[0].body["right"] is True


def test_design_is_marked_by_its_rubric() -> None:
    def covered(brief, text):  # type: ignore[no-untyped-def]  # a stand-in
        return marking.cover(brief, {"need"}, set(text.split()), {0})

    knowledge = Knowledge(covered=covered)
    for text, right in (("glue athena", True), ("glue athena emr", False), ("emr", False)):
        session = typed(started("design/brief"), text)
        assert take(session, "1", 9.0, knowledge).drafts[0].body["right"] is right


def test_a_prediction_comes_before_the_options() -> None:
    session = typed(started("scenario/q1", cover=True), "something cheap")
    assert (session.stage, session.prediction) == (Stage.CHOOSE, "something cheap")


def test_commands_and_what_they_ask_of_the_caller() -> None:
    session = started("scenario/q1")
    assert take(session, "s", 1.0).request is Request.NEXT
    assert take(session, "q", 1.0).request is Request.QUIT
    assert take(session, "?", 1.0).request is Request.HELP
    assert take(session, "m", 1.0).drafts[0].body == {"item": "q1", "on": True}
    assert typed(session, "h", "h", "h", "h").note == "There are no more hints."
    assert "z does nothing here" in typed(session, "z").note
    revealed = typed(session, "a", "1")
    assert take(revealed, "u", 1.0).request is Request.UNDO
    assert take(revealed, "x", 1.0).request is Request.EXPLAIN
    assert take(revealed, "3", 1.0).drafts[0].body["cause"] == "fell for the trap"
    assert take(revealed, ENTER, 1.0).request is Request.NEXT


def test_hints_are_in_the_log() -> None:
    assert body_of(started("scenario/q1"), "h", "h", "b", "1")["hints"] == 2


@given(st.lists(st.one_of(st.characters(), st.sampled_from([ENTER, BACK, *"abcd123hsmuxq?"]))))
def test_no_key_breaks_a_session_and_nothing_is_revealed_unkept(keys: list[str]) -> None:
    """Whatever is pressed: an answer is revealed if and only if it goes to the log, once."""
    session, answers = started("scenario/q1"), 0
    for key in keys:
        before = session.stage
        step = take(session, key, 5.0)
        session = step.session
        kept = sum(draft.kind == log.ANSWER for draft in step.drafts)
        assert kept == (session.stage is Stage.REVEAL and before is not Stage.REVEAL)
        answers += kept
    assert answers <= 1


@pytest.mark.parametrize(
    ("ref", "line", "keys"),
    [
        ("scenario/q1", "b sure", ["b", "1"]),
        ("scenario/q1", "B, think", ["b", "2"]),
        ("scenario/q2", "b d guess", ["b", "d", ENTER, "3"]),
        ("scenario/q2", "bd", ["b", "d", ENTER]),
        ("scenario/q1", "hint", ["h"]),
        ("scenario/q1", "", [ENTER]),
        ("constraints/q1", "1 3", ["1", "3", ENTER]),
        ("traps/q1", "a 2", ["a", "2"]),
        ("recall/deck/c1", " Glue  ", ["Glue"]),
    ],
)
def test_lines_are_keys(ref: str, line: str, keys: list[str]) -> None:
    assert keys_of(line, started(ref)) == keys


def test_an_interrupted_reveal_is_restored() -> None:
    for ref, keys in (("scenario/q1", ("a", "1")), ("scenario/q2", ("b", "d", ENTER, "2"))):
        exercise: Exercise = make(BANK, ref, "s")
        first = typed(begin(exercise, 0.0), *keys)
        assert first.stage is Stage.REVEAL
        body = body_of(begin(exercise, 0.0), *keys)
        again = restored(exercise, body, 0.0)
        assert replace(again, begun=0.0) == first


CARD = Card("c", "?", "Amazon SageMaker Ground Truth", ("L1", "F1 score", "k-means"), "", "")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("amazon sagemaker ground truth", True),
        ("  Amazon  SageMaker-Ground Truth. ", True),
        ("Amazon Sagemaker Grownd Truth", True),
        ("Amazon SageMaker Truth", False),
        ("the F1-score", True),
        ("F2 score", False),
        ("l1", True),
        ("L2", False),
        ("kmeans", True),
        ("k-medians", False),
        ("", False),
        ("Ämazon SageMaker Ground Truth", True),
    ],
)
def test_what_a_short_answer_may_look_like(answer: str, right: bool) -> None:
    assert marking.accepts(CARD, answer) is right


def test_precision_and_recall() -> None:
    found = marking.held_against({1, 2, 5}, {1, 2, 3, 4})
    assert (found.hits, found.missed, found.extra) == (2, 2, 1)
    assert (found.precision, found.recall, found.f1) == (2 / 3, 0.5, 4 / 7)


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("a1\r", ["a", "1", ENTER]),
        ("\x1b[C\x1bOD", ["right", "left"]),
        ("\x1b[3~", []),  # Delete is no 3
        ("\x1b[H\x1b[F\x1bOH", []),  # Home is no h
        ("\x1b[1;5C", []),  # Ctrl and an arrow are no 1
        ("\x1b[5~a\x1b[6~", ["a"]),  # Page Up, to read the question again
        ("\x1b[15~\x1b[[A\x1bOP", []),  # F5, F1
        ("\x1bs\x1b", []),  # Alt and s, Escape
        ("\x7f\b", [BACK, BACK]),
    ],
)
def test_a_key_of_several_characters_is_one_key(sent: str, keys: list[str]) -> None:
    assert keys_in(sent) == keys


def shown(session: Session) -> str:
    """The question's screen in one line."""
    return " ".join(to_text(question(session, 1, 1), None).split())


def test_hints_say_something_in_every_mode_and_stage() -> None:
    """Each step says more, before the options are shown as well, and costs full credit."""
    marking_ = typed(started("constraints/q1"), "h", "h", "h")
    told = shown(marking_)
    assert "2 of the " in told
    assert "They speak of operations, cost." in told
    assert "is one of them." in told
    flipped = shown(typed(started("flip/q1/there"), "h"))
    assert 'These words constrain: "cheaply" [cost]' in flipped
    covered = shown(typed(started("scenario/q1", cover=True), ":hint", ":hint"))
    assert 'What decides: "cheaply"' in covered
    assert "q1 option A" not in covered
    matched = started("siblings/twins/0/0")
    assert "is out." in shown(typed(matched, "h", "h"))
    recalled = started("recall/deck/c1")
    steps = [shown(typed(recalled, *[":hint"] * n)).partition("Hint ")[2][:27] for n in (1, 2, 3)]
    assert steps == [
        "A..... K...... D... S......",
        "Am.... Ki..... Da.. St.....",
        "Ama... Kine... Da.. Stre...",
    ]
    assert "something for each of these: need." in shown(
        typed(started("design/brief"), *[":hint"] * 3)
    )


def test_a_reveal_has_a_reason_for_every_option_and_says_what_changed() -> None:
    lines = to_text(reveal(typed(started("scenario/q1"), "a", "1")), None).splitlines()
    at = lines.index("  B right: q1 option B")
    assert lines[at + 1] == "    B is right; A is dear and C slow."
    flip = to_text(reveal(typed(started("flip/q1/there"), "c", "1")), None)
    assert 'The answer changes. With "by noon" it was B; with "at once" it is C.' in flip


def test_verdicts_say_what_was_marked_and_named() -> None:
    marked = to_text(reveal(typed(started("constraints/q1"), ENTER, "a", "1")), None)
    assert "Wrong: you marked 0 of 2, 0 in vain; the answer is B; you chose A" in marked
    struck = started("traps/q1")
    number = str(struck.exercise.kinds["A"].index("costly") + 1)
    named = to_text(reveal(typed(struck, "a", number, ENTER, "1")), None)
    assert "Wrong: you named 1 of 3 traps; the answer is B" in named


LONG = (
    "A loxe zorbler runs 900 glimps in a shed, and they hum at 15 hertz by day. Vets want to play "
    "back any glimp from the past 30 days. One keeper, who lives far away, must find zorbs within "
    "two hours. The shed has one door and a roof of tin. What is the MOST cost-effective way?"
)


@pytest.mark.parametrize("seed", range(20))
def test_phrases_that_decide_nothing_look_like_those_that_do(seed: int) -> None:
    """As many words, whole clauses or parts of one, nothing of the question, nothing twice."""
    words = ("play back any glimp from the past 30 days", "within two hours")
    gold = [mark("scale", text, stem=LONG) for text in words]
    found = phrases(LONG, gold, random.Random(seed))
    assert 5 <= len(found) <= 9
    assert [p.text for p in found if p.category] == list(words)
    others = [p.text for p in found if not p.category]
    assert all(LONG[p.start : p.end] == p.text for p in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert all(3 <= len(text.split()) <= 14 for text in others)
    assert not any(text.startswith(("and ", "who ", "of ", "What ")) for text in others)
    assert not any("cost-effective" in text for text in others)


def test_a_story_with_many_constraints_keeps_some_that_decide_nothing() -> None:
    gold = [mark("data", w, stem=LONG) for w in LONG.replace(",", "").split(".")[0].split()[1:9]]
    found = phrases(LONG, gold, random.Random(1))
    assert (len(found), sum(not p.category for p in found)) == (9, 3)
