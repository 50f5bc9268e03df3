"""Vectors learned from cases: what goes with what, and what they do not know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from examcoach.affinity import FILE, Affinity, from_arrays, read_affinity
from examcoach.errors import LibraryError
from examcoach.terms import CATEGORIES, TRAP_TYPES

KINDS = len(TRAP_TYPES)


def arrays() -> dict[str, np.ndarray]:
    """Two tokens that point apart: "cold" goes with "ice", "warm" with "fire"."""
    rows = np.array([[127, 0], [0, 127], [127, 0], [0, 127]], np.int8)
    kinds = np.zeros((12, KINDS), np.int8)
    kinds[3, TRAP_TYPES.index("costly")] = 127  # it has fire
    kinds[8 + 2, TRAP_TYPES.index("wrong-mode")] = 127  # it lacks the ice of the pick
    deciding = np.zeros((4, len(CATEGORIES)), np.int8)
    deciding[0, CATEGORIES.index("latency")] = 127
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
        "kind": kinds,
        "kind_factor": np.repeat(np.array([3, 0, 5], np.float32) / 127, 4),
        "deciding": deciding,
        "deciding_factor": np.full(4, 2 / 127, np.float32),
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
    kinds = affinity.kinds(affinity.read(["fire"]))
    assert sum(kinds) == pytest.approx(1.0, abs=1e-5)
    assert max(range(KINDS), key=kinds.__getitem__) == TRAP_TYPES.index("costly")
    assert affinity.kinds(affinity.read(["zorb"])) == pytest.approx([1 / KINDS] * KINDS, abs=1e-5)


def test_what_the_pick_has_tells_the_kind_too(affinity: Affinity) -> None:
    """An option that lacks what the pick has is wrong in another way than by itself."""
    kinds = affinity.kinds(affinity.read(["fire"]), [affinity.read(["ice"])])
    assert max(range(KINDS), key=kinds.__getitem__) == TRAP_TYPES.index("wrong-mode")
    both = affinity.kinds(affinity.read(["fire", "ice"]), [affinity.read(["ice"])])
    assert max(range(KINDS), key=both.__getitem__) == TRAP_TYPES.index("costly")


def test_words_of_a_stem_tell_what_decides(affinity: Affinity) -> None:
    """The shares add up to one; a word that no story has tells nothing."""
    shares = affinity.decides(affinity.read(["cold", "zorb"]))
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
    assert max(shares, key=shares.__getitem__) == "latency"
    assert len(set(affinity.decides(affinity.read(["zorb"])).values())) == 1


def test_stems_and_options_tell_the_topic_each_in_their_way(affinity: Affinity) -> None:
    """Softmax of 2 and 0; words that tell nothing leave both topics as likely."""
    cold, fire = affinity.read(["cold"]), affinity.read(["fire"])
    sure = 1 / (1 + np.exp(-2))
    assert affinity.told_topics(cold) == pytest.approx(
        {"summer": 1 - sure, "winter": sure}, abs=1e-5
    )
    assert affinity.offered_topics([fire, fire]) == pytest.approx(
        {"summer": sure, "winter": 1 - sure}, abs=1e-5
    )
    assert (
        affinity.offered_topics([cold])
        == affinity.told_topics(fire)
        == {
            "summer": 0.5,
            "winter": 0.5,
        }
    )
    assert affinity.offered_topics([]) == {"summer": 0.5, "winter": 0.5}


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
