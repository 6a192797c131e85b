"""Sums are exact to the written decimals whatever stands beside, in every dialect; shares lie in [0, 1]."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from fractions import Fraction

import duckdb
import numpy as np
import pytest

from coterie import sql
from coterie.engines import ExactSum, plan_decimal_sum, plan_sum, shares_of
from coterie.sql import DIALECTS

USUAL = np.round(np.random.default_rng(0).uniform(-99, 99, 500), 2)


def query(plan: ExactSum) -> sql.Node:
    nodes = [sql.named(node, name) for name, node in plan.parts(sql.column("x"), "s").items()]
    counted = sql.named(sql.count(plan.within(sql.column("x"))), "n")
    return sql.select([*nodes, counted], sql.table("t"))


def summed(plan: ExactSum, values: Sequence[float], dialect: str) -> tuple[float, int]:
    """Return the sum that an engine gives, and how many values are in it."""
    rendered, rows = sql.render(query(plan), dialect), [(float(v),) for v in values]
    connection = duckdb.connect() if dialect == "duckdb" else sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x DOUBLE)")
    connection.executemany("INSERT INTO t VALUES (?)", rows)
    cursor = connection.execute(rendered)
    got: Mapping[str, float] = dict(zip([d[0] for d in cursor.description], cursor.fetchone(), strict=True))
    return plan.value(float(got["s"]), float(got.get("s_high", 0.0))), int(got["n"])


def exactly(values: Sequence[float]) -> float:
    """Return the sum of the decimals as they are written, rounded once."""
    return float(sum(Fraction(repr(float(v))) for v in values))


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
@pytest.mark.parametrize("huge", [0.0, 1e9, 1e13, 1e15, -1e15, 1e20])
def test_a_sum_is_exact_whatever_stands_beside(dialect: str, huge: float) -> None:
    together = [*USUAL, huge]
    largest = float(np.abs(together).max())
    for plan in (plan_sum(90.0, largest), plan_decimal_sum(largest, largest * len(together))):
        for values in (USUAL, together):
            total, n = summed(plan, values, dialect)
            assert total == pytest.approx(exactly(values), rel=1e-15, abs=1e-9)
            assert n == len(values)


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_amounts_of_eight_decimals_are_added_as_they_are_written(dialect: str) -> None:
    coins = np.round(np.random.default_rng(1).uniform(0, 0.0001, 500), 8)
    total, n = summed(plan_decimal_sum(float(coins.max()), float(coins.sum())), coins, dialect)
    assert (total, n) == (exactly(coins), 500)


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_what_is_too_large_to_be_added_is_in_no_sum(dialect: str) -> None:
    plan = plan_sum(90.0, 3.4e38)
    total, n = summed(plan, [*USUAL, 3.4e38, -3.4e38], dialect)
    assert (total, n) == (pytest.approx(exactly(USUAL), rel=1e-14), 500)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_spells_both_units(dialect: str) -> None:
    text = sql.render(query(plan_sum(90.0, 3.4e38)), dialect)
    assert text.upper().count("SIGN(") >= 2
    assert "s_high" in text


def test_values_of_one_size_need_one_unit() -> None:
    for usual, largest in ((50.0, 900.0), (0.0, 1.0), (1e-9, 1e-8), (1e30, 1e33), (50.0, 1e8)):
        assert plan_sum(usual, largest).coarse is None
    assert plan_decimal_sum(1e4, 1e12) == ExactSum(1e6)


def test_shares_lie_between_nothing_and_all_or_are_not_given() -> None:
    assert shares_of([1.0, 4.0]) == (0.2, 0.8)
    assert shares_of([0.0, 4.0]) == (0.0, 1.0)
    for parts in ([-27.0, 127.0], [0.0, 0.0], [None, 1.0], [-1.0, -2.0]):
        assert shares_of(parts) == (None, None)
    assert shares_of([]) == ()
