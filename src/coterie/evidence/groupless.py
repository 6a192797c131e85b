"""The groupless model: one cloud as wide as the table, without groups.

It has the table's own columns, spreads and correlations. Every column keeps its distribution as far as a single mode
allows, and every pair of columns its correlation (NORTA: normals, correlated, mapped through the columns' quantiles;
Cario and Nelson 1997). Where many rows lie at a limit, such as no purchase, who lies there is one column and the
others' values are another. What a test finds in such tables is what shape alone gives; only what exceeds it may be
called a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen
from coterie.evidence import _structure
from coterie.evidence.marginals import FloatArray, KeyArray, fit_marginal, is_edge, jitter, measure_steps
from coterie.evidence.plan import Plan

LIMITED = 7  # more distinct values than that have limits; fewer are answers, whose ends may be opinions
SAME_ROWS = 0.95  # of those at either of two ends are at both, where the ends say the same
# So many times the rows within so much beside it make a limit of an end; the zeros of a count are none.
HEAPED, BESIDE = 2, 0.01
TUNING_ROWS, TUNING_ROUNDS = 2000, 4
TUNING_STREAM = 1 << 40
LEAST_EIGENVALUE = 1e-4
SAME = 0.9  # correlation from which columns of one fact say the same


@frozen
class Block:
    """Prepared columns ``start`` to ``stop`` that came from one feature.

    A ``nominal`` block holds one column a level, of which each row has one set; others hold one column. Blocks with the
    same ``fact`` tell the same in other words: what one says, the others follow. ``label`` is the feature's name in
    words, if that is not its name.
    """

    name: str
    kind: Literal["numeric", "binary", "nominal"]
    start: int
    stop: int
    fact: int | None = None
    label: str = ""


@frozen
class _Plain:
    """A column that is drawn as it is."""

    block: Block
    at: int  # position among the drawn columns

    def write(self, drawn: FloatArray, table: FloatArray) -> None:
        table[:, self.block.start] = drawn[:, self.at]


@frozen
class _Levels:
    """A nominal block, drawn as the rank of its level."""

    block: Block
    at: int
    order: NDArray[np.intp]  # its columns, by rank
    off: float
    on: float

    def write(self, drawn: FloatArray, table: FloatArray) -> None:
        table[:, self.block.start : self.block.stop] = self.off
        table[np.arange(len(table)), self.block.start + self.order[drawn[:, self.at].astype(np.intp)]] = self.on


@frozen
class _Hurdle:
    """A column with many rows at a limit, or at both.

    Who is there is drawn at ``at`` (-1 at the lower one, 1 at the upper one), the others' values at the next position.
    """

    block: Block
    at: int
    lower: float
    upper: float

    def write(self, drawn: FloatArray, table: FloatArray) -> None:
        where = drawn[:, self.at]
        between = np.where(where > 0.5, self.upper, drawn[:, self.at + 1])
        table[:, self.block.start] = np.where(where < -0.5, self.lower, between)


@frozen
class _Fact:
    """Blocks that tell one fact, drawn as the rank of what they say together: ``levels`` (levels, columns)."""

    columns: NDArray[np.intp]
    at: int
    levels: FloatArray

    def write(self, drawn: FloatArray, table: FloatArray) -> None:
        table[:, self.columns] = self.levels[drawn[:, self.at].astype(np.intp)]


_Part = _Plain | _Levels | _Hurdle | _Fact


@frozen
class GrouplessModel:
    """A fitted model of the cloud; ``draw`` gives groupless tables."""

    parts: tuple[_Part, ...]
    factor: FloatArray  # correlations of the normals, as a Cholesky factor
    x: FloatArray  # corners of the drawn columns' distribution functions, one after the other
    height: FloatArray
    corners: NDArray[np.int64]
    step: FloatArray  # (d,) width of the jitter that breaks the ties of a prepared column; 0 = none
    twin: NDArray[np.int64]  # (d,) the column that each moves with, as marginals.jitter has it

    def shake(self, Z: FloatArray, key: KeyArray) -> FloatArray:
        """Return the table with ties broken, as each row's key decides."""
        return jitter(Z, self.step, key, self.twin)

    def draw(self, rows: int, streams: Sequence[int], plan: Plan) -> FloatArray:
        """Return one table for every stream: (streams, rows, d).

        A stream's table is always the same.
        """
        normals = np.empty((len(streams), rows, len(self.factor)))
        for stream, table in zip(streams, normals, strict=True):
            plan.generator(stream).standard_normal(out=table)
        drawn = self._map(normals, plan)
        if all(isinstance(part, _Plain) for part in self.parts):
            return drawn.reshape(len(streams), rows, -1)
        tables = np.empty((len(drawn), len(self.step)))
        for part in self.parts:
            part.write(drawn, tables)
        return tables.reshape(len(streams), rows, -1)

    def _map(self, normals: FloatArray, plan: Plan) -> FloatArray:
        return _structure.draw(normals, self.factor, self.x, self.height, self.corners, plan.threads)


