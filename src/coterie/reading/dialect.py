"""What separates the columns of a text, and where its header is.

Both are guessed from the beginning, and proved on the whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from coterie.doors import frozen

DELIMITERS = (",", ";", "\t", "|")
UNUSUAL = ("^", "~", ":", " ", "||", "::", "¦", "\x1f", "\x01")
GUESSED_ON = 65_536
PREAMBLE_ROWS = 40
_LINES = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
TRUSTED = 0.3  # fewer rows of one width may have it by chance


@frozen
class Dialect:
    """What separates and quotes the cells of a text.

    ``quote`` is empty where there is none, ``escape`` where a quote inside quotes is doubled; ``trim`` takes off blanks
    after delimiters.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    trim: bool = False


@frozen
class Row:
    """A row: its fields, the line it starts on, where it ends."""

    fields: list[str]
    line: int
    end: int  # characters up to and with its line end

    @property
    def blank(self) -> bool:
        """Whether nothing but blanks is on the row."""
        return len(self.fields) == 1 and not self.fields[0].strip()

    @property
    def filled(self) -> int:
        """How many fields are not empty."""
        return sum(1 for f in self.fields if f.strip())


def split_rows(text: str, dialect: Dialect) -> Iterator[Row]:
    """Give the rows of a text, the last one even if cut."""
    if dialect.quote and dialect.quote in text:
        yield from _split_quoted(text, dialect)
        return
    for line, match in enumerate(_LINES.finditer(text), start=1):
        fields = match[0].rstrip("\r\n").split(dialect.delimiter)
        yield Row([f.lstrip(" ") for f in fields] if dialect.trim else fields, line, match.end())


def _split_quoted(text: str, dialect: Dialect) -> Iterator[Row]:
    q, d = re.escape(dialect.quote), re.escape(dialect.delimiter)
    inside = rf"(?:[^{q}{re.escape(dialect.escape)}]|{re.escape(dialect.escape)}.)*" if dialect.escape else None
    inside = inside or rf"(?:[^{q}]|{q}{q})*"
    blanks = " *" if dialect.trim else ""
    quoted_field = rf"{blanks}{q}({inside})(?:{q}|\Z)([^{d}\r\n]*)|"
    pattern = re.compile(rf"(?:{quoted_field}([^{d}\r\n]*))({d}|\r\n|\r|\n|\Z)", re.DOTALL)
    place, line, started, fields = 0, 1, 1, []
    while place < len(text):
        match = pattern.match(text, place)
        if match is None:  # pragma: no cover - the last alternative matches anything
            return
        quoted, after, plain, end = match.groups()
        if quoted is not None:
            value = _unescape(quoted, dialect) + after
            line += quoted.count("\n") + quoted.count("\r") - quoted.count("\r\n")
        else:
            value = plain.lstrip(" ") if dialect.trim else plain
        fields.append(value)
        place = match.end()
        if end != dialect.delimiter:
            line += 1
            yield Row(fields, started, place)
            started, fields = line, []
    if fields:
        yield Row([*fields, ""], started, place)


def _unescape(text: str, dialect: Dialect) -> str:
    if dialect.escape:
        return re.sub(re.escape(dialect.escape) + "(.)", r"\1", text, flags=re.DOTALL)
    return text.replace(dialect.quote * 2, dialect.quote)


def guess(text: str, delimiter: str | None = None) -> Dialect:
    r"""Return the dialect that makes the rows of a text most alike.

    Parameters
    ----------
    text : the beginning of the file.
    delimiter : the one that was named; None: one of comma, semicolon, tab and bar.

    >>> guess("a;b\n1,5;2\n2,5;3\n").delimiter
    ';'
    """
    text = text[:GUESSED_ON]
    best = max((Dialect(d) for d in _candidates(text, delimiter)), key=lambda d: _likeness(text, d))
    if '\\"' in text:
        escaped = Dialect(best.delimiter, escape="\\")
        if _likeness(text, escaped) > _likeness(text, best):
            best = escaped
    if _is_wrapped(text, best, "'"):
        best = Dialect(best.delimiter, quote="'")
    padded = re.findall(re.escape(best.delimiter) + r"( ?)", text)
    if best.delimiter not in " \t" and padded and sum(map(bool, padded)) > 0.95 * len(padded):
        best = Dialect(best.delimiter, best.quote, best.escape, trim=True)
    return best


