"""Report: a saved record becomes one page of HTML that needs nothing else.

The page loads nothing, runs only the script whose hash its own policy names, reads without a script, prints, and shows
every number behind its pictures. It is made from the record and the points of the map alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coterie import words
from coterie.record import Points
from coterie.report import explanations, story
from coterie.report.charts import CHARTS, Chart, drawing, profiles, scatter
from coterie.report.charts import view_of_json as view
from coterie.report.charts.rfm import rfm_section
from coterie.report.explanations import mark

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = Path(__file__).parent / "templates"
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
_SHOWN_FINDINGS, _SHOWN_ROWS, _FEW = 40, 120, 4


def render(record: Mapping[str, Any], points: Points | None = None, *, source: str | None = None) -> str:
    """Return the report as one self-contained HTML page.

    Parameters
    ----------
    record
        The content of `run.json`.
    points
        The points of the map (:func:`read_points`); without them the map shows shaded counts, if the record has them.
    source
        What the customers came from, in the words of the reader, for the first line; the record does not know it.

    Returns
    -------
    str
        The page; at most 400 KB however many customers there are.
    """
    record = view.clean(record)
    style, script = _assets()
    return _template().render(
        style=_markup(style),
        script=_markup(script),
        policy=_policy(style, script),
        **_top(record, source),
        **_pictures(record, points),
        **_analysis(record),
        **_data(record),
    )


def _top(record: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    """Return what the reader sees without scrolling, and the order of everything."""
    color, label = view.face(record)
    n, k = view.customers(record), len(record["segments"])
    used = len(record["features"])
    line = [view.plain(source)] if source else []
    line += [f"{n:,} customers", f"{used} column{'s' if used != 1 else ''} used"]
    cards = _told_once([_card(record, s) for s in view.by_value(record)])
    once: dict[str, list[str]] = {}
    for s in record["segments"]:
        once.setdefault(s["idea"] or "", []).append(s["letter"])
    ideas = [{"letter": words.joined(letters), "idea": idea} for idea, letters in once.items() if idea]
    unsure = record["verdict"]["code"] in ("none",) or color == "red"
    return {
        "title": f"Customer segments: {view.plain(source)}" if source else "Customer segments",
        "line": line,
        "face": color,
        "verdict_label": f"Verdict: {label}" if record["verdict"]["code"] else words.sentence(label),
        "icon": _icon(color),
        "headline": story.headline(record),
        "opening": story.opening(record),
        "facts": story.facts(record),
        "cards": cards,
        "columns_class": _columns_class(k),
        "legend": [mark(s) for s in record["segments"]] if k > 1 else [],
        "greyed": color == "red",
        "show_ideas": not unsure,
        "fold_ideas": unsure,
        "ideas": ideas if color != "red" else [],
        "care": story.care(record),
        "answers": story.answers(record),
        "made": f"coterie {record['coterie']}",
    }


def _pictures(record: Mapping[str, Any], points: Points | None) -> dict[str, Any]:
    """Return the charts and what stands beside them; a chart is None where the record does not hold its numbers."""
    drawn = {c.name: _shown(c.draw(record, points), c.columns) for c in CHARTS if c.on_page}
    few = len(profiles.shown_measures(record)) <= _FEW
    return {
        "charts": drawn,
        "map_words": _map_words(record, points),
        "beside": not view.has_value(record) and few and drawn["ranges"] is not None,
        "panels": _panels(record),
        "profile_numbers": _profile_numbers(record),
        "people": (people := explanations.people(record)),
        "bordered": any(p["border"] for p in people),
        "formed": _formed(record),
        "averages": _averages(record),
        "rfm": rfm_section(record),
    }


def _analysis(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words around the analyst's charts."""
    choice, stability, sensitivity = record["choice"], record["stability"], record["sensitivity"] or {}
    asked = f" You asked for {choice['asked']}; {choice['supported']} is supported." if _differs(choice) else ""
    rule = {
        "asked": "The number of segments was given.",
        "vote": "Chosen by vote.",
        "repeatability": "The data do not determine the number; the most repeatable one was taken.",
        "silhouette": "Chosen by separation alone.",
    }
    return {
        "choice_title": _choice_title(choice["k"], merged=view.is_merged(record)),
        "choice_words": f"{_ended(choice['words']) or rule.get(choice['rule'], '')}{asked}",
        "noun": story.noun(record),
        "trust_words": " ".join(t for t in (record["verdict"]["text"], stability["text"] if stability else "") if t)
        or "Neither the structure of the data nor the repeatability of the segments has been tested.",
        "trust": story.trust(record),
        "neighbors": (stability or {}).get("neighbors") or [],
        "changes": [{"what": c["what"], "moved": words.percent(c["moved"])} for c in sensitivity.get("changes") or []],
        "rare": [r["text"] for r in sensitivity.get("rare") or []],
        "sensitivity_words": sensitivity.get("text") or "",
        "rules": explanations.rules(record),
        "rules_words": explanations.rules_words(record),
        "tree": explanations.tree(record),
    }


