"""What was found while a source was read, as findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coterie import errors, words
from coterie.findings import Finding, Level
from coterie.reading.date_forms import DateForm
from coterie.reading.notation import HALVES, Notation, Remark
from coterie.reading.text import RejectedRow, Text

# what a remark about a column means: code, level, what was seen, what was done
MEANINGS: Mapping[Remark, tuple[str, Level, str, str]] = {
    Remark.SEPARATORS: (
        "COT107",
        "warning",
        "numbers are written with separators",
        "read as the values show: decimal {decimal}",
    ),
    Remark.MISSING_WORDS: ("COT125", "note", "{words} {mean} missing here", "read as empty cells"),
    Remark.BRACKETS: ("COT107", "warning", "numbers in brackets", "read as below zero"),
    Remark.BEHIND: ("COT107", "warning", "numbers with a minus or CR behind them", "read as below zero"),
    Remark.NO_CENTS: ("COT107", "warning", "amounts with a dash in place of cents", "331,- was read as 331"),
    Remark.SIGNS: ("COT108", "warning", "amounts carry a currency sign", "the sign was taken off"),
    Remark.PERCENT: ("COT108", "warning", "values carry a percent sign", "12% was read as 12"),
    Remark.MIXED_PERCENTS: (
        "COT123",
        "warning",
        "some values carry a percent sign, others are fractions such as 0.12",
        "read as text; write all of them in one way to have numbers",
    ),
    Remark.UNIT: ("COT108", "warning", "numbers carry the unit {unit}", "the unit was taken off"),
    Remark.UNITS: (
        "COT123",
        "warning",
        "numbers carry different units",
        "read as text; write one unit, or none, to have numbers",
    ),
    Remark.CURRENCIES: (
        "COT119",
        "warning",
        "amounts carry different currency signs",
        "read as if they were one currency",
    ),
    Remark.AMBIGUOUS: (
        "COT109",
        "warning",
        "every date reads as day-month and as month-day",
        "read day first unless --date-order says otherwise",
    ),
    Remark.OTHER_SIGN: (
        "COT109",
        "warning",
        "dates with one sign show which number is the month, and every date with another sign reads both ways",
        "all read as {order} unless --date-order says otherwise",
    ),
    Remark.SHORT_YEARS: (
        "COT109",
        "warning",
        "dates such as 25-03-10 read with the year last, over decades, and with the year first, over a few years",
        "read as {order}; --date-order ymd reads the year first",
    ),
    Remark.DATES: ("COT110", "note", "dates are not written as year-month-day", "read as {order}"),
    Remark.BORN: ("COT149", "note", "years of birth in two digits", "read as 1930 to 2029: nobody is born later"),
    Remark.SOME_ZONES: (
        "COT112",
        "warning",
        "some times have a zone, some have none",
        "the day is the one written, and zones were left out",
    ),
    Remark.LEADING_ZEROS: ("COT114", "note", "codes with leading zeros", "kept as text"),
    Remark.LONG_DIGITS: ("COT114", "note", "more digits than a number can hold", "kept as text"),
    Remark.NUMBERS_AS_TEXT: ("COT115", "warning", "numbers are stored as text", "read as numbers"),
    Remark.HALF_NUMBERS: ("COT123", "warning", "{share} of the values are numbers, the others are not", "read as text"),
    Remark.HALF_DATES: ("COT123", "warning", "{share} of the values are dates, the others are not", "read as text"),
    Remark.HALF_FLAGS: (
        "COT123",
        "warning",
        "{share} of the values are true or false, the others are not",
        "read as text",
    ),
    Remark.MAYBE_DECIMAL: (
        "COT107",
        "warning",
        "values such as 3,7 may be numbers with a decimal comma, or two answers",
        "read as text; --decimal , makes numbers of them",
    ),
    Remark.MAYBE_THOUSANDS: (
        "COT107",
        "warning",
        "each point stands before three digits: 7.273 may be about 7, or 7273",
        "read as about 7; --decimal , reads 7273",
    ),
    Remark.NESTED: ("COT104", "warning", "lists or objects", "left out"),
}
READ_AS = {
    DateForm.DAY_FIRST: "day, month, year",
    DateForm.MONTH_FIRST: "month, day, year",
    DateForm.YEAR_FIRST: "year, month, day",
    DateForm.SHORT_YEAR_FIRST: "year, month, day",
    DateForm.COMPACT: "year, month, day",
    DateForm.NAMED: "a day, a month's name, a year",
    DateForm.DAY_DIGITS: "day, month, year",
    DateForm.MONTH_DIGITS: "month, day, year",
    DateForm.SHORT_DIGITS: "year, month, day",
    DateForm.YEAR_MONTH: "year and month, as their first day",
}


DATES_LIKE = {
    DateForm.YEAR_FIRST: "2026-01-31", DateForm.COMPACT: "20260131", DateForm.DAY_FIRST: "31/01/2026",
    DateForm.MONTH_FIRST: "01/31/2026", DateForm.SHORT_YEAR_FIRST: "26-01-31", DateForm.NAMED: "31 Jan 2026",
    DateForm.SERIAL: "46053",
    DateForm.DAY_DIGITS: "31012026", DateForm.MONTH_DIGITS: "01312026", DateForm.SHORT_DIGITS: "260131",
    DateForm.YEAR_MONTH: "202601", DateForm.SECONDS: "1769817600", DateForm.MILLISECONDS: "1769817600000",
}  # fmt: skip


def example_of(kind: str, notation: Notation | None) -> str:
    """Return what a value looks like in a notation.

    >>> example_of("number", Notation(",", ".")), example_of("date", Notation(forms=(DateForm.DAY_FIRST,)))
    ('1.234,5', '31/01/2026')
    """
    held = notation or Notation()
    if kind == "number":
        return f"1{held.grouping}234{held.decimal}5"
    return " or ".join(DATES_LIKE[form] for form in held.forms or (DateForm.YEAR_FIRST,))


def findings_of(text: Text, rejected: Sequence[RejectedRow]) -> tuple[Finding, ...]:
    """Return findings on a text's columns and its rejected rows."""
    found = []
    for column in text.columns:
        if column.name is None or column.verbatim:
            continue
        notation = column.values.notation
        for remark, (code, level, seen, done) in MEANINGS.items():
            if remark in column.values.remarks:
                filled = done.format(
                    decimal={".": "point", ",": "comma"}[notation.decimal] if notation else "point",
                    order=words.joined([READ_AS[form] for form in notation.forms]) if notation else "",
                )
                missing, share = words.joined(column.values.missing), column.values.share
                shown = seen.format(
                    words=missing or "words such as NA or -",
                    mean="means" if len(column.values.missing) == 1 else "mean",
                    share=words.percent(share),
                    unit=notation.unit if notation else "",
                )
                count = round((1 - share) * text.rows) if remark in HALVES.values() else text.rows
                found.append(Finding(code, level, column.name, count, shown, filled))
    return (*found, *tell_rejected(rejected))


