"""Which columns form segments, which describe them, which are left out, and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import errors
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import columns, draw, level_counts, read, skewness, summarize
from table.customers import plain


def described(frame: pd.DataFrame, **options: Any) -> dict[str, Any]:
    asked = Options(**options)
    table = read(frame, connect(), asked, Reading())
    summary = summarize(table)
    sample = draw(table, columns.wanted(table, asked), 1_000, seed=0)
    return {c.name: c for c in columns.describe(table, summary, sample, asked)[0]}


def test_a_column_has_a_role_and_a_reason_where_it_is_left_out() -> None:
    frame = pd.DataFrame({**plain(), "since": [*pd.date_range("2020-01-01", periods=100)] * 2, "one": 1.0})
    frame = frame.assign(city=["a", "b", "c", None] * 50, row=range(200), gone=[1.0, 2.0, *[np.nan] * 198])
    found = described(frame, describe=("age",), value="spend")
    roles = {name: c.role for name, c in found.items()}
    assert {n for n, role in roles.items() if role == "feature"} == {"orders", "city"}
    assert (roles["customer_id"], roles["age"], roles["spend"]) == ("id", "describe", "value")
    left = {n: c.reason for n, c in found.items() if c.role == "dropped"}
    assert set(left) == {"since", "one", "row", "gone"}
    assert "only when named" in left["since"]
    assert "row" in left["row"]
    assert "missing" in left["gone"]


def test_who_names_a_column_gets_it_and_no_other() -> None:
    found = described(pd.DataFrame({**plain(), "row": range(200)}), features=("row", "age"))
    assert {n for n, c in found.items() if c.role == "feature"} == {"row", "age"}
    assert found["orders"].reason == "not named in --features"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"features": ("agee",)}, "'agee'"),
        ({"value": "customer_id"}, "`value` must be a column of numbers"),
        ({"describe": ("nothing",)}, 'describe=."nothing"'),
        ({"exclude": ("agee",)}, 'exclude=."agee"'),
        ({"missing": ("agee=9",)}, "asked for by `missing`"),
    ],
)
def test_an_option_that_names_the_wrong_column_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(errors.InputError, match=told):
        described(pd.DataFrame(plain()), **options)


def test_a_column_called_segment_is_left_out_unless_it_is_named() -> None:
    frame = pd.DataFrame({**plain(), "Segment": ["a", "b"] * 100})
    assert described(frame)["Segment"].role == "dropped"
    assert described(frame, describe=("Segment",))["Segment"].role == "describe"
    assert described(frame, features=("Segment", "age"))["Segment"].role == "feature"


def test_an_excluded_column_is_not_looked_at_whatever_it_holds() -> None:
    frame = pd.DataFrame({**plain(), "broken": [np.inf, *[1.0] * 199]})
    found = described(frame, exclude=("broken", "orders"))
    assert {n for n, c in found.items() if c.role == "feature"} == {"age", "spend"}
    assert (found["broken"].reason, found["broken"].max) == ("named in --exclude", None)


@pytest.mark.parametrize("name", ["phone", "custid", "Konto-Nr."])
def test_what_names_people_is_in_no_record(name: str) -> None:
    numbers = np.random.default_rng(1).integers(6_000_000_000, 7_000_000_000, 200)
    for values in (numbers, [f"0{n}" for n in numbers]):
        found = described(pd.DataFrame({**plain(), name: values}))[name]
        assert found.role == "dropped"
        assert {found.min, found.max, found.median, found.p10, found.p90, found.levels} == {None}


def test_levels_are_counted_without_missing_ones_and_skewness_is_that_of_the_third_moment() -> None:
    assert level_counts(np.array(["a", None, "b", "a"], dtype=object)) == {"a": 2, "b": 1}
    assert skewness(np.ones(5)) == 0
    assert skewness(np.array([0.0, 0.0, 3.0])) == pytest.approx(2**-0.5)
