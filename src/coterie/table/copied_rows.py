"""Rows that tell a customer twice, under another id.

Two customers may be alike; but where row after row comes again with every value of it, down to numbers that hardly two
customers share, the table holds each of them twice. A customer told twice is no more evidence than one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_KINDS = 50  # of rows: fewer may all come several times, by chance or as they were made up
LEAST_SHARE = 0.05  # of the kinds of rows come again
TELLING = 0.9  # of the rows with one number in common, so many have all in common

Codes = NDArray[np.int64]


def count_copies(values: Mapping[str, NDArray[Any]]) -> tuple[Codes, Codes] | None:
    """Return which kind of row each is (n,), and how many rows of each kind are customers; None where no row is a copy.

    Where all kinds of rows come several times, a copy is what comes as often as all do. Else rows are copies where
    those that share a value of the column with the most values share all of them: by chance they share little else. Its
    commonest value says nothing: many may have bought nothing.

    Parameters
    ----------
    values : arrays by column name: float64 for numbers, objects (text or None) for others.

    >>> once = {"age": np.array([31.0, 45.0, 28.0, 31.0] * 15), "spend": np.arange(60.0)}
    >>> count_copies(once) is None
    True
    >>> kind, customers = count_copies({name: np.concatenate([x, x]) for name, x in once.items()})
    >>> len(kind), int(customers.sum())
    (120, 60)
    """
    numbers = [x for x in values.values() if x.dtype != object]
    n = len(next(iter(values.values()), ()))
    if n == 0 or (numbers and not _may_repeat(numbers)):
        return None
    kind = find_kinds(list(values.values()))
    rows = np.bincount(kind)
    if len(rows) < LEAST_KINDS:
        return None
    if (each := int(np.gcd.reduce(rows))) > 1:
        return kind, rows // each
    telling = _find_telling(numbers)
    if telling is None or len(values) < 2:
        return None
    alike, shared = np.bincount(kind[telling >= 0]), np.bincount(telling[telling >= 0])
    again = alike[alike > 1]
    if len(again) < max(1, LEAST_SHARE * np.count_nonzero(alike)) or _pairs(alike) < TELLING * _pairs(shared):
        return None
    return kind, -(-rows // int(np.quantile(again, 0.5, method="lower")))


def find_kinds(columns: Sequence[NDArray[Any]]) -> Codes:
    """Return a number for each row (n,), from 0 on without gaps: rows that agree in all columns have the same."""
    kind = np.zeros(len(columns[0]), dtype=np.int64)
    for x in columns:
        kind = _join(kind, _name(x) if x.dtype == object else _number(x))
    return kind


def choose_least(kind: Codes, customers: Codes, ids: Sequence[object]) -> NDArray[np.bool_]:
    """Return which rows stay (n,): of each kind as many as are customers, those with the least ids.

    A short id is less than a long one: what is appended under new numbers comes after what was there.
    """
    order = sorted(range(len(kind)), key=lambda row: (kind[row], len(text := str(ids[row])), text))
    starts = np.concatenate([[0], np.cumsum(np.bincount(kind))[:-1]])
    place = np.empty(len(kind), dtype=np.int64)
    place[order] = np.arange(len(kind)) - np.repeat(starts, np.bincount(kind))
    stays: NDArray[np.bool_] = place < customers[kind]
    return stays


def _may_repeat(numbers: Sequence[NDArray[Any]]) -> bool:
    """Say at little cost whether many rows may agree in their numbers: where they do, one sum of these is the same."""
    total = np.zeros(len(numbers[0]))
    with np.errstate(over="ignore", invalid="ignore"):  # beyond every number sums are the same too
        for i, x in enumerate(numbers):
            total += np.where(np.isnan(x), -1.0, x) * math.sqrt(i + 2)
    return len(np.unique(total)) <= (1 - LEAST_SHARE / 2) * len(total)


def _find_telling(numbers: Sequence[NDArray[Any]]) -> Codes | None:
    """Return the codes of the column with the most values, -1 where it is missing or has its commonest one."""
    coded = [(_number(x), np.isnan(x)) for x in numbers]
    if not coded:
        return None
    codes, missing = max(coded, key=lambda one: int(one[0].max()))
    return np.where(missing | (codes == np.bincount(codes).argmax()), -1, codes)


def _pairs(counts: Codes) -> int:
    return int((counts * (counts - 1)).sum())


def _number(x: NDArray[Any]) -> Codes:
    bits = (np.where(np.isnan(x), np.nan, x) + 0.0).view(np.int64)  # one kind of missing, one kind of zero
    return np.unique(bits, return_inverse=True)[1].astype(np.int64)


def _name(x: NDArray[Any]) -> Codes:
    place = {level: i for i, level in enumerate(dict.fromkeys(x.tolist()))}
    return np.fromiter((place[level] for level in x.tolist()), dtype=np.int64, count=len(x))


def _join(one: Codes, other: Codes) -> Codes:
    """Return a code for each pair of codes, from 0 on without gaps."""
    pairs: Codes = np.unique(one * (int(other.max(initial=0)) + 1) + other, return_inverse=True)[1].astype(np.int64)
    return pairs
