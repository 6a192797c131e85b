"""RFM and the holdout of a run, beside the segments that were formed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import coterie
from coterie.__main__ import _run
from coterie.record import clean
from coterie.report.charts.rfm import draw_foretells
from purchases.shop import customers, scored


def test_a_table_with_the_three_measures_is_scored_and_crossed_with_its_segments() -> None:
    frame = customers()
    run = coterie.segment(frame, effort="quick", k=3)
    found = run.record.sample.rfm
    assert found.columns == {"recency": "Recency", "frequency": "Frequency", "monetary": "Monetary"}
    joined = run.assignments().assign(name=scored(frame)[2].rfm_segment)
    wanted = joined.groupby(["segment", "name"]).size()
    assert {(c.segment, c.name): c.n for c in found.cross} == wanted.to_dict()
    assert found.agreement == pytest.approx(adjusted_rand_score(joined.segment, joined.name))
    assert coterie.segment(frame.drop(columns="Recency"), effort="quick", k=3).record.sample.rfm is None


def test_a_table_of_customers_is_scored_by_rules_of_ones_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    r = np.random.default_rng(3)
    frame = pd.DataFrame({"id": range(200), "recency": r.integers(1, 300, 200), "orders": r.integers(1, 40, 200)})
    frame.assign(revenue=r.integers(5, 900, 200)).to_csv("customers.csv", index=False)
    Path("mine.toml").write_text('bins = 4\n[[segment]]\nname = "Fans"\nfrequency = [4, 4]\n')
    scoring = ["--rfm-rules", "mine.toml", "--rfm-cuts", "plus-one"]
    assert _run(["segment", "customers.csv", "--effort", "quick", "--out", "run", *scoring]) == 0
    found = json.loads(Path("run/run.json").read_text())["sample"]["rfm"]
    assert (found["cuts_rule"], found["bins"], found["segments"][0]["name"]) == ("plus-one", 4, "Fans")
    assert "changes nothing" not in capsys.readouterr().err
    frame[["id", "recency", "orders"]].to_csv("customers.csv", index=False)
    assert _run(["segment", "customers.csv", "--effort", "quick", "--out", "other", *scoring[2:]]) == 0
    assert "--rfm-cuts changes nothing" in capsys.readouterr().err


def test_a_holdout_keeps_later_purchases_out_of_the_features_and_in_the_record() -> None:
    random = np.random.default_rng(0)
    n = 2_000
    customer = random.integers(0, 150, n)
    days = (random.random(n) * (60 + customer)).astype(int)
    frame = pd.DataFrame(
        {
            "customer": [f"c{c}" for c in customer],
            "date": pd.Timestamp("2025-01-01") + pd.to_timedelta(days, unit="D"),
            "amount": 1 + random.random(n).round(2) * (1 + customer % 5),
        }
    )
    run = coterie.segment(frame, purchases={"holdout_from": "2025-04-01"}, effort="quick", k=3)
    before = frame[frame.date < "2025-04-01"]
    later = frame[(frame.date >= "2025-04-01") & frame.customer.isin(before.customer)]
    assert run.record.sample.rows == before.customer.nunique()
    assert run.record.sample.purchases.as_of == "2025-04-01"
    found = run.record.sensitivity.holdout
    assert found.first == "2025-04-01"
    assert found.customers == before.customer.nunique()
    assert found.spend == pytest.approx(later.amount.sum())
    assert found.repeated == pytest.approx(later.customer.nunique() / before.customer.nunique())
    drawn = draw_foretells(clean(run.record))
    assert drawn is not None
    assert found.text in run.report()
    nothing = replace(run.record, sensitivity=replace(run.record.sensitivity, holdout=None))
    assert draw_foretells(clean(nothing)) is None
