"""A purchase log, and one rule for each kind of row.

The log stays in the engine. Here it gets short names: ``c`` the customer as the source has it, ``o`` the order, ``d``
the day as whole days since 1970, ``u`` the amount in whole units of a power of ten (so that sums are exact, and equal
purchases make equal customers), ``back`` the mark of a return and ``k`` the category where one is named. Where amounts
are so far apart that they need two units, ``h`` is how many coarse units an amount holds and ``u`` what is left of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import (
    ROW,
    TEXTS,
    Columns,
    Engine,
    ExactSum,
    Found,
    Kind,
    Reading,
    Source,
    as_buyer,
    as_text,
    judge_unread,
    plan_decimal_sum,
    without_blanks,
)
from coterie.purchases.dates import day
from coterie.purchases.far_days import FarDays, find_lone_end, find_stand_ins, tell_stand_ins
from coterie.purchases.neighbors import Rows, ask_neighbors
from coterie.purchases.roles import MEASURED, Purchases, bare, choose, day_of, is_verbatim
from coterie.reading import judge_cells
from coterie.sql import Node
from coterie.table import recoding, tell_cut_ids

ROWS, LOG = "purchases_rows", "purchases"
LARGEST, ADDED = 1e150, 1e21  # amounts beyond the first are refused, those from the second on are in no sum
FEWEST, FIRST_ROWS = 10, 10_000
ALL_DIFFERENT = 0.95  # share of different values from which a column of orders holds ids
UNCLEAR_DATES, CURRENCIES = "COT109", "COT119"


class CustomersAlready(errors.InputError):
    """A log that has no purchases, but the measures made of them."""


@frozen
class Log:
    """A purchase log in an engine, and which days count.

    ``chosen`` has every column's name and ``guessed`` the roles that nobody named. ``first`` and ``last`` are the days
    of the purchases that count, ``as_of`` the day from which recency is counted, ``end`` the last day in the log;
    ``sums`` says how amounts are added; ``unnumbered`` rows lack an order's id;
    ``ids`` is the kind of the customers' ids; ``unknown`` are the days that stand for unknown ones, ``lone`` the last
    ones where they lie far after all others, and ``counts`` has the days that may count.
    """

    engine: Engine
    name: str
    chosen: Purchases
    guessed: tuple[str, ...]
    rows: int
    used: int
    first: int
    last: int
    as_of: int
    end: int
    sums: ExactSum
    unnumbered: int
    ids: Kind
    returns: int
    counts: Columns
    counted: NDArray[np.bool_]
    unknown: FarDays | None = None
    lone: FarDays | None = None
    found: Found = field(default_factory=Found)


def _odd_cell(engine: Engine, column: str) -> errors.OddCell | None:
    """Return the first cell of a text, near its beginning, that is no number by itself; None: rows have no order."""
    if not engine.caps.rows:
        return None
    near = sql.at_most(sql.column(ROW), sql.whole(1_000))
    got = engine.fetch(sql.select([sql.column(ROW), sql.column(column)], sql.table(ROWS), where=near))
    cells = sorted((int(row), str(cell)) for row, cell in zip(got[ROW], got[column], strict=True) if cell is not None)
    odd = next(
        ((row, c) for row, c in cells if c.strip() and judge_cells(column, [c], Reading()).kind != "number"), None
    )
    return errors.OddCell(*odd, "a number") if odd is not None else None


def read_log(source: Any, engine: Engine, options: Purchases, reading: Reading) -> Log:
    """Return a handle on the purchases of a file or a frame.

    What its rows hold is counted and said.

    Parameters
    ----------
    source : a path, or a pandas, polars, Arrow or DuckDB table; one row a purchase, or one a line of an order.

    Raises
    ------
    InputError : no such file or column; dates that cannot be read or could be read in two ways; no purchase left.

    Notes
    -----
    Cost: text is parsed once, Parquet is left in place; then one scan, of which one row a day leaves the engine.
    """
    source = Source.of(source)
    name, left = source.name, engine.read(source, ROWS, reading, is_verbatim(options))
    schema = engine.schema(ROWS)
    for unread in left.unread:
        if unread.column in options.named:
            raise errors.unread_column(unread.column, unread.type)
    try:
        chosen, guessed = choose(options, schema, lambda column: _odd_cell(engine, column))
    except errors.InputError as error:
        there = {bare(column) for column, _ in schema}
        if all(there & set(names) for names in MEASURED.values()):
            raise CustomersAlready(
                f"{errors.quoted(name)} is a table of customers already.",
                do="Segment it as it is, without --transactions; or name the columns of purchases.",
            ) from error
        raise
    told = judge_unread(name, left.unread_cells, chosen.named)
    # A month read as a day moves every customer's recency, so what is only a warning elsewhere stops here.
    for finding in left.findings:
        if finding.code == UNCLEAR_DATES and finding.column == chosen.date:
            orders = ("dmy", "ymd") if "year first" in finding.text else ("dmy", "mdy")
            raise errors.ambiguous_dates(str(chosen.date), orders, finding.text)
    amount = str(chosen.amount or chosen.price)
    if any(finding.code == CURRENCIES and finding.column == amount for finding in left.findings):
        raise errors.several_currencies(name, amount)
    kinds = dict(schema)
    if kinds[str(chosen.customer)] is Kind.FLAG:
        raise errors.unfit_ids(str(chosen.customer), "yes or no")
    when, said = day(engine, ROWS, (str(chosen.date), kinds[str(chosen.date)]), reading)
    canonical = _canonical(chosen, kinds, when)
    named = {options.amount, options.price} & {amount} != set()
    beside = ask_neighbors(Rows(name, engine, ROWS, kinds, canonical), chosen, named=named)
    plain = recoding.without_codes(left.findings, {str(chosen.date): "date"})
    left = replace(left, findings=(*plain, *said, *told, *beside))
    ids = kinds[str(chosen.customer)]
    counts = _count(engine, canonical, whole_ids=ids not in (Kind.FRACTION, Kind.FINITE))
    log = _log(engine, name, (chosen, guessed), counts, Kind.TEXT if ids in TEXTS else ids)
    engine.define(LOG, _relation(canonical, log))
    if not _is_log(log, options):
        raise errors.rows_are_customers(name, str(chosen.customer), log.used)
    texts = [column for column in (chosen.customer, chosen.order) if column is not None and kinds[column] in TEXTS]
    return replace(log, found=replace(left, findings=(*left.findings, *tell_cut_ids(engine, ROWS, texts, log.rows))))


def _is_log(log: Log, options: Purchases) -> bool:
    """Say whether rows may be purchases: a customer repeats, orders have ids, or everything was named.

    A few rows prove nothing. The first rows of a log show it; all are counted only where none of those repeats one.
    """
    money = options.amount or (options.quantity and options.price)
    if log.used < FEWEST or options.order or (options.customer and options.date and money):
        return True
    customers, orders = "c", "o"
    for rows in (FIRST_ROWS, None):
        some = sql.select([sql.column(customers), sql.column(orders)], sql.table(LOG), limit=rows)
        wanted = {
            f"{how}{key}": count(sql.column(key))
            for key in (customers, orders)
            for how, count in (("n", sql.count), ("d", sql.count_distinct))
        }
        nodes = [sql.named(node, name) for name, node in wanted.items()]
        got = log.engine.fetch(sql.steps([("some", some)], sql.select(nodes, sql.table("some"))))
        n = {name: int(column[0]) for name, column in got.items()}
        if n["dc"] < n["nc"]:
            return True
    return n["no"] > 0 and n["do"] >= ALL_DIFFERENT * n["no"]  # a few numbers again and again count orders


def _count(engine: Engine, canonical: dict[str, Node], *, whole_ids: bool) -> Columns:
    """Return what the rows of each day hold: one scan, one row a day; NaN stands for no date."""
    a, c, one = sql.column("a"), sql.column("c"), sql.whole(1)
    known, added = sql.negate(sql.is_null(c)), sql.less(sql.absolute(a), sql.number(ADDED))
    paid = sql.both(sql.negate(sql.is_null(a)), added)
    fraction = sql.null() if whole_ids else sql.case([(sql.less(sql.floor(c), c), one)])
    marked = {
        "no_customer": sql.is_null(c),
        "no_amount": sql.both(known, sql.is_null(a)),
        "beyond": sql.both(known, sql.at_most(sql.number(ADDED), sql.absolute(a))),
        "used": sql.both(known, paid),
        "returns": sql.both(known, paid, sql.equal(sql.column("back"), one)),
        "canceled": sql.both(known, paid, sql.equal(sql.column("canceled"), one)),
        "zero": sql.both(known, paid, sql.equal(a, sql.number(0.0))),
        "no_order": sql.both(known, paid, sql.is_null(sql.column("o"))),
    }
    wanted = {
        "n": sql.count(),
        **{key: sql.count(sql.case([(condition, one)])) for key, condition in marked.items()},
        "fractions": sql.count(fraction),
        "largest": sql.largest(sql.absolute(a)),
        "most": sql.largest(sql.case([(added, sql.absolute(a))])),
    }
    nodes = [sql.column("d"), *(sql.named(node, key) for key, node in wanted.items())]
    query = sql.select(nodes, sql.table("rows"), group=[sql.column("d")], order=[sql.ascending(sql.column("d"))])
    rows = sql.select([sql.named(node, key) for key, node in canonical.items()], sql.table(ROWS))
    return engine.fetch(sql.steps([("rows", rows)], query))


def _canonical(chosen: Purchases, kinds: dict[str, Kind], day: Node) -> dict[str, Node]:
    """Return the log's columns as the source has them, and the marks of a row that goes back or is canceled."""
    none = sql.null()
    order = _key(chosen.order, kinds) if chosen.order is not None else none
    if chosen.amount is not None:
        amount = _money(chosen.amount, kinds)
        back = sql.less(amount, sql.number(0.0))
    else:
        quantity = _money(str(chosen.quantity), kinds)
        amount = sql.multiply(quantity, _money(str(chosen.price), kinds))
        back = sql.either(sql.less(amount, sql.number(0.0)), sql.less(quantity, sql.number(0.0)))
    one, canceled = sql.whole(1), sql.cast(none, "whole")
    if chosen.order is not None and kinds[chosen.order] in TEXTS:
        letter = sql.substring(order, 1, 1)
        canceled = sql.case([(sql.both(back, sql.equal(letter, sql.text("C"))), one)])
    category = sql.cast(none, "text")
    if chosen.category is not None:
        category = without_blanks(as_text(sql.column(chosen.category), kinds[chosen.category]))
    return {
        "c": _key(str(chosen.customer), kinds), "o": order, "d": day, "a": amount,
        "back": sql.case([(back, one)]), "canceled": canceled, "k": category,
    }  # fmt: skip


