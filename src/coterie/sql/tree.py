"""Nodes that every dialect has.

No SQL text is written by hand anywhere: identifiers and literals pass through the tree, which quotes them for the
dialect. Numbers are always doubles with an exponent (``0.15e0``), because ``0.15`` is a decimal in some dialects, and
quotients are written as products, because division means different things in different dialects.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Literal

from sqlglot import exp

Node = exp.Expression
Select = exp.Select


Kind = Literal["double", "text", "whole", "small", "decimal", "time"]
TYPES = {
    "double": exp.DataType.Type.DOUBLE,
    "text": exp.DataType.Type.VARCHAR,
    "whole": exp.DataType.Type.BIGINT,
    "small": exp.DataType.Type.INT,
    "decimal": exp.DataType.Type.DECIMAL,
    "time": exp.DataType.Type.TIMESTAMP,
}


# ── names and values ──────────────────────────────────────────────────────────────────────────────────────────────


def column(name: str) -> Node:
    """Return a column by its exact name, always quoted."""
    return exp.Column(this=exp.to_identifier(name, quoted=True))


def table(name: str, *within: str) -> Node:
    """Return a table or view by its exact name.

    Parameters
    ----------
    within : the schema that it stands in, then the catalog.
    """
    names = dict(zip(("this", "db", "catalog"), (name, *within), strict=False))
    return exp.Table(**{part: exp.to_identifier(text, quoted=True) for part, text in names.items()})


def number(value: float) -> Node:
    """Return a double literal that reads back as exactly ``value``.

    Raises
    ------
    ValueError : ``value`` is not finite; no dialect has a portable literal for that.
    """
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"no SQL literal for {value}")
    text = repr(abs(value))
    literal = exp.Literal.number(text if "e" in text else f"{text}e0")
    return exp.Paren(this=exp.Neg(this=literal)) if math.copysign(1.0, value) < 0 else literal


def whole(value: int) -> Node:
    """Return an integer literal."""
    return exp.Paren(this=exp.Neg(this=exp.Literal.number(-value))) if value < 0 else exp.Literal.number(int(value))


def text(value: str) -> Node:
    """Return a text literal, escaped for the dialect when rendered."""
    return exp.Literal.string(value)


def null() -> Node:
    """Return NULL."""
    return exp.Null()


def field(source: str, name: str) -> Node:
    """Return a column of one of several tables in a query."""
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=exp.to_identifier(source, quoted=True))


def star() -> Node:
    """Return ``*``: every column of the source."""
    return exp.Star()


# ── arithmetic, text, conditions ──────────────────────────────────────────────────────────────────────────────────


def add(*terms: Node) -> Node:
    """Return ``(a + b + …)``, added from left to right."""
    return exp.Paren(this=reduce(lambda a, b: exp.Add(this=a, expression=b), terms))


def subtract(a: Node, b: Node) -> Node:
    """Return ``(a - b)``."""
    return exp.Paren(this=exp.Sub(this=a, expression=b))


def multiply(a: Node, b: Node) -> Node:
    """Return ``a * b``."""
    return exp.Mul(this=a, expression=b)


def divide(a: Node, b: Node) -> Node:
    """Return ``(a / b)``; of doubles alone, for dialects divide integers differently."""
    return exp.Paren(this=exp.Div(this=a, expression=b, typed=False, safe=False))


def call(name: str, *arguments: Node) -> Node:
    """Return a call of an engine's own function by its name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def remainder(a: Node, b: Node) -> Node:
    """Return the remainder of one whole number by another."""
    return exp.Paren(this=exp.Mod(this=a, expression=b))


def nearest_whole(a: Node) -> Node:
    """Return the nearest whole number, half up, in 64 bits."""
    return cast(floor(add(a, number(0.5))), "whole")


def absolute(a: Node) -> Node:
    """Return ``ABS(a)``."""
    return exp.Abs(this=a)


def sign(a: Node) -> Node:
    """Return ``SIGN(a)``: -1, 0 or 1."""
    return exp.Sign(this=a)


def exponential(a: Node) -> Node:
    """Return ``EXP(a)``."""
    return exp.Exp(this=a)


def natural_log(a: Node) -> Node:
    """Return ``LN(a)``."""
    return exp.Ln(this=a)


