"""What one cleaned line looks like: a label, a key, the start of an explanation, a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Family = Literal["upper", "lower", "number", "bare", "box", "bullet"]

# Best first: where two readings of the same lines compete, the earlier family wins.
FAMILIES: tuple[Family, ...] = ("upper", "lower", "number", "bare", "box", "bullet")
_BULLETS_AND_BOXES = ("box", "bullet")


@dataclass(frozen=True, slots=True)
class Label:
    """A line that may begin an option. `ordinal` counts from 0; `ticked` is None without a mark."""

    family: Family
    ordinal: int
    text: str
    ticked: bool | None = None


# Marks before a label, or instead of one: a bullet, a check box, a star glued to the right answer.
_MARK = re.compile(
    r"(?P<bullet>[•●◦▪■‣⁃∙·*+–—-]\s+(?=\S)|o\s+(?=[A-Z]))?"
    r"(?:(?P<box>\[[ xX✓✔*]?\]|\([xX✓✔ ]?\)(?=\s)|[☐☑☒✅✓✔○◯◉⦿🔘❌])\s*)?"
    r"(?P<star>\*(?=[(\[]?[A-Za-z0-9][.):\]]))?"
)
_TICKED = frozenset("xX✓✔*☑☒✅◉⦿🔘")

# A key with its closing mark. "0.1", "A.I." and "10:30" are no labels; "A.Use" and "a)use" are.
_KEY = re.compile(
    r"(?:(?:option|choice)\s+(?=[(\[]?[A-Za-z0-9]{1,2}[\s.):\]-]))?"
    r"(?:[(\[](?P<in>[A-Za-z]|A[A-Z]|[1-9][0-9]?)[)\]][.:]?(?=\s|$|[A-Z])"
    r"|(?P<out>[A-Za-z]|A[A-Z]|[1-9][0-9]?)"
    r"(?:\)|[.:\]](?=\s|$|[A-Z\"'(])(?![A-Z][.])|\s[-–—](?=\s)|,(?=\s)(?<=[A-H],)))\s*",
    re.IGNORECASE,
)
# A letter with no mark at all: only believed where a whole ladder of them stands (A, B, C).
_BARE = re.compile(r"([A-H])(?:\s+|$)")

# Marks of the right answer behind an option.
_TICK_BEHIND = re.compile(
    r"\s*(?:[✅✓✔☑]|[(\[]\s*(?:correct|right)(?:\s+answer)?\s*[)\]]"
    r"|(?:<-+|←|⬅)\s*(?:correct|right)(?:\s+answer)?)$",
    re.IGNORECASE,
)
_VOTED_BEHIND = re.compile(r"\s*[(\[]?\s*most\s+voted\s*[)\]]?$", re.IGNORECASE)


def label_of(text: str) -> Label | None:
    """The label a line begins with, or None for a line of plain text."""
    mark = _MARK.match(text)
    if mark is None:  # pragma: no cover - every part of the pattern is optional
        return None
    ticked = any(c in _TICKED for c in mark["box"]) if mark["box"] else None
    ticked = True if mark["star"] else ticked
    rest = text[mark.end() :]
    key = _KEY.match(rest)
    if key:
        family, ordinal = _place(key["in"] or key["out"])
        return _label(family, ordinal, rest[key.end() :], ticked)
    if mark["box"]:
        return _label("box", 0, rest, ticked)
    if mark["bullet"]:
        return _label("bullet", 0, rest, ticked)
    bare = _BARE.match(rest)
    return _label("bare", ord(bare[1]) - 65, rest[bare.end() :], ticked) if bare else None


def _label(family: Family, ordinal: int, text: str, ticked: bool | None) -> Label:
    text, ticked_behind = without_marks_behind(text)
    return Label(family, ordinal, text, True if ticked_behind else ticked)


def _place(key: str) -> tuple[Family, int]:
    if key.isdigit():
        return "number", int(key) - 1
    number = 0
    for letter in key.upper():
        number = number * 26 + ord(letter) - 64
    return ("upper" if key.isupper() else "lower"), number - 1


def without_marks_behind(text: str) -> tuple[str, bool]:
    """The text of an option without "Most Voted" and ticks behind it, and whether it was ticked."""
    if (
        text[-1:].isalnum()
        and text[-5:].lower() != "voted"
        and text[-6:].lower() not in ("orrect", "answer", "tright")
    ):
        return text, False  # the common case, at no cost
    text = _VOTED_BEHIND.sub("", text)
    tick = _TICK_BEHIND.search(text[-40:])
    if tick is None:
        return text, False
    return text[: len(text) - len(tick.group())], True


# --- keys and explanations -------------------------------------------------------------------

# "Answer: C", "Correct Answers - B, D", "Ans. c", "The correct answer is D", "Key: A".
_ANSWER = re.compile(
    r"(?:the\s+)?(?:\W{1,3}\s*)?"
    r"(?:(?:correct|right|suggested|recommended|official|best|verified|likely|expected|model)\s+)?"
    r"(?:answers?|ans|key|solutions?|correct(?:\s+(?:options?|choices?|responses?))?)"
    r"(?:\s+(?:key|options?|choices?))?(?:\(s\))?"
    r"(?:\s+(?:is|are)\b\s*:?|\s*[:=→]|\s*[-–—](?=\s)|\.(?=\s)|(?=\s*\([A-H]\))|(?=\s+[A-H](?:\W|$)(?!\s*[a-z]))|$)\s*",
    re.IGNORECASE,
)
_SENTENCE_ANSWER = re.compile(r".*\b(?:is|are)\s*$", re.IGNORECASE)
_SAYS_RIGHT = re.compile(r"(?:the\s+)?(?:correct|right)\b", re.IGNORECASE)

# What a learner's own click looks like: dropped, it is nobody's key.
_OWN_ANSWER = re.compile(r"(?:your|my|selected)\s+(?:answers?|choices?)\b.{0,60}", re.IGNORECASE)

_EXPLANATION = re.compile(
    r"(?:(?:overall|general|detailed|full|short|answer)\s+)?"
    r"(?:explanations?(?:\s*/\s*references?)?|rationale|reasoning(?:\s+sketch)?|references?"
    r"|justification|feedback|why|discussion)"
    r"(?:\s*[:：]|\s+[-–—](?=\s)|\s*$)\s*",
    re.IGNORECASE,
)
# Bookkeeping that follows options on learning sites.
_METADATA = re.compile(
    r"(?:domain|section|difficulty|tags?|objective|task|category|skill|level)\s*:\s*\S.{0,80}",
    re.IGNORECASE,
)
_LABEL_LIST = re.compile(
    r"(?i:(?:options?|choices?|answers?|letters?)\s+)?"
    r"[(\[\"']{0,2}(?P<first>[A-Za-z]{1,8}|[1-9])[)\]\"']{0,2}"
    r"(?P<more>(?:\s*(?:,\s*and|,|;|/|&|\+|and|\s)\s*[(\[]?(?:[A-Z]|[a-h]|[1-9])[)\]]?(?![\w'])){0,7})"
    r"(?P<end>\s*$|\s*[.):;,](?=\s|$)|\s+[-–—(]|\s*[^\w\s.,;:'\"-])",
)


def labels_in(text: str, labels: Sequence[str]) -> tuple[str, ...] | None:
    """The labels a key names ("B", "b, d", "BD", "B and D"), in the order of the options.

    None where `text` is no list of these labels.
    """
    named = label_list(text)
    return tuple(a for a in labels if a in named[0]) if named and named[0] <= set(labels) else None


def label_list(text: str) -> tuple[frozenset[str], str] | None:
    """Labels at the start of a key's words, upper case, and what follows; None if there are none.

    "BD" are two labels, "bad" in a sentence is none: glued letters need to stand alone.
    """
    match = _LABEL_LIST.match(text)
    if match is None:
        return None
    first, rest = match["first"], text[match.end() :].strip()
    glued = len(first) > 1
    if glued and (match["more"] or len(set(first)) < len(first)):
        return None
    if glued and not first.isupper() and (rest or not first.islower()):
        return None
    more = (a or b for a, b in _ONE_LABEL.findall(match["more"]))
    return frozenset(c.upper() for c in [*first, *more]), rest


_ONE_LABEL = re.compile(r"\b([A-Z]|[1-9])\b|\b([a-h])\b")


@dataclass(frozen=True, slots=True)
class Key:
    """A line that gives the answer away: all its `words` after "Answer:", the labels they begin
    with, and what is left (`rest`). `labels` is empty where the answer is put in words.
    """

    labels: frozenset[str]
    rest: str
    words: str = ""


def key_of(text: str) -> Key | None:
    """The key a line states, or None. Without words, it follows on the next line."""
    match = _ANSWER.match(text)
    if match is None:
        return None
    rest = text[match.end() :]
    named = label_list(rest) if rest else None
    if named:
        return Key(*named, rest)
    sentence = _SENTENCE_ANSWER.match(match.group()) and not _SAYS_RIGHT.match(text)
    if rest and (sentence or rest[0] in "?,"):
        return None  # "The answer is rarely simple", "Answer the following"
    return Key(frozenset(), rest, rest)


def explanation_of(text: str) -> str | None:
    """What a line that begins an explanation says after its "Explanation:"; None for others."""
    match = _EXPLANATION.match(text)
    return text[match.end() :] if match else None


def is_metadata(text: str) -> bool:
    """Whether a line after the options is a site's bookkeeping or a learner's own click."""
    return bool(_METADATA.fullmatch(text) or _OWN_ANSWER.fullmatch(text))


# --- headings --------------------------------------------------------------------------------

_NUMBERED = (
    r"(?:(?:new|practice|sample|mock|example|exam|quiz)\s+)?"
    r"(?:question|scenario)\s*(?:no\.?|number|num\.?)?\s*:?\s*\#?\s*:?\s*\d+(?:\s*(?:of|/)\s*\d+)?"
)
_HEAD = re.compile(
    rf"(?P<word>(?:exam\b[^?]{{0,60}}?\btopic\s+\d+\s+)?{_NUMBERED}"
    r"|(?:(?:practice|sample|mock|example|exam|quiz|the)\s+)?(?:question|scenario|stem)s?"
    r"(?:\s*\((?!\s*(?:choose|select|pick))[^()]{0,30}\))?(?=\s*:|\s*$)"
    r"|q\s?\.?\s?\d+(?=\s*[.:)–—-]|\s*$)|q(?=\s*:)|\#\s?\d+(?=\W|$)|topic\s+\#?\d+(?=\s*[:–—-]|\s*$|\s+question))"
    r"(?P<note>\s*(?:\((?!\s*(?:choose|select|pick))[^()]{0,40}\)|\[[^\[\]]{0,40}\]|topic\s+\#?\d+"
    r"|discussion\b))*"
    r"(?P<sep>\s*[.:)|–—-]+)?\s*",
    re.IGNORECASE,
)
_OPTIONS_TITLE = re.compile(
    r"(?:answer\s+|possible\s+|the\s+)?(?:options|choices|answers|alternatives)\s*:?", re.IGNORECASE
)
_RULE = re.compile(r"[-*_=~]{3,}|(?:[-*_]\s){2,}[-*_]")


def head_of(text: str) -> str | None:
    """What follows "Question 12:" and the like on a line that begins a question; else None."""
    match = _HEAD.match(text)
    if match is None:
        return None
    rest = text[match.end() :]
    if rest and match["sep"] is None and not (rest[0].isupper() or rest[0] in "\"'("):
        return None
    return rest


def is_options_title(text: str) -> bool:
    """Whether a line only says "Options:"."""
    return _OPTIONS_TITLE.fullmatch(text) is not None


def is_rule(text: str) -> bool:
    """Whether a line only draws a line."""
    return _RULE.fullmatch(text) is not None


# --- the ask ---------------------------------------------------------------------------------

_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}
_CHOOSE = re.compile(
    r"\b(?:choose|select|pick|identify|mark|which|what)\s+(?:(?:the|any|only|exactly|best|correct)\s+){0,2}"
    r"(?P<count>two|three|four|five|[2-5])\b(?!-|\s*(?:%|percent\b|[.,]?\d))"
    r"|\b(?:which|what)\s+(?:\w+\s+)?combination\s+of\s+(?:the\s+)?"
    r"(?P<of>two|three|four|five|[2-5])\b(?!-)"
    r"|\b(?P<answers>two|three|four|[2-4])\s+(?:correct\s+)?answers\b",
    re.IGNORECASE,
)
_ASKS_AT_END = re.compile(
    r"\?[\"')\]]*(?:\s*\([^()]{0,60}\))?\W*$"
    r"|\(\s*(?:choose|select|pick)\b[^()]{0,40}\)\W*$"
    r"|\b(?:choose|select|pick)\s+(?:the\s+)?(?:two|three|four|five|[2-5]|all|one|best|correct)\b[^.?!]{0,60}\W*$",
    re.IGNORECASE,
)
_ASKING_SENTENCE = re.compile(
    r"\bwhich of the following\b[^.?!]*$"
    r"|(?:^|[.!?:;]\s+|,\s+)(?:which|what|how|select|choose|identify|pick)\b[^.?!]*[:.…]?$",
    re.IGNORECASE,
)
_LAST_WORDS = 400


def choose_of(stem: str) -> int | None:
    """How many options the stem says to choose ("(Choose two.)", "Which TWO"); None if unsaid.

    The last such words count, since the ask stands at the end.
    """
    *_, found = [None, *_CHOOSE.finditer(stem[-_LAST_WORDS:])]
    if found is None:
        return None
    return _COUNTS[(found["count"] or found["of"] or found["answers"]).lower()]


def asks(text: str) -> bool:
    """Whether a text asks something anywhere: a question mark, or how many to choose."""
    return "?" in text or choose_of(text) is not None or asks_at_end(text)


def asks_at_end(text: str) -> bool:
    """Whether a text ends in its ask, so that options may follow."""
    tail = text[-_LAST_WORDS:]
    return bool(_ASKS_AT_END.search(tail) or _ASKING_SENTENCE.search(tail))
