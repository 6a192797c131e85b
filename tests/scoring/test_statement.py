"""The SQL of a run, executed: every customer gets the segment, name, margin and confidence of `assign`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlglot

import coterie
from coterie import Segmentation, simulate
from coterie.errors import InputError
from coterie.findings import Finding
from coterie.model import Feature
from coterie.reading.notation import Notation
from coterie.record import Record
from coterie.scoring import Wanted, write_statement
from coterie.sql import DIALECTS
from records import simulated
from warehouses import Held, Rows, Run, by_duckdb, by_mariadb, by_postgres, by_spark, by_sqlite

GOLDEN = Path(__file__).parents[1] / "golden" / "warehouse"
ODD = "*/ DROP"  # a column's name


@dataclass(frozen=True)
class Case:
    """A run, and customers for it as a warehouse has them."""

    run: Segmentation
    customers: pd.DataFrame
    types: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        typed = [[None if pd.isna(v) else v for v in row] for row in self.customers.to_numpy(dtype=object)]
        numbers = [i for i, kind in enumerate(self.types) if kind == "DOUBLE"]
        for row in typed:
            for i in numbers:
                row[i] = None if row[i] is None else float(row[i])
        return [tuple(row) for row in typed]


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


def case_of(name: str) -> Case:
    if name == "tutorial":
        frame = pd.DataFrame(simulate.tutorial())
        return Case(coterie.segment(frame), frame, ("BIGINT", "DOUBLE", "DOUBLE"))
    options = {"scale": "z"} if name == "z-scores" else {}
    run = coterie.segment(members(600, seed=3), id="customer_id", k=4, effort="quick", **options)
    run = run.merge("A", "C") if name == "merged" else run
    return Case(run, strangers(), TYPES)


@pytest.fixture(scope="module", params=["tutorial", "categories", "z-scores", "merged"])
def case(request: pytest.FixtureRequest) -> Case:
    return case_of(request.param)


def check(case: Case, run: Run, dialect: str) -> None:
    expected = pd.DataFrame(case.run.assign(case.customers, id="customer_id")).sort_values("id")
    rows = [
        tuple(float(v) if t == "DOUBLE" and v is not None else v for v, t in zip(row, case.types, strict=True))
        for row in case.rows
    ]
    held = Held(list(case.customers), case.types, rows)
    got = sorted(run(held, case.run.sql(dialect)), key=lambda row: str(row[0]))
    assert len(got) == len(case.customers)
    for row, (_, want) in zip(got, expected.iterrows(), strict=True):
        margin = want["margin"]
        wanted = [None if pd.isna(v) else v for v in (want["id"], want["segment"], want["name"], want["confidence"])]
        assert [row[0], row[1], row[2], row[4]] == wanted
        assert (row[3] is None) == bool(pd.isna(margin))
        assert row[3] is None or abs(float(row[3]) - margin) < 1e-12


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


# ── the text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def small() -> Record:
    """A record with a number on a logarithm's scale, another one, and a category with pooled levels."""
    record, _ = simulated(((0, 0), (90, 90)), sizes=(60, 40))
    spend, score = record.features
    features = (
        replace(spend, column=ODD, transform="log", unit=0.02),
        replace(score, cap=None),
        Feature("plan", "category", factor=0.9, levels=("basic", "it's /* all */"), other=("rare",)),
    )
    named = {spend.column: ODD}
    columns = [replace(c, name=named.get(c.name, c.name)) for c in record.columns]
    columns.append(replace(record.column(spend.column), name="plan", kind="category"))
    centers = ((0.1, 0.2, 0.9, 0.0, 0.0), (0.8, 0.9, 0.0, 0.5, 0.4))
    model = replace(record.model, centers=centers)
    return replace(record, features=features, columns=tuple(columns), model=model)


def text(dialect: str, record: Record | None = None, **asked: str) -> str:
    return write_statement(record or small(), Wanted(dialect, **asked))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_statement_is_the_text_that_was_looked_at(dialect: str) -> None:
    got = re.sub("run [0-9a-f]{16}", "run 0", text(dialect, table="crm.customers"))
    path = GOLDEN / f"{dialect}.sql"
    if os.environ.get("COTERIE_GOLDEN") == "write":
        path.write_text(got)
    assert got == path.read_text()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_statement_is_one_select_that_can_be_read_again(dialect: str) -> None:
    read = sqlglot.parse(text(dialect), read=dialect)
    assert [type(statement).__name__ for statement in read] == ["Select"]
    assert read[0] is not None
    again = sqlglot.parse_one(read[0].sql(dialect=dialect), read=dialect)
    assert again == read[0]
    assert [c.alias_or_name for c in again.selects] == ["id", "segment", "name", "margin", "confidence"]


