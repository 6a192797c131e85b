"""Texts and bars in the cells of a terminal.

Some characters take two cells, some none.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

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
    return fill(cut(text, width), width)


def fill(text: str, width: int) -> str:
    """Return a text that fills at least so many cells."""
    return text + " " * (width - width_of(text))


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text.

    A number stays with what belongs to it; a word that no line holds is broken.

    >>> wrap("Structure against chance: p = 0.42", 28)
    ['Structure against chance:', 'p = 0.42']
    """
    lines: list[str] = []
    for word in (part for whole in _PAIR.sub("\u00a0", text).split(" ") for part in _broken(whole, width)):
        if lines and width_of(lines[-1]) + 1 + width_of(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def named(text: str, width: int) -> list[str]:
    """Return the lines of a name in a column; those after the first stand further in.

    >>> named("A Weekend families", 12)
    ['A Weekend', '  families']
    """
    first, *more = [text] if width_of(text) <= width else wrap(text, width - 2)
    return [first, *(f"  {line}" for line in more)]


def _broken(word: str, width: int) -> list[str]:
    """Return a word in parts that fit."""
    parts = [""] if word else []
    for character in word:
        if parts[-1] and width_of(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def wrap_on(text: str, width: int, *, hang: int = 2) -> list[str]:
    """Return a line, folded where it is too long; what goes on stands ``hang`` cells further in.

    Runs of blanks stay, and a word that no line holds (a path) stays whole.

    >>> wrap_on("  income  low: below 20,000", 20)
    ['  income  low: below', '    20,000']
    """
    rest, lines = _PAIR.sub("\u00a0", text), []
    indent = len(text) - len(text.lstrip(" "))
    while width_of(rest) > width:
        start = len(rest) - len(rest.lstrip(" "))
        blanks = [i for i, c in enumerate(rest) if c == " " and i > start]
        fitting = [i for i in blanks if width_of(rest[:i]) <= width] or blanks[:1]
        if not fitting:
            break
        lines.append(rest[: fitting[-1]].rstrip(" "))
        rest = " " * (indent + hang) + rest[fitting[-1] :].lstrip(" ")
    return [line.replace("\u00a0", " ") for line in (*lines, rest) if line.strip() or not lines]


def beside(columns: Sequence[tuple[Sequence[str], int]], gap: str = "  ") -> list[str]:
    """Return cells of several lines side by side: each cell's lines, and its width.

    >>> beside([(["Weekend", "  families"], 10), (["12"], 2)])
    ['Weekend     12', '  families    ']
    """
    rows = zip_longest(*(lines for lines, _ in columns), fillvalue="")
    return [gap.join(pad(text, width) for text, (_, width) in zip(row, columns, strict=True)) for row in rows]


def draw_bar(part: float, length: int) -> str:
    """Return a bar of eighths of a cell, padded to full length.

    >>> draw_bar(0.3, 4)
    '█▎  '
    """
    eighths = math.ceil(max(min(part, 1.0), 0.0) * length * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(length)
