"""Packed files: one table comes out, within a budget."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.packed import check_budget, make_spill_folder, unpack

TEXT = b"id,v\na,1\nb,2\n"


def unpacked(path: Path, kind: str) -> Path:
    return unpack(path, kind, path.parent, lambda path: iter(()))


def test_a_gzip_file_of_several_members_is_one_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(TEXT[:8]) + gzip.compress(TEXT[8:]))
    assert unpacked(path, "gzip").read_bytes() == TEXT


def test_what_comes_out_keeps_the_ending_that_its_name_has(tmp_path: Path) -> None:
    for name, ending in (("t.tsv.gz", ".tsv"), ("t.gz", ".csv"), ("t.zip.gz", ".csv")):
        (tmp_path / name).write_bytes(gzip.compress(TEXT))
        assert unpacked(tmp_path / name, "gzip").name == f"unpacked{ending}"


def test_an_engine_unpacks_zstd_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zst"
    path.write_bytes(b"(packed)")
    target = unpack(path, "zstd", tmp_path, lambda path: iter((TEXT[:3], TEXT[3:])))
    assert target.read_bytes() == TEXT


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda packed: packed[:-9], "ends in the middle"),
        (lambda packed: packed + b"more", "something else follows"),
        (gzip.compress, "packed twice"),
        (lambda packed: packed[:-8] + bytes(8), "broken"),
    ],
)
def test_damaged_gzip_is_refused(spoil: Callable[[bytes], bytes], words: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(spoil(gzip.compress(TEXT)))
    with pytest.raises(errors.InputError, match=words):
        unpacked(path, "gzip")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (["a.csv", "b.csv"], "holds 2 files"),
        ([".DS_Store"], "holds 0 files"),
        (["../a.csv"], "leads outside"),
        (["C:a.csv"], "leads outside"),
    ],
)
def test_an_archive_holds_one_data_file(members: list[str], words: str, tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, TEXT)
    with pytest.raises(errors.InputError, match=words):
        unpacked(path, "zip")


def test_what_a_computer_adds_to_an_archive_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member in ("a.csv", "__MACOSX/._a.csv", ".DS_Store"):
            archive.writestr(member, TEXT)
    assert unpacked(path, "zip").read_bytes() == TEXT


def test_a_file_that_grows_beyond_what_packing_gives_is_refused() -> None:
    check_budget("t", packed=1_000, size=10_000_000)
    check_budget("t", packed=1_000_000, size=100_000_000)
    for packed, size in ((1_000, 10_000_001), (1_000_000_000, 20_000_000_001)):
        with pytest.raises(errors.CoterieError):
            check_budget("t", packed, size)


def test_the_spill_folder_is_private_and_must_be_writable(tmp_path: Path) -> None:
    assert make_spill_folder(tmp_path).stat().st_mode & 0o777 == 0o700
    with pytest.raises(errors.AccessError):
        make_spill_folder(tmp_path / "nowhere")
