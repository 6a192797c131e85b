"""The least change that puts a customer into another segment.

Every change that is named was made, and its customer given a segment again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import distinct, frozen
from coterie.model import TIE, Feature, prepare, restore
from coterie.record import ColumnRecord, Record

FloatArray = NDArray[np.float64]
Value = float | str | None

MORE_DIGITS = 7  # that are tried where the next segment is narrower than the last digit printed
NEXT_STEPS = 2  # on the border itself the first center wins: one step beyond it


@frozen
class Step:
    """A column, its value, and what it would be instead."""

    column: str
    before: Value
    after: Value


@frozen
class Change:
    """Columns that together lead into the next segment.

    The others stay as they are.
    """

    steps: tuple[Step, ...]


@distinct
class Customer:
    """A customer under a record.

    ``values`` stand by column, ``z`` is the prepared row.

    """

    record: Record
    values: Mapping[str, Value]
    z: FloatArray

    @classmethod
    def of(cls, record: Record, values: Mapping[str, Value]) -> Customer:
        """Return the customer who has these values."""
        return cls(record, values, np.concatenate([_prepared(f, values[f.column]) for f in record.features]))

    @cached_property
    def centers(self) -> FloatArray:
        """The model's centers (m, d)."""
        return np.array(self.record.model.centers)

    @cached_property
    def columns(self) -> tuple[tuple[Feature, slice], ...]:
        """Each feature, and its own prepared columns."""
        found, start = [], 0
        for feature in self.record.features:
            end = start + len(feature.prepared)
            found.append((feature, slice(start, end)))
            start = end
        return tuple(found)

    @cached_property
    def distances(self) -> FloatArray:
        """The squared distance to each center (m,).

        Summed in column order, as the SQL sums it.
        """
        terms = np.nan_to_num((self.z[None, :] - self.centers) ** 2, nan=0.0)
        return np.asarray(np.cumsum(terms, axis=1)[:, -1])

    @cached_property
    def nearest(self) -> tuple[int, int]:
        """Places of the nearest center and its nearest rival.

        The rival belongs to another segment.
        """
        away, owner = self.distances, np.array(self.record.model.segment_of)
        near = int(np.argmax(away <= away.min() + TIE))
        return near, int(np.argmin(np.where(owner == owner[near], np.inf, away)))

    @property
    def segment(self) -> int:
        """The segment that he belongs to."""
        return self.record.model.segment_of[self.nearest[0]]

    def with_value(self, column: str, value: Value) -> Customer:
        """Return the customer with another value in one column."""
        feature, its = next((f, s) for f, s in self.columns if f.column == column)
        z = self.z.copy()
        z[its] = _prepared(feature, value)
        return Customer(self.record, {**self.values, column: value}, z)


def find_change(him: Customer, order: Sequence[str], far: int) -> Change | None:
    """Return the least change that leads to a center's segment.

    The least of one column, measured where distances are; where none does alone, the fewest columns in order: all but
    the last as they are at that center, the last changed the least. None where nothing within the run's range does.

    Parameters
    ----------
    order : the columns that may change, those first that speak the most against the other segment.
    far : the place of the nearest center of another segment.
    """
    target, where = him.record.model.segment_of[far], {f.column: (f, s) for f, s in him.columns}
    alone = [(_cost(him, step), i, step) for i, c in enumerate(order) if (step := _least(him, *where[c], target))]
    if alone:
        return Change((min(alone)[2],))
    steps: list[Step] = []
    for column in order:
        last = _least(him, *where[column], target) if steps else None
        if last is not None:
            return Change((*steps, last))
        feature, its = where[column]
        typical = _typical(feature, him.record.column(column), him.centers[far, its], him.values[column])
        if typical is None or typical == him.values[column]:
            continue
        steps.append(Step(column, him.values[column], typical))
        him = him.with_value(column, typical)
        if him.segment == target:
            return Change(tuple(steps))
    return None


def _cost(him: Customer, step: Step) -> float:
    """Return how far a step goes in prepared space."""
    gap = np.nan_to_num(him.with_value(step.column, step.after).z - him.z, nan=0.0)
    return float(np.sqrt((gap * gap).sum()))


