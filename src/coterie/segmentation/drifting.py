"""What a comparison weighs: criteria, each with a limit and a p-value, and the advice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.cluster import assign
from coterie.doors import frozen
from coterie.evidence import Plan, drift
from coterie.model import model, prepare
from coterie.record import Advice, ColumnDrift, ColumnRecord, Criterion, Record
from coterie.table import DECILES, Sample, level_counts

LEVEL = 0.01
COLUMN_REVIEW, COLUMN_REFIT, DECIDES = 0.10, 0.25, 0.14
JOINT, SHARES = 0.01, 0.02
FARTHER_REVIEW, FARTHER_REFIT, BORDERLINE = 0.05, 0.10, 2.0
VERDICT_ROWS = 500
TIED = 0.02  # of the customers share a value, from which on a column is no smooth one
ORDER: tuple[Advice, ...] = ("assign", "review", "refit")
NOTHING = "Nothing differs beyond its limit and beyond chance: new customers can be assigned to the old segments."


@frozen
class Gathered:
    """What is known of both runs.

    ``sample`` are customers of now, ``cloud`` the prepared ones of before, None where they are not at hand;
    ``borderline`` is the share of the customers of before who are; ``placed`` counts the customers of now by the old
    model's segments; ``same`` is the new id of each old segment.
    """

    old: Record
    new: Record
    sample: Sample | None
    cloud: NDArray[np.float64] | None
    borderline: float | None
    placed: Mapping[int, int] | None
    same: Mapping[int, int]


@frozen
class Weighed:
    """The drift of every column, every criterion, and the advice with its reasons."""

    columns: tuple[ColumnDrift, ...]
    criteria: tuple[Criterion, ...]
    advice: Advice
    reasons: tuple[str, ...]


@frozen
class _Measured:
    """A criterion before its p-value is adjusted: where it says review, and where refit."""

    name: str
    text: str
    value: float
    review: float | None
    refit: float | None
    p: float

    def judged(self, adjusted: float) -> Criterion:
        says: Advice = "assign"
        if adjusted < LEVEL:
            says = "review" if self.review is not None and self.value >= self.review else says
            says = "refit" if self.refit is not None and self.value >= self.refit else says
        limit = min(v for v in (self.review, self.refit) if v is not None)
        return Criterion(self.name, self.text, self.value, limit, adjusted, says)


def weigh(found: Gathered) -> Weighed:
    """Return the criteria, adjusted for their number, and the advice."""
    columns = [_column_drift(c, found) for c in found.old.columns if c.role in ("feature", "describe")]
    drifts = [c for c in columns if c is not None]
    measured = [_of_column(d) for d in drifts if d.forms]
    measured += [m for m in (_shares(found), *_of_distances(found), _joint(found)) if m is not None]
    adjusted = drift.adjust([m.p for m in measured])
    criteria = [m.judged(p) for m, p in zip(measured, adjusted, strict=True)]
    forming = [d.column for d in drifts if d.forms]
    by_column = dict(zip(forming, adjusted, strict=False))
    verdict = _verdict(found.old, found.new, alone=all(c.says == "assign" for c in criteria))
    criteria.append(verdict)
    told = tuple(replace(d, adjusted=by_column.get(d.column, d.adjusted)) for d in drifts)
    advice = max((c.says for c in criteria), key=ORDER.index)
    reasons = tuple(c.text for c in criteria if c.says != "assign") or (NOTHING,)
    if verdict.says == "assign" and _is_other(found.old, found.new):
        reasons += (verdict.text,)
    return Weighed(told, tuple(criteria), advice, reasons)


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _column_drift(before: ColumnRecord, found: Gathered) -> ColumnDrift | None:
    now = next((c for c in found.new.columns if c.name == before.name), None)
    values = None if found.sample is None else found.sample.values.get(before.name)
    if now is None or (values is None and now.kind != before.kind):
        return None
    was, is_now = _bins(before, now, values)
    if was is None or is_now is None:
        return None
    n, m = found.old.sample.used, found.new.sample.used if values is None else len(values)
    lost = before.missing / max(1, found.old.sample.rows)
    gone = now.missing / max(1, found.new.sample.rows) if values is None else _missing(values)
    shift = drift.stability_index(
        [*(v * (1 - lost) for v in was), lost], [*(v * (1 - gone) for v in is_now), gone], n, m
    )
    decides = next((c.share for c in found.old.sensitivity.columns if c.column == before.name), None)
    forms = before.role == "feature"
    return ColumnDrift(
        before.name, before.label, shift.size, shift.corrected, shift.p, shift.p, decides, forms, values is not None
    )


def _missing(values: NDArray[Any]) -> float:
    gone = [v is None for v in values] if values.dtype == object else np.isnan(values)
    return float(np.mean(gone)) if len(values) else 0.0


Bins = Sequence[float] | None


def _bins(before: ColumnRecord, now: ColumnRecord, values: NDArray[Any] | None) -> tuple[Bins, Bins]:
    """Return the shares of a column's values in the bins of before, before and now."""
    if before.deciles is not None:
        upto = dict(before.deciles)  # equal deciles are one edge
        edges, shares = list(upto), np.diff([0.0, *upto.values(), 1.0]).tolist()
        if values is not None and values.dtype != object:
            return shares, drift.bin_shares(edges, values[~np.isnan(values)])
        return shares, None if now.deciles is None else _read_off(edges, list(upto.values()), before, now)
    if before.levels is None:
        return None, None
    if values is not None and values.dtype == object:
        held: Mapping[str, float] = level_counts(values)
    elif values is None and now.levels is not None:
        held = dict(now.levels)
    else:
        return None, None
    was, total = dict(before.levels), max(1e-9, sum(held.values()))
    listed = max(1e-9, sum(was.values()))  # of more than twenty levels the rest is unknown, and in no bin
    shares = [held.get(level, 0.0) / total for level in was]
    return [*(v / listed for v in was.values()), 0.0], [*shares, max(0.0, 1 - sum(shares))]


