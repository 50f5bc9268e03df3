"""The spaCy component, and displaCy on what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language

from examcoach import places

TEXT = "A loxe zorbler is zorbly thrifxy."


@pytest.fixture
def pipeline(zorb: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Language:
    """A blank pipeline with the component over the invented words."""
    monkeypatch.setattr(places, "cache_folder", lambda: cache)
    nlp = spacy.blank("en")
    nlp.add_pipe("examcoach", config={"patterns": [str(zorb)]})
    return nlp


def test_spans_carry_category_and_pattern(pipeline: Language) -> None:
    """Hidden constraints are in upper case; the rest of the Doc stays as it was."""
    doc = pipeline(TEXT)
    found = [(span.text, span.label_, span.kb_id_) for span in doc.spans["constraints"]]
    assert found == [
        ("loxe zorbler", "OPERATIONS", "zorb-alone"),
        ("zorbly thrifxy", "cost", "zorb-thrift"),
    ]
    assert doc.text == TEXT
    assert not doc.ents


def test_displacy_shows_them(pipeline: Language) -> None:
    html = displacy.render(
        pipeline(TEXT), style="span", options={"spans_key": "constraints"}, jupyter=False
    )
    assert html.count("OPERATIONS") == 1
    assert html.count("cost") == 1
    assert "zorbler" in html


def test_nothing_found_is_an_empty_group(pipeline: Language) -> None:
    assert len(pipeline("Zorb.").spans["constraints"]) == 0
    assert len(pipeline("").spans["constraints"]) == 0
    assert [len(d.spans["constraints"]) for d in pipeline.pipe([TEXT, "Zorb.", TEXT])] == [2, 0, 2]


def test_another_key(zorb: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "cache_folder", lambda: cache)
    nlp = spacy.blank("en")
    nlp.add_pipe("examcoach", config={"patterns": [str(zorb)], "spans_key": "found"})
    assert list(nlp(TEXT).spans) == ["found"]
