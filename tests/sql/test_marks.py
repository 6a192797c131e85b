"""What dialects spell differently means the same wherever it can be run: in DuckDB and in SQLite."""

from __future__ import annotations

import math
import sqlite3
from datetime import datetime
from itertools import count

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coterie import sql
from coterie.engines import Engine, Reading, Source, connect

NUMBERS = count()
WHOLE = st.integers(-(2**63), 2**63 - 1)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return connect(threads=1)


def by_duckdb(engine: Engine, node: sql.Node, values: pd.DataFrame) -> list[object]:
    name = f"t{next(NUMBERS)}"
    engine.read(Source.of(values), name, Reading(), lambda column: False)
    return list(engine.fetch(sql.select([sql.named(node, "v")], sql.table(name)))["v"])


def by_sqlite(node: sql.Node, values: list[object]) -> list[object]:
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE TABLE t ("x")')
    connection.executemany("INSERT INTO t VALUES (?)", [(v,) for v in values])
    rows = connection.execute(sql.render(sql.select([sql.named(node, "v")], sql.table("t")), "sqlite")).fetchall()
    connection.close()
    return [row[0] for row in rows]


@settings(max_examples=40, deadline=None)
@given(st.lists(WHOLE, min_size=1, max_size=30))
def test_a_sum_of_whole_numbers_is_exact_in_both_and_rounded_once(engine: Engine, values: list[int]) -> None:
    node, exact = sql.whole_sum(sql.column("x")), float(sum(values))
    (got,) = by_duckdb(engine, node, pd.DataFrame({"x": values}))
    (there,) = by_sqlite(node, list(values))
    assert got == pytest.approx(exact, rel=1e-15)
    assert there == exact


def test_a_sum_may_pass_64_bits_and_a_sum_of_nothing_is_none() -> None:
    node = sql.whole_sum(sql.column("x"))
    assert by_sqlite(node, [2**62] * 5) == [5.0 * 2**62]
    assert by_sqlite(node, [None]) == [None]


def test_only_what_is_no_number_is_nan(engine: Engine) -> None:
    node = sql.case([(sql.is_nan(sql.column("x")), sql.whole(1))], sql.whole(0))
    assert by_duckdb(engine, node, pd.DataFrame({"x": [1.0, math.inf, 0.0]})) == [0, 0, 0]
    nan = sql.subtract(sql.column("x"), sql.column("x"))
    shown = sql.case([(sql.is_nan(nan), sql.whole(1))], sql.whole(0))
    assert by_duckdb(engine, shown, pd.DataFrame({"x": [math.inf, 2.0]})) == [1, 0]
    assert by_sqlite(node, [1.0, math.nan, None]) == [0, 0, 0]


def test_the_least_of_one_is_itself(engine: Engine) -> None:
    x = sql.column("x")
    assert sql.least([x]) is x
    node = sql.least([x, sql.number(2.0), sql.number(3.0)])
    assert by_duckdb(engine, node, pd.DataFrame({"x": [1.0, 2.5]})) == [1.0, 2.0]
    assert by_sqlite(node, [1.0, 2.5]) == [1.0, 2.0]


def test_days_and_times_count_from_1970(engine: Engine) -> None:
    x = sql.column("x")
    times = pd.DataFrame({"x": [datetime(1970, 1, 2, 0, 0, 1, 500_000), datetime(1969, 12, 31)]})
    assert by_duckdb(engine, sql.seconds(x), times) == [86_401.5, -86_400.0]
    assert by_sqlite(sql.seconds(x), ["1970-01-02 00:00:01.500"]) == [pytest.approx(86_401.5, abs=1e-3)]
    assert by_duckdb(engine, sql.day_number(x), times) == [1, -1]
    assert by_sqlite(sql.day_number(x), ["1970-01-02 23:59:59", "1969-12-31"]) == [1, -1]
    micros = sql.day_number(sql.time_of_micros(sql.multiply(x, sql.whole(86_400_000_000))))
    assert by_duckdb(engine, micros, pd.DataFrame({"x": [3, -3]})) == [3, -3]


def test_a_text_is_the_time_that_the_first_fitting_format_says(engine: Engine) -> None:
    node = sql.day_number(sql.parsed_time(sql.column("x"), ["%d.%m.%Y", "%Y-%m-%d"]))
    got = by_duckdb(engine, node, pd.DataFrame({"x": ["02.01.1970", "1970-01-03", "soon"]}))
    assert got[:2] == [1, 2]
    assert got[2] is None or math.isnan(got[2])  # type: ignore[arg-type]


def test_an_instant_shows_what_clocks_in_utc_show(engine: Engine) -> None:
    late = pd.DataFrame({"x": pd.to_datetime(["1970-01-01 23:30:00-05:00"])})
    assert by_duckdb(engine, sql.day_number(sql.in_utc(sql.column("x"))), late) == [1]


def test_hexadecimal_digits_are_a_number(engine: Engine) -> None:
    got = by_duckdb(engine, sql.hex_number(sql.column("x")), pd.DataFrame({"x": ["ff", "0123456789ab"]}))
    assert got == [0xFF, 0x0123456789AB]


def test_whole_numbers_stand_in_a_table_or_beside_each_row(engine: Engine) -> None:
    numbers = engine.fetch(sql.select([sql.column("i")], sql.whole_numbers(3, "i")))
    assert numbers["i"].tolist() == [0, 1, 2]
    assert by_duckdb(engine, sql.unnested(sql.column("x")), pd.DataFrame({"x": [2, 0, 1]})) == [0, 1, 0]
