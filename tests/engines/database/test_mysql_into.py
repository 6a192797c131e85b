"""Segments in MariaDB, where each CREATE is a commit: what only this database can do wrong."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from places import Place, command, digest_of, run

# A run beside which somebody runs a statement before its segments are written.
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
