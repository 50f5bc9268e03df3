"""`examcoach patterns ...` and `examcoach explain`: the library, seen and tested."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from examcoach import places
from examcoach.cli.quick import QuickCommand, QuickGroup
from examcoach.cli.streams import EXIT_USAGE, complain, folders, load
from examcoach.errors import Problem, did_you_mean
from examcoach.render.inert import inert
from examcoach.terms import DEFAULT_EXAM

if TYPE_CHECKING:
    from examcoach.audit import Audit, Finding
    from examcoach.library.catalog import Catalog, Record

app = typer.Typer(
    cls=QuickGroup,
    help="See, test and extend the pattern library.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PatternsOption = Annotated[
    list[Path] | None,
    typer.Option("--patterns", metavar="DIR", help="A folder of patterns to lay over the others."),
]


def _catalog(patterns: list[Path] | None) -> Catalog:
    from examcoach.library.compiled import load_catalog

    return load_catalog(folders(patterns), places.cache_folder())


def _record(catalog: Catalog, name: str) -> Record:
    if name in catalog.records:
        return catalog.records[name]
    complain([Problem(name, None, "no such pattern", did_you_mean(name, catalog.records))])
    raise typer.Exit(EXIT_USAGE)


@app.command("list", cls=QuickCommand)
def list_patterns(
    kind: Annotated[str | None, typer.Option(help="Only this kind: concept, cue, play ...")] = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    as_json: Annotated[bool | None, typer.Option("--json", help="JSON lines.")] = None,
    patterns: PatternsOption = None,
) -> None:
    """List the patterns: kind, id and what each says."""
    from examcoach.library.catalog import KINDS
    from examcoach.library.compiled import load_index

    if kind is not None and kind not in KINDS:
        hint = did_you_mean(kind, KINDS) or f"there are: {', '.join(KINDS)}"
        complain([Problem("--kind", None, f'no kind "{kind}"', hint)])
        raise typer.Exit(EXIT_USAGE)
    if as_json:
        for record in _catalog(patterns).records.values():
            of_topic = record.data.get("topic")
            if kind in (None, record.kind) and topic in (None, of_topic):
                fields: dict[str, str | int | None] = {
                    "kind": record.kind,
                    "id": record.id,
                    "about": record.about,
                    "topic": of_topic,
                    "path": record.path,
                    "line": record.line,
                }
                sys.stdout.write(inert(json.dumps(fields, ensure_ascii=False)) + "\n")
        return
    index = load_index(folders(patterns), places.cache_folder())
    shown = index.shown
    if kind or topic:
        rows = zip(*(column.split("\n") for column in index), strict=True)
        wanted = (s for k, t, s in rows if kind in (None, k) and topic in (None, t))
        shown = "".join(f"{line}\n" for line in wanted)
    sys.stdout.write(inert(shown))


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID")], patterns: PatternsOption = None
) -> None:
    """Show a pattern as its file has it."""
    import yaml

    record = _record(_catalog(patterns), name)
    text = yaml.safe_dump([record.data], sort_keys=False, allow_unicode=True, width=96)
    sys.stdout.write(f"# {record.path}:{record.line}\n{text}")


@app.command("new")
def new(
    kind: Annotated[str, typer.Argument(help="concept, need, cue, play, trap, formula ...")],
    name: Annotated[str, typer.Argument(metavar="ID")],
) -> None:
    """Print a skeleton to fill in.

    \b
    examcoach patterns new cue small-budget >> my-patterns/cues.yaml
    """
    import re

    from examcoach.library.schema import ID
    from examcoach.library.skeletons import SKELETONS, skeleton

    if not re.fullmatch(ID, name):
        hint = "write small letters, digits, - and .: small-budget"
        complain([Problem("patterns new", None, f'"{name}" is no id', hint)])
        raise typer.Exit(EXIT_USAGE)
    if kind not in SKELETONS:
        hint = did_you_mean(kind, SKELETONS) or f"there are: {', '.join(SKELETONS)}"
        complain([Problem("patterns new", None, f'no skeleton for "{kind}"', hint)])
        raise typer.Exit(EXIT_USAGE)
    sys.stdout.write(skeleton(kind, name))


@app.command("schema")
def schema(
    kind: Annotated[str | None, typer.Argument(help="One kind; all without.")] = None,
) -> None:
    """Print the JSON Schema of pattern files, for editors."""
    from examcoach.library.schema import KINDS, json_schema

    if kind is not None and kind not in KINDS:
        complain([Problem("patterns schema", None, f'no kind "{kind}"', did_you_mean(kind, KINDS))])
        raise typer.Exit(EXIT_USAGE)
    sys.stdout.write(json.dumps(json_schema(kind), indent=2) + "\n")


@app.command("check")
def check(
    path: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; all patterns if none is named.")
    ] = None,
    patterns: PatternsOption = None,
) -> None:
    """Check files and run every pattern's own examples.

    Exit status: 0 all well, 2 something is wrong.
    """
    from examcoach.dissect import Dissector
    from examcoach.library.cases import compile_cases
    from examcoach.library.catalog import check_files, digest, read_folders
    from examcoach.library.compiled import load_catalog
    from examcoach.library.engine import compile_checked
    from examcoach.selftest import check_cases, check_record
    from examcoach.sense import Sense, make_tokenizer, phrase_tokenizer

    named = [p.resolve() for p in path or []]
    layers = folders(patterns)
    known = [layer.resolve() for layer in layers]
    layers += [p for p in named if not any(p.is_relative_to(layer) for layer in known)]
    below = None
    if named and not any(p.is_relative_to(known[0]) for p in named):
        # the first folder is not what is asked about: from the cache
        below = load_catalog(layers[:1], places.cache_folder())
    files = read_folders(layers[1:] if below else layers)

    @cache
    def wanted(place: str) -> bool:
        return not named or any(Path(place).resolve().is_relative_to(p) for p in named)

    catalog, problems = check_files(files, digest(files), below)
    tokenizer = make_tokenizer()
    engine, more = compile_checked(catalog, phrase_tokenizer(tokenizer))
    problems = [p for p in (*problems, *more) if wanted(p.path)]
    records = [record for record in catalog.records.values() if wanted(record.path)]
    cases = [record for record in records if record.kind == "case"]
    if named or problems:
        dissector = Dissector(Sense(engine, tokenizer), lambda how: compile_cases(cases, how))
    else:  # what the other commands work with: compiled by all processors, if it is not already
        dissector = load(patterns)
    for record in records:
        problems += check_record(record, dissector)
    problems += check_cases(cases, dissector.judge.precedents)
    checked = len(records)
    complain(problems)
    if problems:
        sys.stderr.write(f"{len(problems)} problems in {checked} patterns\n")
        raise typer.Exit(EXIT_USAGE)
    for old in catalog.replaced:
        new = catalog.records[old.id]
        if wanted(new.path):
            place = f"{new.path}:{new.line}"
            sys.stderr.write(f"{place}: replaces the {old.kind} of {old.path}:{old.line}\n")
    sys.stdout.write(f"{checked} patterns, all well\n")
    raise typer.Exit


@app.command("audit")
def audit(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES", help="Questions to hear it on, with or without keys."),
    ] = None,
    exam: Annotated[str, typer.Option(help="The exam whose tasks are counted.")] = DEFAULT_EXAM,
    cases: Annotated[
        bool, typer.Option(help="Hear it on the library's own cases as well, a minute or two.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    patterns: PatternsOption = None,
) -> None:
    """Tell which patterns never fire, fire once, mislead, or say the same.

    \b
    examcoach patterns audit scenarios/practice/*/*.yaml

    Exit status: 0 audited, 1 some input could not be read, 2 wrong usage or patterns.
    """
    from examcoach.audit import audit as run_audit
    from examcoach.cli.inputs import Inputs
    from examcoach.library.engine import exam_pack

    catalog = _catalog(patterns)
    dissector = load(patterns)
    inputs = Inputs(files) if files else None
    pack = exam_pack(dissector.engine, exam)
    result = run_audit(catalog, dissector, inputs or (), pack, cases=cases)
    if as_json:
        record = {
            "texts": result.texts,
            "explained": result.explained,
            "findings": [asdict(finding) for finding in result.findings],
            "coverage": [
                {"task": c.task, "name": c.name, **{kind: c.counts[kind] for kind in _COUNTED}}
                for c in result.coverage
            ],
        }
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        _print_audit(result)
    raise typer.Exit(inputs.status if inputs else 0)


_COUNTED = ("concept", "need", "cue", "play", "trap", "case", "examples")


def _print_audit(result: Audit) -> None:
    lines = []
    kinds: dict[str, list[Finding]] = {}
    for finding in result.findings:
        kinds.setdefault(finding.what, []).append(finding)
    for what, findings in kinds.items():
        lines.append(f"{what}: {len(findings)}")
        lines += [f"  {finding.pattern}  {finding.detail}" for finding in findings]
    explained = f", {result.explained} more are explained" if result.explained else ""
    lines += [f"{len(result.findings)} findings on {result.texts} texts{explained}", ""]
    lines.append("task  " + "".join(f"{kind:>10}" for kind in _COUNTED))
    for coverage in result.coverage:
        counts = "".join(f"{coverage.counts[kind]:>10}" for kind in _COUNTED)
        lines.append(f"{coverage.task:<6}{counts}  {coverage.name}")
    sys.stdout.write("".join(inert(line) + "\n" for line in lines))


def explain(
    name: Annotated[str, typer.Argument(metavar="ID", help="A pattern named in a breakdown.")],
    patterns: PatternsOption = None,
) -> None:
    """Explain a pattern: what it says, why, where it fires and does not, its source."""
    catalog = _catalog(patterns)
    record = _record(catalog, name)
    sys.stdout.write(inert("\n".join(_explanation(record, catalog))) + "\n")


def _explanation(record: Record, catalog: Catalog) -> list[str]:
    from examcoach.library.engine import texts_of

    data = record.data
    lines = [f"{record.id} ({record.kind}{', ' + data['topic'] if 'topic' in data else ''})"]
    lines += ["", record.about]
    if status := data.get("status"):
        what = f"{status['state']} {status['since']}, followed by {status['successor']}"
        lines.append(f"Status: {what}. {status.get('note', '')}".rstrip())
    for key, title in _TITLES.items():
        if value := data.get(key):
            lines.append(f"{title}: {_spoken(value)}")
    for key, title in (("fires", "Fires"), ("silent", "Silent")):
        if examples := data.get(key):
            lines += ["", f"{title}:"]
            for example in examples:
                stem, *options = texts_of(example)
                lines.append(f"  stem:   {stem}" if options else f"  {stem}")
                lines += [f"  option: {option}" for option in options]
    for key, title in (("stories", "Told as"), ("answers", "Answered by")):
        if texts := data.get(key):
            lines += ["", f"{title}:", *(f"  {text}" for text in texts)]
    if insteads := data.get("insteads"):
        lines += ["", "Not by:"]
        for one in insteads:
            lines += [f"  {one['option']}", f"    {one['type']}: {one['because']}"]
    used = [r.id for r in catalog.records.values() if record.id in set(r.references())]
    if used:
        lines += ["", f"Used by: {', '.join(used)}"]
    lines += ["", f"Source: {data.get('source', 'general knowledge of the field')}"]
    return [*lines, f"File: {record.path}:{record.line}"]


_TITLES = {
    "names": "Names",
    "phrases": "Phrases",
    "unless": "Unless",
    "type": "Trap",
    "says": "Says",
    "hides": "Hides",
    "decides": "Decides",
    "requires": "Requires",
    "implies": "Implies",
    "is": "Is",
    "does": "Does",
    "never": "Never",
    "limits": "Limits",
    "when": "When",
    "option": "Option",
    "asks": "Asked for",
    "operands": "Worked out from",
    "result": "Result",
    "prefer": "Wins",
    "compare": "Compares",
    "suggests": "Suggests",
    "weight": "Weight",
}


def _spoken(value: Any) -> str:
    """A pattern's value as a person would say it."""
    if isinstance(value, dict):
        return "; ".join(f"{key} {_spoken(v)}" for key, v in value.items())
    if isinstance(value, list):
        return ", ".join(_spoken(v) if not isinstance(v, list) else " or ".join(v) for v in value)
    return str(value)
