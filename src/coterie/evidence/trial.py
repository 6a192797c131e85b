"""One table put to the test, beside groupless tables of its shape.

Compactness (within sum of squares, simplified silhouette) asks whether the table has any structure beyond size,
spread and correlation; the dip along the corridors between neighboring clusters and the depth of the emptiest place
there ask whether borders are thinner than chance makes them. Both are needed: the first rejects every unusual shape,
the second is fooled by heaps of equal values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import IntArray, Job, fit_many
from coterie.evidence import _structure, groupless, marginals
from coterie.evidence.groupless import Block, GrouplessModel
from coterie.evidence.marginals import FloatArray, KeyArray
from coterie.evidence.plan import Plan

LEVEL = 0.05
DATA_STARTS, NULL_STARTS = 6, 2
FIRST_LOOK, NEXT_LOOK = 19, 10  # draws before the first look at the p-values, and between looks
ENOUGH_EXCEEDANCES = 5  # so many groupless tables beat the data: it will not become significant
CLEAR_LOOK = 99  # draws after which a table that none of them reaches is taken as decided
LEAST_ROWS, LEAST_ROWS_PER_CLUSTER = 10, 5
APART = 0.5  # a border half as populated as the cores


@dataclass(frozen=True, slots=True)
class Compactness:
    """Statistics of tables, (tables, ks) each; larger is more clustered."""

    within: FloatArray  # -log(within / total sum of squares)
    silhouette: FloatArray  # mean simplified silhouette


@dataclass(frozen=True, slots=True)
class Gaps:
    """How thin borders are, straight from center to center.

    (tables, ks) each; larger is thinner.
    """

    dip_largest: FloatArray
    dip_mean: FloatArray
    depth: FloatArray  # of the table's deepest border


@dataclass(frozen=True, slots=True)
class Trial:
    """What one sub-sample showed. ``p_…`` are Monte-Carlo p-values over ``draws`` groupless tables.

    Where ``p_structure`` is not significant, gaps are not tested: ``p_gap`` and ``p_depth`` are None. Depths are of the
    clusters at ``k``, where the silhouette exceeds that of groupless tables most; ``share`` of the rows lie in clusters
    whose border is at least half empty.
    """

    rows: int
    repeated: int
    ks: tuple[int, ...]
    draws: int
    early: bool
    p_structure: float
    p_gap: float | None
    p_depth: float | None
    k: int
    depths: tuple[float, ...]
    depth: float
    null_depth: float
    share: float
    data: Compactness
    nulls: Compactness
    model: GrouplessModel


@dataclass(frozen=True, slots=True)
class _Clustered:
    """Solutions of some tables for every k.

    ``label`` (tables, ks, n), ``centers`` (tables, ks, max k, d).
    """

    streams: range
    label: IntArray
    centers: FloatArray
    sizes: FloatArray
    compactness: Compactness
    tables: FloatArray | None = None  # kept of the first look, which is often the only one; later ones are drawn again


@dataclass(frozen=True, slots=True)
class _Draws:
    """Groupless tables: the same stream always gives the same table."""

    model: GrouplessModel
    missing: NDArray[np.bool_]
    ks: tuple[int, ...]
    base: int
    plan: Plan

    def draw(self, streams: range) -> FloatArray:
        drawn = self.model.draw(len(self.missing), streams, self.plan)
        drawn[:, self.missing] = np.nan
        return drawn

    def shake(self, tables: FloatArray, streams: range) -> FloatArray:
        """Return the tables with ties broken."""
        rows = np.arange(len(self.missing), dtype=np.uint64)
        keys = [rows ^ np.uint64(seed) for seed in self.plan.seeds_of(streams)]
        return np.stack([marginals.jitter(t, self.model.step, key) for t, key in zip(tables, keys, strict=True)])


def run(Z: FloatArray, blocks: Sequence[Block], key: KeyArray, plan: Plan, stream: int = 0) -> Trial | None:
    """Test one table; None below ten different rows.

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
    model = groupless.fit(Z, blocks, plan)
    base = (stream + 1) << 32
    kept = _keep(Z, model, plan, base)
    repeated = len(Z) - len(kept)
    if repeated:
        Z, key = Z[kept], key[kept]
        model = groupless.fit(Z, blocks, plan)
    ks = tuple(range(2, min(plan.max_k, len(Z) // LEAST_ROWS_PER_CLUSTER) + 1))
    if len(_find_distinct(Z)) < LEAST_ROWS or not ks:
        return None
    draws = _Draws(model, np.isnan(Z), ks, base, plan)
    own = _cluster(Z[None], ks, DATA_STARTS, range(base, base + 1), plan)
    shaken = marginals.jitter(Z, model.step, key)[None]
    batches: list[_Clustered] = []
    seen = _draw(batches, own, draws, min(CLEAR_LOOK, plan.draws))
    at = _find_best(own, batches)
    tested = _test_borders(own, shaken, batches, draws, at) if seen.exceed == 0 else None
    if not (seen.hopeless or (tested and tested.unmatched) or seen.done == plan.draws):
        seen = _draw(batches, own, draws, plan.draws)
        at = _find_best(own, batches)
        tested = None
    if tested is None:
        tested = _test_borders(own, shaken, batches, draws, at, gaps=seen.p <= LEVEL)
    k = ks[at]
    sizes = own.sizes[0, at, :k]
    return Trial(
        rows=len(Z),
        repeated=repeated,
        ks=ks,
        draws=seen.done,
        early=seen.hopeless and seen.done < plan.draws,
        p_structure=seen.p,
        p_gap=tested.p_gap,
        p_depth=tested.p_depth if tested.p_gap is not None else None,
        k=k,
        depths=tuple(float(d) for d in tested.depths),
        depth=float(np.median(tested.depths)),
        null_depth=tested.null_depth,
        share=float(sizes[tested.depths >= APART].sum() / sizes.sum()),
        data=own.compactness,
        nulls=_join([b.compactness for b in batches]),
        model=model,
    )


# ── p-values ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Seen:
    done: int
    p: float
    exceed: int  # of the more significant statistic
    hopeless: bool


@dataclass(frozen=True, slots=True)
class _Borders:
    p_gap: float | None  # None where it was not asked for
    p_depth: float
    depths: FloatArray
    null_depth: float
    unmatched: bool  # no groupless table reaches the data in any respect


def _draw(batches: list[_Clustered], own: _Clustered, draws: _Draws, upto: int) -> _Seen:
    """Add groupless tables up to ``upto``, or until the data are beaten."""
    plan, base = draws.plan, draws.base
    while True:
        done = sum(len(b.streams) for b in batches)
        streams = range(base + done, base + min(upto, done + (NEXT_LOOK if done else FIRST_LOOK)))
        if streams:
            tables = draws.draw(streams)
            found = _cluster(tables, draws.ks, NULL_STARTS, streams, plan)
            batches.append(found if batches else replace(found, tables=tables))
        done += len(streams)
        plan.say("groupless tables", done, plan.draws)
        nulls = _join([b.compactness for b in batches])
        within = _count_exceedances(own.compactness.within[0], nulls.within)
        silhouette = _count_exceedances(own.compactness.silhouette[0], nulls.silhouette)
        hopeless = min(within, silhouette) >= ENOUGH_EXCEEDANCES
        if done >= upto or hopeless:
            best = min(within, silhouette)
            return _Seen(done, min(1.0, 2 * (1 + best) / (done + 1)), best, hopeless)


def _test_borders(
    own: _Clustered, shaken: FloatArray, batches: Sequence[_Clustered], draws: _Draws, at: int, *, gaps: bool = True
) -> _Borders:
    """Compare the borders with those of groupless tables.

    At the best k, and with ``gaps`` over all k.
    """
    k, plan = draws.ks[at], draws.plan
    depths = _measure_depths(own, shaken, at, k, plan)[0]
    straight: list[Gaps] = []
    around = []
    for batch in batches:
        drawn = draws.draw(batch.streams) if batch.tables is None else batch.tables
        tables = draws.shake(drawn, batch.streams)
        around.append(_measure_depths(batch, tables, at, k, plan))
        if gaps:
            straight.append(_measure_gaps(batch, tables, draws.ks, plan))
    null_depths = np.concatenate(around)
    deeper = int(np.count_nonzero(null_depths.max(axis=1) >= depths.max()))
    p_gap, exceed = None, 1
    if gaps:
        mine, theirs = _measure_gaps(own, shaken, draws.ks, plan), _join(straight)
        exceed = min(
            _count_exceedances(mine.dip_largest[0], theirs.dip_largest),
            _count_exceedances(mine.dip_mean[0], theirs.dip_mean),
            _count_exceedances(mine.depth[0], theirs.depth),
        )
        p_gap = min(1.0, 3 * (1 + exceed) / (len(null_depths) + 1))
    return _Borders(
        p_gap=p_gap,
        p_depth=(1 + deeper) / (len(null_depths) + 1),
        depths=depths,
        null_depth=float(np.median(null_depths, axis=1).mean()),
        unmatched=exceed == 0 and deeper == 0,
    )


def _count_exceedances(data: FloatArray, nulls: FloatArray) -> int:
    """Count the groupless tables that reach the data.

    Compared is the largest standardized statistic over k.
    """
    together = np.concatenate([data[None], nulls])
    spread = together.std(axis=0)
    # a statistic that is the same in every table says nothing; its last bits must not say it either
    flat = spread <= 1e-12 * (1.0 + np.abs(together).max(axis=0))
    scores = np.where(flat, 0.0, (together - together.mean(axis=0)) / np.where(flat, 1.0, spread)).max(axis=1)
    return int(np.count_nonzero(scores[1:] >= scores[0]))


def _find_best(own: _Clustered, batches: list[_Clustered]) -> int:
    """Return where the silhouette exceeds that of groupless tables most."""
    nulls = np.concatenate([b.compactness.silhouette for b in batches])
    return int(np.argmax(own.compactness.silhouette[0] - nulls.mean(axis=0)))


# ── statistics ────────────────────────────────────────────────────────────────────────────────────────────────────


def _cluster(tables: FloatArray, ks: Sequence[int], starts: int, streams: range, plan: Plan) -> _Clustered:
    """Cluster every table for every k."""
    count, d = len(tables), tables.shape[2]
    seeds = plan.seeds_of(streams)
    jobs = [Job(k=k, data=t, seed=seeds[t], starts=starts) for t in range(count) for k in ks]
    whole = [Job(k=1, data=t) for t in range(count)]
    fits = fit_many(list(tables), jobs + whole, threads=plan.threads)
    centers = np.zeros((len(jobs), max(ks), d))
    sizes = np.zeros((len(jobs), max(ks)))
    for i, found in enumerate(fits[: len(jobs)]):
        centers[i, : jobs[i].k] = found.centers
        sizes[i, : jobs[i].k] = found.sizes
    k = np.array([job.k for job in jobs], dtype=np.int64)
    data = np.array([job.data for job in jobs], dtype=np.int64)
    inertia = np.array([found.inertia for found in fits])
    within, total = inertia[: len(jobs)].reshape(count, -1), inertia[len(jobs) :, None]
    shape = (count, len(ks))
    return _Clustered(
        streams=streams,
        label=np.stack([found.label for found in fits[: len(jobs)]]).reshape(*shape, -1),
        centers=centers.reshape(*shape, max(ks), d),
        sizes=sizes.reshape(*shape, -1),
        compactness=Compactness(
            within=-np.log(np.maximum(within, 1e-300) / total),
            silhouette=_structure.silhouettes(tables, centers, k, data, plan.threads).reshape(shape),
        ),
    )


def _measure_gaps(found: _Clustered, shaken: FloatArray, ks: Sequence[int], plan: Plan) -> Gaps:
    """Measure the straight ways between clusters for every k.

    ``shaken`` are the tables with ties broken.
    """
    count, looks, n = found.label.shape
    dip_largest, dip_mean, depths = _structure.gaps(
        shaken,
        found.label.reshape(-1, n),
        found.centers.reshape(-1, *found.centers.shape[2:]),
        np.tile(np.array(ks, dtype=np.int64), count),
        np.repeat(np.arange(count), looks),
        False,
        plan.threads,
    )
    return Gaps(*(x.reshape(count, looks) for x in (dip_largest, dip_mean, depths.max(axis=1))))


def _measure_depths(found: _Clustered, shaken: FloatArray, at: int, k: int, plan: Plan) -> FloatArray:
    """Return how empty borders are at one k: (tables, k).

    Ways around are included.
    """
    count = len(shaken)
    depths = _structure.gaps(
        shaken,
        np.ascontiguousarray(found.label[:, at]),
        np.ascontiguousarray(found.centers[:, at, :k]),
        np.full(count, k, dtype=np.int64),
        np.arange(count, dtype=np.int64),
        True,
        plan.threads,
    )[2]
    return depths


_Part = TypeVar("_Part", Compactness, Gaps)


def _join(parts: Sequence[_Part]) -> _Part:
    """Join statistics of several batches of tables."""
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(kind)))


# ── repeated rows ─────────────────────────────────────────────────────────────────────────────────────────────────


def _keep(Z: FloatArray, model: GrouplessModel, plan: Plan, base: int) -> NDArray[np.intp]:
    """Return the rows to test: all, or each kind's first.

    The latter where more repeat than in a groupless table.
    """
    first = _find_distinct(Z)
    repeats = 1.0 - len(first) / len(Z)
    table = model.draw(len(Z), [base + (1 << 31)], plan)[0]
    table[np.isnan(Z)] = np.nan
    expected = 1.0 - len(_find_distinct(table)) / len(Z)
    return first if repeats > 1.5 * expected + 0.01 else np.arange(len(Z))


def _find_distinct(Z: FloatArray) -> NDArray[np.intp]:
    """Return positions of each kind's first row, ascending."""
    filled = np.where(np.isnan(Z), np.inf, Z) + 0.0  # one kind of missing, one kind of zero
    return np.sort(np.unique(filled, axis=0, return_index=True)[1])
