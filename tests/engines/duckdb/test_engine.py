"""DuckDB opens nothing but its source, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import table


def test_the_database_opens_nothing_but_its_source(tmp_path: Path) -> None:
    """After reading, other files, extensions and settings are out of reach, whatever a query says."""
    path, other = tmp_path / "t.csv", tmp_path / "other.csv"
    path.write_text("id,v\na,1\nb,2\n")
    other.write_text("secret\n1\n")
    engine = connect()
    table.read(path, engine, Options(), Reading())
    for query in (
        f"FROM read_csv('{other}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "FROM glob('/etc/*')",
    ):
        with pytest.raises(duckdb.Error):
            engine._connection.execute(query)
    engine.close()
    assert not (tmp_path / "out.csv").exists()


def test_the_spill_folder_goes_with_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,v\ra,1\rb,2\r")
    spill = tmp_path / "spill"
    spill.mkdir()
    engine = connect(temp_dir=spill)
    table.read(path, engine, Options(), Reading())
    inside = list(spill.iterdir())
    assert [p.stat().st_mode & 0o777 for p in inside] == [0o700]
    engine.close()
    assert not list(spill.iterdir())
