"""Which column identifies a customer: named, or found; and what is wrong with ids."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coterie import errors
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import Table, read
from table.customers import found, plain


def test_rows_that_may_be_purchases_are_told_apart_from_customers() -> None:
    frame = pd.DataFrame({**plain(), "customer_id": [f"c{i % 20}" for i in range(200)]})
    seen = found(frame)
    assert (seen["COT012"][0].level, seen["COT012"][0].count) == ("warning", 180)
    assert "coterie customers" in seen["COT012"][0].done


@pytest.mark.parametrize(
    ("ids", "code", "level", "count"),
    [
        (["a", "a"], "COT012", "error", 1),
        ([""], "COT013", "error", 1),
        (["a "], "COT011", "warning", 1),
    ],
)
def test_what_is_wrong_with_ids_is_said(ids: list[str], code: str, level: str, count: int) -> None:
    frame = pd.DataFrame({**plain(), "customer_id": [*ids, *(f"c{i}" for i in range(200 - len(ids)))]})
    seen = found(frame, id="customer_id")
    assert [(f.level, f.count, f.column) for f in seen[code]] == [(level, count, "customer_id")]


def opened(frame: pd.DataFrame, **options: Any) -> Table:
    return read(frame, connect(), Options(**options), Reading())


def test_a_unique_column_that_is_named_like_an_id_is_taken_and_said() -> None:
    frame = pd.DataFrame({"age": range(30), "Account Number": range(30)})
    table = opened(frame)
    assert table.id == "Account Number"
    assert [(f.code, f.level) for f in table.findings] == [("COT001", "note")]
    without = opened(frame.assign(**{"Account Number": [0, *range(29)]}))
    assert without.id is None
    assert {f.code for f in without.findings} == {"COT002", "COT012"}


def test_the_row_that_repeats_an_id_is_named() -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c", "b"], "x": range(4)})
    with pytest.raises(errors.InputError) as caught:
        opened(frame, id="id")
    assert "2" in str(caught.value)
    assert "4" in str(caught.value)
    assert opened(frame, id="id", allow_duplicate_ids=True).id == "id"


@pytest.mark.parametrize(
    ("column", "told"),
    [([1.5, 2.0, 3.0], "fractions"), ([None, "a", "b"], "empty in 1 row"), ([["a"], ["b"], ["c"]], "nested")],
)
def test_what_cannot_be_an_id_is_refused(column: list[Any], told: str) -> None:
    with pytest.raises(errors.InputError, match=told):
        opened(pd.DataFrame({"id": column, "x": range(3)}), id="id")
