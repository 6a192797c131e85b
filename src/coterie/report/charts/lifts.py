"""Lifts: what a campaign brought in each segment, as intervals on one axis."""

from __future__ import annotations

from coterie.record import effects
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag
from coterie.report.charts.drawing import write as put

_LEFT, _RIGHT, _STEP, _TOP = 214.0, 452.0, 36.0, 16.0


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
    height = _TOP + _STEP * len(rows) + 40
    below = height - 34
    parts = [drawing.stroke(f"M{scale(t):.1f} {_TOP - 8}V{below:.1f}", "grid") for t in scale.ticks(4)]
    parts += [put(scale(t), below + 17, effects.write(t, found.kind), "tick mid") for t in scale.ticks(4)]
    parts.append(drawing.stroke(f"M{scale(0.0):.1f} {_TOP - 8}V{below:.1f}", "ov"))
    unit = "points" if found.kind == "rate" else "a customer"
    parts.append(put((_LEFT + _RIGHT) / 2, height - 2, f"lift, {unit}", "lab mid"))
    parts += [_draw_row(row, _TOP + _STEP * (i + 0.5), scale, found) for i, row in enumerate(rows)]
    title = "What the campaign brought, with 95% intervals"
    return Chart("lift", title, found.overall.text, 560, height, "".join(parts), tuple(_row(r, found) for r in rows))


def _draw_row(row: effects.SegmentLift, y: float, scale: Scale, found: effects.Lift) -> str:
    name = row.name if row.segment is None else f"{row.letter} {row.name}"
    head = put(20, y + 4, drawing.wrap(name, _LEFT - 44, most=1)[0], "strong" if row.segment is None else "lab ink")
    slot = None if row.segment is None else f"s{view.slot(row.segment)}"
    if row.segment is not None:
        head += drawing.draw_glyph(row.segment, 8, y, slot or "")
    if row.lift is None or row.low is None or row.high is None:
        marks = head + put(_LEFT + 6, y + 4, "not enough customers")
    else:
        line = drawing.stroke(f"M{scale(row.low):.1f} {y:.1f}H{scale(row.high):.1f}", "rng on" if row.clear else "rng")
        dot = tag("circle", class_="dot on" if row.clear else "dot", cx=scale(row.lift), cy=y, r=4.5)
        marks = head + line + dot + put(_RIGHT + 12, y + 4, effects.write(row.lift, found.kind), "val")
    hit = tag("rect", class_="clear", x=0, y=y - _STEP / 2, width=560, height=_STEP)
    return tag("g", hit + marks, class_="mark", data_s=row.segment, data_t=f"{name}: {row.text}")


def _row(row: effects.SegmentLift, found: effects.Lift) -> Row:
    told = [None if v is None else effects.write(v, found.kind) for v in (row.lift, row.low, row.high)]
    return {"segment": f"{row.letter} {row.name}".strip(), "lift": told[0], "low": told[1], "high": told[2]}
