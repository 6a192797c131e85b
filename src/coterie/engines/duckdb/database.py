"""A table of a DuckDB file, copied before it is asked.

The file may be anybody's: its views and macros run under lock, and within limits.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from coterie import errors
from coterie.doors import frozen
from coterie.engines.duckdb.cells import quote, set_list
from coterie.engines.duckdb.refusals import reading_error
from coterie.findings import Finding
from coterie.reading import MOST_BYTES, DatabaseTable, ParquetParts, choose_table

TIME_LIMIT = 600.0
VIEW_LIMIT = 30.0  # a view can be endless; a table cannot
VIEW_BYTES = 1 << 30
MEMORY = "2GB"
LOOK_AGAIN = 0.1
HOME = "main"


@frozen
class Limits:
    """What a copy may take; None: the usual."""

    seconds: float | None = None
    memory: str | None = None
    threads: int | None = None


USUAL = Limits()


def copy_table(stored: DatabaseTable, spill: Path, limits: Limits = USUAL) -> tuple[tuple[Finding, ...], ParquetParts]:
    """Return a table's copy, and what was found choosing it.

    Raises
    ------
    InputError : damaged, encrypted, without tables, or without the one that was asked for; a view that needs more than
        its own database.
    LimitError : memory ran out, or the rows do not end.
    AccessError : another program holds the file.
    """
    folder = Path(tempfile.mkdtemp(prefix="database-", dir=spill))
    try:
        other = _open(stored.path, folder, limits)
    except duckdb.Error as error:
        raise _explain(stored.name, error) from error
    try:
        tables = _names(other, "SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL")
        views = _names(other, "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL")
        table, findings = choose_table(stored.name, [*tables, *views], stored.table, "--table")
        is_view = table not in tables
        seconds, most = (VIEW_LIMIT, VIEW_BYTES) if is_view else (TIME_LIMIT, MOST_BYTES)
        with _Watch(other, folder, limits.seconds or seconds, most) as watch:
            other.table({**views, **tables}[table]).to_parquet(str(folder / "copied.parquet"))
    except duckdb.InterruptException as error:
        if not watch.ended:
            raise KeyboardInterrupt from error
        raise errors.endless(stored.name, watch.ended) from error
    except duckdb.PermissionException as error:
        raise errors.reaches_out(stored.name, table) from error
    except duckdb.Error as error:
        raise _explain(stored.name, error) from error
    finally:
        other.close()
    return findings, ParquetParts(stored.name, (folder / "copied.parquet",))


def _open(path: Path, folder: Path, limits: Limits) -> Any:
    """Open a file that can reach nothing but itself, and an empty folder."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(folder / "swap"),
        "max_temp_directory_size": f"{min(MOST_BYTES, shutil.disk_usage(folder).free // 2)}B",
        "memory_limit": limits.memory or MEMORY,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",  # a view could name a variable of the caller's
    }
    if limits.threads:
        settings["threads"] = str(limits.threads)
    other = duckdb.connect(str(path), read_only=True, config=settings)
    other.execute(set_list("allowed_directories", [f"{folder}/"]))
    other.execute("SET enable_external_access = false")
    other.execute("SET lock_configuration = true")
    return other


def _names(other: Any, query: str) -> dict[str, str]:
    """Return tables by what people call them, as DuckDB parses them."""
    found: Sequence[tuple[str, str]] = other.execute(query).fetchall()
    return {
        name if schema == HOME else f"{schema}.{name}": ".".join(map(quote, (schema, name))) for schema, name in found
    }


def _explain(name: str, error: duckdb.Error) -> errors.CoterieError:
    message = str(error)
    if "Could not set lock" in message:
        return errors.locked_database(name)
    return reading_error(name, error)


class _Watch:
    """Stops a query that takes too long, or writes too much.

    ``ended`` says which.
    """

    def __init__(self, connection: Any, folder: Path, seconds: float, most: int) -> None:
        self._connection, self._folder, self._seconds, self._most = connection, folder, seconds, most
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.ended = ""

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, place: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        ends = time.monotonic() + self._seconds
        while not self._over.wait(LOOK_AGAIN):
            if time.monotonic() > ends:
                self.ended = f"{self._seconds:,.0f} seconds"
            elif self._size() > self._most:
                self.ended = f"{self._most:,} bytes"
            if self.ended:
                self._connection.interrupt()

    def _size(self) -> int:
        size = 0
        for place, _, names in os.walk(self._folder):
            for name in names:
                with suppress(OSError):  # it was there a moment ago
                    size += os.stat(os.path.join(place, name)).st_size
        return size