def _read_off(edges: Sequence[float], upto: Sequence[float], before: ColumnRecord, now: ColumnRecord) -> list[float]:
    """Return the shares between edges by a column's own deciles, given those up to each edge before.

    Between two deciles they rise in a straight line. Where many customers share a value they do not, and the shares are
    those that the deciles of now allow which differ least from those before.
    """
    known = dict(now.deciles or ())
    low, high = now.min if now.min is not None else min(known), now.max if now.max is not None else max(known)
    if _has_ties(before) or _has_ties(now):
        at, values = np.asarray(edges), list(known)
        place = np.searchsorted(values, at, side="right")
        first = {v: level for (v, _), level in reversed(list(zip(now.deciles or (), DECILES, strict=True)))}
        least = np.array([0.0, *known.values()])[place]
        most = np.maximum(least, np.array([*(first[v] for v in values), 1.0])[place])
        most = np.where(np.isin(at, values), least, most)
        least[at >= high], most[at < low] = 1.0, 0.0
        found = drift.find_least_change(upto, least.tolist(), most.tolist())
    else:
        points = {low: 0.0, **known, high: 1.0}
        xs = sorted(points)
        found = np.interp(edges, xs, [points[x] for x in xs], left=0.0, right=1.0).tolist()
    return [float(v) for v in np.diff([0.0, *found, 1.0])]


def _has_ties(column: ColumnRecord) -> bool:
    """Say whether so many customers share a value that more than a tenth lie up to the first decile, and so on."""
    return any(upto - level > TIED for (_, upto), level in zip(column.deciles or (), DECILES, strict=True))


def _of_column(found: ColumnDrift) -> _Measured:
    driver = found.decides is None or found.decides >= DECIDES
    text = (
        f"{words.sentence(found.label)} has drifted (stability index {words.rounded(found.corrected)} beyond chance)."
    )
    refit = COLUMN_REFIT if driver else None
    return _Measured(
        f"{words.sentence(found.label)}, drift beyond chance", text, found.corrected, COLUMN_REVIEW, refit, found.p
    )


# ── all together ──────────────────────────────────────────────────────────────────────────────────────────────────


def _shares(found: Gathered) -> _Measured | None:
    """Return the change of the segments' shares.

    It is that by the old model where the customers are at hand. Else new lines have moved customers too, and what would
    change by chance does not count.
    """
    sizes = {s.id: s.size for s in found.old.segments}
    noise = dict.fromkeys(sizes, 0.0)
    if found.placed is not None:
        after = {s: found.placed.get(s, 0) for s in sizes}
    else:
        held = {s.id: s.size for s in found.new.segments}
        if set(found.same) != set(sizes):
            return None
        after, noise = {s: held[found.same[s]] for s in sizes}, _line_noise(found.old)
    shift = drift.share_change(list(sizes.values()), list(after.values()), list(noise.values()))
    lines = "By the old lines a" if found.placed is not None else "A"
    text = f"{lines} segment's share has changed by {words.percent(shift.size)} of the customers."
    return _Measured("Largest change of a segment's share", text, shift.corrected, SHARES, None, shift.p)


