"""The shape of one column with a single mode; broken ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen
from coterie.evidence import _structure
from coterie.evidence.plan import scramble

FloatArray = NDArray[np.float64]
KeyArray = NDArray[np.uint64]

FEW_LEVELS = 20  # up to so many distinct values a column is a list of levels, above it a curve
EDGE_SHARE, EDGE_ROWS = 0.01, 10  # a smallest or largest value shared by so many rows is kept as it is
MOST_PARTS = 12  # a share of so many orders at most can be told from an amount
NEAR_FRACTION = 0.006  # what two decimals leave of a share
ON_FRACTIONS = 0.95  # of the rows between the ends, in a share of few; of even ones 56 %


@frozen
class Marginal:
    """A distribution function by its corners; a repeated ``x`` is a jump."""

    x: FloatArray
    height: FloatArray


def fit_marginal(column: FloatArray, *, as_is: bool = False) -> Marginal:
    """Return the nearest distribution with a single mode.

    Missing values count nothing; with ``as_is``, and for a share of few, it is the column's own. A smallest or largest
    value that at least 1% and ten rows share stays what it is. A column with fewer distinct values than half its rows
    is drawn from its own values.
    """
    values = column[~np.isnan(column)]
    if len(values) == 0:
        return Marginal(np.zeros(2), np.array([0.0, 1.0]))
    distinct, counts = np.unique(values, return_counts=True)
    share: FloatArray = counts / len(values)
    if as_is or is_share_of_few(distinct, counts):
        return Marginal(*_climb(distinct, share))
    if len(distinct) <= FEW_LEVELS:
        return Marginal(*_climb(distinct, _one_peak(np.arange(len(distinct) + 1.0), share)))
    low, high = (float(share[e]) if is_edge(counts, e) else 0.0 for e in (0, -1))
    inner = slice(1 if low else 0, len(distinct) - 1 if high else None)
    if len(distinct) < len(values) / 2:  # as coarse as the column is: a share for each of its values
        share[inner] = _one_peak(_cut_cells(distinct[inner]), share[inner])
        return Marginal(*_climb(distinct, share))
    x, height = _fit_curve(distinct[inner], share[inner])
    height = low + height * (1.0 - low - high)
    if low:
        x, height = np.r_[distinct[0], distinct[0], x], np.r_[0.0, low, height]
    if high:
        x, height = np.r_[x, distinct[-1], distinct[-1]], np.r_[height, 1.0 - high, 1.0]
    return Marginal(x, height)


def is_edge(counts: NDArray[np.int64], end: int) -> bool:
    """Say whether many rows share the first (0) or last (-1) value."""
    return bool(counts[end] >= max(EDGE_ROWS, EDGE_SHARE * counts.sum()))


def is_share_of_few(distinct: FloatArray, counts: NDArray[np.int64]) -> bool:
    """Say whether values are shares of few: halves, thirds and quarters rather than steps of one length.

    Such a column has heaps with nothing between them, whoever the customers are.
    """
    between = counts[1:-1]
    if between.sum() < EDGE_ROWS:
        return False
    parts = np.arange(1, MOST_PARTS + 1)
    place = ((distinct - distinct[0]) / (distinct[-1] - distinct[0]))[1:-1, np.newaxis]
    near = np.abs(place - np.round(place * parts) / parts) < NEAR_FRACTION
    told = near.any(axis=1)
    steps = np.lcm.reduce(near[told].argmax(axis=1) + 1, initial=1)
    return bool(between[told].sum() >= ON_FRACTIONS * between.sum() and steps > MOST_PARTS)


def _fit_curve(distinct: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    head = np.cumsum(share) / share.sum()
    foot = np.concatenate([[0.0], head[:-1]])
    return _structure.unimodal(distinct, foot, head, _spread_modes(head))


def _spread_modes(head: FloatArray) -> NDArray[np.int64]:
    """Return positions of 49 quantiles, where the mode is sought."""
    return np.unique(np.minimum(np.searchsorted(head, np.linspace(0.02, 0.98, 49)), len(head) - 1)).astype(np.int64)


def _one_peak(ends: FloatArray, share: FloatArray) -> FloatArray:
    """Return the nearest shares whose density has one peak.

    Shares are of the cells between ``ends``; the density rises to one cell and falls after it.
    """
    total = float(share.sum())
    height = np.concatenate([[0.0], np.cumsum(share) / total])
    modes = np.arange(len(ends)) if len(ends) <= FEW_LEVELS + 1 else _spread_modes(height)
    x, fitted = _structure.unimodal(ends, height, height, modes.astype(np.int64))
    shares: FloatArray = np.diff(np.interp(ends, x, fitted)) * total
    return shares


def _cut_cells(levels: FloatArray) -> FloatArray:
    """Return ends of the cells that round to each level."""
    if len(levels) == 1:
        return np.array([levels[0] - 0.5, levels[0] + 0.5])
    middles = (levels[1:] + levels[:-1]) / 2
    ends: FloatArray = np.concatenate([[2 * levels[0] - middles[0]], middles, [2 * levels[-1] - middles[-1]]])
    return ends


def _climb(distinct: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    top = np.cumsum(share)
    return np.repeat(distinct, 2), np.column_stack([np.concatenate([[0.0], top[:-1]]), top]).ravel()


def measure_steps(Z: FloatArray) -> FloatArray:
    """Return the width of the jitter in each prepared column.

    It is the median step between neighboring values where there are few, else 0.
    """
    step = np.zeros(Z.shape[1])
    for j in range(Z.shape[1]):
        values = Z[~np.isnan(Z[:, j]), j]
        distinct = np.unique(values)
        if 1 < len(distinct) < len(values) / 2:
            step[j] = np.median(np.diff(distinct))
    return step


def jitter(Z: FloatArray, step: FloatArray, key: KeyArray, twin: NDArray[np.int64] | None = None) -> FloatArray:
    """Return the table with the ties of columns with few values broken.

    Up to half a step is added either way, as each row's key decides.

    Parameters
    ----------
    Z : (n, d) prepared values.
    step : (d,) the whole width a column is spread over; 0 leaves it as it is.
    key : (n,) the leading 64 bits of each row's hash.
    twin : (d,) the column, counted from 1, that a column says the same as; negative where it says the opposite. They
        move together, or cells would touch at their corners alone. By default each is its own.
    """
    moved = Z.copy()
    for j in np.flatnonzero(step):
        like = int(j) + 1 if twin is None else int(twin[j])
        mixed = scramble(key ^ scramble(np.uint64(abs(like))))
        moved[:, j] += np.sign(like) * ((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5) * step[j]
    return moved
