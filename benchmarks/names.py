"""Are names the same for every seed? The tutorial's customers, customers like the Mall's, and the simulated shop.

A seed picks the sample, the starts of the searches and every resample; for tables that are taken whole it leaves the
customers as they are. Counted is the share of seeds whose set of names is the most frequent one, and for each of its
names the share of seeds that have it; beside them, how often a name was marked as tentative. Where the number of
segments is left to the evidence, another number gives other names.
Run: python benchmarks/names.py [SEEDS]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coterie import simulate
from coterie.engines import connect
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment

RESULTS = Path(__file__).parent / "results" / "names.json"
WANTED = 0.8


def mall() -> pd.DataFrame:
    """Return 200 customers like the Mall's: five clouds of income (k$) and spending score, an age, a sex."""
    r = np.random.default_rng(11)
    sizes = (81, 39, 35, 23, 22)
    centers = np.array([(55, 50), (87, 82), (88, 17), (26, 21), (26, 79)], dtype=float)
    spread = np.array([(9, 6), (16, 9), (16, 10), (7, 13), (7, 10)], dtype=float)
    kind = np.repeat(np.arange(5), sizes)
    X = centers[kind] + spread[kind] * r.standard_normal((len(kind), 2))
    return pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in range(1, len(kind) + 1)],
            "Annual Income (k$)": np.clip(np.round(X[:, 0]), 12, 140),
            "Spending Score (1-100)": np.clip(np.round(X[:, 1]), 1, 99),
        }
    )


def shop(folder: Path, seed: int) -> Segmentation:
    """Return the segments of the shop demo's customers; its purchases are simulated once."""
    source = folder / "purchases.parquet"
    engine = connect()
    try:
        if not source.exists():
            simulate.shop(engine, source, folder / "truth.parquet", customers=4_000)
        return segment(source, purchases={}, seed=seed)
    finally:
        engine.close()


def judged(runs: list[Segmentation]) -> dict[str, Any]:
    """Return how often the same names come out."""
    sets = [tuple(sorted(s.name for s in run.segments)) for run in runs]
    most, times = Counter(sets).most_common(1)[0]
    each = {name: sum(name in found for found in sets) / len(sets) for name in most}
    return {
        "seeds": len(runs),
        "same_set": times / len(runs),
        "names": each,
        "least": min(each.values()),
        "enough": times / len(runs) >= WANTED,
        "tentative": sum(s.tentative for run in runs for s in run.segments) / sum(len(run.segments) for run in runs),
        "segments": dict(sorted(Counter(len(found) for found in sets).items())),
    }


def main() -> None:
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    tutorial, malls = pd.DataFrame(simulate.tutorial()), mall()
    found = {
        "tutorial, k = 4": judged([segment(tutorial, k=4, seed=seed) for seed in seeds]),
        "like Mall": judged([segment(malls, seed=seed) for seed in seeds]),
        "like Mall, k = 5": judged([segment(malls, k=5, seed=seed) for seed in seeds]),
    }
    with tempfile.TemporaryDirectory() as folder:
        found["shop"] = judged([shop(Path(folder), seed) for seed in seeds])
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
