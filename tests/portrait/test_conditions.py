"""Conditions read like sentences, their numbers are round, and a missing value meets none of them."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.model import Feature
from coterie.portrait.conditions import AT_LEAST, BELOW, IS, Axis, Condition, cut_columns, phrase, roundest
from coterie.table import ColumnRecord


def test_a_missing_value_meets_no_condition() -> None:
    axis = Axis("x", "x", "number", True, (1.0,), np.array([-1, 0, 1]))
    assert axis.holds(AT_LEAST, 0).tolist() == [False, False, True]
    assert axis.holds("below", 0).tolist() == [False, True, False]
    levels = Axis("region", "region", "category", False, ("north",), np.array([-1, 0, 1]))
    assert levels.holds("is not", 0).tolist() == [False, False, True]


def test_numbers_in_conditions_are_round_and_lie_where_they_must() -> None:
    r = np.random.default_rng(0)
    for low, width in zip(r.normal(0, 1e4, 300), np.abs(r.normal(0, 1e3, 300)), strict=True):
        found = roundest(float(low), float(low + width))
        assert low < found <= low + width
    assert roundest(70_312.0, 72_960.0) == 72_000.0
    assert roundest(49.0, 50.0, whole=True) == 50.0
    assert roundest(-3.0, 5.0) == 0.0
    tight = float(np.nextafter(1.0, 2.0))
    assert roundest(1.0, tight) == tight


def column(name: str, kind: str) -> ColumnRecord:
    return ColumnRecord(name, name, kind, "feature", None, 0, 9, *(None,) * 8)


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ((Condition("income", AT_LEAST, 71_000.0),), "income ≥ 71,000"),
        ((Condition("income", AT_LEAST, 100.0), Condition("income", BELOW, 200.5)), "100 ≤ income < 200.5"),
        ((Condition("income", BELOW, 5.0), Condition("city", IS, "Oslo")), "income < 5 and city is Oslo"),
        ((Condition("since", AT_LEAST, 19_000.0),), "since ≥ 2022-01-08"),
        ((Condition("city", IS, " "),), "city is (blank)"),
    ],
)
def test_conditions_read_as_a_phrase(conditions: tuple[Condition, ...], said: str) -> None:
    kinds = {"income": "number", "city": "category", "since": "date"}
    axes = [Axis(name, name, kind, kind != "category", (), np.array([0])) for name, kind in kinds.items()]
    assert phrase(conditions, axes) == said


def test_a_number_is_cut_between_its_values_and_a_category_at_its_levels() -> None:
    values = {"n": np.array([1.0, 2.0, 9.0, np.nan]), "c": np.array(["b", "a", "rare", None], dtype=object)}
    features = [Feature("n", "number"), Feature("c", "category", levels=("a", "b"), other=("rare",))]
    category, number = cut_columns(features, [column("n", "number"), column("c", "category")], values, slice(0, 4))
    assert (number.values, number.cell.tolist()) == ((2.0, 5.0), [0, 1, 2, -1])
    assert (category.values, category.cell.tolist()) == (("a", "b"), [1, 0, 2, -1])


def test_a_column_of_one_value_cannot_be_cut() -> None:
    assert cut_columns([Feature("n", "number")], [column("n", "number")], {"n": np.ones(5)}, slice(0, 5)) == ()


def test_an_ordered_answer_is_cut_between_answers() -> None:
    feature = Feature("q", "ordinal", levels=("low", "medium", "high"))
    values = {"q": np.array(["high", "low", "never met", None], dtype=object)}
    (axis,) = cut_columns([feature], [column("q", "category")], values, slice(0, 4))
    assert axis.ordered
    assert (axis.values, axis.cell.tolist()) == (("medium", "high"), [2, 0, -1, -1])
