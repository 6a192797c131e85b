"""Evidence: how the number of segments was chosen, and how far to trust each segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coterie import words
from coterie.report.charts import drawing
from coterie.report.charts import view_of_json as view
from coterie.report.charts.drawing import Chart, Scale, tag, write

_LEFT, _RIGHT = 42.0, 440.0


def draw_choice(record: Mapping[str, Any]) -> Chart | None:
    """Separation and repeatability by number of segments, on one axis of segments and never on one scale.

    Separation with the band that tables without groups reach, repeatability with its 10–90% range, where measured.
    """
    record = view.clean(record)
    rows = sorted((c for c in record["choice"]["candidates"] if c["silhouette"] is not None), key=lambda c: c["k"])
    if not rows:
        return None
    chosen = record["choice"]["k"]
    repeated = [c for c in rows if c["ari"] is not None]
    step = min((_RIGHT - _LEFT - 36) / max(len(rows) - 1, 1), 120.0)
    at = {c["k"]: _LEFT + 18 + i * step for i, c in enumerate(rows)}
    height = 330.0 if repeated else 186.0
    parts = []
    if chosen in at:
        parts.append(tag("rect", class_="hl", x=at[chosen] - 19, y=4, width=38, height=height - 6, rx=6))
    above, separation = _separation(rows, at, chosen)
    below, repeats = _repeatability(rows, at, chosen) if repeated else ("", {})
    parts += [above, below]
    for c in rows:
        k = c["k"]
        tip = f"{k} segments: separation {words.rounded(c['silhouette'])}"
        band = c["null_silhouette"]
        tip += f", tables without groups {words.rounded(band[0])} to {words.rounded(band[2])}" if band else ""
        if c["ari"]:
            low, middle, high = (words.rounded(c["ari"][q]) for q in ("p10", "median", "p90"))
            tip += f"; repeatability {middle} ({low} to {high})"
        tip += "" if c["feasible"] else f"; not offered: {c['reason']}"
        label = write(at[k], height - 10, str(k), "strong mid" if k == chosen else "tick mid")
        hit = tag("rect", class_="clear", x=at[k] - step / 2, y=4, width=step, height=height - 6)
        parts.append(tag("g", hit + separation[k] + repeats.get(k, "") + label, class_="mark", data_t=tip))
    head = write(0, 14, "Separation (simplified silhouette)", "lab ink")
    head += write(0, 171, "Repeatability (adjusted Rand index)", "lab ink") if repeated else ""
    data = tuple(_flat(c) for c in rows)
    title = f"Separation and repeatability for {rows[0]['k']} to {rows[-1]['k']} segments"
    return Chart("choice", title, _choice_words(rows, chosen), 560, height, "".join(parts) + head, data)


def _separation(rows: Sequence[Mapping[str, Any]], at: Mapping[int, float], chosen: int) -> tuple[str, dict[int, str]]:
    """Return the upper panel: grid, band and line; and the dot of each number of segments."""
    bands = [c for c in rows if c["null_silhouette"]]
    values = [c["silhouette"] for c in rows] + [
        v for c in bands for v in (c["null_silhouette"][0], c["null_silhouette"][2])
    ]
    pad = 0.12 * ((max(values) - min(values)) or 0.2)
    scale = Scale(min(values) - pad, max(values) + pad, 150, 28)
    parts = [_grid_line(scale, tick) for tick in scale.ticks(3)]
    if bands:
        top = [(at[c["k"]], scale(c["null_silhouette"][2])) for c in bands]
        low = [(at[c["k"]], scale(c["null_silhouette"][0])) for c in reversed(bands)]
        if len(bands) == 1:
            parts.append(drawing.line(f"M{top[0][0]:.1f} {top[0][1]:.1f}V{low[0][1]:.1f}", "rng"))
        parts.append(drawing.line(drawing.joined(top + low) + "Z", "band"))
    points = [(at[c["k"]], scale(c["silhouette"])) for c in rows]
    parts.append(drawing.line(drawing.joined(points), "ln"))
    mine, null = points[-1][1], scale(sum(bands[-1]["null_silhouette"][::2]) / 2) if bands else None
    if null is not None and abs(mine - null) < 15:
        middle = (mine + null) / 2
        mine, null = (middle - 7.5, middle + 7.5) if mine <= null else (middle + 7.5, middle - 7.5)
    x = points[-1][0] + 22
    parts.append(write(x, mine + 4, "these data", "lab ink"))
    parts.append(write(x, null + 4, "without groups") if null is not None else "")
    dots = {c["k"]: _dot(at[c["k"]], scale(c["silhouette"]), c["k"] == chosen) for c in rows}
    return "".join(parts), dots


def _repeatability(
    rows: Sequence[Mapping[str, Any]], at: Mapping[int, float], chosen: int
) -> tuple[str, dict[int, str]]:
    """Return the lower panel: grid and, for each number of segments, the range and the dot."""
    found = [c for c in rows if c["ari"]]
    low = min(0.0, *(c["ari"]["p10"] for c in found)) if found else 0.0
    scale = Scale(low, 1.0, 292, 186)
    parts = [_grid_line(scale, tick) for tick in (0.0, 0.5, 1.0)]
    last = found[-1]
    x, y = at[last["k"]] + 22, scale(last["ari"]["median"])
    parts.append(write(x, y + 1, "median, and", "lab ink") + write(x, y + 16, "10–90% range"))
    marks = {}
    for c in found:
        on = c["k"] == chosen
        span = f"M{at[c['k']]:.1f} {scale(c['ari']['p10']):.1f}V{scale(c['ari']['p90']):.1f}"
        marks[c["k"]] = drawing.line(span, "rng on" if on else "rng") + _dot(at[c["k"]], scale(c["ari"]["median"]), on)
    return "".join(parts), marks


def _grid_line(scale: Scale, tick: float) -> str:
    y = scale(tick)
    return drawing.line(f"M{_LEFT - 2:.0f} {y:.1f}H{_RIGHT:.0f}", "grid") + write(
        _LEFT - 9, y + 4, _short(tick), "tick end"
    )


def _dot(x: float, y: float, on: bool) -> str:
    return tag("circle", class_="dot on" if on else "dot", cx=x, cy=y, r=5 if on else 3.5)


def _choice_words(rows: Sequence[Mapping[str, Any]], chosen: int) -> str:
    """Return what the chart shows at the chosen number and where separation peaks."""
    peak = max(rows, key=lambda c: c["silhouette"])
    said = f"Separation peaks at {peak['k']} segments ({words.rounded(peak['silhouette'])})."
    mine = next((c for c in rows if c["k"] == chosen), None)
    if mine is not None and mine["null_silhouette"]:
        own, reach = mine["silhouette"], mine["null_silhouette"][2]
        verb = "more than" if own > reach else "no more than"
        said += f" At {chosen} it is {words.rounded(own)}, {verb} tables without groups reach ({words.rounded(reach)})."
    if mine is not None and mine["ari"]:
        said += f" Repeatability at {chosen} is {words.rounded(mine['ari']['median'])}."
    return said


def _flat(c: Mapping[str, Any]) -> dict[str, Any]:
    band, ari = c["null_silhouette"] or [None] * 3, c["ari"] or {}
    return {
        "k": c["k"],
        "silhouette": c["silhouette"],
        "null_p05": band[0],
        "null_median": band[1],
        "null_p95": band[2],
        "ari_median": ari.get("median"),
        "ari_p10": ari.get("p10"),
        "ari_p90": ari.get("p90"),
        "smallest": c["smallest"],
        "feasible": c["feasible"],
        "reason": c["reason"],
    }


def draw_stability(record: Mapping[str, Any]) -> Chart | None:
    """How much of each segment comes back when customers are resampled, with what a groupless table would score."""
    record = view.clean(record)
    if record["stability"] is None or not record["stability"].get("segments"):
        return None
    known = {s["id"]: s for s in record["segments"]}
    found = [s for s in record["stability"]["segments"] if s["id"] in known and s["jaccard"] is not None]
    parts, rows, said = [], [], []
    for i, entry in enumerate(found):
        y, name = i * 38.0, view.shown_name(known[entry["id"]])
        letter, color = known[entry["id"]]["letter"], f"s{view.slot(entry['id'])}"
        tip = f"{name}: {words.rounded(entry['jaccard'])} of it comes back on average, {entry['words']}"
        if entry.get("null") is not None:
            tip += f"; a table without groups scores {words.rounded(entry['null'])}"
        marks = write(0, y + 12, drawing.cut(f"{letter}  {name}", 480), "lab ink")
        marks += tag("rect", class_="track", x=0, y=y + 18, width=480, height=8, rx=4)
        marks += tag("rect", class_="bar", x=0, y=y + 18, width=max(480 * entry["jaccard"], 1), height=8, rx=4)
        if entry.get("null") is not None:
            marks += drawing.line(f"M{480 * entry['null']:.1f} {y + 14:.0f}v16", "ov")
        marks += write(520, y + 26, words.rounded(entry["jaccard"]), "val end")
        parts.append(tag("g", marks, class_=f"mark {color}", data_s=entry["id"], data_t=tip))
        rows.append(
            {"segment": entry["id"], "name": name, **{c: entry.get(c) for c in ("jaccard", "p05", "null", "words")}}
        )
        said.append(f"{name} {words.rounded(entry['jaccard'])}")
    if not found:
        return None
    bottom = len(found) * 38.0
    parts.append(
        drawing.line(f"M360 12V{bottom - 4:.0f}", "dash") + write(360, bottom + 10, "0.75: reproducible", "tick mid")
    )
    return Chart(
        "stability",
        "Repeatability of each segment",
        "; ".join(said) + ".",
        520,
        bottom + 16,
        "".join(parts),
        tuple(rows),
    )


def draw_drivers(record: Mapping[str, Any]) -> Chart | None:
    """How much each column decides about the segments."""
    record = view.clean(record)
    if record["sensitivity"] is None or not record["sensitivity"].get("columns"):
        return None
    found = sorted(record["sensitivity"]["columns"], key=lambda c: (-(c["share"] or 0.0), c["column"]))[:12]
    most = max((c["share"] or 0.0 for c in found), default=0.0) or 1.0
    parts, rows = [], []
    for i, entry in enumerate(found):
        y, name = i * 30.0, words.sentence(view.label(record, entry["column"]))
        text = words.percent(entry["share"])
        marks = write(0, y + 17, drawing.cut(name, 180), "lab ink")
        marks += tag("rect", class_="track", x=190, y=y + 8, width=280, height=11, rx=2)
        marks += tag(
            "rect", class_="mk", x=190, y=y + 8, width=max(280 * (entry["share"] or 0.0) / most, 1), height=11, rx=2
        )
        marks += write(520, y + 18, text, "val end")
        parts.append(tag("g", marks, class_="mark", data_t=f"{name}: {text} of what decides the segment"))
        rows.append({"column": entry["column"], "label": name, "share": entry["share"]})
    top = rows[0]
    desc = f"{top['label']} decides most: {words.percent(top['share'])}."
    return Chart("drivers", "What each column decides", desc, 520, len(found) * 30.0 + 4, "".join(parts), tuple(rows))


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−") if value else "0"