def test_the_same_run_gives_the_same_bytes() -> None:
    assert text("duckdb") == text("duckdb")


def test_the_head_says_what_a_reader_must_know() -> None:
    head = [line for line in text("mysql").splitlines() if line.startswith("-- ")]
    assert "NOT executed" in head[0]
    assert any("plan (text)" in line for line in head)
    assert any("spending_score (number)" in line for line in head)
    assert "is executed" in text("sqlite").splitlines()[0]


def test_a_columns_name_ends_no_comment() -> None:
    record, odd = small(), "x */ ; DROP TABLE customers; -- \n DROP /*"
    features = (replace(record.features[0], column=odd), *record.features[1:])
    columns = tuple(replace(c, name=odd) if c.name == ODD else c for c in record.columns)
    query = text("duckdb", replace(record, features=features, columns=columns))
    rows: Rows = [("a", 5.0, 9.0, "basic"), ("b", 90.0, 95.0, "gold")]
    names, types = ("customer_id", odd, "spending_score", "plan"), ("TEXT", "DOUBLE", "DOUBLE", "TEXT")
    got = by_duckdb(Held(names, types, rows), query)
    assert [row[:2] for row in got] == [("a", 1), ("b", 2)]


def test_a_table_has_as_many_identifiers_as_it_says() -> None:
    assert 'FROM "crm"."customers"' in text("postgres", table="crm.customers")
    assert 'FROM "a.b"' in text("postgres", table='"a.b"')
    assert "FROM `crm`.`customers`" in text("mysql", table="crm.customers")


def test_a_table_called_like_a_step_needs_its_schema() -> None:
    with pytest.raises(InputError, match="`table` cannot be 'Prepared'"):
        text("duckdb", table="Prepared")
    assert 'FROM "sales"."prepared"' in text("duckdb", table="sales.prepared")


def test_a_view_is_made_of_the_same_select() -> None:
    query = text("sqlite", view="segments of today")
    assert 'CREATE VIEW "segments of today" AS' in query
    rows: Rows = [("a", 5.0, 9.0, "basic")]
    names, types = ("customer_id", ODD, "spending_score", "plan"), ("TEXT", "REAL", "REAL", "TEXT")
    assert by_sqlite(Held(names, types, rows), query) == []


def test_a_run_without_ids_numbers_the_rows_and_says_so() -> None:
    record = small()
    record = replace(record, columns=tuple(c for c in record.columns if c.role != "id"))
    query = text("duckdb", record)
    assert "name a column with --id" in query
    names, types = (ODD, "spending_score", "plan"), ("DOUBLE", "DOUBLE", "TEXT")
    assert by_duckdb(Held(names, types, [(5.0, 9.0, "basic"), (90.0, 95.0, "gold")]), query)[1][:2] == ("2", 2)
    assert "ROW_NUMBER" not in text("spark", record, id="key")
    with pytest.raises(InputError, match="customer: id=…"):
        text("spark", record)


def test_an_unknown_dialect_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean postgres"):
        text("postgress")


def test_what_a_dialect_cannot_write_is_refused() -> None:
    record = small()
    columns = tuple(replace(c, kind="date") if c.name == "spending_score" else c for c in record.columns)
    dated = replace(record, columns=columns)
    assert "spending_score (date)" in text("duckdb", dated)
    for dialect in ("sqlite", "mysql", "spark"):
        with pytest.raises(InputError, match="spending_score"):
            text(dialect, dated)
    counted = Finding("COT145", "note", "spending_score", 1, "", "")
    with pytest.raises(InputError, match="counts of seconds"):
        text("duckdb", replace(dated, findings=(counted,)))
    zoned = tuple(replace(c, notation=Notation(zone="Asia/Kolkata")) for c in columns)
    with pytest.raises(InputError, match="time zone"):
        text("duckdb", replace(record, columns=zoned))
