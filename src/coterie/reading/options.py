"""How a source is to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; every field that is None is found out from the file itself.

    ``on_bad_rows`` is ``error``, ``skip`` or ``repair``; ``date_order`` is ``dmy``, ``mdy`` or ``ymd``; ``time_limit``
    is in seconds.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool = True
    skip_rows: int | None = None
    date_order: str | None = None
    on_bad_rows: str = "error"
    sheet: str | None = None
    table: str | None = None
    allow_incomplete: bool = False
    time_limit: float | None = None
