"""Progress and plan as blocks, Markdown and JSON. Bars are text, and every bar has its number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from examcoach.drill.plan import Day
from examcoach.drill.progress import Missed, Summary, Tally
from examcoach.render.blocks import GAP, Block, Span, head, para
from examcoach.render.exam import NO_SCORE, bar, range_text

_MOST_ROWS = 6
_MOST_DUE = 8


def summary_blocks(known: Summary) -> list[Block]:
    """Progress for a terminal."""
    blocks = [GAP, para(f"Progress towards {known.exam}", "strong")]
    if not known.answered:
        return [*blocks, para("Nothing answered yet. Begin with: examcoach drill", indent=2)]
    share = known.right / known.answered
    blocks.append(
        para(
            f"{counted(known.answered, 'answer')} on {counted(known.days, 'day')}, "
            f"{share:.0%} right; "
            f"{known.mastered} of {known.skills} skills mastered",
            indent=2,
        )
    )
    blocks += head("Readiness")
    ready = f"On an exam now you would get {range_text(known.readiness)} right."
    blocks += [para(ready, "strong", 2), para(NO_SCORE, "dim", 2)]
    blocks += [*head("By domain"), *(b for t in known.domains for b in _bar_of(t))]
    blocks += head("By task")
    for task in known.tasks:
        tally = task.tally
        due = f", due {task.due:%d %b}" if task.due and task.state != "due" else ""
        right = f"{tally.right} of {tally.answered} right" if tally.answered else "not tried"
        text = f"{tally.id} {tally.name}: {right}, {task.state}{due}"
        blocks.append(para(text, indent=2, hang=4))
    blocks += _missed("Traps fallen for", known.traps, "fell for")
    blocks += _missed("Constraints missed", known.categories, "missed")
    if known.calibration:
        blocks += [
            *head("How sure, how right"),
            *(b for t in known.calibration for b in _bar_of(t)),
        ]
        blocks.append(para(calibration_note(known.calibration), indent=2))
    if known.causes:
        causes = ", ".join(f"{cause} {count}" for cause, count in known.causes)
        blocks += [*head("Why wrong"), para(causes, indent=2)]
    blocks += [*head("Activity"), *_activity(known.activity)]
    blocks += head("Due")
    today = counted(known.due_today, "skill")
    text = f"{today} today, {known.due_tomorrow} tomorrow, {known.due_week} in a week"
    blocks.append(para(text, "strong", 2))
    if known.due_skills:
        more = len(known.due_skills) - _MOST_DUE
        names = ", ".join(known.due_skills[:_MOST_DUE]) + (f" and {more} more" if more > 0 else "")
        blocks.append(para(names, "dim", 2))
    if known.exam_day is not None:
        blocks.append(para(f"The exam is on {known.exam_day:%A, %d %B %Y}.", indent=2))
    return blocks


def counted(number: int, what: str) -> str:
    """A number with its noun."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def calibration_note(calibration: Sequence[Tally]) -> str:
    """Whether being sure means being right."""
    sure = next((t for t in calibration if t.id == "sure"), None)
    if sure is None or sure.answered < 10:
        return "Too few answers yet to say whether you can trust how sure you are."
    if sure.share.high < 0.85:
        return "You are wrong more often than you think when you are sure: read the options again."
    guess = next((t for t in calibration if t.id == "guess"), None)
    if guess is not None and guess.answered >= 10 and guess.share.low > 0.5:
        return "Your guesses are better than you think."
    return "When you are sure, you can trust it."


def _bar_of(tally: Tally) -> list[Block]:
    if not tally.answered:
        return [para(f"{tally.name}: not tried", indent=2)]
    share = tally.right / tally.answered
    text = f"{tally.name}: {share:.0%} of {tally.answered} ({range_text(tally.share)})"
    return [para(text, indent=2, hang=2), para(f"[{bar(share)}]", "dim", 4)]


