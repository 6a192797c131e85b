"""Borders that one condition explains: whether a value is a stand-in, is missing, or is yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.cluster import assign
from coterie.doors import distinct, frozen
from coterie.evidence.components import Components
from coterie.evidence.marginals import FloatArray

TELLS = 0.95  # precision and recall from which a condition tells two segments apart alone
PURE = 0.9  # of those who lie surely in a group
LEAST = 0.05  # of the rows: segments are not asked to keep smaller groups apart
TINY = 1e-12
EQUAL = 1e-6  # of a squared distance: corners of a grid lie neither inside nor outside the circle around a diagonal


@frozen
class Condition:
    """What may hold of a customer: a column has a value or a level, or (both None) lacks one.

    ``holds`` says of whom it does: (n,) rows of the sample; ``at`` are the positions of the column's prepared ones.
    """

    column: str
    value: float | None
    level: str | None
    holds: NDArray[np.bool_]
    at: tuple[int, ...] = ()


@frozen
class Split:
    """A condition that alone tells parts of the customers apart, and which.

    ``value`` and ``level`` as those of a condition; ``precision`` and ``recall`` are the least over the borders that it
    explains: ``borders`` between the segments shown, as pairs of their ids, and ``apart`` others between what stands
    apart, however many segments are shown.
    """

    column: str
    value: float | None
    level: str | None
    borders: tuple[tuple[int, int], ...]
    apart: int
    precision: float
    recall: float


@frozen
class Splits:
    """What conditions explain: of what stands apart, and of the segments shown.

    ``standing`` is how many borders between what stands apart none explains. ``groups`` is how many parts are left when
    those that differ in the columns of such conditions alone are one; None where nothing is explained.
    """

    explained: tuple[Split, ...]
    standing: int
    groups: int | None = None

    @property
    def set_aside(self) -> bool:
        """Whether conditions explain all that stands apart."""
        return not self.standing and any(s.apart for s in self.explained)


NOTHING_SPLIT = Splits((), 0)

Told = Mapping[tuple[int, int], Mapping[int, tuple[float, float]]]


@distinct
class Parts:
    """What stands apart, by customers, and what tells it apart.

    ``count`` is how many groups there are: parts that only a condition tells apart are one. ``group`` (n,) is the group
    of each row that lies surely in one of 5% of the rows or more, the half of it that is farthest from the others; else
    -1. ``told`` holds, for each pair of neighboring parts, precision and recall of the conditions that tell them apart.
    """

    count: int
    group: NDArray[np.intp]
    told: Told

    def kept_apart(self, label: NDArray[np.signedinteger[Any]]) -> bool:
        """Say whether segments keep the groups apart: each is of one group, and each group is in its own segments.

        That is asked of those who lie surely in a group, with one of ten let off; ``label`` are the segments of the
        first rows.
        """
        group = self.group[: len(label)]
        known = (group >= 0) & (label >= 0)
        held = np.zeros((label.max() + 1, self.count))
        np.add.at(held, (label[known], group[known]), 1)
        sizes, most = held.sum(axis=1), held.max(axis=1)
        mine = np.arange(self.count) == held.argmax(axis=1)[:, None]
        pure = (most >= PURE * sizes) | (sizes < words.SMALLEST_GROUP)
        whole = (held * mine).sum(axis=0) >= PURE * held.sum(axis=0)
        return bool(pure.all() and whole.all())


def part(Z: FloatArray, pieces: Components, conditions: Sequence[Condition]) -> Parts | None:
    """Return the groups that stand apart and what tells their parts apart; None where there is one alone.

    Parameters
    ----------
    Z : (n, d) prepared rows.
    pieces : what stands apart.
    conditions : what may tell parts apart.
    """
    of_center = np.array([*pieces.of, -1])
    of = of_center[assign(Z, pieces.centers).label]
    middles = np.array([_middle(Z[of == p]) for p in range(pieces.count) if (of == p).any()])
    if len(middles) < max(2, pieces.count):
        return None
    counts = _count(of, len(middles), conditions)
    told = {pair: _explain(counts, pair) for pair in _find_neighbors(middles)}
    joined, drawn = _join(Z, of, middles, {pair: [conditions[i] for i in by] for pair, by in told.items()})
    group = np.array([*np.unique(joined, return_inverse=True)[1], -1])[of_center[:-1]]
    others = np.setdiff1d(np.arange(Z.shape[1]), drawn)
    return Parts(int(group.max()) + 1, _place_surely(Z[:, others], pieces.centers[:, others], group), told)


def _place_surely(Z: FloatArray, centers: FloatArray, of_center: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the group of the rows of each that are farther from the others than half of it; -1 for the rest."""
    groups = range(int(of_center.max()) + 1)
    sure = np.full(len(Z), -1)
    if len(groups) < 2 or not Z.shape[1]:
        return sure
    away = np.array([assign(Z, centers[of_center == g]).nearest for g in groups])
    nearest = np.where(np.isnan(away).any(axis=0), -1, away.argmin(axis=0))
    near = np.partition(away, 1, axis=0)
    for g in groups:
        mine = np.flatnonzero(nearest == g)
        if len(mine) >= LEAST * len(Z):
            ease = near[0, mine] / np.maximum(near[1, mine], TINY)
            sure[mine[ease <= np.median(ease)]] = g
    return sure


