"""Report: a record becomes one page of HTML that needs nothing else.

The page loads nothing, runs only the script whose hash its own policy names, reads without a script, prints, and shows
every number behind its pictures. It is made from the record and the points of the map alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coterie import words
from coterie.findings import Finding
from coterie.record import CleanRecord, Points, Record, clean, clean_text
from coterie.report import explanations, first_lines, story, view
from coterie.report.cards import make_cards
from coterie.report.charts import CHARTS, Chart, drawing, profiles, scatter
from coterie.report.charts.rfm import share_rfm, tabulate_rfm
from coterie.report.command import write_command
from coterie.report.explanations import Mark, Numbers, mark
from coterie.report.html_file import assets, markup, policy, template

if TYPE_CHECKING:
    from markupsafe import Markup

_ICONS = {
    "green": "M4.4 8.3l2.4 2.4 4.8-5",
    "green-amber": "M4.4 8.3l2.4 2.4 4.8-5",
    "amber": "M4.2 6.7c1.6-1.7 2.6-1 3.8-.2s2.2 1.4 3.8-.3M4.2 10.3c1.6-1.7 2.6-1 3.8-.2s2.2 1.4 3.8-.3",
    "red": "M5 5l6 6M11 5l-6 6",
    "grey": "M6 6.1c.1-2.7 4.1-2.7 4.1 0 0 1.6-2 1.6-2 3.2M8.1 11.8v.2",
}
_MARKS = {"error": "✕", "warning": "!", "note": "·"}
_USED = {
    "feature": "forming the segments",
    "describe": "describing them",
    "value": "what a customer is worth",
    "id": "identity",
    "dropped": "nothing",
}
_SHARES = ("share", "value_share", "smallest", "customers", "value")
_SHOWN_FINDINGS, _SHOWN_ROWS, _FEW, _SHOWN_BARS, _WIDE = 40, 120, 4, 24, 7


# ── what the template is given ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and its numbers as a table."""

    picture: Markup
    title: str
    desc: str
    numbers: Numbers | None


@dataclass(frozen=True, slots=True)
class Averages:
    """A text and a tint for each segment and measure: a row a segment, or of many measures a row a measure."""

    turned: bool
    measures: Sequence[str]
    marks: Sequence[Mark]
    cells: Sequence[Sequence[tuple[str, str]]]
    everybody: Sequence[str]


def render(record: Record, points: Points | None = None, *, source: str | None = None) -> str:
    """Return the report as one self-contained HTML page.

    Parameters
    ----------
    points : the points of the map; without them it shows shaded counts, if the record has them.
    source : what the customers came from, in the words of the reader, for the first line; the record does not know it.

    Returns
    -------
    the page; at most 400 KB however many customers there are.
    """
    shown = clean(record)
    style, script = assets()
    return template("report.html").render(
        style=markup(style),
        script=markup(script),
        policy=policy(style, script),
        **_top(shown, source),
        **_pictures(shown, points),
        **_analysis(shown),
        **_data(shown),
    )


# ── above the fold ────────────────────────────────────────────────────────────────────────────────────────────────


def _top(record: CleanRecord, source: str | None) -> dict[str, object]:
    """Return what the reader sees without scrolling, and the order of everything."""
    color, label = view.face(record)
    used = len(record.features)
    line = [clean_text(source)] if source else []
    line += [f"{record.sample.rows:,} customers", f"{used} column{'s' if used != 1 else ''} used"]
    return {
        "title": f"Customer segments: {clean_text(source)}" if source else "Customer segments",
        "line": line,
        "face": color,
        "verdict_label": f"Verdict: {label}" if record.verdict.code else words.sentence(label),
        "icon": icon(color),
        "lead": first_lines.lead(record),
        "headline": first_lines.headline(record),
        "opening": story.opening(record),
        "facts": story.facts(record),
        "cards": make_cards(record),
        "columns_class": _columns_class(len(record.segments)),
        "legend": [mark(s) for s in record.segments],
        "greyed": color == "red",
        "show_ideas": color != "red",
        "care": story.care(record),
        "Noun": words.sentence(story.noun(record)),
        "rfm_shares": share_rfm(record),
        "made": f"coterie {record.coterie}",
    }


