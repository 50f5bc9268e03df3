"""What is found in text, at which characters."""

from __future__ import annotations

import pytest
from conftest import MakeDissector
from hypothesis import given
from hypothesis import strategies as st

from examcoach.dissect import Dissector
from examcoach.selftest import read_marks
from examcoach.sense import make_tokenizer

NEED = """
- need: {id}
  about: a need
  phrases: {phrases}
  unless: {unless}
  fires: [x]
  silent: [y]
"""


def need(name: str, phrases: str, unless: str = "[]") -> str:
    return NEED.format(id=name, phrases=phrases, unless=unless)


def found(dissector: Dissector, text: str, name: str) -> list[str]:
    """The words that a pattern finds in `text`, negated ones left out."""
    [sensed] = dissector.sense([text])
    finders = dissector.engine.finders
    return [
        text[m.start : m.end]
        for m in sensed.mentions
        if finders[m.finder].id == name and not m.negated
    ]


def test_inflections_and_case(make: MakeDissector) -> None:
    """Phrases match other inflections and cases of their words."""
    d = make(need("n", "[predict sales]"))
    assert found(d, "It PREDICTED sale, predicting Sales.", "n") == [
        "PREDICTED sale",
        "predicting Sales",
    ]


def test_exact_phrases(make: MakeDissector) -> None:
    """A phrase with = matches its own spelling only."""
    d = make(need("n", "['=Lex']"))
    assert found(d, "lex and LEX, but Lex", "n") == ["Lex"]


def test_hyphen_or_space(make: MakeDissector) -> None:
    """A hyphen in a phrase also matches a space, beside digits too."""
    d = make(need("n", "[near-real-time, top-5]"))
    assert found(d, "near real time, near-real-time, top 5, top-5", "n") == [
        "near real time",
        "near-real-time",
        "top 5",
        "top-5",
    ]


def test_gap_within_a_sentence(make: MakeDissector) -> None:
    """A gap spans up to 8 tokens and never crosses a sentence."""
    d = make(need("n", "[convert .. Parquet]"))
    assert found(d, "They convert all of the files to Parquet.", "n") == [
        "convert all of the files to Parquet"
    ]
    assert found(d, "They convert. Parquet is there.", "n") == []
    assert found(d, "They convert a b c d e f g h i Parquet.", "n") == []


def test_line_breaks_do_not_break_phrases(make: MakeDissector) -> None:
    """A hard-wrapped line is still one sentence; a blank line is not."""
    d = make(need("n", "[small team, big .. team]"))
    assert found(d, "a small\nteam", "n") == ["small\nteam"]
    assert found(d, "a big\n\nteam", "n") == []


def test_unless(make: MakeDissector) -> None:
    """A longer phrase that is something else cancels what lies within it."""
    d = make(need("n", "[small team]", "[small team of engineers]"))
    assert found(d, "a small team of engineers, and a small team", "n") == ["small team"]


def test_unless_by_class(make: MakeDissector) -> None:
    """What a pattern is not may be told by a quantity, too."""
    d = make(need("n", "[day, 'per day']", "['<volume-rate>']"))
    assert found(d, "It writes 5 GB per day. Per day it sleeps.", "n") == ["Per day"]


def test_longest_match_wins(make: MakeDissector) -> None:
    """Of overlapping matches of one pattern the longest counts."""
    d = make(need("n", "[S3, Amazon S3, Amazon S3 bucket]"))
    assert found(d, "in an Amazon S3 bucket or S3", "n") == ["Amazon S3 bucket", "S3"]


def test_quantities(make: MakeDissector) -> None:
    """Numbers are read with their units, in any usual writing."""
    d = make("")
    text = (
        "50TB, ~1.5 GB and 1,000 MB within 200 ms at 99.5%, 2 million, 3k, 1 TB/day, 5 GB per hour"
    )
    assert found(d, text, "volume") == ["50TB", "~1.5 GB", "1,000 MB", "1 TB", "5 GB"]
    assert found(d, text, "duration") == ["200 ms"]
    assert found(d, text, "percent") == ["99.5%"]
    assert found(d, text, "number") == ["2 million", "3k"]
    assert found(d, text, "volume-rate") == ["1 TB/day", "5 GB per hour"]
    [sensed] = d.sense(["1 TB/day"])
    assert {m.amount for m in sensed.mentions} == {1e12, 1e12 / 86400}