def tell_rejected(rejected: Sequence[RejectedRow]) -> tuple[Finding, ...]:
    """Return findings on rows that were left out or repaired."""
    found = []
    left = sum(1 for row in rejected if not row.kept)
    if left:
        text_of = f"{words.plural(left, 'row')} did not fit"
        found.append(Finding("COT007", "warning", None, left, text_of, "left out; a run's rejected.csv lists them"))
    mended = len(rejected) - left
    if mended:
        text_of = f"{words.plural(mended, 'row')} had too few or too many fields"
        found.append(
            Finding("COT008", "warning", None, mended, text_of, "filled up or trimmed; a run's rejected.csv lists them")
        )
    return tuple(found)


def choose_table(
    name: str, tables: Sequence[str], asked: str | None, flag: str, best: str | None = None
) -> tuple[str, tuple[Finding, ...]]:
    """Return which of a file's tables is read.

    With a finding, where there are several and none was named: then it is the ``best`` one, or else the first.

    Raises
    ------
    InputError : there is none, or none of that name.
    """
    if asked is not None:
        if asked not in tables:
            raise errors.unknown_table(name, asked, tables, flag)
        return asked, ()
    if not tables:
        raise errors.empty_source(name)
    if len(tables) == 1:
        return tables[0], ()
    kind = "sheets" if flag == "--sheet" else "tables"
    text = f"the file has {len(tables)} {kind}: {errors.listed(tables)}"
    taken = tables[0] if best is None else best
    which = "the first" if taken == tables[0] else f"{errors.quoted(taken)}, the first that holds a table"
    return taken, (Finding("COT009", "warning", None, len(tables), text, f"took {which}; name one with {flag}"),)
