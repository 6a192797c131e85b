"""Parquet files as DuckDB reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coterie import errors, sql
from coterie.engines import Reading, connect
from coterie.engines.duckdb.parquet import check_alike, check_once, check_sizes
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


def test_parts_may_differ_in_their_order_of_columns_and_in_nothing_else() -> None:
    first = {"id": "VARCHAR", "v": "DOUBLE"}
    check_alike("t", "b.parquet", first, {"v": "DOUBLE", "id": "VARCHAR"})
    for other, words in (
        ({"id": "VARCHAR"}, "lacks"),
        ({**first, "more": "DATE"}, "only it has"),
        ({"id": "VARCHAR", "v": "INTEGER"}, "is INTEGER there"),
    ):
        with pytest.raises(errors.InputError, match=words):
            check_alike("t", "b.parquet", first, other)


def test_a_name_that_stands_twice_is_refused_but_not_inside_of_columns() -> None:
    root = ("schema", 3)
    check_once([root, ("id", None), ("v", 2), ("id", None), ("V", None), ("w", None)])
    with pytest.raises(errors.InputError, match="ID"):
        check_once([root, ("id", None), ("v", 1), ("x", None), ("ID", None)])


def test_texts_that_fit_nowhere_are_refused_by_their_column() -> None:
    def sizes(total: float, most: float, n: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        return {"sum0": np.array([total]), "most0": np.array([most]), "n0": np.array([float(n)])}

    check_sizes("t", ["note"], sizes(3e10, 2_000, 100_000_000))
    for got in (sizes(2e6, 2e6, 1), sizes(3e10, 1e6, 1_000)):
        with pytest.raises(errors.InputError, match="note"):
            check_sizes("t", ["note"], got)
