"""A table of an SQLite file: read-only, within limits of time and size."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from coterie import errors
from coterie.reading.findings import choose_table
from coterie.reading.packed import MOST_BYTES
from coterie.reading.request import Reading
from coterie.reading.text import Text
from coterie.reading.typed_rows import RowWriter

WAIT = 5.0
TIME_LIMIT = 600.0
VIEW_LIMIT = 30.0  # a view can be endless; a table cannot
VIEW_BYTES = 1 << 30
LARGEST_VALUE = 1 << 26
STEPS = 20_000


def prepare(path: Path, name: str, spill: Path, reading: Reading, verbatim: Callable[[str], bool]) -> Text:
    """Return the rows of a table or a view as counted text.

    Raises
    ------
    InputError : no such table, no rows, a damaged file.
    LimitError : the rows do not end within the time limit.
    AccessError : another program keeps the database locked.
    """
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=WAIT)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        kinds = dict(
            connection.execute(
                "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                "ESCAPE '\\' ORDER BY type, rowid"
            ).fetchall()
        )
        table, findings = choose_table(name, list(kinds), reading.table, "--table")
        seconds, size = (VIEW_LIMIT, VIEW_BYTES) if kinds[table] == "view" else (TIME_LIMIT, MOST_BYTES)
        rows = _Rows(connection, table, reading.time_limit or seconds, size)
        return _write(rows, spill / "table.csv", name).text(reading, verbatim, findings)
    except sqlite3.DatabaseError as error:
        raise _explain(name, error) from error
    finally:
        connection.close()


class _Rows(NamedTuple):
    """The rows of a table, and the limits of time and size for them."""

    connection: sqlite3.Connection
    table: str
    seconds: float
    size: int


def _write(rows: _Rows, path: Path, name: str) -> RowWriter:
    """Write the rows of a table while they stay within the limits."""
    ends, written, writer = time.monotonic() + rows.seconds, 0, None
    rows.connection.set_progress_handler(lambda: int(time.monotonic() > ends), STEPS)
    escaped = rows.table.replace('"', '""')
    try:
        cursor = rows.connection.execute(f'SELECT * FROM "{escaped}"')  # which looks for the first row already
        writer = RowWriter(path, name, [column[0] for column in cursor.description])
        for written, row in enumerate(cursor, 1):
            writer.add(row)
            if written % 1_000 == 0:
                if time.monotonic() > ends:
                    raise errors.endless(name, f"{rows.seconds:,.0f} seconds and {written:,} rows")
                if path.stat().st_size > rows.size:
                    raise errors.endless(name, f"{rows.size:,} bytes and {written:,} rows")
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise errors.endless(name, f"{rows.seconds:,.0f} seconds and {written:,} rows") from error
        raise
    finally:
        if writer is not None:
            writer.close()
    return writer


def _explain(name: str, error: sqlite3.DatabaseError) -> errors.CoterieError:
    message = str(error)
    if "locked" in message or "busy" in message:
        return errors.locked_database(name)
    if "unable to open" in message:
        return errors.unreadable(name, "the system refuses it")
    if "too big" in message:
        return errors.damaged(name, f"a value is longer than {LARGEST_VALUE:,} bytes", "Leave that column out.")
    if message.startswith(("no such", "unsafe use", "error in view")):
        return errors.not_a_table(name, f"SQLite says: {message}", "Name another table with --table.")
    return errors.damaged(name, "the SQLite database is malformed")
