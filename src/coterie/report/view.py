"""View: a record as its readers see it.

Measures in order, segments by value, the colors of segments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

from coterie import words
from coterie.doors import frozen
from coterie.record import ALL, CleanRecord, ColumnRecord, Compared, ProfileRow, Segment, Statistic, compare

UNTESTED = "structure not tested yet"
DAYS = "days"
TIMES, MONEY = ("recency", "tenure", "median_gap"), ("monetary", "average_order")  # of customers from purchases


@frozen
class Measure:
    """A column, or one level of it, over all segments."""

    column: str
    level: str | None
    said: str
    role: str
    kind: Literal["number", "date", "year"]
    printed: Statistic
    overall: float | None
    rows: Mapping[int, ProfileRow]
    sizes: Mapping[int, int]
    compared: Mapping[int, Compared]
    unit: str | None = None

    @property
    def in_percent(self) -> bool:
        """Whether numbers are told in per cent: shares of customers, or parts of one."""
        return self.is_share or any(found.part for found in self.compared.values())

    @property
    def label(self) -> str:
        """What is measured, as a heading."""
        return f"{words.sentence(self.said)}{f', {DAYS}' if self.counts_days else ''}"

    @property
    def counts_days(self) -> bool:
        """Whether numbers are days that the label leaves out."""
        return self.unit == DAYS and DAYS not in self.said and not self.is_share

    @property
    def is_share(self) -> bool:
        """Whether numbers are shares of customers, not means or medians."""
        return self.printed in ("share", "positive")

    @property
    def strength(self) -> float:
        """How far the segment stands out that does so most."""
        return max((abs(self.effect(s)) for s in self.rows), default=0.0)

    def hidden(self, segment: int) -> bool:
        """Say whether a segment's number rests on too few customers to be printed."""
        row = self.rows.get(segment)
        return row is None or words.too_few(self.sizes.get(segment, 0) if self.is_share else row.n)

    def value(self, segment: int) -> float | None:
        """Return the number that is printed of a segment.

        None where it is unknown, or rests on too few customers.
        """
        return None if self.hidden(segment) else self.rows[segment].shown

    def mark(self, segment: int) -> Compared | None:
        """Return how the printed number compares with that of all customers, or None where it is not printed."""
        return None if self.hidden(segment) else self.compared.get(segment)

    def stands_out(self, segment: int) -> bool:
        """Say whether the printed number is marked."""
        found = self.mark(segment)
        return found is not None and found.stands_out

    def effect(self, segment: int) -> float:
        """Return how far the segment stands from the others.

        1 is clearly far, 0 also where it is unknown. Of numbers it counts robust standard deviations; of levels it is
        the difference of the shares, as large as a number's that earns a word where it earns one itself.
        """
        found = self.compared.get(segment)
        return 0.0 if found is None else found.effect

    def text(self, segment: int | None) -> str:
        """Return a value as people read it.

        Of None it is that over all customers.
        """
        if segment is None:
            return self.format(self.overall)
        value, found = self.value(segment), self.mark(segment)
        if found is not None and found.bounded and found.value is not None:
            return f"<{max(1, math.ceil(round(100 * found.value, 6)))}%"
        return self.format(value)

    def format(self, value: float | None) -> str:
        """Return a value with digits that suit the column."""
        if value is None:
            return words.UNKNOWN
        if self.in_percent:
            return words.percent(value)
        if self.kind == "date":
            return words.day(value)
        if self.kind == "year":
            return f"{value:.0f}"
        known = [v for s in self.rows if (v := self.rows[s].shown) is not None] + [self.overall or 0.0]
        whole = all(v == round(v) for v in (*known, value))
        number = words.short_number(value, scale=max(map(abs, known)), whole=whole)
        return number if self.unit == DAYS else words.with_unit(number, self.unit)

    def told(self, segment: int) -> str:
        """Return a segment's number with what it is counted in."""
        value, text = self.value(segment), self.text(segment)
        return words.say_days(text, value) if self.unit == DAYS and value is not None and not self.is_share else text


def slot(segment: int) -> int:
    """Return the color of a segment, 1–8.

    It is tied to the id, so that it survives refreshes and renames.
    """
    return (segment - 1) % 8 + 1


def owners(record: CleanRecord) -> dict[int, int]:
    """Return the segment that each center belongs to.

    Centers were numbered like segments before any were merged.
    """
    return dict(enumerate(record.model.segment_of, start=1))


def is_merged(record: CleanRecord) -> bool:
    """Say whether segments were merged by hand."""
    return len(record.segments) < len(record.model.segment_of)


def by_value(record: CleanRecord) -> list[Segment]:
    """Return the segments, most valuable first.

    They are ordered by size where the record has no value column.
    """
    return sorted(record.segments, key=lambda s: (-(s.value_share or 0.0), -s.share, s.id))


