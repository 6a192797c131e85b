"""How the values of a column are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import field, replace
from enum import Enum, auto

from coterie.doors import frozen, pattern
from coterie.reading.births import is_birth
from coterie.reading.currencies import currencies_of
from coterie.reading.date_doubts import has_unproved_sign, may_begin_with_year, short_years
from coterie.reading.date_forms import (
    BORN_BEFORE,
    ORDERS,
    SHORT_YMD,
    ZONED,
    DateForm,
    choose_forms,
    count_forms,
    day_in,
)
from coterie.reading.decimal_signs import decimal_of
from coterie.reading.number_patterns import (
    AFFIXED,
    ANSWERS,
    BOOKED,
    BRACKETED,
    CAPITALS,
    CODE,
    CODE_LIKE,
    FRACTION,
    LAKHS,
    MAYBE_DECIMAL,
    PLAIN,
    SIZED,
    UNITED,
    WHOLE,
    unbracketed,
)

# Exactly these words mean "missing" in a column of numbers or dates; in a text column only the empty cell does.
MISSING = (
    "", "NA", "N/A", "n/a", "na", "NULL", "null", "Null", "NaN", "nan", "NAN", "None", "none", "-", "--", "?", ".",
    "#N/A", "<NA>", "n.a.", "N.A.", "(null)", "\\N", "#NULL!", "NaT", "0000-00-00", "0000-00-00 00:00:00",
)  # fmt: skip
MISSING_SET, NO_DAY = frozenset(MISSING), "00000000"
MOSTLY, ENOUGH = 0.9, 20  # a column with fewer values of a kind is not of that kind, unless all its values are
EXACT_DIGITS = 15
MANY_NUMBERS = 10
MOST_UNITS = 5
MIXED = 0.01  # fractions among percents that make it doubtful what they are
YEAR_LAST = pattern(r"\D*\d{1,2}([-/.]) ?\d{1,2}[-/.]")
TRUTH = {"true", "false"}  # in other letters it is these too, in every kind of file

PROBED = 40  # so many cells tell whether a column may be dates


@frozen
class Notation:
    """How text becomes values, where the engine's own parser would not do.

    For numbers: ``decimal`` and ``grouping`` signs, whether there are ``signs`` (currency, percent) to take off, and
    ``brackets`` that mean less than zero. For dates: the ``forms`` they are read in, none while that is open, and the
    signs ``between`` day, month and year where the year is last. For yes and no: the words that are kept for them.
    ``missing`` are the words that stand in place of a value. ``zone`` is the time zone whose days moments fall on;
    ``unit`` stands behind each number. Of days of births those of years of two digits are past (``born``).
    """

    decimal: str = "."
    grouping: str = ""
    signs: bool = False
    brackets: bool = False
    forms: tuple[DateForm, ...] = ()
    between: str = ""
    yes: str = ""
    no: str = ""
    missing: tuple[str, ...] = ()
    zone: str = field(default="", metadata={"optional": True})
    unit: str = field(default="", metadata={"optional": True})
    born: bool = field(default=False, metadata={"optional": True})

    @property
    def order(self) -> str:
        """The order of day, month and year that its dates show."""
        if DateForm.SHORT_YEAR_FIRST in self.forms:
            return SHORT_YMD
        return next((order for order, form in ORDERS.items() if form in self.forms), "ymd")


class Remark(Enum):
    """What is remarkable about how a column's values are written."""

    EMPTY = auto()  # no values at all
    MISSING_WORDS = auto()  # words such as NA stand for a missing value
    SEPARATORS = auto()  # a decimal sign or a sign between thousands that is not the usual one
    MIXED_SEPARATORS = auto()  # point and comma could both be the decimal sign
    BRACKETS = auto()  # brackets mean less than zero
    NO_CENTS = auto()  # a dash stands in place of cents
    BEHIND = auto()  # a sign behind the number means less than zero
    SIGNS = auto()  # currency signs
    CURRENCIES = auto()  # several of them
    PERCENT = auto()
    MIXED_PERCENTS = auto()
    UNIT = auto()  # one unit behind all numbers
    UNITS = auto()  # several
    NUMBERS_AS_TEXT = auto()
    LEADING_ZEROS = auto()  # codes
    LONG_DIGITS = auto()  # more than a number can hold
    DATES = auto()  # not year-month-day
    AMBIGUOUS = auto()  # day-month and month-day both fit every date
    OTHER_SIGN = auto()  # both fit every date with one sign, and not with another
    SHORT_YEARS = auto()  # 25-03-10 may begin with the year, and probably does
    BORN = auto()  # years of two digits that would be to come are past: the column is of births
    ZONES = auto()
    SOME_ZONES = auto()
    HALF_NUMBERS = auto()  # many are numbers and the others are not
    HALF_DATES = auto()
    HALF_FLAGS = auto()
    MAYBE_DECIMAL = auto()  # 3,7 may be a number, or two answers
    MAYBE_THOUSANDS = auto()  # 7.273 may be seven thousand
    NESTED = auto()  # lists or objects