def _key(name: str, kinds: dict[str, Kind]) -> Node:
    """Return an id as the source has it, so that grouping costs no conversion; what is no id is NULL."""
    node = sql.column(name)
    if kinds[name] is Kind.FRACTION:
        return sql.case([(sql.is_nan(node), sql.null())], node)
    return as_buyer(node, kinds[name]) if kinds[name] in TEXTS else node


def _money(name: str, kinds: dict[str, Kind]) -> Node:
    node = sql.cast(sql.column(name), "double")
    return sql.case([(sql.is_nan(node), sql.null())], node) if kinds[name] is Kind.FRACTION else node


# ── which days count, in which units ──────────────────────────────────────────────────────────────────────────────


def _check(name: str, chosen: Purchases, counts: Columns) -> None:
    """Make sure that there are purchases and that their ids and amounts can be worked with."""
    if counts["fractions"].any():
        raise errors.unfit_ids(str(chosen.customer), "fractions")
    if np.any(np.nan_to_num(counts["largest"], posinf=np.inf) > LARGEST):
        raise errors.infinite(str(chosen.amount or chosen.price))
    if not counts["used"][~np.isnan(counts["d"])].any():
        raise errors.no_purchases(name)


def _log(engine: Engine, name: str, picked: tuple[Purchases, tuple[str, ...]], counts: Columns, ids: Kind) -> Log:
    """Return the log: the days that count, and how its amounts are added exactly."""
    chosen, guessed = picked
    _check(name, chosen, counts)
    rows, unknown, lone = int(counts["n"].sum()), None, None
    far = find_stand_ins(counts["d"])
    if (counts["used"][~far & ~np.isnan(counts["d"])] > 0).any():
        unknown, counts = tell_stand_ins(counts, far), {key: column[~far] for key, column in counts.items()}
    there = ~np.isnan(counts["d"]) & (counts["used"] > 0)
    if chosen.as_of is None and chosen.holdout_from is None:
        lone = find_lone_end(counts["d"][there], counts["used"][there])
    if lone is not None and lone.left_out:
        counts = {key: column[~(counts["d"] >= lone.first)] for key, column in counts.items()}
        there = ~np.isnan(counts["d"]) & (counts["used"] > 0)
    end = int(counts["d"][there].max())
    if chosen.holdout_from is not None:
        as_of = day_of(chosen.holdout_from, "--holdout-from")
        last = as_of - 1
        if end < as_of:
            raise errors.no_purchases(name, f"from {chosen.holdout_from} on")
    else:
        as_of = end + 1 if chosen.as_of is None else day_of(chosen.as_of, "--as-of")
        last = min(end, as_of)
    counted = there & (counts["d"] <= last)
    if not counted.any():
        raise errors.no_purchases(name, f"up to {words.day(last)}")
    most = np.nan_to_num(counts["most"])[there]
    sums = plan_decimal_sum(float(most.max()), float(np.sum(most * counts["used"][there])))
    return Log(
        engine, name, chosen, guessed,
        rows=rows, used=int(counts["used"][counted].sum()),
        first=int(counts["d"][there].min()), last=last, as_of=as_of, end=end, sums=sums,
        unnumbered=int(counts["no_order"][counted].sum()) if chosen.order is not None else 0,
        ids=ids, returns=int(counts["returns"][counted].sum()), counts=counts, counted=counted,
        unknown=unknown, lone=lone,
    )  # fmt: skip


