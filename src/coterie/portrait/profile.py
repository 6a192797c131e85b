"""PROFILE: exact sizes, means and shares of every segment.

One GROUP BY over all rows gives them. Sums are taken over whole numbers, so that they are the same for any number of
threads and any order of rows, and exact whatever stands beside. Medians and quantiles come from the sample, as
on every engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import sql
from coterie.doors import frozen
from coterie.engines import Columns, ExactSum, plan_sum, round_off
from coterie.model import Feature, Model, know, segments_sql, transform
from coterie.table import ColumnRecord, Summary, Table

PROFILED = ("feature", "describe", "value")
MAD_TO_SD = 1.4826
ALL = 0  # the segment number that stands for all customers
SKEWED = 1.0  # from here on an average is not what most customers are like

Statistic = Literal["mean", "median", "share", "positive"]
MEAN: Statistic = "mean"
MEDIAN: Statistic = "median"
SHARE: Statistic = "share"
POSITIVE: Statistic = "positive"


@frozen
class ProfileRow:
    """A line of profile.csv: a column, or one level, within a segment.

    Segment 0 is all customers. ``n`` counts values (of a level: customers with it), ``share`` is a level's share of the
    values, ``overall`` the mean or share of all customers, ``effect`` the segment's median against the rest's in robust
    standard deviations (of a level: the difference of shares), ``superiority`` the chance that a member exceeds a
    non-member. Of a number with two values ``share`` is that of the larger one; ``positive`` is the share above zero.
    ``printed`` names the one of these that people are shown, the same in every segment.
    """

    segment: int
    name: str
    column: str
    level: str | None
    role: str
    n: int
    missing: int
    mean: float | None
    median: float | None
    p10: float | None
    p90: float | None
    share: float | None
    overall: float | None
    effect: float | None
    superiority: float | None
    positive: float | None
    printed: Statistic

    @property
    def shown(self) -> float | None:
        """The number that people are shown."""
        if self.printed == MEDIAN:
            return self.median
        if self.printed == POSITIVE:
            return self.positive
        return self.share if self.printed == SHARE else self.mean

    @property
    def standing(self) -> float | None:
        """Its effect, or what its superiority stands for where no median is known, as after a merge by hand."""
        if self.effect is None and self.superiority is not None:
            return as_effect(self.superiority)
        return self.effect


@frozen
class Totals:
    """What the GROUP BY said: exact counts and sums by segment.

    Segment 0 is all customers. ``added`` counts the values that are in a sum: all that are present but those too large
    to be added.
    """

    size: dict[int, int]
    unassigned: int
    present: dict[tuple[int, str], int]
    added: dict[tuple[int, str], int]
    total: dict[tuple[int, str], float]
    levels: dict[tuple[int, str, str], int]
    centers: dict[int, tuple[float, ...]]
    inertia: float
    explained: float
    step: float


# ── the one query ─────────────────────────────────────────────────────────────────────────────────────────────────


def totals(
    table: Table, summary: Summary, columns: Sequence[ColumnRecord], features: Sequence[Feature], model: Model
) -> Totals:
    """Return every segment's exact counts and sums over all rows.

    Notes
    -----
    Cost: one scan, with the distances; nothing but k + 1 rows leaves the engine.
    """
    used, known = [c for c in columns if c.role in PROFILED], know(features, summary)
    place = {c.name: sql.column(f"__c_k{i}") for i, c in enumerate(used)}
    counts: dict[str, sql.Node] = {"n": sql.count()}
    sums: dict[str, tuple[sql.Node, ExactSum]] = {}
    for i, column in enumerate(used):
        node = place[column.name]
        counts[f"n{i}"] = sql.count(node)
        if column.kind in ("number", "date"):
            found = summary.columns[column.name]
            plan = plan_sum(_usual(column), max(abs(found.low), abs(found.high)))
            sums[f"s{i}"] = node, plan
            if plan.most is not None:
                counts[f"s{i}_n"] = sql.count(plan.within(node))
        for j, (level, _) in enumerate(column.levels or ()):
            counts[f"l{i}_{j}"] = sql.count(sql.case([(sql.equal(node, sql.text(level)), sql.whole(1))]))
    usual = {c.name: _usual(c) for c in columns}
    sizes = [size for feature in features for size in _sizes(feature, usual[feature.column], summary)]
    sums |= {f"f{i}": (sql.column(f"__c_f{i}"), plan_sum(*size)) for i, size in enumerate(sizes)}
    counts |= {f"f{i}_n": sql.count(sums[f"f{i}"][1].within(sums[f"f{i}"][0])) for i in range(len(sizes))}
    everybody = [f"n{i}" for i, c in enumerate(used) if c.name in known.whole]
    everybody += [f"f{i}_n" for i, f in enumerate(f for f in features for _ in f.prepared) if known.fills(f)]
    everybody = [name for name in everybody if name[0] == "n" or sums[name[:-2]][1].most is None]
    nearest = min(_squared([usual for usual, _ in sizes], center) for center in model.centers)
    farthest = max(_squared([largest for _, largest in sizes], center) for center in model.centers)
    sums["w"] = sql.column("__c_least"), plan_sum(nearest, farthest)
    nodes = [sql.named(sql.column("__c_segment"), "segment")]
    nodes += [sql.named(node, key) for key, node in counts.items() if key not in everybody]
    for key, (node, plan) in sums.items():
        nodes += [sql.named(part, name) for name, part in plan.parts(node, f"{key}_sum").items()]
    parts = segments_sql(table.relation, features, model, [c.name for c in used], known)
    final = sql.select(nodes, sql.table(parts[-1][0]), group=[sql.column("__c_segment")])
    got = table.engine.fetch(sql.steps(parts, final))
    got |= dict.fromkeys(everybody, got["n"])
    rows = _read_rows(got, list(counts), {key: plan for key, (_, plan) in sums.items()})
    return _read_totals(rows, used, model, len(sizes))


def _usual(column: ColumnRecord) -> float:
    """Return what most of a column's absolute values do not exceed."""
    return max(abs(column.p10 or 0.0), abs(column.p90 or 0.0))


