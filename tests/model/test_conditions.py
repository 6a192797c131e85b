"""What may explain a border: stand-ins, missing values and yes/no answers, no sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coterie.model import Feature
from coterie.model.conditions import list_conditions

N = 200
HALF = np.arange(N) % 2 == 1
R = np.random.default_rng(0)


def conditions(values: Any, kind: Any = "number") -> list[tuple[float | None, str | None]]:
    made = list_conditions([Feature("x", kind)], {"x": np.asarray(values)})
    return [(c.value, c.level) for c in made]


def texts(values: Any) -> Any:
    return np.array(values, dtype=object)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (np.where(HALF, -1.0, R.integers(1, 300, N)), [(-1.0, None)]),
        (np.where(HALF, 0.0, R.normal(90, 20, N)), [(0.0, None)]),
        (np.where(HALF, 9_999.0, R.normal(90, 20, N)), [(9_999.0, None)]),
        (np.where(HALF, 99.0, R.integers(1, 6, N)), [(99.0, None)]),
        (np.where(HALF, 1.0, 0.0), [(1.0, None)]),
        (np.where(HALF, np.nan, R.normal(90, 20, N)), [(None, None)]),
        (R.integers(1, 6, N).astype(float), []),
        (R.normal(90, 20, N), []),
    ],
    ids=["minus one", "zero", "nines", "code among answers", "yes/no", "missing", "answers", "sizes"],
)
def test_numbers(values: Any, found: list[tuple[float | None, str | None]]) -> None:
    assert conditions(values) == found


def test_texts() -> None:
    assert conditions(texts(np.where(HALF, "yes", "no")), "flag") == [(None, "yes")]
    three = np.where(HALF, "unknown", np.where(R.random(N) < 0.5, "success", "failure"))
    assert conditions(texts(three), "category") == [(None, "unknown")]
    assert conditions(texts(np.where(HALF, None, "yes")), "flag") == [(None, None)]


def test_what_holds_of_hardly_anybody_explains_nothing() -> None:
    assert conditions(np.where(np.arange(N) == 3, 1.0, 0.0)) == []
