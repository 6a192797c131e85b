"""Segments in a table or a view of a database: both they and the run's folder are published, or neither is."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

import coterie
from coterie.engines import begin_into
from coterie.runs import manifest
from databases import CUSTOMERS, in_mariadb, in_postgres, mariadb, psql, written

KILLS = 20
MANY, SAMPLE = 120_000, 50_000
LEFT = "SELECT sum(rows) FROM pg_stat_statements WHERE query !~* '^(create|insert)'"
# A run that is killed between its table and its folder; before a statement that makes or renames something; and one
# beside which somebody runs a statement before its segments are written.
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
DISTURBED = """
import sys
from coterie.__main__ import main
from coterie.engines.database.engine import Publication
from databases import mariadb
url, text, store = sys.argv.pop(1), sys.argv.pop(1), Publication.store
def disturbed(self, *given):
    mariadb(url, text)
    store(self, *given)
Publication.store = disturbed
main()
"""


@dataclass(frozen=True)
class Place:
    """A database of customers, and how it is asked.

    ``home`` is the schema of names that have none, ``mark`` the query of what is written on a table.
    """

    url: str
    ask: Callable[[str], list[tuple[str, ...]]]
    home: str
    mark: str
    busy: str
    refused: str

    def marked(self, table: str) -> str:
        return self.ask(self.mark.format(*table.split(".") if "." in table else (self.home, table)))[0][0]

    def tables(self) -> list[str]:
        """Return the tables and views beside that of the customers."""
        asked = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{self.home}'"
        found = sorted(name for (name,) in self.ask(asked))
        return [name for name in found if name in ("segments", "mine", "seen") or name[:3] == "__c"]

    def wait(self) -> None:
        """Wait for the end of what the server does for a program that is gone."""
        until = time.monotonic() + 30
        while self.ask(self.busy) != [("0",)]:
            assert time.monotonic() < until
            time.sleep(0.02)


def in_place(kind: str, url: str) -> Place:
    if kind == "postgres":
        return Place(
            url,
            lambda text: [tuple(line.split("|")) for line in psql(url, text).splitlines()],
            "public",
            "SELECT obj_description('{}.{}'::regclass)",
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%transaction%'",
            "permission denied for schema crm",
        )
    return Place(
        url,
        lambda text: mariadb(url, text),
        "coterie",
        "SELECT table_comment FROM information_schema.tables WHERE table_schema = '{}' AND table_name = '{}'",
        "SELECT count(*) FROM information_schema.processlist WHERE db = 'coterie' AND id <> connection_id()",
        "CREATE command denied to user 'reader'",
    )


def filled(place: Place, folder: Path) -> Place:
    """Return a place with 400 customers and nothing else."""
    held = in_postgres if place.home == "public" else in_mariadb
    held(place.url).fill("customers", written(folder, "customers", CUSTOMERS, 0, 400))
    place.ask("CREATE SCHEMA IF NOT EXISTS crm")
    for name in ("seen", "leaning"):
        place.ask(f"DROP VIEW IF EXISTS {name}")
    for name in ("leant", "crm.s", *(name for name in place.tables() if name != "seen")):
        place.ask(f"DROP TABLE IF EXISTS {name}")
    return place


@pytest.fixture(params=["postgres", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return filled(in_place(request.param, request.getfixturevalue(f"{request.param}_url")), tmp_path)


@pytest.fixture
def in_maria(mariadb_url: str, tmp_path: Path) -> Place:
    return filled(in_place("mariadb", mariadb_url), tmp_path)


@pytest.fixture
def in_pg(postgres_url: str, tmp_path: Path) -> Place:
    return filled(in_place("postgres", postgres_url), tmp_path)


def command(url: str, *more: object, table: str = "segments", out: str = "out") -> list[str]:
    shaping = ["--table", "customers", "--id", "id", "-k", "3", "--effort", "quick"]
    shaping += ["--features", "orders,score,since", "--quiet"]
    into = [] if not table else ["--into", table]
    return ["-m", "coterie", "segment", url, *shaping, *into, "--out", out, *map(str, more)]


def run(folder: Path, *words: str) -> tuple[int, str]:
    tests = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": tests},
    )
    return ended.returncode, ended.stderr


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


def digest_of(out: Path) -> str:
    """Return the mark of a run's table; nothing where there is no run."""
    found = out / "manifest.json"
    return f"coterie run {json.loads(found.read_text())['digest']}" if found.exists() else ""


