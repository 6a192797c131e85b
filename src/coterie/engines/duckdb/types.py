"""DuckDB's types as kinds."""

from __future__ import annotations

import re

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


def kind_of(name: str) -> Kind:
    """Return the kind of a type by DuckDB's name for it.

    >>> [str(kind_of(name)) for name in ("BIGINT", "DECIMAL(9,2)", "TIMESTAMP WITH TIME ZONE", "VARCHAR[]")]
    ['wide', 'decimal', 'instant', 'other']
    """
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, name, re.DOTALL)), Kind.OTHER)
