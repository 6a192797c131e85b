"""Profiles: what makes each segment different."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from coterie import words
from coterie.report.charts import drawing
from coterie.report.charts import view_of_json as view
from coterie.report.charts.drawing import Chart, Scale, tag, write
from coterie.report.charts.view_of_json import Measure

MARKER_EFFECT = 0.5
"""From here on a bar is drawn in full color: half a robust standard deviation, or twelve points of share."""
_SHOWN_MEASURES = 12
_PANEL, _ROW = 208.0, 43.0


def draw_profile(record: Mapping[str, Any]) -> Chart | None:
    """One panel a segment: its averages as bars, the average of everybody as a line, what stands out in full color."""
    record = view.clean(record)
    panels = [draw_panel(record, s["id"]) for s in view.by_value(record)]
    drawn = [p for p in panels if p is not None]
    if not drawn:
        return None
    across = min(len(drawn), 5)
    tall = drawn[0].height + 34
    parts = []
    for i, (segment, panel) in enumerate(zip(view.by_value(record), drawn, strict=True)):
        x, y = (i % across) * (_PANEL + 26), (i // across) * tall
        color = f"s{view.slot(segment['id'])}"
        name = drawing.cut(f"{segment['letter']} {view.shown_name(segment)}", _PANEL - 18, 13.5)
        head = drawing.glyph_mark(segment["id"], 6, 8, color) + write(17, 12.5, name, "strong")
        shifted = tag("g", panel.body, transform="translate(0 26)")
        parts.append(tag("g", head + shifted, transform=f"translate({x:.0f} {y:.0f})", data_s=segment["id"]))
    rows = tuple(row for panel in drawn for row in panel.data)
    width, height = across * (_PANEL + 26) - 26, math.ceil(len(drawn) / across) * tall - 8
    desc = " ".join(panel.desc for panel in drawn)
    return Chart("profile", "What makes each segment different", desc, width, height, "".join(parts), rows)


def draw_panel(record: Mapping[str, Any], segment: int) -> Chart | None:
    """Return the panel of one segment: the strongest twelve columns at most, what formed the segments first."""
    record = view.clean(record)
    shown = shown_measures(record)
    if not shown:
        return None
    chosen = next(s for s in record["segments"] if s["id"] == segment)
    y, parts, rows, said = 0.0, [], [], []
    for i, measure in enumerate(shown):
        if i and measure.role != "feature" and shown[i - 1].role == "feature":
            parts.append(drawing.line(f"M0 {y + 1:.0f}H{_PANEL:.0f}", "dash"))
            y += 12
        value = measure.value(segment)
        strong = abs(measure.effect(segment)) >= MARKER_EFFECT
        text, everyone = measure.text(segment), measure.text(None)
        tip = f"{measure.label}: {text} here, {everyone} over all{' (stands out)' if strong else ''}"
        kind = f"mark {'mk' if strong else 'nm'} s{view.slot(segment)}"
        parts.append(tag("g", _bar(measure, value, y, text, strong), class_=kind, data_t=tip))
        rows.append(
            {
                "segment": segment,
                "name": view.shown_name(chosen),
                "column": measure.column,
                "level": measure.level,
                "value": value,
                "overall": measure.overall,
                "effect": measure.effect(segment),
                "stands_out": strong,
            }
        )
        said += [f"{measure.label} {text} against {everyone} overall"] if strong else []
        y += _ROW
    name = view.shown_name(chosen)
    desc = f"{name}: {'; '.join(said[:4])}." if said else f"{name}: close to average everywhere."
    return Chart("profile", f"Profile of {name}", desc, _PANEL, y - 10, "".join(parts), tuple(rows))


def shown_measures(record: Mapping[str, Any]) -> list[Measure]:
    """Return the measures that the charts show: the strongest twelve."""
    found = [m for m in view.measures(record) if m.overall is not None]
    kept = {id(m) for m in sorted(found, key=lambda m: (m.role != "feature", -m.strength))[:_SHOWN_MEASURES]}
    return [m for m in found if id(m) in kept]


def _bar(measure: Measure, value: float | None, y: float, text: str, strong: bool) -> str:
    """Label, number, track, bar and the line of everybody."""
    scale, zero = _extent(measure)
    label = drawing.cut(measure.label, _PANEL - drawing.text_width(text) - 14)
    parts = [
        write(0, y + 11, label, "lab ink" if strong else "lab"),
        write(_PANEL, y + 11, text, f"{'val' if strong else 'lab'} end"),
    ]
    parts.append(tag("rect", class_="track", x=0, y=y + 18, width=_PANEL, height=11, rx=2))
    if value is not None:
        at = scale(value)
        if zero is not None:
            start = scale(zero)
            left, width = min(start, at), max(abs(at - start), 1.0)
            parts.append(tag("rect", class_="bar", x=left, y=y + 18, width=width, height=11, rx=2))
        else:
            base = scale(measure.overall or 0.0)
            parts.append(tag("rect", class_="bar pale", x=min(at, base), y=y + 21, width=abs(at - base), height=5))
            parts.append(tag("circle", class_="bar", cx=at, cy=y + 23.5, r=5.5))
    if measure.overall is not None:
        parts.append(drawing.line(f"M{scale(measure.overall):.1f} {y + 15:.0f}v17", "ov"))
    return "".join(parts)


def _extent(measure: Measure) -> tuple[Scale, float | None]:
    """Return the track's scale, and zero where bars may start from it; a far zero would hide every difference."""
    values = [v for s in measure.rows if (v := measure.value(s)) is not None]
    values += [] if measure.overall is None else [measure.overall]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if measure.is_share:
        return Scale(0.0, 1.0, 0.0, _PANEL), 0.0
    if low >= 0 and low < 0.8 * high:
        return Scale(0.0, high * 1.12, 0.0, _PANEL), 0.0
    if low < 0 < high:
        return Scale(low * 1.12, high * 1.12, 0.0, _PANEL), 0.0
    room = 0.35 * ((high - low) or abs(high) or 1.0)
    return Scale(low - room, high + room, 0.0, _PANEL), None


