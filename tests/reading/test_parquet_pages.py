"""A page whose bytes were changed is refused where the file has checksums."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import coterie
from coterie.errors import InputError
from coterie.reading.parquet_pages import check_pages

COLUMNS = "dictionary_page_offset, data_page_offset, total_compressed_size"


def written(path: Path, *, checksums: bool, codec: str = "none", version: str = "1.0") -> Path:
    table = pa.table({"id": [f"c{i:04}" for i in range(5_000)], "spend": [i * 37 % 300 for i in range(5_000)]})
    pq.write_table(
        table, path, write_page_checksum=checksums, compression=codec, data_page_version=version, row_group_size=2_000,
        data_page_size=1_000,
    )  # fmt: skip
    return path


def check(path: Path) -> None:
    chunks = duckdb.table_function("parquet_metadata", [str(path)]).project(COLUMNS).fetchall()
    check_pages(path, path.name, chunks)


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 64
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("codec", ["none", "zstd", "snappy"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_changed_bit_is_found_in_any_page(codec: str, version: str, tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", checksums=True, codec=codec, version=version)
    check(path)
    chunks = duckdb.table_function("parquet_metadata", [str(path)]).project(COLUMNS).fetchall()
    for dictionary, first, size in chunks:
        last = min(first, dictionary or first) + size - 1
        flip(path, last)
        with pytest.raises(InputError, match="checksum"):
            check(path)
        flip(path, last)
    check(path)


def test_a_file_without_checksums_is_not_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", checksums=False)
    flip(path, 100)
    check(path)


def test_a_damaged_table_is_refused_before_anything_is_made_of_it(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", checksums=True)
    assert coterie.check(path).rows == 5_000
    chunks = duckdb.table_function("parquet_metadata", [str(path)]).project(COLUMNS).fetchall()
    flip(path, chunks[1][1] + 200)
    with pytest.raises(InputError, match="checksum"):
        coterie.check(path)
