"""Same customers, same record: in whatever file, database or frame they come, and however it writes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.record import to_json

N = 400


def customers() -> pd.DataFrame:
    """A boolean, a category, numbers with holes, and a day that forms no segments."""
    r = np.random.default_rng(12)
    kind = r.integers(0, 3, N)
    age = np.where(r.random(N) < 0.04, np.nan, np.round(np.choose(kind, (25, 44, 66)) + r.normal(0, 3, N)))
    frame = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(N)], "age": age})
    frame["spend"] = np.round(np.exp(np.choose(kind, (3, 5, 6)) + r.normal(0, 0.4, N)), 2)
    frame["orders"] = r.poisson(np.choose(kind, (2, 9, 20)))
    frame["newsletter"] = r.random(N) < np.choose(kind, (0.2, 0.5, 0.9))
    frame["channel"] = pd.Series(r.choice(["shop", "web", "phone"], N)).where(r.random(N) > 0.03, None)
    frame["since"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(r.integers(0, 900, N), unit="D")
    return frame


def to_database(frame: pd.DataFrame, path: Path) -> Path:
    with duckdb.connect(str(path)) as made:
        made.register("frame", frame)
        made.execute("CREATE TABLE customers AS SELECT * REPLACE (since::DATE AS since) FROM frame")
    return path


def to_sqlite(frame: pd.DataFrame, path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        texts = frame.assign(since=frame.since.dt.strftime("%Y-%m-%d"), newsletter=frame.newsletter.astype(str))
        texts.to_sql("customers", connection, index=False)
    connection.close()
    return path


def to_workbook(frame: pd.DataFrame, path: Path) -> Path:
    pytest.importorskip("openpyxl")
    frame.to_excel(path, index=False)
    return path


def written(path: Path, write: Callable[[Path], object]) -> Path:
    write(path)
    return path


def german(frame: pd.DataFrame, path: Path) -> Path:
    texts = frame.assign(
        newsletter=np.where(frame.newsletter, "TRUE", "FALSE"), since=frame.since.dt.strftime("%d.%m.%Y")
    )
    return written(path, lambda p: texts.to_csv(p, index=False, sep=";", decimal=","))


def to_polars(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(frame)


SOURCES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "a tab between": lambda f, p: written(p / "t.tsv", lambda q: f.to_csv(q, index=False, sep="\t")),
    "a German CSV": lambda f, p: german(f, p / "german.csv"),
    "packed": lambda f, p: written(p / "t.csv.gz", lambda q: f.to_csv(q, index=False)),
    "Parquet": lambda f, p: written(p / "t.parquet", lambda q: f.to_parquet(q, index=False)),
    "JSON": lambda f, p: written(p / "t.json", lambda q: f.to_json(q, orient="records", date_format="iso")),
    "lines of JSON": lambda f, p: written(
        p / "t.jsonl", lambda q: f.to_json(q, orient="records", lines=True, date_format="iso")
    ),
    "a workbook": lambda f, p: to_workbook(f, p / "t.xlsx"),
    "a DuckDB file": lambda f, p: to_database(f, p / "t.duckdb"),
    "SQLite": lambda f, p: to_sqlite(f, p / "t.sqlite"),
    "pandas": lambda f, p: f,
    "pandas, with a category": lambda f, p: f.astype({"channel": "category", "newsletter": "boolean"}),
    "polars": lambda f, p: to_polars(f),
}  # fmt: skip


def record_of(source: Any) -> dict[str, Any]:
    """Return the record of a segmentation, but for how its source was written."""
    record: dict[str, Any] = to_json(coterie.segment(source, effort="quick", max_k=4).record)
    codes = ("COT107", "COT110", "COT115")  # notations of numbers and days, numbers that are texts
    record["findings"] = [f for f in record["findings"] if f["code"] not in codes]
    for column in record["columns"]:
        column.pop("notation")
    return record


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The record of the customers in the usual CSV file."""
    path = tmp_path_factory.mktemp("right") / "t.csv"
    customers().to_csv(path, index=False)
    return record_of(path)


@pytest.mark.parametrize("name", SOURCES)
def test_a_record_is_the_same_wherever_the_customers_come_from(
    name: str, right: dict[str, Any], tmp_path: Path
) -> None:
    assert len(right["features"]) == 5
    assert record_of(SOURCES[name](customers(), tmp_path)) == right
