"""Purchases become customers, in one query that is larger than memory.

It goes from lines to orders to gaps to one row a customer.

Each step groups or numbers the rows of the one before, so an engine can work through it in parts; nothing is joined but
a favorite category. The median gap is picked by its rank among the customer's gaps, which every engine can do.
"""

from __future__ import annotations

from collections.abc import Collection

from coterie import sql
from coterie.doors import frozen
from coterie.engines import ExactSum, as_id
from coterie.purchases.log import LOG, Log
from coterie.purchases.recognition import CUSTOMER, RECENT
from coterie.purchases.roles import Purchases
from coterie.sql import Node

OF_GAPS = {"average_repeat", "order_days", "median_gap"}  # what the days between orders are needed for
OF_CATEGORIES = ("favorite_category", "favorite_share")
ORDERS, SUMS = "order_sums", "customer_sums"  # steps; no table of a warehouse is called so


@frozen
class Terms:
    """What the query hangs on, beside the lines of the relation ``lines``.

    ``unnumbered`` says whether lines lack an order's id, ``last`` is the last day that counts, ``as_of`` the day from
    which recency is counted; ``id`` and ``category`` are how a customer's id and a category are written.
    """

    lines: str
    chosen: Purchases
    sums: ExactSum
    unnumbered: bool
    last: Node
    as_of: Node
    id: Node
    category: Node

    @classmethod
    def of(cls, log: Log) -> Terms:
        """Return the terms of a log."""
        days, id = (sql.whole(log.last), sql.whole(log.as_of)), as_id(sql.column("c"), log.ids)
        return cls(LOG, log.chosen, log.sums, log.unnumbered > 0, *days, id, sql.column("k"))


@frozen
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
    *parts, (_, final) = customers_steps(Terms.of(log))
    return sql.steps(parts, final.order_by(sql.ascending(sql.field(SUMS, CUSTOMER)), copy=False))


def customers_steps(terms: Terms, wanted: Collection[str] | None = None) -> list[tuple[str, sql.Select]]:
    """Return the query's steps, of which the last one has one row a customer.

    Parameters
    ----------
    wanted : the columns that are asked for; None: every one.
    """
    measures = {CUSTOMER: terms.id, **_measures(terms)}
    asked = {*measures, *OF_CATEGORIES} if wanted is None else {CUSTOMER, "frequency", *wanted}
    parts, source = [("counted", _lines(terms)), (ORDERS, _orders(terms))], ORDERS
    if OF_GAPS & asked:
        parts, source = [*parts, ("gaps", _gaps()), ("ranks", _ranks())], "ranks"
    named = [sql.named(node, name) for name, node in measures.items() if name in asked]
    parts.append((SUMS, sql.select([sql.column("c"), *named], sql.table(source), group=[sql.column("c")])))
    nodes = [sql.field(SUMS, node.alias) for node in named]
    favorite = terms.chosen.category is not None and not asked.isdisjoint(OF_CATEGORIES)
    if favorite:
        parts += [("spent", _spent(terms)), ("ranked", _ranked()), ("favorites", _favorites(terms))]
        nodes += [sql.field("favorites", name) for name in OF_CATEGORIES]
    # Who only returned has no first purchase, no recency and nothing to be compared by.
    final = sql.select(nodes, sql.table(SUMS), where=sql.above(sql.field(SUMS, "frequency"), sql.whole(0)))
    if favorite:
        final = sql.left_join(final, "favorites", sql.field(SUMS, "c"), sql.field("favorites", "c"))
    return [*parts, ("made", final)]


