"""A source becomes a table: three kinds of columns, and ids as text."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coterie import errors, sql
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import ID, Table, read, refuse_infinite, spread_rows, summarize


def opened(frame: pd.DataFrame, **options: Any) -> Table:
    return read(frame, connect(), Options(**options), Reading())


def rows(table: Table) -> pd.DataFrame:
    names = [ID, *(c.name for c in table.columns if c.kind != "other")]
    return pd.DataFrame(table.engine.fetch(sql.select([sql.column(n) for n in names], sql.table(table.relation))))


def test_numbers_dates_and_texts_are_three_kinds_whatever_the_source_calls_them() -> None:
    frame = pd.DataFrame(
        {
            "id": [7.0, 8.0, 9.0],
            "n": pd.array([3, 4, 5], "Int8"),
            "date": pd.to_datetime(["1970-01-02 12:00", None, None]),
            "text": ["", "b", "c"],
            "flag": [True, False, False],
            "list": [["a"], ["b"], ["c"]],
        }
    )
    table = opened(frame, id="id")
    assert [c.kind for c in table.columns] == ["number", "number", "date", "text", "text", "other"]
    got = rows(table)
    assert got[ID].tolist() == ["7", "8", "9"]
    assert got["date"].tolist()[0] == 1.5
    assert got["text"].isna().tolist() == [True, False, False]
    assert got["flag"].tolist() == ["true", "false", "false"]


def test_a_whole_number_that_is_no_double_is_refused_and_not_rounded() -> None:
    table = opened(pd.DataFrame({"id": ["a", "b"], "big": [2**53 + 1, 1], "ref_no": [2**53 + 1, 1]}), id="id")
    assert rows(table)["big"].tolist() == [1e300, 1]
    assert rows(table)["ref_no"].tolist()[0] < 1e300
    with pytest.raises(errors.InputError, match="'big' holds whole numbers beyond"):
        refuse_infinite(summarize(table), ["big"])


def test_a_table_without_rows_is_refused_unless_it_may_be_empty() -> None:
    frame = pd.DataFrame({"id": pd.array([], "string"), "x": pd.array([], "float64")})
    with pytest.raises(errors.InputError, match="pandas frame"):
        opened(frame)
    assert read(frame, connect(), Options(id="id"), Reading(), empty_ok=True).rows == 0


def test_some_rows_are_spread_over_all_of_a_table() -> None:
    table = opened(pd.DataFrame({"id": [f"c{i}" for i in range(4_000)], "x": range(4_000)}), id="id")
    few = spread_rows(table, 100)
    got = rows(few)["x"]
    assert few.rows == len(got) == 100
    assert got.min() < 100
    assert got.max() >= 3_900
    assert spread_rows(table, 1_000) is table
