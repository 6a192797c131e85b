"""A table of a DuckDB file, copied before it is asked."""

from __future__ import annotations

from pathlib import Path

import duckdb

from coterie.engines.duckdb.cells import quote
from coterie.engines.duckdb.refusals import reading_error
from coterie.findings import Finding
from coterie.reading import DatabaseTable, ParquetParts, choose_table


def copy_table(stored: DatabaseTable, spill: Path) -> tuple[tuple[Finding, ...], ParquetParts]:
    """Return what was found while a table was chosen, and its copy.

    Raises
    ------
    InputError : damaged, encrypted, without tables, or without the one that was asked for.
    """
    copy = spill / "copied.parquet"
    try:
        other = duckdb.connect(str(stored.path), read_only=True, config={"autoload_known_extensions": "false"})
    except duckdb.Error as error:
        raise reading_error(stored.name, error) from error
    try:
        tables = [row[0] for row in other.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        views = other.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        table, findings = choose_table(stored.name, [*tables, *(row[0] for row in views)], stored.table, "--table")
        other.table(quote(table)).to_parquet(str(copy))
    except duckdb.Error as error:
        raise reading_error(stored.name, error) from error
    finally:
        other.close()
    return findings, ParquetParts(stored.name, (copy,))
