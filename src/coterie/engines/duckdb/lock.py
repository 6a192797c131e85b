"""A database that opens nothing but its source."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from coterie.engines.duckdb.cells import escape_pattern, set_list


def close_off(connection: duckdb.DuckDBPyConnection, files: Collection[Path], folder: Path) -> None:
    """Close a database to all but some files and its folder, for good."""
    # Parquet's statistics leave NaN out; DuckDB concludes that `isnan` is never true.
    connection.execute("SET disabled_optimizers = 'statistics_propagation'")
    named = sorted({name for file in files for name in (str(file), escape_pattern(str(file)))})
    connection.execute(set_list("allowed_paths", named or [f"{folder}/nothing"]))
    connection.execute(set_list("allowed_directories", [f"{folder}/"]))
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET allowed_configs = ['operator_memory_limit']")
    connection.execute("SET lock_configuration = true")
