"""British spellings as American ones, so that both meet under one key.

What is exam knowledge stands in the patterns; this is only English: the endings in which the two
differ, and the few words that look like it and do not.
"""

from __future__ import annotations

import re

_ISE = re.compile(
    r"(?<=[a-z]{3})(?<!pr)(?<!prom)(?<!prem)(?<!ert)(?<!nch)(?<!and)(?<!gu)(?<![acovw])"
    r"is(?=(?:e|es|ed|er|ers|ing|ation|ations|able)$)"
)
_YSE = re.compile(r"(?<=l)ys(?=(?:e|ed|er|ers|ing)$)")
_OUR = re.compile(r"(?<=^behavi)our|(?<=^neighb)our|(?<=^(?:fav|lab|tum|col|hon|hum|rum|vap))our")
_RE = re.compile(r"(?:(?<=^cent)|(?<=^(?:met|lit|fib))|(?<=^theat))re(?=s?$)")
_OGUE = re.compile(r"(?<=^catal)ogue|(?<=^(?:dial|anal))ogue")


def american(word: str) -> str:
    """A lower-case word as Americans spell it.

    >>> american("normalisation"), american("otherwise"), american("neighbours")
    ('normalization', 'otherwise', 'neighbors')
    """
    if "is" in word:
        return _ISE.sub("iz", word)
    if "ys" in word:
        return _YSE.sub("yz", word)
    if "our" in word:
        return _OUR.sub("or", word)
    if "re" in word:
        return _RE.sub("er", word)
    return _OGUE.sub("og", word) if "ogue" in word else word
