"""Choice: why so many segments, and how far to trust each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coterie import words
from coterie.record import Candidate, CleanRecord, Segment, SegmentStability
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag, write

_LEFT, _RIGHT, _WIDTH = 54.0, 506.0, 520.0
_BAR, _LINE = 450.0, 16.0
_REPRODUCIBLE = 0.75
"""What of a segment must come back for it to be called reproducible."""

_LEAST_WHOLE = 0.10
"""The share of customers that the longest bar stands for at least, so that few do not look like many."""


def draw_choice(record: CleanRecord) -> Chart | None:
    """Return how well each number of segments separates and repeats.

    The two are on one axis of segments and never on one scale: separation with the band that tables without groups
    reach, repeatability with its 10–90% range, where it was measured.
    """
    rows = sorted(record.choice.candidates, key=lambda c: c.k)
    if not rows:
        return None
    chosen = record.choice.k
    step = min((_RIGHT - _LEFT - 36) / max(len(rows) - 1, 1), 120.0)
    at, reach = {c.k: _LEFT + 18 + i * step for i, c in enumerate(rows)}, min(step / 2, 32.0)
    repeated = any(c.ari for c in rows)
    height = 330.0 if repeated else 186.0
    parts = []
    if chosen in at:
        parts.append(tag("rect", class_="hl", x=at[chosen] - 19, y=4, width=38, height=height - 6, rx=6))
    above, separation = _draw_separation(rows, at, chosen)
    below, repeats = _draw_repeatability(rows, at, chosen) if repeated else ("", {})
    parts += [above, below]
    for c in rows:
        label = write(at[c.k], height - 10, str(c.k), "strong mid" if c.k == chosen else "tick mid")
        hit = tag("rect", class_="clear", x=at[c.k] - reach, y=4, width=2 * reach, height=height - 6)
        marks = hit + separation[c.k] + repeats.get(c.k, "") + label
        parts.append(tag("g", marks, class_="mark", data_t=_describe(c)))
    head = write(0, 14, "Separation (simplified silhouette)", "lab ink")
    head += write(0, 171, "Repeatability (adjusted Rand index)", "lab ink") if repeated else ""
    title = f"Separation and repeatability for {rows[0].k} to {rows[-1].k} segments"
    data = tuple(map(_row, rows))
    key = drawing.wrap(choice_key(record), _WIDTH)
    legend = drawing.write_lines(0, 16, key), 15.0 * len(key) + 8
    return Chart("choice", title, _tell_choice(rows, chosen), _WIDTH, height, "".join(parts) + head, data, (), legend)


def choice_key(record: CleanRecord) -> str:
    """Return what the lines and ranges of the choice mean."""
    rows = record.choice.candidates
    said = ["Line: these data"]
    said += ["band: groupless tables"] if any(c.null_silhouette for c in rows) else []
    said += ["below: median, 10–90%"] if any(c.ari for c in rows) else []
    return f"{'; '.join(said)}."


def _describe(c: Candidate) -> str:
    """Return what was measured at a number of segments, in words."""
    text = f"{c.k} segments: separation {words.rounded(c.silhouette)}"
    if band := c.null_silhouette:
        text += f", tables without groups {words.rounded(band[0])} to {words.rounded(band[2])}"
    if c.ari:
        low, middle, high = map(words.rounded, (c.ari.p10, c.ari.median, c.ari.p90))
        text += f"; repeatability {middle} ({low} to {high})"
    return text + ("" if c.feasible else f"; not offered: {c.reason}")


def _draw_separation(rows: Sequence[Candidate], at: Mapping[int, float], chosen: int) -> tuple[str, dict[int, str]]:
    """Return the upper panel, and the dots that go into it.

    The panel has grid, band and line; there is a dot for each number of segments.
    """
    bands = [(at[c.k], c.null_silhouette[0], c.null_silhouette[2]) for c in rows if c.null_silhouette]
    values = [c.silhouette for c in rows] + [v for _, low, high in bands for v in (low, high)]
    pad = 0.12 * ((max(values) - min(values)) or 0.2)
    scale = Scale(min(values) - pad, max(values) + pad, 150, 28)
    parts = _draw_grid(scale, scale.ticks(3))
    if bands:
        top = [(x, scale(high)) for x, _, high in bands]
        low = [(x, scale(low)) for x, low, _ in reversed(bands)]
        if len(bands) == 1:
            parts.append(drawing.stroke(f"M{top[0][0]:.1f} {top[0][1]:.1f}V{low[0][1]:.1f}", "rng"))
        parts.append(drawing.stroke(drawing.connect(top + low) + "Z", "band"))
    points = [(at[c.k], scale(c.silhouette)) for c in rows]
    parts.append(drawing.stroke(drawing.connect(points), "ln"))
    dots = {c.k: _draw_dot(at[c.k], scale(c.silhouette), c.k == chosen) for c in rows}
    return "".join(parts), dots


def _draw_repeatability(rows: Sequence[Candidate], at: Mapping[int, float], chosen: int) -> tuple[str, dict[int, str]]:
    """Return the lower panel, and the marks that go into it.

    The panel is a grid; each number of segments has a range and a dot.
    """
    found = [(c.k, c.ari) for c in rows if c.ari]
    scale = Scale(min(0.0, *(ari.p10 for _, ari in found)), 1.0, 292, 186)
    parts = _draw_grid(scale, (0.0, 0.5, 1.0))
    marks = {}
    for k, ari in found:
        span = f"M{at[k]:.1f} {scale(ari.p10):.1f}V{scale(ari.p90):.1f}"
        marks[k] = drawing.stroke(span, "rng on" if k == chosen else "rng")
        marks[k] += _draw_dot(at[k], scale(ari.median), k == chosen)
    return "".join(parts), marks


def _draw_grid(scale: Scale, ticks: Sequence[float]) -> list[str]:
    """Return lines across, all with as many decimals as one of them needs."""
    return [
        drawing.stroke(f"M{_LEFT - 2:.0f} {y:.1f}H{_RIGHT:.0f}", "grid") + write(_LEFT - 9, y + 4, text, "tick end")
        for y, text in zip(map(scale, ticks), words.alike(ticks), strict=True)
    ]


def _draw_dot(x: float, y: float, on: bool) -> str:
    return tag("circle", class_="dot on" if on else "dot", cx=x, cy=y, r=5 if on else 3.5)


def _tell_choice(rows: Sequence[Candidate], chosen: int) -> str:
    """Return where separation peaks, and what holds at the chosen number."""
    peak = max(rows, key=lambda c: c.silhouette)
    text = f"Separation peaks at {peak.k} segments ({words.rounded(peak.silhouette)})."
    mine = next((c for c in rows if c.k == chosen), None)
    if mine and mine.null_silhouette:
        own, reach = mine.silhouette, mine.null_silhouette[2]
        verb = "more than" if own > reach else "no more than"
        text += f" At {chosen} it is {words.rounded(own)}, {verb} tables without groups reach ({words.rounded(reach)})."
    if mine and mine.ari:
        text += f" Repeatability at {chosen} is {words.rounded(mine.ari.median)}."
    return text


def _row(c: Candidate) -> Row:
    low, middle, high = c.null_silhouette or (None, None, None)
    return {
        "k": c.k,
        "silhouette": c.silhouette,
        "null_p05": low,
        "null_median": middle,
        "null_p95": high,
        "ari_median": c.ari.median if c.ari else None,
        "ari_p10": c.ari.p10 if c.ari else None,
        "ari_p90": c.ari.p90 if c.ari else None,
        "smallest": c.smallest,
        "feasible": c.feasible,
        "reason": c.reason,
    }


def draw_stability(record: CleanRecord) -> Chart | None:
    """Return how much of each segment comes back in resamples.

    A mark says what the segments of a table without groups would reach.
    """
    known = {s.id: s for s in record.segments}
    found = [(known[s.id], s) for s in record.stability.segments if s.id in known]
    if not found:
        return None
    marks, y = [], 0.0
    for segment, entry in found:
        lines = drawing.wrap(f"{segment.letter} {segment.called}", _BAR / drawing.GROWN)
        y += _LINE * len(lines)
        marks.append(_draw_return(segment, entry, lines, y))
        y += 22.0
    parts = [drawing.stroke(f"M{_BAR * _REPRODUCIBLE:.0f} 4V{y:.0f}", "dash"), *marks]
    parts.append(write(_BAR * _REPRODUCIBLE, y + 16, f"{_REPRODUCIBLE}: reproducible", "tick mid"))
    if any(entry.null is not None for _, entry in found):
        parts.append(write(0, y + 16, "mark: a table without groups", "tick"))
    rows: tuple[Row, ...] = tuple(
        {
            "segment": segment.id,
            "name": segment.called,
            "jaccard": entry.jaccard,
            "p05": entry.p05,
            "null": entry.null,
            "words": entry.words,
            "name_returns": segment.name_returns,
        }
        for segment, entry in found
    )
    desc = "; ".join(f"{segment.called} {words.rounded(entry.jaccard)}" for segment, entry in found) + "."
    return Chart("stability", "Repeatability of each segment", desc, 500, y + 22, "".join(parts), rows)


def _draw_return(segment: Segment, entry: SegmentStability, lines: Sequence[str], y: float) -> str:
    """Return one segment's name and bar.

    A mark says where a groupless table would be.
    """
    tip = f"{segment.called}: {words.rounded(entry.jaccard)} of it comes back on average, {entry.words}"
    tip += f"; a table without groups scores {words.rounded(entry.null)}" if entry.null is not None else ""
    marks = drawing.write_lines(0, y - _LINE * len(lines) + 13, lines, "lab ink over", step=_LINE)
    marks += tag("rect", class_="track", x=0, y=y + 2, width=_BAR, height=8, rx=4)
    marks += tag("rect", class_="bar", x=0, y=y + 2, width=max(_BAR * entry.jaccard, 1), height=8, rx=4)
    marks += drawing.stroke(f"M{_BAR * entry.null:.1f} {y:.0f}v12", "ov") if entry.null is not None else ""
    marks += write(500, y + 10, words.rounded(entry.jaccard), "val end")
    return tag("g", marks, class_=f"mark s{view.slot(segment.id)}", data_s=segment.id, data_t=tip)


def draw_drivers(record: CleanRecord) -> Chart | None:
    """Return how many customers change segment where a column is left out."""
    found = sorted(record.sensitivity.columns, key=lambda c: (-c.share, c.column))[:12]
    if not found:
        return None
    most = max(found[0].share, _LEAST_WHOLE)
    names = [words.sentence(view.label(record, c.column)) for c in found]
    parts, y = [], 0.0
    for entry, name in zip(found, names, strict=True):
        lines, text = drawing.wrap(name, _BAR / drawing.GROWN), words.percent(entry.share)
        marks = drawing.write_lines(0, y + 13, lines, "lab ink", step=_LINE)
        y += _LINE * len(lines)
        marks += tag("rect", class_="track", x=0, y=y + 2, width=_BAR, height=8, rx=2)
        marks += tag("rect", class_="mk", x=0, y=y + 2, width=max(_BAR * entry.share / most, 1), height=8, rx=2)
        marks += write(500, y + 10, text, "val end")
        y += 18.0
        parts.append(tag("g", marks, class_="mark", data_t=f"{name}: without it {text} of customers change segment"))
    rows: tuple[Row, ...] = tuple(
        {"column": c.column, "label": name, "share": c.share} for c, name in zip(found, names, strict=True)
    )
    desc = f"Leaving {names[0]} out moves more customers than any other column: {words.percent(found[0].share)}."
    return Chart("drivers", "Customers who change segment without a column", desc, 500, y, "".join(parts), rows)