def _missed(title: str, rows: Sequence[Missed], word: str) -> list[Block]:
    rows = [row for row in rows if row.missed][:_MOST_ROWS]
    if not rows:
        return []
    lines = [
        para(f"{row.name}: {word} {row.missed} of {row.met} ({row.missed / row.met:.0%})", indent=2)
        for row in rows
    ]
    return [*head(title), *lines]


def _activity(activity: Sequence[tuple[dt.date, int]]) -> list[Block]:
    """Four weeks, a line each: answers by day from its first day."""
    blocks = []
    for at in range(0, len(activity), 7):
        week = activity[at : at + 7]
        counts = " ".join(f"{count:>3}" if count else "  ." for _, count in week)
        total = sum(count for _, count in week)
        spans = (Span(f"{week[0][0]:%d %b}:"), Span(f" {counts.strip()}"), Span(f" = {total}"))
        blocks.append(Block(spans, 2, 2))
    return blocks


def summary_record(known: Summary) -> dict[str, Any]:
    """Progress as plain data."""
    return {"schema": "examcoach/progress@1", **_plain(asdict(known))}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def summary_markdown(known: Summary) -> str:
    """Progress as Markdown."""
    lines = [f"# Progress towards {known.exam}", ""]
    told = f"{counted(known.answered, 'answer')} on {counted(known.days, 'day')}"
    lines += [f"{told}, {known.right} right.", ""]
    lines += [f"On an exam now: {range_text(known.readiness)} right. {NO_SCORE}", ""]
    lines += ["| Domain | Answered | Right | 95% interval |", "|---|---|---|---|"]
    for tally in known.domains:
        interval = range_text(tally.share)
        lines.append(f"| {tally.name} | {tally.answered} | {tally.right} | {interval} |")
    lines += ["", "| Task | Answered | Right | State | Due |", "|---|---|---|---|---|"]
    for task in known.tasks:
        tally = task.tally
        row = [f"{tally.id} {tally.name}", tally.answered, tally.right, task.state, task.due or ""]
        lines.append("| " + " | ".join(map(str, row)) + " |")
    for title, rows in (("Traps", known.traps), ("Constraints", known.categories)):
        lines += ["", f"| {title} | Met | Missed |", "|---|---|---|"]
        lines += [f"| {row.name} | {row.met} | {row.missed} |" for row in rows]
    lines += ["", "| Sure | Answered | Right |", "|---|---|---|"]
    lines += [f"| {t.name} | {t.answered} | {t.right} |" for t in known.calibration]
    lines += ["", f"Due: {known.due_today} today, {known.due_week} within a week."]
    return "\n".join(lines) + "\n"


def plan_blocks(days: Sequence[Day], exam: str, exam_day: dt.date) -> list[Block]:
    """A plan for a terminal: a day, what to do, for how long, the command."""
    title = f"{counted(len(days), 'day')} until {exam} on {exam_day:%A, %d %B %Y}"
    blocks = [GAP, para(title, "strong")]
    for day in days:
        blocks.append(GAP)
        total = sum(doing.minutes for doing in day.doings)
        blocks.append(para(f"{day.date:%a %d %b}, {total} min", "strong"))
        for doing in day.doings:
            blocks.append(para(f"{doing.what} ({doing.minutes} min)", indent=2, hang=2))
            blocks.append(para(doing.command, "dim", 4))
    return blocks


def plan_record(days: Sequence[Day], exam: str, exam_day: dt.date) -> dict[str, Any]:
    """A plan as plain data."""
    return {
        "schema": "examcoach/plan@1",
        "exam": exam,
        "date": exam_day.isoformat(),
        "days": [_plain(day) for day in days],
    }


def plan_markdown(days: Sequence[Day], exam: str, exam_day: dt.date) -> str:
    """A plan as Markdown, to tick off."""
    lines = [f"# Until {exam} on {exam_day.isoformat()}", ""]
    for day in days:
        lines.append(f"- [ ] **{day.date:%a %d %b}**")
        lines += [f"  - {d.what}, {d.minutes} min: `{d.command}`" for d in day.doings]
    return "\n".join(lines) + "\n"
