"""Columns' names and numbers as words for people: ``MntWines`` is "spend on wines", 12345.6 is "12,346"."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

SPENT_ON = "spend on"  # of a column that holds a part of the spending
# Abbreviations that exports of shops and campaigns use; the longer one first where one contains another.
SPELLED = {
    "mnt": SPENT_ON,
    "amt": "amount",
    "num": "number of",
    "nb": "number of",
    "qty": "quantity",
    "avg": "average",
    "cmp": "campaign",
    "dt": "date",
    "yr": "year",
    "freq": "frequency",
    "rev": "revenue",
    "cust": "customer",
    "pct": "percent",
    "monetary": "spend",
    "kidhome": "number of kids at home",
    "teenhome": "number of teens at home",
}
# Words that a short name can do without: "annual income" is "income", "spending score" is "spending".
GENERIC = {"annual", "yearly", "monthly", "weekly", "daily", "total", "average", "score", "index", "number", "of"}
GENERIC |= {"amount", "value", "count", "the", "in", "customer", "percent", "per", "month", "year"}
PERIOD = re.compile(r"s (day|week|month|year)$")  # "visits month" are visits per month
# Levels of a number of things.
MANY = {
    "very high": "very many {}",
    "high": "many {}",
    "above-average": "more {} than most",
    "below-average": "fewer {} than most",
    "low": "few {}",
    "very low": "very few {}",
}
# Measures of purchases whose levels have words of their own: of a "high recency" nobody knows which end it is.
LEVELS = {
    "recency": {
        "very high": "bought very long ago",
        "high": "bought long ago",
        "above-average": "bought longer ago than most",
        "below-average": "bought more recently than most",
        "low": "bought recently",
        "very low": "bought very recently",
    },
    "tenure": {
        "very high": "customers for very long",
        "high": "customers for long",
        "above-average": "customers for longer than most",
        "below-average": "newer than most",
        "low": "new",
        "very low": "very new",
    },
}
YES = {"yes", "true", "1", "y", "t", "ja", "oui", "si", "sí"}
NO = {"no", "false", "0", "n", "f", "nein", "non"}
# What a yes in a column of yes and no says of a customer, where its name alone would not be a fact: "mostly response".
SAID_YES = {
    "response": "responded",
    "complain": "complained",
    "complaint": "complained",
    "churn": "churned",
    "default": "in default",
    "loan": "with a loan",
    "housing": "with housing",
    "subscription": "with a subscription",
    "newsletter": "with the newsletter",
}
# Columns whose levels are common words, so that a capital inside a name would only be the source's habit; those of
# other columns may be names of places or brands, and stay as they are written.
COMMON = {
    "gender", "genre", "sex", "marital", "education", "job", "occupation", "profession", "size", "tier", "membership",
}  # fmt: skip
# Levels that say nothing without their column.
VAGUE = {"unknown", "other", "others", "none", "missing", "any", "all", "na", "n/a", "not available", "not known", "?"}
WHOLE = {"average order", "average repeat"}  # labels that lose their sense when shortened

SMALLEST_GROUP = 10
"""Counts of customers below this are not told: so few may point at a person."""

DAY_ZERO = datetime.date(1970, 1, 1)
"""A date is the days since this one."""

REPEATABLE, CHANCY = 0.8, 0.6
"""Agreement of refits from which a cut or a name is called repeatable, and below which it is left to chance."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula."""

UNKNOWN = "–"
UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Often(StrEnum):
    """How often a level is met, as a name says it."""

    MOSTLY = "mostly"
    MORE_OFTEN = "more often"
    SELDOM = "seldom"


def label(name: str) -> str:
    """Return a column's name in words, without units in brackets.

    >>> [label(n) for n in ("Annual Income (k$)", "MntWines", "days_since_order", "f1", "AcceptedCmp3")]
    ['annual income', 'spend on wines', 'days since order', 'f1', 'accepted campaign 3']
    """
    bare = re.sub(r"[(\[{].*?[)\]}]", " ", name)
    bare = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", bare)
    bare = re.sub(r"(?<=[A-Za-z]{2})(?=[0-9])", " ", bare)
    parts = re.split(r"[\s_\-./]+", bare.strip())
    spelled = [SPELLED.get(p.casefold(), p if p.isupper() and len(p) > 1 else p.casefold()) for p in parts if p]
    return PERIOD.sub(r"s per \1", " ".join(spelled)) or name


def spent_on(name: str) -> str | None:
    """Return what a column of spending is about; None for another column.

    >>> spent_on("MntWines"), spent_on("spending_score")
    ('wines', None)
    """
    start, text = f"{SPENT_ON} ", label(name)
    return text.removeprefix(start) if text.startswith(start) else None


def labels(names: Sequence[str]) -> dict[str, str]:
    """Return a label for each name, the name itself where two labels would be the same."""
    found = {name: label(name) for name in names}
    counts = list(found.values())
    return {name: text if counts.count(text) == 1 else name for name, text in found.items()}