@frozen
class Values:
    """What a column holds, and how it is written.

    ``kind`` is ``number``, ``date``, ``flag`` (true or false), ``text`` or ``nested``; ``notation`` None: as the
    engine's own parser takes it; ``missing`` are the words that the sample showed in place of a value, or that were
    named; ``share`` is that of the values of its kind, or of the kind that half of a text's are. ``short`` says that
    some dates of the sample may begin with a year of two digits: whether all do is asked of all.
    """

    kind: str
    notation: Notation | None = None
    remarks: frozenset[Remark] = frozenset()
    missing: tuple[str, ...] = ()
    share: float = 1.0
    short: bool = False


def judge(name: str, cells: Sequence[str], *, decimal: str | None = None, date_order: str | None = None) -> Values:
    """Return what a column holds, judged by a sample of its cells.

    Parameters
    ----------
    decimal : the decimal sign where it was named.
    date_order : ``dmy``, ``mdy`` or ``ymd`` where it was named, ``yymd`` where years may have two digits.

    >>> judge("spend", ["1.234,50", "99,10", ""]).notation.decimal
    ','
    >>> judge("zip", ["01234", "99102"]).kind
    'text'
    >>> judge("age", ["31", "NA", "-", ""]).missing
    ('-', 'NA')
    """
    values = _judge(cells, decimal, date_order)
    if values.kind == "date" and is_birth(name) and (years := short_years(cells)):
        remarks = values.remarks | ({Remark.BORN} if max(years) >= BORN_BEFORE else set())
        values = replace(values, notation=replace(values.notation or Notation(), born=True), remarks=remarks)
    if NO_DAY in cells and values.kind == "text":  # beside days in digits alone it is none, as 0000-00-00 is
        days = _judge([c for c in cells if c != NO_DAY], decimal, date_order)
        if days.notation is not None and days.notation.forms == (DateForm.COMPACT,):
            words = {c.strip() for c in cells if c.strip() in MISSING_SET} - {""} | {NO_DAY}
            return replace(days, missing=tuple(sorted(words)), remarks=days.remarks | {Remark.MISSING_WORDS})
    if Remark.MISSING_WORDS not in values.remarks:
        return values
    return replace(values, missing=tuple(sorted({c.strip() for c in cells if c.strip() in MISSING_SET} - {""})))


class Share(Enum):
    """What so many of a column's values make of it: one rule for numbers, dates, yes and no."""

    MOSTLY = auto()  # a column of their kind; the others are unread
    HALF = auto()  # a text, and a finding says so
    FEW = auto()  # a text


OF_SIGNS = {Remark.PERCENT, Remark.SIGNS}
HALVES = {"number": Remark.HALF_NUMBERS, "date": Remark.HALF_DATES, "flag": Remark.HALF_FLAGS}


