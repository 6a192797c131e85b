"""The header of a text: whether it is one, and its names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coterie import errors, words
from coterie.findings import Finding, Level
from coterie.reading.dialect import DELIMITERS, Dialect, Head, guess_unusual
from coterie.reading.notation import PLAIN

MOST_COLUMNS = 2_000
LONGEST_NAME = 255


def check_width(name: str, head: Head, found: Dialect, text: str) -> None:
    """Refuse too many columns, or one that an unusual delimiter would split."""
    width = len(head.names)
    if width > MOST_COLUMNS:
        raise errors.too_many_columns(name, width, MOST_COLUMNS)
    doubled = found.delimiter * 2
    if width > 2 and all(not n for n in head.names[1::2]) and found.delimiter != "\x1f":
        raise errors.unusual_delimiter(name, doubled, (width + 1) // 2)
    if width > 1:
        return
    lines = [line for line in text.splitlines()[:8] if line.strip()]
    guess = guess_unusual(head.names[0])
    if guess and len(lines) > 1 and all(line.count(guess) == lines[-1].count(guess) > 0 for line in lines[1:]):
        raise errors.unusual_delimiter(name, guess, 1)
    if any(d in head.names[0] for d in DELIMITERS):
        raise errors.one_column(name, head.names[0])


def check_header(name: str, names: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Refuse a header that is a row of data.

    There most columns of numbers have a number for a name, and not a year.
    """
    numeric = [i for i in range(len(names)) if cells and all(PLAIN.fullmatch(row[i].strip()) for row in cells[:20])]
    like_data = [i for i in numeric if PLAIN.fullmatch(names[i].strip()) and not _is_year(names[i].strip())]
    only_digits = len(names) == 1 and re.fullmatch(r"[\d\s.,:;/+-]*\d[\d\s.,:;/+-]*", names[0]) is not None
    if (numeric and len(like_data) > 0.5 * len(numeric)) or (only_digits and not _is_year(names[0])):
        raise errors.headless(name)


def _is_year(text: str) -> bool:
    return re.fullmatch(r"(19|20)\d\d", text) is not None


def names_of(name: str, raw: Sequence[str], cells: Sequence[Sequence[str]]) -> tuple[list[str | None], list[Finding]]:
    """Return the columns' names (None: left out) and findings about them."""
    findings: list[Finding] = []
    bare = [n.strip() for n in raw]
    padded = [n for n, b in zip(raw, bare, strict=True) if n != b and b]
    if padded:
        text = f"blanks around {words.plural(len(padded), 'column name')}"
        findings.append(Finding("COT005", "warning", None, len(padded), text, "taken off"))
    for n in bare:
        if "\n" in n or "\r" in n or len(n) > LONGEST_NAME:
            text = "the name has line ends" if len(n) <= LONGEST_NAME else f"the name has {len(n):,} characters"
            findings.append(Finding("COT005", "warning", errors.shown(n), 1, text, "kept; shortened where it is shown"))
    named: list[str | None] = []
    for i, n in enumerate(bare):
        if n:
            named.append(n)
            continue
        column = [row[i].strip() for row in cells]
        counter = [c for j, c in enumerate(column) if c in (str(j), str(j + 1))]
        if not any(column) or len(counter) == len(column):
            what = "empty" if not any(column) else "a row number"
            level: Level = "warning" if any(column) else "note"
            findings.append(Finding("COT006", level, None, 1, f"column {i + 1} has no name and is {what}", "left out"))
            named.append(None)
        else:
            findings.append(
                Finding(
                    "COT006", "warning", f"column{i + 1}", 1, f"column {i + 1} has no name", f"called column{i + 1}"
                )
            )
            named.append(f"column{i + 1}")
    kept = [n for n in named if n is not None]
    folded = [n.casefold() for n in kept]
    twice = [n for n in kept if folded.count(n.casefold()) > 1]
    if twice:
        raise errors.same_columns(twice)
    return named, findings
