"""Segments in PostgreSQL, published in the transaction that read the customers: the mark is a comment."""

from __future__ import annotations

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.database.into import MARK, Into, Sort, Standing
from coterie.sql import Select

SORTS: dict[str, Sort] = {"r": "TABLE", "v": "VIEW"}
LONGEST = 63  # bytes of a name; of a longer one the server takes the beginning, and says so to nobody


class PostgresInto(Into):
    """A table or view of PostgreSQL to be.

    Until its transaction ends nobody sees it, and then it is there.
    """

    def _clear_away(self) -> None:
        """Leave all as it is.

        The server rolled back what killed runs did not commit.
        """

    def close(self) -> None:
        """Leave all as it is.

        What is not committed goes with the connection.
        """

    def _home(self) -> str:
        return str(self._asked(sql.call("current_schema")))

    def _wanted(self) -> str | None:
        return f"a name of at most {LONGEST} bytes" if len(self._name.encode()) > LONGEST else None

    def _allow(self) -> None:
        right = sql.call("has_schema_privilege", sql.column("nspname"), sql.text("CREATE"))
        here = sql.equal(sql.column("nspname"), sql.text(self._schema))
        schemas = self._read(sql.select([sql.named(right, "v")], sql.table("pg_namespace", "pg_catalog"), where=here))
        if not len(schemas["v"]):
            raise errors.no_schema(self._schema)
        if not schemas["v"][0]:
            raise errors.no_right(f"permission denied for schema {self._schema}")

    def _found(self) -> Standing | None:
        relation = sql.column("oid")
        comment = sql.coalesce(sql.call("obj_description", relation, sql.text("pg_class")), sql.text(""))
        schema = exp.Cast(this=sql.column("relnamespace"), to=exp.DataType.build("regnamespace", udt=True))
        named = sql.call("quote_ident", sql.text(self._schema))
        here = sql.both(
            sql.equal(sql.column("relname"), sql.text(self._name)), sql.equal(sql.cast(schema, "text"), named)
        )
        nodes = [sql.named(sql.cast(sql.column("relkind"), "text"), "sort"), sql.named(comment, "comment")]
        got = self._read(sql.select(nodes, sql.table("pg_class", "pg_catalog"), where=here))
        return Standing(SORTS.get(str(got["sort"][0])), str(got["comment"][0])) if len(got["sort"]) else None

    def _make(self, query: Select) -> None:
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
