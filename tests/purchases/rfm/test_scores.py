"""Scores: cuts at quantiles, five is best, equal customers get equal scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coterie.purchases import rfm
from coterie.purchases.rfm.scores import quantiles, scores
from purchases.shop import customers, scored


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(2, 10))
def test_cuts_are_quantiles_of_type_seven(values: list[float], bins: int) -> None:
    found = quantiles(np.array(values), bins)
    wanted = np.quantile(values, [i / bins for i in range(1, bins)])
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


def test_a_quantile_that_is_one_of_the_values_is_exactly_that_value() -> None:
    for n in range(1, 400):
        values = np.arange(n) * 0.1
        for i, cut in enumerate(quantiles(values, 5), start=1):
            if i * (n - 1) % 5 == 0:
                assert cut == values[i * (n - 1) // 5]


@pytest.mark.parametrize("cuts", ["closed", "plus-one"])
def test_sql_and_arrays_give_the_same_scores(cuts: str) -> None:
    frame = customers()
    scale, _, found = scored(frame, rfm.read_rules(cuts=cuts))
    for measure, name in scale.columns.items():
        wanted = scores(scale, measure, frame[name].to_numpy(float))
        assert found[f"rfm_{measure}"].tolist() == wanted.tolist()


def test_five_is_best_and_a_tie_falls_below_its_cut() -> None:
    frame = pd.DataFrame({"customer_id": [*"abcdef"], **dict.fromkeys(["Recency", "Frequency", "Monetary"], range(6))})
    _, _, found = scored(frame)  # cuts 1, 2, 3, 4
    assert found.rfm_recency.tolist() == [5, 5, 4, 3, 2, 1]
    assert found.rfm_frequency.tolist() == found.rfm_monetary.tolist() == [1, 1, 2, 3, 4, 5]
    _, _, found = scored(frame, rfm.read_rules(cuts="plus-one"))  # cuts 2, 3, 4, 5, the bin above begins at them
    assert found.rfm_monetary.tolist() == [1, 1, 2, 3, 4, 5]
    whole = frame.assign(Monetary=[0.0, 1.5, 2.5, 3.5, 4.5, 5.5])
    closed, plus = (
        scored(whole, rfm.read_rules(cuts=cuts))[2].rfm_monetary.tolist() for cuts in ("closed", "plus-one")
    )
    assert closed == [1, 1, 2, 3, 4, 5]
    assert plus == [1, 1, 2, 3, 4, 5]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(0, 20)), min_size=2, max_size=40))
def test_equal_customers_always_get_equal_scores_and_better_ones_no_worse(rows: list[tuple[int, int, int]]) -> None:
    values = np.array(rows, dtype=float)
    named = dict(zip(rfm.MEASURES, "rfm", strict=True))
    scale = rfm.scale(named, dict(zip("rfm", values.T, strict=True)), rfm.read_rules())
    assert scale is not None
    for measure, column in zip(rfm.MEASURES, values.T, strict=True):
        found = scores(scale, measure, column)
        order = np.argsort(-column if measure == "recency" else column, kind="stable")
        assert np.all(np.diff(found[order]) >= 0)
        assert all(len(set(found[column == value])) == 1 for value in column)
