"""A share keeps its scale, whatever it is written in; every other column is judged by its skew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.model.shares import find_shares

FAULTS = Path(__file__).parents[3] / "shared" / "faults"
N = 400


def basket(seed: int = 0) -> dict[str, np.ndarray]:
    r = np.random.default_rng(seed)
    parts = r.dirichlet([0.4, 0.6, 1.0, 2.0], N)
    return {name: parts[:, j] for j, name in enumerate(("dairy", "fruit", "meat", "vegetables"))}


@pytest.mark.parametrize("whole", [1.0, 100.0])
@pytest.mark.parametrize("digits", [2, 4, 9])
def test_columns_that_add_up_to_one_whole_are_shares(whole: float, digits: int) -> None:
    r = np.random.default_rng(1)
    parts = {name: np.round(x * whole, digits - (2 if whole == 100 else 0)) for name, x in basket().items()}
    others = {"chance": r.random(N) * whole, "age": r.uniform(18, 90, N)}
    assert find_shares({**others, **parts}) == set(parts)
    assert find_shares({**parts, "dairy": np.where(np.arange(N) % 50 == 0, 0.9 * whole, parts["dairy"])}) == set(parts)
    assert find_shares({**parts, "dairy": r.permutation(parts["dairy"])}) == set()


@pytest.mark.parametrize("name", ["discount (%)", "share of returns", "returns_share", "pct_online", "Anteil online"])
def test_a_header_may_say_share(name: str) -> None:
    assert find_shares({name: np.random.default_rng(0).exponential(size=N)}) == {name}


@pytest.mark.parametrize("name", ["shareholder", "price", "m2", "score (1-100)"])
def test_other_headers_do_not(name: str) -> None:
    assert find_shares({name: np.random.default_rng(0).random(N)}) == set()


def transforms(frame: pd.DataFrame) -> dict[str, str | None]:
    run = coterie.segment(frame, effort="quick", k=3)
    return {f.column: f.transform for f in run.record.features}


def test_a_skewed_amount_is_put_on_a_ratio_scale_in_any_unit_and_a_share_in_none() -> None:
    spend = np.random.default_rng(2).lognormal(0, 1, N)
    for unit in (1e-6, 1.0, 100.0):
        frame = pd.DataFrame({**basket(), "spend": spend}) * unit if unit != 1e-6 else pd.DataFrame(basket())
        frame["spend"] = spend * unit
        said = transforms(frame.assign(customer_id=[f"c{i}" for i in range(N)]))
        assert said == {**dict.fromkeys(basket()), "spend": "log"}, unit


def test_the_same_shares_rounded_more_coarsely_get_the_same_answer() -> None:
    if not FAULTS.exists():
        pytest.skip(f"{FAULTS} is not there")
    fine, coarse = (coterie.segment(FAULTS / f"x_shares_r{digits}.csv") for digits in (4, 3))
    assert (fine.verdict.code, fine.verdict.k, len(fine.segments)) == (
        coarse.verdict.code, coarse.verdict.k, len(coarse.segments),
    )  # fmt: skip
    assert {f.transform for run in (fine, coarse) for f in run.record.features} == {None}
