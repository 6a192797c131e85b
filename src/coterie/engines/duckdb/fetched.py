"""Answers of a database, taken into this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from coterie import errors, sql
from coterie.engines.duckdb import cells
from coterie.engines.duckdb.engine import DuckDB
from coterie.engines.duckdb.refusals import check_zone, first_line, is_full
from coterie.engines.engine import Columns, unmask


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A query's answer: a capsule of an Arrow stream, which is read once.

    ``numbers`` are columns whose numbers are written as texts, since the database keeps more digits than a double.
    """

    stream: Any
    numbers: tuple[str, ...] = ()


class BrokenAnswer(Exception):  # noqa: N818 - it is no error of coterie's yet: the driver says what it means
    """An answer that ended before its last row; the text is the driver's."""


class Fetched(DuckDB):
    """DuckDB beside a database: it holds what came from there, and what comes from files."""

    def check_zone(self, zone: str) -> None:
        """Refuse a name that is no time zone's."""
        check_zone(self._connection, zone)

    def columns(self, answer: Answer) -> Columns:
        """Return a small answer: one array a column, as ``fetch`` does."""
        try:
            held = self._connection.from_arrow(answer.stream).fetchnumpy()
        except duckdb.Error as error:
            raise self._refusal(error) from error
        found = {name: unmask(column) for name, column in held.items()}
        return {name: _numbers(column) if name in answer.numbers else column for name, column in found.items()}

    def take(self, answer: Answer, name: str) -> int:
        """Make the table ``name`` of an answer, and return how many rows it has."""
        self._schemas.pop(name, None)
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

    def _refusal(self, error: duckdb.Error) -> Exception:
        if isinstance(error, duckdb.OutOfMemoryException):
            return errors.out_of_memory(first_line(error))
        if is_full(error):
            return errors.temporary_full(str(self._spill.parent))
        return BrokenAnswer(str(error))


def _numbers(column: Any) -> Any:
    """Return numbers written as texts, each the nearest double; NaN for NULL."""
    return np.array([np.nan if value is None else float(value) for value in column], dtype=np.float64)
