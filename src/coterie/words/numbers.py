"""Numbers, shares, counts, days and letters as people read them: 12345.6 is "12,346", 0.4 is "40%"."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from decimal import Decimal

from coterie.words.lexicon import read_lexicon
from coterie.words.names import sentence

SMALLEST_GROUP = 10
"""Counts of customers below this are not told: so few may point at a person."""

DAY_ZERO = datetime.date(1970, 1, 1)
"""A date is the days since this one."""

REPEATABLE, CHANCY = 0.8, 0.6
"""Agreement of refits from which a cut is called repeatable, and below which it is left to chance."""

HELD = 0.7
"""Agreement that nine of ten refits must reach before any customer is core (why/0104)."""

COMES_BACK = 0.75
"""The share of refits, each on a half of the sample, from which a name is no longer tentative (why/0073)."""

LARGE, SMALL = 999_500, 5e-4  # from here on numbers are told in millions; below this with two figures
UNKNOWN = "–"
UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(value: float) -> str:
    """Return a number with three or more figures, thousands separated.

    >>> number(12345.6), number(0.01234), number(87.0), number(-3.456), number(3.4e38)
    ('12,346', '0.0123', '87', '−3.46', '3.4e+38')
    """
    size = abs(value)
    if size >= 1e15:
        text = f"{size:.3g}"
    elif size >= 100 or value == round(value):
        text = f"{size:,.0f}"
    else:
        places = 1 if size >= 10 else 2 if size >= 1 else 4 if size >= 0.001 else 6
        text = f"{size:,.{places}f}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def fixed(value: float, places: int) -> str:
    """Return a number with so many decimals, thousands separated.

    >>> fixed(4748.6, 0), fixed(-0.5, 2)
    ('4,749', '−0.50')
    """
    return _minus(f"{value:,.{places}f}")


def alike(values: Sequence[float], most: int = 6) -> list[str]:
    """Return numbers that all have as many decimals as one of them needs.

    >>> alike([0.5, 0.45, -1.0]), alike([0.0, 20.0])
    (['0.50', '0.45', '−1.00'], ['0', '20'])
    """
    places = next((p for p in range(most) if all(math.isclose(round(v, p), v, abs_tol=1e-9) for v in values)), most)
    return [fixed(v + 0.0, places) for v in values]


def exact_number(value: float) -> str:
    """Return a number with all its digits, thousands separated.

    >>> exact_number(71000.0), exact_number(0.125), exact_number(-3.5)
    ('71,000', '0.125', '−3.5')
    """
    return _minus(format(Decimal(repr(value)).normalize(), ",f"))


def decimals(scale: float) -> int:
    """Return the decimals that numbers of a size deserve; below 0 for tens, hundreds and so on.

    >>> decimals(35795), decimals(4.26), decimals(0.02), decimals(1250000)
    (0, 1, 3, -4)
    """
    size = abs(scale)
    if size >= LARGE or 0 < size < SMALL:
        return (2 if size >= LARGE else 1) - math.floor(math.log10(size))
    return 0 if size >= 20 or size == 0 else 1 if size >= 2 else 2 if size >= 0.2 else 3


def short_number(value: float | None, *, scale: float | None = None, whole: bool = False) -> str:
    """Return a number with the digits its column deserves.

    Parameters
    ----------
    scale : the size of the column's numbers; None: of this one.
    whole : all of them are whole numbers.

    >>> short_number(2.0), short_number(2.0, whole=True)
    ('2.0', '2')
    >>> short_number(35795), short_number(4.26), short_number(0.0), short_number(-1250000.0)
    ('35,795', '4.3', '0', '−1.25M')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value if scale is None else scale)
    if 0 < size < SMALL or size >= 1e15:
        text = f"{value:.2g}"
    elif size < LARGE:
        text = f"{value:,.{0 if whole else decimals(size)}f}"
    else:
        limit, unit = next(u for u in UNITS if size >= u[0] * 0.9995)
        text = f"{value / limit:.3g}{unit}"
    return "0" if float(value) == 0 or text.strip("-0.,") == "" else text.replace("-", "−")


def rounded(value: float | None) -> str:
    """Return a measure with two decimals; nothing has no sign.

    >>> rounded(-0.001), rounded(-0.25)
    ('0.00', '−0.25')
    """
    return UNKNOWN if value is None else _minus(f"{round(value, 2) + 0.0:.2f}")


