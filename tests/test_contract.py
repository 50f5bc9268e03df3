"""The public record: every key and type, exact offsets, verdicts that say why, no gold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examcoach import places
from examcoach.dissect import Dissector
from examcoach.formats.records import from_record
from examcoach.model import Option, Question, Scenario
from examcoach.reading import read_questions
from examcoach.render.record import to_json, to_record
from examcoach.terms import CATEGORIES, TRAP_TYPES


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
WORDS = {"type": "string", "minLength": 1}
OFFSET = {"type": "integer", "minimum": 0}
SPAN = {"text": WORDS, "start": OFFSET, "end": OFFSET}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
REASON = {"pattern": WORDS, "because": WORDS, "evidence": _list(_object(SPAN))}
CONTRACT = _object(
    {
        "schema": {"const": "examcoach/breakdown@1"},
        "id": {"type": ["string", "null"]},
        "source": {
            "anyOf": [
                {"type": "null"},
                _object({"path": WORDS, "line": {"type": "integer", "minimum": 1}}),
            ]
        },
        "exam": TEXT,
        "stem": TEXT,
        "ask": _object(
            {
                "text": TEXT,
                "start": OFFSET,
                "end": OFFSET,
                "qualifiers": _list(WORDS),
                "choose": {"type": "integer", "minimum": 1},
                "negated": {"type": "boolean"},
            }
        ),
        "domain": {"anyOf": [{"type": "null"}, _object({"id": WORDS, "confidence": SHARE})]},
        "constraints": _list(
            _object(
                {
                    "category": {"enum": list(CATEGORIES)},
                    **SPAN,
                    "hidden": {"type": "boolean"},
                    "requires": {"type": ["string", "null"]},
                    "pattern": WORDS,
                },
                value=_object({"amount": {"type": "number"}, "unit": TEXT}),
            )
        ),
        "decides": {
            "anyOf": [
                {"type": "null"},
                _object(
                    {"category": {"enum": list(CATEGORIES)}, **SPAN, "without_it": _list(WORDS)}
                ),
            ]
        },
        "suggests": _list(_object({"concepts": _list(WORDS), "pattern": WORDS, "because": WORDS})),
        "options": _list(
            _object(
                {
                    "label": WORDS,
                    "text": TEXT,
                    "verdict": {"enum": ["pick", "possible", "eliminate"]},
                    "score": {"type": "number"},
                    "fits": _list(_object(REASON)),
                    "traps": _list(_object({"trap": {"enum": list(TRAP_TYPES)}, **REASON})),
                }
            )
        ),
        "answer": _list(WORDS),
        "confidence": SHARE,
        "because": TEXT,
    }
)
VALID = jsonschema.Draft202012Validator(CONTRACT)


def check(question: Question, dissector: Dissector) -> dict[str, Any]:
    """All that CONTRACT promises of one breakdown; returns its record."""
    breakdown = dissector(question)
    record: dict[str, Any] = json.loads(to_json(breakdown))
    assert record == to_record(breakdown)
    VALID.validate(record)

    stem = record["stem"]
    assert stem == question.stem
    assert list(record) == list(CONTRACT["required"])
    for found in [record["ask"], *record["constraints"], record["decides"] or record["ask"]]:
        assert stem[found["start"] : found["end"]] == found["text"]
    for constraint in record["constraints"]:
        assert (constraint["requires"] is not None) == constraint["hidden"]
    if record["decides"]:
        places_ = {(c["category"], c["start"], c["end"]) for c in record["constraints"]}
        decides = record["decides"]
        assert (decides["category"], decides["start"], decides["end"]) in places_

    options = record["options"]
    assert [(o["label"], o["text"]) for o in options] == [
        (o.label, o.text) for o in question.options
    ]
    for option in options:
        for reason in (*option["fits"], *option["traps"]):
            for words in reason["evidence"]:
                assert option["text"][words["start"] : words["end"]] == words["text"]
        if option["verdict"] == "eliminate":
            assert option["traps"]
    picked = [o["label"] for o in options if o["verdict"] == "pick"]
    assert record["answer"] == picked
    assert len(picked) == (min(question.choose, len(options)) if options else 0)
    return record


def shipped_questions() -> list[Scenario]:
    """The examples that ship with the package."""
    files = sorted((places.shipped("scenarios") / "examples").glob("*.txt"))
    return [s for file in files for s in read_questions(file.read_text("utf-8"), str(file))[0]]


@pytest.mark.parametrize("number", range(len(shipped_questions())))
def test_shipped_examples(number: int, dissector: Dissector) -> None:
    question = shipped_questions()[number].question
    record = check(question, dissector)
    assert question.source is not None
    assert record["source"] == {"path": question.source.path, "line": question.source.line}
    assert record["constraints"]


PIECES = st.sampled_from(
    """A startup has one data scientist.|Logs lie in Amazon S3 as CSV (~50 TB).|PHI|, |\n|\n\n| |
    Which solution is MOST cost-effective?|with the LEAST operational overhead|EXCEPT|NOT|99%|72%|
    Use Amazon Athena|Amazon EMR|AWS Glue to convert to Apache Parquet|near real time|1,000|of|TB|
    1,000,000 rows|accuracy|SMOTE|Amazon SageMaker|without managing servers|(Choose two.)|é|日本|
    \u0130|\u00df|\ufb01|\u202e|\x00|🙂|e\u0301|train|validation|never|
    encrypted at rest|?|.|;|$5""".replace("\n    ", "").split("|")
)
MESSY = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=20).map(" ".join))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A stem of anything, with none to eight options of anything."""
    texts = draw(st.lists(MESSY, max_size=8))
    options = tuple(Option(chr(65 + i), text) for i, text in enumerate(texts))
    choose = draw(st.integers(1, max(1, len(texts))))
    return Question(draw(MESSY), options, choose)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(question=questions())
