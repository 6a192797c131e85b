"""Relations put into a query, and a query parted between here and there.

A database is asked without making anything in it: a relation is a query, and stands in brackets where its name stood.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlglot import exp

from coterie import sql
from coterie.sql import Node, Select


def as_select(query: Node) -> Select:
    """Return what a database is asked, which is always a SELECT."""
    assert isinstance(query, exp.Select)
    return query


ORDER = "__c_order"


class Pulled(NamedTuple):
    """A query of the database whose rows are needed here, and the table that they become."""

    name: str
    query: Select


def names_in(query: Node) -> set[str]:
    """Return the relations that a query reads, without its own steps."""
    return {place.name for place in query.find_all(exp.Table) if _is_relation(place)}


def put_relations(query: Select, relations: Mapping[str, Select]) -> Select:
    """Return a query with relations in brackets where their names stood.

    >>> asked = sql.select([sql.column("a")], sql.table("t"))
    >>> sql.render(put_relations(asked, {"t": sql.select([sql.column("a")], sql.table("u", "s"))}), "postgres")
    'SELECT "a" FROM (SELECT "a" FROM "s"."u") AS "t"'
    """
    whole = query.copy()
    for place in [p for p in whole.find_all(exp.Table) if p.name in relations and _is_relation(p)]:
        held = put_relations(relations[place.name], relations)
        alias = exp.TableAlias(this=exp.to_identifier(place.alias or place.name, quoted=True))
        place.replace(exp.Subquery(this=held, alias=alias, joins=place.args.get("joins")))
    return whole


def _is_relation(place: exp.Table) -> bool:
    """Say whether a table is a relation by its name: no table of a schema, no step of the query around it."""
    if place.args.get("db") is not None:
        return False
    part: Node = place
    while part.parent is not None:
        around: Node = part.parent  # type: ignore[assignment]  # sqlglot's name for what has no arguments is another
        steps = around.ctes if isinstance(around, exp.Select) else []
        if isinstance(around, exp.With):
            steps = around.expressions[: around.expressions.index(part)] if part in around.expressions else []
        if place.name in [step.alias for step in steps] and not isinstance(part, exp.With):
            return False
        part = around
    return True


# ── a query over relations of both sides ──────────────────────────────────────────────────────────────────────────


def part(query: Select, is_there: Callable[[str], bool]) -> tuple[list[Pulled], Select]:
    """Return the queries that the database answers, and the query over their answers that is left for here.

    As much as possible is done there: of the steps that read nothing from here only what other parts read comes here.

    Parameters
    ----------
    is_there : tells of a relation's name whether the database holds it.
    """
    steps = [(step.alias, step.this.copy()) for step in query.ctes]
    last = query.copy()
    last.set("with_", None)
    there = set[str]()
    for name, step in steps:
        read = names_in(step)
        if read and all(one in there or is_there(one) for one in read):
            there.add(name)
    here = [(name, step) for name, step in steps if name not in there]
    pulled = dict[str, Pulled]()
    for reader in [*(step for _, step in here), last]:
        for name in sorted(one for one in names_in(reader) if one in there or is_there(one)):
            before = [step for step in steps if step[0] in there]
            whole = sql.select(_read(name, reader), sql.table(name))
            held = Pulled(f"__c_pulled_{name}_{len(pulled)}", sql.steps(_needed(before, name), whole))
            pulled[held.name] = held
            _rename(reader, name, held.name)
    return list(pulled.values()), sql.steps(here, last)


def _needed(steps: Sequence[tuple[str, Select]], name: str) -> list[tuple[str, Select]]:
    """Return the steps up to the one of a name, those alone that it is made of."""
    wanted, found = {name}, list[tuple[str, Select]]()
    for called, step in reversed(steps):
        if called in wanted:
            wanted |= names_in(step)
            found.insert(0, (called, step))
    return found


def _read(name: str, reader: Select) -> list[Node]:
    """Return the columns of a relation that a query reads; all where it does not say whose a column is."""
    if any(isinstance(star.parent, exp.Select) for star in reader.find_all(exp.Star)):
        return [sql.star()]
    columns: Collection[exp.Column] = list(reader.find_all(exp.Column))
    if any(not c.table for c in columns) and len(names_in(reader)) > 1:
        return [sql.star()]
    read = dict.fromkeys(c.name for c in columns if c.table in ("", name))
    return [sql.column(c) for c in read] or [sql.named(sql.whole(1), "one")]


def _rename(reader: Select, name: str, held: str) -> None:
    """Let a query read a table under the name that a relation had."""
    for place in [p for p in reader.find_all(exp.Table) if p.name == name and _is_relation(p)]:
        place.set("this", exp.to_identifier(held, quoted=True))
        place.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


# ── kinds of columns ──────────────────────────────────────────────────────────────────────────────────────────────

ALIKE = (
    exp.Alias,
    exp.Paren,
    exp.Nullif,
    exp.Coalesce,
    exp.Collate,
    exp.Max,
    exp.Min,
    exp.Lower,
    exp.Trim,
    exp.Substring,
)
CASTS = dict.fromkeys((exp.DataType.Type.VARCHAR, exp.DataType.Type.CHARACTER_SET), "text")
CASTS |= {exp.DataType.Type.INT: "small"}


def kinds_of(query: Select, steps: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> dict[str, str]:
    """Return which columns of a query are ``text`` or ``small`` whole numbers, as far as its casts tell.

    >>> kinds_of(sql.select([sql.named(sql.cast(sql.column("x"), "text"), "a"), sql.column("b")], sql.table("t")))
    {'a': 'text'}
    """
    known = dict(steps)
    for step in query.ctes:
        known[step.alias] = kinds_of(step.this, known)
    columns: dict[str, str] = {}
    places = [place for place in (query.args.get("from_"), *(query.args.get("joins") or ())) if place is not None]
    for source in (place.this for place in places):
        inner = source.this if isinstance(source, exp.Subquery) else None
        columns |= kinds_of(inner, known) if isinstance(inner, exp.Select) else known.get(source.name, {})
    found: dict[str, str] = {}
    for node in query.expressions:
        if isinstance(node, exp.Star):
            found |= columns
        elif kind := _kind_of(node, columns):
            found[node.alias_or_name] = kind
    return found


def _kind_of(node: Node, columns: Mapping[str, str]) -> str:
    if isinstance(node, exp.Column):
        return columns.get(node.name, "")
    if isinstance(node, exp.Cast):
        return CASTS.get(node.to.this, "")
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default")]
        return next((kind for v in values if v is not None and (kind := _kind_of(v, columns))), "")
    if isinstance(node, exp.DPipe | exp.MD5) or (isinstance(node, exp.Literal) and node.is_string):
        return "text"
    return _kind_of(node.this, columns) if isinstance(node, ALIKE) else ""


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def without_order(query: Select, *, keep: bool = True) -> tuple[Select, list[Node]]:
    """Return a query without the order of its rows, and that order, by columns ``__c_order…`` that it got for it.

    Parameters
    ----------
    keep : False: the order is of no use, and its columns are not added.
    """
    order = query.args.get("order")
    if order is None or query.args.get("limit") is not None:
        return query, []
    bare, keys = query.copy(), list[Node]()
    bare.set("order", None)
    for i, key in enumerate(order.expressions if keep else ()):
        is_plain = not isinstance(key, exp.Ordered)
        bare.append("expressions", sql.named((key if is_plain else key.this).copy(), f"{ORDER}{i}"))
        keys.append(sql.column(f"{ORDER}{i}") if is_plain else key.copy())
        if not is_plain:
            keys[-1].set("this", sql.column(f"{ORDER}{i}"))
    return bare, keys


def in_parts(query: Select, most: int) -> list[Select]:
    """Return a query as several of at most so many columns each; their columns side by side are its own."""
    columns = query.expressions
    if len(columns) <= most:
        return [query]
    found = []
    for start in range(0, len(columns), most):
        part_of = query.copy()
        part_of.set("expressions", [c.copy() for c in columns[start : start + most]])
        found.append(part_of)
    return found
