"""How often the verdict is right: simulated tables with and without groups, against the usual rules on the same tables.

    python benchmarks/verdict.py                    # everything: writes results/verdict.json
    python benchmarks/verdict.py --seeds 2 --only gauss

Every table goes through the usual preparation. The usual rules see the same prepared matrix: largest silhouette
above 0.5, gap statistic (box along the principal axes, 10 references, one standard error) above one cluster, Hopkins
above 0.75. Tables without groups are only tested; tables with groups also get their number of segments chosen.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from customer_shapes import CUSTOMERS
from fresh_shapes import FRESH
from more_customer_shapes import MORE_CUSTOMERS
from numpy.typing import NDArray
from scipy import stats
from shapes import SHAPES, Shape, Table

from coterie.cluster import Job, fit_many
from coterie.cluster.measures import silhouette
from coterie.evidence import Condition, evidence, part, structure
from coterie.evidence.groupless import Block
from coterie.evidence.plan import Plan, scramble
from coterie.model import features, formula
from coterie.model.conditions import list_conditions
from coterie.table.columns import ColumnRecord, skewness

RESULTS = Path(__file__).parent / "results" / "verdict.json"
CODES = ("none", "shape", "overlapping", "partly", "natural")
KS = range(2, 11)
GROUPED = ("groups", "beside")
RULES = ("silhouette", "silhouette-null", "gap", "agreement", "strength", "components")
ALL = (*SHAPES, *CUSTOMERS, *MORE_CUSTOMERS, *FRESH)
MOST_ROWS = 2_000  # of tables that the usual rules are asked about, and of shapes that are not fresh
FRESH_SEEDS = 20  # tables a fresh shape with groups, at each size


def prepare(table: Table) -> tuple[NDArray[np.float64], list[Block], list[Condition]]:
    """Return the prepared matrix of a table, by the product's own rules, its blocks, and what may split it."""
    records = []
    for name, values in table.items():
        number = values.dtype != object
        present = values[~np.isnan(values)] if number else None
        low, skew = (float(present.min()), skewness(present)) if present is not None else (None, None)
        kind = "number" if number else "category"
        records.append(ColumnRecord(name, name, kind, "feature", None, 0, None, low, *(None,) * 5, skew, None))
    proposed, _ = features.propose(records, table, "auto")
    blocks: list[Block] = []
    for f in proposed:
        start = blocks[-1].stop if blocks else 0
        kind = {"number": "numeric", "category": "nominal"}.get(f.kind, "binary")
        blocks.append(Block(f.column, kind, start, start + len(f.prepared)))
    return formula.prepare(proposed, table), blocks, list_conditions(proposed, table)


# ── the usual rules ───────────────────────────────────────────────────────────────────────────────────────────────


def usual_rules(Z: NDArray[np.float64], seed: int) -> dict[str, bool]:
    """Return which of the usual rules would call the table clustered."""
    Z = np.where(np.isnan(Z), np.nanmedian(Z, axis=0), Z)
    fits = fit_many([Z], [Job(k=k, seed=seed, starts=10) for k in KS], threads=1)
    rows = np.arange(min(len(Z), 500), dtype=np.int64)
    widths = [float(np.nanmean(silhouette(Z, f.label, k, rows=rows, threads=1))) for k, f in zip(KS, fits, strict=True)]
    return {
        "silhouette > .5": max(widths) > 0.5,
        "gap statistic": gap_choice(Z, [f.inertia for f in fits], seed) > 1,
        "Hopkins > .75": hopkins(Z, seed) > 0.75,
    }


def gap_choice(Z: NDArray[np.float64], inertia: list[float], seed: int, references: int = 10) -> int:
    """Return the first k within one standard error of the next (Tibshirani, Walther & Hastie 2001)."""
    r = np.random.default_rng(seed)
    centered = Z - Z.mean(axis=0)
    axes = np.linalg.svd(centered, full_matrices=False)[2]
    scores = centered @ axes.T
    boxes = [r.uniform(scores.min(axis=0), scores.max(axis=0), Z.shape) for _ in range(references)]
    ks = (1, *KS)
    jobs = [Job(k=k, data=b, seed=seed, starts=2) for b in range(references) for k in ks]
    within = np.log([f.inertia for f in fit_many(boxes, jobs, labels=False, threads=1)]).reshape(references, -1)
    own = np.log([float((centered**2).sum()), *inertia])
    gap, error = within.mean(axis=0) - own, within.std(axis=0) * np.sqrt(1 + 1 / references)
    return next((k for i, k in enumerate(ks[:-1]) if gap[i] >= gap[i + 1] - error[i + 1]), ks[-1])


