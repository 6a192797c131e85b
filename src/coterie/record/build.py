"""What the stages found becomes one record; after a merge by hand it is measured again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from importlib.metadata import version
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.evidence import RESAMPLE_ROWS, Caveat, Confidence, Verdict, confidence
from coterie.findings import Finding, worst_first
from coterie.model import Feature, decision, model, prepare
from coterie.options import Options
from coterie.portrait import ALL, Map, Portrait, ProfileRow, SegmentedSample, Totals, map, portray, profile
from coterie.purchases import Holdout, PurchaseFacts, Repeats, RfmFacts
from coterie.record.json import canonical
from coterie.record.lineage import Heritage, begin
from coterie.record.points import Points
from coterie.record.record import (
    FORMAT,
    MapFacts,
    ModelFacts,
    Record,
    SampleFacts,
    SensitivityFacts,
    StabilityFacts,
)  # fmt: skip
from coterie.table import ColumnRecord, Sample, Table, draw, refuse_infinite, summarize

ALIKE, BELOW_ZERO, NOT_SHARED = "COT303", "COT305", "COT306"
STEP_WARNING = 0.02
SAME = 1e-9


@frozen
class StageResults:
    """What the stages found, on the way into the record."""

    options: Options
    table: Table
    sample: Sample
    columns: tuple[ColumnRecord, ...]
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]
    decided: decision.Decision
    totals: Totals
    repeats: Repeats | None
    purchases: PurchaseFacts | None
    rfm: RfmFacts | None
    holdout: Holdout | None
    heritage: Heritage | None = None


@frozen
class _Described:
    """The segments as people read them, with the profile, the map and the silhouette."""

    portrait: Portrait
    profile: tuple[ProfileRow, ...]
    map: Map
    silhouette: tuple[float | None, float | None, int]

    @property
    def map_facts(self) -> MapFacts:
        return MapFacts(self.map.kind, self.map.x, self.map.y, len(self.map.points[2]), self.map.of, self.map.cells)

    @property
    def points(self) -> Points:
        return Points(*(axis.tolist() for axis in self.map.points))


def _describe(
    totals: Totals,
    columns: Sequence[ColumnRecord],
    fitted: Sequence[Feature],
    values: Mapping[str, NDArray[Any]],
    placed: SegmentedSample,
    value: str | None,
) -> _Described:
    """Return the portrait of segments, whether they were just formed or merged by hand."""
    rows = profile.rows(totals, columns, fitted, values, placed.label, placed.model.segments)
    drawn = portray(rows, columns, fitted, values, totals, placed, value=value)
    charted = map.project(fitted, columns, values, placed.Z, placed.label)
    return _Described(drawn, rows, charted, model.estimate_silhouette(placed.Z, placed.label))


# ── made ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def build_record(found: StageResults) -> tuple[Record, Points]:
    """Return the record, and the points of its map."""
    totals, decided = found.totals, found.decided
    placed = _place(decided)
    seen = _describe(totals, found.columns, found.features, found.sample.values, placed, found.options.value)
    heritage = found.heritage or begin(len(seen.portrait.segments))
    named = heritage.rename(seen.portrait.segments)
    called = {s.id: s.called for s in named}
    told = [
        *_of_sums(totals),
        *_of_segments(seen.portrait, totals, found.options.value),
        *heritage.tell(seen.portrait.segments),
    ]
    record = Record(
        format=FORMAT,
        coterie=version("coterie"),
        options=found.options,
        columns=profile.with_means(found.columns, totals),
        findings=worst_first((*found.findings, *_step_finding(totals), *told)),
        features=found.features,
        sample=_sample_facts(found, seen),
        model=_model_facts(decided, totals, seen),
        verdict=_verdict(found, called),
        choice=decided.evidence.choice,
        stability=StabilityFacts(**_values(decided.evidence.stability), **decided.bands, margins=decided.confidence),
        sensitivity=SensitivityFacts(**_values(decided.sensitivity), holdout=found.holdout),
        segments=named,
        profile=profile.with_names(seen.profile, called),
        lineage=heritage.lineage,
    )
    return canonical(record), seen.points


def _verdict(found: StageResults, called: Mapping[int, str]) -> Verdict:
    """Return the verdict; segments that stay merged by hand limit it, as when they were merged."""
    decided = found.decided
    fitted, names = decided.model, [called[s] for s in decided.model.segment_of]
    said = decision.reach_verdict(decided, found.features, names, found.table.rows, found.sample.repeated)
    merged = [words.letter(s) for s in fitted.segments if fitted.segment_of.count(s) > 1]
    if not merged:
        return said
    verb = "is a segment" if len(merged) == 1 else "are segments"
    text = f"{words.joined(merged)} {verb} merged by hand: the verdict and the repeatability are those of their parts."
    return replace(said, caveats=(*said.caveats, Caveat("merged_by_hand", text)))


def _values(record: Any) -> dict[str, Any]:
    """Return a dataclass's values by name, as they are."""
    return {f.name: getattr(record, f.name) for f in fields(record)}


