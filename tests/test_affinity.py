"""Vectors learned from cases: what goes with what, and what they do not know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from examcoach.affinity import (
    FILE,
    HEADS,
    NO_TEXT,
    UNSAID,
    Affinity,
    Heads,
    from_arrays,
    read_affinity,
    together,
)
from examcoach.errors import LibraryError
from examcoach.network import Layer
from examcoach.terms import CATEGORIES, TRAP_TYPES

KINDS = len(TRAP_TYPES)


def network(texts: int, labels: int, name: str) -> dict[str, np.ndarray]:
    """Two dimensions of four tokens, as they are in two hidden units; no token tells a label."""
    found = {
        "rows": np.zeros((texts, 4, 2), np.int8),
        "factor": np.full((texts, 4), 1 / 127, np.float32),
        "hidden": np.tile(np.eye(2, dtype=np.float32), (texts, 1)),
        "start": np.zeros(2, np.float32),
        "out": np.zeros((2, labels), np.float32),
        "base": np.zeros(labels, np.float32),
    }
    return {f"{name}_{part}": array for part, array in found.items()}


def arrays() -> dict[str, np.ndarray]:
    """Two tokens that point apart: "cold" goes with "ice", "warm" with "fire"."""
    rows = np.array([[127, 0], [0, 127], [127, 0], [0, 127]], np.int8)
    kind = network(4, KINDS, "kind")
    kind["kind_rows"][1, 3, 0] = 127  # an option with fire
    kind["kind_rows"][3, 2, 1] = 127  # one that lacks the ice of the pick
    kind["kind_out"][0, TRAP_TYPES.index("costly")] = 3.0
    kind["kind_out"][1, TRAP_TYPES.index("wrong-mode")] = 5.0
    deciding = network(3, len(CATEGORIES), "deciding")
    deciding["deciding_rows"][0, 0, 0] = 127  # a stem with cold
    deciding["deciding_rows"][2, 3, 1] = 127  # a pick with fire
    deciding["deciding_out"][0, CATEGORIES.index("latency")] = 2.0
    deciding["deciding_out"][1, CATEGORIES.index("cost")] = 3.0
    told, offered = np.zeros((4, 2), np.int8), np.zeros((4, 2), np.int8)
    told[0, 1] = offered[3, 0] = 127  # the cold is about winter, fire about summer
    return {
        "tokens": np.frombuffer(b"cold\nwarm\nice\nfire", np.uint8),
        "rarity": np.ones(4, np.float32),
        "stem": rows,
        "stem_factor": np.full(4, 1 / 127, np.float32),
        "option": rows,
        "option_factor": np.full(4, 1 / 127, np.float32),
        "prior": np.array([0, 0, 0.5, 0], np.float32),
        **kind,
        **deciding,
        "topics": np.frombuffer(b"summer\nwinter", np.uint8),
        "told": told,
        "told_factor": np.full(4, 2 / 127, np.float32),
        "offered": offered,
        "offered_factor": np.full(4, 2 / 127, np.float32),
        "sharpness": np.array(4.0, np.float32),
    }


@pytest.fixture
def affinity() -> Affinity:
    """The vectors of `arrays`."""
    return from_arrays(arrays())


def scores(affinity: Affinity, stem: list[str], options: list[list[str]]) -> list[float]:
    return affinity(affinity.read(stem), [affinity.read(option) for option in options])


def test_scores_are_scaled_cosines_and_what_tokens_are_worth(affinity: Affinity) -> None:
    """4 times the cosine, plus 0.5 for ice wherever it stands."""
    assert scores(affinity, ["cold"], [["ice"], ["fire"]]) == pytest.approx([4.5, 0.0], abs=1e-4)
    assert scores(affinity, ["warm"], [["ice"], ["fire"]]) == pytest.approx([0.5, 4.0], abs=1e-4)


def test_order_and_repetition_do_not_count(affinity: Affinity) -> None:
    """A text is the set of its tokens."""
    twice = scores(affinity, ["cold", "warm", "cold"], [["fire", "ice", "fire"]])
    assert twice == scores(affinity, ["warm", "cold"], [["ice", "fire"]])


def test_unknown_words_take_away_and_add_nothing(affinity: Affinity) -> None:
    """Half of the option unknown: its known part is the shorter by the square root of two."""
    half = 2**-0.5
    assert scores(affinity, ["cold"], [["ice", "zorb"]]) == pytest.approx([4.5 * half], abs=1e-4)
    assert scores(affinity, ["zorb"], [["quux"], []]) == [0.0, 0.0]


def test_kinds_of_traps_add_up_to_one(affinity: Affinity) -> None:
    """What has no word that tells a kind may be any kind."""
    cold, fire, strange = (affinity.read([word]) for word in ("cold", "fire", "zorb"))
    kinds = affinity.kinds(cold, fire)
    assert sum(kinds) == pytest.approx(1.0, abs=1e-5)
    sure = np.exp(3) / (np.exp(3) + KINDS - 1)
    assert kinds[TRAP_TYPES.index("costly")] == pytest.approx(sure, abs=1e-4)
    assert affinity.kinds(cold, strange) == pytest.approx([1 / KINDS] * KINDS, abs=1e-5)


def test_what_the_pick_has_tells_the_kind_too(affinity: Affinity) -> None:
    """An option that lacks what the pick has is wrong in another way than by itself."""
    cold, fire, ice = (affinity.read([word]) for word in ("cold", "fire", "ice"))
    kinds = affinity.kinds(cold, fire, ice)
    assert max(range(KINDS), key=kinds.__getitem__) == TRAP_TYPES.index("wrong-mode")
    both = affinity.kinds(cold, affinity.read(["fire", "ice"]), ice)
    assert max(range(KINDS), key=both.__getitem__) == TRAP_TYPES.index("costly")


def test_what_decides_is_told_by_the_stem_and_by_what_is_picked(affinity: Affinity) -> None:
    """The shares add up to one; a word that no story has tells nothing."""
    cold, fire, ice = (affinity.read([word]) for word in ("cold", "fire", "ice"))
    shares = affinity.decides(affinity.read(["cold", "zorb"]))
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
    assert max(shares, key=shares.__getitem__) == "latency"
    assert len(set(affinity.decides(affinity.read(["zorb"])).values())) == 1
    assert affinity.decides(cold, together([ice, fire]), ice) == pytest.approx(shares, abs=1e-5)
    picked = affinity.decides(cold, together([ice, fire]), fire)
    assert max(picked, key=picked.__getitem__) == "cost"


def test_stems_and_options_tell_the_topic_each_in_their_way(affinity: Affinity) -> None:
    """Softmax of 2 and 0; words that tell nothing leave both topics as likely."""
    cold, fire = affinity.read(["cold"]), affinity.read(["fire"])
    sure = 1 / (1 + np.exp(-2))
    assert affinity.told_topics(cold) == pytest.approx(
        {"summer": 1 - sure, "winter": sure}, abs=1e-5
    )
    assert affinity.offered_topics(together([fire, fire])) == pytest.approx(
        {"summer": sure, "winter": 1 - sure}, abs=1e-5
    )
    assert (
        affinity.offered_topics(cold)
        == affinity.told_topics(fire)
        == {
            "summer": 0.5,
            "winter": 0.5,
        }
    )
    assert affinity.offered_topics(NO_TEXT) == {"summer": 0.5, "winter": 0.5}


GIST, SUBJECT = 4, 12
"""Two dimensions of a stem and two hidden units; besides two topics of it, two dimensions and two
topics of the options, and two dimensions of those picked."""


def heads(mark: int) -> Heads:
    """A stem with cold states latency at 3, any stem implies cost at 1.

    Options with fire are about winter, those picked with fire about summer as well.
    """
    constraints = np.zeros((GIST, 2 * len(CATEGORIES)), np.float32)
    constraints[0, CATEGORIES.index("latency")] = 3.0
    topics = np.zeros((SUBJECT, 2), np.float32)
    topics[7, 1] = 2.0
    topics[11, 0] = 1.0
    base = np.zeros(2 * len(CATEGORIES), np.float32)
    base[len(CATEGORIES) + CATEGORIES.index("cost")] = 1.0
    return Heads(Layer(constraints, base), Layer(topics, np.zeros(2, np.float32)), mark)


def test_a_stem_states_and_implies_what_questions_taught(affinity: Affinity) -> None:
    """The log odds of each category; nothing where no question taught any."""
    taught = replace(affinity, heads=heads(affinity.mark))
    stated, implied = taught.expects(affinity.read(["cold", "zorb"]))
    assert {c: odds for c, odds in stated.items() if odds} == {
        "latency": pytest.approx(3.0, abs=1e-5)
    }
    assert {c: odds for c, odds in implied.items() if odds} == {"cost": 1.0}
    assert affinity.expects(affinity.read(["cold"])) == ({}, {})


def test_topics_are_told_by_what_is_said_and_by_what_questions_taught(affinity: Affinity) -> None:
    """What is said counts as it is; fire makes winter e squared times as likely, picked summer e.

    A topic that no vector knows is as likely as is said of it.
    """
    stem, fire = affinity.read(["zorb"]), affinity.read(["fire"])
    said = {"summer": 1.0, "autumn": 3.0}
    assert affinity.likely_topics(stem, fire, NO_TEXT, said) == pytest.approx(
        {"summer": 0.25, "winter": 0.0, "autumn": 0.75}, abs=1e-5
    )
    taught = replace(affinity, heads=heads(affinity.mark))
    for chosen in ([], [fire]):
        parts = {"summer": 1 + UNSAID, "winter": UNSAID * np.exp(2.0), "autumn": 3 + UNSAID}
        parts["summer"] *= np.exp(len(chosen))
        expected = {topic: part / sum(parts.values()) for topic, part in parts.items()}
        likely = taught.likely_topics(stem, fire, together(chosen), said)
        assert likely == pytest.approx(expected, abs=1e-4)


def write(folder: Path, mark: int) -> None:
    """Vectors and heads in a folder."""
    found = heads(mark)
    np.savez(folder / FILE, **arrays())
    with (folder / HEADS).open("wb") as file:
        np.savez(
            file,
            constraints_rows=found.constraints.rows,
            constraints_base=found.constraints.base,
            topics_rows=found.topics.rows,
            topics_base=found.topics.base,
            mark=np.array(mark),
        )


def test_heads_count_over_their_own_vectors_alone(tmp_path: Path, affinity: Affinity) -> None:
    """What was taught over other vectors means nothing."""
    write(tmp_path, affinity.mark)
    found = read_affinity([tmp_path])
    assert found is not None
    assert found.heads is not None
    assert found.expects(found.read(["cold"]))[0]["latency"] == pytest.approx(3.0, abs=1e-5)
    write(tmp_path, affinity.mark + 1)
    found = read_affinity([tmp_path])
    assert found is not None
    assert found.heads is None


def test_broken_heads_are_named(tmp_path: Path, affinity: Affinity) -> None:
    """Which file, and what to do."""
    write(tmp_path, affinity.mark)
    (tmp_path / HEADS).write_bytes(b"PK broken")
    with pytest.raises(LibraryError) as refused:
        read_affinity([tmp_path])
    [problem] = refused.value.problems
    assert problem.path == str(tmp_path / HEADS)
    assert "bench/fit.py" in problem.hint


def test_the_shipped_heads_are_those_of_the_shipped_vectors() -> None:
    """They were taught over these vectors, and know the field."""
    from examcoach import places

    shipped = read_affinity([places.shipped("patterns")])
    assert shipped is not None
    assert shipped.heads is not None
    stated, _ = shipped.expects(shipped.read(["least", "expens", "solut", "low", "budget", "cost"]))
    assert stated["cost"] > 0 > stated["security"]


def test_the_last_folder_with_vectors_counts(tmp_path: Path) -> None:
    """A folder without any changes nothing; without a file there are none."""
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir(), full.mkdir()
    np.savez(full / FILE, **arrays())
    assert read_affinity([empty]) is None
    found = read_affinity([full, empty])
    assert found is not None
    assert found.numbers == {"cold": 0, "warm": 1, "ice": 2, "fire": 3}


@pytest.mark.parametrize("data", [b"", b"no vectors", b"PK\x03\x04 broken"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes) -> None:
    """Which file, and what to do."""
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(LibraryError) as refused:
        read_affinity([tmp_path])
    [problem] = refused.value.problems
    assert problem.path == str(tmp_path / FILE)
    assert "bench/affinity.py --write" in problem.hint


def test_the_shipped_vectors_know_the_field() -> None:
    """They are there, and bring together what belongs together."""
    from examcoach import places

    shipped = read_affinity([places.shipped("patterns")])
    assert shipped is not None
    told = ["label", "anomali", "unlabel", "unusu", "sensor"]
    forest, means = scores(shipped, told, [["random", "cut", "forest"], ["linear", "learner"]])
    assert forest > means
