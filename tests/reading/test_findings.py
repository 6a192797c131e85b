"""What was found while reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.dialect import Dialect
from coterie.reading.findings import MEANINGS, choose_table, findings_of
from coterie.reading.notation import Notation, Remark, Values
from coterie.reading.text import RejectedRow, Text, TextColumn
from coterie.segmentation import checking
from reading.files import write


@pytest.mark.parametrize("place", [3, 3_000])
def test_words_that_mean_missing_are_named(place: int, tmp_path: Path) -> None:
    """In the sample that judges a column, or far behind it."""
    rows = [[f"{i:05d}", "Ann", str(20 + i % 50), str(i % 90)] for i in range(30_000 if place > 100 else 60)]
    for i in range(place, place + 7):
        rows[i][2] = ("NA", "-")[i % 2]
    found = {f.code: f for f in checking.check(write(tmp_path / "t.csv", rows)).findings}
    assert found["COT106"].count == 7
    assert found["COT125"].column == "age"
    assert "NA" in found["COT125"].text
    assert "-" in found["COT125"].text


def test_a_remark_becomes_a_finding_of_its_column() -> None:
    number = Values("number", Notation(",", "."), frozenset({Remark.SEPARATORS, Remark.MISSING_WORDS}), ("-", "NA"))
    columns = (TextColumn("spend", number), TextColumn("id", number, verbatim=True), TextColumn(None, number))
    found = findings_of(Text("t", Path("t"), Dialect(), 0, 1, 9, columns, True), ())
    assert [(f.code, f.column, f.count) for f in found] == [("COT107", "spend", 9), ("COT125", "spend", 9)]
    assert "comma" in str(found[0])
    assert "- and NA" in str(found[1])


def test_every_remark_is_said_except_those_that_say_nothing_by_themselves() -> None:
    assert set(Remark) - set(MEANINGS) == {Remark.EMPTY, Remark.ZONES, Remark.MIXED_SEPARATORS}


def test_rows_left_out_and_rows_repaired_are_counted_apart() -> None:
    rejected = [RejectedRow(2, "too few fields", True), RejectedRow(3, "too many fields", False)] * 2
    found = findings_of(Text("t", Path("t"), Dialect(), 0, 1, 9, (), True), rejected)
    assert [(f.code, f.count) for f in found] == [("COT007", 2), ("COT008", 2)]


def test_a_table_is_named_or_the_first_one_is_taken_and_said() -> None:
    assert choose_table("t", ["a"], None, "--table") == ("a", ())
    assert choose_table("t", ["a", "b"], "b", "--table") == ("b", ())
    chosen, (finding,) = choose_table("t", ["a", "b"], None, "--sheet")
    assert (chosen, finding.code, finding.count) == ("a", "COT009", 2)
    for tables, asked in (([], None), (["a"], "c")):
        with pytest.raises(errors.InputError):
            choose_table("t", tables, asked, "--table")
