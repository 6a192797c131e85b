"""Columns that few customers have change nothing all at once, whatever share of customers has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import coterie
from coterie.table import rare

N = 600
Has = Callable[[NDArray[np.int64]], object]
KINDS: dict[str, Has] = {
    "counts": lambda x: x,
    "flags": lambda x: (x > 0).astype(int),
    "texts": lambda x: np.where(x > 0, "yes", "no"),
    "levels": lambda x: np.where(x > 0, np.char.add("plan ", x.astype(str)), "none"),
    "money": lambda x: np.where(x > 0, 40.0 + 11.5 * x + np.arange(N) % 37, 0.0),
}


def table(share: float, has: Has) -> pd.DataFrame:
    """Three groups that are clearly apart, and two columns that so many of the customers have."""
    r = np.random.default_rng(7)
    kind = np.arange(N) % 3
    frame = pd.DataFrame(
        {
            "customer_id": [f"q{i}" for i in range(N)],
            "age": np.round(np.choose(kind, (28, 47, 63)) + r.normal(0, 4, N)),
            "visits": r.poisson(np.choose(kind, (15, 9, 4))),
            "spend": np.round(np.choose(kind, (120, 95, 50)) + r.normal(0, 9, N), 2),
        }
    )
    for name in ("boat_policies", "bicycle_policies"):
        owners, many = r.permutation(N)[: round(share * N)], r.choice([1, 2, 3], N)
        x = np.zeros(N, dtype=np.int64)
        x[owners] = many[owners]
        frame[name] = has(x)
    return frame


@cache
def segmented(share: float, kind: str) -> tuple[tuple[int, ...], str | None]:
    run = coterie.segment(table(share, KINDS[kind]), effort="quick")
    return tuple(run.assignments()["segment"]), run.verdict.code


def agreement(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Return the adjusted Rand index."""
    met = pd.crosstab(np.array(a), np.array(b)).to_numpy()
    pairs = [float((x * (x - 1) / 2).sum()) for x in (met, met.sum(axis=0), met.sum(axis=1), met.sum())]
    chance = pairs[1] * pairs[2] / pairs[3]
    return (pairs[0] - chance) / ((pairs[1] + pairs[2]) / 2 - chance)


@pytest.mark.parametrize("kind", KINDS)
def test_up_to_two_percent_of_customers_change_no_segment_and_no_verdict(kind: str) -> None:
    alone = segmented(0.0, kind)
    assert alone[1] == "natural"
    for share in (0.002, 0.008, 0.02):
        assert segmented(share, kind) == alone


@pytest.mark.parametrize("kind", ["counts", "texts", "levels"])
@pytest.mark.parametrize("share", [0.02, 0.05, 0.08, 0.098])
def test_from_there_to_ten_percent_nothing_jumps(kind: str, share: float) -> None:
    assert agreement(segmented(share, kind)[0], segmented(share + 0.002, kind)[0]) >= 0.9


def test_a_column_that_nearly_nobody_has_is_described_and_said() -> None:
    run = coterie.segment(table(0.01, KINDS["texts"]), effort="quick", k=3)
    column = run.record.column("boat_policies")
    assert (column.role, column.reason) == ("describe", "all but 1% of the values are the same")
    assert "boat_policies" in {row.column for row in run.record.profile}
    told = {f.column: f.done for f in run.findings if f.code == "COT147"}
    assert set(told) == {"boat_policies", "bicycle_policies"}
    few = coterie.check(table(0.005, KINDS["counts"])).findings
    assert not [f for f in few if f.code == "COT118"]  # three policies of six are no extreme value
    assert "--scale z" in told["boat_policies"]
    assert coterie.segment(table(0.01, KINDS["texts"]), k=3, scale="z").record.column("boat_policies").role == "feature"


def test_what_could_form_no_segment_alone_is_refused_with_the_reason() -> None:
    with pytest.raises(coterie.CoterieError, match=r"boat_policies \(all but 1% of the values are the same\)"):
        coterie.segment(table(0.01, KINDS["flags"]), features=["boat_policies"])


def test_the_weight_rises_without_a_step() -> None:
    shares = np.linspace(0, 0.5, 2_001)
    weights = np.array([rare.weight(share) for share in shares])
    assert (weights[shares <= rare.NOTHING] == 0).all()
    assert (weights[shares >= rare.FULL] == 1).all()
    assert (np.diff(weights) >= 0).all()
    assert np.abs(np.diff(weights, 2)).max() < 1e-4  # no corner either


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ([0.0, 0.0, 0.0, 5.0], 0.25),
        ([0.0, np.nan, 1.0, np.nan], 0.5),
        ([np.nan, np.nan], 0.0),
        ([1.0, 1.0], 0.0),
    ],
)
def test_the_share_is_of_the_values_that_are_there(values: list[float], share: float) -> None:
    assert rare.share_apart(np.array(values)) == share


def test_texts_have_a_share_as_numbers_have() -> None:
    assert rare.share_apart(np.array(["a", "a", "a", "b", None], dtype=object)) == 0.25
