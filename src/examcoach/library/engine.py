"""Catalog -> engine: the tables that sensing and judging run on.

Everything is resolved here once, so that a question only meets integers. A *finder* is whatever
looks for words: a text pattern, a quantity, or the `words` of one condition. A *fact* is an id
that may hold of a stem or an option; sets of facts are bit masks in Python integers. An engine is
plain data that goes to JSON and back unchanged, which is how it is cached.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from examcoach.errors import LibraryError, Problem, did_you_mean
from examcoach.library.arithmetic import FormulaError, Tree, operands, parse_formula
from examcoach.library.catalog import CONCEPT_KINDS, Catalog, Record, listed
from examcoach.library.phrases import GAP, Atom, ClassOf, Phrase, PhraseError, Words, parse_phrase
from examcoach.terms import CATEGORIES, DEFAULT_EXAM

_LESS = 1e-6
Tokenize = Callable[[str, bool], list[str]]
"""Text and whether it is exact -> the keys of its tokens, as a matcher compares them."""

FIND, UNLESS, NEAR_LEFT, NEAR_RIGHT, UNTIL = range(5)
"""What the words of a phrase are to their finder."""


@dataclass(slots=True)
class Finder:
    """What looks for words, and what follows when they are found.

    `facts` hold wherever it is found, `abilities` are those that an option gains as well, `never`
    are needs that it does not meet. `own` is its own fact, -1 for modifiers and units.
    """

    id: str
    kind: str
    own: int = -1
    facts: list[int] = field(default_factory=list)
    abilities: list[int] = field(default_factory=list)
    never: list[int] = field(default_factory=list)
    limits: list[list[Any]] = field(default_factory=list)
    says: str | None = None
    hides: str | None = None
    requires: str | None = None
    about: str = ""
    topic: str | None = None
    qualifier: bool = False
    negates: bool = False
    modifier: list[Any] | None = None
    compare: list[Any] | None = None


@dataclass(slots=True)
class Rule:
    """A play, a trap, or a cue that follows from other findings.

    `when` and `option` are conjunctions of alternatives; `when_none` and `option_none` must not
    hold. `weight` is weak, normal or strong; `trap` is the type, None for a play; `concludes` is
    the finder of a derived cue.
    """

    id: str
    when: list[list[int]]
    when_none: list[int]
    option: list[list[int]]
    option_none: list[int]
    weight: str = "normal"
    trap: str | None = None
    because: str = ""
    topic: str | None = None
    suggests: list[str] = field(default_factory=list)
    concludes: int = -1


@dataclass(slots=True)
class Formula:
    """What is worked out from numbers.

    `asks` must hold of the facts of the asking sentence, `when` of the stem's. `operands` have by
    name the facts of what measures them, of which the first that is found counts; `results` are
    trees (`arithmetic`). `given` are pairs of the fact of a quantity and how many of its base unit
    make 1; without them the `prefer`red wins, "lowest" or "highest". `below`, `above` and the ends
    of `slips`, which begin with a tree, are type of trap and reason.
    """

    id: str
    asks: list[list[int]]
    asks_none: list[int]
    when: list[list[int]]
    when_none: list[int]
    operands: dict[str, list[int]]
    results: list[Any]
    given: list[list[Any]]
    prefer: str | None
    below: list[Any] | None
    above: list[Any] | None
    slips: list[list[Any]]
    because: str
    topic: str | None = None
    suggests: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Engine:
    """All tables.

    `words` are literal phrases by number, as token keys joined by spaces; `exact` are pairs of a
    number and how its words must be spelled. `rarest` files their numbers under their rarest key.
    `uses` are triples: the phrase with a number completes a finder, in a role.

    Phrases with gaps or classes are sequences of places: `slots` are the distinct places, each with
    the numbers of words and the classes that may stand there, and `composites` are finder, role,
    slots, the gap allowed before each, and the two slots whose words are seldom met.
    """

    digest: str
    facts: list[str]
    needs: list[int]
    finders: list[Finder]
    words: list[str]
    exact: list[list[Any]]
    rarest: dict[str, list[int]]
    uses: list[list[int]]
    slots: list[list[Any]]
    composites: list[list[Any]]
    rules: list[Rule]
    conclusions: list[Rule]
    formulas: list[Formula]
    units: list[list[Any]]
    rates: list[list[Any]]
    exams: dict[str, dict[str, Any]]
    weights: dict[str, float]

    def to_plain(self) -> dict[str, Any]:
        """JSON-ready form; `from_plain` takes it back."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Engine:
        """The engine that `to_plain` wrote."""
        plain = dict(plain)
        plain["finders"] = [Finder(**f) for f in plain["finders"]]
        plain["rules"] = [Rule(**r) for r in plain["rules"]]
        plain["conclusions"] = [Rule(**r) for r in plain["conclusions"]]
        plain["formulas"] = [Formula(**f) for f in plain["formulas"]]
        return cls(**plain)


