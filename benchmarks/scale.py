"""Measure how far the whole job is from just reading and writing the table, and how it grows.

Makes a Parquet file of ROWS customers (text id, eight columns in six clouds and a tail), times the bare
``COPY (SELECT id::varchar, f1 + … + f8) TO …`` in DuckDB and ``coterie segment`` on it, in turn, and takes the ratio of
medians, of the clock and of processors (on a busy machine only the latter says something); peak memory is the largest
resident set of the process. Run: python benchmarks/scale.py [ROWS] [PAIRS] [FOLDER]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

RESULTS = Path(__file__).parent / "results"
COLUMNS = [f"f{i}" for i in range(1, 9)]
BARE = (
    'import duckdb, sys; duckdb.sql("COPY (SELECT id::varchar AS id, '
    + " + ".join(COLUMNS)
    + ' AS s FROM read_parquet(\'" + sys.argv[1] + "\')) TO \'" + sys.argv[2] + "\' (FORMAT parquet)")'
)
MAKE = """
COPY (
  SELECT 'c' || lpad(i::varchar, 9, '0') AS customer_id, 'c' || lpad(i::varchar, 9, '0') AS id, {columns}
  FROM (SELECT i, hash(i) % 6 AS kind FROM range({rows}) t(i))
) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 122880)
"""
COLUMN = (
    "round(((hash(i * 31 + {j}) % 7 + hash(i * 17 + {j}) % 7 + hash(i * 13 + {j}) % 7)::double - 9)"
    " + 9 * sin(kind * {j} + {j}), 3) AS f{j}"
)


def timed(command: list[str]) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and peak memory (GB) of a process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:4]} failed")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp())
    source = folder / f"customers-{rows}.parquet"
    if not source.exists():
        columns = ", ".join(COLUMN.format(j=j) for j in range(1, 9))
        duckdb.sql(MAKE.format(columns=columns, rows=rows, path=source))
    program = str(Path(sys.executable).with_name("coterie"))
    job = [program, "segment", str(source), "--id", "customer_id", "--features", ",".join(COLUMNS), "-q", "--overwrite"]
    seconds: dict[str, list[float]] = {"copy": [], "segment": []}
    cpu: dict[str, list[float]] = {"copy": [], "segment": []}
    memory = 0.0
    bare = [sys.executable, "-c", BARE, str(source), str(folder / "bare.parquet")]
    for i in range(pairs):
        for name, command in {"copy": bare, "segment": [*job, "--out", str(folder / f"run-{i}")]}.items():
            took, used, peak = timed(command)
            seconds[name].append(took)
            cpu[name].append(used)
            memory = max(memory, peak)
    middle = {name: statistics.median(s) for name, s in seconds.items()}
    busy = {name: statistics.median(s) for name, s in cpu.items()}
    found = {
        "rows": rows,
        "seconds": {name: [round(s, 2) for s in each] for name, each in seconds.items()},
        "cpu_seconds": {name: [round(s, 2) for s in each] for name, each in cpu.items()},
        "segment_over_copy": round(middle["segment"] / middle["copy"], 2),
        "cpu_over_copy": round(busy["segment"] / busy["copy"], 2),
        "seconds_per_million_rows": round(middle["segment"] / rows * 1e6, 3),
        "peak_gb": round(memory, 2),
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"scale-{rows}.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
