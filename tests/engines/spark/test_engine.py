"""Spark as an engine: DataFrames in and out, here and behind Spark Connect; what is refused; what is left behind."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import coterie
import servers
from coterie.engines import Reading
from coterie.engines.spark.driver import SparkDriver
from coterie.record import dumps
from databases import CUSTOMERS, in_spark, is_alike, rows_of, written

SLOW = "SELECT *, (SELECT count(*) FROM range(300000) a CROSS JOIN range(150000) b WHERE a.id * b.id % 7 = 3) AS s"
SLOW = f"{SLOW} FROM customers"
TABLE = ("--table", "customers", "--id", "id", "--effort", "quick", "--quiet")
ODD = """
SELECT id * 7 AS `sel``ect`, concat('K', id) AS `key`, cast(id * 1.5 AS DECIMAL(38, 10)) AS price, id % 2 = 0 AS flag,
  date'2026-01-01' + cast(id AS INT) AS day, if(id % 10 = 0, double('nan'), id * 2d) AS nan, cast(id AS FLOAT) AS f,
  timestamp_ntz'2026-01-01 23:30:00' + make_interval(0, 0, 0, cast(id AS INT)) AS clock, array(id) AS listed,
  timestamp_micros(1767310200000000 + id * 86400000000) AS moment, x'00' AS raw, id * 7 % 13 AS `{a.b}`,
  if(id % 2 = 0, 'a', 'A') AS letter, cast(if(id % 2 = 0, 'a', 'A') AS STRING COLLATE UTF8_LCASE) AS alike,
  cast(id * 3 AS STRING) AS digits
FROM range(80)
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("spark"), "customers", CUSTOMERS, 0, 300)


@pytest.fixture(scope="module")
def url(spark_session: Any, connect_url: str, path: Path) -> str:
    in_spark(spark_session, connect_url).fill("customers", path)
    return connect_url


@pytest.fixture(scope="module")
def remote(url: str) -> Iterator[Any]:
    with servers.connected(url) as session:
        yield session


@pytest.fixture(scope="module", params=["classic", "connect"])
def session(request: pytest.FixtureRequest, url: str) -> Any:
    return request.getfixturevalue("remote" if request.param == "connect" else "spark_session")


def test_a_frame_of_spark_comes_back_as_one(session: Any, path: Path, tmp_path: Path) -> None:
    before = [t.name for t in session.catalog.listTables()]
    frame, here = session.table("customers"), coterie.segment(path, id="id", effort="quick")
    run = coterie.segment(frame, id="id", effort="quick")
    assert is_alike(json.loads(dumps(run.record)), json.loads(dumps(here.record)))
    told = here.assignments().fetchall()
    for answer in (run.assignments(), run.assign(frame)):
        assert type(answer) is type(frame)
        assert is_alike(sorted(tuple(row) for row in answer.collect()), told)
    assert [t.name for t in session.catalog.listTables()] == before
    run.save(tmp_path / "out")
    loaded = coterie.load(tmp_path / "out")
    assert is_alike(sorted(loaded.assignments().fetchall()), told)
    loaded.name(1, "Regulars").save(tmp_path / "named")
    names = {row[2] for row in rows_of(tmp_path / "named" / "segments.parquet") if row[1] == 1}
    assert names == {"Regulars"}


def test_a_part_that_nobody_published_is_seen(session: Any, tmp_path: Path) -> None:
    run = coterie.segment(session.table("customers"), id="id", k=2, effort="quick")
    run.save(tmp_path / "out")
    parts = tmp_path / "out" / "segments.parquet"
    shutil.copyfile(next(parts.iterdir()), parts / "part-00009.parquet")
    with pytest.raises(coterie.CoterieError, match=r"segments\.parquet"):
        coterie.load(tmp_path / "out").assignments()