def compile_engine(catalog: Catalog, tokenize: Tokenize) -> Engine:
    """Resolve `catalog` into tables; raises `LibraryError` for phrases that cannot be read."""
    engine, problems = compile_checked(catalog, tokenize)
    if problems:
        raise LibraryError(problems)
    return engine


def compile_checked(catalog: Catalog, tokenize: Tokenize) -> tuple[Engine, list[Problem]]:
    """The tables of all that can be compiled, and what is wrong with the rest."""
    compiler = _Compiler(catalog, tokenize)
    return compiler.engine(), compiler.problems


class _Compiler:
    def __init__(self, catalog: Catalog, tokenize: Tokenize) -> None:
        self._catalog = catalog
        self._tokenize = tokenize
        self.problems: list[Problem] = []
        self._facts: dict[str, int] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self._finders: list[Finder] = []
        self._finder_of: dict[str, int] = {}
        self._words: dict[tuple[tuple[str, ...], str | None], int] = {}
        self._numbers: dict[Words, list[int]] = {}
        self._uses: list[list[list[int]]] = []
        self._slots: dict[tuple[tuple[int, ...], tuple[Any, ...]], int] = {}
        self._composites: list[list[Any]] = []
        self._parsed: dict[str, list[Phrase]] = {}
        self._counts: dict[str, float] = {}
        self._weights: dict[str, float] = {}

    def engine(self) -> Engine:
        catalog = self._catalog
        for name in (*CATEGORIES, *CONCEPT_KINDS, *catalog.records):
            self._fact(name)
        for record in catalog.of_kind("quantity", "concept", "need", "cue", "modifier"):
            self._add_finder(record)
        rules = [self._rule(r) for r in catalog.of_kind("play", "trap")]
        rules = [rule for rule in rules if rule.option]
        conclusions = [
            self._rule(r) for r in catalog.of_kind("cue") if r.data.get("when") is not None
        ]
        formulas = [self._formula(r) for r in catalog.of_kind("formula")]
        for record in catalog.of_kind("quantity", "concept", "need", "cue", "modifier"):
            self._add_phrases(record)
        self._counts = self._key_counts()
        units, rates = self._measures()
        for record in catalog.of_kind("weights"):
            self._weights |= record.data["values"]
        return Engine(
            digest=catalog.digest,
            facts=list(self._facts),
            needs=[self._facts[r.id] for r in catalog.of_kind("need")],
            finders=self._finders,
            words=[" ".join(keys) for keys, _ in self._words],
            exact=[[n, spelled] for (_, spelled), n in self._words.items() if spelled],
            rarest=self._rarest(),
            uses=[[n, *use] for n, uses in enumerate(self._uses) for use in uses],
            slots=[[list(words), [list(c) for c in classes]] for words, classes in self._slots],
            composites=self._keyed_composites(),
            rules=rules,
            conclusions=conclusions,
            formulas=formulas,
            units=units,
            rates=rates,
            exams={r.id: r.data for r in catalog.of_kind("exam")},
            weights=self._weights,
        )

    # Facts and what follows from them

    def _fact(self, name: str) -> int:
        return self._facts.setdefault(name, len(self._facts))

    def _closure(self, name: str) -> frozenset[str]:
        """`name` and everything that holds whenever it does."""
        if name in self._closures:
            return self._closures[name]
        self._closures[name] = frozenset([name])  # a cycle adds nothing to itself
        found = {name}
        record = self._catalog.records.get(name)
        if record is not None:
            data = record.data
            direct = [*data.get("is", []), *data.get("implies", []), *data.get("within", [])]
            if record.kind == "concept":
                direct.append(data["kind"])
            if record.kind in ("cue", "need"):
                direct += [data[key] for key in ("says", "hides") if data.get(key)]
            for other in direct:
                found |= self._closure(other)
        self._closures[name] = frozenset(found)
        return self._closures[name]

    def _bits(self, names: Iterable[str]) -> list[int]:
        return sorted({self._fact(n) for name in names for n in self._closure(name)})

    # Finders

    def _add_finder(self, record: Record) -> None:
        data = record.data
        modifier = None
        if record.kind == "modifier":
            modifier = [data["effect"], data["direction"], data.get("reach", 6)]
        compare = None
        if "compare" in data:
            spec = data["compare"]
            compare = [
                self._fact(spec["left"]["is"]),
                self._fact(spec["right"]["is"]),
                bool(spec["left"].get("near")),
                bool(spec["right"].get("near")),
                *(_bounds(spec.get(key)) for key in ("difference", "ratio")),
            ]
        finder = Finder(
            id=record.id,
            kind=record.kind,
            own=-1 if record.kind == "modifier" else self._fact(record.id),
            facts=[] if record.kind == "modifier" else self._bits([record.id]),
            abilities=self._bits(data.get("does", [])),
            never=[self._fact(n) for n in data.get("never", [])],
            limits=[
                [self._fact(measured), limit.get("min"), limit.get("max")]
                for measured, limit in data.get("limits", {}).items()
            ],
            says=data.get("says"),
            hides=data.get("hides"),
            requires=data.get("requires"),
            about=record.about,
            topic=data.get("topic"),
            qualifier=data.get("qualifier", False),
            negates=data.get("negates", False),
            modifier=modifier,
            compare=compare,
        )
        self._finder_of[record.id] = len(self._finders)
        self._finders.append(finder)

    def _add_phrases(self, record: Record) -> None:
        finder = self._finder_of[record.id]
        data = record.data
        for key, role in (("names", FIND), ("phrases", FIND), ("unless", UNLESS), ("until", UNTIL)):
            for phrase in data.get(key, []):
                self._add_phrase(record, phrase, finder, role)
        compare = data.get("compare", {})
        for side, role in (("left", NEAR_LEFT), ("right", NEAR_RIGHT)):
            for phrase in compare.get(side, {}).get("near", []):
                self._add_phrase(record, phrase, finder, role)

    def _add_phrase(self, record: Record, text: str, finder: int, role: int) -> None:
        try:
            if text not in self._parsed:
                self._parsed[text] = parse_phrase(text)
            for phrase in self._parsed[text]:
                self._add_reading(phrase, finder, role)
        except PhraseError as error:
            what = f'{record.kind} {record.id}: the phrase "{text}": {error}'
            self.problems.append(Problem(record.path, record.line, what))

    def _add_reading(self, phrase: Phrase, finder: int, role: int) -> None:
        if len(phrase.elements) == 1 and all(
            isinstance(atom, Words) for atom in phrase.elements[0].atoms
        ):
            for atom in phrase.elements[0].atoms:
                for number in self._word_numbers(atom):
                    if [finder, role] not in self._uses[number]:
                        self._uses[number].append([finder, role])
            return
        slots, gaps = [], []
        for element in phrase.elements:
            literal = sorted({n for a in element.atoms for n in self._word_numbers(a)})
            classes = [self._class(a) for a in element.atoms if isinstance(a, ClassOf)]
            key = (tuple(literal), tuple(classes))
            slots.append(self._slots.setdefault(key, len(self._slots)))
            gaps.append(GAP if element.gap_before else 0)
        self._composites.append([finder, role, slots, gaps])

    def _class(self, atom: ClassOf) -> tuple[Any, ...]:
        if atom.id not in self._facts:
            raise PhraseError(f"<{atom.id}> names no concept, trait, kind or quantity")
        return (self._facts[atom.id], atom.operator, self._amount(atom))

    def _amount(self, atom: ClassOf) -> float | None:
        if atom.bound is None:
            return None
        record = self._catalog.records.get(atom.id)
        if record is None or record.kind != "quantity":
            raise PhraseError(f"<{atom.id}> is no quantity, so it takes no bound")
        return self.amount(atom.bound, record)

    def amount(self, text: str, record: Record) -> float:
        """`text` ("6 MB", "5", "1,000/s") in the base unit of the quantity `record`."""
        number, _, unit = text.replace(",", "").partition(" ")
        units = {k.lower(): v for k, v in record.data.get("units", {}).items()}
        try:
            return float(number) * (units[unit.strip().lower()] if unit.strip() else 1)
        except (ValueError, KeyError):
            raise PhraseError(
                f'"{text}" is no amount of {record.id}; write a number, a space and a unit'
            ) from None

    def _word_numbers(self, atom: Atom) -> list[int]:
        if not isinstance(atom, Words):
            return []
        if atom not in self._numbers:
            self._numbers[atom] = self._numbers_of(atom)
        return self._numbers[atom]

    def _numbers_of(self, atom: Words) -> list[int]:
        keys = tuple(self._tokenize(atom.text, False))
        if atom.exact:
            return [self._word_number(keys, " ".join(self._tokenize(atom.text, True)))]
        spellings = {keys}
        if "-" in keys[1:-1]:  # "real-time" is also written "real time"
            spellings.add(tuple(key for key in keys if key != "-"))
        return [self._word_number(spelling) for spelling in sorted(spellings)]

    def _word_number(self, keys: tuple[str, ...], spelled: str | None = None) -> int:
        number = self._words.setdefault((keys, spelled), len(self._words))
        if number == len(self._uses):
            self._uses.append([])
        return number

    def _keyed_composites(self) -> list[list[Any]]:
        """The phrases of several places, each with its two rarest slots (twice the same if one).

        A slot is as common as its words are; a class is more common than any word.
        """
        counts = self._counts
        numbers = [min(counts[key] for key in keys) for keys, _ in self._words]
        common = [
            math.inf if classes else sum(numbers[number] for number in words)
            for words, classes in self._slots
        ]
        keyed = []
        for composite in self._composites:
            rarest = sorted(composite[2], key=common.__getitem__)
            keyed.append([*composite, rarest[0], rarest[min(1, len(rarest) - 1)]])
        return keyed

    def _rarest(self) -> dict[str, list[int]]:
        """Phrase numbers by the key of theirs that the fewest phrases share."""
        counts = self._counts
        filed: dict[str, list[int]] = {}
        for (keys, _), number in self._words.items():
            filed.setdefault(min(keys, key=counts.__getitem__), []).append(number)
        return filed

    def _key_counts(self) -> dict[str, float]:
        """How common each key is: by the examples' texts, and among equals by the phrases."""
        in_phrases = Counter(key for keys, _ in self._words for key in set(keys))
        in_texts: Counter[str] = Counter()
        for record in self._catalog.records.values():
            for example in (*record.data.get("fires", ()), *record.data.get("silent", ())):
                for text in texts_of(example):
                    in_texts.update(self._tokenize(unmarked(text), False))
        return {key: in_texts[key] + _LESS * count for key, count in in_phrases.items()}

    # Rules

    def _rule(self, record: Record) -> Rule:
        data = record.data
        when, when_none = self._condition(record, data.get("when") or {}, "when")
        option, option_none = self._condition(record, data.get("option") or {}, "option")
        if record.kind != "cue" and not option:
            what = f"{record.kind} {record.id}: its option says nothing that must be there"
            self.problems.append(Problem(record.path, record.line, what, "add all, any or words"))
        return Rule(
            id=record.id,
            when=when,
            when_none=when_none,
            option=option,
            option_none=option_none,
            weight=data.get("weight", "normal"),
            trap=data.get("type"),
            because=record.about,
            topic=data.get("topic"),
            suggests=data.get("suggests", []),
            concludes=self._finder_of.get(record.id, -1),
        )

    def _condition(
        self, record: Record, condition: dict[str, Any], name: str
    ) -> tuple[list[list[int]], list[int]]:
        clauses = [[self._fact(n) for n in listed(entry)] for entry in condition.get("all", [])]
        if any_of := condition.get("any"):
            clauses.append([self._fact(n) for n in any_of])
        if words := condition.get("words"):
            own = self._fact(f"{record.id}#{name}")
            finder = len(self._finders)
            self._finders.append(Finder(id=record.id, kind="words", own=own, facts=[own]))
            for phrase in words:
                self._add_phrase(record, phrase, finder, FIND)
            clauses.append([own])
        return clauses, [self._fact(n) for n in condition.get("none", [])]

    # Numbers

    def _formula(self, record: Record) -> Formula:
        data = record.data
        asks, asks_none = self._condition(record, data["asks"], "asks")
        when, when_none = self._condition(record, data.get("when") or {}, "when")
        below, above = (
            [blame["type"], blame["because"]] if (blame := data.get(key)) else None
            for key in ("below", "above")
        )
        return Formula(
            id=record.id,
            asks=asks,
            asks_none=asks_none,
            when=when,
            when_none=when_none,
            operands={
                name: [self._fact(one) for one in listed(of)]
                for name, of in data["operands"].items()
            },
            results=[self._tree(record, text) for text in data["result"]],
            given=[[self._fact(of), factor] for of, factor in data.get("given", {}).items()],
            prefer=data.get("prefer"),
            below=below,
            above=above,
            slips=[
                [self._tree(record, slip["result"]), slip["type"], slip["because"]]
                for slip in data.get("slips", [])
            ],
            because=record.about,
            topic=data.get("topic"),
            suggests=data.get("suggests", []),
        )

    def _tree(self, record: Record, text: str) -> Tree:
        known = record.data["operands"]
        try:
            tree = parse_formula(text)
            for name in operands(tree):
                if name not in known:
                    hint = did_you_mean(name, known) or f"operands are {', '.join(known)}"
                    raise FormulaError(f'"{name}" is no operand; {hint}')
        except FormulaError as error:
            what = f'formula {record.id}: the formula "{text}": {error}'
            self.problems.append(Problem(record.path, record.line, what))
            return 0
        return tree

    def _measures(self) -> tuple[list[list[Any]], list[list[Any]]]:
        units: list[list[Any]] = []
        rates: list[list[Any]] = []
        for record in self._catalog.of_kind("quantity"):
            data = record.data
            own = self._facts[record.id]
            spec = [own, data.get("units", {}), data.get("prefixes", {})]
            spec += [data.get("bare", False), data.get("loose", 0), data.get("multipliers", {})]
            units.append(spec)
            rate = data.get("rate")
            if rate and {rate["of"], rate["over"]} <= self._finder_of.keys():
                of, over = self._fact(rate["of"]), self._fact(rate["over"])
                rates.append([own, of, over, rate["joined_by"]])
        for finder in self._finders:
            for limit in finder.limits:
                self._resolve_limit(finder, limit)
        return units, rates

    def _resolve_limit(self, finder: Finder, limit: list[Any]) -> None:
        """Turn the written bounds into amounts; the unit tells the quantity."""
        record = self._catalog.records[finder.id]
        for place in (1, 2):
            if limit[place] is None:
                continue
            for quantity in self._catalog.of_kind("quantity"):
                try:
                    limit[place] = self.amount(limit[place], quantity)
                    break
                except PhraseError:
                    continue
            else:
                what = f'concept {record.id}: the limit "{limit[place]}" is in no known unit'
                self.problems.append(Problem(record.path, record.line, what))
                limit[place] = None


def _bounds(bounds: Mapping[str, float] | None) -> list[float | None] | None:
    return None if bounds is None else [bounds.get("min"), bounds.get("max")]


def exam_pack(engine: Engine, exam: str) -> dict[str, Any]:
    """The pack of `exam`, or of the default exam where there is none of that name."""
    return engine.exams.get(exam) or engine.exams.get(DEFAULT_EXAM) or {"domains": {}}


def texts_of(example: str | Mapping[str, Any]) -> list[str]:
    """The texts of an example: itself, or its stem and all its options."""
    if isinstance(example, str):
        return [example]
    return [example["stem"], *([example["option"]] if "option" in example else example["options"])]


def unmarked(text: str) -> str:
    """An example or a story without the marks around what it is about."""
    return text.replace("[[", "").replace("]]", "")
