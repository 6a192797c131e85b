"""Delimited text of any dialect and encoding as counted rows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from coterie import errors, words
from coterie.doors import frozen
from coterie.findings import Finding
from coterie.reading import _rows
from coterie.reading.dialect import DELIMITERS, Dialect, Head, find_header, guess, split_rows
from coterie.reading.encoding import UTF8, encoding_of, to_utf8
from coterie.reading.header import check_header, check_width, names_of
from coterie.reading.notation import Remark
from coterie.reading.request import Reading
from coterie.reading.sampled_cells import BLOCK, judge_columns, sample_cells
from coterie.reading.separators import SEPARATOR, is_in_columns, write_one_separator
from coterie.reading.swallowed_rows import Habits, count_inside, find_swallowed, habits_of
from coterie.reading.text import CANONICAL, LONGEST_CELL, RejectedRow, Text, TextColumn
from coterie.reading.total_row import TOTAL, is_total

HEADS = (1 << 20, 1 << 23, 1 << 26)  # so much of the beginning is read, until the header ends in it
LINE_ENDS = re.compile(r"\r\n|\n|\r")
LISTED_ROWS = 20
MOST_THREADS = 8
REASONS = {
    1: "too few fields",
    2: "too many fields",
    3: "text after a closing quote",
    4: "a quote that never closes",
    5: "a quoted cell holds other rows",
}


def prepare(path: Path, name: str, spill: Path, reading: Reading, verbatim: Callable[[str], bool]) -> Text:
    """Return a text file as rows that were counted and found regular.

    Parameters
    ----------
    path, name : the file, and what to call it in messages.
    spill : a private folder for a rewritten copy, where one is needed.
    verbatim : tells by its name whether a column must stay text to the letter.

    Raises
    ------
    InputError : not text, no header, rows that do not fit it, quotes that do not close, cells without an end.

    Notes
    -----
    Cost: one pass that counts; one more that rewrites where the dialect is one that the engine may misread.
    """
    path, encoding = _as_utf8(path, name, spill, reading)
    began = _begin(path, name, spill, reading)
    head, found = began.head, began.dialect
    check_width(name, head, found, began.text)
    cells = sample_cells(began.path, began.text[head.end :], found, len(head.names), whole=began.whole)
    if reading.header:
        check_header(name, head.names, cells, began.lines + head.line)
    named, findings = names_of(name, head.names, cells)
    habits = partial(habits_of, cells, len(head.names), trim=found.trim)
    if LINE_ENDS.search("".join(n or "" for n in head.names)) and (lines := count_inside(head.names, found, habits())):
        raise errors.swallowed_rows(name, None, began.lines + 1, lines)
    layout = _Layout(name, found, began.start, began.lines + head.line, [n or "" for n in head.names], habits)
    scan = _scan(began.path, layout, encoding)
    columns = judge_columns(named, cells, reading, verbatim, found.delimiter)
    _check_notation(name, columns)
    counted = Text(
        name, began.path, found, began.lines + _count_lines(began.text, head.end), layout.first_line, scan["rows"],
        columns, began.whole and len(cells) >= scan["rows"], began.start, (*began.findings(), *findings),
    )  # fmt: skip
    return _make_regular(counted, layout, scan, spill, reading, began.line_end)


@frozen
class _Beginning:
    """The beginning of a text, after the lines that are none of the table's.

    ``bytes`` and ``lines`` come before it; ``whole`` says that it is all there is.
    """

    path: Path
    text: str
    whole: bool
    bytes: int
    lines: int
    dialect: Dialect
    head: Head
    in_columns: bool

    @property
    def start(self) -> int:
        """The first byte of the data."""
        return self.bytes + len(self.text[: self.head.end].encode("utf-8", "surrogateescape"))

    @property
    def line_end(self) -> str:
        """What ends the header's last line."""
        ends = LINE_ENDS.findall(self.text[max(0, self.head.end - 2) : self.head.end])
        return ends[-1] if ends else ""

    def findings(self) -> list[Finding]:
        """Return what was remarkable before the data."""
        found = []
        if self.head.skipped:
            what = "comments and titles" if self.head.comments else "titles"
            seen = f"{words.plural(self.head.skipped, 'line')} before the header ({what})"
            found.append(Finding("COT003", "warning", None, self.head.skipped, seen, "left out"))
        if self.in_columns:
            seen = "the columns are separated by runs of blanks"
            found.append(Finding("COT020", "warning", None, len(self.head.names), seen, "each run separates two cells"))
        return found


