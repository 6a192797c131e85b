"""What is odd about a table is found and counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie.segmentation import checking
from coterie.table.odd_values import gathered
from table.customers import found, plain


def test_a_clean_table_has_no_warning() -> None:
    assert all(f.level == "note" for f in checking.check(pd.DataFrame(plain())).findings)


@pytest.mark.parametrize(
    ("change", "code", "level", "count"),
    [
        ({"orders": [np.nan] * 3 + [1.0, 2.0] * 98 + [1.0]}, "COT106", "warning", 3),
        ({"orders": [np.nan] * 150 + [1.0, 2.0] * 25}, "COT102", "warning", 150),
        ({"orders": [7.0] * 200}, "COT103", "warning", 200),
        ({"orders": [-3.0] + [1.0, 2.0] * 99 + [5.0]}, "COT113", "warning", 1),
        ({"age": [130.0] + [30.0, 40.0] * 99 + [50.0]}, "COT111", "warning", 1),
        ({"spend": [1e12] + [30.0, 40.0] * 99 + [50.0]}, "COT118", "warning", 1),
        ({"city": [f"city-{i}" for i in range(200)]}, "COT105", "warning", 200),
        ({"email": [f"u{i}@example.com" for i in range(200)]}, "COT116", "note", 200),
        ({"job": ["unknown", "clerk"] * 100}, "COT120", "note", 100),
        ({"since": pd.to_datetime(["9999-12-31", "2020-01-01"] * 100)}, "COT111", "warning", 100),
    ],
)  # fmt: skip
def test_what_is_odd_is_found_and_counted(change: dict[str, Any], code: str, level: str, count: int) -> None:
    seen = found(pd.DataFrame({**plain(), **change}), id="customer_id")
    assert [(f.level, f.count) for f in seen[code]] == [(level, count)]
    assert seen[code][0].column == next(iter(change))


@pytest.mark.parametrize("far", [1e20, -1e20, 1e100, 1e149])
def test_one_value_far_from_all_others_is_told_as_it_is(far: float) -> None:
    seen = found(pd.DataFrame({**plain(), "spend": [far] + [30.0, 40.0] * 99 + [50.0]}), id="customer_id")
    assert f"{far:.0e}".replace("-", "−") in seen["COT118"][0].text


def test_rows_that_repeat_are_counted_without_their_id() -> None:
    r = np.random.default_rng(1)
    frame = pd.DataFrame({f"f{j}": r.random(50) for j in range(8)})
    frame = pd.concat([frame, frame.head(7)], ignore_index=True).assign(customer_id=range(57))
    assert [(f.level, f.count) for f in found(frame, id="customer_id")["COT131"]] == [("warning", 7)]


@pytest.mark.parametrize(("copies", "told"), [(1, "1 row repeats another one"), (2, "2 rows repeat another one")])
def test_one_repeated_row_is_told_in_the_singular(copies: int, told: str) -> None:
    frame = pd.DataFrame(plain())
    frame = pd.concat([frame, *[frame.head(1)] * copies], ignore_index=True)
    (seen,) = [f for f in checking.check(frame).findings if f.code == "COT131"]
    assert seen.text.startswith(told)


def test_real_files_are_read_as_people_mean_them(shared_data: Path) -> None:
    seen = found(shared_data / "marketing_campaign.csv")
    assert {f.column for f in seen["COT103"]} == {"Z_CostContact", "Z_Revenue"}
    assert [(f.column, f.count) for f in seen["COT106"]] == [("Income", 24)]
    assert [f.count for f in seen["COT131"]] == [182]
    assert "day, month, year" in seen["COT110"][0].done
    assert seen["COT110"][0].done.endswith("2012-07-30 to 2014-06-29")


@pytest.mark.parametrize(
    ("name", "rows", "codes"),
    [
        ("Sample - Superstore.csv", 793, {"COT415", "COT018"}),
        ("online_retail_germany.csv", 95, {"COT415", "COT113"}),
        ("bank-full.csv", None, {"COT122", "COT120", "COT121"}),
        ("Wholesale customers data.csv", None, {"COT117", "COT127"}),
    ],
)
def test_real_files_show_what_is_odd_about_them(
    name: str, rows: int | None, codes: set[str], shared_data: Path
) -> None:
    seen = found(shared_data / name)
    assert codes <= set(seen)
    if rows is not None:
        assert f": {rows} customers in " in seen["COT415"][0].text


@pytest.mark.parametrize(
    ("change", "code", "level", "count"),
    [
        ({"days": [-1.0] * 40 + [5.0, 90.0] * 80}, "COT122", "warning", 40),
        ({"income": [999.0] * 10 + [5.0, 90.0] * 95}, "COT122", "warning", 10),
        ({"spend": [str(i) for i in range(150)] + ["n/k", "later"] * 25}, "COT123", "warning", 50),
        ({"region": [1.0, 2.0, 3.0, 4.0] * 50}, "COT127", "note", 200),
        ({"channel": [1.0, 2.0] * 100}, "COT127", "note", 200),
        ({"region": [float(i) for i in range(1, 21)] * 10}, "COT127", "note", 200),
        ({"shop_class": [float(i) for i in range(1, 21)] * 10}, "COT126", "note", 200),
        ({"segment": ["a", "b"] * 100}, "COT018", "warning", 200),
        ({"kmeans_cluster": [0.0, 1.0, 2.0, 3.0] * 50}, "COT018", "warning", 200),
        ({"Segment-ID": [1.0, 2.0] * 100}, "COT018", "warning", 200),
        ({"Kundensegment": ["Gold", "Blech"] * 100}, "COT018", "warning", 200),
        ({"market_segment": ["retail", "trade"] * 100}, "COT018", "warning", 200),
        ({"seen": [*["2025-01-05"] * 120, *["soon", "later"] * 40]}, "COT123", "warning", 80),
        ({"news": [*["true", "false"] * 60, *["soon", "later"] * 40]}, "COT123", "warning", 80),
    ],
)  # fmt: skip
def test_what_reads_as_something_else_is_said(change: dict[str, Any], code: str, level: str, count: int) -> None:
    seen = found(pd.DataFrame({**plain(), **change}), id="customer_id")
    assert [(f.level, f.count) for f in seen[code]] == [(level, count)]


@pytest.mark.parametrize(
    "change",
    [
        {"score": [-1.0, 0.0, 1.0, -2.0] * 50},
        {"points": [999.0, 700.0] * 100},
        {"children": ["0", "1", "2", "3+"] * 50},
        {"invoice": [f"{536_000 + i}" for i in range(199)] + ["C53"]},
        {"region": [1.5, 2.5] * 100},
        {"number_of_stores": [1.0, 2.0, 3.0, 4.0] * 50},
    ],
)
def test_what_only_looks_like_it_is_not(change: dict[str, Any]) -> None:
    assert not {"COT122", "COT123", "COT126", "COT127"} & set(
        found(pd.DataFrame({**plain(), **change}), id="customer_id")
    )


def test_segments_of_somebody_else_form_none_and_what_is_only_called_so_does() -> None:
    frame = pd.DataFrame({**plain(), "cluster": [0.0, 1.0] * 100, "market_segment": ["retail", "trade"] * 100})
    done = {f.column: f.done for f in found(frame, id="customer_id")["COT018"]}
    assert done["cluster"].startswith("left out")
    assert done["market_segment"] == "kept; --exclude leaves it out"


def test_names_of_something_are_no_values_that_cannot_be_read() -> None:
    stock = [f"{20_000 + i}" for i in range(180)] + ["POST"] * 8 + ["85123A"] * 12
    half = [f"{20_000 + i}" for i in range(120)] + ["POST", "BANK CHARGES"] * 40
    seen = found(pd.DataFrame({**plain(), "StockCode": stock, "item_id": half}), id="customer_id")
    assert {f.column for f in seen["COT101"]} == {"StockCode", "item_id"}
    assert not {"COT123", "COT129"} & set(seen)


def test_missing_values_that_gather_in_a_segment_are_said() -> None:
    size, present = {0: 100, 1: 60, 2: 40}, {(1, "age"): 60, (2, "age"): 10, (1, "pay"): 54, (2, "pay"): 36}
    (seen,) = gathered(size, present, ["age", "pay"])
    assert (seen.code, seen.column, seen.count) == ("COT304", "age", 30)
    assert "segment B: 75% of it, 30% of all segments" in seen.text


def test_what_few_have_is_no_size_and_a_number_that_several_have_is_not_of_one_customer() -> None:
    spend = np.arange(200.0) + 1
    spend[[5, 50, 150]] = 9_999_990
    frame = pd.DataFrame({**plain(), "boat": [1.0] * 2 + [0.0] * 198, "spent": spend})
    told = {f.column: f.text for f in found(frame)["COT118"]}
    assert told == {"spent": "3 customers have 9,999,990 each, >99% of the total"}


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (["Gold", "gold", "GOLD ", "Silver"], "differ by capitals or blanks alone: 'GOLD', 'Gold' and 'gold'"),
        (["Yes", "yes"], "'Yes' and 'yes'"),
        (["Yes", "Y", "No", "N"], "yes and no in several words: N, No, Y and Yes"),
        (["new  york", "new york", "Bonn"], "'new  york' and 'new york'"),
    ],
)  # fmt: skip
def test_one_answer_in_several_spellings_is_told(levels: list[str], said: str) -> None:
    frame = pd.DataFrame({**plain(), "plan": [levels[i % len(levels)] for i in range(200)]})
    (seen,) = found(frame, id="customer_id")["COT148"]
    assert (seen.level, seen.column) == ("note" if "words" in said else "warning", "plan")
    assert said in seen.text


@pytest.mark.parametrize(
    "levels", [["Gold", "Silver", "gold card"], ["Yes", "No"], ["yes", "no", "maybe"], ["N", "S", "O"]]
)
def test_answers_in_one_spelling_are_not(levels: list[str]) -> None:
    frame = pd.DataFrame({**plain(), "plan": [levels[i % len(levels)] for i in range(200)]})
    assert "COT148" not in found(frame, id="customer_id")
