"""Names: the same for every seed, and on a fresh sample of the same population.

The tutorial's customers, customers like the Mall's, and the simulated shop, once for each seed.

A seed picks the sample, the starts of the searches and every resample; for tables that are taken whole it leaves the
customers as they are. Counted is the share of seeds whose set of names is the most frequent one, and for each of its
names the share of seeds that have it; beside them, how often a name was marked as tentative. Where the number of
segments is left to the evidence, another number gives other names.

Fresh samples are drawn one after another from populations with and without groups. Counted are names that are not
tentative, and how many of them the next sample gives too; beside them the share of names that are not tentative.
Run: python benchmarks/names.py [SEEDS [SAMPLES]]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coterie import simulate
from coterie.engines import connect
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment

RESULTS = Path(__file__).parent / "results" / "names.json"
WANTED, MANY = 0.8, 3_000


def mall(seed: int = 11, times: float = 1.0) -> pd.DataFrame:
    """Return 200 customers like the Mall's, or so many times as many: five clouds of income (k$) and spending score."""
    r = np.random.default_rng(seed)
    sizes = [round(times * n) for n in (81, 39, 35, 23, 22)]
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


def habits(seed: int, n: int, apart: float) -> pd.DataFrame:
    """Return n customers of a shop by their habits: three kinds so many standard deviations apart; at 0 one crowd."""
    r = np.random.default_rng(seed)
    kinds = np.array([(0, 0, 0, 0), (1, -1, 0.5, 0), (-0.5, 0.5, 1, 1)], dtype=float)
    z = r.standard_normal((n, 4)) + apart * kinds[r.choice(3, n, p=(0.5, 0.3, 0.2))]
    z[:, 1] += 0.4 * z[:, 0]
    made = np.exp(np.array([3.5, 1.2, 3.4, 0.0]) + z * np.array([0.7, 0.5, 0.4, 0.0]))
    return pd.DataFrame(
        {
            "customer_id": [f"{i:05d}" for i in range(n)],
            "days_since_order": np.round(made[:, 0]),
            "orders": np.ceil(made[:, 1]),
            "average_order": np.round(made[:, 2], 2),
            "age": np.clip(np.round(45 + 12 * z[:, 3]), 18, 95),
        }
    )


POPULATIONS: dict[str, Callable[[int], pd.DataFrame]] = {
    "like Mall, 300": lambda seed: mall(seed, 1.5),
    "like Mall, 3,000": lambda seed: mall(seed, 15.0),
    "one crowd, 300": lambda seed: habits(seed, 300, 0.0),
    "overlapping kinds, 300": lambda seed: habits(seed, 300, 2.5),
    "kinds apart, 300": lambda seed: habits(seed, 300, 5.0),
    "one crowd, 3,000": lambda seed: habits(seed, 3_000, 0.0),
    "overlapping kinds, 3,000": lambda seed: habits(seed, 3_000, 2.5),
    "kinds apart, 3,000": lambda seed: habits(seed, 3_000, 5.0),
}


def recurring(runs: list[Segmentation]) -> dict[str, Any]:
    """Return how many names that are not tentative the next fresh sample gives too."""
    sure = [{s.name for s in run.segments if not s.tentative} for run in runs]
    every = [{s.name for s in run.segments} for run in runs]
    named = sum(map(len, sure[:-1]))
    again = sum(len(mine & after) for mine, (_, after) in zip(sure, pairwise(every), strict=False))
    natural = [
        s for run in runs if run.verdict.code == "natural" and run.record.sample.rows >= MANY for s in run.segments
    ]
    return {
        "samples": len(runs),
        "natural": (len(natural), sum(not s.tentative for s in natural)),
        "verdicts": dict(sorted(Counter(str(run.verdict.code) for run in runs).items())),
        "sure": sum(map(len, sure)) / sum(map(len, every)),
        "named": named,
        "again": again,
        "enough": again >= WANTED * named,
    }


def together(fresh: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return how many names recur in all populations, and how many are sure in large tables of natural groups."""
    told = list(fresh)
    named, again = (sum(one[key] for one in told) for key in ("named", "again"))
    names, sure = (sum(one["natural"][i] for one in told) for i in (0, 1))
    return {"named": named, "again": again, "rate": again / named, "sure_where_natural": sure / names}


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
    seeds, samples = (range(int(n)) for n in (*sys.argv[1:], *("20", "10")[len(sys.argv) - 1 :]))
    tutorial, malls = pd.DataFrame(simulate.tutorial()), mall()
    found: dict[str, Any] = {
        "tutorial, k = 4": judged([segment(tutorial, k=4, seed=seed) for seed in seeds]),
        "like Mall": judged([segment(malls, seed=seed) for seed in seeds]),
        "like Mall, k = 5": judged([segment(malls, k=5, seed=seed) for seed in seeds]),
    }
    with tempfile.TemporaryDirectory() as folder:
        found["shop"] = judged([shop(Path(folder), seed) for seed in seeds])
    fresh = {name: recurring([segment(draw(s)) for s in samples]) for name, draw in POPULATIONS.items()}
    found["fresh"] = fresh | {"together": together(fresh.values())}
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