def _choice_title(k: int, *, merged: bool) -> str:
    if k == 1:
        return "Why one segment"
    return f"Why {words.in_words(k)}{', before the merge' if merged else ''}"


def _data(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return findings, columns, method."""
    findings = sorted(record["findings"], key=lambda f: ("error", "warning", "note").index(f["level"]))
    steps = {f["column"]: " ".join(f["steps"]) for f in record["features"]}
    serious = sum(f["level"] != "note" for f in findings)
    n, used = view.customers(record), record["sample"]["used"]
    counted = f"{words.in_words(serious)} thing{'s' if serious != 1 else ''}"
    middle = ("map", "Map") if view.has_value(record) and record["sample"]["map"] else ("averages", "Averages")
    links = [("diff", "Differences"), middle, ("choice", "How many"), ("trust", "Trust"), ("data", "Data")]
    links[4:4] = [("rfm", "RFM")] if rfm_section(record) else []
    sampled = "all customers" if record["sample"]["whole"] else f"a sample of {used:,} customers"
    return {
        "findings": [
            {**f, "mark": _MARKS[f["level"]], "column": f["column"] or "all", "done": f["done"] or ""}
            for f in findings[:_SHOWN_FINDINGS]
        ],
        "data_title": f"The data had {counted} to look at" if serious else "The data had nothing to fix",
        "data_words": f"{n:,} rows, {len(record['columns'])} columns; {len(record['features'])} formed the segments.",
        "columns": [
            {
                "name": c["label"] if c["label"] == c["name"] else f"{c['label']} ({c['name']})",
                "kind": c["kind"],
                "role": _USED.get(c["role"], c["role"]),
                "missing": f"{c['missing']:,}",
                "done": steps.get(c["name"]) or c["reason"] or "",
            }
            for c in record["columns"]
        ],
        "links": [*links, ("method", "Method")],
        "command": story.command(record),
        "method_words": f"k-means on {sampled}, every customer to the nearest center. {story.solution(record)}".strip(),
        "method": [
            ("Software", f"coterie {record['coterie']}"),
            ("Seed", str(record["sample"]["seed"])),
            *((("History", " ".join(record["lineage"]["history"])),) if record["lineage"]["history"] else ()),
            (
                "Privacy",
                "This page holds averages of segments and, with a map of points, a place and a segment for each"
                " customer shown; no ids. Averages and counts of fewer than ten customers are not printed. Make it"
                " again with --no-points to leave the points out.",
            ),
        ],
    }


def _card(record: Mapping[str, Any], segment: Mapping[str, Any]) -> dict[str, Any]:
    """One card: name, size, value, at most three markers, an idea."""
    worth = view.has_value(record)
    value = view.label(record, record["options"]["value"]) if worth else ""
    people = "customer" if segment["size"] == 1 else "customers"
    size = f"{words.count(segment['size'])} {people}"
    hidden = words.too_few(segment["size"])
    markers = [] if hidden else [_marker(m) for m in segment["markers"][:3]]
    share = 100 * segment["share"]
    return {
        **mark(segment),
        "given": segment["given"],
        "descriptor": segment["name"],
        "tentative": segment["tentative"],
        "lead": words.percent(segment["value_share"] if worth else segment["share"]),
        "lead_of": f"of all {value}" if worth else "of customers",
        "size": f"{size}, {words.percent(segment['share'])} of all" if worth else size,
        "bar": f"{100 * segment['value_share'] if worth else share:.1f}",
        "bar2": f"{share:.1f}" if worth else None,
        "markers": markers,
        "idea": segment["idea"],
    }


def _told_once(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cards; an idea that an earlier card has already is only pointed at."""
    first: dict[str, str] = {}
    for card in cards:
        if card["idea"] and first.setdefault(card["idea"], card["letter"]) != card["letter"]:
            card["idea"] = f"The same as for {first[card['idea']]}."
    return cards


def _columns_class(k: int) -> str:
    """Return the class that lays k things out in rows of equal length, at most five in a row."""
    rows = -(-k // 5)
    return f" cols-{-(-k // rows)}" if k > 2 else ""


def _marker(marker: Mapping[str, Any]) -> dict[str, str]:
    what, value, away = story.difference(marker)
    return {"label": words.sentence(what), "value": value, "away": away}


def _panels(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = ((s, profiles.draw_panel(record, s["id"])) for s in view.by_value(record))
    return [{"segment": mark(s), "picture": _markup(p.inline())} for s, p in found if p is not None]


def _profile_numbers(record: Mapping[str, Any]) -> dict[str, Any]:
    """Every measure, not only those drawn: one row a measure, one column a segment."""
    ordered = view.by_value(record)
    rows = [
        [m.label, *(m.text(s["id"]) for s in ordered), m.text(None)]
        for m in view.measures(record)
        if m.overall is not None
    ]
    head = ["Column", *(str(s["letter"]) for s in ordered), "All"]
    return {"title": "averages", "head": head, "rows": rows[:_SHOWN_ROWS], "printed": False}


def _formed(record: Mapping[str, Any]) -> str:
    shown = profiles.shown_measures(record)
    formed = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.role == "feature"))
    described = list(dict.fromkeys(view.label(record, m.column) for m in shown if m.role != "feature"))
    if not formed or not described:
        return ""
    verb = "forms" if len(formed) == 1 else "form"
    other = "only describes" if len(described) == 1 else "only describe"
    return f"{words.sentence(words.joined(formed))} {verb} the segments; {words.joined(described)} {other} them."


def _averages(record: Mapping[str, Any]) -> dict[str, Any]:
    shown = profiles.shown_measures(record)
    rows = [
        {"segment": mark(s), "cells": [{"text": m.text(s["id"]), "tint": profiles.tint(m, s["id"])} for m in shown]}
        for s in view.by_value(record)
    ]
    return {"head": [m.label for m in shown], "rows": rows, "foot": [m.text(None) for m in shown]}


def _map_words(record: Mapping[str, Any], points: Points | None) -> str:
    place = record["sample"]["map"]
    if not place:
        return ""
    if points is None:
        return (
            "Each square stands for ten customers or more, the larger the more; its color is its most frequent segment."
        )
    shape = "shape and letter repeat" if len(points.x) <= scatter.SHAPES_UP_TO else "the letter repeats"
    said = f"One mark per customer; {shape} the color."
    if place["shown"] < place["of"]:
        said = f"{place['shown']:,} of {place['of']:,} customers, the same share of every segment. {said}"
    return said + (" The axes are the two directions in which customers differ most." if place["kind"] == "pca" else "")


def _shown(chart: Chart | None, columns: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
    """Return a chart for the page, with the table of its numbers."""
    if chart is None:
        return None
    numbers = None
    if columns:
        rows = [[_cell(key, row.get(key)) for key, _ in columns] for row in chart.data]
        numbers = {"title": chart.title, "head": [head for _, head in columns], "rows": rows, "printed": False}
    return {"picture": _markup(chart.inline()), "title": chart.title, "desc": chart.desc, "numbers": numbers}


def _cell(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if key in _SHARES:
        return words.percent(value)
    if key == "n":
        return words.count(value)
    if key in ("p10", "median", "p90"):
        return words.short_number(value)
    return words.rounded(value) if isinstance(value, float) else str(value)


def _ended(text: str | None) -> str:
    """Return a text as a sentence: a capital first, a full stop last."""
    return f"{words.sentence(text).rstrip('.')}." if text else ""


def _differs(choice: Mapping[str, Any]) -> bool:
    return choice["asked"] is not None and choice["supported"] is not None and choice["asked"] != choice["supported"]


def _icon(color: str) -> Any:
    """Return the sign of the verdict, so that color is never alone."""
    stroke = {"fill": "none", "stroke": "currentColor", "stroke_width": "1.8", "stroke_linecap": "round"}
    shape = drawing.tag("circle", cx=8, cy=8, r=8, fill="currentColor", opacity="0.18")
    shape += drawing.tag("path", d=_ICONS.get(color, _ICONS["grey"]), stroke_linejoin="round", **stroke)
    return _markup(f'<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>')


def _policy(style: str, script: str) -> str:
    """Return what the page may do: its own style and script by their hashes, and nothing else."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") for text in (style, script)
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _assets() -> tuple[str, str]:
    """Return the page's style, with the palette of the charts in it, and its script."""
    light, dark = drawing.variables(drawing.LIGHT), drawing.variables(drawing.DARK)
    palette = (
        f":root{{color-scheme:light dark;--font:{drawing.FONT};{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
        ":root[data-theme=light]{color-scheme:light}"
    )
    page = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    style = f"\n{palette}\n{drawing.STYLE}\n{page}"
    return style, "\n" + (_TEMPLATES / "report.js").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = (_TEMPLATES / "report.html").read_text(encoding="utf-8")
    return environment.from_string(text)


def _markup(text: str) -> Any:
    """Text that is already markup: our own style and script, and pictures whose words were escaped when drawn."""
    from markupsafe import Markup

    return Markup(text)
