"""How long verdict, number of segments and stability take, and how much longer the same takes with scikit-learn.

The whole evidence at normal effort on 20,000 × 8 (k = 2 … 10) with five groups and with none, and on the tutorial's
300 × 2. The comparison runs at a reduced number of draws and refits (59 groupless tables, 10 refits a k), in turn with
the same computation written with scikit-learn, numpy and scipy in a loop: the same sub-samples, tables, fits, starts,
resamples, halvings and, where structure is significant, corridors between clusters. The loop does a little less: its
tables are drawn for free, the dip is coterie's own, and it looks for no ways around. Run: python benchmarks/evidence.py
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gaussian_kde
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from coterie import simulate
from coterie.cluster.measures import dip
from coterie.evidence import evidence, plan
from coterie.evidence.evidence import Evidence
from coterie.evidence.groupless import Block
from coterie.evidence.plan import Plan, scramble

RESULTS = Path(__file__).parent / "results" / "evidence.json"
KS = range(2, 11)
DRAWS, REFITS = 59, 10
Matrix = NDArray[np.float64]


def groups(n: int, d: int, k: int) -> Matrix:
    r = np.random.default_rng(1)
    centers = 2.5 * r.standard_normal((k, d))
    return scaled(centers[r.integers(0, k, n)] + r.standard_normal((n, d)))


def cloud(n: int, d: int) -> Matrix:
    return scaled(np.random.default_rng(2).multivariate_normal(np.zeros(d), 0.5 + 0.5 * np.eye(d), n))


def scaled(X: Matrix) -> Matrix:
    low, high = np.quantile(X, [0.005, 0.995], axis=0)
    return np.ascontiguousarray((X - low) / (high - low))


def weigh(Z: Matrix, settings: Plan) -> tuple[float, Evidence]:
    blocks = [Block(f"f{j}", "numeric", j, j + 1) for j in range(Z.shape[1])]
    began = time.perf_counter()
    found = evidence.weigh(Z, blocks, scramble(np.arange(len(Z), dtype=np.uint64)), settings)
    return time.perf_counter() - began, found


# ── the same with scikit-learn ────────────────────────────────────────────────────────────────────────────────────


def simplified(Z: Matrix, fit: KMeans) -> float:
    near = np.sort(fit.transform(Z), axis=1)[:, :2]
    return float(((near[:, 1] - near[:, 0]) / near[:, 1]).mean())


def loop(Z: Matrix, found: Evidence, tables: list[list[Matrix]]) -> float:
    """Time the fits, silhouettes, corridors, agreements, overlaps and prediction strengths, one after the other."""
    r = np.random.default_rng(0)
    chosen = found.choice.k
    began = time.perf_counter()
    for t, (one, groupless) in enumerate(zip(found.structure.trials, tables, strict=True)):
        for starts, table in [(6, Z[2000 * t : 2000 * (t + 1)]), *((2, table) for table in groupless)]:
            for k in KS:
                fit = KMeans(k, n_init=starts, random_state=0).fit(table)
                simplified(table, fit)
                if one.p_structure <= 0.05:
                    corridors(table, fit)
    rows = Z[:5000]
    for k in KS:
        simplified(Z, KMeans(k, n_init=6, random_state=0).fit(Z))
        labels = refits(rows, k, REFITS, r)
        for a, b in zip(labels, [*labels[1:], labels[0]], strict=True):
            adjusted_rand_score(a, b)
        strength(rows, k, r)
    own = KMeans(chosen, n_init=10, random_state=0).fit(Z).predict(rows)
    for other in refits(rows, chosen, REFITS, r):
        overlap(own, other, chosen)
    for seed in range(20):
        KMeans(chosen, n_init=1, random_state=seed).fit(rows)
        table = r.permuted(rows, axis=0)
        base = KMeans(chosen, n_init=4, random_state=0).fit(table).labels_
        for other in refits(table, chosen, 5, r):
            overlap(base, other, chosen)
    return time.perf_counter() - began


def corridors(table: Matrix, fit: KMeans) -> None:
    """Take dip and depth of the corridors from every cluster to its three nearest, each pair once."""
    centers = fit.cluster_centers_
    apart = ((centers[:, None] - centers[None]) ** 2).sum(axis=2)
    near = [[int(j) for j in np.argsort(row)[1:4]] for row in apart]
    for a, b in sorted({(min(i, j), max(i, j)) for i, row in enumerate(near) for j in row}):
        rows = table[(fit.labels_ == a) | (fit.labels_ == b)] - (centers[a] + centers[b]) / 2
        line = centers[b] - centers[a]
        t = rows @ line / apart[a, b]
        away = ((rows - np.outer(t, line)) ** 2).sum(axis=1)
        t = t[(np.abs(t) <= 1) & (away <= np.quantile(away, 0.6))]
        if near[a][0] == b or near[b][0] == a:
            dip(t)
        left, right = t[t < 0], t[t >= 0]
        if min(len(left), len(right)) >= 5:
            width = max(0.02, 0.9 * min(left.std(), right.std()) * len(t) ** -0.2)
            gaussian_kde(t, bw_method=width / t.std(ddof=1))(np.linspace(-0.8, 0.8, 161))


def refits(rows: Matrix, k: int, count: int, r: np.random.Generator) -> list[NDArray[np.int32]]:
    """Return labels of all rows by fits to resamples."""
    found = []
    for _ in range(count):
        weight = np.bincount(r.integers(0, len(rows), len(rows)), minlength=len(rows)).astype(float)
        found.append(KMeans(k, n_init=2, random_state=0).fit(rows, sample_weight=weight).predict(rows))
    return found


def overlap(a: NDArray[np.int32], b: NDArray[np.int32], k: int) -> Matrix:
    both = np.histogram2d(a, b, bins=(np.arange(k + 1), np.arange(k + 1)))[0]
    return both / (both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both)


def strength(rows: Matrix, k: int, r: np.random.Generator) -> float:
    worst = []
    for _ in range(10):
        order = r.permutation(len(rows))
        halves = [rows[order[: len(rows) // 2]], rows[order[len(rows) // 2 :]]]
        fits = [KMeans(k, n_init=2, random_state=0).fit(half) for half in halves]
        for own, other in (fits, fits[::-1]):
            test = halves[0] if own is fits[0] else halves[1]
            together = np.histogram2d(own.labels_, other.predict(test), bins=(np.arange(k + 1), np.arange(k + 1)))[0]
            size = together.sum(axis=1)
            worst.append(((together * (together - 1)).sum(axis=1) / (size * (size - 1))).min())
    return float(np.mean(worst))


def race(Z: Matrix, pairs: int) -> dict[str, Any]:
    """Return both times at the reduced effort, and the median of the pairs' ratios."""
    plan.DRAWS["bench"], plan.REFITS["bench"] = DRAWS, REFITS
    settings = Plan(effort="bench")
    _, found = weigh(Z, settings)
    tables = [list(t.model.draw(2000, range(t.draws), settings)) for t in found.structure.trials]
    ours, theirs = [], []
    for _ in range(pairs):
        ours.append(weigh(Z, settings)[0])
        theirs.append(loop(Z, found, tables))
    ratios = [t / o for o, t in zip(ours, theirs, strict=True)]
    return {
        "draws": DRAWS,
        "refits": REFITS,
        "coterie seconds": round(statistics.median(ours), 3),
        "scikit-learn seconds": round(statistics.median(theirs), 3),
        "ratio": round(statistics.median(ratios), 1),
    }


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    tutorial = scaled(np.column_stack([np.asarray(c, dtype=float) for c in list(simulate.tutorial().values())[-2:]]))
    large = {"20,000 x 8, five groups": groups(20_000, 8, 5), "20,000 x 8, none": cloud(20_000, 8)}
    weigh(tutorial, Plan())
    result: dict[str, Any] = {"effort": "normal", "k": [min(KS), max(KS)], "whole": {}, "race": {}}
    for name, Z in {"tutorial, 300 x 2": tutorial, **large}.items():
        took = [weigh(Z, Plan()) for _ in range(pairs)]
        result["whole"][name] = {
            "seconds": round(statistics.median(t for t, _ in took), 3),
            "verdict": took[0][1].structure.code,
            "draws": took[0][1].structure.draws,
        }
        print(name, result["whole"][name], flush=True)
    for name, Z in large.items():
        result["race"][name] = race(Z, pairs)
        print(name, result["race"][name], flush=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