def test_any_question(question: Question, dissector: Dissector) -> None:
    check(question, dissector)


@pytest.mark.parametrize("options", [0, 1, 2, 8])
def test_nothing_to_go_by(options: int, dissector: Dissector) -> None:
    """Nothing found is still a valid breakdown, with empty lists and chance as its confidence."""
    choices = tuple(Option(chr(65 + i), "glimp") for i in range(options))
    record = check(Question("Zorb?", choices), dissector)
    empty = ("domain", "constraints", "decides", "suggests")
    assert [record[key] for key in empty] == [None, [], None, []]
    assert record["answer"] == (["A"] if options else [])
    if options > 1:
        assert record["confidence"] == pytest.approx(1 / options, abs=0.001)


GOLD = {
    "explanation": "C, because it is the cheapest.",
    "domain": "mlops",
    "constraints": [{"category": "latency", "text": "small shop", "hidden": True}],
    "decides": {"category": "latency", "text": "small shop"},
    "traps": {"A": {"trap": "leakage", "because": "It leaks."}},
}


@pytest.mark.parametrize("answer", ["A", "B", "C", ["C"]])
def test_gold_never_shows(answer: Any, dissector: Dissector) -> None:
    """A breakdown is the same with a key and a teacher's analysis as without."""
    bare = {
        "id": "x",
        "stem": "A small shop keeps 5 TB of CSV in Amazon S3. Which is MOST cost-effective?",
        "options": {"A": "Amazon Athena.", "B": "A long-running Amazon EMR cluster.", "C": "x"},
    }
    [plain] = from_record(bare, "q.json", 1)
    [gilded] = from_record({**bare, **GOLD, "answer": answer}, "q.json", 1)
    assert isinstance(plain, Scenario)
    assert isinstance(gilded, Scenario)
    assert gilded.gold.answer
    assert gilded.gold.traps
    assert dissector(plain.question) == dissector(gilded.question)


def test_a_pasted_key_never_shows(dissector: Dissector) -> None:
    """The answer line of a paste changes nothing, whichever option it names."""
    text = "Which is MOST cost-effective?\nA. Amazon Athena.\nB. Amazon EMR.\n"
    found = set()
    for key in ("", "Answer: A\n", "Answer: B\nExplanation: EMR, of course.\n"):
        [scenario] = read_questions(text + key)[0]
        found.add(to_json(dissector(replace(scenario.question, source=None))))
    assert len(found) == 1
