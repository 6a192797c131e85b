"""What a column's name says that its values are names of: customers, things, places, persons, rows.

The words stand in ``identifiers.toml``; whether the values agree is asked in ``naming``.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache
from pathlib import Path

from coterie.doors import pattern
from coterie.options import split_names

INDEX = pattern(r"(__)?index_level_\d+(__)?|level_\d+|\.{3}\d+")
VAGUE = {"name", "nom", "nome", "naam", "card", "pan", "via", "cell", "portable", "mobile"}  # of persons when alone
LINKS = {"of", "the", "de", "del", "della", "di", "du", "da", "do", "la", "le", "van", "von", "der", "d"}


class Named(Enum):
    """What the values of a column are names of, as its own name says."""

    CUSTOMER = "customers"
    THING = "things"
    PLACE = "places or kinds"
    PERSON = "a person"
    ROW = "rows"
    DOUBTFUL = "something, or quantities"  # "order": its number, or how many


@cache
def _words() -> dict[str, frozenset[str]]:
    import tomllib

    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {group: frozenset(split_names(words)) for group, words in listed.items()}


def split(name: str) -> list[str]:
    """Return the words of a column's name: small letters, without accents, digits at their ends or units in brackets.

    >>> split("KundenNr"), split("Téléphone_2"), split("CUST-ID"), split("phone1")
    (['kunden', 'nr'], ['telephone'], ['cust', 'id'], ['phone'])
    """
    bare = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("№", " no "))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = re.sub(r"[(\[{][^(\[{)\]}]*[)\]}]", " ", bare)
    bare = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", bare)
    bare = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", bare)
    parts = [p.casefold() for p in re.split(r"[^A-Za-z0-9]+", bare) if p]
    known = _words()["sure"] | _words()["codes"]
    parts = [p if p in known else re.sub(r"(?<=[a-z])\d+$", "", p) for p in parts]
    while len(parts) > 1 and parts[-1].isdigit():
        parts.pop()
    return parts


@cache
def named(name: str) -> Named | None:
    """Return what a column's values are names of, as its name says.

    >>> [named(n).name for n in ("custid", "KundenNr", "Order ID", "zip", "Phone")]
    ['CUSTOMER', 'CUSTOMER', 'THING', 'PLACE', 'PERSON']
    >>> [named(n).name for n in ("room_no", "Zimmernummer", "region_no", "visit_no")]
    ['PLACE', 'PLACE', 'PLACE', 'DOUBTFUL']
    >>> named("LEID").name
    'DOUBTFUL'
    >>> [named(n) for n in ("number_of_orders", "paid", "NumStorePurchases", "account_balance", "product_name")]
    [None, None, None, None, None]
    """
    parts = _without_which([p for p in split(name) if p not in LINKS] or split(name))
    words, whole = _words(), " ".join(parts)
    if _is_keeper(parts):
        return Named.THING
    if is_quantity(name):
        return None
    if not parts or whole in words["rows"] or INDEX.fullmatch(name.strip().casefold()):
        return Named.ROW
    if _is_personal(parts):
        return Named.PERSON
    bare = whole.replace(" ", "")
    if parts[-1] in words["codes"] or bare in words["codes"] | words["codes_alone"]:
        return Named.PLACE
    if _is_one_of_many(parts, bare):
        return Named.PLACE
    return _of_something(parts) or _glued(bare) or _alone(parts)


def is_segment(name: str) -> bool | None:
    """Say whether a column's name says that it holds segments; None where it may be something else's.

    >>> [is_segment(n) for n in ("Segment", "kmeans_cluster", "segment_id", "Kundensegment", "cluster2")]
    [True, True, True, True, True]
    >>> is_segment("market_segment"), is_segment("segment_value"), is_segment("spend")
    (None, False, False)
    """
    parts, words = split(name), _words()
    if is_quantity(name) or not parts:
        return False
    glued = [w for p in parts for w in words["segments"] if p.endswith(w) and (p == w or p[: -len(w)] in words["who"])]
    if not glued:
        return False
    rest = [p for p in parts if not any(p.endswith(w) for w in words["segments"])]
    return True if all(p in words["segmented"] or p in words["which"] or p.isdigit() for p in rest) else None


def _is_keeper(parts: list[str]) -> bool:
    """Say whether a whole name is that of who looks after a row, or of the number of its house."""
    words = _words()
    known = words["keepers"] | words["houses"]
    made = len(parts) > 1 and parts[-1] in words["sure"] | words["of_something"]
    return " ".join(parts) in known or (made and " ".join(parts[:-1]) in known)


def _without_which(parts: list[str]) -> list[str]:
    """Return the words of a name without those at its ends that say which of several it is."""
    which = _words()["which"]
    while len(parts) > 1 and parts[-1] in which:
        parts = parts[:-1]
    while len(parts) > 1 and parts[0] in which:
        parts = parts[1:]
    return parts


def _alone(parts: list[str]) -> Named | None:
    """Return what a name says by the word that makes it one, whatever it is of."""
    words = _words()
    if parts[-1] in words["sure"] or parts[0] in words["sure"]:
        return Named.CUSTOMER if parts == ["id"] else Named.THING
    if parts[-1] in words["of_something"] and len(parts) > 1:
        return Named.PLACE if parts[-1].startswith("cod") else Named.DOUBTFUL
    ends_so = parts[-1].endswith("id") and parts[-1] not in words["no_ids"]
    return Named.DOUBTFUL if ends_so or " ".join(parts) in words["alone"] | words["people"] else None


def is_person(name: str) -> bool:
    """Say whether a column's whole name says who a row is.

    >>> [is_person(n) for n in ("customer", "Shopper", "Kunde_alt", "customer_id", "customer value")]
    [True, True, True, False, False]
    """
    return " ".join(_without_which(split(name))) in _words()["people"]


def is_id_of_others(name: str) -> bool:
    """Say whether a name is the id of something unheard of, which may be what the rows are.

    >>> [is_id_of_others(n) for n in ("fan_id", "AthleteKey", "order_id", "customer_id", "email id", "id")]
    [True, True, False, False, False, False]
    """
    parts, words = _without_which([p for p in split(name) if p not in LINKS]), _words()
    known = words["what"] | words["who"] | words["personal"] | words["codes"]
    made = len(parts) > 1 and (parts[-1] in words["sure"] or parts[0] in words["sure"])
    return made and named(name) is Named.THING and not any(p in known for p in parts)


def is_quantity(name: str) -> bool:
    """Say whether a column's name says that it holds amounts.

    >>> [is_quantity(n) for n in ("order_value", "NumWebPurchases", "count_of_cards", "customer_no")]
    [True, True, True, False]
    """
    parts, words = _without_which(split(name)), _words()["quantities"]
    counted = len(parts) > 1 and parts[0] in ("number", "num", "nb", "n", "no") and not _of_something(parts)
    return bool(parts) and (parts[0] in words or parts[-1] in words or counted)


def is_date_name(name: str) -> bool:
    """Say whether a column's name says that it holds days.

    >>> [is_date_name(n) for n in ("signup_date", "Eintrittsdatum", "created_at", "fecha_alta", "last_visit")]
    [True, True, True, True, True]
    >>> [is_date_name(n) for n in ("data_usage", "revenue", "updates", "days_since_order", "candidate")]
    [False, False, False, False, False]
    """
    parts, words = split(name), _words()
    if not parts or is_quantity(name):
        return False
    bare = [p for p in parts if p not in LINKS]
    whole = any(" ".join(some) in words["days"] for some in (parts, bare, bare[-2:], bare[:2]))
    glued = any(p.endswith("datum") for p in parts)
    return whole or glued or bare[-1:] == ["at"] or any(p in words["dated"] for p in bare)


def is_month_name(name: str) -> bool:
    """Say whether a column's name says that it holds months.

    >>> [is_month_name(n) for n in ("signup_month", "Monat", "spend per month", "month_revenue")]
    [True, True, False, False]
    """
    parts = split(name)
    return bool(parts) and parts[-1] in _words()["months"] and not is_quantity(name)


def _is_personal(parts: list[str]) -> bool:
    personal = _words()["personal"]
    if len(parts) > 1 and parts[-1] in VAGUE:
        return " ".join(parts) in personal or " ".join(parts[-2:]) in personal
    return any(" ".join(parts[-n:]) in personal or "".join(parts[-n:]) in personal for n in (1, 2, 3))


def _of_something(parts: list[str]) -> Named | None:
    """Return whose number a name of several words is: "customer no", "numero cliente", "Order ID"."""
    words = _words()
    makes = words["sure"] | words["of_something"]
    for first, last in ((parts[:-1], parts[-1]), (parts[1:], parts[0])):
        if not first or last not in makes:
            continue
        if first[-1] in words["who"] or "".join(first) in words["who"]:
            return Named.CUSTOMER
        if first[-1] in words["what"] or "".join(first) in words["what"]:
            return Named.THING
    return None


def _is_one_of_many(parts: list[str], bare: str) -> bool:
    """Say whether a name is the number of one thing of a kind: "room no", "Zimmernr", "numero habitacion".

    In front only a word says so that never says how many.
    """
    words = _words()
    makes = [make for make in words["of_something"] if len(make) > 1]
    of = [bare.removesuffix(make) for make in makes if bare.endswith(make)]
    if len(parts) > 1:
        of += [parts[-2]] if parts[-1] in makes else []
        of += ["".join(parts[1:])] if parts[0] in ("numero", "nro") else []
    return any(thing in words["numbered"] for thing in of)


def _glued(bare: str) -> Named | None:
    """Return whose number a name of one word is: "custid", "kundennummer"."""
    words = _words()
    for make in words["sure"] | words["of_something"]:
        for rest in (bare.removesuffix(make), bare.removeprefix(make)):
            if rest == bare or len(make) < 2:
                continue
            if rest in words["who"]:
                return Named.CUSTOMER
            if rest in words["what"]:
                return Named.THING
    return None
