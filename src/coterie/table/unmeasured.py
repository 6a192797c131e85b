"""Columns whose values measure nothing: names of customers, things, places, persons, rows; several answers in one cell.

A column's name proposes, its values decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie.doors import pattern
from coterie.table.identifiers import Named, is_quantity, named, split

SCORES = {"rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_segment"}
COUNTER_SLACK = 1.05
FEWEST_COUNTED = 20
MOST_CODES = 50  # different codes that can be a category
FEW = 10  # so few different values name no persons
NUMBERED = 1_000  # a number that names something is mostly as long
MOSTLY, NEARLY_ALL = 0.9, 0.99
LONG = 8  # digits of one length from which numbers that differ in every row name something, whatever they are called
LOOKED_AT, LONGEST = 1_000, 200  # texts, and characters of each
EMAIL = pattern(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = pattern(r"(\+|00)\d[\d\s()./-]{6,20}|\(?0?\d{2,5}\)?[\s./-]\d{3,4}[\s.-]?\d{3,5}")
IBAN = pattern(r"[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){3,7}( ?[A-Z0-9]{1,4})?")
CARD = pattern(r"\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}")
SSN = pattern(r"\d{3}-\d{2}-\d{4}")
STREET = pattern(
    r"\d+[a-z]?,? .*\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|rue|chemin|place)\b.*"
    r"|.*(strasse|straße|str\.|weg|gasse|platz|straat|laan|plein) \d+.*"
    r"|(via|viale|piazza|calle|avenida|rua|plaza) .*\d+.*",
    re.IGNORECASE,
)
CODE = pattern(r"\d{1,2}")  # of an answer
LISTED = pattern(r"\[[^\[\]]*\]|\{[^{}]*\}")
LETTERED = pattern(r"[A-Za-z]{0,6}[-_#/ ]?\d{2,}([-_/]\d+)*|[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{24,}")


class Unmeasured(Enum):
    """Why the values of a column measure nothing."""

    PERSONAL = "personal data"
    COUNTER = "a different whole number in every row: an identifier or a counter"
    ROWS = "the number or name of a row, as programs write them"
    CUSTOMERS = "names of customers, not sizes"
    THINGS = "names of something, not sizes"
    PLACES = "codes of places or kinds, too many for a category"
    OWN = "a column of an earlier result"
    SEVERAL = "several answers in one cell"


def made_here(names: Collection[str]) -> set[str]:
    """Return the columns of an earlier result: scores, and what segments.parquet says of a customer beside his segment.

    >>> sorted(made_here(["id", "segment", "name", "margin", "rfm_recency", "spend"]))
    ['margin', 'name', 'rfm_recency']
    >>> made_here(["id", "name", "margin"])
    set()
    """
    folded = {name.casefold(): name for name in names}
    found = {name for key, name in folded.items() if key in SCORES}
    if {"segment", "name", "margin"} <= set(folded):
        found |= {folded[key] for key in ("name", "margin", "confidence") if key in folded}
    return found


def numbers_name(name: str, x: NDArray[np.float64], rows: int) -> Unmeasured | None:
    """Return why numbers are none to count with.

    Parameters
    ----------
    x : what the sample holds, without what is missing.
    rows : of the whole table.
    """
    if len(x) < 2 or not np.all(x == np.floor(x)):
        return None
    what, different = named(name), len(np.unique(x))
    unique = different == len(x)
    if what is Named.ROW and different > 2 and (unique or split(name)[:1] == ["unnamed"]):
        return Unmeasured.ROWS
    if what is Named.PERSON and different > 2 and (different > FEW or unique) and np.median(np.abs(x)) >= NUMBERED:
        return Unmeasured.PERSONAL
    if what is Named.CUSTOMER and different > 2:
        return Unmeasured.CUSTOMERS
    if unique and len(x) >= FEWEST_COUNTED and x.max() - x.min() + 1 <= COUNTER_SLACK * rows:
        return Unmeasured.COUNTER
    many = different > MOST_CODES or (different > FEW and 4 * different > len(x)) or (unique and different > 2)
    if what is Named.PLACE and many:
        return Unmeasured.PLACES
    return Unmeasured.THINGS if _name_things(name, x, different, many=many) else None


def _name_things(name: str, x: NDArray[np.float64], different: int, *, many: bool) -> bool:
    """Say whether whole numbers name things: the column's name says so, or all are long, as long and different."""
    what = named(name)
    if what is Named.THING:
        return many
    if what is Named.DOUBTFUL and different > FEW and different >= MOSTLY * len(x) and np.median(np.abs(x)) >= NUMBERED:
        return True
    alike = len(x) >= FEWEST_COUNTED and different >= NEARLY_ALL * len(x) and not is_quantity(name)
    return alike and bool(x.min() >= 10 ** (LONG - 1)) and len(str(int(x.min()))) == len(str(int(x.max())))


