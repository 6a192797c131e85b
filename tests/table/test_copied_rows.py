"""Rows that tell a customer twice are found; customers who happen to be alike are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.segmentation import checking
from coterie.table import draw, read
from coterie.table.copied_rows import choose_least, count_copies

Values = dict[str, NDArray[Any]]


def customers(n: int = 300, seed: int = 0) -> Values:
    r = np.random.default_rng(seed)
    spend = np.where(r.random(n) < 0.3, 0.0, np.round(np.exp(r.normal(4, 1, n)), 2))
    city = r.choice(np.array(["Oslo", "Bergen", None], dtype=object), n)
    return {"spend": spend, "age": np.round(r.normal(45, 12, n)), "city": city}


def take(values: Values, rows: Any) -> Values:
    return {name: x[rows] for name, x in values.items()}


def stay(values: Values, rows: Any) -> NDArray[np.bool_]:
    """Return which rows of a table that holds some again are kept, where ids count on."""
    found = count_copies(take(values, rows))
    assert found is not None
    return choose_least(*found, list(range(len(rows))))


@pytest.mark.parametrize("times", [2, 3, 10])
def test_of_rows_that_all_come_again_the_first_ones_stay(times: int) -> None:
    assert np.flatnonzero(stay(customers(), np.tile(np.arange(300), times))).tolist() == list(range(300))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_of_rows_of_which_some_come_again_the_first_ones_stay(share: float) -> None:
    values = customers()
    values["income"] = np.random.default_rng(1).normal(50, 9, 300)
    some = np.arange(int(300 * share))
    assert np.flatnonzero(stay(values, np.r_[np.arange(300), some])).tolist() == list(range(300))


def test_customers_who_are_alike_among_copies_stay_as_many_as_they_are() -> None:
    values = {"spend": np.r_[np.zeros(60), np.linspace(1, 99, 240)], "age": np.r_[np.full(60, 40.0), np.arange(240.0)]}
    assert stay(values, np.tile(np.arange(300), 2)).sum() == 300


def heap(n: int) -> Values:
    """Sixty customers who never bought, of two cities, beside others."""
    values = customers(n)
    values["age"] = np.random.default_rng(2).normal(45, 12, n)
    for name in ("spend", "age"):
        values[name][:60] = 0.0
    return values


def answers(n: int) -> Values:
    r = np.random.default_rng(3)
    return {f"q{i}": r.integers(1, 6, n).astype(float) for i in range(3)}


def whole_money(n: int) -> Values:
    r = np.random.default_rng(4)
    return {"spend": np.round(r.gamma(2, 60, n)), "visits": r.poisson(3, n).astype(float)}


def one_column(n: int) -> Values:
    return {"spend": np.round(np.random.default_rng(5).gamma(2, 40, n))}


def cities(n: int) -> Values:
    return {"city": np.random.default_rng(6).choice(np.array(list("abcdefghijklmnop"), dtype=object), n)}


def constant(n: int) -> Values:
    return {"shop": np.full(n, 7.5), "city": np.array([f"city {i % 150}" for i in range(n)], dtype=object)}


@pytest.mark.parametrize("make", [customers, heap, answers, whole_money, one_column, cities, constant])
@pytest.mark.parametrize("n", [200, 2_000])
def test_customers_who_happen_to_be_alike_are_no_copies(make: Any, n: int) -> None:
    assert count_copies(make(n)) is None


def test_numbers_at_the_end_of_the_scale_are_compared_like_others() -> None:
    values = {"a": np.r_[1e308, -1e308, np.arange(58.0)], "b": np.r_[1.7e308, 1.7e308, np.arange(58.0)]}
    with np.errstate(all="raise"):
        assert count_copies(values) is None
        assert count_copies({name: np.r_[x, x] for name, x in values.items()}) is not None


def test_a_few_rows_that_come_again_are_left_as_they_are() -> None:
    assert count_copies(take(customers(), np.r_[np.arange(300), :3])) is None


def test_missing_values_and_both_zeros_are_equal() -> None:
    a, b = np.where(np.arange(60) % 4, np.arange(60.0), np.nan), np.arange(60.0)
    values, turned = {"a": a, "b": b}, {"a": np.where(np.isnan(a), -np.nan, a), "b": np.where(b == 0, -0.0, b)}
    assert count_copies({name: np.r_[values[name], turned[name]] for name in values}) is not None


def test_the_sample_holds_each_customer_once_and_says_what_was_left_out() -> None:
    frame = pd.DataFrame(customers())
    twice = pd.concat([frame, frame], ignore_index=True).assign(id=[f"c{i}" for i in range(600)])
    table = read(twice.sample(frac=1, random_state=0), connect(), Options(id="id"), Reading())
    drawn = draw(table, ("spend", "age", "city"), 1_000, seed=0)
    first = draw(read(twice[:300], connect(), Options(id="id"), Reading()), ("spend", "age", "city"), 1_000, seed=0)
    assert (drawn.size, drawn.repeated, drawn.rows, drawn.whole) == (300, 300, 600, True)
    assert np.array_equal(drawn.key, first.key)
    assert draw(table, ("spend", "age", "city"), 1_000, seed=0, once=False).size == 600


def test_copies_are_told() -> None:
    frame = pd.DataFrame(customers())
    twice = pd.concat([frame, frame], ignore_index=True).assign(id=[f"c{i}" for i in range(600)])
    (told,) = [f for f in checking.check(twice).findings if f.code == "COT131"]
    assert told.count >= 300
    assert told.done == "kept; each customer decides once"


def test_rows_are_customers_of_their_own_where_ids_may_repeat() -> None:
    frame = pd.DataFrame(customers())
    twice = pd.concat([frame, frame], ignore_index=True).assign(id=[f"c{i % 300}" for i in range(600)])
    table = read(twice, connect(), Options(id="id", allow_duplicate_ids=True), Reading())
    assert draw(table, ("spend", "age", "city"), 1_000, seed=0, distinct_ids=False).size == 600