def short(text: str) -> str:
    """Return a label without the words that say nothing in a name.

    >>> short("annual income"), short("spending score"), short("score")
    ('income', 'spending', 'score')
    """
    if text in WHOLE:
        return text
    kept = [word for word in text.split() if word not in GENERIC]
    return " ".join(kept) or text


def level(word: str, label: str) -> str:
    """Return a level of a measure as a name says it.

    >>> level("very high", "annual income"), level("very high", "recency"), level("low", "number of web visits")
    ('very high income', 'bought very long ago', 'few web visits')
    """
    if label in LEVELS:
        return LEVELS[label][word]
    if label.startswith("number of "):
        return MANY[word].format(short(label))
    return f"{word} {short(label)}"


def answers_yes_or_no(levels: Iterable[str]) -> bool:
    """Say whether levels are yes and no, or one of them; 1 beside 2 is a code and no yes.

    >>> answers_yes_or_no(["1", "0"]), answers_yes_or_no(["Yes", "no", "unknown"]), answers_yes_or_no(["1", "2"])
    (True, True, False)
    """
    bare = {level.strip().casefold() for level in levels} - VAGUE
    return bool(bare) and bare <= YES | NO


def yes(label: str) -> str:
    """Return what a yes in a column of yes and no says of a customer.

    >>> yes("accepted campaign 5"), yes("response"), yes("is active"), yes("has car")
    ('accepted campaign 5', 'responded', 'active', 'with car')
    """
    first, _, rest = label.partition(" ")
    if rest and first in ("is", "has"):
        return rest if first == "is" else f"with {rest}"
    return SAID_YES.get(label, label)


def level_of(label: str, level: str) -> str:
    """Return one level of a category as a name says it.

    >>> level_of("gender", "Female"), level_of("city", "Paris"), level_of("job", "unknown")
    ('female', 'Paris', 'job unknown')
    """
    bare = level.strip()
    if bare.casefold() in VAGUE or not any(c.isalpha() for c in bare) or len(bare) == 1:
        return f"{label} {level}"
    plain = bare[1:].islower() and COMMON & set(label.casefold().split())
    return level.lower() if plain else level


def fact_alone(word: str) -> str:
    """Return a fact without how often it holds, to stand beside the number that says so.

    >>> fact_alone("mostly female"), fact_alone("seldom job unknown")
    ('female', 'job unknown')
    """
    often = next((o for o in Often if word.startswith(f"{o} ")), "")
    return word[len(often) :].strip()


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def number(value: float) -> str:
    """Return a number with three or more figures, thousands separated.

    >>> number(12345.6), number(0.01234), number(87.0), number(-3.456)
    ('12,346', '0.0123', '87', '−3.46')
    """
    size = abs(value)
    if size >= 100 or value == round(value):
        text = f"{size:,.0f}"
    else:
        places = 1 if size >= 10 else 2 if size >= 1 else 4 if size >= 0.001 else 6
        text = f"{size:,.{places}f}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def exact_number(value: float) -> str:
    """Return a number with all its digits, thousands separated.

    >>> exact_number(71000.0), exact_number(0.125), exact_number(-3.5)
    ('71,000', '0.125', '−3.5')
    """
    return _minus(format(Decimal(repr(value)).normalize(), ",f"))


def short_number(value: float | None, *, scale: float | None = None) -> str:
    """Return a number with as many digits as its column deserves.

    Parameters
    ----------
    scale : the size of the column's numbers; None: of this one.

    >>> short_number(35795), short_number(4.26), short_number(0.0), short_number(-1250000.0)
    ('35,795', '4.3', '0', '−1.25M')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value if scale is None else scale)
    places = 0 if size >= 20 or size == 0 else 1 if size >= 2 else 2 if size >= 0.2 else 3
    text = f"{value:,.{places}f}"
    if 0 < size < 5e-4 or size >= 1e15:
        text = f"{value:.2g}"
    elif size >= 999_500:
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
    """Say whether there are customers, but too few to be told of."""
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


def share(value: float) -> str:
    """Return a share as a percentage.

    >>> share(0.2049), share(0.003), share(1)
    ('20 %', '0.3 %', '100 %')
    """
    percent = 100 * value
    return f"{percent:.1f} %" if 0 < percent < 1 else f"{percent:.0f} %"


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

    >>> p_value(0.0312), p_value(0.0051), p_value(0.44, about=True)
    ('p = 0.03', 'p = 0.005', 'p ≈ 0.44')
    """
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


# ── phrases ───────────────────────────────────────────────────────────────────────────────────────────────────────


def joined(parts: Sequence[str]) -> str:
    """Return the parts as a phrase: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else list(parts))


def sentence(text: str) -> str:
    """Return the text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
