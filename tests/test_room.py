"""What a run takes is in the size of the data: not of its longest text, not more than in proportion to its columns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coterie import errors
from coterie.engines import Kind, Reading, connect
from coterie.options import Options
from coterie.reading import MOST_COLUMNS
from coterie.table import read
from coterie.table.table import ROWS

ENOUGH = 300_000  # kilobytes
BETWEEN = (  # a process counts the memory of the one that it comes from: a small one between
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def peak(*arguments: str) -> int:
    """Return the most memory, in kilobytes, that a run of the program takes."""
    command = [sys.executable, "-c", BETWEEN, sys.executable, "-m", "coterie", *arguments]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()[-1])


@pytest.mark.parametrize("size", [20_000, 60_000])
def test_one_long_text_takes_no_more_room_than_itself(size: int, tmp_path: Path) -> None:
    r = np.random.default_rng(0)
    x, city = np.round(r.normal(size=(20_000, 2)), 4), r.choice(["Oslo", "Rome"], 20_000)
    notes = [f"called on day {i}" for i in range(20_000)]
    notes[777], city[778] = "w" * size, "v" * 4
    rows = (f"c{i},{a},{b},{note},{town}\n" for i, ((a, b), note, town) in enumerate(zip(x, notes, city, strict=True)))
    (tmp_path / "t.csv").write_text("id,x,y,note,city\n" + "".join(rows))
    out = ("--out", str(tmp_path / "out"), "--effort", "quick", "--quiet")
    assert peak("segment", str(tmp_path / "t.csv"), "--id", "id", *out) < ENOUGH


def write_wide(path: Path, wide: int) -> Path:
    values = np.random.default_rng(0).normal(size=(200, wide))
    lines = (",".join([f"c{i}", *(f"{v:.3f}" for v in row)]) for i, row in enumerate(values))
    path.write_text("\n".join([",".join(["id", *(f"measure {j}" for j in range(wide))]), *lines]))
    return path


MEASURED = """
import gc, statistics, sys, time
from pathlib import Path
from coterie.__main__ import NEW_OBJECTS
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import columns, draw, read, summarize

def seconds(path):
    start, options = time.process_time(), Options(id="id")
    table = read(Path(path), connect(), options, Reading())
    summary, sample = summarize(table), draw(table, columns.wanted(table, options), 1_000, seed=0)
    columns.describe(table, summary, sample, options)
    return time.process_time() - start

gc.set_threshold(NEW_OBJECTS)
narrow, wide = sys.argv[1:]
seconds(narrow)  # imports
print(statistics.median(seconds(wide) / seconds(narrow) for _ in range(5)))  # in pairs: others run beside it
"""  # reading a table, its summary, its columns' roles; in a process without what a thousand tests have left in memory


def test_reading_roles_and_summary_take_time_in_proportion_to_the_columns(tmp_path: Path) -> None:
    narrow, wide = (str(write_wide(tmp_path / f"{n}.csv", n)) for n in (400, 1_600))
    told = subprocess.run([sys.executable, "-c", MEASURED, narrow, wide], capture_output=True, check=True, text=True)
    assert float(told.stdout) < 4.5


def test_nothing_that_is_no_number_is_looked_for_in_a_text(tmp_path: Path) -> None:
    engine = connect()
    read(write_wide(tmp_path / "t.csv", 3), engine, Options(id="id"), Reading())
    assert [kind for _, kind in engine.schema(ROWS)] == [Kind.TEXT, *[Kind.FINITE] * 3]


def as_csv(columns: Mapping[str, list[int]], folder: Path) -> Path:
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return folder / "t.csv"


def as_parquet(columns: Mapping[str, list[int]], folder: Path) -> Path:
    pq.write_table(pa.table(dict(columns)), folder / "t.parquet")
    return folder / "t.parquet"


def as_workbook(columns: Mapping[str, list[int]], folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (list(columns), *map(list, zip(*columns.values(), strict=True))):
        book.active.append(row)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def as_lines(columns: Mapping[str, list[int]], folder: Path) -> Path:
    (folder / "t.json").write_text(pd.DataFrame(columns).to_json(orient="records"))
    return folder / "t.json"


def as_frame(columns: Mapping[str, list[int]], folder: Path) -> pd.DataFrame:
    return pd.DataFrame(columns)


def as_arrow(columns: Mapping[str, list[int]], folder: Path) -> pa.Table:
    return pa.table(dict(columns))


@pytest.mark.parametrize("made", [as_csv, as_parquet, as_workbook, as_lines, as_frame, as_arrow])
def test_more_columns_than_are_taken_are_refused(
    made: Callable[[Mapping[str, list[int]], Path], Any], tmp_path: Path
) -> None:
    columns = {f"c{i}": [i, i + 1] for i in range(MOST_COLUMNS + 1)}
    with pytest.raises(errors.InputError, match=r"5,001 columns; coterie takes at most 5,000"):
        read(made(columns, tmp_path), connect(), Options(), Reading())


def test_thousands_of_columns_are_read_and_said(tmp_path: Path) -> None:
    columns = {"customer_id": list(range(1, 4)), **{f"c{i}": [i, i + 1, i] for i in range(2_000)}}
    table = read(as_csv(columns, tmp_path), connect(), Options(), Reading())
    assert len(table.columns) == len(columns)
    assert "COT022" in [f.code for f in table.findings]
    narrow = read(as_csv(dict(list(columns.items())[:20]), tmp_path), connect(), Options(), Reading())
    assert "COT022" not in [f.code for f in narrow.findings]
