"""Situations and verdicts, on small libraries made for the point."""

from __future__ import annotations

import pytest
from conftest import MakeDissector

from examcoach.dissect import Dissector
from examcoach.model import Breakdown, Option, Question

LIBRARY = """
- trait: prefer-managed
  about: wants managed
- trait: self-managed
  about: somebody runs it
- need: store-files
  topic: storage
  about: store files
  phrases: [store files]
  fires: [x]
  silent: [y]
- need: encrypt
  topic: framing
  about: encrypt data
  phrases: [encrypt]
  fires: [x]
  silent: [y]
- cue: small-team
  phrases: [one engineer]
  hides: operations
  requires: managed services
  implies: [prefer-managed]
  fires: [x]
  silent: [y]
- cue: cheap
  phrases: [MOST cost-effective]
  says: cost
  qualifier: true
  fires: [x]
  silent: [y]
- cue: except
  phrases: ['=EXCEPT']
  negates: true
  fires: [x]
  silent: [y]
- cue: both
  when: {all: [small-team, cheap]}
  hides: effort
  requires: the simplest way
  fires: [x]
  silent: [y]
- cue: payload
  phrases: ['<volume> files']
  says: scale
  fires: [x]
  silent: [y]
- concept: bucket
  kind: service
  topic: storage
  names: [Bucket]
  is: [managed]
  does: [store-files]
  limits: {payload: {max: 5 TB}}
  about: Keeps objects.
  fires: [x]
  silent: [y]
- concept: policy
  kind: feature
  topic: framing
  names: [policy]
  never: [encrypt]
  about: Says who may do what.
  fires: [x]
  silent: [y]
- concept: server
  kind: service
  topic: storage
  names: [server]
  is: [self-managed]
  does: [store-files]
  about: A machine.
  fires: [x]
  silent: [y]
- play: managed-wins
  when: {all: [prefer-managed]}
  option: {any: [managed]}
  suggests: [bucket]
  because: Nobody runs it.
  fires: [{stem: x, option: y}]
  silent: [{stem: x, option: y}]
- trap: server-is-work
  type: overkill
  when: {all: [prefer-managed]}
  option: {any: [self-managed]}
  because: Somebody must run it.
  fires: [{stem: x, option: y}]
  silent: [{stem: x, option: y}]
"""


def dissect(d: Dissector, stem: str, *options: str, choose: int = 1) -> Breakdown:
    labelled = tuple(Option("ABCDEFGH"[i], text) for i, text in enumerate(options))
    return d(Question(stem, labelled, choose))


STEM = "There is one engineer. They store files. Which is the MOST cost-effective way?"


def test_constraints_explicit_and_hidden(make: MakeDissector) -> None:
    """Cues become constraints at their words; conclusions take the evidence they follow from."""
    b = dissect(make(LIBRARY), STEM)
    found = [(c.category, c.text, c.hidden, c.requires) for c in b.constraints]
    assert found == [
        ("effort", "one engineer", True, "the simplest way"),
        ("operations", "one engineer", True, "managed services"),
        ("cost", "MOST cost-effective", False, None),
    ]


def test_ask(make: MakeDissector) -> None:
    """The ask is the asking sentence, with its qualifiers."""
    b = dissect(make(LIBRARY), STEM)
    assert b.ask.text == "Which is the MOST cost-effective way?"
    assert b.stem[b.ask.start : b.ask.end] == b.ask.text
    assert b.ask.qualifiers == ("MOST cost-effective",)
    assert not b.ask.negated


SEVERAL = "\n- weights: own\n  values: {trap-doubted: %s}\n"


@pytest.mark.parametrize(("doubted", "told"), [(0.4, []), (0.99, ["server-is-work"])])
def test_what_speaks_against_a_sure_answer_is_doubted(
    make: MakeDissector, doubted: float, told: list[str]
) -> None:
    """The bucket outweighs the server beside it; of a sole option both are told, come what may."""
    d = make(LIBRARY + SEVERAL % doubted)
    b = dissect(d, STEM, "Rent a server.", "Use a Bucket and a server.")
    assert b.answer == ("B",)
    assert [t.pattern for t in b.options[1].traps] == told
    [sole] = dissect(d, STEM, "Use a Bucket and a server.").options
    assert [t.pattern for t in sole.traps] == ["server-is-work"]


