"""Delimited text of any dialect and encoding as counted rows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coterie import errors, words
from coterie.findings import Finding
from coterie.reading import _rows
from coterie.reading.dialect import Dialect, find_header, guess, split_rows
from coterie.reading.encoding import UTF8, encoding_of, to_utf8
from coterie.reading.header import check_header, check_width, names_of
from coterie.reading.notation import Remark
from coterie.reading.request import Reading
from coterie.reading.sampled_cells import BLOCK, judge_columns, sample_cells
from coterie.reading.swallowed_rows import Habits, count_inside, find_swallowed, habits_of
from coterie.reading.text import CANONICAL, LONGEST_CELL, RejectedRow, Text, TextColumn

HEAD = 1 << 20
LISTED_ROWS = 20
MOST_THREADS = 8
TOTALS = re.compile(r"(grand |sub)?(total|sum|summe|gesamt|somme|suma|totale)s?:?", re.IGNORECASE)
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
    text, whole, mark = _read_beginning(path)
    named_there, text_start = _read_delimiter_line(text)
    delimiter = reading.delimiter or named_there
    if delimiter is not None and len(delimiter) > 1 and delimiter != "\\t":
        path, delimiter = _write_single_delimiter(path, delimiter, spill), "\x1f"
        text, whole, mark = _read_beginning(path)
    found = guess(text[text_start:], "\t" if delimiter == "\\t" else delimiter)
    if len(found.delimiter.encode()) != 1 or found.delimiter in '"\r\n':
        raise errors.bad_option("--delimiter", found.delimiter, "one plain character, such as ; or a tab")
    head = find_header(text[text_start:], found, given_skip=reading.skip_rows, has_header=reading.header)
    if head is None:
        raise errors.empty_source(name)
    _check_characters(name, text[: text_start + head.end], mark)
    check_width(name, head, found, text[text_start:])
    cells = sample_cells(path, text[text_start + head.end :], found, len(head.names), whole=whole)
    if reading.header:
        check_header(name, head.names, cells)
    named, findings = names_of(name, head.names, cells)
    start = mark + len(text[: text_start + head.end].encode("utf-8", "surrogateescape"))
    first_line = head.line + _count_lines(text, text_start)
    if head.skipped:
        what = "comments and titles" if head.comments else "titles"
        findings.append(
            Finding(
                "COT003",
                "warning",
                None,
                head.skipped,
                f"{words.plural(head.skipped, 'line')} before the header ({what})",
                "left out",
            )
        )
    habits = habits_of(cells, len(head.names), trim=found.trim)
    if lines := count_inside(head.names, found, habits):
        raise errors.swallowed_rows(name, None, head.line, lines)
    layout = _Layout(name, found, start, first_line, [n or "" for n in head.names], habits)
    scan = _scan(path, layout, encoding)
    columns = judge_columns(named, cells, reading, verbatim)
    _check_notation(name, columns)
    whole = whole and len(cells) >= scan["rows"]
    skip = _count_lines(text, text_start + head.end)
    counted = Text(name, path, found, skip, first_line, scan["rows"], columns, whole, start, tuple(findings))
    return _make_regular(counted, layout, scan, spill, reading)


@dataclass(frozen=True, slots=True)
class _Layout:
    name: str
    dialect: Dialect
    start: int
    first_line: int
    names: list[str]
    habits: Habits


# ── the beginning ─────────────────────────────────────────────────────────────────────────────────────────────────


def _as_utf8(path: Path, name: str, spill: Path, reading: Reading) -> tuple[Path, str]:
    encoding = encoding_of(path, reading.encoding)
    if encoding in UTF8:
        return path, "UTF-8"
    target = spill / "decoded.csv"
    to_utf8(path, encoding, target)
    return target, "UTF-8"


def _read_beginning(path: Path) -> tuple[str, bool, int]:
    """Return the first megabyte, whether that is all, its mark's length."""
    with path.open("rb") as file:
        data = file.read(HEAD)
        whole = not file.read(1)
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return data[mark:].decode("utf-8", "surrogateescape"), whole, mark


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


def _read_delimiter_line(text: str) -> tuple[str | None, int]:
    """Return what a first line such as ``sep=;`` names, and its end."""
    match = re.match(r"[\r\n]*\"?sep=([^\r\n\"])\"?(\r\n|\n|\r)", text, re.IGNORECASE)
    return (match[1], match.end()) if match else (None, 0)


def _write_single_delimiter(path: Path, delimiter: str, spill: Path) -> Path:
    """Write a copy whose delimiter is a single control character."""
    target, old = spill / "delimited.csv", delimiter.encode()
    with path.open("rb") as file, target.open("wb") as out:
        for line in file:
            out.write(line.replace(old, b"\x1f"))
    return target


def _count_lines(text: str, end: int) -> int:
    return len(re.findall(r"\r\n|\n|\r", text[:end]))


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


def _make_regular(text: Text, layout: _Layout, scan: _rows.Scan, spill: Path, reading: Reading) -> Text:
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
    kinds_of_end = sum(1 for end in ("lf", "crlf", "cr") if scan[end])
    if kinds_of_end > 1:
        rarer = min(n for n in (scan["lf"], scan["crlf"], scan["cr"]) if n)
        findings.append(
            Finding(
                "COT004", "warning", None, rarer, "the line ends are mixed (LF, CRLF or CR)", "all of them end a row"
            )
        )
    text = replace(text, findings=tuple(findings), feeds_only=bool(scan["lf"]) and kinds_of_end == 1)
    plain = (
        d == Dialect(d.delimiter)
        and kinds_of_end <= 1
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
        raise errors.ragged(text.name, rows, scan["irregular"], len(layout.names))


def _look_inside_quotes(
    text: Text, layout: _Layout, scan: _rows.Scan, findings: list[Finding], *, strict: bool
) -> list[int]:
    """Return the rows of which a quoted cell holds others, and add the finding."""
    found = find_swallowed(text.path, layout.dialect, scan["suspects"], layout.habits)
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
        rejected.append(RejectedRow(done["read"] + line, "looks like a total", False))
    return replace(
        text, path=target, dialect=CANONICAL, skip=0, rows=written, rejected=tuple(rejected), feeds_only=True,
        origin=text, dropped=left_out,
    )  # fmt: skip


def _ends_with_total(path: Path, found: Dialect, width: int, rows: int) -> bool:
    """Say whether the last row sums the others up.

    It says so, and most of it is empty.
    """
    if rows < 2 or width < 3:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - BLOCK))
        tail = file.read().decode("utf-8", "replace").rstrip("\r\n")
    last = next(iter(split_rows(tail[max(tail.rfind("\n"), tail.rfind("\r")) + 1 :], found)), None)
    if last is None or len(last.fields) != width or last.filled > width / 2:
        return False
    return any(TOTALS.fullmatch(f.strip()) for f in last.fields)


def _drop_last_line(path: Path) -> None:
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        back = min(size, 2 * BLOCK)
        file.seek(size - back)
        tail = file.read()
        file.truncate(size - back + tail.rstrip(b"\n").rfind(b"\n") + 1)
