"""The plan until an exam: what each day holds, and that its commands work."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from drilling import PACK

from examcoach import places
from examcoach.bank.compiled import bank
from examcoach.cli.packs import load_packs
from examcoach.drill import log
from examcoach.drill.blueprint import Pack, placed
from examcoach.drill.exercise import Wanted, candidates
from examcoach.drill.log import Entry
from examcoach.drill.plan import Day, plan
from examcoach.drill.progress import summary
from examcoach.drill.schedule import replay

TODAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC).timestamp()
PACKS = load_packs([places.shipped("patterns")])


def planned(days: int, *entries: Entry, pack: Pack = PACK, minutes: int = 30) -> list[Day]:
    day = TODAY + dt.timedelta(days=days)
    known = summary(entries, pack, TODAY, dt.UTC)
    return plan(replay(entries, dt.UTC), known, pack, TODAY, day, minutes)


def wrong(count: int) -> list[Entry]:
    """As many skills that are due tomorrow."""
    return [
        Entry(f"e{n:03}", NOON - 86400 + n, "s", log.ANSWER,
              {"ref": f"scenario/q{n}", "item": f"q{n}", "skills": [f"pattern:{n}"],
               "right": False, "sure": "sure", "domain": "data", "task": "1.1"})
        for n in range(count)
    ]  # fmt: skip


def test_no_day_is_longer_than_was_asked_for_and_none_is_at_the_exam_or_later() -> None:
    days = planned(40, *wrong(100))
    assert [day.date for day in days] == [TODAY + dt.timedelta(days=n) for n in range(40)]
    for day in days:
        total = sum(doing.minutes for doing in day.doings)
        assert total <= (PACK.minutes if "mock" in day.doings[0].what else 31)
    assert sum("mock exam" in day.doings[0].what for day in days) == 2
    assert sum(doing.minutes for doing in days[-1].doings) <= 20


def test_what_does_not_fit_into_a_day_goes_on_the_next() -> None:
    """A hundred skills are due; seven questions a day train some twenty-eight of them."""
    told = [day.doings[0].what for day in planned(30, *wrong(100))[:4]]
    assert told == ["100 skills due", "72 skills due", "44 skills due", "16 skills due"]


def test_what_is_studied_comes_back() -> None:
    days = planned(30)
    assert "--task 1.1" in days[0].doings[0].command
    assert "what is due by then" in [doing.what for doing in days[2].doings]


def test_weak_domains_get_more_days() -> None:
    def days_of(domain: str, entries: list[Entry]) -> int:
        name = next(d.name for d in PACK.domains if d.id == domain)
        days = planned(40, *entries)
        return sum(doing.what.startswith(f"{name}:") for day in days for doing in day.doings)

    even = replace(PACK, domains=tuple(replace(d, weight=50.0) for d in PACK.domains))
    bad = [replace(e, body={**e.body, "options": 4, "choose": 1}) for e in wrong(30)]
    assert even.domains[0].id == "data"
    assert days_of("data", bad) > days_of("data", [])


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_command_of_a_plan_finds_something_to_do(name: str) -> None:
    """By the shipped bank, and for exams other than the default one as well."""
    pack = PACKS[name]
    found, _ = bank([places.shipped("scenarios")], None)
    here = placed(found, PACKS, pack)
    for day in planned(60, pack=pack):
        for doing in day.doings:
            words = doing.command.split()
            given = dict(zip(words[2::2], words[3::2], strict=True))
            assert given.get("--exam", "mls-c01") == name
            if words[1] == "drill":
                wanted = Wanted(domain=given.get("--domain", ""), task=given.get("--task", ""))
                assert candidates(here, given.get("--mode", "scenario"), wanted), doing.command
