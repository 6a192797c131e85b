"""The map: where each customer of the sample sits on two axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.model import Feature, Transform
from coterie.portrait import naming
from coterie.table import ColumnRecord

FloatArray = NDArray[np.float64]

MOST_POINTS = 5_000
TOLD_LOADING = 0.30
TOLD_COLUMNS = 2
KEPT_LOADINGS = 6
PER_CELL = 25
SIDES = (4, 24)


MapKind = Literal["columns", "pca"]


@frozen
class Loading:
    """What a column adds to an axis.

    The weight lies between −1 and 1; the label may name a level.
    """

    label: str
    weight: float


@frozen
class MapAxis:
    """An axis: its column (None: a mixture), label, and the column's transform.

    The label of a mixture says which way it grows; ``loadings`` are its largest parts.
    """

    column: str | None
    label: str
    transform: Transform | None
    loadings: tuple[Loading, ...] = ()


@frozen
class Map:
    """The axes, and the points of at most 5,000 customers.

    The points are transient: x, y and segment id, each segment in its share. ``of`` counts the customers who have a
    place.
    """

    kind: MapKind
    x: MapAxis
    y: MapAxis
    points: tuple[FloatArray, FloatArray, NDArray[np.int32]]
    of: int
    cells: Cells


@frozen
class Cell:
    """A field of the grid, its most frequent segment, and its customers."""

    i: int
    j: int
    segment: int
    n: int


@frozen
class Cells:
    """The map without single customers: a grid's fields of ten or more.

    ``x`` and ``y`` are the grid's edges, ascending.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    counts: tuple[Cell, ...]


def project(
    features: Sequence[Feature],
    columns: Sequence[ColumnRecord],
    values: Mapping[str, NDArray[Any]],
    Z: FloatArray,
    label: NDArray[np.int32],
) -> Map:
    """Return the map of the sample.

    Two columns of numbers are the axes themselves; else they are the first two principal components.

    Parameters
    ----------
    Z : (n, d) prepared sample; label : (n,) segment ids, 0 = not assigned (left off the map).
    """
    label_of = {c.name: c.label for c in columns}
    if len(features) == 2 and all(f.kind == "number" for f in features):
        x, y = (values[f.column] for f in features)
        axes = [MapAxis(f.column, label_of[f.column], f.transform) for f in features]
        kind: MapKind = "columns"
    else:
        (x, y), loadings = principal_components(Z)
        by_name = {c.name: c for c in columns}
        prepared = [(by_name[p.column], p.level) for f in features for p in f.prepared]
        axes = [_mixture(loading, prepared) for loading in loadings]
        kind = "pca"
    shown = np.flatnonzero((label > 0) & ~np.isnan(x) & ~np.isnan(y))
    kept = shown[_share_of_each(label[shown])]
    cells = count_cells(x[shown], y[shown], label[shown])
    return Map(kind, axes[0], axes[1], (x[kept], y[kept], label[kept]), len(shown), cells)


def _edges(v: FloatArray, side: int) -> FloatArray:
    low, high = (float(v.min()), float(v.max())) if len(v) else (0.0, 1.0)
    return np.linspace(low, high, side + 1) if high > low else np.array([low - 0.5, low + 0.5])


def count_cells(x: FloatArray, y: FloatArray, label: NDArray[np.int32]) -> Cells:
    """Return counts on a grid that shows shape and nobody."""
    side = int(np.clip((len(x) / PER_CELL) ** 0.5, *SIDES))
    edges = [_edges(v, side) for v in (x, y)]
    at = [np.clip(np.searchsorted(e, v, side="right") - 1, 0, len(e) - 2) for e, v in zip(edges, (x, y), strict=True)]
    met, counts = np.unique(np.stack([at[0], at[1], label]), axis=1, return_counts=True)
    inside: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (i, j, segment), n in zip(met.T.tolist(), counts.tolist(), strict=True):
        inside.setdefault((i, j), []).append((-n, segment))
    fields = [Cell(i, j, min(found)[1], -sum(n for n, _ in found)) for (i, j), found in sorted(inside.items())]
    across, up = (tuple(float(v) for v in e) for e in edges)
    return Cells(across, up, tuple(c for c in fields if c.n >= words.SMALLEST_GROUP))


def principal_components(Z: FloatArray) -> tuple[tuple[FloatArray, FloatArray], FloatArray]:
    """Return scores (n,) on two principal components, and loadings (2, d).

    A missing value counts as the mean. A component's sign is free: the largest loading is made positive, so that the
    map never flips.
    """
    centered = Z - np.nanmean(Z, axis=0)
    centered = np.nan_to_num(centered, nan=0.0)
    # einsum, not BLAS: the same bits for any number of threads
    covariance = np.einsum("ij,ik->jk", centered, centered) / max(1, len(Z) - 1)
    _, vectors = np.linalg.eigh(covariance)
    loadings = vectors[:, ::-1].T[:2]
    if len(loadings) < 2:
        loadings = np.vstack([loadings, np.zeros_like(loadings)])
    signs = np.sign(loadings[np.arange(2), np.argmax(np.abs(loadings), axis=1)])
    loadings = loadings * np.where(signs == 0, 1, signs)[:, None]
    scores = np.einsum("ij,kj->ki", centered, loadings)
    return (np.round(scores[0], 6), np.round(scores[1], 6)), loadings


def _mixture(loading: FloatArray, prepared: Sequence[tuple[ColumnRecord, str | None]]) -> MapAxis:
    """Return a mixed axis in words, with its loadings."""
    order = np.argsort(-np.abs(loading), kind="stable")[:KEPT_LOADINGS].tolist()
    told = [i for i in order[:TOLD_COLUMNS] if abs(loading[i]) >= TOLD_LOADING] or order[:1]
    label = ", ".join(_direction(*prepared[i], above=bool(loading[i] > 0)) for i in told)
    parts = [
        Loading(column.label if level is None else f"{column.label} {level}", round(float(loading[i]), 3))
        for i in order
        for column, level in (prepared[i],)
    ]
    return MapAxis(None, label, None, tuple(parts))


def _direction(column: ColumnRecord, level: str | None, *, above: bool) -> str:
    """Return which way a column or level grows."""
    if level is None and not (column.distinct == 2 and (column.min, column.max) == (0, 1)):
        return words.direction(column.label, above=above)
    level = words.number(column.max or 0.0) if level is None else level
    return f"{'more' if above else 'less'} often {naming.level_fact(column, level)}"


def _share_of_each(label: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return which points to show: each segment's first, by its share.

    Points come in random order.
    """
    n = len(label)
    if n <= MOST_POINTS:
        return np.arange(n)
    kept = [np.flatnonzero(label == s)[: max(1, int(MOST_POINTS * np.mean(label == s)))] for s in np.unique(label)]
    return np.sort(np.concatenate(kept))
