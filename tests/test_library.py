"""Pattern files: what is refused, where the message points, layering and the cache."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from conftest import CORE
from hypothesis import given
from hypothesis import strategies as st

from examcoach import places
from examcoach.errors import LibraryError, Problem
from examcoach.library import compiled
from examcoach.library.catalog import Catalog, check_files, read_folders
from examcoach.library.compiled import contents, load_catalog, load_engine
from examcoach.library.schema import json_schema
from examcoach.library.skeletons import SKELETONS, skeleton
from examcoach.library.yaml_source import read_yaml
from examcoach.sense import make_tokenizer, phrase_tokenizer

CUE = """\
- cue: small-team
  phrases: [one data scientist]
  hides: operations
  requires: managed services
  fires: ["There is [[one data scientist]]."]
  silent: ["There are data scientists."]
"""


def problems(tmp_path: Path, text: str) -> list[Problem]:
    """What is wrong with a library that has this one file."""
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(LibraryError) as error:
        load_catalog([tmp_path], None)
    return list(error.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "hint"),
    [
        ("phrases:", "phrase:", 2, 'unknown key "phrase"', 'did you mean "phrases"?'),
        ("hides: operations", "hides: operation", 3, "hides: Input should be 'scale'", ""),
        ('  silent: ["There are data scientists."]\n', "", 1, 'the cue lacks "silent"', ""),
        ('silent: ["There are data scientists."]', "silent: []", 6, "silent: List should", ""),
        ("  requires: managed services\n", "", 1, "'hides' and 'requires' go together", ""),
        ("cue: small-team", "que: small-team", 1, "this is no known kind", 'mean "cue"?'),
        ("cue: small-team", "cue: Small Team", 1, "cue: String should match", ""),
        ("phrases: [one", "implies: [nobody]\n  phrases: [one", 1, 'unknown id "nobody"', ""),
        ("phrases: [one", "phrases: &a [one", None, None, None),
        ("  requires:", "  cue: again\n  requires:", 4, 'the key "cue" stands twice', ""),
        ("managed services", "!!python/object:os.system x", 4, "is not allowed", ""),
        ("managed services", "*nothing", 4, "anchors and aliases", "write it out"),
        ("[one data", "[one: [data", 3, "not valid YAML", "quotes"),
    ],
)
def test_errors_are_located(
    tmp_path: Path, old: str, new: str, line: int | None, what: str | None, hint: str | None
) -> None:
    """Each mistake is reported with its line, what is wrong, and the nearest right word."""
    assert old in CUE
    if what is None:  # an anchor that nothing refers to is harmless
        (tmp_path / "x.yaml").write_text(CUE.replace(old, new))
        assert "small-team" in load_catalog([tmp_path], None).records
        return
    [problem] = problems(tmp_path, CUE.replace(old, new))
    assert problem.path.endswith("x.yaml")
    assert problem.line == line
    assert what in problem.what
    assert (hint or "") in problem.hint


def test_all_problems_at_once(tmp_path: Path) -> None:
    """One run reports every mistake."""
    two = CUE.replace("phrases", "phrase") + CUE.replace("small-team", "other").replace(
        "fires", "f"
    )
    assert {p.line for p in problems(tmp_path, two)} >= {2, 11}


def test_duplicate_ids_name_both_places(tmp_path: Path) -> None:
    """An id stands once in a folder."""
    [problem] = problems(tmp_path, CUE + CUE)
    assert problem.line == 7
    assert "x.yaml:1" in problem.what


def test_alias_bomb_is_refused(tmp_path: Path) -> None:
    """Aliases are refused before anything is multiplied."""
    bomb = "- &a [x, x]\n" + "".join(f"- &b{i} [*a, *a]\n" for i in range(50))
    found = problems(tmp_path, bomb)
    assert any("anchors and aliases" in p.what for p in found)


def test_deep_nesting_is_refused() -> None:
    """A file nested without end is a problem, not a crash."""
    assert read_yaml("[" * 100_000, "x").problems


def test_words_stay_words() -> None:
    """Unlike in YAML 1.1, a bare no or on is a word."""
    document = read_yaml("[no, on, yes, true, 1.5, null, 2026-01-01]", "x")
    assert document.value == ["no", "on", "yes", True, 1.5, None, "2026-01-01"]


def test_later_folders_override(tmp_path: Path) -> None:
    """A user's folder replaces a pattern by its id and leaves the others."""
    base, own = tmp_path / "base", tmp_path / "own"
    for folder, text in ((base, CUE), (own, CUE.replace("managed services", "somebody"))):
        folder.mkdir()
        (folder / "x.yaml").write_text(text)
    assert load_catalog([base, own], None).records["small-team"].about == "somebody"
    assert load_catalog([own, base], None).records["small-team"].about == "managed services"


