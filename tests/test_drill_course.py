"""Where a session over many exercises stands, told by its entries."""

from __future__ import annotations

from typing import Any

from examcoach.drill import log
from examcoach.drill.course import Settings, open_sessions, over, standing
from examcoach.drill.log import Entry

SETTINGS = Settings(count=0, seconds=1200.0)


def entries(*told: tuple[float, str, dict[str, Any]]) -> list[Entry]:
    start = Entry("e", 0.0, "s", log.START, SETTINGS.to_body("7"))
    return [start, *(Entry(f"e{n}", at, "s", kind, b) for n, (at, kind, b) in enumerate(told))]


ANSWERED = entries(
    (1.0, log.SHOW, {"ref": "scenario/a"}),
    (61.0, log.ANSWER, {"ref": "scenario/a", "right": False, "sure": "sure", "seconds": 60.0}),
)


def test_time_at_work_is_answering_and_reading() -> None:
    """A minute for the answer, two for its reveal; of an hour away, five minutes."""
    stands = standing(ANSWERED, "s")
    assert (stands.seconds, stands.last) == (61.0, 61.0)
    later = standing([*ANSWERED, Entry("x", 3661.0, "s", log.SHOW, {"ref": "scenario/b"})], "s")
    assert later.seconds == 361.0
    assert not over(Settings(count=0, seconds=180.0), stands, 100.0)
    assert over(Settings(count=0, seconds=180.0), stands, 181.0)
    assert not over(SETTINGS, stands, 1e6)


def test_counts_come_from_answers_that_stand() -> None:
    undo = Entry("u", 70.0, "s", log.UNDO, {"answer": "e1"})
    before, after = standing(ANSWERED, "s"), standing([*ANSWERED, undo], "s")
    assert (before.answered, before.sure_and_wrong, before.done) == (1, 1, ("scenario/a",))
    assert (after.answered, after.sure_and_wrong, after.done) == (0, 0, ())


def test_flags_that_were_taken_back_are_gone() -> None:
    told = [(n, log.FLAG, {"item": item, "on": on}) for n, (item, on) in
            enumerate((("a", True), ("b", True), ("a", False)), 1)]  # fmt: skip
    assert standing(entries(*told), "s").flagged == ("b",)


def test_an_open_session_is_gone_on_with_for_half_a_day() -> None:
    hour = 3600.0
    assert open_sessions(ANSWERED, SETTINGS, None, 11 * hour) == ["s"]
    assert open_sessions(ANSWERED, SETTINGS, "7", 11 * hour) == ["s"]
    assert open_sessions(ANSWERED, SETTINGS, "8", 11 * hour) == []
    assert open_sessions(ANSWERED, SETTINGS, None, 13 * hour) == []
    assert open_sessions(ANSWERED, Settings(), None, 11 * hour) == []
    ended = [*ANSWERED, Entry("x", 62.0, "s", log.END, {})]
    assert open_sessions(ended, SETTINGS, None, 63.0) == []
