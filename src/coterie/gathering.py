"""What the stages found becomes one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import coterie
from coterie import config, decision, profile, projection, record, segments, words
from coterie.charts import Points
from coterie.columns import ColumnRecord
from coterie.decision import Decision
from coterie.features import Feature
from coterie.profile import Totals
from coterie.rules import Finding, worst_first
from coterie.sample import Sample
from coterie.segments import Portrait, letter
from coterie.table import Table


@dataclass(frozen=True, slots=True)
class Worked:
    """What the stages found, on the way into the record."""

    options: config.Options
    table: Table
    sample: Sample
    columns: tuple[ColumnRecord, ...]
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]
    decided: Decision
    totals: Totals


def gathered(w: Worked) -> tuple[dict[str, Any], Points]:
    """Return the record, and the points of its map."""
    decided, totals, values = w.decided, w.totals, w.sample.values
    rows = profile.rows(totals, w.columns, w.features, values, decided.label, decided.model.segments)
    drawn = segments.portray(rows, w.columns, w.features, values, totals, decided, value=w.options.value)
    found = drawn.segments
    charted = projection.project(w.features, w.columns, values, decided.Z, decided.label)
    made = {
        "format": record.FORMAT,
        "coterie": coterie.__version__,
        "options": config.to_record(w.options),
        "columns": profile.with_means(w.columns, totals),
        "findings": worst_first((*w.findings, *_alike(drawn))),
        "features": w.features,
        "sample": record.of_sample(w.sample, totals, charted, w.options.seed),
        "model": {**record.of_model(decided, totals), "rules": drawn.rules, "tree": drawn.tree},
        "verdict": decision.verdict(decided, [s.name for s in found], w.table.rows),
        "choice": decided.weighed.choice,
        "stability": record.of_stability(decided),
        "sensitivity": record.plain(decided.sensitivity),
        "segments": found,
        "profile": profile.with_names(rows, {s.id: s.name for s in found}),
        "lineage": {"parent": None, "next_id": len(found) + 1, "history": []},
    }
    return made, Points(*(axis.tolist() for axis in charted.points))


def _alike(drawn: Portrait) -> list[Finding]:
    """Return a warning for segments that no word tells apart."""
    said = []
    for group in drawn.alike:
        text = f"segments {words.joined([letter(s) for s in group])} cannot be told apart in words"
        done = f"they keep one name with a letter; consider {len(drawn.segments) - 1} segments"
        said.append(Finding("COT303", "warning", None, len(group), text, done))
    return said
