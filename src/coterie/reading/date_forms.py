"""Dates as people write them: one grammar, for a sample's cells and for an engine.

A form is a list of rules. What a rule's pattern matches becomes, by its template, a time as ISO writes it; patterns and
templates mean the same to Python and to RE2. The day is the one that is written, whatever zone stands beside the clock,
unless a time zone was named: then it is the day that the moment falls on there.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from coterie.doors import frozen, pattern


class DateForm(StrEnum):
    """How dates are written; its value is what people are told."""

    YEAR_FIRST = "year-month-day"
    COMPACT = "yearmonthday"
    DAY_FIRST = "day/month/year"
    MONTH_FIRST = "month/day/year"
    SHORT_YEAR_FIRST = "year-month-day with two digits each"
    NAMED = "a month's name"
    DAY_DIGITS = "daymonthyear"
    MONTH_DIGITS = "monthdayyear"
    SHORT_DIGITS = "yearmonthday with two digits each"
    YEAR_MONTH = "yearmonth"
    SERIAL = "day numbers of a spreadsheet"
    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"


@frozen
class Rule:
    """A pattern, and the template of what it matches in ISO's way.

    Without a template the text is that already. ``half`` is a clock of twelve hours; in a ``named`` one the template
    gives a bar in the place of the month's number, and ``named`` is the template of the month's word. ``zone`` is that
    of what stands behind the clock; without one nothing can. A text that begins with a word is read where that is one
    of those that may stand ``before``.
    """

    pattern: str
    iso: str | None
    half: bool = False
    named: str | None = None
    zone: str | None = None
    before: frozenset[str] = frozenset()


@frozen
class Count:
    """A form that numbers of a column are in: bounds, zero and unit.

    The bounds are 1990 and 2050; zero and bounds are in units of so many microseconds.
    """

    low: float
    high: float
    zero: float
    micros: int


Years = tuple[tuple[str, str], ...]  # centuries, and the years that belong to them as they are written
ORDERS = {"dmy": DateForm.DAY_FIRST, "mdy": DateForm.MONTH_FIRST}
# Digits alone are days in these forms only where a name says that they are; with the order that names each.
DIGITS = {
    DateForm.DAY_DIGITS: "dmy",
    DateForm.MONTH_DIGITS: "mdy",
    DateForm.SHORT_DIGITS: "ymd",
    DateForm.YEAR_MONTH: "ymd",
}
SHORT_YMD = "yymd"  # that years come first, and may have two digits
SWITCHED = 3  # so many dates without a day above twelve look as if day and month were switched
_ZONE = r" ?((?:Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|[A-Z]{3,4})?(?: ?\([A-Za-z ]+\)|\[[A-Za-z_/]+\])?)"
_HOURS = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
_AT = r"(?:,? (?:at|um|à|alle(?: ore)?|a las|às|om) |,?[T ] *|[,:])"  # what stands between a day and its clock
_CLOCK = rf"(?:{_AT}({_HOURS})(?:,\d{{1,9}})?(?: ?(?:Uhr|uur|hrs?|h))?{_ZONE})?"
_GAP = "[ \u00a0\u202f]?"  # programs write a narrow blank before PM
_HALF = rf"{_AT}((?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d)?)(?:\.\d{{1,9}})?{_GAP}([AaPp])\.?{_GAP}[Mm]\.?{_ZONE}"
_LETTERED = rf"{_AT}([01]?\d|2[0-3]) ?h ?([0-5]\d)"  # 14h08
_YEARS = (("", r"[1-9]\d{3}"), ("20", r"[0-5]\d|6[0-8]"), ("19", r"69|[7-9]\d"))  # a year of two digits is near
# Of births those from 30 on are past: nobody is born in the future, few customers are older than a hundred years, and
# no clock may tell what is to come, or a file would be read otherwise next year.
BORN_BEFORE = 2030
_BORN = (_YEARS[0], ("20", r"[0-2]\d"), ("19", r"[3-9]\d"))
_WORD = r"[^0-9\s,.|/-]+"  # that it is a month's or a weekday's name is asked where the pattern fits: lists are dear
_WEEKDAY = rf"(?:{_WORD}(?:-feira)?(?:[.,]+ *| +))?"
FIRST_WORD = rf"^{_WORD}"
_OFFSET = r"(?:Z|[A-Z]{3,4}|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?)"
ZONED = pattern(rf"[^:]*:[0-9:]+(?:[.,][0-9]+)? ?(?:[AaPp]\.?[Mm]\.? ?)?{_OFFSET}(?: ?[(\[].*)?")
# What a mail or a program surely means by letters behind a clock; others mean different zones to different people.
OFFSETS = {
    "Z": "+00", "UT": "+00", "UTC": "+00", "GMT": "+00", "WET": "+00", "WEST": "+01", "CET": "+01", "CEST": "+02",
    "EET": "+02", "EEST": "+03", "MSK": "+03", "EST": "-05", "EDT": "-04", "CDT": "-05", "MST": "-07", "MDT": "-06",
    "PST": "-08", "PDT": "-07",
}  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]+")
_FIRST_WORD, _BEFORE = re.compile(FIRST_WORD), re.compile(_WEEKDAY)
_BETWEEN = "-/."  # what stands between the numbers of a day
LONGEST = 80  # no date has more characters
COUNTS = {
    DateForm.SERIAL: Count(32_874, 54_789, 25_569, 86_400_000_000),
    DateForm.SECONDS: Count(631_152_000, 2_524_608_000, 0, 1_000_000),
    DateForm.MILLISECONDS: Count(631_152_000_000, 2_524_608_000_000, 0, 1_000),
}
WRITTEN = tuple(form for form in DateForm if form not in COUNTS and form not in DIGITS)


@cache
def month_words() -> Mapping[str, int]:
    """Return the number of the month that a word is, small letters."""
    return {word: i for row in _rows_of("months.toml") for i, word in enumerate(row, start=1) if word}


@cache
def weekday_words() -> frozenset[str]:
    """Return the words that are weekdays, small letters."""
    return frozenset(word for row in _rows_of("weekdays.toml") for word in row)


def _rows_of(file: str) -> list[list[str]]:
    listed = tomllib.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    return [row for language in listed.values() for row in language.values()]


@cache
def rules_of(form: DateForm, *, born: bool = False) -> tuple[Rule, ...]:
    """Return the rules of a form, the usual one first.

    Parameters
    ----------
    born : years of two digits are those of births.
    """
    years = _BORN if born else _YEARS
    made: dict[DateForm, Callable[[], list[Rule]]] = {
        DateForm.YEAR_FIRST: _year_first,
        DateForm.COMPACT: _compact,
        DateForm.DAY_FIRST: lambda: _digits(r"\3-\2-\1", years),
        DateForm.MONTH_FIRST: lambda: _digits(r"\3-\1-\2", years),
        DateForm.SHORT_YEAR_FIRST: lambda: _short_year_first(years),
        DateForm.NAMED: lambda: _named(years),
        DateForm.DAY_DIGITS: lambda: _digits_alone(r"\3-\2-\1", years),
        DateForm.MONTH_DIGITS: lambda: _digits_alone(r"\3-\1-\2", years),
        DateForm.SHORT_DIGITS: lambda: [Rule(rf"({y})(\d\d)(\d\d)", rf"{c}\1-\2-\3") for c, y in years[1:]],
        DateForm.YEAR_MONTH: lambda: [Rule(r"((?:19|20)\d\d)(0[1-9]|1[0-2])", r"\1-\2-01")],
    }
    return tuple(replace(rule, pattern=rule.pattern.replace(r"\d", "[0-9]")) for rule in made[form]())


def _with_clocks(
    pattern: str, iso: str, groups: int, *, named: str | None = None, before: frozenset[str] = frozenset()
) -> list[Rule]:
    clock, next_one, third = rf"{iso} \{groups + 1}", rf"\{groups + 2}", rf"\{groups + 3}"
    return [
        Rule(pattern + _CLOCK, clock, named=named, zone=next_one, before=before),
        Rule(pattern + _HALF, f"{clock} {next_one}M", half=True, named=named, zone=third, before=before),
        Rule(pattern + _LETTERED, f"{clock}:{next_one}", named=named, before=before),
    ]


def _year_first() -> list[Rule]:
    usual = Rule(rf"[1-9]\d{{3}}-\d{{1,2}}-\d{{1,2}}(?:[T ]{_HOURS})?", None)
    pattern = rf"{_WEEKDAY}([1-9]\d{{3}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})"
    return [usual, *_with_clocks(pattern, r"\1-\2-\3", 3, before=weekday_words())]


def _compact() -> list[Rule]:
    day = r"((?:19|20)\d\d)(\d\d)(\d\d)"
    clocks = [
        Rule(rf"{day}[T ](\d\d)(\d\d)(\d\d)(?:[.,]\d+)?{_ZONE}", r"\1-\2-\3 \4:\5:\6", zone=r"\7"),
        Rule(rf"{day}[T ](\d\d)(\d\d){_ZONE}", r"\1-\2-\3 \4:\5", zone=r"\6"),
    ]
    hours, sixty = r"([01]\d|2[0-3])", r"([0-5]\d)"
    digits = [  # all of it, so that only every value of a column can tell that it is no number
        Rule(rf"{day}{hours}{sixty}{sixty}", r"\1-\2-\3 \4:\5:\6"),
        Rule(rf"{day}{hours}{sixty}", r"\1-\2-\3 \4:\5"),
    ]
    return [*_with_clocks(day, r"\1-\2-\3", 3), *clocks, *digits]


def _digits(iso: str, years: Years) -> list[Rule]:
    found = []
    for century, year in years:
        pattern = rf"{_WEEKDAY}(\d{{1,2}})[-/.] ?(\d{{1,2}})[-/.] ?({year})"
        found += _with_clocks(pattern, century + iso, 3, before=weekday_words())
    return found


def _short_year_first(years: Years) -> list[Rule]:
    found = []
    for century, year in years[1:]:
        pattern = rf"{_WEEKDAY}({year})[-/.](\d\d)[-/.](\d\d)"
        found += _with_clocks(pattern, rf"{century}\1-\2-\3", 3, before=weekday_words())
    return found


def _digits_alone(iso: str, years: Years) -> list[Rule]:
    """Return the rules of digits that end in the year.

    A number has lost the zero that a day or month began with.
    """
    able = [("", r"(?:19|20)\d\d"), *years[1:]]
    return [Rule(rf"(\d{{1,2}})(\d\d)({year})", century + iso) for century, year in able]


def _named(years: Years) -> list[Rule]:
    ordinal, of = r"(?:st|nd|rd|th|er|º|\.)?", r"(?:de |del |of )?"
    sign = "(?: ?[-/] ?| *)"  # one sign or blanks: -2025 is no year
    weekday, either = weekday_words(), weekday_words() | frozenset(month_words())
    found = []
    for century, year in years:  # month first: in "Mar. 7th, 2025" no day of "th" is sought
        month_first = rf"(?i){_WEEKDAY}({_WORD})\.?{sign}(\d{{1,2}})(?:st|nd|rd|th)?(?: ?, *| +| ?[-/] ?)({year})"
        found += _with_clocks(month_first, rf"{century}\3-|-\2", 3, named=r"\1", before=either)
    for century, year in years:
        day_first = rf"(?i){_WEEKDAY}(\d{{1,2}}){ordinal}{sign}{of}({_WORD})[.,]?{sign}{of}({year})"
        found += _with_clocks(day_first, rf"{century}\3-|-\1", 3, named=r"\2", before=weekday)
    year_first = rf"(?i){_WEEKDAY}([1-9]\d{{3}})[-/ ]({_WORD})\.?[-/ ](\d{{1,2}})"
    found += _with_clocks(year_first, r"\1-|-\3", 3, named=r"\2", before=weekday)
    clock_inside = rf"(?i){_WEEKDAY}({_WORD})\.? +(\d{{1,2}}) ({_HOURS})(?: ([A-Z]{{3,4}}))? ([1-9]\d{{3}})"
    return [*found, Rule(clock_inside, r"\5-|-\2 \3", named=r"\1", zone=r"\4", before=either)]


@cache
def _compiled(form: DateForm) -> tuple[tuple[re.Pattern[str], Rule], ...]:
    return tuple((re.compile(rule.pattern), rule) for rule in rules_of(form))


def _may_say(text: str, form: DateForm) -> bool:
    """Say whether a text has what all dates of a form have: the many patterns are made only where one does."""
    if form is not DateForm.NAMED and not text[:1].isdigit() and (before := _BEFORE.match(text)) is not None:
        text = text[before.end() :]
    if form is DateForm.YEAR_FIRST:
        return text[4:5] in _BETWEEN and "0" <= text[:1] <= "9"
    if form is DateForm.COMPACT:
        return len(text) >= 8 and text[:8].isdigit()
    if form in DIGITS:
        return text.isdigit()
    if form is not DateForm.NAMED:
        return "0" <= text[:1] <= "9" and (text[1:2] in _BETWEEN or text[2:3] in _BETWEEN)
    words = _LETTERS.findall(text.lower())
    return any(word[i:] in month_words() for word in words for i in range(3))  # 5thjanuary


def day_in(text: str, form: DateForm) -> datetime.date | None:
    """Return the day that a text says in a form, None if it says none.

    >>> day_in("Sun, 5 Jan 2025 23:10:00 +0100", DateForm.NAMED)
    datetime.date(2025, 1, 5)
    >>> day_in("2024-01-05 garbage", DateForm.YEAR_FIRST)
    """
    if len(text) > LONGEST or not _may_say(text, form):
        return None
    first = _FIRST_WORD.match(text)
    for shape, rule in _compiled(form):
        match = shape.fullmatch(text)
        if match is None or (first is not None and first[0].lower() not in rule.before):
            continue
        said = match.expand(rule.iso) if rule.iso is not None else text
        if rule.named is not None:
            said = said.replace("|", str(month_words().get(match.expand(rule.named).lower(), 0)))
        try:
            return datetime.date(*(int(part) for part in re.split("[ T]", said)[0].split("-")))
        except ValueError:
            return None
    return None


@frozen
class Seen:
    """How many values of a column are dates in each form.

    ``either`` and ``both`` count those that read as day-month, as month-day or as both; ``last_day`` is the largest
    day of those with the year first, and ``short_alone`` are those that read only with a short year first.
    """

    forms: Mapping[DateForm, int]
    either: int
    both: int
    last_day: int = 31
    short_alone: int = 0


class Choice(NamedTuple):
    """The forms that a column's dates are read in.

    ``open`` says that day-month and month-day both fit every date; ``apart`` are forms that cannot be read together,
    and ``switched`` that a program may have switched day and month.
    """

    forms: tuple[DateForm, ...]
    open: bool = False
    apart: tuple[DateForm, ...] = ()
    switched: bool = False


def choose_forms(seen: Seen, order: str | None = None) -> Choice:
    """Return the forms that a column's dates can surely be read in.

    Parameters
    ----------
    order : ``dmy``, ``mdy`` or ``ymd`` where it was named; the last one leaves dates that begin otherwise unread, and
        ``yymd`` reads years of two digits too.
    """
    others = tuple(f for f in (DateForm.YEAR_FIRST, DateForm.COMPACT, DateForm.NAMED) if seen.forms.get(f))
    others = tuple(sorted(others, key=lambda f: -seen.forms[f]))
    days, months = seen.forms.get(DateForm.DAY_FIRST, 0), seen.forms.get(DateForm.MONTH_FIRST, 0)
    short = _choose_short(seen, order, others)
    if short is not None:
        return short
    if not seen.either or order in ("ymd", SHORT_YMD):
        return Choice(others)
    many = seen.forms.get(DateForm.YEAR_FIRST, 0)
    if many >= SWITCHED and seen.last_day <= 12 and not seen.both and days != months:
        found = DateForm.DAY_FIRST if days > months else DateForm.MONTH_FIRST
        return Choice((), apart=(*others, found), switched=True)  # an order that was named does not switch them back
    if order in ORDERS:
        return Choice((*others, ORDERS[order]))
    years = any(f is not DateForm.NAMED for f in others)
    if days < seen.either and months < seen.either:
        return Choice((), apart=(*others, DateForm.DAY_FIRST, DateForm.MONTH_FIRST))
    if days == months:
        if years:
            return Choice((), open=True, apart=(*others, DateForm.DAY_FIRST))
        return Choice((*others, DateForm.DAY_FIRST), open=True)
    found = DateForm.DAY_FIRST if days > months else DateForm.MONTH_FIRST
    return Choice(tuple(sorted((*others, found), key=lambda f: -seen.forms[f])))


def _choose_short(seen: Seen, order: str | None, others: Sequence[DateForm]) -> Choice | None:
    """Return the choice where dates begin with years of two digits, None where they do not.

    They do where all that do not begin with four digits read so, and in no other order; or where that was said.
    """
    form, days, months = (DateForm.SHORT_YEAR_FIRST, *(seen.forms.get(f, 0) for f in ORDERS.values()))
    short, all_of_them = seen.forms.get(form, 0), seen.either + seen.short_alone
    if not short or order not in (None, SHORT_YMD):
        return None
    if order == SHORT_YMD or (short == all_of_them and max(days, months) < all_of_them):
        return Choice(tuple(sorted((*others, form), key=lambda f: -seen.forms[f])))
    if seen.short_alone and short > seen.either:
        return Choice((), apart=(*others, form, DateForm.DAY_FIRST if days >= months else DateForm.MONTH_FIRST))
    return None


def count_forms(cells: Sequence[str]) -> tuple[Seen, int]:
    """Return how many cells are dates in each form, and in any."""
    forms, either, both, last, read, alone = dict.fromkeys(WRITTEN, 0), 0, 0, 0, 0, 0
    for cell, many in Counter(cells).items():
        days = {form: day for form in WRITTEN if (day := day_in(cell, form)) is not None}
        for form in days:
            forms[form] += many
        orders = sum(form in days for form in ORDERS.values())
        either, both, read = either + many * (orders > 0), both + many * (orders > 1), read + many * bool(days)
        alone += many * (DateForm.SHORT_YEAR_FIRST in days and not orders)
        if DateForm.YEAR_FIRST in days:
            last = max(last, days[DateForm.YEAR_FIRST].day)
    return Seen(forms, either, both, last, alone), read
