"""Spark's types as kinds."""

from __future__ import annotations

from typing import Any

from coterie import sql
from coterie.engines.database.driver import Held
from coterie.engines.kinds import Kind

KINDS = {
    "byte": Kind.WHOLE,
    "short": Kind.WHOLE,
    "integer": Kind.WHOLE,
    "long": Kind.WIDE,
    "float": Kind.FRACTION,
    "double": Kind.FRACTION,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "timestamp_ntz": Kind.TIME,
    "timestamp": Kind.INSTANT,
    "string": Kind.TEXT,
    "char": Kind.TEXT,
    "varchar": Kind.TEXT,
    "boolean": Kind.FLAG,
}
LETTERS = "UTF8_BINARY"  # the collation by which only equal letters are equal


def held_of(field: Any) -> Held:
    """Return a column of a DataFrame as a value of its kind."""
    column, kind = sql.column(field.name), KINDS.get(field.dataType.typeName(), Kind.OTHER)
    if kind is Kind.TEXT and getattr(field.dataType, "collation", LETTERS) != LETTERS:
        return Held(field.name, kind, sql.cast(column, "text"))
    return Held(field.name, kind, column)
