"""Columns that several characters separate: each cell is read to the letter, whatever its quotes hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.separators import is_in_columns, write_one_separator
from reading.files import read, run


def test_a_separator_inside_quotes_belongs_to_the_value(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    values = ["a||b", 'say ""x||y""', "two||\nlines||", "", '5" pipe']
    rows = "".join(f'{i}||"{v}"||{i * 2}\n' for i, v in enumerate(values[:4])) + f"4||{values[4]}||8\n"
    path.write_text(f"id||note||n\n{rows}", encoding="utf-8")
    got = read(path, id="id", delimiter="||")
    assert got["note"] == ["a||b", 'say "x||y"', "two||\nlines||", None, '5" pipe']
    assert got["n"] == [0.0, 2.0, 4.0, 6.0, 8.0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("named", [None, " "])
def test_a_run_of_blanks_separates_two_cells(end: str, named: str | None, tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    lines = [" id     n  amount "] + [f" c{i:04d} {i % 40:3d}  {i * 1.5:7.2f}" for i in range(300)]
    path.write_bytes(end.join(lines).encode())
    got = read(path, delimiter=named)
    assert got["id"][:2] == ["c0000", "c0001"]
    assert got["amount"] == [i * 1.5 for i in range(300)]


def test_the_user_hears_of_blanks_that_separate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.txt"
    path.write_text("".join(f" {i:05d} {20 + i % 40} {i * 1.5:7.2f}\n" for i in range(60)))
    assert run("check", path, "--no-header") == 0
    assert "COT020" in capsys.readouterr().out


def test_words_are_no_columns() -> None:
    assert not is_in_columns("full name\nAnn Smith\nBob Jones\n")
    assert not is_in_columns(" a  b\n c  d  e\n")
    assert is_in_columns(' "a b"   1\n "c"     2\n')


def test_a_comma_goes_before_blanks(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,full name\n" + "".join(f"{i},Ann  B{i}\n" for i in range(30)))
    assert read(path)["full name"][3] == "Ann  B3"


def test_a_delimiter_with_a_quote_or_a_line_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id||v\n1||2\n")
    with pytest.raises(errors.InputError, match="`delimiter`"):
        read(path, delimiter='|"|')


def test_one_separator_is_written_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'x::"y::z"::\n"open\n::"::w')
    made = write_one_separator(tmp_path / "a", "::", tmp_path / "b")
    assert made.read_bytes() == b'x\x1f"y::z"\x1f\n"open\n::"\x1fw'
