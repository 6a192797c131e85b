"""Do segments stay who they are from month to month, and is it told what became of them? Writes results/refresh.json.

- ``same data``: a run with a name and a merge by hand is refreshed on the same customers: what is kept, who moved.
- ``four in five``: a run on all customers is refreshed on 80% of them, drawn anew for each seed. Counted is how many
  segments are there under the id they had, in all seeds together.
- ``planted``: four groups of 100 customers; in the next month one has split, two have merged, one is new or gone, and
  every customer's values have changed a little; once in two columns, and once beside one more that the groups have
  nothing to do with. Recognized is a month in which the lineage says that of the segments that it happened to, and of
  every other one that it was kept; with the old number of segments instead, whether the finding names the right one
  (COT313).
- ``changes``: of 4,000 customers 300 move and 100 leave; the file's counts against the truth, and the share who would
  change by chance.

The shop's customers are 5,000 of ``simulate.shop``. Other tables are named by their CSV files, with the columns that
form segments if these are not all (as is done for "Mall_Customers.csv:Annual Income (k$),Spending Score (1-100)"):
    python benchmarks/refresh.py [--seeds 20] [FILE[:COLUMN,COLUMN] ...]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from names import mall

import coterie
from coterie import simulate
from coterie.engines import connect
from coterie.segmentation import Segmentation

RESULTS = Path(__file__).parent / "results" / "refresh.json"
SHARE, STIR = 0.8, 0.15
PLACES = {"a": (0.0, 0.0), "b": (7.0, 0.0), "c": (0.0, 7.0), "d": (7.0, 7.0)}
Places = Mapping[str, Sequence[tuple[float, float]]]
PLANTED: dict[str, tuple[Places, str, int]] = {  # what changes, the group that it happens to, how many there are then
    "split": ({"d": [(5.0, 9.0), (9.5, 5.0)]}, "d", 5),
    "merged": ({"a": [(3.5, 0.0)], "b": [(3.5, 0.0)]}, "ab", 3),
    "new": ({"e": [(14.0, 3.5)]}, "e", 5),
    "retired": ({"d": []}, "d", 3),
}
Table = pd.DataFrame


def month(seed: int, number: int, changes: Places, size: int = 100, *, beside: bool = True) -> Table:
    """Return the customers of a month: ``size`` a group, around the places that ``changes`` gives some of them.

    A customer is at the same spot around his group's place in every month, but for a stir; ``beside`` that he has a
    spend that the groups have nothing to do with.
    """
    parts = []
    for name, places in ({name: [place] for name, place in PLACES.items()} | dict(changes)).items():
        if not places:
            continue
        r = np.random.default_rng([seed, *name.encode()])
        spots = 0.8 * r.standard_normal((size, 2)) + np.array([places[i % len(places)] for i in range(size)])
        spend = np.exp(r.standard_normal(size))
        stir = np.random.default_rng([seed, number, *name.encode()])
        spots += STIR * stir.standard_normal(spots.shape)
        ids = [f"{name}{i:03d}" for i in range(size)]
        spend *= np.exp(STIR * stir.standard_normal(size))
        parts.append(pd.DataFrame({"customer_id": ids, "x": spots[:, 0], "y": spots[:, 1], "spend": spend}))
    whole = pd.concat(parts, ignore_index=True)
    return whole if beside else whole.drop(columns="spend")


def crowd(seed: int, number: int, n: int) -> Table:
    """Return a month's customers who form no groups."""
    spots = np.random.default_rng([seed, n]).standard_normal((n, 2))
    spots += STIR * np.random.default_rng([seed, n, number]).standard_normal((n, 2))
    return pd.DataFrame({"customer_id": [f"k{i:04d}" for i in range(n)], "x": spots[:, 0], "y": spots[:, 1]})


def shop(customers: int) -> Table:
    """Return the customers of the simulated shop."""
    engine = connect()
    try:
        with tempfile.TemporaryDirectory() as folder:
            purchases = Path(folder) / "purchases.parquet"
            simulate.shop(engine, purchases, Path(folder) / "truth.parquet", customers=customers)
            found: Table = coterie.customers(pd.read_parquet(purchases))
            return found
    finally:
        engine.close()


def given_table(asked: str) -> Table:
    """Return a table of a file, with all its columns or its id (the first) and those that are named."""
    path, _, columns = asked.partition(":")
    table = pd.read_csv(path, dtype={0: str})
    return table[[table.columns[0], *columns.split(",")]] if columns else table


def fates(run: Segmentation) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    renewal = run.record.lineage.renewal
    assert renewal is not None
    return [(fate.kind, fate.before, fate.after) for fate in renewal.fates]


# ── the four questions ────────────────────────────────────────────────────────────────────────────────────────────


def refresh_same(table: Table) -> dict[str, Any]:
    """Return what a refresh on the same customers leaves as it was."""
    run = coterie.segment(table).name("A", "Weekend families")
    if len(run.segments) > 2:
        run = run.merge(run.segments[-2].id, run.segments[-1].id)
    again = coterie.refresh(run, table)
    assert again.changes is not None
    return {
        "segments": len(run.segments),
        "kept": sum(kind == "kept" for kind, _, _ in fates(again)),
        "moved": len(again.changes.frame()),
        "named_and_merged_as_before": [(s.id, s.letter, s.called) for s in again.segments]
        == [(s.id, s.letter, s.called) for s in run.segments],
    }


