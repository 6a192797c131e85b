"""Columns' names, levels and lists of them as words for people: ``MntWines`` is "spend on wines"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from coterie.doors import pattern
from coterie.words.lexicon import read_lexicon
from coterie.words.yes_no import no_words, yes_words

# Words that a short name can do without: "annual income" is "income", "spending score" is "spending".
GENERIC = {"annual", "yearly", "monthly", "weekly", "daily", "total", "average", "score", "index", "number", "of"}
GENERIC |= {"amount", "value", "count", "the", "in", "customer", "percent", "per", "month", "year"}
PERIOD = pattern(r"s (day|week|month|year)$")  # "visits month" are visits per month
# Levels of a number of things.
MANY = {
    "very high": "very many {}",
    "high": "many {}",
    "above-average": "more {} than average",
    "below-average": "fewer {} than average",
    "low": "few {}",
    "very low": "very few {}",
}
SINCE = pattern(
    r"(days|weeks|months|years)( passed)? since( the| his| her| their)? ?"
    r"(?P<which>last |latest |most recent |previous |prior |first )?(?P<what>[a-z ]+)"
)
YEAR = pattern(r"year|born|yob|jahr|année|anno|año", re.IGNORECASE)
YEARS = (1800, 2200)
LAPSED = 3  # times the usual gap between two orders
# Columns whose levels are common words, so that a capital inside a name would only be the source's habit; those of
# other columns may be names of places or brands, and stay as they are written.
COMMON = {
    "gender", "genre", "sex", "marital", "education", "job", "occupation", "profession", "size", "tier", "membership",
}  # fmt: skip
# Levels that say nothing without their column.
VAGUE = {"unknown", "other", "others", "none", "missing", "any", "all", "na", "n/a", "not available", "not known", "?"}
PHRASE = 6  # words, beyond which a label is a phrase of its own and falls apart without its small words
DONE = pattern(r"[a-z]{2,}ed\b|bought\b|sent\b|made\b|taken\b")  # what somebody did: accepted, responded, complained
COUNTED = (" count", " counts", " cnt")
# What begins the name of a count: "no_of_orders", "# visits", "num_of_calls".
COUNT_OF = pattern(
    r"(?:(?:number of|number|num|no|nr|nbr|n|count|cnt|#|anzahl|aantal|nombre|numero|número) (?:of|de|di|do|der|van)"
    r"|nr|nbr|cnt|#|anzahl|aantal) (?P<what>.+)"
)
BARE_COUNT = pattern(r"(?:n|count|number) (?P<what>.+)")  # and so only of what is counted: "number plate" is none
WITHIN = pattern(
    r" (?:per (?:day|week|month|quarter|year)"
    r"|(?:in )?(?:(?:last|past) )?\d+ ?(?:d|days?|w|weeks?|m|mo|months?|y|yrs?|years?)?)$"
)
WHOLE = {
    "average order",
    "average repeat",
    "lifetime value",
    "customer lifetime value",
}  # labels that lose their sense when shortened

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SIGNED_NUMBER = r"[-+][0-9]+([.,][0-9]+)?"
"""What a text begins with that a spreadsheet takes for a formula."""


class Often(StrEnum):
    """How often a level is met, as names say it."""

    ALL = "all"
    MOSTLY = "mostly"
    MORE_OFTEN = "more often"
    SELDOM = "seldom"
    NONE = "none"  # of a level
    NEVER = "never"  # of what somebody does
    NO = "no"  # of a yes


def label(name: str) -> str:
    """Return a column's name in words, without units in brackets.

    >>> [label(n) for n in ("Annual Income (k$)", "MntWines", "days_since_order", "f1", "AcceptedCmp3")]
    ['annual income', 'spend on wines', 'days since order', 'f1', 'accepted campaign 3']
    >>> label("order_count"), label("TotalSpent"), label("price count")
    ('number of orders', 'total spend', 'price count')
    >>> label("No. of Orders"), label("n_visits"), label("number_plate")
    ('number of orders', 'number of visits', 'number plate')
    """
    known = read_lexicon()
    if (whole := known.headers.get(name.strip().casefold())) is not None:
        return whole
    bare = re.sub(r"[(\[{][^(\[{)\]}]*[)\]}]", " ", name)
    bare = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", bare)
    bare = re.sub(r"(?<=[A-Za-z]{2})(?=[0-9])", " ", bare)
    parts = re.split(r"[\s_\-.]+", re.sub(r"\s*/\s*", "/", bare.strip()))
    spelled = [known.spelled.get(p.casefold(), p if p.isupper() and len(p) > 1 else p.casefold()) for p in parts if p]
    return _as_count(PERIOD.sub(r"s per \1", " ".join(spelled))) or name


def _as_count(text: str) -> str:
    """Return a label that says how many there are of something as the number of it."""
    counts = read_lexicon().counts
    if found := COUNT_OF.fullmatch(text):
        return f"number of {found['what']}"
    when = found[0] if (found := WITHIN.search(text)) else ""
    bare = text.removesuffix(when)
    things = next((bare.removesuffix(end) for end in COUNTED if bare.endswith(end)), "")
    if found := BARE_COUNT.fullmatch(bare):
        things = found["what"]
    several = next((said for said in (things, f"{things}s") if said.split()[-1:] and said.split()[-1] in counts), None)
    return f"number of {several}{when}" if several else text


def labels(names: Sequence[str]) -> dict[str, str]:
    """Return a label for each name, the name itself where two labels would be the same.

    Where all names are in capitals, as databases write them, these say nothing.

    >>> labels(["AGE", "NPS_SCORE"]), labels(["age", "NPS"])
    ({'AGE': 'age', 'NPS_SCORE': 'nps score'}, {'age': 'age', 'NPS': 'NPS'})
    """
    loud = all(name == name.upper() for name in names)
    found = {name: label(name.casefold() if loud else name) for name in names}
    counts = Counter(found.values())
    return {name: text if counts[text] == 1 else name for name, text in found.items()}


def short(text: str) -> str:
    """Return a label without the words that say nothing in a name.

    >>> [short(text) for text in ("annual income", "spending score", "score", "spend per order", "visits per year")]
    ['income', 'spending', 'score', 'spend per order', 'visits']
    """
    if text in WHOLE or len(text.split()) > PHRASE:
        return text
    parts = text.split()
    times = [after in GENERIC for after in (*parts[1:], "per")]  # visits per month are visits; spend per order is not
    kept = [w for w, time in zip(parts, times, strict=True) if w not in GENERIC or (w == "per" and not time)]
    return " ".join(kept) or text


def measure(label: str) -> str:
    """Return the measure that a label means, the label itself where none is known.

    >>> measure("days since last order"), measure("months since the first purchase"), measure("days since order")
    ('recency', 'tenure', 'recency')
    >>> measure("average order value"), measure("weeks since last login"), measure("days since midnight")
    ('average order', 'last seen', 'days since midnight')
    """
    known = read_lexicon()
    if label in known.meanings:
        return known.meanings[label]
    if (found := SINCE.fullmatch(label)) is None:
        return label
    first = known.since.get(f"first {found['what']}") if found["which"] == "first " else None
    return first or known.since.get(found["what"], label)


def level(word: str, label: str) -> str:
    """Return a measure's level as a name says it.

    >>> level("very high", "annual income"), level("very high", "frequency"), level("low", "number of web visits")
    ('very high income', 'very frequent', 'few web visits')
    >>> level("low", "days since order")
    'bought more recently than most'
    """
    known = read_lexicon()
    if (meant := measure(label)) in known.levels:
        return known.levels[meant][word.replace("-", "_").replace(" ", "_")]
    brief = short(label)
    if label.startswith("number of ") or _names_things(brief):
        return MANY[word].format(brief.removeprefix("no "))  # "no orders" is their number, or there were no levels
    return f"{word} {brief}"


def _names_things(brief: str) -> bool:
    """Say whether a label ends with things of which there are many or few, whatever was done to them, and when."""
    parts = WITHIN.sub("", brief).split()
    if len(parts) > 1 and DONE.fullmatch(parts[-1]):
        parts.pop()
    return parts[-1] in read_lexicon().counts


def direction(label: str, *, above: bool) -> str:
    """Return which way a measure grows, in words.

    >>> [direction(*x, above=True) for x in (("age",), ("annual income",), ("number of visits",), ("year of birth",))]
    ['older', 'higher income', 'more visits', 'younger']
    """
    text = level("above-average" if above else "below-average", label)
    plain = text.removesuffix(" than most").removesuffix(" than average").replace("a little ", "")
    return plain.replace("above-average", "higher").replace("below-average", "lower")


def timed(label: str, days: float, pace: float, *, above: bool) -> str | None:
    """Return an absolute word for a time, by the pace of all customers, or None where none holds.

    Who bought within the usual time from one order to the next is recent, who waited for three such times is lapsed,
    and who came within one is new.

    Parameters
    ----------
    days : what is usual in the segment; ``above``: whether that is more than usual.
    pace : the median time from one order to the next, in days.

    >>> timed("recency", 400, 73, above=True), timed("tenure", 40, 73, above=False), timed("tenure", 90, 73, above=True)
    ('lapsed', 'new', None)
    """
    if re.search(r"\b(week|month|year)s?\b", label):
        return None  # counted in something else than the pace
    if measure(label) == "recency":
        return "lapsed" if above and days >= LAPSED * pace else "recent" if not above and days <= pace else None
    return "new" if measure(label) == "tenure" and not above and days <= pace else None


def some(label: str) -> str:
    """Return what a share of those above zero is a share of.

    >>> some("returns share"), some("number of deals")
    ('with returns', 'any deals')
    """
    return read_lexicon().some.get(label) or f"any {label.removeprefix('number of ')}"


def answers_yes_or_no(levels: Iterable[str]) -> bool:
    """Say whether levels are yes and no, or one of them; 1 beside 2 is a code and no yes.

    >>> answers_yes_or_no(["1", "0"]), answers_yes_or_no(["Yes", "no", "unknown"]), answers_yes_or_no(["1", "2"])
    (True, True, False)
    """
    bare = {level.strip().casefold() for level in levels} - VAGUE
    return bool(bare) and bare <= yes_words() | no_words()


def yes(label: str) -> str:
    """Return what a yes in a column of yes and no says of a customer.

    >>> yes("accepted campaign 5"), yes("response"), yes("is active"), yes("has car")
    ('accepted campaign 5', 'responded', 'active', 'with car')
    """
    first, _, rest = label.partition(" ")
    if rest and first in ("is", "has"):
        return rest if first == "is" else f"with {rest}"
    return read_lexicon().yes.get(label, label)


def never(fact: str, *, said: bool) -> str:
    """Return what a name says of a fact that holds for nobody.

    Parameters
    ----------
    said : it is a yes, and not a level of several: of "married" nobody would hear "never married" right.

    >>> never("accepted campaign 5", said=True), never("with a loan", said=True), never("sports", said=True)
    ('never accepted campaign 5', 'without a loan', 'no sports')
    >>> never("married", said=False)
    'none married'
    """
    if not said:
        return f"{Often.NONE} {fact}"
    if fact.startswith("with "):
        return fact.replace("with", "without", 1)
    return f"{Often.NEVER if DONE.match(fact) else Often.NO} {fact}"


def level_of(label: str, level: str) -> str:
    """Return a category's level as a name says it.

    >>> [level_of(*x) for x in (("gender", "Female"), ("city", "Paris"), ("job", "unknown"), ("month", "may"))]
    ['female', 'Paris', 'job unknown', 'in May']
    >>> level_of("churn risk", "Low"), level_of("contact", "often"), level_of("Zufriedenheit", "hoch")
    ('low churn risk', 'contact often', 'Zufriedenheit hoch')
    """
    bare = level.strip()
    if "month" in label.casefold().split() and (month := read_lexicon().months.get(bare.casefold()[:3])):
        return f"in {month}"
    if bare.casefold() in VAGUE or not any(c.isalpha() for c in bare) or len(bare) == 1:
        return f"{label} {level}"
    if (place := read_lexicon().degrees.get(bare.casefold())) is not None:
        return f"{bare.lower()} {label}" if place == "before" else f"{label} {bare.lower()}"
    plain = bare[1:].islower() and COMMON & set(label.casefold().split())
    return level.lower() if plain else level


def is_year(label: str, low: float | None, high: float | None) -> bool:
    """Say whether a column holds years, unfit for percentages.

    >>> is_year("year birth", 1893, 1996), is_year("years with us", 0, 12)
    (True, False)
    """
    return low is not None and high is not None and YEARS[0] <= low <= high <= YEARS[1] and bool(YEAR.search(label))


def joined(parts: Sequence[str]) -> str:
    """Return the parts as a phrase: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else list(parts))


def first_of(parts: Sequence[str], most: int) -> list[str]:
    """Return the first parts, and how many more there are."""
    return [*parts[:most], f"{len(parts) - most:,} more"] if len(parts) > most + 1 else list(parts)


def sentence(text: str) -> str:
    """Return the text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("-5"), harmless("-5+A1"), harmless("a=b")
    ("'=1+1", '-5', "'-5+A1", 'a=b')
    """
    is_formula = text.startswith(FORMULA_STARTS) and not re.fullmatch(SIGNED_NUMBER, text)
    return f"'{text}" if is_formula else text
