"""Speed and memory, as ratios taken within one run.

    python bench/run.py            # everything, a few minutes
    python bench/run.py cold help  # only these

Machines are noisy: each pair is run in turn several times, and the ratio is that of the medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RUNS = 7
QUESTION = ROOT / "scenarios" / "examples" / "parcel-stops.txt"
EXAMCOACH = [sys.executable, "-c", "from examcoach.cli import main; main()"]
SPACY = [sys.executable, "-c", "import spacy; spacy.blank('en')"]
TYPER = [sys.executable, "-c", "import typer, rich.console"]


def wall(command: list[str]) -> float:
    """Seconds that a whole process takes."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def ratio(command: list[str], baseline: list[str]) -> float:
    """Median time of a command over that of a baseline, run in turn."""
    wall(command), wall(baseline)
    pairs = [(wall(command), wall(baseline)) for _ in range(RUNS)]
    times, base = zip(*pairs, strict=True)
    return float(statistics.median(times) / statistics.median(base))


def report(what: str, value: float, most: float) -> None:
    """One line: what, the ratio, what it may be at most."""
    verdict = "ok" if value <= most else "TOO MUCH"
    sys.stdout.write(f"{what:<64} {value:6.2f}   at most {most:4.1f}   {verdict}\n")
    sys.stdout.flush()


def cold() -> None:
    """One question in a cold process."""
    command = [*EXAMCOACH, "dissect", str(QUESTION)]
    report("one question, against a blank spaCy pipeline", ratio(command, SPACY), 1.4)


def light() -> None:
    """Commands that must not import spaCy."""
    for words in (["--help"], ["--version"], ["patterns", "list"]):
        name = f"{' '.join(words)}, against importing typer and rich.console"
        report(name, ratio([*EXAMCOACH, *words], TYPER), 2.0)


def drill() -> None:
    """The first question of a drill, on a terminal, against the same imports there."""
    import pexpect

    def until(words: list[str], sign: str) -> float:
        start = time.perf_counter()
        child = pexpect.spawn(words[0], words[1:], encoding="utf-8", dimensions=(50, 80))
        child.expect(sign)
        seconds = time.perf_counter() - start
        child.close(force=True)
        return seconds

    with tempfile.TemporaryDirectory() as folder:
        source = ROOT / "scenarios" / "examples" / "grain-silo.json"
        practice = [] if (ROOT / "scenarios" / "practice").is_dir() else ["--from", str(source)]
        log = str(Path(folder) / "progress.db")
        first = [*EXAMCOACH, "drill", *practice, "--progress", log]
        base = [*TYPER[:-1], f"{TYPER[-1]}; print('ready')"]
        until(first, "Your answer|Choose"), until(base, "ready")
        pairs = [(until(first, "Your answer|Choose"), until(base, "ready")) for _ in range(RUNS)]
    times, bases = zip(*pairs, strict=True)
    ratio_ = statistics.median(times) / statistics.median(bases)
    report("drill: first question, against importing typer and rich.console", ratio_, 3.0)


def measure(*words: str) -> list[float]:
    """The numbers that bench/inside.py prints for `words`, in a process of its own."""
    result = subprocess.run(
        [sys.executable, str(HERE / "inside.py"), *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    return [float(word) for word in result.stdout.split()]


def many() -> None:
    """Many questions on one core."""
    pairs = [measure("speed") for _ in range(RUNS)]
    value = statistics.median(full / tokens for full, tokens in pairs)
    report("breakdown of many new questions, against spaCy's make_doc", value, 5.0)


def grown() -> None:
    """A library ten times as large."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = measure("growth", folder)
    report("the same with a library 10 times as large", large / small, 1.5)


def memory() -> None:
    """Peak memory of a stream."""
    [few], [lots] = measure("memory", "1000"), measure("memory", "50000")
    report("peak memory for 50,000 questions streamed, against 1,000", lots / few, 1.3)


BENCHES: dict[str, Callable[[], None]] = {
    "cold": cold,
    "light": light,
    "drill": drill,
    "many": many,
    "grown": grown,
    "memory": memory,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
