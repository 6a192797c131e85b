"""The rows that decide: picked by their ids, the same in any order, one within the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import errors
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import Sample, Table, draw, read


def customers(order: Any = None, n: int = 3_000) -> Table:
    frame = pd.DataFrame(
        {"id": [f"c{i}" for i in range(n)], "x": np.arange(float(n)), "t": ["a", None, "b"] * (n // 3)}
    )
    return read(frame if order is None else frame.iloc[order], connect(), Options(id="id"), Reading())


def same(a: Sample, b: Sample) -> bool:
    return np.array_equal(a.key, b.key) and all(list(a.values[c]) == list(b.values[c]) for c in a.values)


def test_the_order_of_rows_changes_nothing_and_the_seed_does() -> None:
    drawn = draw(customers(), ("x", "t"), 200, seed=1)
    shuffled = draw(customers(np.random.default_rng(0).permutation(3_000)), ("x", "t"), 200, seed=1)
    assert same(drawn, shuffled)
    assert not np.array_equal(drawn.key, draw(customers(), ("x", "t"), 200, seed=2).key)


def test_a_smaller_sample_is_the_beginning_of_a_larger_one() -> None:
    few, many = (draw(customers(), ("x",), size, seed=0) for size in (100, 400))
    assert np.array_equal(many.values["x"][:100], few.values["x"])
    assert np.all(np.diff(many.key.astype(float)) >= 0)


def test_a_small_table_is_taken_whole() -> None:
    drawn = draw(customers(n=300), ("x",), 1_000, seed=0)
    assert drawn.whole
    assert sorted(drawn.values["x"]) == list(range(300))
    assert not draw(customers(), ("x",), 100, seed=0).whole


def test_ids_that_repeat_are_refused_where_they_are_drawn() -> None:
    frame = pd.DataFrame({"id": ["a", "a", "b"], "x": [1.0, 2.0, 3.0]})
    table = read(frame, connect(), Options(id="id", allow_duplicate_ids=True), Reading())
    with pytest.raises(errors.InputError, match="'id'"):
        draw(table, ("x",), 10, seed=0)
    assert draw(table, ("x",), 10, seed=0, distinct_ids=False).size == 3


def test_rows_are_drawn_evenly_where_a_few_ids_repeat() -> None:
    ids = np.repeat(["a", "b", "c"], [4_000, 5_000, 3_000])
    frame = pd.DataFrame({"id": ids, "x": np.arange(12_000.0)})
    table = read(frame, connect(), Options(id="id", allow_duplicate_ids=True), Reading())
    drawn = draw(table, ("x",), 3_000, seed=0, distinct_ids=False)
    assert drawn.size == 3_000
    assert len(np.unique(drawn.values["x"])) == 3_000
    assert abs(drawn.values["x"].mean() - 5_999.5) < 4 * 12_000 / np.sqrt(12 * 3_000)
    few = draw(table, ("x",), 500, seed=0, distinct_ids=False)
    assert np.array_equal(drawn.values["x"][:500], few.values["x"])


def test_that_ids_may_repeat_changes_nothing_where_none_does() -> None:
    frame = pd.DataFrame({"id": [f"c{i}" for i in range(3_000)], "x": np.arange(3_000.0)})
    allowed = read(frame, connect(), Options(id="id", allow_duplicate_ids=True), Reading())
    drawn = draw(allowed, ("x",), 200, seed=0, distinct_ids=False)
    assert np.array_equal(drawn.values["x"], draw(customers(), ("x",), 200, seed=0).values["x"])
