"""Answers of a database, taken into this process."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np

from coterie import errors, sql
from coterie.doors import distinct
from coterie.engines.duckdb import cells
from coterie.engines.duckdb.engine import DuckDB
from coterie.engines.duckdb.refusals import check_zone, first_line, is_full
from coterie.engines.engine import Columns, unmask
from coterie.reading import LONGEST_CELL, spilling

NOTHING = "\x01NULL"  # what stands for NULL in a file of rows; no text begins so
TYPES = {"text": "VARCHAR", "small": "INTEGER"}


@distinct
class Answer:
    """A query's answer: a capsule of an Arrow stream, which is read once.

    ``numbers`` are columns whose numbers are written as texts, since the database keeps more digits than a double.
    """

    stream: Any
    numbers: tuple[str, ...] = ()


@distinct
class RowAnswer:
    """A query's answer in rows of Python's values, which are read once.

    ``kinds`` says which columns are ``text`` or ``small`` whole numbers; of the others the values tell.
    """

    names: tuple[str, ...]
    batches: Iterator[list[tuple[Any, ...]]]
    kinds: Mapping[str, str]


class BrokenAnswer(Exception):  # noqa: N818 - it is no error of coterie's yet: the driver says what it means
    """An answer that ended before its last row; the text is the driver's."""


class Fetched(DuckDB):
    """DuckDB beside a database: it holds what came from there, and what comes from files."""

    def check_zone(self, zone: str) -> None:
        """Refuse a name that is no time zone's."""
        check_zone(self._connection, zone)

    def columns(self, answer: Answer | RowAnswer) -> Columns:
        """Return a small answer: one array a column, as ``fetch`` does."""
        if isinstance(answer, RowAnswer):
            rows = [row for batch in answer.batches for row in batch]
            values = zip(*rows, strict=True) if rows else [()] * len(answer.names)
            return {n: _array(v, answer.kinds.get(n, "")) for n, v in zip(answer.names, values, strict=True)}
        try:
            held = self._connection.from_arrow(answer.stream).fetchnumpy()
        except duckdb.Error as error:
            raise self._refusal(error) from error
        found = {name: unmask(column) for name, column in held.items()}
        return {name: _numbers(column) if name in answer.numbers else column for name, column in found.items()}

    def take(self, answer: Answer | RowAnswer, name: str) -> int:
        """Make the table ``name`` of an answer, and return how many rows it has."""
        self._schemas.pop(name, None)
        if isinstance(answer, RowAnswer):
            return self._take_rows(answer, name)
        raw = f"__c_raw_{name}" if answer.numbers else name
        self._connection.execute(f"DROP TABLE IF EXISTS {cells.quote(name)}")
        try:
            self._connection.from_arrow(answer.stream).create(raw)
        except duckdb.Error as error:
            raise self._refusal(error) from error
        if answer.numbers:
            held = [c for c, _ in self.schema(raw)]
            nodes = [sql.cast(sql.column(c), "double") if c in answer.numbers else sql.column(c) for c in held]
            named = [sql.named(node, c) for c, node in zip(held, nodes, strict=True)]
            self.keep(name, sql.select(named, sql.table(raw)))
            self._drop_table(raw)
        return self._count_rows(name)

    def _take_rows(self, answer: RowAnswer, name: str) -> int:
        """Make a table of rows, by way of a file: what their columns hold is known when all are there."""
        fractions, texts, path = set[int](), set[int](), self._spill / "answer.csv"
        with spilling(self._spill), path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            for batch in answer.batches:
                for row in batch:
                    fractions |= {i for i, value in enumerate(row) if isinstance(value, float)}
                    texts |= {i for i, value in enumerate(row) if isinstance(value, str)}
                    writer.writerow([NOTHING if value is None else value for value in row])
        types = {}
        for i, column in enumerate(answer.names):
            told = "text" if i in texts else answer.kinds.get(column, "")
            types[column] = TYPES.get(told) or ("DOUBLE" if i in fractions else "BIGINT")
        rows = self._connection.read_csv(
            str(path), header=False, columns=types, na_values=[NOTHING], auto_detect=False, quotechar='"',
            escapechar='"', delimiter=",", allow_quoted_nulls=True, max_line_size=8 * LONGEST_CELL,
        )  # fmt: skip
        self._connection.execute(f"DROP TABLE IF EXISTS {cells.quote(name)}")
        rows.create(name)
        path.unlink()
        return self._count_rows(name)

    def _refusal(self, error: duckdb.Error) -> Exception:
        if isinstance(error, duckdb.OutOfMemoryException):
            return errors.out_of_memory(first_line(error))
        if is_full(error):
            return errors.temporary_full(str(self._spill.parent))
        return BrokenAnswer(str(error))


def _array(values: Sequence[Any], kind: str) -> Any:
    """Return a column of Python's values as DuckDB would give it."""
    if kind == "text":
        return np.array([*values, None], dtype=object)[:-1]
    if all(isinstance(v, int) for v in values):
        return np.array(values, dtype=np.int64)
    return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)


def _numbers(column: Any) -> Any:
    """Return numbers written as texts, each the nearest double; NaN for NULL."""
    return np.array([np.nan if value is None else float(value) for value in column], dtype=np.float64)