def _columns_class(k: int) -> str:
    """Return the class for k things in equal rows of at most five."""
    rows = -(-k // 5)
    return f" cols-{-(-k // rows)}" if k > 2 else ""


def icon(color: str) -> Markup:
    """Return the verdict's sign, so that color is never alone."""
    stroke = {"fill": "none", "stroke": "currentColor", "stroke_width": "1.8", "stroke_linecap": "round"}
    shape = drawing.tag("circle", cx=8, cy=8, r=8, fill="currentColor", opacity="0.18")
    shape += drawing.tag("path", d=_ICONS[color], stroke_linejoin="round", **stroke)
    return markup(f'<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _pictures(record: CleanRecord, points: Points | None) -> dict[str, object]:
    """Return the charts and what stands beside them; a chart is None where the record does not hold its numbers."""
    drawn = {c.name: show_chart(c.draw(record, points), c.columns) for c in CHARTS if c.on_page}
    measures = profiles.choose_measures(record)
    people = explanations.people(record)
    panels = [(mark(s), markup(profiles.draw_panel(s, measures).inline())) for s in view.by_value(record)]
    return {
        "charts": drawn,
        "map_words": _map_words(record, points),
        "beside": not view.has_value(record) and len(measures) <= _FEW and drawn["ranges"] is not None,
        "panels": panels,
        "profile_numbers": _profile_numbers(record),
        "people": people,
        "bordered": any(p.border for p in people),
        "formed": _formed(record, measures),
        "printed_words": f"{_printed(record, measures)} {_times(record)}".strip(),
        "averages": _averages(record, measures),
        "folded": len(panels) * len(measures) > _SHOWN_BARS,
        "rfm": tabulate_rfm(record),
    }


def show_chart(chart: Chart | None, columns: Sequence[tuple[str, str]]) -> Picture | None:
    """Return a chart for the page, with its numbers."""
    if chart is None:
        return None
    rows = [[_cell(key, row.get(key)) for key, _ in columns] for row in chart.data]
    numbers = Numbers(chart.title, [head for _, head in columns], rows) if columns else None
    return Picture(markup(chart.inline()), chart.title, chart.desc, numbers)


def _cell(key: str, value: str | float | None) -> str:
    if value is None:
        return words.UNKNOWN
    if isinstance(value, str):
        return value
    if key in _SHARES:
        return words.percent(value)
    if key == "n":
        return words.count(int(value))
    if key in ("p10", "median", "p90"):
        return words.short_number(value)
    return words.rounded(value) if isinstance(value, float) else str(value)


def _profile_numbers(record: CleanRecord) -> Numbers:
    """Return every measure, not only those drawn, by segment."""
    ordered = view.by_value(record)
    rows = [
        [m.label, *(m.text(s.id) for s in ordered), m.text(None)]
        for m in view.measures(record)
        if m.overall is not None
    ]
    return Numbers("averages", ["Column", *(s.letter for s in ordered), "All"], rows[:_SHOWN_ROWS])


def _printed(record: CleanRecord, shown: Sequence[view.Measure]) -> str:
    """Return which numbers are medians, and which shares."""
    medians = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.printed == "median"))
    means = any(m.printed == "mean" for m in shown)
    if not medians:
        return "Numbers are averages." if means else ""
    return f"Medians of {words.joined(medians)}; averages of the others." if means else "Numbers are medians."


def _times(record: CleanRecord) -> str:
    """Return what the words for times in the names mean."""
    pace = next((c.median for c in record.columns if c.name == "median_gap"), None)
    said = {word for s in record.segments for word in re.findall(r"\b(lapsed|recent|new)\b", s.name.lower())}
    if not pace or not said:
        return ""
    days, long = words.short_number(pace), words.short_number(3 * pace)
    meant = {"recent": f"last order within {days} days", "lapsed": f"none for {long}", "new": f"first within {days}"}
    told = "; ".join(f"{word}: {text}" for word, text in meant.items() if word in said)
    return f"{words.sentence(told)} (customers usually order every {days} days)."


def _formed(record: CleanRecord, shown: Sequence[view.Measure]) -> str:
    formed = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.role == "feature"))
    described = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.role != "feature"))
    if not formed or not described:
        return ""
    verb = "forms" if len(formed) == 1 else "form"
    other = "only describes" if len(described) == 1 else "only describe"
    return f"{words.sentence(words.joined(formed))} {verb} the segments; {words.joined(described)} {other} them."


def _averages(record: CleanRecord, shown: Sequence[view.Measure]) -> Averages:
    ordered = view.by_value(record)
    cells = [[(m.text(s.id), profiles.tint(m, s.id)) for m in shown] for s in ordered]
    labels, everybody = [m.label for m in shown], [m.text(None) for m in shown]
    return Averages(len(shown) >= _WIDE, labels, [mark(s) for s in ordered], cells, everybody)


