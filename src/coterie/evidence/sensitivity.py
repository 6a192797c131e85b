"""What the segments hang on; small groups far away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.cluster import (
    Fit,
    FloatArray,
    IntArray,
    Job,
    adjusted_rand,
    assign,
    distances,
    fit_many,
    jaccard,
    match,
    thorough,
)
from coterie.doors import frozen
from coterie.evidence import _structure, groupless
from coterie.evidence.groupless import Block, GrouplessModel
from coterie.evidence.marginals import KeyArray
from coterie.evidence.plan import RESAMPLE_ROWS, SWEEP_ROWS, Plan

EXTREME = 0.01  # share of rows, farthest from the middle, that a refit does without
DEPENDS = 0.8  # agreement below which the segments are said to depend on a choice
FAR, FAR_ROWS = 0.02, 5000  # rows among which small groups are sought: the farthest from the middle
RARE_ROWS, RARE_SHARE, RARE_DEPTH, RARE_JACCARD = 30, 0.001, 0.5, 0.75
RARE_KS, RARE_STARTS, RARE_REFITS, RARE_TABLES = (2, 3, 4), 10, 50, 19
NEIGHBORS = 10  # times as many other rows as a small group has say whether it is the tail of a large one
OTHER_SEED, RARE_STREAM = 6 << 40, 7 << 40

Way = Literal["extremes", "scale", "seed"]


@frozen
class ColumnShare:
    """Share of customers whom one unknown column would move."""

    column: str
    share: float


@frozen
class Change:
    """Share of customers who change segment when something is done differently."""

    what: str
    moved: float


@frozen
class Rare:
    """A small group far from everyone else."""

    n: int
    share: float
    text: str


@frozen
class Sensitivity:
    """What the segments hang on; ``sensitivity`` of the record."""

    columns: tuple[ColumnShare, ...]
    changes: tuple[Change, ...]
    rare: tuple[Rare, ...]
    text: str


def measure(
    Z: FloatArray, blocks: Sequence[Block], key: KeyArray, fit: Fit, plan: Plan, *, variants: Mapping[str, FloatArray]
) -> Sensitivity:
    """Return what the segments hang on.

    The assignment is repeated without each column, without the extremes, on another scale and with another seed.

    Parameters
    ----------
    Z : (n, d) prepared rows, in the order of their hash.
    fit : the segments.
    variants : the same rows prepared otherwise, by what was done: ``"without logs"``, ``"with z-scores"``.
    """
    rows = Z[:SWEEP_ROWS]
    label = assign(rows, fit.centers, threads=plan.threads).label
    redone = _redo(rows, label, len(fit.centers), {w: v[:SWEEP_ROWS] for w, v in variants.items()}, plan)
    found = tuple(group.rare for group in find_rare_groups(Z, blocks, key, plan))
    return Sensitivity(
        columns=_measure_columns(Z[:RESAMPLE_ROWS], blocks, fit, plan),
        changes=tuple(r.change for r in redone),
        rare=found,
        text=_say([r for r in redone if r.agreement < DEPENDS]),
    )


@frozen
class _Redone:
    """Segments formed in another way, and how far they agree."""

    way: Way
    change: Change
    agreement: float


# ── columns and changes ───────────────────────────────────────────────────────────────────────────────────────────


def _measure_columns(Z: FloatArray, blocks: Sequence[Block], fit: Fit, plan: Plan) -> tuple[ColumnShare, ...]:
    label = assign(Z, fit.centers, threads=plan.threads).label
    shares = []
    for block in blocks:
        without = Z.copy()
        without[:, block.start : block.stop] = np.nan
        moved = assign(without, fit.centers, threads=plan.threads).label != label
        shares.append(ColumnShare(block.name, float(moved[label >= 0].mean())))
    return tuple(sorted(shares, key=lambda c: -c.share))


def _redo(
    Z: FloatArray, label: IntArray, k: int, variants: Mapping[str, FloatArray], plan: Plan
) -> tuple[_Redone, ...]:
    """Return the segments formed again in every other way."""
    usual = np.ones(len(Z))
    usual[np.argsort(-_measure_distance(Z), kind="stable")[: int(EXTREME * len(Z))]] = 0.0
    jobs = [  # searched as hard as the segments themselves were
        thorough(len(Z), k, weight=0, seed=plan.seed),
        *(thorough(len(Z), k, data=i + 1, seed=plan.seed) for i in range(len(variants))),
        thorough(len(Z), k, seed=plan.seed_of(OTHER_SEED)),
    ]
    ways: list[tuple[Way, str]] = [
        ("extremes", "without the most extreme 1% of customers"),
        *(("scale", what) for what in variants),
        ("seed", "with another seed"),
    ]
    fits = fit_many(
        [Z, *variants.values()],
        jobs,
        weights=[usual],
        threads=plan.threads,
        progress=partial(plan.say, "other preparations"),
    )
    return tuple(
        _Redone(way, Change(what, _measure_moved(label, f.label, k)), float(adjusted_rand(label, f.label)))
        for (way, what), f in zip(ways, fits, strict=True)
    )


def _measure_moved(a: IntArray, b: IntArray, k: int) -> float:
    """Return the share of rows outside their segment's partner."""
    seen = (a >= 0) & (b >= 0)
    partner = match(jaccard(a, b, k, k))
    return float((partner[a[seen]] != b[seen]).mean())


