"""Measure what the SQL of a run costs where customers are: 100,000 customers, eight columns, eight segments.

The five engines in which the SQL is executed get one table each, and what the SELECT gives is kept there. Seconds are
those of processors, of the engine's own processes; its start is left out. Spark's first query is told beside the next.
Run: python benchmarks/warehouses.py [ROWS]
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
sys.path.insert(0, str(ROOT / "tests"))
COLUMNS = [f"f{i}" for i in range(8)]
MADE = "CREATE TABLE assigned AS "


def customers(rows: int) -> pd.DataFrame:
    """Return customers in eight clouds, with a tail in each column and some holes."""
    r = np.random.default_rng(0)
    kind = r.integers(0, 8, rows)
    values = r.normal(0, 1, (rows, 8)) + 4 * np.sin(np.outer(kind + 1, np.arange(1, 9)))
    values[:, :2] = np.exp(values[:, :2])
    values[r.random((rows, 8)) < 0.01] = np.nan
    return pd.DataFrame({"customer_id": [f"c{i}" for i in range(rows)], **dict(zip(COLUMNS, values.T, strict=True))})


def spent(*marks: str) -> float:
    """Return the CPU seconds of this process, of those whose command has a mark, and of all below them."""
    seen: dict[int, tuple[int, float, str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue  # it ended meanwhile
        seen[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"), command)
    ours = {p for p, (_, _, command) in seen.items() if p == os.getpid() or any(m in command for m in marks)}
    while more := {p for p, (parent, _, _) in seen.items() if parent in ours} - ours:
        ours |= more
    return sum(seen[p][1] for p in ours)


def timed(job: Callable[[], object], *marks: str) -> float:
    before = spent(*marks)
    job()
    return round(spent(*marks) - before, 2)


def by_duckdb(path: Path, query: str) -> list[float]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE customers AS FROM read_csv($1)", [str(path)])
    return [timed(lambda: connection.execute(MADE + query))]


def by_sqlite(path: Path, query: str) -> list[float]:
    connection = sqlite3.connect(":memory:")
    for name, function in (("LN", math.log), ("SQRT", math.sqrt)):
        connection.create_function(name, 1, lambda x, f=function: None if x is None else f(x), deterministic=True)
    connection.create_function("SIGN", 1, lambda x: None if x is None else float(np.sign(x)), deterministic=True)
    connection.execute(f"CREATE TABLE customers (customer_id TEXT, {', '.join(f'{c} REAL' for c in COLUMNS)})")
    rows = pd.read_csv(path).astype(object).replace(np.nan, None)
    connection.executemany(f"INSERT INTO customers VALUES (?{', ?' * 8})", rows.itertuples(index=False))
    return [timed(lambda: connection.execute(MADE + query))]


def by_postgres(path: Path, query: str) -> list[float]:
    import servers

    with servers.postgres() as server, servers.postgres_database(server) as url:
        port = str(urlsplit(url).port)

        def run(text: str) -> None:
            command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", url]
            subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.DEVNULL)

        types = ", ".join(f"{c} DOUBLE PRECISION" for c in COLUMNS)
        run(f"CREATE TABLE customers (customer_id TEXT, {types});\n\\copy customers FROM '{path}' CSV HEADER\n")
        return [timed(lambda: run(MADE + query), f"-p\0{port}", f"-p {port}")]


def by_mariadb(path: Path, query: str) -> list[float]:
    import pymysql

    import servers

    with servers.mariadb() as server, servers.mariadb_database(server) as url:
        port = urlsplit(url).port or 0
        with pymysql.connect(host="127.0.0.1", port=port, user="root", database="coterie") as connection:
            cursor = connection.cursor()
            types = ", ".join(f"{c} DOUBLE" for c in COLUMNS)
            cursor.execute(f"CREATE TABLE customers (customer_id TEXT, {types})")
            rows = pd.read_csv(path).astype(object).replace(np.nan, None)
            marks = ", ".join(["%s"] * 9)
            cursor.executemany(f"INSERT INTO customers VALUES ({marks})", list(rows.itertuples(index=False, name=None)))
            return [timed(lambda: cursor.execute(MADE + query), f"--port={port}")]


def by_spark(path: Path, query: str) -> list[float]:
    import servers

    with servers.spark() as session:
        types = ", ".join(f"{c} DOUBLE" for c in COLUMNS)
        read = session.read.csv(str(path), header=True, schema=f"customer_id STRING, {types}").cache()
        read.count()
        read.createOrReplaceTempView("customers")
        return [
            timed(lambda: session.sql(query).write.format("noop").mode("overwrite").save(), "SparkSubmit")
            for _ in range(3)
        ]


ENGINES = {"duckdb": by_duckdb, "sqlite": by_sqlite, "postgres": by_postgres, "mysql": by_mariadb, "spark": by_spark}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    frame = customers(rows)
    run = coterie.segment(frame, id="customer_id", k=8, effort="quick")
    found: dict[str, object] = {"rows": rows, "columns": 8, "segments": len(run.segments), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        frame.to_csv(path, index=False)
        path.chmod(0o644)
        for dialect, measure in ENGINES.items():
            try:
                found[dialect] = measure(path, run.sql(dialect))
            except pytest.skip.Exception as absent:
                found[dialect] = str(absent)
            print(dialect, found[dialect])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "warehouses.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
