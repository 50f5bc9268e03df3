"""What the engine knows, asked only when it is needed: it is the one way from drill to spaCy.

Breakdowns are kept in the cache folder under a digest of the question, of the library and of the
package's version, so a question is taken apart once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examcoach import __version__
from examcoach.bank.model import Brief
from examcoach.cache import read_entry, write_entry
from examcoach.drill.exercise import Exercise, enriched
from examcoach.drill.marking import Covered, cover, without_copied
from examcoach.library.catalog import Catalog, digest
from examcoach.library.compiled import contents, load_catalog
from examcoach.model import Constraint, GoldConstraint, GoldTrap, Option, Question

if TYPE_CHECKING:
    from examcoach.dissect import Dissector
    from examcoach.model import Breakdown

_SHARED_WORDS = 1 / 3
_PARTICULAR = frozenset(("data", "scale", "quality", "integration"))
"""Categories whose constraints are so unlike that speaking of one says nothing of another."""
_COMMON = frozenset(("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is"))
_COMMON |= {"it", "its", "of", "on", "or", "so", "that", "the", "to", "with"}


_DISAGREES = (
    "The key stands, but the pattern library would have picked {}: "
    "what it says of this question may mislead."
)


class Analyst:
    """Asks the library in `folders`; `cache` keeps what was worked out.

    `load` gives the dissector over them, where it is to be loaded in a way of its own.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        cache: Path | None,
        load: Callable[[], Dissector] | None = None,
    ) -> None:
        self._folders = folders
        self._cache = cache
        self._load = load

    @cached_property
    def _dissector(self) -> Dissector:
        from examcoach.coach import load_dissector

        return self._load() if self._load else load_dissector(self._folders, self._cache)

    @cached_property
    def _catalog(self) -> Catalog:
        return load_catalog(self._folders, self._cache)

    @cached_property
    def _library(self) -> str:
        return digest((), contents(self._folders, self._cache), __version__)

    def enrich(self, exercise: Exercise) -> Exercise:
        """An exercise that its file explains no further, explained by the engine."""
        if exercise.explained or not exercise.options:
            return exercise
        question = Question(exercise.stem, exercise.options, exercise.choose)
        name = f"drilled-{digest([], self._library, repr(question))}.json"
        plain = read_entry(self._cache, name)
        if not isinstance(plain, dict) or "fits" not in plain:
            plain = _plain(self._dissector(question))
            write_entry(self._cache, name, plain)
        agrees = set(plain["answer"]) == set(exercise.answer)
        decides = plain["decides"] if agrees else None
        return enriched(
            exercise,
            [Constraint(**c, pattern="") for c in plain["constraints"]],
            GoldConstraint(**decides) if decides else None,
            {label: GoldTrap(**trap) for label, trap in plain["traps"].items()},
            plain["because"] if agrees else _DISAGREES.format(" and ".join(plain["answer"])),
            plain["fits"],
        )

    def aliases(self, answer: str) -> Iterable[str]:
        """Other names that the library knows for what an answer names."""
        wanted = answer.casefold()
        for record in self._catalog.of_kind("concept"):
            names = [str(n).strip("=") for n in record.data.get("names", [])]
            names = [n for n in names if not re.search(r"[<>|()\[\]{}*+]|\.\.", n)]
            if any(name.casefold() == wanted for name in names):
                yield from names

    def explain(self, patterns: Sequence[str]) -> list[tuple[str, str, str]]:
        """What some patterns know: id, what it says, its source."""
        records = self._catalog.records
        found = [records[name] for name in patterns if name in records]
        return [(r.id, r.about, str(r.data.get("source", ""))) for r in found]

    def covered(self, brief: Brief, text: str) -> Covered:
        """A written design held against its rubric: what it names, meets and speaks of.

        What it only repeats from the brief counts for nothing.
        """
        text = without_copied(text, brief.brief)
        design, categories = self._named(text)
        words = _words(text)
        met = set()
        for number, mark in enumerate(brief.constraints):
            asked = self._named(mark.requires)[0].concepts if mark.requires else frozenset()
            if (
                asked & design.concepts
                or _shares(words, mark.requires or mark.text)
                or (mark.category in categories - _PARTICULAR and not mark.requires)
            ):
                met.add(number)
        dissector = self._dissector
        judged = dissector(Question(brief.brief, (Option("A", text),)))
        traps = {trap.pattern for option in judged.options for trap in option.traps}
        known = self._named(f"{brief.model_answer} {brief.brief}")[0].facts
        known |= {concept for way in brief.architectures for concept in way.concepts}
        needless = sorted(design.concepts - known)
        return cover(brief, design.needs, design.facts | traps, met, needless)

    def _named(self, text: str) -> tuple[_Named, frozenset[str]]:
        """What a text names, and the categories of the constraints that it speaks of."""
        dissector = self._dissector
        engine = dissector.engine
        [sensed] = dissector.sense([text])
        situation = dissector.reason(sensed, 1)
        concepts: set[str] = set()
        facts: set[str] = set()
        needs: set[str] = set()
        for mention in situation.mentions:
            finder = engine.finders[mention.finder]
            follows = {engine.facts[fact] for fact in finder.facts}
            if self._is_concept(finder.id):
                concepts.add(finder.id)
            facts |= {finder.id, *follows}
            needs |= {*follows, *(engine.facts[fact] for fact in finder.abilities)}
        categories = frozenset(str(c.category) for c in situation.constraints)
        return _Named(frozenset(concepts), frozenset(facts), frozenset(needs)), categories

    def _is_concept(self, name: str) -> bool:
        record = self._catalog.records.get(name)
        return record is not None and record.kind == "concept"


@dataclass(frozen=True, slots=True)
class _Named:
    """What a text names: the concepts themselves, all that follows, and the needs these meet."""

    concepts: frozenset[str]
    facts: frozenset[str]
    needs: frozenset[str]


def _words(text: str) -> set[str]:
    from examcoach.sense import make_stemmer

    stem = make_stemmer()
    return {stem(w) for w in re.findall(r"\w+", text.casefold()) if w not in _COMMON}


def _shares(words: set[str], text: str) -> bool:
    sought = _words(text)
    return bool(sought) and len(words & sought) / len(sought) >= _SHARED_WORDS


def _plain(breakdown: Breakdown) -> dict[str, Any]:
    decides = breakdown.decides
    return {
        "constraints": [
            {
                "category": c.category,
                "text": c.text,
                "start": c.start,
                "end": c.end,
                "hidden": c.hidden,
                "requires": c.requires,
            }
            for c in breakdown.constraints
        ],
        "decides": decides
        and {
            "category": decides.category,
            "text": decides.text,
            "start": decides.start,
            "end": decides.end,
            "hidden": False,
        },
        "traps": {
            option.label: {
                "trap": option.traps[0].trap,
                "because": option.traps[0].because,
                "text": option.traps[0].evidence[0].text if option.traps[0].evidence else "",
            }
            for option in breakdown.options
            if option.traps
        },
        "fits": {o.label: o.fits[0].because for o in breakdown.options if o.fits},
        "answer": list(breakdown.answer),
        "because": breakdown.because,
    }
