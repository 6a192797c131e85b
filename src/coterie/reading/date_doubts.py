"""What of a column's dates makes it doubtful how they are to be read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coterie.reading.date_forms import WRITTEN, day_in

_LAST = re.compile(r"\D*(\d{1,2})([-/.]) ?(\d{1,2})[-/.]")
_FOUR = re.compile(r"\d{4}")
_SHORT = re.compile(r"(\d\d)([-/.])(\d\d)\2(\d\d)(?:\D.*)?")
FEW_YEARS, MANY_YEARS = 10, 20  # years of what is kept of customers, and what days of a month are when read as years


def has_unproved_sign(cells: Iterable[str]) -> bool:
    """Say whether one sign shows the order and another not.

    The order is that of day and month in dates.

    >>> has_unproved_sign(["19.07.2025", "03/10/2025"]), has_unproved_sign(["19.07.2025", "19/10/2025", "03/10/2025"])
    (True, False)
    """
    proved: dict[str, bool] = {}
    for match in filter(None, map(_LAST.match, set(cells))):
        shown = max(int(match[1]), int(match[3])) > 12
        proved[match[2]] = shown or proved.get(match[2], False)
    return len(set(proved.values())) > 1


def short_years(cells: Iterable[str]) -> set[int]:
    """Return the years that dates without four digits together are read as, in any form.

    >>> short_years(["31.12.65", "1 Jan 99", "2025-01-01"]) == {2065, 1999}
    True
    """
    short = {c for c in cells if not _FOUR.search(c.partition(":")[0])}
    return {day.year for c in short for form in WRITTEN if (day := day_in(c, form)) is not None}


def may_begin_with_year(cells: Iterable[str]) -> bool:
    """Say whether dates of three short numbers make more sense with the year first.

    Then they are of a few years; with the year last they would be of decades, on few days of a month.

    >>> may_begin_with_year(["25-03-10", "24-07-31"]), may_begin_with_year(["25-03-10", "02-07-11"])
    (True, False)
    """
    matches = [_SHORT.fullmatch(c) for c in set(cells)]
    parts = [(int(m[1]), int(m[3]), int(m[4])) for m in matches if m is not None]
    if len(parts) < len(matches) or not parts:
        return False
    years, months, days = ({p[i] for p in parts} for i in range(3))
    able = max(months) <= 12 and min(days) >= 1 and max(days) <= 31
    return able and max(years) - min(years) < FEW_YEARS and max(days) - min(days) >= MANY_YEARS
