"""Executors that are killed: Spark does their work again and the customers are the same, or nothing is published."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import coterie
import servers
from coterie.record import dumps
from databases import CUSTOMERS, is_alike, rows_of, written

# A cluster of two executors in this machine: at every second query of coterie's, the first and the one that writes
# among them, one of the two is killed as soon as it works. Then customers who end whatever process computes them.
PROGRAM = """
import json, os, subprocess, sys, threading, time
from contextlib import contextmanager
import coterie
from coterie.engines.spark.driver import SparkDriver
from coterie.errors import AccessError
from coterie.record import dumps
from pyspark.sql import SparkSession

builder = SparkSession.builder.master("local-cluster[2,1,512]").config("spark.executor.memory", "512m")
builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
builder = builder.config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")
builder = builder.config("spark.task.maxFailures", "2")
builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.sql.shuffle.partitions", "2")
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
customers = spark.read.parquet(sys.argv[1]).repartition(2)
jobs, killed, queries = spark.sparkContext.statusTracker(), [], []

def kill_one(over):
    while not any((s := jobs.getStageInfo(i)) and s.numActiveTasks for i in jobs.getActiveStageIds()):
        if over.wait(0.01):
            return
    found = subprocess.run(["pgrep", "-f", f"CoarseGrainedExecutorBackend.*{spark.sparkContext.applicationId}"],
                           capture_output=True, text=True).stdout.split()
    os.kill(int(found[len(killed) % len(found)]), 9)
    killed.append(found)

plain = SparkDriver.running

@contextmanager
def running(self):
    over = threading.Event()
    killer = threading.Thread(target=kill_one, args=(over,))
    if len(queries) % 2 == 0:
        killer.start()
    queries.append(over)
    try:
        with plain(self):
            yield
    finally:
        over.set()

SparkDriver.running = running
run = coterie.segment(customers, id="id", effort="quick")
run.save("out")
print(len(killed), len(queries))
print(json.dumps(json.loads(dumps(run.record))))
SparkDriver.running = plain
ended = "if(id = (SELECT min(id) FROM customers), reflect('java.lang.System', 'exit', 9), id) AS id"
customers.createOrReplaceTempView("customers")
try:
    coterie.segment(spark.sql(f"SELECT {ended}, * EXCEPT (id) FROM customers"), id="id").save("never")
except AccessError as error:
    print(error)
"""


def test_killed_executors_change_no_customer_and_those_that_are_killed_always_publish_nothing(tmp_path: Path) -> None:
    servers.need_spark()
    path = written(tmp_path, "customers", CUSTOMERS, 0, 300)
    program = [sys.executable, "-c", PROGRAM, str(path)]
    done = subprocess.run(
        program,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts, record, *said = done.stdout.splitlines()
    killed, queries = map(int, counts.split())
    here = coterie.segment(path, id="id", effort="quick")
    assert queries % 2, "at the last query, the one that writes, nothing is killed: begin with the second"
    assert killed >= queries // 2
    assert is_alike(json.loads(record), json.loads(dumps(here.record)))
    assert is_alike(sorted(rows_of(tmp_path / "out" / "segments.parquet" / "*.parquet")), here.assignments().fetchall())
    assert said[0] == "The processes that work for Spark ended again and again; nothing was published."
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith("work")) == ["customers.parquet", "out"]