def _line_noise(old: Record) -> dict[int, float]:
    """Return the share of customers who would come into each segment or leave it by chance, whichever is more."""
    owner = np.array(old.model.segment_of)
    moved = np.array(old.stability.floor) * (owner[:, None] != owner[None, :])
    return {s.id: float(max(moved[owner == s.id].sum(), moved[:, owner == s.id].sum())) for s in old.segments}


def _of_distances(found: Gathered) -> list[_Measured]:
    """Return how far customers of now lie from the old centers, and how many are borderline."""
    if found.sample is None or found.old.sample.used == 0:
        return []
    old, n = found.old, found.old.sample.used
    Z = prepare(old.features, found.sample.values)
    label, margin, squared = _place(old, Z)
    inside = label > 0
    m = max(1, int(inside.sum()))
    was, now = old.model.inertia / n, float(squared[inside].mean()) if inside.any() else 0.0
    spread = float(squared[inside].std()) * math.sqrt(1 / n + 1 / m)
    farther = now / was - 1 if was > 0 else 0.0
    p = drift.normal_tail((now - was) / spread) if spread > 0 else 1.0
    text = f"Customers lie farther from the old centers: squared distances {words.signed_percent(farther)}."
    told = [_Measured("Squared distances to the old centers, change", text, farther, FARTHER_REVIEW, FARTHER_REFIT, p)]
    base = found.borderline
    if base is None or not base < 1:
        return told
    cuts = {c.segment: c.probable for c in old.stability.margins.cuts}
    known = inside & np.isin(label, list(cuts))
    edge = margin < np.array([cuts.get(int(s), -1.0) for s in label])
    share = float(edge[known].mean()) if known.any() else 0.0
    pooled = (base * n + share * m) / (n + m)
    error = math.sqrt(max(pooled * (1 - pooled), 1e-12) * (1 / n + 1 / m))
    ratio = share / base if base > 0 else (math.inf if share > 0 else 1.0)
    text = f"{words.percent(share)} of the customers are borderline by the old centers, {words.percent(base)} were."
    ratio = min(ratio, 1e6)
    return [
        *told,
        _Measured(
            "Borderline customers, times as many as before",
            text,
            ratio,
            None,
            BORDERLINE,
            drift.normal_tail((share - base) / error),
        ),
    ]


def _place(old: Record, Z: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    label, margin = model.predict(old.model, Z)
    near = assign(Z, np.array(old.model.centers)).nearest
    return label, margin, np.nan_to_num(near) ** 2


def _joint(found: Gathered) -> _Measured | None:
    if found.cloud is None or found.sample is None:
        return None
    Z = prepare(found.old.features, found.sample.values)
    shift = drift.energy_distance(found.cloud, Z, Plan(seed=found.old.sample.seed))
    far = words.fine_percent(shift.corrected)
    text = f"All columns together have drifted (energy distance {far} of the mean distance)."
    return _Measured("All columns together, energy distance", text, shift.corrected, JOINT, None, shift.p)


def _is_other(old: Record, new: Record) -> bool:
    return old.verdict.counts_as != new.verdict.counts_as


def _verdict(old: Record, new: Record, *, alone: bool) -> Criterion:
    """Return whether the verdict is another one.

    Where groups nearly touch it changes by chance from one sample to the next: ``alone`` it does not count, nor does it
    among few customers.
    """
    was, now = old.verdict, new.verdict
    if not _is_other(old, new):
        return Criterion("Verdict", f"The verdict is “{now.label}” as before.", None, None, None, "assign")
    text = f"The verdict was “{was.label}” and is “{now.label}” now"
    few = min(old.sample.rows, new.sample.rows) < VERDICT_ROWS
    if alone or few:
        why = "where nothing else differs" if alone else "among so few customers"
        return Criterion("Verdict", f"{text}, as by chance it may {why}.", None, None, None, "assign")
    return Criterion("Verdict", f"{text}.", None, None, None, "refit")
