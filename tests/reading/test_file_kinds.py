"""A file is what its first bytes say, and its name must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.file_kinds import is_binary, is_pattern, is_plain, kind_of_content, kind_of_ending, recognize


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"id,v\n1,2\n", "text"),
        ("a.json", b'[{"id": 1}]', "json"),
        ("a.json", b"id,v\n", "json"),  # its reader says what is wrong with it
        ("a.parquet", b"PAR1....", "parquet"),
        ("a.sqlite", b"SQLite format 3\x00", "sqlite"),
        ("a.xlsx", b"PK\x03\x04...", "excel"),
        ("a.csv.gz", b"\x1f\x8b\x08", "gzip"),
        ("a.duckdb", b"........DUCK", "duckdb"),
        ("a.unheard", b"id,v\n", "text"),
        ("customers", b"id,v\n", "text"),
    ],
)
def test_a_file_is_recognized(name: str, content: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert recognize(tmp_path / name) == kind


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"PAR1....", "ends in .parquet"),
        ("a.csv", b"<!DOCTYPE html><html>", "login"),
        ("a.csv", b"version https://git-lfs.github.com", "git lfs pull"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls kind"),
        ("a.csv", b"\x80\x04\x95", "never opens"),
        ("a.csv", bytes(range(1, 9)) * 9, "not text"),
        ("a.parquet", b"id,v\n", "ends in .csv"),
    ],
)
def test_a_name_that_promises_something_else_is_refused(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(errors.InputError) as refused:
        recognize(tmp_path / name)
    assert words in str(refused.value)


def test_a_pattern_is_no_file_of_that_name(tmp_path: Path) -> None:
    assert is_pattern(tmp_path / "part-*.parquet")
    (tmp_path / "odd[1].csv").touch()
    assert not is_pattern(tmp_path / "odd[1].csv")


def test_an_ending_that_nobody_knows_says_nothing() -> None:
    assert [kind_of_ending(e) for e in (".tsv", ".db", ".zst", ".xyz")] == ["text", "sqlite", "zstd", None]


def test_utf_16_is_text_with_a_mark_and_without() -> None:
    assert kind_of_content("id,v\n".encode("utf-16"))[0] == "text"
    assert not is_binary("id,v\n".encode("utf-16-le"))


@pytest.mark.parametrize("name", ["PAR1", "PARENT_ID", "ARROW1", "GIF8S", "BZhub"])
def test_a_columns_name_may_begin_like_a_file_of_another_kind(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{name},age\n1,2\n")
    assert recognize(tmp_path / "a.csv") == "text"
    (tmp_path / "b.csv").write_bytes(b"PARE\x15\x04\n\x00\x00PARE")
    with pytest.raises(errors.InputError, match="encrypted"):
        recognize(tmp_path / "b.csv")


def test_lines_without_control_characters_are_plain() -> None:
    assert is_plain(b"PARENT\tid\r\n")
    assert not is_plain(b"PARE\x15\n")
    assert not is_plain(b"PAR1....")


def test_without_an_ending_that_says_something_a_workbook_is_one_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "book.unknown").write_bytes(b"PK\x03\x04....[Content_Types].xml")
    assert recognize(tmp_path / "book.unknown") == "excel"