def share_of(many: int, present: int) -> Share:
    """Return what it makes of a column that so many of its values are of a kind.

    >>> [share_of(*counts).name for counts in ((19, 20), (20, 21), (7, 7), (12, 20), (9, 20))]
    ['HALF', 'MOSTLY', 'MOSTLY', 'HALF', 'FEW']
    """
    if many == present or (many >= MOSTLY * present and many >= ENOUGH):
        return Share.MOSTLY
    return Share.HALF if present >= ENOUGH and 2 * many >= present else Share.FEW


def halved(kind: str, many: int, present: int) -> Values:
    """Return a column of text of whose values so many are of a kind, which is remarked where they are half."""
    if share_of(many, present) is not Share.HALF:
        return Values("text")
    return Values("text", remarks=frozenset({HALVES[kind]}), share=many / present)


def _judge(cells: Sequence[str], decimal: str | None, date_order: str | None) -> Values:
    bare = [c.strip() for c in cells]
    present = [c for c in bare if c not in MISSING_SET]
    missing = len(bare) - len(present) - bare.count("")
    remarks = {Remark.MISSING_WORDS} if missing else set[Remark]()
    if not present:
        return Values("text", remarks=frozenset({Remark.EMPTY}))
    said = [c for c in present if c.lower() in TRUTH]
    if share_of(len(said), len(present)) is Share.MOSTLY:
        return Values("flag", _words_of(said), frozenset(remarks), share=len(said) / len(present))
    numbers = [c for c in present if PLAIN.fullmatch(c)]
    if len(numbers) == len(present) and decimal != ",":
        return _judge_plain(present, remarks)
    if share_of(len(numbers), len(present)) is Share.MOSTLY and _are_codes(_without(present, PLAIN)):
        return Values("text")
    dates = _judge_dates(present, remarks, date_order)
    if dates is not None and dates.kind == "date":
        return dates
    found = _judge_numbers(present, remarks, decimal) or _judge_units(present, remarks, decimal)
    if found is None and share_of(len(numbers), len(present)) is Share.MOSTLY:
        found = _judge_plain(numbers, remarks)
    return found or dates or (halved("flag", len(said), len(present)) if said else _halve_numbers(present))


def _words_of(said: Sequence[str]) -> Notation | None:
    """Return the words for true and false where they are in other letters."""
    words = {c.lower(): c for c in sorted({c for c in said if c not in TRUTH})}
    return Notation(yes=words.get("true", ""), no=words.get("false", "")) if words else None