def square_root(a: Node) -> Node:
    """Return ``SQRT(a)``."""
    return exp.Sqrt(this=a)


def floor(a: Node) -> Node:
    """Return ``FLOOR(a)``."""
    return exp.Floor(this=a)


def coalesce(a: Node, b: Node) -> Node:
    """Return ``a``, or ``b`` where ``a`` is NULL."""
    return exp.Coalesce(this=a, expressions=[b])


def null_if(a: Node, b: Node) -> Node:
    """Return ``a``, or NULL where it equals ``b``."""
    return exp.Nullif(this=a, expression=b)


def length(a: Node) -> Node:
    """Return how many characters a text has."""
    return exp.Length(this=a)


def trimmed(a: Node) -> Node:
    """Return a text without blanks around it."""
    return exp.Trim(this=a)


BLANKS = " \t\n\r\v\f\u00a0\u202f\u3000"


def stripped(a: Node) -> Node:
    """Return a text without blanks of any kind around it, tabs and line ends too."""
    return exp.Trim(this=a, expression=text(BLANKS), position="BOTH")


def without_zeros_ahead(a: Node) -> Node:
    """Return a text without zeros in front; of zeros alone nothing is left."""
    return exp.Trim(this=a, expression=text("0"), position="LEADING")


def without_zeros(a: Node) -> Node:
    """Return a number's text without zeros behind its point.

    It is the same text then whatever type the number is kept as: ``3``, ``3.0`` and ``3.00`` are ``3``.
    """
    bare = a.copy()
    for letter in "0.":
        bare = exp.Trim(this=bare, expression=text(letter), position="TRAILING")
    return case([(exp.Like(this=a, expression=text("%.%0")), bare)], a.copy())


def ends_in(a: Node, end: str) -> Node:
    """Return the condition that a text ends in letters or digits."""
    return exp.Like(this=a, expression=text(f"%{end}"))


def is_like(a: Node, pattern: str) -> Node:
    """Return the condition that a text is as a pattern says: ``_`` is any sign, ``%`` any signs."""
    return exp.Like(this=a, expression=text(pattern))


def without_last(a: Node, many: int) -> Node:
    """Return a text without so many of its last characters."""
    return exp.Substring(this=a, start=whole(1), length=subtract(length(a.copy()), whole(many)))


def without_zeros_behind(a: Node) -> Node:
    """Return a text without the zeros that it ends in."""
    return exp.Trim(this=a, expression=text("0"), position="TRAILING")


def is_number_without_fraction(a: Node) -> Node:
    """Return the condition that a text is digits, point, zeros."""
    return exp.RegexpLike(this=a, expression=text("^[0-9]+[.]0+$"))


def lower(a: Node) -> Node:
    """Return a text in small letters."""
    return exp.Lower(this=a)


def substring(a: Node, start: int, size: int) -> Node:
    """Return ``size`` characters of a text from the ``start``-th on, counted from 1."""
    return exp.Substring(this=a, start=whole(start), length=whole(size))


def left_padded(a: Node, size: int, fill: str) -> Node:
    """Return a text filled on its left to ``size`` characters."""
    return exp.Pad(this=a, expression=whole(size), fill_pattern=text(fill), is_left=True)


def concat(*parts: Node) -> Node:
    """Return the texts joined with ``||``."""
    return reduce(lambda a, b: exp.DPipe(this=a, expression=b), parts)


def md5(a: Node) -> Node:
    """Return the 32 hexadecimal digits of the MD5 of a text."""
    return exp.MD5(this=a)


def sha256(a: Node) -> Node:
    """Return the 64 hexadecimal digits of the SHA-256 of a text."""
    return exp.SHA2(this=a, length=whole(256))


def case(branches: Iterable[tuple[Node, Node]], default: Node | None = None) -> Node:
    """Return ``CASE WHEN … THEN … ELSE … END``."""
    whens = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=whens, default=default)


def cast(a: Node, kind: Kind) -> Node:
    """Return ``CAST(a AS …)``; whole numbers have 64 bits, small ones 32."""
    return exp.Cast(this=a, to=exp.DataType(this=TYPES[kind]))


def equal(a: Node, b: Node) -> Node:
    """Return ``a = b``."""
    return exp.EQ(this=a, expression=b)


