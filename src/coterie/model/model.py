"""DECIDE: centers in prepared space; the nearest one wins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coterie import errors
from coterie.cluster import Fit, assign, distances, silhouette
from coterie.doors import frozen

FloatArray = NDArray[np.float64]

SAMPLE_LEAST = 50_000
SAMPLE_PER_K = 2_000
SILHOUETTE_ROWS = 2_000


@frozen
class Model:
    """Centers, and the segment id that each belongs to.

    A center is a tuple of prepared coordinates, which ``prepared`` names; ``inertia`` is the sample's sum of squared
    distances; ``starts`` and ``hits`` say how many of the independent searches there were and how many of them found
    this solution.
    """

    prepared: tuple[str, ...]
    centers: tuple[tuple[float, ...], ...]
    segment_of: tuple[int, ...]
    inertia: float
    starts: int
    hits: int

    @property
    def segments(self) -> tuple[int, ...]:
        """The segment ids, ascending."""
        return tuple(sorted(set(self.segment_of)))


def sample_size(max_k: int) -> int:
    """Return how many rows the final fit may use.

    So many make an excess inertia of about 0.1%.
    """
    return max(SAMPLE_LEAST, SAMPLE_PER_K * max_k)


def check_distinct(Z: FloatArray, k: int | None, rows: int) -> None:
    """Make sure that the rows differ enough for ``k`` segments.

    Parameters
    ----------
    k : None where it is open: then for two.

    Raises
    ------
    InputError : fewer different rows than segments.
    """
    known = Z[~np.isnan(Z).all(axis=1)]  # a customer without any value belongs to no segment
    distinct = len(np.unique(np.nan_to_num(known, nan=np.inf), axis=0)) if len(known) else 0
    if distinct < 2:
        raise errors.too_few_rows(rows)
    if k is not None and distinct < k:
        raise errors.too_many_segments(k, distinct, rows)


def of_fit(fit: Fit, prepared: tuple[str, ...], ids: tuple[int, ...]) -> Model:
    """Return the model of a k-means solution.

    Parameters
    ----------
    ids : the segment that each cluster is.
    """
    centers = tuple(tuple(float(v) for v in center) for center in fit.centers)
    return Model(prepared, centers, ids, float(fit.inertia), fit.starts, fit.hits)


def predict(model: Model, Z: FloatArray, *, threads: int = 0) -> tuple[NDArray[np.int32], FloatArray]:
    """Return each row's segment id (n,) and its margin (n,).

    A row without any value gets 0, as one that is not assigned. The margin is ``(d2 - d1) / (d2 + d1)``: d1 to the
    nearest center, d2 to the nearest one of another segment.
    """
    centers = np.array(model.centers)
    found = assign(Z, centers, threads=threads)
    owner = np.array([*model.segment_of, 0], dtype=np.int32)
    label = owner[found.label]
    far = found.second
    if len(set(model.segment_of)) < len(model.segment_of):
        away = distances(Z, centers)
        away[owner[:-1][None, :] == label[:, None]] = np.inf
        far = np.sqrt(away.min(axis=1))
    both = far + found.nearest
    margin = np.where(both > 0, (far - found.nearest) / np.where(both > 0, both, 1.0), 0.0)
    return label, margin


def estimate_silhouette(Z: FloatArray, label: NDArray[np.int32]) -> tuple[float, float, int]:
    """Return the mean silhouette, twice its standard error, and how many rows.

    Parameters
    ----------
    label : (n,) segment ids; 0 = not assigned. The first 2,000 assigned rows are measured.
    """
    rows = np.flatnonzero(label[:SILHOUETTE_ROWS] > 0)
    met, position = np.unique(label[rows], return_inverse=True)
    s = silhouette(np.ascontiguousarray(Z[rows]), position.astype(np.int32), len(met))
    return float(s.mean()), 2 * float(s.std()) / max(1, len(s)) ** 0.5, len(s)