def texts_name(name: str, values: NDArray[Any], *, many: bool) -> Unmeasured | None:
    """Return why texts are no answers to group by.

    Parameters
    ----------
    values : what the sample holds, None for missing.
    many : whether there are too many different texts for a category.
    """
    seen = [v for v in values if v is not None]
    different = len(set(seen))
    if different == 1 and len(seen) == len(values) and named(name) is Named.PERSON:
        return Unmeasured.PERSONAL
    if different <= 2 < len(seen):
        return None
    what = named(name)
    if is_personal(name, seen):
        return Unmeasured.PERSONAL
    if what is Named.CUSTOMER and different > 2:
        return Unmeasured.CUSTOMERS
    if what is Named.ROW and different == len(seen) > 2:
        return Unmeasured.ROWS
    if many and what in (Named.THING, Named.PLACE, Named.DOUBTFUL):
        return Unmeasured.PLACES if what is Named.PLACE else Unmeasured.THINGS
    if len(seen) >= FEWEST_COUNTED and different == len(seen) and all(LETTERED.fullmatch(v.strip()) for v in seen):
        return Unmeasured.THINGS
    return Unmeasured.SEVERAL if _hold_several(seen) else None


def is_personal(name: str, seen: list[str]) -> bool:
    """Say whether texts are data about persons: their column is called so, or they look so.

    >>> is_personal("contact", ["a@b.de", "c@d.org", "e@f.nl"]), is_personal("phone", ["yes", "no", "yes"])
    (True, False)
    """
    different = len(set(seen))
    if different <= 2 < len(seen):
        return False
    if named(name) is Named.PERSON and (different > FEW or 2 * different > len(seen)):
        return True
    few = [v.strip()[:LONGEST] for v in seen[:LOOKED_AT]]
    shapes = ((EMAIL, 0.5), (PHONE, MOSTLY), (IBAN, MOSTLY), (CARD, MOSTLY), (SSN, MOSTLY), (STREET, MOSTLY))
    some = shapes[:1] if is_quantity(name) else shapes  # digits behind zeros are an amount where its name says so
    return bool(few) and any(sum(1 for v in few if p.fullmatch(v)) > share * len(few) for p, share in some)


def _hold_several(seen: list[str]) -> bool:
    """Say whether cells hold several answers of a few, "Phone;Mail;Chat" beside "Mail", or are lists of a program."""
    if seen and all(LISTED.fullmatch(v.strip()) for v in seen):
        return True
    for sign in (";", "|", ","):
        if sum(1 for v in seen if sign in v) < max(5.0, 0.2 * len(seen)):
            continue
        parts = [[p.strip() for p in v.strip("[]{}").split(sign)] for v in seen]
        several = [p for p in parts if len(p) > 1]
        if len(several) < 0.2 * len(seen) or len(several) < 5:
            continue
        held = Counter(p for some in parts for p in some if p)
        combined = len({tuple(p) for p in several})
        repeated = all(len(set(p)) == len(p) for p in parts)
        few = len(held) < 2 * combined or _list_codes(sign, several)
        if combined > 1 and repeated and len(held) <= 30 and min(held.values()) > 1 and few:
            return True
    return False


def _list_codes(sign: str, several: list[list[str]]) -> bool:
    """Say whether cells list codes, 1;3 or 1,2,4, of which few combinations prove it; 3,7 alone may be a number."""
    digits = all(CODE.fullmatch(p) for parts in several for p in parts)
    return digits and (sign != "," or any(len(parts) > 2 for parts in several))
