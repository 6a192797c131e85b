"""Purchases on their way to segments: the customers they make are written once, and read like any other table."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import errors, sql, words
from coterie.engines import Engine, Reading
from coterie.findings import worst_first
from coterie.options import Options
from coterie.purchases import holdout, rfm
from coterie.purchases.customers_query import CUSTOMER, customers_sql, later_sql
from coterie.purchases.findings import findings
from coterie.purchases.holdout import Holdout
from coterie.purchases.log import LOG, CustomersAlready, Log, read_log
from coterie.purchases.roles import NAMES, Purchases
from coterie.table import ID, ROW, ROWS, Finding, Sample, Summary, Table, draw, read, summarize

# What forms segments of customers who come from purchases, what describes them, and what they are worth. Orders times
# the average order is the money, so the money would say nothing new; as a value it weighs the segments.
FEATURES, RETURNS = ("recency", "frequency", "average_order", "tenure"), "returns_share"
RETURNING = 0.05  # share of customers with returns from which returns form segments too
DESCRIBE = ("median_gap", "orders_90", "orders_365", "favorite_category", "favorite_share")
VALUE = "monetary"
FEWEST, STAND_IN = 100, 0.05  # customers from which one with so large a share of the orders is odd
LATER, BOTH = "purchases_later", "customers_and_later"
SAMPLED = 50_000
WRITTEN = "customers.parquet"
CONSTANT = "COT103"


@dataclass(frozen=True, slots=True)
class CustomerBase:
    """The customers of a log: the log, a handle on the table made of it, and their sums.

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


@dataclass(frozen=True, slots=True)
class Delivered:
    """Customers that were written to a file: how many, what they were made of, what was found."""

    customers: int
    purchases: PurchaseFacts | None
    rfm: rfm.RfmFacts | None
    findings: tuple[Finding, ...]


def build(source: Any, engine: Engine, options: Purchases, reading: Reading, path: Path) -> CustomerBase:
    """Return the customers of a log, written to the Parquet file ``path``.

    Raises
    ------
    InputError : as ``purchases.read_log``.

    Notes
    -----
    Cost: two scans of the purchases, a third where there are returns, and two of the customers.
    """
    log = read_log(source, engine, options, reading)
    engine.write(customers_sql(log), path)
    table = read(path, engine, Options(id=CUSTOMER), Reading())
    money = sql.add(sql.multiply(sql.column(VALUE), sql.number(log.unit)), sql.number(0.5))
    wanted = {
        "orders": sql.total(sql.column("frequency")),
        "days": sql.total(sql.column("order_days")),
        "most": sql.largest(sql.column("frequency")),
        "returning": sql.count(sql.case([(sql.above(sql.column(RETURNS), sql.number(0.0)), sql.whole(1))])),
        "units": sql.total(sql.cast(sql.floor(money), "whole")),
    }
    named = [sql.named(node, key) for key, node in wanted.items()]
    got = {key: float(column[0]) for key, column in engine.fetch(sql.select(named, sql.table(table.relation))).items()}
    orders, days, most, returning = (int(got[key]) for key in ("orders", "days", "most", "returning"))
    base = CustomerBase(log, table, orders, days, most, returning, got["units"] / log.unit)
    said = worst_first((*findings(log), *_findings(base)))
    return replace(base, table=replace(table, name=log.name, findings=said, rejected=log.source.rejected))


def opened(
    source: Any, engine: Engine, settings: Mapping[str, Any], reading: Reading, options: Options
) -> tuple[CustomerBase, Options]:
    """Return the customers of a log, and the options of their segmentation: what forms segments unless somebody says.

    Parameters
    ----------
    settings : the options of ``Purchases`` by name, and ``keep``: the Parquet file that is to hold the customers;
        without it they live in a temporary file as long as the engine does.
    """
    keep = settings.get("keep")
    if keep is None:
        folder = tempfile.mkdtemp(prefix="coterie-")
        weakref.finalize(engine, shutil.rmtree, folder, ignore_errors=True)
        keep = Path(folder) / WRITTEN
    base = build(source, engine, options_of(settings), reading, Path(keep))
    there = [c.name for c in base.table.columns]
    formed = options.features or (*FEATURES, *((RETURNS,) if base.returning >= RETURNING * base.table.rows else ()))
    value = VALUE if options.value is None else options.value
    describe = options.describe or tuple(n for n in (*DESCRIBE, RETURNS) if n in there and n not in (*formed, value))
    return base, replace(options, id=CUSTOMER, features=formed, describe=describe, value=value)


def news(base: CustomerBase | None, found: Sequence[Finding], options: Options) -> tuple[Finding, ...]:
    """Return the findings without those that a column is constant which nobody but the query asked for."""
    asked = {*(options.features or ()), options.value}
    return tuple(f for f in found if base is None or f.code != CONSTANT or f.column in asked)


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
        text=told(base),
    )


def told(base: CustomerBase) -> str:
    """Return in a sentence what the purchases were and from when recency counts."""
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


def said(base: CustomerBase) -> list[str]:
    """Return what was read, in lines: which columns were found by their names, and what the purchases come to."""
    return [*(f.text for f in base.table.findings if f.code == "COT401"), told(base)]


def _findings(base: CustomerBase) -> list[Finding]:
    """Return what only shows when the customers are made: who only returned, and two orders on one day."""
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
        text = f"one customer made {words.share(base.most / base.orders)} of all orders"
        done = "kept: such an id often stands for all whom a till does not know; leave its rows out if so"
        found.append(Finding("COT413", "warning", log.chosen.customer, base.most, text, done))
    n = base.orders - base.order_days
    if n:
        text = f"{words.plural(n, 'order')} on a day with another order of the same customer"
        done = "each counts; gaps are taken between days"
        found.append(Finding("COT412", "note", log.chosen.date, n, text, done))
    return found


