"""Pasted text -> plain lines: no control characters, HTML, Markdown emphasis or page furniture."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Line:
    """A line of cleaned text, blanks squeezed, with the number of the line it came from.

    `title` is true for a Markdown heading. Several lines may share a number (``<br>``).
    """

    number: int
    text: str
    title: bool = False


# A line break that does not count as a line of the input: form feed, <br>. Never in the input
# itself, since the table below removes it there.
_BREAK = "\x1e"


def _character_table() -> dict[int, str | None]:
    """What becomes of single characters; those absent stay."""
    table: dict[int, str | None] = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
    table[0x09] = "\t"
    table[0x0A] = "\n"
    table.update(dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], _BREAK))
    table.update(dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "))
    # Invisible: soft hyphen, zero width, joiners, bidi controls, variation selectors, tags.
    invisible = [0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x180E, 0xFEFF, *range(0x200B, 0x2010)]
    invisible += [*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)]
    invisible += [*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)]
    table.update(dict.fromkeys(invisible))
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
    ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]
    table.update({0xFB00 + i: letters for i, letters in enumerate(ligatures)})
    table.update(dict.fromkeys([0x2018, 0x2019, 0x201A, 0x201B, 0x2032], "'"))
    table.update(dict.fromkeys([0x201C, 0x201D, 0x201E, 0x201F, 0x2033], '"'))
    table.update(dict.fromkeys([0x2010, 0x2011], "-"))
    # Full-width forms, and letters or digits that are drawn as a label: (a), circled, key caps.
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    for i in range(26):
        table[0x24B6 + i] = table[0x1F1E6 + i] = table[0x1F150 + i] = f"{chr(65 + i)}) "
        table[0x24D0 + i] = table[0x249C + i] = f"{chr(97 + i)}) "
    table.update({0x2460 + i: f"{i + 1}) " for i in range(9)})
    table[0x20E3] = ")"
    return table


_CHARACTERS = _character_table()

# Terminal sequences go whole, or their letters would stay behind as text ("[31m").
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)?)"
)

# Only tags that web pages put around questions: "<bucket-name>" and "a < b" are somebody's words.
_TAG = re.compile(
    r"<!--.{0,300}?-->|</?(?P<name>p|br|div|h[1-6]|hr|ul|ol|li|tr|table|tbody|thead|section|article"
    r"|blockquote|pre|span|b|i|u|s|em|strong|small|sub|sup|font|a|code|kbd|mark|label|td|th|img"
    r"|input|button|form|fieldset|legend)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE | re.DOTALL,
)
_INLINE = re.compile(
    r"span|b|i|u|s|em|strong|small|sub|sup|font|a|code|kbd|mark|label|img", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}[0-9]{0,2});")

# Emphasis: the marks must hug words, so that "SELECT * FROM" and "snake_case" stay.
_STRONG = re.compile(r"(\*\*|__|~~|\|\|)(?=[^\s*_~|])([^*_~|\n]+)(?<=\S)\1")
_ITALIC = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]+)(?<=\S)\*(?![\w*])|"
    r"(?<!\w)_(?=[^\s_])([^_\n]+)(?<=\S)_(?!\w)"
)
_ESCAPED = re.compile(r"\\([.()\[\]*_#+~>-])")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_LEFTOVER = re.compile(r"^(?:\*\*|__)(?=\S)|(?<=\S)(?:\*\*|__)$")

# Lines that belong to the page, not to the question. Matched against whole short lines.
_FURNITURE = re.compile(
    r"""
      page\s\d+(?:\s?(?:of|/)\s?\d+)?          # PDF page numbers
    | \d+\s(?:of|/)\s\d+ | [-–—]\s?\d+\s?[-–—]
    | (?:©|\(c\)\s(?=(?:19|20)\d\d)|copyright\b).*
    | .*\ball\srights\sreserved\.?
    | downloaded\sfrom\s.*
    | most\svoted                               # question-bank web pages
    | (?:show|hide|reveal|view|check)\s(?:the\s)?(?:suggested\s|correct\s)?
      (?:answer|solution|explanation|discussion)s?(?:\sdiscussion)?\W*\d*
    | discussions?\W*\d+ | \d+\s(?:comments?|upvotes?|votes?)
    | community\svote\sdistribution
    | [A-Z]{1,5}\s\(\d+%\)(?:\s[A-Z]{1,5}\s\(\d+%\))*(?:\sother)?
    | (?:next|previous|prev)(?:\squestion)?\W*
    | (?:flag|report|bookmark|mark)\s(?:this\s|for\s)?(?:question|review)
    | ```\w*                                    # code fences
    | .{1,40}\s[—–-]\s(?:today|yesterday|\d{1,2}/\d{1,2}/\d{2,4})(?:\sat)?\s\d.*   # chat headers
    | \#(?:separator|html|tags|deck|notetype|columns)\b.{0,60}:.*                  # Anki exports
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_FURNITURE = 120
_PAGE_NUMBER = re.compile(r"\d{1,4}")

# Compounds whose hyphen is part of the word even when a line ends there.
_COMPOUND_START = re.compile(
    r"real|near|cost|high|low|on|self|multi|cross|end|time|pre|non|semi|well|long|short|large|small"
    r"|one|two|three|first|third|open|built|fine|in|out|pay|co|read|write|least|right",
    re.IGNORECASE,
)
_LONGEST_REJOINED = 4000  # keeps a page of nothing but hyphens from costing its square
_LINE_HYPHEN = re.compile(r"([A-Za-z]+)-$")


def clean(text: str) -> str:
    """Plain text of a paste: one meaning, one spelling, line by line.

    Control, zero-width and bidi characters, HTML and Markdown emphasis are gone, quotes,
    ligatures and blanks are plain, hyphenated words are whole again, page furniture and comment
    or quote marks before every line are dropped. Lines stay lines; any text is accepted.
    """
    return "\n".join(line.text for line in lines_of(text)).strip("\n")


def lines_of(text: str, first_line: int = 1) -> list[Line]:
    """The cleaned lines of a paste, with their places (`first_line` is the number of the first)."""
    lines = [
        Line(number, " ".join(part.split()))
        for number, physical in enumerate(_plain(text).split("\n"), first_line)
        for part in _fields(physical).split(_BREAK)
    ]
    # Furniture goes first too: a chat's header line has no margin, the quote below it has one.
    lines = [_unmarked(line) for line in _without_margin(_without_furniture(lines))]
    return _rejoined(_without_furniture(lines))


def _plain(text: str) -> str:
    """Characters, tags and entities made plain; breaks that are not lines become ``_BREAK``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _TERMINAL.sub("", text)
    text = text.translate(_CHARACTERS)
    if "<" in text:
        text = _TAG.sub(_tag, text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return text


def _tag(match: re.Match[str]) -> str:
    lines = "\n" * match.group().count("\n")
    name = (match["name"] or "").lower()
    closing = match.group().startswith("</")
    if not name or _INLINE.fullmatch(name):
        return lines
    if name == "input":
        return lines + ("[x] " if "checked" in match.group().lower() else "[ ] ")
    if name in ("td", "th"):
        return lines + " "
    if name == "li":
        return lines if closing else lines + _BREAK + "• "
    return lines + _BREAK


def _entity(match: re.Match[str]) -> str:
    return html.unescape(match.group()).translate(_CHARACTERS).replace("\n", _BREAK)


def _fields(line: str) -> str:
    """A flash-card export row (fields apart by tabs, ``<br>`` within) as lines of its own."""
    if "\t" not in line or _BREAK not in line:
        return line
    front, *fields = line.split("\t")
    named = [
        f"Answer: {f}" if re.fullmatch(r"\s*[A-Ha-h](?:[\s,]*[A-H])*\s*", f) else f for f in fields
    ]
    return _BREAK.join([front, *named])


_DEEPEST_MARGIN = 4


def _without_margin(lines: list[Line]) -> list[Line]:
    """Drop comment (``#``) or quote (``>``) marks that stand before every line."""
    for mark in (">", "#", "//", "|"):
        for _ in range(_DEEPEST_MARGIN):
            written = [line.text for line in lines if line.text]
            if not written or not all(_has_margin(text, mark) for text in written):
                break
            lines = [replace(line, text=line.text[len(mark) :].lstrip()) for line in lines]
    return lines


def _has_margin(text: str, mark: str) -> bool:
    return text.startswith(mark) and text[len(mark) : len(mark) + 1] in ("", " ", '"', mark)


def _unmarked(line: Line) -> Line:
    """The line without Markdown marks."""
    text = line.text
    heading = _HEADING.match(text)
    if heading:
        text = text[heading.end() :].rstrip("# ")
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "*" in text or "_" in text or "|" in text or "~" in text:
        text = _STRONG.sub(r"\2", text)
        text = _ITALIC.sub(lambda m: m[1] or m[2], text)
        text = _LEFTOVER.sub("", text)
    return Line(line.number, " ".join(text.split()), heading is not None)


def _is_furniture(lines: list[Line], i: int) -> bool:
    text = lines[i].text
    if not text or len(text) > _LONGEST_FURNITURE:
        return False
    if _PAGE_NUMBER.fullmatch(text):  # a bare number is a page's only where nothing touches it
        after_label = i > 1 and len(lines[i - 2].text) <= 3 and lines[i - 2].text != ""
        alone_above = i > 0 and not lines[i - 1].text and not after_label
        return alone_above and (i + 1 == len(lines) or not lines[i + 1].text)
    return _FURNITURE.fullmatch(text) is not None


def _without_furniture(lines: list[Line]) -> list[Line]:
    """Drop page furniture, and the gap it tore into a sentence."""
    kept: list[Line] = []
    torn = False
    for i, line in enumerate(lines):
        if _is_furniture(lines, i):
            torn = True
            continue
        if torn and line.text:
            if line.text[0].islower():
                _close_gap(kept)
            torn = False
        kept.append(line)
    return kept


def _close_gap(kept: list[Line]) -> None:
    """Remove blank lines at the end if the sentence before them is unfinished."""
    end = len(kept)
    while end and not kept[end - 1].text:
        end -= 1
    if end and kept[end - 1].text[-1] not in ".?!:":
        del kept[end:]


def _rejoined(lines: list[Line]) -> list[Line]:
    """Words hyphenated over a line end, whole again (on the first of the two lines)."""
    kept: list[Line] = []
    for line in lines:
        hyphen = (
            _LINE_HYPHEN.search(kept[-1].text[-40:])
            if kept and line.text[:1].islower() and len(kept[-1].text) < _LONGEST_REJOINED
            else None
        )
        if hyphen:
            head = kept.pop()
            stays = _COMPOUND_START.fullmatch(hyphen[1]) is not None
            text = (head.text if stays else head.text[:-1]) + line.text
            kept.append(replace(head, text=text))
        else:
            kept.append(line)
    return kept


def paragraphs(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines in groups that blank lines separate."""
    group: list[Line] = []
    for line in lines:
        if line.text:
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group
