"""Describing many texts by several processes at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing import get_context

from examcoach.described import Describer
from examcoach.library.cases import Describe
from examcoach.library.engine import Engine
from examcoach.sense import Sense, make_tokenizer
from examcoach.situation import Reasoner


def describe_with(workers: int, load: Callable[[], Engine]) -> Describe:
    """Describes many groups by so many processes, each of which loads the engine for itself.

    A single one is this process.
    """

    def describe(groups: Sequence[Sequence[str]], stems: bool) -> Iterator[list[list[str]]]:
        if workers == 1:
            yield from _describe_part(load, stems, groups)
            return
        size = max(-(-len(groups) // workers), 1)
        parts = [groups[start : start + size] for start in range(0, len(groups), size)]
        # a new process, not a fork: the same on every system, whatever threads there are
        with get_context("spawn").Pool(workers, _leave_interrupts_to_the_parent) as pool:
            for found in pool.imap(partial(_describe_part, load, stems), parts):
                yield from found

    return describe


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _describe_part(
    load: Callable[[], Engine], stems: bool, groups: Sequence[Sequence[str]]
) -> list[list[list[str]]]:
    engine = load()
    describer = Describer(engine, Reasoner(engine))
    return list(describer.describe(Sense(engine, make_tokenizer()), groups, stems))
