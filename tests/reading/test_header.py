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
    with pytest.raises(errors.InputError, match=r"Reading\(header=False\)"):
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


def test_numbers_that_count_up_beside_words_are_names(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    months = ",".join(str(m) for m in range(1, 13))
    rows = "".join(f"c{i},{i}," + ",".join(str(i * m % 7) for m in range(1, 13)) + "\n" for i in range(30))
    path.write_text(f"id,age,{months}\n{rows}")
    assert len(read(path)["12"]) == 30
    path.write_text(f"id,33,{months}\n{rows}")
    with pytest.raises(errors.InputError, match=r"Reading\(header=False\)"):
        read(path)


def test_different_whole_numbers_beside_two_words_are_names(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"{i % 4},c{i},{i % 5},{i},{i * 2},{i % 3}\n" for i in range(30))
    path.write_text(f"205,id,33,age,spend,101\n{rows}")
    assert len(read(path)["205"]) == 30
    for first in ("205,c,33,unknown,n/a,101", "205,c,33,unknown,17,101", "205,id,33,age,spend,205"):
        path.write_text(f"{first}\n{rows}")
        with pytest.raises(errors.InputError, match="looks like data"):
            read(path)


@pytest.mark.parametrize(
    "second", [",,Price,Quality,Service,Response", "-,-,EUR,pieces,,", "id,text,EUR,%,stars,words"]
)
def test_a_second_row_of_names_is_said_to_be_one(second: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"{i},d{i},{i % 5},{i % 3},{i % 4},x\n" for i in range(20))
    path.write_text(f"respondent,when,How important?,,,Age?\n{second}\n{rows}")
    with pytest.raises(errors.InputError, match="several rows") as refused:
        read(path)
    assert "row 1 (line 2)" in refused.value.where


def test_a_first_row_with_one_odd_value_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,a,b\nc0,none given,3\n" + "".join(f"c{i},{i},{i % 4}\n" for i in range(1, 30)))
    with pytest.raises(errors.InputError, match="cannot be read as a number"):
        read(path)


def test_a_header_may_be_longer_than_a_megabyte(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    names = ",".join(f"question {i} {'x' * 12_000}" for i in range(100))
    path.write_text(f"id,{names},spend\n" + "".join(f"c{i},{'1,' * 100}{i * 2}\n" for i in range(60)))
    assert read(path)["spend"] == [2.0 * i for i in range(60)]


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_a_name_of_a_megabyte_is_none(name: str, tmp_path: Path) -> None:
    path, long = tmp_path / name, "x" * 1_200_000
    path.write_text(f"id,{long}\n1,2\n3,4\n" if name == "a.csv" else f'[{{"id": 1, "{long}": 2}}]')
    with pytest.raises(errors.InputError, match="1,200,000 characters"):
        read(path)


def test_a_header_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coterie.reading.delimited.HEADS", (1 << 10, 1 << 12))
    path = tmp_path / "t.csv"
    path.write_text('id,"spend' + "\n1,2" * 4_000)
    with pytest.raises(errors.InputError, match="does not end"):
        read(path)
