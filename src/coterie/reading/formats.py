"""What a file is, and so which reader reads it.

An engine gets counted text, parts, or a table of a database.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coterie import errors
from coterie.doors import frozen
from coterie.reading import delimited
from coterie.reading.file_kinds import PACKED, recognize
from coterie.reading.packed import unpack
from coterie.reading.parquet_parts import ParquetParts, find_parts
from coterie.reading.request import Reading
from coterie.reading.text import Text


@frozen
class DatabaseTable:
    """A table of a DuckDB file, which its own engine copies.

    ``table`` None: the first one.
    """

    name: str
    path: Path
    table: str | None


def prepare(
    path: Path, spill: Path, reading: Reading, verbatim: Callable[[str], bool]
) -> Text | ParquetParts | DatabaseTable:
    """Return what an engine reads of a file, folder or pattern.

    Parameters
    ----------
    spill : a private folder for what is unpacked or rewritten.
    verbatim : tells by its name whether a column must stay text to the letter.

    Raises
    ------
    InputError : nothing there, not a table, of a kind that coterie does not read, packed twice, damaged.
    """
    name = path.name
    if path.is_dir() or not path.exists():
        return find_parts(path, allow_incomplete=reading.allow_incomplete)
    kind = recognize(path)
    if kind in PACKED:
        path = unpack(path, kind, spill)
        kind = recognize(path)
        if kind in PACKED:
            raise errors.not_a_table(name, "it is packed twice", "Unpack it, and give what comes out.")
    if kind == "parquet":
        return ParquetParts(name, (path,))
    if kind == "duckdb":
        return DatabaseTable(name, path, reading.table)
    return _prepare_text(path, name, kind, spill, reading, verbatim)


def _prepare_text(
    path: Path, name: str, kind: str, spill: Path, reading: Reading, verbatim: Callable[[str], bool]
) -> Text:
    """Return as counted text what is text, JSON, a sheet or SQLite."""
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
