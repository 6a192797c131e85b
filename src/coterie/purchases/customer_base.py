"""Customers that purchases make: written once, and read like any other table."""

from __future__ import annotations

import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import Engine, Reading, Target
from coterie.findings import worst_first
from coterie.options import Options
from coterie.purchases.customers_query import customers_sql
from coterie.purchases.facts import PurchaseFacts
from coterie.purchases.findings import findings
from coterie.purchases.log import LOG, Log, read_log
from coterie.purchases.recognition import CUSTOMER, FAVORITE, RETURNS, VALUE, choose_columns
from coterie.purchases.roles import NAMES, Purchases
from coterie.reading import Before, Spill
from coterie.table import Finding, Table, read

FEWEST, STAND_IN = 100, 0.05  # customers from which one with so large a share of the orders is odd
WRITTEN = "customers.parquet"
ALIKE_IDS = "COT011"


@frozen
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

    def choose_options(self, options: Options) -> Options:
        """Return options with what forms segments unless somebody says.

        Raises
        ------
        InputError : ``--missing`` names values, which a log's customers have none of.
        """
        if options.missing:
            raise errors.not_for_purchases("--missing")
        names = [c.name for c in self.table.columns]
        return replace(choose_columns(names, self.returning, self.table.rows, options), id=CUSTOMER)

    @property
    def facts(self) -> PurchaseFacts:
        """What was read as what, and from when to when."""
        log = self.log
        return PurchaseFacts(
            columns={role: getattr(log.chosen, role) for role in (*NAMES, "category")},
            guessed=log.guessed,
            rows=log.rows,
            used=log.used,
            orders=self.orders,
            money=self.money,
            first=words.day(log.first),
            last=words.day(log.last),
            as_of=words.day(log.as_of),
            same_day=log.chosen.same_day,
            net=log.chosen.net,
            holdout_from=log.chosen.holdout_from,
            text=self.sentence,
            time_zone=self.time_zone,
        )

    @property
    def sentence(self) -> str:
        """What the purchases were and from when recency counts."""
        log = self.log
        if log.chosen.as_of is not None:
            why = "as given"
        else:
            why = (
                "the holdout's first day" if log.chosen.holdout_from is not None else "the day after the last purchase"
            )
        orders, people = words.plural(self.orders, "order"), words.plural(self.table.rows, "customer")
        return (
            f"{orders} of {people}, {self.money:,.2f} in all, from {words.day(log.first)} to {words.day(log.last)}; "
            f"recency is the days since the last purchase as of {words.day(log.as_of)} ({why})."
        )

    @property
    def sentences(self) -> list[str]:
        """Which columns were found, and what the purchases come to."""
        return [*(f.text for f in self.table.findings if f.code == "COT401"), self.sentence]


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
