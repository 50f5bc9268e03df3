"""What bench/run.py measures within a process of its own; prints plain numbers."""

from __future__ import annotations

import gc
import io
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import yaml

from examcoach import places
from examcoach.coach import load_dissector
from examcoach.formats.files import read_stream
from examcoach.library.compiled import load_catalog
from examcoach.model import Option, Question, Scenario
from examcoach.render.record import to_json

RUNS = 5


def questions(count: int) -> Iterator[Question]:
    """Questions put together from the library's own examples, the same ones every time."""
    choice = random.Random(1)
    records = load_catalog([places.shipped("patterns")], places.cache_folder()).records.values()
    rules = [r.data[key][0] for r in records if r.kind in ("play", "trap") for key in _EXAMPLES]
    texts = [
        _unmarked(example)
        for r in records
        if r.kind in ("need", "cue", "concept")
        for key in _EXAMPLES
        for example in r.data[key]
    ]
    for number in range(count):
        picked = [choice.choice(rules) for _ in range(4)]
        stem = " ".join([picked[0]["stem"], *choice.sample(texts, 6), "Which way is best?"])
        options = tuple(
            Option("ABCD"[i], f"{choice.choice(texts)} {_unmarked(rule['option'])}")
            for i, rule in enumerate(picked)
        )
        yield Question(stem, options, id=str(number))


_EXAMPLES = ("fires", "silent")


def _unmarked(text: str) -> str:
    return text.replace("[[", "").replace("]]", "")


def interleaved(*works: Callable[[], object]) -> list[float]:
    """Median seconds of each work, run in turn."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(RUNS):
        for work, spent in zip(works, times, strict=True):
            start = time.process_time()
            work()
            spent.append(time.process_time() - start)
    return [statistics.median(spent) for spent in times]


def speed() -> list[float]:
    """Seconds for breakdowns of questions never met, and for make_doc on the same text.

    The text is that of the scenario bank, each question once: a tokenizer remembers the words that
    it has met, so text that is repeated costs it nearly nothing.
    """
    import spacy

    nlp = spacy.blank("en")
    dissector = load_dissector([places.shipped("patterns")], places.cache_folder())
    asked = list(_bank())
    random.Random(1).shuffle(asked)
    texts = ["\n\n".join([q.stem, *(o.text for o in q.options)]) for q in asked]
    gc.freeze()  # as the command does
    full = tokens = 0.0
    for question, text in zip(asked, texts, strict=True):
        start = time.process_time()
        dissector(question)
        between = time.process_time()
        nlp.make_doc(text)
        full += between - start
        tokens += time.process_time() - between
    return [full, tokens]


def _bank() -> Iterator[Question]:
    folder = places.shipped("scenarios") / "practice"
    for path in sorted(folder.rglob("*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        options = tuple(Option(label, text) for label, text in data["options"].items())
        yield Question(data["stem"], options, len(data["answer"]), data["id"])


def growth(folder: str) -> list[float]:
    """Seconds with the shipped library, and with one ten times as large."""
    shipped = places.shipped("patterns")
    asked = list(questions(300))
    small = load_dissector([shipped], places.cache_folder())
    large = load_dissector([shipped, _generated(Path(folder))], None)
    return interleaved(lambda: list(small.pipe(asked)), lambda: list(large.pipe(asked)))


def _generated(folder: Path) -> Path:
    """Nine more libraries of the shipped one's shape, about things with other names."""
    records = load_catalog([places.shipped("patterns")], places.cache_folder()).records
    ids = {r.id for r in records.values() if r.kind in ("need", "cue", "concept", "play", "trap")}
    for copy in range(9):
        entries = [_renamed(r.data, ids, f"z{copy}") for r in records.values() if r.id in ids]
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(entries, Dumper=dumper, width=10_000)
        for number, part in enumerate(_halves(text)):
            (folder / f"copy{copy}-{number}.yaml").write_text(part, "utf-8")
    return folder


def _halves(text: str) -> list[str]:
    """The list in files that the loader takes."""
    lines = text.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if line.startswith("- ")] + [len(lines)]
    parts = 4
    cuts = [starts[(len(starts) - 1) * part // parts] for part in range(parts + 1)]
    return ["".join(lines[a:b]) for a, b in pairwise(cuts)]


def _renamed(value: object, ids: set[str], suffix: str, key: str = "") -> object:
    """The pattern with its ids renamed and one word of every phrase made another."""
    if isinstance(value, dict):
        return {k: _renamed(v, ids, suffix, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v, ids, suffix, key) for v in value]
    if isinstance(value, str) and key in ("names", "phrases", "unless", "words", "near", "until"):
        return f"{value}{suffix}" if value[-1].isalpha() else f"{value} {suffix}"
    return f"{value}-{suffix}" if isinstance(value, str) and value in ids else value


def memory(count: int) -> list[float]:
    """Peak memory, in MB, of streaming `count` questions as JSON lines."""
    dissector = load_dissector([places.shipped("patterns")], places.cache_folder())
    stream = io.BufferedReader(_Lines(count))
    scenarios = (s.question for s in read_stream(stream, "-") if isinstance(s, Scenario))
    for breakdown in dissector.pipe(scenarios):
        to_json(breakdown)
    return [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]


class _Lines(io.RawIOBase):
    """An endless-looking file of JSON lines, made as it is read; every question has new words."""

    def __init__(self, count: int) -> None:
        some = list(questions(200))
        self._rest = b""
        self._lines = (self._line(some[i % len(some)], i) for i in range(count))

    @staticmethod
    def _line(question: Question, number: int) -> bytes:
        options = [o.text for o in question.options]
        stem = f"Team w{number * 7919} asks. {question.stem}"
        return json.dumps({"id": str(number), "stem": stem, "options": options}).encode() + b"\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while len(self._rest) < len(view):
            line = next(self._lines, b"")
            if not line:
                break
            self._rest += line
        taken, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(taken)] = taken
        return len(taken)


if __name__ == "__main__":
    WORKS: dict[str, Callable[..., list[float]]] = {
        "speed": speed,
        "growth": growth,
        "memory": lambda count: memory(int(count)),
    }
    print(*WORKS[sys.argv[1]](*sys.argv[2:]))  # noqa: T201  # its only output
