"""The pipeline: a question in, a breakdown out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from examcoach.affinity import Affinity
from examcoach.described import Describer
from examcoach.judge.judge import Judge
from examcoach.judge.weighing import Weigher
from examcoach.library.cases import CaseTable, Describe
from examcoach.library.engine import Engine, exam_pack
from examcoach.model import Breakdown, Question
from examcoach.precedent import Precedents
from examcoach.sense import Sense
from examcoach.situation import Reasoner


class Dissector:
    """Dissects questions by one engine. Holds no state that changes what it finds."""

    def __init__(
        self,
        sense: Sense,
        cases: Callable[[Describe], CaseTable],
        affinity: Affinity | None = None,
    ) -> None:
        """`cases` gives the table of all cases, with what describes a text if it must be made."""
        self.engine: Engine = sense.engine
        self.sense = sense
        self.reason = Reasoner(self.engine)
        self.describer = Describer(self.engine, self.reason)
        table = cases(lambda groups, stems: self.describer.describe(sense, groups, stems))
        precedents = Precedents(table, self.engine.weights)
        weigh = Weigher(self.engine, self.reason, self.describer, precedents, affinity)
        self.judge = Judge(self.engine, weigh)

    def __call__(self, question: Question) -> Breakdown:
        """Take one question apart."""
        stem, *options = self.sense([question.stem, *(o.text for o in question.options)])
        told = self.reason.read(stem)
        recalled = self.judge.recall(told)
        situation = self.reason.situation(told, question.choose, recalled.hints)
        pack = exam_pack(self.engine, question.exam)
        judgement = self.judge(situation, recalled, question.options, options, pack)
        return Breakdown(
            id=question.id,
            source=question.source,
            exam=question.exam,
            stem=question.stem,
            ask=situation.ask,
            domain=judgement.domain,
            constraints=tuple(situation.constraints),
            decides=judgement.decides,
            suggests=judgement.suggests,
            options=tuple(judgement.options),
            answer=judgement.answer,
            confidence=judgement.confidence,
            because=judgement.because,
        )

    def pipe(self, questions: Iterable[Question]) -> Iterator[Breakdown]:
        """Dissect a stream in its order; memory does not grow with its length."""
        for question in questions:
            if self.sense.words_met > _MOST_WORDS:
                self.sense = self.sense.fresh()
            yield self(question)


_MOST_WORDS = 50_000
"""Words that a tokenizer may remember: spaCy keeps each that it meets for good."""
