"""Counted text: what readers make of files, and engines load."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from coterie.doors import frozen
from coterie.findings import Finding
from coterie.reading.dialect import Dialect
from coterie.reading.notation import Values
from coterie.reading.request import Before

LONGEST_CELL = 1 << 20
CANONICAL = Dialect()


class RejectedRow(NamedTuple):
    """A row that was left out, or repaired and kept.

    ``line`` is None where the file has no lines, as a workbook.
    """

    line: int | None
    reason: str
    kept: bool


@frozen
class TextColumn:
    """A column of a text, and what it holds.

    A column without ``name`` is left out; a ``verbatim`` one stays text to the letter. ``by_cell``: an engine's own
    parser would take cells for values that are none, so that each cell is looked at. ``before`` is what it was when the
    segments were formed.
    """

    name: str | None
    values: Values
    verbatim: bool = False
    by_cell: bool = False
    before: Before | None = None


@frozen
class Text:
    """Delimited text that is ready for an engine.

    ``skip`` lines come before the data and ``first_line`` is the line they begin on; ``rows`` was counted
    independently. ``whole`` says that the sample that judged the columns was the whole file. ``feeds_only`` says that
    every row ends in a line feed, whatever ends lines inside quotes; ``lined`` that its lines are those of a file that
    somebody has. ``origin`` is the text that was rewritten into this one, and ``dropped`` the rows of it that were left
    out.
    """

    name: str
    path: Path
    dialect: Dialect
    skip: int
    first_line: int
    rows: int
    columns: tuple[TextColumn, ...]
    whole: bool
    start: int = 0
    findings: tuple[Finding, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    feeds_only: bool = False
    lined: bool = True
    origin: Text | None = None
    dropped: tuple[int, ...] = ()