def _squared(sizes: Sequence[float], center: Sequence[float]) -> float:
    """Return the squared distance to a center that no row of such sizes exceeds."""
    return sum((size + abs(c)) ** 2 for size, c in zip(sizes, center, strict=True))


def _sizes(feature: Feature, usual: float, summary: Summary) -> list[tuple[float, float]]:
    """Return a usual and the largest absolute value of each prepared column in this table."""
    if feature.levels is not None:
        steps = len(feature.levels) - 1 if feature.kind == "ordinal" else 1
        return [(feature.factor * feature.weight * steps,) * 2] * len(feature.prepared)
    found = summary.columns[feature.column]
    ends = (transform(feature, np.array([-usual, usual, found.low, found.high])) - feature.shift) * feature.factor
    if feature.cap is not None:
        ends = np.clip(ends, *feature.cap)
    size = np.abs(ends) * feature.weight
    return [(float(np.max(size[:2])), float(np.max(size[2:])))]


Row = dict[str, float]


def _read_rows(got: Columns, counts: Sequence[str], plans: Mapping[str, ExactSum]) -> dict[int | None, Row]:
    """Return what was fetched, by segment; None stands for who is in none."""
    rows: dict[int | None, Row] = {}
    order = sorted(range(len(got["segment"])), key=lambda r: (np.isnan(got["segment"][r]), got["segment"][r]))
    for r in order:
        whole = {name: 0.0 if np.isnan(got[name][r]) else float(got[name][r]) for name in got if name != "segment"}
        sums = {key: plan.value(whole[f"{key}_sum"], whole.get(f"{key}_sum_high", 0.0)) for key, plan in plans.items()}
        segment = got["segment"][r]
        rows[None if np.isnan(segment) else int(segment)] = {name: whole[name] for name in counts} | sums
    return rows


