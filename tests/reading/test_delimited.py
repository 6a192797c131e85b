"""Reading: the dialect is proved on the whole file, ids stay as they are, dates are decided on the whole column."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coterie import errors, sql
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.reading import _rows
from coterie.reading.notation import Remark, judge
from coterie.table import table

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def read(path: Path, *, id: str | None = None, **reading: Any) -> dict[str, list[Any]]:
    """Return the canonical columns of a file: ids as text, numbers and dates as doubles, the rest as text."""
    engine = connect(threads=2)
    try:
        made = table.read(path, engine, Options(id=id), Reading(**reading))
        names = [table.ID, *(c.name for c in made.columns if c.kind != "other")]
        got = engine.fetch(sql.select([sql.column(n) for n in names], sql.table(made.relation)))
        return {n: got[n].tolist() for n in names}
    finally:
        engine.close()


def days(text: str) -> float:
    import datetime

    return float((datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)


def scan(path: Path, fields: int, threads: int = 1, delimiter: str = ",") -> _rows.Scan:
    return _rows.scan(str(path), delimiter, '"', "", False, 0, fields, 1 << 20, 20, threads)


# ── the independent count ─────────────────────────────────────────────────────────────────────────────────────────


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
    made = _rows.rewrite(str(source), str(target), ";", '"', "", False, 0, 2, "error")
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
    made = _rows.rewrite(str(path), str(tmp_path / "r.csv"), ",", *dialect, 0, 2, "repair")
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


# ── dialects ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_a_line_that_tells_the_delimiter_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=;\nid;a,b\n1;2\n2;3\n")
    assert read(path) == {table.ID: ["1", "2"], "id": ["1", "2"], "a,b": [2.0, 3.0]}


def test_a_delimiter_of_two_characters_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id||a\n1||2\n2||3\n")
    with pytest.raises(errors.InputError, match=r"\|\|"):
        read(path)
    assert read(path, delimiter="||")["a"] == [2.0, 3.0]


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


def test_rows_that_do_not_fit_are_named_skipped_or_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,a,b\n1,2,3\n2,4\n3,5,6,7\n4,8,9\n")
    with pytest.raises(errors.InputError, match=r"row 2 \(line 3\) has 2 fields, the header has 3") as refused:
        read(path)
    assert "2 rows" in str(refused.value)
    assert read(path, on_bad_rows="skip")["id"] == ["1", "4"]
    assert read(path, on_bad_rows="repair")["id"] == ["1", "2", "4"]
    engine = connect()
    left = engine.read_file(path, "t", verbatim=lambda n: False, reading=Reading(on_bad_rows="repair"))
    engine.close()
    assert left.rejected == ((3, "too few fields", True), (4, "too many fields", False))


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_for_missing_count_in_numbers_and_stay_in_categories(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    cells = ["NA", "5", "null", "7", "", "9", "n/a", "11"] * 4
    path.write_text(
        "id,country,age\n" + "".join(f"c{i},{'NA' if i % 2 else 'null'},{c}\n" for i, c in enumerate(cells))
    )
    got = read(path)
    assert got["country"][:3] == ["null", "NA", "null"]
    assert [str(v) for v in got["age"][:6]] == ["nan", "5.0", "nan", "7.0", "nan", "9.0"]


def test_ids_are_text_from_end_to_end(tmp_path: Path) -> None:
    ids = ["0001", "1.10", "1.1", "NA", "null", "true", "1e5", "-", "9007199254740993000001", " x", "x", "客户😀"]
    path = tmp_path / "t.csv"
    path.write_text("customer_id,v\n" + "".join(f"{i},{n}\n" for n, i in enumerate(ids)), encoding="utf-8")
    assert read(path, id="customer_id")[table.ID] == ids


@pytest.mark.parametrize(
    ("dates", "options", "wanted"),
    [
        (["03-04-2013", "25-12-2012"], {}, ["2013-04-03", "2012-12-25"]),
        (["03/04/2013", "12/25/2012"], {}, ["2013-03-04", "2012-12-25"]),
        (["3/4/2013", "4/3/2013"], {}, ["2013-04-03", "2013-03-04"]),
        (["3/4/2013", "4/3/2013"], {"date_order": "mdy"}, ["2013-03-04", "2013-04-03"]),
        (["2013-04-03", "2012-12-25"], {}, ["2013-04-03", "2012-12-25"]),
        (["2013/04/03", "2012/12/25"], {}, ["2013-04-03", "2012-12-25"]),
        (["3 Apr 2013", "25 Dec 2012"], {}, ["2013-04-03", "2012-12-25"]),
        (["3.4.13", "25.12.12"], {}, ["2013-04-03", "2012-12-25"]),
    ],
)
def test_the_whole_column_decides_the_order_of_day_and_month(
    dates: list[str], options: dict[str, str], wanted: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,since\n" + "".join(f"c{i},{d}\n" for i, d in enumerate(dates)))
    assert read(path, **options)["since"] == [days(d) for d in wanted]


def test_one_late_date_decides_the_order_of_a_long_column(tmp_path: Path) -> None:
    """The rows that are looked at first all read both ways; the one that does not stands far behind."""
    path = tmp_path / "t.csv"
    lines = [f"c{i},{1 + i % 12:02d}/{1 + i % 11:02d}/2020,{'x' * 40}\n" for i in range(60_000)]
    lines[31_007] = "c31007,02/28/2020,x\n"
    path.write_text("id,since,note\n" + "".join(lines))
    assert read(path)["since"][31_007] == days("2020-02-28")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,50", "99,10", "7"], [1234.5, 99.1, 7.0]),
        (["1,234.50", "99.10", "7"], [1234.5, 99.1, 7.0]),
        (["$1,234.50", "$99.10", "-$7"], [1234.5, 99.1, -7.0]),
        (["12 %", "7%", "0.5%"], [12.0, 7.0, 0.5]),
        (["1 234,50 €", "99,10 €", "7 €"], [1234.5, 99.1, 7.0]),
        (["1'234.50", "99.10", "7"], [1234.5, 99.1, 7.0]),
    ],
)
def test_numbers_as_people_write_them(cells: list[str], values: list[float], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;spend\n" + "".join(f"c{i};{c}\n" for i, c in enumerate(cells)), encoding="utf-8")
    assert read(path)["spend"] == values


def test_a_comma_and_a_point_that_could_both_be_decimal_are_refused(tmp_path: Path) -> None:
    assert judge("v", ["1.234", "1,234"]).remarks == {Remark.MIXED_SEPARATORS}
    path = tmp_path / "t.csv"
    path.write_text("id;v\na;1.234\nb;1,234\n")
    assert read(path, decimal=",")["v"] == [1234.0, 1.234]


def test_the_files_habit_is_carried_over_to_columns_that_read_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;rate;spend\na;0,5;1.234\nb;12,75;987\n")
    got = read(path)
    assert (got["rate"], got["spend"]) == ([0.5, 12.75], [1234.0, 987.0])


def test_codes_stay_text(tmp_path: Path) -> None:
    """Leading zeros, letters before digits, more digits than a number holds."""
    assert judge("zip", ["01234", "99102"]).kind == "text"
    assert judge("invoice", [*(["536379"] * 95), *(["C536380"] * 5)]).kind == "text"
    assert judge("card", ["4556737586899855", "4916338506082832"]).kind == "text"


# ── kinds of files ────────────────────────────────────────────────────────────────────────────────────────────────


def test_packed_and_stored_tables_are_the_plain_one(tmp_path: Path) -> None:
    import gzip
    import sqlite3
    import zipfile

    text = "id,spend\n" + "".join(f"{i:03d},{i}.5\n" for i in range(20))
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.csv", "folder/a.csv")
    made = duckdb.connect()
    made.execute("CREATE TABLE t AS FROM read_csv(?, all_varchar = true)", [str(tmp_path / "a.csv")])
    made.table("t").to_csv(str(tmp_path / "a.csv.zst"), compression="zstd")
    made.sql("SELECT id, spend::DOUBLE AS spend FROM t").to_parquet(str(tmp_path / "a.parquet"))
    made.execute(f"ATTACH '{tmp_path / 'a.duckdb'}' AS d")
    made.execute("CREATE TABLE d.t AS SELECT id, spend::DOUBLE AS spend FROM t")
    made.close()
    lite = sqlite3.connect(tmp_path / "a.sqlite")
    lite.execute("CREATE TABLE t (id TEXT, spend REAL)")
    lite.executemany("INSERT INTO t VALUES (?, ?)", [(f"{i:03d}", i + 0.5) for i in range(20)])
    lite.commit()
    lite.close()
    plain = read(tmp_path / "a.csv")
    for name in ("a.csv.gz", "a.zip", "a.csv.zst", "a.parquet", "a.duckdb", "a.sqlite"):
        assert read(tmp_path / name) == plain, name


def test_a_pattern_names_the_parts_of_a_table(tmp_path: Path) -> None:
    made = duckdb.connect()
    for i in range(3):
        made.sql(f"SELECT range + {10 * i} AS id, range * 1.0 AS v FROM range(10)").to_parquet(
            str(tmp_path / f"p{i}.parquet")
        )
    assert read(tmp_path / "p*.parquet")[table.ID] == [str(i) for i in range(30)]


def test_nan_in_parquet_is_missing_although_its_statistics_do_not_know(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a", "b", "c"], "v": [1.0, float("nan"), 3.0]}), path)
    engine = connect()
    made = table.read(path, engine, Options(), Reading())
    got = engine.fetch(
        sql.select(
            [sql.named(sql.largest(sql.column("v")), "m"), sql.named(sql.count(sql.column("v")), "n")],
            sql.table(made.relation),
        )
    )
    engine.close()
    assert (float(got["m"][0]), int(got["n"][0])) == (3.0, 2)


def test_the_database_opens_nothing_but_its_source(tmp_path: Path) -> None:
    """After reading, other files, extensions and settings are out of reach, whatever a query says."""
    path, other = tmp_path / "t.csv", tmp_path / "other.csv"
    path.write_text("id,v\na,1\nb,2\n")
    other.write_text("secret\n1\n")
    engine = connect()
    table.read(path, engine, Options(), Reading())
    for query in (
        f"FROM read_csv('{other}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "FROM glob('/etc/*')",
    ):
        with pytest.raises(duckdb.Error):
            engine._connection.execute(query)
    engine.close()
    assert not (tmp_path / "out.csv").exists()


def test_the_spill_folder_goes_with_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,v\ra,1\rb,2\r")
    spill = tmp_path / "spill"
    spill.mkdir()
    engine = connect(temp_dir=spill)
    table.read(path, engine, Options(), Reading())
    inside = list(spill.iterdir())
    assert [p.stat().st_mode & 0o777 for p in inside] == [0o700]
    engine.close()
    assert not list(spill.iterdir())


# ── real files ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_marketing_campaign_is_read_day_first(shared_data: Path) -> None:
    got = read(shared_data / "marketing_campaign.csv")
    assert (min(got["Dt_Customer"]), max(got["Dt_Customer"])) == (days("2012-07-30"), days("2014-06-29"))
    assert sum(1 for v in got["Income"] if v != v) == 24  # noqa: PLR0124 - only NaN differs from itself
    assert len(got["ID"]) == 2_240


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("Wholesale customers data.csv", 440, 8),
        ("Sample - Superstore.csv", 9_994, 21),
        ("online_retail_germany.csv", 9_495, 8),
        ("mcdonalds.csv", 1_453, 15),
        ("bank-full.csv", 45_211, 17),
        ("vacmot.csv", 1_000, 22),
        ("Mall_Customers.csv", 200, 5),
    ],
)
def test_real_files_have_all_their_rows_and_no_mark_in_a_name(
    name: str, rows: int, columns: int, shared_data: Path
) -> None:
    got = read(shared_data / name)
    assert (len(got[table.ID]), len(got) - 1) == (rows, columns)
    assert not any("\ufeff" in n for n in got)


def test_superstore_is_read_month_first(shared_data: Path) -> None:
    got = read(shared_data / "Sample - Superstore.csv")
    assert (min(got["Order Date"]), max(got["Order Date"])) == (days("2016-01-03"), days("2019-12-30"))


def test_the_zeros_of_mall_ids_stay(shared_data: Path) -> None:
    assert read(shared_data / "Mall_Customers.csv")[table.ID][:2] == ["0001", "0002"]
