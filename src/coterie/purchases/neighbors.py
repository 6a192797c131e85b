"""What other columns say of the amounts of a log: their currency, what was undone, what stands there twice."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import TEXTS, Engine, Kind
from coterie.findings import Finding
from coterie.purchases.roles import Purchases, bare, called, guess, words_in
from coterie.reading import MOST_CURRENCIES, currencies_of, named_currency
from coterie.sql import Node

_LISTS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
STATUS, UNDONE, PARTLY, LINE = (frozenset(_LISTS[name]) for name in ("status", "undone", "partly", "line"))
ENOUGH_ORDERS = 1_000  # of those that a hash picks: they show what all hold
FEWEST_ORDERS, NEARLY_ALL = 10, 0.95  # orders of several lines, and of these those whose lines agree
FEWEST_TOTALS = 20  # different ones; tickets of a few prices agree too


@frozen
class Rows:
    """The rows of a log as they were read: ``canonical`` says what their customer and amount are."""

    source: str
    engine: Engine
    relation: str
    kinds: Mapping[str, Kind]
    canonical: Mapping[str, Node]

    def count(self, column: str) -> Mapping[str, int]:
        """Return the rows of each text of a column that have a customer and an amount, blanks at the ends apart."""
        asked = {"c": self.canonical["c"], "a": self.canonical["a"], "w": sql.column(column)}
        kept = sql.select([sql.named(node, key) for key, node in asked.items()], sql.table(self.relation))
        there: Sequence[Node] = [sql.negate(sql.is_null(sql.column(key))) for key in asked]
        query = sql.select(
            [sql.column("w"), sql.named(sql.count(), "n")], sql.table("kept"), where=sql.both(*there),
            group=[sql.column("w")], order=[sql.ascending(sql.column("w"))], limit=4 * MOST_CURRENCIES,
        )  # fmt: skip
        got = self.engine.fetch(sql.steps([("kept", kept)], query))
        found: Counter[str] = Counter()
        for text, many in zip(got["w"].tolist(), got["n"].tolist(), strict=True):
            if str(text).strip():
                found[str(text).strip()] += int(many)
        return found


def ask_neighbors(rows: Rows, chosen: Purchases, *, named: bool) -> tuple[Finding, ...]:
    """Return what the columns beside the amounts say of them.

    Parameters
    ----------
    named : whether somebody named the amount, and so may know that it is converted.

    Raises
    ------
    InputError : the amounts are in several currencies, or are an order's total on each of its lines, and nobody named
        their column.

    Notes
    -----
    Cost: none where no column is called like a currency or a status; else one scan each. With a column of orders
    some of them are grouped, in a small log all.
    """
    currencies = _judge_currencies(rows, chosen, named=named)
    return (*currencies, *_judge_status(rows, chosen), *_judge_totals(rows, chosen, named=named))


def _judge_currencies(rows: Rows, chosen: Purchases, *, named: bool) -> list[Finding]:
    amount = str(chosen.amount or chosen.price)
    column = find_currency(amount, rows.kinds)
    seen = {} if column is None else rows.count(column)
    if column is None or len(currencies_of(seen)) < 2 or len(seen) > MOST_CURRENCIES:
        return []
    told = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    if not named:
        raise errors.several_currencies(rows.source, amount, column, told[:3])
    text = f"amounts are in {len(currencies_of(seen))} currencies, as {errors.quoted(column)} says"
    return [Finding("COT119", "warning", amount, sum(seen.values()) - told[0][1], text, "added up as one currency")]


def find_currency(amount: str, kinds: Mapping[str, Kind]) -> str | None:
    """Return the column that says what currency an amount is in: the one called like it, else the only plain one.

    >>> find_currency("Converted Amount", {"Currency": Kind.TEXT, "Converted Currency": Kind.TEXT})
    'Converted Currency'
    >>> find_currency("Amount (EUR)", {"Currency": Kind.TEXT})
    """
    rests: dict[str, str] = {}
    for name, kind in kinds.items():
        if kind in TEXTS and (rest := named_currency(name)) is not None:
            rests.setdefault(bare(rest), name)
    own = next((name for rest, name in rests.items() if rest and rest in bare(amount)), None)
    converted = len(called(amount)) > 1  # its name says what it is in
    return own or (None if converted else rests.get(""))


def _judge_status(rows: Rows, chosen: Purchases) -> list[Finding]:
    found = []
    for name, kind in rows.kinds.items():
        if kind not in TEXTS or not words_in(name) or words_in(name)[-1] not in STATUS or name in _used(chosen):
            continue
        seen = {status: many for status, many in rows.count(name).items() if is_undone(status)}
        if seen:
            states = words.joined(sorted(errors.quoted(status) for status in seen))
            rows_of = words.plural(sum(seen.values()), "row")
            text = f"{rows_of} that {errors.quoted(name)} calls {states}"
            done = "counted as purchases: leave them out of the file where nothing was sold"
            money = chosen.amount or chosen.price
            found.append(Finding("COT416", "warning", money, sum(seen.values()), text, done))
    return found


def is_undone(status: str) -> bool:
    """Say whether a status is that of a purchase that was undone, or never done.

    >>> [is_undone(s) for s in ("wc-cancelled", "Storniert", "partially_refunded", "Complete", "paid")]
    [True, True, False, False, False]
    """
    said = set(words_in(status))
    return bool(said & UNDONE) and not said & PARTLY


def _judge_totals(rows: Rows, chosen: Purchases, *, named: bool) -> list[Finding]:
    """Return that an order's total stands on each of its lines, so that their sum counts it several times."""
    amount = chosen.amount
    if chosen.order is None or amount is None or not LINE.isdisjoint(words_in(amount)) or not _repeat_totals(rows):
        return []
    if not named:
        of_pieces = {role: guess(role, rows.kinds) for role in ("quantity", "price")}
        raise errors.repeated_totals(rows.source, amount, chosen.order, of_pieces["quantity"], of_pieces["price"])
    text = f"the lines of an order hold the same amount, as {errors.quoted(chosen.order)} shows"
    done = "added up line by line: where it is the order's total, keep one line of each order"
    return [Finding("COT417", "warning", amount, 0, text, done)]


