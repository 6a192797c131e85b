"""What the lists of a million members cost, and reading their lift: time and memory. Writes results/audience.json.

Customers have a text id, two columns that form four groups, a mail address that is hashed and a city. A tenth is held
out; every third customer is in the results, every sixth twice. The engine may use 500 MB, and spills what is more: the
peak must not grow as the lists do.
Run: python benchmarks/audience.py [CUSTOMERS ...]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

RESULTS, MEMORY = Path(__file__).parent / "results" / "audience.json", "500MB"
CUSTOMERS = """
COPY (SELECT 'c' || printf('%08d', i) AS customer_id, 6 * (i % 2) + hash(i) / 2.0**64 * 2 AS income,
  6 * (i // 2 % 2) + hash(i + 7) / 2.0**64 * 2 AS spend, ' User' || i || '@Shop.COM' AS email,
  CASE WHEN i % 100 = 0 THEN '=cmd()' ELSE 'Rome' END AS city FROM range({n}) t(i)) TO '{to}' (FORMAT parquet)
"""
BOUGHT = """
COPY (SELECT 'c' || printf('%08d', i) AS customer_id, round(hash(i + 3) / 2.0**64 * 50, 2) AS revenue
  FROM (SELECT i FROM range(0, {n}, 3) t(i) UNION ALL SELECT i FROM range(0, {n}, 6) t(i))) TO '{to}' (FORMAT parquet)
"""


def measure(folder: Path, *words: str) -> dict[str, float]:
    """Return what a verb costs, as a process of its own."""
    command = [
        str(Path(sys.executable).with_name("coterie")),
        *words,
        "-q",
        "--memory",
        MEMORY,
        "--temp-dir",
        str(folder),
    ]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{words[0]} failed")
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_gb": round(usage.ru_maxrss / 2**20, 2),
    }


def of_size(n: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        duckdb.sql(CUSTOMERS.format(n=n, to=folder / "customers.parquet"))
        duckdb.sql(BOUGHT.format(n=n, to=folder / "results.parquet"))
        segment = ("segment", "customers.parquet", "--features", "income,spend", "--effort", "quick", "--out", "run")
        measure(folder, *segment, "--id", "customer_id")
        joined = ("--source", "customers.parquet", "--columns", "city", "--hash", "email")
        held = ("--holdout", "0.1", "--key", "spring")
        return {
            "ids": measure(folder, "audience", "run", *held, "--out", "ids"),
            "with_columns": measure(folder, "audience", "run", *held, *joined, "--out", "joined"),
            "lift": measure(folder, "lift", "run", "results.parquet", "--audience", "joined", "--outcome", "revenue"),
            "bytes_of_lists": sum(path.stat().st_size for path in (folder / "joined").iterdir()),
        }


if __name__ == "__main__":
    found = {str(n): of_size(n) for n in (map(int, sys.argv[1:]) if len(sys.argv) > 1 else (1_000_000, 4_000_000))}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))
