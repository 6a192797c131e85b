"""A last row that sums the others up, as exports and workbooks have it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coterie.doors import pattern
from coterie.reading.text import RejectedRow

NARROWEST = 3
TOTAL = "looks like a total"
WORDS = pattern(
    r"((grand |sub-?|general |overall )?(totals?|sums?)( g[eé]n[eé]ral)?|averages?|mean|insgesamt"
    r"|(zwischen|gesamt|teil)?summen?|gesamt(ergebnis)?|durchschnitt|mittelwert|somme|totaux|moyenne|suma|promedio|somma"
    r"|totale|totaal|summa|toplam|razem|celkem|yhteensä|итого|всего|合计|总计|小计|合計|小計)[:：]?",
    re.IGNORECASE,
)


def is_total(fields: Sequence[str]) -> bool:
    """Say whether a table's last row is a total.

    It begins with such a word, or has one and most of it is empty.

    >>> is_total(["Total", "", "120", "33"]), is_total(["", "", "Summe:", "9"]), is_total(["C1", "Total", "9", "3"])
    (True, True, False)
    """
    bare = [f.strip() for f in fields]
    filled = [f for f in bare if f]
    if len(bare) < NARROWEST or not filled:
        return False
    begins = WORDS.fullmatch(filled[0]) is not None
    return begins or (2 * len(filled) <= len(bare) and any(WORDS.fullmatch(f) for f in filled))


def reject_total(row: int) -> RejectedRow:
    """Return a total as it is listed, where the source has no lines."""
    return RejectedRow(None, f"row {row:,}, {TOTAL}", False)
