"""Counted text keeps what an id looks like."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from coterie.table import table
from reading.files import ROWS, read, run, write


def test_ids_are_text_from_end_to_end(tmp_path: Path) -> None:
    ids = ["0001", "1.10", "1.1", "NA", "null", "true", "1e5", "-", "9007199254740993000001", " x", "x", "客户😀"]
    path = tmp_path / "t.csv"
    path.write_text("customer_id,v\n" + "".join(f"{i},{n}\n" for n, i in enumerate(ids)), encoding="utf-8")
    assert read(path, id="customer_id")[table.ID] == ids


def test_zeros_in_front_of_ids_are_in_every_output(tmp_path: Path) -> None:
    path, out = write(tmp_path / "customers.csv", ROWS), tmp_path / "out"
    assert run("segment", path, "-k", 3, "--effort", "quick", "-q", "--csv", "--out", out) == 0
    for name in ("new.csv", "new.parquet"):
        assert run("assign", out, path, "-q", "--out", tmp_path / name) == 0
    wanted = [r[0] for r in ROWS]
    for stored in (out / "segments.parquet", tmp_path / "new.parquet"):
        ids = duckdb.connect().execute("SELECT id FROM read_parquet(?)", [str(stored)]).fetchall()
        assert [row[0] for row in ids] == wanted
    for written in (out / "segments.csv", tmp_path / "new.csv"):
        assert [row[0] for row in csv.reader(written.read_text().splitlines())][1:] == wanted
