"""Whether the amounts of a log are all in one currency, where a column beside them says which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from coterie import errors, sql
from coterie.engines import TEXTS, Engine, Kind
from coterie.findings import Finding
from coterie.purchases.roles import Purchases, bare, called
from coterie.reading import MOST_CURRENCIES, currencies_of, named_currency
from coterie.sql import Node


def judge_currencies(
    name: str, engine: Engine, rows: str, canonical: Mapping[str, Node], chosen: Purchases, kinds: Mapping[str, Kind],
    *, named: bool,
) -> tuple[Finding, ...]:  # fmt: skip
    """Return the finding about amounts in several currencies, if a column shows them.

    Parameters
    ----------
    rows : the relation as it was read; ``canonical`` says what its customer and amount are.
    named : whether somebody named the amount, and so may know that it is converted.

    Raises
    ------
    InputError : the amounts are in several currencies, and nobody named their column.

    Notes
    -----
    Cost: none where no column is called like a currency; else one scan.
    """
    amount = str(chosen.amount or chosen.price)
    column = find_column(amount, kinds)
    if column is None:
        return ()
    seen = _count(engine, rows, canonical, column)
    if len(currencies_of(seen)) < 2 or len(seen) > MOST_CURRENCIES:
        return ()
    told = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    if not named:
        raise errors.several_currencies(name, amount, column, told[:3])
    text = f"amounts are in {len(currencies_of(seen))} currencies, as {errors.quoted(column)} says"
    return (Finding("COT119", "warning", amount, sum(seen.values()) - told[0][1], text, "added up as one currency"),)


def find_column(amount: str, kinds: Mapping[str, Kind]) -> str | None:
    """Return the column that says what currency an amount is in: the one called like it, else the only plain one.

    >>> find_column("Converted Amount", {"Currency": Kind.TEXT, "Converted Currency": Kind.TEXT})
    'Converted Currency'
    >>> find_column("Amount (EUR)", {"Currency": Kind.TEXT})
    """
    rests: dict[str, str] = {}
    for name, kind in kinds.items():
        if kind in TEXTS and (rest := named_currency(name)) is not None:
            rests.setdefault(bare(rest), name)
    own = next((name for rest, name in rests.items() if rest and rest in bare(amount)), None)
    converted = len(called(amount)) > 1  # its name says what it is in
    return own or (None if converted else rests.get(""))


def _count(engine: Engine, rows: str, canonical: Mapping[str, Node], column: str) -> Mapping[str, int]:
    """Return the rows of each currency that have a customer and an amount, blanks at the ends apart."""
    asked = {"c": canonical["c"], "a": canonical["a"], "w": sql.column(column)}
    kept = sql.select([sql.named(node, key) for key, node in asked.items()], sql.table(rows))
    there: Sequence[Node] = [sql.negate(sql.is_null(sql.column(key))) for key in asked]
    query = sql.select(
        [sql.column("w"), sql.named(sql.count(), "n")], sql.table("kept"), where=sql.both(*there),
        group=[sql.column("w")], order=[sql.ascending(sql.column("w"))], limit=4 * MOST_CURRENCIES,
    )  # fmt: skip
    got = engine.fetch(sql.steps([("kept", kept)], query))
    found: Counter[str] = Counter()
    for text, many in zip(got["w"].tolist(), got["n"].tolist(), strict=True):
        if str(text).strip():
            found[str(text).strip()] += int(many)
    return found
