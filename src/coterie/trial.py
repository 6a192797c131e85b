"""One structure test: the statistics of a table against those of groupless tables of the same shape.

Compactness (within sum of squares, simplified silhouette) asks whether the table has any structure beyond size,
spread and correlation; the dip along the corridors between neighboring clusters and the depth of the emptiest place
there ask whether borders are thinner than chance makes them. Both are needed: the first rejects every unusual shape,
the second is fooled by heaps of equal values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coterie import null
from coterie.cluster import Job, _structure, fit_many
from coterie.cluster.kmeans import cores
from coterie.null import Block, FloatArray, KeyArray, Null
from coterie.plan import Plan

DATA_STARTS, NULL_STARTS = 6, 2
FIRST_LOOK, NEXT_LOOK = 19, 10  # draws before the first look at the p-values, and between looks
ENOUGH_EXCEEDANCES = 5  # so many groupless tables beat the data: it will not become significant
CLEAR_LOOK = 99  # draws after which a table that none of them reaches is taken as decided
LEAST_ROWS, LEAST_ROWS_PER_CLUSTER = 10, 5
APART = 0.5  # a border half as populated as the cores


@dataclass(frozen=True, slots=True)
class Measured:
    """Statistics of tables by number of clusters: (tables, ks) each, larger is more clustered.

    ``depth`` is the largest of a table's segments, ``typical`` their median, ``depths`` all of them, padded with 0.
    """

    compact: FloatArray  # -log(within / total sum of squares)
    silhouette: FloatArray
    dip_largest: FloatArray
    dip_mean: FloatArray
    depth: FloatArray
    typical: FloatArray
    depths: FloatArray  # (tables, ks, max k)
    sizes: FloatArray  # (tables, ks, max k)


@dataclass(frozen=True, slots=True)
class Trial:
    """What one sub-sample showed. ``p_…`` are Monte-Carlo p-values over ``draws`` groupless tables."""

    rows: int
    repeated: int
    ks: tuple[int, ...]
    draws: int
    early: bool
    p_structure: float
    p_gap: float
    p_depth: float
    k: int
    data: Measured
    nulls: Measured
    model: Null

    @property
    def depths(self) -> FloatArray:
        """Depth of every segment at ``k``, in the order of their sizes."""
        at = self.ks.index(self.k)
        return self.data.depths[0, at, : self.k]

    @property
    def depth(self) -> float:
        """Depth of the typical border at ``k``."""
        return float(self.data.typical[0, self.ks.index(self.k)])

    @property
    def null_depth(self) -> float:
        """Depth of the typical border at ``k`` in the groupless tables."""
        return float(self.nulls.typical[:, self.ks.index(self.k)].mean())

    @property
    def share(self) -> float:
        """Share of the rows that lie in segments whose border is at least half empty."""
        sizes = self.data.sizes[0, self.ks.index(self.k), : self.k]
        return float(sizes[self.depths >= APART].sum() / sizes.sum())


def run(Z: FloatArray, blocks: Sequence[Block], key: KeyArray, plan: Plan, stream: int = 0) -> Trial | None:
    """Test one table; None when it has fewer than ten different rows.

    Parameters
    ----------
    Z : (n, d) prepared values, NaN = missing; no row may lack every value.
    key : (n,) leading bits of the rows' hashes.
    stream : number of the sub-sample: others draw other groupless tables.

    Notes
    -----
    A table that many of the groupless ones beat is given up early; after ``CLEAR_LOOK`` draws one that none of them
    reaches in any respect is accepted.
    """
    model = null.fit(Z, blocks, plan)
    base = (stream + 1) << 32
    kept = _kept(Z, model, plan, base)
    repeated = len(Z) - len(kept)
    if repeated:
        Z, key = Z[kept], key[kept]
        model = null.fit(Z, blocks, plan)
    ks = tuple(range(2, min(plan.max_k, len(Z) // LEAST_ROWS_PER_CLUSTER) + 1))
    if len(_distinct(Z)) < LEAST_ROWS or not ks:
        return None
    data = _measure(Z[None], null.jitter(Z, model.step, key)[None], ks, DATA_STARTS, [base], plan)
    parts: list[Measured] = []
    done = 0
    while True:
        more = min(FIRST_LOOK if done == 0 else NEXT_LOOK, plan.draws - done)
        parts.append(_groupless(model, np.isnan(Z), ks, range(base + done, base + done + more), plan))
        done += more
        plan.say("groupless tables", done, plan.draws)
        nulls = _joined(parts)
        result = _judged(data, nulls, ks)
        hopeless = min(result.exceed_compact, result.exceed_silhouette) >= ENOUGH_EXCEEDANCES
        clear = done >= CLEAR_LOOK and result.unmatched
        if done >= plan.draws or hopeless or clear:
            break
    return Trial(
        rows=len(Z),
        repeated=repeated,
        ks=ks,
        draws=done,
        early=hopeless and done < plan.draws,
        p_structure=result.p_structure,
        p_gap=result.p_gap,
        p_depth=result.p_depth,
        k=result.k,
        data=data,
        nulls=nulls,
        model=model,
    )


@dataclass(frozen=True, slots=True)
class _Judgement:
    k: int
    exceed_compact: int
    exceed_silhouette: int
    p_structure: float
    p_gap: float
    p_depth: float
    unmatched: bool  # no groupless table reaches the data, in structure, gap or depth


def _judged(data: Measured, nulls: Measured, ks: Sequence[int]) -> _Judgement:
    count = len(nulls.compact)
    compact = _exceedances(data.compact[0], nulls.compact)
    silhouette = _exceedances(data.silhouette[0], nulls.silhouette)
    gaps = [
        _exceedances(data.dip_largest[0], nulls.dip_largest),
        _exceedances(data.dip_mean[0], nulls.dip_mean),
        _exceedances(data.depth[0], nulls.depth),
    ]
    at = int(np.argmax(data.silhouette[0] - nulls.silhouette.mean(axis=0)))
    deeper = int(np.count_nonzero(nulls.depth[:, at] >= data.depth[0, at]))
    return _Judgement(
        k=ks[at],
        exceed_compact=compact,
        exceed_silhouette=silhouette,
        p_structure=min(1.0, 2 * (1 + min(compact, silhouette)) / (count + 1)),
        p_gap=min(1.0, 3 * (1 + min(gaps)) / (count + 1)),
        p_depth=(1 + deeper) / (count + 1),
        unmatched=min(compact, silhouette) == 0 and min(gaps) == 0 and deeper == 0,
    )


def _exceedances(data: FloatArray, nulls: FloatArray) -> int:
    """Count the groupless tables whose largest standardized statistic over k is at least the data's."""
    together = np.concatenate([data[None], nulls])
    spread = together.std(axis=0)
    # a statistic that is the same in every table says nothing; its last bits must not say it either
    flat = spread <= 1e-12 * (1.0 + np.abs(together).max(axis=0))
    scores = np.where(flat, 0.0, (together - together.mean(axis=0)) / np.where(flat, 1.0, spread)).max(axis=1)
    return int(np.count_nonzero(scores[1:] >= scores[0]))


