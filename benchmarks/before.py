"""The same tables by an older coterie and by this one: what each says of them, and what each table costs.

    python benchmarks/before.py OLD_PYTHON [TABLES]    # writes results/before.json

OLD_PYTHON is the interpreter of an environment that has the older version, such as that of commit 32f69c0, which judged
single borders instead of what stands apart. Shapes without edges that a straight cut follows, and a few of every other
kind; 300 and 2,000 customers, one thread. One table at a time goes to both, the older one first or second in turn; the
cost is the processor time of the whole ``segment()``, and its ratio is the median of the pairs.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "before.json"
ROWS = (300, 2_000)
CURVED = ("ring", "half ring", "spiral", "crescents", "disk", "ball d3", "simplex d4", "U-shaped Beta(.7,.7) d3")
OTHERS = ("gauss d5", "tutorial", "amounts (RFM)", "4 groups 6 sd d2", "3 groups 4 sd d5", "numbers and a category")
SEEN = ("partly", "natural")

WORKER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np, pandas as pd
from shapes import SHAPES
import coterie
from coterie.engines import connect
by_name = {s.name: s for s in SHAPES}
for line in sys.stdin:
    name, seed, n = json.loads(line)
    frame = pd.DataFrame({"customer_id": np.arange(n), **by_name[name].table(seed, n)[0]})
    began = time.process_time()
    run = coterie.segment(frame, id="customer_id", engine=connect(threads=1))
    took = time.process_time() - began
    print(json.dumps([run.verdict.code, run.record.choice.k, took]), flush=True)
"""


class Version:
    """One interpreter that segments tables as they are sent to it."""

    def __init__(self, python: str) -> None:
        command = [python, "-c", WORKER, str(HERE)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def segment(self, name: str, seed: int, n: int) -> tuple[str, int, float]:
        """Return the verdict's code, the number of segments and the seconds of processors."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, seed, n]) + "\n")
        self._process.stdin.flush()
        code, k, took = json.loads(self._process.stdout.readline())
        return code, k, took


def cell(old: Version, new: Version, name: str, n: int, tables: int) -> dict[str, Any]:
    """Return what both say of one shape at one size."""
    before, after = [], []
    for seed in range(tables):
        for version, told in [(old, before), (new, after)][:: 1 if seed % 2 else -1]:
            told.append(version.segment(name, seed, n))
    return {
        "shape": name,
        "n": n,
        "tables": tables,
        "before": dict(Counter(code for code, _, _ in before)),
        "now": dict(Counter(code for code, _, _ in after)),
        "seen before": sum(code in SEEN for code, _, _ in before),
        "seen now": sum(code in SEEN for code, _, _ in after),
        "seen in both": sum(b[0] in SEEN and a[0] in SEEN for b, a in zip(before, after, strict=True)),
        "cost": round(statistics.median(a[2] / b[2] for b, a in zip(before, after, strict=True)), 3),
        "seconds": round(statistics.median(a[2] for a in after), 3),
    }


def main() -> None:
    old, tables = Version(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    new = Version(sys.executable)
    for version in (old, new):  # imports are no table's cost
        version.segment("gauss d2", 0, 100)
    cells = []
    for n in ROWS:
        for name in (*CURVED, *OTHERS):
            cells.append(cell(old, new, name, n, tables if name in CURVED else max(1, tables // 2)))
            print(cells[-1], flush=True)
            cost = round(statistics.median(c["cost"] for c in cells), 3)
            RESULTS.write_text(json.dumps({"cost": cost, "cells": cells}, indent=1) + "\n")


if __name__ == "__main__":
    main()
