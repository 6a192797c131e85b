"""Customers stand in the order of their source, and beside their own scores, however its pieces are read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import coterie
from coterie.engines import connect

ROWS, ODD = 20_500, 2_050  # a vector of DuckDB and two rows, which it keeps back until enough of them are there


def in_odd_row_groups(customers: pa.Table, place: Path) -> Path:
    pq.write_table(customers, place / "customers.parquet", row_group_size=ODD)
    return place / "customers.parquet"


def in_uneven_parts(customers: pa.Table, place: Path) -> Path:
    start = 0
    for i, rows in enumerate((1, 9_000, 2, ROWS - 9_003)):
        pq.write_table(customers.slice(start, rows), place / f"part-{i}.parquet")
        start += rows
    return place


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("write", [in_odd_row_groups, in_uneven_parts])
def test_rows_keep_their_order_and_their_scores(
    write: Callable[[pa.Table, Path], Path], threads: int, tmp_path: Path
) -> None:
    r = np.random.default_rng(0)
    group = r.integers(0, 3, ROWS)
    x, y = np.array([0.0, 20.0, 0.0])[group] + r.normal(size=ROWS), np.array([0.0, 0.0, 20.0])[group]
    ids = [f"c{i:05}" for i in range(ROWS)]
    (tmp_path / "in").mkdir()
    source = write(pa.table({"customer_id": ids, "x": x, "y": y + r.normal(size=ROWS)}), tmp_path / "in")
    run = coterie.segment(source, k=3, effort="quick", engine=connect(threads=threads))
    rows = run.assignments().fetchall()
    assert [row[0] for row in rows] == ids
    segment = np.array([row[1] for row in rows])
    assert [s.size for s in run.segments] == sorted(np.bincount(group).tolist(), reverse=True)
    for s in run.segments:
        assert len(set(group[segment == s.id])) == 1
        profiled = next(p for p in run.record.profile if p.segment == s.id and p.column == "x")
        assert profiled.mean == pytest.approx(x[segment == s.id].mean(), abs=1e-6)
    run.save(tmp_path / "out")
    written = pq.read_table(tmp_path / "out" / "segments.parquet")
    assert written["id"].to_pylist() == ids
    assert written["segment"].to_pylist() == segment.tolist()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, Path]:
    """Many customers, and the run of their file in one piece."""
    many, place = 300_000, tmp_path_factory.mktemp("whole")
    r = np.random.default_rng(1)
    group = r.integers(0, 3, many)
    x = np.array([0.0, 20.0, 0.0])[group] + r.normal(size=many).round(2)
    y = np.array([0.0, 0.0, 20.0])[group] + r.normal(size=many).round(2)
    customers = pa.table({"customer_id": [f"c{i:06}" for i in range(many)], "x": x, "y": y})
    pq.write_table(customers, place / "whole.parquet")
    run = coterie.segment(place / "whole.parquet", k=3, effort="quick", engine=connect(threads=1))
    run.save(place / "run")
    assert pq.ParquetFile(place / "run" / "segments.parquet").metadata.row_group(0).num_rows == 122_880
    return customers, place / "run"


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("rows", [2_048, 122_880, 100_003])
def test_new_customers_come_out_in_the_same_bytes_however_their_file_is_cut_into_row_groups(
    rows: int, threads: int, whole: tuple[pa.Table, Path], tmp_path: Path
) -> None:
    customers, run = whole
    pq.write_table(customers, tmp_path / "cut.parquet", row_group_size=rows)
    again = coterie.segment(tmp_path / "cut.parquet", k=3, effort="quick", engine=connect(threads=threads))
    again.save(tmp_path / "again")
    segments = (run / "segments.parquet").read_bytes()
    assert (tmp_path / "again" / "segments.parquet").read_bytes() == segments
    command = [sys.executable, "-m", "coterie", "assign", str(run), "cut.parquet", "--threads", str(threads)]
    subprocess.run([*command, "--out", "new.parquet", "-q"], cwd=tmp_path, check=True)
    assert (tmp_path / "new.parquet").read_bytes() == segments
