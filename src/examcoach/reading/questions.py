"""Lines -> questions: where one begins and ends, its stem, its options, its key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from examcoach.errors import Problem
from examcoach.model import Gold, Option, Question, Scenario, Source
from examcoach.reading.cleaning import Line, lines_of
from examcoach.reading.layout import Run, find_options, is_tail, next_start, split_inline
from examcoach.reading.shapes import (
    Key,
    asks_at_end,
    choose_of,
    explanation_of,
    head_of,
    is_metadata,
    is_options_title,
    is_rule,
    key_of,
    label_list,
    label_of,
    without_marks_behind,
)

MOST_OPTIONS = 8


def read_questions(
    text: str, path: str = "-", first_line: int = 1
) -> tuple[list[Scenario], list[Problem]]:
    """The questions in a pasted text, in order, and what in it could not be read.

    `path` and `first_line` (the number of the text's first line) only place the results. Answers
    and explanations become gold and are no part of stem or options. Any text is accepted: without
    options it is a stem; text with nothing to read yields a Problem.
    """
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for chunk in _chunks(lines_of(text, first_line)):
        for part in _parts(split_inline(chunk)):
            scenario, found = _question(part, path)
            problems += found
            if scenario:
                scenarios.append(scenario)
    if not scenarios and not problems:
        hint = "give a stem, and its options if it has any"
        problems.append(Problem(path, None, "there is no question in this text", hint))
    return scenarios, problems


# --- from lines to parts ---------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    """The lines of one question, sorted by what they are."""

    stem: list[Line]
    run: Run | None = None
    options: list[list[Line]] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)


def _chunks(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each question that is announced ("Question 12"), announcements removed."""
    chunks: list[list[Line]] = [[]]
    announced = False
    for i, line in enumerate(lines):
        if is_rule(line.text):
            chunks.append([])
            continue
        rest = _announced(lines, i)
        if rest is None:
            chunks[-1].append(line)
            continue
        announced = True
        chunks.append([Line(line.number, rest)] if rest else [])
    filled = [c for c in chunks if any(line.text for line in c)]
    if announced and len(filled) > 1 and filled[0] is chunks[0] and _is_preamble(filled[0]):
        del filled[0]
    return _with_their_tails(filled)


def _with_their_tails(chunks: Sequence[list[Line]]) -> list[list[Line]]:
    """Chunks that only hold a key or explanation (after a drawn line) belong to those before."""
    joined: list[list[Line]] = []
    for chunk in chunks:
        first = next(line for line in chunk if line.text)
        if joined and is_tail(first.text):
            joined[-1] += [Line(first.number, ""), *chunk]
        else:
            joined.append(chunk)
    return joined


def _is_preamble(lines: Sequence[Line]) -> bool:
    """Whether lines before the first announced question are only a page's title."""
    text = " ".join(line.text for line in lines)
    return "?" not in text and not find_options(lines)


def _announced(lines: Sequence[Line], i: int) -> str | None:
    """What is left of a line that announces a question; None for any other line."""
    line = lines[i]
    if not line.text:
        return None
    rest = head_of(line.text)
    if rest is not None:
        more_follows = any(following.text for following in lines[i + 1 : i + 3])
        if line.title and more_follows and "?" not in rest:
            return ""
        return rest if _may_begin(lines, i, rest) else None
    if line.title and "?" not in line.text and len(lines) > 1 and not is_tail(line.text):
        return None if is_options_title(line.text) or label_of(line.text) else ""
    return None


def _may_begin(lines: Sequence[Line], i: int, rest: str) -> bool:
    """Whether a heading stands where one may stand: not in the middle of a wrapped sentence."""
    above = lines[i - 1].text if i else ""
    if not above or above[-1] in ".?!:\"')":
        return True
    return not rest or label_of(above) is not None or lines[i].text[:8].lower() == "question"


def _parts(lines: Sequence[Line]) -> list[_Part]:
    """The questions in one chunk."""
    lines = [line for line in lines if not is_options_title(line.text) or _is_answer_title(line)]
    runs = find_options(lines)
    if not runs:
        return [_without_options(part) for part in _numbered_stems(lines)]
    parts: list[_Part] = []
    start = 0
    for n, run in enumerate(runs):
        ceiling = runs[n + 1].first if n + 1 < len(runs) else len(lines)
        after = lines[run.last + 1 : ceiling]
        end = ceiling if n + 1 == len(runs) else run.last + 1 + next_start(after)
        parts.append(_with_options(lines[start : run.first], lines[run.first : end], run))
        start = end
    return parts


def _is_answer_title(line: Line) -> bool:
    """ "Answers:" may announce options or the key; `_with_options` sees which."""
    return line.text.lower().rstrip(": ") == "answers"


def _with_options(stem: Sequence[Line], rest: Sequence[Line], run: Run) -> _Part:
    starts = [i - run.first for i in run.starts]
    bounds = zip(starts, [*starts[1:], len(rest)], strict=True)
    options = [list(rest[a:b]) for a, b in bounds]
    own, tail = _split_tail(options[-1])
    options[-1] = own
    part = _Part(list(stem), run, options, tail)
    for n, lines in enumerate(options[:-1]):  # a key may stand between options, oddly placed
        options[n], strays = _split_tail(lines, at_blank=False)
        part.tail += strays
    return part


def _split_tail(lines: Sequence[Line], at_blank: bool = True) -> tuple[list[Line], list[Line]]:
    """An option's own lines, and what follows it."""
    label = label_of(lines[0].text)
    written = bool(label and label.text)
    for i, line in enumerate(lines[1:], 1):
        if line.text and is_tail(line.text):
            return list(lines[:i]), list(lines[i:])
        if not line.text and written and at_blank:
            return list(lines[:i]), list(lines[i:])
        written = written or bool(line.text)
    return list(lines), []


_IMPERATIVE = re.compile(
    r"(?:^|[.:]\s+)(?:sketch|design|describe|explain|propose|outline|list|name|write|recommend)\b",
    re.I,
)


def _numbered_stems(lines: Sequence[Line]) -> list[list[Line]]:
    """Stems without options that are numbered 1., 2., ...: each asks, or they are one text."""
    starts: list[int] = []
    for i, line in enumerate(lines):
        label = label_of(line.text)
        if label and label.family == "number" and label.ordinal == len(starts):
            starts.append(i)
    first = next((i for i, line in enumerate(lines) if line.text), 0)
    if len(starts) < 2 or starts[0] != first:
        return [list(lines)]
    groups = [list(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    for group in groups:
        label = label_of(group[0].text)
        words = " ".join([label.text if label else "", *(line.text for line in group[1:])])
        if "?" not in words and not _IMPERATIVE.search(words):
            return [list(lines)]
    return groups


def _without_options(lines: Sequence[Line]) -> _Part:
    """A stem alone; its key or explanation, and a flash card's "A:", are cut off."""
    for i, line in enumerate(lines):
        if i and line.text and is_tail(line.text):
            return _Part(list(lines[:i]), tail=list(lines[i:]))
        if i and line.text.startswith(("A: ", "A. ")):
            return _Part(list(lines[:i]), tail=[Line(line.number, line.text[3:]), *lines[i + 1 :]])
    return _Part(list(lines))


# --- from a part to a question ---------------------------------------------------------------


def _question(part: _Part, path: str) -> tuple[Scenario | None, list[Problem]]:
    stem_lines, strays = _stem_lines(part)
    stem = _flow(stem_lines)
    stem, note = _unquoted(stem), _notes([*strays, *part.tail], part.run is not None)
    first = next(
        (line.number for line in [*part.stem, *chain.from_iterable(part.options)] if line.text),
        None,
    )
    if not stem:
        return None, [_no_stem(path, first)] if part.run else []
    if part.run is None and _only_a_list(part.stem):
        return None, [_no_stem(path, first)]
    if part.run and len(part.run.starts) > MOST_OPTIONS:
        what = f"this question has {len(part.run.starts)} options, more than {MOST_OPTIONS}"
        hint = "leave the options of one question only; check that its list was not read as options"
        return None, [Problem(path, first, what, hint)]
    options, ticked = _options(part)
    if any(not option.text for option in options):
        empty = next(option.label for option in options if not option.text)
        what = f"option {empty} has no text"
        return None, [Problem(path, first, what, "write out what the option says")]
    labels = [option.label for option in options]
    answer, problems = _answer(note, ticked, options, path, first)
    choose = choose_of(stem) or 1  # never from the key: gold has no say
    question = Question(
        stem,
        tuple(options),
        max(1, min(choose, len(labels))) if labels else choose,
        source=Source(path, first or 1),
    )
    return Scenario(question, Gold(answer=answer, explanation=note.explanation)), problems


def _no_stem(path: str, line: int | None) -> Problem:
    return Problem(path, line, "these options have no stem", "paste the question above them too")


def _only_a_list(lines: Sequence[Line]) -> bool:
    """Whether a text without an ask is nothing but labelled lines: options that lost their stem."""
    written = [line.text for line in lines if line.text]
    labels = [label_of(text) for text in written]
    real = [k for k in labels if k and k.family != "bare"]
    return len(real) > 1 and len(real) == len(written) and not any("?" in t for t in written)


def _stem_lines(part: _Part) -> tuple[list[Line], list[Line]]:
    """The stem without its number, and lines in it that are no part of it (a key on top)."""
    kept: list[Line] = []
    strays: list[Line] = []
    for line in part.stem:
        key = key_of(line.text) if line.text else None
        lone = key is not None and bool(key.labels) and not key.rest
        if lone or (line.text.lower().rstrip(": ") == "answers"):
            strays += [line] if lone else []
        elif not re.fullmatch(r"(?:https?://|www\.)\S+", line.text):
            kept.append(line)
    first = next((i for i, line in enumerate(kept) if line.text), None)
    if first is not None:
        kept[first] = _unnumbered(kept, first)
    return kept, strays


def _unnumbered(lines: Sequence[Line], first: int) -> Line:
    """The first line of a stem without "12.", unless it is the first of a numbered list."""
    line = lines[first]
    label = label_of(line.text)
    if label is None or label.family != "number":
        return line
    if line.text[:1] in "-–—+*•":
        return line
    following = (label_of(other.text) for other in lines[first + 1 :])
    if any(k and k.family == "number" and k.ordinal == label.ordinal + 1 for k in following):
        return line
    return Line(line.number, label.text)


def _flow(lines: Iterable[Line]) -> str:
    """Running text: wrapped lines joined; paragraphs and the items of lists stay apart."""
    pieces: list[str] = []
    gap = ""
    in_list = False
    for line in lines:
        if not line.text:
            gap = "\n\n" if pieces else ""
            continue
        label = label_of(line.text)
        item = label is not None and label.family != "bare"
        after_list = in_list and asks_at_end(line.text) and line.text[0].isupper()
        if pieces:
            pieces.append(gap or ("\n" if item or after_list else " "))
        in_list = item or (in_list and not gap and not after_list)
        pieces.append(line.text)
        gap = ""
    return "".join(pieces)


def _unquoted(stem: str) -> str:
    """The stem without quotation marks around the whole of it."""
    if len(stem) > 2 and stem[0] == stem[-1] and stem[0] in "\"'" and stem[0] not in stem[1:-1]:
        return stem[1:-1].strip()
    return stem


def _options(part: _Part) -> tuple[list[Option], tuple[str, ...]]:
    """The options, labelled A, B, ..., and the labels that were ticked."""
    if part.run is None:
        return [], ()
    options: list[Option] = []
    ticked: list[str] = []
    for n, (label, lines) in enumerate(zip(part.run.labels, part.options, strict=True)):
        words = [label.text, *(line.text for line in lines[1:])]
        text, tick_behind = without_marks_behind(" ".join(w for w in words if w))
        name = chr(65 + n)
        options.append(Option(name, text.strip()))
        if label.ticked or tick_behind:
            ticked.append(name)
    while len(options) > 2 and not options[-1].text:
        options.pop()
    return options, tuple(ticked)


# --- keys and explanations -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Notes:
    """What follows the options: the key, if one is stated, and all explanations."""

    key: Key | None
    explanation: str | None


def _notes(lines: Sequence[Line], with_options: bool) -> _Notes:
    """Key and explanation; without options a key has no labels and its words are explanation."""
    key: Key | None = None
    awaited = False  # "Answer:" stood alone: the key is on the next line
    words: list[Line] = []
    for line in lines:
        text = line.text
        if awaited and text:
            awaited = False
            named = label_list(text)
            key = Key(*named) if named else Key(frozenset(), text)
            continue
        found = key_of(text) if text and key is None else None
        if found and not with_options:
            words += [
                Line(line.number, ""),
                Line(line.number, text[len(text) - len(found.words) :]),
            ]
        elif found:
            awaited = not found.labels and not found.rest
            key = None if awaited else found
        said = explanation_of(text) if text and not found else None
        if found:
            continue
        if said is not None:
            words += [Line(line.number, ""), Line(line.number, said)]
        elif not is_metadata(text):
            words.append(line)
    rest = key.rest if key and key.labels else ""
    said_first = explanation_of(rest)
    words.insert(0, Line(0, rest if said_first is None else said_first))
    return _Notes(key, _flow(words) or None)


def _answer(
    notes: _Notes, ticked: tuple[str, ...], options: Sequence[Option], path: str, line: int | None
) -> tuple[tuple[str, ...], list[Problem]]:
    """The right labels: as stated, else as ticked (unless every option is)."""
    key = notes.key
    labels = [option.label for option in options]
    if key and options:
        named = key.labels
        if named and all(n.isdigit() for n in named):
            named = frozenset(chr(64 + int(n)) for n in named)
        if named and named <= set(labels):
            return tuple(label for label in labels if label in named), []
        if not named:
            same = [o.label for o in options if _plain(o.text) == _plain(key.rest)]
            if len(same) == 1:
                return (same[0],), []
        told = ", ".join(sorted(key.labels)) or repr(key.rest[:40])
        what = f"the answer {told} is none of the options {labels[0]} to {labels[-1]}"
        return (), [Problem(path, line, what, "the question is read without its answer")]
    if ticked and len(ticked) < len(options):
        return ticked, []
    return (), []


def _plain(text: str) -> str:
    return text.strip(" .\"'").casefold()
