"""Customers from purchases as lines of text: what was read, and the named RFM segments with customers and money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coterie.wording import percent, plain

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
    lines = [f"{made['customers']:,} customers", "", plain(made["purchases"]["text"])]
    for finding in made["findings"]:
        if finding["level"] != "warning":
            lines.append(f"  {plain(finding['text'])}: {plain(finding['done'])}")
    lines += ["", *table(made["rfm"], width=width)] if made["rfm"] is not None else []
    return "\n".join([*lines, "", f"customers {plain(out)}   {seconds:.1f} s"])


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
        line = f"{plain(s['name'])[:named]:<{named}}  {s['n']:>9,} {percent(s['share']):>4}"
        line += f"  {percent(s['monetary_share']):>5}" if worth else ""
        if width >= len(line) + _BAR + 2:
            line += f"  {_bar(s['share'] / top)}"
        lines.append(line.rstrip())
    return [*lines, "", *(plain(t) for t in (found["text"], *found["notes"]))]


def _bar(part: float) -> str:
    eighths = max(1, round(part * _BAR * 8)) if part > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")
