"""Breakdowns held against gold -> figures.

Figures are over all questions that carry the gold they need; a figure without any is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from examcoach.model import Breakdown, Constraint, Decides, Gold, GoldConstraint

BINS = 10
"""Equal-width bins of the expected calibration error (Guo et al., 2017, section 2)."""


@dataclass(slots=True)
class Tally:
    """Hits out of tries."""

    hits: float = 0
    tries: float = 0

    def add(self, hit: bool) -> None:
        """Count one try."""
        self.hits += hit
        self.tries += 1

    @property
    def share(self) -> float | None:
        """Hits over tries; None without tries."""
        return self.hits / self.tries if self.tries else None


@dataclass(slots=True)
class Overlap:
    """True positives, false positives and false negatives, for F1."""

    both: int = 0
    found: int = 0
    gold: int = 0

    def add(self, found: set[Any], gold: set[Any]) -> None:
        """Count what was found against what should have been."""
        self.both += len(found & gold)
        self.found += len(found)
        self.gold += len(gold)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, pooled over questions; None if empty."""
        total = self.found + self.gold
        return 2 * self.both / total if total else None


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that gold and breakdown see differently."""

    id: str
    what: str
    found: str
    gold: str


@dataclass(slots=True)
class Report:
    """All figures of one run, and what was missed."""

    questions: int = 0
    accuracy: Tally = field(default_factory=Tally)
    right_struck: Tally = field(default_factory=Tally)
    wrong_struck: Tally = field(default_factory=Tally)
    explicit: Overlap = field(default_factory=Overlap)
    hidden: Overlap = field(default_factory=Overlap)
    both: Overlap = field(default_factory=Overlap)
    spans: Overlap = field(default_factory=Overlap)
    domain: Tally = field(default_factory=Tally)
    decides: Tally = field(default_factory=Tally)
    decides_words: Tally = field(default_factory=Tally)
    traps: Tally = field(default_factory=Tally)
    traps_named: Tally = field(default_factory=Tally)
    sureness: list[tuple[float, bool]] = field(default_factory=list)
    answers: dict[str, bool] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def figures(self) -> dict[str, float | None]:
        """The figures by name; shares and F1 between 0 and 1."""
        return {
            "accuracy": self.accuracy.share,
            "right options struck out": self.right_struck.share,
            "wrong options struck out": self.wrong_struck.share,
            "category F1, explicit": self.explicit.f1,
            "category F1, hidden": self.hidden.f1,
            "category F1, both": self.both.f1,
            "span F1": self.spans.f1,
            "domain": self.domain.share,
            "what decides, category": self.decides.share,
            "what decides, words": self.decides_words.share,
            "kind of trap, of all wrong options": self.traps.share,
            "kind of trap, where one is named": self.traps_named.share,
            "calibration error": calibration_error(self.sureness),
        }


def evaluate(pairs: Iterable[tuple[Breakdown, Gold]]) -> Report:
    """Hold each breakdown against its gold."""
    report = Report()
    for number, (breakdown, gold) in enumerate(pairs, 1):
        report.questions += 1
        name = breakdown.id or f"question {number}"
        _count_answer(report, name, breakdown, gold)
        _count_constraints(report, name, breakdown, gold)
        _count_traps(report, name, breakdown, gold)
        if gold.domain is not None:
            found = breakdown.domain.id if breakdown.domain else "none"
            _note(report, report.domain, name, "domain", found, gold.domain)
    return report


def calibration_error(sureness: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error: |mean confidence - share right|, weighted over the bins."""
    if not sureness:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in sureness:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    gap = sum(abs(sum(c for c, _ in b) - sum(r for _, r in b)) for b in bins.values())
    return gap / len(sureness)


def _note(report: Report, tally: Tally, name: str, what: str, found: str, gold: str) -> None:
    tally.add(found == gold)
    if found != gold:
        report.misses.append(Miss(name, what, found, gold))


