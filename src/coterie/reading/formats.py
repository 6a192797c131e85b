"""From a file of any kind that holds rows as text or objects to counted rows of plain text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coterie import errors
from coterie.reading import delimited, file_kinds, packed
from coterie.reading.delimited import Text
from coterie.reading.request import Reading

PACKED = ("gzip", "zip", "zstd")
ENGINES_OWN = ("parquet", "duckdb")


def unpacked(path: Path, kind: str, spill: Path) -> Path:
    """Return the path of what a gzip or ZIP file holds, written into the spill folder.

    Raises
    ------
    InputError : damaged, larger than its budget, or not one data file.
    """
    if kind == "zip":
        return packed.zipped(path, spill)
    inner = Path(path.stem).suffix.lower()[:12]
    target = spill / f"unpacked{inner if file_kinds.expected(inner) not in (None, *PACKED) else '.csv'}"
    packed.gzip(path, target)
    return target


def text_of(path: Path, name: str, kind: str, spill: Path, reading: Reading, verbatim: Callable[[str], bool]) -> Text:
    """Return a file's rows as text that was counted: delimited text, JSON, a sheet, a table of SQLite.

    Parameters
    ----------
    kind : as ``kinds.recognize`` says.
    """
    if kind == "text":
        return delimited.prepare(path, name, spill, reading, verbatim)
    if kind == "json":
        from coterie.reading import json_rows

        return json_rows.prepare(path, name, spill, reading, verbatim)
    if kind == "excel":
        from coterie.reading import workbook

        return workbook.prepare(path, name, spill, reading, verbatim)
    if kind == "sqlite":
        from coterie.reading import sqlite

        return sqlite.prepare(path, name, spill, reading, verbatim)
    raise errors.unknown_kind(name)
