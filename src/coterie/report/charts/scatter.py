"""Scatter: where customers sit, as points or as counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from coterie import words
from coterie.doors import frozen
from coterie.record import Cells, CleanRecord, MapAxis, MapFacts, Points, Segment
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag, write
from coterie.report.charts.labels import Ask, Box, Crowd, Label, place_labels

SHAPES_UP_TO, OUTLINED_UP_TO = 1500, 400
_WIDTH, _HIGH, _EDGE, _LINE = 560.0, 284.0, 10.0, 18.0
_NAMED_UP_TO, _NAME, _LETTER, _TICK = 7, 13.0, 18.0, 13.0


class _Spot(NamedTuple):
    """The middle of a segment's marks, on the page."""

    x: float
    y: float


@frozen
class _Drawn:
    """Marks, and places that are taken by them."""

    body: str
    spots: Sequence[tuple[float, float]]


Marks = tuple[_Drawn, dict[int, _Spot], tuple[Row, ...]]
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
        frame, x, y = _make_frame(record, points.x, points.y, inset=8)
        marks, middles, rows = _draw_points(record, points, x, y)
    elif place.cells:
        frame, x, y = _make_frame(record, place.cells.x, place.cells.y)
        marks, middles, rows = _draw_cells(record, place.cells, x, y)
    else:
        return None
    body = _draw_frame(place, frame, x, y) + marks.body + _draw_labels(record, middles, Crowd(marks.spots, frame))
    title = "Map of customers" if place.kind == "pca" else f"Map of customers by {place.x.label} and {place.y.label}"
    attributes = [("data-map", "points" if points is not None else "cells"), ("data-x", x.code()), ("data-y", y.code())]
    if place.kind != "pca":
        attributes.append(("data-labels", f"{place.x.label}\n{place.y.label}"))
    height = frame.bottom + _below(place)
    desc, legend = _tell_map(record, middles), _draw_legend(record)
    return Chart("map", title, desc, _WIDTH, height, body, rows, tuple(attributes), legend)


def _make_frame(
    record: CleanRecord, across: Sequence[float], up: Sequence[float], inset: float = 0.0
) -> tuple[Box, Scale, Scale]:
    """Return the field of the marks, and its scales.

    On its left is room for the numbers of the axis.
    """
    place = record.sample.map
    top = _LINE * len(_axis_lines(place.y)) + 12
    bottom = top + _HIGH
    y = _scale(record, place.y, up, bottom - inset, top + inset)
    texts = _ticks(y, 5) if place.kind != "pca" else []
    left = max((drawing.estimate_width(text, 12) * drawing.GROWN for _, text in texts), default=0.0) + _EDGE
    frame = Box(left, top, _WIDTH - _EDGE, bottom)
    return frame, _scale(record, place.x, across, left + inset, frame.right - inset), y


def _axis_lines(axis: MapAxis) -> list[str]:
    """Return an axis in words, with room for growing."""
    return drawing.wrap(words.sentence(axis.label), (_WIDTH - 60) / drawing.GROWN, most=2)


def _below(place: MapFacts) -> float:
    """Return the room for words and numbers below."""
    return (8 if place.kind == "pca" else 26) + _LINE * len(_axis_lines(place.x))


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
    ticks = drawing.pick_round_values(low, high, 5)
    step, near = (ticks[1] - ticks[0] if len(ticks) > 1 else 0.0), 0.12 * (high - low)
    if ticks[0] - step >= low - near:
        low = min(low, ticks[0] - step)
    if ticks[-1] + step <= high + near:
        high = max(high, ticks[-1] + step)
    return low, high


def _draw_frame(place: MapFacts, frame: Box, x: Scale, y: Scale) -> str:
    """Return grid, numbers and the names of the axes."""
    parts, numbered = [], place.kind != "pca"
    across = _ticks(x, 6)
    parts += [drawing.stroke(f"M{at:.1f} {frame.top}V{frame.bottom}", "grid") for at, _ in across]
    parts += [write(at, frame.bottom + 18, text, "tick mid") for at, text in _spaced(across) if numbered]
    for at, text in _ticks(y, 5):
        parts.append(drawing.stroke(f"M{frame.left} {at:.1f}H{frame.right}", "grid"))
        parts.append(write(frame.left - 7, at + 4, text if numbered else "", "tick end"))
    right, up = _axis_lines(place.x), _axis_lines(place.y)
    below = frame.bottom + (22 if not numbered else 40)
    parts.append(drawing.write_lines(frame.right, below, [*right[:-1], f"{right[-1]} →"], "lab ink end", step=_LINE))
    parts.append(drawing.write_lines(0, 17, [f"↑ {up[0]}", *up[1:]], "lab ink", step=_LINE))
    return "".join(parts)


