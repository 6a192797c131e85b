"""Rows of Python values become plain text, and nothing is lost on the way."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.notation import Remark
from coterie.reading.request import Reading
from coterie.reading.text import LONGEST_CELL, Text
from coterie.reading.typed_rows import RowWriter


def written(path: Path, names: list[str], rows: list[list[object]]) -> Text:
    writer = RowWriter(path, "t", names)
    try:
        for row in rows:
            writer.add(row)
    finally:
        writer.close()
    return writer.text(Reading(), lambda name: name == "id")


def test_values_are_written_as_they_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [["01", 3.0, True], ['a "b", c', 0.1, None], ["x\ny", 10**20, False]]
    text = written(tmp_path / "t.csv", ["id", "v", "ok"], rows)
    assert list(csv.reader(StringIO((tmp_path / "t.csv").read_text()))) == [
        ["01", "3", "true"], ['a "b", c', "0.1", ""], ["x\ny", "100000000000000000000", "false"],
    ]  # fmt: skip
    assert (text.rows, text.lined, text.whole) == (3, False, True)
    assert [(c.values.kind, c.verbatim) for c in text.columns][:2] == [("text", True), ("number", False)]


def test_an_empty_cell_in_a_table_of_one_column_is_a_row(tmp_path: Path) -> None:
    written(tmp_path / "t.csv", ["v"], [["a"], [None], ["b"]])
    assert (tmp_path / "t.csv").read_text() == 'a\n""\nb\n'


def test_numbers_that_are_stored_as_texts_are_numbers_and_said(tmp_path: Path) -> None:
    text = written(tmp_path / "t.csv", ["v"], [["1"], ["2"], [3]])
    assert (text.columns[0].values.kind, text.columns[0].values.remarks) == ("number", {Remark.NUMBERS_AS_TEXT})


def test_lists_and_objects_are_left_out_unless_they_stand_beside_plain_values(tmp_path: Path) -> None:
    text = written(tmp_path / "t.csv", ["id", "v"], [["a", [1]], ["b", {}], ["c", None]])
    assert text.columns[1].values.remarks == {Remark.NESTED}
    with pytest.raises(errors.InputError, match="row 2"):
        written(tmp_path / "t.csv", ["id", "v"], [["a", 1], ["b", [2]]])


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "x" * (LONGEST_CELL + 1)])
def test_a_value_that_no_table_holds_is_refused_by_its_row(value: object, tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="row 2"):
        written(tmp_path / "t.csv", ["v"], [[1.0], [value]])


def test_names_that_differ_by_the_case_of_letters_only_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="Age"):
        RowWriter(tmp_path / "t.csv", "t", ["Age", "age"])
    with pytest.raises(errors.InputError):
        RowWriter(tmp_path / "t.csv", "t", [])


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    text = written(tmp_path / "t.csv", ["id", "", " "], [["a", 1, 2]])
    assert [c.name for c in text.columns] == ["id", "column2", "column3"]
    assert [(f.code, f.column) for f in text.findings] == [("COT006", "column2"), ("COT006", "column3")]


def test_a_total_at_the_end_is_refused_or_left_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [["a", 1, 2.5], ["b", 2, 3.5], ["Total", 3, 6.0]]
    with pytest.raises(errors.InputError, match="total"):
        written(tmp_path / "t.csv", ["id", "n", "v"], rows)
    writer = RowWriter(tmp_path / "t.csv", "t", ["id", "n", "v"])
    for row in rows:
        writer.add(row)
    text = writer.text(Reading(on_bad_rows="skip"), lambda name: name == "id")
    assert (text.rows, [r.reason for r in text.rejected]) == (2, ["row 3, looks like a total"])
    assert (tmp_path / "t.csv").read_text() == "a,1,2.5\nb,2,3.5\n"
