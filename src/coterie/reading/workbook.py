"""An Excel workbook (.xlsx) as rows: one sheet, by the standard library.

The sheet's own XML says what a library of values would hide: merged headers, hidden rows, formulas without a stored
value, error cells, entities and sizes that are traps.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from coterie import errors, words
from coterie.findings import Finding
from coterie.reading.findings import choose_table
from coterie.reading.header import MOST_COLUMNS, names_of
from coterie.reading.packed import MOST_RATIO
from coterie.reading.request import Reading
from coterie.reading.text import LONGEST_CELL, Text
from coterie.reading.typed_rows import RowWriter

PIECE = 1 << 18
HIGHEST_HEADER = 40
LARGEST_MEMBER = 100_000_000
MOST_ROWS = 1_048_576
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
EPOCHS = {False: datetime.datetime(1899, 12, 30), True: datetime.datetime(1904, 1, 1)}
RECALCULATE = "Open it in a spreadsheet program and save it there, so that the values are stored."


Cell = str | bool | float
OnStart = Callable[[str, dict[str, str]], None]
OnText = Callable[[str], None]


class _Row(NamedTuple):
    """A row of a sheet: its number, its cells by column."""

    number: int
    cells: dict[int, Cell]


@dataclass(slots=True)
class _Sheet:
    """What the XML of a sheet says besides the values."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    merged: list[str] = field(default_factory=list)


class _Book:
    """The members of a workbook, each parsed within its budget."""

    def __init__(self, path: Path, name: str, archive: zipfile.ZipFile) -> None:
        self.name, self._archive = name, archive
        self._packed = path.stat().st_size

    def parse(self, member: str, start: OnStart, end: OnText, text: OnText) -> None:
        """Parse a member; names come without their namespace.

        Raises
        ------
        InputError : far too large, not XML, or with entities or a document type, which no workbook needs.
        """
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition("}")[2], attributes)
        parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse
        size = 0
        try:
            packed = max(1, self._archive.getinfo(member).compress_size)
            with self._archive.open(member) as content:
                while piece := content.read(PIECE):
                    size += len(piece)
                    if size > LARGEST_MEMBER and size > MOST_RATIO * packed:
                        raise errors.too_large_unpacked(self.name, self._packed, size)
                    parser.Parse(piece, False)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise errors.damaged(self.name, f"{member} is not valid XML (line {error.lineno:,})") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise errors.damaged(self.name, f"{member} cannot be unpacked") from error
        except KeyError as error:
            raise errors.damaged(self.name, f"{member} is missing") from error

    def _refuse(self, *_: object) -> None:
        raise errors.damaged(self.name, "its XML declares entities", "Do not trust this workbook; save it anew.")

    def has(self, member: str) -> bool:
        """Whether the workbook has a member."""
        return member in self._archive.namelist()


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
            book = _Book(path, name, archive)
            sheets, dates_from_1904 = _sheets(book)
            chosen, choice = choose_table(name, list(sheets), reading.sheet, "--sheet")
            texts, styles = _texts(book), _date_styles(book)
            reader = _RowReader(book, chosen, texts, styles, EPOCHS[dates_from_1904])
            book.parse(sheets[chosen], reader.start, reader.end, reader.text)
            findings = list(choice)
            return _write_rows(reader, spill, reading, findings).text(reading, verbatim, findings)
    except (zipfile.BadZipFile, EOFError) as error:
        raise errors.damaged(name, "the workbook is cut or broken") from error


