"""What DuckDB refused, in coterie's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from coterie import errors
from coterie.reading import MOST_COLUMNS

SHORT_ZONES = {"CET", "EET", "EST", "GMT", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "UTC", "WET"}
NO_ZONES = ("SystemV/", "US/Pacific-New", "Canada/East-Saskatchewan")  # names of the library that DuckDB asks
NO_ROOM = ("No space left", "Disk quota", "Could not write all bytes")


@contextmanager
def interruptible() -> Iterator[None]:
    """Let an interruption through, which DuckDB makes an error of its own of: it is no fault of the data."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error


def first_line(error: BaseException) -> str:
    """Return what DuckDB said, without the data that it quotes."""
    return errors.shown(str(error).splitlines()[0], 200)


def is_full(error: BaseException | None) -> bool:
    """Say whether DuckDB, which writes to its spill folder alone, found no room there."""
    said = str(error)
    return isinstance(error, duckdb.IOException) and any(words in said for words in NO_ROOM)


def reading_error(name: str, error: Exception) -> errors.CoterieError:
    """Return coterie's word for what DuckDB met in a file.

    Values that DuckDB quotes are left out.
    """
    if isinstance(error, duckdb.OutOfMemoryException):
        return errors.out_of_memory(first_line(error))
    if isinstance(error, duckdb.PermissionException):
        return errors.unreadable(name, "it may not be opened")
    message = str(error).lower()
    if "encrypt" in message:
        return errors.not_a_table(name, "it is encrypted", "Write it without encryption.")
    line = re.search(r"(?:CSV Error on Line|Line): ?(\d+)", str(error))
    if line:
        return errors.bad_rows(name, f"Line {line.group(1)} cannot be parsed.")
    return errors.damaged(name, "its data cannot be decoded")


def check_width(source: str, columns: Sequence[str]) -> None:
    """Refuse too many columns, before anything is done with them.

    Raises
    ------
    InputError : there are too many.
    """
    if len(columns) > MOST_COLUMNS:
        raise errors.too_many_columns(source, len(columns), MOST_COLUMNS)


def check_names(source: str, columns: Sequence[str]) -> None:
    """Refuse nameless columns, coterie's own names, and too many.

    A source without columns is empty.

    Raises
    ------
    InputError : there are such columns, too many, or none.
    """
    check_width(source, columns)
    if "" in columns:
        raise errors.unnamed_column(source, list(columns).index("") + 1)
    reserved = [c for c in columns if c.casefold().startswith("__c_")]
    if reserved:
        raise errors.reserved_columns(reserved)
    if not columns:
        raise errors.empty_source(source)


def check_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Refuse a name that is no IANA time zone's.

    Raises
    ------
    InputError : it names the nearest one.
    """
    told = connection.table_function("pg_timezone_names", []).project("name").fetchall()
    names = {name for (name,) in told if (len(name) > 3 or name in SHORT_ZONES) and not name.startswith(NO_ZONES)}
    if zone not in names:
        raise errors.unknown_zone(zone, sorted(names))
