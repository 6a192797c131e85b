"""RFM: the grid of recency and frequency, the named segments beside it, and what each way of grouping foretells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coterie import words
from coterie.report.charts import drawing
from coterie.report.charts import view_of_json as view
from coterie.report.charts.drawing import Chart, Scale, tag, write

_LEFT, _TOP = 30.0, 26.0
_GRID_WIDTH = 430.0
_TINTS = ((0.12, "p4"), (0.08, "p3"), (0.04, "p2"), (0.0, "p1"))  # share of customers in a cell of 25
_METHODS = {"segments": "these segments", "rfm": "RFM grid, as many cells", "recency": "recency alone"}
_OUTCOMES = (("spend", "Later spend"), ("repeat", "Who bought again"))


def draw_rfm(record: Mapping[str, Any]) -> Chart | None:
    """Return customers by their scores in recency and frequency, with their mean money; None without such scores."""
    record = view.clean(record)
    found = record["sample"].get("rfm")
    if not found or not found["customers"]:
        return None
    bins, money = found["bins"], view.label(record, found["columns"]["monetary"])
    wide, tall = (_GRID_WIDTH - _LEFT) / bins, 230.0 / bins
    parts, rows = [], []
    for cell in found["grid"]:
        x = _LEFT + (cell["recency"] - 1) * wide
        y = _TOP + (bins - cell["frequency"]) * tall
        parts.append(_cell(cell, (x, y, wide, tall), (bins, money)))
        rows.append({key: cell[key] for key in ("recency", "frequency", "n", "share", "monetary")})
    for score in range(1, bins + 1):
        parts.append(write(_LEFT + (score - 0.5) * wide, _TOP + 230 + 18, str(score), "tick mid"))
        parts.append(write(_LEFT - 10, _TOP + (bins - score + 0.5) * tall + 4, str(score), "tick end"))
    head = write(0, 12, drawing.cut(f"Frequency score; in a cell: customers, mean {money}", _GRID_WIDTH), "lab ink")
    head += write(_GRID_WIDTH, _TOP + 230 + 38, f"Recency score ({bins}: bought last)", "lab ink end")
    top = max(found["grid"], key=lambda c: c["n"])
    desc = f"Most customers, {words.percent(top['share'])}, score {top['recency']} in recency and"
    desc += f" {top['frequency']} in frequency."
    return Chart("rfm", "RFM grid", desc, _GRID_WIDTH, _TOP + 230 + 46, head + "".join(parts), tuple(rows))


def _cell(cell: Mapping[str, Any], box: tuple[float, float, float, float], about: tuple[int, str]) -> str:
    """One cell: how many customers, their mean money where they are enough to print it, a tint for their share."""
    (x, y, wide, tall), (bins, money) = box, about
    few = words.too_few(cell["n"])
    size = words.short_count(cell["n"])
    mean = "" if few or cell["monetary"] is None else words.short_number(cell["monetary"])
    tint = next(t for limit, t in _TINTS if cell["share"] * bins * bins / 25 >= limit) if cell["n"] else "track"
    marks = tag("rect", class_=f"cell {tint}", x=x, y=y, width=wide, height=tall, rx=4)
    if cell["n"]:
        marks += write(x + wide / 2, y + tall / 2 - (1 if mean else -4), size, "val mid")
        marks += write(x + wide / 2, y + tall / 2 + 14, mean, "tick mid") if mean else ""
    tip = f"Recency {cell['recency']}, frequency {cell['frequency']}: {words.count(cell['n'])} customers"
    tip += f", {words.percent(cell['share'])}" if not few else ""
    return tag("g", marks, class_="mark", data_t=tip + (f", mean {money} {mean}" if mean else ""))


def rfm_section(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the words around the grid, and the named segments as a table with this run's segments across."""
    record = view.clean(record)
    found = record["sample"].get("rfm")
    if not found or not found["customers"]:
        return None
    shown = [s for s in found["segments"] if s["n"]]
    crossed = {(c["segment"], c["name"]): c["n"] for c in found["cross"]}
    ordered = view.by_value(record)
    bought = (record["sample"].get("purchases") or {}).get("text")
    rows = [
        [s["name"], words.count(s["n"]), words.percent(s["share"]), words.percent(s["monetary_share"])]
        + [
            words.short_count(n) if n else words.UNKNOWN
            for n in (crossed.get((o["id"], s["name"]), 0) for o in ordered)
        ]
        for s in shown
    ]
    return {
        "words": " ".join(t for t in (bought, found["text"], *found["notes"], _agreement(found["agreement"])) if t),
        "head": ["RFM segment", "Customers", "Share", "Money", *(str(s["letter"]) for s in ordered)],
        "rows": rows,
    }


def _agreement(ari: float | None) -> str:
    if ari is None:
        return ""
    how = "closely" if ari >= 0.8 else "partly" if ari >= 0.4 else "little"
    return f"They agree {how} with the segments above (adjusted Rand index {words.rounded(ari)})."


def draw_foretells(record: Mapping[str, Any]) -> Chart | None:
    """Return how much of later purchases each way of grouping explains, with intervals; None without a holdout."""
    record = view.clean(record)
    found = (record["sensitivity"] or {}).get("holdout")
    if not found:
        return None
    bounds = [v for m in found["methods"] for o, _ in _OUTCOMES for v in (m[o]["low"], m[o]["high"], 0.0)]
    scale = Scale(min(bounds), max(*bounds, 0.05), 190, 490)
    parts, rows, y = [], [], 0.0
    for outcome, title in _OUTCOMES:
        parts.append(write(0, y + 13, title, "lab ink"))
        for method in found["methods"]:
            y += 26
            parts.append(_bar(method, outcome, y, scale))
            rows.append({"method": method["name"], "outcome": outcome, "cells": method["cells"], **method[outcome]})
        y += 38
    parts += _axis(scale, y - 22)
    return Chart("foretells", "What the segments foretell", found["text"], 540, y + 4, "".join(parts), tuple(rows))


def _bar(method: Mapping[str, Any], outcome: str, y: float, scale: Scale) -> str:
    share, low, high = (method[outcome][key] for key in ("share", "low", "high"))
    name, mine = _METHODS.get(method["name"], method["name"]), method["name"] == "segments"
    marks = write(178, y + 12, name, "lab ink end" if mine else "lab end")
    left, right = sorted((scale(0.0), scale(share)))
    marks += tag("rect", class_="mk" if mine else "band", x=left, y=y + 2, width=max(right - left, 1), height=12, rx=2)
    marks += drawing.line(f"M{scale(low):.1f} {y + 8:.1f}H{scale(high):.1f}", "rng on" if mine else "rng")
    text = words.percent(max(share, 0.0))
    tip = f"{name}: {text} explained, 95% interval {words.percent(max(low, 0.0))} to {words.percent(max(high, 0.0))}"
    return tag("g", marks + write(538, y + 12, text, "val end" if mine else "lab end"), class_="mark", data_t=tip)


def _axis(scale: Scale, y: float) -> Sequence[str]:
    ticks = scale.ticks(4)
    return [write(scale(t), y + 18, words.fine_percent(t), "tick mid") for t in ticks]
