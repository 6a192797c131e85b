"""A stray quote makes one cell of several rows: that stops the run, or is counted; texts that only look so pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.dialect import Dialect
from coterie.reading.swallowed_rows import count_inside, find_swallowed, habits_of
from reading.files import read, run

HEADER = ["customer_id", "age", "spend", "city"]
ROWS = [[f"C{i:04d}", str(20 + i % 50), f"{i * 3.7:.2f}", ("Rome", "Paris", "Lyon")[i % 3]] for i in range(60)]


def text_of(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in [HEADER, *rows])


def with_quotes(first: tuple[int, int], last: tuple[int, int], delimiter: str = ",", end: str = "\n") -> str:
    """Return the table with a quote before one cell and a quote behind another, each by row and column."""
    rows = [list(row) for row in ROWS]
    rows[first[0]][first[1]] = f'"{rows[first[0]][first[1]]}'
    rows[last[0]][last[1]] += '"'
    return text_of(rows, delimiter, end)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("first", "last"), [((9, 3), (39, 3)), ((9, 3), (10, 3)), ((9, 0), (10, 0)), ((9, 1), (12, 1)), ((0, 2), (59, 2))]
)
def test_rows_inside_a_quoted_cell_stop_the_run(
    first: tuple[int, int], last: tuple[int, int], delimiter: str, end: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(with_quotes(first, last, delimiter, end).encode())
    with pytest.raises(errors.InputError, match="like a row") as caught:
        read(path)
    assert f"row {first[0] + 1} (line {first[0] + 2})" in caught.value.where


def test_asked_for_the_loss_is_counted_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(with_quotes((9, 3), (39, 3)), encoding="utf-8")
    assert len(read(path, on_bad_rows="skip")["age"]) == 29
    assert run("segment", path, "--on-bad-rows", "skip", "--effort", "quick", "--out", tmp_path / "out") == 0
    assert "COT019: quoted cells hold 30 lines" in capsys.readouterr().err
    assert (tmp_path / "out" / "rejected.csv").read_text().splitlines()[1].startswith("11,")


def test_a_header_that_swallows_rows_stops_the_run(tmp_path: Path) -> None:
    lines = text_of(ROWS).splitlines()
    lines[0] = lines[0].replace("city", '"city')
    lines[3] += '"'
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(errors.InputError, match="look like a row"):
        read(path)


@pytest.mark.parametrize(
    "cell",
    [
        "12 Main St, flat 3\nSpringfield, IL, 62701, USA",
        "Hello, I ordered 3, got 2\nbye, 5, and so on\nBest, A, B",
        "a\nb,c\nd",
        "5, 6, 7, 8\n9, 10, 11, 12",
        "x;y;z\n1;2;3",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_text_of_several_lines_is_no_row(cell: str, place: int, tmp_path: Path) -> None:
    header, rows = list(HEADER), [list(row) for row in ROWS]
    header.insert(place, "note")
    for i, row in enumerate(rows):
        row.insert(place, f'"{cell}"' if i % 4 == 0 else "fine")
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(row) for row in [header, *rows]) + "\n", encoding="utf-8")
    assert len(read(path, id="customer_id")["age"]) == 60


def test_a_large_file_is_searched_as_a_small_one(tmp_path: Path) -> None:
    """The shares of several threads hold no row that another thread would have to look at."""
    lines = [f"C{i:07d},{i % 60},{i * 3.7:.2f},Rome" for i in range(1_500_000)]
    lines[1_000_000] = lines[1_000_000].replace("Rome", '"Rome')
    lines[1_000_007] += '"'
    path = tmp_path / "t.csv"
    path.write_text("\n".join([",".join(HEADER), *lines]) + "\n", encoding="utf-8")
    with pytest.raises(errors.InputError) as caught:
        read(path)
    assert "row 1,000,001" in caught.value.where


def test_what_the_columns_hold_tells_a_row_from_a_text(tmp_path: Path) -> None:
    habits = habits_of(ROWS, 4, trim=False)
    assert habits.fit([(0, "C0100"), (1, "31"), (2, "7.5"), (3, "Rome")])
    assert not habits.fit([(0, "C0100"), (1, "old"), (2, "7.5"), (3, "Rome")])
    assert not habits.fit([(0, "C0100"), (1, " 31")])
    assert count_inside(["C0001", "30", "1.5", "Rome\nC0002,31,2.5,Paris"], Dialect(), habits) == 1
    path = tmp_path / "t.csv"
    path.write_text('C0001,30,1.5,"Rome\nC0002,31,2.5,Paris"\n', encoding="utf-8")
    assert find_swallowed(path, Dialect(), [(0, 1, 0, path.stat().st_size - 1)], habits) == [(0, 1, 1)]
