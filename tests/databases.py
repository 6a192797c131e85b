"""Tables of the tests in DuckDB, and the same rows in a database, in another order."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

Fill = Callable[[str, Path], None]  # a table's name, and a Parquet file with its rows

# a run that a test has left keeps its snapshot, and with it a lock on its table
IDLE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
MYSQL = {"VARCHAR": "text", "INTEGER": "int", "BOOLEAN": "text", "TIMESTAMP": "datetime"}
AS_TEXT = ("DATE", "TIMESTAMP", "BOOLEAN")
TYPES = {"VARCHAR": "text", "DOUBLE": "double precision", "INTEGER": "int", "BIGINT": "bigint", "DATE": "date"}
TYPES |= {"BOOLEAN": "boolean", "TIMESTAMP": "timestamp", "DECIMAL(10,2)": "numeric(10,2)"}


@dataclass(frozen=True)
class Held:
    """A database that holds tables of the tests; ``arguments`` are how a verb names one of them.

    ``exact`` says that its functions round as DuckDB's do, to the last digit: Java's logarithm does not.
    """

    address: str
    fill: Fill
    exact: bool = True

    def arguments(self, table: str) -> list[str]:
        return [self.address, "--table", table]


def psql(url: str, script: str) -> str:
    """Return what PostgreSQL answers to a script, without headings."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url]
    ended = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def mariadb(url: str, text: str) -> list[tuple[str, ...]]:
    """Return what MariaDB answers to a statement, as texts."""
    import pymysql

    place = urlsplit(url)
    login = {"host": place.hostname, "port": place.port, "user": "root", "database": place.path[1:]}
    with pymysql.connect(**login, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        cursor.execute(text)
        return [tuple(map(str, row)) for row in cursor.fetchall()]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def in_postgres(url: str) -> Held:
    def fill(name: str, path: Path) -> None:
        rows = duckdb.read_parquet(str(path))
        columns = ", ".join(f"{quoted(c)} {TYPES[str(t)]}" for c, t in zip(rows.columns, rows.types, strict=True))
        lines = path.with_suffix(".copied")
        backwards = duckdb.sql(f"SELECT * FROM '{path}' ORDER BY 1 DESC")
        backwards.to_csv(str(lines), header=False)
        psql(
            url,
            f"{IDLE};\nDROP TABLE IF EXISTS {quoted(name)} CASCADE;\nCREATE TABLE {quoted(name)} ({columns});\n"
            f"\\copy {quoted(name)} FROM '{lines}' CSV\n",
        )

    return Held(url, fill)


def in_mariadb(url: str) -> Held:
    def fill(name: str, path: Path) -> None:
        import pymysql

        rows = duckdb.read_parquet(str(path))
        types = {c: MYSQL.get(str(t), str(t)) for c, t in zip(rows.columns, rows.types, strict=True)}
        said = [f"{quoted(c)}::VARCHAR" if t == "text" else quoted(c) for c, t in types.items()]
        held = duckdb.sql(f"SELECT {', '.join(said)} FROM '{path}' ORDER BY 1 DESC").fetchall()
        place = urlsplit(url)
        with pymysql.connect(host=place.hostname, port=place.port, user="root", database="coterie") as connection:
            with connection.cursor() as cursor:
                cursor.execute("SET sql_mode = 'ANSI_QUOTES'")
                cursor.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
                columns = ", ".join(f"{quoted(c)} {t}" for c, t in types.items())
                cursor.execute(f"CREATE TABLE {quoted(name)} ({columns})")
                cursor.executemany(f"INSERT INTO {quoted(name)} VALUES ({', '.join(['%s'] * len(types))})", held)
            connection.commit()

    return Held(url, fill)


def in_sqlite(folder: Path) -> Held:
    """Return a file that holds tables; days and moments are texts there, yes and no too."""
    file = folder / "kept.db"

    def fill(name: str, path: Path) -> None:
        rows = duckdb.read_parquet(str(path))
        types = dict(zip(rows.columns, map(str, rows.types), strict=True))
        said = [f"{quoted(c)}::VARCHAR" if t in AS_TEXT else quoted(c) for c, t in types.items()]
        said = [f"{c}::DOUBLE" if t.startswith("DECIMAL") else c for c, t in zip(said, types.values(), strict=True)]
        held = duckdb.sql(f"SELECT {', '.join(said)} FROM '{path}' ORDER BY 1 DESC").fetchall()
        with closing(sqlite3.connect(file)) as connection:
            columns = ", ".join(map(quoted, rows.columns))
            connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            connection.execute(f"CREATE TABLE {quoted(name)} ({columns})")
            connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({', '.join('?' * len(rows.columns))})", held)
            connection.commit()

    return Held(f"sqlite:///{file}", fill)


def in_spark(session: Any, address: str) -> Held:
    """Return the tables of a session's catalog, in parts and in another order; a server of it has the same."""

    def fill(name: str, path: Path) -> None:
        rows = session.read.parquet(str(path))
        rows.orderBy(rows.columns[-1]).repartition(3).write.mode("overwrite").saveAsTable(name)

    return Held(address, fill, exact=False)


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────

LOCAL = "local[2]"  # an address of Spark in this process; it is that of the tests where they have one

# Numbers that look drawn at random and are the same everywhere.
U = "(hash(i * 31 + {0}) % 1000003) / 1000003.0"
CUSTOMERS = f"""
SELECT printf('c%05d', i + 3) AS id, CASE WHEN {U.format(1)} < 0.04 THEN NULL ELSE
    round(exp(3 + 2 * {U.format(2)} + 2 * (i % 3 = 0)::INT), 2) END::DOUBLE AS "total spend",
  (i % 3 + 12 * {U.format(3)})::INT AS orders,
  CASE WHEN {U.format(4)} < 0.02 THEN NULL ELSE ['Lyon', 'Köln', 'Graz', 'O''Hara'][1 + (4 * {U.format(5)})::INT % 4]
    END AS "City", DATE '2020-01-01' + (900 * {U.format(6)})::INT AS since, {U.format(7)} < 0.3 AS member,
  (20 + 60 * {U.format(8)})::DECIMAL(10, 2) AS score
FROM range({{0}}, {{1}}) AS r(i)
"""
ORDERS = f"""
SELECT i AS invoice, 10000 + (90 * {U.format(1)} * {U.format(2)})::INT AS customer_id,
  TIMESTAMP '2025-01-01' + to_minutes((500000 * {U.format(3)})::INT) AS ordered,
  round(4 + 90 * {U.format(4)} - 40 * ({U.format(5)} < 0.06)::INT * 3, 2)::DOUBLE AS amount,
  ['tea', 'cups', 'Spoons'][1 + (3 * {U.format(6)})::INT % 3] AS kind
FROM range(1500) AS r(i)
"""


def written(folder: Path, name: str, query: str, *bounds: int) -> Path:
    """Write a table's rows as Parquet, and return the file."""
    path = folder / f"{name}.parquet"
    duckdb.sql(query.format(*bounds)).to_parquet(str(path))
    return path


def rows_of(path: Path) -> Sequence[tuple[object, ...]]:
    """Return the rows of a Parquet file, in its order."""
    return duckdb.read_parquet(str(path)).fetchall()


def is_alike(found: Any, wanted: Any) -> bool:
    """Say whether two values are the same, numbers within 1e-12 of each other."""
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and list(found) == list(wanted)
            and all(is_alike(found[k], wanted[k]) for k in found)
        )
    if isinstance(wanted, list | tuple):
        return len(found) == len(wanted) and all(map(is_alike, found, wanted))
    if isinstance(wanted, float) and isinstance(found, float):
        return math.isclose(found, wanted, rel_tol=1e-12)
    return bool(found == wanted)


def have_the_same(found: Path, wanted: Path, *, exact: bool) -> bool:
    """Say whether two files, of JSON or CSV, hold the same: bytes, or numbers within 1e-12 of each other."""
    if exact or found.read_bytes() == wanted.read_bytes():
        return found.read_bytes() == wanted.read_bytes()
    if found.suffix == ".json":
        return is_alike(json.loads(found.read_text()), json.loads(wanted.read_text()))
    cells = [[[_number(c) for c in row] for row in csv.reader(io.StringIO(p.read_text()))] for p in (found, wanted)]
    return is_alike(*cells)


def _number(cell: str) -> float | str:
    return float(cell) if re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", cell) else cell
