"""Do the segments shown keep apart the groups that were found? Two groups in one number, beside a yes/no column.

    python benchmarks/kept_apart.py [TABLES]    # writes results/kept_apart.json

Each table has two groups four to eight standard deviations apart in one column, a yes/no column that has nothing to do
with them, and up to two more columns. Compared are the best two segments, the number of segments that the five criteria
say by themselves, and what is shown. *Mixed* are segments of which more than a tenth are of another group than most, by
the groups as made.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from verdict import prepare

from coterie.cluster import assign
from coterie.evidence import evidence, part, structure
from coterie.evidence.plan import Plan, scramble

RESULTS = Path(__file__).parent / "results" / "kept_apart.json"
MIXED = 0.1


def table(seed: int) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
    """Return the columns of one table, and who is in the second group."""
    r = np.random.default_rng(seed)
    n, apart = int(r.choice([300, 900, 2_000])), int(r.choice([4, 5, 6, 8]))
    often = r.random(n) < r.choice([0.2, 0.3, 0.4, 0.5])
    columns = {
        "visits": np.round(10 + apart * often + r.normal(0, 1, n), 1),
        "has app": np.where(r.random(n) < r.choice([0.2, 0.3, 0.4, 0.5]), "yes", "no").astype(object),
    }
    others = {
        "age": r.integers(18, 70, n).astype(float),
        "spend": np.round(np.exp(r.normal(3, 0.7, n)), 2),
        "score": r.integers(1, 101, n).astype(float),
        "tenure": np.round(r.gamma(2, 3, n), 1),
    }
    for name in r.choice(list(others), r.integers(0, 3), replace=False):
        columns[str(name)] = others[str(name)]
    return columns, often


def answer(seed: int) -> dict[str, Any] | None:
    """Return how one table is shown; None where no groups are seen in it."""
    columns, often = table(seed)
    Z, blocks, conditions = prepare(columns)
    key, plan = scramble(np.arange(len(Z), dtype=np.uint64)), Plan(seed=seed, threads=1)
    found = structure.examine(Z, blocks, key, plan)
    if found is None or found.components is None or found.pieces is None:
        return None
    tried, _ = evidence.try_numbers(Z, found, part(Z, found.pieces, conditions), plan)
    parts = part(Z, found.pieces, conditions)
    told = {"two": evidence.show(Z, tried, parts, plan, asked=2)}
    told["criteria"] = evidence.show(Z, replace(tried, keeping=None), parts, plan)
    told["shown"] = evidence.show(Z, tried, parts, plan)
    mixed = {name: mixes(Z, shown.fit.centers, often) for name, shown in told.items()}
    return {
        "mixed": mixed,
        "k": {name: shown.choice.k for name, shown in told.items()},
        "said": {name: shown.kept_apart is False for name, shown in told.items()},
    }


def mixes(Z: NDArray[np.float64], centers: NDArray[np.float64], often: NDArray[np.bool_]) -> bool:
    """Say whether more than a tenth of a segment is of another group than most of it."""
    label = assign(Z, centers).label
    share = np.array([often[label == s].mean() for s in range(len(centers))])
    return bool(np.minimum(share, 1 - share).max() > MIXED)


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with ProcessPoolExecutor(2) as pool:
        seen = [told for told in pool.map(answer, range(tables)) if told is not None]
    result: dict[str, Any] = {"tables": tables, "groups seen": len(seen)}
    for name, heading in (("two", "two segments"), ("criteria", "the five criteria"), ("shown", "shown")):
        result[heading] = {
            "mixed": sum(t["mixed"][name] for t in seen),
            "mixed and not said": sum(t["mixed"][name] and not t["said"][name] for t in seen),
            "said and not mixed": sum(t["said"][name] and not t["mixed"][name] for t in seen),
            "k": dict(sorted(Counter(t["k"][name] for t in seen).items())),
        }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
