"""Why one customer is in his segment, for people.

Whoever reads it knows who is meant; the id stands nowhere in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, fields
from html import escape

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, Record, clean, clean_value
from coterie.report import cells, view
from coterie.report.charts import Chart, draw_parts
from coterie.report.charts.drawing import Theme
from coterie.report.charts.parts import Spoken
from coterie.scoring import Part, Reasons, Step, Value

SHOWN_PARTS, CELLS = 12, 10
LABEL, VALUE = 30, 24  # cells that columns take at most; what is longer moves its own line only
SILENT = 0.005  # of the largest part: what is smaller says nothing
NOBODY = "This customer is not assigned: every value that forms the segments is missing."
NOWHERE = "Change: nothing within the range seen leads there."


@frozen
class Why(Reasons):
    """Why a customer is in his segment, not the next.

    ``segment`` and ``next`` are ids, ``parts`` what each column says for the one against the other, ``change`` the
    least change that leads to the next segment, None where there is none. Of a customer who is not assigned ``segment``
    is None.

    ``str()`` of it is the text, in a notebook it shows itself, ``.svg()`` is the picture as a document.
    """

    record: CleanRecord = field(repr=False)

    @classmethod
    def of(cls, record: Record, reasons: Reasons) -> Why:
        """Return the reasons with the words of their record."""
        return cls(**{f.name: getattr(reasons, f.name) for f in fields(Reasons)}, record=clean(record))

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def _repr_html_(self) -> str:
        if self.segment is None:
            return f"<p>{NOBODY}</p>"
        first, *_, last = _lines(self)
        return f"<p>{escape(first)}</p>{self._chart()._repr_html_()}<p>{escape(last)}</p>"

    def svg(self, theme: Theme = "auto") -> str:
        """Return the picture as one SVG document."""
        return self._chart().svg(theme)

    def _chart(self) -> Chart:
        own, other = self.segment, self.next
        if own is None or other is None:
            return Chart("why", "Not assigned", NOBODY, 520, 24, f'<text class="lab ink" y="16">{NOBODY}</text>')
        told = self.record
        spoken = [
            Spoken(p.column, view.label(told, p.column), _value(told, p), p.part, _usual(told, p, own, other))
            for p in _strongest(clean_value(self.parts))
        ]
        return draw_parts(told.segment(own), told.segment(other), spoken, _change(self))


def _lines(why: Why) -> list[str]:
    """Return the text: segments, columns, the change."""
    own, other, record = why.segment, why.next, why.record
    if own is None or other is None:
        return [NOBODY]
    mine, rival = record.segment(own), record.segment(other)
    parts = clean_value(why.parts)
    shown = _strongest([p for p in parts if p.known])
    missing = [view.label(record, p.column) for p in parts if not p.known]
    most = max((abs(p.part) for p in shown), default=0.0) or 1.0
    labels = {p.column: view.label(record, p.column) for p in shown}
    values = {p.column: _value(record, p) for p in shown}
    wide = min(max((cells.width_of(text) for text in labels.values()), default=0), LABEL)
    wider = min(max((cells.width_of(text) for text in values.values()), default=0), VALUE)
    lines = [
        f"{mine.letter} {mine.called}, next {rival.letter} {rival.called}: margin {words.rounded(why.margin)} "
        "(0 on the border, towards 1 deep inside)"
    ]
    for p in shown:
        towards = (mine if p.part > 0 else rival).letter if abs(p.part) >= SILENT * most else "–"
        bar = cells.draw_bar(abs(p.part) / most if towards != "–" else 0.0, CELLS)
        usual = _usual(record, p, own, other)
        said = f"{cells.fill(labels[p.column], wide)}  {cells.fill(values[p.column], wider)}"
        lines.append(f"  {said}  {towards:<2} {bar}{usual}".rstrip())
    left = sum(p.known for p in parts) - len(shown)
    lines += [f"  and {words.plural(left, 'more column')}, each with less to say"] if left else []
    lines += [f"  missing, so without a say: {words.joined(missing)}"] if missing else []
    return [*lines, _change(why)]


def _strongest(parts: Sequence[Part]) -> list[Part]:
    """Return the parts that say most, in their order."""
    kept = sorted(parts, key=lambda p: -abs(p.part))[:SHOWN_PARTS]
    return [p for p in parts if p in kept]


def _change(why: Why) -> str:
    """Return the sentence on what leads to the next segment."""
    if why.change is None or why.next is None:
        return NOWHERE
    rival, steps = why.record.segment(why.next), clean_value(why.change.steps)
    said = [_step(why.record, s) for s in steps]
    return f"Change: {words.joined(said)}, all else as it is, leads to {rival.letter} {rival.called}."


def _step(record: CleanRecord, step: Step) -> str:
    label = view.label(record, step.column)
    return f"{label} {_said(record, step.column, step.after)} instead of {_said(record, step.column, step.before)}"


def _value(record: CleanRecord, part: Part) -> str:
    """Return the customer's value, or why it has no say."""
    if part.known:
        return _said(record, part.column, part.value)
    return "never met" if isinstance(part.value, str) else "missing"


def _said(record: CleanRecord, column: str, value: Value) -> str:
    """Return a value with all its digits."""
    kind = next(c for c in record.columns if c.name == column)
    if value is None or isinstance(value, str):
        return value or "missing"
    if kind.kind == "date":
        return words.day(value)
    if words.is_year(kind.label, kind.min, kind.max):
        return f"{value:.0f}"
    return words.with_unit(words.exact_number(float(f"{value:.12g}")), view.unit(record, column))


def _usual(record: CleanRecord, part: Part, own: int, other: int) -> str:
    """Return what is usual in both segments, in brackets.

    It is the printed number, or the share with this level.
    """
    if isinstance(part.value, str):
        shares = {r.segment: r for r in record.profile if (r.column, r.level) == (part.column, part.value)}
        told = {s: words.percent(r.share) for s, r in shares.items() if not words.too_few(r.n)}
    else:
        found = [m for m in view.measures(record) if m.column == part.column and not m.is_share]
        told = {s: m.told(s) for m in found for s in m.rows}
    if own not in told or other not in told:
        return ""
    return f"  ({', '.join(f'{record.segment(s).letter} {told[s]}' for s in (own, other))})"
