"""What the scores come to over all customers: the grid, the named segments, and other segments against them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coterie import sql, words
from coterie.purchases.rfm.rules import MEASURES, Rules
from coterie.purchases.rfm.scores import Scale, scored_sql
from coterie.table import Summary, Table

PLACES, LARGEST_WHOLE = 6, 9e18

Grouped = Callable[[Sequence[str]], list[tuple[str, sql.Select]]]
"""Given columns to carry along as ``__c_k0…``, the steps of a query whose last, ``s``, has ``__c_segment`` too."""


def record(
    table: Table,
    summary: Summary,
    measured: Scale,
    grouped: Grouped | None = None,
) -> dict[str, Any]:
    """Return what the scores come to over all customers: the grid, the named segments, and the segments against them.

    Parameters
    ----------
    grouped : other segments of the same customers, to cross the named ones with.

    Returns
    -------
    ``sample.rfm`` of the record; docs/reference/record.md has every key.

    Notes
    -----
    Cost: one scan; at most one row a combination of scores and segment leaves the engine. Sums are of whole numbers.
    """
    units = {m: _unit(summary, measured.columns[m]) for m in MEASURES}
    rows = _count(table, measured, units, grouped)
    scored = [row for row in rows if row["name"] is not None]
    everyone = _total(scored, units)
    names = [*(rule.name for rule in measured.rules.segments), measured.rules.other]
    listed = [(name, _total([r for r in scored if r["name"] == name], units)) for name in names]
    bounds = {r.name: {m: list(getattr(r, m)) for m in MEASURES} for r in measured.rules.segments}
    crossed: dict[tuple[int, str], int] = {}
    for row in scored:
        if row["segment"] is not None:
            key = (row["segment"], row["name"])
            crossed[key] = crossed.get(key, 0) + row["n"]
    return {
        "columns": measured.columns,
        "bins": measured.rules.bins,
        "cuts_rule": measured.rules.cuts,
        "cuts": {m: list(measured.cuts[m]) for m in MEASURES},
        "text": tie_rule(measured.rules),
        "notes": notes(scored, measured.rules.bins),
        "customers": everyone["n"],
        "unscored": sum(row["n"] for row in rows if row["name"] is None),
        "grid": _grid(scored, units, measured.rules.bins, everyone["n"]),
        "segments": [
            {"name": name, **bounds.get(name, dict.fromkeys(MEASURES)), **_shares(found, everyone)}
            for name, found in listed
            if found["n"] or name in bounds
        ],
        "cross": [{"segment": s, "name": name, "n": n} for (s, name), n in sorted(crossed.items())],
        "agreement": agreement(crossed) if grouped is not None else None,
    }


def tie_rule(by: Rules) -> str:
    """Return in words which side of a cut a value on it falls, and that equal customers are never torn apart."""
    fraction = {3: "thirds", 4: "quarters", 5: "fifths", 10: "tenths"}.get(by.bins, f"{by.bins} parts")
    if by.cuts == "closed":
        side = "a value on a quantile belongs to the part below it"
    else:
        side = "a part ends below its quantile plus 1, as in the R package rfm"
    return f"Scores cut each measure into {fraction}; {side}. Equal customers always get equal scores."


def notes(rows: Sequence[Mapping[str, Any]], bins: int) -> list[str]:
    """Return a sentence for each measure that takes too few different values for all scores."""
    said = []
    for m in MEASURES:
        used = len({row[m] for row in rows})
        if used < bins:
            shared = "its most common values fill more than one part"
            said.append(f"{m.capitalize()} has only {words.plural(used, 'score')}: {shared}.")
    return said


def agreement(crossed: Mapping[tuple[int, str], int]) -> float | None:
    """Return the adjusted Rand index between two ways of grouping, from the counts of their crossing.

    >>> agreement({(1, "a"): 5, (2, "b"): 3})
    1.0
    """
    rows: dict[int, int] = {}
    columns: dict[str, int] = {}
    for (row, column), n in crossed.items():
        rows[row] = rows.get(row, 0) + n
        columns[column] = columns.get(column, 0) + n
    total = sum(rows.values())
    if total < 2:
        return None
    together = sum(math.comb(n, 2) for n in crossed.values())
    by_row, by_column = (sum(math.comb(n, 2) for n in side.values()) for side in (rows, columns))
    expected = by_row * by_column / math.comb(total, 2)
    most = (by_row + by_column) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _unit(summary: Summary, column: str) -> float:
    """Return how many units make 1, so that the sum over all rows is a whole number that every engine can hold."""
    found = summary.columns[column]
    bound = max(abs(found.low), abs(found.high)) * max(1, summary.rows)
    return 10.0 ** min(PLACES, math.floor(math.log10(LARGEST_WHOLE / bound))) if bound > 0 else 10.0**PLACES


def _count(table: Table, measured: Scale, units: Mapping[str, float], grouped: Grouped | None) -> list[dict[str, Any]]:
    """Return customers and sums of each combination of scores, name and segment, in the order of these."""
    dialect = sql.DIALECTS[table.engine.dialect]
    keep = [measured.columns[m] for m in MEASURES]
    held = {m: f"__c_k{i}" for i, m in enumerate(MEASURES)}
    if grouped is None:
        nodes = [sql.named(sql.column(name), held[m]) for m, name in zip(MEASURES, keep, strict=True)]
        parts = [
            (
                "s",
                sql.select(
                    [*nodes, sql.named(sql.cast(sql.null(), "small", dialect), "__c_segment")],
                    sql.table(table.relation),
                ),
            )
        ]
    else:
        parts = grouped(keep)
    inner = replace(measured, columns=held)
    parts.append(("scored", scored_sql("s", inner, [*held.values(), "__c_segment"])))
    keys = [sql.column(name) for name in (*(f"rfm_{m}" for m in MEASURES), "rfm_segment", "__c_segment")]
    sums = []
    for m in MEASURES:
        x = sql.add(sql.multiply(sql.column(held[m]), sql.number(units[m])), sql.number(0.5))
        sums.append(sql.named(sql.total(sql.cast(sql.floor(x), "whole", dialect)), f"sum_{m}"))
    final = sql.select([*keys, sql.named(sql.count(), "n"), *sums], sql.table("scored"), group=keys)
    got = table.engine.fetch(sql.steps(parts, final, dialect))
    rows = []
    for i in range(len(got["n"])):
        name, segment = got["rfm_segment"][i], _whole(got["__c_segment"][i])
        row = {"name": name, "segment": segment, "n": int(got["n"][i])}
        row |= {m: _whole(got[f"rfm_{m}"][i]) for m in MEASURES}
        row |= {f"sum_{m}": _whole(got[f"sum_{m}"][i]) or 0 for m in MEASURES}
        rows.append(row)
    return sorted(rows, key=lambda r: tuple(-1 if r[key] is None else r[key] for key in (*MEASURES, "segment")))


def _whole(value: Any) -> int | None:
    return None if value is None or math.isnan(value) else int(value)


def _total(rows: Sequence[Mapping[str, Any]], units: Mapping[str, float]) -> dict[str, Any]:
    found: dict[str, Any] = {"n": sum(r["n"] for r in rows)}
    return found | {m: sum(r[f"sum_{m}"] for r in rows) / units[m] for m in MEASURES}


def _shares(found: Mapping[str, Any], everyone: Mapping[str, Any]) -> dict[str, Any]:
    """Return a segment's size, its parts of customers and money, and its means."""
    n, money = found["n"], everyone["monetary"]
    return {
        "n": n,
        "share": n / everyone["n"] if everyone["n"] else None,
        "monetary_share": found["monetary"] / money if money > 0 else None,
        **{f"mean_{m}": found[m] / n if n else None for m in MEASURES},
    }


def _grid(rows: Sequence[Mapping[str, Any]], units: Mapping[str, float], bins: int, total: int) -> list[dict[str, Any]]:
    """Return customers and mean money of each pair of scores of recency and frequency, the best first."""
    found = []
    for r in range(bins, 0, -1):
        for f in range(bins, 0, -1):
            cell = _total([row for row in rows if row["recency"] == r and row["frequency"] == f], units)
            n = cell["n"]
            share, mean = (n / total if total else 0.0), (cell["monetary"] / n if n else None)
            found.append({"recency": r, "frequency": f, "n": n, "share": share, "monetary": mean})
    return found
