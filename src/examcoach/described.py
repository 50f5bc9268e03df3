"""What a text is compared by: the keys of its words, and the facts that hold of it.

Both are *tokens*, so that cases and questions can meet in a word or in what words mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from examcoach.bits import bits_of
from examcoach.library.cases import FACT
from examcoach.library.engine import Engine
from examcoach.sense import Sense, Sensed, tokenizer_name
from examcoach.situation import Reasoner


def describing() -> str:
    """What the tokens of a text depend on besides the library: the code that finds them."""
    here = Path(__file__).parent
    names = ("bits", "described", "lexicon", "situation", "spelling")
    return "".join([tokenizer_name(), *((here / f"{n}.py").read_text("utf-8") for n in names)])


class Describer:
    """Gives the tokens of stems and options, by the facts of an engine."""

    def __init__(self, engine: Engine, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._facts = [f"{FACT}{name}" for name in engine.facts]

    def __call__(self, sensed: Sensed, facts: int) -> list[str]:
        """The tokens of a text of which `facts` hold."""
        names = self._facts
        return [*sensed.keys, *[names[fact] for fact in bits_of(facts)]]

    def describe(
        self, sense: Sense, groups: Iterable[Sequence[str]], stems: bool
    ) -> Iterator[list[list[str]]]:
        """The tokens of the texts of each group, read as stems or else as options."""
        for texts in groups:
            yield [self._read(sensed, stems) for sensed in sense(texts)]

    def _read(self, sensed: Sensed, stems: bool) -> list[str]:
        if stems:
            return self(sensed, self._reasoner.read(sensed).facts)
        return self(sensed, self._reasoner.offered(self._reasoner.counted(sensed)))
