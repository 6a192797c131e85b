"""RFM: the grid, the named segments, and what groupings foretell."""

from __future__ import annotations

from collections.abc import Sequence

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, GridCell, NamedCounts
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag, write

_LEFT, _TOP = 30.0, 26.0
_GRID_WIDTH = 430.0
_TINTS = ((0.12, "p4"), (0.08, "p3"), (0.04, "p2"), (0.0, "p1"))  # share of customers in a cell of 25
_METHODS = {"segments": "these segments", "rfm": "RFM grid, as many cells", "recency": "recency alone"}


@frozen
class RfmTable:
    """The named segments against the run's, and the words above."""

    words: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw_rfm(record: CleanRecord) -> Chart | None:
    """Return customers by their scores in recency and frequency.

    A cell has their number and their mean money. None where nobody has such scores.
    """
    found = record.sample.rfm
    if found is None or not found.customers:
        return None
    bins, money = found.bins, view.label(record, found.columns["monetary"])
    wide, tall = (_GRID_WIDTH - _LEFT) / bins, 230.0 / bins
    parts = []
    for cell in found.grid:
        x = _LEFT + (cell.recency - 1) * wide
        y = _TOP + (bins - cell.frequency) * tall
        parts.append(_draw_cell(cell, (x, y, wide, tall), (bins, money)))
    for score in range(1, bins + 1):
        parts.append(write(_LEFT + (score - 0.5) * wide, _TOP + 230 + 18, str(score), "tick mid"))
        parts.append(write(_LEFT - 10, _TOP + (bins - score + 0.5) * tall + 4, str(score), "tick end"))
    lines = drawing.wrap(f"↑ Frequency score; in a cell: customers, mean {money}", _GRID_WIDTH / 1.2, most=1)
    head = drawing.write_lines(0, 13, lines, "lab ink")
    head += write(_GRID_WIDTH, _TOP + 230 + 38, f"Recency score ({bins}: bought last) →", "lab ink end")
    top = max(found.grid, key=lambda c: c.n)
    desc = (
        f"The fullest cell holds {words.percent(top.share)} of customers: {top.recency} in recency, "
        f"{top.frequency} in frequency."
    )
    rows: tuple[Row, ...] = tuple(
        {"recency": c.recency, "frequency": c.frequency, "n": c.n, "share": c.share, "monetary": c.monetary}
        for c in found.grid
    )
    return Chart("rfm", "RFM grid", desc, _GRID_WIDTH, _TOP + 230 + 46, head + "".join(parts), rows)


def _draw_cell(cell: GridCell, box: tuple[float, float, float, float], about: tuple[int, str]) -> str:
    """Return one cell, tinted for its share of customers.

    It has their number, and their mean money where they are enough to print it.
    """
    (x, y, wide, tall), (bins, money) = box, about
    few = words.too_few(cell.n)
    size = words.short_count(cell.n)
    mean = "" if few or cell.monetary is None else words.short_number(cell.monetary)
    tint = next(t for limit, t in _TINTS if cell.share * bins * bins / 25 >= limit) if cell.n else "track"
    marks = tag("rect", class_=f"cell {tint}", x=x, y=y, width=wide, height=tall, rx=4)
    if cell.n:
        marks += write(x + wide / 2, y + tall / 2 - (1 if mean else -4), size, "val mid")
        marks += write(x + wide / 2, y + tall / 2 + 14, mean, "tick mid") if mean else ""
    tip = f"Recency {cell.recency}, frequency {cell.frequency}: {words.count(cell.n)} customers"
    tip += f", {words.percent(cell.share)}" if not few else ""
    return tag("g", marks, class_="mark", data_t=tip + (f", mean {money} {mean}" if mean else ""))


