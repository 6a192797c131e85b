"""A result as a file."""

from __future__ import annotations

from pathlib import Path

import duckdb

from coterie.engines.duckdb import cells
from coterie.engines.engine import Target

ROW_GROUP = 122_880
HELD = "512MB"  # of rows that wait to be sorted or written: docs/why/0145-written-as-read.md


def write(connection: duckdb.DuckDBPyConnection, rendered: str, path: Path, target: Target) -> None:
    """Write the result of a query to a file, in little memory however many rows it has."""
    connection.execute(f"SET operator_memory_limit = '{HELD}'")
    try:
        result = connection.sql(rendered)
        if target.format == "csv":
            columns = dict(zip(result.columns, result.types, strict=True))
            made = result if target.raw else result.project(cells.without_formulas(columns))
            made.to_csv(str(path), header=True)
        else:
            result.to_parquet(str(path), compression="zstd", row_group_size=ROW_GROUP, overwrite=True)
    finally:
        connection.execute("RESET operator_memory_limit")
