"""Purchases become customers, in one query that is larger than memory.

It goes from lines to orders to gaps to one row a customer.

Each step groups or numbers the rows of the one before, so an engine can work through it in parts; nothing is joined but
a favorite category. The median gap is picked by its rank among the customer's gaps, which every engine can do.
"""

from __future__ import annotations

from dataclasses import dataclass

from coterie import sql
from coterie.engines import as_id
from coterie.purchases.log import LOG, Log
from coterie.sql import Node

CUSTOMER = "customer_id"
RECENT = (30, 90, 365)  # days
# What every customer has, by which a table that was made here is known again.
MADE = ("recency", "frequency", "monetary", "average_order", "order_days", "tenure", *(f"orders_{n}" for n in RECENT))
MADE = (*MADE, "returned", "returns_share")


@dataclass(frozen=True, slots=True)
class Units:
    """An amount or a sum of them: fine units, and coarse ones where the log has them."""

    low: Node
    high: Node | None

    def less(self, other: Units) -> Units:
        """Return the difference."""
        high = None if self.high is None or other.high is None else sql.subtract(self.high, other.high)
        return Units(sql.subtract(self.low, other.low), high)


def customers_sql(log: Log) -> Node:
    """Return the SELECT of one row a customer, ordered by id.

    docs/how-to/purchases.md says what each column is.
    """
    parts = [("lines", _lines(log)), ("orders", _orders(log)), ("gaps", _gaps()), ("ranks", _ranks())]
    measures = {CUSTOMER: _id(log), **_measures(log)}
    named = [sql.named(node, name) for name, node in measures.items()]
    parts.append(("customers", sql.select([sql.column("c"), *named], sql.table("ranks"), group=[sql.column("c")])))
    nodes = [sql.field("customers", name) for name in measures]
    if log.chosen.category is not None:
        parts += [("spent", _spent(log)), ("ranked", _ranked()), ("favorites", _favorites())]
        nodes += [sql.field("favorites", name) for name in ("favorite_category", "favorite_share")]
    # Who only returned has no first purchase, no recency and nothing to be compared by.
    bought = sql.above(sql.field("customers", "frequency"), sql.whole(0))
    final = sql.select(nodes, sql.table("customers"), where=bought, order=[sql.field("customers", CUSTOMER)])
    if log.chosen.category is not None:
        final = sql.left_join(final, "favorites", sql.field("customers", "c"), sql.field("favorites", "c"))
    return sql.steps(parts, final)


def later_sql(log: Log) -> Node:
    """Return the SELECT of later purchases: id, money, orders.

    Later is from the holdout's first day on.
    """
    lines = sql.select([sql.star()], sql.table(LOG), where=sql.above(sql.column("d"), sql.whole(log.last)))
    bought, returned = _sum("b", log), _sum("r", log)
    kept = bought.less(returned) if log.chosen.net else bought
    nodes = {
        "later_id": _id(log),
        "later_spend": _money(kept, log),
        "later_orders": sql.cast(sql.count(sql.column("d")), "double"),
    }
    named = [sql.named(node, name) for name, node in nodes.items()]
    final = sql.select(named, sql.table("orders"), group=[sql.column("c")])
    return sql.steps([("lines", lines), ("orders", _orders(log))], final)


# ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(log: Log) -> sql.Select:
    return sql.select([sql.star()], sql.table(LOG), where=sql.at_most(sql.column("d"), sql.whole(log.last)))


def _orders(log: Log) -> sql.Select:
    """Return one row an order: its first day, what was bought (``b``) and returned (``r``); no day: a return alone."""
    forward, backward = sql.is_null(sql.column("back")), sql.equal(sql.column("back"), sql.whole(1))
    c, d, u = sql.column("c"), sql.column("d"), sql.column("u")
    parts = {
        "d": (sql.smallest, sql.case([(forward, d)])),
        "b": (sql.total, sql.case([(forward, u)])),
        "r": (sql.total, sql.case([(backward, sql.absolute(u))])),
    }
    if log.sums.coarse is not None:
        h = sql.column("h")
        parts["bh"] = sql.total, sql.case([(forward.copy(), h)])
        parts["rh"] = sql.total, sql.case([(backward.copy(), sql.absolute(h))])
    if log.chosen.same_day == "together":
        keys = [d]
    elif log.chosen.order is None:  # every row is an order, so there is nothing to group
        return sql.select([c, *(sql.named(node, name) for name, (_, node) in parts.items())], sql.table("lines"))
    else:
        keys = [sql.column("o")]
        keys += [sql.case([(sql.is_null(sql.column("o")), d)])] if log.unnumbered else []
    nodes = [sql.named(sql.cast(grouped(node), "whole"), name) for name, (grouped, node) in parts.items()]
    return sql.select([c, *nodes], sql.table("lines"), group=[c, *keys])


def _gaps() -> sql.Select:
    """Return the orders with the customer's first day and the days since the order before, if that was another day."""
    d, here = sql.column("d"), ([sql.column("c")], [sql.ascending(sql.column("d"))])
    gap = sql.null_if(sql.subtract(d, sql.over(sql.previous(d), *here)), sql.whole(0))
    first = sql.over(sql.smallest(d), *here)
    return sql.select([sql.star(), sql.named(gap, "g"), sql.named(first, "f")], sql.table("orders"))


def _ranks() -> sql.Select:
    """Return the orders with each gap's rank (``k``) among the customer's, and how many gaps there are (``n``)."""
    g, here = sql.column("g"), ([sql.column("c")], [sql.ascending(sql.column("g"))])
    rank = sql.over(sql.row_number(), *here)
    gaps = sql.over(sql.count(g), *here, whole_partition=True)
    return sql.select([sql.star(), sql.named(rank, "k"), sql.named(gaps, "n")], sql.table("gaps"))


