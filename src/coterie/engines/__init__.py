"""Where the data live: an engine runs SQL and returns small results.

Its modules, in import order::

    kinds            what a column holds, and values of each kind as text
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
"""

from __future__ import annotations

import re
from pathlib import Path

from coterie import errors
from coterie.engines.answer import as_kind_of, columns_as
from coterie.engines.dates import DateCounts, DateTexts, count_dates, counts_of, date_in
from coterie.engines.engine import ROW, Caps, Columns, Engine, Found, Target, Work, round_off
from coterie.engines.frame import Unread
from coterie.engines.kinds import DATES, EXACT, NUMBERS, TEXTS, Kind, as_buyer, as_id, as_text, without_fraction
from coterie.engines.passes import Pass
from coterie.engines.source import Fingerprint, Source
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
    "Reading",
    "Source",
    "Target",
    "Unread",
    "Work",
    "as_buyer",
    "as_id",
    "as_kind_of",
    "as_text",
    "choose_forms",
    "columns_as",
    "connect",
    "count_dates",
    "counts_of",
    "date_in",
    "judge_unread",
    "plan_decimal_sum",
    "plan_sum",
    "round_off",
    "shares_of",
    "without_fraction",
]


MOST_THREADS = 1024
SIZE = re.compile(r"(?=.*[1-9])\d{1,9}(\.\d{1,9})?\s*([KMGT]i?)?B", re.IGNORECASE)


def connect(*, threads: int | None = None, memory: str | None = None, temp_dir: Path | None = None) -> Engine:
    """Return an engine to work with: DuckDB inside this process.

    Parameters
    ----------
    threads : how many threads a query may use; None: as many as the machine has.
    memory : limit such as ``"4GB"``; None: 80% of the machine's.
    temp_dir : where large intermediate results may go; None: the system's temporary folder.

    Raises
    ------
    InputError : a limit out of range.
    AccessError : ``temp_dir`` is not there, or cannot be written.
    """
    if threads is not None and not (type(threads) is int and 1 <= threads <= MOST_THREADS):
        raise errors.bad_option("--threads", threads, f"a whole number from 1 to {MOST_THREADS}")
    if memory is not None and not SIZE.fullmatch(memory):
        raise errors.bad_option("--memory", memory, "a size above 0, such as 4GB or 800MB")
    from coterie.engines.duckdb.engine import DuckDB

    return DuckDB(threads, memory, temp_dir)
