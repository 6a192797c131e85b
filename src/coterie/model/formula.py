"""A feature: what becomes of one column before distances are taken.

A Feature is a formula with its constants, fitted on the sample. ``prepare`` computes it on arrays, ``scaled_sql`` and
``prepared_sql`` write it as SQL, term by term the same arithmetic, so that the engine and Python agree on every
customer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import sql
from coterie.doors import frozen

FloatArray = NDArray[np.float64]

POOLED = "other"  # the level that rare levels are pooled as

FeatureKind = Literal["number", "binary", "flag", "category", "ordinal"]
Transform = Literal["log", "neglog", "asinh"]


@frozen
class Prepared:
    """A prepared column: a number, or one level of a column.

    >>> str(Prepared("age")), str(Prepared("city", "Oslo"))
    ('age', 'city=Oslo')
    """

    column: str
    level: str | None = None

    def __str__(self) -> str:
        """Return its name in a record."""
        return self.column if self.level is None else f"{self.column}={self.level}"


@frozen
class Feature:
    """One column's way into the distances.

    Every field is a constant of the formula, see docs/reference/record.md.
    Numbers (and ``binary``, a number with two values): ``clip((t(x) - shift) * factor, *cap) * weight`` with t the
    transform. Categories: one prepared column a level (the last one for the pooled levels), ``factor * weight`` where
    the level is met and 0 elsewhere. A ``flag`` is a category with one prepared column. An ``ordinal`` has its levels
    in order and one prepared column, the level's place (from 0) times ``factor * weight``. Missing stays missing.
    """

    column: str
    kind: FeatureKind
    transform: Transform | None = None
    unit: float | None = None
    shift: float = 0.0
    factor: float = 1.0
    cap: tuple[float, float] | None = None
    weight: float = 1.0
    levels: tuple[str, ...] | None = None
    other: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def prepared(self) -> tuple[Prepared, ...]:
        """The prepared columns, in order."""
        if self.levels is None or self.kind == "ordinal":
            return (Prepared(self.column),)
        levels = self.levels[:1] if self.kind == "flag" else self.levels
        pooled = [POOLED] if self.other and self.kind != "flag" else []
        return tuple(Prepared(self.column, level) for level in (*levels, *pooled))


def transform(feature: Feature, x: FloatArray) -> FloatArray:
    """Return the number on its transformed scale.

    Below zero, a log feature counts as zero; a neglog feature is its mirror image.
    """
    if feature.transform == "log":
        return np.asarray(np.log(1.0 + np.where(x < 0, 0.0, x) * feature.unit))
    if feature.transform == "neglog":
        return np.asarray(-np.log(1.0 - np.where(x > 0, 0.0, x) * feature.unit))
    if feature.transform == "asinh":
        t = np.abs(x) * feature.unit
        return np.asarray(np.sign(x) * np.log(t + np.sqrt(t * t + 1.0)))
    return x


def restore(feature: Feature, z: float) -> float:
    """Return the number whose prepared value is ``z``.

    Of a capped value it is the number at which the cap begins.

    >>> round(restore(Feature("age", "number", shift=20.0, factor=0.1, weight=0.5), 1.5), 9)
    50.0
    """
    t = z / feature.weight / feature.factor + feature.shift
    if feature.transform is None or feature.unit is None:
        return t
    if feature.transform == "asinh":
        return math.sinh(t) / feature.unit
    sign = 1.0 if feature.transform == "log" else -1.0
    return sign * math.expm1(max(sign * t, 0.0)) / feature.unit


def prepare(features: Sequence[Feature], values: Mapping[str, NDArray[Any]]) -> FloatArray:
    """Return the prepared matrix (n, d), NaN where a value is missing.

    Parameters
    ----------
    values : arrays by column name: float64 for numbers, objects (text or None) for categories.
    """
    parts = [_prepare(feature, values[feature.column]) for feature in features]
    return np.ascontiguousarray(np.column_stack(parts), dtype=np.float64)


def _prepare(feature: Feature, x: NDArray[Any]) -> FloatArray:
    if feature.levels is None:
        z = (transform(feature, x) - feature.shift) * feature.factor
        if feature.cap is not None:
            low, high = feature.cap
            z = np.where(z < low, low, np.where(z > high, high, z))
        return np.asarray(z * feature.weight)
    if feature.kind == "ordinal":
        z = np.full(len(x), np.nan)
        for i, level in enumerate(feature.levels):
            z[x == level] = i * feature.factor
        return z * feature.weight
    size = feature.factor
    columns = [np.where(x == level, size, 0.0) for level in feature.levels]
    missing = np.array([level is None for level in x], dtype=bool)
    listed = frozenset(feature.levels)
    known = np.array([level in listed for level in x], dtype=bool)
    if feature.other:
        columns.append(np.where(known, 0.0, size))
    out = np.column_stack(columns[:1] if feature.kind == "flag" else columns) * feature.weight
    out[missing if feature.other else ~known] = np.nan
    return out


def scaled_sql(feature: Feature, *, tame: bool = False) -> list[sql.Node]:
    """Return the SQL of each prepared column before its cap and weight.

    It is the same arithmetic as that of ``prepare``, term by term.

    Parameters
    ----------
    tame : no value is beyond the floor of a log.
    """
    x = sql.column(feature.column)
    if feature.levels is None:
        shifted = sql.subtract(_transform_sql(feature, x, tame=tame), sql.number(feature.shift))
        return [sql.multiply(shifted, sql.number(feature.factor))]
    levels = [sql.text(level) for level in feature.levels]
    if feature.kind == "ordinal":
        places = [(sql.equal(x, level), sql.number(i * feature.factor)) for i, level in enumerate(levels)]
        return [sql.case([*places, (sql.is_null(x), sql.null())], sql.null())]
    size = sql.number(feature.factor)
    present = sql.negate(sql.is_null(x))
    zero = sql.number(0.0)
    # Branches of equalities, never IN: some engines turn a long list into a join.
    nodes = []
    for level in levels[: 1 if feature.kind == "flag" else None]:
        others = [(sql.equal(x, other), zero) for other in levels if other is not level]
        nodes.append(sql.case([(sql.equal(x, level), size), *([(present, zero)] if feature.other else others)]))
    if feature.other:
        nodes.append(sql.case([*((sql.equal(x, level), zero) for level in levels), (present, size)]))
    return nodes


def prepared_sql(feature: Feature, z: sql.Node, *, tame: bool = False) -> sql.Node:
    """Return the SQL that caps and weights a prepared column.

    Parameters
    ----------
    z : names the result of ``scaled_sql``.
    tame : no value reaches the cap.
    """
    if feature.cap is not None and not tame:
        low, high = (sql.number(end) for end in feature.cap)
        z = sql.case([(sql.less(z, low), low), (sql.above(z, high), high)], z)
    return sql.multiply(z, sql.number(feature.weight)) if feature.weight != 1.0 else z


def _transform_sql(feature: Feature, x: sql.Node, *, tame: bool) -> sql.Node:
    if feature.transform is None or feature.unit is None:
        return x
    unit = sql.number(feature.unit)
    if feature.transform == "log":
        floored = x if tame else sql.case([(sql.less(x, sql.number(0.0)), sql.number(0.0))], x)
        return sql.natural_log(sql.add(sql.number(1.0), sql.multiply(floored, unit)))
    if feature.transform == "neglog":
        floored = x if tame else sql.case([(sql.above(x, sql.number(0.0)), sql.number(0.0))], x)
        below = sql.subtract(sql.number(1.0), sql.multiply(floored, unit))
        return sql.subtract(sql.number(0.0), sql.natural_log(below))
    t = sql.multiply(sql.absolute(x), unit)
    root = sql.square_root(sql.add(sql.multiply(t, t), sql.number(1.0)))
    return sql.multiply(sql.sign(x), sql.natural_log(sql.add(t, root)))