def _ticks(scale: Scale, about: int) -> list[tuple[float, str]]:
    """Return place and text of an axis's round values."""
    found = scale.ticks(about)
    top = max((abs(t) for t in found), default=0.0)
    size = None if scale.unit is not None else _step_scale(found, top)
    return [(scale(t), words.short_number(t, scale=size)) for t in found]


def _spaced(ticks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the ticks below the map where their texts stand: all, or every second, third… if these have no room."""
    for step in range(1, len(ticks) + 1):
        kept = [(drawing.keep_inside(at, text, _WIDTH, _TICK), text) for at, text in ticks[::step]]
        half = max(drawing.estimate_width(text, _TICK) * drawing.GROWN / 2 for _, text in kept)
        if all(b - a > 2 * half for (a, _), (b, _) in pairwise(kept)):
            return kept
    return []


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
    return _Drawn("".join(parts), [spot for group in groups.values() for spot in group]), middles, rows


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
    spots: list[tuple[float, float]] = []
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
        spots += _grid_of(a, b, w, h)
        total = sums.setdefault(cell.segment, [0.0, 0.0, 0.0])
        for i, amount in enumerate((a * cell.n, b * cell.n, cell.n)):
            total[i] += amount
        place: Row = {"i": cell.i, "j": cell.j, "segment": cell.segment, "n": cell.n}
        rows.append({**place, "x": cells.x[cell.i], "y": cells.y[cell.j]})
    middles = {s: _Spot(x / n, y / n) for s, (x, y, n) in sums.items()}
    return _Drawn("".join(parts), spots), middles, tuple(rows)


def _grid_of(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    """Return places that stand for a square."""
    return [(x + width * (i / 6 - 0.5), y + height * (j / 6 - 0.5)) for i in range(7) for j in range(7)]


def _draw_labels(record: CleanRecord, middles: Mapping[int, _Spot], crowd: Crowd) -> str:
    """Return each segment's name, clear of the marks.

    Where the page is narrow, it is the letter alone.
    """
    called = {s.id: (s.letter, f"{s.letter} {s.called}") for s in record.segments}
    wide, narrow = [], []
    for segment in sorted(middles, key=lambda s: middles[s].y):
        x, y = middles[segment]
        letter, name = called[segment]
        names = [[name], drawing.wrap(name, 130, _NAME, most=9)] if len(middles) <= _NAMED_UP_TO else []
        fits = [n for n in names if len(n) <= 3 and max(drawing.estimate_width(line, _NAME) for line in n) < 240]
        wide.append(Ask(segment, x, y, [*fits, [letter]]))
        narrow.append(Ask(segment, x, y, [[letter]]))
    shown = tag("g", _write_labels(place_labels(wide, crowd, _NAME), _NAME), class_="wide")
    return shown + tag("g", _write_labels(place_labels(narrow, crowd, _LETTER), _LETTER), class_="narrow")


def _write_labels(labels: Sequence[Label], size: float) -> str:
    parts = []
    for segment, lines, box, leader in labels:
        marks = ""
        if leader is not None:
            path = "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*leader)
            marks = drawing.stroke(path, "under") + drawing.stroke(path, "lead")
        middle = (box.left + box.right) / 2
        marks += drawing.write_lines(middle, box.top + 1.02 * size, lines, "halo mid", step=1.2 * size)
        parts.append(tag("g", marks, class_=f"s{view.slot(segment)}", data_s=segment))
    return "".join(parts)


def _draw_legend(record: CleanRecord) -> tuple[str, float]:
    """Return the legend of a file, and its height."""
    x, y, parts = 0.0, 22.0, []
    for segment in record.segments:
        lines = drawing.wrap(f"{segment.letter} {segment.called}", _WIDTH - 40)
        width = max(map(drawing.estimate_width, lines)) + 34
        if x and x + width > _WIDTH:
            x, y = 0.0, y + 20
        mark = drawing.draw_glyph(segment.id, x + 6, y - 4.5, f"s{view.slot(segment.id)}")
        parts.append(tag("g", mark + drawing.write_lines(x + 16, y, lines, "lab ink"), data_s=segment.id))
        x, y = x + width, y + 15 * (len(lines) - 1)
    return "".join(parts), y + 8


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
