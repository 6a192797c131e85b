"""Counts the rows of an input without coterie: Python's csv and json, sqlite3, pyarrow, openpyxl.

Every count is of what people would call rows: those that are not blank, the header and what stands above it included
for texts and sheets.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sqlite3
import warnings
import zlib
from pathlib import Path

from backports import zstd

from inputs.mutation import Input, Written

HEADER = {".csv", ".tsv", ".txt", ".csv.gz", ".csv.zst", ".xlsx"}  # kinds whose header is counted too


def counted(source: Input, path: Path) -> int | None:
    """Return the rows of a file; None where its own reader refuses it, or readers may rightly differ."""
    if source.rows is not None:
        return source.rows
    try:
        if source.suffix in (".csv", ".tsv", ".txt", ".csv.gz", ".csv.zst"):
            return _text(source)
        if source.suffix in (".json", ".ndjson", ".jsonl"):
            return _json(source)
        if source.suffix in (".sqlite", ".db"):
            return _sqlite(path)
        if source.suffix == ".parquet":
            import pyarrow.parquet

            return int(pyarrow.parquet.read_table(path).num_rows)
        if source.suffix == ".xlsx":
            return _workbook(path)
    except Exception:  # whatever another reader raises: it has no number to compare with
        return None
    return None


def _text(source: Input) -> int | None:
    data = source.data
    if source.suffix.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return None
    if source.suffix.endswith(".zst"):
        data = zstd.decompress(data)
    written = source.written or Written()
    text = data.decode(written.encoding).removeprefix("\ufeff")
    if source.written is None:
        plain = text.startswith("customer_id,") and not any(c in text for c in ";\t|\\'#\"")
        if not plain:
            return None
    if "\0" in text:
        return None
    if written.quote == '"' and "'" in text and text.count("'") > text.count("\n") / 5:
        return None
    rows = list(
        csv.reader(io.StringIO(text, newline=""), delimiter=written.delimiter, quotechar=written.quote, strict=True)
    )
    if any(len(row) == 1 and row[0] and not row[0].strip() for row in rows):
        return None  # a blank line to some, a row of one blank to others
    filled = [row for row in rows if row and row != [""]]
    told = re.match(r"[\r\n]*\"?sep=[^\r\n\"]\"?[\r\n]", text, re.IGNORECASE)  # a line for spreadsheets, not a row
    return len(filled) - (told is not None)


def _json(source: Input) -> int | None:
    text = source.data.decode("utf-8-sig")
    if source.suffix == ".json" and text.lstrip()[:1] == "[":
        return len(json.loads(text))
    return sum(1 for line in text.split("\n") if line.strip() and isinstance(json.loads(line), dict))


def _sqlite(path: Path) -> int | None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type, rowid"
        ).fetchall()
        name = tables[0][0].replace('"', '""')
        return sum(1 for _ in connection.execute(f'SELECT * FROM "{name}"'))
    finally:
        connection.close()


def _workbook(path: Path) -> int | None:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        visible[0].reset_dimensions()
        rows = sum(1 for row in visible[0].iter_rows(values_only=True) if any(cell not in (None, "") for cell in row))
        book.close()
    return rows
