"""Cases: what they say of options, and which of them are told."""

from __future__ import annotations

import pytest
import yaml
from conftest import MakeDissector

from examcoach.dissect import Dissector
from examcoach.errors import LibraryError
from examcoach.library.catalog import Record
from examcoach.model import Option, Question
from examcoach.precedent import emphasis_of
from examcoach.selftest import check_cases

LIBRARY = """
- cue: must-stay
  phrases: [must (be kept|stay)]
  says: quality
  fires: ["It [[must stay]] so."]
  silent: ["It may stay so."]
- case: pears-in-the-shed
  topic: storage
  stories:
    - The orchard picks pears that [[must stay cool]] until the market opens.
    - Pears from the orchard rot unless somebody keeps them chilled.
  decides: quality
  answers: [Put the crates in the stone shed, Keep every crate inside a shed of stone]
  because: Stone keeps the cold.
  insteads:
    - {option: Leave the crates under the sunny hedge, type: bad-ml, because: The sun warms them.}
    - {option: Freeze the crates at once, type: overkill, because: Frost spoils pears.}
- case: apples-on-the-cart
  topic: storage
  stories:
    - Apples are sold [[from door to door]] in the village.
    - A trader walks through the village with apples.
  decides: operations
  answers: [Load the apples on a cart, Push a cart from house to house]
  because: A cart moves.
  insteads:
    - {option: Put the crates in the stone shed, type: wrong-tool, because: A shed stands still.}
- concept: hedge
  kind: tool
  topic: storage
  names: [hedge]
  about: A row of bushes.
  fires: ["A [[hedge]] grows."]
  silent: ["A tree grows."]
- need: shade
  topic: storage
  about: give shade
  phrases: [give shade]
  fires: ["It must [[give shade]]."]
  silent: ["It is sunny."]
- trap: hedge-gives-none
  type: wrong-tool
  topic: storage
  when: {all: [shade]}
  option: {all: [hedge]}
  because: Its leaves have gone.
  fires: [{stem: It must give shade., option: "Use a [[hedge]]."}]
  silent: [{stem: It rains., option: Use a hedge.}]
"""
OPTIONS = (
    Option("A", "Leave all crates under a sunny hedge."),
    Option("B", "Put all crates in a shed of stone."),
)


def test_a_case_picks_and_names_the_trap(make: MakeDissector) -> None:
    """A story in new words still leads to the case's answer, and away from what tempts."""
    dissect = make(LIBRARY)
    breakdown = dissect(
        Question("Ripe pears must be kept cool in the orchard. What helps?", OPTIONS)
    )
    hedge, shed = breakdown.options
    assert breakdown.answer == ("B",)
    assert [(f.pattern, f.because) for f in shed.fits] == [
        ("pears-in-the-shed", "Stone keeps the cold.")
    ]
    assert [(t.trap, t.pattern, t.because) for t in hedge.traps] == [
        ("bad-ml", "pears-in-the-shed", "The sun warms them. Stone keeps the cold.")
    ]
    for option in breakdown.options:
        for finding in (*option.fits, *option.traps):
            assert all(option.text[e.start : e.end] == e.text for e in finding.evidence)
    assert [e.text for e in shed.fits[0].evidence] == ["Put", "in", "shed", "stone"]


def test_the_same_option_is_right_in_one_case_and_wrong_in_another(
    make: MakeDissector,
) -> None:
    """What an option is worth depends on the story."""
    dissect = make(LIBRARY)
    options = (Option("A", "Put the crates in the stone shed."), Option("B", "Use a cart."))
    pears = dissect(Question("Pears from the orchard must stay cool.", options))
    apples = dissect(Question("A trader sells apples in the village.", options))
    assert (pears.answer, apples.answer) == (("A",), ("B",))


def test_a_case_about_the_same_choice_counts_more(make: MakeDissector) -> None:
    """Of two stories as alike, that is heard whose answer and rivals are on offer here."""
    dissect = make(
        LIBRARY
        + """
- case: plums-by-the-mill
  topic: storage
  stories: [The miller dries plums in autumn., "Plums lie by the mill [[in autumn]]."]
  decides: quality
  answers: [Spread linen on the roof, Dry them on linen]
  because: Linen lets air through.
  insteads: [{option: Boil a kettle of jam, type: overkill, because: Nobody asked for jam.}]
- case: plums-by-the-river
  topic: storage
  stories: [The miller dries plums in spring., "Plums lie by the mill [[in spring]]."]
  decides: quality
  answers: [Boil a kettle of jam with sugar, Make jam]
  because: Sugar keeps fruit.
  insteads: [{option: Sink the plums in the river, type: bad-ml, because: They rot in water.}]
"""
    )
    linen, jam = Option("A", "Lay old linen over a wall."), Option("B", "Boil a kettle of jam.")
    river = Option("A", "Sink the plums in a river.")
    stem = "The miller dries plums. It must stay so."
    assert dissect(Question(stem, (river, jam))).answer == ("B",)
    # the rival of jam in the first case is on offer, that in the second is not
    assert dissect(Question(stem, (linen, jam))).answer == ("A",)


