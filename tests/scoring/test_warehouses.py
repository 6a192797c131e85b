"""The SQL of a run, executed where customers are: each gets the segment, name, margin and confidence of `assign`."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie
import servers
from coterie import Segmentation, simulate
from coterie.engines import connect
from warehouses import Held, Rows, Run, by_duckdb, by_fake_of_snowflake, by_mariadb, by_postgres, by_spark, by_sqlite

ODD = "*/ DROP"  # a column's name


@dataclass(frozen=True)
class Case:
    """A run, a warehouse's table, how the SQL is asked for, and what ``assign`` gives."""

    run: Segmentation
    held: Held
    asked: dict[str, bool]
    expected: pd.DataFrame

    @classmethod
    def of(cls, run: Segmentation, customers: pd.DataFrame, types: Sequence[str], id: str) -> Case:
        held = Held(list(customers), types, rows_of(customers, types))
        return cls(run, held, {}, pd.DataFrame(run.assign(customers, id=id)))


def rows_of(frame: pd.DataFrame, types: Sequence[str]) -> Rows:
    """Return rows of Python's values; nothing is None."""
    columns = [
        [None if pd.isna(v) else float(v) if type == "DOUBLE" else v for v in frame[name].astype(object)]
        for name, type in zip(frame, types, strict=True)
    ]
    return list(zip(*columns, strict=True))


def members(n: int, seed: int) -> pd.DataFrame:
    """Customers of every kind: skewed and signed numbers, categories, codes, ticks, holes."""
    r = np.random.default_rng(seed)
    kind = r.integers(0, 3, n)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(n)],
            "spend": np.round(np.exp(r.normal(3 + 1.5 * kind, 0.6)), 2),
            ODD: np.round(r.standard_t(3, n) * 20 + 60 * kind, 1),
            "plan": np.array(["basic", "plus", "it's /* all */"], dtype=object)[(kind + (r.random(n) < 0.2)) % 3],
            "region": np.array(["3", "4", "7"], dtype=object)[r.integers(0, 3, n)],
            "member": np.where(r.random(n) < 0.5, "yes", "no").astype(object),
            "newsletter": np.where(r.random(n) < 0.4, "x", None),
        }
    )
    for name in ("spend", ODD, "plan", "member"):
        frame.loc[r.random(n) < 0.08, name] = None
    return frame


def strangers() -> pd.DataFrame:
    """New customers: levels never met or in other letters, values far out, and one without any value."""
    frame = members(200, seed=8)
    frame.loc[3, "plan"], frame.loc[4, "plan"], frame.loc[5, "plan"] = "gold", " PLUS ", "Basic"
    frame.loc[6, "member"], frame.loc[7, "member"] = "YES", "true"
    frame.loc[8, "spend"], frame.loc[9, ODD] = -5.0, 1e9
    frame.loc[10, frame.columns[1:]] = None
    return frame


TYPES = ("TEXT", "DOUBLE", "DOUBLE", "TEXT", "DOUBLE", "TEXT", "TEXT")


def tutorial(data: Path) -> Case:
    frame = pd.DataFrame(simulate.tutorial())
    return Case.of(coterie.segment(frame), frame, ("BIGINT", "DOUBLE", "DOUBLE"), "customer_id")


def categories(data: Path) -> Case:
    run = coterie.segment(members(600, seed=3), id="customer_id", k=4, effort="quick")
    return Case.of(run, strangers(), TYPES, "customer_id")


def z_scores(data: Path) -> Case:
    run = coterie.segment(members(600, seed=3), id="customer_id", k=4, effort="quick", scale="z")
    return Case.of(run, strangers(), TYPES, "customer_id")


def merged(data: Path) -> Case:
    run = coterie.segment(members(600, seed=3), id="customer_id", k=4, effort="quick").merge("A", "C")
    return Case.of(run, strangers(), TYPES, "customer_id")


def hostile(data: Path) -> Case:
    """Columns, levels and segments whose names mean something to SQL, to a driver or to a template."""
    r, n = np.random.default_rng(4), 400
    kind = r.integers(0, 3, n)
    names = ["select", "new\nline", "a\"b'c`d", "x.y[z]", "--", "100%s", "back\\slash", ":named", "{{ x }}", "?"]
    frame = pd.DataFrame({name: np.round(r.normal(kind * (3 + i), 1), 2) for i, name in enumerate(names)})
    levels = np.array(["it\\'s", "\\", "\\n 100% {{ x }} ? :y"], dtype=object)
    frame.insert(0, "order", [f"c{i:03d}" for i in range(n)])
    frame["group"] = levels[(kind + (r.random(n) < 0.2)) % 3]
    run = coterie.segment(frame, id="order", k=3, effort="quick")
    for letter, name in {"A": "\\'; DROP TABLE x; --", "B": "*/ {{ y }} %s", "C": "?'' \"q\""}.items():
        run = run.name(letter, name)
    return Case.of(run, frame, ["TEXT", *["DOUBLE"] * len(names), "TEXT"], "order")


def mall(data: Path) -> Case:
    frame = pd.read_csv(data / "Mall_Customers.csv", dtype={"CustomerID": str})
    types = ("TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT")
    return Case.of(coterie.segment(frame, id="CustomerID", effort="quick"), frame, types, "CustomerID")


