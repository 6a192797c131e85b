"""A sample of a text's cells judges its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie.reading.dialect import Dialect
from coterie.reading.request import Reading
from coterie.reading.sampled_cells import judge_columns, sample_cells, take_some_rows
from coterie.reading.text import Text
from coterie.segmentation import checking
from reading.files import read


def test_the_files_habit_is_carried_over_to_columns_that_read_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;rate;spend;score\na;0,5;1.234;1,234\nb;12,75;987;2,718\n")
    got = read(path)
    assert (got["rate"], got["spend"], got["score"]) == ([0.5, 12.75], [1234.0, 987.0], [1.234, 2.718])


@pytest.mark.parametrize("written", ["{} €", "EUR {}", "R$ {}", "{}%", "{} km", "{}-"])
def test_numbers_with_signs_or_units_follow_the_files_habit(written: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    whole = [(f"{i}.145" if i % 2 else f"{i}") for i in range(1, 25)]
    path.write_text("id;rate;v\n" + "".join(f"c{i};{i},5;{written.format(v)}\n" for i, v in enumerate(whole)))
    minus = -1 if written == "{}-" else 1
    assert read(path)["v"] == [minus * float(v.replace(".", "")) for v in whole]


def _doubts(text: str, path: Path, decimal: str | None = None) -> list[str | None]:
    path.write_text(text)
    found = checking.check(path, reading=Reading(decimal=decimal)).findings
    return [f.column for f in found if f.code == "COT107" and "--decimal" in f.done]


def test_points_that_may_stand_between_thousands_are_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    amounts = [(f"{i}.273" if i % 2 else f"{i}12") for i in range(1, 9)]
    table = "id{0}spend{0}orders\n" + "".join(f"c{i}{{0}}{v}{{0}}{i}\n" for i, v in enumerate(amounts))
    assert _doubts(table.format(";"), path) == _doubts(table.format(","), path) == ["spend"]
    assert _doubts(table.replace(".273{", ".273 €{").format(";"), path) == ["spend"]
    assert _doubts(table.format(";"), path, ".") == _doubts(table.format(";"), path, ",") == []
    assert read(path)["spend"][:2] == [1.273, 212.0]
    assert read(path, decimal=",")["spend"][:2] == [1273.0, 212.0]


@pytest.mark.parametrize("proof", ["1273", "0.5", "12.50"])
def test_a_point_that_something_proves_is_no_finding(proof: str, tmp_path: Path) -> None:
    rows = "".join(f"c{i};{i}.273;{i}\n" for i in range(1, 9))
    assert _doubts(f"id;spend;orders\n{rows}c9;{proof};9\n", tmp_path / "t.csv") == []
    if "." in proof:  # another column's is one too
        assert _doubts(f"id;spend;rate\n{rows}c9;1.273;{proof}\n", tmp_path / "t.csv") == []


def test_three_decimals_in_every_number_are_no_finding_where_commas_delimit(tmp_path: Path) -> None:
    rows = "".join(f"c{i},{i}.273,{i}\n" for i in range(1, 9))
    assert _doubts(f"id,spend,orders\n{rows}", tmp_path / "t.csv") == []


def test_a_long_file_is_sampled_all_over_and_rows_that_are_cut_are_not_taken(tmp_path: Path) -> None:
    path, width = tmp_path / "t.csv", 3
    text = "".join(f"{i:06d},{i:06d},{'x' * 20}\n" for i in range(60_000))
    path.write_text(text)
    cells = sample_cells(path, text[:200_000], Dialect(), width, whole=False)
    places = [int(row[0]) for row in cells]
    assert all(row[0] == row[1] and len(row[2]) == 20 for row in cells)
    assert max(places[i + 1] - places[i] for i in range(len(places) - 1)) < 60_000 // 10
    assert places[-1] > 59_000


def test_a_column_without_a_name_is_not_judged() -> None:
    columns = judge_columns([None, "id", "v"], [["1", "007", "2"]], Reading(), lambda name: name == "id")
    assert [(c.name, c.values.kind, c.verbatim) for c in columns] == [
        (None, "text", False), ("id", "text", True), ("v", "number", False),
    ]  # fmt: skip


def test_some_rows_of_a_large_text_are_whole_and_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;v\n" + "".join(f"{i:07d};{i:07d}\n" for i in range(500_000)))
    columns = judge_columns(["id", "v"], [["1", "2"]], Reading(), lambda name: False)
    some = take_some_rows(Text("t", path, Dialect(";"), 1, 2, 500_000, columns, False, start=5), tmp_path)
    rows = [line.split(",") for line in some.path.read_text().splitlines()]
    assert some.rows == len(rows) == 200 * 100
    assert all(first == second for first, second in rows)
    assert rows == sorted(rows)
