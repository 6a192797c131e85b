"""The lines of rows in the file that somebody has.

However the text was rewritten before an engine read it.
"""

from __future__ import annotations

from collections.abc import Sequence

from coterie.reading import _rows
from coterie.reading.text import Text


def lines_of(text: Text, rows: Sequence[int]) -> list[int | None]:
    """Return the line on which each of some rows begins.

    None where the source has no lines, as a workbook.

    Parameters
    ----------
    rows : rows of the text, counted from 0, in order.

    Notes
    -----
    Cost: one pass over the file, and only asked where rows are left out.
    """
    if not text.lined:
        return [None] * len(rows)
    file = text.origin or text
    d = file.dialect
    wanted = places_before(rows, text.dropped)
    found = _rows.lines(str(file.path), d.delimiter, d.quote, d.escape, d.trim, file.start, wanted)
    return [line + file.first_line - 1 for line in found]


def places_before(rows: Sequence[int], dropped: Sequence[int]) -> list[int]:
    """Return the places that rows had before others were dropped.

    >>> places_before([0, 1, 2], [1, 2])
    [0, 3, 4]
    """
    places, gone = [], 0
    for row in rows:
        while gone < len(dropped) and dropped[gone] <= row + gone:
            gone += 1
        places.append(row + gone)
    return places
