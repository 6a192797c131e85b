"""The profile is exact: counts, means and shares of all customers, effects that say how far a segment lies apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coterie.portrait import ALL
from coterie.portrait.naming import CLEAR, VERY
from coterie.portrait.profile import as_effect, robust_effect, with_names
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    r = np.random.default_rng(0)
    made = pd.DataFrame(
        {"id": [f"c{i}" for i in range(600)], "spend": np.repeat([10.0, 80.0, 200.0], 200) + r.normal(0, 3, 600)}
    )
    made["visits"] = np.repeat([3.0, 30.0, 9.0], 200) + r.normal(0, 1, 600)
    made["city"] = r.choice(["Oslo", "Rome"], 600)
    made.loc[::7, "visits"] = np.nan
    made.loc[::11, "city"] = None
    return made


@pytest.fixture(scope="module")
def run(frame: pd.DataFrame) -> Segmentation:
    return segment(frame, id="id", k=3, max_k=4, effort="quick", features=["spend", "visits"], describe=["city"])


def test_counts_means_and_shares_are_those_of_a_group_by(run: Segmentation, frame: pd.DataFrame) -> None:
    label = run.assignments().set_index("id")["segment"].reindex(frame["id"]).to_numpy()
    for row in run.record.profile:
        mine = frame if row.segment == ALL else frame[label == row.segment]
        x = mine[row.column].dropna()
        assert row.missing == len(mine) - len(x)
        if row.level is None:
            assert (row.n, row.mean) == (len(x), pytest.approx(x.mean(), rel=1e-11))
            assert (row.median, row.p90) == (pytest.approx(x.median()), pytest.approx(x.quantile(0.9)))
        else:
            assert (row.n, row.share) == ((x == row.level).sum(), pytest.approx((x == row.level).mean()))
            everybody = (frame[row.column].dropna() == row.level).mean()
            assert row.effect == (None if row.segment == ALL else pytest.approx(row.share - everybody))


@pytest.mark.parametrize("huge", [1e15, 1e20, 3.4e38])
def test_means_beside_one_huge_value_are_exact(frame: pd.DataFrame, huge: float) -> None:
    prices = frame.assign(price=np.round(np.random.default_rng(1).uniform(1, 99, 600), 2))
    prices.loc[7, "price"] = huge
    run = segment(prices, id="id", k=3, max_k=4, effort="quick", features=["spend", "visits"], describe=["price"])
    label = run.assignments().set_index("id")["segment"].reindex(prices["id"]).to_numpy()
    told = [(f.column, f.count) for f in run.record.findings if f.code == "COT128"]
    assert told == ([("price", 1)] if huge > 1e30 else [])
    for row in (r for r in run.record.profile if r.column == "price" and r.segment != ALL):
        mine = prices[label == row.segment]["price"]
        assert row.n == len(mine)
        added = mine[mine < 1e30] if told else mine
        assert row.mean == pytest.approx(added.mean(), rel=1e-11)


def test_every_row_bears_its_segments_name(run: Segmentation) -> None:
    rows = with_names(run.record.profile, {1: "Small", 2: "Large", 3: "Odd"})
    assert {(row.segment, row.name) for row in rows} == {
        (ALL, "All customers"), (1, "Small"), (2, "Large"), (3, "Odd"),
    }  # fmt: skip


def test_an_effect_does_not_depend_on_units_and_a_superiority_not_even_on_the_scale() -> None:
    r = np.random.default_rng(1)
    t, inside = r.normal(size=300), np.arange(300) < 90
    t[inside] += 2
    effect, superiority = robust_effect(t, inside)
    assert robust_effect(1_000 * t + 5, inside) == pytest.approx((effect, superiority))
    assert robust_effect(np.exp(t), inside)[1] == superiority
    pairs = t[inside][:, None] - t[~inside][None, :]
    assert superiority == pytest.approx((pairs > 0).mean() + (pairs == 0).mean() / 2)
    other = robust_effect(t, ~inside)
    assert other == pytest.approx((-effect, 1 - superiority))


def test_words_of_a_superiority_alone_are_those_of_two_normal_clouds() -> None:
    assert as_effect(0.5) == 0
    assert as_effect(VERY[1]) == pytest.approx(VERY[0], abs=0.05)
    assert as_effect(CLEAR[1]) == pytest.approx(CLEAR[0], abs=0.05)
    assert as_effect(0.0) == -as_effect(1.0)
