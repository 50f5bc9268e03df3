"""Banks and questions that drill tests share."""

from __future__ import annotations

import json

from examcoach.bank.model import Bank, Brief, Card, Deck, Expected, Flip, Item, Row, SiblingSet
from examcoach.drill.blueprint import ExamDomain, Pack
from examcoach.model import Gold, GoldConstraint, GoldTrap, Option, Question, Scenario
from examcoach.terms import Category, TrapType

STEM = "A loxe zorbler counts 40 glimps a second, cheaply and by noon. Which store?"


def mark(
    category: Category,
    text: str,
    hidden: bool = False,
    requires: str | None = None,
    stem: str = STEM,
) -> GoldConstraint:
    """A constraint at the place of its words."""
    start = stem.index(text)
    return GoldConstraint(category, text, start, start + len(text), hidden, requires)


_KINDS: tuple[TrapType, ...] = ("costly", "overkill", "manual", "leakage")


def item(
    name: str,
    task: str = "1.1",
    domain: str = "data",
    choose: int = 1,
    siblings: tuple[str, ...] = (),
    patterns: tuple[str, ...] = (),
) -> Item:
    """A question with four options (five to choose two of); B is right, or B and D."""
    labels = "ABCD" if choose == 1 else "ABCDE"
    answer = ("B",) if choose == 1 else ("B", "D")
    traps = {
        label: GoldTrap(_KINDS[n % 4], f"{{{label}}} is bad.")
        for n, label in enumerate(labels)
        if label not in answer
    }
    cheap = mark("cost", "cheaply")
    marks = (mark("operations", "loxe zorbler", True, "managed glimps"), cheap)
    because = "{B} is right; {A} is dear and {C} slow."
    gold = Gold(answer, because, domain, marks, cheap, traps)
    options = tuple(Option(label, f"{name} option {label}") for label in labels)
    scenario = Scenario(Question(STEM, options, choose, name), gold)
    decides = mark("latency", "at once", stem=STEM.replace("by noon", "at once"))
    flip = Flip("by noon", "at once", ("C",), decides, "Now {C} is right, not {B}.")
    handbook = "The handbook"
    return Item(scenario, name, task, domain, 2, handbook, siblings, patterns, flip, None, "x")


TWINS = SiblingSet("twins", "One, two", ("one", "two"), (Row("Does", ("this", "that")),), "Look.",
                   ("q1",), "The handbook")  # fmt: skip
DECK = Deck(
    "deck", "D", (Card("c1", "Which?", "Amazon Kinesis Data Streams", ("KDS",), "So.", "H"),)
)
BRIEF = Brief("brief", "T", "1.1", "A loxe zorbler works cheaply.", ("need",),
    (mark("cost", "cheaply", stem="A loxe zorbler works cheaply."),),
    (Expected(("glue", "athena"), "Good."),), (Expected(("emr",), "Bad."),),
    "Glue.", "H")  # fmt: skip


def bank(*items: Item) -> Bank:
    """A bank of these questions, a sibling set, a deck and a brief."""
    return Bank(
        {i.id: i for i in items}, {"twins": TWINS}, {"deck": DECK}, {"brief": BRIEF}, {}, "v"
    )


PACK = Pack(
    "mock", "Mock exam", "active", "Not an official score.", 8, 2, 20,
    ("multiple-choice", "multiple-response"), {},
    (
        ExamDomain("data", "Data", 60.0, {"1.1": "Keep", "1.2": "Move"}, {"1.1": frozenset({"a"})}),
        ExamDomain("model", "Model", 40.0, {"2.1": "Fit"}, {"2.1": frozenset({"b"})}),
    ),
)  # fmt: skip


def many() -> Bank:
    """Sixty questions: two domains, three tasks, one in five multiple response."""
    places = (("1.1", "data"), ("1.2", "data"), ("2.1", "model"))
    return bank(*(item(f"q{n}", *places[n % 3], choose=2 if n % 5 == 0 else 1) for n in range(60)))


def questions(count: int) -> str:
    """JSON lines of tiny questions with gold; A is right."""
    records = [
        {
            "id": f"q{n}",
            "stem": f"Story {n} must be cheap. Which?",
            "options": {"A": f"right {n}", "B": f"wrong {n}", "C": f"worse {n}"},
            "answer": "A",
            "explanation": f"Because {n}: {{A}} is cheap, {{B}} is not.",
            "decides": {"category": "cost", "text": "cheap"},
            "constraints": [{"category": "cost", "text": "cheap"}],
            "traps": {"B": {"trap": "costly", "because": f"Dear {n}.", "text": f"wrong {n}"}},
        }
        for n in range(count)
    ]
    return "".join(json.dumps(record) + "\n" for record in records)