def _groupless(
    model: Null, missing: NDArray[np.bool_], ks: Sequence[int], streams: Sequence[int], plan: Plan
) -> Measured:
    tables = model.draw(len(missing), streams, plan)
    tables[:, missing] = np.nan
    rows = np.arange(len(missing), dtype=np.uint64)
    keys = [rows ^ np.uint64(seed) for seed in plan.seeds_of(streams)]
    shaken = np.stack([null.jitter(t, model.step, key) for t, key in zip(tables, keys, strict=True)])
    return _measure(tables, shaken, ks, NULL_STARTS, streams, plan)


def _measure(
    tables: FloatArray, shaken: FloatArray, ks: Sequence[int], starts: int, streams: Sequence[int], plan: Plan
) -> Measured:
    """Cluster every table for every k and take the statistics; ``shaken`` are the tables with ties broken."""
    count, d = len(tables), tables.shape[2]
    seeds = plan.seeds_of(streams)
    jobs = [Job(k=k, data=t, seed=seeds[t], starts=starts) for t in range(count) for k in ks]
    fits = fit_many(list(tables), jobs, threads=plan.threads)
    centers = np.zeros((len(jobs), max(ks), d))
    sizes = np.zeros((len(jobs), max(ks)))
    for i, found in enumerate(fits):
        centers[i, : jobs[i].k] = found.centers
        sizes[i, : jobs[i].k] = found.sizes
    label = np.stack([found.label for found in fits])
    k = np.array([job.k for job in jobs], dtype=np.int64)
    data = np.array([job.data for job in jobs], dtype=np.int64)
    within = np.array([found.inertia for found in fits]).reshape(count, -1)
    total = np.nansum((tables - np.nanmean(tables, axis=1, keepdims=True)) ** 2, axis=(1, 2))
    shape = (count, len(ks))
    dip_largest, dip_mean, depths = _structure.gaps(shaken, label, centers, k, data, cores(plan.threads))
    used = np.arange(max(ks)) < k[:, None]
    return Measured(
        compact=-np.log(np.maximum(within, 1e-300) / total[:, None]),
        silhouette=_structure.silhouettes(tables, centers, k, data, cores(plan.threads)).reshape(shape),
        dip_largest=dip_largest.reshape(shape),
        dip_mean=dip_mean.reshape(shape),
        depth=depths.max(axis=1).reshape(shape),
        typical=np.nanmedian(np.where(used, depths, np.nan), axis=1).reshape(shape),
        depths=depths.reshape(*shape, -1),
        sizes=sizes.reshape(*shape, -1),
    )


def _joined(parts: list[Measured]) -> Measured:
    if len(parts) > 1:
        fields = (np.concatenate([getattr(p, name) for p in parts]) for name in Measured.__slots__)
        parts[:] = [Measured(*fields)]
    return parts[0]


def _kept(Z: FloatArray, model: Null, plan: Plan, base: int) -> NDArray[np.intp]:
    """Return the rows to test: all, or the first of each kind where more repeat than in a groupless table."""
    first = _distinct(Z)
    repeats = 1.0 - len(first) / len(Z)
    table = model.draw(len(Z), [base + (1 << 31)], plan)[0]
    table[np.isnan(Z)] = np.nan
    expected = 1.0 - len(_distinct(table)) / len(Z)
    return first if repeats > 1.5 * expected + 0.01 else np.arange(len(Z))


def _distinct(Z: FloatArray) -> NDArray[np.intp]:
    """Return the positions of the first row of each kind, ascending."""
    filled = np.where(np.isnan(Z), np.inf, Z) + 0.0  # one kind of missing, one kind of zero
    return np.sort(np.unique(filled, axis=0, return_index=True)[1])
