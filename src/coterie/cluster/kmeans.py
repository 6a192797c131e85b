"""Batched weighted k-means: many fits in one native call.

The bytes are the same for any number of threads.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import _kernel
from coterie.doors import frozen

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

STARTS = 20  # a hundred on tiny tables, where one row decides much; half on large ones, where they take long
LARGE, TINY = 10_000, 50  # rows
MANY = 8  # clusters above which large tables too get all starts
SWAPS = (30, 600)  # few on large tables, many on small ones, where they cost nothing: see benchmarks/restarts.py
SWAP_ROWS = 1_000_000
MOST_TURNS = 1_000  # of Lloyd's iterations from given centers; they end long before
HITS = 5  # on large tables, reached so often, the best solution is taken as the best that starts find


@frozen
class Fit:
    """One k-means solution, clusters in canonical order: weight descending, then center.

    ``label`` is the assignment of every row to ``centers`` (-1: a row that lacks every value), rows of weight 0
    included. ``hits`` of ``starts`` starts reached the least ``inertia`` within 1e-4; ``runner_up`` is the least
    inertia of a start that ended farther away than that, nan if there was none.
    """

    centers: FloatArray
    label: IntArray
    sizes: FloatArray
    inertia: float
    iterations: int
    starts: int
    hits: int
    runner_up: float
    runner_up_centers: FloatArray | None


@frozen
class Job:
    """One fit of a batch.

    ``weight`` is a row of the batch's weights (-1: every row once). ``swaps`` follow the starts.
    With ``enough`` the starts end early, once the best inertia was reached that often (0: never).
    """

    k: int
    data: int = 0
    weight: int = -1
    seed: int = 0
    starts: int = 1
    swaps: int = 0
    enough: int = 0


@frozen
class Assigned:
    """Nearest centers of rows.

    ``label`` (n,), and the unsquared distances to the ``nearest`` and ``second`` nearest one.
    """

    label: IntArray
    nearest: FloatArray
    second: FloatArray


def fit(
    Z: FloatArray,
    k: int,
    *,
    weight: FloatArray | None = None,
    seed: int = 0,
    starts: int | None = None,
    swaps: int | None = None,
    threads: int = 0,
) -> Fit:
    """Return the best k-means solution found for ``Z`` (n, d).

    Missing values (NaN) add nothing to any distance. Greedy k-means++ starts followed by Lloyd's iterations; then
    swaps, which move one center to where it is worth more and keep what that leads to when it is better.

    Parameters
    ----------
    Z : prepared rows, float64.
    k : clusters, at most the rows of positive weight.
    weight : (n,) how often each row counts; zero leaves a row out of the fit, not out of the labels.
    starts, swaps : None takes as many as ``thorough``.
    threads : 0 takes every core this process may use; the result does not depend on it.

    Raises
    ------
    ValueError : shapes do not agree, weights are negative or not finite, ``Z`` has infinities, or too few rows.

    References
    ----------
    Arthur & Vassilvitskii (2007), k-means++. Lattanzi & Sohler (2019), A better k-means++
    algorithm via local search. Fränti (2018), Efficiency of random swap clustering.

    >>> import numpy as np
    >>> found = fit(np.array([[0.0], [1.0], [10.0], [11.0], [12.0]]), 2)
    >>> found.centers.ravel(), found.sizes, found.inertia
    (array([11. ,  0.5]), array([3., 2.]), 2.5)
    """
    usual = thorough(len(Z), k, weight=-1 if weight is None else 0, seed=seed)
    job = replace(
        usual,
        starts=usual.starts if starts is None else starts,
        swaps=usual.swaps if swaps is None else swaps,
        enough=usual.enough if starts is None else 0,
    )
    return fit_many([Z], [job], weights=None if weight is None else [weight], threads=threads)[0]


def refine(Z: FloatArray, centers: FloatArray, *, threads: int = 0) -> Fit:
    """Return the k-means solution that Lloyd's iterations reach from ``centers``.

    The clusters keep the order of the centers. A cluster that loses all its rows stays where it is.

    Parameters
    ----------
    Z : (n, d) prepared rows, NaN = missing: it adds nothing to any distance and to no mean.
    centers : (k, d) where to start.

    >>> import numpy as np
    >>> refine(np.array([[0.0], [1.0], [10.0], [12.0]]), np.array([[9.0], [2.0]])).centers.ravel()
    array([11. ,  0.5])
    """
    Z, centers = _matrix(Z), np.array(centers, dtype=np.float64)
    known, filled = (~np.isnan(Z)).astype(np.float64), np.nan_to_num(Z)
    k, before = len(centers), None
    turn = 0
    while turn < MOST_TURNS:
        turn += 1
        found = assign(Z, centers, threads=threads)
        if before is not None and np.array_equal(found.label, before):
            break
        before, inside = found.label, found.label >= 0
        for j in range(Z.shape[1]):
            total = np.bincount(before[inside], weights=filled[inside, j], minlength=k)
            count = np.bincount(before[inside], weights=known[inside, j], minlength=k)
            centers[:, j] = np.where(count > 0, total / np.maximum(count, 1.0), centers[:, j])
    sizes = np.bincount(found.label[found.label >= 0], minlength=k).astype(np.float64)
    inertia = float(np.nansum(found.nearest**2))
    return Fit(centers, found.label, sizes, inertia, turn, 1, 1, math.nan, None)


def thorough(rows: int, k: int, *, data: int = 0, weight: int = -1, seed: int = 0) -> Job:
    """Return the job that searches as final solutions deserve.

    Twenty starts, a hundred on tables of 50 rows and fewer; above 10,000 rows ten (twenty above k = 8), fewer once the
    best solution was reached five times. Then 30 to 600 swaps, about a million row visits: see
    ``benchmarks/restarts.py``.

    >>> thorough(2_000, 5)
    Job(k=5, data=0, weight=-1, seed=0, starts=20, swaps=500, enough=0)
    """
    tiny, large = rows <= TINY, rows > LARGE
    return Job(
        k=k,
        data=data,
        weight=weight,
        seed=seed,
        starts=5 * STARTS if tiny else STARTS // 2 if large and k <= MANY else STARTS,
        swaps=min(max(SWAP_ROWS // max(rows, 1), SWAPS[0]), SWAPS[1]) if k > 1 else 0,
        enough=HITS if large else 0,
    )


def fit_many(
    data: Sequence[FloatArray],
    jobs: Sequence[Job],
    *,
    weights: FloatArray | Sequence[FloatArray] | None = None,
    labels: bool = True,
    threads: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Fit]:
    """Return each job's ``Fit``, in order, from one native call.

    Parameters
    ----------
    data : matrices (n, d), each with its own shape; NaN = missing.
    jobs : the fits wanted.
    weights : one row of counts a resample, as long as the data it is used with.
    labels : False leaves ``Fit.label`` empty, which saves n · 4 bytes a job.
    progress : called now and then, from the calling thread, with (fits done, fits in all).

    Raises
    ------
    ValueError : as for ``fit``. KeyboardInterrupt ends the work within a moment.
    """
    tables = [_matrix(Z) for Z in data]
    rows = [np.ascontiguousarray(w, dtype=np.float64) for w in ([] if weights is None else weights)]
    for w in rows:
        if not (w >= 0).all() or not np.isfinite(w).all():
            raise ValueError("weights must be finite and not negative")
    inside = [_inside(Z) for Z in tables]
    usable: dict[tuple[int, int], int] = {}  # weights and data → the position of the native weights
    kept: list[FloatArray] = []
    for job in jobs:
        pair = (job.weight, job.data)
        if job.weight >= 0 and pair not in usable:
            if rows[job.weight].shape != (len(tables[job.data]),):
                raise ValueError(f"weights of shape {rows[job.weight].shape} do not fit {len(tables[job.data])} rows")
            usable[pair] = len(kept)
            kept.append(rows[job.weight][inside[job.data]])
    solid = [Z[mask] for Z, mask in zip(tables, inside, strict=True)]
    for job in jobs:
        at = usable.get((job.weight, job.data), -1)
        _check(job, len(solid[job.data]) if at < 0 else int(np.count_nonzero(kept[at])))
    table = np.array(
        [(j.k, j.data, usable.get((j.weight, j.data), -1), j.seed, j.starts, j.swaps, j.enough) for j in jobs],
        dtype=np.int64,
    ).reshape(len(jobs), 7)
    fits = _kernel.fit_many(solid, kept, table, labels, count_cores(threads), progress)
    return [Fit(f[0], _spread(f[1], inside[job.data]), *f[2:]) for job, f in zip(jobs, fits, strict=True)]


def assign(Z: FloatArray, centers: FloatArray, *, threads: int = 0) -> Assigned:
    """Return each row's nearest center, and how far it is.

    Ties (within 1e-12 of the least squared distance) go to the first. Distances are unsquared, and ``second`` is
    infinite with one center. A row that lacks every value gets label -1 and NaN distances. Cost: one pass.

    >>> import numpy as np
    >>> found = assign(np.array([[1.0, 0.0], [np.nan, 3.0]]), np.array([[0.0, 0.0], [4.0, 4.0]]))
    >>> found.label, found.nearest, found.second
    (array([0, 1], dtype=int32), array([1., 1.]), array([5., 3.]))
    """
    Z, centers = _matrix(Z), _matrix(centers)
    if centers.shape[1] != Z.shape[1] or len(centers) == 0 or np.isnan(centers).any():
        raise ValueError(f"centers of shape {centers.shape} do not fit rows of {Z.shape[1]} values")
    return Assigned(*_kernel.assign(Z, centers, count_cores(threads)))


def distances(Z: FloatArray, centers: FloatArray) -> FloatArray:
    """Return squared distances (n, k) to all centers.

    A missing value adds nothing; a row that lacks every value is nowhere, at distance 0 of all. Where only the nearest
    center counts, ``assign`` is faster.

    >>> import numpy as np
    >>> distances(np.array([[1.0, np.nan], [3.0, 4.0]]), np.array([[0.0, 0.0], [3.0, 0.0]]))
    array([[ 1.,  4.],
           [25., 16.]])
    """
    away: FloatArray = np.stack([np.nansum((Z - center) ** 2, axis=1) for center in centers], axis=1)
    return away


def count_cores(threads: int) -> int:
    """Return the threads to use: 0 stands for every core.

    Cores that this process may not run on do not count.
    """
    if threads > 0:
        return threads
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


def _matrix(Z: FloatArray) -> FloatArray:
    Z = np.ascontiguousarray(Z, dtype=np.float64)
    if Z.ndim != 2 or Z.shape[1] == 0:
        raise ValueError(f"a matrix of rows and columns is needed, not an array of shape {Z.shape}")
    if np.isinf(Z).any():
        raise ValueError("infinite values cannot be clustered")
    return Z


def _inside(Z: FloatArray) -> slice | NDArray[np.bool_]:
    """Return which rows have a value at all."""
    if not np.isnan(Z[:, 0]).any():
        return slice(None)
    mask: NDArray[np.bool_] = np.logical_not(np.isnan(Z).all(axis=1))
    return slice(None) if mask.all() else mask


def _spread(label: IntArray, inside: slice | NDArray[np.bool_]) -> IntArray:
    """Return labels for all rows: -1 for those without a value."""
    if isinstance(inside, slice) or not len(label):
        return label
    result = np.full(len(inside), -1, dtype=np.int32)
    result[inside] = label
    return result


def _check(job: Job, rows: int) -> None:
    if not 1 <= job.k <= rows:
        raise ValueError(f"k = {job.k} clusters need at least that many rows; there are {rows}")
    if job.starts < 1 or job.swaps < 0:
        raise ValueError(f"at least one start is needed, not {job.starts} and {job.swaps} swaps")