def time_or_null(a: Node) -> Node:
    """Return a text in ISO's way as a time, or NULL."""
    return exp.TryCast(this=a, to=exp.DataType.build("TIMESTAMP"))


def among(a: Node, values: Sequence[str]) -> Node:
    """Return the condition that a text is one of some."""
    return exp.In(this=a, expressions=[text(value) for value in values])


def less(a: Node, b: Node) -> Node:
    """Return ``a < b``."""
    return exp.LT(this=a, expression=b)


def at_most(a: Node, b: Node) -> Node:
    """Return ``a <= b``."""
    return exp.LTE(this=a, expression=b)


def above(a: Node, b: Node) -> Node:
    """Return ``a > b``."""
    return exp.GT(this=a, expression=b)


def is_null(a: Node) -> Node:
    """Return ``a IS NULL``."""
    return exp.Is(this=a, expression=exp.Null())


def negate(condition: Node) -> Node:
    """Return ``NOT (condition)``."""
    return exp.Not(this=exp.Paren(this=condition))


def both(*conditions: Node) -> Node:
    """Return the conditions joined with AND."""
    return reduce(lambda a, b: exp.And(this=a, expression=b), conditions)


def either(*conditions: Node) -> Node:
    """Return the conditions joined with OR, in brackets."""
    return exp.Paren(this=reduce(lambda a, b: exp.Or(this=a, expression=b), conditions))


# ── aggregates ────────────────────────────────────────────────────────────────────────────────────────────────────


def count(a: Node | None = None) -> Node:
    """Return ``COUNT(a)``, or ``COUNT(*)``."""
    return exp.Count(this=exp.Star() if a is None else a)


def count_distinct(a: Node) -> Node:
    """Return ``COUNT(DISTINCT a)``: exact, and as dear as that."""
    return exp.Count(this=exp.Distinct(expressions=[a]))


def nearly_distinct(a: Node) -> Node:
    """Return how many different values there are, give or take a few percent; the same for every order of rows."""
    return exp.ApproxDistinct(this=a)


def total(a: Node) -> Node:
    """Return ``SUM(a)``; of integers for a record, for threads change sums of doubles."""
    return exp.Sum(this=a)


def smallest(a: Node) -> Node:
    """Return ``MIN(a)``."""
    return exp.Min(this=a)


def largest(a: Node) -> Node:
    """Return ``MAX(a)``."""
    return exp.Max(this=a)


# ── time and order ────────────────────────────────────────────────────────────────────────────────────────────────


def today() -> Node:
    """Return the engine's current date."""
    return exp.CurrentDate()


def at_zone(a: Node, zone: str) -> Node:
    """Return an instant as the time that clocks of a zone show; of such a time, the instant."""
    return exp.AtTimeZone(this=a, zone=text(zone))


def instant_or_null(a: Node) -> Node:
    """Return a text in ISO's way, its offset at its end, as an instant, or NULL."""
    return exp.TryCast(this=a, to=exp.DataType.build("TIMESTAMPTZ"))


def ascending(a: Node) -> Node:
    """Return ``a`` as a key of order, from small to large, NULL last."""
    return exp.Ordered(this=a, desc=False, nulls_first=False)


def descending(a: Node) -> Node:
    """Return ``a`` as a key of order, from large to small, NULL last."""
    return exp.Ordered(this=a, desc=True, nulls_first=False)


def over(a: Node, partition: Sequence[Node], order: Sequence[Node], *, whole_partition: bool = False) -> Node:
    """Return ``a OVER (…)``: up to each row, or over its whole partition."""
    spec = None
    if whole_partition:
        ends = {"start": "UNBOUNDED", "start_side": "PRECEDING", "end": "UNBOUNDED", "end_side": "FOLLOWING"}
        spec = exp.WindowSpec(kind="ROWS", **ends)
    keys = exp.Order(expressions=list(order)) if order else None
    return exp.Window(this=a, partition_by=list(partition), order=keys, spec=spec)


def row_number() -> Node:
    """Return ``ROW_NUMBER()``, for use in ``over``."""
    return exp.RowNumber()


def previous(a: Node) -> Node:
    """Return ``LAG(a)``: the value of the row before, for use in ``over``."""
    return exp.Lag(this=a)