def _count_answer(report: Report, name: str, breakdown: Breakdown, gold: Gold) -> None:
    if not gold.answer or not breakdown.options:
        return
    right = set(gold.answer)
    hit = set(breakdown.answer) == right
    report.answers[name] = hit
    report.sureness.append((breakdown.confidence, hit))
    found, key = " ".join(breakdown.answer), " ".join(sorted(right))
    _note(report, report.accuracy, name, "answer", key if hit else found, key)
    for option in breakdown.options:
        struck = option.verdict == "eliminate"
        if option.label in right:
            report.right_struck.add(struck)
            if struck:
                by = ", ".join(trap.pattern for trap in option.traps)
                report.misses.append(Miss(name, "right option struck out", by, option.label))
        else:
            report.wrong_struck.add(struck)


def _count_constraints(report: Report, name: str, breakdown: Breakdown, gold: Gold) -> None:
    if gold.constraints is not None:
        for hidden, overlap in ((False, report.explicit), (True, report.hidden)):
            found = {c.category for c in breakdown.constraints if c.hidden == hidden}
            wanted = {c.category for c in gold.constraints if c.hidden == hidden}
            overlap.add(found, wanted)
            word = "hidden" if hidden else "explicit"
            for category in sorted(found - wanted):
                by = next(
                    f"{c.category}: {c.text!r} ({c.pattern})"
                    for c in breakdown.constraints
                    if c.hidden == hidden and c.category == category
                )
                report.misses.append(Miss(name, f"{word} category too many", by, ""))
            for category in sorted(wanted - found):
                words = next(
                    c.text
                    for c in gold.constraints
                    if c.hidden == hidden and c.category == category
                )
                miss = Miss(name, f"{word} category not found", "", f"{category}: {words!r}")
                report.misses.append(miss)
        report.both.add(
            {c.category for c in breakdown.constraints}, {c.category for c in gold.constraints}
        )
        _count_spans(report.spans, breakdown, gold.constraints)
    if gold.decides is not None and breakdown.options:
        found_one = breakdown.decides
        kind: str = found_one.category if found_one else "none"
        _note(report, report.decides, name, "what decides", kind, gold.decides.category)
        report.decides_words.add(found_one is not None and meet(found_one, gold.decides))


def meet(found: Constraint | Decides, gold: GoldConstraint) -> bool:
    """Whether they have characters of the stem in common."""
    return found.start < gold.end and gold.start < found.end


def _count_spans(overlap: Overlap, breakdown: Breakdown, gold: Sequence[GoldConstraint]) -> None:
    """A span counts as found where one of its category overlaps it, each used once."""
    free = list(gold)
    overlap.found += len(breakdown.constraints)
    overlap.gold += len(gold)
    for c in breakdown.constraints:
        for g in free:
            if g.category == c.category and meet(c, g):
                free.remove(g)
                overlap.both += 1
                break


def _count_traps(report: Report, name: str, breakdown: Breakdown, gold: Gold) -> None:
    for label, trap in (gold.traps or {}).items():
        option = next((o for o in breakdown.options if o.label == label), None)
        if option is None:
            continue
        found = option.traps[0].trap if option.traps else "none"
        _note(report, report.traps, name, f"trap of {label}", found, trap.trap)
        if option.traps:
            report.traps_named.add(found == trap.trap)


def changes(report: Report, baseline: Mapping[str, Any]) -> dict[str, list[str]]:
    """Which questions an earlier run had right and this one has wrong, and the other way."""
    before: Mapping[str, bool] = baseline.get("answers", {})
    gained = [n for n, hit in report.answers.items() if hit and before.get(n) is False]
    lost = [n for n, hit in report.answers.items() if not hit and before.get(n) is True]
    return {"gained": gained, "lost": lost}


def to_record(report: Report) -> dict[str, Any]:
    """The report as plain data; what `--against` reads."""
    return {
        "schema": "examcoach/evaluation@1",
        "questions": report.questions,
        "figures": {
            name: None if value is None else round(value, 4)
            for name, value in report.figures().items()
        },
        "answers": report.answers,
    }
