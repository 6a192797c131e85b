"""A cell of text becomes a value: strictly, or NULL where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from coterie import sql, words
from coterie.engines.dates import date_in
from coterie.engines.duckdb import cells
from coterie.reading import DateForm, Notation, Remark, TextColumn, Values

GERMAN = Values("number", Notation(",", "."))
AMOUNTS = Values("number", Notation(signs=True, brackets=True, grouping=","))
DAYS = Values("date", Notation(forms=(DateForm.DAY_FIRST,)))
YEARS = Values("date", Notation(forms=(DateForm.YEAR_FIRST,)))


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def value(database: duckdb.DuckDBPyConnection, node: sql.Node) -> object:
    return database.sql(f"SELECT {sql.render(node, 'duckdb')}").fetchall()[0][0]


@pytest.mark.parametrize(
    ("values", "cell", "wanted"),
    [
        (GERMAN, " 1.234,5 ", "1234.5"),
        (GERMAN, "-7", "-7.0"),
        (AMOUNTS, "($1,234.50)", "-1234.5"),
        (AMOUNTS, "12 %", "12.0"),
        (AMOUNTS, "€ 3", "3.0"),
        (GERMAN, "1.234,5-", "-1234.5"),
        (GERMAN, "\u22127", "-7.0"),
        (AMOUNTS, "2,708.03 CR", "-2708.03"),
        (AMOUNTS, "2,708.03 DR", "2708.03"),
        (AMOUNTS, "$7-", "-7.0"),
        (AMOUNTS, "-$7", "-7.0"),
        (AMOUNTS, "1e3", "1000.0"),
        (Values("number"), "22.50-", "-22.5"),
        (Values("number"), "10.-", "10.0"),
        (Values("number"), "10.-50", "None"),
        (GERMAN, "10,-50", "None"),
        (Values("number"), "1e-3", "0.001"),
        (DAYS, "03.04.2013", "2013-04-03 00:00:00"),
        (YEARS, "2013-04-03 10:00+02", "2013-04-03 10:00:00"),
        (Values("number"), "NA", "None"),
        (Values("text"), "NA", "NA"),
    ],
)
def test_a_cell_is_read_as_its_column_writes(
    values: Values, cell: str, wanted: str, database: duckdb.DuckDBPyConnection
) -> None:
    node = cells.convert_leniently(TextColumn("v", values), sql.text(cell))
    assert str(value(database, node)) == wanted


@pytest.mark.parametrize(
    "cell",
    [
        "2024-02-29", "2023-02-29", "2024-1-5", " 2024-01-05 ", "0999-01-01", "10000-01-01", "epoch", "infinity",
        "-infinity", "2024-01-05 BC", "2024-01-05 (BC)", "+2024-01-5", "2024-01-05 10:00:00", "2024-01-05T10:00:00",
        "2024-01-05 24:00:00", "2024-01-05 23:59:60", "2024-01-05 10:00+02", "2024-01-05 10:00:00Z", "2024/01/05",
        "0000-00-00", "NULL", "", "05.01.2024", "20240105",
    ],
)  # fmt: skip
def test_the_short_way_to_a_usual_day_says_what_the_grammar_says(
    cell: str, database: duckdb.DuckDBPyConnection
) -> None:
    text = sql.text(cell)
    by_grammar = sql.case(
        [(cells.is_missing(TextColumn("v", YEARS), text), sql.null())],
        date_in(sql.trimmed(text), (DateForm.YEAR_FIRST,)),
    )
    for values in (YEARS, Values("date")):
        node = cells.convert_leniently(TextColumn("v", values), text.copy())
        assert value(database, node) == value(database, by_grammar)


@pytest.mark.parametrize(
    ("values", "cell"),
    [
        (GERMAN, "1.23,4"),
        (GERMAN, "12.5"),
        (GERMAN, "1e5"),
        (AMOUNTS, "USD"),
        (AMOUNTS, "-7-"),
        (AMOUNTS, "--7"),
        *((Values("number"), cell) for cell in ("1_000", "+-5", "infinity", "-inf", "0x10", "1e", "١٢", "7 8", "5f")),
        (DAYS, "2013-04-03"),
        (DAYS, "31.02.2013"),
        *((YEARS, cell) for cell in ("2024-01-05 garbage", "0044-03-15 (BC)", "-2024-01-05", "epoch", "12024-01-05")),
        *((YEARS, cell) for cell in ("2025117", "24-01-05", "2024-01-05T", "2024-01-05 25:00", "2024 01 05")),
    ],
)
def test_a_wrong_cell_is_an_error_or_null(values: Values, cell: str, database: duckdb.DuckDBPyConnection) -> None:
    column = TextColumn("v", values, by_cell=True)
    for days in {False, values == YEARS}:
        with pytest.raises(duckdb.Error):
            value(database, cells.convert_strictly(column, sql.text(cell), days=days))
    assert value(database, cells.convert_leniently(column, sql.text(cell))) is None


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999"])
def test_what_the_csv_reader_takes_for_infinite_is_looked_at_again(
    cell: str, database: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(duckdb.Error):
        value(database, cells.all_finite([sql.number(1), sql.cast(sql.text(cell), "double")]))
    assert value(database, cells.all_finite([sql.number(1), sql.number(1e300)])) is True


def test_what_duckdbs_own_parser_would_not_do_is_left_to_sql() -> None:
    kinds = [
        (Values("number"), "DOUBLE"), (GERMAN, "VARCHAR"), (YEARS, "VARCHAR"), (DAYS, "VARCHAR"),
        (Values("text"), "VARCHAR"),
        (Values("number", remarks=frozenset({Remark.MISSING_WORDS})), "VARCHAR"),
    ]  # fmt: skip
    assert [cells.csv_type(TextColumn("v", values)) for values, _ in kinds] == [kind for _, kind in kinds]
    assert cells.csv_type(TextColumn("v", Values("number"), verbatim=True)) == "VARCHAR"


def test_a_path_with_stars_and_brackets_is_one_file() -> None:
    assert cells.escape_pattern("/a/[1]*?.csv") == "/a/[[]1][*][?].csv"


def test_a_formula_is_made_harmless_as_words_do() -> None:
    texts = ["=1+1", "+49 170 1", "-5", "+5.5", "-5+A1", "@SUM(A1)", "\tx", "\r=x", "a=b", "", "ü", "-", "-1,5"]
    made = duckdb.connect()
    made.execute("CREATE TABLE t (x VARCHAR)")
    made.executemany("INSERT INTO t VALUES (?)", [[text] for text in texts])
    got = made.execute(sql.render(sql.select([cells.harmless(sql.column("x"))], sql.table("t")), "duckdb")).fetchall()
    assert [row[0] for row in got] == [words.harmless(text) for text in texts]
    assert [row[0] for row in got if row[0] in texts] == ["-5", "+5.5", "a=b", "", "ü", "-1,5"]