def _measure_distance(Z: FloatArray) -> FloatArray:
    """Return each row's squared distance from the columns' medians."""
    seen = Z[:, ~np.isnan(Z).all(axis=0)]
    return distances(seen, np.nanmedian(seen, axis=0)[None])[:, 0]


def _say(shaky: Sequence[_Redone]) -> str:
    said = []
    ways = {redone.way for redone in shaky}
    if "extremes" in ways:
        said.append("The segments depend on a few extreme customers.")
    if "scale" in ways:
        scaled = " or ".join(redone.change.what for redone in shaky if redone.way == "scale")
        said.append(f"The segments depend on how columns are scaled ({scaled} they would differ).")
    if "seed" in ways:
        said.append("The segments depend on chance: another seed gives others that are as good.")
    return " ".join(said)


# ── rare groups ───────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class RareGroup:
    """A rare group with the positions of its rows."""

    rows: NDArray[np.intp]
    depth: float
    jaccard: float
    rare: Rare


def find_rare_groups(Z: FloatArray, blocks: Sequence[Block], key: KeyArray, plan: Plan) -> tuple[RareGroup, ...]:
    """Return small groups that lie apart from everyone.

    The structure test is too coarse to see them. k-means with 2 to 4 clusters among the 2% of rows farthest from the
    middle; kept are clusters of at least 30 rows and 0.1%, whose border to all other rows, and to those nearest to
    them, is at least half empty and emptier than that of any such cluster in 19 groupless tables of the same shape, and
    which refits find again (Jaccard 0.75).
    """
    far = _find_far(Z)
    if len(far) < 2 * RARE_ROWS:
        return ()
    counts = plan.generator(RARE_STREAM).multinomial(len(far), np.full(len(far), 1 / len(far)), size=RARE_REFITS)
    each = [Job(k=k, seed=plan.seed_of(RARE_STREAM), starts=RARE_STARTS) for k in RARE_KS]
    again = [
        Job(k=k, weight=b, seed=plan.seed_of(RARE_STREAM + b + 1), starts=2)
        for k in RARE_KS
        for b in range(RARE_REFITS)
    ]
    fits = fit_many(
        [Z[far]],
        [*each, *again],
        weights=counts.astype(np.float64),
        threads=plan.threads,
        progress=partial(plan.say, "small groups"),
    )
    shaken = groupless.shake(Z, blocks, key)
    found: list[RareGroup] = []
    for at, k in enumerate(RARE_KS):
        refits = fits[len(RARE_KS) + at * RARE_REFITS :][:RARE_REFITS]
        overlap = np.stack([jaccard(fits[at].label, f.label, k, k).max(axis=1) for f in refits]).mean(axis=0)
        for c, rows, depth in _measure_clusters(Z, shaken, far, fits[at].label, plan):
            if overlap[c] >= RARE_JACCARD and depth >= RARE_DEPTH:
                found.append(RareGroup(rows, depth, float(overlap[c]), _describe(Z, blocks, rows)))
    if found:
        usual = _simulate_depth(Z, groupless.fit(Z, blocks, plan), max(group.depth for group in found), plan)
        found = [group for group in found if group.depth > usual]
    return _keep_disjoint(found)


def _find_far(Z: FloatArray) -> NDArray[np.intp]:
    """Return positions of rows farthest from the middle, ascending."""
    return np.sort(np.argsort(-_measure_distance(Z), kind="stable")[: min(FAR_ROWS, int(FAR * len(Z)))])


