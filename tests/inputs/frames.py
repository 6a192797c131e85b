"""Frames by a seed: columns of many types, and what people's frames hold that no table should."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from inputs.mutation import SECRET

Column = Callable[[random.Random, int], Any]

COLUMNS: dict[str, Column] = {
    "whole": lambda r, n: [r.randint(0, 99) for _ in range(n)],
    "fraction": lambda r, n: [r.random() * 100 for _ in range(n)],
    "gaps": lambda r, n: [None if r.random() < 0.2 else r.random() for _ in range(n)],
    "huge": lambda r, n: [r.choice((1, 2, 10**15, 2**62)) for _ in range(n)],
    "endless": lambda r, n: [r.choice((1.0, float("inf"), float("nan"))) for _ in range(n)],
    "text": lambda r, n: [r.choice((SECRET, "", "a,b", 'say "x"', "two\nlines", "é", None)) for _ in range(n)],
    "level": lambda r, n: pd.Categorical([r.choice("abc") for _ in range(n)]),
    "day": lambda r, n: [datetime.date(2024, r.randint(1, 12), r.randint(1, 28)) for _ in range(n)],
    "moment": lambda r, n: pd.to_datetime([r.randint(0, 2**31) for _ in range(n)], unit="s", utc=True),
    "span": lambda r, n: pd.to_timedelta([r.randint(0, 10**6) for _ in range(n)], unit="s"),
    "flag": lambda r, n: [r.random() < 0.5 for _ in range(n)],
    "maybe": lambda r, n: pd.array([r.choice((True, False, None)) for _ in range(n)], dtype="boolean"),
    "small": lambda r, n: np.array([r.randint(0, 99) for _ in range(n)], dtype=r.choice(("int8", "uint8", "float32"))),
    "list": lambda r, n: [[r.randint(0, 9)] * r.randint(0, 3) for _ in range(n)],
    "mixed": lambda r, n: [r.choice((1, "x", 2.5, None)) for _ in range(n)],
    "exact": lambda r, n: [Decimal(r.randint(0, 10**6)) / 100 for _ in range(n)],
    "bytes": lambda r, n: [bytes([r.randint(0, 255)]) for _ in range(n)],
    "complex": lambda r, n: [complex(r.random(), 1) for _ in range(n)],
    "sparse": lambda r, n: pd.arrays.SparseArray([r.choice((0, 0, 1)) for _ in range(n)]),
    "object": lambda r, n: [object() for _ in range(n)],
    "empty": lambda r, n: [None] * n,
    "names": lambda r, n: [r.choice((2**62, 2**80, 10**30)) + i for i in range(n)],
    "far day": lambda r, n: np.array(
        [r.choice(("1066-10-14", "9999-12-31", "NaT")) for _ in range(n)], r.choice(UNITS)
    ),
    "half": lambda r, n: np.array([r.random() for _ in range(n)], dtype="float16"),
    "month": lambda r, n: pd.period_range("2000-01", periods=n, freq="M"),
    "clock": lambda r, n: [datetime.time(r.randint(0, 23)) for _ in range(n)],
}
UNITS = ("datetime64[s]", "datetime64[ms]", "datetime64[us]")
NAMES = ("", " ", "rowid", "segment", "customer_id", "__c_id", "É", "x" * 300, "a\nb", "Total", "0")


class Own:
    """A class of one's own that gives a stream of Arrow."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.held.__arrow_c_stream__()


def frame_of(seed: int) -> tuple[Any, int, str | None]:
    """Return a frame of some library, how many rows it has, and which column is called its id, if any."""
    r = random.Random(f"frame {seed}")
    rows = r.choice((0, 1, 2, 30, 60, 200))
    wanted = r.sample(sorted(COLUMNS), r.randint(1, 7))
    columns: dict[Any, Any] = {"customer_id": [f"{i:04d}" for i in range(rows)]} if r.random() < 0.7 else {}
    for kind in wanted:
        columns[r.choice(NAMES) if r.random() < 0.2 else kind] = COLUMNS[kind](r, rows)
    if r.random() < 0.05:
        columns[7] = list(range(rows))
    frame = pd.DataFrame(columns, index=range(rows))
    if r.random() < 0.3:
        frame = _with_index(r, frame)
    named = r.choice((None, None, *map(str, frame.columns)))
    return _in_library(r, frame), rows, named


def _with_index(r: random.Random, frame: pd.DataFrame) -> pd.DataFrame:
    rows = len(frame)
    indexes: list[Any] = [
        pd.Index([f"k{i}" for i in range(rows)], name="key"),
        pd.Index(np.arange(rows)[::-1], name=r.choice((None, "customer_id", "text"))),
        pd.MultiIndex.from_arrays([np.arange(rows), np.arange(rows)], names=["a", None]),
        pd.DatetimeIndex(pd.to_datetime(np.arange(rows), unit="D")),
        pd.period_range("2000-01", periods=rows, freq="M", name="when"),
        pd.Index(2**62 + np.arange(rows), name="key"),
        pd.Index([0] * rows),
    ]
    return frame.set_axis(r.choice(indexes), axis=0)


def _in_library(r: random.Random, frame: pd.DataFrame) -> Any:
    """Return the frame as another library has it, where that library takes it."""
    ways: list[Callable[[pd.DataFrame], Any]] = [
        lambda f: f,
        lambda f: pd.concat([f, f.iloc[:, :1]], axis=1),
        pl.from_pandas,
        lambda f: pl.from_pandas(f).lazy(),
        lambda f: pl.from_pandas(f).to_arrow(),
        lambda f: pl.from_pandas(f).to_arrow().to_reader(max_chunksize=7),
        lambda f: Own(pl.from_pandas(f)),
        lambda f: Own(pl.from_pandas(f).to_arrow()),
        lambda f: duckdb.from_df(f).to_arrow_table(),
        duckdb.from_df,
    ]
    try:
        return r.choice(ways)(frame)
    except Exception:  # whatever the library raises: it does not take such columns
        return frame
