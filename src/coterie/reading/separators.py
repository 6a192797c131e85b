"""What separates columns by several characters becomes one character.

Such as ``||``, or the runs of blanks of a listing in columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

SEPARATOR = "\x1f"
BLANKS = r"[ \t]+"
LOOKED_AT, ALIGNED = 200, 0.1
CELL = re.compile(r'(?:"[^"]*"|[^\s"])+')
QUOTED = re.compile(rb'"[^"]*(?:""[^"]*)*"')
REST_OF_QUOTED = re.compile(rb'[^"]*(?:""[^"]*)*"(?!")')
EDGES = re.compile(rb"[ \t]*+([\r\n]+)[ \t]*")


def is_in_columns(text: str) -> bool:
    r"""Say whether runs of blanks separate as many cells in every row.

    >>> is_in_columns(" 00001  1 29.33\n 00002 12  9.00\n"), is_in_columns("Ann Smith\nBob Jones\n")
    (True, False)
    """
    lines = [line for line in islice(text.splitlines(), LOOKED_AT + 1) if line.strip()]
    lines = lines[:-1] if len(lines) > LOOKED_AT else lines
    aligned = sum(1 for line in lines if line[0] == " " or "  " in line.strip())
    widths = {len(CELL.findall(line)) for line in lines}
    return len(lines) > 1 and len(widths) == 1 and min(widths) > 1 and aligned >= ALIGNED * len(lines)


def write_one_separator(path: Path, separator: str, target: Path, *, blanks: bool = False) -> Path:
    """Write a copy whose separator is one control character.

    Quoted cells stay as they are. With ``blanks`` any run of blanks separates, and those at the ends of a line are
    taken off.
    """
    pattern = re.compile((BLANKS if blanks else re.escape(separator)).encode())
    inside = False
    with path.open("rb") as file, target.open("wb") as out:
        for line in file:
            text = line
            if blanks and not inside:
                text = EDGES.sub(rb"\1", line.strip(b" \t"))
            pieces, inside = _split_line(text, pattern, inside)
            out.write(SEPARATOR.encode().join(pieces))
    return target


def _split_line(line: bytes, pattern: re.Pattern[bytes], inside: bool) -> tuple[Sequence[bytes], bool]:
    """Return a line's cells, and whether it ends inside quotes."""
    if not inside and b'"' not in line:
        return pattern.split(line), False
    found = list(_cells(line, pattern, inside))
    return [cell for cell, _ in found], not found[-1][1]


def _cells(line: bytes, pattern: re.Pattern[bytes], inside: bool) -> Iterator[tuple[bytes, bool]]:
    """Give the cells of a line, each with whether its quote closes."""
    place = 0
    while True:
        quoted = inside or line[place : place + 1] == b'"'
        closing = (REST_OF_QUOTED if inside else QUOTED).match(line, place) if quoted else None
        if quoted and closing is None:
            yield line[place:], False
            return
        inside = False
        following = pattern.search(line, closing.end() if closing else place)
        if following is None:
            yield line[place:], True
            return
        yield line[place : following.start()], True
        place = following.end()
