"""An Excel workbook (.xlsx) as rows: one sheet, by the standard library.

The sheet's own XML says what a library of values would hide: merged headers, hidden rows, formulas without a stored
value, error cells, entities and sizes that are traps.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from coterie import errors, words
from coterie.findings import Finding
from coterie.reading.findings import choose_table
from coterie.reading.header import MOST_COLUMNS, SHEET_ROWS, check_header, names_of
from coterie.reading.number_formats import Shown, shown_by
from coterie.reading.number_patterns import PLAIN
from coterie.reading.request import Reading
from coterie.reading.text import LONGEST_CELL, Text
from coterie.reading.typed_rows import RowWriter
from coterie.reading.workbook_parts import Book, EnoughSeenError, Parts, parts_of, take_no_notice, texts_of

HIGHEST_HEADER = 40
EPOCHS = {False: datetime.datetime(1899, 12, 30), True: datetime.datetime(1904, 1, 1)}
PEEKED_ROWS = HIGHEST_HEADER + 20  # so many rows say whether a sheet holds a table
ABSENT = ("#N/A", "#NULL!")  # errors that say that there is no value; the others say that one went wrong
LONGEST_NUMBER = 4_000
MOST_DIGITS = 20  # a number that is written as a power of ten and has more is no id
RECALCULATE = "Open it in a spreadsheet program and save it there, so that the values are stored."

Cell = str | bool | int | float


class _Style(NamedTuple):
    """What cells point to: texts, what each style shows of a number, the first day."""

    texts: list[str]
    shown: list[Shown]
    epoch: datetime.datetime


class _Row(NamedTuple):
    """A row of a sheet: its number, its cells by column."""

    number: int
    cells: dict[int, Cell]


@dataclass(slots=True)
class _Sheet:
    """What the XML of a sheet says besides the values."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    absent: dict[str, int] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)


