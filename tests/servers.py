"""Servers that tests talk to: PostgreSQL, MariaDB, Spark; each is started when the first test asks, and stopped.

Where one is not installed its tests are skipped with the reason; with ``COTERIE_ENGINES=all`` they fail.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from databases import psql

INITDB = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
SECONDS = 60  # to start in
ALL = os.environ.get("COTERIE_ENGINES") == "all"


def absent(what: str) -> NoReturn:
    """Skip for want of a server, or fail where every one must be there."""
    if ALL:
        pytest.fail(f"{what} is not installed, and COTERIE_ENGINES=all asks for it")
    pytest.skip(f"{what} is not installed")


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of a server of PostgreSQL: ``postgresql://postgres@127.0.0.1:PORT``."""
    if not INITDB or shutil.which("psql") is None:
        absent("PostgreSQL")
    with _folder("pg", "postgres") as (folder, as_server):
        initdb, control, port = INITDB[-1], INITDB[-1].with_name("pg_ctl"), free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        options += " -c shared_preload_libraries=pg_stat_statements"  # counts the rows that leave
        kept = ["-D", folder / "data"]
        _run([*as_server, initdb, *kept, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        _run([*as_server, control, *kept, "-o", options, "-l", folder / "log", "-w", "start"])
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run([*as_server, control, *kept, "-m", "immediate", "stop"])


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Give the address of an empty database, ``shop``, which is gone afterwards."""
    psql(f"{server}/postgres", "CREATE DATABASE shop")
    try:
        yield f"{server}/shop"
    finally:
        psql(f"{server}/postgres", "DROP DATABASE shop WITH (FORCE)")


@contextmanager
def mariadb() -> Iterator[str]:
    """Give the address of a server of MariaDB: ``mysql://root@127.0.0.1:PORT``."""
    if shutil.which("mariadbd") is None or find_spec("pymysql") is None:
        absent("MariaDB, or PyMySQL,")
    import pymysql

    with _folder("my", "mysql") as (folder, as_server):
        port, kept = free_port(), [f"--datadir={folder / 'data'}"]
        _run([*as_server, "mariadb-install-db", "--no-defaults", *kept, "--auth-root-authentication-method=normal"])
        listening = [f"--socket={folder / 'socket'}", f"--port={port}", "--bind-address=127.0.0.1"]
        fast = ["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]
        own = f"--tmpdir={folder}"  # a server that starts removes what others have in a folder that they share
        command = [*as_server, "mariadbd", "--no-defaults", *kept, *listening, *fast, own]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        try:
            until = time.monotonic() + SECONDS
            while True:
                with suppress(pymysql.err.OperationalError):
                    pymysql.connect(host="127.0.0.1", port=port, user="root").close()
                    break
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until, "MariaDB does not answer"
                time.sleep(0.1)
            yield f"mysql://root@127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(SECONDS)


@contextmanager
def mariadb_database(server: str) -> Iterator[str]:
    """Give the address of an empty database, ``coterie``, which is gone afterwards."""
    import pymysql

    with pymysql.connect(host="127.0.0.1", port=urlsplit(server).port or 0, user="root") as connection:
        connection.query("CREATE DATABASE coterie CHARACTER SET utf8mb4")
        try:
            yield f"{server}/coterie"
        finally:
            with connection.cursor() as cursor:  # connections that are open still would be waited for
                cursor.execute("SELECT concat('KILL ', id) FROM information_schema.processlist WHERE db = 'coterie'")
                for (kill,) in cursor.fetchall():
                    with suppress(pymysql.err.OperationalError):  # it has ended meanwhile
                        cursor.execute(kill)
            connection.query("DROP DATABASE coterie")


CONNECT_PORT = "spark.connect.grpc.binding.port"


def fake_of_snowflake() -> Path:
    """Give the Python of the environment that ``.ci/run`` makes for fakesnow."""
    python = Path(__file__).parents[1] / "build" / "fakesnow" / "bin" / "python"
    if not python.exists():
        absent("fakesnow, in build/fakesnow,")
    return python


def need_spark() -> None:
    """Skip the test where there is no Spark, or fail it."""
    if shutil.which("java") is None or find_spec("pyspark") is None:
        absent("Spark, or Java,")


@contextmanager
def spark() -> Iterator[Any]:
    """Give a session of Spark in this process, which is a server of Spark Connect on ``CONNECT_PORT`` too."""
    need_spark()
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # of a package that is not ours
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")  # short is all it does
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.sql.shuffle.partitions", "2")
        builder = builder.config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
        builder = builder.config(CONNECT_PORT, str(free_port())).config("spark.sql.warehouse.dir", folder)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        try:
            yield session
        finally:
            session.stop()


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """Give a session of a server of Spark Connect."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql.connect.session import SparkSession

        session: Any = SparkSession.builder.remote(url).create()
    yield session
    session.stop()


def free_port() -> int:
    """Return a port that nobody listens on, of those that no client is given: it stays free until a server takes it."""
    while True:
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", random.SystemRandom().randrange(10_000, 32_000)))
            return int(free.getsockname()[1])


@contextmanager
def _folder(prefix: str, user: str) -> Iterator[tuple[Path, list[str]]]:
    """Give a folder of a server's own, and what a command begins with; both refuse to run as root."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))  # a socket's path is short
    as_server = []
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, user)
            as_server = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
        yield folder, as_server
    finally:
        shutil.rmtree(folder)


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