def later_sql(log: Log) -> Node:
    """Return the SELECT of later purchases: id, money, orders.

    Later is from the holdout's first day on.
    """
    lines = sql.select([sql.star()], sql.table(LOG), where=sql.above(sql.column("d"), sql.whole(log.last)))
    terms = Terms.of(log)
    bought, returned = _sum("b", terms), _sum("r", terms)
    kept = bought.less(returned) if log.chosen.net else bought
    nodes = {
        "later_id": terms.id,
        "later_spend": _money(kept, terms),
        "later_orders": sql.cast(sql.count(sql.column("d")), "double"),
    }
    named = [sql.named(node, name) for name, node in nodes.items()]
    final = sql.select(named, sql.table(ORDERS), group=[sql.column("c")])
    return sql.steps([("counted", lines), (ORDERS, _orders(terms))], final)


# ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(terms: Terms) -> sql.Select:
    return sql.select([sql.star()], sql.table(terms.lines), where=sql.at_most(sql.column("d"), terms.last))


def _orders(terms: Terms) -> sql.Select:
    """Return one row an order: its first day, what was bought (``b``) and returned (``r``); no day: a return alone."""
    forward, backward = sql.is_null(sql.column("back")), sql.equal(sql.column("back"), sql.whole(1))
    c, d, u = sql.column("c"), sql.column("d"), sql.column("u")
    parts = {
        "d": (sql.smallest, sql.case([(forward, d)])),
        "b": (sql.total, sql.case([(forward, u)])),
        "r": (sql.total, sql.case([(backward, sql.absolute(u))])),
    }
    if terms.sums.coarse is not None:
        h = sql.column("h")
        parts["bh"] = sql.total, sql.case([(forward.copy(), h)])
        parts["rh"] = sql.total, sql.case([(backward.copy(), sql.absolute(h))])
    if terms.chosen.same_day == "together":
        keys = [d]
    elif terms.chosen.order is None:  # every row is an order, so there is nothing to group
        return sql.select([c, *(sql.named(node, name) for name, (_, node) in parts.items())], sql.table("counted"))
    else:
        keys = [sql.column("o")]
        keys += [sql.case([(sql.is_null(sql.column("o")), d)])] if terms.unnumbered else []
    nodes = [sql.named(sql.cast(grouped(node), "whole"), name) for name, (grouped, node) in parts.items()]
    return sql.select([c, *nodes], sql.table("counted"), group=[c, *keys])


def _gaps() -> sql.Select:
    """Return the orders with the customer's first day and the days since the order before, if that was another day."""
    d, here = sql.column("d"), ([sql.column("c")], [sql.ascending(sql.column("d"))])
    gap = sql.null_if(sql.subtract(d, sql.over(sql.previous(d), *here)), sql.whole(0))
    first = sql.over(sql.smallest(d), *here)
    return sql.select([sql.star(), sql.named(gap, "g"), sql.named(first, "f")], sql.table(ORDERS))


def _ranks() -> sql.Select:
    """Return the orders with each gap's rank (``k``) among the customer's, and how many gaps there are (``n``)."""
    g, here = sql.column("g"), ([sql.column("c")], [sql.ascending(sql.column("g"))])
    rank = sql.over(sql.row_number(), *here)
    gaps = sql.over(sql.count(g), *here, whole_partition=True)
    return sql.select([sql.star(), sql.named(rank, "k"), sql.named(gaps, "n")], sql.table("gaps"))


def _measures(terms: Terms) -> dict[str, Node]:
    """Return what a customer's orders come to, by the names of the columns."""
    d, g, as_of = sql.column("d"), sql.column("g"), terms.as_of
    frequency, days = sql.count(d), sql.add(sql.largest(sql.column("n")), sql.whole(1))
    bought, returned = _sum("b", terms), _sum("r", terms)
    kept = bought.less(returned) if terms.chosen.net else bought
    monetary = _money(kept, terms)
    first_day = _sum("b", terms, where=sql.equal(d, sql.column("f")))
    repeats = sql.subtract(days, sql.whole(1))
    repeat = sql.divide(_money(bought.less(first_day), terms), sql.cast(repeats, "double"))
    twice = sql.multiply(sql.whole(2), sql.column("k"))
    high = sql.add(sql.column("n"), sql.whole(2))
    middle = sql.case([(sql.both(sql.at_most(sql.column("n"), twice), sql.at_most(twice, high)), g)])
    median = sql.divide(sql.cast(sql.total(middle), "double"), sql.cast(sql.count(middle), "double"))
    recent = {
        f"orders_{n}": sql.count(sql.case([(sql.at_most(sql.subtract(as_of, sql.whole(n)), d), sql.whole(1))]))
        for n in RECENT
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
        "returned": _money(returned, terms),
        "returns_share": _returns_share(_comparable(bought, terms), _comparable(returned, terms)),
    }


