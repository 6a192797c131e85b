"""What may explain a border alone: a stand-in for a value, a missing value, the answer to a yes/no question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie.evidence import Condition
from coterie.model.formula import Feature
from coterie.table import level_counts, ordered_levels

FEW_DISTINCT = 10  # up to so many different numbers a value is an answer, not a stand-in, unless it lies apart
OFTEN = 0.01  # share of customers that a condition must hold of, and not hold of
FAR = 3.0  # a value that lies so many usual steps from the nearest other one lies apart


def list_conditions(fitted: Sequence[Feature], values: Mapping[str, NDArray[Any]]) -> list[Condition]:
    """Return the conditions that may explain a border, of each column that forms segments."""
    found, start = [], 0
    for feature in fitted:
        at = tuple(range(start, start + len(feature.prepared)))
        found += [replace(c, at=at) for c in _of_column(feature, values[feature.column])]
        start += len(at)
    return [c for c in found if OFTEN <= c.holds.mean() <= 1 - OFTEN]


def _of_column(feature: Feature, x: NDArray[Any]) -> Iterator[Condition]:
    name = feature.column
    if x.dtype != object:
        yield Condition(name, None, None, np.isnan(x))
        for value in _stand_ins(x[~np.isnan(x)]):
            yield Condition(name, value, None, x == value)
        return
    yield Condition(name, None, None, np.array([v is None for v in x], dtype=bool))
    levels = sorted(level_counts(x), reverse=True)  # "yes" before "no"
    for level in levels[:1] if len(levels) == 2 else [v for v in levels if ordered_levels.may_be_missing(v)]:
        yield Condition(name, None, level, x == level)


def _stand_ins(present: NDArray[np.float64]) -> list[float]:
    """Return the numbers that may stand for something else than their size: one of two, or at an end or commonest.

    Among a few answers such as 1 to 5 only what is not above zero or lies apart from the others may.
    """
    distinct, counts = np.unique(present, return_counts=True)
    if len(distinct) < 2:
        return []
    if len(distinct) == 2:
        return [float(distinct[1])]
    able = {float(distinct[0]), float(distinct[-1]), float(distinct[counts.argmax()])}
    if len(distinct) > FEW_DISTINCT:
        return sorted(able)
    usual = float(np.median(np.diff(distinct)))
    apart = {float(distinct[0]): distinct[1] - distinct[0], float(distinct[-1]): distinct[-1] - distinct[-2]}
    return sorted(v for v in able if v <= 0 or apart.get(v, 0.0) >= FAR * usual)
