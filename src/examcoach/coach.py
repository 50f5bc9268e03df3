"""The front door for Python: ``Coach().dissect(text)``."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from examcoach import places
from examcoach.affinity import read_affinity
from examcoach.described import describing
from examcoach.dissect import Dissector
from examcoach.errors import InputError
from examcoach.library.cases import CaseTable, Describe, load_cases
from examcoach.library.catalog import Record
from examcoach.library.compiled import library_version, load_catalog, load_engine
from examcoach.library.engine import Engine
from examcoach.model import Breakdown, Question
from examcoach.reading import read_questions
from examcoach.sense import Sense, make_tokenizer, phrase_tokenizer, tokenizer_name


def load_dissector(
    folders: Sequence[Path],
    cache: Path | None,
    *,
    learned: bool = True,
    on_compile: Callable[[], None] = lambda: None,
    workers: int = 1,
) -> Dissector:
    """A dissector over the patterns in `folders`, the later over the earlier.

    `cache` is the folder for compiled libraries; None compiles anew. Without `learned` it does
    without the vectors that were learned from cases. `on_compile` is called before cases are
    compiled, which takes a while; so many `workers`, processes of their own, share in it if there
    is a cache. Raises `LibraryError` if the patterns are broken.
    """
    with _no_collection():
        tokenizer = make_tokenizer()
        tokenize = phrase_tokenizer(tokenizer)
        engine = load_engine(folders, cache, lambda: tokenize, tokenizer_name())
        first, crew = folders[:1], workers if cache is not None else 1

        def first_cases() -> Iterable[Record]:
            on_compile()
            return load_catalog(first, cache).of_kind("case")

        def own_cases() -> Iterable[Record]:
            known = load_catalog(first, cache).records
            records = load_catalog(folders, cache).of_kind("case")
            return [record for record in records if record != known.get(record.id)]

        def cases(describe: Describe) -> CaseTable:
            # The cases of the first folder are described by what that folder knows, so that
            # whoever lays a folder over it does not wait for all of them again.
            alone = len(folders) <= 1
            by_first = describe if alone and crew == 1 else _describing(first, cache, crew)
            version = f"{library_version(first, cache)} {describing()}"
            table = load_cases(first_cases, cache, version, by_first)
            if alone:
                return table
            version = f"{engine.digest} {describing()} own"
            return table.under(load_cases(own_cases, cache, version, describe))

        return Dissector(
            Sense(engine, tokenizer), cases, read_affinity(folders) if learned else None
        )


def _describing(folders: Sequence[Path], cache: Path | None, workers: int) -> Describe:
    """Describes by what `folders` know."""

    def describe(groups: Sequence[Sequence[str]], stems: bool) -> Iterable[list[list[str]]]:
        from examcoach.crew import describe_with  # who finds all in the cache needs no processes

        return describe_with(workers, partial(_compiled_engine, folders, cache))(groups, stems)

    return describe


def _compiled_engine(folders: Sequence[Path], cache: Path | None) -> Engine:
    tokenize = phrase_tokenizer(make_tokenizer())
    return load_engine(folders, cache, lambda: tokenize, tokenizer_name())


@contextmanager
def _no_collection() -> Iterator[None]:
    """Loading makes many objects and no garbage: collecting meanwhile would triple its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Coach:
    """Dissects questions.

    >>> Coach().dissect("Logs lie in S3 as CSV. What is the cheapest way to query them?").answer
    ()
    """

    def __init__(self, patterns: Sequence[str | Path] = (), *, cache: Path | None = None) -> None:
        """Load the shipped patterns, the user's own, and those in the folders `patterns`.

        `cache` is where compiled libraries are kept, by default the user's cache folder. Raises
        `LibraryError` if a pattern is broken.
        """
        folders = places.pattern_folders([Path(p) for p in patterns], os.environ)
        self._dissector = load_dissector(folders, cache or places.cache_folder())

    def dissect(self, question: str | Question) -> Breakdown:
        """Take one question apart, given as a `Question` or as pasted text.

        Raises `InputError` if the text holds no question, or more than one; use `pipe` for many.
        """
        return self._dissector(_question(question))

    def pipe(self, questions: Iterable[str | Question]) -> Iterator[Breakdown]:
        """Dissect a stream of questions lazily, in its order, in constant memory.

        Raises `InputError` at the first text that does not hold exactly one question.
        """
        return self._dissector.pipe(map(_question, questions))


def _question(given: str | Question) -> Question:
    if isinstance(given, Question):
        return given
    scenarios, problems = read_questions(given)
    if problems:
        raise InputError(problems)
    if len(scenarios) != 1:
        raise InputError.of("text", f"{len(scenarios)} questions where one was expected")
    return scenarios[0].question
