"""Fit the weights to questions that carry gold, and tell what they are worth on questions left out.

    python bench/fit.py FILES...          # says what it finds
    python bench/fit.py FILES... --write  # and puts it into patterns/

Everything is judged in five parts, cut by a hash of the question's id: each part by weights that
the other four gave, so the same files always give the same numbers.

- *How likely a finding is a constraint* (``says:``, ``hides:``): the share of questions in which a
  pattern found what gold has, drawn towards that of its kind where it was seldom seen. *Which
  constraints such a stem has* is a layer over the vectors that cases taught (`heads.py`). *When
  findings of a category are believed* (``says-``, ``hides-``): a logistic regression on that
  record, on that layer, on what decides in stems alike, and on how often the category is found, cut
  where F1 of categories is best.
- *What decides* (``decides``): signs of a constraint, under whose weights the category of gold is
  likeliest (conditional logit: McFadden, 1974).
- *The kind of a trap* (``kind``): signs of each kind, likewise.
- *The domain*: a layer over the vectors, beside what is said of the topics.
- *The pick*: how much patterns, cases and vectors count, likewise, at the present temperature of
  the confidence; its calibration error; what each margin would strike.

Questions that the library was written on flatter the pick, which is therefore only told, and
written by --pick alone.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from heads import Bools, Questions, domains, learn_constraints, learn_topics
from learning import Array

from examcoach import places
from examcoach.affinity import HEADS, Heads
from examcoach.coach import load_dissector
from examcoach.dissect import Dissector
from examcoach.evaluate import calibration_error, meet
from examcoach.formats.files import read_path
from examcoach.judge.telling import KIND_SIGNS
from examcoach.judge.topics import domain_topics
from examcoach.judge.weighing import Recalled
from examcoach.library.engine import exam_pack
from examcoach.model import Gold, Question, Scenario
from examcoach.network import Ints
from examcoach.sense import Sensed
from examcoach.situation import Hints, Reasoner, Situation, belief_signs
from examcoach.terms import CATEGORIES, DEFAULT_EXAM, TRAP_TYPES, Category

PARTS = 5
OWN, KIND = 3.0, 4.0
"""How many sightings of a pattern weigh as much as all of its kind; of a kind, as its category."""
PULL = 0.01
"""What a weight one unit from nothing costs, against the surprise of one question."""
STEPS, RATE = 800, 0.05
STEPS_BELIEF, PULL_BELIEF = 3000, 0.002
LIKELY = re.compile("(says|hides)(-there)?:")
SIGNS = ("flip", "moved", "ask", "hidden", "case", "words", "often")
Floats: TypeAlias = npt.NDArray[np.float64]
PICK = ("patterns", "case", "affinity", "kinship")
Blueprint: TypeAlias = Mapping[str, Sequence[str]]
"""The topics of each domain."""
BELIEF = ("sure", "case", "words", "often", "expected")
IMPLIED = 1.3
"""How much likelier real questions imply a constraint than ours, in log odds.

