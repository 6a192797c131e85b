"""Measure the simulated shop end to end: time, memory, and whether the planted behaviors are found.

Runs ``coterie demo --shop --customers N`` under a memory limit; the agreement is the adjusted Rand index between the
segments and the truth over the separable customers. Run: python benchmarks/shop.py [N] [MEMORY] [FOLDER]
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

from coterie.purchases.rfm.counts import agreement

RESULTS = Path(__file__).parent / "results"
CROSSED = """
SELECT segment, behavior, count(*) FROM '{out}/segments.parquet' JOIN '{out}/truth.parquet' ON id = customer_id
WHERE separable GROUP BY ALL
"""


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    memory = sys.argv[2] if len(sys.argv) > 2 else "1GB"
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp())
    out = folder / f"shop-{customers}"
    program = str(Path(sys.executable).with_name("coterie"))
    command = [program, "demo", "--shop", "--customers", str(customers), "--memory", memory, "--temp-dir", str(folder)]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--out", str(out), "--overwrite", "-q"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the demo failed")
    record = json.loads((out / "run.json").read_text())
    crossed = {(segment, behavior): n for segment, behavior, n in duckdb.sql(CROSSED.format(out=out)).fetchall()}
    found = {
        "customers": customers,
        "purchases": record["sample"]["purchases"]["rows"],
        "seconds": round(time.perf_counter() - started, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "memory": memory,
        "peak_gb": round(usage.ru_maxrss / 2**20, 2),
        "agreement": round(agreement(crossed) or 0.0, 4),
        "segments": len(record["segments"]),
        "verdict": record["verdict"]["code"],
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"shop-{customers}.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
