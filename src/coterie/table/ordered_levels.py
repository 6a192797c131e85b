"""Answers with an order: low, medium, high; 1 - never; 18-24, 25-34, 65+; under 50k, 50k-1M.

The words stand in ``answers.toml``. What cannot be ordered surely is in no order.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from coterie.doors import frozen, pattern

FEWEST, MOST = 3, 20
LONGEST = 80  # characters of a level
NUMBERED = pattern(r"[(\[]?(?P<number>[-+]?\d{1,3})[)\]]?(\s*[-–—.:=|/)\]]+\s*(?=[^\W\d])\S.*|\s+[(\[].*)?")
SIGNED = pattern(r"\D*?(?P<number>[-+]?(?!0\d)\d{1,3})\s*")
STARS = pattern(r"[★⭐*]\ufe0f?")
COUNTED = pattern(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[^\W\d]+|/ ?\d+|(?:out of|of|von|sur|de|su|van) \d+)")
NUMBER = r"[-+]?\d[\d.,' ]*\d|[-+]?\d|[-+]?[.,]\d+"
NOTHING_SAID = set("?-–—.…/")
DAYS = {"days": 1.0, "weeks": 7.0, "months": 365 / 12, "years": 365.0}
# As programs cut numbers: (0, 10], [18, inf); two numbers in round brackets are a place.
INTERVAL = pattern(r"(?!\(.*\)$)[\[(](?P<low>[^,;]+)[,;](?P<high>[^,;]+)[\])]")
CURRENCY = r"[$€£¥₹]|usd|eur|gbp|chf|r\$|rs\.?"


@frozen
class _Words:
    """The words of answers, as ``answers.toml`` lists them."""

    scales: tuple[Mapping[str, int], ...]
    whole_scales: tuple[tuple[Mapping[str, int], int], ...]
    sizes: Mapping[str, float]
    nothing: frozenset[str]
    unknown: frozenset[str]
    span: re.Pattern[str]
    days: Mapping[str, float]
    numbers: Mapping[str, str]


@cache
def _words() -> _Words:
    import tomllib

    listed = tomllib.loads(Path(__file__).with_name("answers.toml").read_text(encoding="utf-8"))
    sizes = {"thousands": 1e3, "millions": 1e6, "billions": 1e9}
    units = {word: size for group, size in sizes.items() for word in listed[group]}
    return _Words(
        tuple(map(_places, listed["scales"])),
        tuple((_places(scale), len(scale)) for scale in listed["whole_scales"]),
        units,
        frozenset(listed["nothing"]),
        frozenset(listed["unknown"]),
        _span(listed, units),
        {word: days for unit, days in DAYS.items() for word in listed["units_of_time"][unit]},
        {word: str(number) for word, number in _places(listed["number_words"]).items()},
    )


def _places(scale: list[str]) -> Mapping[str, int]:
    return {word.strip(): place for place, words in enumerate(scale) for word in words.split(" / ")}


def _span(listed: Mapping[str, list[str]], units: Mapping[str, float]) -> re.Pattern[str]:
    """Return the pattern of a range with units, or of an open end of one."""

    def either(words: Collection[str]) -> str:
        longest = sorted(words, key=len, reverse=True)
        return "|".join(re.escape(w) + (r"(?![^\W\d])" if w[-1].isalpha() else "") for w in longest)

    size = either(units)
    amount = rf"(?:{CURRENCY})?\s*(?P<{{0}}>{NUMBER})\s*(?P<{{0}}_size>{size})?\s*(?:{CURRENCY}|%)?"
    tail = r"(?:[^\W\d]+\.?(?: [^\W\d]+)?)?"
    return re.compile(
        rf"(?:between\s+|from\s+)?(?:(?P<under>{either(listed['up_to'])})|(?P<over>{either(listed['from_on'])}))?\s*"
        rf"{amount.format('low')}\s*(?:years?|yrs?)?\s*"
        rf"(?:(?:{either(listed['between'])})\s*{amount.format('high')})?\s*"
        rf"(?:(?P<more>{either(listed['and_more'])})|(?P<less>{either(listed['and_less'])}))?\s*{tail}\s*"
        rf"(?:(?P<more2>{either(listed['and_more'])})|(?P<less2>{either(listed['and_less'])}))?"
    )


def in_order(levels: Collection[str]) -> tuple[str, ...] | None:
    """Return levels from low to high; None without certain order.

    Those that say nothing, such as "don't know", have no place in it.

    >>> in_order({"high", "Low", "medium"})
    ('Low', 'medium', 'high')
    >>> in_order({"65+", "18-24", "25-64", "Prefer not to say"})
    ('18-24', '25-64', '65+')
    >>> in_order({"1M+", "<50k", "100k-1M", "50k-100k"})
    ('<50k', '50k-100k', '100k-1M', '1M+')
    >>> in_order({"I hate it!-5", "-1", "0", "+2", "I love it!+5"})
    ('I hate it!-5', '-1', '0', '+2', 'I love it!+5')
    >>> in_order({"plan 1", "plan 2", "plan 7"}) is None
    True
    """
    if any(len(level) > LONGEST for level in levels):
        return None
    answers = {level for level in levels if not says_nothing(level)}  # "not sure" may be the middle of a scale
    return _in_order(levels) or (_in_order(answers) if len(answers) < len(levels) else None)


def says_nothing(level: str) -> bool:
    """Say whether an answer is none: "unknown", "don't know", "keine Angabe", a question mark.

    >>> says_nothing("Don't know"), says_nothing("k. A."), says_nothing("N/A"), says_nothing("never")
    (True, True, True, False)
    """
    bare = _bare(level)
    return bare in _words().unknown or (bool(level.strip()) and set(level.strip()) <= NOTHING_SAID)


def may_be_missing(level: str) -> bool:
    """Say whether an answer may stand for a missing one: those that say nothing, and "none".

    >>> may_be_missing("None"), may_be_missing("unknown"), may_be_missing("no")
    (True, True, False)
    """
    return level.strip().casefold() == "none" or says_nothing(level)


def _bare(level: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", plain(level)).split())


def _in_order(levels: Collection[str]) -> tuple[str, ...] | None:
    if not FEWEST <= len(levels) <= MOST:
        return None
    ways: tuple[Callable[[Collection[str]], dict[str, float] | None], ...]
    ways = (_by_words, _by_leading_numbers, _by_last_numbers, _by_counts, _by_ranges, _by_intervals)
    for way in ways:
        places = way(levels)
        if places is not None and len(set(places.values())) == len(levels):
            return tuple(sorted(levels, key=lambda level: places[level]))
    return None


def plain(text: str) -> str:
    """Return a text in small letters, without accents, blanks around or in a row.

    >>> plain("  Très Élevé "), plain("Groß")
    ('tres eleve', 'gross')
    """
    bare = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().replace("_", " ").split())


def _by_words(levels: Collection[str]) -> dict[str, float] | None:
    bare = {level: _bare(level) for level in levels}
    shared = _without_shared(bare)
    for scale in _words().scales:
        for said in (bare, shared):
            if all(b in scale for b in said.values()):
                return {level: float(scale[b]) for level, b in said.items()}
    for scale, size in _words().whole_scales:
        if len(levels) == size and all(b in scale for b in bare.values()):
            return {level: float(scale[b]) for level, b in bare.items()}
    return None


def _without_shared(bare: Mapping[str, str]) -> dict[str, str]:
    """Return levels without the words that all of them begin or end with: "low risk", "high risk"."""
    said = {level: b.split() for level, b in bare.items()}
    for end in (0, -1):
        while all(len(words) > 1 for words in said.values()) and len({words[end] for words in said.values()}) == 1:
            said = {level: words[1:] if end == 0 else words[:-1] for level, words in said.items()}
    return {level: " ".join(words) for level, words in said.items()}


def _by_leading_numbers(levels: Collection[str]) -> dict[str, float] | None:
    """Return the number that each level begins with: "1 - never", 2, 3; codes with zeros have no order."""
    found = {level: NUMBERED.fullmatch(level.strip()) for level in levels}
    if not all(found.values()) or any(re.fullmatch(r"0\d+", level.strip()) for level in levels):
        return None
    return {level: float(m["number"]) for level, m in found.items() if m}


def _by_last_numbers(levels: Collection[str]) -> dict[str, float] | None:
    """Return the number at the end of each level, where most levels are nothing but a number."""
    found = {level: SIGNED.fullmatch(level.strip()) for level in levels}
    alone = sum(1 for level in levels if re.fullmatch(r"[-+]?\d+", level.strip()))
    if alone < 0.5 * len(levels) or not all(found.values()):
        return None
    return {level: float(m["number"]) for level, m in found.items() if m}


def _by_counts(levels: Collection[str]) -> dict[str, float] | None:
    """Return how many of one thing each level says: stars, "4 of 5", "3 rooms"."""
    if all(re.fullmatch(r"([★⭐*]\ufe0f?)+☆*", level.strip()) for level in levels):
        return {level: float(len(STARS.findall(level))) for level in levels}
    found = {level: COUNTED.fullmatch(_in_digits(plain(level))) for level in levels}
    units = {m["unit"].rstrip("sern") for m in found.values() if m}
    if not all(found.values()) or len(units) > 1:
        return None
    return {level: float(m["number"].replace(",", ".")) for level, m in found.items() if m}


# ── ranges ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_ranges(levels: Collection[str]) -> dict[str, float] | None:
    """Return the place of each range, where none overlaps another and one at least is no lone number."""
    said = {level: _words().span.fullmatch(_in_digits(plain(level))) for level in levels}
    empty = [level for level in levels if plain(level) in _words().nothing]
    if any(m is None for level, m in said.items() if level not in empty):
        return None
    numbers = [n for level, m in said.items() if m and level not in empty for n in (m["low"], m["high"]) if n]
    point = any(re.search(r"\.\d{1,2}(\D|$)|\.\d{4,}|^[-+]?0?\.\d", n) for n in numbers)
    days = _days_of([level for level in levels if level not in empty])
    spans = {
        level: _times(_ends(m, point=point), days.get(level, 1.0))
        for level, m in said.items()
        if m and level not in empty
    }
    spans |= {level: (-math.inf, 0.0) for level in empty}
    ordered = sorted(spans, key=lambda level: spans[level])
    real = sum(1 for low, high in spans.values() if low < high)
    if real <= len(empty) or any(spans[a][1] > spans[b][0] for a, b in pairwise(ordered)):
        return None
    return (
        {level: float(place) for place, level in enumerate(ordered)}
        if len(set(spans.values())) == len(levels)
        else None
    )


def _by_intervals(levels: Collection[str]) -> dict[str, float] | None:
    """Return where each interval begins, where none overlaps another: (0, 10], (10, 20]."""
    found = {level: INTERVAL.fullmatch(level.strip()) for level in levels}
    try:
        spans = {level: (float(m["low"]), float(m["high"])) for level, m in found.items() if m}
    except ValueError:
        return None
    ordered = sorted(spans.values())
    if len(spans) < len(levels) or not all(low < high for low, high in ordered):
        return None
    return (
        {level: low for level, (low, _) in spans.items()} if all(a[1] <= b[0] for a, b in pairwise(ordered)) else None
    )


def _in_digits(text: str) -> str:
    """Return a text whose first word is in digits where it is a number: "three or more"."""
    first, space, rest = text.partition(" ")
    return _words().numbers.get(first, first) + space + rest


def _days_of(levels: Collection[str]) -> dict[str, float]:
    """Return the days of each level's unit of time, where each has one and not all have the same."""
    known = _words().days
    found = {level: {known[w] for w in re.findall(r"[^\W\d]+", plain(level)) if w in known} for level in levels}
    if not all(len(days) == 1 for days in found.values()) or len(set.union(set(), *found.values())) < 2:
        return {}
    return {level: days.pop() for level, days in found.items()}


