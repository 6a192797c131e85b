"""Profiles: what makes each segment different."""

from __future__ import annotations

import math
from collections.abc import Sequence

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, Segment
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag, write
from coterie.report.view import Measure

_SHOWN_MEASURES = 12
_PANEL, _WIDE_PANEL, _ROW, _LINE = 208.0, 340.0, 43.0, 16.0
FEW = 3  # panels that have room for the wide ones
_RANGE, _NEAR = 290.0, 0.1


def draw_profile(record: CleanRecord) -> Chart | None:
    """Return what makes each segment different, a panel each."""
    ordered, measures = view.by_value(record), choose_measures(record)
    if not measures:
        return None
    panels = draw_panels(ordered, measures)
    across, wide = count_columns(len(panels)), panels[0].width
    heads = [drawing.wrap(f"{s.letter} {s.called}", wide - 18, 13.5) for s in ordered]
    head_room = 12.0 + _LINE * max(map(len, heads))
    tall = panels[0].height + head_room + 10
    parts = []
    for i, (segment, panel) in enumerate(zip(ordered, panels, strict=True)):
        x, y = (i % across) * (wide + 26), (i // across) * tall
        color = f"s{view.slot(segment.id)}"
        head = drawing.draw_glyph(segment.id, 6, 8, color)
        head += drawing.write_lines(17, 12.5, heads[i], "strong", step=_LINE)
        shifted = tag("g", panel.body, transform=f"translate(0 {head_room:.0f})")
        parts.append(tag("g", head + shifted, transform=f"translate({x:.0f} {y:.0f})", data_s=segment.id))
    rows = tuple(row for panel in panels for row in panel.data)
    width, height = across * (wide + 26) - 26, math.ceil(len(panels) / across) * tall - 8
    desc = " ".join(panel.desc for panel in panels)
    return Chart("profile", "What makes each segment different", desc, width, height, "".join(parts), rows)


def count_columns(n: int) -> int:
    """Return how many of n stand in a row.

    The last row is as full as can be.

    >>> [count_columns(n) for n in (2, 3, 5, 6, 7, 8, 10, 11, 13)]
    [2, 3, 5, 3, 4, 4, 5, 4, 5]
    """
    return n if n <= 5 else min(range(5, 2, -1), key=lambda across: (-n % across, -across))


def draw_panels(segments: Sequence[Segment], measures: Sequence[Measure]) -> list[Chart]:
    """Return a panel for each segment; few are drawn wide, so that words keep their size where these fill a row."""
    width = _WIDE_PANEL if len(segments) <= FEW else _PANEL
    return [draw_panel(segment, measures, width) for segment in segments]


def draw_panel(segment: Segment, measures: Sequence[Measure], width: float = _PANEL) -> Chart:
    """Return what makes one segment different.

    Its averages are bars, the average of everybody is a line, and what stands out has its full color.
    """
    y, parts, said = 3.0, [], []
    for i, measure in enumerate(measures):
        if i and measure.role != "feature" and measures[i - 1].role == "feature":
            parts.append(drawing.stroke(f"M0 {y + 1:.0f}H{width:.0f}", "dash"))
            y += 12
        strong, text, everyone = measure.stands_out(segment.id), measure.text(segment.id), measure.text(None)
        tip = f"{measure.label}: {text} here, {everyone} over all{' (stands out)' if strong else ''}"
        kind = f"mark {'mk' if strong else 'nm'} s{view.slot(segment.id)}"
        lines = _label_lines(measure, width)
        parts.append(tag("g", _draw_bar(measure, segment, lines, (y, width)), class_=kind, data_t=tip))
        said += [f"{measure.label} {text} against {everyone} overall"] if strong else []
        y += _ROW + _LINE * (len(lines) - 1)
    name = segment.called
    close = all(mark is None or mark.is_close for mark in (m.mark(segment.id) for m in measures))
    nothing = "close to average everywhere" if close else "nothing stands out"
    desc = f"{name}: {'; '.join(said[:4]) or nothing}."
    rows = tuple(_panel_row(segment, m) for m in measures)
    return Chart("profile", f"Profile of {name}", desc, width, y - 10, "".join(parts), rows)


def _row_of(segment: Segment, measure: Measure) -> Row:
    """Return what a chart's row says of a measure in a segment."""
    return {
        "segment": segment.id,
        "name": segment.called,
        "column": measure.column,
        "level": measure.level,
        "value": measure.value(segment.id),
        "overall": measure.overall,
    }


def _panel_row(segment: Segment, measure: Measure) -> Row:
    return {
        **_row_of(segment, measure),
        "effect": measure.effect(segment.id),
        "stands_out": measure.stands_out(segment.id),
    }


def choose_measures(record: CleanRecord) -> list[Measure]:
    """Return the measures that the charts show: the strongest twelve."""
    found = [m for m in view.measures(record) if m.overall is not None]
    kept = {id(m) for m in sorted(found, key=lambda m: (m.role != "feature", -m.strength))[:_SHOWN_MEASURES]}
    return [m for m in found if id(m) in kept]


def _label_lines(measure: Measure, width: float) -> list[str]:
    """Return a measure's label in lines beside its widest number."""
    widest = max(drawing.estimate_width(measure.text(s)) for s in measure.rows)
    return drawing.wrap(measure.label, (width - 10 - 1.25 * widest) / 1.25)


def _draw_bar(measure: Measure, segment: Segment, lines: Sequence[str], place: tuple[float, float]) -> str:
    """Return label, number, track, bar and the line of everybody, from a height on and so wide."""
    y, width = place
    value, text, strong = measure.value(segment.id), measure.text(segment.id), measure.stands_out(segment.id)
    scale, zero = _extent(measure, width)
    parts = [
        drawing.write_lines(0, y + 11, lines, "lab ink" if strong else "lab", step=_LINE),
        write(width, y + 11, text, f"{'val' if strong else 'lab'} end"),
    ]
    y += _LINE * (len(lines) - 1)
    parts.append(tag("rect", class_="track", x=0, y=y + 18, width=width, height=11, rx=2))
    if value is not None:
        at = scale(value)
        if zero is not None:
            start = scale(zero)
            left, long = min(start, at), max(abs(at - start), 1.0)
            parts.append(tag("rect", class_="bar", x=left, y=y + 18, width=long, height=11, rx=2))
        else:
            base = scale(measure.overall or 0.0)
            parts.append(tag("rect", class_="bar pale", x=min(at, base), y=y + 21, width=abs(at - base), height=5))
            parts.append(tag("circle", class_="bar", cx=at, cy=y + 23.5, r=5.5))
    if measure.overall is not None:
        parts.append(drawing.stroke(f"M{scale(measure.overall):.1f} {y + 15:.0f}v17", "ov"))
    return "".join(parts)


def _extent(measure: Measure, width: float) -> tuple[Scale, float | None]:
    """Return the track's scale, and zero where bars may start from it.

    A far zero would hide every difference.
    """
    values = [v for s in measure.rows if (v := measure.value(s)) is not None]
    values += [] if measure.overall is None else [measure.overall]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if measure.is_share:
        return Scale(0.0, 1.0, 0.0, width), 0.0
    if low >= 0 and low < 0.8 * high:
        return Scale(0.0, high * 1.12, 0.0, width), 0.0
    if low < 0 < high:
        return Scale(low * 1.12, high * 1.12, 0.0, width), 0.0
    near = 0.0 if measure.kind != "number" else _NEAR * max(abs(low), abs(high))  # a small difference looks small
    room = max(0.35 * (high - low), near) or abs(high) or 1.0
    return Scale(low - room, high + room, 0.0, width), None


def draw_averages(record: CleanRecord) -> Chart | None:
    """Return the averages side by side.

    A number a cell, tinted by how far it lies from the average of everybody.
    """
    shown = choose_measures(record)
    if not shown:
        return None
    ordered = view.by_value(record)
    cell, head = max(74.0, min(110.0, 700.0 / len(shown))), 236.0
    labels = [drawing.wrap(m.label, cell - 6, most=4) for m in shown]
    y = 12.0 + 15 * max(map(len, labels))
    parts = [
        drawing.write_lines(head + (j + 0.5) * cell, y + 1 - 15 * len(lines), lines, "lab mid")
        for j, lines in enumerate(labels)
    ]
    for segment in ordered:
        name = drawing.wrap(f"{segment.letter} {segment.called}", head - 26)
        tall = max(34.0, 15.0 * len(name) + 8)
        parts.append(drawing.draw_glyph(segment.id, 7, y + tall / 2 - 1, f"s{view.slot(segment.id)}"))
        parts.append(drawing.write_lines(19, y + tall / 2 + 4 - 7.5 * (len(name) - 1), name, "lab ink"))
        for j, measure in enumerate(shown):
            x, step = head + j * cell, tint(measure, segment.id)
            parts.append(tag("rect", class_=f"cell {step}", x=x, y=y, width=cell, height=tall, rx=4) if step else "")
            parts.append(write(x + 0.5 * cell, y + tall / 2 + 4, measure.text(segment.id), "lab ink mid"))
        y += tall
    parts.append(write(19, y + 20, "All", "lab"))
    parts += [write(head + (j + 0.5) * cell, y + 20, m.text(None), "lab mid") for j, m in enumerate(shown)]
    rows = tuple(_average_row(s, m) for s in ordered for m in shown)
    desc = _tell_largest(max(shown, key=lambda m: m.strength), ordered)
    return Chart("averages", "Segments side by side", desc, head + len(shown) * cell, y + 30, "".join(parts), rows)


def _average_row(segment: Segment, measure: Measure) -> Row:
    return {
        **_row_of(segment, measure),
        "tint": tint(measure, segment.id),
    }


def _tell_largest(measure: Measure, segments: Sequence[Segment]) -> str:
    """Return where the measure that differs most is largest."""
    known = [(value, s) for s in segments if (value := measure.value(s.id)) is not None]
    top = max(known, key=lambda pair: pair[0])[1] if known else segments[0]
    return f"{measure.label} differs most: {measure.text(top.id)} in {top.called}, {measure.text(None)} overall."


def tint(measure: Measure, segment: int) -> str:
    """Return the step of a cell's tint.

    `p1`…`p4` above the average, `m1`…`m4` below, empty when close to it.
    """
    found = measure.mark(segment)
    if found is None or not found.stands_out:
        return ""
    return f"{'p' if found.side > 0 else 'm'}{found.step}"


@frozen
class _Range:
    """The middle 80% of a segment's customers, and their median."""

    segment: Segment
    p10: float
    median: float
    p90: float


def draw_ranges(record: CleanRecord) -> Chart | None:
    """Return how each number spreads within the segments.

    The middle 80% of a segment's customers is a line, the median its mark.
    """
    panels = draw_spreads(record)
    if not panels:
        return None
    across, tall, parts = min(len(panels), 3), max(p.height for p in panels) + 12, []
    for i, panel in enumerate(panels):
        x0, y0 = (i % across) * (_RANGE + 20), (i // across) * tall
        parts.append(tag("g", panel.body, transform=f"translate({x0:.0f} {y0:.0f})"))
    width, height = across * (_RANGE + 20) - 20, math.ceil(len(panels) / across) * tall
    rows = tuple(row for panel in panels for row in panel.data)
    return Chart("ranges", "How the numbers spread", panels[0].desc, width, height, "".join(parts), rows)


def draw_spreads(record: CleanRecord) -> list[Chart]:
    """Return a panel for each number, the strongest first."""
    numbers = [m for m in choose_measures(record) if not m.is_share]
    shown = [(m, ranges) for m in numbers if (ranges := _ranges(m, record.segments))]
    return [_draw_spread(m, ranges, record.segments) for m, ranges in sorted(shown, key=lambda p: -p[0].strength)]


def _draw_spread(measure: Measure, ranges: Sequence[_Range], segments: Sequence[Segment]) -> Chart:
    """Return the panel of one number, a line a segment."""
    rows: tuple[Row, ...] = tuple(
        {"column": measure.label, "name": r.segment.called, "segment": r.segment.id,
         "p10": r.p10, "median": r.median, "p90": r.p90}
        for r in ranges
    )  # fmt: skip
    top = max(ranges, key=lambda r: r.median)
    middle, low, high = (measure.format(v) for v in (top.median, top.p10, top.p90))
    desc = f"{measure.label} is highest in {top.segment.called}: median {middle}, 80% of them between {low} and {high}."
    if all(measure.format(r.median) == middle for r in ranges):
        desc = f"{measure.label} has the same median in each: {middle}."
    elif sum(measure.format(r.median) == middle for r in ranges) > 1:
        tops = words.joined([r.segment.letter for r in ranges if measure.format(r.median) == middle])
        desc = f"{measure.label} is highest in {tops}: median {middle}."
    lines = drawing.wrap(measure.label, _RANGE - 10)
    more, height = 15.0 * (len(lines) - 1), 16.0 * len(segments) + 40
    body = drawing.write_lines(0, 13, lines, "lab ink")
    body += tag("g", _draw_ranges_of(measure, ranges, segments), transform=f"translate(0 {more:.0f})")
    height += more
    return Chart("ranges", f"How {measure.said} spreads", desc, _RANGE, height, body, rows)


def _ranges(measure: Measure, segments: Sequence[Segment]) -> list[_Range]:
    """Return the ranges that rest on enough customers to be printed."""
    found = []
    for segment in segments:
        row = measure.rows.get(segment.id)
        if row is None or row.p10 is None or row.median is None or row.p90 is None or words.too_few(row.n):
            continue
        found.append(_Range(segment, row.p10, row.median, row.p90))
    return found


def _draw_ranges_of(measure: Measure, ranges: Sequence[_Range], segments: Sequence[Segment]) -> str:
    """Return the lines of one number, over an axis."""
    low, high = min(r.p10 for r in ranges), max(r.p90 for r in ranges)
    scale = Scale(low, high if high > low else low + 1, 26, 264)
    parts = []
    bottom = 20 + 16.0 * len(segments)
    for tick in scale.ticks(3):
        parts.append(drawing.stroke(f"M{scale(tick):.1f} 18V{bottom:.0f}", "grid"))
        parts.append(write(scale(tick), bottom + 14, measure.format(tick), "tick mid"))
    known = {r.segment.id: r for r in ranges}
    for i, segment in enumerate(segments):
        y = 26 + 16.0 * i
        parts.append(write(0, y + 4.5, segment.letter, "lab"))
        parts.append(_draw_range(measure, known[segment.id], y, scale) if segment.id in known else "")
    return "".join(parts)


def _draw_range(measure: Measure, found: _Range, y: float, scale: Scale) -> str:
    segment, color = found.segment, f"s{view.slot(found.segment.id)}"
    left, right = scale(found.p10), max(scale(found.p90), scale(found.p10) + 0.1)
    mark = drawing.stroke(f"M{left:.1f} {y:.0f}H{right:.1f}", f"lin {color}")
    mark += drawing.draw_glyph(segment.id, scale(found.median), y, color)
    tip = f"{segment.letter} {segment.called}: {measure.label} median {measure.format(found.median)},"
    tip += f" 80% between {measure.format(found.p10)} and {measure.format(found.p90)}"
    return tag("g", mark, class_="mark", data_s=segment.id, data_t=tip)
