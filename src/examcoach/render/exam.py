"""A mock exam's screens as blocks, and its report as blocks, Markdown and JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from examcoach.drill import exam
from examcoach.drill.ability import Range
from examcoach.drill.exam import Paper, Part, Report, Sitting
from examcoach.drill.session import Session, Stage, grade
from examcoach.render.blocks import GAP, Block, Span, head, para
from examcoach.render.drill import reveal

BAR = 20
"""Characters of a full bar."""


def start(paper: Paper, name: str, note: str) -> list[Block]:
    """What is about to begin."""
    minutes = f"{paper.seconds / 60:.0f} minutes" if paper.seconds else "no time limit"
    unscored = len(paper.scored) - sum(paper.scored)
    counts = f"{len(paper.exercises)} questions, {unscored} of them unscored and unmarked"
    return [
        GAP,
        para(name, "strong"),
        para(f"{counts}; {minutes}; seed {paper.seed}."),
        para(note, "dim"),
    ]


def question(paper: Paper, sitting: Sitting) -> list[Block]:
    """The question that is open."""
    exercise = paper.exercises[sitting.at]
    flag = ", flagged" if sitting.at in sitting.flags else ""
    blocks = [GAP, para(f"Question {sitting.at + 1} of {len(paper.exercises)}{flag}", "title"), GAP]
    blocks += [para(part) if part.strip() else GAP for part in exercise.stem.split("\n")]
    chosen = sitting.picks.get(sitting.at, ())
    blocks.append(GAP)
    for option in exercise.options:
        mark = Span("(chosen) " if option.label in chosen else "", "strong")
        text = " ".join(option.text.split())
        blocks.append(Block((Span(f"{option.label}  ", "strong"), mark, Span(text)), 0, 3))
    return blocks


def review(paper: Paper, sitting: Sitting) -> list[Block]:
    """The review screen: every question with its state."""
    open_ = set(exam.unanswered(paper, sitting))
    blocks = [*head("Review")]
    cells = []
    for number in range(len(paper.exercises)):
        chosen = "".join(sitting.picks.get(number, ())) or "-"
        state = f"{number + 1}:{chosen}"
        state += " (incomplete)" if number in open_ and chosen != "-" else ""
        state += " (flag)" if number in sitting.flags else ""
        cells.append(state)
    blocks.append(para(",  ".join(cells), indent=2))
    counts = f"{len(cells) - len(open_)} answered, {len(open_)} not, {len(sitting.flags)} flagged"
    return [*blocks, GAP, para(counts, "strong", 2)]


def prompt(paper: Paper, sitting: Sitting, now: float) -> Block:
    """What to press now; it names its keys."""
    seconds = exam.left(paper, sitting, now)
    clock = f"{clock_text(seconds)} left. " if seconds is not None else ""
    commands = "Enter or n next, p previous, j go to, m flag, r review, z pause, ? all keys"
    if sitting.view == exam.PAUSED:
        text = f"Paused; {clock}Enter goes on, q quits and keeps the sitting."
    elif sitting.view == exam.CONFIRM:
        open_ = len(exam.unanswered(paper, sitting))
        warning = f"{open_} questions are not answered. " if open_ else ""
        text = f"{warning}Submit the exam? y yes, any other key no."
    elif sitting.view == exam.REVIEW:
        text = f"{clock}j go to, Enter back to the question, s submit, z pause, ? all keys."
    else:
        exercise = paper.exercises[sitting.at]
        labels = [option.label for option in exercise.options]
        chosen = " ".join(sitting.picks.get(sitting.at, ())) or "none"
        sure = sitting.sure.get(sitting.at, "")
        span = f"{labels[0].lower()}-{labels[-1].lower()}"
        said = f", {sure}" if sure else ""
        said += ", flagged" if sitting.at in sitting.flags else ""
        text = f"{clock}Choose {exercise.choose}: {span} (now {chosen}{said}); {commands}."
    if sitting.note:
        text = f"{sitting.note} {text}"
    return para(text, "key")


def help_page() -> list[Block]:
    """All keys of a sitting."""
    rows = [
        ("a b c ...", "choose, or take back"),
        ("1 2 3", "how sure: sure, think so, a guess (only for your report)"),
        ("Enter, n, right", "next question"),
        ("p, left, Backspace", "previous question"),
        ("j", "go to a question by its number"),
        ("m", "flag for review, or no longer"),
        ("r", "the review screen"),
        ("z", "pause: the clock stands still"),
        ("s", "submit"),
        ("q, Ctrl-C, Ctrl-D", "break off; examcoach exam goes on from here"),
    ]
    return [*head("Keys"), *(Block((Span(f"{k}:", "key"), Span(f" {v}")), 2, 4) for k, v in rows)]


def clock_text(seconds: float) -> str:
    """Seconds as hours and minutes, or minutes and seconds below ten minutes."""
    whole = int(seconds)
    if whole >= 600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s"


def bar(share: float, width: int = BAR) -> str:
    """A share as a bar of # and dots."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "#" * full + "." * (width - full)


