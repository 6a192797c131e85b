"""A result is written while few of its rows are held."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from coterie.engines import Target
from coterie.engines.duckdb.lock import close_off
from coterie.engines.duckdb.written import HELD, write

LIMIT = "SELECT value FROM duckdb_settings() WHERE name = 'operator_memory_limit'"


@pytest.fixture
def connection(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    close_off(connection, [], tmp_path)
    return connection


def test_what_waits_to_be_written_is_limited_while_it_is_written(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "written.parquet"
    write(connection, LIMIT, path, Target(path))
    ((during,),) = connection.read_parquet(str(path)).fetchall()
    assert connection.execute(LIMIT).fetchall() == [(None,)]
    connection.execute(f"SET operator_memory_limit = '{HELD}'")
    assert connection.execute(LIMIT).fetchall() == [(during,)]


def test_no_limit_is_left_after_a_query_that_failed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error):
        write(connection, "SELECT error('wrong')", tmp_path / "written.parquet", Target(tmp_path / "written.parquet"))
    assert connection.execute(LIMIT).fetchall() == [(None,)]
