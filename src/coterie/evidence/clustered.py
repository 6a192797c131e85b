"""Tables clustered for every number of segments, and what is measured on the solutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import IntArray, Job, fit_many
from coterie.doors import frozen
from coterie.evidence import _structure, components
from coterie.evidence.marginals import FloatArray
from coterie.evidence.plan import Plan

LongArray = NDArray[np.int64]


@frozen
class Compactness:
    """Statistics of tables, (tables, ks) each; larger is more clustered."""

    within: FloatArray  # -log(within / total sum of squares)
    silhouette: FloatArray  # mean simplified silhouette


@frozen
class Gaps:
    """How thin borders are, straight from center to center.

    (tables, ks) each; larger is thinner.
    """

    dip_largest: FloatArray
    dip_mean: FloatArray
    depth: FloatArray  # of the table's deepest border


@frozen
class Clustered:
    """Solutions of some tables for every k.

    ``label`` (tables, ks, n), ``centers`` (tables, ks, max k, d).
    """

    streams: range
    label: IntArray
    centers: FloatArray
    sizes: FloatArray
    compactness: Compactness
    shaken: FloatArray | None = None  # the tables with ties broken, where they are small enough to be kept


def cluster(tables: FloatArray, ks: Sequence[int], starts: int, streams: range, plan: Plan) -> Clustered:
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
    return Clustered(
        streams=streams,
        label=np.stack([found.label for found in fits[: len(jobs)]]).reshape(*shape, -1),
        centers=centers.reshape(*shape, max(ks), d),
        sizes=sizes.reshape(*shape, -1),
        compactness=Compactness(
            within=-np.log(np.maximum(within, 1e-300) / total),
            silhouette=_structure.silhouettes(tables, centers, k, data, plan.threads).reshape(shape),
        ),
    )


def measure_gaps(found: Clustered, shaken: FloatArray, ks: Sequence[int], plan: Plan) -> Gaps:
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


def measure_depths(found: Clustered, shaken: FloatArray, at: int, k: int, plan: Plan) -> FloatArray:
    """Return how empty borders are at one k: (tables, k).

    Ways around are included.
    """
    depths: FloatArray = _structure.gaps(shaken, *_pick(found, at, k), True, plan.threads)[2]
    return depths


def measure_barriers(
    found: Clustered, shaken: FloatArray, at: int, k: int, plan: Plan
) -> tuple[FloatArray, FloatArray]:
    """Return how empty borders are at one k, (tables, k), and what lies between two clusters, (tables, k, k)."""
    return _structure.barriers(shaken, *_pick(found, at, k), components.SMALL, plan.threads)


def _pick(found: Clustered, at: int, k: int) -> tuple[IntArray, FloatArray, LongArray, LongArray]:
    """Return labels and centers of one k, its number and that of the table, for each table."""
    count = len(found.label)
    label, centers = np.ascontiguousarray(found.label[:, at]), np.ascontiguousarray(found.centers[:, at, :k])
    return label, centers, np.full(count, k, dtype=np.int64), np.arange(count, dtype=np.int64)


_Part = TypeVar("_Part", Compactness, Gaps)


def join(parts: Sequence[_Part]) -> _Part:
    """Join statistics of several batches of tables."""
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(kind)))


def count_exceedances(data: FloatArray, nulls: FloatArray, least: float = 0.0) -> int:
    """Count the groupless tables that reach the data.

    Compared is the largest standardized statistic over k; a spread counts ``least`` at the least.
    """
    together = np.concatenate([data[None], nulls])
    spread = np.maximum(together.std(axis=0), least)
    # a statistic that is the same in every table says nothing; its last bits must not say it either
    flat = spread <= 1e-12 * (1.0 + np.abs(together).max(axis=0))
    scores = np.where(flat, 0.0, (together - together.mean(axis=0)) / np.where(flat, 1.0, spread)).max(axis=1)
    return int(np.count_nonzero(scores[1:] >= scores[0]))
