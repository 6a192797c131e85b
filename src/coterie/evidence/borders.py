"""Borders beside those of groupless tables: whether they are emptier, and what they set apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from coterie.doors import frozen
from coterie.evidence import clustered, components
from coterie.evidence.clustered import Clustered, count_exceedances
from coterie.evidence.components import Components
from coterie.evidence.marginals import FloatArray
from coterie.evidence.plan import Plan

LEVEL = 0.05
LEAST_SPREAD = 0.02  # of separation over groupless tables: many have none at all


@frozen
class Separation:
    """What stands apart in a table, and whether groupless tables show as much.

    ``p_best`` compares both the deepest border and the separation at the best k, ``p_any`` the separation at any k up
    to it. ``best`` are the components at the best k, ``first`` at the first that shows nearly all of the separation;
    ``blended`` are those at the best k between which hardly an easy way leads.
    """

    p_best: float
    p_any: float
    best: Components
    first: Components
    blended: Components


@frozen
class Borders:
    """How empty the borders of a table are, beside those of groupless tables.

    ``p_gap`` is None where it was not asked for, ``separation`` where gaps are not significant. ``unmatched``: no
    groupless table reaches the data in gaps, and none in what stands apart.
    """

    p_gap: float | None
    p_depth: float
    depths: FloatArray
    null_depth: float
    separation: Separation | None
    unmatched: bool


@frozen
class Tables:
    """Solutions of some tables; ``shake`` gives the tables of a batch with ties broken, anew each time."""

    batches: Sequence[Clustered]
    shake: Callable[[Clustered], FloatArray]


def examine(own: Tables, nulls: Tables, ks: Sequence[int], at: int, plan: Plan, *, gaps: bool = True) -> Borders:
    """Compare the borders of a table with those of groupless tables.

    At the best k, ``ks[at]``; with ``gaps`` over all, and where these are significant up to the best.
    """
    p_gap, exceed = _test_gaps(own, nulls, ks, plan) if gaps else (None, 1)
    separation = None
    if p_gap is None or p_gap > LEVEL:
        mine, theirs = (_measure_depths(tables, ks, at, plan) for tables in (own, nulls))
    else:
        here, there = (_measure_barriers(tables, ks, at, plan) for tables in (own, nulls))
        mine, theirs = here.depths, there.depths
        separation = _compare(here, there, own.batches[0], at)
    least = 1 / (len(theirs) + 1)
    return Borders(
        p_gap=p_gap,
        p_depth=least * (1 + int(np.count_nonzero(theirs.max(axis=1) >= mine.max()))),
        depths=mine[0],
        null_depth=float(np.median(theirs, axis=1).mean()),
        separation=separation,
        unmatched=exceed == 0 and separation is not None and min(separation.p_best, separation.p_any) <= least,
    )


def _test_gaps(own: Tables, nulls: Tables, ks: Sequence[int], plan: Plan) -> tuple[float, int]:
    """Return the p-value of the straight ways, and how many groupless tables reach the most significant of them."""
    mine, theirs = (
        clustered.join([clustered.measure_gaps(b, tables.shake(b), ks, plan) for b in tables.batches])
        for tables in (own, nulls)
    )
    exceed = min(
        count_exceedances(mine.dip_largest[0], theirs.dip_largest),
        count_exceedances(mine.dip_mean[0], theirs.dip_mean),
        count_exceedances(mine.depth[0], theirs.depth),
    )
    return min(1.0, 3 * (1 + exceed) / (len(theirs.depth) + 1)), exceed


def _measure_depths(tables: Tables, ks: Sequence[int], at: int, plan: Plan) -> FloatArray:
    """Return how empty the borders of the best solutions are: (tables, k)."""
    return np.concatenate([clustered.measure_depths(b, tables.shake(b), at, ks[at], plan) for b in tables.batches])


@frozen
class _Barriers:
    """What lies between the clusters of some tables, for every k up to the best.

    ``depths`` (tables, k) at the best k, ``separation`` (tables, ks), and ``last``: the last table's barriers, each k.
    """

    depths: FloatArray
    separation: FloatArray
    last: tuple[FloatArray, ...]


def _measure_barriers(tables: Tables, ks: Sequence[int], at: int, plan: Plan) -> _Barriers:
    depths, felt, last = [], [], []
    for batch in tables.batches:
        shaken = tables.shake(batch)
        found = [clustered.measure_barriers(batch, shaken, i, ks[i], plan) for i in range(at + 1)]
        depths.append(found[at][0])
        felt.append([components.separation(b, batch.sizes[:, i, : ks[i]]) for i, (_, b) in enumerate(found)])
        last = [between[-1] for _, between in found]
    return _Barriers(np.concatenate(depths), np.concatenate([np.stack(f, axis=1) for f in felt]), tuple(last))


def _compare(mine: _Barriers, theirs: _Barriers, own: Clustered, at: int) -> Separation:
    """Compare what stands apart with what does in groupless tables."""
    deeper = np.count_nonzero(theirs.depths.max(axis=1) >= mine.depths[0].max())
    wider = np.count_nonzero(theirs.separation[:, at] >= mine.separation[0, at])
    anywhere = count_exceedances(mine.separation[0], theirs.separation, LEAST_SPREAD)
    first = components.find_first(mine.separation[0] - theirs.separation.mean(axis=0))
    of = len(theirs.depths) + 1

    def join(i: int, least: float) -> Components:
        between = mine.last[i]
        k = len(between)
        return components.join(between, own.sizes[0, i, :k], own.centers[0, i, :k], least)

    return Separation(
        p_best=(1 + max(int(deeper), int(wider))) / of,
        p_any=(1 + anywhere) / of,
        best=join(at, components.APART),
        first=join(first, components.APART),
        blended=join(at, components.SLIGHT),
    )