def _measures(log: Log) -> dict[str, Node]:
    """Return what a customer's orders come to, by the names of the columns."""
    d, g, as_of = sql.column("d"), sql.column("g"), sql.whole(log.as_of)
    frequency, days = sql.count(d), sql.add(sql.largest(sql.column("n")), sql.whole(1))
    bought, returned = _sum("b", log), _sum("r", log)
    kept = bought.less(returned) if log.chosen.net else bought
    monetary = _money(kept, log)
    first_day = _sum("b", log, where=sql.equal(d, sql.column("f")))
    repeats = sql.subtract(days, sql.whole(1))
    repeat = sql.divide(_money(bought.less(first_day), log), sql.cast(repeats, "double"))
    twice = sql.multiply(sql.whole(2), sql.column("k"))
    high = sql.add(sql.column("n"), sql.whole(2))
    middle = sql.case([(sql.both(sql.at_most(sql.column("n"), twice), sql.at_most(twice, high)), g)])
    median = sql.divide(sql.cast(sql.total(middle), "double"), sql.cast(sql.count(middle), "double"))
    recent = {
        f"orders_{n}": sql.count(sql.case([(sql.at_most(sql.whole(log.as_of - n), d), sql.whole(1))])) for n in RECENT
    }
    return {
        "recency": sql.subtract(as_of, sql.largest(d)),
        "frequency": frequency,
        "monetary": monetary,
        "average_order": sql.divide(monetary, sql.null_if(sql.cast(frequency, "double"), sql.number(0.0))),
        "average_repeat": sql.case([(sql.above(repeats, sql.whole(0)), repeat)]),
        "order_days": days,
        "tenure": sql.subtract(as_of, sql.smallest(d)),
        "median_gap": sql.case([(sql.above(sql.count(middle), sql.whole(0)), median)]),
        **recent,
        "returned": _money(returned, log),
        "returns_share": _returns_share(_comparable(bought, log), _comparable(returned, log)),
    }


def _returns_share(bought: Node, returned: Node) -> Node:
    """Return the part of what was bought that came back, at most 1: more can come back than the log saw bought."""
    part = sql.divide(sql.cast(returned, "double"), sql.cast(bought, "double"))
    all_back = sql.both(sql.at_most(bought, returned), sql.above(returned, sql.whole(0)))
    return sql.case([(all_back, sql.number(1.0)), (sql.above(bought, sql.whole(0)), part)], sql.number(0.0))


def _sum(name: str, log: Log, where: Node | None = None) -> Units:
    # Whole numbers that are counted on with: the log's units keep every sum of its amounts within 64 bits.
    low, high = (
        sql.column(n) if where is None else sql.case([(where.copy(), sql.column(n))]) for n in (name, f"{name}h")
    )
    whole = sql.coalesce(sql.total(low), sql.whole(0))
    return Units(whole, None if log.sums.coarse is None else sql.coalesce(sql.total(high), sql.whole(0)))


def _money(units: Units, log: Log) -> Node:
    """Return whole units as money: the double next to the decimal number, for division rounds once."""
    money = sql.divide(sql.cast(units.low, "double"), sql.number(log.sums.fine))
    if log.sums.coarse is None or units.high is None:
        return money
    return sql.add(sql.multiply(sql.cast(units.high, "double"), sql.number(log.sums.coarse)), money)


def _comparable(units: Units, log: Log) -> Node:
    """Return a number by which sums are compared: their fine units."""
    if log.sums.coarse is None or units.high is None:
        return units.low
    coarse = sql.number(log.sums.coarse * log.sums.fine)
    return sql.add(sql.multiply(sql.cast(units.high, "double"), coarse), sql.cast(units.low, "double"))


def _id(log: Log) -> Node:
    return as_id(sql.column("c"), log.ids)


# ── the favorite category ─────────────────────────────────────────────────────────────────────────────────────────


def _spent(log: Log) -> sql.Select:
    """Return what each customer bought of each category."""
    c, k = sql.column("c"), sql.column("k")
    here = sql.both(sql.is_null(sql.column("back")), sql.negate(sql.is_null(k)))
    high = None if log.sums.coarse is None else sql.total(sql.column("h"))
    spent = sql.named(_comparable(Units(sql.total(sql.column("u")), high), log), "v")
    return sql.select([c, k, spent], sql.table("lines"), where=here, group=[c, k])


def _ranked() -> sql.Select:
    """Return the categories with their rank and the customer's total; of two that are equal the first by name."""
    c, v = sql.column("c"), sql.column("v")
    here = ([c], [sql.descending(v), sql.ascending(sql.column("k"))])
    rank, whole = sql.over(sql.row_number(), *here), sql.over(sql.total(v), *here, whole_partition=True)
    return sql.select([sql.star(), sql.named(rank, "p"), sql.named(whole, "t")], sql.table("spent"))


def _favorites() -> sql.Select:
    v, t = sql.column("v"), sql.column("t")
    part = sql.divide(sql.cast(v, "double"), sql.cast(t, "double"))
    share = sql.case([(sql.above(t, sql.whole(0)), part)])
    nodes = [sql.column("c"), sql.named(sql.column("k"), "favorite_category"), sql.named(share, "favorite_share")]
    return sql.select(nodes, sql.table("ranked"), where=sql.equal(sql.column("p"), sql.whole(1)))