ORCHARD = "Ripe pears in the orchard must stay cool until the market opens."
VILLAGE = "A trader walks through the village with apples."


@pytest.mark.parametrize(
    ("stem", "answer"),
    [
        (f"{ORCHARD} It rains. It rains. {VILLAGE}", "B"),
        (f"{VILLAGE} It rains. It rains. {ORCHARD}", "A"),
        (f"{ORCHARD} It rains. {VILLAGE} What helps?", "B"),
        (f"{VILLAGE} It rains. {ORCHARD} What helps?", "A"),
    ],
)
def test_a_story_closes_in_on_what_it_asks(make: MakeDissector, stem: str, answer: str) -> None:
    """Of two stories in one stem the later counts, in the ask or right before it."""
    options = Option("A", "Put the crates in the stone shed."), Option("B", "Use a cart.")
    assert make(LIBRARY)(Question(stem, options)).answer == (answer,)


@pytest.mark.parametrize(
    ("stem", "options"),
    [
        ("What is this?", ["one", "two"]),
        ("Which of these is right?", ["The first", "The second", "The third", "The last"]),
        ("A team needs to use the data. What should it do?", ["Use it", "Use this", "Use more"]),
    ],
)
def test_common_words_bring_nothing_to_mind(
    dissector: Dissector, stem: str, options: list[str]
) -> None:
    """A story is not like another because both have words that all have."""
    offered = tuple(Option("ABCD"[n], text) for n, text in enumerate(options))
    told = dissector.reason.read(dissector.sense([stem])[0])
    assert len(dissector.judge.recall(told).heard.cases) == 0
    breakdown = dissector(Question(stem, offered))
    assert breakdown.confidence < 0.6
    assert "eliminate" not in {option.verdict for option in breakdown.options}


def test_words_count_by_their_sentence() -> None:
    """The first counts less, that before the ask and the ask more; what follows as the midst."""
    weights = {"case-first": 0.8, "case-before": 1.3, "case-ask": 1.5}
    keys = ["who", "rain", "sun", "rain", "which", "two"]
    assert emphasis_of(keys, [0, 1, 1, 3, 4, 5], 4, weights) == {
        "who": 0.8,
        "rain": 1.3,
        "sun": 1.0,
        "which": 1.5,
        "two": 1.0,
    }
    assert emphasis_of(["who", "which"], [0, 1], 1, weights) == {"who": 1.0, "which": 1.5}
    assert emphasis_of(["which", "who", "how"], [0, 1, 2], 0, weights)["which"] == 1.5
    assert emphasis_of([], [], 0, weights) == {}


def test_sentences_are_numbered_in_their_own_text(make: MakeDissector) -> None:
    """Whatever texts are read before."""
    _, second = make(LIBRARY).sense(["It rains. It snows.", "Who comes? Who goes home?"])
    assert second.sentences == [0, 0, 0, 1, 1, 1, 1]
    assert [second.sentence_at(place) for place in (0, 8, 11, 24)] == [0, 0, 1, 1]


def test_what_all_options_share_counts_less(make: MakeDissector) -> None:
    """Twins are told apart by the word that they do not share."""
    twins = (
        Option("A", "Put the crates of pears from the orchard in the cool stone shed."),
        Option("B", "Put the crates of pears from the orchard in the cool stone cart."),
    )
    apart = []
    for shared in (0, 0.5):
        own = f"\n- weights: own\n  values: {{case-shared: {shared}}}\n"
        dissect = make(LIBRARY + own)
        stem, *options = dissect.sense([ORCHARD, *(option.text for option in twins)])
        told, precedents = dissect.reason.read(stem), dissect.judge.precedents
        heard = precedents.hear(dissect.describer(stem, told.facts), {})
        shed, cart = precedents.weigh(heard, [dissect.describer(one, 0) for one in options])
        apart.append(shed.total - cart.total)
    assert 0 < apart[0] < apart[1]


def test_punctuation_is_no_reason(make: MakeDissector) -> None:
    """A bracket that an option shares with a case is not quoted."""
    bracketed = LIBRARY.replace("Load the apples on a cart", '"Load [the apples] on a cart"')
    option = Option("A", "Load [everything] on a barrow.")
    breakdown = make(bracketed)(Question(f"{VILLAGE} It must stay so.", (option, OPTIONS[1])))
    [fit] = breakdown.options[0].fits
    assert fit.pattern == "apples-on-the-cart"
    assert [e.text for e in fit.evidence] == ["Load", "on a"]


def test_what_holds_instead_is_told_only_where_it_was_picked(make: MakeDissector) -> None:
    """A case's own answer is no reason for another option."""
    stem = "A trader walks through the village with apples. It must stay so."
    shed = Option("A", "Put the crates in the stone shed.")
    for pick, because in (
        ("Push a cart from house to house.", "A shed stands still. A cart moves."),
        ("Sing.", "A shed stands still."),
    ):
        breakdown = make(LIBRARY)(Question(stem, (shed, Option("B", pick))))
        assert breakdown.answer == ("B",)
        assert [t.because for t in breakdown.options[0].traps] == [because]


