"""Which Parquet files are parts of one table."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from coterie import errors
from coterie.reading.parquet_parts import find_parts
from coterie.table import table
from reading.files import ROWS, read, run, write


def test_a_pattern_names_the_parts_of_a_table(tmp_path: Path) -> None:
    made = duckdb.connect()
    for i in range(3):
        made.sql(f"SELECT range + {10 * i} AS id, range * 1.0 AS v FROM range(10)").to_parquet(
            str(tmp_path / f"p{i}.parquet")
        )
    assert read(tmp_path / "p*.parquet")[table.ID] == [str(i) for i in range(30)]


def test_a_pattern_of_parquet_files_is_segmented_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write(tmp_path / "whole.csv", ROWS)
    for i in range(2):
        duckdb.connect().execute(
            f"COPY (SELECT customer_id, name, age::INT AS age, spend::INT AS spend FROM read_csv('{whole}', "
            f"all_varchar=true) WHERE (age::INT > 40) = ({i} = 1)) TO '{tmp_path}/part-{i}.parquet'"
        )
    monkeypatch.chdir(tmp_path)
    assert run("segment", "part-*.parquet", "-k", 2, "--effort", "quick", "-q", "--out", "out") == 0
    assert run("verify", "out") == 0
    read = json.loads((tmp_path / "out" / "manifest.json").read_text())["fingerprint"]
    assert sorted(read["files"]) == ["part-0.parquet", "part-1.parquet"]
    assert run("segment", "other-*.parquet", "--out", "none") == 2


def test_hidden_files_are_no_parts(tmp_path: Path) -> None:
    for name in ("b.parquet", "year=2020/a.parquet", "_SUCCESS", "_temporary/c.parquet", ".d.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"PAR1")
    assert find_parts(tmp_path).paths == (tmp_path / "b.parquet", tmp_path / "year=2020" / "a.parquet")


def test_what_a_job_did_not_finish_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "_temporary").mkdir()
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(errors.InputError, match="allow_incomplete=True"):
        find_parts(tmp_path)
    assert len(find_parts(tmp_path, allow_incomplete=True).paths) == 1


def test_a_folder_without_parts_and_a_part_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError):
        find_parts(tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"id,v")
    with pytest.raises(errors.InputError, match="not a Parquet file"):
        find_parts(tmp_path)
    with pytest.raises(errors.InputError):
        find_parts(tmp_path / "none-*.parquet")


def partitioned(folder: Path, *names: str) -> Path:
    """Write 30 rows for each folder, which do not hold what its name says."""
    for i, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        made = duckdb.sql(f"SELECT range + {30 * i} AS id, range * 1.5 AS v FROM range(30)")
        made.to_parquet(str(folder / name / "part.parquet"))
    return folder


def test_a_partition_is_a_column(tmp_path: Path) -> None:
    source = partitioned(tmp_path / "t", "country=DE/year=2024", "country=FR/year=2025", "country=a%20b/year=2025")
    for given in (source, source / "*" / "*" / "*.parquet"):
        got = read(given)
        assert got["country"] == ["DE"] * 30 + ["FR"] * 30 + ["a b"] * 30
        assert got["year"] == [2024.0] * 30 + [2025.0] * 60
        assert got[table.ID] == [str(i) for i in range(90)]


def test_a_partition_without_a_value_is_missing_and_007_is_text(tmp_path: Path) -> None:
    got = read(partitioned(tmp_path / "t", "agent=007", "agent=008", "agent=__HIVE_DEFAULT_PARTITION__"))
    assert got["agent"] == ["007"] * 30 + ["008"] * 30 + [None] * 30


def test_what_only_the_folders_of_other_parts_say_is_missing(tmp_path: Path) -> None:
    got = read(partitioned(tmp_path / "t", "kind=a", "kind=b", "more"))
    assert got["kind"] == ["a"] * 30 + ["b"] * 30 + [None] * 30


def test_what_a_file_holds_wins_over_its_folder(tmp_path: Path) -> None:
    assert read(partitioned(tmp_path / "t", "V=9", "V=8"))["v"] == [i * 1.5 for i in range(30)] * 2
