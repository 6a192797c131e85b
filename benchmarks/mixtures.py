"""Who finds the number of groups: coterie, silhouette, gap statistic, or mixtures by their BIC.

    python benchmarks/mixtures.py [SEEDS]    # writes results/mixtures.json

The tables with groups of the verdict's benchmark, 300 customers each, SEEDS tables a shape, prepared as coterie does.
Silhouette: k-means from ten starts, the largest mean silhouette. Gap: references along the principal axes, one standard
error. Mixtures: Gaussian ones with full covariances, the least BIC. All may say 2 to 10, gap and BIC also 1.
"""

from __future__ import annotations

import json
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from verdict import ALL, GROUPED, KS, answer, gap_choice, prepare, rate

RESULTS = Path(__file__).parent / "results" / "mixtures.json"
ROWS = 300
SHAPES = {s.name: s for s in ALL if s.kind in GROUPED and s.name != "crescents"}


def counted(task: tuple[str, int]) -> dict[str, Any]:
    """Return who says a right number of one table."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    warnings.filterwarnings("ignore")
    shape, seed = SHAPES[task[0]], task[1]
    Z = prepare(shape.table(seed, ROWS)[0])[0]
    Z = np.where(np.isnan(Z), np.nanmedian(Z, axis=0), Z)
    fits = {k: KMeans(k, n_init=10, random_state=seed).fit(Z) for k in KS}
    inertia = [float(f.inertia_) for f in fits.values()]
    widths = {k: float(silhouette_score(Z, f.labels_)) for k, f in fits.items()}
    said = {
        "coterie": answer(shape, seed, ROWS)["k"],
        "silhouette": max(widths, key=lambda k: widths[k]),
        "gap": gap_choice(Z, inertia, seed),
        "mixtures, BIC": least_bic(Z, seed),
    }
    right = {shape.k, *shape.also}
    return {"kind": shape.kind, **{who: k in right for who, k in said.items()}}


def least_bic(Z: NDArray[np.float64], seed: int) -> int:
    from sklearn.mixture import GaussianMixture

    found = {k: GaussianMixture(k, random_state=seed, reg_covar=1e-4).fit(Z).bic(Z) for k in (1, *KS)}
    return min(found, key=lambda k: found[k])


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with ProcessPoolExecutor(int(sys.argv[2]) if len(sys.argv) > 2 else 2) as pool:
        told = list(pool.map(counted, product(SHAPES, range(seeds))))
    result: dict[str, Any] = {"rows": ROWS, "shapes": len(SHAPES), "tables": len(told)}
    for kind in (*GROUPED, "all"):
        of = [t for t in told if kind in (t["kind"], "all")]
        result[kind] = {who: rate(sum(t[who] for t in of), len(of)) for who in told[0] if who != "kind"}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
