"""Customers whom purchases made, known again by their columns, and what forms their segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coterie import sql, words
from coterie.findings import worst_first
from coterie.options import Options
from coterie.table import Finding, Table

CUSTOMER = "customer_id"
RECENT = (30, 90, 365)  # days
# What every customer has, by which a table that was made here is known again.
MADE = ("recency", "frequency", "monetary", "average_order", "order_days", "tenure", *(f"orders_{n}" for n in RECENT))
MADE = (*MADE, "returned", "returns_share")
# What forms segments of customers who come from purchases, what describes them, and what they are worth. Orders times
# the average order is the money, so the money would say nothing new; as a value it weighs the segments.
FEATURES, RETURNS = ("recency", "frequency", "average_order", "tenure"), "returns_share"
RETURNING = 0.05  # share of customers with returns from which returns form segments too
DESCRIBE = ("median_gap", "orders_90", "orders_365", "favorite_category", "favorite_share")
VALUE, FAVORITE = "monetary", "favorite_category"
CONSTANT = "COT103"


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
    chosen = choose_columns([c.name for c in table.columns], int(got["n"][0]), table.rows, options)
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


def choose_columns(names: Sequence[str], returning: int, rows: int, options: Options) -> Options:
    """Return options with what forms segments of customers that coterie made of purchases."""
    usual = (*FEATURES, *((RETURNS,) if returning >= RETURNING * rows else ()))
    formed = options.features or tuple(n for n in usual if n not in options.exclude)
    value = VALUE if options.value is None and VALUE not in options.exclude else options.value
    told = (n for n in (*DESCRIBE, RETURNS) if n in names and n not in (*formed, value, *options.exclude))
    return replace(options, features=formed, describe=options.describe or tuple(told), value=value)
