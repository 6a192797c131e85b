"""The next record's file of customers has the columns that the assignment lists, in the old file's order."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

import coterie
from coterie import segment
from coterie.model import COLUMNS


def rows_of(folder: Path) -> pd.DataFrame:
    return duckdb.read_parquet(str(folder / "segments.parquet")).df()


def test_a_merge_keeps_every_column_and_empties_what_it_cannot_know(tutorial_csv: Path, tmp_path: Path) -> None:
    segment(tutorial_csv, id="customer_id", k=3, effort="quick").save(tmp_path / "first")
    coterie.load(tmp_path / "first").merge("A", "B").save(tmp_path / "second")
    then, now = rows_of(tmp_path / "first"), rows_of(tmp_path / "second")
    assert tuple(then) == tuple(now) == COLUMNS
    assert then["id"].tolist() == now["id"].tolist()
    merged = then["segment"].isin([1, 2])
    assert now.loc[merged, ["margin", "confidence"]].isna().all(axis=None)
    pd.testing.assert_series_equal(now.loc[~merged, "margin"], then.loc[~merged, "margin"])
