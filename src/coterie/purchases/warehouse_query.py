"""The customers' SELECT in a warehouse: its table of purchases becomes the customers that a run's log became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coterie import sql
from coterie.engines import plan_decimal_sum, without_blanks
from coterie.purchases.customers_query import Terms, customers_steps
from coterie.purchases.facts import PurchaseFacts
from coterie.purchases.log import lines_steps
from coterie.purchases.roles import Purchases, day_of
from coterie.reading import MISSING
from coterie.sql import Node

TODAY = "today"
LINES = "lines"
STEP_NOTES = {
    "rows": "each purchase: customer (c), order (o), day since 1970 (d), amount (a), category (k), whether returned",
    LINES: "those with a customer, a day and an amount, which is counted in whole units (u), so that sums are exact",
    "counted": "up to the day that counts",
    "order_sums": "the orders: their day, what was bought (b) and returned (r)",
    "gaps": "the days since the customer's order before (g), and his first day (f)",
    "ranks": "each gap's place among the customer's (k) of how many (n)",
    "customer_sums": "the customers: what their orders come to",
    "spent": "what each customer spent on each category",
    "ranked": "the customer's categories, the dearest first",
    "favorites": "the first of them, and its share",
    "made": "those who bought: the columns that form the segments",
}


def warehouse_steps(
    facts: PurchaseFacts, place: Node, wanted: Sequence[str], as_of: str | None = None
) -> list[tuple[str, sql.Select]]:
    """Return the steps from a warehouse's purchases to ``made``, which has ``customer_id`` and what is wanted.

    Parameters
    ----------
    facts : how the run's log was read.
    place : the warehouse's table.
    as_of : the day on which recency is counted, ``YYYY-MM-DD`` or ``today``; None: that of the run.

    Raises
    ------
    InputError : ``as_of`` is no day.
    """
    roles = {role: name for role, name in facts.columns.items() if name is not None}
    chosen = Purchases(**roles, same_day=facts.same_day, net=facts.net)
    if as_of is None:
        last, since = day_of(facts.last, "--as-of"), day_of(facts.as_of, "--as-of")
        days: tuple[Node, Node] = sql.whole(last if facts.holdout_from else since), sql.whole(since)
    else:
        day = sql.day_number(sql.today()) if as_of == TODAY else sql.whole(day_of(as_of, "--as-of"))
        days = day, day.copy()
    money = abs(facts.money)
    sums = plan_decimal_sum(money, money)
    written = sql.letters(sql.column("c")), sql.letters(sql.column("k"))
    terms = Terms(LINES, chosen, sums, chosen.order is not None, *days, *written)
    return [*lines_steps(_cells(chosen), place, sums), *customers_steps(terms, wanted)]


def with_customer(facts: PurchaseFacts, column: str) -> PurchaseFacts:
    """Return the facts with another column of customers' ids."""
    return replace(facts, columns={**facts.columns, "customer": column})


def _cells(chosen: Purchases) -> dict[str, Node]:
    """Return a log's columns as the warehouse has them."""
    if chosen.amount is not None:
        amount = sql.number_in(sql.column(chosen.amount))
        back = sql.less(amount, sql.number(0.0))
    else:
        quantity, price = (sql.number_in(sql.column(str(name))) for name in (chosen.quantity, chosen.price))
        amount = sql.multiply(quantity, price)
        back = sql.either(sql.less(amount, sql.number(0.0)), sql.less(quantity.copy(), sql.number(0.0)))
    return {
        "c": _key(chosen.customer),
        "o": _key(chosen.order),
        "d": sql.day_number(sql.column(str(chosen.date))),
        "a": amount,
        "back": sql.case([(back, sql.whole(1))]),
        "k": _category(chosen.category),
    }


def _category(name: str | None) -> Node:
    """Return a category as a key."""
    return sql.null() if name is None else sql.key(without_blanks(sql.cast(sql.column(name), "text")))


def _key(name: str | None) -> Node:
    """Return an id as a key, NULL where it says that there is none."""
    if name is None:
        return sql.null()
    text = sql.cast(sql.column(name), "text")
    return sql.key(sql.case([(sql.among(sql.trimmed(text), MISSING), sql.null())], text.copy()))
