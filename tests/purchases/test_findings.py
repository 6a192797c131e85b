"""What is found in a log: every kind of row is counted, and its one rule is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

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


def shop(rows: int = 400) -> pd.DataFrame:
    """Purchases of forty customers in two years."""
    random = np.random.default_rng(5)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, rows), unit="D")
    frame = pd.DataFrame({"customer": [f"k{i % 40}" for i in range(rows)], "date": days.strftime("%Y-%m-%d")})
    return frame.assign(amount=random.integers(100, 9_999, rows) / 100)


@pytest.mark.parametrize(
    "unknown", ["9999-12-31", "2099-12-31", "1900-01-01", "1970-01-01", "1969-12-31", "2205-03-04"]
)
@pytest.mark.parametrize("many", [1, 60])
@pytest.mark.parametrize("options", [{}, {"as_of": "2026-03-01"}, {"holdout_from": "2025-06-01"}])
def test_purchases_on_a_day_that_stands_for_unknown_move_nobody(
    unknown: str, many: int, options: dict[str, str], tmp_path: Path
) -> None:
    """The customers are those of the log without these rows, which are counted and told."""
    usual = shop()
    odd = pd.concat([usual, usual.iloc[:many].assign(date=unknown)], ignore_index=True)
    wanted = coterie.customers(usual, **options)
    pd.testing.assert_frame_equal(coterie.customers(odd, **options), wanted)
    odd.to_csv(tmp_path / "o.csv", index=False)
    file = coterie.customers(tmp_path / "o.csv", **options).df()
    pd.testing.assert_frame_equal(file, wanted, check_dtype=False)
    assert said(odd, **options)["COT418"] == many
    assert "COT418" not in said(usual, **options)


def test_a_log_of_the_days_that_stand_for_unknown_elsewhere_is_a_log() -> None:
    """Days near the others are days of purchases, whatever they stand for in other files."""
    frame = shop()
    moved = pd.to_datetime(frame["date"])
    assert {"COT410", "COT418"}.isdisjoint(said(frame.assign(date=moved - pd.Timedelta(days=19_723))))  # from 1970 on
    assert {"COT410", "COT418"}.isdisjoint(said(frame.assign(date=moved + pd.Timedelta(days=40_000))))


def test_one_mistyped_year_among_few_purchases_moves_nobody() -> None:
    usual = shop()
    odd = pd.concat([usual, usual.iloc[:1].assign(date="2062-01-01")], ignore_index=True)
    pd.testing.assert_frame_equal(coterie.customers(odd), coterie.customers(usual))
    assert said(odd)["COT410"] == 1
    named = coterie.customers(odd, as_of="2062-01-02")
    assert named.frequency.sum() == coterie.customers(usual).frequency.sum() + 1
    closed = usual.assign(date=pd.to_datetime(usual["date"]))
    again = pd.concat([closed, closed.iloc[:1].assign(date=pd.Timestamp("2027-03-01"))], ignore_index=True)
    assert said(again)["COT410"] == 1  # told, and counted: the shop may have been closed for a while
    assert coterie.customers(again).recency.min() == 1
