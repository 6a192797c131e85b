"""How good a partition is, how two partitions agree, and the distributions that the structure test draws on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coterie.cluster import _measures
from coterie.cluster.kmeans import FloatArray, IntArray, assign, cores


def silhouette(Z: FloatArray, label: IntArray, k: int, *, rows: IntArray | None = None, threads: int = 0) -> FloatArray:
    """Return the true silhouette of each row, or of ``rows`` only, measured against all rows.

    The mean over m sampled rows estimates the table's silhouette; its standard error is ``std / sqrt(m)``.
    Rows with label -1 count nowhere (their own value is NaN); a cluster of one has silhouette 0. Columns missing in
    either of two rows add nothing to their distance. Cost: m · n · d.

    References
    ----------
    Rousseeuw (1987), Silhouettes.  doi:10.1016/0377-0427(87)90125-7

    >>> import numpy as np
    >>> silhouette(np.array([[0.0], [1.0], [5.0], [6.0]]), np.array([0, 0, 1, 1]), 2).round(3)
    array([0.818, 0.778, 0.778, 0.818])
    """
    Z = np.ascontiguousarray(Z, dtype=np.float64)
    wanted = np.arange(len(Z)) if rows is None else np.asarray(rows)
    return _measures.silhouettes(Z, _labels(label, k), k, np.ascontiguousarray(wanted, dtype=np.int64), cores(threads))


def simplified_silhouette(Z: FloatArray, centers: FloatArray) -> FloatArray:
    """Return (b - a) / max(a, b) of each row, a and b its distances to the nearest and second nearest center.

    It is not the silhouette (it reads higher): use it to compare, not to publish. Cost: n · k · d.
    """
    found = assign(Z, centers)
    if len(centers) < 2:
        return np.zeros(len(Z))
    widest = np.where(found.second > 0, found.second, 1.0)
    share: FloatArray = (found.second - found.nearest) / widest
    return share


def calinski_harabasz(Z: FloatArray, label: IntArray, k: int) -> float:
    """Return between over within variance, each over its degrees of freedom; larger is more compact.

    Calinski & Harabasz (1974), A dendrite method for cluster analysis.
    """
    centers, sizes = _means(Z, label, k)
    inside = label >= 0
    within = float(np.nansum((Z[inside] - centers[label[inside]]) ** 2))
    between = float(np.nansum(sizes[:, None] * (centers - np.nanmean(Z[inside], axis=0)) ** 2))
    n = int(sizes.sum())
    return between / (k - 1) * (n - k) / within if within > 0 else 1.0


def davies_bouldin(Z: FloatArray, label: IntArray, k: int) -> float:
    """Return the mean over clusters of the worst (spread + spread) / distance of centers; smaller is better.

    Davies & Bouldin (1979), A cluster separation measure.
    """
    centers, sizes = _means(Z, label, k)
    inside = label >= 0
    away = np.sqrt(np.nansum((Z[inside] - centers[label[inside]]) ** 2, axis=1))
    spread = np.bincount(label[inside], away, k) / sizes
    apart = np.sqrt(((centers[:, None] - centers[None]) ** 2).sum(axis=2))
    if not spread.any() or not apart.any():
        return 0.0
    np.fill_diagonal(apart, np.inf)
    with np.errstate(divide="ignore"):
        return float(((spread[:, None] + spread[None]) / apart).max(axis=1).mean())


def adjusted_rand(a: IntArray, b: IntArray, *, threads: int = 0) -> FloatArray:
    """Return the adjusted Rand index of two labelings (n,), or of many pairs at once (pairs, n).

    A single labeling is compared with each row of the other. 1 is the same partition, 0 what chance gives. Rows with
    a negative label on either side are left out of the pair.

    References
    ----------
    Hubert & Arabie (1985), Comparing partitions.  doi:10.1007/BF01908075

    >>> import numpy as np
    >>> float(adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])))
    1.0
    """
    left = np.ascontiguousarray(np.atleast_2d(a), dtype=np.int32)
    right = np.ascontiguousarray(np.atleast_2d(b), dtype=np.int32)
    if left.shape[1] != right.shape[1] or (len(left) != len(right) and 1 not in (len(left), len(right))):
        raise ValueError(f"labelings of shapes {left.shape} and {right.shape} cannot be compared")
    ka, kb = (int(x.max(initial=0)) + 1 for x in (left, right))
    found = _measures.adjusted_rands(left, right, ka, kb, cores(threads))
    return found if np.ndim(a) > 1 or np.ndim(b) > 1 else found.reshape(())


def jaccard(label_a: IntArray, label_b: IntArray, ka: int, kb: int) -> FloatArray:
    """Return the (ka, kb) Jaccard overlaps, rows in both over rows in either, of the clusters of two labelings.

    Rows with a negative label on either side are left out.

    >>> import numpy as np
    >>> jaccard(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]), 2, 2).round(2)
    array([[0.67, 0.  ],
           [0.25, 0.5 ]])
    """
    inside = (label_a >= 0) & (label_b >= 0)
    both = np.bincount(label_a[inside].astype(np.int64) * kb + label_b[inside], minlength=ka * kb).reshape(ka, kb)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    overlap: FloatArray = both / np.maximum(either, 1)
    return overlap


def match(overlap: FloatArray) -> IntArray:
    """Return for each row of ``overlap`` the column that is its partner, so that the total overlap is largest.

    With more rows than columns the rows left over get -1. Cost: cubic in the clusters.

    >>> import numpy as np
    >>> match(np.array([[0.9, 0.8], [0.85, 0.1]]))
    array([1, 0], dtype=int32)
    """
    gain = np.ascontiguousarray(overlap, dtype=np.float64)
    if gain.shape[0] <= gain.shape[1]:
        return _measures.match(gain)
    partner = _measures.match(np.ascontiguousarray(gain.T))
    result = np.full(len(gain), -1, dtype=np.int32)
    result[partner] = np.arange(len(partner), dtype=np.int32)
    return result


def dip(x: FloatArray | Sequence[FloatArray], *, threads: int = 0) -> FloatArray:
    """Return Hartigan's dip of a sample (m,), or of each of many samples (rows of a matrix, or a list).

    The dip is the largest distance between the sample's distribution function and the nearest unimodal one; a
    constant sample has 0, any other at least 1 / 2m. Cost: one sort.

    References
    ----------
    Hartigan & Hartigan (1985), The dip test of unimodality.  doi:10.1214/aos/1176346577

    >>> import numpy as np
    >>> float(dip(np.array([1.0, 2.0, 3.0, 4.0]))), float(dip(np.array([0.0, 0.0, 1.0, 1.0])))
    (0.125, 0.25)
    """
    single = isinstance(x, np.ndarray) and x.ndim == 1
    samples = [np.ascontiguousarray(s, dtype=np.float64) for s in ([x] if single else x)]
    if any(np.isnan(s).any() for s in samples):
        raise ValueError("a sample with missing values has no dip")
    found = _measures.dips(samples, cores(threads))
    return found.reshape(()) if single else found


def norm_cdf(x: FloatArray) -> FloatArray:
    """Return the standard normal distribution function of each value, exact to rounding in both tails."""
    x = np.asarray(x, dtype=np.float64)
    return _measures.norm_cdf(np.ascontiguousarray(x.reshape(-1)), cores(0)).reshape(x.shape)


def norm_ppf(p: FloatArray) -> FloatArray:
    """Return the standard normal quantile of each probability; 0 and 1 give the infinities, others outside nan."""
    p = np.asarray(p, dtype=np.float64)
    return _measures.norm_ppf(np.ascontiguousarray(p.reshape(-1)), cores(0)).reshape(p.shape)


def _labels(label: IntArray, k: int) -> IntArray:
    label = np.ascontiguousarray(label, dtype=np.int32)
    if label.size and int(label.max()) >= k:
        raise ValueError(f"label {int(label.max())} does not exist among {k} clusters")
    return label


def _means(Z: FloatArray, label: IntArray, k: int) -> tuple[FloatArray, FloatArray]:
    """Return the mean of the values present, and the rows, of each cluster."""
    inside = label >= 0
    own, rows = label[inside], Z[inside]
    present = ~np.isnan(rows)
    sums = np.stack([np.bincount(own, np.where(present[:, j], rows[:, j], 0.0), k) for j in range(rows.shape[1])], 1)
    counts = np.stack([np.bincount(own, present[:, j], k) for j in range(rows.shape[1])], 1)
    return sums / np.maximum(counts, 1), np.bincount(own, minlength=k).astype(np.float64)
