"""A tree as text in a dialect.

This is the last moment, and the only one at which a dialect is known.

>>> from coterie.sql.marks import is_nan
>>> from coterie.sql.statements import named, select
>>> from coterie.sql.tree import add, column, number, table
>>> query = select([named(add(column("a b"), number(0.5)), "c")], table("t"), where=is_nan(column("d")))
>>> render(query, "duckdb")
'SELECT ("a b" + 0.5e0) AS "c" FROM "t" WHERE ISNAN("d")'
>>> render(query, "mysql")
'SELECT (`a b` + 0.5e0) AS `c` FROM `t` WHERE FALSE'
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from coterie.sql.dialects import DIALECTS, Dialect
from coterie.sql.marks import Mark
from coterie.sql.tree import Node

SPELLED = (exp.Anonymous, exp.Literal, exp.EQ, exp.In, exp.CTE, exp.DataType, exp.RegexpLike)
MARKS = frozenset(Mark)


def render(node: Node, dialect: str, *, pretty: bool = False) -> str:
    """Return the text of the tree in a dialect.

    Parameters
    ----------
    pretty : a line a clause and a column, for people.

    Raises
    ------
    ValueError : the dialect has nothing that stands for a node of the tree.
    """
    row = DIALECTS[dialect]
    whole = exp.Paren(this=node.copy())  # a node that stands in several places stands there by itself now
    for part in reversed(list(whole.find_all(*SPELLED))):  # what is inside first
        _spell(part, row)
    return str(whole.this.sql(dialect=row.name, pretty=pretty, copy=False))


def _spell(part: Node, row: Dialect) -> None:
    """Put what the dialect has instead of a node in its place."""
    if isinstance(part, exp.CTE):
        if row.fence is not None:
            row.fence(part)
    elif isinstance(part, exp.Anonymous):
        if part.this in MARKS:
            if part.this not in row.spelled:
                raise ValueError(f"no SQL in {row.name} for: {part.this}")
            part.replace(row.spelled[Mark(part.this)](*(a.copy() for a in part.expressions)))
    elif isinstance(part, exp.Literal):
        _spell_literal(part, row)
    elif isinstance(part, exp.DataType):
        if row.long_text is not None and part.this == exp.DataType.Type.VARCHAR:
            part.replace(exp.DataType.build(row.long_text, dialect=row.name))
    else:
        _test(part, row)


def _test(part: Node, row: Dialect) -> None:
    """Make a test what it means in every dialect: by a pattern, or of texts."""
    if isinstance(part, exp.RegexpLike):
        if row.matches is not None:
            part.replace(row.matches(part.copy()))
    elif row.exact_text is not None:
        _compare_exactly(part, row.exact_text)


def _spell_literal(part: exp.Literal, row: Dialect) -> None:
    if part.is_string:
        if row.quoted_text is not None:
            part.replace(row.quoted_text(part))
    elif row.double is not None and "e" in part.name:
        part.replace(row.double(part))


def _compare_exactly(part: Node, exact: Callable[[Node], Node]) -> None:
    """Make a comparison with texts one in which only equal letters are equal."""
    others = part.expressions or [part.expression]
    if any(side.is_string or isinstance(side, exp.National) for side in (part.this, *others)):
        for side in (part.this, *others):
            side.replace(exact(side.copy()))