def test_bounds(make: MakeDissector) -> None:
    """A class may ask for an amount."""
    d = make(need("big", "['<volume >= 1 TB>']") + need("rare", "['<percent < 5> are positive']"))
    assert found(d, "500 GB, 2000 GB, 3 TB", "big") == ["2000 GB", "3 TB"]
    assert found(d, "3% are positive, 30% are positive", "rare") == ["3% are positive"]


def test_classes(make: MakeDissector) -> None:
    """A phrase may ask for any concept of a kind or trait."""
    concept = (
        "- concept: s3\n  kind: service\n  names: [Amazon S3]\n  is: [managed]\n  about: x\n"
        "  fires: [x]\n  silent: [y]\n"
    )
    d = make(concept + need("stored", "['stored in <service>']") + need("m", "['uses <managed>']"))
    assert found(d, "stored in Amazon S3", "stored") == ["stored in Amazon S3"]
    assert found(d, "it uses Amazon S3", "m") == ["uses Amazon S3"]
    assert found(d, "stored in boxes", "stored") == []


def test_words_and_classes_share_a_place(make: MakeDissector) -> None:
    """Where a place takes words or a class, either will do, with or without the other about."""
    d = make(need("n", "['(<percent <= 5>|a few) of the rows']"))
    assert found(d, "Only a few of the rows. Only 3% of the rows. Half, 50% of the rows.", "n") == [
        "a few of the rows",
        "3% of the rows",
    ]
    assert found(d, "Only a few of the rows.", "n") == ["a few of the rows"]


def test_a_later_word_may_complete_a_phrase(make: MakeDissector) -> None:
    """If the nearest word leads nowhere, the next within the gap is tried."""
    d = make(need("n", "['data .. (is|stored) in']"))
    assert found(d, "The data is now stored in boxes.", "n") == ["data is now stored in"]


COMPARE = """
- cue: gap
  compare:
    left: {is: percent, near: [training]}
    right: {is: percent, near: [test]}
    difference: {min: 10}
  hides: quality
  requires: less variance
  fires: [x]
  silent: [y]
"""


def test_comparison_pairs_each_number_with_its_word(make: MakeDissector) -> None:
    """Two numbers are held against each other by the words beside them."""
    d = make(COMPARE)
    text = "Training accuracy is 99% and the test accuracy is 72%."
    assert found(d, text, "gap") == ["99% and the test accuracy is 72%"]
    assert found(d, "They see 99% on the training set, 72% on the test set.", "gap") == [
        "99% on the training set, 72%"
    ]
    assert found(d, "Training accuracy is 73% and test accuracy is 72%.", "gap") == []
    assert found(d, "Training accuracy is 72% and test accuracy is 99%.", "gap") == []


NEGATION = """
- modifier: no
  about: negation
  effect: negated
  direction: forward
  phrases: [not, without]
  until: [but]
  reach: 5
  fires: [x]
  silent: [y]
"""


def test_negation_has_a_scope(make: MakeDissector) -> None:
    """A negated mention does not count; the scope ends at its terminator, reach and sentence."""
    d = make(NEGATION + need("n", "[real time]"))
    assert found(d, "It does not need real time.", "n") == []
    assert found(d, "It is not cheap but real time.", "n") == ["real time"]
    assert found(d, "It is not cheap. It is real time.", "n") == ["real time"]
    assert found(d, "It is not a thing that people call real time.", "n") == ["real time"]


def test_texts_do_not_mix(make: MakeDissector) -> None:
    """Words of one option never complete a phrase of the next."""
    d = make(need("n", "[small team]"))
    first, second = d.sense(["a small", "team, a small team"])
    assert [m for m in first.mentions if d.engine.finders[m.finder].id == "n"] == []
    spans = [(m.start, m.end) for m in second.mentions if d.engine.finders[m.finder].id == "n"]
    assert spans == [(8, 18)]


def test_marks() -> None:
    """The marks of an example are its spans."""
    example = read_marks("a [[b c]] d [[e]]")
    assert example.text == "a b c d e"
    assert example.spans == ((2, 5), (8, 9))


@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_offsets_lie_in_their_text(dissector: Dissector, texts: list[str]) -> None:
    """Whatever the text, every mention lies within its own text and is not empty."""
    for text, sensed in zip(texts, dissector.sense(texts), strict=True):
        for mention in sensed.mentions:
            assert 0 <= mention.start < mention.end <= len(text)


@pytest.mark.parametrize("word", ["id", "Id", "ID"])
def test_an_id_is_one_word(word: str) -> None:
    """Not a contraction of "I would", and a full stop after it ends the sentence."""
    tokens = [token.text for token in make_tokenizer()(f"They share no {word}. So?")]
    assert tokens == ["They", "share", "no", word, ".", "So", "?"]