def tabulate_rfm(record: CleanRecord) -> RfmTable | None:
    """Return the named segments as a table, and the words above it."""
    found, bought = record.sample.rfm, record.sample.purchases
    if found is None or not found.customers:
        return None
    ordered = view.by_value(record)
    crossed = {(c.segment, c.name): c.n for c in found.cross}
    said = (bought.text if bought else "", found.text, *found.notes, _agreement(found.agreement))
    return RfmTable(
        " ".join(t for t in said if t),
        ("RFM segment", "Customers", "Share", "Money", *(s.letter for s in ordered)),
        tuple(
            _line(named, [crossed.get((s.id, named.name), 0) for s in ordered]) for named in found.segments if named.n
        ),
    )


def share_rfm(record: CleanRecord) -> list[tuple[str, str, str]]:
    """Return the named segments, each with its share of customers and of the money, the most money first."""
    found = record.sample.rfm
    if found is None or not found.customers:
        return []
    named = sorted((s for s in found.segments if s.n), key=lambda s: (-(s.monetary_share or 0.0), -(s.share or 0.0)))
    return [(s.name, words.percent(s.share), words.percent(s.monetary_share)) for s in named]


def _line(named: NamedCounts, across: Sequence[int]) -> tuple[str, ...]:
    shares = words.percent(named.share), words.percent(named.monetary_share)
    return (named.name, words.count(named.n), *shares, *(words.short_count(n) if n else words.UNKNOWN for n in across))


def _agreement(ari: float | None) -> str:
    if ari is None:
        return ""
    how = "closely" if ari >= 0.8 else "partly" if ari >= 0.4 else "little"
    return f"RFM segments agree {how} with the segments above (adjusted Rand index {words.rounded(ari)})."


def draw_foretells(record: CleanRecord) -> Chart | None:
    """Return how much of later purchases each way of grouping explains.

    Intervals are drawn over the bars. None where no purchases were held out.
    """
    found = record.sensitivity.holdout
    if found is None:
        return None
    spend = [(m, m.spend) for m in found.methods]
    repeat = [(m, m.repeat) for m in found.methods]
    bounds = [bound for _, s in (*spend, *repeat) for bound in (s.low, s.high, 0.0)]
    scale = Scale(min(bounds), max(*bounds, 0.05), 8, 370)
    parts: list[str] = []
    rows: list[Row] = []
    y = 0.0
    for outcome, title, shares in (("spend", "Later spend", spend), ("repeat", "Who bought again", repeat)):
        parts.append(write(0, y + 13, title, "strong"))
        y += 20
        for method, s in shares:
            parts.append(_draw_bar(method.name, (s.share, s.low, s.high), y, scale))
            y += 36
            row: Row = {"method": method.name, "outcome": outcome, "cells": method.cells}
            rows.append({**row, "share": s.share, "low": s.low, "high": s.high})
        y += 8
    parts += _draw_axis(scale, y - 12)
    return Chart("foretells", "What the segments foretell", found.text, 440, y + 10, "".join(parts), tuple(rows))


def _draw_bar(method: str, explained: tuple[float, float, float], y: float, scale: Scale) -> str:
    """Return an explained share's name, bar and interval."""
    share, low, high = explained
    name, mine = _METHODS[method], method == "segments"
    marks = write(0, y + 13, words.sentence(name), "lab ink" if mine else "lab")
    left, right = sorted((scale(0.0), scale(share)))
    marks += tag("rect", class_="mk" if mine else "band", x=left, y=y + 18, width=max(right - left, 1), height=10, rx=2)
    marks += drawing.stroke(f"M{scale(low):.1f} {y + 23:.1f}H{scale(high):.1f}", "rng on" if mine else "rng")
    text = words.percent(max(share, 0.0))
    tip = f"{name}: {text} explained, 95% interval {words.percent(max(low, 0.0))} to {words.percent(max(high, 0.0))}"
    return tag("g", marks + write(438, y + 27, text, "val end" if mine else "lab end"), class_="mark", data_t=tip)


def _draw_axis(scale: Scale, y: float) -> Sequence[str]:
    ticks = scale.ticks(4)
    return [write(scale(t), y + 18, words.fine_percent(t), "tick mid") for t in ticks]
