"""Customers from purchases, and their RFM segments, as lines of a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coterie import words
from coterie.findings import Finding
from coterie.record import CleanRecord, Delivered, NamedCounts, RfmFacts, clean_text, clean_value
from coterie.report import cells, view
from coterie.report.cells import draw_bar, pad, width_of, wrap
from coterie.report.first_lines import tell_lost

GUESSED = "COT401"
_BAR, _HEAD, _LEAST = 24, "RFM segment", 20


def show(delivered: Delivered, *, out: str, seconds: float, width: int = 100) -> str:
    """Return what `coterie customers` shows when it is done.

    Parameters
    ----------
    out : where the customers were written.
    """
    shown, width = clean_value(delivered), max(width, _LEAST)
    bought, found = shown.purchases, shown.rfm
    read = bought.text if bought else f"{shown.customers:,} customers, as they are"
    lines = wrap(". ".join((*tell_lost(shown.findings), read)), width)
    lines += _told([f for f in shown.findings if f.level != "warning"], width)
    if found is not None:
        lines += ["", *table(found, width=width), "", *grid(found, exact=True, width=width), ""]
        lines += wrap(" ".join((found.text, *found.notes)), width)
    return "\n".join([*lines, "", f"customers {clean_text(out)}   {seconds:.1f} s"])


def beside(record: CleanRecord, *, width: int = 100) -> list[str]:
    """Return what a run shows of its purchases.

    That is what was read, the RFM grid, its segments across the run's own, and what these foretell.
    """
    found, bought, holdout = record.sample.rfm, record.sample.purchases, record.sensitivity.holdout
    width = max(width, _LEAST)
    read = []
    if bought is not None:
        read = wrap(bought.text, width) + _told([f for f in record.findings if f.code == GUESSED], width)
    if found is None or not found.customers:
        return read
    said = wrap(holdout.text, width) if holdout else []
    letters = {s.id: s.letter for s in view.by_value(record)}
    parts = [part for part in (read, grid(found, width=width), across(found, letters, width=width), said) if part]
    return [line for part in parts for line in (*part, "")][:-1]


def _told(findings: Sequence[Finding], width: int) -> list[str]:
    return [f"  {line}" for f in findings for line in wrap(f"{f.text}; {f.done}", width - 2)]


def across(found: RfmFacts, letters: Mapping[int, str], *, width: int = 100) -> list[str]:
    """Return the named segments across the segments of the run.

    The largest come first.

    Parameters
    ----------
    letters : the letter of each segment by its id, in the order of the columns.
    width : columns of the terminal; segments for which there is no room stand in further lines below.
    """
    rows = sorted((s for s in found.segments if s.n), key=lambda s: -s.n)
    crossed = {(c.name, c.segment): c.n for c in found.cross}
    named = _name_width(rows, width)
    wide = max(5, *(len(_size(n, False)) for n in (*crossed.values(), 0))) + 2
    at_once, ids, lines = max((width - named - 6) // wide, 1), list(letters), list[str]()
    for start in range(0, max(len(ids), 1), at_once):
        shown = ids[start : start + at_once]
        lines += [""] if lines else []
        lines += [f"{pad(_HEAD, named)} share" + "".join(f"{letters[i]:>{wide}}" for i in shown)]
        for s in rows:
            sizes = "".join(f"{_size(crossed.get((s.name, i), 0), False):>{wide}}" for i in shown)
            numbers = f"{words.percent(s.share):>5}{sizes}"
            lines += beside_name(s.name, named, numbers, gap=" ")
    return lines


def beside_name(name: str, width: int, numbers: str, *, gap: str = "  ") -> list[str]:
    """Return a name, in as many lines as it needs, and what stands beside its first."""
    return cells.beside([(cells.named(name, width), width), ([numbers], width_of(numbers))], gap)


def grid(found: RfmFacts, *, exact: bool = False, width: int = 100) -> list[str]:
    """Return customers by their scores as lines.

    Frequency goes upwards, recency to the right.

    Parameters
    ----------
    exact : print counts below ten too, for those who hold the customers themselves.
    """
    told = {(c.frequency, c.recency): _size(c.n, exact) for c in found.grid}
    scores = range(1, found.bins + 1)
    wide = max(5, *(len(text) for text in told.values())) + 2
    rows = [f"{f:>4}" + "".join(f"{told[f, r]:>{wide}}" for r in scores) for f in reversed(scores)]
    foot, axis = "    " + "".join(f"{r:>{wide}}" for r in scores), "recency"
    right = [f"{foot}  {axis}"] if len(foot) + 2 + len(axis) <= width else [foot, f"{axis:>{len(foot)}}"]
    return [*wrap(f"RFM: customers by scores, {found.bins} is best", width), "   frequency", *rows, *right]


def _size(n: int, exact: bool) -> str:
    if n == 0:
        return "·"
    return f"{n:,}" if exact else words.short_count(n)


def table(found: RfmFacts, *, width: int = 100) -> list[str]:
    """Return the named segments: customers, and their money.

    A bar stands beside them where the terminal is wide enough.
    """
    rows = [s for s in found.segments if s.n]
    named = _name_width(rows, width)
    worth = any(s.monetary_share is not None for s in rows)
    lines = [f"{pad(_HEAD, named)}  {'Customers':>14}" + (f"  {'Money':>5}" if worth else "")]
    top = max((s.share or 0.0 for s in rows), default=1.0) or 1.0
    for s in rows:
        numbers = f"{s.n:>9,} {words.percent(s.share):>4}"
        numbers += f"  {words.percent(s.monetary_share):>5}" if worth else ""
        if width >= named + 2 + len(numbers) + _BAR + 2:
            numbers += f"  {draw_bar((s.share or 0.0) / top, _BAR)}"
        lines += [line.rstrip() for line in beside_name(s.name, named, numbers)]
    return lines


def _name_width(rows: Sequence[NamedCounts], width: int) -> int:
    """Return the longest name's cells, if numbers have room."""
    return min(max(len(_HEAD), *(width_of(s.name) for s in rows)), max(width - 24, 8))
