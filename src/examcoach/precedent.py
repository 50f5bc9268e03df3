"""Cases: what was decided in situations like this one.

Patterns find exact words; a story can be told in words that no pattern knows. So the stem is also
compared with the stories of all cases, and each option with the answers of those cases and with
what tempts instead (case-based reasoning: Aamodt and Plaza, 1994, "Case-Based Reasoning:
Foundational Issues, Methodological Variations, and System Approaches"). Two texts are as alike as
the cosine of their tokens, stemmed words and facts, weighted by inverse document frequency (Salton
and Buckley, 1988, "Term-weighting approaches in automatic text retrieval").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from examcoach.library.cases import FACT, CaseTable, Wordings
from examcoach.terms import TRAP_TYPES

_Floats: TypeAlias = npt.NDArray[np.float32]
_TELLING = 0.1
"""The share of a likeness from which a word is worth quoting."""
_LENGTH_POWER = 0.7
"""How far the length of a story counts; at 1 short stories would win by a single rare word."""
_FEW = 20
"""A token that no more wordings have is not common, however few wordings there are."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Told:
    """One case that speaks for an option, or against it.

    `story_like` and `option_like` are between 0 and 1; the story most like the stem has 1.
    `instead` is the place among the case's alternatives, -1 where the case speaks for the option.
    `wording` is the number of the wording that the option is most like.
    """

    case: int
    instead: int
    story_like: float
    option_like: float
    wording: int


@dataclass(slots=True)
class Precedent:
    """What the cases say of one option.

    `total` is the sum of what they say for it less what they say against it. `support` is the case
    that says most for it.
    """

    total: float = 0.0
    support: Told | None = None
    _runs: _Runs | None = None
    _traps: npt.NDArray[Any] | None = None

    def against(self, chosen: Sequence[Precedent], least: float) -> Against | None:
        """What the cases say against it where `chosen` are right; None if there are no cases.

        A case whose answer is nothing like those chosen has `least` of its say.
        """
        if self._runs is None or self._traps is None:
            return None
        says = self._runs.says[1::2]
        holds = np.zeros(len(says))
        for one in chosen:
            if one._runs is not None:
                holds = np.maximum(holds, one._runs.option_like[::2])
        return Against(self._runs, self._traps, says * (least + holds), holds)


@dataclass(frozen=True, slots=True)
class Against:
    """What the cases heard say against an option, each as far as its own answer was chosen.

    A case that tells the option from another answer tells little of why it lost to this one.
    """

    _runs: _Runs
    _traps: npt.NDArray[Any]
    _says: npt.NDArray[Any]
    _holds: npt.NDArray[Any]

    def kinds(self) -> list[float]:
        """What is said by each kind of trap, in the order of `TRAP_TYPES`."""
        return [float(n) for n in np.bincount(self._traps, self._says, len(TRAP_TYPES))]

    def most(self, kind: int, story: float, option: float) -> tuple[Told, float] | None:
        """The case that says most by a kind of trap, and how like its answer what was chosen is.

        Only such cases as are at least so like in `story` and `option`.
        """
        runs = self._runs
        like = (runs.story_like[1::2] >= story) & (runs.option_like[1::2] >= option)
        of_kind = np.where((self._traps == kind) & like, self._says, 0.0)
        run = int(of_kind.argmax())
        if of_kind[run] <= 0.0:
            return None
        return runs.told(2 * run + 1), float(self._holds[run])


@dataclass(frozen=True, slots=True)
class Heard:
    """The cases whose stories are like a stem, the most alike first.

    `like` is between 0 and 1, the first case has 1; `weight` is what each case says at most.
    `decides` and `topics` tell what decides in these cases, and what they are about, in parts that
    add up to one.
    """

    cases: npt.NDArray[np.int64]
    like: npt.NDArray[Any]
    weight: npt.NDArray[Any]
    decides: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)