Ours have 1.1 hidden categories a question, 54 of an exam had 1.4. On these F1 of what is hidden
rises up to 1.9, that of both together falls from 1.3 on. It costs 0.03 on our own; what is told of
F1 below is without it.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a pattern of a kind found; `there` is whether gold has a constraint in its place."""

    category: Category
    hidden: bool
    pattern: str
    kind: str
    there: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One question: what might be a constraint in it, what to expect, and what gold has."""

    findings: Sequence[Finding]
    hints: Hints
    gold: set[tuple[str, bool]]
    part: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: signs by alternatives, which of them are right, and its part."""

    signs: Floats
    right: npt.NDArray[np.bool_]
    part: int


def part_of(question: Question) -> int:
    """The part that a question belongs to."""
    name = question.id or question.stem
    return hashlib.sha256(name.encode()).digest()[1] % PARTS


# What such questions have


def questions(
    dissector: Dissector, asked: Sequence[tuple[Question, Gold]], blueprint: Blueprint
) -> Questions:
    """What there is to learn from the questions, by vectors that know no question."""
    affinity = dissector.judge.affinity
    if affinity is None:
        sys.exit("there are no vectors to learn over: python bench/affinity.py --write")
    places_of = {name: place for place, name in enumerate(blueprint)}
    rows: list[tuple[Array, ...]] = []
    for question, gold in asked:
        situation, recalled, options = understood(dissector, dissector.reason, question)
        said, *texts = dissector.judge.topic_signs(situation, recalled, question.options, options)
        there = {(str(c.category), c.hidden) for c in gold.constraints or ()}
        has = [(category, hidden) in there for hidden in (False, True) for category in CATEGORIES]
        domain = places_of.get(gold.domain or "", -1)
        rows.append(
            (
                affinity.gist(recalled.stem),
                np.array(has),
                affinity.subject(recalled.stem, *texts),
                np.array([said.get(topic, 0.0) for topic in affinity.topics], np.float32),
                np.array(domain),
            )
        )
    return Questions(*[np.stack(column) for column in zip(*rows, strict=True)])


def fit_heads(seen: Questions, parts: Ints, owner: Bools, mark: int) -> tuple[Heads, Floats]:
    """The heads, and what those of the other parts say of the constraints of each question."""
    odds = np.zeros(seen.constraints.shape)
    hits = 0
    for part in range(PARTS):
        rest, out = seen[parts != part], seen[parts == part]
        odds[parts == part] = learn_constraints(rest)(out.gist)
        found = domains(out, learn_topics(rest, owner), owner).argmax(1)
        hits += int((found == out.domain).sum())
    count = int((seen.domain >= 0).sum())
    say(f"domain: {hits / max(count, 1):.3f} of {count} left out")
    return Heads(learn_constraints(seen), learn_topics(seen, owner), mark), odds


def learn_heads(
    dissector: Dissector, asked: Sequence[tuple[Question, Gold]], blueprint: Blueprint
) -> tuple[Dissector, Heads, Floats]:
    """A dissector that has the heads, and what `fit_heads` gives."""
    seen = questions(dissector, asked, blueprint)
    affinity = dissector.judge.affinity
    assert affinity is not None  # `questions` would have left
    parts = np.array([part_of(question) for question, _ in asked])
    owner = np.array([[t in some for some in blueprint.values()] for t in affinity.topics])
    heads, odds = fit_heads(seen, parts, owner, affinity.mark)
    table = dissector.judge.precedents.table
    taught = Dissector(dissector.sense, lambda _: table, replace(affinity, heads=heads))
    return taught, heads, odds


def expecting(hints: Hints, odds: Floats) -> Hints:
    """Hints by which a stem has constraints at such odds."""
    count = len(CATEGORIES)
    stated, implied = odds[:count].tolist(), odds[count:].tolist()
    return replace(
        hints,
        stated=dict(zip(CATEGORIES, stated, strict=True)),
        implied=dict(zip(CATEGORIES, implied, strict=True)),
    )


# How likely a finding is a constraint


def found(dissector: Dissector, reason: Reasoner, question: Question, gold: Gold) -> Found | None:
    """The findings of a question; None without gold."""
    if gold.constraints is None:
        return None
    kinds = {finder.id: finder.kind for finder in dissector.engine.finders}
    [stem] = dissector.sense([question.stem])
    told = reason.read(stem)
    hints = dissector.judge.recall(told).hints
    constraints = reason.situation(told, question.choose, hints).constraints
    findings = [
        Finding(
            c.category,
            c.hidden,
            c.pattern,
            kinds[c.pattern],
            any(
                (c.category, c.hidden) == (g.category, g.hidden) and meet(c, g)
                for g in gold.constraints
            ),
        )
        for c in constraints
    ]
    wanted = {(str(c.category), c.hidden) for c in gold.constraints}
    return Found(findings, hints, wanted, part_of(question))


def likelihoods(seen: Sequence[Found]) -> dict[str, float]:
    """How likely findings are constraints, and their words those of one, by names of weights."""
    weights: dict[str, float] = {}
    for hidden, how in ((False, "says"), (True, "hides")):
        # what a pattern finds in two places, one of them gold's, is one finding of its category
        told = [(one, {f for f in one.findings if f.hidden == hidden}) for one in seen]
        once = ((one, {replace(f, there=True) for f in some}) for one, some in told)
        weights |= record(
            how, ((f, (f.category, hidden) in one.gold) for one, some in once for f in some)
        )
        weights |= record(f"{how}-there", ((f, f.there) for _, some in told for f in some))
    return weights


def record(how: str, tries: Iterable[tuple[Finding, bool]]) -> dict[str, float]:
    """The share of hits of each pattern, and of each kind for a category, as weights."""
    tallies: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for finding, hit in tries:
        own = finding.category, finding.kind, finding.pattern
        for key in (own[:1], own[:2], own):
            tallies[key][0] += hit
            tallies[key][1] += 1
    weights: dict[str, float] = {}
    for (category, *rest), (hits, count) in sorted(tallies.items(), key=lambda item: len(item[0])):
        if len(rest) == 1:
            all_hits, all_tries = tallies[category,]
            base = (all_hits + 1) / (all_tries + 2)
            weights[f"{how}:{rest[0]}:{category}"] = (hits + KIND * base) / (count + KIND)
        elif len(rest) == 2:
            of_kind = weights[f"{how}:{rest[0]}:{category}"]
            weights[f"{how}:{rest[1]}"] = (hits + OWN * of_kind) / (count + OWN)
    return weights


@dataclass(frozen=True, slots=True)
class Belief:
    """What there is to believe or not: a category of one question."""

    question: int
    category: Category
    hidden: bool
    signs: Floats
    right: bool


def beliefs(number: int, one: Found, weights: Mapping[str, float]) -> Iterator[Belief]:
    """What is found in a question, as `situation` reckons."""
    doubts: dict[tuple[Category, bool], dict[str, float]] = defaultdict(dict)
    counts: Counter[tuple[Category, bool]] = Counter()
    for f in one.findings:
        how = "hides" if f.hidden else "says"
        of_kind = weights.get(f"{how}:{f.kind}:{f.category}", 1.0)
        doubts[f.category, f.hidden][f.pattern] = 1.0 - weights.get(f"{how}:{f.pattern}", of_kind)
        counts[f.category, f.hidden] += 1
    for (category, hidden), of in doubts.items():
        doubt = math.prod(of.values())
        signs = belief_signs(category, hidden, doubt, counts[category, hidden], one.hints)
        base = [float(category == name) for name in CATEGORIES]
        right = (category, hidden) in one.gold
        yield Belief(number, category, hidden, np.array([*signs, *base]), right)


def logistic(some: Sequence[Belief]) -> Floats:
    """The weights under which what is right is likeliest, drawn towards none."""
    signs = np.array([one.signs for one in some])
    right = np.array([one.right for one in some], float)
    weights = np.zeros(signs.shape[1])
    for _ in range(STEPS_BELIEF):
        chance = 1.0 / (1.0 + np.exp(-signs @ weights))
        slope = signs.T @ (chance - right) / len(some) + PULL_BELIEF * weights
        weights -= RATE * slope
    return weights


def fit_constraints(seen: Sequence[Found]) -> dict[str, float]:
    """Fit what makes a finding a constraint."""
    parts = {one.part for one in seen}
    record = {part: likelihoods([o for o in seen if o.part != part]) for part in parts}
    out = [b for n, one in enumerate(seen) for b in beliefs(n, one, record[one.part])]
    values = likelihoods(seen)
    said: set[tuple[int, str]] = set()
    for hidden, how in ((False, "says"), (True, "hides")):
        some = [b for b in out if b.hidden == hidden]
        fitted = {p: logistic([b for b in some if seen[b.question].part != p]) for p in parts}
        totals = np.array([b.signs @ fitted[seen[b.question].part] for b in some])
        right = np.array([b.right for b in some])
        wanted = sum(h == hidden for one in seen for _, h in one.gold)
        tries = []
        for least in np.arange(-2.0, 1.01, 0.1):
            told = totals >= least
            f1 = 2 * float((told & right).sum()) / float(told.sum() + wanted)
            tries.append((round(f1, 4), -float(least)))
        top, cut = max(tries)
        said |= {(b.question, b.category) for b, t in zip(some, totals, strict=True) if t >= -cut}
        weights = logistic(some)
        values |= {f"{how}-{n}": float(w) for n, w in zip(BELIEF, weights, strict=False)}
        bases = zip(CATEGORIES, weights[len(BELIEF) :], strict=True)
        more = cut + IMPLIED if hidden else cut
        values |= {f"{how}-base:{name}": float(base) + more for name, base in bases}
        say(f"{'hidden' if hidden else 'explicit'}: F1 of categories left out {top:.3f}")
    gold = {(n, category) for n, one in enumerate(seen) for category, _ in one.gold}
    say(f"both: {2 * len(said & gold) / (len(said) + len(gold)):.3f} of {len(seen)} questions")
    return values


# Choices


def understood(
    dissector: Dissector, reason: Reasoner, question: Question
) -> tuple[Situation, Recalled, list[Sensed]]:
    """The situation that a question describes, what it brings to mind, and its options."""
    stem, *options = dissector.sense([question.stem, *(o.text for o in question.options)])
    told = reason.read(stem)
    recalled = dissector.judge.recall(told)
    return reason.situation(told, question.choose, recalled.hints), recalled, options


def decisions(
    dissector: Dissector, reason: Reasoner, question: Question, gold: Gold
) -> tuple[Choice, Choice] | None:
    """What there is to choose in a question: the option, and the constraint that decides."""
    key = gold.answer
    if not key or len(key) >= len(question.options):
        return None
    situation, recalled, options = understood(dissector, reason, question)
    parts, constraints = dissector.judge.signs(situation, recalled, question.options, options)
    sign = -1.0 if situation.ask.negated else 1.0
    part = part_of(question)
    right = np.array([option.label in key for option in question.options])
    pick = Choice(sign * np.array(parts), right, part)
    decides = gold.decides.category if gold.decides else None
    rows = [
        [signs[name] for name in SIGNS] + [float(category == c) for c in CATEGORIES]
        for category, signs in constraints
    ]
    wanted = np.array([category == decides for category, _ in constraints], bool)
    table = np.array(rows, float).reshape(len(rows), len(SIGNS) + len(CATEGORIES))
    return pick, Choice(table, wanted, part)


# The kind of trap


def kinds_of(
    dissector: Dissector, reason: Reasoner, question: Question, gold: Gold
) -> Iterator[Choice]:
    """The kinds that a wrong option's trap might be of; nothing of an option that is picked."""
    if not gold.traps:
        return
    situation, recalled, options = understood(dissector, reason, question)
    found = dissector.judge.kind_signs(situation, recalled, question.options, options)
    for option, rows in zip(question.options, found, strict=True):
        if rows and (trap := gold.traps.get(option.label)):
            right = np.array([kind == trap.trap for kind in TRAP_TYPES])
            yield Choice(np.array(rows), right, part_of(question))


