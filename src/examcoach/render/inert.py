"""Text from outside made harmless before it meets a terminal."""

from __future__ import annotations

_KEPT = "\n"
_SHOWN = "\N{REPLACEMENT CHARACTER}"


def inert(text: str, keep: str = _KEPT) -> str:
    """`text` with every character that could move, hide or recolour others made visible.

    Control characters, escape sequences, bidirectional controls and zero-width characters become
    U+FFFD; tabs and no-break spaces become spaces; the characters in `keep` stay.
    """
    if text.isprintable() or ("\n" in keep and text.replace("\n", "").isprintable()):
        return text
    return "".join(_shown(c, keep) for c in text)


def _shown(character: str, keep: str) -> str:
    if character.isprintable() or character in keep:
        return character
    return " " if character.isspace() else _SHOWN
