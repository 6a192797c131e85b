"""Files that the tests of reading write, and what coterie reads of them."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

from coterie import sql
from coterie.__main__ import _run
from coterie.engines import Reading, connect, judge_unread
from coterie.options import Options
from coterie.table import table

ROWS = [
    [f"{i + 1:04d}", f"Ann {i}", str((25, 45, 65)[i % 3] + i % 4), str((120, 900, 4300)[i % 3] + i)] for i in range(60)
]
HEADER = ["customer_id", "name", "age", "spend"]


def write(path: Path, rows: list[list[str]], **how: object) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, **{"lineterminator": "\n", **how}).writerows([HEADER, *rows])  # type: ignore[arg-type]
    return path


def run(*arguments: object) -> int:
    return _run([str(a) for a in arguments])


def days(text: str) -> float:
    return float((datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)


def read(path: Path, *, id: str | None = None, **reading: Any) -> dict[str, list[Any]]:
    """Return the canonical columns of a file: ids as text, numbers and dates as doubles, the rest as text.

    All are used, so that a value that cannot be read stops.
    """
    engine = connect(threads=2)
    try:
        made = table.read(path, engine, Options(id=id), Reading(**reading))
        judge_unread(made.name, made.unread, [c.name for c in made.columns])
        names = [table.ID, *(c.name for c in made.columns if c.kind != "other")]
        got = engine.fetch(sql.select([sql.column(n) for n in names], sql.table(made.relation)))
        return {n: got[n].tolist() for n in names}
    finally:
        engine.close()
