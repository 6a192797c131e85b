"""What the scores come to: grid, segments, and others against them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coterie import sql, words
from coterie.doors import frozen
from coterie.engines import ExactSum, plan_decimal_sum, round_off, shares_of
from coterie.purchases.facts import Crossed, GridCell, NamedCounts, RfmFacts
from coterie.purchases.rfm.rules import MEASURES, RfmRules
from coterie.purchases.rfm.scores import Scale, scored_sql
from coterie.table import Summary, Table

Grouped = Callable[[Sequence[str]], list[tuple[str, sql.Select]]]
"""Given columns to carry along as ``__c_k0…``, the steps of a query whose last, ``s``, has ``__c_segment`` too."""


@frozen
class _Together:
    """Customers who share their scores, name and segment; scores and sums are in the order of the measures.

    A sum is the whole numbers of fine and of coarse units that it comes to.
    """

    name: str | None
    segment: int | None
    n: int
    scores: tuple[int | None, ...]
    sums: tuple[tuple[int, int], ...]


@frozen
class _Total:
    """Customers and what each measure comes to over them."""

    n: int
    recency: float
    frequency: float
    monetary: float


def count(table: Table, summary: Summary, measured: Scale, grouped: Grouped | None = None) -> RfmFacts:
    """Return what the scores come to over all customers.

    Parameters
    ----------
    grouped : other segments of the same customers, to cross the named ones with.

    Notes
    -----
    Cost: one scan; at most one row a combination of scores and segment leaves the engine. Sums are of whole numbers.
    """
    plans = tuple(_plan(summary, measured.columns[m]) for m in MEASURES)
    rows = _count(table, measured, plans, grouped)
    scored = [row for row in rows if row.name is not None]
    everyone = _total(scored, plans)
    crossed: dict[tuple[int, str], int] = {}
    for row in scored:
        if row.segment is not None and row.name is not None:
            key = (row.segment, row.name)
            crossed[key] = crossed.get(key, 0) + row.n
    return RfmFacts(
        columns=measured.columns,
        bins=measured.rules.bins,
        cuts_rule=measured.rules.cuts,
        cuts={m: measured.cuts[m] for m in MEASURES},
        text=tie_rule(measured.rules),
        notes=notes([row.scores for row in scored], measured.rules.bins),
        customers=everyone.n,
        unscored=sum(row.n for row in rows if row.name is None),
        grid=_grid(scored, plans, measured.rules.bins),
        segments=_segments(scored, plans, measured.rules),
        cross=tuple(Crossed(s, name, n) for (s, name), n in sorted(crossed.items())),
        agreement=agreement(crossed) if grouped is not None else None,
    )


def tie_rule(by: RfmRules) -> str:
    """Return in words on which side of a cut a tie falls."""
    fraction = {3: "thirds", 4: "quarters", 5: "fifths", 10: "tenths"}.get(by.bins, f"{by.bins} parts")
    if by.cuts == "closed":
        side = "a value on a quantile belongs to the part below it"
    else:
        side = "a part ends below its quantile plus 1, as in the R package rfm"
    return f"Scores cut each measure into {fraction}; {side}. Equal customers always get equal scores."


def notes(scores: Sequence[Sequence[int | None]], bins: int) -> tuple[str, ...]:
    """Return a sentence for each measure with too few values."""
    said = []
    for i, m in enumerate(MEASURES):
        used = len({row[i] for row in scores})
        if used < bins:
            shared = "its most common values fill more than one part"
            said.append(f"{m.capitalize()} has only {words.plural(used, 'score')}: {shared}.")
    return tuple(said)


def agreement(crossed: Mapping[tuple[int, str], int]) -> float | None:
    """Return the adjusted Rand index of two ways of grouping.

    ``crossed`` counts the customers of each pair of groups.

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


def _plan(summary: Summary, column: str) -> ExactSum:
    found = summary.columns[column]
    largest = max(abs(found.low), abs(found.high))
    return plan_decimal_sum(largest, largest * max(1, summary.rows))


