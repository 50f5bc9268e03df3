"""The audit names what an author should look at, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CORE
from shell import QUESTION, Shell

from examcoach.audit import Audit, audit
from examcoach.coach import load_dissector
from examcoach.library.compiled import load_catalog
from examcoach.library.engine import exam_pack
from examcoach.model import Gold, Option, Question, Scenario

PATTERNS = """
- need: keep-cold
  about: keep things cold
  topic: storage
  phrases: [keep cold]
  fires: ["They [[keep cold]] milk."]
  silent: [x]
- need: keep-cool
  about: keep things cool
  phrases: [keep cold]
  fires: ["They [[keep cold]] fish."]
  silent: [x]
- concept: fridge
  about: A fridge cools.
  kind: tool
  topic: storage
  names: [fridge]
  does: [keep-cold]
  never: [keep-cold]
  fires: ["A [[fridge]]."]
  silent: [x]
- concept: oven
  about: An oven heats.
  kind: tool
  names: [oven that stands beside the old kitchen door]
  never: [keep-cold]
  fires: ["An [[oven that stands beside the old kitchen door]]."]
  silent: [x]
- play: fridge-for-cold
  because: It cools.
  when: {all: [keep-cold]}
  option: {any: [fridge]}
  fires: [{stem: They keep cold milk., option: "A [[fridge]]"}]
  silent: [{stem: x, option: y}]
- trap: fridge-against-cold
  type: wrong-tool
  weight: strong
  because: It hums.
  when: {all: [keep-cold]}
  option: {any: [fridge]}
  fires: [{stem: They keep cold milk., option: "A [[fridge]]"}]
  silent: [{stem: x, option: y}]
"""


@pytest.fixture
def result(tmp_path: Path) -> Audit:
    """The audit of a library full of faults, with one question whose right option it strikes."""
    (tmp_path / "core.yaml").write_text(CORE)
    (tmp_path / "own.yaml").write_text(PATTERNS)
    dissector = load_dissector([tmp_path], None)
    options = (Option("A", "Buy a fridge."), Option("B", "Dig a cellar."))
    questions = [Question(f"They must keep cold {what}.", options, id=what) for what in "ab"]
    scenarios = [Scenario(question, Gold(("A",)), {}) for question in questions]
    pack = exam_pack(dissector.engine, "mls-c01")
    return audit(load_catalog([tmp_path], None), dissector, scenarios, pack)


def seen(result: Audit, what: str) -> dict[str, str]:
    return {f.pattern: f.detail for f in result.findings if f.what == what}


def test_what_never_fires(result: Audit) -> None:
    """Only its own examples have the oven, and the rules' own examples have no needs but theirs."""
    assert seen(result, "never fires") == {"oven": "on no text but its own examples"}


def test_long_phrases(result: Audit) -> None:
    """A name of eight words is a quotation."""
    [detail] = seen(result, "long phrase").values()
    assert detail == "8 words: oven that stands beside the old kitchen door"


def test_duplicates_and_contradictions(result: Audit) -> None:
    """The same phrases, a need both met and never met, a play and a trap about the same thing."""
    assert seen(result, "duplicate") == {"keep-cool": "the same as keep-cold"}
    assert seen(result, "contradiction") == {
        "fridge": "does and never does keep-cold",
        "fridge-against-cold": "the play fridge-for-cold recommends it",
    }


def test_right_options_struck(tmp_path: Path) -> None:
    """What makes the judge strike the right option is named, with how often it is right."""
    (tmp_path / "core.yaml").write_text(CORE)
    (tmp_path / "own.yaml").write_text(PATTERNS.replace("does: [keep-cold]", "does: []"))
    dissector = load_dissector([tmp_path], None)
    options = (Option("A", "Buy a fridge."), Option("B", "Dig a cellar."))
    scenario = Scenario(Question("They must keep cold.", options, id="q"), Gold(("A",)), {})
    pack = exam_pack(dissector.engine, "mls-c01")
    found = audit(load_catalog([tmp_path], None), dissector, [scenario], pack)
    assert seen(found, "strikes right options") == {
        "fridge": "of 1 questions",
        "fridge-against-cold": "of 1 questions",
    }


CASES = """
- case: milk-{number}
  topic: storage
  stories: ["They must [[keep cold]] what the cow gives.", "Milk turns sour on farm {number}."]
  decides: quality
  answers: [Buy a fridge of size {number}, A fridge]
  because: It cools.
  insteads:
    - {{option: Dig a cellar, type: incomplete, because: It is not cold enough.}}
    - {{option: Drink it at once, type: not-scalable, because: There is too much.}}
"""


@pytest.mark.parametrize(("count", "explained", "told"), [(3, 0, 0), (4, 0, 1), (4, 1, 0)])
def test_rules_that_mislead(tmp_path: Path, count: int, explained: int, told: int) -> None:
    """A trap that speaks of four right options and of no wrong one is named, unless explained."""
    why = "\n  audit: {against right options: It hums all the same.}" if explained else ""
    rules = PATTERNS.replace("does: [keep-cold]", "does: []").replace(
        "because: It hums.", f"because: It hums.{why}"
    )
    cases = "".join(CASES.format(number=number) for number in range(count))
    (tmp_path / "core.yaml").write_text(CORE)
    (tmp_path / "own.yaml").write_text(rules + cases)
    dissector = load_dissector([tmp_path], None)
    pack = exam_pack(dissector.engine, "mls-c01")
    catalog = load_catalog([tmp_path], None)
    found = audit(catalog, dissector, [], pack)
    detail = {"fridge-against-cold": "of 4 answers and 0 alternatives in cases"} if told else {}
    assert seen(found, "against right options") == detail
    assert found.explained == explained
    assert seen(audit(catalog, dissector, [], pack, cases=False), "against right options") == {}


def test_coverage(result: Audit) -> None:
    """Patterns and examples are counted by the task that their topic belongs to."""
    counts = {coverage.task: dict(coverage.counts) for coverage in result.coverage}
    assert counts == {"1.1": {"need": 1, "concept": 1, "examples": 4}, "3.1": {}}


def test_the_command(shell: Shell) -> None:
    """It prints what was found by kind, then the coverage of the tasks."""
    done = shell("patterns", "audit", "--no-cases", shell.write("q.txt", QUESTION))
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert "task     concept      need       cue      play      trap      case  examples" in lines
    assert lines[-1].startswith("4.4 ")
    assert lines[-1].endswith("  Deploy and operationalize ML solutions")
    status = shell("patterns", "audit", "--no-cases", "none.txt").status
    assert status == 1
