"""Text -> mentions. The only module that imports spaCy.

Stem and options become one tokenised Doc; the lexicon finds phrases over the stems of its words;
numbers are read with their units; modifiers mark what is negated or replaced, within their scope
(as ConText does: Harkema et al., 2009, "ConText: an algorithm for determining negation,
experiencer, and temporal status from clinical reports").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from operator import add, itemgetter
from pathlib import Path
from typing import Any, TypeAlias

import Stemmer
from spacy.attrs import IDX, LENGTH, NORM  # type: ignore[import-not-found]  # compiled
from spacy.lang.en import English
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]  # compiled
from spacy.vocab import Vocab

from examcoach.lexicon import Composites, Lexicon, Spot, Standing, class_key
from examcoach.library.engine import (
    FIND,
    NEAR_LEFT,
    NEAR_RIGHT,
    UNLESS,
    UNTIL,
    Engine,
)
from examcoach.library.phrases import GAP
from examcoach.model import Value
from examcoach.spelling import american

_SEPARATOR = "\n\n"
_WALL = "\n\0"
# A sentence ends at . ? ! before a space, at a blank line, and before an item of a list.
# (Two expressions: each begins with one set of characters, for which a text is quick to search.)
_STOP = re.compile(r"[.?!]['\")\]]*(?=\s|$)")
_BREAK = re.compile(r"\n(?:\s*\n|(?=\s*[*•\-–]))")
_DIGIT = re.compile(r"\d")
_NUMBER = r"(?P<number>\d+(?:,\d{3}(?!\d))*(?:\.\d+)?)"
_SIGN = r"(?<![\w.,])[~≈]?(?P<sign>[-−+]?)\Z"
_WIDEST_PREFIX = 16


@dataclass(slots=True)
class Mention:
    """Words that a finder found: character offsets in their own text, and token positions.

    `existing` is the modifier that says they are in use already, -1 if none does.
    """

    finder: int
    start: int
    end: int
    first: int
    last: int
    sentence: int
    value: Value | None = None
    amount: float = 0.0
    negated: bool = False
    existing: int = -1


@dataclass(slots=True)
class Sensed:
    """What was found in one text, in the order in which it stands there."""

    text: str
    mentions: list[Mention]
    sentence_ends: list[int]
    _frame: _Frame
    _number: int

    @property
    def keys(self) -> list[str]:
        """The keys of its tokens."""
        return self._frame.keys[self._frame.tokens_of(self._number)]

    @property
    def sentences(self) -> list[int]:
        """The number of the sentence of each of its tokens; see `sentence_at`."""
        tokens = self._frame.tokens_of(self._number)
        before = self._breaks_before()
        return [number - before for number in self._frame.sentences[tokens]]

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds the character at `place`."""
        frame = self._frame
        there = bisect_right(frame.breaks, frame.offsets[self._number] + place)
        return there - self._breaks_before()

    def _breaks_before(self) -> int:
        return bisect_right(self._frame.breaks, self._frame.offsets[self._number])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the tokens from `first` to `last`, itself included, stand in the text."""
        frame, offset = self._frame, self._frame.offsets[self._number]
        before = frame.tokens_of(self._number).start
        return frame.starts[before + first] - offset, frame.ends[before + last] - offset


_Spot: TypeAlias = Spot[Mention]
_BySentence: TypeAlias = dict[int, list[Standing[Mention]]]
_BY_SPOT = itemgetter(1, 2)
_Marks: TypeAlias = dict[int, dict[int, list[tuple[int, int]]]]
"""By role and finder: the token ranges of words that mark something."""


def _longest_first(spot: _Spot) -> tuple[int, int]:
    return spot[0], -spot[1]


def make_stemmer() -> Callable[[str], str]:
    """What gives the key under which inflections of a word meet (Porter's English stemmer).

    British and American spellings meet as well.
    """
    stem = Stemmer.Stemmer("english", 0).stemWord  # the vocabulary remembers, it need not
    return lambda word: stem(american(word.lower()))


# What a word is parted from: spaCy's own expressions know every script, currency and smiley, and
# cost about as much as all else that is done with a word met for the first time.
_OPENING = re.compile(r"""[\[\](){}<>"'‘’“”„«»§%=&*#@+~≈$£€¥…—–−.,:;!?/\\|_`^•-]""")
_CLOSING = re.compile(
    r"""(?:['’][sS]|[\[\](){}<>"'‘’“”„«»§=&*#@+~≈…—–,:;!?/\\|_`^•%-]|(?<=\d)°"""
    r"""|(?<=[a-z0-9)\]"'%])\.|(?<=[A-Za-z0-9]{2})\.|(?<=\.)\.|\.\.+)$"""
)
_PARTING = re.compile(
    r"""(?<=[A-Za-z0-9])[-–—/+*=<>()\[\]&~](?=[A-Za-z0-9(])|(?<=[A-Za-z0-9])[:,](?=[A-Za-z])"""
    r"""|\.\.+|…|(?<=[a-z])\.(?=[A-Z])|—|--+"""
)

_NO_EXCEPTIONS = ("id", "Id", "Id.")


def make_tokenizer() -> Tokenizer:
    """spaCy's tokenizer with its English exceptions, and stems as norms.

    Hyphens part also beside digits ("24-hour"), and a full stop ends "A2I." as it does a word. An
    "id" is one, not a contraction of "I would" nor the state of Idaho.
    """
    exceptions = English.Defaults.tokenizer_exceptions
    return Tokenizer(
        Vocab(lex_attr_getters={NORM: make_stemmer()}),  # no other attribute is ever asked for
        rules={text: parts for text, parts in exceptions.items() if text not in _NO_EXCEPTIONS},
        prefix_search=_OPENING.match,
        suffix_search=_CLOSING.search,
        infix_finditer=_PARTING.finditer,
    )


def tokenizer_name() -> str:
    """What a compiled library depends on besides its files: the tokenizer, with its versions."""
    versions = [f"{name} {metadata.version(name)}" for name in ("spacy", "PyStemmer")]
    code = [Path(__file__), Path(__file__).with_name("spelling.py")]
    return " ".join([*versions, *(path.read_text("utf-8") for path in code)])


def phrase_tokenizer(tokenizer: Tokenizer) -> Callable[[str, bool], list[str]]:
    """What `library.engine` needs to split phrases the way that texts will be split."""

    def tokenize(text: str, exact: bool) -> list[str]:
        return [token.text if exact else token.norm_ for token in tokenizer(text)]

    return tokenize


class _Keys(dict[int, str]):
    """Token keys by their hash, as spaCy's string store has them."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings = vocab.strings

    def __missing__(self, code: int) -> str:
        self[code] = key = self._strings[code]
        return key


class _Frame:
    """One tokenised batch of texts: arrays of tokens, and where texts and sentences end."""

    def __init__(self, tokenizer: Tokenizer, keys: _Keys, texts: Sequence[str]) -> None:
        joined = _SEPARATOR.join(texts)
        # A line break would be a token of its own in the midst of a phrase.
        doc = tokenizer(joined.replace("\n", " ").replace("\t", " ").replace("\xa0", " "))
        columns = doc.to_array([NORM, IDX, LENGTH]).T.tolist()
        codes, self.starts, lengths = columns if columns else ([], [], [])
        self.keys = [keys[code] for code in codes]
        self.ends = list(map(add, self.starts, lengths))
        self.offsets: list[int] = []
        position = 0
        for text in texts:
            self.offsets.append(position)
            position += len(text) + len(_SEPARATOR)
        ends = [match.end() for end in (_STOP, _BREAK) for match in end.finditer(joined)]
        self.breaks = sorted(ends)
        self.sentences: list[int] = []
        for number, end in enumerate([*self.breaks, len(joined) + 1]):
            until = bisect_left(self.starts, end)
            self.sentences += [number] * (until - len(self.sentences))
        self.joined = joined

    def spelled(self, token: int) -> str:
        """A token as it is written."""
        return self.joined[self.starts[token] : self.ends[token]]

    def tokens_of(self, number: int) -> slice:
        """The tokens of a text."""
        first, last = bisect_left(self.starts, self.offsets[number]), len(self.starts)
        if number + 1 < len(self.offsets):
            last = bisect_left(self.starts, self.offsets[number + 1] - len(_SEPARATOR))
        return slice(first, last)

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """The tokens that characters `start` to `end` touch."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


class Sense:
    """Finds the mentions of an engine's finders in texts."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer) -> None:
        self.engine = engine
        self._tokenizer = tokenizer
        self._keys = _Keys(tokenizer.vocab)
        self._lexicon = Lexicon(engine)
        self._finders = engine.finders
        self._uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, finder, role in engine.uses:
            self._uses[number].append((finder, role))
        self._finder_of_fact = {
            finder.own: number
            for number, finder in enumerate(engine.finders)
            if finder.kind == "quantity"
        }
        self._index_composites()
        self._class_facts = [
            tuple(fact for fact in finder.facts if fact in self._slots_of_class)
            for finder in engine.finders
        ]
        self._index_units()
        self._comparing = [n for n, f in enumerate(engine.finders) if f.compare]

    @property
    def words_met(self) -> int:
        """How many words the tokenizer remembers."""
        return len(self._tokenizer.vocab)

    def fresh(self) -> Sense:
        """The same, its tokenizer having met no text yet."""
        return Sense(self.engine, make_tokenizer())

    def __call__(self, texts: Sequence[str]) -> list[Sensed]:
        """What is found in each of `texts`, which are read as one document."""
        frame = _Frame(self._tokenizer, self._keys, texts)
        found: dict[int, list[_Spot]] = defaultdict(list)
        marks: _Marks = defaultdict(lambda: defaultdict(list))
        words: _BySentence = defaultdict(list)
        sentence_of, uses = frame.sentences, self._uses
        standing = self._lexicon.find(frame.keys, frame.spelled)
        for one in standing:
            number, first, last, _ = one
            words[sentence_of[first]].append(one)
            if number in uses:
                for finder, role in uses[number]:
                    if role == FIND:
                        found[finder].append((first, last, None))
                    else:
                        marks[role][finder].append((first, last))
        quantities = self._quantities(frame)
        self._compose(self._plain, words, found, marks)
        mentions = self._settle(frame, found, marks)
        with_classes = self._classes(mentions, quantities)
        for sentence, there in with_classes.items():
            there += words.get(sentence, ())
            there.sort(key=_BY_SPOT)
        late: dict[int, list[_Spot]] = defaultdict(list)
        early_unless, marks[UNLESS] = marks[UNLESS], defaultdict(list)
        self._compose(self._with_classes, with_classes, late, marks)
        again = late.keys() | marks[UNLESS].keys()
        for finder, spans in early_unless.items():
            marks[UNLESS][finder] += spans
        if again:
            for finder in again:
                late[finder] += found.get(finder, [])
            mentions = [m for m in mentions if m.finder not in again]
            mentions += self._settle(frame, late, marks)
        mentions += self._compare(frame, quantities, marks)
        mentions += quantities
        self._modify(mentions, marks)
        return self._part(frame, texts, mentions)

    # Phrases

    def _index_composites(self) -> None:
        """Sort the phrases of several places: those that words can fill, those that classes can."""
        engine = self.engine
        self._slots_of_class: dict[int, list[tuple[int, str | None, Any]]] = defaultdict(list)
        for slot, (_, classes) in enumerate(engine.slots):
            for fact, operator, bound in classes:
                self._slots_of_class[fact].append((slot, operator, bound))
        worded = {slot for slot, (words, _) in enumerate(engine.slots) if words}
        classed = {slot for slot, (_, classes) in enumerate(engine.slots) if classes}
        slots = [composite[2] for composite in engine.composites]
        plain = [index for index, places in enumerate(slots) if worded.issuperset(places)]
        with_classes = [index for index, places in enumerate(slots) if classed & {*places}]
        self._plain: Composites[Mention] = Composites(engine, plain)
        self._with_classes: Composites[Mention] = Composites(engine, with_classes)

    @staticmethod
    def _compose(
        composites: Composites[Mention],
        standing: _BySentence,
        found: dict[int, list[_Spot]],
        marks: _Marks,
    ) -> None:
        """Put phrases of several places together from what stands in each sentence."""
        for there in standing.values():
            for finder, role, spots in composites.find(there):
                if role == FIND:
                    found[finder] += spots
                else:
                    marks[role][finder] += [(first, last) for first, last, _ in spots]

    def _settle(
        self,
        frame: _Frame,
        found: dict[int, list[_Spot]],
        marks: _Marks,
    ) -> list[Mention]:
        """Mentions from raw matches: the longest of each finder, none that is something else."""
        mentions = []
        for finder, matches in found.items():
            if len(matches) > 1:
                matches = sorted(matches, key=_longest_first)
            not_these = marks[UNLESS].get(finder, ()) if UNLESS in marks else ()
            end = -1
            for first, last, value in matches:
                if first < end or any(a < last and first < b for a, b in not_these):
                    continue
                end = last
                mentions.append(self._mention(frame, finder, first, last, value))
        return mentions

    @staticmethod
    def _mention(
        frame: _Frame, finder: int, first: int, last: int, value: Mention | None = None
    ) -> Mention:
        mention = Mention(
            finder,
            frame.starts[first],
            frame.ends[last - 1],
            first,
            last,
            frame.sentences[first],
        )
        if value is not None:
            mention.value, mention.amount = value.value, value.amount
        return mention

    def _classes(self, mentions: list[Mention], quantities: list[Mention]) -> _BySentence:
        """The places of phrases that mentions fill because of their class."""
        classes: _BySentence = defaultdict(list)
        for mention in (*mentions, *quantities):
            for fact in self._class_facts[mention.finder]:
                for slot, operator, bound in self._slots_of_class[fact]:
                    if operator is None or _within(mention.amount, operator, bound):
                        standing = (class_key(slot), mention.first, mention.last, mention)
                        classes[mention.sentence].append(standing)
        return classes

    # Numbers

    def _index_units(self) -> None:
        """Regular expressions for a number with any unit of the library, and for its sign."""
        self._unit_of: dict[str, tuple[int, float]] = {}
        self._prefix_of: dict[str, tuple[int, float]] = {}
        self._bare: int | None = None
        loose: set[str] = set()
        widest = 0
        self._times_of: dict[str, float] = {}
        for fact, units, prefixes, bare, gap, multipliers in self.engine.units:
            self._times_of |= {word.lower(): factor for word, factor in multipliers.items()}
            finder = self._finder_of_fact[fact]
            for unit, factor in units.items():
                self._unit_of.setdefault(unit.lower(), (finder, factor))
                if gap:
                    loose.add(unit)
                    widest = max(widest, gap)
            for prefix, factor in prefixes.items():
                self._prefix_of[prefix.lower()] = (finder, factor)
            if bare:
                self._bare = finder
        tight = _any_of(self._unit_of)
        prefix = _any_of(self._prefix_of)
        gap = rf"(?:\s+(?:of\s+)?[A-Za-z\-]+){{0,{widest}}}\s+"
        times = rf"(?:\s*(?P<times>{_any_of(self._times_of)})(?!\w))?"
        number = rf"{_NUMBER}{times}(?:[\s\-–]*(?P<unit>{tight})(?![\w]))?"
        if loose:
            number += rf"(?:(?P<far>{gap}(?P<loose>{_any_of(loose)}))(?![\w]))?"
        self._before_number = re.compile(rf"(?:(?P<prefix>{prefix})\s*)?{_SIGN}", re.IGNORECASE)
        self._number = re.compile(number, re.IGNORECASE)
        self._rates = [
            (
                self._finder_of_fact[own],
                self._finder_of_fact[of],
                self._rate_pattern(over, joined_by),
                self._units_of(over),
            )
            for own, of, over, joined_by in self.engine.rates
        ]

    def _units_of(self, fact: int) -> dict[str, float]:
        for own, units, *_ in self.engine.units:
            if own == fact:
                return {unit.lower(): factor for unit, factor in units.items()}
        return {}

    def _rate_pattern(self, over: int, joined_by: list[str]) -> re.Pattern[str]:
        units = _any_of(self._units_of(over))
        return re.compile(rf"\s*(?:{_any_of(joined_by)})\s*(?P<unit>{units})(?!\w)", re.IGNORECASE)

    def _quantities(self, frame: _Frame) -> list[Mention]:
        mentions = []
        # no number has its unit in another paragraph, or in the next option
        text = frame.joined.replace(_SEPARATOR, _WALL)
        until = 0
        for digit in _DIGIT.finditer(text):  # quick to find, the rest is not
            if digit.start() < until:
                continue
            near = max(until, digit.start() - _WIDEST_PREFIX)
            before = self._before_number.search(text, near, digit.start())
            if before is None or not (match := self._number.match(text, digit.start())):
                continue
            until = match.end()
            read = self._quantity(before, match)
            if read is None:
                continue
            finder, amount, value, end = read
            start = before.start()
            mentions.append(self._spanned(frame, finder, start, end, amount, value))
            for own, of, pattern, units in self._rates:
                if of == finder and (over := pattern.match(text, end)):
                    rate = amount / units[over["unit"].lower()]
                    value = Value(value.amount, f"{value.unit}/{over['unit']}")
                    mentions.append(self._spanned(frame, own, start, over.end(), rate, value))
        return mentions

    def _quantity(
        self, before: re.Match[str], match: re.Match[str]
    ) -> tuple[int, float, Value, int] | None:
        """(finder, amount in the base unit, value as written, end) of a number that was read."""
        number = float(match["number"].replace(",", ""))
        if before["sign"] in ("-", "−"):
            number = -number
        times = self._times_of[match["times"].lower()] if match["times"] else 1.0
        written = number * times
        if before["prefix"]:
            finder, factor = self._prefix_of[before["prefix"].lower()]
            return finder, written * factor, Value(written, before["prefix"]), match.end("number")
        for group in ("unit", "loose"):
            if group in match.re.groupindex and match[group] and not _names_the_next(match, group):
                finder, factor = self._unit_of[match[group].lower()]
                unit = match[group]
                return finder, written * factor, Value(written, unit), match.end(group)
        if self._bare is None:
            return None
        end = match.end("times") if match["times"] else match.end("number")
        return self._bare, written, Value(written, ""), end

    @staticmethod
    def _spanned(
        frame: _Frame, finder: int, start: int, end: int, amount: float, value: Value
    ) -> Mention:
        first, last = frame.tokens(start, end)
        sentence = bisect_right(frame.breaks, start)
        return Mention(finder, start, end, first, last, sentence, value, amount)

    def _compare(
        self,
        frame: _Frame,
        quantities: list[Mention],
        marks: _Marks,
    ) -> list[Mention]:
        """Cues that hold two numbers against each other."""
        found = []
        by_fact: dict[int, list[Mention]] = defaultdict(list)
        for quantity in quantities:
            by_fact[self._finders[quantity.finder].own].append(quantity)
        for number in self._comparing if len(quantities) > 1 else ():
            left_fact, right_fact, near_left, near_right, difference, ratio = (
                self._finders[number].compare or [0] * 6
            )
            lefts = self._near(frame, by_fact[left_fact], marks[NEAR_LEFT][number], near_left)
            rights = self._near(frame, by_fact[right_fact], marks[NEAR_RIGHT][number], near_right)
            pairs = (
                sorted(
                    (
                        a + b + abs(left.first - right.first) / 1000,
                        left.start,
                        right.start,
                        left,
                        right,
                    )
                    for a, left in lefts
                    for b, right in rights
                    if left is not right
                )
                if lefts and rights
                else []
            )
            if not pairs:
                continue
            *_, left, right = pairs[0]
            if _in_range(left.amount - right.amount, difference) and (
                ratio is None or (right.amount and _in_range(left.amount / right.amount, ratio))
            ):
                found.append(self._compared(number, left, right))
        return found

    @staticmethod
    def _compared(finder: int, left: Mention, right: Mention) -> Mention:
        first, last = sorted((left, right), key=lambda m: m.start)
        if left.sentence != right.sentence:
            first = last = right
        return Mention(
            finder, first.start, last.end, first.first, last.last, first.sentence, left.value
        )

    @staticmethod
    def _near(
        frame: _Frame,
        quantities: list[Mention],
        words: list[tuple[int, int]],
        needed: bool,
    ) -> list[tuple[float, Mention]]:
        """Quantities with their distance in tokens to the nearest of the words beside them."""
        if not needed:
            return [(0.0, quantity) for quantity in quantities]
        near = []
        for quantity in quantities:
            distances = [
                max(first - quantity.last, quantity.first - last, 0)
                for first, last in words
                if frame.sentences[first] == quantity.sentence
            ]
            if distances and min(distances) <= GAP:
                near.append((float(min(distances)), quantity))
        return near

    # State

    def _modify(
        self,
        mentions: list[Mention],
        marks: _Marks,
    ) -> None:
        modifiers = [m for m in mentions if self._finders[m.finder].modifier is not None]
        for modifier in modifiers:
            effect, direction, reach = self._finders[modifier.finder].modifier or ["", "", 0]
            until = marks[UNTIL].get(modifier.finder, ()) if UNTIL in marks else ()
            if direction == "forward":
                low, high = modifier.last, modifier.last + reach
                high = min([high, *(first for first, _ in until if first >= low)])
            else:
                low, high = modifier.first - reach, modifier.first
                low = max([low, *(last for _, last in until if last <= high)])
            for mention in mentions:
                if (
                    mention.sentence == modifier.sentence
                    and low <= mention.first
                    and (mention.first if direction == "forward" else mention.last) <= high
                    and mention.first != high
                    and self._finders[mention.finder].modifier is None
                ):
                    if effect == "existing":
                        mention.existing = modifier.finder
                    else:
                        mention.negated = True

    @staticmethod
    def _part(frame: _Frame, texts: Sequence[str], mentions: list[Mention]) -> list[Sensed]:
        """Give each mention to its text, with offsets that count from that text's start."""
        mentions.sort(key=lambda m: (m.start, -m.end, m.finder))
        parts = [Sensed(text, [], [], frame, number) for number, text in enumerate(texts)]
        for mention in mentions:
            number = bisect_right(frame.offsets, mention.start) - 1
            offset = frame.offsets[number]
            if mention.end - offset > len(texts[number]):
                continue  # a number at the end of one option and a unit at the start of the next
            mention.start -= offset
            mention.end -= offset
            parts[number].mentions.append(mention)
        for end in frame.breaks:
            number = bisect_left(frame.offsets, end) - 1
            if number >= 0:
                parts[number].sentence_ends.append(end - frame.offsets[number])
        return parts


def _any_of(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, the longest first; for none, what never matches."""
    spelled = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in spelled) or r"(?!)"


def _names_the_next(match: re.Match[str], group: str) -> bool:
    """Whether a unit is the name of the next value: "TP: 80 FP: 20", in one line or in two."""
    before = match.string[: match.start()].rstrip()[-1:]
    after = match.string[match.end(group) :].lstrip()[:1]
    return before in (":", "=") and after in (":", "=")


def _within(amount: float, operator: str, bound: float) -> bool:
    if operator == ">=":
        return amount >= bound
    if operator == "<=":
        return amount <= bound
    return amount > bound if operator == ">" else amount < bound


def _in_range(amount: float, bounds: list[float | None] | None) -> bool:
    if bounds is None:
        return True
    low, high = bounds
    return (low is None or amount >= low) and (high is None or amount <= high)