def _read_totals(rows: Mapping[int | None, Row], used: Sequence[ColumnRecord], model: Model, prepared: int) -> Totals:
    units = next(iter(rows.values()))
    empty = dict.fromkeys(units, 0.0)
    whole = {name: math.fsum(row[name] for row in rows.values()) for name in units}
    every = {ALL: whole, **{s: rows.get(s, empty) for s in model.segments}}
    present, added, total, levels = {}, {}, {}, {}
    for segment, row in every.items():
        for i, column in enumerate(used):
            present[segment, column.name] = int(row[f"n{i}"])
            if f"s{i}" in row:
                total[segment, column.name] = row[f"s{i}"]
                added[segment, column.name] = int(row.get(f"s{i}_n", row[f"n{i}"]))
            for j, (level, _) in enumerate(column.levels or ()):
                levels[segment, column.name, level] = int(row[f"l{i}_{j}"])
    p = range(prepared)
    centers = {s: tuple(row[f"f{i}"] / max(1.0, row[f"f{i}_n"]) for i in p) for s, row in every.items()}
    between = math.fsum(every[s][f"f{i}_n"] * (centers[s][i] - centers[ALL][i]) ** 2 for s in model.segments for i in p)
    # What is left after one Lloyd step: the sum of squares about the segments' own means.
    within = whole["w"] - math.fsum(
        every[s][f"f{i}_n"] * (centers[s][i] - model.centers[j][i]) ** 2
        for j, s in enumerate(model.segment_of)
        for i in p
        if model.segment_of.count(s) == 1
    )
    step = max(
        (
            abs(centers[s][i] - model.centers[j][i])
            for j, s in enumerate(model.segment_of)
            for i in p
            if model.segment_of.count(s) == 1 and every[s][f"f{i}_n"] > 0
        ),
        default=0.0,
    )
    step = round(step, 12)  # a difference of numbers of about 1: its digits count from there
    return Totals(
        {s: int(row["n"]) for s, row in every.items()},
        int(rows.get(None, empty)["n"]),
        present, added, total, levels, centers,
        round_off(whole["w"]), round_off(between / max(between + within, 1e-300)), step,
    )  # fmt: skip


# ── the rows ──────────────────────────────────────────────────────────────────────────────────────────────────────


def rows(
    found: Totals,
    columns: Sequence[ColumnRecord],
    features: Sequence[Feature],
    values: Mapping[str, NDArray[Any]],
    label: NDArray[np.int32],
    segments: Sequence[int],
) -> tuple[ProfileRow, ...]:
    """Return the profile, a row for each segment, column and level.

    Parameters
    ----------
    values, label : the sample's arrays and segment ids, for medians, quantiles and effects.
    """
    by_column = {f.column: f for f in features}
    printed = {c.name: statistic(c, by_column.get(c.name), values[c.name]) for c in columns if c.role in PROFILED}
    out: list[ProfileRow] = []
    for segment in (ALL, *segments):
        inside = np.ones(len(label), dtype=bool) if segment == ALL else label == segment
        for column in columns:
            if column.role not in PROFILED:
                continue
            if column.kind in ("number", "date"):
                feature = by_column.get(column.name, Feature(column.name, "number"))
                row = _number_row(found, segment, column, feature, values[column.name], inside)
                out.append(replace(row, printed=printed[column.name]))
            else:
                out.extend(_level_rows(found, segment, column))
    return tuple(out)


def statistic(column: ColumnRecord, feature: Feature | None, values: NDArray[Any]) -> Statistic:
    """Return which number of a column people are shown.

    Where a few customers pull the average (the column is on a ratio scale, or skewed) it is the median, and where that
    is zero for most customers the share of those above zero; of two values it is the share of the larger one.
    """
    if column.kind != "date" and (column.kind != "number" or column.distinct == 2):
        return SHARE
    pulled = (feature is not None and feature.transform is not None) or abs(column.skew or 0.0) > SKEWED
    if column.kind == "number" and not pulled:
        return MEAN
    middle = float(np.nanmedian(values)) if not np.all(np.isnan(values)) else 0.0
    return POSITIVE if middle == 0 and column.min is not None and column.min >= 0 else MEDIAN


