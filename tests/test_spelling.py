"""British spellings meet American ones."""

from __future__ import annotations

import pytest

from examcoach.sense import make_stemmer
from examcoach.spelling import american

PAIRS = (
    "normalise normalize, optimisation optimization, organised organized, analysed analyzed, "
    "tokenisers tokenizers, behaviour behavior, neighbours neighbors, colours colors, "
    "centre center, theatres theaters, metres meters, catalogue catalog, dialogues dialogs, "
    "summarising summarizing, recognises recognizes, customisable customizable"
)
SAME = (
    "raise noise precise otherwise supervised unsupervised exercise promise promised enterprise "
    "expertise advertise franchise merchandise surprise advise revise denoise arise compromised "
    "hour four your source resource course tour contour analysis analyses is this store core "
    "regression retrain premises centred listwise disguise rises noised raised"
)


@pytest.mark.parametrize("pair", PAIRS.split(", "))
def test_british_words_become_american(pair: str) -> None:
    """The ending changes, the rest stays."""
    british, expected = pair.split()
    assert american(british) == expected


@pytest.mark.parametrize("word", SAME.split())
def test_words_that_only_look_british_stay(word: str) -> None:
    """American English spells them so as well."""
    assert american(word) == word


@pytest.mark.parametrize("pair", ["labelled labeled", "modelling modeling", "Normalises normalize"])
def test_both_have_one_key(pair: str) -> None:
    """The stemmer brings inflections and spellings together."""
    stem = make_stemmer()
    assert len({stem(word) for word in pair.split()}) == 1
