"""Report: a record becomes one page of HTML that needs nothing else.

The page loads nothing, runs only the script whose hash its own policy names, reads without a script, prints, and shows
every number behind its pictures. It is made from the record and the points of the map alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from coterie import words
from coterie.doors import frozen
from coterie.findings import Told, serious, told_once
from coterie.record import CleanRecord, MapAxis, Points, Record, clean, clean_text
from coterie.report import explanations, first_lines, story, view
from coterie.report.cards import make_cards
from coterie.report.charts import CHARTS, Chart, draw_all, drawing, profiles
from coterie.report.charts.choice import choice_key
from coterie.report.charts.rfm import share_rfm, tabulate_rfm
from coterie.report.command import inside_command, write_command
from coterie.report.compilation import template
from coterie.report.differences import tell_differences
from coterie.report.explanations import Numbers, mark
from coterie.report.html_file import assets, markup, policy

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
_SHARES = ("share", "value_share", "smallest", "customers", "value", "name_returns")
_SHOWN_FINDINGS = 40
_SHOWN_NAMES = 12
_SHOWN_COLUMNS = 300


# ── what the template is given ────────────────────────────────────────────────────────────────────────────────────


@frozen
class Picture:
    """A chart, and its numbers as a table."""

    picture: Markup
    title: str
    desc: str
    numbers: Numbers | None


def render(
    record: Record,
    points: Points | None = None,
    *,
    source: str | None = None,
    drawn: Mapping[str, Chart] | None = None,
) -> str:
    """Return the report as one self-contained HTML page.

    Parameters
    ----------
    points : the points of the map; without them it shows shaded counts, if the record has them.
    source : what the customers came from, in the words of the reader, for the first line; the record does not know it.
    drawn : the record's charts by name, where they are drawn already.

    Returns
    -------
    the page; at most 400 KB however many customers there are.
    """
    shown = clean(record)
    charts = draw_all(shown, points, filter(attrgetter("on_page"), CHARTS)) if drawn is None else drawn
    style, script = assets()
    return template("report.html").render(
        style=markup(style),
        script=markup(script),
        policy=policy(style, script),
        **_top(shown, source),
        **_pictures(shown, points, charts),
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


def _columns_class(n: int) -> str:
    """Return the class for n things in full rows."""
    return f" cols-{profiles.count_columns(n)}" if n > 2 else ""


def icon(color: str) -> Markup:
    """Return the verdict's sign, so that color is never alone."""
    stroke = {"fill": "none", "stroke": "currentColor", "stroke_width": "1.8", "stroke_linecap": "round"}
    shape = drawing.tag("circle", cx=8, cy=8, r=8, fill="currentColor", opacity="0.18")
    shape += drawing.tag("path", d=_ICONS[color], stroke_linejoin="round", **stroke)
    return markup(f'<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _pictures(record: CleanRecord, points: Points | None, charts: Mapping[str, Chart]) -> dict[str, object]:
    """Return the charts and what stands beside them; a chart is None where the record does not hold its numbers."""
    drawn = {entry.name: show_chart(charts.get(entry.name), entry.columns) for entry in CHARTS if entry.on_page}
    people = explanations.people(record)
    different = tell_differences(record)
    return {
        "charts": drawn,
        "map_words": _map_words(record, points),
        "choice_key": choice_key(record),
        "different": different,
        "panels": [(s, markup(panel.inline())) for s, panel in different.panels],
        "spreads": [markup(panel.inline()) for panel in different.spreads],
        "spread_class": _columns_class(len(different.spreads)),
        "people": people,
        "bordered": any(p.border for p in people),
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
    return words.rounded(value) if isinstance(value, float) else str(value)


def _map_words(record: CleanRecord, points: Points | None) -> str:
    place, noun = record.sample.map, story.noun(record)
    if points is None:
        squares = "Each square stands for ten customers or more, the larger the more"
        return f"{squares}; its color is its most frequent {noun}."
    said = "One mark per customer."
    if place.shown < place.of:
        said = f"{place.shown:,} of {place.of:,} customers, the same share of every {noun}. {said}"
    return said


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
        "neighbors": [story.in_its_noun(record, text) for text in stability.neighbors],
        "changes": [(c.what, words.percent(c.moved)) for c in sensitivity.changes],
        "rare": [r.text for r in sensitivity.rare],
        "sensitivity_words": story.in_its_noun(record, sensitivity.text),
        "axes": [(way, _weights(axis)) for way, axis in _axes(record) if axis.loadings],
        "rules": explanations.rules(record),
        "rules_words": record.model.rules.text,
        "tree": explanations.tree(record),
    }


def _data(record: CleanRecord) -> dict[str, object]:
    """Return findings, columns, method."""
    found = _findings(record)
    odd = len(serious(record.findings))
    counted = f"{words.in_words(odd)} thing{'s' if odd != 1 else ''}"
    middle = [("map", "Map")] if view.has_value(record) else []
    scored = [("rfm", "RFM")] if record.sample.rfm and record.sample.rfm.customers else []
    links = [("diff", "Differences"), *middle, ("choice", "How many"), ("trust", "Trust"), *scored, ("data", "Data")]
    n, used, wide = record.sample.rows, record.sample.used, words.plural(len(record.columns), "column")
    sampled = "all customers" if record.sample.whole else f"a sample of {used:,} customers"
    return {
        "findings": [f for f in found if f[1].level != "note"],
        "notes": [f for f in found if f[1].level == "note"],
        "data_title": f"The data had {counted} to look at" if odd else "The data had nothing to fix",
        "data_words": f"{n:,} rows, {wide}; {len(record.features)} formed the {story.noun(record)}s.",
        "columns": _columns(record),
        "links": [*links, ("method", "Method")],
        "commands": _commands(record),
        "method_words": f"k-means on {sampled}, every customer to the nearest center. {story.solution(record)}",
        "method": _method(record),
    }


def _commands(record: CleanRecord) -> str:
    """Return what to type for the same result, for new customers, and for a look inside a split."""
    said = [write_command(record), "# new customers\ncoterie assign RUN NEW_CUSTOMERS"]
    inside = inside_command(record)
    said += [f"# inside the split\n{inside}"] if inside else []
    return "\n\n".join(said)


def _findings(record: CleanRecord) -> list[tuple[str, Told, str]]:
    """Return the findings with their sign and columns; what is found alike of several columns is said once."""
    return [
        (_MARKS[told.level], told, words.joined(words.first_of(told.columns, _SHOWN_NAMES)) or "all")
        for told in told_once(record.findings)
    ][:_SHOWN_FINDINGS]


def _columns(record: CleanRecord) -> list[tuple[str, str, str, str, str]]:
    """Return each column's name, kind, use, missing values, steps."""
    steps = {f.column: " ".join(f.steps) for f in record.features}
    shown = sorted(record.columns, key=lambda c: c.role == "dropped")[:_SHOWN_COLUMNS]
    more = len(record.columns) - len(shown)
    rest = [(f"{more:,} more", "", "", "", "They stand in run.json.")] if more else []
    return [
        (
            c.label if c.label == c.name else f"{c.label} ({c.name})",
            c.kind,
            _USED.get(c.role, c.role),
            f"{c.missing:,}",
            steps.get(c.name) or c.reason or "",
        )
        for c in (shown if more else record.columns)
    ] + rest


def _axes(record: CleanRecord) -> list[tuple[str, MapAxis]]:
    return [("Across", record.sample.map.x), ("Upward", record.sample.map.y)]


def _weights(axis: MapAxis) -> str:
    """Return what a mixture of columns is made of."""
    parts = (f"{part.label} {'+' if part.weight > 0 else ''}{words.rounded(part.weight)}" for part in axis.loadings)
    return f"{', '.join(parts)} (largest weights)"


def _method(record: CleanRecord) -> list[tuple[str, str]]:
    privacy = (
        "No ids, and no numbers of fewer than ten customers; a map of points has a place and a segment for each"
        " customer shown (--no-points leaves them out)."
    )
    said = [("Software", f"coterie {record.coterie}"), ("Seed", str(record.sample.seed))]
    said += [("History", " ".join(record.lineage.history))] if record.lineage.history else []
    return [*said, ("Privacy", privacy)]
