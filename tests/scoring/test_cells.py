"""A warehouse's own types give the cells that a file gave."""

from __future__ import annotations

import pandas as pd
import pytest

import coterie
from coterie import Segmentation
from warehouses import Held, Rows, by_duckdb, by_sqlite


@pytest.fixture(scope="module")
def run() -> Segmentation:
    """Three groups by a number; beside it a code, a word for yes and no, and a value that means missing."""
    rows = [(f"c{i}", 40.0 * (i % 3) + i % 7, i % 3 + 4, i % 2 == 0) for i in range(300)]
    frame = pd.DataFrame(rows, columns=["id", "spend", "region", "member"])
    frame.loc[::10, "spend"] = -99.0
    return coterie.segment(
        frame, id="id", k=3, effort="quick", missing=["spend=-99"], features=["spend", "region", "member"]
    )


ROWS: Rows = [("a", 3.0, 4.0, True), ("b", -99.0, 5.0, False), ("c", 84.0, 6.0, None), ("d", None, None, None)]
NAMES = ("id", "spend", "region", "member")


def assigned(run: Segmentation) -> Rows:
    return [
        tuple(row)
        for row in pd.DataFrame(run.assign(pd.DataFrame(ROWS, columns=NAMES), id="id")).itertuples(index=False)
    ]


def labels(rows: Rows) -> Rows:
    return [tuple(None if pd.isna(row[i]) else row[i] for i in (0, 1, 2, 4)) for row in rows]


@pytest.mark.parametrize("types", [
    ("TEXT", "DOUBLE", "INTEGER", "BOOLEAN"),
    ("TEXT", "DECIMAL(8, 2)", "DECIMAL(8, 2)", "TEXT"),
    ("TEXT", "TEXT", "DOUBLE", "BOOLEAN"),
    ("TEXT", "REAL", "TEXT", "BOOLEAN"),
])  # fmt: skip
def test_whatever_type_keeps_a_cell_in_duckdb_it_is_the_same(run: Segmentation, types: tuple[str, ...]) -> None:
    assert labels(by_duckdb(Held(NAMES, types, ROWS), run.sql("duckdb"))) == labels(assigned(run))


@pytest.mark.parametrize("types", [("TEXT", "REAL", "INTEGER", "INTEGER"), ("TEXT", "TEXT", "TEXT", "TEXT"), ("",) * 4])
def test_whatever_type_keeps_a_cell_in_sqlite_it_is_the_same(run: Segmentation, types: tuple[str, ...]) -> None:
    assert labels(by_sqlite(Held(NAMES, types, ROWS), run.sql("sqlite"))) == labels(assigned(run))


def test_a_cell_that_is_no_number_is_missing_in_sqlite_and_never_0(run: Segmentation) -> None:
    query, rows = run.sql("sqlite"), [("a", said, 5, "") for said in ("n/a", "", "3 of 4", None)]
    got = [by_sqlite(Held(NAMES, ("TEXT",) * 4, [row]), query)[0][1:] for row in rows]
    assert len(set(got)) == 1


def test_a_cell_that_is_no_number_stops_duckdb(run: Segmentation) -> None:
    with pytest.raises(Exception, match="Could not convert"):
        by_duckdb(Held(NAMES, ("TEXT",) * 4, [("a", "n/a", "5", "")]), run.sql("duckdb"))


def test_infinity_and_what_is_no_number_are_missing(run: Segmentation) -> None:
    types = ("TEXT", "DOUBLE", "DOUBLE", "BOOLEAN")
    rows = [("a", said, 5.0, True) for said in (float("inf"), float("-inf"), float("nan"), None)]
    assert len({row[1:] for row in by_duckdb(Held(NAMES, types, rows), run.sql("duckdb"))}) == 1
