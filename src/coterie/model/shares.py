"""Which columns are known as shares: by their unit, their name, or because they add up to one whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words

WHOLES = (1.0, 100.0)
MOST_ROWS = 0.95  # in so many rows shares add up to the whole
ROUNDED = 0.005  # of a whole: how far a share may be from its value where it is written with two digits
LEAST_ROWS = 10


def find_shares(values: Mapping[str, NDArray[Any]]) -> set[str]:
    """Return the names of the columns that are shares.

    Their header says so, by ``%`` or a word, or together they add up to 1 or 100 in 95% of the rows that have them all.

    Parameters
    ----------
    values : numbers by column name, NaN = missing.

    >>> r = np.random.default_rng(0).dirichlet([1, 2, 3], 50).T
    >>> sorted(find_shares({"bread": r[0], "milk": r[1], "meat": r[2], "age": r[0] * 80, "off (%)": r[0] * 3}))
    ['bread', 'meat', 'milk', 'off (%)']
    """
    found = {name for name in values if words.names_share(name)}
    for whole in WHOLES:
        within = [name for name, x in values.items() if _lies_within(x, whole)]
        found |= _find_parts(within, values, whole)
    return found


def _lies_within(x: NDArray[np.float64], whole: float) -> bool:
    present = x[~np.isnan(x)]
    return len(present) > 0 and float(present.min()) >= 0 and float(present.max()) <= whole * (1 + ROUNDED)


def _find_parts(names: Sequence[str], values: Mapping[str, NDArray[Any]], whole: float) -> set[str]:
    """Return which of the columns add up to the whole: those that count where a constant is made of all of them."""
    if len(names) < 2:
        return set()
    X = np.column_stack([values[name] for name in names]) / whole
    X = X[~np.isnan(X).any(axis=1)]
    if len(X) < max(LEAST_ROWS, len(names)):
        return set()
    counts = np.linalg.lstsq(X, np.ones(len(X)), rcond=None)[0] > 0.5
    off = np.abs(X[:, counts].sum(axis=1) - 1)
    adds_up = counts.sum() > 1 and float((off <= ROUNDED * counts.sum()).mean()) >= MOST_ROWS
    return {name for name, counted in zip(names, counts, strict=True) if counted} if adds_up else set()
