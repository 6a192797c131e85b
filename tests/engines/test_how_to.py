"""The commands of the pages about databases and Spark run as they stand there, on an address of the tests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import pytest

from coterie.cli import cli
from databases import CUSTOMERS, ORDERS, Held, in_mariadb, in_postgres, in_spark, in_sqlite, psql, written

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
ADDRESS = re.compile(
    r"(postgresql://ann@db\.example:5432/shop|mysql://ann@db\.example:3306/shop|sqlite:/{3,4}[\w/.]+|sc://spark\.example:15002)"
)


def commands(page: str) -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", (PAGES / f"{page}.md").read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("coterie ")]
    assert lines
    return [shlex.split(line)[1:] for line in lines]


def filled(held: Held, folder: Path) -> Held:
    """Fill in the tables that the pages name."""
    written(folder, "raw", CUSTOMERS, 0, 300)
    country = "CASE WHEN orders > 3 THEN 'DE' ELSE 'FR' END AS country"
    for name in ("customers", "new_customers"):
        rows = duckdb.sql(f"SELECT id AS customer_id, orders, score, {country} FROM '{folder}/raw.parquet'")
        rows.to_parquet(str(folder / f"{name}.parquet"))
        held.fill(name, folder / f"{name}.parquet")
    held.fill("orders", written(folder, "orders", ORDERS))
    return held


@pytest.mark.parametrize("page", ["postgresql", "mariadb", "sqlite", "spark"])
def test_the_commands_of_a_page_run(
    page: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page == "sqlite":
        held = filled(in_sqlite(tmp_path), tmp_path)
    elif page == "spark":
        held = in_spark(request.getfixturevalue("spark_session"), request.getfixturevalue("connect_url"))
        filled(held, tmp_path)
    elif page == "mariadb":
        held = filled(in_mariadb(request.getfixturevalue("mariadb_url")), tmp_path)
    else:
        url = request.getfixturevalue("postgres_url")
        held = filled(in_postgres(url), tmp_path)
        psql(url, "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; CREATE TABLE crm.customers AS TABLE customers")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COTERIE_EFFORT", "quick")
    for words in commands(page):
        told = [ADDRESS.sub(held.address, word) for word in words]
        again = ["--overwrite"] if "--out" in told else []
        ended = cli.main([*told, *again, "--quiet"], prog_name="coterie", standalone_mode=False)
        assert not ended, told