@pytest.mark.parametrize("zone", ["America/New_York"])
def test_values_of_every_type_are_read_whatever_the_zone(session: Any, zone: str) -> None:
    usual = session.conf.get("spark.sql.session.timeZone")
    session.conf.set("spark.sql.session.timeZone", zone)
    try:
        frame = session.sql(ODD)
        features = ["price", "f", "nan", "day", "clock", "moment", "{a.b}", "sel`ect"]
        run = coterie.segment(frame, id="key", features=features, effort="quick")
        moved = coterie.check(frame, id="key", features=["moment", "f"], reading=Reading(time_zone="Asia/Tokyo"))
        assert run.assign(frame).count() == 80
        assert session.conf.get("spark.sql.session.timeZone") == zone
    finally:
        session.conf.set("spark.sql.session.timeZone", usual)
    found = {c.name: c for c in run.record.columns}
    assert (found["price"].max, found["f"].max, found["nan"].missing, found["sel`ect"].max) == (118.5, 79.0, 8, 553.0)
    assert (found["day"].min, found["day"].max) == (20_454.0, 20_533.0)
    assert found["clock"].min == found["moment"].min == pytest.approx(20_454 + 23.5 / 24)
    assert (found["letter"].distinct, found["alike"].distinct, found["flag"].kind) == (2, 2, "flag")
    assert (found["listed"].kind, found["raw"].kind) == ("other", "other")
    assert found["digits"].reason == "numbers that are stored as text; --query can cast them"
    assert moved.sound


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT id, orders AS a, orders AS A FROM customers", "2 Columns with the same name"),
        ("SELECT id, orders AS __c_x FROM customers", "2 Column names that are reserved"),
        ("SELECT *, double('infinity') AS x FROM customers", "2 Column 'x' holds an infinite number"),
        ("SELECT *, 1 / (orders - orders) AS x FROM customers", "2 The database stopped while it read the source"),
        ("SELECT *, cast(City AS INT) AS x FROM customers", "2 The database stopped while it read the source: The val"),
        ("SELECT left(id, 5) AS id, orders FROM customers", "repeat an id"),
        ("SELECT nullif(id, 'c00009') AS id, orders FROM customers", "2 Column 'id' is empty in 1 row"),
        ("SELECT * FROM customers WHERE false", "has no data rows"),
        ("SELECT * FROM nothing", "2 The database cannot run the query: The table or view `nothing` cannot be found"),
        ("DROP TABLE customers", "2 The database cannot run the query"),
    ],
    ids=str,
)
def test_what_is_refused_is_said(query: str, said: str, url: str) -> None:
    with pytest.raises(coterie.CoterieError) as found:
        coterie.segment(url, query=query, id="id", effort="quick")
    assert said in f"{found.value.exit_code} {found.value}"
    assert "Lyon" not in str(found.value)


