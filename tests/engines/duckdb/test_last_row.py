"""A total at the end of a Parquet file, a DuckDB file or a frame is no customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import coterie
from coterie import errors
from coterie.reading import Reading

CUSTOMERS = (
    "SELECT 'C' || i AS id, (i % 40 + 20)::DOUBLE AS age, i * 1.5 AS spend, 'Rome' AS city, i % 7 AS n "
    "FROM range(120) t(i)"
)
TOTAL = f"{CUSTOMERS} UNION ALL BY NAME SELECT 'Total' AS id, NULL AS age, 10710.0 AS spend"


def parquet(folder: Path, query: str) -> object:
    duckdb.sql(query).to_parquet(str(folder / "t.parquet"))
    return folder / "t.parquet"


def database(folder: Path, query: str) -> object:
    with duckdb.connect(folder / "t.duckdb") as connection:
        connection.execute(f"CREATE TABLE t AS {query}")
    return folder / "t.duckdb"


def frame(folder: Path, query: str) -> object:
    return duckdb.sql(query).df()


def arrow(folder: Path, query: str) -> object:
    return duckdb.sql(query).to_arrow_table()


SOURCES = [parquet, database, frame, arrow]


@pytest.mark.parametrize("source", SOURCES)
def test_a_total_stops_or_is_left_out_and_counted(source: Callable[[Path, str], object], tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="looks like a total") as refused:
        coterie.segment(source(tmp_path, TOTAL), effort="quick")
    assert "row 121" in refused.value.where
    (tmp_path / "again").mkdir()
    run = coterie.segment(source(tmp_path / "again", TOTAL), effort="quick", reading=Reading(on_bad_rows="skip"))
    assert run.record.sample.rows == 120
    assert [f.count for f in run.record.findings if f.code == "COT007"] == [1]


@pytest.mark.parametrize("source", SOURCES)
def test_a_last_customer_stays(source: Callable[[Path, str], object], tmp_path: Path) -> None:
    assert coterie.segment(source(tmp_path, CUSTOMERS), effort="quick").record.sample.rows == 120
