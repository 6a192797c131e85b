"""The null model: one cloud with a table's own columns, spreads and correlations, but without groups.

Every column keeps its distribution as far as a single mode allows, and every pair of columns its correlation
(NORTA: normals, correlated, mapped through the columns' quantiles; Cario and Nelson 1997). What a test finds in such
tables is what shape alone gives; only what exceeds it may be called a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import _structure
from coterie.cluster.kmeans import cores
from coterie.plan import Plan, scramble

FloatArray = NDArray[np.float64]
KeyArray = NDArray[np.uint64]

FEW_LEVELS = 20  # up to so many distinct values a column is a list of levels, above it a curve
EDGE_SHARE, EDGE_ROWS = 0.01, 10  # a smallest or largest value shared by so many rows is kept as it is
TUNING_ROWS, TUNING_ROUNDS = 2000, 4
TUNING_STREAM = 1 << 40
LEAST_EIGENVALUE = 1e-4


@dataclass(frozen=True, slots=True)
class Block:
    """Prepared columns ``start`` to ``stop`` that came from one feature.

    A ``nominal`` block holds one column a level, of which each row has one set; others hold one column.
    """

    name: str
    kind: Literal["numeric", "binary", "nominal"]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Margin:
    x: FloatArray  # corners of the distribution function; a repeated x is a jump
    height: FloatArray


@dataclass(frozen=True, slots=True)
class Null:
    """A fitted null model; ``draw`` gives tables from it."""

    blocks: tuple[Block, ...]
    orders: tuple[NDArray[np.intp] | None, ...]  # of each nominal block: its columns in latent order
    hot: tuple[tuple[float, float], ...]  # of each nominal block: value where a level is not set, and where it is
    factor: FloatArray
    x: FloatArray
    height: FloatArray
    corners: NDArray[np.int64]
    step: FloatArray  # (d,) width of the jitter that breaks the ties of a prepared column; 0 = none

    def draw(self, rows: int, streams: Sequence[int], plan: Plan) -> FloatArray:
        """Draw one table of ``rows`` rows for every stream: (streams, rows, d). A stream's table is always the same."""
        q = len(self.blocks)
        normals = np.stack([plan.generator(s).standard_normal((rows, q)) for s in streams])
        return self._expand(self._map(normals, plan)).reshape(len(streams), rows, -1)

    def _map(self, normals: FloatArray, plan: Plan) -> FloatArray:
        return _structure.draw(normals, self.factor, self.x, self.height, self.corners, cores(plan.threads))

    def _expand(self, latent: FloatArray) -> FloatArray:
        if all(order is None for order in self.orders):
            return latent
        table = np.empty((len(latent), self.blocks[-1].stop))
        for j, (block, order, (off, on)) in enumerate(zip(self.blocks, self.orders, self.hot, strict=True)):
            if order is None:
                table[:, block.start] = latent[:, j]
            else:
                table[:, block.start : block.stop] = off
                table[np.arange(len(latent)), block.start + order[latent[:, j].astype(np.intp)]] = on
        return table


