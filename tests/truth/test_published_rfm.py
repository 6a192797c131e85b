"""Published answers on purchases, through the command line: RFM, CDNOW, Online Retail."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie.__main__ import _run

# The vignette of the R package rfm.
TEN = {
    "Champions": 35, "Potential Loyalist": 342, "Loyal": 170, "Promising": 9, "New": 104, "Can't Lose Them": 47,
    "At Risk": 28, "Need Attention": 10, "About To Sleep": 102, "Lost": 148,
}  # fmt: skip
SCORED = {
    "Abbey O'Reilly": (205, 6, 472, "343"),
    "Add Senger": (140, 3, 340, "412"),
    "Aden Lesch": (194, 4, 405, "323"),
    "Aden Murphy": (98, 7, 596, "544"),
    "Admiral Senger": (132, 5, 448, "433"),
    "Agness O'Keefe": (90, 9, 843, "555"),
}


def customers(capsys: pytest.CaptureFixture[str], out: Path, *arguments: str) -> tuple[pd.DataFrame, dict[str, object]]:
    """Run the verb; return the file that it wrote, ids as text, and the JSON object that it printed."""
    assert _run(["customers", *arguments, "--out", str(out), "--overwrite", "--json"]) == 0
    return pd.read_csv(out, dtype={"customer_id": str}), json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("cuts", "moved"),
    [
        ("plus-one", {}),
        ("closed", {"About To Sleep": 101, "Can't Lose Them": 48, "Loyal": 171, "Potential Loyalist": 341}),
    ],
)
def test_the_ten_segments_of_the_vignette(
    cuts: str, moved: dict[str, int], shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(shared_data / "rfm_data_orders.csv")
    arguments = [source, "--as-of", "2006-12-31", "--rfm-cuts", cuts, "--rfm"]
    frame, said = customers(capsys, tmp_path / "c.csv", *arguments)
    assert said["customers"] == len(frame) == 995
    assert said["purchases"]["orders"] == frame.frequency.sum() == 4_906
    assert {s["name"]: s["n"] for s in said["rfm"]["segments"]} == {**TEN, **moved}
    assert frame.rfm_segment.value_counts().to_dict() == {**TEN, **moved}
    by_id = frame.set_index("customer_id")
    for name, (recency, frequency, monetary, scores) in SCORED.items():
        row = by_id.loc[name]
        assert (row.recency, row.frequency, row.monetary) == (recency, frequency, monetary)
        assert f"{row.rfm_recency}{row.rfm_frequency}{row.rfm_monetary}" == scores
    if cuts == "plus-one":
        found = {m: [round(c) for c in cut] for m, cut in said["rfm"]["cuts"].items()}
        assert found == {
            "recency": [115, 181, 297, 482],
            "frequency": [4, 5, 6, 8],
            "monetary": [256, 382, 506, 666],
        }


@pytest.fixture
def cdnow(shared_data: Path, tmp_path: Path) -> list[str]:
    """The sample of CDNOW, its blanks turned to commas as the how-to says, and what its columns are."""
    path = tmp_path / "cdnow.csv"
    lines = (shared_data / "CDNOW_sample.txt").read_text().splitlines()
    path.write_text("".join(",".join(line.split()) + "\n" for line in lines))
    return [str(path), "--no-header", "--customer", "column2", "--date", "column3", "--amount", "column5"]


def test_the_summary_of_cdnow(
    cdnow: list[str], shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame, _ = customers(capsys, tmp_path / "c.csv", *cdnow, "--as-of", "1997-09-30")
    published = pd.read_csv(shared_data / "cdnow_customers_summary_with_transactions.csv").sort_values("ID")
    assert len(frame) == len(published) == 2_357
    repeats = frame.order_days - 1
    assert repeats.tolist() == published.x.tolist()
    assert (repeats.sum(), (repeats > 0).sum(), repeats.max()) == (2_457, 946, 29)
    # In the models of the summary, recency is the time from the first purchase to the last, in weeks.
    np.testing.assert_allclose((frame.tenure - frame.recency) / 7, published.t_x, atol=0.005 + 1e-9)
    np.testing.assert_allclose(frame.tenure / 7, published["T"], atol=0.005 + 1e-9)
    np.testing.assert_allclose(frame.average_repeat.fillna(0), published.zbar, atol=0.005 + 1e-9)


def test_repeat_spend_of_cdnow(cdnow: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame, _ = customers(capsys, tmp_path / "c.csv", *cdnow, "--as-of", "1997-10-01")
    spend = frame.average_repeat.dropna()
    found = (len(spend), spend.mean(), spend.std(), spend.min(), spend.median(), spend.max())
    np.testing.assert_allclose(found, (946, 35.0758, 30.2833, 2.99, 27.4975, 299.6338), atol=5e-5)


@pytest.mark.parametrize(("country", "wanted"), [("france", (87, 389, 209_024.05)), ("germany", (94, 457, 228_867.14))])
def test_the_totals_of_online_retail(
    country: str, wanted: tuple[int, int, float], shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame, said = customers(capsys, tmp_path / "c.csv", str(shared_data / f"online_retail_{country}.csv"))
    assert (said["customers"], said["purchases"]["orders"], said["purchases"]["money"]) == wanted
    assert (len(frame), frame.frequency.sum(), round(frame.monetary.sum(), 2)) == wanted
    assert said["purchases"]["columns"] == {
        "customer": "CustomerID", "date": "InvoiceDate", "amount": None, "quantity": "Quantity", "price": "UnitPrice",
        "order": "InvoiceNo", "category": None,
    }  # fmt: skip


def test_superstore_is_read_by_its_names(shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(shared_data / "Sample - Superstore.csv")
    frame, said = customers(capsys, tmp_path / "c.csv", source, "--category", "Category")
    assert (said["customers"], said["purchases"]["orders"]) == (793, 5_009)
    assert set(frame.favorite_category) == {"Furniture", "Office Supplies", "Technology"}
