"""The map's points: a place and a segment for each customer shown, and the file that holds them; no ids."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from coterie.doors import frozen
from coterie.errors import FormatError

COLUMNS = ["x", "y", "segment"]


@frozen
class Points:
    """A place on the map and a segment (0 = not assigned) for each customer shown; no ids."""

    x: Sequence[float]
    y: Sequence[float]
    segment: Sequence[int]


def read_points(path: str | Path) -> Points:
    """Return the points of a run folder's `points.csv`; :class:`FormatError` where it is something else."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        if next(rows, None) != COLUMNS:
            raise FormatError("points.csv must have the columns x, y, segment.", do="Make the run again.")
        try:
            found = [(float(x), float(y), int(segment or 0)) for x, y, segment in rows]
        except ValueError:
            where = f"Where: row {rows.line_num:,}."
            raise FormatError("points.csv has a row that is no point.", where, do="Make the run again.") from None
    return Points([p[0] for p in found], [p[1] for p in found], [p[2] for p in found])


def points_csv(points: Points) -> str:
    """Return the points as CSV text: x, y, segment."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = zip(points.x, points.y, points.segment, strict=True)
    writer.writerows((repr(float(x)), repr(float(y)), int(s)) for x, y, s in rows)
    return out.getvalue()
