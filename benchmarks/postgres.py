"""Measure the whole job where the customers are in PostgreSQL: how far it is from just writing an id and a sum there.

Makes a server of its own with ROWS customers (text id, eight columns, as in ``scale.py``), then times in turn
``CREATE TABLE AS SELECT id, f1 + … + f8`` and ``coterie segment --into``. Seconds of processors are those of the server
and of coterie together; what they are without the table being large, as deciding costs the same for any, is told by the
same job on as many rows as the sample has. Rows that left the server are counted by ``pg_stat_statements``.
Run: python benchmarks/postgres.py [ROWS] [PAIRS]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
from scale import COLUMN, COLUMNS, RESULTS

from warehouses import spent

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
SAMPLE = 50_000
ID = "'c' || lpad(i::varchar, 9, '0')"
MAKE = "COPY (SELECT {id} AS id, {columns} FROM {source}) TO '{path}' (FORMAT csv, HEADER false)"
SOURCE = "(SELECT i, hash(i) % 6 AS kind FROM range({rows}) t(i))"
BARE = "CREATE TABLE bare AS SELECT id, " + " + ".join(COLUMNS) + " AS s FROM {table}"
LEFT = "SELECT sum(rows) FROM pg_stat_statements WHERE query !~* '^(create|insert|select pg_stat)'"


def main() -> None:
    import servers

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with (
        servers.postgres() as server,
        servers.postgres_database(server) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        port, place = str(urlsplit(url).port), Path(folder)

        def ask(text: str) -> str:
            command = ["psql", "-X", "-q", "-A", "-t", "-F", " ", "-v", "ON_ERROR_STOP=1", url]
            return subprocess.run(command, input=text, text=True, check=True, capture_output=True).stdout

        def timed(job: Callable[[], object]) -> tuple[float, float]:
            marks, started = (f"-p\0{port}", f"-p {port}"), time.perf_counter()
            before = spent(*marks)
            job()
            return time.perf_counter() - started, spent(*marks) - before

        def segment(table: str) -> None:
            asked = ["--table", table, "--id", "id", "--into", "segments", "--overwrite", "-q", "--out", place / "run"]
            program = Path(sys.executable).with_name("coterie")
            subprocess.run([program, "segment", url, *asked], check=True, stdout=subprocess.DEVNULL)

        for table, many in (("customers", rows), ("few", SAMPLE)):
            columns = ", ".join(COLUMN.format(j=j) for j in range(1, 9))
            path = place / f"{table}.csv"
            duckdb.sql(MAKE.format(id=ID, columns=columns, source=SOURCE.format(rows=many), path=path))
            types = ", ".join(f"{c} DOUBLE PRECISION" for c in COLUMNS)
            ask(f"CREATE TABLE {table} (id TEXT, {types});")
            ask(f"\\copy {table} FROM '{path}' CSV")
            ask(f"VACUUM ANALYZE {table}")
        jobs: dict[str, Callable[[], object]] = {
            "create": lambda: ask(BARE.format(table="customers")),
            "job": lambda: segment("customers"),
            "job_on_the_sample": lambda: segment("few"),
        }
        ask("CREATE EXTENSION pg_stat_statements")
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for _ in range(pairs):
            for name, job in jobs.items():
                ask("DROP TABLE IF EXISTS bare; SELECT pg_stat_statements_reset()")
                took[name].append(timed(job))
                if name == "job":
                    left = int(ask(LEFT))
    cpu = {name: statistics.median(t[1] for t in each) for name, each in took.items()}
    found = {
        "rows": rows,
        "cpu_seconds": {name: [round(t[1], 2) for t in each] for name, each in took.items()},
        "seconds": {name: [round(t[0], 2) for t in each] for name, each in took.items()},
        "cpu_over_create": round(cpu["job"] / cpu["create"], 1),
        "cpu_over_create_without_deciding": round((cpu["job"] - cpu["job_on_the_sample"]) / cpu["create"], 1),
        "rows_that_left": left,
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"postgres-{rows}.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
