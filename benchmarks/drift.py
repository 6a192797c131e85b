"""How often a comparison alarms when nothing has changed, and what it sees.

Two samples of one population (no drift), or the second of a changed one, at several sizes. The alarm is any advice but
``assign``. Ten second months are compared with each first one, whose four segments they are put into; the verdict is
left as it was, for it is no matter of these criteria. Writes results/drift.json.

    python benchmarks/drift.py --runs 200 --sizes 100 1000 --workers 2
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import coterie
from coterie.engines import connect
from coterie.model import model, prepare
from coterie.record import Record
from coterie.scoring import read_new_customers
from coterie.segmentation.drifting import Gathered, weigh
from coterie.table import Sample, draw

MONTHS = 10
RESULT = Path(__file__).parent / "results" / "drift.json"
CORNERS = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0], [6.0, 6.0]])
Table = pd.DataFrame


def groups(r: np.random.Generator, n: int) -> Table:
    """Four groups of equal size in two columns, a third column that is skewed and a yes or no."""
    at = CORNERS[r.integers(0, 4, n)] + r.standard_normal((n, 2))
    return pd.DataFrame(
        {"x": at[:, 0], "y": at[:, 1], "spend": np.exp(r.standard_normal(n)), "member": r.random(n) < 0.4}
    )


def cloud(r: np.random.Generator, n: int) -> Table:
    """One cloud of four related columns: a cut of it hangs on the sample."""
    shared = r.standard_normal((n, 1))
    z = 0.6 * shared + 0.8 * r.standard_normal((n, 4))
    return pd.DataFrame(np.column_stack([z[:, :2], np.exp(z[:, 2:])]), columns=["a", "b", "c", "d"])


def shifted(by: float) -> Callable[[Table], Table]:
    return lambda table: table.assign(**{table.columns[0]: table.iloc[:, 0] + by * table.iloc[:, 0].std()})


def fewer(share: float) -> Callable[[Table], Table]:
    """A share of those who are high in the first column leaves."""

    def change(table: Table) -> Table:
        high = table.iloc[:, 0] > table.iloc[:, 0].median()
        return table[~(high & (np.arange(len(table)) % 100 < 100 * share))]

    return change


def untied(table: Table) -> Table:
    """The second column keeps its values and loses its ties to the others."""
    return table.assign(
        **{table.columns[1]: table.iloc[:, 1].to_numpy()[np.random.default_rng(0).permutation(len(table))]}
    )


CHANGES: dict[str, Callable[[Table], Table]] = {
    "none": lambda table: table,
    "a column by 0.2 sd": shifted(0.2),
    "a column by 0.5 sd": shifted(0.5),
    "a column by 1 sd": shifted(1.0),
    "a fifth of the high leaves": fewer(0.2),
    "half of the high leaves": fewer(0.5),
    "ties between columns lost": untied,
}
SHAPES = {"groups": groups, "cloud": cloud}


@cache
def former(shape: str, n: int, seed: int) -> tuple[Record, Sample, float]:
    """Return the run of a first month, its customers, and the share of them who are borderline."""
    table = SHAPES[shape](np.random.default_rng([seed, n, 1]), n)
    table = table.assign(customer_id=[f"a{i}" for i in range(n)])
    run = coterie.segment(table, k=4, effort="quick", max_k=4, seed=seed)
    sample = rows_of(run.record, table)
    return run.record, sample, float((run.assignments()["confidence"] == "borderline").mean())


def rows_of(record: Record, table: Table) -> Sample:
    held = read_new_customers(record, table, connect(), id="customer_id")
    return draw(held, [f.column for f in record.features], 50_000, seed=record.options.seed)


def once(job: tuple[str, str, int, int]) -> tuple[str, str, int, str, list[str]]:
    """Return the advice of one comparison, and which criteria fired; the verdict is left as it was."""
    shape, change, n, seed = job
    record, before, borderline = former(shape, n, seed // MONTHS)
    after = CHANGES[change](SHAPES[shape](np.random.default_rng([seed, n, 2]), n))
    sample = rows_of(record, after.assign(customer_id=[f"b{i}" for i in range(len(after))]))
    label, _ = model.predict(record.model, prepare(record.features, sample.values))
    placed = {s: int((label == s).sum()) for s in record.model.segments}
    cloud = prepare(record.features, before.values)
    same = {s: s for s in record.model.segments}
    found = weigh(Gathered(record, record, sample, cloud, borderline, placed, same))
    return shape, change, n, found.advice, [c.name for c in found.criteria if c.says != "assign"]


def main() -> None:
    """Run the jobs, and write the rates."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--changes", nargs="+", default=list(CHANGES))
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    jobs = [
        (shape, change, n, seed)
        for n in given.sizes
        for shape in given.shapes
        for change in given.changes
        for seed in range(given.runs)
    ]
    rows: dict[tuple[str, str, int], list[tuple[str, list[str]]]] = {}
    with ProcessPoolExecutor(given.workers) as pool:
        for shape, change, n, advice, fired in pool.map(once, jobs, chunksize=MONTHS):
            rows.setdefault((shape, change, n), []).append((advice, fired))
    held = json.loads(RESULT.read_text()) if RESULT.exists() else []
    fresh = [
        {
            "shape": shape,
            "change": change,
            "n": n,
            "runs": len(found),
            "advice": dict(Counter(advice for advice, _ in found)),
            "fired": dict(Counter(name for _, fired in found for name in fired)),
            "alarms": round(sum(advice != "assign" for advice, _ in found) / len(found), 4),
        }
        for (shape, change, n), found in rows.items()
    ]
    keys = {(row["shape"], row["change"], row["n"]) for row in fresh}
    kept = [row for row in held if (row["shape"], row["change"], row["n"]) not in keys]
    RESULT.write_text(json.dumps([*kept, *fresh], indent=1) + "\n")
    for row in fresh:
        print(row["n"], row["shape"], row["change"], row["runs"], row["alarms"], row["fired"])


if __name__ == "__main__":
    main()