def check_both_or_neither(place: Place, folder: Path) -> tuple[bool, bool]:
    """Return whether the table and the folder of a killed run are there; the next one finishes what it can."""
    table, out = "segments" in place.tables(), (folder / "out").exists()
    staged = any(p.name.startswith(".out.tmp") and (p / "manifest.json").exists() for p in folder.iterdir())
    assert table == out or (table and staged)
    if place.home == "public":
        assert not [name for name in place.tables() if name.startswith("__c")]
    return table, out


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_kill_before_each_statement_is_put_right_by_the_next_run(
    overwrite: bool, place: Place, tmp_path: Path
) -> None:
    more = ["--overwrite"] if overwrite else []
    for n in range(20):
        place.ask("DROP TABLE IF EXISTS segments")
        subprocess.run(["rm", "-rf", str(tmp_path / "out")], check=True)
        if overwrite:
            assert run(tmp_path, *command(place.url)) == (0, "")
        code, said = run(tmp_path, "-c", STOPPED_AT, str(n), *command(place.url, "--seed", 1, *more)[2:])
        if code != 9:
            break
        place.wait()
        if not overwrite:
            check_both_or_neither(place, tmp_path)
        shown = "segments" in place.tables() and place.marked("segments") not in ("", digest_of(tmp_path / "out"))
        code, said = run(tmp_path, *command(place.url, "--seed", 1, *more))
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


# ── where each CREATE is a commit ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("INSERT INTO customers (id, orders) VALUES ('new', 3)", "400 rows were counted, and 401 written"),
        ("DELETE FROM customers LIMIT 1", "400 rows were counted, and 399 written"),
        ("UPDATE customers SET orders = 14 - orders, score = 100 - score", "as many written, in other segments"),
    ],
    ids=["more", "fewer", "others"],
)
def test_customers_who_change_before_they_are_written_end_the_run(
    change: str, said: str, in_maria: Place, tmp_path: Path
) -> None:
    code, told = run(tmp_path, "-c", DISTURBED, in_maria.url, change, *command(in_maria.url)[2:])
    assert (code, said in told) == (2, True), told
    assert in_maria.tables() == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["customers.parquet"]


def test_who_changes_a_customer_waits_for_nobody_and_is_not_waited_for(in_maria: Place, tmp_path: Path) -> None:
    import pymysql

    at = urlsplit(in_maria.url)
    with pymysql.connect(host=at.hostname, port=at.port or 0, user="root", database="coterie") as connection:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE customers SET orders = orders + 1")  # and not committed
        assert run(tmp_path, *command(in_maria.url)) == (0, "")
        connection.rollback()


def test_a_table_is_replaced_although_the_run_read_it(in_maria: Place, tmp_path: Path) -> None:
    assert run(tmp_path, *command(in_maria.url)) == (0, "")
    words = [w for w in command(in_maria.url, "--overwrite", "--seed", 1) if w not in ("--table", "customers")]
    both = "SELECT c.* FROM customers AS c JOIN segments AS s ON s.id = c.id"
    assert run(tmp_path, *words, "--query", both) == (0, "")
    assert in_maria.marked("segments") == digest_of(tmp_path / "out")


def test_the_rights_that_the_page_names_are_enough(in_maria: Place, tmp_path: Path) -> None:
    in_maria.ask("CREATE USER maker")
    in_maria.ask("GRANT CREATE, CREATE VIEW, INSERT, SELECT, ALTER, DROP ON coterie.* TO maker")
    url = in_maria.url.replace("root@", "maker@")
    for more in ([], ["--overwrite"]):
        assert run(tmp_path, *command(url, *more)) == (0, "")
        assert run(tmp_path, *command(url, "--view", "seen", *more, table="", out="view")) == (0, "")
    in_maria.ask("DROP USER maker")