def _without(present: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    return [c for c in present if not pattern.fullmatch(c)]


def _are_codes(others: Sequence[str]) -> bool:
    """Say whether what stands among numbers makes codes of them: C536379 and 85123A, but not 59k alone."""
    codes = {c for c in others if not BOOKED.fullmatch(c)}
    like = all(re.fullmatch(CODE_LIKE, c) for c in codes)
    return like and not all(re.fullmatch(SIZED, c) for c in codes)


def _halve_numbers(present: Sequence[str]) -> Values:
    """Return a text, remarked where half of it are numbers of many sizes: too many to be answers or codes."""
    numbers = [c for c in present if AFFIXED.fullmatch(c) or PLAIN.fullmatch(c)]
    others = {c for c in present} - set(numbers)
    if len(set(numbers)) < MANY_NUMBERS or any(CODE.fullmatch(c) for c in numbers) or _are_codes(list(others)):
        return Values("text")
    return halved("number", len(numbers), len(present))


def _judge_plain(present: Sequence[str], remarks: set[Remark]) -> Values:
    codes = sum(1 for c in present if CODE.fullmatch(c))
    if codes and (len({len(c) for c in present}) == 1 or codes > 0.05 * len(present)):
        return Values("text", remarks=frozenset({Remark.LEADING_ZEROS}))
    if all(day_in(c, DateForm.COMPACT) for c in present):
        return Values("date", Notation(forms=(DateForm.COMPACT,)), frozenset(remarks | {Remark.DATES}))
    digits = [c.lstrip("+-0") for c in present if "." not in c and "e" not in c.lower()]
    if sum(1 for c in digits if len(c) > EXACT_DIGITS and c.isdigit()) > 0.5 * len(present):
        return Values("text", remarks=frozenset({Remark.LONG_DIGITS}))
    return Values("number", None, frozenset(remarks))


def _judge_numbers(present: Sequence[str], remarks: set[Remark], decimal: str | None) -> Values | None:
    bracketed = any(BRACKETED.fullmatch(c) for c in present)
    matches = [m for m in (AFFIXED.fullmatch(unbracketed(c)) for c in present) if m]
    matches = [m for m in matches if LAKHS.fullmatch(m["number"]) or not ANSWERS.search(m["number"])]
    if share_of(len(matches), len(present)) is not Share.MOSTLY:
        return None
    remarks = set(remarks) | ({Remark.BRACKETS} if bracketed else set()) | _beside(matches)
    if _mix_percents(matches):
        return Values("text", remarks=frozenset({Remark.MIXED_PERCENTS}))
    bare = [m["number"] for m in matches]
    if decimal is None:
        votes = {decimal_of(v) for v in bare} - {None}
        with_comma = [m[0] for m in matches if "," in m[0]]
        if votes == {","} and not bracketed and all(MAYBE_DECIMAL.fullmatch(c) for c in with_comma):
            return Values("text", remarks=frozenset({Remark.MAYBE_DECIMAL}))
        if votes == {"?,", "?."} or {",", "."} <= votes:
            return Values("number", None, frozenset(remarks | {Remark.MIXED_SEPARATORS}))
        decimal = "," if "," in votes else "."
    grouping = {",": ".", ".": ","}[decimal]
    spaced = sum(1 for v in bare if re.search(r"\d[ \u00a0\u202f'’]\d", v))
    signed = sum(1 for v in bare if grouping in v)
    if signed or decimal == "," or spaced:
        remarks.add(Remark.SEPARATORS)
    grouping = " " if spaced > signed else grouping  # one odd cell does not make all others unread
    if not remarks & {Remark.SEPARATORS, Remark.BEHIND, Remark.NO_CENTS}:
        grouping = ""  # nothing shows one
    return Values("number", Notation(decimal, grouping, bool(remarks & OF_SIGNS), bracketed), frozenset(remarks))


def _beside(matches: Sequence[re.Match[str]]) -> set[Remark]:
    """Return what is remarkable about what stands beside the digits of numbers."""
    signs = {s for m in matches for s in (m["before"], m["after"]) if s}
    seen = {
        Remark.BEHIND: any(m["behind"] or m["inner"] for m in matches),
        Remark.NO_CENTS: any(WHOLE.search(m["number"]) for m in matches),
        Remark.PERCENT: signs == {"%"},
        Remark.SIGNS: bool(signs - {"%"}),
        Remark.CURRENCIES: len(currencies_of(signs - {"%"})) > 1,
    }
    return {remark for remark, there in seen.items() if there}


def _mix_percents(matches: Sequence[re.Match[str]]) -> bool:
    """Say whether fractions such as 0.12 stand beside 12%, so that half of them would be a hundred times off."""
    signed = [m["number"] for m in matches if m["after"] == "%"]
    bare = [m["number"] for m in matches if m["after"] is None and m["number"].strip("0.,")]  # 0.00 is 0 in either way
    fractions = sum(1 for n in bare if FRACTION.fullmatch(n))
    return fractions >= max(MIXED * len(matches), len(bare) / 2) and not all(FRACTION.fullmatch(n) for n in signed)


def _judge_units(present: Sequence[str], remarks: set[Remark], decimal: str | None) -> Values | None:
    """Return numbers that carry one unit, or a text whose numbers carry several; else None."""
    matches = [m for m in map(UNITED.fullmatch, present) if m is not None and _may_be_unit(m)]
    if share_of(len(matches), len(present)) is not Share.MOSTLY or len({m["number"] for m in matches}) < MANY_NUMBERS:
        return None
    units = Counter(m["unit"] for m in matches)
    unit, many = min(units.items(), key=lambda item: (-item[1], item[0]))
    if share_of(many, len(present)) is not Share.MOSTLY:
        return Values("text", remarks=frozenset({Remark.UNITS})) if len(units) <= MOST_UNITS else None
    bare = [m["number"].strip() for m in matches if m["unit"] == unit]
    found = _judge_numbers(bare, remarks, decimal)
    if found is not None and Remark.MAYBE_DECIMAL in found.remarks:  # with a unit 3,7 is no two answers
        found = _judge_numbers(bare, remarks, ",")
    if found is None or found.kind != "number" or Remark.MIXED_SEPARATORS in found.remarks:
        return found
    return replace(
        found, notation=replace(found.notation or Notation(), unit=unit), remarks=found.remarks | {Remark.UNIT}
    )


def _may_be_unit(match: re.Match[str]) -> bool:
    return bool(match["gap"]) or match["unit"] != match["unit"].upper() or match["unit"] in CAPITALS


def decimals_shown(cells: Sequence[str]) -> set[str]:
    """Return the decimal signs that some cells show.

    ``?,`` or ``?.`` where it may be a sign between thousands.

    >>> sorted(decimals_shown(["1,234", "12.5", "Bonn"]))
    ['.', '?,']
    """
    matches = [AFFIXED.fullmatch(unbracketed(c.strip())) for c in cells]
    return {sign for m in matches if m is not None and (sign := decimal_of(m["number"])) is not None}


def _judge_dates(present: Sequence[str], remarks: set[Remark], date_order: str | None) -> Values | None:
    few = present[:: max(1, len(present) // PROBED)]
    if 2 * count_forms(few)[1] < len(few):
        return None
    seen, read = count_forms(present)
    if (share := share_of(read, len(present))) is not Share.MOSTLY:
        return halved("date", read, len(present)) if share is Share.HALF else None
    zoned = [ZONED.fullmatch(c) is not None for c in present if ":" in c]
    if any(zoned):
        remarks = remarks | {Remark.ZONES if all(zoned) else Remark.SOME_ZONES}
    choice = choose_forms(seen, date_order)
    forms = () if choice.open or len(choice.forms) > 1 else choice.forms
    if forms != (DateForm.YEAR_FIRST,):
        remarks = remarks | {Remark.DATES}
    if date_order is None and not choice.open and not choice.apart and DateForm.SHORT_YEAR_FIRST not in choice.forms:
        doubts = {Remark.OTHER_SIGN: has_unproved_sign, Remark.SHORT_YEARS: may_begin_with_year}
        remarks = remarks | {remark for remark, doubted in doubts.items() if doubted(present)}
    between = "".join(sorted({m[1] for c in present if (m := YEAR_LAST.match(c)) is not None}))
    short = seen.forms[DateForm.SHORT_YEAR_FIRST] > 0
    return Values("date", Notation(forms=forms, between=between), frozenset(remarks), short=short)


PLAIN_NOTATIONS = (Notation(), Notation(forms=(DateForm.YEAR_FIRST,)))


def notation_of(values: Values) -> Notation | None:
    """Return how a column is written, as a record keeps it.

    None where that is as programs write: a decimal point, year-month-day; values that have types are written so too.

    >>> notation_of(judge("spend", ["1.5", "2"]))
    >>> notation_of(judge("spend", ["1.234,5", "-"])).missing
    ('-',)
    """
    found = replace(values.notation or Notation(), missing=values.missing)
    return None if found in PLAIN_NOTATIONS else found