def draw_averages(record: Mapping[str, Any]) -> Chart | None:
    """Return the averages side by side: a number a cell, tinted by how far it lies from the average of everybody."""
    record = view.clean(record)
    shown = shown_measures(record)
    if not shown:
        return None
    ordered = view.by_value(record)
    cell, head = max(74.0, min(110.0, 700.0 / len(shown))), 236.0
    parts, rows = [], []
    for j, measure in enumerate(shown):
        for n, text in enumerate(_two_lines(measure.label, cell - 6)):
            parts.append(write(head + (j + 0.5) * cell, 14 + 15 * n, text, "lab mid"))
    for i, segment in enumerate(ordered):
        y = 42 + i * 34.0
        name = drawing.cut(f"{segment['letter']} {view.shown_name(segment)}", head - 26)
        color = f"s{view.slot(segment['id'])}"
        parts.append(drawing.glyph_mark(segment["id"], 7, y + 16, color) + write(19, y + 21, name, "lab ink"))
        for j, measure in enumerate(shown):
            step, text = tint(measure, segment["id"]), measure.text(segment["id"])
            box: dict[str, Any] = {"x": head + j * cell, "y": y, "width": cell, "height": 34, "rx": 4}
            parts.append(tag("rect", class_=f"cell {step or 'track'}", **box) if step else "")
            parts.append(write(head + (j + 0.5) * cell, y + 21, text, "lab ink mid"))
            rows.append(
                {
                    "segment": segment["id"],
                    "name": view.shown_name(segment),
                    "column": measure.column,
                    "level": measure.level,
                    "value": measure.value(segment["id"]),
                    "overall": measure.overall,
                    "tint": step,
                }
            )
    y = 42 + len(ordered) * 34.0
    parts.append(write(19, y + 20, "All", "lab"))
    parts += [write(head + (j + 0.5) * cell, y + 20, m.text(None), "lab mid") for j, m in enumerate(shown)]
    best = max(shown, key=lambda m: m.strength)
    known = [(value, s) for s in ordered if (value := best.value(s["id"])) is not None]
    top = max(known, key=lambda pair: pair[0])[1] if known else ordered[0]
    desc = f"{best.label} differs most: {best.text(top['id'])} in {view.shown_name(top)}, {best.text(None)} overall."
    return Chart(
        "averages", "Averages side by side", desc, head + len(shown) * cell, y + 30, "".join(parts), tuple(rows)
    )


