"""Texts and bars in the cells of a terminal.

Some characters take two cells, some none.
"""

from __future__ import annotations

import math
import re
import unicodedata

_PAIR = re.compile(r"(?<=\d) (?=%)|(?<=\bp) (?=[=<])|(?<=[=<]) (?=[\d<.])")  # a number and what belongs to it
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    return sum(0 if unicodedata.combining(c) or c in "\u200b\u200c\u200d\ufe0f" else _cells(c) for c in text)


def _cells(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return a text that fits, with an ellipsis where something is missing.

    >>> cut("Weekend families", 8)
    'Weekend…'
    """
    if width_of(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += width_of(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Return a text that fills exactly so many cells."""
    shown = cut(text, width)
    return shown + " " * (width - width_of(shown))


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text.

    A number stays with what belongs to it.

    >>> wrap("Structure against chance: p = 0.42", 28)
    ['Structure against chance:', 'p = 0.42']
    """
    lines: list[str] = []
    for word in filter(None, _PAIR.sub("\u00a0", text).split(" ")):
        if lines and width_of(lines[-1]) + 1 + width_of(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def draw_bar(part: float, length: int) -> str:
    """Return a bar of eighths of a cell, padded to full length.

    >>> draw_bar(0.3, 4)
    '█▎  '
    """
    eighths = math.ceil(max(min(part, 1.0), 0.0) * length * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(length)