@frozen
class _Layout:
    name: str
    dialect: Dialect
    start: int
    first_line: int
    names: list[str]
    habits: Callable[[], Habits]


# ── the beginning ─────────────────────────────────────────────────────────────────────────────────────────────────


def _as_utf8(path: Path, name: str, spill: Path, reading: Reading) -> tuple[Path, str]:
    encoding = encoding_of(path, reading.encoding)
    if encoding in UTF8:
        return path, "UTF-8"
    target = spill / "decoded.csv"
    to_utf8(path, encoding, target)
    return target, "UTF-8"


def _begin(path: Path, name: str, spill: Path, reading: Reading) -> _Beginning:
    """Return the beginning of a text, with as much as its header needs.

    Raises
    ------
    InputError : no rows, a header without an end, bytes that are no text, a delimiter that cannot be one.
    """
    for size in HEADS:
        text, whole, mark = _read_beginning(path, size)
        start, lines, named_there = _find_start(text, reading.skip_rows)
        delimiter = "\t" if reading.delimiter == "\\t" else reading.delimiter or named_there
        if delimiter is not None and any(c in '"\r\n' for c in delimiter):
            raise errors.bad_option("--delimiter", delimiter, "plain characters, such as ; or a tab")
        usual = any(d in text[start:].lstrip("\r\n").partition("\n")[0] for d in DELIMITERS)
        in_columns = (delimiter == " " or not (delimiter or usual)) and is_in_columns(text[start:])
        if in_columns or (delimiter is not None and len(delimiter.encode()) > 1):
            path = write_one_separator(path, delimiter or " ", spill / "delimited.csv", blanks=in_columns)
            return replace(_begin(path, name, spill, replace(reading, delimiter=SEPARATOR)), in_columns=in_columns)
        found = guess(text[start:], delimiter)
        head = find_header(text[start:], found, titles=reading.skip_rows is None, has_header=reading.header)
        if whole or (head is not None and start + head.end < len(text)):
            break
    else:
        raise errors.endless_header(name, HEADS[-1])
    if head is None:
        raise errors.empty_source(name)
    _check_characters(name, text[: start + head.end], mark)
    before = mark + len(text[:start].encode("utf-8", "surrogateescape"))
    return _Beginning(path, text[start:], whole, before, lines, found, head, in_columns=False)


def _read_beginning(path: Path, size: int) -> tuple[str, bool, int]:
    """Return the first bytes as text, whether they are all, the mark's length."""
    with path.open("rb") as file:
        data = file.read(size)
        whole = not file.read(1)
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return data[mark:].decode("utf-8", "surrogateescape"), whole, mark


def _find_start(text: str, skipped: int | None) -> tuple[int, int, str | None]:
    """Return where the table may begin, the lines before it, the delimiter that they name.

    Lines that the user leaves out come before it, and a first line such as ``sep=;``.
    """
    match = re.match(r"[\r\n]*\"?sep=([^\r\n\"])\"?(\r\n|\n|\r)", text, re.IGNORECASE)
    ends = [end.end() for end in islice(LINE_ENDS.finditer(text), skipped or 0)]
    start = max(match.end() if match else 0, ends[-1] if ends else 0)
    if ends and len(ends) < (skipped or 0):
        start = len(text)
    return start, _count_lines(text, start), match[1] if match else None


