"""Segments as a table or a view of PostgreSQL, published in the transaction that read the customers.

What stands there carries a comment with the digest of the run's manifest: it tells a run's own table, the only kind
that is ever replaced, and whether a run that was killed had got as far as the commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Literal

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.engine import Columns
from coterie.sql import Node, Select

MARK = "coterie run "
CLASSES = {"r": "TABLE", "v": "VIEW"}
Sort = Literal["TABLE", "VIEW"]


class Into:
    """A table or view to be.

    Parameters
    ----------
    do, read : what runs a statement, and what returns the answer to a query.
    place : its name, and its schema where one was named.
    sort : which of both.
    """

    def __init__(
        self, do: Callable[[Node], None], read: Callable[[Node], Columns], place: Sequence[str], sort: Sort
    ) -> None:
        self._do, self._read = do, read
        self._name, *schema = place
        self._schema = schema[0] if schema else str(read(_alone(sql.call("current_schema")))["v"][0])
        self._staged = f"__c_{os.urandom(6).hex()}"
        self._sort: Sort = sort
        self._old: str | None = None

    @property
    def shown(self) -> str:
        """The name with its schema, as people write it."""
        return f"{self._schema}.{self._name}"

    def prepare(self, *, overwrite: bool) -> None:
        """Make sure that it can be made, before any row is read.

        Raises
        ------
        InputError : there is no such schema, or something stands there that may not be replaced.
        AccessError : the user may not make anything in the schema.
        """
        right = sql.call("has_schema_privilege", sql.column("nspname"), sql.text("CREATE"))
        here = sql.equal(sql.column("nspname"), sql.text(self._schema))
        schemas = self._read(sql.select([sql.named(right, "v")], sql.table("pg_namespace", "pg_catalog"), where=here))
        if not len(schemas["v"]):
            raise errors.no_schema(self._schema)
        if not schemas["v"][0]:
            raise errors.no_right(f"permission denied for schema {self._schema}")
        found = self._found()
        if found is None:
            return
        sort, comment = found
        if not overwrite:
            raise errors.table_exists(self.shown)
        if sort not in CLASSES or not comment.startswith(MARK):
            raise errors.not_our_table(self.shown)
        self._old = CLASSES[sort]

    def is_published(self, digest: str) -> bool:
        """Say whether the run of a manifest stands there."""
        found = self._found()
        return found is not None and found[1] == f"{MARK}{digest}"

    def _found(self) -> tuple[str, str] | None:
        """Return the sort of what stands there, and the comment on it."""
        relation = sql.column("oid")
        comment = sql.coalesce(sql.call("obj_description", relation, sql.text("pg_class")), sql.text(""))
        schema = exp.Cast(this=sql.column("relnamespace"), to=exp.DataType.build("regnamespace", udt=True))
        named = sql.call("quote_ident", sql.text(self._schema))
        here = sql.both(
            sql.equal(sql.column("relname"), sql.text(self._name)), sql.equal(sql.cast(schema, "text"), named)
        )
        nodes = [sql.named(sql.cast(sql.column("relkind"), "text"), "sort"), sql.named(comment, "comment")]
        got = self._read(sql.select(nodes, sql.table("pg_class", "pg_catalog"), where=here))
        return (str(got["sort"][0]), str(got["comment"][0])) if len(got["sort"]) else None

    def store(self, query: Select) -> None:
        """Make the table of a query's rows, or the view of it, under a name that nobody else has."""
        self._do(exp.Create(this=sql.table(self._staged, self._schema), kind=self._sort, expression=query))

    def publish(self, digest: str) -> None:
        """Show it under its name, in the place of an older run's, and end the transaction."""
        place = sql.table(self._name, self._schema)
        if self._old is not None:
            self._do(exp.Drop(tables=[place.copy()], kind=self._old))
        staged, name = sql.table(self._staged, self._schema), sql.table(self._name)
        self._do(exp.Alter(this=staged, kind=self._sort, actions=[exp.AlterRename(this=name)]))
        self._do(exp.Comment(this=place, kind=self._sort, expression=sql.text(f"{MARK}{digest}")))
        self._do(exp.Commit())


def _alone(node: Node) -> Select:
    return exp.Select(expressions=[sql.named(node, "v")])
