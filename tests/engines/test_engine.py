"""What every engine gives: kinds, numbered rows, small results, files, and the kind of frame that came in."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import coterie
from coterie import errors, sql
from coterie.engines import (
    ROW,
    Caps,
    Columns,
    Engine,
    Found,
    Kind,
    Reading,
    Source,
    Target,
    as_kind_of,
    as_text,
    connect,
)
from coterie.engines.duckdb.engine import DuckDB
from coterie.engines.engine import unmask
from coterie.options import Options
from coterie.table import read, spread_rows

ENGINES = {"duckdb": connect}
MOMENT = datetime.datetime(2026, 1, 31, 12, 30)
TABLE = pa.table(
    {
        "whole": pa.array([3, None], pa.int32()),
        "wide": pa.array([2**60, 1], pa.int64()),
        "fraction": pa.array([3.0, 0.5], pa.float64()),
        "decimal": pa.array([decimal.Decimal("3.00"), decimal.Decimal("0.50")], pa.decimal128(9, 2)),
        "date": pa.array([MOMENT.date(), None], pa.date32()),
        "time": pa.array([MOMENT, None], pa.timestamp("us")),
        "instant": pa.array([MOMENT, None], pa.timestamp("us", "UTC")),
        "text": pa.array(["b", None]),
        "flag": pa.array([True, False]),
        "other": pa.array([["b"], None], pa.list_(pa.string())),
    }
)


@pytest.fixture(params=ENGINES.values(), ids=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = request.param()
    yield made
    made.close()


def load(engine: Engine, table: pa.Table, path: Path) -> None:
    pq.write_table(table, path)
    engine.read(Source.of(path), "t", Reading(), lambda name: False)


def everything(*columns: str) -> sql.Node:
    return sql.select([sql.column(name) for name in columns], sql.table("t"))


def test_a_column_has_the_kind_of_its_values_and_the_row_number_is_no_column(engine: Engine, tmp_path: Path) -> None:
    load(engine, TABLE, tmp_path / "t.parquet")
    assert engine.schema("t") == [(kind.value, kind) for kind in Kind if kind is not Kind.FINITE]  # of texts alone


def test_rows_are_numbered_in_the_order_of_the_source(engine: Engine, tmp_path: Path) -> None:
    values = np.random.default_rng(0).permutation(300_000)
    load(engine, pa.table({"x": values}), tmp_path / "t.parquet")
    if engine.caps.rows:
        got = engine.fetch(everything("x", ROW))
        assert np.array_equal(got["x"][np.argsort(got[ROW])], values)
        assert got[ROW].min() == 1


def test_what_is_missing_is_nan_in_numbers_and_none_in_texts(engine: Engine, tmp_path: Path) -> None:
    load(engine, TABLE, tmp_path / "t.parquet")
    got = engine.fetch(everything("whole", "text"))
    assert np.isnan(got["whole"][1])
    assert got["text"].tolist() == ["b", None]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (Kind.WHOLE, ["3", None]),
        (Kind.WIDE, [str(2**60), "1"]),
        (Kind.FRACTION, ["3", "0.5"]),
        (Kind.DECIMAL, ["3", "0.50"]),
        (Kind.TEXT, ["b", None]),
        (Kind.FLAG, ["true", "false"]),
    ],
)
def test_a_value_is_the_same_text_everywhere(
    kind: Kind, wanted: list[str | None], engine: Engine, tmp_path: Path
) -> None:
    load(engine, TABLE, tmp_path / "t.parquet")
    text = sql.named(as_text(sql.column(kind.value), kind), "text")
    assert engine.fetch(sql.select([text], sql.table("t")))["text"].tolist() == wanted


def test_a_result_is_delivered_as_parquet_and_as_csv_in_the_order_of_the_source(engine: Engine, tmp_path: Path) -> None:
    values = np.random.default_rng(1).permutation(1_000)
    load(engine, pa.table({"x": values}), tmp_path / "t.parquet")
    engine.deliver(everything("x"), Target(tmp_path / "a"))
    engine.deliver(everything("x"), Target(tmp_path / "b", "csv"))
    assert pd.read_parquet(tmp_path / "a")["x"].tolist() == pd.read_csv(tmp_path / "b")["x"].tolist() == values.tolist()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with pytest.raises(errors.AccessError):
        engine.deliver(everything("x"), Target(tmp_path / "nowhere" / "c"))


def test_what_is_kept_stays_when_its_source_is_gone(engine: Engine, tmp_path: Path) -> None:
    load(engine, TABLE, tmp_path / "t.parquet")
    engine.keep("now", everything("text"))
    (tmp_path / "t.parquet").unlink()
    assert engine.fetch(sql.select([sql.column("text")], sql.table("now")))["text"].tolist() == ["b", None]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"])
def test_a_result_has_the_kind_of_the_frame_that_came_in(kind: Callable[[Any], Any], engine: Engine) -> None:
    source = kind({"x": [1, 2]})
    engine.read(Source.of(source), "t", Reading(), lambda name: False)
    found = as_kind_of(Source.of(source), engine, everything("x"))
    assert type(found) is type(source)
    assert as_kind_of(None, engine, everything("x")).fetchall() == [(1,), (2,)]


# ── rows without an order ─────────────────────────────────────────────────────────────────────────────────────────


class Unordered(DuckDB):
    """An engine whose rows have no order, as those of a warehouse."""

    caps = Caps(rows=False, wide=True, files=True, keeps=False)

    def read(self, source: Source, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        found = super().read(source, f"{name}_numbered", reading, verbatim)
        columns = [sql.column(column) for column, _ in self.schema(f"{name}_numbered")]
        self.define(name, sql.select(columns, sql.table(f"{name}_numbered")))
        return found


def test_rows_without_an_order_need_an_id() -> None:
    frame = pd.DataFrame({"shop": np.arange(40) % 4, "income": np.arange(40.0), "key": np.arange(40)})
    with pytest.raises(errors.InputError, match="no order"):
        read(frame.drop(columns="key"), Unordered(), Options(), Reading())
    assert read(frame, Unordered(), Options(), Reading()).id == "key"
    with pytest.raises(errors.InputError, match="'shop'"):
        read(frame, Unordered(), Options(id="shop"), Reading())


def test_a_segmentation_needs_no_order_of_rows() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"id": np.arange(200), "x": random.normal(size=200), "y": random.normal(size=200)})
    runs = [coterie.segment(frame, k=3, effort="quick", engine=engine) for engine in (connect(), Unordered())]
    assert runs[0].record == runs[1].record
    table = read(frame, Unordered(), Options(), Reading())
    assert spread_rows(table, 2).rows == 200


def test_a_column_without_a_mask_stays_what_it_is() -> None:
    column = np.array([1, 2])
    assert unmask(column) is column
    texts = unmask(np.ma.MaskedArray(np.array(["a", "b"], dtype=object), mask=[True, False]))
    assert texts.tolist() == [None, "b"]


# ── other arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────


class Nudged(DuckDB):
    """An engine whose sums differ in their last digit, as those of one that adds in another order."""

    def fetch(self, query: sql.Node) -> Columns:
        got = super().fetch(query)
        if "w" in got:  # the profile
            sums = [name for name in got if name == "w" or (name.startswith(("fs", "s")) and name != "segment")]
            got.update({name: np.nextafter(got[name].astype(np.float64), np.inf) for name in sums})
        return got


def test_the_last_digit_of_an_engines_sums_is_not_published() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"id": np.arange(300), "x": random.lognormal(size=300), "y": random.normal(size=300)})
    runs = [coterie.segment(frame, k=3, effort="quick", engine=engine) for engine in (connect(), Nudged())]
    assert runs[0].record == runs[1].record


@pytest.mark.parametrize(
    "wrong",
    [
        {"threads": 0}, {"threads": -1}, {"threads": 100_000}, {"threads": True}, {"memory": "-1"}, {"memory": "0GB"},
        {"memory": "4"}, {"memory": ""}, {"memory": "much"}, {"memory": "-1GB"}, {"memory": "9999999999GB"},
    ],
)  # fmt: skip
def test_limits_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.InputError, match=f"`{next(iter(wrong))}` cannot be"):
        connect(**wrong)


@pytest.mark.parametrize("memory", ["800MB", "1.5 GB", "0.5gib", "4TB"])
def test_a_size_is_a_limit(memory: str) -> None:
    connect(memory=memory).close()