def test_a_query_takes_no_longer_than_it_may(session: Any, spark_session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, times = SparkDriver.cancel, itertools.count()
    # the first one comes before there is a job to cancel
    monkeypatch.setattr(SparkDriver, "cancel", lambda driver: cancel(driver) if next(times) else None)
    began = time.monotonic()
    with pytest.raises(coterie.CoterieError, match="did not answer within 1 seconds"):
        coterie.check(session.sql(SLOW), id="id", reading=Reading(time_limit=1))
    assert time.monotonic() - began < 60
    _wait_for_rest(spark_session, time.monotonic() + 60)


def _wait_for_rest(spark_session: Any, until: float) -> None:
    """Wait until the server has nothing to do, which a part of a query that began after its end would keep busy."""
    jobs = spark_session.sparkContext.statusTracker()
    while jobs.getActiveJobsIds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_table_that_is_none_is_told_with_the_nearest(url: str) -> None:
    for address in (url, "local[2]"):
        for name in ("custmers", "default.custmers", "no such; table"):
            with pytest.raises(coterie.CoterieError, match="has no table") as found:
                coterie.check(address, table=name)
            assert ("Did you mean" in str(found.value)) == ("cust" in name)


def test_a_damaged_part_stops_the_run(path: Path, tmp_path: Path, spark_session: Any) -> None:
    folder = tmp_path / "customers"
    spark_session.read.parquet(str(path)).repartition(3).write.parquet(str(folder))
    part = sorted(folder.glob("part-*"))[1]
    data = bytearray(part.read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    part.write_bytes(data)
    with pytest.raises(coterie.CoterieError) as found:
        coterie.segment(folder, id="id", engine=coterie.connect("local[2]"))
    assert found.value.exit_code == 2, str(found.value)


def test_files_of_other_kinds_are_left_to_duckdb(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2\n")
    engine = coterie.connect(url)
    with pytest.raises(coterie.CoterieError, match="Of files Spark reads Parquet here"):
        coterie.check(tmp_path / "a.csv", engine=engine)
    engine.close()


# ── as a program ──────────────────────────────────────────────────────────────────────────────────────────────────


def program(*arguments: object, first: str = "", **more: str) -> subprocess.Popen[str]:
    """Start coterie, where ``first`` is run before it."""
    code = f"import sys; from coterie.__main__ import main; {first or 'pass'}; sys.exit(main())"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = os.environ | more
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def _strange(said: str) -> list[str]:
    """Return what somebody else than coterie has said."""
    return [line for line in said.splitlines() if not line.startswith("COT")]


def test_an_interruption_is_heard_on_the_server(url: str, spark_session: Any, tmp_path: Path) -> None:
    process = program("segment", "--engine", url, "--query", SLOW, "--id", "id", "--out", tmp_path / "out")
    jobs, until = spark_session.sparkContext.statusTracker(), time.monotonic() + 60
    while not jobs.getActiveJobsIds():
        assert time.monotonic() < until
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1].splitlines()[-1] == "Interrupted."
    assert process.returncode == 130
    assert not list(tmp_path.iterdir())
    _wait_for_rest(spark_session, until)


@pytest.mark.parametrize("moment", ["_write", "take_over"])
def test_a_killed_driver_publishes_nothing_and_the_next_run_is_whole(moment: str, url: str, tmp_path: Path) -> None:
    out, place = tmp_path / "out", "coterie.engines.spark.engine"
    kill = "lambda *a: __import__('os').kill(__import__('os').getpid(), 9)"
    inside = f"import {place} as e; setattr({'e.Spark' if moment == '_write' else 'e'}, '{moment}', {kill})"
    process = program("segment", "--engine", url, *TABLE, "--out", out, first=inside)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert not out.exists()
    again = program("segment", "--engine", url, *TABLE, "--out", out)
    assert not _strange(again.communicate(timeout=120)[1])
    assert again.returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
    assert len(rows_of(out / "segments.parquet" / "*.parquet")) == 300


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    gone = program("check", "--engine", f"sc://127.0.0.1:{servers.free_port()}", "--table", "customers")
    assert "No server answers at 127.0.0.1:" in gone.communicate(timeout=60)[1]
    assert gone.returncode == 4
    (tmp_path / "pyspark.py").write_text("raise ImportError('hidden')")
    bare = program("check", "--engine", "local[2]", "--table", "customers", PYTHONPATH=str(tmp_path))
    assert "pip install 'coterie[spark]'" in bare.communicate(timeout=60)[1]
    assert bare.returncode == 2


def test_spark_starts_here_and_leaves_nothing(
    path: Path, tmp_path: Path, spark_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Spark of its own; this process's would be taken otherwise."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(path, tmp_path / "customers.parquet")
    process = program("segment", "customers.parquet", "--engine", "local[2]", "--memory", "800MB", *TABLE[2:])
    assert not _strange(process.communicate(timeout=300)[1])
    assert process.returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["customers-segments", "customers.parquet"]
    no_java = program("check", "customers.parquet", "--engine", "local[2]", PATH=str(tmp_path), JAVA_HOME="")
    assert "Install Java 17" in no_java.communicate(timeout=60)[1]
    assert no_java.returncode == 4
