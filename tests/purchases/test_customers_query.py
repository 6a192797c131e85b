"""Purchases become customers: against a plain computation, on odd logs, in any order, from any frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import coterie
from coterie.engines import Reading, Target, connect
from coterie.purchases import Purchases, customers_sql, read_log
from purchases.shop import log, plainly, same


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("net", [False, True])
def test_customers_are_what_the_documentation_says(seed: int, net: bool) -> None:
    frame = log(seed)
    same(coterie.customers(frame, as_of="2025-03-01", net=net), plainly(frame, "2025-03-01", net=net))


def test_without_a_column_of_orders_every_row_is_an_order() -> None:
    frame = log()
    found = coterie.customers(frame.drop(columns="order_id"), as_of="2025-12-31")
    same(found, plainly(frame, "2025-12-31", order=False))


def test_a_day_can_be_made_one_order() -> None:
    frame = pd.DataFrame({"customer": ["a"] * 4, "date": ["2026-01-01"] * 3 + ["2026-01-05"], "amount": [1, 2, 3, 4]})
    apart, together = (coterie.customers(frame, same_day=how).iloc[0] for how in ("separate", "together"))
    assert (apart.frequency, apart.order_days, apart.median_gap) == (4, 2, 4)
    assert (together.frequency, together.order_days, together.average_order) == (2, 2, 5)


def test_rows_without_an_orders_number_are_an_order_a_day() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["a"] * 4,
            "order": ["x", "x", None, None],
            "date": ["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-03"],
            "amount": [1.0] * 4,
        }
    )
    assert coterie.customers(frame).frequency.tolist() == [3]


def test_the_order_of_the_rows_and_the_threads_change_nothing(tmp_path: Path) -> None:
    frame = log()
    made = []
    for i, (shuffle, threads) in enumerate([(0, 1), (1, 2), (2, 2)]):
        path, out, engine = tmp_path / f"{i}.parquet", tmp_path / f"{i}-customers.parquet", connect(threads=threads)
        frame.sample(frac=1, random_state=shuffle).to_parquet(path)
        engine.deliver(customers_sql(read_log(path, engine, Purchases(), Reading())), Target(out))
        made.append(out.read_bytes())
    assert made[0] == made[1] == made[2]


def test_equal_purchases_make_equal_customers_to_the_last_bit() -> None:
    cents = [10, 20, 30, 40, 50, 60, 70]
    frame = pd.DataFrame(
        {
            "customer": ["a"] * 7 + ["b"] * 7 + ["c"],
            "date": "2026-01-01",
            "amount": [c / 100 for c in cents] + [c / 100 for c in reversed(cents)] + [2.8],
        }
    )
    assert coterie.customers(frame).monetary.tolist() == [2.8, 2.8, 2.8]


@pytest.mark.parametrize(
    "kind", [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas], ids=["pandas", "polars", "arrow"]
)
def test_the_same_kind_of_frame_comes_back(kind: Any) -> None:
    source = kind(log())
    found = coterie.customers(source)
    assert type(found) is type(source)
    assert len(found) == len(coterie.customers(log()))


def test_returns_may_be_larger_than_purchases_and_totals_may_be_zero() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["more", "more", "all", "all", "gift", "gift", "nothing"],
            "date": "2026-01-01",
            "amount": [10.0, -25.0, 10.0, -10.0, 0.0, -5.0, 0.0],
        }
    )
    gross, net = (coterie.customers(frame, net=net).set_index("customer_id") for net in (False, True))
    assert gross.monetary.to_dict() == {"more": 10, "all": 10, "gift": 0, "nothing": 0}
    assert net.monetary.to_dict() == {"more": -15, "all": 0, "gift": -5, "nothing": 0}
    assert gross.returns_share.to_dict() == {"more": 1, "all": 1, "gift": 1, "nothing": 0}
    assert gross.frequency.tolist() == [1, 1, 1, 1]


def test_one_purchase_is_a_customer_without_gaps() -> None:
    frame = pd.DataFrame({"customer": ["a"], "date": ["2026-01-01"], "amount": [7.5]})
    row = coterie.customers(frame).iloc[0]
    assert (row.recency, row.frequency, row.monetary, row.tenure, row.orders_30) == (1, 1, 7.5, 1, 1)
    assert np.isnan(row.median_gap)
    assert np.isnan(row.average_repeat)


def test_all_on_one_day() -> None:
    frame = pd.DataFrame({"customer": ["a", "a", "b"], "date": "2026-01-01", "amount": [1.0, 2.0, 3.0]})
    found = coterie.customers(frame)
    assert found.recency.tolist() == [1, 1]
    assert found.order_days.tolist() == [1, 1]
    assert found.median_gap.isna().all()


def test_the_favorite_category_is_the_one_with_the_most_money() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["a", "a", "a", "b", "b", "c"],
            "date": "2026-01-01",
            "amount": [5.0, 6.0, 9.0, 2.0, 2.0, 1.0],
            "kind": ["tea", "tea", "cups", "cups", "tea", None],
        }
    )
    found = coterie.customers(frame, category="kind")
    assert found.favorite_category.tolist()[:2] == ["tea", "cups"]  # of two that are equal the first by name
    assert found.favorite_category.isna().tolist() == [False, False, True]
    assert found.favorite_share.round(3).tolist()[:2] == [0.55, 0.5]


def test_blanks_around_are_no_part_of_a_category() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["a", "a", "a", "b"],
            "date": "2026-01-01",
            "amount": [5.0, 6.0, 9.0, 2.0],
            "kind": ["tea", "tea ", "cups", "   "],
        }
    )
    found = coterie.customers(frame, category="kind")
    assert found.favorite_category.tolist()[:1] == ["tea"]
    assert found.favorite_category.isna().tolist() == [False, True]
    assert found.favorite_share.round(3).tolist()[:1] == [0.55]