def _check_characters(name: str, text: str, mark: int) -> None:
    """Refuse a header with bytes that are not UTF-8, or NUL.

    The rows after it are looked at by the count.
    """
    wrong = re.search(r"[\x00\udc80-\udcff]", text)
    if wrong is None:
        return
    place = mark + len(text[: wrong.start()].encode("utf-8", "surrogateescape"))
    if wrong[0] == "\0":
        line = _count_lines(text, wrong.start()) + 1
        what = "a NUL byte: the file is damaged, or not text"
        raise errors.broken_text(name, what, 0, line, "Get the file again, or name its --encoding.")
    raise errors.undecodable(name, "UTF-8", place)


def _count_lines(text: str, end: int) -> int:
    return len(LINE_ENDS.findall(text[:end]))


def _check_notation(name: str, columns: Sequence[TextColumn]) -> None:
    for column in columns:
        if column.name is not None and Remark.MIXED_SEPARATORS in column.values.remarks and not column.verbatim:
            raise errors.mixed_separators(name, column.name)


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _scan(path: Path, layout: _Layout, encoding: str) -> _rows.Scan:
    """Return what the independent count says of the data rows.

    Raises
    ------
    InputError : bytes, quotes or cells that leave the rows in doubt.
    """
    d, name = layout.dialect, layout.name
    threads = min(MOST_THREADS, os.cpu_count() or 1)
    limits = (len(layout.names), LONGEST_CELL, LISTED_ROWS, threads)
    scan = _rows.scan(str(path), d.delimiter, d.quote, d.escape, d.trim, layout.start, *limits)
    line = layout.first_line - 1
    if place := scan["nul"]:
        what = "a NUL byte: the file is damaged, or not text"
        raise errors.broken_text(
            name, what, place[0] + 1, place[1] + line, "Get the file again, or name its --encoding."
        )
    if place := scan["invalid"]:
        raise errors.undecodable(name, encoding, layout.start + place[2], place[0] + 1)
    if place := scan["longest"]:
        column = layout.names[place[2]].strip() if place[2] < len(layout.names) else ""
        what = f"a cell of column {errors.quoted(column)} is longer than {LONGEST_CELL:,} bytes"
        do = "Shorten it; if quotes are not closed from that row on, close them."
        raise errors.broken_text(name, what, place[0] + 1, place[1] + line, do)
    if place := scan["open"]:
        what = "a quote is opened and never closed"
        raise errors.broken_text(
            name, what, place[0] + 1, place[1] + line, "Close the quote, or double it if it belongs to the value."
        )
    return scan


def _make_regular(text: Text, layout: _Layout, scan: _rows.Scan, spill: Path, reading: Reading, line_end: str) -> Text:
    """Return the text as an engine will surely read it.

    As it is, or rewritten; bad rows refused, left out or repaired.

    Raises
    ------
    InputError : rows that do not fit the header, unless they may be skipped or repaired.
    """
    d = layout.dialect
    findings = list(text.findings)
    if reading.on_bad_rows == "error":
        _check_rows(text, layout, scan)
    swallowed = _look_inside_quotes(text, layout, scan, findings, strict=reading.on_bad_rows == "error")
    total = _check_last_row(text, layout, scan, strict=reading.on_bad_rows == "error")
    ends = {"\n": scan["lf"], "\r\n": scan["crlf"], "\r": scan["cr"]}
    if line_end:
        ends[line_end] += 1
    used = [n for n in ends.values() if n]
    if len(used) > 1:
        seen = "the line ends are mixed (LF, CRLF or CR)"
        findings.append(Finding("COT004", "warning", None, min(used), seen, "all of them end a row"))
    text = replace(text, findings=tuple(findings), feeds_only=bool(scan["lf"]) and len(used) == 1)
    plain = (
        d == Dialect(d.delimiter)
        and len(used) <= 1
        and not (scan["cr"] or scan["loose"] or scan["stray"] or scan["irregular"] or total or swallowed)
        and not (len(layout.names) == 1 and scan["blank"])
    )
    if plain:
        return text
    return rewrite(text, layout.start, spill, reading.on_bad_rows, dropped=swallowed, drop_last=total)


