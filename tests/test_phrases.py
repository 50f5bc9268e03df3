"""The phrase language: each form reads as docs/patterns.md says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examcoach.library.phrases import ClassOf, Element, Phrase, PhraseError, Words, parse_phrase


def words(*texts: str) -> tuple[Words, ...]:
    return tuple(map(Words, texts))


def test_words_are_one_atom() -> None:
    """A plain phrase is one element."""
    assert parse_phrase("small team") == [Phrase((Element(words("small team")),))]


def test_exact_spelling() -> None:
    """A leading = keeps case and spelling."""
    assert parse_phrase("=Lex") == [Phrase((Element((Words("Lex", exact=True),)),))]


def test_alternatives_share_an_element() -> None:
    """Alternatives do not multiply across a gap."""
    [phrase] = parse_phrase("(convert|change) .. (Parquet|ORC)")
    assert phrase.elements == (
        Element(words("convert", "change")),
        Element(words("Parquet", "ORC"), gap_before=True),
    )


def test_empty_alternative_is_optional() -> None:
    """An empty alternative leaves the word out."""
    assert parse_phrase("(Amazon|) S3") == [Phrase((Element(words("Amazon S3", "S3")),))]


def test_glued_alternatives() -> None:
    """Alternatives may be a part of a word."""
    [phrase] = parse_phrase("(over|under)sampling")
    assert phrase.elements == (Element(words("oversampling", "undersampling")),)


def test_nested_alternatives() -> None:
    """Groups nest."""
    [phrase] = parse_phrase("a (b|(c|d) e)")
    assert phrase.elements == (Element(words("a b", "a c e", "a d e")),)


def test_gap_within_a_group() -> None:
    """An alternative that holds a gap becomes a phrase of its own."""
    plain, gapped = parse_phrase("x (a|b .. c)")
    assert plain.elements == (Element(words("x a")),)
    assert gapped.elements == (Element(words("x b")), Element(words("c"), gap_before=True))


def test_class_with_bound() -> None:
    """A class may carry a bound."""
    [phrase] = parse_phrase("up to <volume >= 1 TB>")
    assert phrase.elements[1].atoms == (ClassOf("volume", ">=", "1 TB"),)


def test_many_spellings_stay_places() -> None:
    """A phrase with many spellings is kept as places that follow one another, without gaps."""
    [phrase] = parse_phrase("(a|b|c|d|e|f|g) (h|i|j|k|l|m|n) (o|p|q)")
    assert [len(element.atoms) for element in phrase.elements] == [7, 7, 3]
    assert not any(element.gap_before for element in phrase.elements)


@pytest.mark.parametrize("text", ["(a|b", "a)", "a|b", "(|)"])
def test_malformed(text: str) -> None:
    """What cannot be read is refused."""
    with pytest.raises(PhraseError):
        parse_phrase(text)


@given(st.text(alphabet="ab (|).<>=", max_size=30))
def test_never_crashes(text: str) -> None:
    """Any text is a phrase or a PhraseError, and a phrase has at least one atom everywhere."""
    try:
        phrases = parse_phrase(text)
    except PhraseError:
        return
    assert all(element.atoms for phrase in phrases for element in phrase.elements)
