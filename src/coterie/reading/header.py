"""The header of a text: whether it is one, and its names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise

from coterie import errors, words
from coterie.findings import Finding, Level
from coterie.reading.dialect import DELIMITERS, Dialect, Head, guess_unusual
from coterie.reading.notation import MISSING_SET
from coterie.reading.number_patterns import AFFIXED, PLAIN

MOST_COLUMNS = 5_000
SHEET_ROWS = 1_048_576  # what a spreadsheet holds
LONGEST_NAME = 255
MOST_CHARACTERS = 16_384
LOOKED_AT, FEWEST_ROWS = 40, 3


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


def check_header(name: str, names: Sequence[str], cells: Sequence[Sequence[str]], line: int | None) -> None:
    """Refuse a header that is a row of data, or only the first of several.

    It is data where most columns of numbers have a number for a name that is no year; different whole numbers are names
    where other columns of numbers have words. A first row is a header's where no column of numbers has a number in it.

    Parameters
    ----------
    cells : the first rows.
    line : of the first row; None where the source has no lines.
    """
    numeric = [i for i in range(len(names)) if cells and all(PLAIN.fullmatch(row[i].strip()) for row in cells[:20])]
    bare = [n.strip() for n in names]
    like_data = [i for i in numeric if PLAIN.fullmatch(bare[i]) and not _is_year(bare[i])]
    only_digits = len(names) == 1 and re.fullmatch(r"[\d\s.,:;/+-]*\d[\d\s.,:;/+-]*", names[0]) is not None
    beside = {bare[i] for i in numeric if not PLAIN.fullmatch(bare[i]) and bare[i] not in MISSING_SET}
    named = _are_names([bare[i] for i in like_data], beside)
    if (len(like_data) > 0.5 * len(numeric) and not named) or (only_digits and not _is_year(names[0])):
        raise errors.headless(name)
    more = _find_more_names(cells)
    if more:
        raise errors.several_headers(name, more, line)


def _is_year(text: str) -> bool:
    return re.fullmatch(r"(19|20)\d\d", text) is not None


def _are_names(numbers: Sequence[str], beside: Set[str]) -> bool:
    """Say whether numbers may name columns: whole, all different, beside words.

    Beside a single word, which may be a note in a row of data, only where they count up.
    """
    if not (beside and len(numbers) > 2 and all(n.isdecimal() for n in numbers)):
        return False
    whole = [int(n) for n in numbers]
    return len(set(whole)) == len(whole) and (len(beside) > 1 or all(b == a + 1 for a, b in pairwise(whole)))


def _find_more_names(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return what names columns in the first row, where it is no row of data."""
    first, following = cells[0] if cells else [], cells[2:LOOKED_AT]
    words_there: list[str] = []
    if len(following) < FEWEST_ROWS:
        return words_there
    for i, cell in enumerate(first):
        present = [c for row in following if (c := row[i].strip()) not in MISSING_SET]
        if not present or not all(PLAIN.fullmatch(c) for c in present) or cell.strip() in MISSING_SET:
            continue
        if AFFIXED.fullmatch(cell.strip()):
            return []
        words_there.append(cell.strip())
    return words_there if len(words_there) > 1 else []


def check_names(name: str, names: Sequence[str]) -> None:
    """Refuse a name that is no name: one of tens of thousands of characters."""
    for i, n in enumerate(names, start=1):
        if len(n) > MOST_CHARACTERS:
            raise errors.long_name(name, i, len(n), MOST_CHARACTERS)


def _counts_up(column: Sequence[str]) -> bool:
    """Say whether whole numbers only rise: the index of a table, of which rows may have been taken out."""
    if not all(re.fullmatch(r"\d{1,15}", cell) for cell in column):
        return False
    numbers = [int(cell) for cell in column]
    return all(a < b for a, b in pairwise(numbers)) and (len(numbers) > 2 or numbers[0] in (0, 1))


def names_of(name: str, raw: Sequence[str], cells: Sequence[Sequence[str]]) -> tuple[list[str | None], list[Finding]]:
    """Return the columns' names (None: left out) and findings about them."""
    findings: list[Finding] = []
    check_names(name, raw)
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
        if not any(column) or _counts_up(column):
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
    check_different(kept)
    return named, findings


def check_different(names: Sequence[str]) -> None:
    """Refuse two columns of one name.

    Raises
    ------
    InputError : names that differ by nothing but letters' case.
    """
    counts = Counter(name.casefold() for name in names)
    if len(counts) < len(names):
        raise errors.same_columns([name for name in names if counts[name.casefold()] > 1])