def test_a_name_needs_its_database_where_the_address_names_none(in_maria: Place, tmp_path: Path) -> None:
    words = command(in_maria.url.removesuffix("/coterie"))
    words[words.index("customers")] = "coterie.customers"
    code, said = run(tmp_path, *words)
    assert (code, "a name with its database" in said) == (2, True), said
    words[words.index("segments")] = "crm.s"
    assert run(tmp_path, *words) == (0, "")


def test_what_a_living_run_makes_is_left_alone(in_maria: Place, tmp_path: Path) -> None:
    import pymysql

    ours, at = "__c_0123456789ab", urlsplit(in_maria.url)
    in_maria.ask(f"CREATE TABLE {ours} (a int) COMMENT 'coterie run in the making'")
    in_maria.ask("CREATE TABLE __c_abcdefabcdef (a int)")  # somebody else's
    with pymysql.connect(host=at.hostname, port=at.port or 0, user="root", database="coterie") as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT get_lock('{ours}', 0)")
        assert run(tmp_path, *command(in_maria.url)) == (0, "")
        assert in_maria.tables() == [ours, "__c_abcdefabcdef", "segments"]
    in_maria.wait()
    assert run(tmp_path, *command(in_maria.url, "--overwrite")) == (0, "")
    assert in_maria.tables() == ["__c_abcdefabcdef", "segments"]


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        ("Segments", "Segments"),
        ("select", "select"),
        ('crm."the ""best"" `ones`"', 'the "best" `ones`'),
        ('crm."a.b\\c"', "a.b\\c"),
        ("ü" * 64, "ü" * 64),
    ],
)
def test_any_name_that_the_server_takes_is_the_tables(asked: str, called: str, in_maria: Place, tmp_path: Path) -> None:
    in_maria.ask("CREATE TABLE segments (a int)")  # another one, by its letters
    assert run(tmp_path, *command(in_maria.url, table=asked)) == (0, "")
    assert run(tmp_path, *command(in_maria.url, table=asked, out="other"))[0] == 2
    assert run(tmp_path, *command(in_maria.url, "--overwrite", table=asked)) == (0, "")
    assert (
        run(tmp_path, "-m", "coterie", "audience", "out", "--holdout", "0.1", "--key", "k", "--out", "l", "-q")[0] == 0
    )
    home = "crm" if asked.startswith("crm.") else "coterie"
    quoted = called.replace("`", "``")
    assert in_maria.ask(f"SELECT count(*), count(DISTINCT id) FROM {home}.`{quoted}`") == [("400", "400")]
    in_maria.ask(f"DROP TABLE {home}.`{quoted}`")


def test_ids_are_told_apart_by_their_letters_in_the_table(in_maria: Place, tmp_path: Path) -> None:
    in_maria.ask("UPDATE customers SET id = 'A' WHERE id = 'c00010'")
    in_maria.ask("UPDATE customers SET id = 'a' WHERE id = 'c00011'")
    in_maria.ask("ALTER TABLE customers MODIFY since varchar(20)")
    in_maria.ask("UPDATE customers SET since = '0000-00-00' WHERE id = 'c00012'")
    in_maria.ask("ALTER TABLE customers MODIFY since date")  # a day that no calendar has is none, and stops nothing
    assert run(tmp_path, *command(in_maria.url))[0] == 0
    assert in_maria.ask("SELECT id FROM segments WHERE id = 'a'") == [("a",)]


def test_an_interruption_while_segments_are_written_leaves_no_table(in_maria: Place, tmp_path: Path) -> None:
    slow = ["--query", "SELECT * FROM customers WHERE sleep(0.004) = 0"]
    words = [w for w in command(in_maria.url) if w not in ("--table", "customers")]
    process = subprocess.Popen([sys.executable, *words, *slow], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    writing = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'INSERT INTO%sleep%'"
    until = time.monotonic() + 60
    while in_maria.ask(writing) != [("1",)]:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == (None, "Interrupted.\n")
    assert process.returncode == 130
    in_maria.wait()
    assert in_maria.tables() == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["customers.parquet"]