def _check_rows(text: Text, layout: _Layout, scan: _rows.Scan) -> None:
    line = layout.first_line - 1
    if place := scan["stray"]:
        what = "text follows a closing quote"
        do = "Double the quotes that belong to the value, or leave such rows out with --on-bad-rows skip."
        raise errors.broken_text(text.name, what, place[0] + 1, place[1] + line, do)
    if scan["irregular"]:
        rows = [(row + 1, at + line, n) for row, at, n in scan["first"]]
        wanted, fields = len(layout.names), {n for _, _, n in rows}
        to_the_end = len(rows) > 1 and rows[0][0] - 1 + scan["irregular"] == scan["rows"]
        begins = to_the_end and len(fields) == 1 and min(fields) > wanted
        raise errors.ragged(text.name, rows, scan["irregular"], wanted, begins=begins)


def _look_inside_quotes(
    text: Text, layout: _Layout, scan: _rows.Scan, findings: list[Finding], *, strict: bool
) -> list[int]:
    """Return the rows of which a quoted cell holds others, and add the finding."""
    suspects = scan["suspects"]
    found = find_swallowed(text.path, layout.dialect, suspects, layout.habits()) if suspects else []
    if not found:
        return []
    inside = sum(row.lines for row in found)
    if strict:
        row, line, _ = found[0]
        raise errors.swallowed_rows(text.name, row + 1, line + layout.first_line - 1, inside)
    seen = f"quoted cells hold {words.plural(inside, 'line')} that look like rows"
    findings.append(Finding("COT019", "warning", None, inside, seen, "left out with the row they are in"))
    return [row.row for row in found]


def _check_last_row(text: Text, layout: _Layout, scan: _rows.Scan, *, strict: bool) -> bool:
    total = _ends_with_total(text.path, layout.dialect, len(layout.names), scan["rows"])
    if total and strict:
        ended = scan["lf"] + scan["crlf"] + scan["cr"] > 0
        raise errors.total_row(text.name, scan["rows"], scan["lines"] + layout.first_line - 1 - ended)
    return total


def rewrite(
    text: Text, start: int, spill: Path, bad: str, *, dropped: Sequence[int] = (), drop_last: bool = False
) -> Text:
    """Return the text as a copy without header in the canonical dialect.

    Commas, double quotes and line feeds only; rows that do not fit are left out or repaired.
    """
    target = spill / "rewritten.csv"
    d = text.dialect
    done = _rows.rewrite(
        str(text.path),
        str(target),
        d.delimiter,
        d.quote,
        d.escape,
        d.trim,
        start,
        len(text.columns),
        bad,
        list(dropped),
    )
    if done["read"] != text.rows:
        raise errors.uncounted(text.name, done["read"], text.rows)
    line = text.first_line - 1
    rejected = [RejectedRow(at + line, REASONS[why], kept) for _, at, why, kept in done["rejected"]]
    left_out = tuple(row for row, _, _, kept in done["rejected"] if not kept)
    written = done["written"]
    if drop_last and written:
        _drop_last_line(target)
        written -= 1
        rejected.append(RejectedRow(done["read"] + line, TOTAL, False))
    return replace(
        text, path=target, dialect=CANONICAL, skip=0, rows=written, rejected=tuple(rejected), feeds_only=True,
        origin=text, dropped=left_out,
    )  # fmt: skip


def _ends_with_total(path: Path, found: Dialect, width: int, rows: int) -> bool:
    """Say whether the last row sums the others up."""
    if rows < 2:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - BLOCK))
        tail = file.read().decode("utf-8", "replace").rstrip("\r\n")
    last = next(iter(split_rows(tail[max(tail.rfind("\n"), tail.rfind("\r")) + 1 :], found)), None)
    return last is not None and len(last.fields) == width and is_total(last.fields)


def _drop_last_line(path: Path) -> None:
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        back = min(size, 2 * BLOCK)
        file.seek(size - back)
        tail = file.read()
        file.truncate(size - back + tail.rstrip(b"\n").rfind(b"\n") + 1)
