"""PostgreSQL: what it keeps is read or refused, nobody sees a password, an interruption reaches the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

import coterie
from coterie.engines import Reading
from databases import CUSTOMERS, in_postgres, psql, written

SECRET, WRITTEN = "s3cr/et@x", "s3cr%2Fet%40x"
ODD = r"""
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN euro AS numeric(38,10);
CREATE DOMAIN price AS euro;
CREATE TABLE "my.odd" AS SELECT gen_random_uuid() AS "select", (ARRAY['sad', 'happy'])[1 + i % 2]::mood AS mood,
  (i * 1.5)::price AS "p'r""ice", i::numeric::money AS money, (i || ' hours')::interval AS hours,
  CASE WHEN i % 7 = 0 THEN 'NaN'::float8 ELSE i * 1.1 END AS nan,
  CASE WHEN i % 7 = 0 THEN 'NaN'::numeric ELSE i END AS numeric_nan, i::real AS r, i % 3 = 0 AS flag,
  ARRAY[i] AS listed, '{}'::jsonb AS js, timestamptz '2026-01-01 23:30+00' + (i || ' days')::interval AS moment,
  date '2026-01-01' + i AS day, i::oid AS oid, (i * 3)::text AS digits
FROM generate_series(1, 60) AS i
"""
SLOW = "SELECT *, pg_sleep(0.2)::text AS s FROM customers"


def verb(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coterie", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})})


@pytest.fixture(scope="module")
def url(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    in_postgres(postgres_url).fill("customers", written(tmp_path_factory.mktemp("pg"), "customers", CUSTOMERS, 0, 300))
    return postgres_url


@pytest.fixture(scope="module")
def place(url: str) -> str:
    """Where a user ``ann`` may read the table, and must give a password."""
    file = psql(url, "SHOW hba_file").strip()
    rules = "'host all ann 127.0.0.1/32 scram-sha-256', 'local all all trust', 'host all all 127.0.0.1/32 trust'"
    psql(
        url,
        f"CREATE USER ann PASSWORD '{SECRET}'; GRANT SELECT ON customers TO ann; CREATE TABLE hidden (id int);"
        f"REVOKE TEMP ON DATABASE shop FROM PUBLIC; COPY (SELECT unnest(ARRAY[{rules}])) TO '{file}';"
        "SELECT pg_reload_conf();",
    )
    time.sleep(0.5)
    return url.partition("@")[2]


@pytest.mark.parametrize(
    ("login", "environment"),
    [("ann@{}", {"PGPASSWORD": SECRET}), (f"ann@{{}}?password={WRITTEN}", {}), ("ann@{}", {"PGPASSFILE": "pass"})],
)
def test_a_password_opens_the_door(login: str, environment: dict[str, str], place: str, tmp_path: Path) -> None:
    (tmp_path / "pass").write_text(f"*:*:*:ann:{SECRET}\n")
    (tmp_path / "pass").chmod(0o600)
    env = {name: str(tmp_path / value) if name == "PGPASSFILE" else value for name, value in environment.items()}
    ended = verb("check", f"postgresql://{login.format(place)}", "--table", "customers", "-v", env=env)
    assert ended.returncode == 0, ended.stderr
    assert "s3cr" not in ended.stdout + ended.stderr


def test_a_password_in_an_address_is_shown_nowhere(place: str, tmp_path: Path) -> None:
    address, out = f"postgresql://ann:{WRITTEN}@{place}", tmp_path / "out"
    ended = verb("segment", address, "--table", "customers", "--effort", "quick", "-v", "--out", out)
    assert ended.returncode == 0, ended.stderr
    kept = "".join(p.read_text(errors="replace") for p in out.rglob("*") if p.is_file())
    assert not {w for w in (SECRET, WRITTEN, "s3cr") if w in ended.stdout + ended.stderr + kept}


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("postgresql://ann:s3crx@{}", 4, "password authentication failed"),
        ("postgresql://ann@{}", 4, "no password supplied"),
        ("postgresql://nobody:s3crx@127.0.0.1:1/postgres", 4, "127.0.0.1:1: Connection refused"),
        ("postgresql://nobody:s3crx@nowhere.invalid/postgres", 4, "nowhere.invalid:5432"),
        ("postgresql://postgres:s3crx@{}x", 2, "no database 'shopx'"),
        ("postgresql://postgres:s3crx@127.0.0.1:99999/postgres", 2, "no address of a database"),
    ],
)
def test_a_door_that_stays_shut(address: str, code: int, said: str, place: str, tmp_path: Path) -> None:
    ended = verb("segment", address.format(place), "--table", "customers", "--out", tmp_path / "out")
    assert ended.returncode == code
    assert said in ended.stderr
    assert "s3cr" not in ended.stderr
    assert len(ended.stderr.splitlines()) <= 3
    assert not list(tmp_path.iterdir())


def refused(url: str, *, table: str = "", query: str = "", id: str = "", **more: object) -> str:
    """Return what a check says of a source that it refuses."""
    chosen = {"table": table} if table else {"query": query}
    with pytest.raises(coterie.CoterieError) as found:
        coterie.segment(url, id=id or "id", **chosen, **more)  # type: ignore[arg-type]
    return f"{found.value.exit_code} {found.value}"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"table": "custmers"}, "2 'shop' has no table 'custmers'"),
        ({"table": "hidden"}, "4 The database refuses: permission denied for table hidden"),
        ({"table": "customers", "id": "Id2"}, "2 There is no column 'Id2'"),
        ({"query": "SELECT * FROM nothing"}, '2 The database cannot run the query: relation "nothing" does not exist'),
        ({"query": "DROP TABLE customers"}, "2 The database cannot run the query"),
        ({"query": "SELECT 1) AS x; DROP TABLE customers --"}, "2 The database cannot run the query"),
        ({"query": "SELECT *, 1/(orders-orders) AS x FROM customers"}, "2 The database stopped while it read"),
        ({"query": 'SELECT *, ("City")::int AS x FROM customers'}, "2 The database stopped while it read"),
        ({"query": "SELECT id, orders AS a, orders AS a FROM customers"}, "2 Columns with the same name"),
        ({"query": 'SELECT id, orders AS a, orders AS "A" FROM customers'}, "2 Columns with the same name"),
        ({"query": "SELECT id, orders AS __c_id FROM customers"}, "2 Column names that are reserved"),
        ({"query": "SELECT * FROM customers WHERE false"}, "2 'the query' has no data rows"),
        ({"query": "SELECT *, nullif(id, 'c00009') AS x FROM customers", "id": "x"}, "2 Column 'x' is empty in 1 row"),
        ({"query": "SELECT *, left(id, 5) AS short FROM customers", "id": "short"}, "repeat an id"),
        ({"query": "SELECT orders, score FROM customers", "id": "orders"}, "repeat an id"),
        ({"query": "SELECT *, 'infinity'::float8 AS x FROM customers"}, "2 Column 'x' holds an infinite number"),
        ({"query": SLOW, "reading": Reading(time_limit=0.3)}, "3 The database did not answer within 0.3 seconds"),
    ],
    ids=str,
)
def test_what_is_refused_is_said(source: dict[str, str], said: str, place: str) -> None:
    assert said in refused(f"postgresql://ann:{WRITTEN}@{place}", **source)


def test_a_source_without_an_id_is_refused(url: str) -> None:
    with pytest.raises(coterie.CoterieError, match="no order to number them by"):
        coterie.segment(url, query="SELECT orders, score FROM customers")


def test_values_of_every_type_are_read_or_left_out(url: str) -> None:
    psql(url, ODD)
    features = ["mood", "p'r\"ice", "hours", "nan", "numeric_nan", "flag", "moment"]
    reading = Reading(time_zone="Asia/Tokyo")
    run = coterie.segment(url, table="my.odd", id="select", features=features, effort="quick", reading=reading)
    found = {c.name: c for c in run.record.columns}
    assert (found["p'r\"ice"].max, found["hours"].max, found["money"].kind) == (90.0, 60.0, "number")
    assert found["nan"].missing == found["numeric_nan"].missing == 8
    assert (found["mood"].kind, found["flag"].kind, found["listed"].kind) == ("flag", "flag", "other")
    assert found["moment"].min == pytest.approx(20_456 + 8.5 / 24)  # the evening in London is the next day in Tokyo
    assert found["digits"].reason == "numbers that are stored as text; --query can cast them"


def test_every_pass_sees_the_same_rows(url: str) -> None:
    """Rows are added after the first pass: without a snapshot the counts would differ, and stop the run."""

    def add_rows(stage: str, said: str) -> None:
        if stage == "read":
            psql(url, "INSERT INTO customers SELECT id || 'x', \"total spend\" FROM customers")

    try:
        run = coterie.segment(url, table="customers", effort="quick", progress=add_rows)
        assert run.record.sample.rows == 300
        assert psql(url, "SELECT count(*) FROM customers").strip() == "600"
    finally:
        psql(url, "DELETE FROM customers WHERE id LIKE '%x'")


def started(url: str, out: Path) -> subprocess.Popen[str]:
    """Start a run that waits for the server, and return it once it does."""
    command = [sys.executable, "-m", "coterie", "segment", url, "--query", SLOW, "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 30
    while not waiting(url):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    return process


def waiting(url: str) -> list[str]:
    """Return the server's processes that run the slow query now."""
    asked = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%'"
    return psql(url, f"{asked} AND pid <> pg_backend_pid()").split()


