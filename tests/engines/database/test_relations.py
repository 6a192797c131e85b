"""A relation stands in brackets where its name stood; a query over both sides is parted."""

from __future__ import annotations

from coterie import sql
from coterie.engines.database.relations import in_parts, names_in, part, put_relations, without_order

A = sql.select([sql.column("id"), sql.column("x")], sql.table("raw", "s"))


def said(query: sql.Node) -> str:
    return sql.render(query, "duckdb")


def test_a_step_hides_the_relation_of_its_name() -> None:
    inner = sql.select([sql.star()], sql.table("a"))
    query = sql.steps([("a", inner)], sql.select([sql.star()], sql.table("a")))
    assert names_in(query) == {"a"}
    found = said(put_relations(query, {"a": A}))
    assert found == 'WITH "a" AS (SELECT * FROM (SELECT "id", "x" FROM "s"."raw") AS "a") SELECT * FROM "a"'


def test_relations_of_relations_are_put_in_too() -> None:
    held = {"a": A, "b": sql.select([sql.column("x")], sql.table("a"))}
    found = said(put_relations(sql.select([sql.star()], sql.table("b")), held))
    assert found == 'SELECT * FROM (SELECT "x" FROM (SELECT "id", "x" FROM "s"."raw") AS "a") AS "b"'


def test_a_query_over_both_sides_asks_there_for_what_it_reads() -> None:
    near = sql.select([sql.column("id"), sql.named(sql.column("x"), "segment")], sql.table("a"))
    last = sql.select([sql.field("near", "segment"), sql.field("old", "segment")], sql.table("near"))
    joined = sql.left_join(last, "old", sql.field("near", "id"), sql.field("old", "id"))
    pulled, left = part(sql.steps([("near", near)], joined), {"a"}.__contains__)
    assert [said(p.query) for p in pulled] == [
        'WITH "near" AS (SELECT "id", "x" AS "segment" FROM "a") SELECT "segment", "id" FROM "near"'
    ]
    assert said(left) == (
        f'SELECT "near"."segment", "old"."segment" FROM "{pulled[0].name}" AS "near" '
        'LEFT JOIN "old" ON "near"."id" = "old"."id"'
    )


def test_of_a_relation_whose_columns_nobody_names_all_come() -> None:
    query = sql.left_join(sql.select([sql.star()], sql.table("a")), "old", sql.field("a", "id"), sql.field("old", "id"))
    pulled, _ = part(query, {"a"}.__contains__)
    assert [said(p.query) for p in pulled] == ['SELECT * FROM "a"']


def test_an_order_becomes_columns_to_order_by_later() -> None:
    query = sql.select([sql.column("x")], sql.table("a"), order=[sql.descending(sql.column("id"))])
    bare, order = without_order(query)
    assert said(bare) == 'SELECT "x", "id" AS "__c_order0" FROM "a"'
    assert [sql.render(key, "postgres") for key in order] == ['"__c_order0" DESC NULLS LAST']
    assert said(without_order(query, keep=False)[0]) == 'SELECT "x" FROM "a"'
    first = sql.select([sql.column("x")], sql.table("a"), order=[sql.column("id")], limit=3)
    assert without_order(first) == (first, [])


def test_a_wide_query_becomes_several_of_the_same_rows() -> None:
    query = sql.select([sql.column(f"c{i}") for i in range(5)], sql.table("a"), order=[sql.column("c0")])
    assert [said(p) for p in in_parts(query, 2)] == [
        'SELECT "c0", "c1" FROM "a" ORDER BY "c0"',
        'SELECT "c2", "c3" FROM "a" ORDER BY "c0"',
        'SELECT "c4" FROM "a" ORDER BY "c0"',
    ]
