"""Which column of a purchase log is which.

It is named by the user, or found by the name it has; a guess is always shown.
"""

from __future__ import annotations

import datetime
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

from coterie import errors, words
from coterie.doors import frozen
from coterie.engines import DATES, NUMBERS, TEXTS, Kind
from coterie.options import SAME_DAY, split_names
from coterie.reading import is_currency


def bare(name: str) -> str:
    """Return the letters and digits of a name, lower case, without accents.

    >>> bare("Invoice No."), bare("Stückzahl")
    ('invoiceno', 'stuckzahl')
    """
    if name.isascii() and name.isalnum():  # as nearly all that is known here
        return name.lower()
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", name.casefold()))


def words_in(text: str) -> list[str]:
    """Return the words of a text, small letters without accents.

    >>> words_in("wc-cancelled"), words_in("OrderStatus")
    (['wc', 'cancelled'], ['order', 'status'])
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return [w.casefold() for w in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", plain) if w]


_LISTS: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MONEY, BESIDE = (tuple(map(bare, split_names(_LISTS.pop(group)))) for group in ("money", "beside"))  # parts of names
WITH, TAXES, TAXED, SMALL = (frozenset(split_names(_LISTS.pop(group))) for group in ("with", "taxes", "taxed", "small"))
LONG = 5  # letters of a word that is known where it is glued to others
# The first name that is there wins.
NAMES = {role: tuple(map(bare, split_names(names))) for role, names in _LISTS.items()}
UNIT = re.compile(r"[\[(][^\[(\])]*[\])]|[$€£¥₹]")

# Columns of a table of customers that hold the three measures, letters and digits only.
MEASURED: dict[str, tuple[str, ...]] = {
    "recency": (
        "recency", "recencydays", "dayssincelastpurchase", "dayssincelastorder", "dayssincelasttransaction",
        "dayssincelast", "dayssincepurchase",
    ),
    "frequency": (
        "frequency", "orders", "ordercount", "numberoforders", "norders", "numorders", "totalorders", "purchases",
        "transactions", "transactioncount", "numberoftransactions",
    ),
    "monetary": (
        "monetary", "monetaryvalue", "revenue", "totalrevenue", "spend", "totalspend", "totalspent", "spent", "amount",
        "totalamount", "sales", "totalsales",
    ),
}  # fmt: skip


Look = Callable[[str], errors.OddCell | None]


def is_paid(name: str) -> bool:
    """Say whether a column's name says that its numbers are money that was paid for what was bought.

    >>> [is_paid(n) for n in ("Order Total Amount", "Cart Discount Amount", "taxi_fare", "Versandkosten")]
    [True, False, True, False]
    """
    glued = tuple(word for word in BESIDE if len(word) >= LONG)
    beside = any(w in BESIDE or w.startswith(glued) or w.endswith(glued) for w in words_in(name))
    return any(part in bare(name) for part in MONEY) and not beside


@frozen
class Purchases:
    """How a purchase log is read.

    Every column that is None is found by its name, and the guess is shown.

    Parameters
    ----------
    customer, date : columns of the customer's id and of the purchase's date or time.
    amount : column of the money of a row; or ``quantity`` and ``price``, which are multiplied.
    order : column of the order's id; without one, every row is an order.
    same_day : ``separate`` orders of a customer on one day count each, or ``together`` as one.
    category : column whose favorite is looked for; never guessed.
    as_of : the day on which recency is counted, ``YYYY-MM-DD``; later purchases are left out. None: the day after
        the last purchase.
    net : returns are taken off the money. Otherwise they only show in ``returned`` and ``returns_share``.
    holdout_from : purchases from this day on are kept apart, to judge segments by what happened next.
    """

    customer: str | None = None
    date: str | None = None
    amount: str | None = None
    quantity: str | None = None
    price: str | None = None
    order: str | None = None
    category: str | None = None
    same_day: str = "separate"
    as_of: str | None = None
    net: bool = False
    holdout_from: str | None = None

    def __post_init__(self) -> None:
        for flag, day in (("--as-of", self.as_of), ("--holdout-from", self.holdout_from)):
            if day is not None:
                day_of(day, flag)
        if self.same_day not in SAME_DAY:
            raise errors.bad_option("--same-day", self.same_day, f"one of {', '.join(SAME_DAY)}")
        if self.amount is not None and (self.quantity is not None or self.price is not None):
            raise errors.bad_option("--amount", self.amount, "left out when --quantity and --price are given")
        if self.as_of is not None and self.holdout_from is not None:
            raise errors.bad_option("--as-of", self.as_of, "left out with --holdout-from, which sets it")

    @property
    def named(self) -> set[str]:
        """The columns that somebody named."""
        roles = (self.customer, self.date, self.amount, self.quantity, self.price, self.order, self.category)
        return {column for column in roles if column is not None}


class PurchaseOptions(TypedDict, total=False):
    """The options of ``Purchases`` by name."""

    customer: str | None
    date: str | None
    amount: str | None
    quantity: str | None
    price: str | None
    order: str | None
    category: str | None
    same_day: str
    as_of: str | None
    net: bool
    holdout_from: str | None


def day_of(text: str, flag: str) -> int:
    """Return the days since 1970 of a date written as ``YYYY-MM-DD``.

    >>> day_of("1970-01-02", "--as-of")
    1
    """
    try:
        return (datetime.date.fromisoformat(str(text)) - words.DAY_ZERO).days
    except ValueError as error:
        raise errors.bad_option(flag, text, "a date such as 2026-01-31") from error


def choose_purchases(changes: PurchaseOptions, place: str, start: Purchases | None = None) -> Purchases:
    """Return ``start`` (the defaults) with the options that are given by name.

    Raises
    ------
    InputError : a name that is no option; ``place`` says where it was given.
    """
    known = [f.name for f in fields(Purchases)]
    unknown = [name for name in changes if name not in known]
    if unknown:
        raise errors.unknown_option(unknown[0], known, place)
    return replace(start or Purchases(), **changes)


# ── guesses ───────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def called(name: str) -> tuple[str, ...]:
    """Return what a column is called: as it stands, and without a unit.

    >>> called("Total Amount (USD)"), called("amount_btc"), called("valueInEUR"), called("total")
    (('totalamountusd', 'totalamount'), ('amountbtc', 'amount'), ('valueineur', 'value'), ('total',))
    """
    return tuple(dict.fromkeys((bare(name), "".join(map(bare, _without_unit(name))) or bare(name))))


def _without_unit(name: str) -> list[str]:
    """Return the words of a name without brackets, and without a currency at its ends."""
    parts = words_in(UNIT.sub("", name))
    while len(parts) > 1 and is_currency(parts[-1]):
        parts = parts[:-2] if len(parts) > 2 and parts[-2] == "in" else parts[:-1]
    while len(parts) > 1 and is_currency(parts[0]):
        parts = parts[1:]
    return parts


def names_of(name: str) -> tuple[str, ...]:
    """Return what a column may be known by.

    That is what it is called, and that without what says whether tax is in it, and without small words.

    >>> names_of("montant_commande_ttc_eur"), names_of("total incl. VAT")
    (('montantcommandettceur', 'montantcommandettc', 'montantcommande'), ('totalinclvat', 'total'))
    >>> names_of("Numéro de commande")
    ('numerodecommande', 'numerocommande')
    """
    parts = _without_unit(name)
    while len(parts) > 1 and parts[-1] in TAXED:
        parts = parts[:-1]
    if len(parts) > 2 and parts[-1] in TAXES and parts[-2] in WITH:  # a tax alone is no part of the money
        parts = parts[:-2]
    plain = [part for part in parts if part not in SMALL] or parts
    return tuple(dict.fromkeys((*called(name), *("".join(map(bare, said)) for said in (parts, plain)))))


def is_verbatim(options: Purchases) -> Callable[[str], bool]:
    """Return the test for columns that stay text to the letter.

    Those are all but the ones that may be dates, pieces or money.

    Ids keep their zeros, and what no role can take is not looked at.
    """
    measured = ("date", "amount", "quantity", "price")
    given = {getattr(options, role) for role in measured} - {None}
    known = {name for role in measured for name in NAMES[role]}
    words = ("date", "time", "day")
    return lambda name: (
        not (
            name in given
            or known.intersection(names_of(name))
            or is_currency(bare(name))
            or any(w in bare(name) for w in words)
        )
    )


def choose(
    options: Purchases, schema: Sequence[tuple[str, Kind]], look: Look | None = None
) -> tuple[Purchases, tuple[str, ...]]:
    """Return options with every column named, and the guessed roles.

    Parameters
    ----------
    look : finds the cell of a column that makes text of it, for the error.

    Raises
    ------
    InputError : a column that is not there or of the wrong kind, or one that nobody named and no name gives away.
    """
    kinds = dict(schema)
    given = {f.name: getattr(options, f.name) for f in fields(options) if f.name in (*NAMES, "category")}
    for role, name in given.items():
        if name is not None and name not in kinds:
            raise errors.unknown_column(name, list(kinds), f"--{role}")
        if role in ("amount", "quantity", "price") and name is not None and kinds[name] not in NUMBERS:
            raise errors.unread_amounts(name, f"--{role}", look(name) if look else None)
    found = {role: guess(role, kinds) for role in NAMES if given[role] is None}
    if given["quantity"] is not None or given["price"] is not None:
        found["amount"] = None
    elif given["amount"] is not None or found["amount"] is not None:
        found["quantity"] = found["price"] = None
    named: dict[str, Any] = {role: name for role, name in found.items() if name is not None}
    made = replace(options, **named)
    if made.price is not None and made.quantity is None and made.amount is None:
        made = replace(made, amount=made.price, price=None)  # a price without a quantity: one piece a row
    for role in ("customer", "date"):
        if getattr(made, role) is None:
            raise errors.no_such_role(role, f"--{role}", list(kinds))
    if made.amount is None and (made.quantity is None or made.price is None):
        raise _no_amount(kinds, look)
    guessed = tuple(r for r in NAMES if getattr(made, r) is not None and getattr(options, r) is None)
    return made, guessed


def _no_amount(kinds: Mapping[str, Kind], look: Look | None) -> errors.InputError:
    """Return the error that no column holds amounts, or that the one which is called so holds texts."""
    for known in NAMES["amount"]:
        for name, kind in kinds.items():
            if known in names_of(name) and kind in TEXTS:
                return errors.unread_amounts(name, "--amount", look(name) if look else None)
    return errors.no_such_role("amount", "--amount, or --quantity and --price", list(kinds))


def guess(role: str, kinds: Mapping[str, Kind]) -> str | None:
    """Return the column that its name gives away.

    Where a date is looked for it is the only one, if there is just one.
    """
    fits = {"customer": TEXTS | NUMBERS, "order": TEXTS | NUMBERS, "date": DATES}.get(role, NUMBERS)
    able = [name for name, kind in kinds.items() if kind in fits]
    if role == "date" and len(able) == 1:
        return able[0]
    if role == "date":
        able = able or [name for name, kind in kinds.items() if kind in TEXTS | NUMBERS]
    by_name: dict[str, str] = {}
    for place in range(4):  # a name as it stands before one without its unit
        for name in able:
            names = names_of(name)
            by_name.setdefault(names[min(place, len(names) - 1)], name)
    found = next((by_name[name] for name in NAMES[role] if name in by_name), None)
    return found or (_only_currency(able) if role == "amount" else None)


def _only_currency(able: Sequence[str]) -> str | None:
    """Return the column that is called by a currency alone, if just one is."""
    found = [name for name in able if is_currency(bare(name))]
    return found[0] if len(found) == 1 else None
