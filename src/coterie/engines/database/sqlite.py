"""An SQLite file in place, through the standard library.

SQLite keeps any value in any column, so a column's kind is counted, not declared. It lacks functions that other
databases have, and builds differ in which: those that coterie asks for are given to it, and mean the same everywhere.
"""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from coterie import errors, sql
from coterie.engines.address import Address
from coterie.engines.database.driver import Held
from coterie.engines.database.into import Into, Sort
from coterie.engines.duckdb.fetched import Answer, RowAnswer
from coterie.engines.engine import Columns
from coterie.engines.frame import check_names
from coterie.engines.kinds import EXACT, Kind
from coterie.engines.passes import versions_of
from coterie.sql import Node

MOST_COLUMNS = 1_900  # of the 2,000 that a result may have
COUNTS = 8  # columns that are asked for to know a column's kind
WAIT = 5.0
STEPS = 20_000  # of its machine, between two looks at the clock
BATCH = 10_000
DAY, CLOCK = "____-__-__", "____-__-__ __:__:__%"
TABLES = """
SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY type, rowid
"""


def _of_number(function: Callable[[float], float]) -> Callable[[Any], float | None]:
    """Return a function that gives NULL where there is no number to give."""

    def answer(x: Any) -> float | None:
        try:
            return None if x is None else function(float(x))
        except (ValueError, OverflowError):
            return None

    return answer


def _md5(text: Any) -> str | None:
    return None if text is None else hashlib.md5(str(text).encode(), usedforsecurity=False).hexdigest()


def _sign(x: float) -> float:
    return float((x > 0) - (x < 0))


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "LN": (1, _of_number(math.log)),
    "EXP": (1, _of_number(math.exp)),
    "SQRT": (1, _of_number(math.sqrt)),
    "FLOOR": (1, _of_number(math.floor)),
    "SIGN": (1, _of_number(_sign)),
    "MD5": (1, _md5),
    "REGEXP": (2, lambda pattern, text: None if text is None else re.search(pattern, str(text)) is not None),
}


class SQLite:
    """A connection to a file, in a transaction that only reads.

    Parameters
    ----------
    read : reads a small answer, one array a column.
    """

    dialect, title, widest = "sqlite", "SQLite", MOST_COLUMNS

    def __init__(self, address: Address, read: Callable[[Answer | RowAnswer], Columns]) -> None:
        self._path, self._read = Path(address.given), read
        self._seconds, self._until = math.inf, math.inf
        if not self._path.is_file():
            raise errors.missing_source(str(self._path))
        where = f"file:{quote(str(self._path.resolve()))}?mode=ro"
        self._connection = sqlite3.connect(where, uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False)
        try:
            for name, (arguments, function) in FUNCTIONS.items():
                self._connection.create_function(name, arguments, function, deterministic=True)
            self._connection.set_progress_handler(lambda: time.monotonic() > self._until, STEPS)
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("BEGIN")
            self._connection.execute(TABLES).fetchone()  # from here on the file is seen as it is now
        except sqlite3.Error as error:
            self._connection.close()
            raise self.explain(error, "") from error

    def tables(self, asked: str | None = None) -> dict[str, tuple[str, ...]]:
        """Return tables and views by their names, in the one schema that a file has."""
        return {str(name): (str(name), "main") for (name,) in self._connection.execute(TABLES)}

    def columns(self, relation: Node) -> Sequence[Held]:
        """Return the columns of what stands behind FROM; one scan counts what they hold."""
        head = self._connection.execute(sql.render(sql.select([sql.star()], relation, limit=0), self.dialect))
        names = [str(column[0]) for column in head.description or ()]
        check_names(names)
        held, some = list[Held](), MOST_COLUMNS // COUNTS
        for start in range(0, len(names), some):
            asked = names[start : start + some]
            nodes = [sql.named(n, f"{key}{i}") for i, c in enumerate(asked) for key, n in _counts(c).items()]
            got = self._read(self.ask(sql.render(sql.select(nodes, relation.copy()), self.dialect)))
            held += [_held(c, {key: float(got[f"{key}{i}"][0]) for key in _counts(c)}) for i, c in enumerate(asked)]
        return held

    def ask(self, text: str, kinds: Callable[[], Mapping[str, str]] = dict) -> RowAnswer:
        """Return the answer to a query, whose rows are made as they are read."""
        self._until = time.monotonic() + self._seconds
        cursor = self._connection.execute(text)
        names = tuple(str(column[0]) for column in cursor.description or ())

        def batches() -> Iterator[list[tuple[Any, ...]]]:
            while rows := cursor.fetchmany(BATCH):
                yield rows

        return RowAnswer(names, batches(), kinds())

    def begin_into(self, place: Sequence[str], sort: Sort) -> Into:
        """Refuse to write: a file that others read is no place for it."""
        raise errors.only_read(self.title)

    def cancel(self) -> None:
        """Stop the query that runs now."""
        self._connection.interrupt()

    def limit(self, seconds: float) -> None:
        """Let no query take longer."""
        self._seconds = seconds

    def versions(self) -> dict[str, str]:
        """Return the versions of library and Python."""
        return {"sqlite": sqlite3.sqlite_version, **versions_of()}

    def close(self) -> None:
        """End the transaction and the connection."""
        self._connection.close()

    def explain(self, error: Exception, text: str) -> Exception:
        """Return coterie's word for what went wrong with a query."""
        if not isinstance(error, sqlite3.Error):
            return error
        said, name = str(error), self._path.name
        if said == "interrupted":
            return errors.too_slow(self._seconds)
        if "locked" in said:
            return errors.locked_database(name)
        if "malformed" in said or "not a database" in said:
            return errors.damaged(name, "its data cannot be decoded")
        if "too many columns" in said or "Expression tree is too large" in said:
            return errors.too_wide_for(self.title, MOST_COLUMNS)
        return errors.bad_query(said) if "__c_query" in text else errors.engine_refused(said, text)


def _counts(name: str) -> dict[str, Node]:
    """Return what is counted of a column: values of each type, texts that are days or times, the largest number."""
    column, one = sql.column(name), sql.whole(1)
    kind = sql.call("TYPEOF", column)
    counts = {
        key: sql.count(sql.case([(sql.equal(kind.copy(), sql.text(word)), one.copy())]))
        for key, word in {"n": "integer", "r": "real", "t": "text", "b": "blob"}.items()
    }
    real = sql.negate(sql.is_null(sql.call("JULIANDAY", column.copy())))
    for key, pattern in {"d": DAY, "c": CLOCK}.items():
        written = sql.both(sql.is_like(column.copy(), pattern), real.copy())
        counts[key] = sql.count(sql.case([(written, one.copy())]))
    whole = sql.case([(sql.equal(kind, sql.text("integer")), sql.absolute(column))])
    counts["l"] = sql.coalesce(sql.largest(whole), one)
    return counts


def _held(name: str, got: Mapping[str, float]) -> Held:
    """Return a column as a value of the kind that all its values have."""
    column = sql.column(name)
    if got["b"]:
        return Held(name, Kind.OTHER, column)
    if got["t"]:
        if not (got["n"] or got["r"]) and got["d"] + got["c"] == got["t"]:
            return Held(name, Kind.TIME if got["c"] else Kind.DATE, column)
        return Held(name, Kind.TEXT, sql.cast(column, "text"))
    if got["r"]:
        return Held(name, Kind.FINITE, sql.cast(column, "double"))
    if got["n"]:
        return Held(name, Kind.WIDE if got["l"] > EXACT else Kind.WHOLE, column)
    return Held(name, Kind.TEXT, sql.cast(column, "text"))
