"""Statements that every dialect has, made of nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlglot import exp

from coterie.sql.tree import Node, Select, equal, table, text, whole


def named(a: Node, name: str) -> Node:
    """Return ``a AS name``."""
    return exp.Alias(this=a, alias=exp.to_identifier(name, quoted=True))


def select(
    columns: Sequence[Node],
    source: Node,
    *,
    where: Node | None = None,
    group: Sequence[Node] = (),
    order: Sequence[Node] = (),
    limit: int | None = None,
) -> Select:
    """Return a SELECT over one table or view."""
    query = exp.Select(expressions=list(columns)).from_(source, copy=False)
    if where is not None:
        query = query.where(where, copy=False)
    if group:
        query = query.group_by(*group, copy=False)
    if order:
        query = query.order_by(*order, copy=False)
    return query if limit is None else query.limit(limit, copy=False)


def steps(
    parts: Sequence[tuple[str, Select]], final: Select, notes: Mapping[str, str] = MappingProxyType({})
) -> Select:
    """Return the last query after its steps, each made once.

    Parameters
    ----------
    notes : a comment for each step that has one.
    """
    for name, query in parts:
        final = final.with_(exp.to_identifier(name, quoted=True), as_=query, copy=False)
    for step in final.ctes:
        if step.alias in notes:
            noted(step, notes[step.alias])
    return final


def bracketed(query: Select, name: str) -> Node:
    """Return a query as something that stands behind FROM."""
    return query.subquery(exp.to_identifier(name, quoted=True), copy=False)


def verbatim(query: str, name: str) -> Node:
    """Return a query as somebody wrote it, as something that stands behind FROM.

    A comment at its end does not reach beyond it.
    """
    return exp.Subquery(
        this=exp.Var(this=f"{query.strip().rstrip(';')}\n"),
        alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)),
    )


def nothing_of(place: Node, columns: Sequence[Node]) -> Select:
    """Return a SELECT of one row: columns of what stands behind FROM, NULL in it, so that it is not read."""
    none = exp.Select(expressions=[exp.Star()]).from_(place, copy=False).limit(0, copy=False)
    one = exp.Select(expressions=[exp.Alias(this=exp.Literal.number(1), alias=exp.to_identifier("one"))])
    query = exp.Select(expressions=list(columns)).from_(one.subquery("alone", copy=False), copy=False)
    return query.join(none.subquery("nothing", copy=False), on=exp.true(), join_type="left", copy=False)


def noted(a: Node, note: str) -> Node:
    """Return the node with a comment, which no text can end early."""
    a.add_comments([note])
    return a


def view(place: Node, query: Select) -> Node:
    """Return ``CREATE VIEW place AS query``."""
    return exp.Create(this=place, kind="VIEW", expression=query)


def copied(query: Node, path: str, options: Mapping[str, str | int]) -> Node:
    """Return ``COPY (query) TO 'path'``, with options such as the format."""
    said = {name: exp.Var(this=value) if isinstance(value, str) else whole(value) for name, value in options.items()}
    params = [exp.CopyParameter(this=exp.Var(this=name), expression=value) for name, value in said.items()]
    return exp.Copy(this=exp.Subquery(this=query), kind=False, files=[text(path)], params=params)


def left_join(query: exp.Select, other: str, left: Node, right: Node) -> exp.Select:
    """Return the query with another table's rows beside its own, NULLs elsewhere."""
    return query.join(table(other), on=equal(left, right), join_type="left", copy=False)


def full_join(query: exp.Select, other: str, left: Node, right: Node) -> exp.Select:
    """Return the rows of both tables side by side, NULLs where one has none."""
    return query.join(table(other), on=equal(left, right), join_type="full", copy=False)
