"""A run and its parts as a notebook shows them: HTML without script, style or classes, right under any policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from coterie import errors, words
from coterie.findings import Finding
from coterie.record import CleanRecord, ComparedRuns, Points, Record, Segment, clean, clean_value, effects
from coterie.report import comparison_page, first_lines, lift_page, story, view
from coterie.report.charts import Chart, draw_migration, drawing
from coterie.report.charts.lifts import draw_lift
from coterie.report.plot import Plot

_BAR = 120


class Segments(tuple[Segment, ...]):
    """The segments of a run, by id; they show themselves as a table."""

    record: Record

    @classmethod
    def of(cls, record: Record) -> Segments:
        """Return the segments of a record."""
        made = cls(record.segments)
        made.record = record
        return made

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))

    def _repr_html_(self) -> str:
        return segment_table(clean(self.record))


class Findings(tuple[Finding, ...]):
    """Findings about data, worst first; they show themselves as a table."""

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "Nothing to remark."

    def _repr_html_(self) -> str:
        seen: Sequence[Finding] = clean_value(tuple(self))
        rows = [(f.code, f.level, "" if f.column is None else f.column, f.text, errors.in_python(f.done)) for f in seen]
        return table(("Code", "Level", "Column", "What was seen", "What was done"), rows)


def run_html(record: Record, points: Points | None) -> str:
    """Return a run: the verdict, its segments as a table with bars, the map."""
    told = clean(record)
    _, label = view.face(told)
    lead = f"{escape(text)}. " if (text := first_lines.lead(told)) else ""
    found = f" {escape(first_lines.headline(told))}." if told.verdict.code is not None else ""
    people = words.plural(told.sample.rows, "customer")
    picture = Plot(record, points).map()
    shown = "" if picture is None else picture._repr_html_()
    return (
        f"<div><p>{lead}<b>{escape(words.sentence(label))}.</b>{found} {people}.</p>{segment_table(told)}{shown}</div>"
    )


def segment_table(record: CleanRecord) -> str:
    """Return a line for each segment, the most valuable first: name, size, value, a bar, what differs."""
    ordered, worth = view.by_value(record), view.has_value(record)
    parts = [(s.value_share if worth else s.share) or 0.0 for s in ordered]
    top = max(parts, default=0.0) or 1.0
    heads = ["Segment", "Customers", "Share", *(["Value"] if worth else []), "", "What differs"]
    rows: list[list[str | _Bar]] = []
    for segment, part in zip(ordered, parts, strict=True):
        differs = ", ".join(f"{d.what} {d.value} {d.away}" for d in story.differences(record, segment))
        value = [words.percent(segment.value_share)] if worth else []
        named = f"{segment.letter} {segment.called}"
        told: list[str | _Bar] = [named, words.short_count(segment.size), words.percent(segment.share), *value]
        rows.append([*told, _Bar(part / top, segment.id), differs or story.unmarked(record, segment)])
    return table(heads, rows)


class _Bar:
    """A bar of a segment's color, which a table shows as a picture."""

    def __init__(self, part: float, segment: int) -> None:
        color = drawing.LIGHT[f"s{view.slot(segment)}"]
        self.picture = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_BAR}" height="12" aria-hidden="true">'
            f'<rect width="{max(part, 0.01) * _BAR:.0f}" height="12" fill="{color}"/></svg>'
        )


def lift_html(found: effects.Lift) -> str:
    """Return what a campaign brought: the finding, a line a segment, the intervals."""
    seen: effects.Lift = clean_value(found)
    _, verdict = lift_page.judge(seen.overall)
    side = "Converted" if seen.kind == "rate" else "Mean"
    heads = ("Segment", "Members", side, "Held out", side, "Lift", "95% interval", "More in all", "Chance")
    rows = [[f"{row.letter} {row.name}".strip(), *lift_page.cells(row, seen)] for row in lift_page.rows_of(seen)]
    care = "".join(f"<p>{escape(text)}</p>" for text in seen.cautions)
    return _finding(verdict, lift_page.headline(seen), table(heads, rows) + care, draw_lift(seen))


def comparison_html(facts: ComparedRuns) -> str:
    """Return two runs side by side: the advice, why, the segments before and now, who went where."""
    seen: ComparedRuns = clean_value(facts)
    told = "".join(f"<li>{escape(reason)}</li>" for reason in seen.reasons)
    heads = ("Segment now", "Share before", "Share now", "Change")
    rows = [(f"{mark.letter} {mark.name}", *shares) for mark, *shares in comparison_page.tell_segments(seen)]
    below = f"<ul>{told}</ul>{table(heads, rows)}"
    return _finding(comparison_page.ADVICE[seen.advice], comparison_page.headline(seen), below, draw_migration(seen))


def _finding(verdict: str, headline: str, below: str, picture: Chart | None) -> str:
    shown = "" if picture is None else picture._repr_html_()
    return f"<div><p><b>{escape(verdict)}.</b> {escape(headline)}</p>{below}{shown}</div>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str | _Bar]]) -> str:
    """Return rows of texts as a table."""
    head = "".join(f'<th align="left">{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(told: str | _Bar) -> str:
    return f'<td align="left">{told.picture if isinstance(told, _Bar) else escape(told)}</td>'