def _place(decided: decision.Decision) -> SegmentedSample:
    ids, borders, structure = decided.model.segment_of, decided.evidence.borders, decided.evidence.structure
    apart = structure is not None and structure.components is not None
    single = {s: i for i, s in enumerate(ids) if ids.count(s) == 1}
    return SegmentedSample(
        model=decided.model,
        Z=decided.Z,
        label=decided.label,
        margin=decided.margin,
        cuts=decided.confidence.cuts,
        refits=np.array(decided.evidence.stability.refits),
        depths={s: borders.depths[i] for s, i in single.items()},
        groups={s: borders.groups[i] if apart else None for s, i in single.items()},
        contested=decided.evidence.choice.contested,
    )


def _sample_facts(found: StageResults, seen: _Described) -> SampleFacts:
    sample = found.sample
    return SampleFacts(
        rows=sample.rows,
        used=sample.size,
        seed=found.options.seed,
        whole=sample.whole,
        unassigned=found.totals.unassigned,
        map=seen.map_facts,
        repeats=found.repeats,
        purchases=found.purchases,
        rfm=found.rfm,
    )


def _model_facts(decided: decision.Decision, totals: Totals, seen: _Described) -> ModelFacts:
    value, error, rows = seen.silhouette
    return ModelFacts(
        **_values(decided.model),
        inertia_all=totals.inertia,
        explained=totals.explained,
        step=totals.step,
        silhouette=value,
        silhouette_error=error,
        silhouette_rows=rows,
        rules=seen.portrait.rules,
        tree=seen.portrait.tree,
    )


def _of_sums(totals: Totals) -> list[Finding]:
    """Return the columns with values too large to be added to the others."""
    done = "in no sum, mean or share of value; they count for bounds, medians and groups"
    apart = {c: totals.present[s, c] - n for (s, c), n in totals.added.items() if s == ALL}
    counts = {c: n for c, n in apart.items() if n}
    return [
        Finding("COT128", "warning", c, n, f"{words.plural(n, 'value')} too large to be added to the others", done)
        for c, n in counts.items()
    ]


def _of_segments(drawn: Portrait, totals: Totals, value: str | None) -> list[Finding]:
    """Return what is told of segments: who sound alike, whose worth is no share."""
    found = [alike_finding(group, len(drawn.segments)) for group in drawn.alike]
    held = {s.id: s.value for s in drawn.segments if s.value is not None}
    if value is None or not held:
        return found
    if below := [s for s, total in held.items() if total < 0]:
        text = f"{words.plural(len(below), 'segment')} with a total below zero"
        done = "shares of the total are not given: they would add up past it"
        found.append(Finding(BELOW_ZERO, "warning", value, sum(totals.size[s] for s in below), text, done))
    if apart := totals.total[ALL, value] - math.fsum(held.values()):
        text = f"{words.plural(totals.unassigned, 'customer')} without a segment: {words.number(apart)} of the total"
        done = "shares are of what those in segments have"
        found.append(Finding(NOT_SHARED, "warning", value, totals.unassigned, text, done))
    return found


def alike_finding(group: Sequence[int], segments: int) -> Finding:
    """Return the warning that no word tells some of the segments apart."""
    text = f"segments {words.joined([words.letter(s) for s in group])} cannot be told apart in words"
    done = f"they keep one name with a letter; consider {segments - 1} segments"
    return Finding(ALIKE, "warning", None, len(group), text, done, tuple(group))


