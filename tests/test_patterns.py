"""Every shipped pattern proves itself by its own examples: one named test each."""

from __future__ import annotations

import pytest

from examcoach import places
from examcoach.dissect import Dissector
from examcoach.library.catalog import Catalog, Record, build_catalog, find_files, read_files
from examcoach.selftest import check_cases, check_record

# each worker reads these anew; cases are ten times as many, and none has a test of its own
FILES = [
    file for file in find_files([places.shipped("patterns")]) if file[1].parent.name != "cases"
]
RULES = build_catalog(read_files(FILES), "")
RECORDS = [record for record in RULES.records.values() if record.data.get("fires")]
TOPICS = sorted({topic for record in RECORDS if (topic := record.data.get("topic"))})


@pytest.mark.parametrize("record", RECORDS, ids=[f"{r.kind}:{r.id}" for r in RECORDS])
def test_examples_hold(record: Record, dissector: Dissector) -> None:
    """It finds exactly the words that are marked, and nothing in the silent examples."""
    assert list(map(str, check_record(record, dissector))) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_stories_lead_to_their_answers(topic: str, catalog: Catalog, dissector: Dissector) -> None:
    """Of every case each story leads to its own answers, before its own alternatives."""
    cases = [case for case in catalog.of_kind("case") if case.data["topic"] == topic]
    assert cases
    assert list(map(str, check_cases(cases, dissector.judge.precedents))) == []


def test_no_topic_of_a_case_is_missing(catalog: Catalog) -> None:
    """A case of a topic that no rule has would be proven by no test here."""
    assert {case.data["topic"] for case in catalog.of_kind("case")} <= set(TOPICS)


def test_the_library_is_not_empty(catalog: Catalog) -> None:
    """A registry that found no files would make every other test here pass."""
    assert len({record.kind for record in RECORDS}) == 8
    assert len(RECORDS) > 1_000
    assert len(list(catalog.of_kind("case"))) > 20_000
