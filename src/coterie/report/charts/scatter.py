"""Scatter: where customers sit, as points or as counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from coterie import words
from coterie.record import Cells, CleanRecord, MapAxis, MapFacts, Points, Segment
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag, write

SHAPES_UP_TO, OUTLINED_UP_TO = 1500, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 628.0, 20.0, 368.0


class _Spot(NamedTuple):
    """The middle of a segment's marks, on the page."""

    x: float
    y: float


Marks = tuple[str, dict[int, _Spot], tuple[Row, ...]]
"""The marks, the middle of each segment's, and the numbers behind them."""


def draw_map(record: CleanRecord, points: Points | None = None) -> Chart | None:
    """Return the customers on the two columns that tell segments apart best.

    With more columns than two they are on the two main directions. With points, one mark a customer (at most those
    stored); without, squares that grow with how many customers they hold, where the record has such counts; None where
    it has neither.
    """
    place = record.sample.map
    if points is not None and len(points.x):
        points = Points([float(v) for v in points.x], [float(v) for v in points.y], [int(s) for s in points.segment])
        x = _scale(record, place.x, points.x, _LEFT + 8, _RIGHT - 8)
        y = _scale(record, place.y, points.y, _BOTTOM - 8, _TOP + 8)
        marks, middles, rows = _draw_points(record, points, x, y)
    elif place.cells:
        x = _scale(record, place.x, place.cells.x, _LEFT, _RIGHT)
        y = _scale(record, place.y, place.cells.y, _BOTTOM, _TOP)
        marks, middles, rows = _draw_cells(record, place.cells, x, y)
    else:
        return None
    height, legend = _draw_legend(record)
    body = _draw_frame(place, x, y) + marks + _draw_labels(record, middles) + legend
    names = f"{place.x.label} and {place.y.label}"
    title = "Map of customers" if place.kind == "pca" else f"Map of customers by {names}"
    attributes = [("data-map", "points" if points is not None else "cells"), ("data-x", x.code()), ("data-y", y.code())]
    if place.kind != "pca":
        attributes.append(("data-labels", f"{place.x.label}\n{place.y.label}"))
    return Chart("map", title, _tell_map(record, middles), 640, height, body, rows, tuple(attributes))