def _count(table: Table, measured: Scale, plans: Sequence[ExactSum], grouped: Grouped | None) -> list[_Together]:
    """Return customers and sums of each combination of scores, name and segment, in the order of these."""
    keep = [measured.columns[m] for m in MEASURES]
    held = {m: f"__c_k{i}" for i, m in enumerate(MEASURES)}
    if grouped is None:
        nodes = [sql.named(sql.column(name), held[m]) for m, name in zip(MEASURES, keep, strict=True)]
        alone = sql.named(sql.cast(sql.null(), "small"), "__c_segment")
        parts = [("nearest", sql.select([*nodes, alone], sql.table(table.relation)))]
    else:
        parts = grouped(keep)
    inner = replace(measured, columns=held)
    parts.append(("scored", scored_sql(parts[-1][0], inner, [*held.values(), "__c_segment"])))
    keys = [sql.column(name) for name in (*(f"rfm_{m}" for m in MEASURES), "rfm_segment", "__c_segment")]
    sums = []
    for m, plan in zip(MEASURES, plans, strict=True):
        sums += [sql.named(part, name) for name, part in plan.parts(sql.column(held[m]), f"sum_{m}").items()]
    final = sql.select([*keys, sql.named(sql.count(), "n"), *sums], sql.table("scored"), group=keys)
    got = table.engine.fetch(sql.steps(parts, final))
    rows = []
    for i, n in enumerate(got["n"]):
        scores = tuple(_whole(got[f"rfm_{m}"][i]) for m in MEASURES)
        ends = {name: _whole(column[i]) or 0 for name, column in got.items() if name.startswith("sum_")}
        totals = tuple((ends[f"sum_{m}"], ends.get(f"sum_{m}_high", 0)) for m in MEASURES)
        rows.append(_Together(got["rfm_segment"][i], _whole(got["__c_segment"][i]), int(n), scores, totals))
    return sorted(rows, key=lambda r: tuple(-1 if key is None else key for key in (*r.scores, r.segment)))


def _whole(value: Any) -> int | None:
    return None if value is None or math.isnan(value) else int(value)


def _total(rows: Sequence[_Together], plans: Sequence[ExactSum]) -> _Total:
    ends = ([sum(row.sums[i][end] for row in rows) for end in (0, 1)] for i in range(len(plans)))
    return _Total(sum(r.n for r in rows), *(plan.value(*both) for plan, both in zip(plans, ends, strict=True)))


def _segments(scored: Sequence[_Together], plans: Sequence[ExactSum], by: RfmRules) -> tuple[NamedCounts, ...]:
    """Return the named segments in the order of their rules, those that no rule names last, if there are any."""
    everyone, found = _total(scored, plans), []
    named = {rule: by.other if rule is None else rule.name for rule in (*by.segments, None)}
    totals = {rule: _total([r for r in scored if r.name == name], plans) for rule, name in named.items()}
    parts = dict(zip(totals, shares_of([total.monetary for total in totals.values()]), strict=True))
    for rule, total in totals.items():
        n, name = total.n, named[rule]
        if rule is None and not n:
            continue
        found.append(
            NamedCounts(
                name,
                recency=rule.recency if rule else None,
                frequency=rule.frequency if rule else None,
                monetary=rule.monetary if rule else None,
                n=n,
                share=n / everyone.n if everyone.n else None,
                monetary_share=parts[rule],
                mean_recency=round_off(total.recency / n) if n else None,
                mean_frequency=round_off(total.frequency / n) if n else None,
                mean_monetary=round_off(total.monetary / n) if n else None,
            )
        )
    return tuple(found)


def _grid(scored: Sequence[_Together], plans: Sequence[ExactSum], bins: int) -> tuple[GridCell, ...]:
    """Return customers and mean money of each pair of scores of recency and frequency, the best first."""
    everyone, found = sum(row.n for row in scored), []
    for r in range(bins, 0, -1):
        for f in range(bins, 0, -1):
            cell = _total([row for row in scored if row.scores[:2] == (r, f)], plans)
            mean = round_off(cell.monetary / cell.n) if cell.n else None
            found.append(GridCell(r, f, cell.n, cell.n / everyone if everyone else 0.0, mean))
    return tuple(found)
