"""Every shipped pattern proves itself by its own examples: one named test each."""

from __future__ import annotations

import pytest

from examcoach import places
from examcoach.dissect import Dissector
from examcoach.library.catalog import Record
from examcoach.library.compiled import load_catalog
from examcoach.selftest import check_cases, check_record

ALL = load_catalog([places.shipped("patterns")], None)
RECORDS = [record for record in ALL.records.values() if record.data.get("fires")]
CASES = list(ALL.of_kind("case"))
TOPICS = sorted({case.data["topic"] for case in CASES})


@pytest.mark.parametrize("record", RECORDS, ids=[f"{r.kind}:{r.id}" for r in RECORDS])
def test_examples_hold(record: Record, dissector: Dissector) -> None:
    """It finds exactly the words that are marked, and nothing in the silent examples."""
    assert list(map(str, check_record(record, dissector))) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_stories_lead_to_their_answers(topic: str, dissector: Dissector) -> None:
    """Of every case each story leads to its own answers, before its own alternatives."""
    cases = [case for case in CASES if case.data["topic"] == topic]
    assert list(map(str, check_cases(cases, dissector.judge.precedents))) == []


def test_the_library_is_not_empty() -> None:
    """A registry that found no files would make every other test here pass."""
    assert len({record.kind for record in RECORDS}) == 8
    assert len(RECORDS) > 1_000
    assert len(CASES) > 20_000
