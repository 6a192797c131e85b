"""The SQL of a run as text: what its head says, what it refuses, what a name may be."""

from __future__ import annotations

import datetime
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from coterie.errors import InputError
from coterie.findings import Finding
from coterie.model import Feature
from coterie.purchases import PurchaseFacts
from coterie.reading.notation import Notation
from coterie.record import Record
from coterie.scoring import Wanted, write_statement
from coterie.sql import DIALECTS
from records import simulated
from warehouses import Held, Rows, by_duckdb, by_sqlite

GOLDEN = Path(__file__).parents[1] / "golden" / "warehouse"
ODD = "*/ DROP"  # a column's name


def small(*names: str) -> Record:
    """A record with a number on a logarithm's scale, another one, and a category with pooled levels."""
    record, _ = simulated(((0, 0), (90, 90)), sizes=(60, 40))
    spend, score = record.features
    first, second, third = names or (ODD, score.column, "plan")
    features = (
        replace(spend, column=first, transform="log", unit=0.02),
        replace(score, column=second, cap=None),
        Feature(third, "category", factor=0.9, levels=("basic", "it's /* all */"), other=("rare",)),
    )
    named = {spend.column: first, score.column: second}
    columns = [replace(c, name=named.get(c.name, c.name)) for c in record.columns]
    columns.append(replace(record.column(spend.column), name=third, kind="category"))
    centers = ((0.1, 0.2, 0.9, 0.0, 0.0), (0.8, 0.9, 0.0, 0.5, 0.4))
    model = replace(record.model, centers=centers)
    return replace(record, features=features, columns=tuple(columns), model=model)


ROLES = {
    "customer": "who",
    "date": "day",
    "quantity": "pieces",
    "price": "price",
    "order": "basket",
    "category": "kind",
}


def of_purchases(**changes: str | None) -> Record:
    """A record whose customers were made of purchases."""
    columns = {**dict.fromkeys(("amount", *ROLES)), **ROLES}
    days = {"first": "2025-01-01", "last": "2025-12-30", "as_of": "2025-12-31", "same_day": "separate"}
    told = {**days, "holdout_from": None, "time_zone": None, **changes}
    facts = PurchaseFacts(columns, (), 900, 900, 300, 9e4, net=True, text="", **told)
    record = small("average_order", "median_gap", "favorite_category")
    return replace(record, sample=replace(record.sample, purchases=facts))


def text(dialect: str, record: Record | None = None, **asked: Any) -> str:
    return write_statement(record or small(), Wanted(dialect, **asked))


def written(dialect: str, kind: str) -> str:
    """The statement over customers, or over purchases."""
    if kind == "purchases":
        return text(dialect, of_purchases(), table="shop.orders", transactions=True)
    names = ("spend", "spending_score", "plan") if dialect == "bigquery" else ()  # which has no such name
    return text(dialect, small(*names), table="crm.customers")


@pytest.mark.parametrize("kind", ["customers", "purchases"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_statement_is_the_text_that_was_looked_at(dialect: str, kind: str) -> None:
    got = re.sub("run [0-9a-f]{16}", "run 0", written(dialect, kind))
    path = GOLDEN / (f"{dialect}.sql" if kind == "customers" else f"{dialect}-purchases.sql")
    if os.environ.get("COTERIE_GOLDEN") == "write":
        path.write_text(got)
    assert got == path.read_text()


@pytest.mark.parametrize("kind", ["customers", "purchases"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_statement_is_one_select_that_can_be_read_again(dialect: str, kind: str) -> None:
    read = sqlglot.parse(written(dialect, kind), read=dialect)
    assert [type(statement).__name__ for statement in read] == ["Select"]
    assert read[0] is not None
    bare = read[0].sql(dialect=dialect, comments=False)
    again = sqlglot.parse_one(bare, read=dialect)
    assert again.sql(dialect=dialect, comments=False) == bare
    assert dialect == "tsql" or again == sqlglot.parse_one(read[0].sql(dialect=dialect), read=dialect)
    assert [c.alias_or_name for c in again.selects] == ["id", "segment", "name", "margin", "confidence"]


def test_the_same_run_gives_the_same_bytes() -> None:
    assert text("duckdb") == text("duckdb")


def test_the_head_says_what_a_reader_must_know() -> None:
    head = [line for line in text("tsql").splitlines() if line.startswith("-- ")]
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


def test_a_name_that_no_column_can_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"no column can have \* in its name"):
        text("bigquery")
    with pytest.raises(InputError, match="no column can have"):
        text("bigquery", of_purchases(), transactions=True, id="who.bought")


def test_dialects_have_second_names() -> None:
    assert text("databricks") == text("spark")
    assert text("mariadb") == text("mysql")


# ── purchases ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_head_says_what_the_table_of_purchases_must_have() -> None:
    query = text("sqlite", of_purchases(), transactions=True, id="buyer")
    head = "\n".join(line for line in query.splitlines() if line.startswith("-- "))
    for said in ("buyer (text", "day (a date", "pieces (number)", "basket (text", "Recency counts to 2025-12-31"):
        assert said in head
    assert "begins as 2026-01-31 does" in head
    assert 'FROM "purchases"' in query


def test_only_what_forms_the_segments_is_reckoned() -> None:
    record = of_purchases()
    short = replace(record, features=record.features[:1])
    short = replace(short, model=replace(short.model, centers=((0.1,), (0.9,))))
    query = text("duckdb", short, transactions=True)
    assert "LAG(" not in query
    assert "favorite" not in query


def test_today_is_the_dialects_own() -> None:
    for dialect, said in (("postgres", "CURRENT_DATE"), ("tsql", "GETDATE()"), ("mysql", "CURRENT_DATE")):
        query = text(dialect, of_purchases(), transactions=True, as_of="today")
        assert said in query
        assert "Recency counts to the current date" in query


def test_purchases_held_out_stay_out_unless_another_day_is_named() -> None:
    record = of_purchases(holdout_from="2025-12-31")
    last, since = ((datetime.date(2025, 12, day) - datetime.date(1970, 1, 1)).days for day in (30, 31))
    query = text("duckdb", record, transactions=True)
    assert f'"d" <= {last}' in query
    assert f'"d" <= {since}' in text("duckdb", record, transactions=True, as_of="2025-12-31")


def test_what_cannot_be_made_of_purchases_is_refused() -> None:
    with pytest.raises(InputError, match="not made of purchases"):
        text("duckdb", transactions=True)
    with pytest.raises(InputError, match="time zone"):
        text("duckdb", of_purchases(time_zone="Asia/Kolkata"), transactions=True)
    with pytest.raises(InputError, match="holds customers, not purchases"):
        text("duckdb", as_of="today")
    with pytest.raises(InputError, match="a date such as"):
        text("duckdb", of_purchases(), transactions=True, as_of="yesterday")
    with pytest.raises(InputError, match="`table` cannot be 'Lines'"):
        text("duckdb", of_purchases(), transactions=True, table="Lines")
    assert 'FROM "orders"' in text("duckdb", of_purchases(), transactions=True, table="orders")