def with_names(profile: Iterable[ProfileRow], names: Mapping[int, str]) -> tuple[ProfileRow, ...]:
    """Return the rows with each segment's name."""
    return tuple(replace(row, name=names.get(row.segment, "All customers")) for row in profile)


def with_means(columns: Iterable[ColumnRecord], found: Totals) -> tuple[ColumnRecord, ...]:
    """Return the columns with their means over all rows."""
    return tuple(
        replace(c, mean=round_off(found.total[ALL, c.name] / max(1, found.added[ALL, c.name])))
        if (ALL, c.name) in found.total
        else c
        for c in columns
    )


def _number_row(
    found: Totals, segment: int, column: ColumnRecord, feature: Feature, x: NDArray[Any], inside: NDArray[np.bool_]
) -> ProfileRow:
    n = found.present[segment, column.name]
    missing = found.size[segment] - n
    added = found.added[segment, column.name]
    mean = round_off(found.total[segment, column.name] / added) if added else None
    overall = round_off(found.total[ALL, column.name] / max(1, found.added[ALL, column.name]))
    there = ~np.isnan(x)
    mine = x[inside & there]
    p10, median, p90 = (float(q) for q in np.quantile(mine, [0.1, 0.5, 0.9])) if len(mine) else (None, None, None)
    positive = float(np.count_nonzero(mine > 0) / len(mine)) if len(mine) else None
    share = None
    if column.distinct == 2 and mean is not None and column.min is not None and column.max is not None:
        share = round_off((mean - column.min) / (column.max - column.min))
    effect, superiority = (None, None)
    if segment != ALL and len(mine) and np.any(~inside & there):
        t = transform(feature, x[there])
        effect, superiority = robust_effect(t, inside[there])
    return ProfileRow(
        segment, "", column.name, None, column.role, n, missing,
        mean, median, p10, p90, share, overall, effect, superiority, positive, MEAN,
    )  # fmt: skip


def _level_rows(found: Totals, segment: int, column: ColumnRecord) -> list[ProfileRow]:
    n, everybody = found.present[segment, column.name], found.present[ALL, column.name]
    missing = found.size[segment] - n
    out = []
    for level, _ in column.levels or ():
        count = found.levels[segment, column.name, level]
        share = count / n if n else None
        overall = found.levels[ALL, column.name, level] / max(1, everybody)
        effect = share - overall if share is not None and segment != ALL else None
        row = ProfileRow(
            segment, "", column.name, level, column.role, count, missing,
            None, None, None, None, share, overall, effect, None, None, SHARE,
        )  # fmt: skip
        out.append(row)
    return out


def robust_effect(t: NDArray[np.float64], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Return how far members are from the rest, and how often above.

    Parameters
    ----------
    t : (n,) values on the transformed scale, none missing.
    inside : (n,) who is a member; there are members and others.

    Returns
    -------
    effect : (median of members − median of others) / (1.4826 · MAD of all); the standard deviation where the MAD is 0.
    superiority : how often a member exceeds a non-member, P(member > other) + ½ P(equal) (Vargha & Delaney 2000).
    """
    spread = MAD_TO_SD * float(np.median(np.abs(t - np.median(t))))
    spread = spread or float(t.std()) or 1.0
    effect = (float(np.median(t[inside])) - float(np.median(t[~inside]))) / spread
    _, inverse, counts = np.unique(t, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    members, others = int(inside.sum()), int((~inside).sum())
    superiority = (float(rank[inside].sum()) / members - (members + 1) / 2) / others
    return effect, superiority


def as_effect(superiority: float) -> float:
    """Return a superiority as an effect, as of two normal clouds.

    One exceeds the other so often where they lie that many standard deviations apart.

    >>> round(as_effect(0.714), 2), as_effect(0.5)
    (0.8, 0.0)
    """
    from statistics import NormalDist

    size = -math.sqrt(2) * NormalDist().inv_cdf(min(max(min(superiority, 1 - superiority), 1e-9), 0.5))
    return size if superiority > 0.5 else 0.0 - size