def _candidates(text: str, delimiter: str | None) -> Sequence[str]:
    """Return the delimiters that may separate the cells of a text.

    Where whole cells stand in quotes, only what stands between the quotes can: the commas of '1,234.50' cannot, even
    in a file whose first row is cut off.
    """
    if delimiter:
        return (delimiter,)
    quotes = [q for q in "\"'" if q in text]
    between = [d for d in DELIMITERS if any(_is_wrapped(text, Dialect(d), q, cells=2) for q in quotes)]
    return between or DELIMITERS


def _likeness(text: str, dialect: Dialect) -> tuple[bool, int, float, int]:
    """Return how alike the rows are, to be compared.

    Whether enough have one width, how early such a row comes, their share, the width.

    How early comes before how many: decimal commas are in every row of data, and never in the header.
    """
    widths = [len(row.fields) for row in split_rows(text, dialect) if not row.blank]
    wide = [(n, size) for size, n in Counter(widths).items() if size > 1]
    if not wide:
        return False, 0, 0.0, len(widths[:1])
    n, size = max(wide)
    share = n / len(widths)
    trusted = share >= TRUSTED
    return trusted, -widths.index(size) if trusted else 0, round(share, 2), size


def _is_wrapped(text: str, dialect: Dialect, quote: str, cells: int = 1) -> bool:
    """Say whether whole columns stand in these quotes, in the rows of at least so many cells."""
    plain = Dialect(dialect.delimiter, quote="")
    seen = [row.fields for row in split_rows(text, plain) if not row.blank][:200]
    values = [f for row in seen if len(row) >= cells for f in row]
    inside = sum(1 for v in values if v.startswith(quote) or v.endswith(quote))
    both = sum(1 for v in values if len(v) > 1 and v.startswith(quote) and v.endswith(quote))
    return both > 0.2 * len(values) and inside >= both >= 2


def guess_unusual(line: str) -> str | None:
    """Return a header's delimiter, where it is none of the usual.

    >>> guess_unusual("id^age^orders")
    '^'
    """
    counts = {d: line.count(d) for d in UNUSUAL if line.count(d) >= 1}
    return max(counts, key=lambda d: (counts[d] * len(d), len(d))) if counts else None


@frozen
class Head:
    """Where the header is.

    ``skipped`` rows came before it; the data begin after ``end`` characters.
    """

    skipped: int
    names: list[str]
    end: int
    line: int  # of the first data row
    comments: bool


def find_header(text: str, dialect: Dialect, *, titles: bool, has_header: bool) -> Head | None:
    """Return where the header is, None where no row could be one.

    Notes
    -----
    A row before the header holds at most one filled field (with ``titles``), or begins with #; anything else is taken
    for the header.
    """
    seen = [row for row, _ in zip(split_rows(text, dialect), range(PREAMBLE_ROWS + 200), strict=False)]
    widths = Counter(len(row.fields) for row in seen if not row.blank)
    if not widths:
        return None
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    skipped, end, comments = 0, 0, False
    for i, row in enumerate(seen):
        comment = row.fields[0].startswith("#") and (len(row.fields) != width or _is_comment(seen, i, width))
        title = width > 1 and row.filled <= 1 and not (len(row.fields) == width == 2)
        if row.blank or comment or (titles and title and i < PREAMBLE_ROWS):
            skipped += not row.blank
            comments |= comment
            end = row.end
            continue
        if not has_header:
            return Head(skipped, [f"column{j + 1}" for j in range(len(row.fields))], end, row.line, comments)
        following = seen[i + 1].line if i + 1 < len(seen) else row.line + 1
        return Head(skipped, row.fields, row.end, following, comments)
    return None


def _is_comment(seen: list[Row], i: int, width: int) -> bool:
    """Say whether a row that begins with # is no header."""
    return (
        i + 1 < len(seen)
        and len(seen[i + 1].fields) == width
        and not seen[i + 1].fields[0].startswith("#")
        and (seen[i].filled <= 1)
    )