def refresh_fewer(table: Table, seeds: int) -> dict[str, Any]:
    """Return how many segments are there again, by id, among four in five of the customers."""
    run, kept, elsewhere = coterie.segment(table), 0, []
    for seed in range(seeds):
        again = coterie.refresh(run, table.sample(frac=SHARE, random_state=seed))
        kept += sum(kind == "kept" and before == after for kind, before, after in fates(again))
        assert again.changes is not None
        changed = again.changes.frame()
        elsewhere.append(float((changed["change"] != "left").sum()) / round(SHARE * len(table)))
    return {
        "customers": len(table),
        "verdict": run.verdict.counts_as,
        "segments": len(run.segments),
        "seeds": seeds,
        "kept": round(kept / (seeds * len(run.segments)), 4),
        "in_another_segment": round(float(np.mean(elsewhere)), 4),
        "noise_floor": round(floor(run), 4),
    }


def floor(run: Segmentation) -> float:
    """Return the share of customers who would be in another segment if nothing had changed."""
    return sum(v for i, row in enumerate(run.record.stability.floor) for j, v in enumerate(row) if i != j)


def home(run: Segmentation, group: str) -> int:
    """Return the segment that most of a group's customers are in."""
    placed = run.assignments()
    return int(placed[placed["id"].str.startswith(group)]["segment"].mode()[0])


def refresh_planted(kind: str, seeds: int, *, beside: bool) -> dict[str, Any]:
    """Return how often a planted change is told, and nothing else with it."""
    changes, happened, groups = PLANTED[kind]
    recognized = named = right = 0
    for seed in range(seeds):
        run = coterie.segment(month(seed, 1, {}, beside=beside), k=4)
        after = month(seed, 2, changes, beside=beside)
        own = tuple(sorted(home(run, group) for group in happened if group in PLACES))
        told = fates(coterie.refresh(run, after, k="auto"))
        others = [fate for fate in told if fate[0] != kind]
        recognized += (
            [before for told_kind, before, _ in told if told_kind == kind] == [own]
            and len(told) - 1 == len(others)
            and all(other == "kept" for other, _, _ in others)
        )
        said = [f.count for f in coterie.refresh(run, after).findings if f.code == "COT313"]
        named, right = named + len(said), right + (said == [groups])
    return {"seeds": seeds, "recognized": recognized, "another_number_is_found": named, "the_right_one": right}


def count_changes(seeds: int, *, grouped: bool) -> dict[str, Any]:
    """Return the file's counts where 300 of 4,000 customers move and 100 leave, means over the seeds.

    In groups they go from one to another, in a crowd to the other side of it.
    """
    found: list[dict[str, float]] = []
    for seed in range(seeds):
        before, after = (month(seed, m, {}, 1_000) if grouped else crowd(seed, m, 4_000) for m in (1, 2))
        of_a = before["customer_id"].str.startswith("a")
        whose = before["customer_id"][of_a if grouped else before["x"].rank() <= 1_000][:300]
        moving = after["customer_id"].isin(whose)
        after.loc[moving, "x"] = after["x"] + PLACES["b"][0] if grouped else -after["x"]
        run = coterie.segment(before, k=4)
        again = coterie.refresh(run, after[~after["customer_id"].isin(before["customer_id"][~moving][-100:])])
        assert again.changes is not None
        told = again.changes.frame()
        moved, compared = told[told["change"] == "moved"], coterie.compare(run, again).facts.migration
        assert compared is not None
        one = {
            "left": int((told["change"] == "left").sum()),
            "moved": len(moved),
            "moved_of_the_300": int(moved["id"].isin(whose).sum()),
            "line": int((told["change"] == "line").sum()),
            "changed": compared.changed,
            "noise_floor": compared.floor,
            "beyond": compared.beyond,
        }
        found.append(one)
    return {"seeds": seeds, **{key: round(float(np.mean([one[key] for one in found])), 4) for key in found[0]}}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--parts", nargs="+", default=["same", "fewer", "planted", "changes"])
    parser.add_argument("tables", nargs="*")
    given = parser.parse_args()
    tables = {asked.rpartition("/")[2]: given_table(asked) for asked in given.tables}
    tables |= {"like Mall": mall(), "shop": shop(5_000), "four groups": month(0, 1, {}), "a crowd": crowd(0, 1, 1_000)}
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if "same" in given.parts:
        found["same data"] = {name: refresh_same(table) for name, table in tables.items()}
    if "fewer" in given.parts:
        found["four in five"] = {name: refresh_fewer(table, given.seeds) for name, table in tables.items()}
    if "planted" in given.parts:
        columns = {"two columns": False, "beside an unrelated column": True}
        found["planted"] = {
            name: {kind: refresh_planted(kind, given.seeds, beside=beside) for kind in PLANTED}
            for name, beside in columns.items()
        }
    if "changes" in given.parts:
        kinds = {"four groups": True, "a crowd": False}
        found["changes"] = {name: count_changes(given.seeds, grouped=grouped) for name, grouped in kinds.items()}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
