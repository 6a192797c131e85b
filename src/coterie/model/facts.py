"""Columns that tell one fact: each the other's function, or answers of which one holds at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen
from coterie.model.formula import Feature

MOST_LEVELS = 50  # of a column that may tell another
MOST_TOGETHER = 4000  # levels of all such columns: those with the fewest are compared
TOLD = 0.98  # share of rows in which a function gives the other column's value
LESS = 0.1  # and of the rows that its commonest value misses, at most so many are missed
ROWS_A_LEVEL = 5
ROWS = 2000  # that are compared; what is found must hold in all rows where it says every
EXPECTED = 5.0  # rows in which two answers would both hold if they had nothing to do with one another

IntArray = NDArray[np.int64]


@frozen
class Facts:
    """Positions of features that tell the same.

    ``sets`` are 0/1 features of which at most one holds in every row; ``pairs`` those of which one tells the other.
    """

    sets: tuple[tuple[int, ...], ...]
    pairs: tuple[tuple[int, int], ...]

    def link(self, features: int) -> NDArray[np.bool_]:
        """Return which features tell the same fact directly: (features, features)."""
        linked = np.zeros((features, features), dtype=bool)
        for pair in (*self.pairs, *((a, b) for s in self.sets for a in s for b in s if a != b)):
            linked[pair] = linked[pair[::-1]] = True
        return linked


@frozen
class _Levels:
    """The rows of some columns as levels: ``codes`` (rows, columns), -1 = missing; ``counts`` of levels a column."""

    at: tuple[int, ...]
    codes: IntArray
    counts: IntArray
    answers: tuple[bool, ...]


def find_facts(features: Sequence[Feature], values: Mapping[str, NDArray[Any]]) -> Facts:
    """Return which features tell one fact.

    Parameters
    ----------
    values : the sample's arrays by column name, in the order of the rows' hash.

    Notes
    -----
    Columns of up to 50 levels are compared, on the first 2,000 rows: cost O(rows · levels²), of all of them together.
    """
    found = _code(features, values)
    if len(found.at) < 2:
        return Facts((), ())
    start = np.concatenate([[0], np.cumsum(found.counts)[:-1]])
    ones = np.zeros((min(len(found.codes), ROWS), int(found.counts.sum())), dtype=np.float32)
    first = found.codes[: len(ones)]
    row, column = np.nonzero(first >= 0)
    ones[row, start[column] + first[row, column]] = 1.0
    together = (ones.T @ ones).astype(np.int64)  # whole numbers below 2^24: exact however they are added
    pairs = [(found.at[f], found.at[g]) for f, g in zip(*_find_functions(together, start, found.counts), strict=True)]
    sets = [tuple(found.at[i] for i in s) for s in _find_exclusive(together, start, found)]
    return Facts(tuple(sets), tuple(pairs))


def _code(features: Sequence[Feature], values: Mapping[str, NDArray[Any]]) -> _Levels:
    able = [(at, *_code_levels(f, values[f.column])) for at, f in enumerate(features)]
    able = sorted((a for a in able if 2 <= a[2] <= MOST_LEVELS), key=lambda a: (a[2], a[0]))
    room = np.cumsum([levels for _, _, levels in able]) <= MOST_TOGETHER
    kept = sorted((a for a, fits in zip(able, room, strict=True) if fits), key=lambda a: a[0])
    return _Levels(
        at=tuple(at for at, _, _ in kept),
        codes=np.stack([code for _, code, _ in kept], axis=1) if kept else np.zeros((0, 0), dtype=np.int64),
        counts=np.array([levels for _, _, levels in kept], dtype=np.int64),
        answers=tuple(features[at].kind in ("binary", "flag") for at, _, _ in kept),
    )


def _code_levels(feature: Feature, x: NDArray[Any]) -> tuple[IntArray, int]:
    """Return each row's level, -1 where it is missing, and how many there are; of an answer that counts 1 it is 1."""
    there = np.array([v is not None for v in x]) if x.dtype == object else ~np.isnan(x)
    distinct, level = np.unique(x[there].astype(str) if x.dtype == object else x[there], return_inverse=True)
    code = np.full(len(x), -1, dtype=np.int64)
    code[there] = 1 - level if feature.levels and len(distinct) == 2 and feature.levels[0] == distinct[0] else level
    return code, len(distinct)


def _find_functions(together: IntArray, start: IntArray, counts: IntArray) -> tuple[list[int], list[int]]:
    """Return the columns that tell another one, and which.

    Its commonest value at each of theirs is nearly always right.
    """
    hits = np.add.reduceat(np.maximum.reduceat(together, start, axis=1), start, axis=0)
    held = np.add.reduceat(together, start, axis=0)
    rows, most = np.add.reduceat(held, start, axis=1), np.maximum.reduceat(held, start, axis=1)
    told = (hits >= TOLD * rows) & (rows - hits <= LESS * (rows - most)) & (rows >= ROWS_A_LEVEL * counts[:, None])
    np.fill_diagonal(told, False)
    f, g = np.nonzero(told)
    return f.tolist(), g.tolist()


def _find_exclusive(together: IntArray, start: IntArray, found: _Levels) -> list[list[int]]:
    """Return the sets of answers of which at most one holds in every row, though more would by chance."""
    answers = np.flatnonzero(found.answers)
    if len(answers) < 2:
        return []
    yes = start[answers] + 1
    held = np.diag(together)[yes].astype(np.float64)
    expected = np.outer(held, held) / max(1, min(len(found.codes), ROWS))
    linked = (together[np.ix_(yes, yes)] == 0) & (expected >= EXPECTED)
    sets = [[int(answers[i]) for i in block] for block in connected(linked)]
    return [s for s in sets if (found.codes[:, s] == 1).sum(axis=1).max() <= 1]


def connected(linked: NDArray[np.bool_]) -> list[list[int]]:
    """Return the connected blocks of two or more, each in order."""
    seen: set[int] = set()
    blocks = []
    for start in range(len(linked)):
        block, waiting = [], [start]
        while waiting:
            i = waiting.pop()
            if i not in seen:
                seen.add(i)
                block.append(i)
                waiting.extend(int(j) for j in np.flatnonzero(linked[i]))
        if len(block) > 1:
            blocks.append(sorted(block))
    return blocks
