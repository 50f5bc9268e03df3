"""Which lines of a text are options: ladders of labels that come after the ask, at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from examcoach.reading.cleaning import Line
from examcoach.reading.shapes import (
    FAMILIES,
    Family,
    Label,
    asks,
    asks_at_end,
    explanation_of,
    is_metadata,
    key_of,
    label_of,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that begin the options of one question: their indices, and their labels."""

    family: Family
    starts: tuple[int, ...]
    labels: tuple[Label, ...]

    @property
    def first(self) -> int:
        """Where its first label starts."""
        return self.starts[0]

    @property
    def last(self) -> int:
        """Where its last label starts."""
        return self.starts[-1]


# Labels inside a line: after a blank or the ask, closed, with words behind.
_INLINE = re.compile(
    r"(?:(?<=\s)|(?<=[?.):])|^)\(?(?P<key>[A-H]|[a-h]|[1-8])(?P<close>[.):])(?=\s+\S|[A-Z])"
    r"|(?<=\s)(?P<bullet>[•●▪◦☐☑○])(?=\s)"
)
# A key that follows the last option on its line, or an explanation that follows either.
_INLINE_EXPLANATION = re.compile(r"(?<=\s)(?=(?:Explanation|Rationale)\s?:)")
_INLINE_KEY = re.compile(
    r"(?<=\s)(?<!Correct\s)(?<!Right\s)(?<!Suggested\s)"
    r"(?=(?:(?:Correct|Right|Suggested)\s)?(?:Answers?|Ans)\s?:)|" + _INLINE_EXPLANATION.pattern
)
_LONGEST_STEM = 200  # lines; how far above options their ask is looked for
_ASK_ENDS = frozenset('?.):!"')


def split_inline(lines: Sequence[Line]) -> list[Line]:
    """Options that run together on one line, each on a line of its own."""
    at_start = {(k.family, k.ordinal) for line in lines if (k := label_of(line.text))}
    open_ladder: tuple[Family, int] | None = None
    result: list[Line] = []
    for line in lines:
        cuts, open_ladder = _cuts(line.text, at_start, open_ladder)
        if ":" in line.text:
            tail = _INLINE_KEY if key_of(line.text) is None else _INLINE_EXPLANATION
            cuts = sorted({*cuts, *(m.start() for m in tail.finditer(line.text))})
        bounds = [0, *(c for c in cuts if c), len(line.text)]
        pieces = [line.text[a:b].strip() for a, b in pairwise(bounds)]
        result += [replace(line, text=p) for p in pieces if p] or [line]
    return result


def _cuts(
    text: str, at_start: set[tuple[Family, int]], ladder: tuple[Family, int] | None
) -> tuple[list[int], tuple[Family, int] | None]:
    """Where to cut a line, and the label that a ladder open at its end waits for."""
    if len(text) < 4:
        return [], ladder
    begins = label_of(text)
    if begins and begins.family in ("upper", "lower", "number"):
        ladder = (begins.family, begins.ordinal + 1)
    cuts: list[int] = []
    fresh = 0  # cuts of a ladder that began inside this line: one rung alone is no ladder
    for match in _INLINE.finditer(text):
        if match["bullet"]:
            if cuts or asks_at_end(text[: match.start()]):
                cuts.append(match.start())
            continue
        key = match["key"]
        family: Family = "number" if key.isdigit() else "upper" if key.isupper() else "lower"
        ordinal = int(key) - 1 if family == "number" else ord(key.upper()) - 65
        before = text[: match.start()].rstrip()
        if match.start() == 0 or (family, ordinal) in at_start:
            continue
        if ladder == (family, ordinal):
            cuts.append(match.start())
            ladder = (family, ordinal + 1)
            fresh += 1
        elif (
            ordinal == 0
            and before
            and before[-1] in _ASK_ENDS
            and (family == "upper" or asks_at_end(before))
        ):
            cuts, ladder, fresh = [match.start()], (family, 1), 0
    complete = fresh or begins is not None or not cuts or asks_at_end(text[: cuts[0]])
    return (cuts if complete else []), ladder


def find_options(lines: Sequence[Line]) -> list[Run]:
    """The ladders in these lines that are options, in order, one for each question."""
    labels = [label_of(line.text) for line in lines]
    runs = _without_overlaps(_ladders(lines, labels))
    return _believed(lines, runs)


def is_tail(text: str) -> bool:
    """Whether a line after options no longer belongs to them."""
    return key_of(text) is not None or explanation_of(text) is not None or is_metadata(text)