def _map_words(record: CleanRecord, points: Points | None) -> str:
    place = record.sample.map
    if points is None:
        return (
            "Each square stands for ten customers or more, the larger the more; its color is its most frequent segment."
        )
    shape = "shape and letter repeat" if len(points.x) <= scatter.SHAPES_UP_TO else "the letter repeats"
    said = f"One mark per customer; {shape} the color."
    if place.shown < place.of:
        said = f"{place.shown:,} of {place.of:,} customers, the same share of every segment. {said}"
    return said + (" The axes: where customers differ most." if place.kind == "pca" else "")


# ── for the analyst ───────────────────────────────────────────────────────────────────────────────────────────────


def _analysis(record: CleanRecord) -> dict[str, object]:
    """Return the words around the analyst's charts."""
    choice, stability, sensitivity = record.choice, record.stability, record.sensitivity
    before = ", before the merge" if view.is_merged(record) else ""
    chosen = f"{words.sentence(choice.words).rstrip('.')}. {story.other_number(record)}"
    return {
        "choice_title": f"Why {words.in_words(choice.k)}{before}",
        "choice_words": chosen.strip(),
        "noun": story.noun(record),
        "trust_words": f"{record.verdict.text} {stability.text}",
        "trust": story.trust(record),
        "limits": story.limits(record),
        "neighbors": stability.neighbors,
        "changes": [(c.what, words.percent(c.moved)) for c in sensitivity.changes],
        "rare": [r.text for r in sensitivity.rare],
        "sensitivity_words": sensitivity.text,
        "rules": explanations.rules(record),
        "rules_words": record.model.rules.text,
        "tree": explanations.tree(record),
    }


def _data(record: CleanRecord) -> dict[str, object]:
    """Return findings, columns, method."""
    found = _findings(record)
    serious = sum(f.level != "note" for f in record.findings)
    counted = f"{words.in_words(serious)} thing{'s' if serious != 1 else ''}"
    middle = [("map", "Map")] if view.has_value(record) else []
    scored = [("rfm", "RFM")] if record.sample.rfm and record.sample.rfm.customers else []
    links = [("diff", "Differences"), *middle, ("choice", "How many"), ("trust", "Trust"), *scored, ("data", "Data")]
    n, used = record.sample.rows, record.sample.used
    sampled = "all customers" if record.sample.whole else f"a sample of {used:,} customers"
    return {
        "findings": [f for f in found if f[1].level != "note"],
        "notes": [f for f in found if f[1].level == "note"],
        "data_title": f"The data had {counted} to look at" if serious else "The data had nothing to fix",
        "data_words": f"{n:,} rows, {len(record.columns)} columns; {len(record.features)} formed the segments.",
        "columns": _columns(record),
        "links": [*links, ("method", "Method")],
        "command": write_command(record),
        "method_words": f"k-means on {sampled}, every customer to the nearest center. {story.solution(record)}",
        "method": _method(record),
    }


def _findings(record: CleanRecord) -> list[tuple[str, Finding, str]]:
    """Return the findings with their sign and columns; what is found alike of several columns is said once."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in record.findings:
        groups.setdefault((finding.code, finding.text, finding.done), []).append(finding)
    return [
        (_MARKS[found[0].level], found[0], words.joined([f.column for f in found if f.column is not None]) or "all")
        for found in groups.values()
    ][:_SHOWN_FINDINGS]


def _columns(record: CleanRecord) -> list[tuple[str, str, str, str, str]]:
    """Return each column's name, kind, use, missing values, steps."""
    steps = {f.column: " ".join(f.steps) for f in record.features}
    return [
        (
            c.label if c.label == c.name else f"{c.label} ({c.name})",
            c.kind,
            _USED.get(c.role, c.role),
            f"{c.missing:,}",
            steps.get(c.name) or c.reason or "",
        )
        for c in record.columns
    ]


def _method(record: CleanRecord) -> list[tuple[str, str]]:
    privacy = (
        "No ids, and no numbers of fewer than ten customers; a map of points has a place and a segment for each"
        " customer shown (--no-points leaves them out)."
    )
    said = [("Software", f"coterie {record.coterie}"), ("Seed", str(record.sample.seed))]
    said += [("History", " ".join(record.lineage.history))] if record.lineage.history else []
    return [*said, ("Privacy", privacy)]
