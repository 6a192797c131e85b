"""Segments in a table or a view of PostgreSQL: both they and the run's folder are published, or neither is."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from coterie.runs import manifest
from databases import CUSTOMERS, in_postgres, psql, written

KILLS = 20
MANY, SAMPLE = 120_000, 50_000
LEFT = "SELECT sum(rows) FROM pg_stat_statements WHERE query !~* '^(create|insert)'"
STOPPED = """
import os
from coterie.__main__ import main
from coterie.runs import run_folder
run_folder._show = lambda *given: os._exit(9)
main()
"""


@pytest.fixture
def url(postgres_url: str, tmp_path: Path) -> str:
    in_postgres(postgres_url).fill("customers", written(tmp_path, "customers", CUSTOMERS, 0, 400))
    psql(
        postgres_url, "DROP TABLE IF EXISTS segments, mine; CREATE SCHEMA IF NOT EXISTS crm; DROP TABLE IF EXISTS crm.s"
    )
    return postgres_url


def command(url: str, *more: object, table: str = "segments", out: str = "out") -> list[str]:
    shaping = ["--table", "customers", "--id", "id", "-k", "3", "--effort", "quick"]
    shaping += ["--features", "orders,score,since", "--quiet"]
    into = [] if not table else ["--into", table]
    return ["-m", "coterie", "segment", url, *shaping, *into, "--out", out, *map(str, more)]


def run(folder: Path, *words: str) -> tuple[int, str]:
    ended = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


def tables(url: str) -> list[str]:
    """Return the tables beside that of the customers."""
    asked = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace"
    return [
        name for name in psql(url, f"{asked} ORDER BY 1").split() if name in ("segments", "mine") or name[:3] == "__c"
    ]


def test_a_table_holds_what_the_file_would(url: str, tmp_path: Path) -> None:
    assert run(tmp_path, *command(url)) == (0, "")
    assert run(tmp_path, *command(url, table="", out="file")) == (0, "")
    assert (tmp_path / "out" / "run.json").read_bytes() == (tmp_path / "file" / "run.json").read_bytes()
    assert not (tmp_path / "out" / "segments.parquet").exists()
    assert manifest.verify(tmp_path / "out") == ()
    said = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert said["into"] == {"address": url, "table": "public.segments"}
    psql(url, f"\\copy (SELECT * FROM segments ORDER BY id) TO '{tmp_path}/copied.csv' CSV HEADER")
    types = {"id": "VARCHAR", "segment": "INT", "name": "VARCHAR", "margin": "DOUBLE", "confidence": "VARCHAR"}
    found = duckdb.read_csv(str(tmp_path / "copied.csv"), columns=types).fetchall()
    assert found == duckdb.read_parquet(str(tmp_path / "file" / "segments.parquet")).fetchall()


def test_what_comes_after_reads_the_table(url: str, tmp_path: Path) -> None:
    assert run(tmp_path, *command(url)) == (0, "")
    audience = run(
        tmp_path, "-m", "coterie", "audience", "out", "--holdout", "0.1", "--key", "k", "--out", "lists", "-q"
    )
    assert audience == (0, "")
    assert run(tmp_path, "-m", "coterie", "name", "out", "1", "Regulars", "-q") == (0, "")
    assert "into" not in json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (tmp_path / "out" / "segments.parquet").exists()


def test_only_a_runs_own_table_is_replaced(url: str, tmp_path: Path) -> None:
    psql(url, "CREATE TABLE mine (a int)")
    assert run(tmp_path, *command(url, table="mine"))[0] == 2
    code, said = run(tmp_path, *command(url, "--overwrite", table="public.mine"))
    assert (code, "was not made by a run of coterie" in said) == (2, True)
    assert not (tmp_path / "out").exists()
    assert run(tmp_path, *command(url, table="crm.s")) == (0, "")
    code, said = run(tmp_path, *command(url, table="crm.s", out="other"))
    assert (code, "'crm.s' exists in the database" in said) == (2, True)
    before = psql(url, "SELECT obj_description('crm.s'::regclass)")
    assert run(tmp_path, *command(url, "--overwrite", "--seed", 1, table="crm.s")) == (0, "")
    assert psql(url, "SELECT obj_description('crm.s'::regclass)") != before
    psql(url, "CREATE VIEW leaning AS SELECT * FROM crm.s")
    code, said = run(tmp_path, *command(url, "--overwrite", table="crm.s"))
    assert (code, "other objects depend on it" in said) == (2, True)
    psql(url, "DROP VIEW leaning")


def test_a_view_gives_the_segments_of_now(url: str, tmp_path: Path) -> None:
    assert run(tmp_path, *command(url, "--view", "seen", table="")) == (0, "")
    psql(url, "INSERT INTO customers (id, orders) VALUES ('new', 3)")
    assert psql(url, "SELECT count(*), count(segment) FROM seen").strip() == "401|401"
    psql(url, "DROP VIEW seen")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--into", "nowhere.s"], "no schema 'nowhere'"),
        (["--into", "s", "--view", "v"], "exclude each other"),
        (["--into", "a.b.c.d"], "--into"),
    ],
)
def test_a_place_that_cannot_be(more: list[str], said: str, url: str, tmp_path: Path) -> None:
    code, told = run(tmp_path, *command(url, *more, table=""))
    assert (code, said in told) == (2, True), told
    assert not (tmp_path / "out").exists()


def test_without_the_right_nothing_is_begun(url: str, tmp_path: Path) -> None:
    psql(url, "CREATE USER reader; GRANT SELECT ON customers TO reader")
    code, said = run(tmp_path, *command(url.replace("postgres@", "reader@"), table="crm.s"))
    assert (code, "permission denied for schema crm" in said) == (4, True)
    assert run(tmp_path, *command("customers.parquet"))[0] == 2  # which is in no database


def test_a_kill_at_any_time_leaves_both_or_neither(url: str, tmp_path: Path) -> None:
    started = time.perf_counter()
    assert run(tmp_path, *command(url)) == (0, "")
    usual = time.perf_counter() - started
    left = set()
    for i in range(KILLS):
        psql(url, "DROP TABLE IF EXISTS segments")
        subprocess.run(["rm", "-rf", str(tmp_path / "out")], check=True)
        process = subprocess.Popen([sys.executable, *command(url)], cwd=tmp_path, stderr=subprocess.DEVNULL)
        time.sleep(usual * (0.5 + 0.6 * i / KILLS))
        process.send_signal(signal.SIGKILL)
        process.wait()
        asked = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%transaction%'"
        while psql(url, asked).strip() != "0":
            time.sleep(0.02)
        table, folder = "segments" in tables(url), (tmp_path / "out").exists()
        staged = any(p.name.startswith(".out.tmp") and (p / "manifest.json").exists() for p in tmp_path.iterdir())
        assert not [name for name in tables(url) if name.startswith("__c")]
        assert table == folder or (table and staged)
        left.add((table, folder))
    assert (False, False) in left


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_kill_between_table_and_folder_is_finished_by_the_next_run(overwrite: bool, url: str, tmp_path: Path) -> None:
    more = ["--overwrite"] if overwrite else []
    if overwrite:
        assert run(tmp_path, *command(url)) == (0, "")
    words = command(url, "--seed", 1, *more)[2:]
    assert run(tmp_path, "-c", STOPPED, *words)[0] == 9
    assert "segments" in tables(url)
    assert (tmp_path / "out").exists() == overwrite
    code, said = run(tmp_path, *command(url, "--seed", 1, *more))
    assert "is finished now" in said
    assert code == (0 if overwrite else 2)
    assert manifest.verify(tmp_path / "out") == ()
    digest = json.loads((tmp_path / "out" / "manifest.json").read_text())["digest"]
    assert psql(url, "SELECT obj_description('segments'::regclass)").strip() == f"coterie run {digest}"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".out")] == []


def test_of_many_customers_only_the_sample_and_sums_leave_the_server_by_its_own_count(url: str, tmp_path: Path) -> None:
    psql(
        url,
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; DROP TABLE IF EXISTS many; CREATE TABLE many AS "
        "SELECT 'c' || i AS id, i % 3 * 9 + random() AS score, i % 2 * 9 + random() AS orders "
        f"FROM generate_series(1, {MANY}) AS i",
    )
    psql(url, "SELECT pg_stat_statements_reset()")
    asked = ["--table", "many", "--id", "id", "-k", "3", "--effort", "quick", "--quiet", "--into", "segments"]
    assert run(tmp_path, "-m", "coterie", "segment", url, *asked, "--out", "out") == (0, "")
    left = int(psql(url, LEFT))
    assert SAMPLE <= left < 1.2 * SAMPLE
    assert int(psql(url, "SELECT count(*) FROM segments")) == MANY
