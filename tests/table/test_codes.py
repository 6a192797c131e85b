"""Whole numbers that stand for something are categories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie.segmentation.stages import segment
from table.customers import found, plain


def test_codes_are_categories_in_a_frame_as_in_a_file_and_for_new_customers(tmp_path: Path) -> None:
    frame = pd.DataFrame({**plain(), "region": [1.0, 2.0, 3.0, np.nan] * 50, "workshop": [1, 2, 3, 4] * 50})
    frame.to_csv(tmp_path / "customers.csv", index=False)  # writes 1.0, as pandas does where values are missing
    runs = [segment(s, k=2, effort="quick", max_k=2) for s in (frame, tmp_path / "customers.csv")]
    for run in runs:
        kinds = {c.name: (c.kind, [level for level, _ in c.levels or ()]) for c in run.record.columns}
        assert kinds["region"] == ("category", ["1", "2", "3"])
        assert kinds["workshop"][0] == "number"
        features = {f.column: f.kind for f in run.record.features}
        assert features["region"] == "category"
    pairs = ((runs[0], tmp_path / "customers.csv"), (runs[1], frame), (runs[0], frame.astype({"orders": int})))
    assigned = [run.assign(source) for run, source in pairs]
    one, other, whole = (list(getattr(a, "df", lambda a=a: a)()["segment"]) for a in assigned)
    assert one == other == whole
    ordered = segment(frame.assign(region=["low", "medium", "high", "low"] * 50), k=2, effort="quick", max_k=2)
    assert {f.column: f.kind for f in ordered.record.features}["region"] == "ordinal"


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("sales_channel", [1.0, 2.0, 3.0, 4.0], "COT127"),
        ("WORKSHOP", [1.0, 2.0, 3.0, 4.0], "COT126"),
        ("stores", [1.0, 2.0, 3.0, 4.0], None),
        ("region", [1.5, 2.0, 3.0, 4.0], None),
        ("region", [1.0, 2e9, 3.0, 4.0], "COT126"),
    ],
)
def test_a_columns_name_and_its_values_say_together_that_it_holds_codes(
    name: str, values: list[float], code: str | None
) -> None:
    seen = found(pd.DataFrame({**plain(), name: values * 50}), id="customer_id")
    assert {"COT126", "COT127"} & set(seen) == ({code} if code else set())
