"""DuckDB's types as kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coterie import sql
from coterie.engines.engine import ROW
from coterie.engines.kinds import Kind

KINDS = (
    (r"U?(TINY|SMALL)INT|INTEGER|UINTEGER", Kind.WHOLE),
    (r"U?(BIG|HUGE)INT", Kind.WIDE),
    (r"DOUBLE|FLOAT|REAL", Kind.FRACTION),
    (r"(DECIMAL|NUMERIC)(\(.*\))?", Kind.DECIMAL),
    (r"DATE", Kind.DATE),
    (r"TIMESTAMP(_\w+)?", Kind.TIME),
    (r"TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ(_\w+)?", Kind.INSTANT),
    (r"VARCHAR|TEXT|CHAR|UUID|ENUM\(.*\)", Kind.TEXT),
    (r"BOOLEAN", Kind.FLAG),
)


COARSE_TIMES = ("TIMESTAMP_S", "TIMESTAMP_MS")  # whose seconds DuckDB asks in nanoseconds, which end in 2262


def is_itself(kind: str) -> bool:
    """Say whether a column of the type is taken as it is."""
    return kind != "INTERVAL" and kind not in COARSE_TIMES and kind.strip('"') != "NULL"


def values_of(column: str, kind: str) -> sql.Node:
    """Return a column in a type that has a kind.

    It is hours of an interval, times to the microsecond, text of what holds nothing at all.
    """
    if is_itself(kind):
        return sql.column(column)
    if kind in COARSE_TIMES:
        return sql.cast(sql.column(column), "time")
    if kind == "INTERVAL":
        return sql.divide(sql.seconds(sql.column(column)), sql.number(3600.0))
    return sql.cast(sql.null(), "text")


def kind_of(name: str) -> Kind:
    """Return the kind of a type by DuckDB's name for it.

    >>> [str(kind_of(name)) for name in ("BIGINT", "DECIMAL(9,2)", "TIMESTAMP WITH TIME ZONE", "VARCHAR[]")]
    ['wide', 'decimal', 'instant', 'other']
    """
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, name, re.DOTALL)), Kind.OTHER)


def kinds_of(names: Sequence[str], types: Sequence[object], *, finite: bool) -> list[tuple[str, Kind]]:
    """Return the kinds of columns, without the rows' numbers; finite: all their fractions are numbers."""
    kinds = [(name, kind_of(str(kind))) for name, kind in zip(names, types, strict=True) if name != ROW]
    return [(name, Kind.FINITE if finite and kind is Kind.FRACTION else kind) for name, kind in kinds]
