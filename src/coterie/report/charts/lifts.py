"""Lifts: what a campaign brought in each segment, as intervals on one axis."""

from __future__ import annotations

from coterie import words
from coterie.record import effects, lift_words
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag
from coterie.report.charts.drawing import write as put

_LEFT, _RIGHT, _WIDTH, _TOP = 20.0, 470.0, 560.0, 14.0
_BOLD = 1.15  # letters of a name
_LINE, _INTERVAL = 19.0, 34.0  # high: a line of a name, and the interval below it


def draw_lift(found: effects.Lift) -> Chart | None:
    """Return the lift of all and of each segment with its interval, beside the line of no lift.

    None where no segment has enough customers.
    """
    rows = (found.overall, *found.segments) if len(found.segments) > 1 else found.segments
    ends = [v for r in rows for v in (r.low, r.high) if v is not None]
    if not ends:
        return None
    pad = 0.06 * ((max(*ends, 0.0) - min(*ends, 0.0)) or 1.0)
    scale = Scale(min(*ends, 0.0) - pad, max(*ends, 0.0) + pad, _LEFT, _RIGHT)
    names = [_lines(row) for row in rows]
    heights = [_LINE * len(lines) + _INTERVAL for lines in names]
    below = _TOP + sum(heights)
    height = below + 46
    parts = [drawing.stroke(f"M{scale(t):.1f} {_TOP - 8}V{below:.1f}", "grid") for t in scale.ticks(4)]
    parts += [put(scale(t), below + 18, text, "tick mid") for t, text in _ticks(scale, found)]
    parts.append(drawing.stroke(f"M{scale(0.0):.1f} {_TOP - 8}V{below:.1f}", "ov"))
    unit = "points" if found.kind == "rate" else "a customer"
    parts.append(put((_LEFT + _RIGHT) / 2, height - 5, f"lift, {unit}", "lab mid"))
    for i, (row, lines) in enumerate(zip(rows, names, strict=True)):
        parts.append(_draw_row(row, lines, _TOP + sum(heights[:i]), scale, found))
    title = "What the campaign brought, with 95% intervals"
    return Chart("lift", title, found.overall.text, _WIDTH, height, "".join(parts), tuple(_row(r, found) for r in rows))


def _ticks(scale: Scale, found: effects.Lift) -> list[tuple[float, str]]:
    """Return round lifts, with their texts."""
    at = scale.ticks(4)
    texts = words.alike([100 * t if found.kind == "rate" else t for t in at])
    return [(t, f"+{text}" if t > 0 else text) for t, text in zip(at, texts, strict=True)]


def _name(row: effects.SegmentLift) -> str:
    return row.name if row.segment is None else f"{row.letter} {row.name}"


def _lines(row: effects.SegmentLift) -> list[str]:
    return drawing.wrap(_name(row), (_WIDTH - _LEFT) / (drawing.GROWN * _BOLD))


def _draw_row(row: effects.SegmentLift, lines: list[str], top: float, scale: Scale, found: effects.Lift) -> str:
    """Return a name, and below it its interval."""
    y, high = top + _LINE * len(lines) + 4, _LINE * len(lines) + _INTERVAL
    digits = lift_words.digits_of(found.overall, found.kind)
    head = drawing.write_lines(_LEFT, top + 8, lines, "halo", step=_LINE)
    slot = None if row.segment is None else f"s{view.slot(row.segment)}"
    if row.segment is not None:
        head += drawing.draw_glyph(row.segment, 8, top + 4, slot or "")
    if row.lift is None or row.low is None or row.high is None:
        marks = head + put(_LEFT, y + 4, lift_words.UNSAID[row.obstacle or "few"].cell)
    else:
        line = drawing.stroke(f"M{scale(row.low):.1f} {y:.1f}H{scale(row.high):.1f}", "rng on" if row.clear else "rng")
        dot = tag("circle", class_="dot on" if row.clear else "dot", cx=scale(row.lift), cy=y, r=4.5)
        marks = head + line + dot + put(_RIGHT + 12, y + 4, digits.write(row.lift), "val")
    hit = tag("rect", class_="clear", x=0, y=top - 8, width=_WIDTH, height=high)
    return tag("g", hit + marks, class_="mark", data_s=row.segment, data_t=f"{_name(row)}: {row.text}")


def _row(row: effects.SegmentLift, found: effects.Lift) -> Row:
    digits = lift_words.digits_of(found.overall, found.kind)
    told = [None if v is None else digits.write(v) for v in (row.lift, row.low, row.high)]
    return {"segment": f"{row.letter} {row.name}".strip(), "lift": told[0], "low": told[1], "high": told[2]}
