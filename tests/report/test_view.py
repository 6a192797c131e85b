"""Numbers and names as people read them."""

from __future__ import annotations

import json

import pytest

from coterie.portrait.naming import CLEAR, SHARE_DIFFERENCE
from coterie.report.charts import view_of_json as view
from records import simulated_json as simulated


def test_cleaning_a_record_reaches_every_string_and_leaves_the_input_alone() -> None:
    record, _ = simulated(names=["a\x1b[31m\u202eb"] * 5)
    before = json.dumps(record)
    made = view.clean(record)
    assert "\\x1b[31m\\u202eb" in made["segments"][0]["name"]
    assert json.dumps(record) == before
    assert view.clean(made) is made


def test_the_share_of_a_small_cell_is_only_bounded() -> None:
    record, _ = simulated()
    for row in record["profile"]:
        if row["column"] == "member" and row["level"] == "yes" and row["segment"] == 3:
            row["share"], row["n"] = 3 / 35, 3
    member = next(m for m in view.measures(record) if m.column == "member")
    assert member.text(3) == "<29%"


def test_a_difference_of_shares_that_earns_a_word_weighs_like_one_of_numbers_that_does() -> None:
    record, _ = simulated()
    for row in record["profile"]:
        if row["column"] == "member" and row["level"] == "yes" and row["segment"] == 2:
            row["effect"] = SHARE_DIFFERENCE
    member = next(m for m in view.measures(record) if m.column == "member")
    assert member.effect(2) == pytest.approx(CLEAR[0])


def test_yes_and_no_are_one_measure() -> None:
    record, _ = simulated()
    members = [m for m in view.measures(record) if m.column == "member"]
    assert [(m.level, m.label) for m in members] == [("yes", "Member")]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (("MntWines", "age"), "MntWines"),
        (("visits", "total_revenue"), "total_revenue"),
        (("Spending Score (1-100)", "x"), "Spending Score (1-100)"),
        (("sales_2024", "spend"), "spend"),
        (("suspended", "salesman_id"), None),
        (("visits", "height"), None),
    ],
)
def test_spending_is_judged_by_the_name_that_says_so(columns: tuple[str, str], found: str | None) -> None:
    record, _ = simulated(value=False, columns=[(c, c) for c in columns])
    measure = view.spend_measure(record)
    assert (measure.column if measure else None) == found


def test_a_named_value_column_decides_who_spends() -> None:
    record, _ = simulated(columns=[("spend", "spend"), ("sales", "sales")])
    measure = view.spend_measure(record)
    assert measure is not None
    assert measure.column == "revenue"


def test_parts_of_the_spending_are_added_up_where_no_value_is_named() -> None:
    parts = [("MntWines", "spend on wines"), ("MntFish", "spend on fish")]
    record, _ = simulated(value=False, columns=parts)
    found = {m.column: m for m in view.measures(record)}
    measure = view.spend_measure(record)
    assert measure is not None
    assert measure.label == "Spend on fish and wines together"
    for segment in (1, 2, 3):
        both = [found[column].value(segment) or 0.0 for column, _ in parts]
        assert measure.value(segment) == pytest.approx(sum(both))