def _times(ends: tuple[float, float], days: float) -> tuple[float, float]:
    low, high = (end if math.isinf(end) or days == 1 else float(round(end * days)) for end in ends)
    return low, high


def _ends(match: re.Match[str], *, point: bool) -> tuple[float, float]:
    """Return where a range begins and ends."""
    sizes = _words().sizes
    low = _number(match["low"], point=point)
    if match["high"] is None:
        low *= sizes.get(match["low_size"] or "", 1.0)
        if match["under"] or match["less"] or match["less2"]:
            return -math.inf, low
        return (low, math.inf) if match["over"] or match["more"] or match["more2"] else (low, low)
    high, size = _number(match["high"], point=point), sizes.get(match["high_size"] or "", 1.0)
    own = match["low_size"]
    first = sizes[own] if own else size if low <= high else 1.0  # "50-100k" are fifty to a hundred thousand
    return low * first, high * size


def _number(text: str, *, point: bool) -> float:
    """Return the number that a text says; ``point``: points are decimal signs wherever they stand."""
    bare = re.sub(r"[' ]", "", text)
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", bare):
        return float(bare.replace(",", ""))
    if not point and re.fullmatch(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", bare):
        return float(bare.replace(".", "").replace(",", "."))
    try:
        return float(bare.replace(",", "."))
    except ValueError:
        return math.nan