def test_an_interruption_is_heard_on_the_server(url: str, tmp_path: Path) -> None:
    process = started(url.replace("postgres@", f"postgres:{WRITTEN}@"), tmp_path / "out")
    seen = Path(f"/proc/{process.pid}/cmdline")
    assert not seen.exists() or "s3cr" not in seen.read_text()  # the password is written over, where there is a way
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == (None, "Interrupted.\n")
    assert process.returncode == 130
    assert not waiting(url)
    assert not list(tmp_path.iterdir())


def test_a_lost_connection_publishes_nothing(url: str, tmp_path: Path) -> None:
    process = started(url, tmp_path / "out")
    psql(url, f"SELECT pg_terminate_backend({waiting(url)[0]})")
    assert "was lost; nothing was published" in process.communicate(timeout=10)[1]
    assert process.returncode == 4
    assert not list(tmp_path.iterdir())


def test_the_driver_that_is_missing_is_named(url: str, tmp_path: Path) -> None:
    (tmp_path / "adbc_driver_postgresql.py").write_text("raise ImportError('hidden')")
    ended = verb("check", url, "--table", "customers", env={"PYTHONPATH": str(tmp_path)})
    assert (ended.returncode, "pip install 'coterie[postgres]'" in ended.stderr) == (2, True)


def test_more_columns_than_a_query_takes_are_asked_in_several(url: str) -> None:
    columns = ", ".join(f"(i * {k} % 97)::float8 AS c{k}" for k in range(1, 700))
    psql(url, f"CREATE TABLE wide AS SELECT i::int8 AS id, {columns} FROM generate_series(1, 1200) AS i")
    found = coterie.check(url, table="wide", id="id", features=["c1", "c2"])
    assert (found.rows, found.columns) == (1200, 700)
