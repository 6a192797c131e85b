"""Conditions on a column in its own units, and their words.

Rules and trees speak of customers in these: ``annual income ≥ 71,000``. A condition on a missing value does not hold,
whichever way it points.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.model import Feature, words_of
from coterie.table import ColumnRecord

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CELLS = 100  # a column with more values is cut at a hundred places, which is finer than anybody acts on
Op = Literal["at least", "below", "is", "is not"]
AT_LEAST: Op = "at least"
BELOW: Op = "below"
IS: Op = "is"
IS_NOT: Op = "is not"
SIGNS = {AT_LEAST: "≥", BELOW: "<"}


@frozen
class Condition:
    """What is asked of a column, with a number or a level.

    ``op`` is ``at least``, ``below``, ``is`` or ``is not``; the number of a date is its days since 1970.
    """

    column: str
    op: Op
    value: float | str


@frozen
class Axis:
    """A column cut into cells.

    ``cell`` is the cell of every row (n,), -1 where missing. ``values`` of an ordered axis are the cuts: ``values[j]``
    is the least of cell ``j + 1``. Of the others they are the levels: cell j holds ``values[j]``, and a cell beyond the
    last one all levels that are not worth a word.
    """

    column: str
    label: str
    kind: str
    ordered: bool
    values: tuple[float | str, ...]
    cell: IntArray

    @property
    def cells(self) -> int:
        """How many cells there can be."""
        return len(self.values) + 1

    def condition(self, op: Op, at: int) -> Condition:
        """Return the condition at a cut or a level."""
        return Condition(self.column, op, self.values[at])

    def holds(self, op: Op, at: int) -> NDArray[np.bool_]:
        """Return for which rows a condition holds (n,)."""
        if op == AT_LEAST:
            return np.asarray(self.cell > at)
        if op == BELOW:
            return np.asarray((self.cell >= 0) & (self.cell <= at))
        return np.asarray(self.cell == at if op == IS else (self.cell >= 0) & (self.cell != at))


def cut_columns(
    features: Sequence[Feature], columns: Sequence[ColumnRecord], values: Mapping[str, NDArray[Any]], learned: slice
) -> tuple[Axis, ...]:
    """Return the columns that formed the segments, cut into cells.

    They stand by name, so that the source's order does not matter.

    Parameters
    ----------
    values : arrays (n,) by column name.
    learned : the rows that say where the cuts are.
    """
    by_name = {c.name: c for c in columns}
    found = []
    for feature in sorted(features, key=lambda f: f.column):
        axis = _axis(feature, by_name[feature.column], values[feature.column], learned)
        if axis.values:
            found.append(axis)
    return tuple(found)


def _axis(feature: Feature, column: ColumnRecord, x: NDArray[Any], learned: slice) -> Axis:
    if feature.levels is None:
        known = x[learned][~np.isnan(x[learned])]
        if feature.kind == "binary":
            ends = (feature.shift, feature.shift + 1 / feature.factor) if feature.factor > 0 else (0.0, 1.0)
            pair = tuple(float(v) for v in np.unique(known)) if len(np.unique(known)) == 2 else ends
            return Axis(column.name, column.label, "binary", False, pair, _place(x, pair))
        cuts = tuple(_cuts(known, column.kind == "date"))
        cell = np.searchsorted(np.array(cuts, dtype=np.float64), np.nan_to_num(x), side="right")
        return Axis(column.name, column.label, column.kind, True, cuts, np.where(np.isnan(x), -1, cell))
    if feature.kind == "ordinal":
        place = _place(x, feature.levels)
        cell = np.where(place == len(feature.levels), -1, place)  # a level never met has no place among the others
        return Axis(column.name, column.label, "ordinal", True, feature.levels[1:], cell)
    return Axis(column.name, column.label, "category", False, feature.levels, _place(x, feature.levels))


def _place(x: NDArray[Any], levels: Sequence[float | str]) -> IntArray:
    """Return which of the levels each value is.

    Another level gets the number of levels, a missing one -1.
    """
    place = np.full(len(x), len(levels), dtype=np.int64)
    for i, level in enumerate(levels):
        place[x == level] = i
    missing = np.isnan(x) if x.dtype != object else np.array([v is None for v in x], dtype=bool)
    place[missing] = -1
    return place


# ── round numbers ─────────────────────────────────────────────────────────────────────────────────────────────────


def _cuts(known: FloatArray, dates: bool) -> list[float]:
    ends = np.unique(known)
    if len(ends) > CELLS:
        ends = np.unique(np.quantile(known, np.linspace(0, 1, CELLS + 1), method="inverted_cdf"))
    whole = bool(np.all(known == np.floor(known)))
    if dates and not whole:
        ends = np.unique(np.ceil(ends))
        whole = True
    return [roundest(float(low), float(high), whole=whole) for low, high in itertools.pairwise(ends)]


def roundest(low: float, high: float, *, whole: bool = False) -> float:
    """Return the number of fewest digits between the two.

    It is above ``low``, at most ``high``, and near the middle if it can.

    >>> roundest(70_312, 72_960), roundest(49, 50, whole=True), roundest(0.1234, 0.1311)
    (72000.0, 50.0, 0.128)
    """
    quarter = (high - low) / 4
    inner = _roundest(low + quarter, high - quarter, whole)
    found = _roundest(low, high, whole) if inner is None else inner
    return high if found is None else found


def _roundest(low: float, high: float, whole: bool) -> float | None:
    if low < 0 <= high:
        return 0.0
    largest = max(abs(low), abs(high))
    first = math.floor(math.log10(largest)) + 1 if largest > 0 else 0
    for power in range(first, max(first - 18, 0 if whole else -300) - 1, -1):
        for times in (5, 2, 1):
            step = times * 10.0**power
            for n in (round((low + high) / 2 / step), math.floor(high / step)):
                value = float(f"{n * times}e{power}")  # the nearest double to a short decimal, so that it prints short
                if low < value <= high:
                    return value
    return None


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def phrase(conditions: Sequence[Condition], axes: Sequence[Axis]) -> str:
    """Return conditions that hold together as a phrase.

    Two bounds of one column are said as a range.
    """
    by_column = {axis.column: axis for axis in axes}
    parts: dict[str, list[Condition]] = {}
    for condition in conditions:
        parts.setdefault(condition.column, []).append(condition)
    return " and ".join(phrase for column, those in parts.items() for phrase in _phrases(those, by_column[column]))


def _phrases(those: Sequence[Condition], axis: Axis) -> list[str]:
    at_least = [c for c in those if c.op == AT_LEAST]
    below = [c for c in those if c.op == BELOW]
    if at_least and below:
        return [f"{_value(at_least[-1], axis)} ≤ {axis.label} < {_value(below[-1], axis)}"]
    return [f"{axis.label} {SIGNS.get(c.op, c.op)} {_value(c, axis)}" for c in those]


def _value(condition: Condition, axis: Axis) -> str:
    if isinstance(condition.value, str):
        return words_of(condition.value)
    if axis.kind == "date":
        return words.day(condition.value)
    return words.with_unit(words.exact_number(condition.value), words.unit_of(axis.column))
