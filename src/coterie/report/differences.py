"""Differences: what the page shows of how segments differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord
from coterie.report import story, view
from coterie.report.charts import Chart, profiles
from coterie.report.explanations import Mark, Numbers, mark

_SHOWN_ROWS, _FEW, _SHOWN_BARS, _WIDE = 120, 4, 24, 7


@frozen
class Averages:
    """A text and a tint for each segment and measure: a row a segment, or of many measures a row a measure."""

    turned: bool
    measures: Sequence[str]
    marks: Sequence[Mark]
    cells: Sequence[Sequence[tuple[str, str]]]
    everybody: Sequence[str]


@frozen
class Differences:
    """What differs: bars, a table, spreads, and words above.

    ``folded``: the bars are so many that the table comes first; ``beside``: table and spread fit into one row;
    ``broad``: the panels are few and wide.
    """

    panels: Sequence[tuple[Mark, Chart]]
    spreads: Sequence[Chart]
    spread: Numbers
    averages: Averages
    numbers: Numbers
    formed: str
    printed: str
    folded: bool
    beside: bool
    broad: bool


def tell_differences(record: CleanRecord) -> Differences:
    """Return what the page shows of how segments differ."""
    shown, ordered = profiles.choose_measures(record), view.by_value(record)
    spreads = profiles.draw_spreads(record)
    return Differences(
        panels=list(zip(map(mark, ordered), profiles.draw_panels(ordered, shown), strict=True)),
        spreads=spreads,
        spread=_spread_numbers(shown, spreads),
        averages=_averages(record, shown),
        numbers=_profile_numbers(record),
        formed=_formed(record, shown),
        printed=f"{_printed(record, shown)} {_times(record)}".strip(),
        folded=len(record.segments) * len(shown) > _SHOWN_BARS,
        beside=not view.has_value(record) and len(shown) <= _FEW and bool(spreads),
        broad=len(ordered) <= profiles.FEW,
    )


def _profile_numbers(record: CleanRecord) -> Numbers:
    """Return every measure, not only those drawn, by segment."""
    ordered = view.by_value(record)
    rows = [
        [m.label, *(m.text(s.id) for s in ordered), m.text(None)]
        for m in view.measures(record)
        if m.overall is not None
    ]
    return Numbers("averages", ["Column", *(s.letter for s in ordered), "All"], rows[:_SHOWN_ROWS])


def _spread_numbers(shown: Sequence[view.Measure], spreads: Sequence[Chart]) -> Numbers:
    """Return the middle 80% of each number in each segment."""
    format_ = {measure.label: measure.format for measure in shown}
    rows = [
        [label, str(row["name"]), *(format_[label](_number(row[key])) for key in ("p10", "median", "p90"))]
        for panel in spreads
        for row in panel.data
        for label in [str(row["column"])]
    ]
    return Numbers("how the numbers spread", ["Column", "Segment", "10%", "Median", "90%"], rows)


def _number(value: str | float | None) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _printed(record: CleanRecord, shown: Sequence[view.Measure]) -> str:
    """Return which numbers are medians, and which shares."""
    medians = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.printed == "median"))
    means = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.printed == "mean"))
    if not medians or not means:
        return f"Numbers are {'medians' if medians else 'averages'}." if medians or means else ""
    if len(means) < len(medians):
        return f"Numbers are medians; of {words.joined(means)}, averages."
    return f"Numbers are averages; of {words.joined(medians)}, medians."


def _times(record: CleanRecord) -> str:
    """Return what the words for times in the names mean."""
    pace = next((c.median for c in record.columns if c.name == "median_gap"), None)
    said = {word for s in record.segments for word in re.findall(r"\b(lapsed|recent|new)\b", s.name.lower())}
    if not pace or not said:
        return ""
    days, long = words.short_number(pace), words.short_number(3 * pace)
    meant = {
        "recent": f"last order within {days} days",
        "lapsed": f"no order for {long} days",
        "new": f"first order within {days} days",
    }
    told = "; ".join(f"{word}: {text}" for word, text in meant.items() if word in said)
    return f"{words.sentence(told)} (customers who order again usually do so after {days} days)."


def _formed(record: CleanRecord, shown: Sequence[view.Measure]) -> str:
    formed = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.role == "feature"))
    described = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.role != "feature"))
    if not formed or not described:
        return ""
    if len(formed) < len(described):
        return f"Only {words.joined(formed)} {'forms' if len(formed) == 1 else 'form'} the {story.noun(record)}s."
    verb = "describes" if len(described) == 1 else "describe"
    return f"{words.sentence(words.joined(described))} only {verb} the {story.noun(record)}s."


def _averages(record: CleanRecord, shown: Sequence[view.Measure]) -> Averages:
    ordered = view.by_value(record)
    cells = [[(m.text(s.id), profiles.tint(m, s.id)) for m in shown] for s in ordered]
    labels, everybody = [m.label for m in shown], [m.text(None) for m in shown]
    return Averages(len(shown) >= _WIDE, labels, [mark(s) for s in ordered], cells, everybody)