def find_splits(
    parts: Parts | None,
    label: NDArray[np.signedinteger[Any]],
    centers: FloatArray,
    ids: Sequence[int],
    conditions: Sequence[Condition],
) -> Splits:
    """Return which borders a single condition explains, between what stands apart and between the segments shown.

    Parameters
    ----------
    parts : what stands apart, if anything does.
    label : (n,) the segment of each row: the place of its center.
    centers : (k, d) of the segments shown; ``ids`` (k,) of these.
    conditions : what may explain a border, of the same rows.
    """
    counts = _count(label, len(centers), conditions)
    seen = {pair: _explain(counts, pair) for pair in _find_neighbors(centers) if ids[pair[0]] != ids[pair[1]]}
    told: Told = {} if parts is None else parts.told
    found = []
    for i, c in enumerate(conditions):
        borders = tuple((ids[a], ids[b]) for (a, b), by in seen.items() if i in by)
        apart = [by[i] for by in told.values() if i in by]
        if measured := apart or [by[i] for by in seen.values() if i in by]:
            precision, recall = (min(m[j] for m in measured) for j in (0, 1))
            found.append(Split(c.column, c.value, c.level, borders, len(apart), precision, recall))
    return Splits(
        explained=tuple(sorted(found, key=lambda s: (not s.apart, -len(s.borders), -s.precision - s.recall))),
        standing=sum(1 for by in told.values() if not by),
        groups=parts.count if parts is not None and any(told.values()) else None,
    )


def _middle(Z: FloatArray) -> FloatArray:
    """Return the mean of each column; 0 where no row has a value."""
    there = ~np.isnan(Z)
    return np.asarray(np.where(there, Z, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))


def _join(
    Z: FloatArray, of: NDArray[np.intp], middles: FloatArray, told: Mapping[tuple[int, int], Sequence[Condition]]
) -> tuple[NDArray[np.intp], list[int]]:
    """Return for each part the first one that only conditions tell from it, and the columns of these conditions.

    Parts between which something else lies stay apart, though both are like a third, which then holds some of each.
    """
    every = {at for explained in told.values() for c in explained for at in c.at}

    def alike(pair: tuple[int, int], without: Iterable[int]) -> bool:
        others = np.setdiff1d(np.arange(Z.shape[1]), list(without))
        return _is_alike(Z[:, others], of, middles[:, others], pair)

    joined, drawn = np.arange(len(middles)), set[int]()
    apart = [pair for pair in told if every and not alike(pair, every)]
    for (a, b), explained in told.items():
        one, other, columns = joined[a], joined[b], {at for c in explained for at in c.at}
        between = any({joined[x], joined[y]} == {one, other} for x, y in apart)
        if explained and not between and alike((a, b), columns):
            joined[joined == other] = one
            drawn |= columns
    return joined, sorted(drawn)


def _is_alike(Z: FloatArray, of: NDArray[np.intp], middles: FloatArray, pair: tuple[int, int]) -> bool:
    """Say whether the columns do not tell two parts apart: too few rows are nearer to the middle of their own."""
    if not Z.shape[1]:
        return True
    near = assign(Z, middles[list(pair)]).label
    own = [float((near[of == p] == i).mean()) for i, p in enumerate(pair)]
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


def _count(label: NDArray[np.signedinteger[Any]], k: int, conditions: Sequence[Condition]) -> NDArray[np.intp]:
    """Return how many rows of each segment there are, and of how many of them each condition holds: (1 + c, k)."""
    known = label >= 0
    rows = [known, *(known & c.holds for c in conditions)]
    return np.array([np.bincount(label[there], minlength=k) for there in rows])


def _explain(counts: NDArray[np.intp], pair: tuple[int, int]) -> dict[int, tuple[float, float]]:
    """Return the precision and recall of each condition that tells the two segments of a pair apart."""
    sizes, *holding = counts[:, list(pair)].astype(np.float64)
    found: dict[int, tuple[float, float]] = {}
    for i, holds in enumerate(holding):
        for both, size in zip(holds, sizes, strict=True):
            precision, recall = both / max(1.0, holds.sum()), both / max(1.0, size)
            if min(precision, recall) >= TELLS:
                found[i] = (float(precision), float(recall))
    return found
