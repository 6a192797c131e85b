"""Numbers that stand for "don't know" or "never" are told from numbers that are only large, small or many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coterie.table.stand_ins import count_scales, stand_ins_of
from table.customers import found, plain

R = np.random.default_rng(0)
ITEMS = [R.integers(1, 6, 260).astype(float) for _ in range(5)]
SCALES = count_scales(ITEMS)
SPEND, DAYS = R.gamma(5, 30, 300), R.integers(0, 60, 300).astype(float)


def beside(x: np.ndarray, *values: float) -> np.ndarray:
    x = x.copy()
    for value in values:
        x[R.random(len(x)) < 0.06] = value
    return x


@pytest.mark.parametrize(
    ("x", "stand_ins"),
    [
        (beside(ITEMS[0], 98, 99), [98, 99]),
        (beside(ITEMS[0], 9), [9]),
        (beside(ITEMS[0], 0), [0]),
        (beside(ITEMS[0], -9, 99), [-9, 99]),
        (beside(SPEND, 9_999_999), [9_999_999]),
        (beside(DAYS, 999), [999]),
        (beside(DAYS, -1), [-1]),
        (beside(DAYS, 888), [888]),
    ],
)
def test_what_is_apart_and_repeated_stands_for_something(x: np.ndarray, stand_ins: list[float]) -> None:
    assert stand_ins_of(x, SCALES) == stand_ins


@pytest.mark.parametrize(
    "x",
    [
        ITEMS[0],
        R.poisson(2, 300),
        R.poisson(5, 300),
        R.integers(18, 99, 300),
        R.integers(0, 11, 300),
        R.integers(0, 6, 300),
        R.geometric(0.2, 500),
        R.normal(0, 50, 300).round(),
        SPEND.round(),
        np.append(SPEND, 99_999),
    ],
)
def test_what_is_only_large_or_small_does_not(x: np.ndarray) -> None:
    assert stand_ins_of(x.astype(float), SCALES) == []


def test_the_finding_says_how_to_take_them_as_missing() -> None:
    frame = pd.DataFrame({**plain(260), "item": beside(ITEMS[0], 98, 99)})
    told = found(frame)["COT122"][0].done
    option = told.partition("--missing '")[2].removesuffix("'")
    assert option == "item=98,99"
    assert "COT122" not in found(frame, missing=(option,))
