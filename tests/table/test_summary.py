"""One scan counts the values of each column and tells their bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coterie import errors, sql
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import Table, read, refuse_infinite, summarize


def opened(frame: pd.DataFrame) -> Table:
    return read(frame, connect(), Options(id="id"), Reading())


@pytest.mark.parametrize("few", [0, 1_000])
def test_values_are_counted_and_bounded_in_the_engine_and_here(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coterie.table.summary.FEW", few)
    texts = ["", "b", None, "c"]
    frame = pd.DataFrame({"id": list("abcd"), "x": [1.0, np.nan, -3.0, 1.0], "t": texts, "none": [np.nan] * 4})
    found = summarize(opened(frame))
    assert found.rows == 4
    x, t, none = (found.columns[name] for name in ("x", "t", "none"))
    assert (x.present, x.low, x.high) == (3, -3.0, 1.0)
    assert t.present == 2
    assert np.isnan(t.low)
    assert none.present == 0
    assert np.isnan(none.high)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e200])
def test_a_number_that_cannot_be_squared_is_refused_where_it_is_used(value: float) -> None:
    found = summarize(opened(pd.DataFrame({"id": ["a", "b"], "x": [1.0, value], "y": [1.0, 2.0]})))
    refuse_infinite(found, ["y"])
    with pytest.raises(errors.InputError, match="'x' holds an infinite"):
        refuse_infinite(found, ["y", "x"])


PLAIN: dict[str, list[object]] = {"id": ["a", "b", "c"], "x": [1.0, 2.0, 3.0], "n": [1, 2, 3], "t": ["u", "v", "w"]}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "c"), ("id", "7.0"), ("id", "7.50"), ("id", " 7"),
        ("x", float("nan")), ("x", None), ("x", float("inf")),
        ("n", None), ("n", 2**60),
        ("t", ""), ("t", None), ("t", "NaN"),
    ],
)  # fmt: skip
def test_one_odd_cell_is_what_it_was_after_the_summary(
    column: str, value: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for border in ("FEW", "MANY"):
        monkeypatch.setattr(f"coterie.table.summary.{border}", 0)
    columns = {**PLAIN, column: [*PLAIN[column][:2], value]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    made = read(tmp_path / "t.parquet", connect(), Options(id="id"), Reading())
    everything = sql.select([sql.star()], sql.table(made.relation))
    before = made.engine.fetch(everything)
    found = summarize(made)
    after = made.engine.fetch(everything)
    assert list(before) == list(after)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])
    assert found.columns["x"].present == np.count_nonzero(~np.isnan(before["x"]))


def test_codes_that_are_no_numbers_stay_missing_after_the_summary(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for border in ("FEW", "MANY"):
        monkeypatch.setattr(f"coterie.table.summary.{border}", 0)
    codes = [float(i % 7) for i in range(99)]
    columns = {"id": [f"c{i}" for i in range(100)], "region_code": [*codes, float("nan")], "x": [*codes, 0.5]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    made = read(tmp_path / "t.parquet", connect(), Options(id="id"), Reading())
    assert made.kind("region_code") == "text"
    assert summarize(made).columns["region_code"].present == 99
    got = made.engine.fetch(sql.select([sql.column("region_code")], sql.table(made.relation)))["region_code"]
    assert got[99] is None