def hopkins(Z: NDArray[np.float64], seed: int, repeats: int = 10) -> float:
    """Return the mean Hopkins statistic over samples of a tenth of the rows."""
    from scipy.spatial import KDTree

    r = np.random.default_rng(seed)
    tree = KDTree(Z)
    m = max(5, len(Z) // 10)
    found = []
    for _ in range(repeats):
        u = tree.query(r.uniform(Z.min(axis=0), Z.max(axis=0), (m, Z.shape[1])))[0]
        w = tree.query(Z[r.choice(len(Z), m, replace=False)], k=2)[0][:, 1]
        found.append(u.sum() / (u.sum() + w.sum()))
    return float(np.mean(found))


# ── one table, one cell ───────────────────────────────────────────────────────────────────────────────────────────


def answer(shape: Shape, seed: int, n: int) -> dict[str, Any]:
    """Return everything that is said about one table."""
    table, _ = shape.table(seed, n)
    Z, blocks, conditions = prepare(table)
    key = scramble(np.arange(n, dtype=np.uint64) + np.uint64(seed * n))
    plan = Plan(seed=seed, threads=1)
    began = time.perf_counter()
    found = structure.examine(Z, blocks, key, plan)
    took = time.perf_counter() - began
    said: dict[str, Any] = {
        "code": found.code if found else None,
        "p_structure": found.p_structure if found else None,
        "p_gap": found.trial.p_gap if found else None,
        "p_depth": found.trial.p_depth if found else None,
        "depth": found.trial.depth if found else None,
        "draws": found.draws if found else 0,
        "seconds": took,
        "rules": usual_rules(Z, seed) if n <= MOST_ROWS else {},
    }
    if shape.kind in GROUPED and found is not None:
        parts = found.pieces and part(Z, found.pieces, conditions)
        tried, _ = evidence.try_numbers(Z, found, parts, plan)
        chosen = evidence.show(Z, tried, parts, plan).choice
        said["k"] = chosen.supported
        said["votes"] = {v.rule: v.k for v in chosen.votes}
    return said


def cell(shape: Shape, n: int, seeds: int) -> dict[str, Any]:
    """Return what is said about one shape at one size, over its seeds."""
    told = [answer(shape, seed, n) for seed in range(seeds)]
    result: dict[str, Any] = {
        "shape": shape.name,
        "kind": shape.kind,
        "made": "after" if shape in FRESH else "listed" if shape.listed else "added",
        "n": n,
        "tables": seeds,
        "codes": {c: sum(t["code"] == c for t in told) for c in CODES},
        "p_structure <= .05": sum(t["p_structure"] is not None and t["p_structure"] <= 0.05 for t in told),
        "p_gap <= .05": sum(t["p_gap"] is not None and t["p_gap"] <= 0.05 for t in told),
        "median depth": float(np.median([t["depth"] or 0.0 for t in told])),
        "median draws": float(np.median([t["draws"] for t in told])),
        "median seconds": round(float(np.median([t["seconds"] for t in told])), 3),
        "rules": {rule: sum(t["rules"][rule] for t in told) for rule in told[0]["rules"]},
    }
    if "k" in told[0]:
        right = {shape.k, *shape.also}
        result["right k"] = {
            "vote": sum(t["k"] in right for t in told),
            **{rule: sum(t["votes"].get(rule) in right for t in told) for rule in RULES},
        }
        seen = [t for t in told if t["code"] in ("partly", "natural")]
        result["right k of those seen"] = rate(sum(t["k"] in right for t in seen), len(seen)) if seen else None
        result["votes"] = [" ".join(str(k or "-") for k in t["votes"].values()) for t in told]
        result["chosen k"] = dict(sorted(Counter(t["k"] for t in told).items()))
    return result


# ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────


def bound(count: int, of: int) -> float:
    """Return the one-sided 95 % upper bound of a rate (Clopper & Pearson)."""
    return float(stats.beta.ppf(0.95, count + 1, of - count)) if count < of else 1.0


def rate(count: int, of: int) -> dict[str, Any]:
    return {"count": count, "of": of, "share": round(count / of, 4), "bound": round(bound(count, of), 4)}


def summarized(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rates that may be quoted, pooled over shapes, with their bounds."""
    out: dict[str, Any] = {}
    for kind in ("plain", "dependence", "bounded", "open"):
        for made in ("listed", "added", "after", None):
            if chosen := _chosen(cells, kind, made):
                out[kind if made is None else f"{kind}, {made}"] = _groupless(chosen)
    for kind in ("groups", "beside"):
        for made in ("listed", "added", "after", None):
            if chosen := _chosen(cells, kind, made):
                out[kind if made is None else f"{kind}, {made}"] = _grouped(chosen)
    for n in sorted({c["n"] for c in cells}):
        if chosen := [c for c in _chosen(cells, "beside", None) if c["n"] == n]:
            out[f"beside, {n}"] = _grouped(chosen)
    return out


def _chosen(cells: list[dict[str, Any]], kind: str, made: str | None) -> list[dict[str, Any]]:
    return [c for c in cells if c["kind"] == kind and made in (None, c["made"])]


def _groupless(chosen: list[dict[str, Any]]) -> dict[str, Any]:
    of = sum(c["tables"] for c in chosen)
    count = {code: sum(c["codes"][code] for c in chosen) for code in CODES}
    return {
        "none": round(count["none"] / of, 4),
        "shape": round(count["shape"] / of, 4),
        "stronger than shape": rate(count["overlapping"] + count["partly"] + count["natural"], of),
        "partly or natural": rate(count["partly"] + count["natural"], of),
        "rules": _ruled(chosen),
    }


def _grouped(chosen: list[dict[str, Any]]) -> dict[str, Any]:
    of = sum(c["tables"] for c in chosen)
    known = [c for c in chosen if c["shape"] != "crescents"]
    tables = sum(c["tables"] for c in known)
    seen = [c["right k of those seen"] for c in known if c["right k of those seen"]]
    return {
        **{code: round(sum(c["codes"][code] for c in chosen) / of, 4) for code in CODES},
        "seen": rate(sum(c["codes"]["partly"] + c["codes"]["natural"] for c in chosen), of),
        "right k": {r: round(sum(c["right k"][r] for c in known) / tables, 4) for r in known[0]["right k"]},
        "right k of those seen": rate(sum(s["count"] for s in seen), sum(s["of"] for s in seen)),
        "rules": _ruled(chosen),
    }


def _ruled(chosen: list[dict[str, Any]]) -> dict[str, float]:
    """Return what the usual rules say, of the tables that they were asked about."""
    asked = [c for c in chosen if c["rules"]]
    of = sum(c["tables"] for c in asked)
    return {r: round(sum(c["rules"][r] for c in asked) / of, 4) for r in asked[0]["rules"]} if asked else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=25, help="tables a shape without groups, at each size")
    parser.add_argument("--group-seeds", type=int, default=10, help="tables a shape with groups, at each size")
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[300, 2_000, 20_000], help="the last for fresh shapes alone"
    )
    parser.add_argument("--only", nargs="+", default=[""], help="shapes whose name or kind contains one of these")
    parser.add_argument("--fresh", action="store_true", help="only the shapes that were made after the method")
    parser.add_argument("--most", type=int, default=1_000, help="tables a shape at most, for a first look")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--update", action="store_true", help="replace these cells in the results, keep the others")
    parser.add_argument("--out", type=Path, default=None, help=f"default: {RESULTS.name}, if nothing is left out")
    asked = parser.parse_args()
    shapes = [s for s in ALL if any(o in s.name or o in s.kind for o in asked.only)]
    if asked.fresh:
        shapes = [s for s in shapes if s in FRESH]
    tasks = [(s, n) for n in asked.rows for s in shapes if s in FRESH or n <= MOST_ROWS]
    cells = []
    with ProcessPoolExecutor(asked.processes) as pool:
        grouped = {s: FRESH_SEEDS if s in FRESH else asked.group_seeds for s in shapes if s.kind in GROUPED}
        seeds = {s: min(asked.most, grouped.get(s, asked.seeds)) for s in shapes}
        futures = [pool.submit(_named_cell, s.name, n, seeds[s]) for s, n in tasks]
        for future in futures:
            found = future.result()
            cells.append(found)
            codes = " ".join(f"{c}:{v}" for c, v in found["codes"].items() if v)
            k = f"  right k {found['right k']['vote']}/{found['tables']}" if "right k" in found else ""
            print(f"{found['shape']:28} n={found['n']:<5} {codes:40}{k}  {found['median seconds']} s", flush=True)
    if asked.update:
        done = {(c["shape"], c["n"]): c for c in cells}
        kept = json.loads(RESULTS.read_text())["cells"]
        new = [c for at, c in done.items() if at not in {(k["shape"], k["n"]) for k in kept}]
        cells = [*(done.get((c["shape"], c["n"]), c) for c in kept), *new]
    result = {"effort": "normal", "max k": max(KS), "summary": summarized(cells), "cells": cells}
    print(json.dumps(result["summary"], indent=1))
    whole = asked.only == [""] and not asked.fresh and asked.seeds >= 25 and asked.most >= 25
    out = asked.out or (RESULTS if asked.update or whole else None)
    if out is not None:
        out.write_text(json.dumps(result, indent=1) + "\n")


def _named_cell(name: str, n: int, seeds: int) -> dict[str, Any]:
    return cell(next(s for s in ALL if s.name == name), n, seeds)


if __name__ == "__main__":
    main()
