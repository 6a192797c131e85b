"""Whether the rows of a table are purchases, though each was given as a customer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import DATES, NUMBERS, TEXTS, Kind, as_buyer, without_fraction
from coterie.findings import Finding
from coterie.options import Options
from coterie.purchases.facts import Repeats
from coterie.purchases.roles import NAMES, called, guess, is_paid
from coterie.table import EXACT_IDS, CellKind, Table, all_differ

REPEATED = 0.20  # share of rows whose customer stood in an earlier row, from which a table is a log
SURELY = 0.95  # so many different ones by an estimate, which is a few percent off, are more than the rest of that
NOUNS = {
    "customer",
    "client",
    "user",
    "member",
    "account",
    "household",
    "buyer",
    "shopper",
    "kunde",
    "cliente",
    "klant",
}
FEWEST = 10  # different values from which a column called by such a noun names customers: fewer are kinds of them
SHORTEST_CODE = 1_000
MANY = 50  # different values that a column without a name must have
UNNAMED = re.compile(r"column\d+")
KINDS: dict[CellKind, Kind] = {"number": Kind.FRACTION, "date": Kind.DATE, "text": Kind.TEXT, "other": Kind.OTHER}


@frozen
class _Counts:
    """Rows with a value, different values, and whether they are whole numbers of one length (text: always)."""

    present: int
    different: int
    coded: bool


def find_repeats(table: Table, different: float | None = None) -> Repeats | None:
    """Return the customers of a table whose rows are purchases.

    None: there is no customer, date or amount, or too few customers stand in an earlier row.

    Parameters
    ----------
    different : how many different buyers there are, roughly, where that is known: mostly it saves an exact count.

    Notes
    -----
    Cost: none where no column is called like a customer, or the one that is holds the ids, which were counted and all
    differ; else one scan of a column, of large tables a cheap one first.
    """
    kinds = {c.name: KINDS[c.kind] for c in table.columns}
    roles = _find_roles(kinds, table.id) or _find_unnamed(table, kinds)
    if roles is None or (roles["customer"] == table.id and all_differ(table)):
        return None
    if different is None and table.rows > EXACT_IDS:
        about = sql.named(sql.nearly_distinct(sql.column(roles["customer"])), "n")
        different = float(table.engine.fetch(sql.select([about], sql.table(table.relation)))["n"][0])
    if different is not None and different >= SURELY * table.rows:
        return None
    found = _count(table, [roles["customer"]])[roles["customer"]]
    kinds_of = bool(NOUNS & set(called(roles["customer"]))) and found.different < FEWEST
    if found.present - found.different < max(REPEATED * table.rows, 1) or kinds_of:
        return None
    told = [f"--{role} {_quoted(name)}" for role, name in roles.items() if guess(role, kinds) != name]
    return Repeats(roles["customer"], found.different, table.rows, " ".join(["--transactions", *told]))


def accept_rows(table: Table, options: Options) -> Repeats | None:
    """Return the customers who stand in several rows, where that was allowed.

    Raises
    ------
    InputError : the rows are purchases, and nobody said that they are customers all the same.
    """
    found = find_repeats(table)
    if found is not None and not options.rows_are_customers:
        raise errors.rows_are_purchases(table.name, found.column, found.different, found.rows, found.flags)
    return found


def buyer_in(table: Table) -> sql.Node | None:
    """Return who bought in a row, where columns are called like those of a log; words for nobody are one buyer each."""
    kinds = {c.name: KINDS[c.kind] for c in table.columns}
    roles = _find_roles(kinds, table.id)
    if roles is None:
        return None
    column = sql.column(roles["customer"])
    return without_fraction(column) if kinds[roles["customer"]] is Kind.TEXT else column


def tell_purchases(table: Table, options: Options, different: int | None = None) -> tuple[Finding, ...]:
    """Return the finding that stops a segmentation where rows are purchases; ``different`` as of ``find_repeats``."""
    if options.rows_are_customers or (found := find_repeats(table, different)) is None:
        return ()
    text = f"rows look like purchases: {words.plural(found.different, 'customer')} in {found.rows:,} rows"
    done = f"nothing: this stops a segmentation; add {found.flags}, or --rows-are-customers"
    return (Finding("COT415", "error", found.column, found.rows - found.different, text, done),)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else errors.quoted(name)


def _find_roles(kinds: dict[str, Kind], id: str | None) -> dict[str, str] | None:
    """Return customer, date and amount by their names; None where one is missing or the id names customers."""
    customer = guess("customer", kinds)
    if customer is None or (id not in (None, customer) and set(called(str(id))) & set(NAMES["customer"])):
        return None
    date = guess("date", kinds) or _first(kinds, DATES)
    money = _find_money({name: kind for name, kind in kinds.items() if name != customer})
    return None if date is None or money is None else {"customer": customer, "date": date, **money}


def _find_money(kinds: dict[str, Kind]) -> dict[str, str] | None:
    amount, quantity, price = (guess(role, kinds) for role in ("amount", "quantity", "price"))
    if amount is None and quantity is not None and price is not None:
        return {"quantity": quantity, "price": price}
    numbers = [name for name, kind in kinds.items() if kind in NUMBERS]
    amount = amount or price or next((name for name in numbers if is_paid(name)), None)
    return None if amount is None else {"amount": amount}


def _first(kinds: dict[str, Kind], able: frozenset[Kind]) -> str | None:
    return next((name for name, kind in kinds.items() if kind in able), None)


def _find_unnamed(table: Table, kinds: dict[str, Kind]) -> dict[str, str] | None:
    """Return the roles of columns without names, by what they hold.

    The customer is the first of many codes, the date the first day, the amount the last number.
    """
    date, numbers = _first(kinds, DATES), [name for name, kind in kinds.items() if kind in NUMBERS]
    if date is None or not numbers or not all(UNNAMED.fullmatch(name) for name in kinds):
        return None
    able = [name for name, kind in kinds.items() if kind in TEXTS | NUMBERS and name != numbers[-1]]
    counts = _count(table, able)
    if any(c.different == table.rows for c in counts.values()):  # an id: one row is one of something
        return None
    customer = next((name for name in able if counts[name].coded and counts[name].different > MANY), None)
    return None if customer is None else {"customer": customer, "date": date, "amount": numbers[-1]}


def _count(table: Table, names: Sequence[str]) -> dict[str, _Counts]:
    kinds, wanted = {c.name: c.kind for c in table.columns}, []
    for i, name in enumerate(names):
        column = sql.column(name)
        if kinds[name] == "text":
            column = as_buyer(column, Kind.TEXT)
        nodes = {"n": sql.count(column), "d": sql.count_distinct(column.copy())}
        if kinds[name] == "number":
            fraction = sql.case([(sql.less(sql.floor(column.copy()), column.copy()), sql.whole(1))])
            nodes["f"] = sql.count(fraction)
            nodes |= {"low": sql.smallest(column.copy()), "high": sql.largest(column.copy())}
        wanted += [sql.named(node, f"{key}{i}") for key, node in nodes.items()]
    got = table.engine.fetch(sql.select(wanted, sql.table(table.relation)))
    seen = {key: float(value[0]) for key, value in got.items()}
    counts = {}
    for i, name in enumerate(names):
        coded = True
        if kinds[name] == "number":
            low, high = seen[f"low{i}"], seen[f"high{i}"]
            coded = not seen[f"f{i}"] and low >= SHORTEST_CODE and len(f"{low:.0f}") == len(f"{high:.0f}")
        counts[name] = _Counts(int(seen[f"n{i}"]), int(seen[f"d{i}"]), coded)
    return counts
