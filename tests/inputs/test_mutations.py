"""Whatever happens to a file, reading it ends in a table of as many rows as it has, or in a message; never in a bug."""

from __future__ import annotations

import csv
import io
import os
import time
from pathlib import Path

import pytest

from coterie import checking, config, errors
from coterie.engines import Reading
from inputs.mutation import mutated, seeds

COUNT = int(os.environ.get("COTERIE_MUTATIONS", "160"))
SECONDS = 10
PLAIN = (".csv",)


def outcome(path: Path, on_bad_rows: str) -> str:
    """Check a file; ``ok`` with its rows, or the class of the refusal."""
    try:
        seen = checking.check(path, config.Options(), reading=Reading(on_bad_rows=on_bad_rows))
    except errors.CoterieError as error:
        lines, code = str(error).splitlines(), error.exit_code
        if not 1 <= len(lines) <= 3 or code not in (2, 3, 4) or isinstance(error, errors.EngineError):
            raise
        return type(error).__name__
    return f"ok {seen.rows + seen.left_out}"


def counted(data: bytes) -> int | None:
    """Return the rows of an ordinary CSV text by Python's own reader; None where readers may disagree."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\0" in text or any(c in text for c in ";\t|\\'#") or not text.startswith("customer_id,"):
        return None
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if any(len(row) != len(rows[0]) for row in rows) or text.count('"'):
        return None
    return len(rows) - 1


@pytest.mark.parametrize("share", range(2))
def test_no_mutation_of_an_input_gets_past_the_reader(share: int, corpus: Path, tmp_path: Path) -> None:
    files = seeds(corpus)
    for seed in range(share, COUNT, 2):
        source = files[seed % len(files)]
        data = mutated(source.read_bytes(), seed)
        path = tmp_path / f"m{source.suffix if not source.name.endswith('.csv.gz') else '.csv.gz'}"
        path.write_bytes(data)
        started = time.process_time()
        try:
            ended = outcome(path, ("error", "skip", "repair")[seed % 3])
        except Exception as bug:
            raise AssertionError(f"{source.name}, mutation {seed}: {type(bug).__name__}: {bug}") from bug
        assert time.process_time() - started < SECONDS, f"{source.name}, mutation {seed}"
        if ended.startswith("ok") and path.suffix in PLAIN and (rows := counted(data)) is not None:
            assert ended == f"ok {rows}", f"{source.name}, mutation {seed}"
