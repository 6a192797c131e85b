"""Single customers as lines of a terminal."""

from __future__ import annotations

from coterie import words
from coterie.record import Record, clean, clean_value
from coterie.report import view
from coterie.scoring import Example


def lines(record: Record, found: tuple[Example, ...], shown: int = 6) -> list[str]:
    """Return examples as lines for people.

    The columns in which segments differ most come first.
    """
    told, examples = clean(record), clean_value(found)
    first = list(dict.fromkeys(m.column for m in view.measures(told)))
    out: list[str] = []
    for s in told.segments:
        mine = [e for e in examples if e.segment == s.id]
        out += [f"{s.letter} {s.called}"] if mine else []
        for e in mine:
            who = f"  {e.id}" if e.id is not None else ""
            names = sorted(e.values, key=lambda n: first.index(n) if n in first else len(first))[:shown]
            values = [f"{view.label(told, n)} {_said(e.values[n])}" for n in names]
            out.append(f"  {e.what:<10}{who}  {', '.join(values)}")
    return out


def _said(value: str | float | None) -> str:
    if value is None:
        return "missing"
    return value if isinstance(value, str) else words.exact_number(round(value, 6))
