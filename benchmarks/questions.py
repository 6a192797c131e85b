"""Measure how often the typing tool agrees with the segments, and whether it says so rightly.

Segments are formed on some customers, three questions are found on the same, and what is printed of them is compared
with how often their SQL agrees with ``assign`` on others: a shop's customers of another year of chance, and the other
half of the files in FOLDER (McDonald's, a bank; left out where they are not there).
Run: python benchmarks/questions.py [FOLDER]
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas as pd

import coterie
from coterie import simulate
from coterie.engines import connect

RESULTS = Path(__file__).parent / "results"
DATA = Path(__file__).parents[2] / "shared" / "data"
COLUMNS = 3


def agreement(run: coterie.Segmentation, query: str, fresh: pd.DataFrame) -> float:
    """Return the share of customers to whom the questions give the segment that is theirs."""
    own = pd.DataFrame(run.assign(fresh, id="customer_id")).dropna(subset="segment")
    with duckdb.connect() as engine:
        engine.register("customers", fresh)
        told = engine.execute(query).df()
    both = own.merge(told, on="id", suffixes=("", "_told"))
    return float((both["segment"] == both["segment_told"]).mean())


def shop(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customers of two shops that differ by chance alone."""
    found = []
    for seed in (7, 8):
        path = folder / f"purchases-{seed}.parquet"
        simulate.shop(connect(), path, folder / "truth.parquet", customers=8_000, seed=seed)
        found.append(coterie.customers(path, as_of="2026-01-01").df())
    return found[0], found[1]


def halves(path: Path, separator: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.read_csv(path, sep=separator)
    frame.insert(0, "customer_id", [f"c{i}" for i in range(len(frame))])
    some = frame.sample(frac=0.5, random_state=1)
    return some, frame.drop(some.index)


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        tables = {"shop": shop(Path(folder))}
        for name, file in (("mcdonalds", "mcdonalds.csv"), ("bank", "bank-full.csv")):
            if (data / file).exists():
                tables[name] = halves(data / file, ",")
    for name, (some, fresh) in tables.items():
        run = coterie.segment(some, id="customer_id", effort="quick")
        told = run.typing(most=COLUMNS)
        found[name] = {
            "segments": len(run.segments),
            "columns": told.columns,
            "printed": round(told.agreement, 4),
            "all_columns": round(told.all_columns, 4),
            "fresh": round(agreement(run, told.sql("duckdb"), fresh), 4),
            "measured_on": told.measured,
        }
        print(name, found[name])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "questions.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
