"""Customers that purchases make: written once, and read like any other table."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coterie import errors, sql, words
from coterie.engines import Engine, Reading, Target
from coterie.findings import worst_first
from coterie.options import Options
from coterie.purchases.customers_query import CUSTOMER, MADE, customers_sql
from coterie.purchases.findings import findings
from coterie.purchases.log import LOG, Log, read_log
from coterie.purchases.roles import NAMES, Purchases
from coterie.reading import Before, Spill
from coterie.table import Finding, Table, read

# What forms segments of customers who come from purchases, what describes them, and what they are worth. Orders times
# the average order is the money, so the money would say nothing new; as a value it weighs the segments.
FEATURES, RETURNS = ("recency", "frequency", "average_order", "tenure"), "returns_share"
RETURNING = 0.05  # share of customers with returns from which returns form segments too
DESCRIBE = ("median_gap", "orders_90", "orders_365", "favorite_category", "favorite_share")
VALUE, FAVORITE = "monetary", "favorite_category"
FEWEST, STAND_IN = 100, 0.05  # customers from which one with so large a share of the orders is odd
WRITTEN = "customers.parquet"
CONSTANT, ALIKE_IDS = "COT103", "COT011"


@dataclass(frozen=True, slots=True)
class CustomerBase:
    """The log, the customers made of it, and their sums.

    ``orders``, ``order_days`` (days with an order), ``most`` (orders of one customer), ``returning`` (customers who
    returned something), ``money``.
    """

    log: Log
    table: Table
    orders: int
    order_days: int
    most: int
    returning: int
    money: float
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseFacts:
    """``sample.purchases`` of the record; docs/reference/record.md has every field."""

    columns: Mapping[str, str | None]
    guessed: tuple[str, ...]
    rows: int
    used: int
    orders: int
    money: float
    first: str
    last: str
    as_of: str
    same_day: str
    net: bool
    holdout_from: str | None
    text: str
    time_zone: str | None = field(default=None, metadata={"optional": True})


def customers_of_log(
    source: Any, engine: Engine, options: Purchases, reading: Reading, path: Path | None = None
) -> CustomerBase:
    """Return the customers of a log, written to a Parquet file.

    Parameters
    ----------
    path : the file; None: a temporary one that lives as long as the engine does.

    Raises
    ------
    InputError : as ``purchases.read_log``.

    Notes
    -----
    Cost: two scans of the purchases, a third where there are returns, and two of the customers.
    """
    if path is None:
        spill = Spill(engine.temp_dir)
        weakref.finalize(engine, spill.close)
        path = spill.path / WRITTEN
    log = read_log(source, engine, options, reading)
    engine.deliver(customers_sql(log), Target(path))
    table = read(path, engine, Options(id=CUSTOMER), Reading(before=(Before(FAVORITE, "category"),)))
    wanted = {
        "orders": sql.total(sql.column("frequency")),
        "days": sql.total(sql.column("order_days")),
        "most": sql.largest(sql.column("frequency")),
        "returning": sql.count(sql.case([(sql.above(sql.column(RETURNS), sql.number(0.0)), sql.whole(1))])),
        **log.sums.parts(sql.column(VALUE), "units"),
    }
    named = [sql.named(node, key) for key, node in wanted.items()]
    got = {key: float(column[0]) for key, column in engine.fetch(sql.select(named, sql.table(table.relation))).items()}
    orders, days, most, returning = (int(got[key]) for key in ("orders", "days", "most", "returning"))
    money = log.sums.value(got["units"], got.get("units_high", 0.0))
    base = CustomerBase(log, table, orders, days, most, returning, money, reading.time_zone)
    alike = [replace(f, column=log.chosen.customer) for f in table.findings if f.code == ALIKE_IDS]
    seen = worst_first((*findings(log), *alike, *_findings(base)))
    return replace(base, table=replace(table, name=log.name, findings=seen, rejected=log.found.rejected))


def choose_options(base: CustomerBase, options: Options) -> Options:
    """Return options with what forms segments unless somebody says.

    Raises
    ------
    InputError : ``--missing`` names values, which a log's customers have none of.
    """
    if options.missing:
        raise errors.not_for_purchases("--missing")
    names = [c.name for c in base.table.columns]
    return replace(_choose(names, base.returning, base.table.rows, options), id=CUSTOMER)


def _choose(names: Sequence[str], returning: int, rows: int, options: Options) -> Options:
    """Return options with what forms segments of customers that coterie made of purchases."""
    usual = (*FEATURES, *((RETURNS,) if returning >= RETURNING * rows else ()))
    formed = options.features or tuple(n for n in usual if n not in options.exclude)
    value = VALUE if options.value is None and VALUE not in options.exclude else options.value
    told = (n for n in (*DESCRIBE, RETURNS) if n in names and n not in (*formed, value, *options.exclude))
    return replace(options, features=formed, describe=options.describe or tuple(told), value=value)


def recognize(table: Table, options: Options) -> tuple[Table, Options]:
    """Return a table and its options; those of a log where ``customers`` made the table.

    Notes
    -----
    Cost: one narrow scan where it did.
    """
    numbers = {c.name for c in table.columns if c.kind == "number"}
    if table.id != CUSTOMER or not set(MADE) <= numbers:
        return table, options
    back = sql.count(sql.case([(sql.above(sql.column(RETURNS), sql.number(0.0)), sql.whole(1))]))
    got = table.engine.fetch(sql.select([sql.named(back, "n")], sql.table(table.relation)))
    chosen = _choose([c.name for c in table.columns], int(got["n"][0]), table.rows, options)
    if options.features is not None:
        return table, chosen
    text = (
        f"made by `coterie customers`: {words.joined(chosen.features or ())} form segments, {chosen.value} is the value"
    )
    told = Finding(
        "COT144", "note", None, table.rows, text, "as with --transactions; --features and --value name others"
    )
    return replace(table, findings=worst_first((*table.findings, told))), chosen


def without_own_constants(found: Sequence[Finding], options: Options) -> tuple[Finding, ...]:
    """Return the findings without constant columns that nobody asked for.

    Parameters
    ----------
    found : what was found in customers that come from purchases, many of whose columns only the query asked for.
    """
    asked = {*(options.features or ()), options.value}
    return tuple(f for f in found if f.code != CONSTANT or f.column in asked)


def facts(base: CustomerBase) -> PurchaseFacts:
    """Return what was read as what, and from when to when."""
    log = base.log
    return PurchaseFacts(
        columns={role: getattr(log.chosen, role) for role in (*NAMES, "category")},
        guessed=log.guessed,
        rows=log.rows,
        used=log.used,
        orders=base.orders,
        money=base.money,
        first=words.day(log.first),
        last=words.day(log.last),
        as_of=words.day(log.as_of),
        same_day=log.chosen.same_day,
        net=log.chosen.net,
        holdout_from=log.chosen.holdout_from,
        text=sentence(base),
        time_zone=base.time_zone,
    )


def sentence(base: CustomerBase) -> str:
    """Return what the purchases were and from when recency counts."""
    log = base.log
    if log.chosen.as_of is not None:
        why = "as given"
    else:
        why = "the holdout's first day" if log.chosen.holdout_from is not None else "the day after the last purchase"
    orders, people = words.plural(base.orders, "order"), words.plural(base.table.rows, "customer")
    return (
        f"{orders} of {people}, {base.money:,.2f} in all, from {words.day(log.first)} to {words.day(log.last)}; "
        f"recency is the days since the last purchase as of {words.day(log.as_of)} ({why})."
    )


def sentences(base: CustomerBase) -> list[str]:
    """Return which columns were found, and what the purchases come to."""
    return [*(f.text for f in base.table.findings if f.code == "COT401"), sentence(base)]


def _findings(base: CustomerBase) -> list[Finding]:
    """Return what only shows when the customers are made."""
    log, found = base.log, []
    if log.returns:
        everybody = sql.select(
            [sql.named(sql.count_distinct(sql.column("c")), "n")],
            sql.table(LOG),
            where=sql.at_most(sql.column("d"), sql.whole(log.last)),
        )
        n = int(log.engine.fetch(everybody)["n"][0]) - base.table.rows
        if n:
            text = f"{words.plural(n, 'customer')} with returns only"
            found.append(Finding("COT411", "note", log.chosen.customer, n, text, "left out: no purchase to judge by"))
    if base.table.rows >= FEWEST and base.most > STAND_IN * base.orders:
        text = f"one customer made {words.percent(base.most / base.orders)} of all orders"
        done = "kept: such an id often stands for all whom a till does not know; leave its rows out if so"
        found.append(Finding("COT413", "warning", log.chosen.customer, base.most, text, done))
    n = base.orders - base.order_days
    if n:
        text = f"{words.plural(n, 'order')} on a day with another order of the same customer"
        done = "each counts; gaps are taken between days"
        found.append(Finding("COT412", "note", log.chosen.date, n, text, done))
    return found
