"""Packed files: one table comes out, within a budget."""

from __future__ import annotations

import gzip
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.packed import PIECE, check_budget, unpack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"id,v\na,1\nb,2\n"
SKIPPABLE = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
CHECKED = {zstd.CompressionParameter.checksum_flag: 1}


def unpacked(path: Path, kind: str) -> Path:
    return unpack(path, kind, path.parent)


def test_a_gzip_file_of_several_members_is_one_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(TEXT[:8]) + gzip.compress(TEXT[8:]))
    assert unpacked(path, "gzip").read_bytes() == TEXT


def test_what_comes_out_keeps_the_ending_that_its_name_has(tmp_path: Path) -> None:
    for name, ending in (("t.tsv.gz", ".tsv"), ("t.gz", ".csv"), ("t.zip.gz", ".csv")):
        (tmp_path / name).write_bytes(gzip.compress(TEXT))
        assert unpacked(tmp_path / name, "gzip").name == f"unpacked{ending}"


@pytest.mark.parametrize(
    "text",
    [
        b"id,city\r\na,K\xf6ln\r\n\r\nb,\x1f\rOslo",
        bytes(range(256)) * 9,
        os.urandom(PIECE) + bytes(3 * PIECE),
        b"\n\n",
    ],
)
def test_every_byte_of_zstd_comes_out(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zst"
    frames = [SKIPPABLE, zstd.compress(text[:5]), zstd.compress(text[5:], options=CHECKED), SKIPPABLE]
    for packed in (zstd.compress(text), b"".join(frames)):
        path.write_bytes(packed)
        assert unpacked(path, "zstd").read_bytes() == text


@pytest.mark.parametrize("kept", [5, 10, 0.5, -1])
def test_zstd_that_is_cut_anywhere_is_refused(kept: float, tmp_path: Path) -> None:
    path, whole = tmp_path / "t.csv.zst", zstd.compress(os.urandom(300_000), options=CHECKED)
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(errors.InputError, match="ends in the middle"):
        unpacked(path, "zstd")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda packed: packed + b"more", "something else follows"),
        (lambda packed: packed[:-4] + bytes(4), "broken"),
        (lambda packed: packed[:9] + bytes(9) + packed[18:], "broken"),
        (lambda packed: zstd.compress(gzip.compress(TEXT)), "packed twice"),
        (lambda packed: bytes.fromhex("28b52ffd0090"), "128 MB"),
    ],
)
def test_damaged_zstd_is_refused(spoil: Callable[[bytes], bytes], words: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zst"
    path.write_bytes(spoil(zstd.compress(TEXT * 50, options=CHECKED)))
    with pytest.raises(errors.InputError, match=words):
        unpacked(path, "zstd")


def test_zeros_that_fill_a_block_end_a_gzip_file_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(TEXT) + bytes(PIECE))
    assert unpacked(path, "gzip").read_bytes() == TEXT


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


def test_names_may_be_written_as_windows_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data\\", b"")
        archive.writestr("data\\old\\customers.tsv", TEXT)
        archive.writestr("__MACOSX\\._customers.tsv", b"more")
        archive.writestr("data\\Thumbs.db", b"more")
    assert unpacked(path, "zip").name == "unpacked.tsv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("..\\customers.tsv", TEXT)
    with pytest.raises(errors.InputError, match="leads outside"):
        unpacked(path, "zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_is_read_however_it_is_packed_and_refused_where_it_is_broken(method: int, tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("t.csv", TEXT * 9)
    assert unpacked(path, "zip").read_bytes() == TEXT * 9
    whole = path.read_bytes()
    path.write_bytes(whole[:50] + bytes(20) + whole[70:])
    with pytest.raises(errors.InputError, match="cut or broken"):
        unpacked(path, "zip")


def test_zip_packed_in_a_way_that_is_not_known_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", TEXT)
    path.write_bytes(path.read_bytes().replace(b"\x08\x00", b"\x09\x00"))  # Deflate64, as Windows packs large files
    with pytest.raises(errors.InputError, match="rare way"):
        unpacked(path, "zip")


def test_a_workbook_may_be_packed(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx.gz").write_bytes(gzip.compress(b"PK\x03\x04"))
    assert unpacked(tmp_path / "t.xlsx.gz", "gzip").name == "unpacked.xlsx"


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
