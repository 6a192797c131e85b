"""DuckDB opens nothing but its source, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from coterie import errors, sql
from coterie.engines import ROW, Reading, Source, connect
from coterie.options import Options
from coterie.reading import Text, prepare
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


@pytest.mark.parametrize("name", ["rowid", "ROWID"])
def test_a_column_that_is_called_like_the_engines_row_number_is_one_like_any_other(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,{name},v\n" + "".join(f"k{i},{i * 3 + 7},{i}\n" for i in range(30)))
    for source in (path, duckdb.read_csv(str(path)).df()):
        engine = connect()
        engine.read(Source.of(source), "t", Reading(), lambda column: False)
        got = engine.fetch(sql.select([sql.column(name), sql.column(ROW)], sql.table("t")))
        assert (got[name].tolist()[:3], got[ROW].tolist()[:3]) == ([7, 10, 13], [1, 2, 3])
        engine.close()


@pytest.mark.parametrize("name", ["__c_row", "__C_ID", "__c_anything"])
def test_names_that_are_coteries_own_are_refused_whatever_their_capitals(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,{name}\n" + "".join(f"k{i},{i}\n" for i in range(30)))
    duckdb.read_csv(str(path)).to_parquet(str(tmp_path / "t.parquet"))
    for source in (path, tmp_path / "t.parquet", duckdb.read_csv(str(path)).df()):
        with pytest.raises(errors.InputError, match="reserved"):
            connect().read(Source.of(source), "t", Reading(), lambda column: False)


def test_a_parquet_column_called_like_duckdbs_own_is_refused_for_that(tmp_path: Path) -> None:
    duckdb.sql("SELECT range AS file_row_number, 1 AS v FROM range(9)").to_parquet(str(tmp_path / "t.parquet"))
    with pytest.raises(errors.InputError, match="reserved"):
        connect().read(Source.of(tmp_path / "t.parquet"), "t", Reading(), lambda column: False)


def test_a_text_that_the_engine_takes_for_another_dialect_is_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,v\n" + b"".join(b"%d,%d\r\n" % (i, i * 2) for i in range(9)))
    prepared = prepare(path, tmp_path, Reading(), lambda column: False)
    assert isinstance(prepared, Text)
    assert prepared.origin is not None  # what ends its header ends no other row
    monkeypatch.setattr("coterie.engines.duckdb.engine.prepare", lambda *_: replace(prepared.origin, feeds_only=False))
    engine = connect()
    engine.read(Source.of(path), "t", Reading(), lambda column: False)
    assert engine.fetch(sql.select([sql.column("v")], sql.table("t")))["v"].tolist() == [2.0 * i for i in range(9)]


def test_a_frame_with_a_column_without_a_name_is_refused_for_that() -> None:
    frame = duckdb.sql("SELECT range AS a, 1 AS b FROM range(9)").df().set_axis(["a", ""], axis=1)
    with pytest.raises(errors.InputError, match="Column 2 of 'the frame' has no name"):
        connect().read(Source.of(frame), "t", Reading(), lambda column: False)


@pytest.mark.parametrize("cell", ["1", "one"])
def test_an_interruption_while_a_text_is_loaded_is_no_fault_of_its_cells(
    cell: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,x\n" + "".join(f"c{i},{i}\n" for i in range(50)) + f"c50,{cell}\n")
    made: list[str] = []

    def interrupted(relation: duckdb.DuckDBPyRelation, name: str) -> None:
        made.append(name)
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")

    monkeypatch.setattr(duckdb.DuckDBPyRelation, "create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        connect().read(Source.of(path), "t", Reading(), lambda name: False)
    assert len(made) == 1
