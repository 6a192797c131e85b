"""A table of an SQLite file: read-only, within a limit of time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from coterie import errors
from coterie.reading.findings import choose_table
from coterie.reading.request import Reading
from coterie.reading.text import Text
from coterie.reading.typed_rows import RowWriter

WAIT = 5.0
TIME_LIMIT = 600.0
VIEW_LIMIT = 30.0  # a view can be endless; a table cannot
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
        kinds = dict(
            connection.execute(
                "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                "ESCAPE '\\' ORDER BY type, rowid"
            ).fetchall()
        )
        table, findings = choose_table(name, list(kinds), reading.table, "--table")
        limit = reading.time_limit or (VIEW_LIMIT if kinds[table] == "view" else TIME_LIMIT)
        return _write_rows(connection, table, limit, spill / "table.csv", name).text(reading, verbatim, findings)
    except sqlite3.DatabaseError as error:
        raise _explain(name, error) from error
    finally:
        connection.close()


def _write_rows(connection: sqlite3.Connection, table: str, limit: float, path: Path, name: str) -> RowWriter:
    ends = time.monotonic() + limit
    connection.set_progress_handler(lambda: int(time.monotonic() > ends), STEPS)
    escaped = table.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{escaped}"')
    writer = RowWriter(path, name, [column[0] for column in cursor.description])
    try:
        for row in cursor:
            writer.add(row)
            if writer.rows % 1_000 == 0 and time.monotonic() > ends:
                raise errors.took_too_long(name, limit, writer.rows)
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise errors.took_too_long(name, limit, writer.rows) from error
        raise
    finally:
        writer.close()
    return writer


def _explain(name: str, error: sqlite3.DatabaseError) -> errors.CoterieError:
    message = str(error)
    if "locked" in message or "busy" in message:
        return errors.AccessError(
            f"{errors.quoted(name)} is locked by another program.", do="Close that program, or copy the file."
        )
    if "unable to open" in message:
        return errors.unreadable(name, "the system refuses it")
    return errors.damaged(name, "the SQLite database is malformed")
