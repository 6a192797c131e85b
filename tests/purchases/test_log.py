"""A log of purchases: ids to the letter, the days that count, sums that are exact."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.engines import Reading
from coterie.purchases import Purchases, read_log
from coterie.purchases.findings import findings


def test_a_path_gives_a_relation_and_ids_stay_text(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "customer_id,order_date,amount\n0007,2026-01-01,5\n7,2026-01-02,6\n007,2026-01-02,6\n"
    )
    found = coterie.customers(tmp_path / "o.csv")
    assert [row[0] for row in found.fetchall()] == ["0007", "007", "7"]


def test_days_in_digits_with_a_zero_in_front_are_no_codes(tmp_path: Path) -> None:
    days = pd.date_range("2026-01-25", periods=40).strftime("%d%m%Y")
    frame = pd.DataFrame({"customer": [f"{i % 9:03d}" for i in range(40)], "datum": days, "amount": 5.0})
    frame.to_csv(tmp_path / "o.csv", index=False)
    log = read_log(tmp_path / "o.csv", coterie.connect(), Purchases(), Reading())
    assert [(f.code, f.column) for f in findings(log) if f.code == "COT110"] == [("COT110", "datum")]
    assert "datum" not in [f.column for f in findings(log) if f.code == "COT114"]


def test_numbers_with_gaps_are_whole_ids() -> None:
    frame = pd.DataFrame({"customer": [12583.0, np.nan, 99.0], "date": "2026-01-01", "amount": 1.0})
    assert coterie.customers(frame).customer_id.tolist() == ["12583", "99"]
    with pytest.raises(errors.InputError, match="fractions"):
        coterie.customers(frame.assign(customer=[1.5, 2.0, 3.0]))


@pytest.mark.parametrize("word", ["NULL", "nan", "None", "<NA>", "N/A", "-", "", "  "])
def test_a_word_for_missing_is_nobody(word: str, tmp_path: Path) -> None:
    """Purchases without an account would be a customer who bought more than all others."""
    frame = pd.DataFrame({"customer": ["a", word, "b", word, "a"], "date": "2026-01-01", "amount": 1.0})
    frame.to_csv(tmp_path / "o.csv", index=False)
    assert coterie.customers(frame).customer_id.tolist() == ["a", "b"]
    assert [row[0] for row in coterie.customers(tmp_path / "o.csv").fetchall()] == ["a", "b"]


def test_customers_of_a_duckdb_file_outlive_what_was_copied_of_it(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "o.duckdb")) as made:
        made.execute("CREATE TABLE o AS SELECT 'a' AS customer, DATE '2026-01-01' AS date, 1.5 AS amount FROM range(3)")
    customers = coterie.customers(tmp_path / "o.duckdb").filter("monetary > 1")
    assert customers.project("customer_id, monetary").fetchall() == [("a", 4.5)]


def test_what_comes_after_the_day_that_counts_is_left_out() -> None:
    frame = pd.DataFrame(
        {"customer": ["a", "a", "b"], "date": ["2026-01-01", "2026-03-01", "2026-03-01"], "amount": 1.0}
    )
    found = coterie.customers(frame, as_of="2026-02-01")
    assert found[["customer_id", "recency", "frequency"]].to_numpy().tolist() == [["a", 31, 1]]
    assert coterie.customers(frame, as_of="2026-03-01").recency.tolist() == [0, 0]
    assert coterie.customers(frame, as_of="2027-03-01").recency.tolist() == [365, 365]
    with pytest.raises(errors.InputError, match="no row"):
        coterie.customers(frame, as_of="2020-01-01")


def test_huge_and_tiny_amounts_keep_their_sums() -> None:
    frame = pd.DataFrame({"customer": ["a"] * 3 + ["b"], "date": "2026-01-01", "amount": [1e12, 0.25, 1e12, 1e-4]})
    assert coterie.customers(frame).monetary.tolist() == [2e12 + 0.25, 1e-4]
    with pytest.raises(errors.InputError, match="infinite"):
        coterie.customers(frame.assign(amount=[1.0, np.inf, 1.0, 1.0]))


@pytest.mark.parametrize("huge", [1e15, 1e20])
@pytest.mark.parametrize("net", [False, True])
def test_every_customer_has_exact_sums_beside_one_huge_amount(huge: float, net: bool) -> None:
    r = np.random.default_rng(3)
    frame = pd.DataFrame({"customer": r.choice([f"k{i}" for i in range(40)], 400), "date": "2026-01-01"})
    frame["amount"] = np.round(r.uniform(-20, 99, 400), 2)
    frame["category"] = r.choice(["tea", "milk"], 400)
    usual = coterie.customers(frame, net=net, category="category").set_index("customer_id")
    frame.loc[7, "amount"] = huge
    got = coterie.customers(frame, net=net, category="category").set_index("customer_id")
    for name, mine in frame.groupby("customer"):
        sums = [Decimal(repr(v)) for v in mine.amount]
        assert got.monetary[name] == float(sum(sums) if net else sum(v for v in sums if v > 0))
    others = [name for name in usual.index if name != frame.customer[7]]
    pd.testing.assert_frame_equal(usual.loc[others], got.loc[others], check_exact=True)
    assert got.favorite_share[frame.customer[7]] == pytest.approx(1.0)


def test_an_amount_too_large_to_be_added_is_left_out_and_told() -> None:
    frame = pd.DataFrame({"customer": list("aab"), "date": "2026-01-01", "amount": [1.1, 3.4e38, 2.2]})
    assert coterie.customers(frame).monetary.tolist() == [1.1, 2.2]
    log = read_log(frame, coterie.connect(), Purchases(), Reading())
    assert [(f.level, f.count) for f in findings(log) if f.code == "COT414"] == [("warning", 1)]
    beside = read_log(frame.assign(amount=[1.1, 1e20, 2.2]), coterie.connect(), Purchases(), Reading())
    assert "1e+20" in next(f.text for f in findings(beside) if f.code == "COT414")