def _least(him: Customer, feature: Feature, its: slice, target: int) -> Step | None:
    """Return one column's least change that leads to a segment."""
    column = him.record.column(feature.column)
    if feature.levels is not None or feature.kind == "binary":
        tried = iter(_choices(feature, column))
    else:
        tried = _numbers(him, feature, column, its, target)
    before = him.values[feature.column]
    steps = [
        Step(feature.column, before, value)
        for value in tried
        if value != before and him.with_value(feature.column, value).segment == target
    ]
    return min(steps, key=lambda s: _cost(him, s), default=None)


def _choices(feature: Feature, column: ColumnRecord) -> list[Value]:
    """Return the known levels, or the two numbers."""
    if feature.levels is not None:
        return [*feature.levels, *feature.other[:1]]
    return [v for v in (column.min, column.max) if v is not None]


def _numbers(him: Customer, feature: Feature, column: ColumnRecord, its: slice, target: int) -> Iterator[Value]:
    """Yield the first number beyond each center's border.

    With the other columns as they are, a center wins on an interval of the prepared column: the differences of squared
    distances are linear in it.
    """
    if column.min is None or column.max is None:
        return
    low, high = (float(_prepared(feature, end)[0]) for end in (column.min, column.max))
    at, here = its.start, float(him.z[its.start])
    c = him.centers[:, at]
    rest = him.distances - (here - c) ** 2 + c * c
    owner = np.array(him.record.model.segment_of)
    for t in np.flatnonzero(owner == target):
        first, last = low, high
        for b in np.flatnonzero(owner != target):
            slope, level = 2 * (c[b] - c[t]), rest[b] - rest[t]
            if slope > 0:
                last = min(last, level / slope)
            elif slope < 0:
                first = max(first, level / slope)
            elif level < 0:
                first = np.inf
        if first > last:
            continue
        if here <= last:
            yield from _first_beyond(him, feature, column, max(first, here), target)
        if here >= first:
            yield from _first_beyond(him, feature, column, min(last, here), target, upwards=False)


def _first_beyond(
    him: Customer, feature: Feature, column: ColumnRecord, border: float, target: int, *, upwards: bool = True
) -> Iterator[Value]:
    """Yield the first printable number beyond a border.

    It leads to the segment, or none is given.
    """
    assert column.min is not None
    assert column.max is not None
    x, before = restore(feature, border), him.values[feature.column]
    x = min(max(x, column.min), column.max)
    whole = column.kind == "date" or all(v == int(v) for v in (column.min, column.max, before) if isinstance(v, float))
    usual = max(abs(v) for v in (column.p10, column.p90, column.min, column.max) if v is not None)
    digits = 0 if whole else max(0, words.decimals(x), words.decimals(usual))
    for places in range(digits, digits + (1 if whole else MORE_DIGITS)):
        unit = Decimal(1).scaleb(-places)
        start = Decimal(x).quantize(unit, ROUND_CEILING if upwards else ROUND_FLOOR)
        for i in range(NEXT_STEPS):
            value = float(start + i * unit * (1 if upwards else -1))
            inside = column.min <= value <= column.max
            if inside and value != before and him.with_value(feature.column, value).segment == target:
                yield value
                return


def _typical(feature: Feature, column: ColumnRecord, center: FloatArray, before: Value) -> Value:
    """Return the known value nearest to a center."""
    if feature.levels is not None or feature.kind == "binary":
        choices = _choices(feature, column)
        gaps = [float(((_prepared(feature, value) - center) ** 2).sum()) for value in choices]
        return choices[int(np.argmin(gaps))]
    if column.min is None or column.max is None:
        return before
    x = min(max(restore(feature, float(center[0])), column.min), column.max)
    value = round(x, max(0, words.decimals(x))) if column.kind != "date" else float(round(x))
    return min(max(value, column.min), column.max)


def _prepared(feature: Feature, value: Value) -> FloatArray:
    """Return the prepared columns of one value."""
    kind = np.float64 if feature.levels is None else object
    return np.asarray(prepare([feature], {feature.column: np.array([value], dtype=kind)})[0])
