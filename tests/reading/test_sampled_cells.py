"""A sample of a text's cells judges its columns."""

from __future__ import annotations

from pathlib import Path

from coterie.reading.dialect import Dialect
from coterie.reading.request import Reading
from coterie.reading.sampled_cells import judge_columns, sample_cells, take_some_rows
from coterie.reading.text import Text
from reading.files import read


def test_the_files_habit_is_carried_over_to_columns_that_read_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;rate;spend;score\na;0,5;1.234;1,234\nb;12,75;987;2,718\n")
    got = read(path)
    assert (got["rate"], got["spend"], got["score"]) == ([0.5, 12.75], [1234.0, 987.0], [1.234, 2.718])


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