def fit(Z: FloatArray, blocks: Sequence[Block], plan: Plan) -> GrouplessModel:
    """Fit the groupless cloud that resembles a prepared table most.

    Parameters
    ----------
    Z : (n, d) prepared values, NaN = missing. Correlations are taken over the rows that have both columns.
    blocks : what the prepared columns stand for, in their order.
    """
    parts, latent = _split(Z, blocks)
    named = {part.at for part in parts if not isinstance(part, _Plain)}
    margins = [fit_marginal(latent[:, j], as_is=j in named) for j in range(latent.shape[1])]
    model = GrouplessModel(
        parts=parts,
        factor=np.eye(len(margins)),
        x=np.concatenate([m.x for m in margins]),
        height=np.concatenate([m.height for m in margins]),
        corners=np.concatenate([[0], np.cumsum([len(m.x) for m in margins])]).astype(np.int64),
        step=measure_steps(Z),
        twin=_find_twins(Z, blocks),
    )
    return _tune(model, _correlate(latent), plan)


def shake(Z: FloatArray, blocks: Sequence[Block], key: KeyArray) -> FloatArray:
    """Return a table with ties broken as its model would break them, without fitting one."""
    return jitter(Z, measure_steps(Z), key, _find_twins(Z, blocks))


def _tune(model: GrouplessModel, wanted: FloatArray, plan: Plan) -> GrouplessModel:
    """Return the model whose simulated columns have the wanted correlations."""
    q = len(wanted)
    if q == 1:
        return model
    normals = plan.generator(TUNING_STREAM).standard_normal((max(TUNING_ROWS, 4 * q), q))
    normals -= normals.mean(axis=0)
    normals = np.linalg.solve(np.linalg.cholesky(normals.T @ normals / len(normals)), normals.T).T.copy()
    latent = _repair(wanted)
    for _ in range(TUNING_ROUNDS):
        model = _replace_factor(model, np.linalg.cholesky(latent))
        latent = _repair(latent + wanted - _correlate(_draw_as_seen(model, normals, plan)))
    return _replace_factor(model, np.linalg.cholesky(latent))


def _draw_as_seen(model: GrouplessModel, normals: FloatArray, plan: Plan) -> FloatArray:
    """Return simulated columns with amounts missing at the limit.

    There the table's own are missing too.
    """
    drawn = model._map(normals, plan)
    for part in model.parts:
        if isinstance(part, _Hurdle):
            drawn[np.abs(drawn[:, part.at]) > 0.5, part.at + 1] = np.nan
    return drawn


def _replace_factor(model: GrouplessModel, factor: NDArray[Any]) -> GrouplessModel:
    # rounded, because the last bits may differ between linear algebra libraries
    return replace(model, factor=np.ascontiguousarray(np.round(factor, 9)))


def _repair(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    clipped = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(clipped))
    result: FloatArray = np.asarray(clipped / np.outer(scale, scale), dtype=np.float64)
    return result


def _correlate(columns: FloatArray) -> FloatArray:
    """Return Pearson correlations over the rows that have both columns.

    They are 0 with a column that does not vary.
    """
    present = ~np.isnan(columns)
    centered = np.where(present, columns - _average(columns), 0.0)
    seen = present.astype(np.float64)
    both = np.maximum(seen.T @ seen, 1.0)
    mean = centered.T @ seen / both  # of column i over the rows that have j
    cross = centered.T @ centered / both - mean * mean.T
    square = (centered**2).T @ seen / both - mean**2
    scale = np.sqrt(np.maximum(square, 0.0) * np.maximum(square.T, 0.0))
    result: FloatArray = np.where(scale > 1e-12, cross / np.where(scale > 1e-12, scale, 1.0), 0.0)
    np.fill_diagonal(result, 1.0)
    return result


