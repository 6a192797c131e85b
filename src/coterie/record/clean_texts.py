"""A record whose texts are harmless.

Nothing in a name moves a cursor or turns the direction of reading. Whatever shows a record to people takes a
:class:`CleanRecord`, which only :func:`clean` makes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from coterie.doors import frozen
from coterie.record.record import Record

T = TypeVar("T")

_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


@frozen
class CleanRecord(Record):
    """A record that can be shown."""


def clean(record: Record) -> CleanRecord:
    """Return the record with every text made harmless.

    Idempotent and cheap; the record itself is not changed.
    """
    return record if isinstance(record, CleanRecord) else CleanRecord(**_clean_fields(record))


def clean_value(value: T) -> T:
    r"""Return a part of a record with every text made harmless.

    >>> clean_value(("a\x1b[2J", 1.0))
    ('a\\x1b[2J', 1.0)
    """
    return cast(T, _clean(value))


def clean_text(text: str) -> str:
    r"""Return a text with visible escapes for what does not show.

    These are control characters, those that change the direction of reading, and halves of characters.

    >>> clean_text("a\x1b[2J")
    'a\\x1b[2J'
    """
    return _HIDDEN.sub(lambda m: m[0].encode("unicode_escape").decode("ascii"), text)


def _clean(value: Any) -> Any:
    if value is None or isinstance(value, float | int):  # most of what a record holds
        return value
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else clean_text(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, value))
    if isinstance(value, Mapping):
        return {_clean(k): _clean(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **_clean_fields(value))
    return value


def _clean_fields(value: Any) -> dict[str, Any]:
    return {f.name: _clean(getattr(value, f.name)) for f in fields(value)}
