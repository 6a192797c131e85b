"""Rows of Python values (JSON, SQLite, a workbook) become plain text."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from coterie import errors
from coterie.findings import Finding
from coterie.reading.column_values import judge_cells
from coterie.reading.header import MOST_COLUMNS, check_different, check_names
from coterie.reading.notation import Remark, Values
from coterie.reading.request import Reading
from coterie.reading.sampled_cells import SAMPLED_ROWS, carry_habit
from coterie.reading.text import CANONICAL, LONGEST_CELL, RejectedRow, Text, TextColumn
from coterie.reading.total_row import is_total, reject_total

SPREAD = 7  # every seventh row after the first ones is looked at too, until the sample is full


@dataclass(slots=True)
class _Seen:
    """What a column has held so far: counts of kinds, some cells."""

    kinds: Counter[str] = field(default_factory=Counter)
    cells: list[str] = field(default_factory=list)
    first_nested: int | None = None
    first_fraction: int | None = None


class RowWriter:
    """Rows on their way into a plain text.

    ``text`` closes it and judges what the columns hold.

    Parameters
    ----------
    path : the file to write.
    name : what to call the source in messages.
    names : the columns' names, in order.
    """

    def __init__(self, path: Path, name: str, names: Sequence[str]) -> None:
        if len(names) > MOST_COLUMNS:
            raise errors.too_many_columns(name, len(names), MOST_COLUMNS)
        if not names:
            raise errors.empty_source(name)
        check_names(name, names)
        self._unnamed = [i for i, n in enumerate(names, start=1) if not n.strip()]
        unnamed = frozenset(self._unnamed)
        names = [f"column{i}" if i in unnamed else n for i, n in enumerate(names, start=1)]
        check_different(names)
        self.path, self.name, self.names = path, name, names
        self.rows = 0
        self._seen = [_Seen() for _ in names]
        self._last: list[str] | None = None  # written when it is known to be no total
        self._file = path.open("w", encoding="utf-8", newline="")

    def add(self, row: Sequence[object]) -> None:
        """Add a row; lists and objects are left empty."""
        self.rows += 1
        sampled = self.rows <= SAMPLED_ROWS // 2 or (self.rows % SPREAD == 0 and self.rows <= SPREAD * SAMPLED_ROWS)
        cells = []
        for value, seen in zip(row, self._seen, strict=True):
            kind, cell = as_text(value)
            if kind:
                seen.kinds[kind] += 1
                if kind == "nested" and seen.first_nested is None:
                    seen.first_nested = self.rows
                if seen.first_fraction is None and kind == "number" and "." in cell:
                    seen.first_fraction = self.rows
                if isinstance(value, float) and not math.isfinite(value):
                    raise errors.bad_value(self.name, self.rows, self.names[self._seen.index(seen)], "a finite number")
            if len(cell) > LONGEST_CELL:
                column = self.names[self._seen.index(seen)]
                raise errors.bad_value(self.name, self.rows, column, f"shorter than {LONGEST_CELL:,} characters")
            if sampled:
                seen.cells.append(cell)
            cells.append(cell)
        if self._last is not None:
            _write(self._last, self._file)
        self._last = cells

    def text(self, reading: Reading, verbatim: Callable[[str], bool], findings: Iterable[Finding] = ()) -> Text:
        """Return the rows as counted text.

        Raises
        ------
        InputError : a column holds lists or objects in some rows and plain values in others; a total at the end.
        """
        rejected = self._reject_total(reading)
        self._file.close()
        if self._last is not None and not rejected:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                _write(self._last, file)
        columns = [self._judge(n, s, reading, verbatim) for n, s in zip(self.names, self._seen, strict=True)]
        written = [i for i, seen in enumerate(self._seen) if seen.kinds["text"] and not seen.kinds["number"]]
        habit = carry_habit([columns[i] for i in written], [self._seen[i].cells for i in written], reading)
        for i, column in zip(written, habit, strict=True):
            columns[i] = column
        whole = self.rows <= SAMPLED_ROWS // 2
        rows = self.rows - len(rejected)
        told = (*findings, *self._tell_unnamed())
        counted = Text(self.name, self.path, CANONICAL, 0, 1, rows, tuple(columns), whole, 0, told, rejected)
        return replace(counted, feeds_only=True, lined=False)

    def _tell_unnamed(self) -> list[Finding]:
        return [
            Finding("COT006", "warning", f"column{i}", 1, f"column {i} has no name", f"called column{i}")
            for i in self._unnamed
        ]

    def _reject_total(self, reading: Reading) -> tuple[RejectedRow, ...]:
        if self.rows < 2 or self._last is None or not is_total(self._last):
            return ()
        if reading.on_bad_rows == "error":
            raise errors.total_row(self.name, self.rows, None)
        return (reject_total(self.rows),)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _judge(self, name: str, seen: _Seen, reading: Reading, verbatim: Callable[[str], bool]) -> TextColumn:
        nested = seen.kinds.pop("nested", 0)
        if nested and seen.kinds:
            raise errors.bad_value(self.name, seen.first_nested, name, "a plain value, as in the other rows", nested)
        if nested:
            return TextColumn(name, Values("nested", remarks=frozenset({Remark.NESTED})))
        if seen.kinds["number"] and not seen.kinds["text"]:
            reading = _of_types(reading)
        values = judge_cells(name, seen.cells, reading)
        if seen.first_fraction is not None and values.notation is not None and values.notation.decimal == ",":
            wanted = "written in one way: some of the column's are numbers, others texts with a decimal comma"
            raise errors.bad_value(self.name, seen.first_fraction, name, wanted)
        if values.kind == "number" and seen.kinds["text"] > seen.kinds["number"]:
            values = replace(values, remarks=values.remarks | {Remark.NUMBERS_AS_TEXT})
        return TextColumn(name, values, verbatim(name), before=reading.column(name))


def _of_types(reading: Reading) -> Reading:
    """Return how values that have types are read: nothing is written in anybody's way."""
    return replace(reading, decimal=None, before=tuple(replace(c, notation=None) for c in reading.before))


def _write(cells: Sequence[str], file: TextIO) -> None:
    if len(cells) == 1 and not cells[0]:
        file.write('""\n')
    else:
        csv.writer(file, lineterminator="\n").writerow(cells)


def as_text(value: object) -> tuple[str, str]:
    """Return the kind of a value, and how it is written.

    >>> as_text(3.0), as_text(True), as_text(None), as_text([1])
    (('number', '3'), ('boolean', 'true'), ('', ''), ('nested', ''))
    """
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, int):
        return "number", str(value)
    if isinstance(value, float):
        return "number", str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str):
        return ("text" if value.strip() else ""), value
    return "nested", ""
