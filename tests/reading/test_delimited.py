"""Delimited text: its rows are counted independently, and rewritten where an engine may misread them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coterie import errors
from coterie.engines import Reading, Source, connect
from coterie.reading import _rows
from coterie.segmentation import checking
from coterie.table import table
from reading.files import HEADER, ROWS, read, write

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def scan(path: Path, fields: int, threads: int = 1, delimiter: str = ",") -> _rows.Scan:
    return _rows.scan(str(path), delimiter, '"', "", False, 0, fields, 1 << 20, 20, threads)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20), end=st.sampled_from(["\n", "\r\n"])
)
def test_the_count_is_the_one_of_pythons_reader(rows: list[list[str]], end: str, tmp_path: Path) -> None:
    """Rows, fields and lengths, whatever the cells hold: delimiters, quotes, line ends."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    path = tmp_path / "t.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    again = [r for r in csv.reader(io.StringIO(out.getvalue(), newline="")) if r]
    found = scan(path, 3)
    assert (found["rows"], found["irregular"]) == (len(again), sum(1 for r in again if len(r) != 3))
    assert found["stray"] is None
    assert found["open"] is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=12))
def test_rewriting_keeps_every_cell(rows: list[list[str]], tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_text(out.getvalue(), encoding="utf-8", newline="")
    made = _rows.rewrite(str(source), str(target), ";", '"', "", False, 0, 2, "error", [])
    assert made == {"read": len(rows), "written": len(rows), "rejected": []}
    assert list(csv.reader(io.StringIO(target.read_bytes().decode(), newline=""))) == rows


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.sampled_from('"",\n\r \\ab'), max_size=40),
    dialect=st.sampled_from([('"', "", False), ('"', "\\", False), ('"', "", True), ("", "", False)]),
)
def test_whatever_is_wrong_with_a_text_it_is_rewritten_row_by_row_as_it_is_counted(
    text: str, dialect: tuple[str, str, bool], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    found = _rows.scan(str(path), ",", *dialect, 0, 2, 1 << 20, 20, 1)
    if found["open"]:
        return  # such a text is refused
    made = _rows.rewrite(str(path), str(tmp_path / "r.csv"), ",", *dialect, 0, 2, "repair", [])
    assert made["read"] == found["rows"]
    assert len(_rows.lines(str(path), ",", *dialect, 0, list(range(found["rows"])))) == found["rows"]
    if not dialect[2]:  # blanks between a quote and the delimiter are refused, and mended without a word
        assert bool(found["irregular"] or found["stray"]) == bool(made["rejected"])


def test_several_threads_count_what_one_counts(tmp_path: Path) -> None:
    """Also where shares begin inside quotes: then one thread walks alone."""
    line = 'C{},"a ""b"", c",{}\n'
    for name, text in (("plain", line), ("quoted", 'C{},"one\ntwo\nthree",{}\n')):
        path = tmp_path / f"{name}.csv"
        block = "".join(text.format(i, i % 7) for i in range(20_000))
        path.write_text(block * (40_000_000 // len(block) + 1))
        one, many = scan(path, 3), scan(path, 3, threads=4)
        assert one == many
        assert one["rows"] == 20_000 * (40_000_000 // len(block) + 1)
    with path.open("a") as file:
        file.write("too,many,fields,here\n")
    assert scan(path, 3, threads=4)["first"] == [(many["rows"], many["lines"], 4)]


@pytest.mark.parametrize(
    ("data", "key", "place"),
    [
        (b"a,b\n1,\xff\n", "invalid", (1, 2, 6)),
        (b"a,b\n1,2\n3,\0\n", "nul", (2, 3, 10)),
        (b'a,b\n1,"x" y\n', "stray", (1, 2, 1)),
        (b'a,b\n"1\n,2\n', "open", (1, 2, -1)),
        (b"a,b\n1,\xed\xa0\x80\n", "invalid", (1, 2, 7)),
        (b"a,b\n\xc0\xaf,2\n", "invalid", (1, 2, 4)),
    ],
)
def test_the_first_wrong_place_is_named(data: bytes, key: str, place: tuple[int, int, int], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert scan(path, 2)[key] == place  # type: ignore[literal-required]


def test_a_line_that_tells_the_delimiter_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=;\nid;a,b\n1;2\n2;3\n")
    assert read(path) == {table.ID: ["1", "2"], "id": ["1", "2"], "a,b": [2.0, 3.0]}


def test_a_line_that_tells_the_delimiter_may_come_after_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n\nsep=^\n" + "\n".join("^".join(r) for r in [HEADER, *ROWS]) + "\n")
    assert checking.check(path).rows == 60


def test_a_delimiter_of_two_characters_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id||a\n1||2\n2||3\n")
    with pytest.raises(errors.InputError, match=r"\|\|"):
        read(path)
    assert read(path, delimiter="||")["a"] == [2.0, 3.0]


def test_line_ends_inside_quotes_are_not_taken_for_those_of_the_rows(tmp_path: Path) -> None:
    rows = [[r[0], "two\r\nlines" if i == 0 else r[1], *r[2:]] for i, r in enumerate(ROWS)]
    for name, how in (("plain.csv", {}), ("apostrophes.csv", {"quotechar": "'", "quoting": csv.QUOTE_ALL})):
        seen = checking.check(write(tmp_path / name, rows, **how))
        assert (seen.rows, seen.columns) == (60, 4)


def test_rows_that_do_not_fit_are_named_skipped_or_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,a,b\n1,2,3\n2,4\n3,5,6,7\n4,8,9\n")
    with pytest.raises(errors.InputError, match=r"row 2 \(line 3\) has 2 fields, the header has 3") as refused:
        read(path)
    assert "2 rows" in str(refused.value)
    assert read(path, on_bad_rows="skip")["id"] == ["1", "4"]
    assert read(path, on_bad_rows="repair")["id"] == ["1", "2", "4"]
    engine = connect()
    left = engine.read(Source.of(path), "t", Reading(on_bad_rows="repair"), lambda name: False)
    engine.close()
    assert left.rejected == ((3, "too few fields", True), (4, "too many fields", False))


@pytest.mark.parametrize("ends", [("\n", "\r\n"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\r")])
def test_a_header_may_end_in_another_way_than_the_rows(ends: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        ("id,income,score" + ends[0] + "".join(f"{i},{i * 20},{i % 3}{ends[1]}" for i in range(9))).encode()
    )
    assert read(path)["income"] == [20.0 * i for i in range(9)]


@pytest.mark.parametrize("junk", ["junk line, here", 'a quote " here', "only text", "a;b;c;d;e;f;g", ""])
@pytest.mark.parametrize("lines", [3, 300, 120_000])
def test_any_number_of_lines_before_the_header_may_be_left_out(junk: str, lines: int, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{junk}\n" * lines + "id,age,spend\n" + "".join(f"c{i},{i},{i * 2}\n" for i in range(40)))
    assert read(path, skip_rows=lines)["spend"] == [2.0 * i for i in range(40)]
    path.write_text(path.read_text() + "c40,x,80\n")
    with pytest.raises(errors.InputError, match="cannot be read as a number"):
        read(path, skip_rows=lines)


def test_more_lines_left_out_than_there_are_leave_no_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ROWS)
    with pytest.raises(errors.InputError, match="no data rows"):
        read(path, skip_rows=4_000)


def test_a_table_below_other_lines_is_told_from_rows_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    above, table = ["made, by hand"] * 12, ["id,a,b", *(f"{i},{i * 7 % 5},{i * 3 % 11}" for i in range(40))]
    path.write_text("\n".join([*above, *table]))
    with pytest.raises(errors.InputError, match=r"pass reading=Reading\(skip_rows=12\)"):
        checking.check(path)
    assert checking.check(path, reading=Reading(skip_rows=12)).rows == 40
    path.write_text("\n".join([*above, *table, "made, by hand"]))
    with pytest.raises(errors.InputError, match="on_bad_rows"):
        checking.check(path)
