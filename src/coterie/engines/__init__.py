"""Where the data live: an engine runs SQL and returns small results.

Its modules, in import order::

    kinds            what a column holds, and values of each kind as text
    address          where a database is
    arrow_fields     the columns of an Arrow stream
    frame            a frame in memory as a table: columns, index, what is not read
    source           what the user gave to be read
    passes           what a query over the data cost
    engine           the protocol
    sums             sums that are exact whatever stands beside, and shares of them
    answer           an answer as the kind of table that came in
    dates            dates in texts, as SQL
    unread_cells     values that are there and cannot be read
    duckdb/          DuckDB in this process
    database/        a database behind an address
    spark/           Spark, in this machine or behind an address
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from coterie import errors
from coterie.doors import pattern
from coterie.engines.address import Address
from coterie.engines.answer import as_kind_of, columns_as
from coterie.engines.dates import DateCounts, DateTexts, count_dates, counts_of, date_in
from coterie.engines.engine import ROW, Caps, Columns, Engine, Found, Publisher, Target, Work, round_off
from coterie.engines.frame import Unread, library_of
from coterie.engines.kinds import (
    DATES,
    EXACT,
    NUMBERS,
    TEXTS,
    Kind,
    as_buyer,
    as_id,
    as_text,
    without_blanks,
    without_fraction,
)
from coterie.engines.passes import Pass
from coterie.engines.source import Fingerprint, Source, address_in, by_engine, choose_rows
from coterie.engines.sums import ExactSum, plan_decimal_sum, plan_sum, shares_of
from coterie.engines.unread_cells import UNREAD, judge_unread
from coterie.reading import DateForm, Reading, choose_forms

__all__ = [
    "DATES",
    "EXACT",
    "NUMBERS",
    "ROW",
    "TEXTS",
    "UNREAD",
    "Caps",
    "Columns",
    "DateCounts",
    "DateForm",
    "DateTexts",
    "Engine",
    "ExactSum",
    "Fingerprint",
    "Found",
    "Kind",
    "Pass",
    "Publisher",
    "Reading",
    "Source",
    "Target",
    "Unread",
    "Work",
    "address_in",
    "as_buyer",
    "as_id",
    "as_kind_of",
    "as_text",
    "begin_into",
    "by_engine",
    "choose_forms",
    "choose_rows",
    "columns_as",
    "connect",
    "count_dates",
    "counts_of",
    "date_in",
    "engine_for",
    "judge_unread",
    "plan_decimal_sum",
    "plan_sum",
    "round_off",
    "shares_of",
    "without_blanks",
    "without_fraction",
]


MOST_THREADS = 1024
SIZE = pattern(r"(?=.*[1-9])\d{1,9}(\.\d{1,9})?\s*([KMGT]i?)?B", re.IGNORECASE)


def connect(
    url: str | None = None, *, threads: int | None = None, memory: str | None = None, temp_dir: Path | None = None
) -> Engine:
    """Return an engine to work with: DuckDB inside this process, or a database.

    Parameters
    ----------
    url : the address of a database, ``postgresql://user@host/database`` or ``sqlite:///file.db``. A password may stand
        in it, in ``PGPASSWORD`` or in ``~/.pgpass``.
    threads : how many threads a query may use; None: as many as the machine has.
    memory : limit such as ``"4GB"``; None: 80% of the machine's.
    temp_dir : where large intermediate results may go; None: the system's temporary folder.

    Raises
    ------
    InputError : a limit out of range, or no address of a database.
    MissingExtra : what reaches this kind of database is not installed.
    AccessError : ``temp_dir`` is not there, or cannot be written; no server answers, or it lets nobody in.
    """
    if threads is not None and not (type(threads) is int and 1 <= threads <= MOST_THREADS):
        raise errors.bad_option("--threads", threads, f"a whole number from 1 to {MOST_THREADS}")
    if memory is not None and not SIZE.fullmatch(memory):
        raise errors.bad_option("--memory", memory, "a size above 0, such as 4GB or 800MB")
    if url is not None:
        address = address_in(url)
        if address is None:
            raise errors.bad_address("it begins as none", "postgresql://user@host:5432/database")
        return _connect(address, threads, memory, temp_dir)
    from coterie.engines.duckdb.engine import DuckDB

    return DuckDB(threads, memory, temp_dir)


def begin_into(engine: Engine, place: Sequence[str], *, view: bool = False) -> Publisher:
    """Begin a transaction of a database in which a table of the segments may be made, or a view.

    Parameters
    ----------
    place : its name, and its schema where one was named.

    Raises
    ------
    InputError : the engine is no database.
    """
    from coterie.engines.database.engine import Database, Publication

    if not isinstance(engine, Database):
        raise errors.into_a_file()
    return Publication(engine, place, "VIEW" if view else "TABLE")


def engine_for(
    *sources: object, threads: int | None = None, memory: str | None = None, temp_dir: Path | None = None
) -> Engine:
    """Return the engine that reads sources: the database where one of them is in a database, else DuckDB.

    Raises
    ------
    InputError : they are in two databases; otherwise as ``connect``.
    """
    addresses = [a for a in map(address_in, sources) if a is not None]
    frames = [f for f in (s.frame if isinstance(s, Source) else s for s in sources) if library_of(f) == "pyspark"]
    if any(a != addresses[0] for a in addresses) or (addresses and frames):
        raise errors.two_databases()
    if addresses:
        return _connect(addresses[0], threads, memory, temp_dir)
    if frames:
        from coterie.engines.spark.engine import engine_of

        return engine_of(frames[0], threads, memory, temp_dir)
    return connect(threads=threads, memory=memory, temp_dir=temp_dir)


def _connect(address: Address, threads: int | None, memory: str | None, temp_dir: Path | None) -> Engine:
    if address.server == "spark":
        from coterie.engines.spark.engine import connect as connect_spark

        return connect_spark(address, threads, memory, temp_dir)
    from coterie.engines.database.drivers import connect as connect_database

    return connect_database(address, threads, memory, temp_dir)
