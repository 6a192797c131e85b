"""Where the warehouse's SQL is executed: DuckDB and SQLite here, PostgreSQL where its server is installed."""

from __future__ import annotations

import csv
import io
import math
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

Cell = str | float | int | bool | None
Rows = list[tuple[Cell, ...]]
Run = Callable[[Sequence[str], Sequence[str], Rows, str], Rows]  # names, types, rows of `customers`, query
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def created(names: Sequence[str], types: Sequence[str]) -> str:
    columns = ", ".join(f"{quoted(n)} {t}" for n, t in zip(names, types, strict=True))
    return f"CREATE TABLE customers ({columns})"


def by_duckdb(names: Sequence[str], types: Sequence[str], rows: Rows, query: str) -> Rows:
    connection = duckdb.connect()
    connection.execute(created(names, types))
    connection.executemany(f"INSERT INTO customers VALUES ({', '.join('?' * len(names))})", rows)
    return [tuple(row) for row in connection.execute(query).fetchall()]


def by_sqlite(names: Sequence[str], types: Sequence[str], rows: Rows, query: str) -> Rows:
    connection = sqlite3.connect(":memory:")
    for name, function in (("LN", math.log), ("SQRT", math.sqrt)):
        connection.create_function(name, 1, lambda x, f=function: None if x is None else f(x))
    connection.create_function("SIGN", 1, lambda x: None if x is None else math.copysign(1.0, x) if x else 0.0)
    connection.execute(created(names, types))
    connection.executemany(f"INSERT INTO customers VALUES ({', '.join('?' * len(names))})", rows)
    return [tuple(row) for row in connection.execute(query).fetchall()]


def postgres() -> Iterator[Run]:
    """Start a server of PostgreSQL and stop it; a printed skip where there is none."""
    if not BINARIES or shutil.which("psql") is None:
        pytest.skip("no server of PostgreSQL is installed")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    as_server = []
    if os.geteuid() == 0:  # which the server refuses
        shutil.chown(folder, "postgres")
        as_server = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    initdb, control = BINARIES[-1], BINARIES[-1].with_name("pg_ctl")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    made = [initdb, "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]

    def run(*command: str | Path) -> None:
        subprocess.run([*as_server, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    try:
        run(*made)
        start = [control, "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"]
        run(*start)
        try:
            yield lambda names, types, rows, query: _by_psql(port, names, types, rows, query)
        finally:
            run(control, "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _copied(cell: Cell) -> str:
    """Return a cell as COPY reads it; nothing is NULL, and what is quoted is text."""
    if cell is None:
        return ""
    return quoted(cell) if isinstance(cell, str) else repr(cell)


def _by_psql(port: str, names: Sequence[str], types: Sequence[str], rows: Rows, query: str) -> Rows:
    typed = ["DOUBLE PRECISION" if t == "DOUBLE" else t for t in types]
    lines = "".join(",".join(map(_copied, row)) + "\n" for row in rows)
    script = (
        f"SET extra_float_digits = 3;\nDROP TABLE IF EXISTS customers;\n{created(names, typed)};\n"
        f"COPY customers FROM STDIN WITH (FORMAT csv);\n{lines}\\.\n"
        f"{query};\n"
    )
    command = [
        "psql",
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        "127.0.0.1",
        "-p",
        port,
        "-U",
        "postgres",
        "--csv",
        "-t",
    ]
    ended = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    answer = csv.reader(io.StringIO(ended.stdout))
    return [
        (id, int(segment) if segment else None, name or None, float(margin) if margin else None, sure or None)
        for id, segment, name, margin, sure in answer
    ]
