"""Values that show what a finding is about.

They are looked up for every check, and shown only where somebody asked for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.findings import Finding
from coterie.table import columns, ordered_levels
from coterie.table.odd_values import BIRTH_YEAR, OLDEST
from coterie.table.sample import Sample
from coterie.table.table import Table

SHOWN = 3
LOWEST, HIGHEST = {"COT113"}, {"COT117", "COT118"}  # findings about one end of a column of numbers
ABOUT_ALL = {"COT105", "COT107", "COT108", "COT109", "COT110", "COT114", "COT115", "COT119", "COT142"}
ABOUT_ALL |= {"COT104", "COT112", "COT120", "COT121", "COT123", "COT126", "COT127"}


def examples_of(found: Iterable[Finding], table: Table, sample: Sample) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return up to three values for each finding about values.

    The keys are code and column.

    Notes
    -----
    They are as coterie read them, not as the file writes them, which shows whether it read them right.
    """
    shown, found, kinds = {}, list(found), {c.name: c.kind for c in table.columns}
    hidden = {f.column for f in found if f.code in columns.HIDDEN}
    for f in found:
        values = sample.values.get(f.column or "")
        if f.column is None or f.column in hidden or values is None:
            continue
        given = _texts(f.code, values) if values.dtype == object else _numbers(f, values, kinds[f.column])
        if given:
            shown[f.code, f.column] = given
    return shown


def _texts(code: str, values: NDArray[Any]) -> tuple[str, ...]:
    if code not in ABOUT_ALL:
        return ()
    seen = (v for v in values if v is not None)
    different = dict.fromkeys(v for v in seen if code != "COT120" or ordered_levels.may_be_missing(v))
    return tuple(different)[:SHOWN]


def _numbers(found: Finding, values: NDArray[np.float64], kind: str) -> tuple[str, ...]:
    x = np.unique(values[~np.isnan(values)])
    if found.code == "COT111":
        chosen = _impossible(found.column or "", x, kind)
    elif found.code in LOWEST:
        chosen = x
    elif found.code in HIGHEST:
        chosen = x[::-1]
    elif found.code in ABOUT_ALL:
        chosen = x[:: max(1, len(x) // SHOWN)]
    else:
        return ()
    return tuple(words.day(v) if kind == "date" else f"{v:.15g}" for v in chosen[:SHOWN])


def _impossible(name: str, x: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return what the finding about impossible values means, of a column's different values in order."""
    if kind == "date":
        return np.concatenate([x[:1], x[:-3:-1]])
    if BIRTH_YEAR.search(name):
        return x[x < 1900]
    return np.concatenate([x[x > OLDEST][::-1], x[x < 0]])
