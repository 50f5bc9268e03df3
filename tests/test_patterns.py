"""Every shipped pattern proves itself by its own examples: one named test each."""

from __future__ import annotations

import pytest

from examcoach import places
from examcoach.dissect import Dissector
from examcoach.library.catalog import Record
from examcoach.library.compiled import load_catalog
from examcoach.selftest import check_record

RECORDS = [
    record
    for record in load_catalog([places.shipped("patterns")], None).records.values()
    if record.data.get("fires")
]


@pytest.mark.parametrize("record", RECORDS, ids=[f"{r.kind}:{r.id}" for r in RECORDS])
def test_examples_hold(record: Record, dissector: Dissector) -> None:
    """It finds exactly the words that are marked, and nothing in the silent examples."""
    assert list(map(str, check_record(record, dissector))) == []


def test_the_library_is_not_empty() -> None:
    """A registry that found no files would make every other test here pass."""
    assert len({record.kind for record in RECORDS}) == 8
    assert len(RECORDS) > 1_000