def test_what_is_replaced_is_told(tmp_path: Path) -> None:
    """An id of the library taken by accident would silently take its pattern away."""
    base, own = tmp_path / "base", tmp_path / "own"
    for folder in (base, own):
        folder.mkdir()
        (folder / "x.yaml").write_text(CUE)
    catalog, found = check_files(read_folders([base, own]), "")
    assert found == []
    assert [record.path for record in catalog.replaced] == [str(base / "x.yaml")]
    assert catalog.records["small-team"].path == str(own / "x.yaml")


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there is said to be so."""
    with pytest.raises(LibraryError, match="no such folder"):
        load_catalog([tmp_path / "none"], None)


def test_phrase_errors_are_located(tmp_path: Path) -> None:
    """A phrase that cannot be read names its pattern and line."""
    (tmp_path / "core.yaml").write_text(CORE)
    (tmp_path / "x.yaml").write_text(CUE.replace("[one data scientist]", "['(one']"))
    tokenizer = make_tokenizer()
    with pytest.raises(LibraryError, match=r"x\.yaml:1: cue small-team: the phrase \"\(one\""):
        load_engine([tmp_path], None, lambda: phrase_tokenizer(tokenizer))


def test_cache_is_used_and_never_stale(tmp_path: Path) -> None:
    """An unchanged library is not compiled again; any change of a byte is."""
    folder, cache = tmp_path / "p", tmp_path / "c"
    folder.mkdir()
    (folder / "core.yaml").write_text(CORE)
    (folder / "x.yaml").write_text(CUE)
    compiled = []

    def tokenize() -> object:
        compiled.append(1)
        return phrase_tokenizer(make_tokenizer())

    first = load_engine([folder], cache, tokenize)  # type: ignore[arg-type]
    second = load_engine([folder], cache, tokenize)  # type: ignore[arg-type]
    assert len(compiled) == 1
    assert second == first
    (folder / "x.yaml").write_text(CUE.replace("one data", "two data"))
    third = load_engine([folder], cache, tokenize)  # type: ignore[arg-type]
    assert len(compiled) == 2
    assert third.words != first.words
    for entry in cache.glob("engine-*.json"):
        entry.write_text('{"broken":')
    assert load_engine([folder], cache, tokenize) == third  # type: ignore[arg-type]


def test_skeletons_load(tmp_path: Path) -> None:
    """What `patterns new` prints is a valid pattern as it stands."""
    text = "".join(skeleton(kind, f"my-{kind}") for kind in SKELETONS)
    text = text.replace("is: [managed]", "is: [my-trait]")
    text = text.replace("{part: number, whole: samples}", "{part: my-quantity, whole: my-cue}")
    text = text.replace("{number: 1, percent: 100}", "{my-quantity: 1}")
    (tmp_path / "x.yaml").write_text(text)
    assert len(load_catalog([tmp_path], None).records) == len(SKELETONS)


def test_json_schema_accepts_the_library(catalog: Catalog) -> None:
    """The schema for editors and the loader agree on every shipped pattern."""
    validators = {}
    for record in list(catalog.records.values())[::7]:
        if record.kind not in validators:
            schema = json_schema(record.kind)
            validators[record.kind] = jsonschema.Draft202012Validator(schema)
        assert list(validators[record.kind].iter_errors(record.data)) == []


def test_a_topic_that_no_exam_has_is_refused(tmp_path: Path) -> None:
    """It would be counted for no task of any blueprint; without an exam any topic is as good."""
    (tmp_path / "core.yaml").write_text(CORE)
    [problem] = problems(tmp_path, CUE + "  topic: framings\n")
    assert problem.what == 'cue small-team: no exam has the topic "framings"'
    assert problem.hint == 'did you mean "framing"?'
    (tmp_path / "core.yaml").unlink()
    assert load_catalog([tmp_path], None).records["small-team"].data["topic"] == "framings"


def test_json_schema_refuses_unknown_keys() -> None:
    """An editor underlines what the loader would refuse."""
    schema = json_schema("cue")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"cue": "x", "phrase": ["y"]}, schema)
    assert json.dumps(json_schema())


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Arbitrary text never crashes the reader of pattern files."""
    document = read_yaml(text, "x")
    assert all(problem.path == "x" for problem in document.problems)


def test_shipped_patterns_are_there() -> None:
    """The checkout's own folder is found."""
    assert (places.shipped("patterns") / "weights.yaml").is_file()


def _aged(cache: Path) -> None:
    """Let what is kept seem a minute younger than the files, as it is on most days."""
    for entry in cache.glob("seen-*"):
        later = entry.stat().st_mtime + 60
        os.utime(entry, (later, later))


def test_files_that_look_as_they_did_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty megabytes are not read to list the patterns."""
    folder, cache = tmp_path / "patterns", tmp_path / "cache"
    folder.mkdir()
    (folder / "one.yaml").write_text("- trait: managed\n  about: AWS runs it\n", "utf-8")
    first = contents([folder], cache)
    _aged(cache)
    monkeypatch.setattr(compiled, "read_files", lambda found: pytest.fail(f"{found} were read"))
    assert contents([folder], cache) == first


def test_a_change_that_keeps_size_and_date_is_seen(tmp_path: Path) -> None:
    """The time of the last change of the inode gives it away."""
    folder, cache = tmp_path / "patterns", tmp_path / "cache"
    folder.mkdir()
    path = folder / "one.yaml"
    path.write_text("- trait: managed\n  about: AWS runs it\n", "utf-8")
    was, before = path.stat(), contents([folder], cache)
    _aged(cache)
    path.write_text("- trait: managed\n  about: AWS owns it\n", "utf-8")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert path.stat().st_size == was.st_size
    assert contents([folder], cache) != before


def test_what_was_remembered_within_the_tick_of_a_change_is_not_believed(tmp_path: Path) -> None:
    """Two changes within a tick look alike."""
    folder, cache = tmp_path / "patterns", tmp_path / "cache"
    folder.mkdir()
    (folder / "one.yaml").write_text("- trait: managed\n  about: AWS runs it\n", "utf-8")
    right = contents([folder], cache)
    [entry] = cache.glob("seen-*")
    entry.write_text('"forged"', "utf-8")
    assert contents([folder], cache) == right
