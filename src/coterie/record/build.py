"""What the stages found becomes one record."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import options as config
from coterie import words
from coterie.evidence import RESAMPLE_ROWS, confidence, stability
from coterie.findings import Finding, worst_first
from coterie.model import Decision, Feature, decision, model
from coterie.model import features as feature_maker
from coterie.portrait import Portrait, SegmentedSample, Totals, map, portray, profile
from coterie.record import json
from coterie.record.points import Points
from coterie.table import ColumnRecord, Sample, Table, draw, summarize

ALIKE = "COT303"
STEP_WARNING = 0.02
SAME = 1e-9


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
    drawn = portray(rows, w.columns, w.features, values, totals, _segmented(decided), value=w.options.value)
    found = drawn.segments
    charted = map.project(w.features, w.columns, values, decided.Z, decided.label)
    made = {
        "format": json.FORMAT,
        "coterie": version("coterie"),
        "options": config.to_record(w.options),
        "columns": profile.with_means(w.columns, totals),
        "findings": worst_first((*w.findings, *_alike(drawn), *_step_finding(totals))),
        "features": w.features,
        "sample": json.of_sample(w.sample, totals, charted, w.options.seed),
        "model": {**json.of_model(decided, totals), "rules": drawn.rules, "tree": drawn.tree},
        "verdict": decision.reach_verdict(decided, w.features, [s.name for s in found], w.table.rows),
        "choice": decided.evidence.choice,
        "stability": json.of_stability(decided),
        "sensitivity": json.plain(decided.sensitivity),
        "segments": found,
        "profile": profile.with_names(rows, {s.id: s.name for s in found}),
        "lineage": {"parent": None, "next_id": len(found) + 1, "history": []},
    }
    return made, Points(*(axis.tolist() for axis in charted.points))


def _segmented(decided: Decision) -> SegmentedSample:
    return SegmentedSample(
        model=decided.model,
        Z=decided.Z,
        label=decided.label,
        margin=decided.margin,
        cuts=decided.confidence.cuts,
        refits=np.array(decided.evidence.stability.refits),
        depths=dict(zip(decided.model.segments, decided.evidence.depths, strict=True)),
    )


def measured_again(made: json.Record, table: Table) -> tuple[dict[str, Any], Points] | None:
    """Return the record of segments that were merged by hand with everything measured, or None for other customers.

    Parameters
    ----------
    made : the record whose segments were merged; it decides, nothing is fitted.
    table : the customers that it is about. Their exact counts and means must be the record's own.

    Notes
    -----
    Cost: three scans of the data, as the same stages of ``segment``.
    """
    options, held, fitted = config.from_record(made["options"]), json.columns(made), json.model(made)
    there = {c.name for c in table.columns}
    if not {c.name for c in held if c.role in profile.PROFILED} <= there:
        return None
    features, summary = json.features(made), summarize(table)
    used = [
        c.name for c in held if c.name in {n.name for n in table.columns} and c.name != table.id and c.kind != "other"
    ]
    size = model.sample_size(options.max_k)
    sample = draw(table, used, size, seed=options.seed, distinct_ids=not options.allow_duplicate_ids)
    found = profile.totals(table, summary, held, features, fitted)
    if not _is_same(made, profile.with_means(held, found), found):
        return None
    placed, judged = _segmented_again(made, feature_maker.prepare(features, sample.values))
    label = placed.label
    rows = profile.rows(found, held, features, sample.values, label, fitted.segments)
    drawn = portray(rows, held, features, sample.values, found, placed, value=options.value)
    given = {s["id"]: s["given"] for s in made["segments"]}
    named = tuple(replace(s, given=given[s.id]) for s in drawn.segments)
    charted = map.project(features, held, sample.values, placed.Z, label)
    value, error, shown = model.estimate_silhouette(placed.Z, label)
    again = {
        **made,
        "findings": worst_first((*(Finding(**f) for f in made["findings"] if f["code"] != ALIKE), *_alike(drawn))),
        "sample": {**made["sample"], "map": json.of_sample(sample, found, charted, options.seed)["map"]},
        "model": {
            **made["model"],
            "explained": found.explained,
            "silhouette": value,
            "silhouette_error": error,
            "silhouette_rows": shown,
            "rules": drawn.rules,
            "tree": drawn.tree,
        },
        "stability": {**made["stability"], **judged},
        "segments": named,
        "profile": profile.with_names(rows, {s.id: s.given or s.name for s in named}),
    }
    return json.plain(again), Points(*(axis.tolist() for axis in charted.points))


def _is_same(made: json.Record, columns: tuple[ColumnRecord, ...], found: Totals) -> bool:
    """Say whether counts and means are those of the record; sums of other groups differ in their last bits."""
    if any(found.size[s["id"]] != s["size"] for s in made["segments"]):
        return False
    pairs = [(c.mean, before["mean"]) for c, before in zip(columns, made["columns"], strict=True)]
    return all(a == b if a is None or b is None else math.isclose(a, b, rel_tol=SAME, abs_tol=SAME) for a, b in pairs)


def _segmented_again(made: json.Record, Z: NDArray[np.float64]) -> tuple[SegmentedSample, dict[str, Any]]:
    """Return the sample in the segments of a record, and what its stored refits say of each customer."""
    fitted, few = json.model(made), slice(RESAMPLE_ROWS)
    ids, refits = np.array(fitted.segments), np.array(made["stability"]["refits"])
    label, margin = model.predict(fitted, Z)
    place = np.where(label[few] > 0, np.searchsorted(ids, label[few]), -1).astype(np.int32)
    owner = np.searchsorted(ids, np.array(fitted.segment_of)).tolist()
    votes = stability.count_votes(Z[few], refits, place, segment_of=owner)
    sure = confidence.calibrate(margin[few], votes, label[few], fitted.segments)
    known = votes[place >= 0]
    judged = {
        "core": float((known >= stability.CORE).mean()),
        "probable": float(((known >= stability.PROBABLE) & (known < stability.CORE)).mean()),
        "borderline": float((known < stability.PROBABLE).mean()),
        "margins": sure,
    }
    depths = {s["id"]: s["depth"] for s in made["segments"]}
    return SegmentedSample(fitted, Z, label, margin, sure.cuts, refits, depths), judged


def _alike(drawn: Portrait) -> list[Finding]:
    """Return a warning for segments that no word tells apart."""
    said = []
    for group in drawn.alike:
        text = f"segments {words.joined([words.letter(s) for s in group])} cannot be told apart in words"
        done = f"they keep one name with a letter; consider {len(drawn.segments) - 1} segments"
        said.append(Finding(ALIKE, "warning", None, len(group), text, done))
    return said


def _step_finding(totals: Totals) -> tuple[Finding, ...]:
    """Return a warning where the sample's centers are not the customers' own means."""
    if totals.step <= STEP_WARNING:
        return ()
    text = f"segment means over all customers lie up to {words.share(totals.step)} of a range from the sample's centers"
    return (Finding("COT301", "warning", None, 0, text, "the sample's centers were kept"),)
