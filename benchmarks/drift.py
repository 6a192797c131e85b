"""How often a comparison alarms when nothing has changed, and what it sees.

Two samples of one population (no change), or the second of a changed one, at several sizes. The alarm is any advice but
``assign``. Ten second months follow each first one, whose four segments they are put into. Without a change the whole
way is gone: a refresh, its verdict, and a comparison with the customers of both months at hand; and once more from the
records alone, as where only run folders are at hand. With one, the verdict is left as it was, and what is measured is
how often the criteria see the change. Writes results/drift.json.

    python benchmarks/drift.py --runs 200 --power-runs 100
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import coterie
from coterie.engines import connect
from coterie.model import model, prepare
from coterie.record import Record
from coterie.scoring import read_new_customers
from coterie.segmentation import Segmentation
from coterie.segmentation.drifting import Gathered, Weighed, weigh
from coterie.table import Sample, draw

MONTHS = 10
RESULT = Path(__file__).parent / "results" / "drift.json"
CORNERS = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0], [6.0, 6.0]])
Table = pd.DataFrame


# ── customers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def groups(r: np.random.Generator, n: int, apart: float = 1.0) -> Table:
    """Four groups of equal size in two columns, a third column that is skewed and a yes or no."""
    at = apart * CORNERS[r.integers(0, 4, n)] + r.standard_normal((n, 2))
    return pd.DataFrame(
        {"x": at[:, 0], "y": at[:, 1], "spend": np.exp(r.standard_normal(n)), "member": r.random(n) < 0.4}
    )


def blurred(r: np.random.Generator, n: int) -> Table:
    """The same, so close that a verdict is easily another one."""
    return groups(r, n, 0.6)


def cloud(r: np.random.Generator, n: int) -> Table:
    """One cloud of four related columns: a cut of it hangs on the sample."""
    shared = r.standard_normal((n, 1))
    z = 0.6 * shared + 0.8 * r.standard_normal((n, 4))
    return pd.DataFrame(np.column_stack([z[:, :2], np.exp(z[:, 2:])]), columns=["a", "b", "c", "d"])


def shop(r: np.random.Generator, n: int) -> Table:
    """Columns full of ties: orders, a spend that is mostly 0, five steps, a plan, a tenure that a tenth lacks."""
    loyal = r.random(n) < 0.3
    return pd.DataFrame(
        {
            "orders": r.poisson(np.where(loyal, 9.0, 1.5)),
            "extras": np.where(r.random(n) < 0.7, 0.0, np.exp(3 + r.standard_normal(n))).round(2),
            "rating": np.clip(r.poisson(np.where(loyal, 3.2, 2.2)), 1, 5),
            "plan": r.choice(["basic", "plus", "pro"], n, p=[0.6, 0.3, 0.1]),
            "tenure": np.where(r.random(n) < 0.1, np.nan, np.minimum(r.exponential(30, n).round(), 60)),
        }
    )


SHAPES: dict[str, Callable[[np.random.Generator, int], Table]] = {
    "groups": groups,
    "blurred groups": blurred,
    "cloud": cloud,
    "shop": shop,
}


# ── what changes ──────────────────────────────────────────────────────────────────────────────────────────────────


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


def closed(table: Table) -> Table:
    """Most of the gap between the low and the high half of the first column closes."""
    x = table.iloc[:, 0]
    high = x > x.median()
    return table.assign(**{table.columns[0]: x - 0.6 * (x[high].mean() - x[~high].mean()) * high})


NONE = "none"
CHANGES: dict[str, Callable[[Table], Table]] = {
    NONE: lambda table: table,
    "a column by 0.2 sd": shifted(0.2),
    "a column by 0.5 sd": shifted(0.5),
    "a column by 1 sd": shifted(1.0),
    "a fifth of the high leaves": fewer(0.2),
    "half of the high leaves": fewer(0.5),
    "ties between columns lost": untied,
    "a gap closes": closed,
}


# ── one comparison ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Said:
    """The advice of one comparison, and which criteria it rests on; the same from the records alone."""

    advice: str
    fired: tuple[str, ...]
    verdicts: tuple[str | None, str | None]
    bare: tuple[str, tuple[str, ...]] | None = None


Job = tuple[str, str, int, int]


@lru_cache(maxsize=2)
def former(shape: str, n: int, seed: int) -> tuple[Segmentation, NDArray[np.float64], float]:
    """Return the run of a first month, its prepared customers, and the share of them who are borderline."""
    table = SHAPES[shape](np.random.default_rng([seed, n, 1]), n)
    table = table.assign(customer_id=[f"a{i}" for i in range(n)])
    run = coterie.segment(table, id="customer_id", k=4, effort="quick", max_k=5, seed=seed)
    cloud = prepare(run.record.features, rows_of(run.record, table).values)
    return run, cloud, float((run.assignments()["confidence"] == "borderline").mean())


def rows_of(record: Record, table: Table) -> Sample:
    held = read_new_customers(record, table, connect(), id="customer_id")
    return draw(held, [f.column for f in record.features], 50_000, seed=record.options.seed)


def fired(found: Weighed | Any) -> tuple[str, ...]:
    return tuple(c.name for c in found.criteria if c.says != "assign")


def unchanged(run: Segmentation, after: Table) -> Said:
    """Return what is said of a month in which nothing has changed, the whole way."""
    again = coterie.refresh(run, after)
    facts = coterie.compare(run, again).facts
    bare = weigh(Gathered(run.record, again.record, None, None, None, None, dict(facts.same)))
    verdicts = (facts.old.verdict, facts.new.verdict)
    return Said(facts.advice, fired(facts), verdicts, (bare.advice, fired(bare)))


def changed(run: Segmentation, cloud: NDArray[np.float64], borderline: float, after: Table) -> Said:
    """Return what the criteria say of a change; the verdict is left as it was."""
    record = run.record
    sample = rows_of(record, after)
    label, _ = model.predict(record.model, prepare(record.features, sample.values))
    placed = {s: int((label == s).sum()) for s in record.model.segments}
    same = {s: s for s in record.model.segments}
    found = weigh(Gathered(record, record, sample, cloud, borderline, placed, same))
    return Said(found.advice, fired(found), (None, None))


def once(job: Job) -> tuple[Job, Said]:
    shape, change, n, seed = job
    run, cloud, borderline = former(shape, n, seed // MONTHS)
    after = CHANGES[change](SHAPES[shape](np.random.default_rng([seed, n, 2]), n))
    after = after.assign(customer_id=[f"b{i}" for i in range(len(after))])
    return job, unchanged(run, after) if change == NONE else changed(run, cloud, borderline, after)


# ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────


def summarized(said: Sequence[Said]) -> dict[str, Any]:
    """Return how often there was an alarm, and what gave it."""
    found = {
        "runs": len(said),
        "advice": dict(Counter(s.advice for s in said)),
        "fired": dict(Counter(name for s in said for name in s.fired)),
        "alarms": round(sum(s.advice != "assign" for s in said) / len(said), 4),
    }
    bare = [s.bare for s in said if s.bare is not None]
    if bare:
        found["other_verdict"] = sum(s.verdicts[0] != s.verdicts[1] for s in said)
        found["fired_from_records_alone"] = dict(Counter(name for _, names in bare for name in names))
        found["alarms_from_records_alone"] = round(sum(advice != "assign" for advice, _ in bare) / len(bare), 4)
    return found


def main() -> None:
    """Run the jobs, and write the rates."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200, help="without a change")
    parser.add_argument("--power-runs", type=int, default=100, help="of each change")
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
        for seed in range(given.runs if change == NONE else given.power_runs)
    ]
    rows: dict[tuple[str, str, int], list[Said]] = {}
    with ProcessPoolExecutor(given.workers) as pool:
        for (shape, change, n, _), said in pool.map(once, jobs, chunksize=MONTHS):
            rows.setdefault((shape, change, n), []).append(said)
    held = json.loads(RESULT.read_text()) if RESULT.exists() else []
    fresh = [{"shape": s, "change": c, "n": n, **summarized(said)} for (s, c, n), said in rows.items()]
    keys = {(row["shape"], row["change"], row["n"]) for row in fresh}
    kept = [row for row in held if (row["shape"], row["change"], row["n"]) not in keys]
    RESULT.write_text(json.dumps([*kept, *fresh], indent=1) + "\n")
    for row in fresh:
        print(*(row[key] for key in ("n", "shape", "change", "runs", "alarms", "fired")))


if __name__ == "__main__":
    main()
