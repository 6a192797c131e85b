"""Measure how far making customers of purchases is from the bare query, and how much memory it takes.

Makes a Parquet file of ROWS purchases in random order (one row an order line, a fifth as many customers, text ids) and
times, in turn, the bare GROUP BY in DuckDB (count of distinct orders, sum, largest date; written to Parquet) and
``coterie customers`` on it (all measures, RFM and its report). The ratios are of medians, of wall time and of processor
time (a machine that does other things too stretches the first); peak memory is the largest resident set.
Run: python benchmarks/purchases.py [ROWS] [PAIRS] [MEMORY] [FOLDER]
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
MAKE = """
COPY (
  SELECT 'C' || lpad((hash(i // 2) % {customers})::varchar, 8, '0') AS customer_id, i // 2 AS order_id,
    TIMESTAMP '2024-01-01' + to_seconds((hash(i // 2 + 1) % (730 * 86400))::bigint) AS ordered_at,
    'category ' || (hash(i + 2) % 12) AS category, (1 + hash(i + 3) % 3)::int AS quantity,
    ((100 + hash(i + 4) % 9900) / 100.0)::double AS price
  FROM range({rows}) t(i)
) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 122880)
"""
BARE = (
    'import duckdb, sys; duckdb.sql("COPY (SELECT customer_id, count(DISTINCT order_id) AS frequency, '
    "sum(quantity * price) AS monetary, max(ordered_at) AS latest FROM read_parquet('\" + sys.argv[1] + \"') "
    'GROUP BY customer_id) TO \'" + sys.argv[2] + "\' (FORMAT parquet)")'
)


def timed(command: list[str]) -> tuple[float, float, float]:
    """Return wall seconds, processor seconds and peak memory (GB) of a process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:4]} failed: {process.stderr.read().decode() if process.stderr else ''}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    memory = sys.argv[3] if len(sys.argv) > 3 else "1GB"
    folder = Path(sys.argv[4]) if len(sys.argv) > 4 else Path(tempfile.mkdtemp())
    source = folder / f"purchases-{rows}.parquet"
    if not source.exists():
        duckdb.sql(MAKE.format(rows=rows, customers=rows // 5, path=source))
    program = str(Path(sys.executable).with_name("coterie"))
    job = [program, "customers", str(source), "-q", "--overwrite", "--memory", memory, "--temp-dir", str(folder)]
    jobs = {
        "bare": [sys.executable, "-c", BARE, str(source), str(folder / "bare.parquet")],
        "customers": [*job, "--out", str(folder / "customers.parquet")],
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    processor: dict[str, list[float]] = {name: [] for name in jobs}
    peak = 0.0
    for _ in range(pairs):
        for name, command in jobs.items():
            wall, busy, most = timed(command)
            seconds[name].append(wall)
            processor[name].append(busy)
            peak = max(peak, most if name == "customers" else 0.0)
    middle = {name: statistics.median(s) for name, s in seconds.items()}
    work = {name: statistics.median(s) for name, s in processor.items()}
    found = {
        "rows": rows,
        "seconds": {name: [round(s, 2) for s in each] for name, each in seconds.items()},
        "processor_seconds": {name: [round(s, 2) for s in each] for name, each in processor.items()},
        "customers_over_bare": round(middle["customers"] / middle["bare"], 2),
        "processor_over_bare": round(work["customers"] / work["bare"], 2),
        "memory": memory,
        "peak_gb": round(peak, 2),
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"purchases-{rows}.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