def fit_kinds(choices: Sequence[Choice]) -> dict[str, float]:
    """Fit what tells the kind of a trap."""
    start = np.full(len(KIND_SIGNS), 0.5)
    totals = left_out(choices, start)
    hits = [bool(c.right[int(t.argmax())]) for c, t in zip(choices, totals, strict=True)]
    say(f"kind of trap: {np.mean(hits):.3f} of {len(hits)} left out")
    weights = likeliest(choices, start)
    return {f"kind-{name}": float(w) for name, w in zip(KIND_SIGNS, weights, strict=True)}


def shares(totals: Floats) -> Floats:
    """Softmax."""
    powers = np.exp(totals - totals.max())
    return np.asarray(powers / powers.sum())


def likeliest(choices: Sequence[Choice], start: Floats) -> Floats:
    """The weights that make what is right likeliest, near `start`."""
    most = max(len(c.right) for c in choices)
    signs = np.zeros((len(choices), most, len(start)))
    absent, right = np.full((len(choices), most), -np.inf), np.zeros((len(choices), most))
    for n, c in enumerate(choices):
        signs[n, : len(c.right)], right[n, : len(c.right)] = c.signs, c.right
        absent[n, : len(c.right)] = 0.0
    weights = start.copy()
    for _ in range(STEPS):
        totals = signs @ weights + absent
        powers = np.exp(totals - totals.max(1, keepdims=True))
        given = powers / powers.sum(1, keepdims=True)
        of_right = given * right
        wanted = of_right / of_right.sum(1, keepdims=True)
        slope = PULL * (weights - start) - np.einsum("nmf,nm->f", signs, wanted - given) / len(
            choices
        )
        weights = weights - RATE * slope
    return weights


