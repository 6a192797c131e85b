"""The dialect of a text: guessed from its beginning."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from coterie.reading.dialect import Dialect, find_header, guess, guess_unusual, split_rows
from coterie.table import table
from reading.files import read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_table_in_any_dialect(delimiter: str, encoding: str, end: str, tmp_path: Path) -> None:
    rows = [["customer_id", "city", "spend"], *([f"{i:04d}", f"Zoë{delimiter} {i}", str(i / 4)] for i in range(30))]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    path = tmp_path / "t.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    got = read(path)
    assert got[table.ID] == [f"{i:04d}" for i in range(30)]
    assert got["city"] == [f"Zoë{delimiter} {i}" for i in range(30)]
    assert got["spend"] == [i / 4 for i in range(30)]


@pytest.mark.parametrize("first", ["", "# a comment\n", "Customers of May\n\n"])
def test_a_decimal_comma_in_every_row_is_no_delimiter(first: str) -> None:
    text = f"{first}id;name;spend\n1;Ann;1,5\n2;Bo;2,5\n3;Cy;x;2,5\n4;Di;2,75\n5;Ed\n6;Flo;0,5\n"
    assert guess(text).delimiter == ";"


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_comma_inside_quotes_is_no_delimiter_of_a_file_whose_first_row_is_cut(delimiter: str, quote: str) -> None:
    rows = [delimiter.join(f"{quote}{cell}{quote}" for cell in (f"00{i}", "Ann", f"1,{i}00.50")) for i in range(10, 40)]
    assert guess("\r".join(rows)[len("'0010','A") :]) == Dialect(delimiter, quote)


def test_a_row_that_stands_in_quotes_whole_says_nothing_of_its_delimiter() -> None:
    assert guess('"id,age;note"\n"1,25;x"\n"2,31;y"\n"3,44;z"\n').delimiter == ","


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ('a,b\n"x\\", y",1\n"z",2\n', Dialect(escape="\\")),
        ("a,b\n'x, y','1'\n'z','2'\n", Dialect(quote="'")),
        ("a, b, c\n1, 2, 3\n4, 5, 6\n", Dialect(trim=True)),
        ("a|b\n1|2\n", Dialect("|")),
    ],
)
def test_quotes_escapes_and_blanks_are_seen(text: str, dialect: Dialect) -> None:
    assert guess(text) == dialect


def test_rows_know_their_lines_whatever_their_cells_hold() -> None:
    rows = list(split_rows('a,b\r\n"x\r\ny ""z""",1\r\n2,3', Dialect()))
    assert [(row.fields, row.line) for row in rows] == [(["a", "b"], 1), (['x\r\ny "z"', "1"], 2), (["2", "3"], 4)]


def test_a_header_stands_below_titles_and_comments() -> None:
    text = "# of May\nCustomers\n\nid,v,w\n1,2,3\n"
    head = find_header(text, Dialect(), titles=True, has_header=True)
    assert head is not None
    assert (head.names, head.skipped, head.line, text[head.end :]) == (["id", "v", "w"], 2, 5, "1,2,3\n")
    assert find_header("\n \n", Dialect(), titles=True, has_header=True) is None


def test_a_delimiter_that_few_use_is_guessed_and_asked_for() -> None:
    assert [guess_unusual(line) for line in ("id^age", "id::age", "id")] == ["^", "::", None]


@pytest.mark.parametrize("text", ["a,b\n1,2", "a, b\r\n1, 2\r\n", "\n\na,\r1,2,", "a", "", ",\n,", "ä,b\r\r\n1,2\n"])
@pytest.mark.parametrize("trim", [False, True])
def test_a_text_without_quotes_has_the_rows_that_it_has_with_one_behind_it(text: str, trim: bool) -> None:
    """Texts without quotes are split the short way; a quote in a last row sends the others the long way."""
    dialect = Dialect(trim=trim)
    ended = text if text.endswith(("\n", "\r")) or not text else text + "\n"
    assert list(split_rows(ended, dialect)) == list(split_rows(ended + '"x"', dialect))[:-1]
    if ended != text:
        short = [row.fields for row in split_rows(text, dialect)]
        assert short == [row.fields for row in split_rows(ended, dialect)]