def _average(columns: FloatArray) -> FloatArray:
    present = ~np.isnan(columns)
    means: FloatArray = np.where(present, columns, 0.0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return means


def _split(Z: FloatArray, blocks: Sequence[Block]) -> tuple[tuple[_Part, ...], FloatArray]:
    """Return the columns to draw, and what they become.

    One a feature, two where many rows lie at a limit.
    """
    columns: list[FloatArray] = []
    parts: list[_Part] = []
    named = any(b.kind == "nominal" or b.fact is not None for b in blocks)
    score = _score(Z) if named else np.zeros(len(Z))
    limited = _find_all_limits(Z, [b.start for b in blocks if b.kind != "nominal" and b.fact is None])
    told: dict[int, list[int]] = {}
    for block in blocks:
        if block.fact is not None:
            told.setdefault(block.fact, []).extend(range(block.start, block.stop))
    for block in blocks:
        at = len(columns)
        if block.fact is not None:
            if block.fact in told:
                fact, rank = _rank_together(Z, told.pop(block.fact), at, score)
                parts.append(fact)
                columns.append(rank)
            continue
        if block.kind == "nominal":
            part, rank = _rank(Z[:, block.start : block.stop], block, at, score)
            parts.append(part)
            columns.append(rank)
            continue
        column = Z[:, block.start]
        limits = limited.get(block.start)
        if limits is None:
            parts.append(_Plain(block, at))
            columns.append(column)
        else:
            where = np.where(np.isnan(column), np.nan, (column >= limits[1]) * 1.0 - (column <= limits[0]))
            parts.append(_Hurdle(block, at, *limits))
            columns += [where, np.where(where == 0, column, np.nan)]
    return tuple(parts), np.column_stack(columns)


def _find_all_limits(Z: FloatArray, columns: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Return the limits of the columns that have any.

    An end is one too where it says what another limit says: who never called has no calls, and no minutes of them.
    """
    limits = {j: found for j in columns if (found := _find_limits(Z[:, j]))}
    heaps = [Z[:, j] == end for j, ends in limits.items() for end in ends if np.isfinite(end)]
    for j in columns:
        distinct = np.unique(Z[~np.isnan(Z[:, j]), j])
        if j not in limits and len(distinct) > LIMITED:
            low, high = (any(_are_same(Z[:, j] == distinct[e], heap) for heap in heaps) for e in (0, -1))
            if low or high:
                limits[j] = (float(distinct[0]) if low else -np.inf, float(distinct[-1]) if high else np.inf)
    return limits


def _are_same(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    return bool((one & other).sum() >= SAME_ROWS * (one | other).sum())


def _find_limits(column: FloatArray) -> tuple[float, float] | None:
    """Return the ends where many rows lie, infinite where few do, None where both are."""
    distinct, counts = np.unique(column[~np.isnan(column)], return_counts=True)
    if len(distinct) <= LIMITED:
        return None
    near = max(distinct[1], distinct[0] + BESIDE), min(distinct[-2], distinct[-1] - BESIDE)
    beside = counts[1:][distinct[1:] <= near[0]].sum(), counts[:-1][distinct[:-1] >= near[1]].sum()
    low, high = (is_edge(counts, end) and counts[end] >= HEAPED * beside[end] for end in (0, -1))
    return (float(distinct[0]) if low else -np.inf, float(distinct[-1]) if high else np.inf) if low or high else None


def _rank(part: FloatArray, block: Block, at: int, score: FloatArray) -> tuple[_Levels, FloatArray]:
    """Return the rank of each row's level.

    Levels are in the order of their mean first principal score.
    """
    missing = np.isnan(part).any(axis=1)
    off, on = (float(np.nanmin(part)), float(np.nanmax(part))) if not missing.all() else (0.0, 0.0)
    chosen = np.where(missing, 0, np.nan_to_num(part).argmax(axis=1))
    sums = np.bincount(chosen[~missing], score[~missing], part.shape[1])
    counts = np.bincount(chosen[~missing], minlength=part.shape[1])
    order = np.argsort(np.round(sums / np.maximum(counts, 1), 9), kind="stable")
    rank = np.empty(part.shape[1])
    rank[order] = np.arange(part.shape[1])
    return _Levels(block, at, order, off, on), np.where(missing, np.nan, rank[chosen])


def _rank_together(Z: FloatArray, columns: list[int], at: int, score: FloatArray) -> tuple[_Fact, FloatArray]:
    """Return the rank of what some columns say together, ordered as levels are."""
    said = np.where(np.isnan(Z[:, columns]), np.inf, Z[:, columns]) + 0.0
    levels, chosen = np.unique(said, axis=0, return_inverse=True)
    sums, counts = np.bincount(chosen.ravel(), score), np.bincount(chosen.ravel())
    order = np.argsort(np.round(sums / counts, 9), kind="stable")
    rank = np.empty(len(levels))
    rank[order] = np.arange(len(levels))
    return _Fact(np.array(columns), at, np.where(np.isinf(levels), np.nan, levels)[order]), rank[chosen.ravel()]


def _find_twins(Z: FloatArray, blocks: Sequence[Block]) -> NDArray[np.int64]:
    """Return for each column the first one of its fact that says the same, or the opposite, as ``twin`` has it."""
    twin = np.arange(1, Z.shape[1] + 1)
    for fact in {b.fact for b in blocks if b.fact is not None}:
        at = [c for b in blocks if b.fact == fact for c in range(b.start, b.stop)]
        alike = _correlate(Z[:, at])
        for i, column in enumerate(at):
            first = int(np.flatnonzero(np.abs(alike[i]) >= SAME)[0])
            twin[column] = (at[first] + 1) * (-1 if alike[i, first] < 0 else 1)
    return twin


def _score(Z: FloatArray) -> FloatArray:
    centered = np.where(np.isnan(Z), 0.0, Z - _average(Z))
    direction = np.linalg.eigh(centered.T @ centered)[1][:, -1]
    direction *= np.sign(direction[np.abs(direction).argmax()])
    score: FloatArray = centered @ direction
    return score
