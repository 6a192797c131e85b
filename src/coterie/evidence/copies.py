"""Rows that are near-copies of each other: a customer a month, with small differences.

Their clumps are empty around, and each looks like a group; but what is in them is one customer.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen
from coterie.evidence import _structure
from coterie.evidence.groupless import Block
from coterie.evidence.marginals import FloatArray
from coterie.evidence.plan import least_size

MOST = 30  # near-copies of one customer that are looked for; what could be a segment is none
NOTHING = 1e-20  # a squared distance below which rows are equal
JUMP = 0.95  # quantile of the largest jumps in a groupless table, above which one is remarkable
OFTEN = 0.25  # share of rows with a remarkable jump, above which rows are copies
GLANCE = 256  # rows that are looked at first
FAR_FROM = 0.5  # of ``OFTEN``: a smaller share of these rows leaves no doubt
LEFT_OUT = 8  # columns that may be what tells the copies of a customer apart, one at a time


@frozen
class Copies:
    """How many rows each customer has, more or less, and the rows to keep: one of each.

    ``apart_from`` is the column that tells a customer's rows apart, such as the month; None: they differ little.
    """

    each: int
    apart_from: str | None
    kept: NDArray[np.intp]


def find_copies(rows: FloatArray, groupless: FloatArray, blocks: Iterable[Block], threads: int) -> Copies | None:
    """Return near-copies; None where rows are customers.

    A row's distances to its neighbors jump where its copies end. Kept is each row that has no kept one among so many
    neighbors as a customer has other rows. Each column whose values repeat is left out in turn, for one of them may be
    what tells a customer's rows apart.

    Parameters
    ----------
    rows : (n, d) prepared values with ties broken, NaN = missing, in the order of their hash.
    groupless : (n, d) a groupless table of the same shape, with ties broken.
    blocks : the columns whose values repeat.

    Notes
    -----
    Cost: 256 n distances twice, for all columns and for each that is left out; n² where the first rows leave doubt.
    """
    most = min(MOST, int(least_size(len(rows))))
    if most < 2:
        return None
    rows, groupless = _fill(rows), _fill(groupless)
    best, apart_from = _compare(rows, groupless, most, threads), None
    for block in list(blocks)[:LEFT_OUT]:
        others = np.r_[: block.start, block.stop : rows.shape[1]]
        if len(others) > 1:
            found = _compare(rows[:, others], groupless[:, others], most, threads)
            best, apart_from = (found, block.name) if found.often > best.often else (best, apart_from)
    if best.often <= OFTEN:
        return None
    kept = np.zeros(len(rows), dtype=bool)
    for i, near in enumerate(best.near[:, : best.others]):
        kept[i] = not kept[near].any()
    return Copies(best.others + 1, apart_from, np.flatnonzero(kept))


def _fill(table: FloatArray) -> FloatArray:
    """Return the table with means where values are missing."""
    missing = np.isnan(table)
    known = np.where(missing, 0.0, table)
    middle = known.sum(axis=0) / np.maximum(1, (~missing).sum(axis=0))
    return np.where(missing, middle, table)


@frozen
class _Compared:
    """How often jumps are remarkable, how many others stand before such a jump, and each row's neighbors."""

    often: float
    others: int
    near: NDArray[np.int32]


def _compare(rows: FloatArray, groupless: FloatArray, most: int, threads: int) -> _Compared:
    rows, groupless = np.ascontiguousarray(rows), np.ascontiguousarray(groupless)
    glance = _compare_first(rows, groupless, GLANCE, most, threads)
    if len(rows) <= GLANCE or glance.often < FAR_FROM * OFTEN:
        return glance
    return _compare_first(rows, groupless, len(rows), most, threads)


def _compare_first(rows: FloatArray, groupless: FloatArray, first: int, most: int, threads: int) -> _Compared:
    jump, before, near = _find_jumps(rows, first, most, threads)
    usual, _, _ = _find_jumps(groupless, first, most, threads)
    remarkable = jump > np.quantile(usual, JUMP)
    others = int(np.median(before[remarkable])) if remarkable.any() else 0
    return _Compared(float(remarkable.mean()), others, near)


def _find_jumps(
    table: FloatArray, first: int, most: int, threads: int
) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.int32]]:
    """Return the largest jump among the nearest distances of each of the first rows.

    Beside it how many others are before it, and the row's neighbors.
    """
    square, near = _structure.neighbors(table, first, most, threads)
    jumps = np.diff(np.log(np.maximum(square, NOTHING)), axis=1)
    at = jumps.argmax(axis=1)
    return np.take_along_axis(jumps, at[:, None], axis=1)[:, 0], at + 1, near
