"""The header: whether it is one, and what the columns are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.header import names_of
from reading.files import read


def test_a_header_that_is_data_is_refused_and_can_be_denied(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{i},{i * 7 % 11},{i / 3}\n" for i in range(1, 20)))
    with pytest.raises(errors.InputError, match="--no-header"):
        read(path)
    assert len(read(path, header=False)["column2"]) == 19


def test_a_header_of_years_is_a_header(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,2019,2020\n" + "".join(f"c{i},{i},{i * 2}\n" for i in range(9)))
    assert read(path)["2020"] == [2.0 * i for i in range(9)]


def test_a_column_without_a_name_is_called_by_its_place_or_left_out() -> None:
    """Left out where it is empty, or counts the rows."""
    rows = [["0", "x", "", "7"], ["1", "y", "", "9"]]
    names, findings = names_of("t", ["", " id ", "", ""], rows)
    assert names == [None, "id", None, "column4"]
    assert [(f.code, f.level) for f in findings] == [
        ("COT005", "warning"), ("COT006", "warning"), ("COT006", "note"), ("COT006", "warning"),
    ]  # fmt: skip


def test_names_that_differ_by_the_case_of_letters_only_are_refused() -> None:
    with pytest.raises(errors.InputError, match="Spend"):
        names_of("t", ["Spend", "spend"], [])


def test_a_header_that_an_unusual_delimiter_would_split_names_it(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id^age\na^1\nb^2\n")
    with pytest.raises(errors.InputError, match=r"\^"):
        read(path)
