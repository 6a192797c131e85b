"""JSON, strictly: a list of flat objects, or one object a line.

NaN, doubled keys and second documents are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO

from coterie import errors
from coterie.reading.encoding import encoding_of
from coterie.reading.header import MOST_COLUMNS
from coterie.reading.request import Reading
from coterie.reading.text import Text
from coterie.reading.typed_rows import RowWriter

PIECE = 1 << 20
DEEPEST = 64
LONGEST_OBJECT = 1 << 26
SPACE = " \t\r\n"
BLANKS = re.compile(f"[{SPACE}]*")
EXACT, MOST_DIGITS = 1e15, 4_000


Nested = dict[str, object] | list[object]


class _WrongError(ValueError):
    """What is wrong with a document, in words."""


def prepare(path: Path, name: str, spill: Path, reading: Reading, verbatim: Callable[[str], bool]) -> Text:
    """Return the objects of a JSON file as counted text.

    Raises
    ------
    InputError : not JSON, not a list of objects; the row or the line is named.

    Notes
    -----
    Cost: two passes over the file, one for the keys and one for the rows, object by object; memory stays small.
    """
    names = _collect_names(path, name, reading)
    writer = RowWriter(spill / "objects.csv", name, names)
    try:
        for row in objects(path, name, reading):
            writer.add([row.get(n) for n in names])
        return writer.text(reading, verbatim)
    except UnicodeEncodeError as error:
        raise errors.bad_json(
            name, "a text holds half a character (a lone surrogate)", f"row {writer.rows:,}"
        ) from error
    finally:
        writer.close()


def _collect_names(path: Path, name: str, reading: Reading) -> list[str]:
    found: dict[str, None] = {}
    for row in objects(path, name, reading):
        found.update(dict.fromkeys(row))
        if len(found) > MOST_COLUMNS:
            raise errors.too_many_columns(name, len(found), MOST_COLUMNS)
    if not found:
        raise errors.empty_source(name)
    for key in found:
        if any("\ud800" <= c <= "\udfff" for c in key):
            raise errors.bad_json(name, "a key holds half a character (a lone surrogate)", "")
    return list(found)


def objects(path: Path, name: str, reading: Reading) -> Iterator[dict[str, object]]:
    """Give the objects of a JSON file, one after the other.

    Raises
    ------
    InputError : not JSON, or not objects.
    """
    found = encoding_of(path, reading.encoding)
    encoding = "utf-8-sig" if found == "utf-8" else found
    try:
        with path.open(encoding=encoding, newline="") as file:
            beginning = file.read(PIECE).lstrip(SPACE)
        with path.open(encoding=encoding, newline="") as file:
            if beginning.startswith("["):
                yield from _objects_of_list(file, name)
            elif beginning.startswith("{"):
                yield from _objects_of_lines(file, name, alone=_is_one_document(beginning))
            else:
                raise errors.bad_json(name, "it holds a single value, not rows", "the beginning of the file")
    except UnicodeDecodeError as error:
        raise errors.undecodable(name, encoding, error.start) from error


def _is_one_document(beginning: str) -> bool:
    """Say whether a text is one object and no rows.

    Such as the answer of a service.
    """
    try:
        json.loads(beginning)
    except (ValueError, RecursionError):
        return "\n" in beginning.strip() and not re.search(r"\}\s*\n\s*\{", beginning)
    return True


def _objects_of_lines(file: IO[str], name: str, *, alone: bool) -> Iterator[dict[str, object]]:
    rows = 0
    if alone:
        raise errors.bad_json(name, "it is one object, not a list of rows", "the beginning of the file")
    for line, text in enumerate(file, start=1):
        if not text.strip(SPACE):
            continue
        rows += 1
        try:
            row = DECODER.decode(text.strip(SPACE))
        except (ValueError, RecursionError) as error:
            raise errors.bad_json(name, _explain(error), f"row {rows:,}, line {line:,}") from error
        yield _check_row(row, name, f"row {rows:,}, line {line:,}")


class _Window:
    """A part of a document in memory, and the place in it that is read next."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.text, self.at = file, "", 0

    @property
    def size(self) -> int:
        """Characters that are there to be read."""
        return len(self.text) - self.at

    def read_on(self) -> bool:
        """Read on, as much again as is there; False at the end of the file."""
        piece = self.file.read(max(PIECE, self.size))
        self.text, self.at = self.text[self.at :] + piece, 0
        return bool(piece)

    def peek(self) -> str:
        """Return the next sign that is no blank, or nothing at the end of the file."""
        while True:
            blanks = BLANKS.match(self.text, self.at)
            self.at = self.at if blanks is None else blanks.end()
            if self.size or not self.read_on():
                return self.text[self.at : self.at + 1]


def _objects_of_list(file: IO[str], name: str) -> Iterator[dict[str, object]]:
    """Give the objects of a list, one at a time in memory."""
    window, rows = _Window(file), 0
    window.peek()
    window.at += 1  # the bracket
    if window.peek() != "]":
        while True:
            rows += 1
            yield _check_row(_next(window, name, rows), name, f"row {rows:,}")
            sign = window.peek()
            if sign != ",":
                break
            window.at += 1
        if not sign:
            raise errors.bad_json(name, "the list does not end", f"after row {rows:,}")
        if sign != "]":
            raise errors.bad_json(name, "a comma is missing between rows", f"after row {rows:,}")
    window.at += 1
    if window.peek():
        raise errors.bad_json(name, "something follows the end of the list", f"after row {rows:,}")


def _next(window: _Window, name: str, row: int) -> object:
    """Return the next value, reading on as needed.

    Cost: in proportion to its size, however much of the document is in memory.
    """
    if not window.peek():
        raise errors.bad_json(name, "the list does not end", f"after row {row - 1:,}")
    while True:
        try:
            value, window.at = DECODER.raw_decode(window.text, window.at)
            return value  # a number may go on behind what was read, but it is no row either way
        except _WrongError as error:
            raise errors.bad_json(name, _explain(error, window.at), f"row {row:,}") from error
        except (ValueError, RecursionError) as error:
            start, lasting = window.at, isinstance(error, RecursionError) or window.size > LONGEST_OBJECT
            if lasting or not window.read_on():
                raise errors.bad_json(name, _explain(error, start), f"row {row:,}") from error


def _explain(error: BaseException, start: int = 0) -> str:
    """Return what is wrong without a value of the file; the row starts at that place of what was read."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, _WrongError):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} at character {error.pos - start + 1:,} of the row"
    return "it cannot be parsed"


def _check_row(value: object, name: str, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise errors.bad_json(name, "a row is not an object", place)
    if any(isinstance(v, dict | list) and _is_too_deep(v) for v in value.values()):
        raise errors.bad_json(name, "it is nested too deeply", place)
    return value


def _is_too_deep(value: Nested) -> bool:
    depth, level = 1, [value]
    while level and depth <= DEEPEST:
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        depth += 1
    return depth > DEEPEST


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _WrongError("an object has the same key twice")
    return found


def _constant(word: str) -> float:
    raise _WrongError(f"{word} is not JSON")


def _float(text: str) -> int | float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _WrongError("a number is too large")
    if value.is_integer() and abs(value) >= EXACT and "e" not in text.lower():  # such as an id written 1...7.0
        return int(Decimal(text))
    return value


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _WrongError("a number is too large")
    return int(text)


DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float, parse_int=_int)
