"""What other columns say of the amounts of a log: what currency they are in, whether a purchase was undone."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coterie import errors, sql, words
from coterie.engines import TEXTS, Engine, Kind
from coterie.findings import Finding
from coterie.purchases.roles import Purchases, bare, called, words_in
from coterie.reading import MOST_CURRENCIES, currencies_of, named_currency
from coterie.sql import Node

_LISTS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
STATUS, UNDONE, PARTLY = (frozenset(_LISTS[name]) for name in ("status", "undone", "partly"))


@dataclass(frozen=True, slots=True)
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
    InputError : the amounts are in several currencies, and nobody named their column.

    Notes
    -----
    Cost: none where no column is called like a currency or a status; else one scan each.
    """
    return (*_judge_currencies(rows, chosen, named=named), *_judge_status(rows, chosen))


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


def _used(chosen: Purchases) -> set[str | None]:
    return {chosen.customer, chosen.date, chosen.order, chosen.category}