def test_pick_trap_and_evidence(make: MakeDissector) -> None:
    """The fitting option is picked; the other falls for a reason, at its words."""
    b = dissect(make(LIBRARY), STEM, "Rent a server.", "Use a Bucket.")
    assert b.answer == ("B",)
    out, pick = b.options
    assert (out.verdict, pick.verdict) == ("eliminate", "pick")
    [trap] = out.traps
    assert (trap.trap, trap.pattern) == ("overkill", "server-is-work")
    assert [(e.text, e.start, e.end) for e in trap.evidence] == [("server", 7, 13)]
    assert pick.fits[0].pattern == "managed-wins"
    assert b.because == "Nobody runs it."


def test_what_decides_is_what_flips(make: MakeDissector) -> None:
    """Without the deciding words another option would be picked."""
    b = dissect(make(LIBRARY), STEM, "Rent a server.", "Use a Bucket.")
    assert b.decides is not None
    assert (b.decides.text, b.decides.without_it) == ("one engineer", ("A",))


def test_what_all_options_share_weighs_nothing(make: MakeDissector) -> None:
    """A play that fires for all options decides nothing, though it is told."""
    b = dissect(make(LIBRARY), STEM, "Use a Bucket.", "Use a Bucket today.")
    assert [o.score for o in b.options] == [0, 0]
    assert b.confidence == 0.5
    assert all(o.verdict != "eliminate" for o in b.options)


def test_capability_trap_that_nobody_listed(make: MakeDissector) -> None:
    """An option that gives a tool a job it never does is a wrong tool."""
    b = dissect(make(LIBRARY), "Which is right?", "Use a policy to encrypt the rows.", "Wait.")
    [trap] = b.options[0].traps
    assert (trap.trap, trap.pattern) == ("wrong-tool", "policy")
    assert trap.evidence[0].text == "policy"
    assert b.answer == ("B",)


def test_limit(make: MakeDissector) -> None:
    """A number of the stem that breaks a hard bound makes an option impossible."""
    library = make(LIBRARY)
    b = dissect(library, "They have 6 TB files. Which?", "Use a Bucket.", "Wait.")
    assert b.options[0].traps[0].trap == "impossible"
    assert "6 TB" in b.options[0].traps[0].because
    b = dissect(library, "They have 4 TB files. Which?", "Use a Bucket.", "Wait.")
    assert b.options[0].traps == ()


def test_negated_ask_turns_the_pick(make: MakeDissector) -> None:
    """EXCEPT asks for the option that does not fit, and nothing is struck out."""
    stem = "There is one engineer. All of these fit EXCEPT?"
    b = dissect(make(LIBRARY), stem, "Rent a server.", "Use a Bucket.")
    assert b.ask.negated
    assert b.answer == ("A",)
    assert {o.verdict for o in b.options} == {"pick", "possible"}
    assert b.options[0].traps[0].because == b.because


def test_choose_two(make: MakeDissector) -> None:
    """As many options are picked as are asked for, in the order of their labels."""
    b = dissect(make(LIBRARY), STEM, "A Bucket.", "A server.", "The Bucket.", choose=2)
    assert b.answer == ("A", "C")


def test_nothing_known(make: MakeDissector) -> None:
    """Without knowledge every option is possible, and confidence is chance."""
    b = dissect(make(LIBRARY), "Why?", "This.", "That.", "Those.", "These.")
    assert b.confidence == 0.25
    assert [o.verdict for o in b.options] == ["pick", "possible", "possible", "possible"]
    assert (b.domain, b.decides, b.constraints) == (None, None, ())


def test_suggestion_without_options(make: MakeDissector) -> None:
    """A stem alone gets the architecture of the plays whose situation holds."""
    b = dissect(make(LIBRARY), STEM)
    assert b.answer == ()
    assert [(s.concepts, s.pattern) for s in b.suggests] == [(("bucket",), "managed-wins")]


def test_domain_by_topics(make: MakeDissector) -> None:
    """The domain is the one whose topics the findings speak for."""
    b = dissect(make(LIBRARY), STEM, "Use a Bucket.", "Rent a server.")
    assert b.domain is not None
    assert b.domain.id == "data-engineering"