def bank(data: Path) -> Case:
    """Customers of a bank: some form segments, others are assigned, with holes and with levels that were never met."""
    frame = pd.read_csv(data / "bank-full.csv", keep_default_na=False)
    frame.insert(0, "customer", [f"b{i}" for i in range(len(frame))])
    formed = ["age", "job", "balance", "housing", "month", "duration", "poutcome"]
    run = coterie.segment(frame.iloc[::15], id="customer", features=formed, effort="quick", k=5)
    new, r = frame.iloc[1::9].reset_index(drop=True).astype(object), np.random.default_rng(1)
    for name in new.columns[1:]:
        new.loc[r.random(len(new)) < 0.05, name] = None
    new.loc[r.random(len(new)) < 0.05, "job"] = "astronaut"
    types = ["TEXT" if isinstance(frame[name].iloc[0], str) else "DOUBLE" for name in frame]
    kinds = {name: "float64" for name, type in zip(frame, types, strict=True) if type == "DOUBLE"}
    return Case.of(run, new.astype(kinds), types, "customer")


def shop(data: Path) -> Case:
    """A shop's purchases, of which the SQL makes the customers itself; one id differs from another by a capital."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "purchases.parquet"
    simulate.shop(connect(), path, folder / "truth.parquet", customers=400)
    frame = pd.read_parquet(path).replace({"customer_id": {"K00000002": "k00000001"}})
    frame.to_parquet(path)
    run = coterie.segment(path, purchases={"category": "category"}, features=SHOP, effort="quick", k=4)
    expected = run.assignments().df()
    shutil.rmtree(folder)
    assert {"K00000001", "k00000001"} <= set(expected["id"])
    types = [{"ordered_at": "TIMESTAMP", "quantity": "BIGINT", "price": "DOUBLE"}.get(name, "TEXT") for name in frame]
    return Case(run, Held(list(frame), types, rows_of(frame, types), "purchases"), {"transactions": True}, expected)


# what needs each step of the query: returns, gaps between orders, the categories
SHOP = ["recency", "average_order", "returns_share", "median_gap", "average_repeat", "orders_90", "favorite_category"]
REAL = (mall, bank)
CASES = (tutorial, categories, z_scores, merged, hostile, shop, *REAL)
FAKED = (tutorial, hostile, shop, *REAL)  # without levels that are numbers: docs/why/0093-executed-or-parsed.md


@pytest.fixture(scope="module", params=CASES, ids=lambda make: make.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    data = request.getfixturevalue("shared_data") if request.param in REAL else Path()
    return request.param(data)


def check(case: Case, run: Run, dialect: str) -> None:
    expected = case.expected.astype(object).where(case.expected.notna(), None).sort_values("id")
    got = sorted(run(case.held, case.run.sql(dialect, **case.asked)), key=lambda row: str(row[0]))
    assert len(got) == len(expected)
    for row, want in zip(got, expected.itertuples(index=False), strict=True):
        assert (str(row[0]), row[1], row[2], row[4]) == (want.id, want.segment, want.name, want.confidence)
        assert (row[3] is None) == (want.margin is None)
        assert row[3] is None or abs(float(row[3]) - want.margin) < 1e-12


def test_duckdb_gives_every_customer_what_assign_gives(case: Case) -> None:
    check(case, by_duckdb, "duckdb")


def test_sqlite_gives_every_customer_what_assign_gives(case: Case) -> None:
    check(case, by_sqlite, "sqlite")


def test_postgres_gives_every_customer_what_assign_gives(case: Case, postgres_url: str) -> None:
    check(case, by_postgres(postgres_url), "postgres")


def test_mariadb_gives_every_customer_what_assign_gives(case: Case, mariadb_url: str) -> None:
    check(case, by_mariadb(mariadb_url), "mysql")


def test_spark_gives_every_customer_what_assign_gives(case: Case, spark_session: Any, tmp_path: Path) -> None:
    check(case, by_spark(spark_session, tmp_path), "spark")


def test_recency_counts_to_the_day_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "purchases.parquet"
    simulate.shop(connect(), path, tmp_path / "truth.parquet", customers=200)
    run = coterie.segment(path, purchases={}, effort="quick", k=3)
    connection = duckdb.connect()
    connection.register("purchases", connection.read_parquet(str(path)))
    for day, written in (("2025-06-30", "2025-06-30"), (str(datetime.date.today()), "today")):
        got = connection.execute(run.sql("duckdb", transactions=True, as_of=written)).df().sort_values("id")
        wanted = run.assign(coterie.customers(path, as_of=day)).df().sort_values("id")
        pd.testing.assert_frame_equal(got.reset_index(drop=True), wanted.reset_index(drop=True))


@pytest.mark.parametrize("case", FAKED, indirect=True, ids=lambda make: make.__name__)
def test_a_fake_of_snowflake_gives_every_customer_what_assign_gives(case: Case, tmp_path: Path) -> None:
    check(case, by_fake_of_snowflake(servers.fake_of_snowflake(), tmp_path), "snowflake")
