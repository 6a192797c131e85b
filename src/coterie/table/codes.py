"""Whole numbers that stand for something: region 3, channel 2.

The name of their column says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from coterie import sql, words
from coterie.doors import pattern
from coterie.engines import Engine
from coterie.findings import Finding
from coterie.table.identifiers import Named, named

# The last word of a column's name that says so; add words as your data need them.
NAMES = {"channel", "region", "zone", "area", "district", "country", "state", "branch", "store", "shop", "segment"}
NAMES |= {"cluster", "group", "category", "class", "type", "status", "code", "plan", "department", "industry", "sector"}
NAMES |= {"gender", "sex", "occupation", "job"}
COUNTED = {"number", "count", "total", "average", "days", "spend"}  # first words of a quantity: "number of store"
ENDS = pattern(rf".*({'|'.join(sorted(NAMES))})", re.IGNORECASE)  # less sure than a word of its own: WORKSHOP
FEWEST, MOST, MOST_SURE = 2, 10, 50  # different codes, and where the name leaves no doubt
MOST_DOUBTED = 20
ROWS_PER_CODE = 4
LARGEST = 1e9
BEFORE = "codes"  # what such a column was when the segments were formed
DONE = "taken as a category: the numbers are names; rename the column where they are sizes"


def is_code_name(name: str) -> bool:
    """Say whether a column's name says it holds codes.

    >>> [is_code_name(n) for n in ("Region", "sales_channel", "CustomerType", "workshop", "NumStore", "age")]
    [True, True, True, False, False, False]
    """
    said = words.label(name).casefold().split()
    return said != [] and said[0] not in COUNTED and (_is_sure(name) or said[-1] in NAMES)


def _is_sure(name: str) -> bool:
    return named(name) in (Named.PLACE, Named.THING)


def are_codes(name: str, levels: Collection[str]) -> bool:
    """Say whether levels are codes: numbers that have no order, with or without what they stand for."""
    return is_code_name(name) and all(re.fullmatch(r"[-+]?\d+(\W.*)?", level.strip()) for level in levels)


def code_columns(engine: Engine, relation: str, names: Sequence[str], rows: int) -> list[str]:
    """Return the columns that hold a few different whole numbers.

    Cost: one narrow scan of those whose name says that they are codes.
    """
    asked = [name for name in names if is_code_name(name)]
    if not asked:
        return []
    nodes = []
    for i, name in enumerate(asked):
        x = sql.column(name)
        broken = sql.case([(sql.less(sql.floor(x), x.copy()), sql.whole(1))])
        wanted = {
            "n": sql.count_distinct(x.copy()),
            "f": sql.count(broken),
            "h": sql.largest(x.copy()),
            "l": sql.smallest(x.copy()),
        }
        nodes += [sql.named(node, f"{key}{i}") for key, node in wanted.items()]
    got = engine.fetch(sql.select(nodes, sql.table(relation)))
    kept = []
    for i, name in enumerate(asked):
        many, fractions = int(got[f"n{i}"][0]), int(got[f"f{i}"][0])
        few = FEWEST <= many <= (MOST_SURE if _is_sure(name) else MOST) and rows >= ROWS_PER_CODE * many
        if few and not fractions and max(-float(got[f"l{i}"][0]), float(got[f"h{i}"][0])) < LARGEST:
            kept.append(name)
    return kept


def may_be_labels(values: NDArray[np.float64]) -> bool:
    """Say whether numbers may be those of segments: whole, from -1 on, and few."""
    x = np.unique(values[~np.isnan(values)])
    return 0 < len(x) <= MOST_SURE and bool(np.all(x == np.floor(x)) and x[0] >= -1)


def tell_codes(name: str, rows: int) -> Finding:
    """Return what was done about a column of codes."""
    return Finding("COT127", "note", name, rows, "whole numbers in a column whose name says that they are codes", DONE)


def doubt_quantity(name: str, values: NDArray[np.float64], rows: int) -> Finding | None:
    """Return a note where a quantity may be codes after all.

    Parameters
    ----------
    values : what the sample holds, without what is missing.
    """
    if not ENDS.fullmatch(name) or not np.all(values == np.floor(values)):
        return None
    distinct = len(np.unique(values))
    if not 2 < distinct <= MOST_DOUBTED:
        return None
    done = "taken as a quantity; if they are codes, write them as words, or name the column with --describe"
    return Finding("COT126", "note", name, rows, f"{distinct} whole numbers that may be codes", done)