def range_text(share: Range) -> str:
    """A share with its interval, in percent."""
    return f"{share.low:.0%} to {share.high:.0%}"


def report_blocks(report: Report) -> list[Block]:
    """The report for a terminal."""
    whole = report.whole
    share = whole.right / whole.total if whole.total else 0.0
    blocks = [*head("Result"), para(report.name, "strong", 2)]
    scored = f"{whole.right} of {whole.total} scored questions right: {share:.0%}"
    blocks.append(para(f"{scored} (95% interval {range_text(whole.share)})", "strong", 2))
    if report.unscored:
        text = f"{report.unscored_right} of {report.unscored} unscored questions right"
        blocks.append(para(text, indent=2))
    if report.unanswered:
        blocks.append(para(f"{report.unanswered} left unanswered", "warn", 2))
    blocks += head("By domain")
    for part in report.domains:
        blocks += _part(part)
    blocks += head("Readiness")
    ready = f"On an exam like this you would get {range_text(report.readiness)} right."
    blocks.append(para(ready, "strong", 2))
    blocks.append(para(NO_SCORE, "dim", 2))
    blocks += head("Pace")
    blocks += [para(line, indent=2) for line in _pace(report)]
    if report.calibration:
        blocks += head("How sure, how right")
        for word, right, total in report.calibration:
            blocks.append(para(f"{word}: {right} of {total} right ({right / total:.0%})", indent=2))
    if report.traps:
        blocks += head("Traps you fell for")
        blocks += [para(f"{kind}: {count}", indent=2) for kind, count in report.traps]
    if report.drills:
        blocks += head("Next")
        blocks += [para(command, "strong", 2) for command in report.drills]
        blocks.append(para("examcoach exam --review walks through the questions.", indent=2))
    return [*blocks, GAP, para(report.note, "dim")]


NO_SCORE = (
    "This is a share of questions, not a scaled score: no fixed rule leads from one to the other."
)


def _part(part: Part) -> list[Block]:
    if not part.total:
        return [para(f"{part.name}: no question", indent=2)]
    share = part.right / part.total
    text = f"{part.name}: {part.right} of {part.total}, {share:.0%} ({range_text(part.share)})"
    return [para(text, indent=2, hang=2), para(f"[{bar(share)}]", "dim", 4)]


def _pace(report: Report) -> list[str]:
    lines = [f"{clock_text(report.seconds)} used"]
    if report.allowed:
        rest = max(0.0, report.allowed - report.seconds)
        lines[0] += f" of {clock_text(report.allowed)}; {clock_text(rest)} left"
        each = report.allowed / max(1, report.questions)
        lines.append(f"median {report.median_seconds:.0f} s a question; {each:.0f} s are allowed")
    if report.slowest:
        slow = ", ".join(f"{n} ({clock_text(seconds)})" for n, seconds in report.slowest)
        lines.append(f"longest: question {slow}")
    changed = ", ".join(f"{what} {count}" for what, count in report.changed.items())
    lines.append(f"answers changed: {changed}")
    return lines


def report_record(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {"schema": "examcoach/exam-report@1", **asdict(report)}


def report_markdown(report: Report) -> str:
    """The report as Markdown."""
    whole = report.whole
    lines = [
        f"# {report.name}: mock exam",
        "",
        f"**{whole.right} of {whole.total} scored questions right** "
        f"(95% interval {range_text(whole.share)}); seed `{report.seed}`.",
        "",
        f"On an exam like this you would get {range_text(report.readiness)} right. {NO_SCORE}",
        "",
        "| Domain | Right | Share | 95% interval |",
        "|---|---|---|---|",
    ]
    for part in report.domains:
        share = f"{part.right / part.total:.0%}" if part.total else "-"
        counts = f"{part.right} of {part.total}"
        lines.append(f"| {part.name} | {counts} | {share} | {range_text(part.share)} |")
    lines += ["", "## Pace", "", *(f"- {line}" for line in _pace(report))]
    if report.calibration:
        lines += ["", "## How sure, how right", ""]
        lines += [f"- {word}: {right} of {total}" for word, right, total in report.calibration]
    if report.traps:
        lines += ["", "## Traps", "", *(f"- {kind}: {count}" for kind, count in report.traps)]
    if report.drills:
        lines += ["", "## Next", "", *(f"- `{command}`" for command in report.drills)]
    return "\n".join([*lines, "", f"*{report.note}*"]) + "\n"


def walk(paper: Paper, sitting: Sitting, number: int) -> list[Block]:
    """One question of a finished exam with its answer and reasons."""
    exercise = paper.exercises[number]
    session = Session(
        exercise,
        Stage.REVEAL,
        0.0,
        chosen=sitting.picks.get(number, ()),
        sure=sitting.sure.get(number, ""),
    )
    outcome = grade(session)
    session = Session(
        exercise,
        Stage.REVEAL,
        0.0,
        chosen=session.chosen,
        sure=session.sure,
        outcome=outcome,
    )
    counted = "" if paper.scored[number] else ", unscored"
    title = f"Question {number + 1} of {len(paper.exercises)}{counted}"
    return [GAP, para(title, "title"), *reveal(session)]
