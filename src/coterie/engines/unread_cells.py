"""Values that are there and cannot be read: they stop what uses their column, else they are a finding."""

from __future__ import annotations

from collections.abc import Container, Sequence

from coterie import errors, words
from coterie.errors import UnreadCells
from coterie.findings import Finding

UNREAD = "COT129"


def judge_unread(
    source: str, unread: Sequence[UnreadCells], used: Container[str], *, strict: bool = True
) -> tuple[Finding, ...]:
    """Return a finding for each column with unread values.

    Parameters
    ----------
    source : what to call it in messages.
    used : the columns whose values matter.
    strict : False: a used column is a finding of level ``error``.

    Raises
    ------
    InputError : a column is used.
    """
    wrong = [w for w in unread if w.column in used]
    if wrong and strict:
        raise wrong[0].forms or errors.unread_values(source, wrong)
    return tuple(_tell(w, used=w in wrong) for w in unread)


def _tell(cells: UnreadCells, *, used: bool) -> Finding:
    """Return the finding, without any value: it may be personal."""
    text = f"{words.plural(cells.many, 'value')} cannot be read as {cells.wanted}, the first in row {cells.row:,}"
    if used:
        return Finding(UNREAD, "error", cells.column, cells.many, text, "nothing: this stops a segmentation")
    return Finding(UNREAD, "warning", cells.column, cells.many, text, "taken as missing: the column is not used")
