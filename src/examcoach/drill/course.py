"""A drill session over many exercises: its settings, what is done, and where it stood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from examcoach.drill import log
from examcoach.drill.exercise import Wanted
from examcoach.drill.log import Entry

RESUMED_SECONDS = 12 * 3600.0
"""How long after its last entry an open session is gone on with."""
LONGEST_LOOK = 300.0
"""Seconds between two entries that count as time at work."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a session was asked for. `source` names other files than the bank's; `count` 0 is
    no limit."""

    mode: str = "scenario"
    wanted: Wanted = field(default_factory=Wanted)
    count: int = 10
    seconds: float = 0.0
    cover: bool = False
    shuffle: bool = True
    source: str = ""

    def to_body(self, seed: str) -> dict[str, Any]:
        """The settings as the log keeps them."""
        return {**asdict(self), "seed": seed}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a session stands, as its entries tell."""

    session: str
    seed: str
    done: tuple[str, ...] = ()  # refs answered or skipped
    right: int = 0
    answered: int = 0
    shown: str = ""  # ref before the learner, not yet answered
    revealed: Entry | None = None  # the last answer, if nothing was shown after it
    sure_and_wrong: int = 0
    seconds: float = 0.0  # at work, up to the last entry; see `over`
    last: float = 0.0  # when that was
    flagged: tuple[str, ...] = ()  # items, in the order in which they were flagged


def standing(entries: Iterable[Entry], session: str) -> Standing:
    """Where the session stands."""
    own = [entry for entry in log.in_order(entries) if entry.session == session]
    kept = {entry.id for entry in log.standing_answers(own)}
    seed, shown, revealed = "", "", None
    done: dict[str, None] = {}
    flags: dict[str, None] = {}
    answers: list[Mapping[str, Any]] = []
    seconds, last = 0.0, own[0].at if own else 0.0
    for entry in own:
        body = entry.body
        seconds, last = seconds + _worked(last, entry.at), entry.at
        if entry.kind == log.START:
            seed = str(body.get("seed", ""))
        elif entry.kind == log.SHOW:
            shown, revealed = str(body.get("ref", "")), None
        elif entry.kind == log.SKIP:
            done[str(body.get("ref", ""))] = None
            shown, revealed = "", None
        elif entry.kind == log.ANSWER:
            if entry.id in kept:
                answers.append(body)
                done[str(body.get("ref", ""))] = None
                shown, revealed = "", entry
        elif entry.kind == log.CAUSE:
            revealed = None
        elif entry.kind == log.FLAG:
            flags.pop(str(body.get("item", "")), None)
            if body.get("on"):
                flags[str(body.get("item", ""))] = None
    return Standing(
        session,
        seed,
        tuple(done),
        sum(bool(body.get("right")) for body in answers),
        len(answers),
        shown,
        revealed,
        sum(not body.get("right") and body.get("sure") == "sure" for body in answers),
        seconds,
        last,
        tuple(flags),
    )


def _worked(since: float, until: float) -> float:
    """Seconds at work between two moments: nobody reads one screen for longer than that."""
    return min(max(0.0, until - since), LONGEST_LOOK)


def open_sessions(
    entries: Iterable[Entry], settings: Settings, seed: str | None, now: float
) -> list[str]:
    """Sessions with these settings that were broken off not long ago, the latest first.

    With a seed, only those begun with it.
    """
    entries = log.in_order(entries)
    wanted = settings.to_body("")
    begun: list[str] = []
    ended: set[str] = set()
    last: dict[str, float] = {}
    for entry in entries:
        last[entry.session] = entry.at
        if entry.kind == log.END:
            ended.add(entry.session)
        same = entry.kind == log.START and {**entry.body, "seed": ""} == wanted
        if same and seed in (None, entry.body.get("seed")):
            begun.append(entry.session)
    return [
        session
        for session in reversed(begun)
        if session not in ended and now - last[session] <= RESUMED_SECONDS
    ]


def over(settings: Settings, standing: Standing, now: float) -> bool:
    """Whether the session has all that it was asked for. Its time is that of answering and of
    reading the reveals; a long break counts as one long look."""
    if settings.count and len(standing.done) >= settings.count:
        return True
    spent = standing.seconds + _worked(standing.last, now)
    return bool(settings.seconds) and spent >= settings.seconds
