"""What is known of the words in columns' names, from ``lexicon.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from coterie.doors import frozen


@frozen
class Lexicon:
    """Words by meaning, as the tables of ``lexicon.toml`` say; ``meanings`` and ``since`` by what means a measure.

    ``degrees`` says of an answer that says how much whether it stands before or after the name of its column.
    """

    spelled: Mapping[str, str]
    headers: Mapping[str, str]
    some: Mapping[str, str]
    meanings: Mapping[str, str]
    since: Mapping[str, str]
    counts: frozenset[str]
    degrees: Mapping[str, str]
    levels: Mapping[str, Mapping[str, str]]
    yes: Mapping[str, str]
    months: Mapping[str, str]
    conditions: Mapping[str, str]


@cache
def read_lexicon() -> Lexicon:
    """Return the lexicon; it is read once."""
    held = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
    turned = {
        table: {said: measure for measure, several in held[table].items() for said in several}
        for table in ("meanings", "since", "degrees")
    }
    return Lexicon(**{**held, **turned, "counts": frozenset(held["counts"]["words"])})
