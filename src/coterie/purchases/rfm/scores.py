"""Scores of recency, frequency and money: cuts, arrays and SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import sql
from coterie.doors import frozen
from coterie.purchases.rfm.rules import MEASURES, RfmRules
from coterie.purchases.roles import MEASURED, bare
from coterie.sql import Node
from coterie.table import Table


@frozen
class Scale:
    """The way from values to scores: each measure's column and cuts.

    Cuts ascend, and are one fewer than scores.
    """

    columns: dict[str, str]
    cuts: dict[str, tuple[float, ...]]
    rules: RfmRules


def columns(table: Table) -> dict[str, str] | None:
    """Return the columns of the three measures; None where one is missing."""
    by_name = {bare(c.name): c.name for c in reversed(table.columns) if c.kind == "number"}
    found = {m: next((by_name[n] for n in MEASURED[m] if n in by_name), None) for m in MEASURES}
    return {m: name for m, name in found.items() if name is not None} if all(found.values()) else None


def scale(named: Mapping[str, str], values: Mapping[str, NDArray[Any]], by: RfmRules) -> Scale | None:
    """Return the cuts of each measure, quantiles of the sample's values.

    None where a measure has no value at all.

    Parameters
    ----------
    named : each measure's column; ``values`` has the sample's array of each, NaN for missing.
    """
    if any(np.isnan(values[name]).all() for name in named.values()):
        return None
    shift = 1.0 if by.cuts == "plus-one" else 0.0
    cuts = {m: tuple(q + shift for q in quantiles(values[named[m]], by.bins)) for m in MEASURES}
    return Scale(dict(named), cuts, by)


def quantiles(values: NDArray[np.float64], bins: int) -> tuple[float, ...]:
    """Return the quantiles that cut values into equal parts.

    They are Hyndman & Fan's type 7.

    The place of a quantile is found in whole numbers, so a quantile that is one of the values is exactly that value.

    >>> quantiles(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 5)
    (2.0, 3.0, 4.0, 5.0)
    """
    ordered = np.sort(values[~np.isnan(values)])
    found = []
    for i in range(1, bins):
        low, rest = divmod(i * (len(ordered) - 1), bins)
        at = float(ordered[low])
        found.append(at if rest == 0 else at + (float(ordered[low + 1]) - at) * (rest / bins))
    return tuple(found)


def score_sql(measured: Scale, measure: str, x: Node) -> Node:
    """Return the SQL of a score, NULL where the value is missing.

    Scores go from 1 to ``bins``, the best highest.
    """
    bins, low_is_good = measured.rules.bins, measure == "recency"
    branches: list[tuple[Node, Node]] = [(sql.is_null(x), sql.null())]
    for i, cut in reversed(list(enumerate(measured.cuts[measure], start=1))):
        at = sql.number(cut)
        beyond = sql.above(x, at) if measured.rules.cuts == "closed" else sql.at_most(at, x)
        branches.append((beyond, sql.whole(bins - i if low_is_good else i + 1)))
    return sql.case(branches, sql.whole(bins if low_is_good else 1))


def scores(measured: Scale, measure: str, values: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the scores of values; 0 where the value is missing.

    They are those that ``score_sql`` gives.
    """
    side: Literal["left", "right"] = "left" if measured.rules.cuts == "closed" else "right"
    passed = np.searchsorted(np.array(measured.cuts[measure]), values, side=side)
    score = measured.rules.bins - passed if measure == "recency" else passed + 1
    return np.where(np.isnan(values), 0, score).astype(np.int32)


def segment_sql(by: RfmRules, score: Mapping[str, Node]) -> Node:
    """Return the SQL of the named segment that three scores make.

    The first whose bounds hold wins.
    """
    missing = sql.either(*(sql.is_null(score[m]) for m in MEASURES))
    branches = [(missing, sql.null())]
    for rule in by.segments:
        inside = [
            sql.both(sql.at_most(sql.whole(low), score[m]), sql.at_most(score[m], sql.whole(high)))
            for m in MEASURES
            for low, high in [getattr(rule, m)]
        ]
        branches.append((sql.both(*inside), sql.text(rule.name)))
    return sql.case(branches, sql.text(by.other))


def scored_sql(relation: str, measured: Scale, keep: Sequence[str]) -> sql.Select:
    """Return the SELECT of a relation's columns with three scores and ``rfm_segment``."""
    found = {m: score_sql(measured, m, sql.column(measured.columns[m])) for m in MEASURES}
    kept = [sql.column(name) for name in keep]
    nodes = [*kept, *(sql.named(node, f"rfm_{m}") for m, node in found.items())]
    return sql.select([*nodes, sql.named(segment_sql(measured.rules, found), "rfm_segment")], sql.table(relation))
