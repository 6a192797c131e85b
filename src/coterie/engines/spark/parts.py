"""A folder of parts that Spark wrote, before anybody sees it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from coterie import errors
from coterie.engines.duckdb.parquet import count_rows

DONE = "_SUCCESS"
SEEN = "coterie-seen"  # what begins with a point or a line below, Spark does not see


def take_over(written: Path, path: Path, rows: int) -> None:
    """Give a folder that Spark has finished its name, with nothing but its parts in it.

    Raises
    ------
    EngineError : the job left no mark that it is finished.
    InputError : there are more or fewer rows than were counted before.
    """
    if not (written / DONE).is_file():
        raise errors.engine_refused(f"Spark left no {DONE} beside the parts of {path.name}")
    parts = sorted(p for p in written.iterdir() if p.name.startswith("part-") and p.suffix == ".parquet")
    if (found := count_rows(parts)) != rows:
        raise errors.other_rows(rows, found, spark=True)
    path.mkdir(mode=0o700)
    for i, part in enumerate(parts):
        part.chmod(0o600)
        part.rename(path / f"part-{i:05}.parquet")
    shutil.rmtree(written)


def leave_mark(folder: Path) -> tuple[Path, str]:
    """Leave a file with words that nobody can guess: whoever reads them sees the folder."""
    path, words = folder / f"{SEEN}-{os.urandom(4).hex()}.txt", os.urandom(16).hex()
    path.write_text(words)
    return path, words