def _ladders(lines: Sequence[Line], labels: Sequence[Label | None]) -> Iterable[Run]:
    for family in FAMILIES:
        places = [(i, k) for i, k in enumerate(labels) if k and k.family == family]
        if family in ("box", "bullet"):
            yield from _bulleted(lines, family, places)
        else:
            yield from _counted(family, places)


def _counted(family: Family, places: Sequence[tuple[int, Label]]) -> Iterable[Run]:
    """Ladders of labels that count: A, B, C."""
    least = 3 if family == "bare" else 2
    current: list[tuple[int, Label]] = []
    for place in [*places, (-1, Label(family, 0, ""))]:
        ordinal = place[1].ordinal
        if ordinal == 0:
            if len(current) >= least:
                yield _run(family, current)
            current = [place]
        elif current and ordinal == len(current):
            current.append(place)


def _bulleted(
    lines: Sequence[Line], family: Family, places: Sequence[tuple[int, Label]]
) -> Iterable[Run]:
    """Ladders of bullets: nothing but wrapped lines and blanks between two of them."""
    current: list[tuple[int, Label]] = []
    for place in places:
        if current and _paragraph_between(lines, current[-1][0], place[0]):
            if len(current) > 1:
                yield _run(family, current)
            current = []
        current.append(place)
    if len(current) > 1:
        yield _run(family, current)


def _paragraph_between(lines: Sequence[Line], above: int, below: int) -> bool:
    blank = False
    for line in lines[above + 1 : below]:
        if line.text and (blank or is_tail(line.text) or asks_at_end(line.text)):
            return True
        blank = blank or not line.text
    return False


def _run(family: Family, places: Sequence[tuple[int, Label]]) -> Run:
    return Run(family, tuple(i for i, _ in places), tuple(k for _, k in places))


def _without_overlaps(runs: Iterable[Run]) -> list[Run]:
    """The runs of the better families, and those others that lie wholly outside of them."""
    kept: list[Run] = []
    taken: set[int] = set()
    for run in runs:
        span = range(run.first, run.last + 1)
        if taken.isdisjoint(span):
            kept.append(run)
            taken.update(span)
    return sorted(kept, key=lambda run: run.first)


def _believed(lines: Sequence[Line], runs: Sequence[Run]) -> list[Run]:
    believed: list[Run] = []
    floor = 0
    for n, run in enumerate(runs):
        later = runs[n + 1] if n + 1 < len(runs) else None
        before = lines[max(floor, run.first - _LONGEST_STEM) : run.first]
        if believed:
            before = _after_tail(before)
        if run.family in ("upper", "lower"):
            good = asks(_joined(before)) or (
                not believed and (later is None or _has_key(lines[run.last : later.first]))
            )
        else:
            boxes = run.family == "box" and not believed
            good = (boxes or asks_at_end(_joined(before))) and _at_end(lines, run, later)
        if good:
            believed.append(run)
            floor = run.last + 1
    return believed


def _joined(lines: Iterable[Line]) -> str:
    return " ".join(line.text for line in lines if line.text)


def _has_key(lines: Iterable[Line]) -> bool:
    return any(key_of(line.text) for line in lines)


def _after_tail(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines between two runs without the rest of the first question and its explanation."""
    return lines[next_start(lines) :]


def next_start(lines: Sequence[Line]) -> int:
    """Where a new stem begins in the lines that follow a question's last label.

    A new stem comes after a blank line; after a key and an explanation, after the blank line that
    follows those; or directly after a key that needs no more words, or with a number.
    """
    start = 0
    for i, line in enumerate(lines):
        if line.text and is_tail(line.text):
            start = i + 1
    if start:
        key = key_of(lines[start - 1].text)
        if key and key.labels and not key.rest and start < len(lines) and lines[start].text:
            return start
    for i in range(start, len(lines)):
        label = label_of(lines[i].text)
        if label and label.family == "number" and asks(_joined(lines[i : i + _LONGEST_STEM])):
            return i
    blank = next((i for i in range(start, len(lines)) if not lines[i].text), len(lines))
    return next((i for i in range(blank, len(lines)) if lines[i].text), len(lines))


def _at_end(lines: Sequence[Line], run: Run, later: Run | None) -> bool:
    """Whether nothing of the same stem follows: bullets before the ask are a list, not options."""
    after = list(lines[run.last + 1 : later.first if later else len(lines)])
    blank = next((i for i, line in enumerate(after) if not line.text), len(after))
    tail = next((i for i, line in enumerate(after) if line.text and is_tail(line.text)), None)
    if tail is not None:
        return True
    if any(asks_at_end(line.text) for line in after[:blank]):
        return False
    following = _joined(after[blank:])
    if later is None:
        return not following or not asks(following)
    return later.family == run.family and asks(following)
