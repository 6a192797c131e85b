"""How a source is to be read."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence

from coterie import errors
from coterie.doors import frozen
from coterie.options import BAD_ROWS, DATE_ORDERS
from coterie.reading.date_forms import SHORT_YMD, DateForm, day_in
from coterie.reading.notation import Notation
from coterie.reading.number_patterns import PLAIN

DECIMALS = (".", ",")
MOST_SKIPPED = 1_000_000_000
LONGEST_DELIMITER = 16
NO_ENCODINGS = ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined")  # they are for pieces of text


@frozen
class Before:
    """A column as it was when the segments were formed.

    ``notation`` None: its values had types, or were written as programs write them.
    """

    name: str
    kind: str
    notation: Notation | None = None

    @property
    def decimal(self) -> str | None:
        """The decimal sign of its numbers."""
        return (self.notation or Notation()).decimal if self.kind == "number" else None

    @property
    def order(self) -> str | None:
        """The order of day, month and year in its dates."""
        return (self.notation or Notation()).order if self.kind == "date" else None


@frozen
class Reading:
    """How a file is to be read; None: found out from it.

    ``on_bad_rows`` is ``error``, ``skip`` or ``repair``; ``date_order`` is ``dmy``, ``mdy`` or ``ymd``; ``time_zone``
    is the IANA name of the zone whose days moments fall on, None: a day is the one written; ``time_limit`` is in
    seconds. ``before`` says what columns were when the segments were formed, and how they were written: a new table's
    column is read as that, whatever it looks like. ``in_place`` leaves a large text where it is, for one look at all
    rows, and makes a second relation of some rows from all over it. ``missing`` are the entries of ``--missing``.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool = True
    skip_rows: int | None = None
    date_order: str | None = None
    time_zone: str | None = None
    on_bad_rows: str = "error"
    sheet: str | None = None
    table: str | None = None
    allow_incomplete: bool = False
    time_limit: float | None = None
    before: tuple[Before, ...] = ()
    in_place: bool = False
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.encoding is not None:
            codec_of(self.encoding)
        if self.decimal is not None and self.decimal not in DECIMALS:
            raise errors.bad_option("--decimal", self.decimal, "a point or a comma")
        if self.delimiter is not None and not _may_separate(self.delimiter):
            raise errors.bad_option("--delimiter", self.delimiter, "a character or a few, such as ; or a tab")
        if self.skip_rows is not None and not (type(self.skip_rows) is int and 0 <= self.skip_rows <= MOST_SKIPPED):
            raise errors.bad_option("--skip-rows", self.skip_rows, f"a whole number from 0 to {MOST_SKIPPED}")
        if self.on_bad_rows not in BAD_ROWS:
            raise errors.bad_option("--on-bad-rows", self.on_bad_rows, f"one of {', '.join(BAD_ROWS)}")
        if self.date_order is not None and self.date_order not in DATE_ORDERS:
            raise errors.bad_option("--date-order", self.date_order, f"one of {', '.join(DATE_ORDERS)}")
        if self.time_limit is not None and not (0 < self.time_limit < math.inf):
            raise errors.bad_option("--time-limit", self.time_limit, "a number of seconds above 0")

    @property
    def order(self) -> str | None:
        """The order of day, month and year that was asked for; who says that the year is first means short ones too."""
        return SHORT_YMD if self.date_order == "ymd" else self.date_order

    def column(self, name: str) -> Before | None:
        """Return what a column was before; None: nothing is known."""
        return next((c for c in self.before if c.name == name), None)

    def words_for_missing(self, name: str) -> frozenset[str]:
        """Return the words that mean missing in a column, as asked for; numbers and days are values until then."""
        found = missing_of(self.missing, (name,)) if self.missing else {}
        asked = (*found.get("", ()), *found.get(name, ()))
        return frozenset(w for w in asked if not PLAIN.fullmatch(w) and day_in(w, DateForm.YEAR_FIRST) is None)


def missing_of(entries: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values that mean missing, by the column that they are named for; "" for every column.

    >>> missing_of(("98,99", "a=b=1"), ("a=b", "c"))
    {'': ('98', '99'), 'a=b': ('1',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        places = [i for i, c in enumerate(entry) if c == "="]
        cut = next((i for i in places if entry[:i].strip() in names), places[0] if places else -1)
        name = entry[:cut].strip() if places else ""
        values = tuple(v.strip() for v in entry[cut + 1 :].split(",") if v.strip())
        found[name] = (*found.get(name, ()), *values)
    return found


def codec_of(encoding: str) -> str:
    """Return Python's name of an encoding.

    Raises
    ------
    InputError : there is none of this name, or it is none for files of text.
    """
    wanted = "an encoding such as utf-8, latin-1, cp1252"
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError, TypeError) as error:
        raise errors.bad_option("--encoding", encoding, wanted) from error
    # hex, zip and their like turn bytes into bytes
    if not codec._is_text_encoding or codec.name.replace("_", "-") in NO_ENCODINGS:
        raise errors.bad_option("--encoding", encoding, wanted)
    return codec.name


def _may_separate(delimiter: str) -> bool:
    return 0 < len(delimiter) <= LONGEST_DELIMITER and not any(c in '"\r\n\0' for c in delimiter)
