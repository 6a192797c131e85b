"""Columns of births, by their names: nobody is born in the future, whatever a year of two digits says elsewhere."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path


@cache
def _words() -> dict[str, frozenset[str]]:
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {group: frozenset(map(_plain, words)) for group, words in listed.items()}


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def is_birth(name: str) -> bool:
    """Say whether a column's name says that its days are of births.

    >>> [is_birth(n) for n in ("DOB", "birthDate", "geb_datum", "Geburtsdatum", "Fecha de nacimiento", "née le")]
    [True, True, True, True, True, True]
    >>> [is_birth(n) for n in ("signup", "contract_end", "Gebiet", "nacl")]
    [False, False, False, False]
    """
    parts = re.split(r"[\W_\d]+", _plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))
    whole = "".join(parts)
    return not _words()["words"].isdisjoint(parts) or any(part in whole for part in _words()["parts"])
