"""Records, as JSON has them <-> scenarios with their gold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, cast

from examcoach.errors import Problem
from examcoach.model import Gold, GoldConstraint, GoldTrap, Option, Question, Scenario, Source
from examcoach.reading import choose_of, labels_in
from examcoach.terms import CATEGORIES, DEFAULT_EXAM, TRAP_TYPES, Category, TrapType

Read: TypeAlias = Scenario | Problem

MOST_OPTIONS = 8
# One for one, so that offsets into the text stay what they were.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_KNOWN = frozenset(
    (
        "id",
        "exam",
        "stem",
        "options",
        "choose",
        "answer",
        "explanation",
        "domain",
        "constraints",
        "decides",
        "traps",
    )
)


def _safe(text: str) -> str:
    """The text with terminal controls as blanks and lone surrogates as U+FFFD, same length."""
    return _UNSAFE.sub(lambda m: "\ufffd" if m.group() >= "\ud800" else " ", text)


def from_record(record: Any, path: str, line: int) -> Iterator[Read]:
    """The scenario a JSON-like record describes, then a Problem for each part that is wrong.

    A wrong stem, options or choose yields only a Problem: the question itself is in doubt. Wrong
    gold is dropped and said; the question is still yielded. Text is taken as it is, but for
    control characters, so that offsets stay exact.
    """
    try:
        scenario, problems = _scenario(record, path, line)
    except _WrongError as wrong:
        yield Problem(path, line, wrong.what, wrong.hint)
        return
    yield scenario
    yield from problems


class _WrongError(Exception):
    """A part of a record that is not what it must be."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def _scenario(record: Any, path: str, line: int) -> tuple[Scenario, list[Problem]]:
    if not isinstance(record, dict):
        raise _WrongError(
            f"expected a question as an object, found {_kind(record)}",
            'write {"stem": "...", "options": {"A": "..."}}',
        )
    stem = record.get("stem")
    if not isinstance(stem, str) or not stem.strip():
        missing = stem is None or isinstance(stem, str)
        what = "has no stem" if missing else f"needs text as its stem, not {_kind(stem)}"
        raise _WrongError(
            f"this question {what}", 'give it the key "stem" with the text of the question'
        )
    stem = _safe(stem)
    if not stem.strip():
        raise _WrongError("the stem of this question is blank", "write the question there")
    options, renamed = _options(record.get("options"))
    problems: list[Problem] = []
    gold = _gold(
        record,
        stem,
        options,
        renamed,
        lambda what, hint: problems.append(Problem(path, line, what, hint)),
    )
    question = Question(
        stem,
        options,
        _choose(record.get("choose"), stem, options),
        _text(record.get("id"), "id"),
        _text(record.get("exam"), "exam") or DEFAULT_EXAM,
        Source(path, line),
    )
    extra = {key: value for key, value in record.items() if key not in _KNOWN}
    return Scenario(question, gold, extra), problems


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {str: "text", bool: "true or false", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _text(value: Any, key: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _WrongError(f"{key} must be text, not {_kind(value)}", f"put the {key} in quotes")


def _option_text(value: Any, label: str) -> str:
    if isinstance(value, dict) and "text" in value:
        value = value["text"]
    if isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str) or not _safe(value).strip():
        raise _WrongError(f"option {label} has no text", "write what the option says")
    return _safe(value)


def _options(value: Any) -> tuple[tuple[Option, ...], dict[str, str]]:
    """The options labelled by upper-case letters, and the new name of each label given."""
    if value is None:
        return (), {}
    if isinstance(value, list):
        given = [chr(65 + i) for i in range(len(value))] if len(value) <= 26 else [""] * len(value)
        texts = list(value)
    elif isinstance(value, dict):
        given, texts = [str(key).strip() for key in value], list(value.values())
    else:
        raise _WrongError(
            f"options must be a list or an object, not {_kind(value)}",
            'write {"A": "...", "B": "..."} or ["...", "..."]',
        )
    if len(given) > MOST_OPTIONS:
        raise _WrongError(
            f"this question has {len(given)} options, more than {MOST_OPTIONS}",
            "give the options of one question only",
        )
    upper = [key.upper() for key in given]
    letters = all(re.fullmatch(r"[A-Z]", key) for key in upper) and len(set(upper)) == len(upper)
    labels = upper if letters else [chr(65 + i) for i in range(len(given))]
    options = tuple(
        Option(label, _option_text(text, label)) for label, text in zip(labels, texts, strict=True)
    )
    return options, dict(zip(given, labels, strict=True))


def _choose(value: Any, stem: str, options: Sequence[Option]) -> int:
    """As given; else as the stem says; else one. The key has no say: gold never influences."""
    most = len(options) or MOST_OPTIONS
    if value is None:
        return max(1, min(choose_of(stem) or 1, most))
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 5:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise _WrongError(
            f"choose must be a number from 1 to {most}",
            "say how many options are right, or leave it out",
        )
    return value


# --- gold ------------------------------------------------------------------------------------

_Complain: TypeAlias = Callable[[str, str], None]


def _gold(
    record: Mapping[str, Any],
    stem: str,
    options: Sequence[Option],
    renamed: Mapping[str, str],
    complain: _Complain,
) -> Gold:
    """The gold of a record; what is wrong in it is dropped and complained of."""

    def tried(parse: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            return parse()
        except _WrongError as wrong:
            complain(wrong.what, wrong.hint)
            return otherwise

    get = record.get
    constraints = get("constraints")
    if constraints is not None and not isinstance(constraints, list):
        complain(f"constraints must be a list, not {_kind(constraints)}", "write [{...}, {...}]")
        constraints = None
    marked = None
    if constraints is not None:
        all_marked = [tried(partial(_marked, c, stem, "a constraint")) for c in constraints]
        marked = tuple(c for c in all_marked if c is not None)
    decides = get("decides")
    return Gold(
        answer=tried(lambda: _answer(get("answer"), options, renamed), ()),
        explanation=tried(lambda: _text(get("explanation"), "explanation")),
        domain=tried(lambda: _text(get("domain"), "domain")),
        constraints=marked,
        decides=tried(lambda: None if decides is None else _marked(decides, stem, "decides")),
        traps=_traps(get("traps"), renamed, complain),
    )


def _answer(value: Any, options: Sequence[Option], renamed: Mapping[str, str]) -> tuple[str, ...]:
    labels = [option.label for option in options]
    if value is None or value == "" or value == []:
        return ()
    found: tuple[str, ...] | None = None
    if isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value).strip()
        same = [option.label for option in options if option.text.strip() == text]
        found = (same[0],) if len(same) == 1 else _named(text, labels, renamed)
    elif isinstance(value, list):
        named = [_named(str(one).strip(), labels, renamed) for one in value]
        if all(named):
            chosen = {label for one in named for label in one or ()}
            found = tuple(label for label in labels if label in chosen)
    if not found:
        among = f"none of the options {labels[0]} to {labels[-1]}" if labels else "without options"
        raise _WrongError(
            f"the answer {str(value)[:40]!r} is {among}", "the question is read without its answer"
        )
    return found


def _named(text: str, labels: Sequence[str], renamed: Mapping[str, str]) -> tuple[str, ...] | None:
    label = renamed.get(text) or renamed.get(text.upper()) or renamed.get(text.lower())
    return (label,) if label else labels_in(text, labels)


def _marked(value: Any, stem: str, what: str) -> GoldConstraint:
    """A constraint as marked: its place must hold its words. Without a place, it is looked for."""
    if not isinstance(value, dict):
        raise _WrongError(f"{what} must be an object, not {_kind(value)}", "write {...}")
    category, text = value.get("category"), value.get("text")
    if category not in CATEGORIES:
        raise _WrongError(
            f"{what} has the category {str(category)[:40]!r}, which there is not",
            "use one of " + ", ".join(CATEGORIES),
        )
    if not isinstance(text, str) or not text:
        raise _WrongError(f"{what} has no text", "quote the words of the stem")
    text = _safe(text)
    start = value.get("start", stem.find(text))
    end = value.get("end", start + len(text) if isinstance(start, int) else None)
    placed = type(start) is int and type(end) is int and 0 <= start < end <= len(stem)
    if not placed or stem[start:end] != text:
        raise _WrongError(
            f"{what}: {text[:40]!r} does not stand where it is said to in the stem",
            "quote the stem exactly, or leave out start and end",
        )
    hidden, requires = value.get("hidden", False), value.get("requires")
    if not isinstance(hidden, bool) or not (requires is None or isinstance(requires, str)):
        raise _WrongError(f"{what} needs true or false as hidden, and text as requires", "mend it")
    return GoldConstraint(
        cast("Category", category), text, start, start + len(text), hidden, requires
    )


def _traps(
    value: Any, renamed: Mapping[str, str], complain: _Complain
) -> dict[str, GoldTrap] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        complain(f"traps must be an object, not {_kind(value)}", 'write {"B": {"trap": "..."}}')
        return None
    traps: dict[str, GoldTrap] = {}
    for key, told in value.items():
        label = renamed.get(str(key)) or renamed.get(str(key).upper())
        trap = told.get("trap") if isinstance(told, dict) else None
        words = [told.get("because", ""), told.get("text", "")] if isinstance(told, dict) else []
        if label is None:
            complain(
                f"a trap is told of option {str(key)[:20]!r}, which there is not",
                "use the labels of the options",
            )
        elif trap not in TRAP_TYPES or not all(w is None or isinstance(w, str) for w in words):
            complain(
                f"the trap of option {label} is {str(trap)[:40]!r}, which there is not",
                "use one of " + ", ".join(TRAP_TYPES),
            )
        else:
            because, text = (_safe(w or "") for w in words)
            traps[label] = GoldTrap(cast("TrapType", trap), because, text)
    return traps


# --- writing ---------------------------------------------------------------------------------


def to_record(scenario: Scenario) -> dict[str, Any]:
    """The JSON form of a scenario; reading it again gives an equal one (but for its source)."""
    question, gold = scenario.question, scenario.gold
    record: dict[str, Any] = {"id": question.id} if question.id is not None else {}
    record |= {"exam": question.exam, "stem": question.stem}
    if question.options:
        record["options"] = {option.label: option.text for option in question.options}
    record["choose"] = question.choose
    if gold.answer:
        record["answer"] = list(gold.answer)
    told = {"explanation": gold.explanation, "domain": gold.domain}
    record |= {key: value for key, value in told.items() if value is not None}
    if gold.constraints is not None:
        record["constraints"] = [_mark_record(c) | {"hidden": c.hidden} for c in gold.constraints]
    if gold.decides is not None:
        hidden = {"hidden": True} if gold.decides.hidden else {}
        record["decides"] = _mark_record(gold.decides) | hidden
    if gold.traps is not None:
        record["traps"] = {
            label: {"trap": t.trap, "because": t.because, "text": t.text}
            for label, t in gold.traps.items()
        }
    return record | {key: value for key, value in scenario.extra.items() if key not in _KNOWN}


def _mark_record(mark: GoldConstraint) -> dict[str, Any]:
    record: dict[str, Any] = {
        "category": mark.category,
        "text": mark.text,
        "start": mark.start,
        "end": mark.end,
    }
    return record | ({"requires": mark.requires} if mark.requires is not None else {})
