"""A tree is rendered at the last moment, for any dialect, and is the same tree afterwards."""

from __future__ import annotations

import pytest

from coterie import sql
from coterie.sql.dialects import DIALECTS
from coterie.sql.marks import Mark

A = sql.column("a")
TYPES = {
    "duckdb": ("DOUBLE", "TEXT", "BIGINT", "INT"),
    "postgres": ("DOUBLE PRECISION", "VARCHAR", "BIGINT", "INT"),
    "sqlite": ("REAL", "TEXT", "INTEGER", "INTEGER"),
    "mysql": ("DOUBLE", "CHAR", "SIGNED", "SIGNED"),
    "spark": ("DOUBLE", "STRING", "BIGINT", "INT"),
    "snowflake": ("DOUBLE", "VARCHAR", "BIGINT", "INT"),
    "bigquery": ("FLOAT64", "STRING", "INT64", "INT64"),
    "redshift": ("DOUBLE PRECISION", "VARCHAR(65535)", "BIGINT", "INTEGER"),
    "tsql": ("FLOAT", "NVARCHAR(4000)", "BIGINT", "INTEGER"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_type_is_logical_until_it_is_rendered(dialect: str) -> None:
    kinds: tuple[sql.Kind, ...] = ("double", "text", "whole", "small")
    got = [sql.render(sql.cast(sql.null(), kind), dialect) for kind in kinds]
    assert got == [f"CAST(NULL AS {name})" for name in TYPES[dialect]]


def test_rendering_changes_nothing_in_the_tree() -> None:
    steps = [("u", sql.select([sql.named(sql.number(0.5), "a")], sql.table("t")))]
    query = sql.steps(steps, sql.select([sql.whole_sum(A)], sql.table("u"), where=sql.equal(A, sql.text("x"))))
    first = {dialect: sql.render(query, dialect) for dialect in DIALECTS}
    assert {dialect: sql.render(query, dialect) for dialect in reversed(DIALECTS)} == first


def test_a_node_may_stand_in_several_places_and_a_mark_in_another() -> None:
    nan = sql.is_nan(A)
    inner = sql.case([(nan, sql.null())], A)
    node = sql.both(nan, nan, sql.is_nan(sql.least([inner, inner])))
    text = sql.render(node, "duckdb")
    assert text.count("ISNAN") == 5
    assert not any(mark in text for mark in Mark)


def test_a_mark_alone_is_rendered() -> None:
    assert sql.render(sql.is_nan(A), "spark") == "ISNAN(`a`)"


@pytest.mark.parametrize(
    ("dialect", "fenced"),
    [
        ("duckdb", 'WITH "u" AS (SELECT * FROM "t") SELECT * FROM "u"'),
        ("postgres", 'WITH "u" AS (SELECT * FROM "t" OFFSET 0) SELECT * FROM "u"'),
        ("sqlite", 'WITH "u" AS MATERIALIZED (SELECT * FROM "t") SELECT * FROM "u"'),
        ("mysql", "WITH `u` AS (SELECT * FROM `t` LIMIT 18446744073709551615) SELECT * FROM `u`"),
        ("spark", "WITH `u` AS (SELECT * FROM `t`) SELECT * FROM `u`"),
    ],
)
def test_a_step_is_fenced_where_the_dialect_needs_it(dialect: str, fenced: str) -> None:
    query = sql.steps([("u", sql.select([sql.star()], sql.table("t")))], sql.select([sql.star()], sql.table("u")))
    assert sql.render(query, dialect) == fenced


def test_a_steps_own_limit_stays() -> None:
    few = sql.select([sql.star()], sql.table("t"), limit=5)
    query = sql.steps([("u", few)], sql.select([sql.star()], sql.table("u")))
    assert "LIMIT 5" in sql.render(query, "mysql")
    assert "LIMIT 5 OFFSET 0" in sql.render(query, "postgres")


def test_a_double_is_a_double_in_postgres_too() -> None:
    assert sql.render(sql.number(-0.5), "postgres") == "(-CAST('0.5e0' AS DOUBLE PRECISION))"
    assert sql.render(sql.whole(5), "postgres") == "5"
    assert sql.render(sql.text("1e5"), "postgres") == "'1e5'"


def test_mysql_tells_capitals_and_blanks_apart() -> None:
    got = sql.render(sql.equal(A, sql.text("x ")), "mysql")
    side = "CAST(CAST({} AS CHAR CHARACTER SET utf8mb4) AS BINARY)"
    assert got == f"{side.format('`a`')} = {side.format(repr('x '))}"
    assert sql.render(sql.equal(A, sql.whole(1)), "mysql") == "`a` = 1"


def test_what_a_dialect_lacks_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="sqlite for: text as a time"):
        sql.render(sql.parsed_time(A, ["%Y"]), "sqlite")
