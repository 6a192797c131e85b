"""Text of any encoding becomes UTF-8, and no byte is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.encoding import encoding_of, to_utf8
from reading.files import read


@pytest.mark.parametrize(("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")])
def test_a_mark_tells_the_encoding(encoding: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,city\n1,Zoë\n", encoding=encoding)
    assert encoding_of(tmp_path / "t.csv", None) == found


def test_utf_16_without_a_mark_asks_for_its_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,city\n1,Bonn\n" * 9, encoding="utf-16-le")
    with pytest.raises(errors.InputError, match='encoding="utf-16-le"'):
        encoding_of(tmp_path / "t.csv", None)


@pytest.mark.parametrize("given", ["klingon", "hex"])
def test_an_encoding_that_turns_no_bytes_into_text_is_refused(given: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id\n1\n")
    with pytest.raises(errors.InputError, match="encoding"):
        encoding_of(tmp_path / "t.csv", given)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7", "ascii"])
def test_a_text_in_another_encoding_than_was_named_is_refused(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,city\na,Zoë €\nb,Bonn\n", encoding="utf-8")
    with pytest.raises(errors.InputError, match=r"'t\.csv'"):
        to_utf8(tmp_path / "t.csv", encoding, tmp_path / "out")


def test_a_named_encoding_is_used_on_every_cell(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,city\na,Zoë €\nb,Bonn\n", encoding="cp1252")
    assert read(tmp_path / "t.csv", encoding="cp1252")["city"] == ["Zoë €", "Bonn"]


def test_the_byte_that_does_not_belong_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"id,city\n1,\x81\n")
    with pytest.raises(errors.InputError, match="10"):
        to_utf8(tmp_path / "t.csv", "cp1252", tmp_path / "out.csv")