def _scale(record: CleanRecord, axis: MapAxis, values: Sequence[float], *ends: float) -> Scale:
    """Return the scale of an axis.

    It holds all values, unless a few lie so far out that the rest would be a speck; those go to the edge.
    """
    unit = None
    if axis.transform == "log":
        unit = next((f.unit for f in record.features if f.column == axis.column), None)
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    near, far = ordered[len(ordered) // 200], ordered[-1 - len(ordered) // 200]
    reach = 1.0 * (far - near)
    low, high = max(low, near - reach) if reach else low, min(high, far + reach) if reach else high
    if high <= low:
        return Scale(low, low + 1.0, ends[0], ends[1], unit)
    if unit is None and axis.column is not None:
        low, high = _to_ticks(low, high)
    return Scale(low, high, ends[0], ends[1], unit)


def _to_ticks(low: float, high: float) -> tuple[float, float]:
    """Return an axis's ends, on round values where near."""
    ticks = drawing.pick_round_values(low, high, 6)
    step, near = (ticks[1] - ticks[0] if len(ticks) > 1 else 0.0), 0.12 * (high - low)
    if ticks[0] - step >= low - near:
        low = min(low, ticks[0] - step)
    if ticks[-1] + step <= high + near:
        high = max(high, ticks[-1] + step)
    return low, high


def _draw_frame(place: MapFacts, x: Scale, y: Scale) -> str:
    """Return grid, numbers and the names of the axes."""
    parts = []
    numbered = place.kind != "pca"
    for ticks, scale, across in ((x.ticks(7), x, True), (y.ticks(6), y, False)):
        top = max((abs(t) for t in ticks), default=0.0)
        for tick in ticks:
            at = scale(tick)
            parts.append(
                drawing.stroke(f"M{at:.1f} {_TOP}V{_BOTTOM}" if across else f"M{_LEFT} {at:.1f}H{_RIGHT}", "grid")
            )
            size = None if scale.unit is not None else _step_scale(ticks, top)
            text = words.short_number(tick, scale=size) if numbered else ""
            inside = min(at, 640 - drawing.estimate_width(text, 12) / 2)
            spot = (inside, _BOTTOM + 17, text, "tick mid") if across else (_LEFT - 7, at + 4, text, "tick end")
            parts.append(write(*spot))
    right = drawing.cut(words.sentence(place.x.label), 560)
    up = drawing.cut(words.sentence(place.y.label), 560)
    parts.append(write(_RIGHT, _BOTTOM + 35, f"{right} →", "lab ink end") + write(0, 11, f"↑ {up}", "lab ink"))
    return "".join(parts)


def _step_scale(ticks: Sequence[float], top: float) -> float:
    """Return a scale for ticks; fine steps need decimals."""
    step = min((abs(b - a) for a, b in pairwise(ticks)), default=top)
    return top if top >= 999_500 else step if step < 2 else max(top, 20.0)


def _draw_points(record: CleanRecord, points: Points, x: Scale, y: Scale) -> Marks:
    """Return one path a segment.

    Shapes while they can be told apart, round dots beyond.
    """
    groups: dict[int, list[tuple[float, float]]] = {}
    for a, b, segment in zip(points.x, points.y, points.segment, strict=True):
        place = (x(min(max(a, x.low), x.high)), y(min(max(b, y.low), y.high)))
        groups.setdefault(segment, []).append(place)
    known = {s.id: s for s in record.segments}
    middles: dict[int, _Spot] = {}
    parts = []
    for segment in sorted(groups, key=lambda s: (-len(groups[s]), s)):
        spots = sorted(groups[segment])
        if segment not in known:
            parts.append(tag("path", class_="ov", d="".join(f"M{a:.0f} {b:.0f}h.1" for a, b in spots)))
            continue
        middle = len(spots) // 2
        middles[segment] = _Spot(spots[middle][0], sorted(b for _, b in spots)[middle])
        parts.append(_draw_group(known[segment], spots, len(points.x)))
    rows: tuple[Row, ...] = tuple(
        {"x": a, "y": b, "segment": s} for a, b, s in zip(points.x, points.y, points.segment, strict=True)
    )
    return "".join(parts), middles, rows


def _draw_group(segment: Segment, spots: Sequence[tuple[float, float]], shown: int) -> str:
    """Return one segment's marks, of ``shown`` on the map."""
    name, color = f"{segment.letter} {segment.called}", f"s{view.slot(segment.id)}"
    tip = f"{name}: {words.count(segment.size)} customers"
    if shown <= SHAPES_UP_TO:
        d = "".join(f"M{a:.0f} {b:.0f}{drawing.trace_glyph(segment.id)}" for a, b in spots)
        kind = "mark pts bar" if shown <= OUTLINED_UP_TO else "mark pts bar many"
        return tag("path", class_=f"{kind} {color}", d=d, data_s=segment.id, data_t=tip, data_n=name)
    d = "".join(f"M{10 * a:.0f} {10 * b:.0f}h0" for a, b in spots)
    dots = tag("path", class_=f"mark dots {color}", d=d, stroke_width=50 if shown <= 3000 else 42,
               transform="scale(.1)", data_s=segment.id, data_t=tip, data_n=name)  # fmt: skip
    return dots


def _draw_cells(record: CleanRecord, cells: Cells, x: Scale, y: Scale) -> Marks:
    """Return one square a cell.

    Its color is that of its most frequent segment, its area grows with the number of customers.
    """
    most = max((c.n for c in cells.counts), default=1)
    known = {s.id: s for s in record.segments}
    sums: dict[int, list[float]] = {}
    parts: list[str] = []
    rows: list[Row] = []
    for cell in cells.counts:
        if cell.n < words.SMALLEST_GROUP or cell.segment not in known:
            continue
        left, right = x(cells.x[cell.i]), x(cells.x[cell.i + 1])
        low, high = y(cells.y[cell.j]), y(cells.y[cell.j + 1])
        a, b, side = (left + right) / 2, (low + high) / 2, 0.25 + 0.75 * (cell.n / most) ** 0.5
        w, h = (right - left) * side, (low - high) * side
        box = {"x": a - w / 2, "y": b - h / 2, "width": w, "height": h, "rx": 1}
        tip = f"{words.count(cell.n)} customers, mostly {known[cell.segment].called}"
        kind = f"mark bar s{view.slot(cell.segment)}"
        parts.append(tag("rect", class_=kind, **box, data_s=cell.segment, data_t=tip))
        total = sums.setdefault(cell.segment, [0.0, 0.0, 0.0])
        for i, amount in enumerate((a * cell.n, b * cell.n, cell.n)):
            total[i] += amount
        place: Row = {"i": cell.i, "j": cell.j, "segment": cell.segment, "n": cell.n}
        rows.append({**place, "x": cells.x[cell.i], "y": cells.y[cell.j]})
    middles = {s: _Spot(x / n, y / n) for s, (x, y, n) in sums.items()}
    return "".join(parts), middles, tuple(rows)


def _draw_labels(record: CleanRecord, middles: Mapping[int, _Spot]) -> str:
    """Return the letter at each segment's middle.

    With the name where there is room; no two touch.
    """
    known = {s.id: s for s in record.segments}
    names = {s: f"{known[s].letter} {known[s].called}" for s in middles}
    named = len(middles) <= 6 and all(drawing.estimate_width(name, 13) < 300 for name in names.values())
    placed: list[tuple[float, float, float]] = []
    parts = []
    for segment in sorted(middles, key=lambda s: middles[s].y):
        x, y = middles[segment]
        text = names[segment] if named else known[segment].letter
        half = drawing.estimate_width(text, 13) / 2
        x = min(max(x, _LEFT + half + 2), _RIGHT - half - 2)
        y += 4.5
        while any(abs(y - b) < 15 and abs(x - a) < half + w for a, b, w in placed):
            y += 3
        placed.append((x, min(y, _BOTTOM - 4), half))
        letter, _, rest = text.partition(" ")
        inside = escape(letter) + (tag("tspan", "\u00a0" + escape(rest), class_="long") if rest else "")
        label = tag("text", inside, class_="halo mid", x=x, y=min(y, _BOTTOM - 4))
        parts.append(tag("g", label, class_=f"s{view.slot(segment)}", data_s=segment))
    return "".join(parts)


def _draw_legend(record: CleanRecord) -> tuple[float, str]:
    """Return the height of the chart with its legend, and the legend.

    It has shape and name of each segment, in rows.
    """
    x, y, parts = 0.0, _BOTTOM + 60, []
    for segment in record.segments:
        name = drawing.cut(f"{segment.letter} {segment.called}", 300)
        width = drawing.estimate_width(name) + 34
        if x and x + width > 640:
            x, y = 0.0, y + 20
        mark = drawing.draw_glyph(segment.id, x + 6, y - 4.5, f"s{view.slot(segment.id)}")
        parts.append(tag("g", mark + write(x + 16, y, name, "leg ink"), data_s=segment.id))
        x += width
    return y + 8, "".join(parts)


def _tell_map(record: CleanRecord, middles: Mapping[int, _Spot]) -> str:
    """Return what the map shows, in words."""
    place = record.sample.map
    part = ""
    if place.shown < place.of:
        part = f"{place.shown:,} of {place.of:,} customers are shown, the same share of every segment. "
    if len(middles) < 2:
        return f"{part}One segment holds all customers shown."
    names = {s.id: f"{s.letter} {s.called}" for s in record.segments}
    across = [names[s] for s in sorted(middles, key=lambda s: middles[s].x)]
    upward = [names[s] for s in sorted(middles, key=lambda s: -middles[s].y)]
    text = f"{part}On {place.x.label}, {across[0]} is lowest and {across[-1]} highest;"
    return f"{text} on {place.y.label}, {upward[0]} is lowest and {upward[-1]} highest."