def test_where_nothing_is_demanded_no_case_tells_a_trap(make: MakeDissector) -> None:
    """A question that states no constraint has options that are behind, but none that miss it."""
    breakdown = make(LIBRARY)(
        Question("Ripe pears in the orchard, to be kept cool. What helps?", OPTIONS)
    )
    assert breakdown.answer == ("B",)
    assert [o.traps for o in breakdown.options] == [(), ()]


def test_traps_of_rules_are_told_anyway(make: MakeDissector) -> None:
    """What a rule says of an option does not hang on cases."""
    options = (Option("A", "Put the crates in the stone shed."), Option("B", "Use a hedge."))
    breakdown = make(LIBRARY)(Question("It must give shade.", options))
    assert [t.pattern for o in breakdown.options for t in o.traps] == ["hedge-gives-none"]


def test_a_story_that_no_case_tells_says_nothing(make: MakeDissector) -> None:
    """Without a word in common nothing is recalled, and the pick stays a guess."""
    breakdown = make(LIBRARY)(Question("Zinc?", (Option("A", "Brass."), Option("B", "Copper."))))
    assert [(o.score, o.fits, o.traps) for o in breakdown.options] == [(0.0, (), ())] * 2
    assert breakdown.confidence == pytest.approx(0.5)


def test_no_cases_no_precedents(make: MakeDissector) -> None:
    """A library without cases works."""
    assert make("[]")(Question("Zinc?", OPTIONS)).answer == ("A",)


def test_every_case_must_tell_its_answers_from_what_tempts(make: MakeDissector) -> None:
    """The self-test of a case: each story leads to its own answers."""
    turned = LIBRARY.replace(
        "[Put the crates in the stone shed, Keep every crate inside a shed of stone]",
        "[Leave the crates under the sunny hedge, Keep the crates under a hedge]",
    )
    records = {
        name: Record("case", "pears-in-the-shed", case, "x.yaml", 3)
        for name, text in (("sound", LIBRARY), ("turned", turned))
        for case in yaml.safe_load(text)
        if case.get("case") == "pears-in-the-shed"
    }
    sound = make(LIBRARY).judge.precedents
    assert list(check_cases([records["sound"]], sound)) == []
    broken = make(turned).judge.precedents
    problems = list(check_cases([records["turned"]], broken))
    assert {(p.path, p.line) for p in problems} == {("x.yaml", 3)}
    assert problems[0].what == "case pears-in-the-shed: story 1 does not lead to its answers"


def test_a_story_needs_words_of_its_own(make: MakeDissector) -> None:
    """One whose words all stories have would never be heard."""
    thin = LIBRARY.replace("Apples are sold [[from door to door]] in the village.", "A [[trader]].")
    [record] = [
        Record("case", case["case"], case, "x.yaml", 7)
        for case in yaml.safe_load(thin)
        if case.get("case") == "apples-on-the-cart"
    ]
    own = "\n- weights: own\n  values: {case-enough: 2}\n"
    [problem] = check_cases([record], make(thin + own).judge.precedents)
    assert problem.what.endswith("apples-on-the-cart: story 1 has only words that all stories have")
    assert list(check_cases([record], make(thin).judge.precedents)) == []


def test_a_case_marks_what_decides(make: MakeDissector) -> None:
    """Stories without a mark are refused when the library is loaded."""
    with pytest.raises(LibraryError) as refused:
        make(LIBRARY.replace("[[from door to door]]", "from door to door"))
    assert "mark in one of the stories the words that decide" in str(refused.value)


def test_what_is_said_of_something_else_says_of_what(make: MakeDissector) -> None:
    """An option that is only like that of a case is not told what holds of the latter."""
    own = "\n- weights: own\n  values: {case-same: 0.999, case-fit: 0.1}\n"
    question = Question("Ripe pears must be kept cool in the orchard. What helps?", OPTIONS)
    hedge, shed = make(LIBRARY + own)(question).options
    assert [f.because for f in shed.fits] == [
        'In a similar case "Put the crates in the stone shed" is right. Stone keeps the cold.'
    ]
    assert [(t.trap, t.because) for t in hedge.traps] == [
        (
            "bad-ml",
            'In a similar case "Leave the crates under the sunny hedge" is wrong. '
            "The sun warms them.",
        )
    ]
    long = LIBRARY.replace("under the sunny hedge", f"under the sunny hedge {'and wait ' * 20}")
    words = ["Leave the crates under the sunny hedge", *["and", "wait"] * 3, "and"]
    [trap] = make(long + own)(question).options[0].traps
    assert trap.because.startswith(f'In a similar case "{" ".join(words)} …" is wrong. ')


def test_what_is_hardly_like_an_answer_does_not_fit(make: MakeDissector) -> None:
    """A case speaks for an option by what is nearly its own answer."""
    own = "\n- weights: own\n  values: {case-fit: 0.999}\n"
    question = Question("Ripe pears must be kept cool in the orchard. What helps?", OPTIONS)
    breakdown = make(LIBRARY + own)(question)
    assert breakdown.answer == ("B",)
    assert [o.fits for o in breakdown.options] == [(), ()]