def _step_finding(totals: Totals) -> tuple[Finding, ...]:
    """Return a warning where the sample's centers are not the customers' own means."""
    if totals.step <= STEP_WARNING:
        return ()
    step = words.percent(totals.step)
    text = f"segment means over all customers lie up to {step} of a range from the sample's centers"
    return (Finding("COT301", "warning", None, 0, text, "the sample's centers were kept"),)


# ── measured again ────────────────────────────────────────────────────────────────────────────────────────────────


def rebuild_record(record: Record, table: Table) -> tuple[Record, Points] | None:
    """Return the record of merged segments with everything measured, or None for other customers.

    Parameters
    ----------
    record : the record whose segments were merged; it decides, nothing is fitted.
    table : the customers that it is about. Their exact counts and means must be the record's own.

    Notes
    -----
    Cost: three scans of the data, as the same stages of ``segment``.
    """
    there = {c.name for c in table.columns}
    if not {c.name for c in record.columns if c.role in profile.PROFILED} <= there:
        return None
    summary = summarize(table)
    refuse_infinite(summary, [c.name for c in record.columns if c.role in ("feature", "describe", "value")])
    totals = profile.totals(table, summary, record.columns, record.features, record.model)
    if not _is_same(record, profile.with_means(record.columns, totals), totals):
        return None
    sample = _draw_again(record, table)
    placed, judged = _place_again(record, prepare(record.features, sample.values))
    seen = _describe(totals, record.columns, record.features, sample.values, placed, record.options.value)
    given = {s.id: s.given for s in record.segments}
    named = tuple(replace(s, given=given[s.id]) for s in seen.portrait.segments)
    silhouette, error, rows = seen.silhouette
    others = [f for f in record.findings if f.code not in (ALIKE, BELOW_ZERO, NOT_SHARED)]
    again = replace(
        record,
        findings=worst_first((*others, *_of_segments(seen.portrait, totals, record.options.value))),
        sample=replace(record.sample, map=seen.map_facts),
        model=replace(
            record.model,
            explained=totals.explained,
            silhouette=silhouette,
            silhouette_error=error,
            silhouette_rows=rows,
            rules=seen.portrait.rules,
            tree=seen.portrait.tree,
        ),
        stability=judged,
        segments=named,
        profile=profile.with_names(seen.profile, {s.id: s.called for s in named}),
    )
    return canonical(again), seen.points


def _draw_again(record: Record, table: Table) -> Sample:
    """Return the sample that decided: the same customers, for their ids are the same."""
    options = record.options
    there = {c.name for c in table.columns}
    used = [c.name for c in record.columns if c.name in there and c.name != table.id and c.kind != "other"]
    size = model.sample_size(options.max_k)
    return draw(table, used, size, seed=options.seed, distinct_ids=not options.allow_duplicate_ids)


def _is_same(record: Record, columns: Sequence[ColumnRecord], found: Totals) -> bool:
    """Say whether counts and means are those of the record; sums of other groups differ in their last bits."""
    if any(found.size[s.id] != s.size for s in record.segments):
        return False
    pairs = [(c.mean, before.mean) for c, before in zip(columns, record.columns, strict=True)]
    return all(a == b if a is None or b is None else math.isclose(a, b, rel_tol=SAME, abs_tol=SAME) for a, b in pairs)


def _place_again(record: Record, Z: NDArray[np.float64]) -> tuple[SegmentedSample, StabilityFacts]:
    """Return the sample in the segments of a record, and what its stored refits say of each customer."""
    fitted, few = record.model, slice(RESAMPLE_ROWS)
    refits = np.array(record.stability.refits)
    label, margin = model.predict(fitted, Z)
    votes = decision.count_votes(fitted, refits, Z[few], label[few])
    need = record.stability.margins.need
    sure: Confidence = confidence.calibrate(margin[few], votes, label[few], fitted.segments, need)
    judged = replace(record.stability, **confidence.share_bands(margin, label, sure.cuts), margins=sure)
    depths, groups = ({s.id: of(s) for s in record.segments} for of in (attrgetter("depth"), attrgetter("group")))
    return SegmentedSample(fitted, Z, label, margin, sure.cuts, refits, depths, groups), judged
