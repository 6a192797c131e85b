"""What numbers are counted in: ``(k$)`` of a header, days of purchases, a currency that was named."""

from __future__ import annotations

import re

from coterie.doors import pattern

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
MONEY = set(SIGNS.values())
KNOWN = {"kg", "g", "km", "m", "cm", "l", "ml", "h", "min", "s", "days", "weeks", "months", "years", "hours"}
PART = pattern(
    r"(?:^|[\W_])(?:shares?|percent(?:age)?s?|pct|prozent|anteil|pourcentage|porcentaje)(?:[\W_]|$)|%", re.IGNORECASE
)
DAYS_A_MONTH, MONTHS_FROM = 30.44, 60


def unit_of(header: str) -> str | None:
    """Return the unit that a header has in brackets, if it is one.

    >>> unit_of("Annual Income (k$)"), unit_of("Spending Score (1-100)"), unit_of("weight [kg]"), unit_of("rate (%)")
    ('k$', None, 'kg', '%')
    """
    found = re.search(r"[(\[{]([^(\[{)\]}]*)[)\]}]", header)
    text = found[1].strip() if found else ""
    bare = text.casefold().removeprefix("k") if text[:1] in "kK" else text
    money = text.upper() in SIGNS or bare.upper() in SIGNS or text.strip("kKmM") in MONEY
    return text if money or text == "%" or text.casefold() in KNOWN else None


def names_share(header: str) -> bool:
    """Say whether a header says that its numbers are parts of a whole, by a word or by ``%``.

    >>> [names_share(n) for n in ("returns_share", "discount (%)", "market shares", "shareholder")]
    [True, True, True, False]
    """
    return PART.search(header) is not None


def is_part(header: str, low: float | None, high: float | None) -> bool:
    """Say whether numbers are parts of one, told in per cent.

    >>> is_part("returns_share", 0, 0.8), is_part("share in %", 0, 80), is_part("age", 0, 1)
    (True, False, False)
    """
    return low is not None and high is not None and 0 <= low <= high <= 1 and names_share(header)


def with_unit(number: str, unit: str | None) -> str:
    """Return a number with what it is counted in.

    >>> with_unit("87", "k$"), with_unit("1,234", "EUR"), with_unit("12", "%"), with_unit("3", "kg")
    ('$87k', '€1,234', '12%', '3 kg')
    """
    if unit is None or not any(c.isdigit() for c in number):
        return number
    if unit == "%":
        return f"{number}%"
    thousands = unit[:1] in "kK" and len(unit) > 1 and unit.casefold() not in KNOWN
    money = unit[1:] if thousands else unit
    sign = SIGNS.get(money.upper(), money)
    if sign in MONEY:
        minus, digits = ("−", number[1:]) if number.startswith("−") else ("", number)
        return f"{minus}{sign}{digits}{'k' if thousands else ''}"
    return f"{number} {'thousand ' if thousands else ''}{money}"


def say_days(number: str, days: float) -> str:
    """Return days as people say them, long ones with their months.

    >>> say_days("424", 424.0), say_days("16", 16.0), say_days("1", 1.0)
    ('424 days (14 months)', '16 days', '1 day')
    """
    said = f"{number} {'day' if number == '1' else 'days'}"
    return f"{said} ({round(days / DAYS_A_MONTH)} months)" if days >= MONTHS_FROM else said