# ── scores ────────────────────────────────────────────────────────────────────────────────────────────────────────


def score(table: Table, rules: rfm.Rules, *, seed: int = 0) -> tuple[rfm.Scale, rfm.RfmFacts] | None:
    """Return the R-F-M scale of a table of customers and what it comes to; None where a measure is missing.

    Notes
    -----
    Cost: three scans of the customers; the cuts come from at most 50,000 of them, picked by their ids.
    """
    named = rfm.columns(table)
    if named is None:
        return None
    summary = summarize(replace(table, columns=tuple(c for c in table.columns if c.name in named.values())))
    sample = draw(table, list(named.values()), SAMPLED, seed=seed)
    measured = rfm.scale(named, sample.values, rules)
    return None if measured is None else (measured, rfm.count(table, summary, measured))


def scored(
    table: Table, summary: Summary, sample: Sample, settings: Mapping[str, Any], grouped: rfm.Grouped
) -> rfm.RfmFacts | None:
    """Return ``sample.rfm`` of the record of a segmentation; None where the table lacks one of the three measures."""
    named = rfm.columns(table)
    measured = None if named is None else rfm.scale(named, sample.values, rules_of(settings))
    return None if measured is None else rfm.count(table, summary, measured, grouped)


def judged(base: CustomerBase | None, sample: Sample, label: NDArray[np.int32], seed: int) -> Holdout | None:
    """Return what the segments say of later purchases; None without a holdout.

    Parameters
    ----------
    label : the sample's segments; the same customers are drawn again, with what they bought later.
    """
    if base is None or base.log.chosen.holdout_from is None:
        return None
    table, engine = base.table, base.log.engine
    engine.define(LATER, later_sql(base.log))
    zero, key = sql.number(0.0), sql.field(table.relation, ID)
    nodes = [key, *(sql.named(sql.coalesce(sql.field(LATER, n), zero), n) for n in ("later_spend", "later_orders"))]
    beside = sql.left_join(sql.select(nodes, sql.table(table.relation)), LATER, key, sql.field(LATER, "later_id"))
    engine.define(BOTH, beside)
    later = draw(replace(table, relation=BOTH), ("later_spend", "later_orders"), sample.size, seed=seed)
    assert np.array_equal(later.key, sample.key), "the same ids draw the same customers"
    measures = {m: sample.values[m] for m in rfm.MEASURES}
    days = holdout.Days(base.log.chosen.holdout_from, words.day(base.log.end), base.log.end - base.log.last)
    spend, orders = later.values["later_spend"], later.values["later_orders"]
    return holdout.compare(label.astype(np.int64), measures, spend, orders, days, seed=seed)


def write(engine: Engine, path: Path, *, scale: rfm.Scale | None = None, as_csv: bool = False) -> None:
    """Write the customers that the engine read last, with their scores and named segment where a scale is given."""
    names = [name for name, _ in engine.schema(ROWS) if name != ROW]
    if scale is None:
        query = sql.select([sql.column(name) for name in names], sql.table(ROWS))
    else:
        added = [f"rfm_{m}" for m in (*rfm.MEASURES, "segment")]
        if twice := sorted(set(added) & {name.casefold() for name in names}):
            raise errors.name_collision(twice)
        query = rfm.scored_sql(ROWS, scale, names)
    (engine.write_csv if as_csv else engine.write)(query, path)


def deliver(
    source: Path, engine: Engine, settings: Mapping[str, Any], reading: Reading, path: Path, *, as_csv: bool
) -> Delivered:
    """Write the customers of a log to a file, and return what was read and what was found.

    A source that has the three measures of RFM and no dates is a table of customers already, and is scored as it is.

    Parameters
    ----------
    settings : options of the command by name; those of ``Purchases``, ``rfm``, ``rfm_cuts``, ``rfm_rules``, ``seed``
        and ``temp_dir`` count.
    path : where to write a Parquet file, or a CSV file; the caller makes it whole or not at all.
    """
    by, base = rules_of(settings), None
    with tempfile.TemporaryDirectory(prefix="coterie-", dir=settings.get("temp_dir")) as folder:
        try:
            base = build(source, engine, options_of(settings), reading, Path(folder) / WRITTEN)
            table = base.table
        except CustomersAlready:
            table = read(source, engine, Options(id=settings.get("customer") or settings.get("id")), reading)
        scored = score(table, by, seed=int(settings.get("seed") or 0))
        scale = scored[0] if scored is not None and settings.get("rfm") else None
        if base is not None and scale is None and not as_csv:
            shutil.move(Path(folder) / WRITTEN, path)  # they are on the disk already, as they are wanted
        else:
            write(engine, path, scale=scale, as_csv=as_csv)
    made = None if base is None else facts(base)
    return Delivered(table.rows, made, None if scored is None else scored[1], table.findings)


def options_of(settings: Mapping[str, Any]) -> Purchases:
    """Return the options of the log among the settings of a command."""
    given = {f.name: settings[f.name] for f in fields(Purchases) if settings.get(f.name) is not None}
    return Purchases(**{"customer": settings.get("id"), **given})


def rules_of(settings: Mapping[str, Any]) -> rfm.Rules:
    """Return the RFM rules that the settings of a command ask for."""
    file = settings.get("rfm_rules")
    return rfm.rules(Path(file) if file else None, cuts=settings.get("rfm_cuts"))
