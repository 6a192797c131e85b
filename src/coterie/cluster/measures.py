"""How good a partition is, how two partitions agree; the dip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coterie.cluster import _measures
from coterie.cluster.kmeans import FloatArray, IntArray, count_cores


def silhouette(Z: FloatArray, label: IntArray, k: int, *, rows: IntArray | None = None, threads: int = 0) -> FloatArray:
    """Return each row's true silhouette, or that of ``rows`` only.

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
    wanted = np.ascontiguousarray(np.arange(len(Z)) if rows is None else rows, dtype=np.int64)
    return _measures.silhouettes(Z, _labels(label, k), k, wanted, count_cores(threads))


def adjusted_rand(a: IntArray, b: IntArray, *, threads: int = 0) -> FloatArray:
    """Return the adjusted Rand index of two labelings, or many.

    Labelings are (n,), or (pairs, n). A single labeling is compared with each row of the other. 1 is the same
    partition, 0 what chance gives. Rows with a negative label on either side are left out of the pair.

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
    found = _measures.adjusted_rands(left, right, ka, kb, count_cores(threads))
    return found if np.ndim(a) > 1 or np.ndim(b) > 1 else found.reshape(())


def jaccard(label_a: IntArray, label_b: IntArray, ka: int, kb: int) -> FloatArray:
    """Return the (ka, kb) Jaccard overlaps of two labelings' clusters.

    An overlap is rows in both over rows in either. Rows with a negative label on either side are left out.

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
    """Return each row's partner among the columns of ``overlap``.

    The total overlap is the largest there can be. With more rows than columns the rows left over get -1. Cost: cubic in
    the clusters.

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
    """Return Hartigan's dip of a sample (m,), or of each of many.

    Many samples are the rows of a matrix, or a list. The dip is the largest distance between the sample's distribution
    function and the nearest unimodal one; a constant sample has 0, any other at least 1 / 2m. Cost: one sort.

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
    found = _measures.dips(samples, count_cores(threads))
    return found.reshape(()) if single else found


def _labels(label: IntArray, k: int) -> IntArray:
    label = np.ascontiguousarray(label, dtype=np.int32)
    if label.size and int(label.max()) >= k:
        raise ValueError(f"label {int(label.max())} does not exist among {k} clusters")
    return label
