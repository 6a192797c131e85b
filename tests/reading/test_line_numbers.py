"""A row that was left out is listed by its line in the file that somebody has."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from coterie.engines import Reading
from coterie.reading.delimited import prepare
from coterie.reading.line_numbers import lines_of, places_before
from reading.files import ROWS, run, write


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_is_found_whatever_ends_it(end: str, tmp_path: Path) -> None:
    rows = [[r[0], f"two{end}lines" if i % 7 == 0 else r[1], *r[2:]] for i, r in enumerate(ROWS)]
    path = write(tmp_path / "t.csv", rows, lineterminator=end)
    text = prepare(path, "t.csv", tmp_path, Reading(), lambda name: False)
    places = lines_of(text, range(60))
    all_lines = path.read_bytes().decode().split(end)
    assert [all_lines[int(place or 0) - 1][:4] for place in places] == [r[0] for r in ROWS]


def test_rows_left_out_are_listed_by_their_line_without_a_value(tmp_path: Path) -> None:
    rows = [[r[0], "two\nlines" if i < 5 else r[1], *r[2:]] for i, r in enumerate(ROWS)]
    rows[10][2], rows[40][2] = "elderly", "elderly"
    rows[20].append("more")
    path = write(tmp_path / "t.csv", rows)
    path.write_text("Customers of May\n\n" + path.read_text())
    out = tmp_path / "out"
    assert run("segment", path, "-k", 2, "--effort", "quick", "-q", "--on-bad-rows", "skip", "--out", out) == 0
    listed = list(csv.reader((out / "rejected.csv").read_text().splitlines()))
    text = path.read_text().splitlines()
    assert [row[0] for row in listed] == ["line", "19", "29", "49"]
    assert [("elderly" in text[int(row[0]) - 1], "more" in text[int(row[0]) - 1]) for row in listed[1:]] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip
    assert "elderly" not in (out / "rejected.csv").read_text()
    assert json.loads((out / "manifest.json").read_text())["rows"] == {"accepted": 57, "rejected": 3}


def test_rows_are_counted_with_those_that_were_dropped() -> None:
    assert places_before([0, 1, 2, 3], [0, 2, 3]) == [1, 4, 5, 6]
    assert places_before([5], []) == [5]
