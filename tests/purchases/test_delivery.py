"""The customers that the verb writes: with scores or without, of purchases or as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.__main__ import _run
from purchases.shop import log, plainly, same


def test_the_verb_writes_customers_and_says_what_it_did(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["customers", "orders.csv", "--as-of", "2025-01-31"]) == 0
    said = capsys.readouterr().out
    assert "recency is the days since the last purchase as of 2025-01-31 (as given)" in " ".join(said.split())
    assert "columns found by their names" in said
    assert "RFM segment" in said
    assert said.rstrip().splitlines()[-1].startswith("customers orders-customers.parquet")
    found = pd.read_parquet(here / "orders-customers.parquet")
    assert found.dtypes["recency"] == np.int64
    same(found, plainly(log(), "2025-01-31"))
    assert _run(["customers", "orders.csv"]) == 2
    assert "exists" in capsys.readouterr().err
    assert not list(here.glob(".*"))


def test_a_csv_has_the_same_customers_with_their_scores(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["customers", "orders.csv", "--rfm", "--out", "c.csv", "--id", "customer_id", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    found = pd.read_csv("c.csv", dtype={"customer_id": str})
    assert said["schema"] == "coterie.customers/1"
    assert said["customers"] == len(found)
    assert found.rfm_segment.value_counts().to_dict() == {s["name"]: s["n"] for s in said["rfm"]["segments"] if s["n"]}
    assert {f["code"] for f in said["findings"]} >= {"COT401", "COT402", "COT406"}
    assert _run(["customers", "c.csv", "--rfm", "--out", "d.csv"]) == 2
    assert "already has" in capsys.readouterr().err


def test_a_table_of_customers_is_scored_as_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = coterie.customers(log()).rename(columns={"recency": "days_since_last_order", "monetary": "revenue"})
    table[["customer_id", "days_since_last_order", "frequency", "revenue"]].to_csv("customers.csv", index=False)
    assert _run(["customers", "customers.csv", "--rfm", "--out", "scored.parquet"]) == 0
    assert "RFM segment" in capsys.readouterr().out
    assert len(pd.read_parquet("scored.parquet")) == len(table)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["customers"], "No input was given"),
        (["customers", "nowhere.csv"], "no file"),
        (["customers", "orders.csv", "--out", "c.xlsx"], ".parquet or .csv"),
        (["customers", "orders.csv", "--date", "category"], "no dates"),
        (["customers", "orders.csv", "--rfm-rules", "none.toml"], "no file"),
        (["segment", "customers.csv", "--transactions"], "customers already"),
        (["segment", "orders.csv", "--as-of", "2026-01-01"], "Add --transactions"),
        (["segment", "orders.csv", "--transactions", "--holdout-from", "soon"], "a date such as"),
    ],
)
def test_wrong_usage_ends_with_two(
    arguments: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.strip().splitlines()) <= 3
    assert sorted(p.name for p in here.iterdir()) == ["customers.csv", "orders.csv"]
