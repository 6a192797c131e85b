"""Say whether a name comes back when the segments are formed again.

A name that most refits would not give is tentative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import assign
from coterie.evidence import RESAMPLE_ROWS
from coterie.model import Feature, transform
from coterie.portrait import naming
from coterie.portrait.profile import ALL, MAD_TO_SD, ProfileRow
from coterie.table import ColumnRecord

FloatArray = NDArray[np.float64]

NEVER_NAMED = 0.2  # robust standard deviations: a column that nowhere differs by so much earns a word in no refit
LEFT_OUT = -2  # of customers who are not in the half at hand
NEVER_COUNTED = 0.05  # the same for a level, as a difference of shares


def name_returns(
    rows: Sequence[ProfileRow],
    columns: Sequence[ColumnRecord],
    features: Sequence[Feature],
    values: Mapping[str, NDArray[Any]],
    Z: FloatArray,
    refits: tuple[FloatArray, Sequence[int]],
    names: Mapping[int, str],
) -> dict[int, float]:
    """Return for each segment how many refits would give its name.

    It is a share of the refits; empty without any. Every refit's centers give the sample other segments; effects and
    names are computed again from these on a half of the customers: half a sample differs from the whole one as much as
    one sample from another.

    Parameters
    ----------
    rows : the profile of the segments as they are.
    values, Z : the sample's arrays and its prepared matrix (n, d).
    refits : the stored centers (refits, centers, d), and the segment that each center belongs to.
    names : the names in question, by segment, ascending.

    Notes
    -----
    Cost: refits · k · n for each column that could be in a name, on at most 5,000 rows.
    """
    again_and_again, segment_of = refits
    if not len(again_and_again):
        return {}
    Z = np.ascontiguousarray(Z[:RESAMPLE_ROWS])
    place = np.array([*(list(names).index(s) for s in segment_of), -1], dtype=np.int32)
    label = place[np.stack([assign(Z, np.ascontiguousarray(centers), threads=1).label for centers in again_and_again])]
    by_segment = _rows_by_segment(rows, columns, features, values, _halved(label), list(names))
    everybody = [row for row in rows if row.segment == ALL]
    same = dict.fromkeys(names, 0)
    for r in range(len(label)):
        profile = {s: [row for row in by_segment[s][r] if _may_count(row)] for s in names}
        facts = {s: naming.markers([*everybody, *profile[s]], columns, s) for s in names}
        again = naming.name_segments(facts, columns, lambda s, r=r: naming.away(by_segment[s][r], s)).names  # type: ignore[misc]
        for s in names:
            same[s] += again[s] == names[s]
    return {s: n / len(label) for s, n in same.items()}


def _halved(label: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return labels of half of the customers for each refit.

    The next refit has the other half; the rest are ``LEFT_OUT``.
    """
    r, n = np.random.default_rng(0), label.shape[1]
    first = np.stack([r.permutation(n) < n // 2 for _ in range(0, len(label), 2)])
    kept = np.stack([first, ~first], axis=1).reshape(-1, n)[: len(label)]
    return np.where(kept, label, LEFT_OUT).astype(np.int32)


def _may_count(row: ProfileRow) -> bool:
    """Say whether a row can be a fact; most cannot."""
    return row.level is not None or row.effect is None or abs(row.effect) >= naming.SLIGHT[0]


def _rows_by_segment(
    rows: Sequence[ProfileRow],
    columns: Sequence[ColumnRecord],
    features: Sequence[Feature],
    values: Mapping[str, NDArray[Any]],
    label: NDArray[np.int32],
    segments: Sequence[int],
) -> dict[int, list[list[ProfileRow]]]:
    """Return for each segment and refit the profile's rows under that refit."""
    by_column, kinds = {f.column: f for f in features}, {c.name: c for c in columns}
    found: dict[int, list[list[ProfileRow]]] = {s: [[] for _ in label] for s in segments}
    near = _named_perhaps(rows)
    lines: dict[tuple[str, str | None], dict[int, ProfileRow]] = {}
    for row in rows:
        if row.role == "feature" and row.segment != ALL and row.column in near:
            lines.setdefault((row.column, row.level), {})[row.segment] = row
    for (column, level), mine in lines.items():
        x = values[column][: label.shape[1]]
        if level is None and kinds[column].distinct != 2:
            effect, superiority = _effects(transform(by_column[column], x), label, len(segments))
            for p, s in enumerate(segments):
                for r in range(len(label)):
                    able = bool(np.isfinite(effect[r, p]))
                    pair = (float(effect[r, p]), float(superiority[r, p])) if able else (None, None)
                    found[s][r].append(replace(mine[s], effect=pair[0], superiority=pair[1]))
            continue
        known = np.array([v is not None for v in x]) if level is not None else ~np.isnan(x)
        share = _shares(x == (kinds[column].max if level is None else level), known, label, len(segments))
        for p, s in enumerate(segments):
            for r in range(len(label)):
                found[s][r].append(_with_share(mine[s], float(share[r, p])))
    return found


def _named_perhaps(rows: Sequence[ProfileRow]) -> set[str]:
    """Return the columns that differ between segments at all."""
    inside = [row for row in rows if row.role == "feature" and row.segment != ALL and row.effect is not None]
    return {
        row.column for row in inside if abs(row.effect or 0.0) >= (NEVER_NAMED if row.level is None else NEVER_COUNTED)
    }


def _with_share(row: ProfileRow, share: float) -> ProfileRow:
    if np.isnan(share):
        return replace(row, mean=None, share=None, effect=None)
    return replace(row, share=share, effect=share - (row.overall or 0.0))


def _effects(t: FloatArray, label: NDArray[np.int32], k: int) -> tuple[FloatArray, FloatArray]:
    """Return ``robust_effect`` of every segment under every refit.

    Parameters
    ----------
    t : (n,) transformed values, NaN where missing; label : (refits, n) positions of the segments, or ``LEFT_OUT``.

    Returns
    -------
    effect, superiority : (refits, k), NaN where unknown.
    """
    order = np.argsort(t, kind="stable")[: int(np.count_nonzero(~np.isnan(t)))]  # NaN stands last
    t, label = t[order], label[:, order]
    found = [_effects_once(t[kept], mine[kept], k) for mine in label for kept in (mine != LEFT_OUT,)]
    return np.stack([effect for effect, _ in found]), np.stack([superiority for _, superiority in found])


def _effects_once(t: FloatArray, label: NDArray[np.int32], k: int) -> tuple[FloatArray, FloatArray]:
    """Return effect and superiority (k,) under one refit.

    ``t`` is sorted, and known.
    """
    effect, superiority = np.full(k, np.nan), np.full(k, np.nan)
    if not len(t):
        return effect, superiority
    spread = MAD_TO_SD * _middle(np.sort(np.abs(t - _middle(t)))) or float(t.std()) or 1.0
    starts = np.flatnonzero(np.concatenate(([True], t[1:] != t[:-1])))
    counts = np.diff(np.append(starts, len(t)))
    rank = np.repeat(starts + (counts + 1) / 2, counts)
    for p in range(k):
        inside = label == p
        members = int(inside.sum())
        others = len(t) - members
        if members and others:
            effect[p] = (_middle(t[inside]) - _middle(t[~inside])) / spread
            ranks = float(rank[inside].sum())  # halves of whole numbers: exact in any order
            superiority[p] = (ranks / members - (members + 1) / 2) / others
    return effect, superiority


def _middle(t: FloatArray) -> float:
    """Return the median of sorted values."""
    return float(t[(len(t) - 1) // 2] + t[len(t) // 2]) / 2


def _shares(x: NDArray[Any], known: NDArray[np.bool_], label: NDArray[np.int32], k: int) -> FloatArray:
    """Return the mean of ``x`` over the known members; without any, NaN."""
    value = np.where(known, x, 0).astype(np.float64)
    shares = np.full((len(label), k), np.nan)
    for p in range(k):
        inside = (label == p) & known
        n = inside.sum(axis=1)
        shares[n > 0, p] = np.where(inside, value, 0.0).sum(axis=1)[n > 0] / n[n > 0]
    return shares