def _measure_clusters(
    Z: FloatArray, shaken: FloatArray, far: NDArray[np.intp], label: IntArray, plan: Plan
) -> list[tuple[int, NDArray[np.intp], float]]:
    """Return number, rows, depth of each cluster large enough.

    The depth is how empty its border is, to all other rows and to those nearest to it: the lesser of both.
    """
    sizes = np.bincount(label)
    large = [int(c) for c in np.flatnonzero(sizes >= max(RARE_ROWS, RARE_SHARE * len(Z)))]
    if not large:
        return []
    total, present = np.nansum(Z, axis=0), (~np.isnan(Z)).sum(axis=0)
    sides = np.zeros((len(large), len(Z)), dtype=np.int32)
    centers = np.empty((len(large), 2, Z.shape[1]))
    for i, c in enumerate(large):
        inside = Z[far[label == c]]
        sums, seen = np.nansum(inside, axis=0), (~np.isnan(inside)).sum(axis=0)
        centers[i] = (total - sums) / np.maximum(present - seen, 1), sums / np.maximum(seen, 1)
        sides[i, far[label == c]] = 1
    two = np.full(len(large), 2, dtype=np.int64)
    depths = _structure.gaps(shaken[None], sides, centers, two, two * 0, False, plan.threads)[2]
    groups = ((c, far[label == c], float(depth)) for c, depth in zip(large, depths[:, 0], strict=True))
    return [(c, rows, min(d, _measure_tail(Z, shaken, rows, plan) if d >= RARE_DEPTH else d)) for c, rows, d in groups]


def _measure_tail(Z: FloatArray, shaken: FloatArray, rows: NDArray[np.intp], plan: Plan) -> float:
    """Return how empty the border between some rows and the other rows nearest to them is.

    The tail of a large group has the rest of that group for neighbors, and no border to it.
    """
    center = _average(Z[rows])
    known = ~np.isnan(center)
    away = distances(Z[:, known], center[known][None])[:, 0]
    away[np.isnan(Z[:, known]).all(axis=1)] = np.inf
    away[rows] = np.inf
    near = np.argsort(away, kind="stable")[: min(NEIGHBORS * len(rows), int(np.isfinite(away).sum()))]
    side = np.repeat([1, 0], [len(rows), len(near)]).astype(np.int32)[None]
    centers = np.stack([_average(Z[near]), center])
    centers[:, np.isnan(centers).any(axis=0)] = 0.0  # no way leads through a column that one side lacks
    two = np.array([2], dtype=np.int64)
    both = shaken[np.concatenate([rows, near])][None]
    return float(_structure.gaps(both, side, centers[None], two, two * 0, False, plan.threads)[2][0, 0])


def _average(Z: FloatArray) -> FloatArray:
    """Return the mean of each column, NaN where nobody has a value."""
    present = (~np.isnan(Z)).sum(axis=0)
    means: FloatArray = np.where(present > 0, np.nansum(Z, axis=0) / np.maximum(present, 1), np.nan)
    return means


def _simulate_depth(Z: FloatArray, model: GrouplessModel, most: float, plan: Plan) -> float:
    """Return the deepest border of such clusters in groupless tables.

    Once it is ``most``, no more tables are drawn.
    """
    deepest = 0.0
    rows = np.arange(len(Z), dtype=np.uint64)
    for stream in range(RARE_STREAM, RARE_STREAM + RARE_TABLES):
        if deepest >= most:
            break
        table = model.draw(len(Z), [stream], plan)[0]
        table[np.isnan(Z)] = np.nan
        shaken = model.shake(table, rows ^ np.uint64(plan.seed_of(stream)))
        far = _find_far(table)
        jobs = [Job(k=k, seed=plan.seed_of(stream), starts=RARE_STARTS) for k in RARE_KS]
        for found in fit_many([table[far]], jobs, threads=plan.threads):
            clusters = _measure_clusters(table, shaken, far, found.label, plan)
            deepest = max([deepest, *(depth for _, _, depth in clusters)])
    return deepest


def _keep_disjoint(found: list[RareGroup]) -> tuple[RareGroup, ...]:
    """Keep the deepest of groups that share rows."""
    kept: list[RareGroup] = []
    for group in sorted(found, key=lambda g: (-round(g.depth, 6), -g.jaccard)):
        if not any(np.intersect1d(group.rows, other.rows).size for other in kept):
            kept.append(group)
    return tuple(kept)


def _describe(Z: FloatArray, blocks: Sequence[Block], rows: NDArray[np.intp]) -> Rare:
    share = len(rows) / len(Z)
    spread = np.nanstd(Z, axis=0)
    away, here = np.zeros(Z.shape[1]), ~np.isnan(Z[rows]).all(axis=0)  # some columns have no value in the group
    apart = np.nanmedian(Z[rows][:, here], axis=0) - np.nanmedian(Z[:, here], axis=0)
    away[here] = apart / np.where(spread > 0, spread, 1.0)[here]
    numeric = [b for b in blocks if b.kind == "numeric"]
    strong = sorted((b for b in numeric if abs(away[b.start]) >= 1), key=lambda b: -abs(away[b.start]))[:3]
    parts = [words.level("high" if away[b.start] > 0 else "low", b.label or b.name) for b in strong]
    profile = f": {', '.join(parts)}" if parts else ""
    text = (
        f"A small separate group of {len(rows):,} customers ({words.fine_percent(share)}) lies far from everyone else"
        f"{profile}. It is too small to be a segment of its own: its customers are in the segments nearest to them."
    )
    return Rare(len(rows), share, text)
