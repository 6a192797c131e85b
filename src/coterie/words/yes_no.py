"""Yes and no as people write them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def yes_words() -> frozenset[str]:
    """Return the words that mean yes, in small letters."""
    return _words("yes")


@cache
def no_words() -> frozenset[str]:
    """Return the words that mean no, in small letters."""
    return _words("no")


def say_yes_or_no(words: Iterable[str]) -> bool:
    """Say whether some words are all yes or no.

    >>> say_yes_or_no(["Yes", "no "]), say_yes_or_no(["yes", "maybe"]), say_yes_or_no([])
    (True, False, False)
    """
    there = {word.strip().lower() for word in words}
    return bool(there) and there <= yes_words() | no_words()


def _words(meaning: str) -> frozenset[str]:
    listed = tomllib.loads(Path(__file__).with_name("yes_no.toml").read_text(encoding="utf-8"))
    return frozenset(word for language in listed.values() for word in language[meaning])
