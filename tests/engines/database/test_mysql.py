"""MariaDB: doors that stay shut, what is refused, kinds of columns, an interruption."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import coterie
from coterie.engines import Reading
from databases import CUSTOMERS, in_mariadb, written

SLOW = "SELECT *, sleep(0.2) AS s FROM customers"
ODD = """
CREATE TABLE odd AS SELECT seq AS `id`, concat('K', seq) AS `k``ey`, seq % 2 = 0 AS flag,
  CAST(seq * 1.5 AS DECIMAL(20,4)) AS price, CAST('2026-01-01' AS DATE) + INTERVAL seq DAY AS day,
  CAST(seq AS FLOAT) AS f,
  x'00' AS raw, '{}' AS js, CAST(concat('2026-01-01 10:00:', seq MOD 60) AS DATETIME) AS moment,
  CAST(seq * 3 AS CHAR) AS digits, if(seq MOD 2, 'a', 'A') AS letter
FROM seq_1_to_80
"""


@pytest.fixture(scope="module")
def url(mariadb_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    in_mariadb(mariadb_url).fill("customers", written(tmp_path_factory.mktemp("my"), "customers", CUSTOMERS, 0, 300))
    return mariadb_url


@pytest.fixture(scope="module")
def ask(url: str) -> Iterator[Any]:
    import pymysql

    place = urlsplit(url)
    with pymysql.connect(host=place.hostname, port=place.port or 0, user="root", database="coterie") as connection:

        def answer(text: str) -> list[tuple[object, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(text)
                return list(cursor.fetchall())

        yield answer


@pytest.mark.parametrize(
    ("login", "code", "said"),
    [
        ("ann:s3cret@{}/coterie", 4, "Access denied for user 'ann'"),
        ("root@127.0.0.1:1/coterie", 4, "127.0.0.1:1: [Errno 111] Connection refused"),
        ("root@{}/nowhere", 2, "no database 'nowhere'"),
    ],
)
def test_a_door_that_stays_shut(login: str, code: int, said: str, url: str) -> None:
    with pytest.raises(coterie.CoterieError) as found:
        coterie.check(f"mysql://{login.format(urlsplit(url).netloc.rpartition('@')[2])}", table="customers")
    assert (found.value.exit_code, said in str(found.value)) == (code, True), str(found.value)
    assert "s3cret" not in str(found.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"table": "custmers"}, "2 'coterie' has no table 'custmers'"),
        ({"query": "SELECT * FROM moll"}, "2 The database cannot run the query: Table 'coterie.moll' doesn't exist"),
        ({"query": "DROP TABLE customers"}, "2 The database cannot run the query"),
        ({"query": "SELECT *, nullif(id, 'c00009') AS x FROM customers", "id": "x"}, "2 Column 'x' is empty in 1 row"),
        ({"query": "SELECT *, left(id, 5) AS x FROM customers", "id": "x"}, "repeat an id"),
        ({"query": SLOW, "reading": Reading(time_limit=0.5)}, "3 The database did not answer within 0.5 seconds"),
    ],
    ids=str,
)
def test_what_is_refused_is_said(source: dict[str, str], said: str, url: str) -> None:
    with pytest.raises(coterie.CoterieError) as found:
        coterie.segment(url, **{"id": "id", **source})  # type: ignore[arg-type]
    assert said in f"{found.value.exit_code} {found.value}"


def test_values_of_every_type_are_read_or_left_out(url: str, ask: Any) -> None:
    ask(ODD)
    run = coterie.segment(url, table="odd", id="k`ey", features=["price", "f", "letter", "day"], effort="quick")
    found = {c.name: c for c in run.record.columns}
    assert (found["price"].max, found["f"].max, found["day"].kind) == (120.0, 80.0, "date")
    assert (found["letter"].distinct, found["raw"].kind, found["moment"].kind) == (2, "other", "date")
    assert found["digits"].reason == "numbers that are stored as text; --query can cast them"


def test_an_interruption_is_heard_on_the_server(url: str, ask: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "coterie", "segment", url, "--query", SLOW, "--out", str(tmp_path / "out")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    slow = "SELECT id FROM information_schema.processlist WHERE info LIKE '%sleep(0.2)%' AND id <> connection_id()"
    until = time.monotonic() + 30
    while not ask(slow):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == (None, "Interrupted.\n")
    assert process.returncode == 130
    assert not ask(slow)
    assert not list(tmp_path.iterdir())
