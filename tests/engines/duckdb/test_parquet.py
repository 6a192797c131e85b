"""Parquet files as DuckDB reads them."""

from __future__ import annotations

from pathlib import Path

from coterie import sql
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import table


def test_nan_in_parquet_is_missing_although_its_statistics_do_not_know(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a", "b", "c"], "v": [1.0, float("nan"), 3.0]}), path)
    engine = connect()
    made = table.read(path, engine, Options(), Reading())
    got = engine.fetch(
        sql.select(
            [sql.named(sql.largest(sql.column("v")), "m"), sql.named(sql.count(sql.column("v")), "n")],
            sql.table(made.relation),
        )
    )
    engine.close()
    assert (float(got["m"][0]), int(got["n"][0])) == (3.0, 2)
