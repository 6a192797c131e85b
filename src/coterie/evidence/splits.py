"""Borders that one condition explains: whether a value is a stand-in, is missing, or is yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import assign
from coterie.evidence import structure
from coterie.evidence.marginals import FloatArray, KeyArray

TELLS = 0.95  # precision and recall from which a condition tells two segments apart alone
EQUAL = 1e-6  # of a squared distance: corners of a grid lie neither inside nor outside the circle around a diagonal


@dataclass(frozen=True, slots=True)
class Condition:
    """What may hold of a customer: a column has a value or a level, or (both None) lacks one.

    ``holds`` says of whom it does: (n,) rows of the sample.
    """

    column: str
    value: float | None
    level: str | None
    holds: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Split:
    """A condition that alone tells neighboring segments apart, and which.

    ``value`` and ``level`` as those of a condition; ``precision`` and ``recall`` are the least over its ``borders``,
    pairs of segment ids.
    """

    column: str
    value: float | None
    level: str | None
    borders: tuple[tuple[int, int], ...]
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Splits:
    """Borders that conditions explain, and how many others stand apart."""

    explained: tuple[Split, ...]
    standing: int


NOTHING_SPLIT = Splits((), 0)


def find_splits(
    Z: FloatArray, centers: FloatArray, key: KeyArray, conditions: Sequence[Condition], least: float
) -> Splits:
    """Return which borders between neighboring segments a single condition explains.

    Parameters
    ----------
    Z : (n, d) prepared rows of the sample; ``centers`` (k, d) of segments 1 to k.
    key : (n,) leading 64 bits of each row's hash.
    conditions : what may explain a border.
    least : depth of a border that stands apart.
    """
    near = assign(Z, centers)
    pairs = _find_neighbors(centers)
    told = {pair: _explain(near.label, pair, conditions) for pair in pairs}
    if not any(told.values()):
        return NOTHING_SPLIT
    standing = sum(1 for p, by in told.items() if not by and structure.measure_border(Z, centers, key, p) >= least)
    found = []
    for i, c in enumerate(conditions):
        measured = {pair: by[i] for pair, by in told.items() if i in by}
        if measured:
            borders = tuple((a + 1, b + 1) for a, b in measured)
            precision, recall = (min(m[j] for m in measured.values()) for j in (0, 1))
            found.append(Split(c.column, c.value, c.level, borders, precision, recall))
    return Splits(tuple(sorted(found, key=lambda s: (-len(s.borders), -s.precision - s.recall))), standing)


def _find_neighbors(centers: FloatArray) -> list[tuple[int, int]]:
    """Return the pairs of segments between whose centers no third one lies: within the sphere around both."""
    away = ((centers[:, None] - centers[None]) ** 2).sum(axis=2)
    k = len(centers)
    return [
        (a, b)
        for a in range(k)
        for b in range(a + 1, k)
        if not any(away[a, c] + away[c, b] < (1 + EQUAL) * away[a, b] for c in range(k) if c not in (a, b))
    ]


def _explain(
    label: NDArray[np.int32], pair: tuple[int, int], conditions: Sequence[Condition]
) -> dict[int, tuple[float, float]]:
    """Return the precision and recall of each condition that tells the two segments of a pair apart."""
    rows = np.isin(label, pair)
    found: dict[int, tuple[float, float]] = {}
    for i, condition in enumerate(conditions):
        holds = condition.holds[rows]
        for segment in pair:
            there = label[rows] == segment
            both = float(np.count_nonzero(holds & there))
            precision, recall = both / max(1.0, float(holds.sum())), both / max(1.0, float(there.sum()))
            if min(precision, recall) >= TELLS:
                found[i] = (precision, recall)
    return found
