"""Rows that a stray quote swallowed: cells that hold lines of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from coterie.doors import frozen
from coterie.reading.dialect import Dialect, split_rows
from coterie.reading.notation import MISSING_SET
from coterie.reading.number_patterns import PLAIN

ENOUGH, NEARLY_ALL = 5, 0.95  # so many cells, and such a share of them, make a habit
DIGIT = re.compile(r"\d")
LINE_END = re.compile(r"\r\n|\n|\r")


class Swallowed(NamedTuple):
    """A row that holds other rows: its number, its line, how many."""

    row: int
    line: int
    lines: int


@frozen
class Habits:
    """What the cells of each column have in common.

    ``patterns``: what nearly every value matches, None where nothing was found; ``padded``: values may begin with a
    blank.
    """

    patterns: tuple[re.Pattern[str] | None, ...]
    padded: bool

    def fit(self, cells: Sequence[tuple[int, str]]) -> bool:
        """Say whether cells, each with its column, could be a row's."""
        if not self.padded and any(cell.startswith(" ") for _, cell in cells):
            return False
        told = [(pattern, cell.strip()) for i, cell in cells if (pattern := self.patterns[i]) is not None]
        present = [(pattern, cell) for pattern, cell in told if cell not in MISSING_SET]
        return (bool(present) or len(cells) > 1) and all(pattern.search(cell) for pattern, cell in present)


def habits_of(cells: Sequence[Sequence[str]], width: int, *, trim: bool) -> Habits:
    """Return what the sampled cells of each column have in common."""
    patterns = []
    for i in range(width):
        present = [c for row in cells if (c := row[i].strip()) not in MISSING_SET]
        numbers = sum(1 for c in present if PLAIN.fullmatch(c))
        digits = sum(1 for c in present if DIGIT.search(c))
        wanted = NEARLY_ALL * len(present)
        pattern = re.compile(rf"^(?:{PLAIN.pattern})$") if numbers >= wanted else DIGIT if digits >= wanted else None
        patterns.append(pattern if len(present) >= ENOUGH else None)
    blanks = sum(1 for row in cells for c in row if c.startswith(" "))
    return Habits(tuple(patterns), trim or blanks > (1 - NEARLY_ALL) * width * len(cells))


def find_swallowed(
    path: Path, dialect: Dialect, suspects: Sequence[tuple[int, int, int, int]], habits: Habits
) -> list[Swallowed]:
    """Return the rows of which a quoted cell holds rows of the table.

    Parameters
    ----------
    suspects : rows over several lines, one with as many delimiters as a row: number, line, first byte, end.

    Notes
    -----
    A line of a cell is a row where its parts inside the cell are such as the table's columns hold: a text with as many
    commas is none. Cost: each suspect is read once.
    """
    found = []
    with path.open("rb") as file:
        for row, line, begin, end in suspects:
            file.seek(begin)
            text = file.read(end - begin).decode("utf-8", "replace")
            inner = sum(count_inside(split.fields, dialect, habits) for split in split_rows(text, dialect))
            if inner:
                found.append(Swallowed(row, line, inner))
    return found


def count_inside(fields: Sequence[str], dialect: Dialect, habits: Habits) -> int:
    """Return how many lines inside the fields of a row are rows."""
    width = len(habits.patterns)
    if len(fields) != width or width < 2:
        return 0
    inside = [cells for place, cell in enumerate(fields) for cells in _lines_inside(place, cell, width, dialect)]
    return sum(1 for cells in inside if habits.fit(cells))


def _lines_inside(place: int, cell: str, width: int, dialect: Dialect) -> Iterator[list[tuple[int, str]]]:
    """Give the cells, by column, of a cell's lines that are as long as a row.

    Its first line is the end of a row and its last one the beginning of a row: the cells around it complete them. The
    cell in which the quote stands says nothing.
    """
    lines = LINE_END.split(cell)
    last = len(lines) - 1
    for i, line in enumerate(lines if last else []):
        cells = line.split(dialect.delimiter)
        before, after = (place if i == 0 else 0), (width - place - 1 if i == last else 0)
        if len(cells) > 1 and before + len(cells) + after == width:
            placed = [(before + j, c.strip(dialect.quote)) for j, c in enumerate(cells)]
            yield placed[1:] if i == 0 else placed[:-1] if i == last else placed
