"""The whole assignment in each dialect: as text that is looked at, and run where an engine is at hand.

``COTERIE_GOLDEN=write`` writes the texts again; a new release of sqlglot shows here what it changes.
"""

from __future__ import annotations

import math
import os
import re
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlglot

from coterie import sql
from coterie.engines import Reading, Source, connect
from coterie.evidence import Cut
from coterie.model import COLUMNS, Feature, Model, assignment_sql
from coterie.sql.dialects import DIALECTS
from coterie.sql.marks import Mark
from coterie.table import ID

GOLDEN = Path(__file__).parents[1] / "golden" / "sql"
LEVELS = ("Größe S", "it's", "a\\b")
FEATURES = (
    Feature("spend", "number", transform="log", unit=0.02, shift=1.1, factor=0.8, cap=(-2.5, 2.5)),
    Feature("balance", "number", transform="signed log", unit=0.1, factor=0.5, weight=0.7),
    Feature("size", "category", factor=0.9, weight=0.6, levels=LEVELS, other=("rare",)),
    Feature("tier", "ordinal", factor=0.5, levels=("low", "middle", "high")),
)
CENTERS = (
    (-0.9, 0.1, 0.54, 0.0, 0.0, 0.0, 0.1),
    (0.4, 0.9, 0.0, 0.54, 0.0, 0.0, 0.4),
    (1.2, -0.6, 0.0, 0.0, 0.3, 0.2, 1.0),
    (0.0, 0.0, 0.1, 0.1, 0.1, 0.5, 0.5),
)
MODEL = Model((), CENTERS, (1, 2, 3, 1), 0.0, 1, 1)
NAMES = {1: "Low spend", 2: 'It\'s "new"', 3: "High spend"}
CUTS = (Cut(1, 0.4, 0.2), Cut(2, 0.3, 0.1))


def query() -> sql.Node:
    return assignment_sql("customers", FEATURES, MODEL, NAMES, CUTS)


def customers(n: int = 400) -> pd.DataFrame:
    """Rows of every kind: skewed, signed, levels never met, capitals, holes, and a row of holes alone."""
    r = np.random.default_rng(5)
    columns = {
        "spend": np.round(np.exp(r.normal(4, 1.5, n)) - 2, 2),
        "balance": np.round(r.standard_t(2, n) * 30, 1),
        "size": r.choice(np.array([*LEVELS, "rare", "IT'S", "a\\b "], dtype=object), n),
        "tier": r.choice(np.array(["low", "middle", "high", "Low"], dtype=object), n),
    }
    holed = {name: np.where(r.random(n) < 0.15, None, values.astype(object)) for name, values in columns.items()}
    frame = pd.DataFrame({ID: [f"c{i:03d}" for i in range(n)], **holed})
    frame.loc[7, list(columns)] = None
    return frame.astype({"spend": float, "balance": float})


def lines(text: str) -> str:
    """Return a query with a line for each clause, so that a difference can be seen."""
    return re.sub(r" (?=SELECT |FROM |CASE |WHEN |\"[a-z]\" AS |`[a-z]` AS )", "\n", text) + "\n"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_assignment_is_the_text_that_was_looked_at(dialect: str) -> None:
    text, path = lines(sql.render(query(), dialect)), GOLDEN / f"{dialect}.sql"
    if os.environ.get("COTERIE_GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_can_be_read_again(dialect: str) -> None:
    read = sqlglot.parse_one(sql.render(query(), dialect), read=dialect)
    assert [column.alias_or_name for column in read.selects] == list(COLUMNS)


def test_every_dialect_says_what_a_segmentation_needs() -> None:
    needed = {Mark.IS_NAN, Mark.LEAST, Mark.WHOLE_SUM, Mark.IN_UTC, Mark.SECONDS, Mark.DAY}
    assert all(needed <= set(row.spelled) for row in DIALECTS.values() if row.executed)
    assert set(DIALECTS["duckdb"].spelled) == set(Mark) - {Mark.RENAMED}  # of tables that others see


def test_tables_are_renamed_all_at_once_whatever_they_are_called() -> None:
    a, b, c = sql.table("a`b", "crm"), sql.table('c"d', "crm"), sql.table("select", "crm")
    assert sql.render(sql.renamed(a, b, c, a), "mysql") == (
        'RENAME TABLE `crm`.`a``b` TO `crm`.`c"d`, `crm`.`select` TO `crm`.`a``b`'
    )


def by_duckdb(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    engine = connect(threads=1)
    engine.read(Source.of(frame.rename(columns={ID: "id"})), "source", Reading(), lambda name: False)
    columns = [sql.named(sql.column("id"), ID), *(sql.column(name) for name in frame if name != ID)]
    engine.define("customers", sql.select(columns, sql.table("source")))
    got = engine.fetch(query())
    engine.close()
    return [tuple(None if pd.isna(v) else v for v in row) for row in zip(*(got[c] for c in COLUMNS), strict=True)]


def by_sqlite(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("SELECT LN(2.0), SQRT(2.0), SIGN(2.0), FLOOR(2.5)")
    except sqlite3.OperationalError:  # built without the functions of mathematics
        for name, function in (("LN", math.log), ("SQRT", math.sqrt), ("SIGN", np.sign), ("FLOOR", math.floor)):
            connection.create_function(name, 1, lambda x, f=function: None if x is None else float(f(x)))
    columns = ", ".join(sql.render(sql.column(name), "sqlite") for name in frame)
    connection.execute(f"CREATE TABLE customers ({columns})")
    rows = [tuple(None if pd.isna(v) else v for v in row) for row in frame.itertuples(index=False)]
    connection.executemany(f"INSERT INTO customers VALUES ({', '.join('?' * len(frame.columns))})", rows)
    got = connection.execute(sql.render(query(), "sqlite")).fetchall()
    connection.close()
    return got


def test_every_customer_gets_the_same_segment_in_duckdb_and_in_sqlite() -> None:
    frame = customers()
    one, other = by_duckdb(frame), by_sqlite(frame)
    margin = COLUMNS.index("margin")
    assert [row[:margin] + row[margin + 1 :] for row in one] == [row[:margin] + row[margin + 1 :] for row in other]
    for a, b in zip(one, other, strict=True):
        assert (a[margin] is None) == (b[margin] is None)
        assert a[margin] is None or abs(float(a[margin]) - float(b[margin])) < 1e-12  # type: ignore[arg-type]
    assert {row[1] for row in one} == {None, 1, 2, 3}
    assert one[7][1:] == (None, None, None, None)
