"""Customers from purchases as lines of text: what was read, and the named RFM segments with customers and money."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from coterie import words
from coterie.report.charts import view_of_json as view
from coterie.report.charts.view_of_json import plain

GUESSED = "COT401"
_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def show(made: Mapping[str, Any], *, out: str, seconds: float, width: int = 100) -> str:
    """Return what `coterie customers` shows when it is done.

    Parameters
    ----------
    made
        What was read and found: `customers`, `purchases`, `rfm` and `findings`.
    out
        Where the customers were written.
    """
    bought = made["purchases"]
    lines = wrapped(plain(bought["text"]) if bought else f"{made['customers']:,} customers, as they are", width)
    for finding in made["findings"]:
        if finding["level"] != "warning":
            lines += [f"  {line}" for line in wrapped(plain(f"{finding['text']}: {finding['done']}"), width - 2)]
    found = made["rfm"]
    if found is not None:
        lines += ["", *table(found, width=width), "", *grid(found, exact=True), ""]
        lines += wrapped(" ".join(plain(t) for t in (found["text"], *found["notes"])), width)
    return "\n".join([*lines, "", f"customers {plain(out)}   {seconds:.1f} s"])


def beside(record: Mapping[str, Any], *, width: int = 100) -> list[str]:
    """Return what was read of purchases, the RFM grid, its segments across the run's own, and what these foretell.

    Parameters
    ----------
    record
        The content of `run.json`.
    """
    found, bought = record["sample"].get("rfm"), record["sample"].get("purchases")
    read = wrapped(plain(bought["text"]), width) if bought else []
    for guess in (f for f in record["findings"] if f["code"] == GUESSED) if bought else ():
        read += [f"  {line}" for line in wrapped(plain(f"{guess['text']}: {guess['done']}"), width - 2)]
    if not found or not found["customers"]:
        return read
    holdout = (record["sensitivity"] or {}).get("holdout")
    said = wrapped(plain(holdout["text"]), width) if holdout else []
    letters = {s["id"]: str(s["letter"]) for s in view.by_value(record)}
    parts = [part for part in (read, grid(found), across(found, letters, width=width), said) if part]
    return [line for part in parts for line in (*part, "")][:-1]


def across(found: Mapping[str, Any], letters: Mapping[int, str], *, width: int = 100) -> list[str]:
    """Return the named segments as lines, with their customers in each segment of the run; the largest come first.

    Parameters
    ----------
    found
        `sample.rfm` of a record.
    letters
        The letter of each segment by its id, in the order of the columns.
    width
        Columns of the terminal; segments for which there is no room are left out.
    """
    rows = sorted((s for s in found["segments"] if s["n"]), key=lambda s: -s["n"])
    crossed = {(c["name"], c["segment"]): c["n"] for c in found["cross"]}
    named = min(max((len(plain(s["name"])) for s in rows), default=11), max(width - 24, 8))
    wide = max(5, *(len(_size(n, False)) for n in (*crossed.values(), 0))) + 2
    shown = [i for at, i in enumerate(letters) if named + 6 + wide * (at + 1) <= width]
    lines = [f"{'RFM segment'[:named]:<{named}} share" + "".join(f"{letters[i]:>{wide}}" for i in shown)]
    for s in rows:
        cells = "".join(f"{_size(crossed.get((s['name'], i), 0), False):>{wide}}" for i in shown)
        lines.append(f"{plain(s['name'])[:named]:<{named}} {words.percent(s['share']):>5}{cells}")
    return lines


def grid(found: Mapping[str, Any], *, exact: bool = False) -> list[str]:
    """Return customers by their scores as lines: frequency upwards, recency to the right.

    Parameters
    ----------
    found
        `sample.rfm` of a record.
    exact
        Print counts below ten too, for those who hold the customers themselves.
    """
    cells = {(c["frequency"], c["recency"]): _size(c["n"], exact) for c in found["grid"]}
    scores = range(1, found["bins"] + 1)
    wide = max(5, *(len(text) for text in cells.values())) + 2
    rows = [f"{f:>4}" + "".join(f"{cells[f, r]:>{wide}}" for r in scores) for f in reversed(scores)]
    foot = "    " + "".join(f"{r:>{wide}}" for r in scores) + "  recency"
    return [f"RFM: customers by scores, {found['bins']} is best", "   frequency", *rows, foot]


def _size(n: int, exact: bool) -> str:
    if n == 0:
        return "·"
    return f"{n:,}" if exact else words.short_count(n)


def table(found: Mapping[str, Any], *, width: int = 100) -> list[str]:
    """Return the named segments as lines: name, customers, their part of the money, and a bar where there is room.

    Parameters
    ----------
    found
        `sample.rfm` of a record.
    width
        Columns of the terminal.
    """
    rows = [s for s in found["segments"] if s["n"]]
    named = max((len(plain(s["name"])) for s in rows), default=11)
    named = min(max(named, 11), max(width - 24, 8))
    worth = any(s["monetary_share"] is not None for s in rows)
    title = f"{'RFM segment':<{named}}  {'Customers':>14}" + (f"  {'Money':>5}" if worth else "")
    lines = [title]
    top = max((s["share"] for s in rows), default=1.0) or 1.0
    for s in rows:
        line = f"{plain(s['name'])[:named]:<{named}}  {s['n']:>9,} {words.percent(s['share']):>4}"
        line += f"  {words.percent(s['monetary_share']):>5}" if worth else ""
        if width >= len(line) + _BAR + 2:
            line += f"  {_bar(s['share'] / top)}"
        lines.append(line.rstrip())
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` characters."""
    return textwrap.wrap(text, max(width, 20)) or [""]


def _bar(part: float) -> str:
    eighths = max(1, round(part * _BAR * 8)) if part > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")
