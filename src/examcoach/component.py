"""The spaCy component: ``nlp.add_pipe("examcoach")`` fills ``doc.spans["constraints"]``.

A span's label is the category, in upper case where the constraint is hidden, so that displaCy's
span style shows both kinds; its ``kb_id_`` is the pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

if TYPE_CHECKING:
    from examcoach.coach import Coach

SPANS = "constraints"


class ConstraintFinder:
    """Writes the constraints of a Doc's text to its span groups; all else stays as it was."""

    def __init__(self, coach: Coach, spans_key: str) -> None:
        self._coach = coach
        self._spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        """Fill the span group of `doc` and return it."""
        from examcoach.model import Question

        spans = []
        for constraint in self._coach.dissect(Question(doc.text)).constraints:
            label = constraint.category.upper() if constraint.hidden else constraint.category
            found = doc.char_span(constraint.start, constraint.end, alignment_mode="expand")
            if found is not None:
                spans.append(Span(doc, found.start, found.end, label, kb_id=constraint.pattern))
        doc.spans[self._spans_key] = SpanGroup(doc, name=self._spans_key, spans=spans)
        return doc


@Language.factory("examcoach", default_config={"patterns": [], "spans_key": SPANS})
def create_component(
    nlp: Language,  # noqa: ARG001  # spaCy passes it by name
    name: str,  # noqa: ARG001
    patterns: list[str],
    spans_key: str,
) -> ConstraintFinder:
    """Make the component; `patterns` are folders to lay over the shipped library."""
    from examcoach.coach import Coach  # spaCy imports this module whenever it is used at all

    return ConstraintFinder(Coach(patterns), spans_key)