def _sheets(book: _Book) -> tuple[dict[str, str], bool]:
    """Return the visible sheets' members, and whether dates count from 1904."""
    found: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    old_dates = [False]

    def workbook(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((v for k, v in attributes.items() if k.endswith("}id")), "")
            found.append((attributes.get("name", ""), key))
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            old_dates[0] = True

    def relations(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = full

    book.parse("xl/workbook.xml", workbook, _nothing, _nothing)
    book.parse("xl/_rels/workbook.xml.rels", relations, _nothing, _nothing)
    return {name: targets[key] for name, key in found if "worksheets/" in targets.get(key, "")}, old_dates[0]


def _nothing(*_: object) -> None:
    """Take no notice."""


def _texts(book: _Book) -> list[str]:
    """Return the workbook's shared texts; readings of characters (ruby) are left out."""
    if not book.has("xl/sharedStrings.xml"):
        return []
    found: list[str] = []
    parts: list[str] = []
    state = {"in": False, "ruby": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        state["ruby"] += tag == "rPh"
        state["in"] = tag == "t" and not state["ruby"]

    def end(tag: str) -> None:
        state["in"] = False
        state["ruby"] -= tag == "rPh"
        if tag == "si":
            found.append("".join(parts))
            parts.clear()

    book.parse("xl/sharedStrings.xml", start, end, lambda text: parts.append(text) if state["in"] else None)
    return found


def _date_styles(book: _Book) -> set[int]:
    """Return the cell styles that show a number as a date."""
    if not book.has("xl/styles.xml"):
        return set()
    own: set[int] = set()
    styles: list[int] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and _shows_date(attributes.get("formatCode", "")):
            own.add(int(attributes.get("numFmtId", "0")))
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = False

    book.parse("xl/styles.xml", start, end, _nothing)
    return {i for i, form in enumerate(styles) if form in DATE_FORMATS or form in own}


def _shows_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.lower())
    return bool(re.search(r"[dy]|h.*m|m.*s", bare)) and "general" not in bare


class _RowReader:
    """The rows of a sheet, as its elements come along."""

    def __init__(self, book: _Book, sheet: str, texts: list[str], dates: set[int], epoch: datetime.datetime) -> None:
        self.book, self.sheet, self.texts, self.dates, self.epoch = book, sheet, texts, dates, epoch
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
            value = self._read()
            if value is not None:
                if self._column > MOST_COLUMNS:
                    raise errors.too_many_columns(self.book.name, self._column, MOST_COLUMNS)
                self._cells[self._column] = value
        elif tag == "row":
            self.rows.append(_Row(self._row, self._cells))
            if len(self.rows) > MOST_ROWS:
                raise errors.damaged(self.book.name, "the sheet has more rows than a sheet can have")

    def _read(self) -> Cell | None:
        """Return the value of the cell that ends."""
        text = "".join(self._value)
        if self._kind == "e":
            raise self._bad("the cell holds an error value", "Correct the formula, or empty the cell.")
        if not text and self._formula:
            raise self._bad("a formula has no stored value", RECALCULATE)
        if not text:
            return None
        if self._kind == "s":
            if not text.strip().isdigit() or int(text) >= len(self.texts):
                raise self._bad("the cell points to a text that is not there", "Save the workbook anew.")
            return self.texts[int(text)] or None
        if self._kind in ("str", "inlineStr", "d"):
            return text
        if self._kind == "b":
            return text.strip() == "1"
        try:
            number = float(text)
        except ValueError as error:
            raise self._bad("the cell holds no number", "Save the workbook anew.") from error
        return self._date(number) if self._style in self.dates else number

    def _date(self, days: float) -> Cell:
        if not 0 <= days < 2_958_466:
            return days
        moment = self.epoch + datetime.timedelta(seconds=round(days * 86_400))
        return moment.date().isoformat() if moment.time() == datetime.time() else moment.isoformat(" ")

    def _bad(self, what: str, do: str) -> errors.InputError:
        address = self._address or f"row {self._row}, column {self._column}"
        return errors.bad_cell(self.book.name, self.sheet, errors.shown(address, 20), what, do)


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
    names, about = names_of(name, raw, sample)
    kept = [i for i, n in enumerate(names, start=1) if n is not None]
    if reader.about.hidden_rows or reader.about.hidden_columns:
        hidden = [words.plural(reader.about.hidden_rows, "row"), words.plural(reader.about.hidden_columns, "column")]
        text = f"{words.joined([h for h in hidden if not h.startswith('0 ')])} of the sheet are hidden"
        count = reader.about.hidden_rows or reader.about.hidden_columns
        findings.append(Finding("COT010", "warning", None, count, text, "used all the same"))
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
    widest = max(len(row.cells) for row in rows[:HIGHEST_HEADER])
    skipped = 0
    while len(rows) > 1 and len(rows[0].cells) <= 1 < widest:
        rows, skipped = rows[1:], skipped + 1
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
