"""Answers with an order: low, medium, high; 18-24, 25-34, 65+."""

from __future__ import annotations

import re
from collections.abc import Collection

FEWEST, MOST = 3, 15
SCALES = tuple(
    tuple(scale.split(", "))
    for scale in (
        "very low, low, medium, high, very high",
        "low, middle, high",
        "low, normal, high",
        "very poor, poor, fair, good, very good, excellent",
        "very bad, bad, neutral, good, very good",
        "bad, average, good",
        "never, rarely, sometimes, often, always",
        "never, seldom, occasionally, frequently, very often, always",
        "never, once a year, every three months, once a month, once a week, more than once a week",
        "never, yearly, quarterly, monthly, weekly, daily",
        "never, less than once a month, monthly, weekly, daily",
        "strongly disagree, disagree, neutral, agree, strongly agree",
        "strongly disagree, somewhat disagree, neither agree nor disagree, somewhat agree, strongly agree",
        "very dissatisfied, dissatisfied, neutral, satisfied, very satisfied",
        "very unlikely, unlikely, neutral, likely, very likely",
        "not at all, slightly, moderately, very, extremely",
        "none, few, some, many",
        "none, little, some, much",
        "small, medium, large",
        "xxs, xs, s, m, l, xl, xxl, xxxl",
        "bronze, silver, gold, platinum, diamond",
        "basic, standard, premium",
        "basic, plus, premium",
        "primary, secondary, tertiary",
        "child, teen, adult, senior",
    )
)
SIGNED = re.compile(r"\D*?([-+]?\d+)\s*")
RANGE = re.compile(
    r"(?:(?P<under><|<=|under|below|up to|less than)\s*)?(?:(?P<over>>|>=|over|above|more than)\s*)?[$€£]?"
    r"(?P<first>\d[\d,. ]*)[kKmM]?\s*"
    r"(?:(?P<to>-|–|to|bis)\s*[$€£]?\d[\d,. ]*[kKmM]?|(?P<plus>\+|and (?:over|above|more|older)))?"
    r"\s*(?:years?|yrs?|jahre|[$€£%])?",
    re.IGNORECASE,
)


def in_order(levels: Collection[str]) -> tuple[str, ...] | None:
    """Return levels from low to high; None where no order is certain.

    >>> in_order({"high", "Low", "medium"})
    ('Low', 'medium', 'high')
    >>> in_order({"65+", "18-24", "25-64"})
    ('18-24', '25-64', '65+')
    >>> in_order({"I hate it!-5", "-1", "0", "+2", "I love it!+5"})
    ('I hate it!-5', '-1', '0', '+2', 'I love it!+5')
    >>> in_order({"plan 1", "plan 2", "plan 7"}) is None
    True
    """
    if not FEWEST <= len(levels) <= MOST:
        return None
    bare = {level: " ".join(level.casefold().replace("_", " ").split()) for level in levels}
    if len(set(bare.values())) < len(levels):
        return None
    for scale in SCALES:
        if all(b in scale for b in bare.values()):
            return tuple(sorted(levels, key=lambda level: scale.index(bare[level])))
    return _by_number(levels, _signed(levels)) or _by_number(levels, _ranges(bare))


def _by_number(levels: Collection[str], numbers: dict[str, float] | None) -> tuple[str, ...] | None:
    if numbers is None or len(set(numbers.values())) < len(levels):
        return None
    return tuple(sorted(levels, key=lambda level: numbers[level]))


def _signed(levels: Collection[str]) -> dict[str, float] | None:
    """Return the number at the end of each level, where most levels are nothing but a number."""
    found = {level: SIGNED.fullmatch(level.strip()) for level in levels}
    pure = sum(1 for level in levels if re.fullmatch(r"[-+]?\d+", level.strip()))
    if pure < 0.5 * len(levels):
        return None
    return {level: float(m[1]) for level, m in found.items() if m} if all(found.values()) else None


def _ranges(bare: dict[str, str]) -> dict[str, float] | None:
    """Return where each range begins, where every level is a range or an open end of one."""
    numbers = {}
    for level, text in bare.items():
        match = RANGE.fullmatch(text)
        if match is None or not (match["to"] or match["plus"] or match["under"] or match["over"]):
            return None
        first = float(re.sub(r"[,. ]", "", match["first"]))
        numbers[level] = first - 0.5 if match["under"] else first + 0.5 if match["over"] or match["plus"] else first
    return numbers
