"""What the pattern library knows of a bank's words: names that it lacks, services it speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examcoach.dissect import Dissector
from examcoach.library.catalog import Catalog
from examcoach.model import Question, Trap

_COMMON = 8
"""A word in the names of this many services, such as the vendor's, tells none of them apart."""
_NAME_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A concept in a text, with the words that name it."""

    concept: str
    words: str
    negated: bool


class Knowledge:
    """The library, as far as a bank refers to it."""

    def __init__(self, catalog: Catalog, dissector: Dissector) -> None:
        self._records = catalog.records
        self._dissector = dissector
        services = [r for r in catalog.of_kind("concept") if r.data.get("kind") == "service"]
        self._services = frozenset(record.id for record in services)
        spread = Counter(
            word
            for record in services
            for word in {w.lower() for name in record.data["names"] for w in _words(name)}
        )
        self._common = frozenset(word for word, count in spread.items() if count >= _COMMON)

    def ids(self, *kinds: str) -> list[str]:
        """The ids of all patterns of some kinds; of all without."""
        return [r.id for r in self._records.values() if not kinds or r.kind in kinds]

    def exams(self) -> dict[str, Mapping[str, Any]]:
        """The exam packs by id."""
        return {r.id: r.data for r in self._records.values() if r.kind == "exam"}

    def spoken(self, texts: Sequence[str]) -> list[list[Spoken]]:
        """The concepts that each text names."""
        finders = self._dissector.engine.finders
        return [
            [
                Spoken(finders[m.finder].id, sensed.text[m.start : m.end], m.negated)
                for m in sensed.mentions
                if finders[m.finder].kind == "concept"
            ]
            for sensed in self._dissector.sense(texts)
        ]

    def traps_found(self, question: Question) -> Iterator[tuple[str, Trap]]:
        """The traps that rules see in a question, each with its option's label.

        Cases do not count: what they tell of an option that is far behind is only likely.
        """
        for option in self._dissector(question).options:
            for trap in option.traps:
                record = self._records.get(trap.pattern)
                if record is None or record.kind != "case":
                    yield option.label, trap

    def status(self, concept: str) -> Mapping[str, str]:
        """What became of a concept: state, since, successor; empty where nothing did."""
        status: Mapping[str, str] = self._records[concept].data.get("status") or {}
        return status

    def strange_services(self, text: str, question: Iterable[str]) -> Iterator[Spoken]:
        """The services that `text` names and the question does not, in any of their names.

        A service counts as named where the question names it, or something that it is or that is
        it, or where it has a telling word of the name; so what is reported is strange for sure.
        """
        asked = " ".join(question)
        found, known = self.spoken([text, asked])
        near = {name for spoken in known for name in self._near(spoken.concept)}
        words = {word.lower() for word in _words(asked)}
        told: set[str] = set()
        for spoken in found:
            if spoken.concept not in self._services or spoken.concept in told:
                continue
            telling = {w.lower() for w in _words(spoken.words)} - self._common
            if not near & self._near(spoken.concept) and telling and not telling & words:
                told.add(spoken.concept)
                yield spoken

    def _near(self, concept: str) -> set[str]:
        """The concept and the concepts that it is said to be."""
        broader = self._records[concept].data.get("is") or []
        kinds = {name: self._records[name].kind for name in broader if name in self._records}
        return {concept, *(name for name, kind in kinds.items() if kind == "concept")}


def _words(text: str) -> list[str]:
    return _NAME_WORD.findall(text)
