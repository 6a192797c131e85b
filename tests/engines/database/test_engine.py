"""A database as an engine: from Python, beside files, and what it does not read."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import coterie
from coterie.engines import Reading
from coterie.errors import InputError
from databases import CUSTOMERS, in_postgres, rows_of, written


@pytest.fixture(scope="module")
def url(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    in_postgres(postgres_url).fill("customers", written(tmp_path_factory.mktemp("pg"), "customers", CUSTOMERS, 0, 300))
    return postgres_url


def test_python_has_the_same_doors(url: str, tmp_path: Path) -> None:
    path = written(tmp_path, "customers", CUSTOMERS, 0, 300)
    database = coterie.connect(url)
    run = coterie.segment(url, table="customers", id="id", k=3, effort="quick", engine=database)
    here = coterie.segment(path, id="id", k=3, effort="quick")
    assert run.record == here.record
    assert run.assignments().fetchall() == here.assignments().fetchall()
    new = run.assign(url, table="customers").fetchall()
    assert sorted(new) == here.assignments().fetchall()
    drawn = run.assign(url, query="SELECT * FROM customers WHERE orders > 3").fetchall()
    assert 0 < len(drawn) < 300
    assert set(drawn) < set(new)
    again = coterie.refresh(run, url, reading=Reading(table="customers")).record.lineage.renewal
    assert {fate.kind for fate in again.fates} == {"kept"}
    run.save(tmp_path / "out")
    assert rows_of(tmp_path / "out" / "segments.parquet") == here.assignments().fetchall()
    assert {p.rows for p in database.passes if p.rows is not None} == {1, 3, 300}
    assert pickle.loads(pickle.dumps(run)).record == run.record
    database.close()


def test_a_query_counts_as_a_table(url: str) -> None:
    found = coterie.check(url, query="SELECT id, orders, score FROM customers", id="id")
    assert (found.rows, found.columns) == (300, 3)


def test_purchases_come_from_a_table_or_a_query(url: str) -> None:
    rows = "SELECT id AS customer, DATE '2026-01-01' + orders::int AS bought, score AS amount FROM customers"
    found = coterie.customers(url, query=rows, customer="customer", date="bought", amount="amount").fetchall()
    assert len(found) == 300
    with pytest.raises(InputError, match="has no table 'purchases'"):
        coterie.customers(url, table="purchases")


def test_what_no_engine_reads_together_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exclude each other"):
        coterie.check(url, table="customers", query="SELECT 1")
    with pytest.raises(InputError, match="asked of a database"):
        coterie.check(written(tmp_path, "customers", CUSTOMERS, 0, 30), query="SELECT 1")
    with pytest.raises(InputError, match="This engine does not read"):
        coterie.check(url, table="customers", engine=coterie.connect())
    with pytest.raises(InputError, match="no address"):
        coterie.connect("customers.csv")
