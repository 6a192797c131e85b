"""One table put to the test, beside groupless tables of its shape.

Compactness (within sum of squares, simplified silhouette) asks whether the table has any structure beyond size,
spread and correlation; the dip along the corridors between neighboring clusters and the depth of the emptiest place
there ask whether borders are thinner than chance makes them. Both are needed: the first rejects every unusual shape,
the second is fooled by heaps of equal values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen
from coterie.evidence import borders, clustered, groupless
from coterie.evidence.borders import LEVEL, Borders, Separation, Tables
from coterie.evidence.clustered import Clustered, Compactness, count_exceedances
from coterie.evidence.components import APART
from coterie.evidence.copies import Copies, find_copies
from coterie.evidence.groupless import Block, GrouplessModel
from coterie.evidence.marginals import FloatArray, KeyArray
from coterie.evidence.plan import Plan

DATA_STARTS, NULL_STARTS = 6, 2
FIRST_LOOK, NEXT_LOOK = 19, 10  # draws before the first look at the p-values, and between looks
ENOUGH_EXCEEDANCES = 5  # so many groupless tables beat the data: it will not become significant
CLEAR_LOOK = 99  # draws after which a table that none of them reaches is taken as decided
LEAST_ROWS, LEAST_ROWS_PER_CLUSTER = 10, 5
KEPT_VALUES = 1 << 23  # of groupless tables, 64 MB; of more they are drawn again where they are looked at


@frozen
class Trial:
    """What one sub-sample showed. ``p_…`` are Monte-Carlo p-values over ``draws`` groupless tables.

    Where ``p_structure`` is not significant, gaps are not tested: ``p_gap`` and ``p_depth`` are None; where gaps are
    not either, components are not sought. Depths are of the clusters at ``k``, where the silhouette exceeds that of
    groupless tables most; ``share`` of the rows lie in clusters whose border is at least half empty. Where rows were
    ``copies`` of each other, one of each customer's was tested.
    """

    rows: int
    repeated: int
    copies: Copies | None
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
    separation: Separation | None
    data: Compactness
    nulls: Compactness
    model: GrouplessModel


@frozen
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

    def cluster(self, streams: range) -> Clustered:
        """Return the clustered tables of some streams; all that are drawn together are kept, or none is."""
        tables = self.draw(streams)
        found = clustered.cluster(tables, self.ks, NULL_STARTS, streams, self.plan)
        kept = self.missing.size * self.plan.draws <= KEPT_VALUES
        return replace(found, shaken=self._shake(tables, streams)) if kept else found

    def shake(self, batch: Clustered) -> FloatArray:
        """Return the tables of a batch with ties broken."""
        return self._shake(self.draw(batch.streams), batch.streams) if batch.shaken is None else batch.shaken

    def _shake(self, tables: FloatArray, streams: range) -> FloatArray:
        rows = np.arange(len(self.missing), dtype=np.uint64)
        keys = [rows ^ np.uint64(seed) for seed in self.plan.seeds_of(streams)]
        return np.stack([self.model.shake(t, key) for t, key in zip(tables, keys, strict=True)])


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
    base = (stream + 1) << 32
    model = groupless.fit(Z, blocks, plan)
    kept = _keep(Z, model, plan, base)
    repeated = len(Z) - len(kept)
    if repeated:
        Z, key = Z[kept], key[kept]
        model = groupless.fit(Z, blocks, plan)
    found = _test(Z, key, model, base, plan)
    if found is None or found.separation is None:
        return found and replace(found, repeated=repeated)
    # copies are sought only where rows seem to form groups: their clumps look like nothing else
    usual = model.shake(_draw_usual(Z, model, plan, base), key)
    repeating = (b for b in blocks if b.kind == "nominal" or model.step[b.start] > 0)
    if (copies := find_copies(model.shake(Z, key), usual, repeating, plan.threads)) is None:
        return replace(found, repeated=repeated)
    Z, key = Z[copies.kept], key[copies.kept]
    again = _test(Z, key, groupless.fit(Z, blocks, plan), base, plan)
    return again and replace(again, repeated=repeated, copies=copies)


def _test(Z: FloatArray, key: KeyArray, model: GrouplessModel, base: int, plan: Plan) -> Trial | None:
    ks = tuple(range(2, min(plan.max_k, len(Z) // LEAST_ROWS_PER_CLUSTER) + 1))
    if len(_find_distinct(Z)) < LEAST_ROWS or not ks:
        return None
    draws = _Draws(model, np.isnan(Z), ks, base, plan)
    own = clustered.cluster(Z[None], ks, DATA_STARTS, range(base, base + 1), plan)
    shaken = model.shake(Z, key)[None]
    batches: list[Clustered] = []
    seen = _draw(batches, own, draws, min(CLEAR_LOOK, plan.draws))
    at = _find_best(own, batches)
    tested = _look(own, shaken, batches, draws, at) if seen.exceed == 0 else None
    if not (seen.hopeless or (tested and tested.unmatched) or seen.done == plan.draws):
        seen = _draw(batches, own, draws, plan.draws)
        at = _find_best(own, batches)
        tested = None
    if tested is None:
        tested = _look(own, shaken, batches, draws, at, gaps=seen.p <= LEVEL)
    k = ks[at]
    sizes = own.sizes[0, at, :k]
    return Trial(
        rows=len(Z),
        repeated=0,
        copies=None,
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
        separation=tested.separation,
        data=own.compactness,
        nulls=clustered.join([b.compactness for b in batches]),
        model=model,
    )


# ── p-values ──────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class _Seen:
    done: int
    p: float
    exceed: int  # of the more significant statistic
    hopeless: bool


def _draw(batches: list[Clustered], own: Clustered, draws: _Draws, upto: int) -> _Seen:
    """Add groupless tables up to ``upto``, or until the data are beaten."""
    plan, base = draws.plan, draws.base
    while True:
        done = sum(len(b.streams) for b in batches)
        streams = range(base + done, base + min(upto, done + (NEXT_LOOK if done else FIRST_LOOK)))
        if streams:
            batches.append(draws.cluster(streams))
        done += len(streams)
        plan.say("groupless tables", done, plan.draws)
        nulls = clustered.join([b.compactness for b in batches])
        within = count_exceedances(own.compactness.within[0], nulls.within)
        silhouette = count_exceedances(own.compactness.silhouette[0], nulls.silhouette)
        hopeless = min(within, silhouette) >= ENOUGH_EXCEEDANCES
        if done >= upto or hopeless:
            best = min(within, silhouette)
            return _Seen(done, min(1.0, 2 * (1 + best) / (done + 1)), best, hopeless)


def _look(
    own: Clustered, shaken: FloatArray, batches: Sequence[Clustered], draws: _Draws, at: int, *, gaps: bool = True
) -> Borders:
    """Return how the borders compare with those of the groupless tables so far."""
    mine = Tables([own], lambda _: shaken)
    return borders.examine(mine, Tables(batches, draws.shake), draws.ks, at, draws.plan, gaps=gaps)


def _find_best(own: Clustered, batches: list[Clustered]) -> int:
    """Return where the silhouette exceeds that of groupless tables most."""
    nulls = np.concatenate([b.compactness.silhouette for b in batches])
    return int(np.argmax(own.compactness.silhouette[0] - nulls.mean(axis=0)))


# ── repeated rows ─────────────────────────────────────────────────────────────────────────────────────────────────


def _keep(Z: FloatArray, model: GrouplessModel, plan: Plan, base: int) -> NDArray[np.intp]:
    """Return the rows to test: all, or each kind's first.

    The latter where more repeat than in a groupless table.
    """
    first = _find_distinct(Z)
    repeats = 1.0 - len(first) / len(Z)
    expected = 1.0 - len(_find_distinct(_draw_usual(Z, model, plan, base))) / len(Z)
    return first if repeats > 1.5 * expected + 0.01 else np.arange(len(Z))


def _draw_usual(Z: FloatArray, model: GrouplessModel, plan: Plan, base: int) -> FloatArray:
    """Return the groupless table that repeats are compared with."""
    table: FloatArray = model.draw(len(Z), [base + (1 << 31)], plan)[0]
    table[np.isnan(Z)] = np.nan
    return table


def _find_distinct(Z: FloatArray) -> NDArray[np.intp]:
    """Return positions of each kind's first row, ascending."""
    filled = np.where(np.isnan(Z), np.inf, Z) + 0.0  # one kind of missing, one kind of zero
    return np.sort(np.unique(filled, axis=0, return_index=True)[1])
