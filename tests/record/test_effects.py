"""Lifts: their intervals hold what they promise, and are those of the literature where it has figures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from coterie.record import lift_words
from coterie.record.effects import Side, adjust, compare_sides, find_detectable, pool
from coterie.record.lift_words import Digits


def side(x: NDArray[np.float64]) -> Side:
    away = x - x.mean()
    n, listed = len(x), int((x != 0).sum())
    return Side(n, listed, listed, x.mean(), float(away @ away / (n - 1)), float((away**3).mean()), float(x.min()))


def rate(x: int, n: int) -> Side:
    return Side(n, n, x, x / n)


@pytest.mark.parametrize(
    ("members", "held", "low", "high"),
    [((56, 70), (48, 80), 0.0528, 0.3382), ((9, 10), (3, 10), 0.1700, 0.8406)],
)
def test_intervals_of_rates_are_those_that_newcombe_printed(
    members: tuple[int, int], held: tuple[int, int], low: float, high: float
) -> None:
    """Statistics in Medicine 17 (1998), table II, method 6."""
    found = compare_sides(rate(*members), rate(*held), "rate")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_an_interval_leaves_0_out_exactly_where_its_p_value_is_below_5_percent() -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        n1, n0 = (int(v) for v in rng.integers(10, 400, 2))
        p = rng.random() * 0.4
        x1, x0 = int(rng.binomial(n1, p)), int(rng.binomial(n0, p / 2))
        amounts = [side(np.round(rng.exponential(2, n) * (rng.random(n) < 0.6), 2)) for n in (n1, n0)]
        for found in (compare_sides(rate(x1, n1), rate(x0, n0), "rate"), compare_sides(*amounts, "amount")):
            if found is not None:
                assert found.low <= found.lift <= found.high
                if abs(found.p - 0.05) > 1e-6:
                    assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """A narrow look at what benchmarks/lift.py measures on more campaigns."""
    rng = np.random.default_rng(1)
    held_true = {"rate": 0, "amount": 0}
    for _ in range(400):
        n1, n0, p = 900, 100, 0.08
        found = compare_sides(rate(int(rng.binomial(n1, 1.4 * p)), n1), rate(int(rng.binomial(n0, p)), n0), "rate")
        assert found is not None
        held_true["rate"] += found.low <= 0.4 * p <= found.high
        spent = [side(rng.lognormal(0, 1, n) * (rng.random(n) < q)) for n, q in ((n1, 1.4 * p), (n0, p))]
        amount = compare_sides(*spent, "amount")
        assert amount is not None
        held_true["amount"] += amount.low <= 0.4 * p * np.exp(0.5) <= amount.high
    assert all(0.92 <= n / 400 <= 0.985 for n in held_true.values()), held_true


def test_moments_of_several_sides_are_those_of_all_their_customers() -> None:
    rng = np.random.default_rng(2)
    parts = [np.round(rng.exponential(3, n), 3) for n in (2, 7, 30)]
    one, whole = pool([side(x) for x in parts]), side(np.concatenate(parts))
    assert (one.n, one.positive, one.least) == (whole.n, whole.positive, whole.least)
    assert (one.mean, one.variance, one.third) == pytest.approx((whole.mean, whole.variance, whole.third))
    assert pool([]) == Side(0, 0, 0, 0.0)


def test_a_detectable_lift_is_detected_four_times_in_five() -> None:
    rng = np.random.default_rng(3)
    lift = find_detectable(2_000, 400, 0.1)
    assert lift is not None
    seen = 0
    for _ in range(300):
        found = compare_sides(
            rate(int(rng.binomial(2_000, 0.1 + lift)), 2_000), rate(int(rng.binomial(400, 0.1)), 400), "rate"
        )
        assert found is not None
        seen += found.p < 0.05
    assert 0.72 <= seen / 300 <= 0.88


def test_too_few_customers_are_said_and_nothing_else() -> None:
    assert compare_sides(rate(5, 900), rate(1, 9), "rate") is None
    few = Side(100, 3, 3, 0.1, 1.0, 1.0)
    assert compare_sides(few, few, "amount") is None
    told = lift_words.describe_lift((1, "A", "All"), (rate(5, 900), rate(1, 9)), None, None, Digits("rate", 1, 1))
    assert "Not enough customers" in told.text
    assert (told.lift, told.low, told.extra, told.clear) == (None, None, None, False)


def test_holm_never_makes_a_p_value_smaller_nor_changes_their_order() -> None:
    p = np.random.default_rng(4).random(12).tolist()
    found = [v for v in adjust(p) if v is not None]
    assert all(a >= b for a, b in zip(found, p, strict=True))
    assert np.argsort(p, kind="stable").tolist() == np.lexsort((p, found)).tolist()
    assert max(found) <= 1.0


def test_amounts_below_zero_are_compared_too() -> None:
    rng = np.random.default_rng(5)
    found = compare_sides(side(rng.normal(1, 5, 900)), side(rng.normal(0, 5, 100)), "amount")
    assert found is not None
    assert found.low < 1 < found.high
