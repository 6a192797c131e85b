"""What the user gave: called by its name, looked at before it is read, and known again by its fingerprint."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coterie.engines import Source, source
from coterie.errors import AccessError, InputError

HASH = hashlib.sha256(b"x").hexdigest()


def _print(path: Path) -> dict[str, Any]:
    found = Source(path.name, path).fingerprint()
    assert found is not None
    return found


def test_a_source_is_a_path_or_a_frame_and_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    for given in (tmp_path / "a.csv", str(tmp_path / "a.csv")):
        assert (Source.of(given).name, Source.of(given).path) == ("a.csv", tmp_path / "a.csv")
    frame = pd.DataFrame({"x": [1]})
    found = Source.of(frame)
    assert (found.name, found.path, found.frame is frame) == ("pandas frame", None, True)
    assert found.fingerprint() is None
    assert Source.of(found) is found


def test_a_file_that_cannot_be_read_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        Source.of(tmp_path / "nothing.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(InputError, match="empty"):
        Source.of(tmp_path / "empty.csv")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        Source.of(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="There is no file"):
        Source.of(tmp_path / "loop")
    with pytest.raises(AccessError):
        Source.of(tmp_path / ("a" * 300))


def test_a_folder_and_a_pattern_stand_for_several_files(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("x")
    assert Source.of(tmp_path).path == tmp_path
    found = Source.of(tmp_path / "*.parquet").fingerprint()
    assert found is not None
    assert (found["size"], list(found["files"])) == (1, ["a.parquet"])


def test_a_fingerprint_says_size_time_inode_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    status = path.stat()
    expected = {"size": 1, "mtime_ns": status.st_mtime_ns, "inode": status.st_ino, "sha256": HASH}
    assert _print(path) == expected
    assert _print(tmp_path) == {"size": 1, "files": {"a.csv": expected}}


def test_large_sources_are_not_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "HASHED_UP_TO", 10)
    for name, size in (("a", 10), ("b", 1)):
        (tmp_path / name).write_bytes(bytes(size))
    assert _print(tmp_path / "a")["sha256"] is not None
    assert {file["sha256"] for file in _print(tmp_path)["files"].values()} == {None}
    (tmp_path / "a").write_bytes(bytes(11))
    assert _print(tmp_path / "a")["sha256"] is None


def test_a_source_behind_a_link_is_the_file_itself(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "b.csv").symlink_to("a.csv")
    assert _print(tmp_path / "b.csv") == _print(tmp_path / "a.csv")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert _print(tmp_path / "pipe")["sha256"] is None


def test_a_missing_source_is_the_users_to_put_right(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        _print(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("address", "do"),
    [
        ("https://user:SECRET@shop.example/a.csv", "curl"),
        ("http:/shop.example/a.csv", "Download"),
        ("s3://bucket/a.parquet", "aws s3 cp"),
        ("gs://bucket/a.parquet", "gcloud"),
        ("abfss://bucket/a.parquet", "Copy it here"),
        ("postgresql:dbname=shop", "Export the table"),
        ("jdbc:postgresql://user:SECRET@host/db", "Export the table"),
        ("file:///home/a.csv", "Name the file itself"),
    ],
)
def test_an_address_is_no_file_and_what_to_do_is_said(address: str, do: str) -> None:
    for given in (address, Path(address)):
        with pytest.raises(InputError, match="reads files") as refused:
            Source.of(given)
        assert do in refused.value.do
        assert "SECRET" not in str(refused.value)


def test_a_name_that_looks_like_an_address_may_be_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a:b.csv", "C:/x.csv", "no\0name.csv"):
        with pytest.raises(InputError, match="no file"):
            Source.of(name)
    Path("postgresql:db").write_text("id")
    assert Source.of("postgresql:db").name == "postgresql:db"
