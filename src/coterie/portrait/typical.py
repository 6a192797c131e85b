"""What typical and borderline customers are like: groups, never a person.

A group has ten customers or more, and its numbers are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.cluster import distances
from coterie.doors import frozen
from coterie.evidence import Cut
from coterie.model import Model, words_of
from coterie.portrait.conditions import roundest
from coterie.portrait.marks import SHARE_AS_ONE
from coterie.portrait.profile import ProfileRow
from coterie.table import ColumnRecord, level_counts

FloatArray = NDArray[np.float64]

NEAREST = 0.10  # of the core customers, those who are called typical
COLUMNS = 12  # those in which the segment differs most
BLUR = 0.03  # numbers are rounded by so much of the usual range (10% to 90% of customers), or of
OWN_BLUR = 0.15  # their own size where that is less: a week is not "about 0"


@frozen
class UsualValue:
    """A column and what is usual in it, in words.

    It is a rounded median, or the level that most of the group have.
    """

    column: str
    label: str
    text: str


@frozen
class CustomerGroup:
    """At least ten customers of the sample, and what they are like.

    ``share`` is their part of the segment. Of those at a border, ``towards`` is the segment that most of them could
    also belong to, and ``towards_share`` how many of them.
    """

    n: int
    share: float
    values: tuple[UsualValue, ...]
    towards: int | None = None
    towards_share: float | None = None


@frozen
class Described:
    """The groups of one segment; None where one would be too small."""

    typical: CustomerGroup | None
    border: CustomerGroup | None


def describe(
    rows: Sequence[ProfileRow],
    columns: Sequence[ColumnRecord],
    values: Mapping[str, NDArray[Any]],
    placed: tuple[FloatArray, NDArray[np.int32], FloatArray],
    model: Model,
    cuts: Sequence[Cut],
) -> dict[int, Described]:
    """Return each segment's typical customers, and those at its border.

    Typical are the core customers nearest to its center; where nobody is core, those that are not at a border.

    Parameters
    ----------
    rows : the profile, which says in which columns each segment differs most.
    placed : of the sample, the prepared matrix (n, d), the segment (n,) and the margin (n,).
    cuts : the margins from which a customer is core, and below which borderline.
    """
    Z, label, margin = placed
    owner = np.array(model.segment_of)
    found = {}
    for cut in cuts:
        mine = label == cut.segment
        shown = _strongest(rows, columns, cut.segment)
        core = np.flatnonzero(mine & (margin >= (cut.core if cut.core <= 1 else cut.probable)))
        away = distances(Z[core], np.array(model.centers)[owner == cut.segment]).min(axis=1)
        nearest = core[np.argsort(away, kind="stable")[: max(words.SMALLEST_GROUP, int(NEAREST * len(core)))]]
        edge = np.flatnonzero(mine & (margin < cut.probable))
        total = max(1, int(mine.sum()))
        border = _group(edge, total, shown, values)
        if border is not None and len(set(model.segment_of)) > 1:
            rivals = owner[owner != cut.segment]
            next_to = rivals[np.argmin(distances(Z[edge], np.array(model.centers)[owner != cut.segment]), axis=1)]
            met, counts = np.unique(next_to, return_counts=True)
            towards = int(met[np.argmax(counts)])
            border = CustomerGroup(border.n, border.share, border.values, towards, float(counts.max() / len(edge)))
        found[cut.segment] = Described(_group(nearest, total, shown, values), border)
    return found


def _strongest(rows: Sequence[ProfileRow], columns: Sequence[ColumnRecord], segment: int) -> list[ColumnRecord]:
    """Return the columns in which a segment differs most.

    They are at most twelve, those that formed the segments first.
    """
    strength: dict[str, float] = {}
    for row in rows:
        if row.segment == segment and row.effect is not None:
            size = abs(row.effect) / (1.0 if row.level is None else SHARE_AS_ONE)
            strength[row.column] = max(strength.get(row.column, 0.0), size)
    able = [c for c in columns if c.name in strength and c.role in ("feature", "describe")]
    return sorted(able, key=lambda c: (c.role != "feature", -strength[c.name], c.name))[:COLUMNS]


def _group(
    which: NDArray[np.intp], total: int, columns: Sequence[ColumnRecord], values: Mapping[str, NDArray[Any]]
) -> CustomerGroup | None:
    if len(which) < words.SMALLEST_GROUP:
        return None
    said = ((column, _usual(column, values[column.name][which])) for column in columns)
    return CustomerGroup(
        len(which), len(which) / total, tuple(UsualValue(c.name, c.label, text) for c, text in said if text is not None)
    )


def _usual(column: ColumnRecord, x: NDArray[Any]) -> str | None:
    """Return what is usual among these values, in words.

    It is None where fewer than ten are known, or most differ.
    """
    if column.kind in ("number", "date"):
        known = x[~np.isnan(x)]
        if len(known) < words.SMALLEST_GROUP or column.p10 is None or column.p90 is None:
            return None
        return _rounded(column, float(np.median(known)))
    counts = level_counts(x)
    known = sum(counts.values())
    if known < words.SMALLEST_GROUP or max(counts.values()) <= known / 2:
        return None
    return words_of(max(counts, key=lambda level: counts[level]))


def _rounded(column: ColumnRecord, median: float) -> str:
    assert column.p10 is not None
    assert column.p90 is not None
    if not column.is_scale:
        return words.exact_number(round(median, 6))
    blur = min(BLUR * (column.p90 - column.p10), OWN_BLUR * abs(median))
    if column.kind == "date":
        return f"about {(words.DAY_ZERO + timedelta(days=round(median))).strftime('%Y-%m')}"
    near = roundest(median - blur, median + blur) if blur > 0 else float(f"{median:.2g}")
    part = words.is_part(column.name, column.min, column.max)
    return f"about {words.percent(near) if part else words.exact_number(near)}"