def jitter(Z: FloatArray, step: FloatArray, key: KeyArray) -> FloatArray:
    """Break the ties of columns with few values: add up to half a step either way, decided by each row's key.

    Parameters
    ----------
    Z : (n, d) prepared values.
    step : (d,) the whole width a column is spread over; 0 leaves it as it is.
    key : (n,) the leading 64 bits of each row's hash.
    """
    moved = Z.copy()
    for j in np.flatnonzero(step):
        mixed = scramble(key ^ scramble(np.uint64(j + 1)))
        moved[:, j] += ((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5) * step[j]
    return moved


def fit(Z: FloatArray, blocks: Sequence[Block], plan: Plan) -> Null:
    """Fit the groupless cloud that resembles a prepared table most.

    Parameters
    ----------
    Z : (n, d) prepared values, NaN = missing. Correlations are taken over the rows that have both columns.
    blocks : what the prepared columns stand for, in their order.
    """
    orders, hot, latent = _latent(Z, blocks)
    margins = [_margin(latent[:, j], orders[j] is not None) for j in range(latent.shape[1])]
    model = Null(
        blocks=tuple(blocks),
        orders=orders,
        hot=hot,
        factor=np.eye(len(margins)),
        x=np.concatenate([m.x for m in margins]),
        height=np.concatenate([m.height for m in margins]),
        corners=_offsets([len(m.x) for m in margins]),
        step=steps(Z),
    )
    return _tuned(model, _correlation(latent), plan)


def _tuned(model: Null, wanted: FloatArray, plan: Plan) -> Null:
    """Choose the normals' correlations so that the simulated columns have the wanted ones."""
    q = len(wanted)
    if q == 1:
        return model
    normals = plan.generator(TUNING_STREAM).standard_normal((max(TUNING_ROWS, 4 * q), q))
    normals -= normals.mean(axis=0)
    normals = np.linalg.solve(np.linalg.cholesky(normals.T @ normals / len(normals)), normals.T).T.copy()
    latent = _nearest_correlation(wanted)
    for _ in range(TUNING_ROUNDS):
        model = _replace_factor(model, np.linalg.cholesky(latent))
        latent = _nearest_correlation(latent + wanted - _correlation(model._map(normals, plan)))
    return _replace_factor(model, np.linalg.cholesky(latent))


def _replace_factor(model: Null, factor: NDArray[Any]) -> Null:
    # rounded, because the last bits may differ between linear algebra libraries
    return replace(model, factor=np.ascontiguousarray(np.round(factor, 9)))


def _nearest_correlation(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    clipped = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(clipped))
    result: FloatArray = np.asarray(clipped / np.outer(scale, scale), dtype=np.float64)
    return result


def _correlation(columns: FloatArray) -> FloatArray:
    """Pearson correlations over the rows that have both columns; 0 with a column that does not vary."""
    present = ~np.isnan(columns)
    centered = np.where(present, columns - _means(columns), 0.0)
    seen = present.astype(np.float64)
    both = np.maximum(seen.T @ seen, 1.0)
    mean = centered.T @ seen / both  # of column i over the rows that have j
    cross = centered.T @ centered / both - mean * mean.T
    square = (centered**2).T @ seen / both - mean**2
    scale = np.sqrt(np.maximum(square, 0.0) * np.maximum(square.T, 0.0))
    result: FloatArray = np.where(scale > 1e-12, cross / np.where(scale > 1e-12, scale, 1.0), 0.0)
    np.fill_diagonal(result, 1.0)
    return result


def _means(columns: FloatArray) -> FloatArray:
    present = ~np.isnan(columns)
    means: FloatArray = np.where(present, columns, 0.0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return means


def _latent(
    Z: FloatArray, blocks: Sequence[Block]
) -> tuple[tuple[NDArray[np.intp] | None, ...], tuple[tuple[float, float], ...], FloatArray]:
    """One column a feature: a nominal feature becomes the rank of its level by mean first principal score."""
    columns: list[FloatArray] = []
    orders: list[NDArray[np.intp] | None] = []
    hot: list[tuple[float, float]] = []
    score = _first_score(Z) if any(b.kind == "nominal" for b in blocks) else np.zeros(len(Z))
    for block in blocks:
        if block.kind != "nominal":
            columns.append(Z[:, block.start])
            orders.append(None)
            hot.append((0.0, 0.0))
            continue
        part = Z[:, block.start : block.stop]
        missing = np.isnan(part).any(axis=1)
        off, on = (float(np.nanmin(part)), float(np.nanmax(part))) if not missing.all() else (0.0, 0.0)
        chosen = np.where(missing, 0, np.nan_to_num(part).argmax(axis=1))
        sums = np.bincount(chosen[~missing], score[~missing], part.shape[1])
        counts = np.bincount(chosen[~missing], minlength=part.shape[1])
        order = np.argsort(np.round(sums / np.maximum(counts, 1), 9), kind="stable")
        rank = np.empty(part.shape[1])
        rank[order] = np.arange(part.shape[1])
        columns.append(np.where(missing, np.nan, rank[chosen]))
        orders.append(order)
        hot.append((off, on))
    return tuple(orders), tuple(hot), np.column_stack(columns)


def _first_score(Z: FloatArray) -> FloatArray:
    centered = np.where(np.isnan(Z), 0.0, Z - _means(Z))
    direction = np.linalg.eigh(centered.T @ centered)[1][:, -1]
    direction *= np.sign(direction[np.abs(direction).argmax()])
    score: FloatArray = centered @ direction
    return score


def steps(Z: FloatArray) -> FloatArray:
    """Return the jitter's width in each prepared column: the median step between neighboring values where few exist."""
    step = np.zeros(Z.shape[1])
    for j in range(Z.shape[1]):
        values = Z[~np.isnan(Z[:, j]), j]
        distinct = np.unique(values)
        if 1 < len(distinct) < len(values) / 2:
            step[j] = np.median(np.diff(distinct))
    return step


def _offsets(lengths: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _margin(column: FloatArray, as_is: bool) -> _Margin:
    values = column[~np.isnan(column)]
    if len(values) == 0:
        return _Margin(np.zeros(2), np.array([0.0, 1.0]))
    distinct, counts = np.unique(values, return_counts=True)
    share = counts / len(values)
    if len(distinct) <= FEW_LEVELS or as_is:
        return _Margin(*_stairs(distinct, share if as_is else _one_peak(share)))
    low, high = (float(share[e]) if share[e] >= EDGE_SHARE and counts[e] >= EDGE_ROWS else 0.0 for e in (0, -1))
    inner = slice(1 if low else 0, len(distinct) - 1 if high else None)
    x, height = _curve(distinct[inner], share[inner])
    height = low + height * (1.0 - low - high)
    if low:
        x, height = np.r_[distinct[0], distinct[0], x], np.r_[0.0, low, height]
    if high:
        x, height = np.r_[x, distinct[-1], distinct[-1]], np.r_[height, 1.0 - high, 1.0]
    if len(distinct) < len(values) / 2:  # round draws to the nearest observed value
        top = np.interp((distinct[1:] + distinct[:-1]) / 2, x, height)
        x, height = _stairs(distinct, np.diff(top, prepend=0.0, append=1.0))
    return _Margin(x, height)


def _curve(distinct: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    head = np.cumsum(share) / share.sum()
    foot = np.concatenate([[0.0], head[:-1]])
    modes = np.unique(np.minimum(np.searchsorted(head, np.linspace(0.02, 0.98, 49)), len(distinct) - 1))
    return _structure.unimodal(distinct, foot, head, modes.astype(np.int64))


def _stairs(distinct: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    top = np.cumsum(share)
    return np.repeat(distinct, 2), np.column_stack([np.concatenate([[0.0], top[:-1]]), top]).ravel()


def _one_peak(share: FloatArray) -> FloatArray:
    """Return the nearest shares that rise to one level and fall after it, nearest as distribution functions."""
    best, least = share, np.inf
    for peak in range(len(share)):
        shape = np.concatenate([_rising(share[: peak + 1]), _rising(share[:peak:-1])[::-1]])
        distance = float(np.abs(np.cumsum(shape - share)).max())
        if distance < least - 1e-12:
            best, least = shape, distance
    return best


def _rising(values: FloatArray) -> FloatArray:
    """Pool neighbors that fall until none does (least squares, sum kept)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = float(value), 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, size = pools.pop()
            total, count = total + before, count + size
        pools.append((total, count))
    return np.repeat([total / count for total, count in pools], [count for _, count in pools])
