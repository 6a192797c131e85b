"""A folder of parts is taken over whole: what Spark did not finish, or wrote twice, is never published."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from coterie.engines.spark.parts import DONE, take_over
from coterie.errors import CoterieError

ROWS = 100


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder as Spark leaves it, with what a copy of a task that lost the race has left behind."""
    folder = tmp_path / ".segments.parquet.written"
    lost = folder / "_temporary" / "0" / "task_1"
    lost.mkdir(parents=True)
    for i in range(2):
        part(folder / f"part-0000{i}-5d0f-c000.zstd.parquet", ROWS // 2)
    part(lost / "part-00001-5d0f-c000.zstd.parquet", ROWS // 2)
    (folder / ".part-00000-5d0f-c000.zstd.parquet.crc").write_bytes(b"crc")
    (folder / DONE).touch()
    return folder


def part(path: Path, rows: int) -> None:
    duckdb.sql(f"SELECT i::VARCHAR AS id FROM range({rows}) AS r(i)").to_parquet(str(path))


def test_parts_get_names_that_every_run_gives(written: Path) -> None:
    place = written.with_name("segments.parquet")
    take_over(written, place, ROWS)
    assert sorted(p.name for p in place.iterdir()) == ["part-00000.parquet", "part-00001.parquet"]
    assert [oct(p.stat().st_mode)[-3:] for p in (place, *place.iterdir())] == ["700", "600", "600"]
    assert not written.exists()


def test_a_job_without_its_mark_is_not_finished(written: Path) -> None:
    (written / DONE).unlink()
    with pytest.raises(CoterieError, match="no _SUCCESS") as refused:
        take_over(written, written.with_name("segments.parquet"), ROWS)
    assert refused.value.exit_code == 4
    assert not written.with_name("segments.parquet").exists()


@pytest.mark.parametrize("rows", [ROWS // 2, 0], ids=["twice", "empty"])
def test_a_part_too_many_is_counted(rows: int, written: Path) -> None:
    part(written / "part-00001-77aa-c000.zstd.parquet", rows)
    if rows == 0:  # Spark writes such a part where nothing fell to it
        take_over(written, written.with_name("segments.parquet"), ROWS)
        return
    with pytest.raises(CoterieError, match="100 rows were counted, and 150 written; nothing was published") as refused:
        take_over(written, written.with_name("segments.parquet"), ROWS)
    assert refused.value.exit_code == 2
    assert not written.with_name("segments.parquet").exists()


def test_a_part_too_few_is_missed(written: Path) -> None:
    next(written.glob("part-*")).unlink()
    with pytest.raises(CoterieError, match="100 rows were counted, and 50 written"):
        take_over(written, written.with_name("segments.parquet"), ROWS)
