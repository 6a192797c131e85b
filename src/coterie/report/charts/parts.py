"""Parts: what one customer's columns say for a segment."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from coterie.doors import frozen
from coterie.record import Segment
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, tag, write

_LABEL, _VALUE, _WIDTH, _ROW = 170.0, 120.0, 250.0, 30.0
_LETTERS = 82  # of a line below


@frozen
class Spoken:
    """A column as it is drawn.

    ``part`` is what it adds, ``usual`` what both segments usually have.
    """

    column: str
    label: str
    value: str
    part: float
    usual: str


def draw_parts(own: Segment, other: Segment, spoken: Sequence[Spoken], desc: str) -> Chart:
    """Return a bar for each column.

    To the right it speaks for the customer's segment, to the left for the other one.
    """
    most = max((abs(s.part) for s in spoken), default=0.0) or 1.0
    least = min((s.part for s in spoken), default=0.0)
    start = _LABEL + _VALUE
    zero = start + (_WIDTH * min(0.5, -least / (most - least)) if least < 0 else 0.0)
    reach = min(start + _WIDTH - zero, (zero - start) * most / -least if least < 0 else _WIDTH)
    top = 40.0
    heads = [_draw_head(segment, y) for segment, y in ((own, 0.0), (other, 20.0))]
    bars = []
    for i, one in enumerate(spoken):
        y, length = top + i * _ROW, reach * abs(one.part) / most
        towards = own if one.part >= 0 else other
        x = zero if one.part >= 0 else zero - length
        marks = write(0, y + 17, drawing.wrap(one.label, _LABEL - 10, most=1)[0], "lab ink")
        marks += write(start - 12, y + 17, drawing.wrap(one.value, _VALUE - 16, most=1)[0], "val end")
        if one.part:
            marks += tag("rect", class_="bar", x=x, y=y + 8, width=max(length, 1.0), height=12, rx=2)
        tip = f"{one.label}: {one.value}{one.usual}"
        bars.append(tag("g", marks, class_=f"mark s{view.slot(towards.id)}", data_t=tip))
    height = top + len(spoken) * _ROW + 4
    lines = textwrap.wrap(desc, _LETTERS)
    said = [write(0, height + 16 + 17 * i, line, "lab") for i, line in enumerate(lines)]
    axis = drawing.stroke(f"M{zero:.1f} {top + 2:.1f}V{height - 4:.1f}", "ax")
    rows: tuple[Row, ...] = tuple({"column": s.column, "label": s.label, "part": s.part} for s in spoken)
    title = f"Why {own.letter} and not {other.letter}"
    return Chart(
        "why", title, desc, start + _WIDTH, height + 17 * len(lines) + 6, "".join([*heads, axis, *bars, *said]), rows
    )


def _draw_head(segment: Segment, y: float) -> str:
    """Return the line that says what a color means."""
    name = drawing.wrap(f"speaks for {segment.letter} {segment.called}", _LABEL + _VALUE + _WIDTH - 20, 13.5, most=1)[0]
    return drawing.draw_glyph(segment.id, 6, y + 8, f"s{view.slot(segment.id)}") + write(17, y + 12.5, name, "strong")
