"""Breakdown -> the JSON record that every pipeline reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from examcoach.model import Breakdown, Constraint, Evidence, JudgedOption

SCHEMA = "examcoach/breakdown@1"


def to_record(breakdown: Breakdown) -> dict[str, Any]:
    """The breakdown as plain data, in the order and with the names of the public schema."""
    b = breakdown
    return {
        "schema": SCHEMA,
        "id": b.id,
        "source": b.source and {"path": b.source.path, "line": b.source.line},
        "exam": b.exam,
        "stem": b.stem,
        "ask": {
            "text": b.ask.text,
            "start": b.ask.start,
            "end": b.ask.end,
            "qualifiers": list(b.ask.qualifiers),
            "choose": b.ask.choose,
            "negated": b.ask.negated,
        },
        "domain": b.domain and {"id": b.domain.id, "confidence": b.domain.confidence},
        "constraints": [_constraint(c) for c in b.constraints],
        "decides": b.decides
        and {
            "category": b.decides.category,
            "text": b.decides.text,
            "start": b.decides.start,
            "end": b.decides.end,
            "without_it": list(b.decides.without_it),
        },
        "suggests": [
            {"concepts": list(s.concepts), "pattern": s.pattern, "because": s.because}
            for s in b.suggests
        ],
        "options": [_option(option) for option in b.options],
        "answer": list(b.answer),
        "confidence": b.confidence,
        "because": b.because,
    }


def to_json(breakdown: Breakdown, indent: int | None = None) -> str:
    """The record as JSON text that is safe to write to any UTF-8 stream."""
    text = json.dumps(to_record(breakdown), ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _constraint(c: Constraint) -> dict[str, Any]:
    record: dict[str, Any] = {
        "category": c.category,
        "text": c.text,
        "start": c.start,
        "end": c.end,
        "hidden": c.hidden,
        "requires": c.requires,
        "pattern": c.pattern,
    }
    if c.value is not None:
        record["value"] = {"amount": c.value.amount, "unit": c.value.unit}
    return record


def _option(option: JudgedOption) -> dict[str, Any]:
    return {
        "label": option.label,
        "text": option.text,
        "verdict": option.verdict,
        "score": option.score,
        "fits": [
            {"pattern": f.pattern, "because": f.because, "evidence": _evidence(f.evidence)}
            for f in option.fits
        ],
        "traps": [
            {
                "trap": t.trap,
                "pattern": t.pattern,
                "because": t.because,
                "evidence": _evidence(t.evidence),
            }
            for t in option.traps
        ],
    }


def _evidence(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [{"text": e.text, "start": e.start, "end": e.end} for e in evidence]
