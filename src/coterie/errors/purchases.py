"""What is wrong with a log of purchases: its columns and dates."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.errors.columns import OddCell
from coterie.errors.kinds import InputError
from coterie.errors.texts import listed, quoted, shown


def no_such_role(role: str, flags: str, columns: Sequence[str]) -> InputError:
    """No column called like a customer, date or amount."""
    return InputError(
        f"No column is called like the {role} of a purchase.",
        where=f"The table has: {listed(columns)}.",
        do=f"Name it with {flags}.",
    )


def unread_amounts(column: str, flag: str, odd: OddCell | None = None) -> InputError:
    """A column that is called like an amount, or was named as one, and holds other values than numbers."""
    return InputError(
        f"Column {quoted(column)} holds what cannot be read as numbers, as {flag} must be.",
        where=f"Where: row {odd.row:,} holds {quoted(odd.seen)}." if odd else "",
        do=f"Write its values like 1234.50 or -1234.50, or name another column with {flag}.",
    )


def uncast_dates(column: str) -> InputError:
    """Dates written as texts or numbers in a database, which does not know what they say."""
    return InputError(
        f"Column {quoted(column)} is no date in the database.",
        do="Cast it there: give --query with CAST(… AS timestamp) of it, and name that column with --date.",
    )


def unreadable_dates(
    column: str,
    unread: int | None = None,
    row: int | None = None,
    *,
    first: int | None = None,
    odd: OddCell | None = None,
) -> InputError:
    """Texts that are no dates: all of a column (``unread`` None), or some of them; ``first`` rows were looked at."""
    if unread is None:
        of = f" in its first {first:,} rows" if first else ""
        return InputError(
            f"Column {quoted(column)} holds no dates that coterie can read{of}.",
            where=f"Where: row {odd.row:,} holds {quoted(odd.seen)}." if odd else "",
            do="Write dates like 2026-01-31, or name another column with --date.",
        )
    of = f"first {first:,} values" if first else "values"
    return InputError(
        f"{unread:,} of the {of} in column {quoted(column)} cannot be read as dates.",
        where=f"Where: row {row:,}." if row is not None else "",
        do="Correct or empty them, or leave such rows out with --on-bad-rows skip.",
    )


def two_date_forms(
    name: str, column: str, forms: Sequence[tuple[str, int, int]], *, switched: bool = False
) -> InputError:
    """Dates in forms that cannot be read together; each a form, its number of values and its first row."""
    seen = "; ".join(f"{form} in {count:,} (first in row {row:,})" for form, count, row in forms)
    why = " A spreadsheet program may have switched day and month where both fit." if switched else ""
    do = "Export them again" if switched else "Say the order with --date-order dmy or mdy, or write them"
    return InputError(
        f"The dates in column {quoted(column)} of {quoted(name)} are written in {len(forms)} forms.{why}",
        where=f"Where: {seen}.",
        do=f"{do} in one form such as 2026-01-31.",
    )


def ambiguous_dates(column: str, orders: Sequence[str], why: str = "") -> InputError:
    """Dates such as 3/4/2026, and nothing says which is the month, or which the year of 25-03-10."""
    years = ", or write years with four digits, as in 2026-01-31" if "ymd" in orders else ""
    return InputError(
        f"The dates in column {quoted(column)} can be read in {len(orders)} ways.",
        where=f"Why: {why}." if why else "",
        do=f"Say which with --date-order {' or '.join(sorted(orders))}{years}.",
    )


def no_purchases(path: str, when: str = "") -> InputError:
    """No row has a customer, a date and an amount."""
    return InputError(
        f"{quoted(path)} has no row with a customer, a date and an amount{' ' * bool(when)}{when}.",
        do="Name the columns with --customer, --date and --amount, and check --as-of.",
    )


def several_currencies(
    path: str, amount: str, column: str | None = None, seen: Sequence[tuple[str, int]] = ()
) -> InputError:
    """Amounts in several currencies, by the signs beside them or by a ``column`` that holds so many rows of each."""
    if column is None:
        where, way = "They carry different currency signs.", ""
    else:
        held = ", ".join(f"{shown(code)} ({many:,} rows)" for code, many in seen)
        where = f"Where: column {quoted(column)} holds {held}."
        way = f"; if that is done, pass --amount {quoted(amount)}"
    return InputError(
        f"Amounts in column {quoted(amount)} of {quoted(path)} are in several currencies.",
        where=where,
        do=f"Convert them to one, or keep the rows of one{way}.",
    )


def repeated_totals(path: str, amount: str, order: str, quantity: str | None, price: str | None) -> InputError:
    """An order's total on each of its lines; ``quantity`` and ``price`` where columns are called so."""
    names = "" if quantity is None or price is None else f" ({quoted(quantity)}, {quoted(price)})"
    return InputError(
        f"Column {quoted(amount)} of {quoted(path)} seems to hold an order's total on each of its lines.",
        where=f"The lines of nearly every order in column {quoted(order)} hold the same amount.",
        do=f"Keep one line of each order, or pass --quantity and --price{names}; "
        f"if all lines add up, --amount {quoted(amount)}.",
    )


def rows_are_purchases(path: str, column: str, different: int, rows: int, flags: str) -> InputError:
    """A log of purchases where customers are wanted."""
    return InputError(
        f"Rows of {quoted(path)} look like purchases, not customers.",
        where=f"Column {quoted(column)} has {different:,} different values in {rows:,} rows, beside dates and amounts.",
        do=f"Add {flags} to make customers of them, or --rows-are-customers if each row is one.",
    )


def rows_are_customers(path: str, column: str, rows: int) -> InputError:
    """A table of customers where purchases are wanted."""
    return InputError(
        f"{quoted(path)} looks like a table of customers: no value of {quoted(column)} repeats in {rows:,} rows.",
        do="Segment it as it is, without --transactions; or name --customer, --date and --amount, or --order.",
    )


def not_for_purchases(flag: str) -> InputError:
    """An option for tables of customers, given with purchases."""
    return InputError(f"{flag} is about tables of customers, not about purchases.", do=f"Leave {flag} out.")
