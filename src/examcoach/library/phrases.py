"""The phrase language of patterns: what an author writes, as what a matcher looks for.

``(convert|change) .. (Parquet|ORC)`` is two *elements* with a gap between them; an element is a
set of *atoms*, of which one must stand there; an atom is either words or a class such as
``<service>`` or ``<volume >= 1 TB>``. The language is described in ``docs/patterns.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from math import prod

GAP = 8
"""Tokens that ``..`` may span."""

_SPELLED_OUT = 48
_LARGEST_EXPANSION = 2_000
_MOST_OPTIONAL = 5
_PLAIN = re.compile(r"[^\s()<|]+")
_MARK = re.compile(r"[()|]")
_CLASS = re.compile(r"<\s*([a-z0-9.-]+)\s*(?:(>=|<=|>|<)\s*([^<>]+?)\s*)?>")
_GAP_MARK = " .. "


class PhraseError(ValueError):
    """A phrase that cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """Literal words, as written; `exact` asks for the same spelling and case."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ClassOf:
    """Any mention of the concept, trait, kind or quantity `id`, its amount within a bound."""

    id: str
    operator: str | None = None
    bound: str | None = None


Atom = Words | ClassOf


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: the atoms that may stand there, and whether a gap may precede it."""

    atoms: tuple[Atom, ...]
    gap_before: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Elements in the order in which they must be found in one sentence."""

    elements: tuple[Element, ...]


def parse_phrase(text: str) -> list[Phrase]:
    """Every reading of the phrase `text`; raises `PhraseError` if it cannot be understood."""
    exact = text.startswith("=")
    phrases = []
    for units in _without_inner_gaps(_units(text[1:] if exact else text)):
        pieces = [_piece_readings(piece, exact) for piece in _pieces(units)]
        for choice in product(*pieces):
            elements: list[Element] = []
            for reading in choice:
                for number, atoms in enumerate(reading):
                    elements.append(Element(atoms, bool(elements) and number == 0))
            if not elements:
                raise PhraseError("every word of it may be left out; keep at least one")
            phrases.append(Phrase(tuple(elements)))
    return phrases


Unit = list[str]
"""What may stand at one place of a phrase: its spellings, of which one may be empty."""


def _units(text: str) -> list[Unit]:
    """The places of a phrase: each word, gap or group with what is glued to it."""
    units: list[Unit] = []
    rest = text.strip()
    while rest:
        unit, rest = _unit(rest)
        units.append(unit)
        rest = rest.lstrip()
    return units


def _unit(text: str) -> tuple[Unit, str]:
    """The first unit of `text`, which begins with no space, and what follows it."""
    spellings = [""]
    while text and not text[0].isspace():
        if text[0] == "(":
            inner, text = _group(text)
            spellings = [s + i for s in spellings for i in inner]
        elif text[0] == "<" and (match := _CLASS.match(text)):
            spellings = [s + match[0] for s in spellings]
            text = text[match.end() :]
        elif text[0] in ")|":
            raise PhraseError(f'a "{text[0]}" stands outside any ( )')
        else:
            plain = _PLAIN.match(text)
            end = plain.end() if plain else 1  # a "<" that begins no class
            spellings = [s + text[:end] for s in spellings]
            text = text[end:]
        if len(spellings) > _LARGEST_EXPANSION:
            raise PhraseError("it has too many spellings; write it as several phrases")
    return list(dict.fromkeys(spellings)), text


def _group(text: str) -> tuple[Unit, str]:
    """The spellings of the group that `text` begins with, and what follows its parenthesis."""
    depth = 0
    alternatives: list[str] = []
    start = 1
    for mark in _MARK.finditer(text):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0 or (depth == 1 and mark[0] == "|"):
            alternatives.append(text[start : mark.start()])
            start = mark.end()
        if depth == 0:
            inner = [s for alternative in alternatives for s in _spellings(alternative)]
            return list(dict.fromkeys(inner)), text[start:]
    raise PhraseError("a ( is never closed")


def _spellings(text: str) -> list[str]:
    units = _units(text)
    if prod(len(unit) for unit in units) > _LARGEST_EXPANSION:
        raise PhraseError("it has too many spellings; write it as several phrases")
    return [" ".join(filter(None, choice)) for choice in product(*units)]


def _without_inner_gaps(units: list[Unit]) -> list[list[Unit]]:
    """The phrase as several, so that a gap within a group becomes a gap of the phrase."""
    for place, unit in enumerate(units):
        gapped = [s for s in unit if _GAP_MARK in s]
        if gapped:
            plain = [s for s in unit if _GAP_MARK not in s]
            variants = [[*units[:place], plain, *units[place + 1 :]]] if plain else []
            variants += [
                [*units[:place], *([word] for word in spelling.split()), *units[place + 1 :]]
                for spelling in gapped
            ]
            return [flat for variant in variants for flat in _without_inner_gaps(variant)]
    return [units]


def _pieces(units: list[Unit]) -> list[list[Unit]]:
    """The units between gaps."""
    pieces: list[list[Unit]] = [[]]
    for unit in units:
        if unit == [".."]:
            pieces.append([])
        else:
            pieces[-1].append(unit)
    return [piece for piece in pieces if piece]


def _piece_readings(units: list[Unit], exact: bool) -> list[tuple[tuple[Atom, ...], ...]]:
    """The readings of what stands between two gaps, each a sequence of atom sets.

    Few spellings are written out, so that each is one literal phrase; many are left as places that
    follow one another. Spellings of one atom share one set, so that alternatives on both sides of
    a gap do not multiply.
    """
    if len(units) > 1 and prod(len(unit) for unit in units) > _SPELLED_OUT:
        return _placed_readings(units, exact)
    single: list[Atom] = []
    readings: list[tuple[tuple[Atom, ...], ...]] = []
    for choice in product(*units):
        atoms = _atoms(" ".join(filter(None, choice)), exact)
        if len(atoms) == 1:
            if atoms[0] not in single:
                single.append(atoms[0])
        elif (reading := tuple((atom,) for atom in atoms)) not in readings:
            readings.append(reading)
    return [(tuple(single),), *readings] if single else readings


def _placed_readings(units: list[Unit], exact: bool) -> list[tuple[tuple[Atom, ...], ...]]:
    places: list[list[tuple[tuple[Atom, ...], ...]]] = []
    for unit in units:
        choices = _piece_readings([[s for s in unit if s]], exact)
        places.append([*choices, ()] if "" in unit else choices)
    if prod(len(choices) for choices in places) > 2**_MOST_OPTIONAL:
        raise PhraseError("too many of its words may be left out; write it as several phrases")
    return [tuple(atoms for part in choice for atoms in part) for choice in product(*places)]


def _atoms(spelling: str, exact: bool) -> list[Atom]:
    atoms: list[Atom] = []
    end = 0
    for match in _CLASS.finditer(spelling):
        _add_words(atoms, spelling[end : match.start()], exact)
        atoms.append(ClassOf(match[1], match[2], match[3]))
        end = match.end()
    _add_words(atoms, spelling[end:], exact)
    return atoms


def _add_words(atoms: list[Atom], text: str, exact: bool) -> None:
    if text := text.strip():
        atoms.append(Words(text, exact))
