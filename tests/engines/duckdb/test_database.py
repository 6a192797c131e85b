"""A table of a DuckDB file is copied, the file itself stays as it is."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from coterie import errors
from coterie.engines.duckdb.database import copy_table
from coterie.reading import DatabaseTable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "t.duckdb")) as made:
        made.execute('CREATE TABLE customers AS SELECT 1 AS id; CREATE VIEW "the rich" AS SELECT 2 AS id')
    return tmp_path / "t.duckdb"


def test_a_table_is_taken_before_a_view_and_said(path: Path) -> None:
    before = path.read_bytes()
    findings, copy = copy_table(DatabaseTable("t.duckdb", path, None), path.parent)
    assert [f.code for f in findings] == ["COT009"]
    assert duckdb.read_parquet(str(copy.paths[0])).fetchall() == [(1,)]
    assert path.read_bytes() == before


def test_a_view_can_be_named(path: Path) -> None:
    findings, copy = copy_table(DatabaseTable("t.duckdb", path, "the rich"), path.parent)
    assert (findings, duckdb.read_parquet(str(copy.paths[0])).fetchall()) == ((), [(2,)])


def test_what_is_not_there_or_damaged_is_refused(path: Path) -> None:
    with pytest.raises(errors.InputError, match="--table"):
        copy_table(DatabaseTable("t.duckdb", path, "poor"), path.parent)
    path.write_bytes(path.read_bytes()[:40] + b"\xff" * 9_000)
    with pytest.raises(errors.InputError):
        copy_table(DatabaseTable("t.duckdb", path, None), path.parent)