def left_out(choices: Sequence[Choice], start: Floats) -> list[Floats]:
    """The totals of each choice by the weights that the other parts gave."""
    fitted = {
        part: likeliest([c for c in choices if c.part != part], start)
        for part in {c.part for c in choices}
    }
    return [c.signs @ fitted[c.part] for c in choices]


def top_is_right(choice: Choice, totals: Floats) -> bool:
    """Whether the highest totals are those that are right; ties go to the earlier."""
    count = int(choice.right.sum())
    order = sorted(range(len(totals)), key=lambda i: (-round(float(totals[i]), 9), i))
    return set(order[:count]) == set(np.flatnonzero(choice.right))


def deciding(categories: Floats, totals: Floats) -> int:
    """The category whose constraints together are likeliest: constraints by categories, totals."""
    return int((np.exp(totals - totals.max()) @ categories).argmax())


def fit_decides(choices: Sequence[Choice]) -> dict[str, float]:
    """Fit what decides; a choice is right if its category is."""
    sound = [c for c in choices if c.right.any()]
    start = np.zeros(len(SIGNS) + len(CATEGORIES))
    start[[SIGNS.index("case"), SIGNS.index("words")]] = 0.5
    hits = [
        deciding(c.signs[:, len(SIGNS) :], t) == int(c.signs[c.right][0, len(SIGNS) :].argmax())
        for c, t in zip(sound, left_out(sound, start), strict=True)
    ]
    say(f"what decides: {sum(hits) / len(choices):.3f} of {len(choices)} left out")
    weights = likeliest(sound, start)
    names = [f"decides-{name}" for name in SIGNS] + [f"decides:{name}" for name in CATEGORIES]
    return {name: float(value) for name, value in zip(names, weights, strict=True)}