def _repeat_totals(rows: Rows) -> bool:
    """Say whether nearly all orders of several lines hold one amount, and these differ too much to be prices."""
    found = _count_totals(rows, some=True)
    if found["orders"] < ENOUGH_ORDERS:
        found = _count_totals(rows, some=False)
    enough = found["several"] >= FEWEST_ORDERS and found["alike"] >= NEARLY_ALL * found["several"]
    return enough and (found["totals"] >= FEWEST_TOTALS or 2 * found["totals"] >= found["alike"])


def _count_totals(rows: Rows, *, some: bool) -> dict[str, int]:
    """Return how many orders there are, how many of several lines, how many of these hold one amount, and how many.

    ``some``: only of the orders that a hash picks, whatever the order of the rows.
    """
    kept = sql.select([sql.named(rows.canonical[key], key) for key in ("c", "o", "a")], sql.table(rows.relation))
    ends = {"n": sql.count(), "low": sql.smallest(sql.column("a")), "high": sql.largest(sql.column("a"))}
    there: list[Node] = [sql.negate(sql.is_null(sql.column(key))) for key in ("c", "o")]
    picked = [sql.one_in_32(sql.cast(sql.column("o"), "text"))] if some else []
    orders = sql.select(
        [sql.named(node, key) for key, node in ends.items()], sql.table("kept"),
        where=sql.both(*picked, *there, sql.above(sql.column("a"), sql.number(0.0))),
        group=[sql.column("c"), sql.column("o")],
    )  # fmt: skip
    several = sql.above(sql.column("n"), sql.whole(1))
    same = sql.both(several.copy(), sql.equal(sql.column("low"), sql.column("high")))
    wanted = {
        "orders": sql.count(),
        "several": sql.count(sql.case([(several, sql.whole(1))])),
        "alike": sql.count(sql.case([(same, sql.whole(1))])),
        "totals": sql.count_distinct(sql.case([(same.copy(), sql.column("low"))])),
    }
    query = sql.select([sql.named(node, key) for key, node in wanted.items()], sql.table("orders"))
    got = rows.engine.fetch(sql.steps([("kept", kept), ("orders", orders)], query))
    return {key: int(got[key][0]) for key in wanted}


def _used(chosen: Purchases) -> set[str | None]:
    return {chosen.customer, chosen.date, chosen.order, chosen.category}