def _relation(canonical: dict[str, Node], log: Log) -> Node:
    """Return the SELECT of the lines of the days that may count."""
    *rows, (_, lines) = lines_steps(canonical, sql.table(ROWS), log.sums)
    if log.unknown is None and (log.lone is None or not log.lone.left_out):
        return sql.steps(rows, lines)
    kept = log.counts["d"][~np.isnan(log.counts["d"])]
    low, high = (sql.whole(int(end)) for end in (kept.min(), kept.max()))
    d = sql.column("d")
    near = sql.both(sql.at_most(low, d), sql.at_most(d.copy(), high))
    return sql.steps([*rows, ("all_lines", lines)], sql.select([sql.star()], sql.table("all_lines"), where=near))


def lines_steps(canonical: Mapping[str, Node], place: Node, sums: ExactSum) -> list[tuple[str, sql.Select]]:
    """Return the steps to the rows that have a customer, a day and an amount; a row that goes back is negative.

    Parameters
    ----------
    canonical : what the log's columns are in a row of ``place``.
    """
    rows = sql.select([sql.named(node, key) for key, node in canonical.items()], place)
    a = sql.column("a")
    here = [sql.negate(sql.is_null(sql.column(n))) for n in ("c", "d")]
    here.append(sql.less(sql.absolute(a), sql.number(ADDED)))
    nodes = [*(sql.column(n) for n in ("c", "o", "d", "back", "k")), sql.named(sums.low(a), "u")]
    if sums.coarse is not None:
        nodes.append(sql.named(sums.high(a.copy()), "h"))
    return [("rows", rows), ("lines", sql.select(nodes, sql.table("rows"), where=sql.both(*here)))]
