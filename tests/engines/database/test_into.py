"""Segments in a table or a view of a database: both they and the run's folder are published, or neither is."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

import coterie
from coterie.engines import begin_into
from coterie.runs import manifest
from databases import CUSTOMERS, psql, written
from places import Place, check_both_or_neither, command, digest_of, run

KILLS = 20
MANY, SAMPLE = 120_000, 50_000
LEFT = "SELECT sum(rows) FROM pg_stat_statements WHERE query !~* '^(create|insert)'"
# A run that is killed between its table and its folder, and one before a statement that makes or renames something.
STOPPED = """
import os
from coterie.__main__ import main
from coterie.runs import run_folder
run_folder._show = lambda *given: os._exit(9)
main()
"""
STOPPED_AT = """
import os, sys
from coterie.__main__ import main
from coterie.engines.database import mysql, postgres
left = int(sys.argv.pop(1))
def stopping(do):
    def counted(self, text, *more):
        global left
        left -= text.split()[0] in ("CREATE", "INSERT", "ALTER", "RENAME", "DROP", "COMMENT", "COMMIT")
        if left < 0:
            os._exit(9)
        do(self, text, *more)
    return counted
for driver in (mysql.MySQL, postgres.Postgres):
    driver._do = stopping(driver._do)
main()
"""


def test_a_table_holds_what_the_file_would(place: Place, tmp_path: Path) -> None:
    assert run(tmp_path, *command(place.url)) == (0, "")
    assert run(tmp_path, *command(place.url, table="", out="file")) == (0, "")
    assert (tmp_path / "out" / "run.json").read_bytes() == (tmp_path / "file" / "run.json").read_bytes()
    assert not (tmp_path / "out" / "segments.parquet").exists()
    assert manifest.verify(tmp_path / "out") == ()
    said = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert said["into"] == {"address": place.url, "table": f"{place.home}.segments"}
    found = [
        (id, int(segment), name, float(margin), sure)
        for id, segment, name, margin, sure in place.ask("SELECT * FROM segments ORDER BY id")
    ]
    assert found == duckdb.read_parquet(str(tmp_path / "file" / "segments.parquet")).fetchall()
    assert place.tables() == ["segments"]


def test_what_comes_after_reads_the_table(place: Place, tmp_path: Path) -> None:
    assert run(tmp_path, *command(place.url, table="crm.s")) == (0, "")
    audience = run(
        tmp_path, "-m", "coterie", "audience", "out", "--holdout", "0.1", "--key", "k", "--out", "lists", "-q"
    )
    assert audience == (0, "")
    assert run(tmp_path, "-m", "coterie", "name", "out", "1", "Regulars", "-q") == (0, "")
    assert "into" not in json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (tmp_path / "out" / "segments.parquet").exists()


def test_in_python_a_run_is_saved_with_its_table(place: Place, tmp_path: Path) -> None:
    with closing(coterie.connect(place.url)) as engine:
        found = coterie.segment(place.url, table="customers", id="id", k=3, effort="quick", engine=engine)
        with closing(begin_into(engine, ("segments",))) as into:
            into.prepare(overwrite=False)
            found.save(tmp_path / "out", into=into)
    assert place.marked("segments") == digest_of(tmp_path / "out")
    assert place.ask("SELECT count(*) FROM segments") == [("400",)]
    assert place.tables() == ["segments"]


def test_only_a_runs_own_table_is_replaced(place: Place, tmp_path: Path) -> None:
    place.ask("CREATE TABLE mine (a int)")
    assert run(tmp_path, *command(place.url, table="mine"))[0] == 2
    code, said = run(tmp_path, *command(place.url, "--overwrite", table=f"{place.home}.mine"))
    assert (code, "was not made by a run of coterie" in said) == (2, True)
    assert not (tmp_path / "out").exists()
    assert run(tmp_path, *command(place.url, table="crm.s")) == (0, "")
    code, said = run(tmp_path, *command(place.url, table="crm.s", out="other"))
    assert (code, "'crm.s' exists in the database" in said) == (2, True)
    before = place.marked("crm.s")
    assert run(tmp_path, *command(place.url, "--overwrite", "--seed", 1, table="crm.s")) == (0, "")
    assert place.marked("crm.s") != before
    assert place.tables() == ["mine"]


def test_what_others_lean_on_is_not_replaced(place: Place, tmp_path: Path) -> None:
    assert run(tmp_path, *command(place.url)) == (0, "")
    if place.home == "public":
        place.ask("CREATE VIEW leaning AS SELECT * FROM segments")
    else:
        place.ask("ALTER TABLE segments MODIFY id varchar(40), ADD UNIQUE (id)")
        place.ask(
            "CREATE TABLE leant (id varchar(40) COLLATE utf8mb4_general_ci, FOREIGN KEY (id) REFERENCES segments (id))"
        )
    before = place.marked("segments")
    code, said = run(tmp_path, *command(place.url, "--overwrite", "--seed", 1))
    assert (code, "does not let the table be replaced" in said) == (2, True), said
    assert place.marked("segments") == before


def test_a_view_gives_the_segments_of_now(place: Place, tmp_path: Path) -> None:
    assert run(tmp_path, *command(place.url, "--view", "seen", table="")) == (0, "")
    place.ask("INSERT INTO customers (id, orders) VALUES ('new', 3)")
    assert place.ask("SELECT count(*), count(segment) FROM seen") == [("401", "401")]
    assert run(tmp_path, *command(place.url, "--view", "seen", table=""))[0] == 2
    assert run(tmp_path, *command(place.url, "--view", "seen", "--overwrite", table=""))[0] == 0
    assert run(tmp_path, *command(place.url, "--overwrite", table="seen"))[0] == 0
    place.ask("DELETE FROM customers")
    assert place.ask("SELECT count(*), count(segment) FROM seen") == [("401", "401")]
    assert place.tables() == ["seen"]
    place.ask("DROP TABLE seen")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--into", "nowhere.s"], "no schema 'nowhere'"),
        (["--into", "s", "--view", "v"], "exclude each other"),
        (["--into", "a.b.c.d"], "--into"),
        (["--into", "s" * 65], "a name of at most 6"),
    ],
)
def test_a_place_that_cannot_be(more: list[str], said: str, place: Place, tmp_path: Path) -> None:
    code, told = run(tmp_path, *command(place.url, *more, table=""))
    assert (code, said in told) == (2, True), told
    assert not (tmp_path / "out").exists()


def test_without_the_right_nothing_is_begun(place: Place, tmp_path: Path) -> None:
    place.ask("CREATE USER reader")
    place.ask("GRANT SELECT ON customers TO reader")
    code, said = run(tmp_path, *command(re.sub("//.*@", "//reader@", place.url), table="crm.s"))
    assert (code, place.refused in said) == (4, True), said
    assert not (tmp_path / "out").exists()
    place.ask("REVOKE ALL ON customers FROM reader")
    place.ask("DROP USER reader")


def test_customers_of_a_file_have_no_database(tmp_path: Path) -> None:
    written(tmp_path, "customers", CUSTOMERS, 0, 400)
    assert run(tmp_path, *command("customers.parquet"))[0] == 2


def test_a_kill_at_any_time_leaves_both_or_neither(place: Place, tmp_path: Path) -> None:
    started = time.perf_counter()
    assert run(tmp_path, *command(place.url)) == (0, "")
    usual = time.perf_counter() - started
    left = set()
    for i in range(KILLS):
        place.ask("DROP TABLE IF EXISTS segments")
        subprocess.run(["rm", "-rf", str(tmp_path / "out")], check=True)
        process = subprocess.Popen([sys.executable, *command(place.url)], cwd=tmp_path, stderr=subprocess.DEVNULL)
        time.sleep(usual * (0.5 + 0.6 * i / KILLS))
        process.send_signal(signal.SIGKILL)
        process.wait()
        place.wait()
        left.add(check_both_or_neither(place, tmp_path))
    assert (False, False) in left
    assert run(tmp_path, *command(place.url, "--overwrite"))[0] == 0
    assert place.tables() == ["segments"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_kill_before_each_statement_is_put_right_by_the_next_run(
    overwrite: bool, place: Place, tmp_path: Path
) -> None:
    more = ["--overwrite"] if overwrite else []
    if overwrite:
        assert run(tmp_path, *command(place.url)) == (0, "")
    for n in range(20):
        if not overwrite:
            place.ask("DROP TABLE IF EXISTS segments")
            subprocess.run(["rm", "-rf", str(tmp_path / "out")], check=True)
        words = command(place.url, "--seed", n + 1, *more)
        code, said = run(tmp_path, "-c", STOPPED_AT, str(n), *words[2:])
        if code != 9:
            break
        place.wait()
        if not overwrite:
            check_both_or_neither(place, tmp_path)
        shown = "segments" in place.tables() and place.marked("segments") not in ("", digest_of(tmp_path / "out"))
        code, said = run(tmp_path, *words)
        assert (code, "is finished now" in said) == (2 if shown and not overwrite else 0, shown), (n, said)
        assert place.tables() == ["segments"]
        assert manifest.verify(tmp_path / "out") == ()
    assert (code, said) == (0, "")
    assert n >= 4


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_kill_between_table_and_folder_is_finished_by_the_next_run(
    overwrite: bool, place: Place, tmp_path: Path
) -> None:
    more = ["--overwrite"] if overwrite else []
    if overwrite:
        assert run(tmp_path, *command(place.url)) == (0, "")
    words = command(place.url, "--seed", 1, *more)[2:]
    assert run(tmp_path, "-c", STOPPED, *words)[0] == 9
    assert "segments" in place.tables()
    assert (tmp_path / "out").exists() == overwrite
    place.wait()
    code, said = run(tmp_path, *command(place.url, "--seed", 1, *more))
    assert "is finished now" in said
    assert code == (0 if overwrite else 2)
    assert manifest.verify(tmp_path / "out") == ()
    assert place.marked("segments") == digest_of(tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".out")] == []
    assert place.tables() == ["segments"]


def test_of_many_customers_only_the_sample_and_sums_leave_the_server_by_its_own_count(
    in_pg: Place, tmp_path: Path
) -> None:
    url = in_pg.url
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
