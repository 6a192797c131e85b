"""A file of any kind is the table that it holds; which reader reads it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import duckdb
import pytest

from coterie import errors
from coterie.reading.formats import DatabaseTable, prepare
from coterie.reading.parquet_parts import ParquetParts
from coterie.reading.request import Reading
from coterie.reading.text import Text
from coterie.table import table
from reading.files import days, read


def test_packed_and_stored_tables_are_the_plain_one(tmp_path: Path) -> None:
    import sqlite3
    import zipfile

    text = "id,spend\n" + "".join(f"{i:03d},{i}.5\n" for i in range(20))
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.csv", "folder/a.csv")
    made = duckdb.connect()
    made.execute("CREATE TABLE t AS FROM read_csv(?, all_varchar = true)", [str(tmp_path / "a.csv")])
    made.table("t").to_csv(str(tmp_path / "a.csv.zst"), compression="zstd")
    made.sql("SELECT id, spend::DOUBLE AS spend FROM t").to_parquet(str(tmp_path / "a.parquet"))
    made.execute(f"ATTACH '{tmp_path / 'a.duckdb'}' AS d")
    made.execute("CREATE TABLE d.t AS SELECT id, spend::DOUBLE AS spend FROM t")
    made.close()
    lite = sqlite3.connect(tmp_path / "a.sqlite")
    lite.execute("CREATE TABLE t (id TEXT, spend REAL)")
    lite.executemany("INSERT INTO t VALUES (?, ?)", [(f"{i:03d}", i + 0.5) for i in range(20)])
    lite.commit()
    lite.close()
    plain = read(tmp_path / "a.csv")
    for name in ("a.csv.gz", "a.zip", "a.csv.zst", "a.parquet", "a.duckdb", "a.sqlite"):
        assert read(tmp_path / name) == plain, name


def test_marketing_campaign_is_read_day_first(shared_data: Path) -> None:
    got = read(shared_data / "marketing_campaign.csv")
    assert (min(got["Dt_Customer"]), max(got["Dt_Customer"])) == (days("2012-07-30"), days("2014-06-29"))
    assert sum(1 for v in got["Income"] if v != v) == 24  # noqa: PLR0124 - only NaN differs from itself
    assert len(got["ID"]) == 2_240


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("Wholesale customers data.csv", 440, 8),
        ("Sample - Superstore.csv", 9_994, 21),
        ("online_retail_germany.csv", 9_495, 8),
        ("mcdonalds.csv", 1_453, 15),
        ("bank-full.csv", 45_211, 17),
        ("vacmot.csv", 1_000, 22),
        ("Mall_Customers.csv", 200, 5),
    ],
)
def test_real_files_have_all_their_rows_and_no_mark_in_a_name(
    name: str, rows: int, columns: int, shared_data: Path
) -> None:
    got = read(shared_data / name)
    assert (len(got[table.ID]), len(got) - 1) == (rows, columns)
    assert not any("\ufeff" in n for n in got)


def test_superstore_is_read_month_first(shared_data: Path) -> None:
    got = read(shared_data / "Sample - Superstore.csv")
    assert (min(got["Order Date"]), max(got["Order Date"])) == (days("2016-01-03"), days("2019-12-30"))


def test_the_zeros_of_mall_ids_stay(shared_data: Path) -> None:
    assert read(shared_data / "Mall_Customers.csv")[table.ID][:2] == ["0001", "0002"]


def prepared(path: Path, **reading: Any) -> Text | ParquetParts | DatabaseTable:
    return prepare(path, path.parent, Reading(**reading), lambda name: False)


def test_an_engine_gets_text_parts_or_a_table_of_a_database(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"id": 1}]')
    assert isinstance(prepared(tmp_path / "a.json"), Text)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    assert prepared(tmp_path / "a.parquet") == ParquetParts("a.parquet", (tmp_path / "a.parquet",))
    assert prepared(tmp_path / "*.parquet") == ParquetParts("*.parquet", (tmp_path / "a.parquet",))
    (tmp_path / "a.duckdb").write_bytes(b"........DUCK")
    assert prepared(tmp_path / "a.duckdb", table="t") == DatabaseTable("a.duckdb", tmp_path / "a.duckdb", "t")


def test_what_is_packed_is_what_comes_out_under_the_name_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress(b"PAR1"))
    (tmp_path / "b.parquet.zst").write_bytes(bytes.fromhex("28b52ffd2004210000") + b"PAR1")
    for name in ("a.parquet.gz", "b.parquet.zst"):
        assert prepared(tmp_path / name) == ParquetParts(name, (tmp_path / "unpacked.parquet",))


def test_what_is_packed_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(gzip.compress(b"id,v")))
    with pytest.raises(errors.InputError, match="packed twice"):
        prepared(tmp_path / "a.csv.gz")


@pytest.mark.parametrize("ending", ["csv.bz2", "csv.xz", "pdf"])
def test_a_file_of_another_ending_is_to_be_unpacked_or_exported(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"t.{ending}").write_bytes(b"BZh91AY" + bytes(range(200)))
    with pytest.raises(errors.InputError, match="unpack or export what is in it"):
        read(tmp_path / f"t.{ending}")