def prepare(path: Path, name: str, spill: Path, reading: Reading, verbatim: Callable[[str], bool]) -> Text:
    """Return the rows of a sheet as counted text.

    Raises
    ------
    InputError : damaged, password-protected, no such sheet; a formula without a value, an error cell, a merged header.

    Notes
    -----
    Cost: one pass over the sheet; the workbook's texts are held in memory once.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            book = Book(path, name, archive)
            parts = parts_of(book)
            style = _Style(texts_of(book, parts), _shown(book, parts), EPOCHS[parts.dates_from_1904])
            chosen, choice = _choose_sheet(book, parts, style, reading)
            reader = _RowReader(book, chosen, style)
            book.parse(parts.sheets[chosen], reader.start, reader.end, reader.text)
            findings = list(choice)
            return _write_rows(reader, spill, reading, findings).text(reading, verbatim, findings)
    except (zipfile.BadZipFile, EOFError) as error:
        raise errors.damaged(name, "the workbook is cut or broken") from error


def _shown(book: Book, parts: Parts) -> list[Shown]:
    """Return what each cell style shows of a number."""
    if parts.styles is None:
        return []
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = False

    book.parse(parts.styles, start, end, take_no_notice)
    return [shown_by(number, codes.get(number)) for number in styles]


class _RowReader:
    """The rows of a sheet, as its elements come along.

    With ``most`` only so many are read, and a cell that cannot be is a text.
    """

    def __init__(self, book: Book, sheet: str, style: _Style, most: int | None = None) -> None:
        self.book, self.sheet, self.style, self.most = book, sheet, style, most
        self.about = _Sheet()
        self.rows: list[_Row] = []
        self._row, self._cells = 0, dict[int, Cell]()
        self._column, self._kind, self._style, self._address = 0, "n", 0, ""
        self._value: list[str] = []
        self._formula = self._in_value = self._ruby = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if tag == "c":
            self._address = attributes.get("r", "")
            self._column = _column(self._address) if self._address else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0") or 0)
            self._value, self._formula = [], False
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._cells, self._column = {}, 0
            self.about.hidden_rows += attributes.get("hidden") in ("1", "true")
        elif tag in ("v", "t"):
            self._in_value = not self._ruby
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._ruby = True
        elif tag == "mergeCell":
            self.about.merged.append(attributes.get("ref", ""))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            width = int(attributes.get("max", "1")) - int(attributes.get("min", "1")) + 1
            self.about.hidden_columns += width

    def text(self, text: str) -> None:
        """Take characters."""
        if self._in_value:
            self._value.append(text)
            if len(text) > LONGEST_CELL:
                raise self._bad("the cell is longer than 1 MB", "Shorten it.")

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag in ("v", "t"):
            self._in_value = False
        elif tag == "rPh":
            self._ruby = False
        elif tag == "c":
            value = self._read() if self.most is None else self._peek()
            if value is not None:
                if self._column > MOST_COLUMNS:
                    raise errors.too_many_columns(self.book.name, self._column, MOST_COLUMNS)
                self._cells[self._column] = value
        elif tag == "row":
            self.rows.append(_Row(self._row, self._cells))
            if len(self.rows) > SHEET_ROWS:
                raise errors.damaged(self.book.name, "the sheet has more rows than a sheet can have")
            if self.most is not None and len(self.rows) >= self.most:
                raise EnoughSeenError

    def _peek(self) -> Cell | None:
        try:
            return self._read()
        except errors.InputError:
            return "?"

    def _read(self) -> Cell | None:
        """Return the value of the cell that ends."""
        text = "".join(self._value)
        if self._kind == "e":
            self._count_absent(text.strip())
            return None
        if not text and self._formula and self._kind not in ("str", "s", "inlineStr"):
            raise self._bad("a formula has no stored value", RECALCULATE)
        if not text:
            return None
        if self._kind == "s":
            if not text.strip().isdecimal() or int(text) >= len(self.style.texts):
                raise self._bad("the cell points to a text that is not there", "Save the workbook anew.")
            return self.style.texts[int(text)] or None
        if self._kind in ("str", "inlineStr", "d"):
            return text
        if self._kind == "b":
            return text.strip() == "1"
        number = _number(text.strip())
        if number is None:
            raise self._bad("the cell holds no number", "Save the workbook anew.")
        shown = self.style.shown[self._style] if self._style < len(self.style.shown) else Shown.NUMBER
        if shown is Shown.DURATION or (shown is Shown.CLOCK and 0 <= number < 1):
            return round(number * 86_400, 3) / 3_600  # hours
        return number if shown is Shown.NUMBER else self._date(number)

    def _count_absent(self, text: str) -> None:
        """Take an error that means a missing value; refuse another."""
        if text not in ABSENT:
            raise self._bad(
                f"the cell holds the error value {errors.shown(text, 20)}", "Correct the formula, or empty the cell."
            )
        self.about.absent[text] = self.about.absent.get(text, 0) + 1

    def _date(self, days: int | float) -> Cell:
        if not 0 <= days < 2_958_466:
            return days
        moment = self.style.epoch + datetime.timedelta(seconds=round(days * 86_400))
        return moment.date().isoformat() if moment.time() == datetime.time() else moment.isoformat(" ")

    def _bad(self, what: str, do: str) -> errors.InputError:
        address = self._address or f"row {self._row}, column {self._column}"
        return errors.bad_cell(self.book.name, self.sheet, errors.shown(address, 20), what, do)


def _number(text: str) -> int | float | None:
    """Return a number; whole ones exactly, however many digits they have.

    >>> _number("1234567890123456789"), _number("1.5E+3"), _number("0.25"), _number("1_0")
    (1234567890123456789, 1500, 0.25, None)
    """
    if not PLAIN.fullmatch(text):
        return None
    exact = Decimal(text)
    written = text.lstrip("+-").isdecimal() and len(text) <= LONGEST_NUMBER
    whole = written or (abs(exact.adjusted()) < MOST_DIGITS and exact == exact.to_integral_value())
    return int(exact) if whole else float(text)


def _choose_sheet(book: Book, parts: Parts, style: _Style, reading: Reading) -> tuple[str, tuple[Finding, ...]]:
    """Return the sheet that is read: the one named, or the first with a table.

    Raises
    ------
    InputError : no sheet of that name, or none of several holds a table.
    """
    holding = None
    if reading.sheet is None and len(parts.sheets) > 1:
        peeked = {name: _peek_at(book, name, member, style) for name, member in parts.sheets.items()}
        tables = [name for name, rows in peeked.items() if _is_table(rows)]
        if not tables:
            raise errors.no_sheet_with_table(book.name, list(parts.sheets))
        holding = next((name for name in tables if _has_numbers(peeked[name])), tables[0])
    return choose_table(book.name, list(parts.sheets), reading.sheet, "--sheet", holding)


def _peek_at(book: Book, sheet: str, member: str, style: _Style) -> list[_Row]:
    reader = _RowReader(book, sheet, style, PEEKED_ROWS)
    book.parse(member, reader.start, reader.end, reader.text)
    return _without_titles([row for row in reader.rows if row.cells])


def _is_table(rows: list[_Row]) -> bool:
    """Say whether a header stands over rows that fill at least half of it."""
    width = len(rows[0].cells) if rows else 0
    filled = sum(1 for row in rows[1:] if 2 * len(row.cells) >= width and len(row.cells) > 1)
    return width > 1 and filled > 0 and 2 * filled >= len(rows) - 1


def _has_numbers(rows: list[_Row]) -> bool:
    """Say whether a column holds more numbers than texts, as facts about customers do."""
    columns = {column for row in rows[1:] for column in row.cells}
    cells = [[row.cells[c] for row in rows[1:] if c in row.cells] for c in columns]
    return any(2 * sum(1 for value in column if not isinstance(value, str)) > len(column) for column in cells)


def _without_titles(rows: list[_Row]) -> list[_Row]:
    widest = max((len(row.cells) for row in rows[:HIGHEST_HEADER]), default=0)
    titles = 0
    while len(rows) > titles + 1 and len(rows[titles].cells) <= 1 < widest:
        titles += 1
    return rows[titles:]


def _column(address: str) -> int:
    number = 0
    for letter in address:
        if not letter.isalpha():
            break
        number = 26 * number + ord(letter.upper()) - 64
    return number


def _write_rows(reader: _RowReader, spill: Path, reading: Reading, findings: list[Finding]) -> RowWriter:
    """Return the sheet's table, written, and add to the findings."""
    name, rows = reader.book.name, [row for row in reader.rows if row.cells]
    if not rows:
        raise errors.empty_source(name)
    header, body = _split_header(reader, rows, reading, findings)
    width = max(max(row.cells) for row in (header, *body[:1_000]))
    if reading.header:
        raw = [str(header.cells.get(i, "")) for i in range(1, width + 1)]
    else:
        raw, body = [f"column{i}" for i in range(1, width + 1)], [header, *body]
    sample = [[str(row.cells.get(i, "")) for i in range(1, width + 1)] for row in body[:100]]
    if reading.header:
        check_header(name, raw, sample, None)
    names, about = names_of(name, raw, sample)
    kept = [i for i, n in enumerate(names, start=1) if n is not None]
    if reader.about.hidden_rows or reader.about.hidden_columns:
        hidden = [words.plural(reader.about.hidden_rows, "row"), words.plural(reader.about.hidden_columns, "column")]
        text = f"{words.joined([h for h in hidden if not h.startswith('0 ')])} of the sheet are hidden"
        count = reader.about.hidden_rows or reader.about.hidden_columns
        findings.append(Finding("COT010", "warning", None, count, text, "used all the same"))
    for error, count in reader.about.absent.items():
        seen = f"{words.plural(count, 'cell')} of the sheet {'holds' if count == 1 else 'hold'} the error value {error}"
        findings.append(Finding("COT021", "warning", None, count, seen, "read as missing"))
    findings += about
    writer = RowWriter(spill / "sheet.csv", name, [n for n in names if n is not None])
    try:
        for number, cells in body:
            if max(cells) > width:
                address = f"row {number}, column {max(cells)}"
                what = "a value stands right of the table"
                raise errors.bad_cell(name, reader.sheet, address, what, "Delete or move it.")
            writer.add([cells.get(i) for i in kept])
    finally:
        writer.close()
    return writer


def _split_header(
    reader: _RowReader, rows: list[_Row], reading: Reading, findings: list[Finding]
) -> tuple[_Row, list[_Row]]:
    """Return the row of names and the rows after it.

    Titles above it are left out, and said.
    """
    table = _without_titles(rows)
    skipped, rows = len(rows) - len(table), table
    if skipped:
        text = f"{words.plural(skipped, 'line')} before the header (titles)"
        findings.append(Finding("COT003", "warning", None, skipped, text, "left out"))
    number = rows[0].number
    for area in reader.about.merged:
        top = re.match(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", area)
        if top and int(top[2]) <= number <= int(top[4]):
            what = "the header has merged cells, so that names stand on several rows"
            do = "Write one row of column names, without merged cells."
            raise errors.bad_cell(reader.book.name, reader.sheet, f"{top[1]}{top[2]}", what, do)
    return rows[0], rows[1:]
