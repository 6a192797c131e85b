"""A statement has its steps in order, its notes where they belong, and any name."""

from __future__ import annotations

from coterie import sql


def test_a_note_ends_nowhere_early() -> None:
    query = sql.select([sql.noted(sql.named(sql.whole(1), "one"), "so */ /* it is")], sql.table("t"))
    text = sql.render(query, "postgres")
    assert (text.count("/*"), text.count("*/")) == (1, 1)


def test_steps_are_noted_by_their_names() -> None:
    first = sql.select([sql.star()], sql.table("t"))
    query = sql.steps([("a", first), ("b", sql.select([sql.star()], sql.table("a")))], first.copy(), {"b": "second"})
    assert sql.render(query, "duckdb").count("/*") == 1
    assert '"b" /* second */ AS' in sql.render(query, "duckdb")


def test_a_view_stands_where_it_is_told() -> None:
    query = sql.select([sql.star()], sql.table("t", "s", "c"))
    assert sql.render(sql.view(sql.table("v"), query), "duckdb") == 'CREATE VIEW "v" AS SELECT * FROM "c"."s"."t"'
