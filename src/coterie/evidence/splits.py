"""Borders that one condition explains: whether a value is a stand-in, is missing, or is yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import assign
from coterie.evidence.components import Components
from coterie.evidence.marginals import FloatArray

TELLS = 0.95  # precision and recall from which a condition tells two segments apart alone
EQUAL = 1e-6  # of a squared distance: corners of a grid lie neither inside nor outside the circle around a diagonal


@dataclass(frozen=True, slots=True)
class Condition:
    """What may hold of a customer: a column has a value or a level, or (both None) lacks one.

    ``holds`` says of whom it does: (n,) rows of the sample; ``at`` are the positions of the column's prepared ones.
    """

    column: str
    value: float | None
    level: str | None
    holds: NDArray[np.bool_]
    at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A condition that alone tells parts of the customers apart, and which.

    ``value`` and ``level`` as those of a condition; ``precision`` and ``recall`` are the least over the borders that it
    explains; ``borders`` are those between the segments shown, as pairs of their ids.
    """

    column: str
    value: float | None
    level: str | None
    borders: tuple[tuple[int, int], ...]
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Splits:
    """What conditions explain of what stands apart.

    ``standing`` is how many other borders there are. ``groups`` is how many parts are left when those that differ in
    the columns of such conditions alone are one; None where nothing is explained.
    """

    explained: tuple[Split, ...]
    standing: int
    groups: int | None = None


NOTHING_SPLIT = Splits((), 0)


def find_splits(
    Z: FloatArray, pieces: Components, centers: FloatArray, ids: Sequence[int], conditions: Sequence[Condition]
) -> Splits:
    """Return which borders between what stands apart a single condition explains.

    Parameters
    ----------
    Z : (n, d) prepared rows of the sample.
    pieces : what stands apart.
    centers : (k, d) of the segments shown; ``ids`` (k,) of these.
    conditions : what may explain a border.
    """
    part = np.array([*pieces.of, -1])[assign(Z, pieces.centers).label]
    middles = np.array([_middle(Z[part == p]) for p in range(pieces.count) if (part == p).any()])
    if len(middles) < max(2, pieces.count):
        return NOTHING_SPLIT
    told = {pair: _explain(part, pair, conditions) for pair in _find_neighbors(middles)}
    if not any(told.values()):
        return NOTHING_SPLIT
    shown = assign(Z, centers).label
    seen = {pair: _explain(shown, pair, conditions) for pair in _find_neighbors(centers)}
    found = []
    for i, c in enumerate(conditions):
        measured = [by[i] for by in told.values() if i in by]
        if measured:
            borders = tuple((ids[a], ids[b]) for (a, b), by in seen.items() if i in by and ids[a] != ids[b])
            precision, recall = (min(m[j] for m in measured) for j in (0, 1))
            found.append(Split(c.column, c.value, c.level, borders, precision, recall))
    return Splits(
        explained=tuple(sorted(found, key=lambda s: (-len(s.borders), -s.precision - s.recall))),
        standing=sum(1 for by in told.values() if not by),
        groups=_count_groups(Z, part, middles, {pair: [conditions[i] for i in by] for pair, by in told.items()}),
    )


def _middle(Z: FloatArray) -> FloatArray:
    """Return the mean of each column; 0 where no row has a value."""
    there = ~np.isnan(Z)
    return np.asarray(np.where(there, Z, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))


def _count_groups(
    Z: FloatArray, part: NDArray[np.intp], middles: FloatArray, told: Mapping[tuple[int, int], Sequence[Condition]]
) -> int:
    """Return how many parts there are when those that only their conditions tell apart are one."""
    of = np.arange(len(middles))
    for (a, b), explained in told.items():
        others = np.setdiff1d(np.arange(Z.shape[1]), [at for c in explained for at in c.at])
        if explained and _is_alike(Z[:, others], part, middles[:, others], (a, b)):
            of[of == of[b]] = of[a]
    return len(np.unique(of))


def _is_alike(Z: FloatArray, part: NDArray[np.intp], middles: FloatArray, pair: tuple[int, int]) -> bool:
    """Say whether the columns do not tell two parts apart: too few rows are nearer to the middle of their own."""
    if not Z.shape[1]:
        return True
    near = assign(Z, middles[list(pair)]).label
    own = [float((near[part == p] == i).mean()) for i, p in enumerate(pair)]
    return sum(own) / 2 < TELLS


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
    label: NDArray[np.signedinteger[Any]], pair: tuple[int, int], conditions: Sequence[Condition]
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