def fit_pick(choices: Sequence[Choice], present: Mapping[str, float]) -> dict[str, float]:
    """Fit how much cases and vectors count beside the patterns, and the confidence."""
    start = np.array([present[name] for name in PICK]) / present["temperature"]
    for name, totals in (
        ("present", [c.signs @ start for c in choices]),
        ("fitted", left_out(choices, start)),
    ):
        right = [top_is_right(c, t) for c, t in zip(choices, totals, strict=True)]
        sure = [float(shares(t).max()) for t in totals]
        single = [i for i, c in enumerate(choices) if c.right.sum() == 1]
        error = calibration_error(
            [(min(sure[i], present["most-confident"]), right[i]) for i in single]
        )
        say(f"{name}: accuracy {np.mean(right):.3f}  calibration error {error:.3f}")
    strikes(choices, np.array([present[name] for name in PICK]))
    weights = likeliest(choices, start) * present["temperature"]
    return {name: float(value) for name, value in zip(PICK, weights, strict=True)}


def strikes(choices: Sequence[Choice], weights: Floats) -> None:
    """What each margin would strike, were there a trap for every option below it."""
    for margin in np.arange(4.0, 10.1, 1.0):
        low = []
        for c in choices:
            totals = c.signs @ weights
            low.append(sorted(totals)[-int(c.right.sum())] - totals >= margin)
        right = np.concatenate([b[c.right] for b, c in zip(low, choices, strict=True)]).mean()
        wrong = np.concatenate([b[~c.right] for b, c in zip(low, choices, strict=True)]).mean()
        say(f"margin {margin:.1f}   right struck {right:.3f}   wrong struck {wrong:.3f}")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def write(folder: Path, values: Mapping[str, float]) -> None:
    """Put the likelihoods into a file of their own, other values in place of those there are."""
    likely = {name: value for name, value in values.items() if LIKELY.match(name)}
    lines = [f'    "{name}": {value:.3f}' for name, value in sorted(likely.items())]
    text = "\n".join([LIKELIHOODS, *lines]) + "\n"
    (folder / "likelihoods.yaml").write_text(text, "utf-8")
    path = folder / "weights.yaml"
    text = path.read_text("utf-8")
    for name, value in values.items():
        if name not in likely:
            line = f"    {_quoted(name)}: {value:.3f}"
            text, found = re.subn(rf"(?m)^    {re.escape(_quoted(name))}: .*$", line, text)
            text += "" if found else f"{line}\n"
    path.write_text(text, "utf-8")


