"""Columns, long texts and JSON: what a run takes grows with the data and with nothing else.

Three figures: processor seconds of reading, roles and summary at 1,600 columns to those at 400 (at most 4.5); peak
memory of a check with one cell of 60,000 letters in 20,000 rows, in megabytes (at most 300); processor seconds of a
JSON list to those of the same rows as lines (at most 1.5).

    python benchmarks/wide.py [name of the result]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.reading.json_rows import objects
from coterie.table import columns, draw, read, summarize

RESULTS = Path(__file__).with_name("results")
ROWS, NARROW, WIDE = 400, 400, 1_600
LONG = 60_000
BETWEEN = (  # a process counts the memory of the one that it comes from: a small one between
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def write_wide(path: Path, wide: int) -> None:
    values = np.random.default_rng(0).normal(size=(ROWS, wide))
    head = ",".join(["id", *(f"measure {j}" for j in range(wide))])
    lines = (",".join([f"c{i}", *(f"{v:.3f}" for v in row)]) for i, row in enumerate(values))
    path.write_text("\n".join([head, *lines]) + "\n")


def seconds_of(path: Path) -> float:
    """Return the processor seconds of reading, summary and roles."""
    engine, options, spent = connect(), Options(id="id"), 0.0
    start = time.process_time()
    table = read(path, engine, options, Reading())
    summary = summarize(table)
    spent += time.process_time() - start
    sample = draw(table, columns.wanted(table, options), 10_000, seed=0)
    start = time.process_time()
    columns.describe(table, summary, sample, options)
    return spent + time.process_time() - start


def write_texts(path: Path, longest: int) -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 2))
    notes = [f"called on day {i}" for i in range(20_000)]
    notes[777] = "w" * longest
    rows = (f"c{i},{a:.4f},{b:.4f},{note}\n" for i, ((a, b), note) in enumerate(zip(values, notes, strict=True)))
    path.write_text("id,x,y,note\n" + "".join(rows))


def megabytes_of(path: Path) -> float:
    """Return the peak memory of a check."""
    command = [sys.executable, "-c", BETWEEN, sys.executable, "-m", "coterie", "check", str(path)]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()[-1]) / 1_000


def write_json(folder: Path) -> None:
    rows = [{"id": f"c{i}", "spend": i / 7, "city": "Oslo", "visits": i % 50} for i in range(60_000)]
    (folder / "list.json").write_text(json.dumps(rows))
    (folder / "lines.json").write_text("\n".join(map(json.dumps, rows)))


def seconds_of_json(path: Path) -> float:
    start = time.process_time()
    for _ in objects(path, path.name, Reading()):
        pass
    return time.process_time() - start


def main(name: str = "wide") -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for wide in (NARROW, WIDE):
            write_wide(folder / f"{wide}.csv", wide)
        seconds = {wide: min(seconds_of(folder / f"{wide}.csv") for _ in range(3)) for wide in (NARROW, WIDE)}
        for longest in (10, LONG):
            write_texts(folder / f"text{longest}.csv", longest)
        peaks = {longest: megabytes_of(folder / f"text{longest}.csv") for longest in (10, LONG)}
        write_json(folder)
        read_in = {kind: min(seconds_of_json(folder / f"{kind}.json") for _ in range(2)) for kind in ("list", "lines")}
    found = {
        "columns": {"from": NARROW, "to": WIDE, "ratio": round(seconds[WIDE] / seconds[NARROW], 2)},
        "longest_text": {"letters": LONG, "megabytes": round(peaks[LONG]), "megabytes_without": round(peaks[10])},
        "json_list_to_lines": round(read_in["list"] / read_in["lines"], 2),
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
