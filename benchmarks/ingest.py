"""What reading costs: `check` against one SELECT over the same CSV file, and the memory of `check` and `segment`.

Usage: python benchmarks/ingest.py [ROWS] [FOLDER]; 12,500,000 rows are 950 MB. The file is removed afterwards.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROUNDS = 3
MAKE = """
    COPY (SELECT printf('C%09d', i) AS customer_id, (['DE', 'FR', 'US', 'JP', 'BR'])[1 + (hash(i) % 5)::INT] AS country,
        (['web', 'shop', 'phone'])[1 + (hash(i + 7) % 3)::INT] AS channel,
        (DATE '2015-01-01' + (hash(i * 3) % 3000)::INT)::VARCHAR AS signup_date, 18 + (hash(i * 5) % 70)::INT AS age,
        (hash(i * 11) % 200)::INT AS orders, round(exp((hash(i * 13) % 10000) / 1500.0), 2) AS total_spend,
        (hash(i * 17) % 1000)::INT AS days_since_order, round((hash(i * 19) % 100000) / 1000.0, 3) AS score,
        (hash(i * 23) % 2)::INT AS newsletter, round((hash(i * 29) % 100000) / 7.0, 2) AS balance,
        concat('Name ', i) AS full_name
    FROM range({rows}) t(i)) TO '{path}' (FORMAT csv, HEADER)
"""
SELECT = """
import duckdb, sys
duckdb.connect().execute("SELECT count(*), sum(age), sum(orders), sum(total_spend), sum(days_since_order), sum(score), "
                         "sum(newsletter), sum(balance) FROM read_csv(?)", [sys.argv[1]]).fetchall()
"""
COUNT = """
import sys
from coterie.reading import _rows
_rows.scan(sys.argv[1], ",", '"', "", False, 0, 12, 1 << 20, 20, 2)
"""


def measured(command: list[str]) -> dict[str, float]:
    """Return seconds by the clock, seconds of processors, and the peak memory in MB."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        try:
            line = next((x for x in status.read_text().splitlines() if x.startswith("VmHWM")), "VmHWM: 0")
            peak = max(peak, int(line.split()[1]))
        except OSError:
            pass
        time.sleep(0.02)
    assert process.returncode == 0, command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - started, "cpu": used, "mb": peak / 1_024}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 12_500_000
    program = str(Path(sys.executable).with_name("coterie"))
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        path = Path(folder) / "customers.csv"
        duckdb.connect().execute(MAKE.format(rows=rows, path=path))
        commands = {
            "select": [sys.executable, "-c", SELECT, str(path)],
            "count": [sys.executable, "-c", COUNT, str(path)],
            "check": [program, "check", str(path)],
        }
        rounds = [{name: measured(command) for name, command in commands.items()} for _ in range(ROUNDS)]
        out = [program, "segment", str(path), "-k", "5", "--effort", "quick", "--out", str(Path(folder) / "run")]
        result = {
            "rows": rows,
            "bytes": path.stat().st_size,
            "rounds": rounds,
            "check_to_select_cpu": statistics.median(r["check"]["cpu"] / r["select"]["cpu"] for r in rounds),
            "check_to_select_seconds": statistics.median(
                r["check"]["seconds"] / r["select"]["seconds"] for r in rounds
            ),
            "segment": measured(out),
        }
    print(json.dumps(result, indent=1))
    target = Path(__file__).parent / "results" / "ingest.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
