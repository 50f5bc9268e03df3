"""Written designs held against their rubrics, by the shipped library."""

from __future__ import annotations

from pathlib import Path

import pytest
from drilling import BRIEF

from examcoach import places
from examcoach.bank.compiled import bank
from examcoach.bank.model import Brief
from examcoach.drill.analysis import Analyst
from examcoach.drill.marking import cover, without_copied

FOUND, _ = bank([places.shipped("scenarios")], None)
BRIEFS = list(FOUND.briefs.values())


@pytest.fixture(scope="module")
def analyst(cache: Path) -> Analyst:
    return Analyst([places.shipped("patterns")], cache)


def words(concept: str) -> str:
    return concept.replace("-", " ")


@pytest.mark.parametrize("brief", BRIEFS, ids=lambda brief: brief.id)
def test_a_model_answer_is_right_and_the_brief_itself_covers_nothing(
    analyst: Analyst, brief: Brief
) -> None:
    model = analyst.covered(brief, brief.model_answer)
    assert model.right, (model.architecture, model.mistakes, model.needs, model.constraints)
    assert model.needless == ()
    assert analyst.covered(brief, brief.brief).score == 0


@pytest.mark.parametrize("brief", BRIEFS, ids=lambda brief: brief.id)
def test_a_list_of_everything_is_wrong(analyst: Analyst, brief: Brief) -> None:
    """Though it has every concept of every accepted architecture."""
    ways = [way for one in BRIEFS for way in one.architectures]
    names = sorted({words(concept) for way in ways for concept in way.concepts})
    covered = analyst.covered(brief, f"Use {', '.join(names)}.")
    assert covered.listed
    assert not covered.right


def test_what_is_ruled_out_is_not_named(analyst: Analyst) -> None:
    brief = FOUND.briefs["ticket-peak"]
    concepts = [words(c) for c in brief.architectures[0].concepts]
    covered = analyst.covered(brief, "Do not use " + ", do not use ".join(concepts) + ".")
    assert covered.architecture is None


def test_copied_words_are_left_out() -> None:
    brief = "A loxe zorbler counts forty glimps, cheaply and by noon."
    design = "The loxe zorbler counts forty glimps, cheaply, in a queue by noon."
    assert without_copied(design, brief) == "The\n\nin a queue by noon."
    assert without_copied("Count forty glimps by noon.", brief) == "Count forty glimps by noon."


@pytest.mark.parametrize(
    ("needs", "named", "met", "needless", "right"),
    [
        ({"need"}, {"glue", "athena"}, {0}, (), True),
        ((), {"glue", "athena"}, {0}, (), False),  # a need is not met
        ({"need"}, {"glue", "athena"}, (), (), False),  # a constraint is not spoken of
        ({"need"}, {"glue"}, {0}, (), False),  # half an architecture
        ({"need"}, {"glue", "athena", "emr"}, {0}, (), False),  # a mistake
        ({"need"}, {"glue", "athena"}, {0}, tuple("abcdef"), False),  # a list
    ],
)
def test_what_a_design_needs_to_be_right(
    needs: set[str], named: set[str], met: set[int], needless: tuple[str, ...], right: bool
) -> None:
    assert cover(BRIEF, needs, named, met, needless).right is right
