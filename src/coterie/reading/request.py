"""How a source is to be read."""

from __future__ import annotations

from dataclasses import dataclass

from coterie.reading.notation import Notation


@dataclass(frozen=True, slots=True)
class Before:
    """A column as it was when the segments were formed.

    ``notation`` None: its values had types, or were written as programs write them.
    """

    name: str
    kind: str
    notation: Notation | None = None

    @property
    def decimal(self) -> str | None:
        """The decimal sign of its numbers."""
        return (self.notation or Notation()).decimal if self.kind == "number" else None

    @property
    def order(self) -> str | None:
        """The order of day, month and year in its dates."""
        return (self.notation or Notation()).order if self.kind == "date" else None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; None: found out from it.

    ``on_bad_rows`` is ``error``, ``skip`` or ``repair``; ``date_order`` is ``dmy``, ``mdy`` or ``ymd``; ``time_limit``
    is in seconds. ``before`` says what columns were when the segments were formed, and how they were written: a new
    table's column is read as that, whatever it looks like. ``in_place`` leaves a large text where it is, for one look
    at all rows, and makes a second relation of some rows from all over it.
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
    before: tuple[Before, ...] = ()
    in_place: bool = False

    def column(self, name: str) -> Before | None:
        """Return what a column was before; None: nothing is known."""
        return next((c for c in self.before if c.name == name), None)
