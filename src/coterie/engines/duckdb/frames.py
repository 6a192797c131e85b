"""A frame in memory, copied into a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from coterie import errors
from coterie.engines.duckdb.refusals import check_width, interruptible, reading_error
from coterie.engines.frame import Frame, Unread, check_names, frame_of, library_of
from coterie.engines.source import Source

COLUMNS = "__c_columns"  # what arrays are registered as while they are copied


def copy_frame(source: Source, connection: duckdb.DuckDBPyConnection, name: str) -> Frame:
    """Make the table ``name`` of a frame; return the frame.

    Raises
    ------
    InputError : no table, or one with no column that can be read.
    """
    given = source.frame
    if isinstance(given, duckdb.DuckDBPyConnection):
        given = _result_of(given)
    frame = frame_of(given, source.names)
    if not frame.names and not frame.unread:
        raise errors.empty_source(source.name)
    check_width("the frame", frame.names)
    if library_of(given) in ("pandas", "numpy", "columns"):
        return _copy_columns(frame, connection, name, source.name)
    try:
        connection.from_arrow(frame.held).create(name)
    except duckdb.Error as error:
        raise reading_error(source.name, error) from error
    return frame


def _result_of(connection: duckdb.DuckDBPyConnection) -> Any:
    """Return a connection's last query, else its only table.

    Raises
    ------
    InputError : it was asked nothing and has another number of tables.
    """
    names = [column[0] for column in connection.description or ()]
    if names and names != ["Count"]:  # a count is what a statement leaves that asks nothing
        check_names(names)
        if (rows := connection.fetchnumpy()) is not None:
            return rows
    tables = [
        row[0]
        for catalog in ("duckdb_tables", "duckdb_views")
        for row in connection.table_function(catalog, []).project(f"{catalog[7:-1]}_name, internal").fetchall()
        if not row[1]
    ]
    if len(tables) != 1:
        raise errors.which_table(sorted(tables))
    return connection.table(f'"{tables[0]}"')


def _copy_columns(frame: Frame, connection: duckdb.DuckDBPyConnection, name: str, called: str) -> Frame:
    """Copy columns, but those that DuckDB finds no type for, or no one type for all of their values."""
    try:
        _create(frame.held, connection, name)
        return frame
    except duckdb.Error as error:
        refused = [u for column in frame.names if (u := _why_unread(frame.held, column)) is not None]
        if not refused:
            raise reading_error(called, error) from error
    unread = {u.column for u in refused}
    kept = tuple(column for column in frame.names if column not in unread)
    index = tuple(column for column in frame.index if column in kept)
    return _copy_columns(
        Frame(_some_of(frame.held, kept), kept, index, (*frame.unread, *refused)), connection, name, called
    )


def _some_of(held: Any, columns: Sequence[str]) -> Any:
    return {column: held[column] for column in columns} if isinstance(held, dict) else held[list(columns)]


def _create(held: Any, connection: duckdb.DuckDBPyConnection, name: str) -> None:
    if not isinstance(held, dict):
        connection.from_df(held).create(name)
        return
    connection.register(COLUMNS, held)
    connection.table(COLUMNS).create(name)
    connection.unregister(COLUMNS)


def _why_unread(held: Any, column: str) -> Unread | None:
    """Return why DuckDB cannot copy a column; a scratch database finds out, for it may not survive the answer."""
    with duckdb.connect(":memory:") as scratch:
        try:
            with interruptible():
                _create(_some_of(held, [column]), scratch, "tried")
        except duckdb.NotImplementedException:
            return Unread(column, str(held[column].dtype), measures=False)
        except duckdb.Error:
            return Unread(column, "values of several types")
    return None
