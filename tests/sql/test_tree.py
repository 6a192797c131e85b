"""SQL is a tree: any name and any value survive it, and numbers are the doubles that they were."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coterie import sql
from coterie.engines.duckdb.engine import DuckDB
from coterie.engines.engine import Engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return DuckDB(threads=1)


def one(engine: Engine, node: sql.Node) -> object:
    """Return the value of an expression, as the engine computes it."""
    row = sql.select([sql.named(sql.whole(1), "one")], sql.table("numbers"))
    engine.define("numbers", sql.Select(expressions=[sql.named(sql.whole(1), "one")]))
    assert row is not None
    return engine.fetch(sql.select([sql.named(node, "v")], sql.table("numbers")))["v"][0]


@settings(max_examples=150, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_double(engine: Engine, value: float) -> None:
    got = float(one(engine, sql.number(value)))  # type: ignore[arg-type]
    assert got == value
    assert math.copysign(1, got) == math.copysign(1, value) or value == 0


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40))
def test_a_text_reads_back_to_the_letter(engine: Engine, value: str) -> None:
    assert one(engine, sql.text(value)) == value


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=40))
def test_any_text_can_name_a_column(engine: Engine, name: str) -> None:
    engine.define("odd", sql.Select(expressions=[sql.named(sql.whole(7), name)]))
    got = engine.fetch(sql.select([sql.named(sql.column(name), "v")], sql.table("odd")))
    assert got["v"].tolist() == [7]


def test_an_infinite_number_has_no_literal() -> None:
    with pytest.raises(ValueError, match="inf"):
        sql.number(math.inf)


def test_sums_keep_their_order_and_their_brackets(engine: Engine) -> None:
    big, small = sql.number(1e16), sql.number(1.0)
    assert one(engine, sql.subtract(sql.add(big, small), big)) == (1e16 + 1.0) - 1e16
    assert one(engine, sql.multiply(sql.add(small, small), sql.subtract(big, small))) == 2 * (1e16 - 1)