def told_once(record: CleanRecord) -> int:
    """Return how many customers there are, those who stand in several rows counted once where all were drawn."""
    return record.sample.used if record.sample.whole else record.sample.rows


def say_customers(record: CleanRecord) -> str:
    """Return how many customers there are in words; different ones, where some stand in several rows."""
    n = told_once(record)
    return f"{n:,} {'different ' if n < record.sample.rows else ''}customers"


def has_value(record: CleanRecord) -> bool:
    """Say whether shares of value can be shown.

    A value column was named, and no segment's total is negative.
    """
    return all(s.value_share is not None for s in record.segments)


def label(record: CleanRecord, column: str | None) -> str:
    """Return the short words for people of a column."""
    return next((c.label for c in record.columns if c.name == column), str(column))


def measures(record: CleanRecord) -> list[Measure]:
    """Return the profile, a measure for each column or level.

    Those that formed the segments come first, then the strongest.
    """
    rows: dict[tuple[str, str | None], dict[int, ProfileRow]] = {}
    for row in record.profile:
        rows.setdefault((row.column, row.level), {})[row.segment] = row
    hidden = _mirrored(rows)
    sizes = {s.id: s.size for s in record.segments}
    kinds = {c.name: c for c in record.columns}
    found = []
    for (column, level), cells in rows.items():
        constant = kinds[column].min is not None and kinds[column].min == kinds[column].max
        if (column, level) in hidden or constant:
            continue
        one = next(iter(cells.values()))
        name = label(record, column)
        everybody = cells.get(ALL, one)
        answer = words.answers_yes_or_no(level for name, level in rows if name == column and level is not None)
        said = name if level is None or (level.lower() in words.yes_words() and answer) else f"{name}: {level}"
        if level is None and one.printed in ("share", "positive"):
            said = _share_label(kinds[column], one.printed)
        inside = {s: r for s, r in cells.items() if s != ALL}
        about = (column, level, said, one.role, _kind(kinds[column]), one.printed, everybody.shown)
        compared = compare(list(cells.values()), kinds[column])
        found.append(Measure(*about, inside, sizes, compared, unit(record, column)))
    order = {"feature": 0, "value": 1}
    return sorted(found, key=lambda m: (order.get(m.role, 2), -m.strength, m.column, m.level or ""))


def unit(record: CleanRecord, column: str) -> str | None:
    """Return what a column is counted in: as its header or the options say, or as purchases are."""
    bought = record.sample.purchases is not None
    if bought and column in TIMES:
        return DAYS
    if column == record.options.value or (bought and column in MONEY):
        return record.options.currency or words.unit_of(column)
    return words.unit_of(column)


def _kind(column: ColumnRecord) -> Literal["number", "date", "year"]:
    if column.kind == "date":
        return "date"
    return "year" if words.is_year(column.label, column.min, column.max) else "number"


def _share_label(column: ColumnRecord, printed: Statistic) -> str:
    """Return what a share of a column of numbers is a share of."""
    if printed == "positive":
        return words.some(column.label)
    return column.label if (column.min, column.max) == (0, 1) else f"{column.label}: {words.number(column.max or 0.0)}"


def _mirrored(keys: Iterable[tuple[str, str | None]]) -> set[tuple[str, str | None]]:
    """Return which of two complementary levels need not be shown."""
    levels: dict[str, list[str]] = {}
    for column, level in keys:
        if level is not None:
            levels.setdefault(column, []).append(level)
    hidden: set[tuple[str, str | None]] = set()
    for column, found in levels.items():
        if len(found) == 2:
            hidden.add((column, next((v for v in found if v.lower() in words.no_words()), sorted(found)[-1])))
    return hidden


def marks(record: CleanRecord, segment: int) -> list[Measure]:
    """Return what is marked of a segment, the strongest first: one measure a column, those that formed it first."""
    if words.too_few(record.segment(segment).size):
        return []
    found = [m for m in measures(record) if m.stands_out(segment)]
    found.sort(key=lambda m: (m.role != "feature", -abs(m.effect(segment)), m.column, m.level or ""))
    best: dict[str, Measure] = {}
    for measure in found:
        best.setdefault(measure.column, measure)
    return list(best.values())


def is_average(record: CleanRecord, segment: int) -> bool:
    """Say whether every number that is printed of a segment is close to that of all customers."""
    found = [m.mark(segment) for m in measures(record)]
    return all(mark is None or mark.is_close for mark in found)


def face(record: CleanRecord) -> tuple[str, str]:
    """Return the verdict's color and label: `("green", "natural groups")`."""
    verdict = record.verdict
    return verdict.face, UNTESTED if verdict.code is None else verdict.label
