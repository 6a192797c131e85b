"""One file is written whole or not at all, private, and never through a link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from coterie.errors import AccessError
from coterie.runs import one_file


def test_a_file_appears_when_it_is_whole_and_is_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with one_file.replacing(path) as beside:
        beside.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["report.html"]


def test_an_older_file_stays_where_the_new_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        one_file.write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_line_ends_and_letters_are_written_as_they_are(tmp_path: Path) -> None:
    one_file.write_text(tmp_path / "a.csv", "ü\r\nx\n")
    assert (tmp_path / "a.csv").read_bytes() == "ü\r\nx\n".encode()


@pytest.mark.parametrize("what", ["folder", "link", "missing"])
def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path, what: str) -> None:
    path = tmp_path / "out.csv"
    if what == "folder":
        path.mkdir()
    elif what == "link":
        (tmp_path / "mine").write_text("mine")
        path.symlink_to("mine")
    else:
        path = tmp_path / "nowhere" / "out.csv"
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(AccessError, match="Cannot write"):
        one_file.write_text(path, "new")
    assert sorted(os.listdir(tmp_path)) == before
    assert what != "link" or (tmp_path / "mine").read_text() == "mine"
