"""Measure how far assigning customers is from just reading and writing their table.

Segments a hundredth of what ``scale.py`` makes into eight, then times the bare ``COPY`` of a Parquet file of ROWS
customers and ``coterie assign``, in turn: ratio of medians, of processors and of the clock, and the largest resident
set.
Run: python benchmarks/assign.py [ROWS] [PAIRS] [FOLDER]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from scale import BARE, COLUMN, COLUMNS, MAKE, RESULTS, timed


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp())
    columns = ", ".join(COLUMN.format(j=j) for j in range(1, 9))
    source, some = folder / f"customers-{rows}.parquet", folder / "some.parquet"
    for path, many in ((source, rows), (some, max(10_000, rows // 100))):
        if not path.exists():
            duckdb.sql(MAKE.format(columns=columns, rows=many, path=path))
    program, run = str(Path(sys.executable).with_name("coterie")), str(folder / "run")
    asked = ["--id", "customer_id", "--features", ",".join(COLUMNS), "-k", "8", "-q", "--overwrite"]
    subprocess.run([program, "segment", str(some), *asked, "--out", run], check=True)
    jobs = {
        "copy": [sys.executable, "-c", BARE, str(source), str(folder / "bare.parquet")],
        "assign": [program, "assign", run, str(source), "-q", "--overwrite", "--out", str(folder / "new.parquet")],
    }
    rounds = [{name: timed(job) for name, job in jobs.items()} for _ in range(pairs)]
    took = {name: [each[name] for each in rounds] for name in jobs}
    wall, cpu = ({n: statistics.median(t[i] for t in each) for n, each in took.items()} for i in (0, 1))
    found = {
        "rows": rows,
        "cpu_seconds": {name: [round(t[1], 2) for t in each] for name, each in took.items()},
        "cpu_over_copy": round(cpu["assign"] / cpu["copy"], 2),
        "assign_over_copy": round(wall["assign"] / wall["copy"], 2),
        "peak_gb": round(max(t[2] for t in took["assign"]), 2),
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"assign-{rows}.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
