"""Single customers as lines of a terminal."""

from __future__ import annotations

from typing import Any

from coterie import words
from coterie.example_customers import Example
from coterie.record import Record, to_json
from coterie.report.charts import view_of_json as view


def lines(record: Record, found: tuple[Example, ...], shown: int = 6) -> list[str]:
    """Return examples as lines for people: the columns in which segments differ most come first."""
    clean = view.clean(to_json(record))
    first = list(dict.fromkeys(m.column for m in view.measures(clean)))
    labels = {c["name"]: c["label"] for c in clean["columns"]}
    out: list[str] = []
    for s in clean["segments"]:
        mine = [e for e in found if e.segment == s["id"]]
        out += [f"{s['letter']} {view.shown_name(s)}"] if mine else []
        for e in mine:
            who = f"  {view.plain(e.id)}" if e.id is not None else ""
            names = sorted(e.values, key=lambda n: first.index(n) if n in first else len(first))[:shown]
            values = [f"{labels.get(n, n)} {_said(e.values[n])}" for n in names]
            out.append(f"  {e.what:<10}{who}  {', '.join(values)}")
    return out


def _said(value: Any) -> str:
    if value is None:
        return "missing"
    return view.plain(value) if isinstance(value, str) else words.exact_number(round(value, 6))
