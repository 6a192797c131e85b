"""The segments in other words, for the page: rules, the small tree, typical and borderline customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coterie import words
from coterie.report.charts import drawing
from coterie.report.charts import view_of_json as view
from coterie.report.charts.view_of_json import shown_name

SHOWN_VALUES = 5


def mark(segment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what identifies a segment anywhere: letter, shape, color, name."""
    return {
        "id": segment["id"],
        "letter": segment["letter"],
        "name": shown_name(segment),
        "slot": view.slot(segment["id"]),
        "glyph": drawing.glyph(segment["id"]),
    }


def rules(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rules that are good enough to be shown, one a segment."""
    return [
        {
            **mark(s),
            "text": s["rule"]["text"],
            "precision": words.percent(s["rule"]["precision"]),
            "recall": words.percent(s["rule"]["recall"]),
        }
        for s in record["segments"]
        if s["rule"]
    ]


def rules_words(record: Mapping[str, Any]) -> str:
    """Return which segments have a rule and which have none; nothing where rules were not looked for."""
    return str((record["model"].get("rules") or {}).get("text") or "")


def tree(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the tree: its sentence, its root with everything below it, and its leaves as a table."""
    held = record["model"].get("tree")
    known = {s["id"]: s for s in record["segments"]}
    if not held or any(n["segment"] not in known for n in held["nodes"]):
        return None
    lost = {c["label"] for c in record["columns"] if c["missing"]}
    rows: list[list[str]] = []

    def below(place: int, path: Sequence[str]) -> dict[str, Any]:
        node = held["nodes"][place]
        if node["condition"] is None:
            leaf = mark(known[node["segment"]])
            few = words.too_few(node["rows"])
            right = "–" if few or node["right"] is None else words.percent(node["right"])
            rows.append([" and ".join(path), f"{leaf['letter']} {leaf['name']}", words.count(node["rows"]), right])
            return {"leaf": leaf, "rows": words.count(node["rows"]), "right": right, "branches": []}
        asked = any(node["text"].startswith(label) for label in lost)
        ways = [("yes", node["text"]), ("no", node["otherwise"])]
        texts = {side: f"{text} or missing" if asked and node["missing"] == side else text for side, text in ways}
        branches = [{"text": texts[side], "node": below(node[side], [*path, texts[side]])} for side in ("yes", "no")]
        return {"leaf": None, "rows": "", "right": "", "branches": branches}

    root = below(0, [])
    head = ["Customers with", "are taken for", "Measured", "Rightly"]
    return {
        "text": held["text"],
        "root": root,
        "numbers": {"title": "leaves of the tree", "head": head, "rows": rows, "printed": False},
    }


def people(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each segment what typical and borderline customers are like, where ten or more stand behind it."""
    letters = {s["id"]: s["letter"] for s in record["segments"]}
    place = {c["name"]: i for i, c in enumerate(record["columns"])}
    found = []
    for s in view.by_value(record):
        typical, border = s.get("typical"), s.get("border")
        if not typical and not border:
            continue
        edge = ""
        if border:
            near = f", mostly towards {letters[border['towards']]}" if border["towards"] in letters else ""
            edge = f"{words.percent(border['share'])} of the segment{near}"
        found.append(
            {
                **mark(s),
                "typical": _values(typical, place) if typical else "",
                "edge": edge,
                "border": _values(border, place) if border else "",
            }
        )
    return found


def _values(group: Mapping[str, Any], place: Mapping[str, int]) -> str:
    """Return the strongest few columns of a group, in the order of the source, so that segments read alike."""
    shown = sorted(group["values"][:SHOWN_VALUES], key=lambda v: place.get(v["column"], 0))
    said = [f"{v['label']}{'' if v['text'].startswith('about ') else ':'} {v['text']}" for v in shown]
    return words.sentence(", ".join(said))
