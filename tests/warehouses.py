"""Where the SQL of a run is executed: a table is put there, and the rows of a query come back."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

Cell = Any
Rows = list[tuple[Cell, ...]]
ARROW = {"TEXT": pa.string(), "DOUBLE": pa.float64(), "BIGINT": pa.int64(), "TIMESTAMP": pa.timestamp("us")}


@dataclass(frozen=True)
class Held:
    """A table as a warehouse holds it: its columns' names and SQL types, its rows."""

    names: Sequence[str]
    types: Sequence[str]
    rows: Rows
    name: str = "customers"

    def created(self, quote: str = '"', **called: str) -> str:
        columns = ", ".join(
            f"{quote}{name.replace(quote, 2 * quote)}{quote} {called.get(type, type)}"
            for name, type in zip(self.names, self.types, strict=True)
        )
        return f"CREATE TABLE {self.name} ({columns})"

    def inserted(self, mark: str) -> str:
        return f"INSERT INTO {self.name} VALUES ({', '.join([mark] * len(self.names))})"


Run = Callable[[Held, str], Rows]


def by_duckdb(held: Held, query: str) -> Rows:
    connection = duckdb.connect()
    connection.execute(held.created())
    connection.register("given", pa.table([list(column) for column in zip(*held.rows, strict=True)], held.names))
    connection.execute(f"INSERT INTO {held.name} FROM given")
    return [tuple(row) for row in connection.execute(query).fetchall()]


def by_sqlite(held: Held, query: str) -> Rows:
    connection = sqlite3.connect(":memory:")
    for name, function in (("LN", math.log), ("SQRT", math.sqrt), ("FLOOR", math.floor)):
        connection.create_function(name, 1, lambda x, f=function: None if x is None else float(f(x)))
    connection.create_function("SIGN", 1, lambda x: None if x is None else math.copysign(1.0, x) if x else 0.0)
    connection.execute(held.created())
    rows = ([str(v) if isinstance(v, datetime.datetime) else v for v in row] for row in held.rows)
    connection.executemany(held.inserted("?"), rows)
    return [tuple(row) for row in connection.execute(query).fetchall()]


def by_postgres(url: str) -> Run:
    def run(held: Held, query: str) -> Rows:
        lines = "".join(",".join(map(_copied, row)) + "\n" for row in held.rows)
        script = (
            f"SET extra_float_digits = 3;\nDROP TABLE IF EXISTS {held.name};\n{held.created(DOUBLE='FLOAT8')};\n"
            f"COPY {held.name} FROM STDIN WITH (FORMAT csv);\n{lines}\\.\n{query};\n"
        )
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--csv", "-t", url]
        ended = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return [
            (id, int(segment) if segment else None, name or None, float(margin) if margin else None, sure or None)
            for id, segment, name, margin, sure in csv.reader(io.StringIO(ended.stdout))
        ]

    return run


def _copied(cell: Cell) -> str:
    """Return a cell as COPY reads it; nothing is NULL, and what is quoted is text."""
    if cell is None:
        return ""
    return '"' + cell.replace('"', '""') + '"' if isinstance(cell, str) else str(cell)


def by_mariadb(url: str) -> Run:
    def run(held: Held, query: str) -> Rows:
        import pymysql

        at = urlsplit(url)
        with pymysql.connect(host="127.0.0.1", port=at.port or 0, user="root", database=at.path[1:]) as connection:
            cursor = connection.cursor()
            cursor.execute(f"DROP TABLE IF EXISTS {held.name}")
            cursor.execute(held.created(quote="`", TIMESTAMP="DATETIME"))
            cursor.executemany(held.inserted("%s"), held.rows)
            cursor.execute(query)
            return list(cursor.fetchall())

    return run


def by_spark(session: Any, folder: Path) -> Run:
    def run(held: Held, query: str) -> Rows:
        session.read.parquet(str(_in_parquet(held, folder))).createOrReplaceTempView(held.name)
        try:
            return [tuple(row) for row in session.sql(query).collect()]
        finally:
            session.catalog.dropTempView(held.name)  # the session is that of other tests too

    return run


# In an environment of its own, for its packages are of other versions than ours: a table and a query in, rows out. The
# rows go straight into the DuckDB that it stands on; the table and the query go through the fake.
SNOWFLAKE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import fakesnow, snowflake.connector
created, name, path, query = json.load(sys.stdin)
with fakesnow.patch():
    connection = snowflake.connector.connect(database="COTERIE", schema="COTERIE")
    cursor = connection.cursor()
    cursor.execute(created)
    connection._duck_conn.execute(f"INSERT INTO {name} FROM read_parquet('{path}')")
    print(json.dumps(cursor.execute(query).fetchall()))
"""


def by_fake_of_snowflake(python: Path, folder: Path) -> Run:
    def run(held: Held, query: str) -> Rows:
        asked = json.dumps([held.created(), held.name, str(_in_parquet(held, folder)), query])
        ended = subprocess.run([python, "-c", SNOWFLAKE], input=asked, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return [tuple(row) for row in json.loads(ended.stdout)]

    return run


def _in_parquet(held: Held, folder: Path) -> Path:
    columns = zip(*held.rows, strict=True)
    arrays = [pa.array(column, ARROW[type]) for column, type in zip(columns, held.types, strict=True)]
    path = folder / f"{held.name}.parquet"
    pq.write_table(pa.table(arrays, list(held.names)), path)
    return path
