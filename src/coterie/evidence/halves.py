"""Two halves of the customers, clustered apart.

What both say alike, another sample would say too. Resamples of one sample share most of their rows, and whatever
chance put into it; two halves share nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import Fit, FloatArray, IntArray, Job, fit_many
from coterie.doors import frozen
from coterie.evidence import _structure
from coterie.evidence.plan import Plan

HALVINGS, STARTS = 10, 2  # for every number of segments
AGAIN_HALVINGS, AGAIN_STARTS, SWAPS = 20, 3, 3  # for the chosen one; so many swaps a segment
AT_ONCE = 1 << 23  # values of the tables that halves prepared, 64 MB
STREAM = 2 << 40
AGAIN_STREAM = STREAM + (1 << 20)

Preparation = Callable[[NDArray[np.bool_]], FloatArray]
"""Returns the rows (n, d) as those of them that are marked (n,) would prepare all."""


@frozen
class Halves:
    """Random halvings of the rows, both halves clustered.

    ``label`` (2, halvings, n) is the nearest cluster of each half to every row, ``inside`` (2, halvings, n) says whose
    rows made it.
    """

    label: IntArray
    inside: NDArray[np.bool_]


def halve(Z: FloatArray, ks: Sequence[int], plan: Plan) -> dict[int, Halves]:
    """Return halvings clustered for every k that both halves have rows for."""
    return _halve(Z, [Job(k=k, starts=STARTS) for k in ks], HALVINGS, STREAM, plan)


def halve_again(Z: FloatArray, k: int, plan: Plan, prepared: Preparation | None = None) -> Halves | None:
    """Return more halvings, clustered with more care; None where a half has too few rows.

    What chance does to the search must not pass for what it does to the customers. Each half prepares its columns
    itself, as another sample would: its ranges are others, and where a column is just about skewed its transform.

    Parameters
    ----------
    prepared : returns the rows as some of them (n,) would prepare them; None: as ``Z`` has them.
    """
    search = Job(k=k, starts=AGAIN_STARTS, swaps=SWAPS * k)
    return _halve(Z, [search], AGAIN_HALVINGS, AGAIN_STREAM, plan, prepared).get(k)


def _halve(
    Z: FloatArray,
    searches: Sequence[Job],
    many: int,
    stream: int,
    plan: Plan,
    prepared: Preparation | None = None,
) -> dict[int, Halves]:
    order = plan.generator(stream).random((many, len(Z))).argsort(axis=1)
    first = np.zeros((many, len(Z)))
    np.put_along_axis(first, order[:, : len(Z) // 2], 1.0, axis=1)
    sides = np.concatenate([first, 1.0 - first])
    known = ~np.isnan(Z).all(axis=1)
    able = [search for search in searches if search.k <= int(sides[:, known].sum(axis=1).min())]
    seeds = plan.seeds_of(range(stream, stream + len(sides)))
    jobs = [replace(search, weight=w, seed=seed) for search in able for w, seed in enumerate(seeds)]
    fits = _cluster(Z, jobs, sides, plan, prepared)
    shape = (2, many, len(Z))
    inside = sides.reshape(shape) > 0
    label = [np.stack([f.label for f in fits[i * len(sides) : (i + 1) * len(sides)]]) for i in range(len(able))]
    return {search.k: Halves(made.reshape(shape), inside) for search, made in zip(able, label, strict=True)}


def _cluster(
    Z: FloatArray, jobs: Sequence[Job], sides: FloatArray, plan: Plan, prepared: Preparation | None
) -> list[Fit]:
    """Return a solution for each job, of the rows as they are or as its side prepares them."""
    told = partial(plan.say, "halves")
    if prepared is None:
        return fit_many([Z], jobs, weights=sides, threads=plan.threads, progress=told)
    fits: list[Fit] = []
    together = max(1, AT_ONCE // max(1, Z.size))
    for at in range(0, len(jobs), together):
        some = jobs[at : at + together]
        tables = [prepared(sides[job.weight] > 0) for job in some]
        fits += fit_many(
            tables, [replace(job, data=i) for i, job in enumerate(some)], weights=sides, threads=plan.threads
        )
        told(len(fits), len(jobs))
    return fits


def measure_strength(found: Halves, k: int) -> float:
    """Return the prediction strength of one number of segments.

    It says how well one half of the rows predicts which rows of the other half belong together: the mean over random
    halvings, each used both ways, of the worst cluster's share of pairs that stay together. Tibshirani & Walther
    (2005), Cluster validation by prediction strength.  doi:10.1198/106186005X59243
    """
    label = found.label.reshape(-1, found.label.shape[2])
    other = found.label[::-1].reshape(label.shape)
    inside = found.inside[::-1].reshape(label.shape)
    together = _cross(other, label, inside, k).astype(np.float64)
    size = together.sum(axis=2)
    pairs = (together * (together - 1)).sum(axis=2)
    share = np.where(size > 1, pairs / np.maximum(size * (size - 1), 1), 0.0)
    return float(share.min(axis=1).mean())


def place(found: Halves, label: IntArray, k: int) -> IntArray:
    """Return each half's clusters as those of one solution that they match best: (2, halvings, n), -1 where none.

    ``label`` (n,) are the rows' clusters in that solution.
    """
    told = found.label.reshape(-1, len(label))
    whole = np.broadcast_to(label, told.shape)
    partner = _structure.matches(_cross(told, whole, np.ones(told.shape, dtype=bool), k).astype(np.float64))
    same = np.where(told < 0, -1, np.take_along_axis(partner, np.maximum(told, 0).astype(np.intp), axis=1))
    return same.reshape(found.label.shape).astype(np.int32)


def _cross(a: IntArray, b: IntArray, use: NDArray[np.bool_], k: int) -> NDArray[np.int64]:
    """Count the used rows in both clusters, for each pair: (pairs, k, k)."""
    code = (np.arange(len(a))[:, None] * k + a) * k + b
    keep = use & (a >= 0) & (b >= 0)
    return np.bincount(code[keep], minlength=len(a) * k * k).reshape(len(a), k, k)
