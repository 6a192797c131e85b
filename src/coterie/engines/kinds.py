"""The kinds that values have, whatever an engine calls its types."""

from __future__ import annotations

from enum import StrEnum

from coterie import sql
from coterie.reading import MISSING
from coterie.sql import Node

EXACT = 2**53  # whole numbers beyond this are not all doubles
LONGEST = 2**63  # and those beyond this are no whole numbers of an engine


class Kind(StrEnum):
    """What a column holds; each engine maps its types."""

    WHOLE = "whole"  # whole numbers, every one of which is a double
    WIDE = "wide"  # whole numbers that may lie beyond 2**53
    FRACTION = "fraction"  # binary fractions, among them what is no number
    FINITE = "finite"  # binary fractions, all of them numbers, as cells of a text are
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"  # a day with a time, as a clock shows them
    INSTANT = "instant"  # a day with a time, and a zone: one moment everywhere
    TEXT = "text"
    FLAG = "flag"
    OTHER = "other"  # nested, or not to be compared


NUMBERS = frozenset({Kind.WHOLE, Kind.WIDE, Kind.FRACTION, Kind.FINITE, Kind.DECIMAL})
DATES = frozenset({Kind.DATE, Kind.TIME, Kind.INSTANT})
TEXTS = frozenset({Kind.TEXT, Kind.FLAG})


def as_text(value: Node, kind: Kind, *, below: int = EXACT) -> Node:
    """Return a value as the text that every engine gives.

    Whole numbers below a bound have no point, whatever type they are kept as; flags are ``true`` and ``false``.
    """
    text = sql.cast(value.copy(), "text")
    if kind is Kind.FLAG:
        return sql.case([(value, sql.text("true")), (sql.negate(value.copy()), sql.text("false"))])
    if kind in (Kind.FRACTION, Kind.FINITE, Kind.DECIMAL):
        x = sql.cast(value.copy(), "double")
        small = sql.both(sql.less(x, sql.number(below)), sql.above(x.copy(), sql.number(-below)))
        whole = sql.both(sql.equal(sql.floor(value.copy()), value.copy()), small)
        return sql.case([(whole, sql.cast(sql.cast(value.copy(), "whole"), "text"))], text)
    return text


def without_blanks(text: Node) -> Node:
    """Return a text without the blanks around it, NULL where there is nothing else."""
    return sql.null_if(sql.trimmed(text), sql.text(""))


def as_id(value: Node, kind: Kind) -> Node:
    """Return an id as text, as it is written, but that 17101.0 is 17101, 1e17 all its digits and an empty one NULL."""
    text = _known_as_text(value, kind)
    if kind is not Kind.TEXT:
        return text
    whole = sql.both(sql.ends_in(text.copy(), ".0"), sql.is_number_without_fraction(text.copy()))
    return sql.null_if(sql.case([(whole, sql.without_last(text.copy(), 2))], text), sql.text(""))


def as_buyer(value: Node, kind: Kind) -> Node:
    """Return the id of who bought, the same in each row of a log: 17101.00 is 17101; NULL and the like are nobody."""
    text = _known_as_text(value, kind)
    if kind is not Kind.TEXT:
        return text
    return sql.case([(sql.among(sql.trimmed(text.copy()), MISSING), sql.null())], without_fraction(text))


def without_fraction(text: Node) -> Node:
    """Return a text, 17101 for 17101.00."""
    whole = sql.both(sql.is_like(text.copy(), "%.0%"), sql.is_number_without_fraction(text.copy()))
    return sql.case([(whole, sql.without_last(sql.without_zeros_behind(text.copy()), 1))], text)


def _known_as_text(value: Node, kind: Kind) -> Node:
    text = as_text(value, kind, below=LONGEST)
    return sql.case([(sql.is_nan(value.copy()), sql.null())], text) if kind is Kind.FRACTION else text
