"""Race the whole job in Spark against Spark's own k-means, in one session on one machine.

MLlib's job is what its user would write: the same eight columns standardized, KMeans for k = 2…10 on the cached vectors
(k-means||, its defaults), the silhouette of each, every customer's cluster written as Parquet. coterie's is `segment`
of the same DataFrame with `save`: it tests, names and reports too. The session is warm: each side has run once on as
many rows as the sample has. Seconds of processors are those of this process and of Spark's below it.
Run: python benchmarks/spark.py [ROWS] [PAIRS]; needs Java and `pip install --group spark`.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from scale import COLUMN, COLUMNS, MAKE, RESULTS

import coterie
from warehouses import spent

MOST, MEMORY = 10, "6g"
SAMPLE = 50_000


def mllib(customers: Any, out: Path) -> int:
    """Return the k of the best silhouette, after writing every customer's cluster of it."""
    from pyspark.ml.clustering import KMeans
    from pyspark.ml.evaluation import ClusteringEvaluator
    from pyspark.ml.feature import StandardScaler, VectorAssembler

    rows = VectorAssembler(inputCols=COLUMNS, outputCol="raw").transform(customers).select("customer_id", "raw")
    scaler = StandardScaler(inputCol="raw", outputCol="features", withMean=True)
    scaled = scaler.fit(rows).transform(rows).select("customer_id", "features").cache()
    judge, found = ClusteringEvaluator(), {}
    for k in range(2, MOST + 1):
        labeled = KMeans(k=k, seed=1).fit(scaled).transform(scaled)
        found[k] = judge.evaluate(labeled), labeled
    best = max(found, key=lambda k: found[k][0])
    found[best][1].select("customer_id", "prediction").write.parquet(str(out))
    scaled.unpersist()
    return best


def whole(customers: Any, out: Path) -> int:
    """Return the number of segments, after writing the run."""
    run = coterie.segment(customers.select("customer_id", *COLUMNS), id="customer_id")
    run.save(out)
    return len(run.segments)


def timed(job: Any, *given: Any) -> dict[str, float]:
    """Return what a job took, and the k that it chose."""
    before, started = spent(), time.perf_counter()
    k = job(*given)
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 2), "cpu_seconds": round(spent() - before, 2), "k": k}


def main() -> None:
    from pyspark.sql import SparkSession

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        builder = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.memory", MEMORY).config("spark.driver.host", "127.0.0.1")
        session = builder.config("spark.sql.warehouse.dir", folder).getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        took: dict[str, list[dict[str, float]]] = {"coterie": [], "mllib": []}
        for turn, many in enumerate((SAMPLE, *[rows] * pairs)):
            path = place / f"customers-{many}.parquet"
            if not path.exists():
                columns = ", ".join(COLUMN.format(j=j) for j in range(1, 9))
                duckdb.sql(MAKE.format(columns=columns, rows=many, path=path))
            customers = session.read.parquet(str(path))
            for name, job in (("coterie", whole), ("mllib", mllib)):
                found = timed(job, customers, place / f"{name}-{turn}")
                if turn:
                    took[name].append(found)
        session.stop()
    middle = {name: {key: statistics.median(t[key] for t in each) for key in each[0]} for name, each in took.items()}
    result = {
        "rows": rows,
        "took": took,
        "mllib_over_coterie_seconds": round(middle["mllib"]["seconds"] / middle["coterie"]["seconds"], 2),
        "mllib_over_coterie_cpu": round(middle["mllib"]["cpu_seconds"] / middle["coterie"]["cpu_seconds"], 2),
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"spark-{rows}.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
