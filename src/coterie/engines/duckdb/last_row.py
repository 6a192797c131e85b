"""A last row that sums the others up, in what is read in place."""

from __future__ import annotations

import math
from dataclasses import replace

import duckdb

from coterie import errors
from coterie.engines.duckdb.cells import quote
from coterie.engines.engine import ROW, Found
from coterie.reading import Reading, is_total, reject_total, tell_rejected


def leave_out_total(
    connection: duckdb.DuckDBPyConnection, name: str, source: str, found: Found, reading: Reading
) -> Found:
    """Return what reading left behind, without the total that the relation ended with.

    Cost: the count and one row; what is before that is passed over unread.

    Raises
    ------
    InputError : there is one, and bad rows are not to be left out.
    """
    relation = connection.table(name)
    rows = int(relation.count("*").fetchall()[0][0])
    last = relation.limit(1, offset=rows - 1).fetchall() if rows > 1 else []
    cells = [_as_text(v) for row in last for c, v in zip(relation.columns, row, strict=True) if c != ROW]
    if not is_total(cells):
        return found
    if reading.on_bad_rows == "error":
        raise errors.total_row(source, rows, None)
    whole = f"__c_whole_{name}"
    connection.execute(f"ALTER VIEW {quote(name)} RENAME TO {quote(whole)}")
    connection.table(whole).filter(f"{ROW} < {rows}").create_view(name)
    rejected = (reject_total(rows),)
    return replace(found, findings=(*found.findings, *tell_rejected(rejected)), rejected=rejected)


def _as_text(value: object) -> str:
    """Return a text as it is, and of another value whether there is one."""
    if isinstance(value, str):
        return value
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else "0"