def _minus(text: str) -> str:
    return f"−{text[1:]}" if text.startswith("-") else text


def count(n: int | None) -> str:
    """Return a number of customers; below ten only that it is.

    >>> count(1234), count(7), count(0)
    ('1,234', 'fewer than 10', '0')
    """
    if n is None:
        return UNKNOWN
    return f"fewer than {SMALLEST_GROUP}" if too_few(n) else f"{n:,}"


def short_count(n: int) -> str:
    """Return a number of customers for a table: ``<10`` where too few.

    >>> short_count(1234), short_count(7), short_count(0)
    ('1,234', '<10', '0')
    """
    return f"<{SMALLEST_GROUP}" if too_few(n) else f"{n:,}"


def too_few(n: int | None) -> bool:
    """Say whether there are customers, too few to tell of."""
    return n is not None and 0 < n < SMALLEST_GROUP


def in_words(n: int, *, capital: bool = False) -> str:
    """Return a small number in words, a large one in digits.

    >>> in_words(3), in_words(0, capital=True), in_words(1300)
    ('three', 'No', '1,300')
    """
    text = COUNTS[n] if 0 <= n < len(COUNTS) else f"{n:,}"
    return sentence(text) if capital else text


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return the count with its noun.

    >>> plural(1, "customer"), plural(1200, "customer")
    ('1 customer', '1,200 customers')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """Return a share in whole percent, never rounded to nothing or everything.

    >>> percent(0.4), percent(0.001), percent(0.9999), percent(1)
    ('40%', '<1%', '>99%', '100%')
    """
    if share is None:
        return UNKNOWN
    if 0 < share <= 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return _minus(f"{round(100 * share)}%")


def fine_percent(share: float) -> str:
    """Return a share in percent with three figures, for limits and small excesses.

    >>> fine_percent(0.025), fine_percent(0.00034), fine_percent(0.25)
    ('2.5%', '0.034%', '25%')
    """
    return f"{number(100 * share)}%"


def signed_percent(difference: float | None) -> str:
    """Return a relative difference; ``×13`` where a percentage would be unreadable.

    >>> signed_percent(0.64), signed_percent(-0.07), signed_percent(0.001), signed_percent(12)
    ('+64%', '−7%', '±0%', '×13')
    """
    if difference is None or not math.isfinite(difference):
        return ""
    if difference >= 9.995:
        return f"×{1 + difference:,.0f}"
    text = f"{100 * difference:+.0f}%"
    return "±0%" if text in ("+0%", "-0%") else _minus(text)


def p_value(p: float, *, about: bool = False) -> str:
    """Return a p-value with its sign; ``≈`` where it was not simulated to the end.

    >>> p_value(0.0312), p_value(0.0051), p_value(0.44, about=True), p_value(0.0002)
    ('p = 0.03', 'p = 0.005', 'p ≈ 0.44', 'p < 0.001')
    """
    if p < 0.001:
        return "p < 0.001"
    return f"p {'≈' if about else '='} {p:.{3 if p < 0.01 else 2}f}"


def day(days: float) -> str:
    """Return days since 1970 as a date.

    >>> day(0.5), day(-40_000_000)
    ('1970-01-01', 'a day out of reach')
    """
    try:
        return (DAY_ZERO + datetime.timedelta(days=math.floor(days))).isoformat()
    except OverflowError:
        return "a day out of reach"


def letter(segment: int) -> str:
    """Return the letter of a segment's id: A to Z, AA, AB and so on.

    >>> letter(1), letter(26), letter(27), letter(28)
    ('A', 'Z', 'AA', 'AB')
    """
    before, place = divmod(segment - 1, 26)
    return (letter(before) if before else "") + chr(ord("A") + place)


def condition(name: str, value: float | None, level: str | None) -> str:
    """Return what may hold of a customer, as it follows "whether".

    >>> condition("pdays", -1.0, None), condition("loan", None, "yes"), condition("frequency", 1.0, None)
    ('pdays is −1', 'loan is yes', 'they ordered only once')
    """
    if value is None and level is None:
        return f"{name} is missing"
    text = f"{name} is {level if value is None else exact_number(value)}"
    return read_lexicon().conditions.get(text, text)