def _returns_share(bought: Node, returned: Node) -> Node:
    """Return the part of what was bought that came back, at most 1: more can come back than the log saw bought."""
    part = sql.divide(sql.cast(returned, "double"), sql.cast(bought, "double"))
    all_back = sql.both(sql.at_most(bought, returned), sql.above(returned, sql.whole(0)))
    return sql.case([(all_back, sql.number(1.0)), (sql.above(bought, sql.whole(0)), part)], sql.number(0.0))


def _sum(name: str, terms: Terms, where: Node | None = None) -> Units:
    # Whole numbers that are counted on with: the log's units keep every sum of its amounts within 64 bits.
    low, high = (
        sql.column(n) if where is None else sql.case([(where.copy(), sql.column(n))]) for n in (name, f"{name}h")
    )
    whole = sql.coalesce(sql.total(low), sql.whole(0))
    return Units(whole, None if terms.sums.coarse is None else sql.coalesce(sql.total(high), sql.whole(0)))


def _money(units: Units, terms: Terms) -> Node:
    """Return whole units as money: the double next to the decimal number, for division rounds once."""
    money = sql.divide(sql.cast(units.low, "double"), sql.number(terms.sums.fine))
    if terms.sums.coarse is None or units.high is None:
        return money
    return sql.add(sql.multiply(sql.cast(units.high, "double"), sql.number(terms.sums.coarse)), money)


def _comparable(units: Units, terms: Terms) -> Node:
    """Return a number by which sums are compared: their fine units."""
    if terms.sums.coarse is None or units.high is None:
        return units.low
    coarse = sql.number(terms.sums.coarse * terms.sums.fine)
    return sql.add(sql.multiply(sql.cast(units.high, "double"), coarse), sql.cast(units.low, "double"))


# ── the favorite category ─────────────────────────────────────────────────────────────────────────────────────────


def _spent(terms: Terms) -> sql.Select:
    """Return what each customer bought of each category."""
    c, k = sql.column("c"), sql.column("k")
    here = sql.both(sql.is_null(sql.column("back")), sql.negate(sql.is_null(k)))
    high = None if terms.sums.coarse is None else sql.total(sql.column("h"))
    spent = sql.named(_comparable(Units(sql.total(sql.column("u")), high), terms), "v")
    return sql.select([c, k, spent], sql.table("counted"), where=here, group=[c, k])


def _ranked() -> sql.Select:
    """Return the categories with their rank and the customer's total; of two that are equal the first by name."""
    c, v = sql.column("c"), sql.column("v")
    here = ([c], [sql.descending(v), sql.ascending(sql.column("k"))])
    rank, whole = sql.over(sql.row_number(), *here), sql.over(sql.total(v), *here, whole_partition=True)
    return sql.select([sql.star(), sql.named(rank, "p"), sql.named(whole, "t")], sql.table("spent"))


def _favorites(terms: Terms) -> sql.Select:
    v, t = sql.column("v"), sql.column("t")
    part = sql.divide(sql.cast(v, "double"), sql.cast(t, "double"))
    share = sql.case([(sql.above(t, sql.whole(0)), part)])
    nodes = [sql.column("c"), sql.named(terms.category, "favorite_category"), sql.named(share, "favorite_share")]
    return sql.select(nodes, sql.table("ranked"), where=sql.equal(sql.column("p"), sql.whole(1)))
