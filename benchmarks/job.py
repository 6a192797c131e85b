"""Race the whole job against the script that a good practitioner writes for it: from a Parquet file to segments.

The script: z-scores, k-means for k = 2…10 with ten starts each, the k of the best silhouette of 10,000 sampled rows, a
file of ids and segments, means by segment. With pandas or polars in front of scikit-learn, with scikit-learn-intelex,
with faiss. coterie does that and the rest of its job: the test whether there are groups, stability, names, the report.
Customers have eight columns, as in ``scale.py``: in six groups, or in none. Whole processes, in turn; a script gets 15
minutes a size. ``inertia`` is coterie's over all rows in z-scores about its segments' means, over the script's at the
same number of segments (``--scale z``, as the script scales). Run: python benchmarks/job.py [ROWS …] [--only NAME …]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scale import COLUMN, COLUMNS, MAKE, RESULTS, timed

SIZES = (300, 20_000, 1_000_000, 10_000_000)
LONGEST, OVER = 900, 124  # seconds that a script gets; how `timeout` ends then
CALM = [
    "OMP_WAIT_POLICY=PASSIVE"
]  # on a busy machine threads that wait for others by running in circles count for more
ROUNDS = {300: 3}
NO_GROUPS = "round(sqrt(-2 * ln((hash(i * 31 + {j}) % 1000003 + 1) / 1000004.0))"
NO_GROUPS += " * cos(2 * pi() * (hash(i * 17 + {j}) % 1000003) / 1000003.0), 4) AS f{j}"
READ = {
    "pandas": "import pandas as pd\ntable = pd.read_parquet(source)\nX = table[columns].to_numpy()\n",
    "polars": "import polars as pl\ntable = pl.read_parquet(source)\nX = table.select(columns).to_numpy()\n",
}
WRITE = {
    "pandas": """table["segment"] = best[1]
table[["customer_id", "segment"]].to_parquet(out)
print(table.groupby("segment")[columns].mean())
""",
    "polars": """table = table.with_columns(pl.Series("segment", best[1]))
table.select("customer_id", "segment").write_parquet(out)
print(table.group_by("segment").agg(pl.col(columns).mean()))
""",
}
SKLEARN = """from sklearn.cluster import KMeans
def fit(k):
    model = KMeans(n_clusters=k, n_init=10, random_state=0).fit(X)
    return model.labels_, float(model.inertia_)
"""
FAISS = """import faiss
def fit(k):
    model = faiss.Kmeans(X.shape[1], k, niter=100, nredo=10, seed=1, max_points_per_centroid=len(X))
    model.train(X.astype("float32"))
    distances, labels = model.index.search(X.astype("float32"), 1)
    return labels[:, 0], float(distances.sum())
