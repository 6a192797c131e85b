"""Currencies by their codes and signs: whether amounts are all in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MOST = 50  # different texts, beyond which a column holds no currencies


@cache
def read_signs() -> dict[str, frozenset[str]]:
    """Return the codes that each sign may mean, signs in small letters."""
    listed: dict[str, list[str]] = _LISTS["codes"]
    signs = {sign.lower() for held in listed.values() for sign in held}
    return {
        sign: frozenset(code for code, held in listed.items() if sign in {s.lower() for s in held}) for sign in signs
    }


@cache
def _names() -> frozenset[str]:
    """Return what a word of a name may be that is a currency, small letters."""
    return frozenset({*_LISTS["words"], *read_signs(), *(code.lower() for code in _LISTS["codes"])})


def is_currency(word: str) -> bool:
    """Say whether a word of a column's name is a currency.

    >>> [is_currency(word) for word in ("USD", "btc", "euros", "Kč", "total", "all")]
    [True, True, True, True, False, False]
    """
    return word.lower() in _names()


def currencies_of(signs: Iterable[str]) -> list[str]:
    """Return the currencies that signs show, one for each that they cannot share, as they are written.

    What is neither a known sign nor three letters shows none.

    >>> currencies_of(["€", "EUR", "Euro"]), currencies_of(["$", "CAD"]), currencies_of(["€", "USD", "$", "usd"])
    (['EUR'], ['CAD'], ['USD', '€'])
    """
    known = read_signs()
    found: list[tuple[str, frozenset[str]]] = []
    # what can be one currency only comes first: beside CAD a $ is no other
    shown = [s for s in dict.fromkeys(signs) if s.lower() in known or re.fullmatch("[A-Za-z]{3}", s)]
    for sign in sorted(shown, key=lambda s: (len(known.get(s.lower(), ())), s)):
        codes = known.get(sign.lower(), frozenset({sign.upper()}))
        if not any(codes & held for _, held in found):
            found.append((sign, codes))
    return sorted(sign for sign, _ in found)


def named_currency(name: str) -> str | None:
    """Return the rest of a name that says that its column holds currencies; None: it says nothing of them.

    >>> named_currency("Converted Currency"), named_currency("currency"), named_currency("concurrency test")
    ('converted', '', None)
    """
    words = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()
    for word in _LISTS["named"]:
        if words == word or words.startswith(f"{word} ") or words.endswith(f" {word}"):
            return words.replace(word, "", 1).strip()
    return None