def write_heads(folder: Path, heads: Heads) -> None:
    """Put the heads beside the vectors."""
    arrays = {"mark": np.array(heads.mark)}
    for name, layer in (("constraints", heads.constraints), ("topics", heads.topics)):
        arrays |= {f"{name}_rows": layer.rows, f"{name}_base": layer.base}
    with (folder / HEADS).open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes names for a flag


def _quoted(name: str) -> str:
    return f'"{name}"' if ":" in name else name


LIKELIHOODS = """\
# How likely a finding is a constraint, by pattern, and by kind and category for patterns that were
# never met. Written by bench/fit.py; no explanation depends on it.
- weights: likelihoods
  values:"""


def main() -> None:
    """Read, fit, tell, and write if asked to."""
    parser = argparse.ArgumentParser(description="Fit the weights; see the file's head.")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--pick", action="store_true", help="write the weights of the pick as well")
    parser.add_argument("--exam", default=DEFAULT_EXAM, help="whose domains gold names")
    parser.add_argument("--patterns", type=Path, default=places.shipped("patterns"))
    given = parser.parse_args()
    dissector = load_dissector([given.patterns], places.cache_folder())
    read = [s for path in given.files for s in read_path(path, sys.stdin.buffer)]
    asked = [(s.question, s.gold) for s in read if isinstance(s, Scenario) and s.gold]
    blueprint = {
        domain: sorted(topics)
        for domain, topics in domain_topics(exam_pack(dissector.engine, given.exam)).items()
    }
    dissector, heads, odds = learn_heads(dissector, asked, blueprint)
    weights = dissector.engine.weights
    for name in [name for name in weights if LIKELY.match(name)]:
        del weights[name]
    everything = Reasoner(dissector.engine)
    found_in = [found(dissector, everything, question, gold) for question, gold in asked]
    seen = [
        replace(one, hints=expecting(one.hints, of_question))
        for one, of_question in zip(found_in, odds, strict=True)
        if one is not None
    ]
    values = fit_constraints(seen)
    weights |= values
    believing = Reasoner(dissector.engine)
    tried = [decisions(dissector, believing, q, gold) for q, gold in asked]
    chosen = [one for one in tried if one is not None]
    values |= fit_decides([decides for _, decides in chosen])
    values |= fit_kinds([c for q, gold in asked for c in kinds_of(dissector, believing, q, gold)])
    pick = fit_pick([pick for pick, _ in chosen], weights)
    for name, value in pick.items():
        say(f"{name:<12} {weights[name]:5.2f} -> {value:5.2f}")
    if given.write:
        values |= pick if given.pick else {}
        write(given.patterns, values)
        write_heads(given.patterns, heads)


if __name__ == "__main__":
    main()
