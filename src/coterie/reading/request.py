"""How a source is to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; None: found out from it.

    ``on_bad_rows`` is ``error``, ``skip`` or ``repair``; ``date_order`` is ``dmy``, ``mdy`` or ``ymd``; ``time_limit``
    is in seconds. ``kinds`` says what columns were when the segments were formed (name, kind): a new table's column
    that has no values, or values of another look, is still read as that. ``in_place`` leaves a large text where it is,
    for one look at all rows, and makes a second relation of some rows from all over it.
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
    kinds: tuple[tuple[str, str], ...] = ()
    in_place: bool = False

    def kind(self, name: str) -> str | None:
        """Return what a column was before; None: nothing is known."""
        return dict(self.kinds).get(name)
