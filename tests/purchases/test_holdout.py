"""The honest comparison: who foretells later purchases is found out, and said, even where it is RFM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coterie.purchases import holdout

N = 3_000
DAYS = holdout.Days("2026-01-01", "2026-03-31", 90)


@pytest.fixture(scope="module")
def measures() -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    frequency = random.geometric(0.2, N).astype(float)
    return {
        "recency": random.integers(1, 400, N).astype(float),
        "frequency": frequency,
        "monetary": frequency * random.lognormal(3, 1, N).round(2),
    }


def bought(chance: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Later spend and orders of customers who come back with these chances."""
    random = np.random.default_rng(seed)
    orders = (random.random(N) < chance).astype(float)
    return orders * random.lognormal(3, 0.3, N), orders


@given(st.integers(1, 12), st.integers(0, 5))
def test_the_grid_has_as_many_cells_as_there_are_segments(cells: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    values = {m: random.permutation(500).astype(float) for m in ("recency", "frequency", "monetary")}
    found = np.bincount(holdout.grid(values, cells), minlength=cells)
    assert len(found) == cells
    assert found.min() > 0


@given(st.lists(st.integers(0, 6), min_size=2, max_size=60), st.integers(1, 7))
def test_equal_values_share_a_band_and_bands_follow_the_values(values: list[int], parts: int) -> None:
    x = np.array(values, dtype=float)
    found = holdout.bands(x, parts)
    assert found.max() < parts
    assert np.all(np.diff(found[np.argsort(x, kind="stable")]) >= 0)
    assert all(len(set(found[x == v])) == 1 for v in x)


def test_a_cell_is_foretold_from_other_customers_only() -> None:
    y = np.arange(40.0)
    alone = np.arange(40)  # every customer a cell of its own: nobody else to learn from
    assert holdout.foretold(y, alone).mean() > y.var()
    pairs = np.repeat(np.arange(4), 10)
    error = holdout.foretold(y, pairs)
    assert error[0] == pytest.approx((0 - np.arange(1, 10).mean()) ** 2)


def test_segments_win_where_they_know_more(measures: dict[str, np.ndarray]) -> None:
    label = np.random.default_rng(1).integers(0, 5, N)
    found = holdout.compare(label, measures, *bought(label / 5), DAYS, seed=0)
    assert found.winner == "segments"
    assert "The segments tell more than RFM." in found.text
    assert found.against["rfm"]["repeat"].low > 0.1
    assert [m.cells for m in found.methods] == [5, 5, 5]


def test_where_rfm_wins_the_advice_is_to_use_rfm(measures: dict[str, np.ndarray]) -> None:
    label = np.random.default_rng(1).integers(0, 6, N)
    chance = np.where(measures["recency"] < 120, 0.2 + 0.7 * (measures["frequency"] > 4), 0.1)
    found = holdout.compare(label, measures, *bought(chance), DAYS, seed=0)
    assert found.winner == "rfm"
    assert "use RFM" in found.text
    assert found.against["rfm"]["spend"].high < 0


def test_where_recency_alone_knows_it_all_that_is_said(measures: dict[str, np.ndarray]) -> None:
    label = (measures["frequency"] > 3).astype(np.int64) + 2 * (measures["recency"] > 200)
    found = holdout.compare(label, measures, *bought(np.exp(-measures["recency"] / 90)), DAYS, seed=0)
    assert "Recency alone tells" in found.text


def test_where_nothing_foretells_nothing_is_claimed(measures: dict[str, np.ndarray]) -> None:
    label = np.random.default_rng(1).integers(0, 4, N)
    found = holdout.compare(label, measures, *bought(np.full(N, 0.5)), DAYS, seed=0)
    assert found.winner == "neither"
    assert found.text.endswith("Nothing here foretells what these customers buy later.")
    assert all(abs(m.spend.share) < 0.02 for m in found.methods)


def test_the_same_seed_gives_the_same_bounds_and_they_hold_the_share(measures: dict[str, np.ndarray]) -> None:
    label = np.random.default_rng(1).integers(0, 5, N)
    first, second = (holdout.compare(label, measures, *bought(label / 5), DAYS, seed=3) for _ in range(2))
    assert first == second
    assert first != holdout.compare(label, measures, *bought(label / 5), DAYS, seed=4)
    for method in first.methods:
        for share in (method.spend, method.repeat):
            assert share.low <= share.share <= share.high


def test_nobody_buys_again_is_not_a_division_by_zero(measures: dict[str, np.ndarray]) -> None:
    label = np.random.default_rng(1).integers(0, 3, N)
    found = holdout.compare(label, measures, np.zeros(N), np.zeros(N), DAYS, seed=0)
    assert found.winner == "neither"
    assert found.repeated == 0