class Precedents:
    """The cases of a library, quick to compare a question with.

    `weights` are those of the library (``case-*``).
    """

    def __init__(self, table: CaseTable, weights: Mapping[str, float]) -> None:
        self.table = table
        self._weights = weights
        self._numbers = {token: number for number, token in enumerate(table.tokens)}
        if not len(table):
            return
        parts = np.ones(len(table.tokens), np.float32)
        parts[[n for n, token in enumerate(table.tokens) if _is_fact(token)]] = weights["case-fact"]
        common = weights["case-common"]
        uses = table.told_in
        self._story_weight = parts * _rarity(uses, len(table.stories.starts) - 1, common)
        ends = np.cumsum(uses)
        # a token without weight is nowhere
        starts = np.where(self._story_weight > 0, ends - uses, ends)
        self._spans = list(map(slice, starts.tolist(), ends.tolist()))
        count = len(table.options.starts) - 1
        self._option_weight = parts * _rarity(table.offered_in, count, common)
        self._option_squares = self._option_weight.astype(float) ** 2
        self._rarest = float(np.log(len(table.stories.starts))) ** 2
        squares = _squares(table.stories, self._story_weight)
        self._story_norm = ((np.sqrt(squares) + _TINY) ** _LENGTH_POWER).astype(float)
        told = np.diff(table.stories.first)
        self._case_of_story = np.repeat(np.arange(len(table), dtype=np.int64), told)
        self._answers = np.add.reduceat(table.options.place < 0, table.options.first[:-1])

    @property
    def stress_of_ask(self) -> float:
        """How much the words of a stem that only asks count."""
        return self._weights["case-ask"]

    def hear(self, stem: Sequence[str], emphasis: Mapping[str, float]) -> Heard:
        """The cases like a stem; none if no story is alike.

        `emphasis` tells how much tokens count, those that it lacks once (see `emphasis_of`).
        """
        none = Heard(_NONE, _NO_SHARE, _NO_SHARE)
        if not len(self.table):
            return none
        known, strange = self._known(stem)
        tokens = self.table.tokens
        stress = np.array([emphasis.get(tokens[number], 1.0) for number in known.tolist()])
        like = self._stories_like(known, stress)
        stories = np.flatnonzero(like >= self._weights["case-least"] * like.max())
        heard, nearest = self._most_alike(stories, like[stories])
        length = float(np.sqrt(((self._story_weight[known] * stress) ** 2).sum() + strange))
        closest = float(nearest[0]) / max(length, _TINY)
        enough = self._weights["case-enough"] * self._rarest ** (1 - _LENGTH_POWER / 2)
        if closest <= self._weights["case-closest"] or nearest[0] < enough:
            return none
        relevance = nearest / nearest[0]
        weight = closest * relevance ** self._weights["case-story-power"]
        stories = stories[like[stories] >= nearest[-1]]
        return Heard(heard, relevance, weight, *self._hints(known, stories))

    def _hints(
        self, stem: npt.NDArray[np.int64], stories: npt.NDArray[np.int64]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """What decides in the cases of `stories`, and what they are about: each with its part.

        All of a stem counts here alike: what decides can be said anywhere.
        """
        table = self.table.stories
        squares = np.zeros(len(self._story_weight))
        squares[stem] = self._story_weight[stem] ** 2
        places, owner = _ranges(table.starts[stories], table.starts[stories + 1])
        shared = np.bincount(owner, squares[table.tokens[places]], len(stories))
        cases, like = self._most_alike(stories, shared / self._story_norm[stories])
        weight = (like / max(float(like[0]), _TINY)) ** self._weights["case-hints-power"]
        parts, numbers = (weight / weight.sum()).tolist(), cases.tolist()
        return (
            _shares([self.table.decides[number] for number in numbers], parts),
            _shares([self.table.topics[number] for number in numbers], parts),
        )

    def weigh(self, heard: Heard, options: Sequence[Sequence[str]]) -> list[Precedent]:
        """What the cases heard say of each option."""
        found = [Precedent() for _ in options]
        if not len(heard.cases) or not options:
            return found
        first = self.table.options.first
        wordings, case = _ranges(first[heard.cases], first[heard.cases + 1])
        near = self._options_like([self._known(option) for option in options], wordings)
        # of each case first the answers, then the alternatives: two runs of wordings a case
        runs = np.searchsorted(case, np.arange(len(heard.cases)))
        runs = np.stack([runs, runs + self._answers[heard.cases]], axis=1).ravel()
        nearest = np.maximum.reduceat(near, runs, axis=0)
        weight = (heard.weight * self._offers_alike(nearest)).repeat(2)[:, None]
        says = nearest ** self._weights["case-option-power"] * weight
        lengths = np.diff(np.append(runs, len(wordings)))
        cases, like = heard.cases.repeat(2), heard.like.repeat(2)
        for number, precedent in enumerate(found):
            best = nearest[:, number]
            # the wording of each run that comes nearest to the option, the first of equals
            at = np.flatnonzero(near[:, number] == best.repeat(lengths))
            words = wordings[at[np.searchsorted(at, runs)]]
            told = _Runs(cases, like, best, words, says[:, number], self.table.options)
            self._sum_up(precedent, told)
        return found

    def _offers_alike(self, nearest: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """How far each case counts by what it has in common with the options taken together.

        A story can be told of another trade and still be about the same choice: a case whose
        answers and alternatives are those offered here has more to say than one that is alike in
        the story alone. `nearest` are runs by options, two runs a case.
        """
        alike = np.maximum(nearest[::2], nearest[1::2]).mean(axis=1)
        share = alike / max(float(alike.max()), _TINY)
        floor, power = self._weights["case-offers-floor"], self._weights["case-offers-power"]
        return np.asarray((floor + share) ** power)

    def _sum_up(self, precedent: Precedent, runs: _Runs) -> None:
        """Put together what all cases say of an option; their runs are answers and alternatives."""
        supports, opposes = runs.says[::2], runs.says[1::2]
        precedent.total = float(supports.sum() - self._weights["case-instead"] * opposes.sum())
        best = int(supports.argmax())
        if supports[best] > 0.0:
            precedent.support = runs.told(2 * best)
        precedent._runs, precedent._traps = runs, self.table.options.trap[runs.wording[1::2]]

    def shared(self, option: Sequence[str], wording: int) -> list[int]:
        """The places of the tokens of an option that make it like a wording.

        `option` are its words' keys alone, so that the places are those of its tokens.
        """
        options = self.table.options
        start, end = options.starts[wording : wording + 2].tolist()
        has = set(options.tokens[start:end].tolist())
        shares = {
            key: float(self._option_weight[number]) ** 2
            for key in set(option)
            if (number := self._numbers.get(key)) is not None
            and number in has
            and any(map(str.isalnum, key))  # a bracket is no reason
        }
        least = _TELLING * sum(shares.values())
        return [place for place, key in enumerate(option) if shares.get(key, 0.0) > least]

    def _known(self, tokens: Sequence[str]) -> tuple[npt.NDArray[np.int64], float]:
        """The numbers of the tokens that cases have, and the squared weight of those they lack."""
        numbers = self._numbers
        distinct = set(tokens)
        known = np.array(sorted({numbers[t] for t in distinct if t in numbers}), np.int64)
        return known, (len(distinct) - len(known)) * self._rarest

    def _stories_like(
        self, stem: npt.NDArray[np.int64], stress: npt.NDArray[Any]
    ) -> npt.NDArray[Any]:
        """How alike the stem and each story are, up to a factor of the stem's."""
        spans = [self._spans[number] for number in stem.tolist()]
        posted = np.concatenate([_NONE, *[self.table.posted[span] for span in spans]])
        shares = self._story_weight[stem].astype(float) ** 2 * stress
        shares = shares.repeat([span.stop - span.start for span in spans])
        sums = np.bincount(posted, shares, len(self._case_of_story))
        return np.asarray(sums / self._story_norm)

    def _most_alike(
        self, stories: npt.NDArray[np.int64], like: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
        """The cases of `stories`, the most alike first, and how alike their nearest story is."""
        case = self._case_of_story[stories]  # in order, so that the stories of each are together
        first = np.flatnonzero(np.diff(case, prepend=-1))
        nearest = np.maximum.reduceat(like, first)
        order = np.argsort(-nearest, kind="stable")[: int(self._weights["case-heard"])]
        return case[first][order], nearest[order]

    def _options_like(
        self,
        options: Sequence[tuple[npt.NDArray[np.int64], float]],
        wordings: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.float64]:
        """How alike wordings and options are: wordings by options.

        A token counts the less, the more options have it: it cannot tell them apart.
        """
        table = self.table.options
        places, wording_of = _ranges(table.starts[wordings], table.starts[wordings + 1])
        tokens = table.tokens[places]
        # only tokens that some option has count: number them, the others are 0
        every = np.concatenate([known for known, _ in options])
        distinct, uses = np.unique(every, return_counts=True)
        others = (uses - 1) / max(len(options) - 1, 1)
        squares = self._option_squares[distinct]
        counted = squares * (1.0 - self._weights["case-shared"] * others) ** 2
        place = np.zeros(len(self._option_weight), np.int32)
        place[distinct] = np.arange(1, len(distinct) + 1)
        # a row for each token that some option has; a column for each option, one for the norms
        shares = np.zeros((len(distinct) + 1, len(options) + 1))
        shares[1:, -1] = squares - counted
        for column, (known, strange) in enumerate(options):
            own = counted[place[known] - 1]
            shares[place[known], column] = own / max(float(np.sqrt(own.sum() + strange)), _TINY)
        row = place[tokens]
        used = np.flatnonzero(row)
        sums = np.zeros((len(wordings), len(options) + 1))
        row, wording = row[used], wording_of[used]
        if len(used):
            first = np.flatnonzero(np.diff(wording, prepend=-1))
            sums[wording[first]] = np.add.reduceat(shares[row], first, axis=0)
        every_token = np.bincount(wording_of, self._option_squares[tokens], len(wordings))
        norms = np.maximum(every_token - sums[:, -1], 0.0)
        return np.asarray(sums[:, :-1] / (np.sqrt(norms)[:, None] + _TINY))


@dataclass(frozen=True, slots=True)
class _Runs:
    """Of each case heard its answers, then its alternatives: what the nearest of them says."""

    case: npt.NDArray[Any]
    story_like: npt.NDArray[Any]
    option_like: npt.NDArray[Any]
    wording: npt.NDArray[Any]
    says: npt.NDArray[Any]
    options: Wordings

    def told(self, run: int) -> Told:
        """The case of a run, as it is told."""
        wording = int(self.wording[run])
        likeness = float(self.story_like[run]), float(self.option_like[run])
        instead = int(self.options.place[wording])
        return Told(int(self.case[run]), instead, *likeness, wording)


def emphasis_of(
    keys: Sequence[str], sentences: Sequence[int], ask: int, weights: Mapping[str, float]
) -> dict[str, float]:
    """How much the words of a stem count by where they stand (`weights`: those of the library).

    `keys` are its words' keys, `sentences` the number of each one's sentence, `ask` that of the
    sentence that asks. Stories begin with who and where, and close in on what they ask: the first
    sentence counts less, the one before the ask and the ask itself count more. A word that stands
    in several counts as where it counts most.
    """
    numbers = sorted(set(sentences))
    counts = dict.fromkeys(numbers, 1.0)
    if len(numbers) > 2:  # with two sentences the first is what is before the ask
        counts[numbers[0]] = weights["case-first"]
        before = [number for number in numbers if number < ask]
        if len(before) > 1:
            counts[before[-1]] = weights["case-before"]
    if ask in counts:
        counts[ask] = weights["case-ask"]
    emphasis: dict[str, float] = {}
    for key, sentence in zip(keys, sentences, strict=True):
        emphasis[key] = max(emphasis.get(key, 0.0), counts[sentence])
    return emphasis


_NONE: Any = np.zeros(0, np.intp)
_NO_SHARE: Any = np.zeros(0)


def _is_fact(token: str) -> bool:
    return len(token) > 1 and token.startswith(FACT)


def _rarity(uses: npt.NDArray[np.int32], told: int, common: float) -> _Floats:
    """Inverse document frequency of each token, by how many of the wordings told have it.

    None for those that most wordings have.
    """
    rarity = np.log((told + 1) / (uses + 1))
    rare = (uses > 0) & (uses <= max(common * told, _FEW))
    return np.asarray(np.where(rare, rarity, 0.0), np.float32)


def _squares(wordings: Wordings, weight: _Floats) -> _Floats:
    """The square of each wording's length as a vector."""
    lengths = np.diff(wordings.starts)
    sums = np.zeros(len(lengths), np.float32)
    some = lengths > 0  # of no tokens `reduceat` would take the next
    if some.any():
        sums[some] = np.add.reduceat((weight**2)[wordings.tokens], wordings.starts[:-1][some])
    return sums


def _ranges(
    starts: npt.NDArray[Any], ends: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All numbers from each start up to its end, and which pair each belongs to."""
    lengths = (ends - starts).astype(np.int64)
    before = np.cumsum(lengths) - lengths
    numbers = np.arange(int(lengths.sum())) + (starts - before).repeat(lengths)
    return numbers, np.arange(len(lengths)).repeat(lengths)


def _shares(names: Sequence[str], parts: Sequence[float]) -> dict[str, float]:
    """The sum of the parts of each name."""
    sums: dict[str, float] = defaultdict(float)
    for name, part in zip(names, parts, strict=True):
        sums[name] += part
    return dict(sums)
