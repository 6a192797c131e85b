"""Race `coterie demo`, verdict and report included, against the tutorial's own script; and time `--help`.

Whole processes with warm bytecode, in pairs, one after the other; the ratio is the median of the pairs' ratios.
Run: python benchmarks/demo.py [PAIRS]
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "demo.json"
BUDGETS = {"demo": 0.5, "help_seconds": 0.2}

# What the tutorials do: simulate, scale, elbow, k-means, scatter plot, figure saved. Nothing is tested in it.
TUTORIAL = """
import numpy as np
import pandas as pd
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

np.random.seed(42)
data = pd.DataFrame({
    "annual_income": np.random.randint(20000, 120000, 300),
    "spending_score": np.random.randint(1, 100, 300),
})
scaled = StandardScaler().fit_transform(data)
kmeans = KMeans(n_clusters=4, n_init=10, random_state=42)
data["cluster"] = kmeans.fit_predict(scaled)
plt.figure(figsize=(10, 6))
for cluster in sorted(data["cluster"].unique()):
    part = data[data["cluster"] == cluster]
    plt.scatter(part["annual_income"], part["spending_score"], label=f"Cluster {cluster}")
plt.title("Customer segments")
plt.xlabel("Annual income")
plt.ylabel("Spending score")
plt.legend()
plt.grid(True)
plt.savefig("segments.png")
print(data.groupby("cluster").mean())
"""


def timed(command: list[str], folder: str) -> float:
    """Return the wall seconds of a process."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    program = str(Path(sys.executable).with_name("coterie"))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tutorial.py").write_text(TUTORIAL)
        commands = {
            "tutorial": [sys.executable, "tutorial.py"],
            "demo": [program, "demo", "--overwrite"],
            "help": [program, "--help"],
        }
        for command in commands.values():
            timed(command, folder)  # bytecode and file caches are warm from here on
        seconds = {name: [] for name in commands}
        for _ in range(pairs):
            for name, command in commands.items():
                seconds[name].append(timed(command, folder))
    ratios = [d / t for d, t in zip(seconds["demo"], seconds["tutorial"], strict=True)]
    found = {
        "pairs": pairs,
        "demo_over_tutorial": round(statistics.median(ratios), 3),
        "ratios": [round(r, 3) for r in sorted(ratios)],
        "median_seconds": {name: round(statistics.median(s), 3) for name, s in seconds.items()},
        "budgets": BUDGETS,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