"""
SCRIPT = """import json, sys
source, out, told = sys.argv[1:]
columns = [f"f{{i}}" for i in range(1, 9)]
{first}{read}from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler
X = StandardScaler().fit_transform(X)
{fit}best, inertia = None, {{}}
for k in range(2, 11):
    labels, inertia[k] = fit(k)
    score = silhouette_score(X, labels, sample_size=min(10_000, len(X)), random_state=0)
    if best is None or score > best[0]:
        best = score, labels, k
{write}json.dump({{"k": best[2], "inertia": inertia}}, open(told, "w"))
"""
INTELEX = "from sklearnex import patch_sklearn\npatch_sklearn()\n"
PEERS = {
    "pandas + scikit-learn": ("", "pandas", SKLEARN),
    "polars + scikit-learn": ("", "polars", SKLEARN),
    "scikit-learn-intelex": (INTELEX, "pandas", SKLEARN),
    "faiss": ("", "pandas", FAISS),
}


def made(rows: int, groups: bool, folder: Path) -> Path:
    """Return the file of so many customers."""
    path = folder / f"{'groups' if groups else 'none'}-{rows}.parquet"
    columns = ", ".join((COLUMN if groups else NO_GROUPS).format(j=j) for j in range(1, 9))
    duckdb.sql(MAKE.format(columns=columns, rows=rows, path=path))
    return path


def limited(command: list[str]) -> tuple[float, float, float] | str:
    """Return wall seconds, CPU seconds and peak memory (GB) of a process; why not where it takes too long."""
    try:
        return timed(["timeout", str(LONGEST), "env", *CALM, *command])
    except SystemExit as ended:
        if subprocess.run(["timeout", "1", *command], capture_output=True, check=False).returncode != OVER:
            raise SystemExit(f"{command} failed") from ended
        return f"not done in {LONGEST // 60} minutes"


def inertia_of(source: Path, segments: Path) -> tuple[int, float]:
    """Return how many segments there are, and the sum of squares about their means in z-scores, over all rows."""
    z = ", ".join(f"({c} - avg({c}) OVER ()) / stddev_pop({c}) OVER () AS {c}" for c in COLUMNS)
    squares = " + ".join(f"var_pop({c}) * count(*)" for c in COLUMNS)
    query = f"""SELECT count(*), sum(w) FROM (SELECT {squares} AS w FROM (SELECT customer_id, {z}
        FROM read_parquet('{source}')) JOIN read_parquet('{segments}') s ON customer_id = s.id GROUP BY s.segment)"""
    [(many, within)] = duckdb.sql(query).fetchall()
    return int(many), float(within)


def raced(rows: int, groups: bool, only: list[str], folder: Path) -> dict[str, Any]:
    """Return what each took for a table, and how good what it found is."""
    source, program = made(rows, groups, folder), str(Path(sys.executable).with_name("coterie"))
    asked = ["--id", "customer_id", "--features", ",".join(COLUMNS), "--scale", "z", "-q", "--overwrite"]
    jobs = {"coterie": [program, "segment", str(source), *asked, "--out", str(folder / "run")]}
    for name, (first, reader, fit) in PEERS.items():
        script = folder / f"by_{name.split()[0]}.py"
        script.write_text(SCRIPT.format(first=first, read=READ[reader], fit=fit, write=WRITE[reader]))
        jobs[name] = [sys.executable, str(script), str(source), str(folder / "theirs.parquet"), f"{script}.json"]
    took: dict[str, list[tuple[float, float, float]]] = {}
    found: dict[str, Any] = {}
    for _ in range(ROUNDS.get(rows, 1)):
        for name, command in jobs.items():
            if (only and name not in only) or isinstance(found.get(name), str):
                continue
            got = limited(command)
            if isinstance(got, str):
                found[name] = got
            else:
                took.setdefault(name, []).append(got)
            print(rows, groups, name, got, flush=True)
    k, ours = inertia_of(source, folder / "run" / "segments.parquet")
    for name, each in took.items():
        seconds, cpu, peak = (statistics.median(t[i] for t in each) for i in range(3))
        found[name] = {"seconds": round(seconds, 2), "cpu": round(cpu, 2), "peak_gb": round(peak, 2)}
        if name == "coterie":
            found[name] |= {"k": k}
            continue
        told = json.loads(Path(f"{jobs[name][1]}.json").read_text())
        theirs = told["inertia"].get(str(k), np.nan)
        found[name] |= {"k": told["k"], "inertia": round(ours / theirs, 5)}
        found[name]["cpu_over_coterie"] = round(cpu / statistics.median(t[1] for t in took["coterie"]), 1)
    source.unlink()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES)
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    path = RESULTS / "job.json"
    results = json.loads(path.read_text()) if path.exists() else {"columns": len(COLUMNS), "sizes": {}}
    results["cores"] = os.cpu_count()
    for rows in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            both = {name: raced(rows, name == "groups", asked.only, Path(folder)) for name in ("groups", "none")}
        left = {name: "not run" for name in PEERS if asked.only and rows >= max(SIZES)}
        results["sizes"][str(rows)] = {name: {**left, **each} for name, each in both.items()}
        path.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
