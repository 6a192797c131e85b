"""What is found in a log: every kind of row is counted, and its one rule is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import coterie
from coterie.engines import Reading, connect
from coterie.purchases import Purchases, read_log
from coterie.purchases.findings import findings


def said(frame: pd.DataFrame, **options: Any) -> dict[str, int]:
    """The codes of what was found, with how many rows each is about."""
    return {f.code: f.count for f in findings(read_log(frame, connect(), Purchases(**options), Reading()))}


def test_every_kind_of_row_is_counted_and_its_rule_said() -> None:
    frame = pd.DataFrame(
        {
            "CustomerID": ["1", "1", "1", "2", None, "3", "1", "2", "2"],
            "InvoiceNo": ["7", "7", "C8", "9", "10", "C11", "12", "13", None],
            "InvoiceDate": ["2026-01-01"] * 7 + [None, "2026-01-09"],
            "Quantity": [2, 1, -1, 3, 1, -1, 1, 1, 1],
            "UnitPrice": [5.0, 0.0, 5.0, 2.0, 1.0, 4.0, np.nan, 1.0, 1.0],
        }
    )
    counts = said(frame)
    assert counts == {
        "COT401": 9,  # found by their names
        "COT402": 1,  # no customer
        "COT403": 1,  # no date
        "COT404": 1,  # no amount
        "COT406": 2,  # returns
        "COT407": 1,  # zero
        "COT409": 1,  # no order number
    }
    found = coterie.customers(frame).set_index("customer_id")
    assert found.index.tolist() == ["1", "2"]  # 3 only returned
    assert found.loc["1", ["frequency", "monetary", "returned", "returns_share"]].tolist() == [1, 10.0, 5.0, 0.5]
    assert found.loc["2", ["frequency", "monetary", "returned"]].tolist() == [2, 7.0, 0.0]


def test_many_rows_without_a_customer_are_a_warning_few_a_note() -> None:
    frame = pd.DataFrame({"customer": ["a"] * 199 + [None], "date": "2026-01-01", "amount": 1.0})
    level = {rows: read_log(frame.iloc[-rows:], connect(), Purchases(), Reading()) for rows in (200, 20)}
    assert [next(f.level for f in findings(level[n]) if f.code == "COT402") for n in (200, 20)] == ["note", "warning"]


def test_a_lonely_last_date_is_doubted() -> None:
    dates = ["2026-01-01"] * 3_000 + ["2062-01-01"]
    frame = pd.DataFrame({"customer": "a", "date": dates, "amount": 1.0})
    assert said(frame)["COT410"] == 1
    assert "COT410" not in said(frame, as_of="2026-02-01")
    assert "COT410" not in said(frame.iloc[-30:])
