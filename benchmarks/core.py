"""Do customers called core stay where they are? A fresh sample of the same population, segmented alike, says.

Each table's customers are segmented, then a fresh table of the same shape and size with as many segments; its run
assigns the first one's customers, segments are matched (Hungarian), and counted is how many of those called core,
probable and borderline have another segment. Rates are means over the samples of a shape.

    python benchmarks/core.py                       # everything: writes results/core.json
    python benchmarks/core.py --samples 4 --only gauss
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from shapes import SHAPES

import coterie

RESULTS = Path(__file__).parent / "results" / "core.json"
BANDS = ("core", "probable", "borderline")
PROMISED = {300: 0.05, 2_000: 0.02}


def frame(name: str, sample: int, n: int) -> pd.DataFrame:
    """Return one sample of a shape."""
    table, _ = next(s for s in SHAPES if s.name == name).table(1_000 + sample, n)
    return pd.DataFrame({"customer_id": np.arange(n), **table})


def differing(name: str, sample: int, n: int) -> dict[str, Any]:
    """Return who of a sample's customers has another segment by a fresh sample's run, by band."""
    own, fresh = frame(name, sample, n), frame(name, sample + 500, n)
    run = coterie.segment(own, id="customer_id")
    again = coterie.segment(fresh, id="customer_id", k=len(run.segments), effort="quick")
    told, other = run.assign(own), again.assign(own)
    a, b = told["segment"].to_numpy(float, na_value=0), other["segment"].to_numpy(float, na_value=0)
    both = (a > 0) & (b > 0)
    ids, others = np.unique(a[both]), np.unique(b[both])
    overlap = np.array([[np.sum((a == i) & (b == j)) for j in others] for i in ids])
    match = {ids[i]: others[j] for i, j in zip(*linear_sum_assignment(-overlap), strict=True)}
    moved = np.array([match.get(i) != j for i, j in zip(a, b, strict=True)])
    band = told["confidence"].to_numpy(object)
    inside = {w: both & (band == w) for w in BANDS}
    return {
        "code": run.verdict.code,
        "k": len(run.segments),
        "share": {w: float(inside[w].mean()) for w in BANDS},
        "moved": {w: float(moved[inside[w]].mean()) if inside[w].any() else None for w in BANDS},
    }


def cell(name: str, n: int, samples: int) -> dict[str, Any]:
    """Return the mean rates of one shape at one size."""
    told = [differing(name, sample, n) for sample in range(samples)]
    kind = next(s for s in SHAPES if s.name == name).kind
    result: dict[str, Any] = {"shape": name, "kind": kind, "n": n, "samples": samples}
    for w in BANDS:
        moved = [t["moved"][w] for t in told if t["moved"][w] is not None]
        result[w] = {
            "share": round(float(np.mean([t["share"][w] for t in told])), 4),
            "moved": round(float(np.mean(moved)), 4) if moved else None,
        }
    result["without core"] = sum(t["share"]["core"] == 0 for t in told)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--rows", type=int, nargs="+", default=[300, 2_000])
    parser.add_argument("--only", default="", help="shapes whose name or kind contains this")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=None, help=f"default: {RESULTS.name}, if nothing is left out")
    asked = parser.parse_args()
    shapes = [s.name for s in SHAPES if asked.only in s.name or asked.only in s.kind]
    cells = []
    with ProcessPoolExecutor(asked.processes) as pool:
        futures = [pool.submit(cell, name, n, asked.samples) for n in asked.rows for name in shapes]
        for future in futures:
            found = future.result()
            cells.append(found)
            said = "  ".join(f"{w} {found[w]['share']:.2f} moved {found[w]['moved']}" for w in BANDS)
            print(f"{found['shape']:28} n={found['n']:<5} {said}  without {found['without core']}", flush=True)
    broken = [c for c in cells if (c["core"]["moved"] or 0.0) > PROMISED[300 if c["n"] < 2_000 else 2_000]]
    print(f"{len(broken)} of {len(cells)} cells break the promise")
    out = asked.out or (RESULTS if not asked.only and asked.samples >= 20 else None)
    if out is not None:
        out.write_text(json.dumps({"promised": PROMISED, "broken": len(broken), "cells": cells}, indent=1) + "\n")


if __name__ == "__main__":
    main()