def tint(measure: Measure, segment: int) -> str:
    """Return the step of a cell's tint: `p1`…`p4` above the average, `m1`…`m4` below, empty when close to it."""
    effect, value = measure.effect(segment), measure.value(segment)
    if value is None or measure.overall is None or value == measure.overall:
        return ""
    step = next((i for i, limit in ((4, 2.0), (3, 1.2), (2, 0.8), (1, 0.4)) if abs(effect) >= limit), 0)
    return f"{'p' if value > measure.overall else 'm'}{step}" if step else ""


def _two_lines(label: str, width: float) -> list[str]:
    """Return a label on at most two lines."""
    if drawing.text_width(label) <= width or " " not in label:
        return ["", drawing.cut(label, width)]
    pieces = label.split()
    splits = [(" ".join(pieces[:i]), " ".join(pieces[i:])) for i in range(1, len(pieces))]
    best = min(splits, key=lambda s: max(drawing.text_width(t) for t in s))
    return [drawing.cut(t, width) for t in best]


def draw_ranges(record: Mapping[str, Any]) -> Chart | None:
    """How the numbers spread: for each segment the middle 80% of its customers as a line, the median as its mark."""
    record = view.clean(record)
    shown = [m for m in shown_measures(record) if not m.is_share and _spread(m)]
    if not shown:
        return None
    segments = record["segments"]
    tall = 16.0 * len(segments) + 40
    parts, rows = [], []
    for i, measure in enumerate(shown):
        x0, y0 = (i % 2) * 300.0, (i // 2) * tall
        panel, found = _range_panel(measure, segments)
        parts.append(tag("g", panel, transform=f"translate({x0:.0f} {y0:.0f})"))
        rows += found
    height = math.ceil(len(shown) / 2) * tall
    first = max(shown, key=lambda m: m.strength)
    printed = [r for r in first.rows.values() if r["p10"] is not None and not words.too_few(r["n"])]
    row = max(printed, key=lambda r: r["median"] if r["median"] is not None else -math.inf)
    name = next(view.shown_name(s) for s in segments if s["id"] == row["segment"])
    desc = f"{first.label} is highest in {name}: median {first.format(row['median'])}, 80% of them between"
    desc += f" {first.format(row['p10'])} and {first.format(row['p90'])}."
    return Chart(
        "ranges", "How the numbers spread", desc, 600 if len(shown) > 1 else 290, height, "".join(parts), tuple(rows)
    )


def _spread(measure: Measure) -> bool:
    return any(r.get("p10") is not None and not words.too_few(r["n"]) for r in measure.rows.values())


def _range_panel(measure: Measure, segments: Sequence[Mapping[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    found = [r for r in measure.rows.values() if r.get("p10") is not None and (r.get("n") or 0) >= words.SMALLEST_GROUP]
    low, high = min((r["p10"] for r in found), default=0.0), max((r["p90"] for r in found), default=1.0)
    scale = Scale(low, high if high > low else low + 1, 26, 276)
    parts, rows = [write(0, 11, drawing.cut(measure.label, 270), "lab ink")], []
    bottom = 20 + 16.0 * len(segments)
    for tick in scale.ticks(4):
        parts.append(drawing.line(f"M{scale(tick):.1f} 18V{bottom:.0f}", "grid"))
        parts.append(write(scale(tick), bottom + 14, measure.format(tick), "tick mid"))
    for i, segment in enumerate(segments):
        y = 26 + 16.0 * i
        row = next((r for r in found if r["segment"] == segment["id"]), None)
        parts.append(write(0, y + 4.5, str(segment["letter"]), "lab"))
        if row is None:
            continue
        color = f"s{view.slot(segment['id'])}"
        tip = f"{segment['letter']} {view.shown_name(segment)}: {measure.label}"
        tip += f" median {measure.format(row['median'])}"
        tip += f", 80% between {measure.format(row['p10'])} and {measure.format(row['p90'])}"
        mark = drawing.line(
            f"M{scale(row['p10']):.1f} {y:.0f}H{max(scale(row['p90']), scale(row['p10']) + 0.1):.1f}", "lin " + color
        )
        mark += drawing.glyph_mark(segment["id"], scale(row["median"]), y, color)
        parts.append(tag("g", mark, class_="mark", data_s=segment["id"], data_t=tip))
        rows.append(
            {
                "column": measure.label,
                "name": view.shown_name(segment),
                **{c: row[c] for c in ("segment", "p10", "median", "p90")},
            }
        )
    return "".join(parts), rows
