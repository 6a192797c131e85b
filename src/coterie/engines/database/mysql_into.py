"""Segments in MariaDB or MySQL, where each CREATE is a commit: made under a name of ours, and renamed in one step.

The mark is a table's comment; a view has none, and there it is what the query in it is called. What a killed run leaves
under a name of ours is told from what a living one makes there by a lock of that name, which ends with its connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.database.into import MARK, OPTIONS, OURS, Into, Sort, Standing, alone
from coterie.engines.engine import Columns
from coterie.sql import Node, Select

LONGEST, HIGHEST = 64, "\uffff"  # characters of a name, and the last one that it may hold
UNNAMED = "in the making"
OLD = "_old"
NAME = re.compile(rf"({OURS}[0-9a-f]{{12}})({OLD})?")
SORTS: dict[str, Sort] = {"BASE TABLE": "TABLE", "VIEW": "VIEW"}
IN_A_VIEW = re.compile(rf"`({MARK}[^`]*)`")


class MySQLInto(Into):
    """A table or view of MariaDB to be.

    Parameters
    ----------
    attempt : runs a statement that may fail.
    end_reading : ends the transaction that reads: what it read can be renamed then.
    """

    def __init__(
        self,
        do: Callable[[Node], None],
        read: Callable[[Select], Columns],
        place: Sequence[str],
        sort: Sort,
        *,
        attempt: Callable[[Node], None],
        end_reading: Callable[[], None],
    ) -> None:
        super().__init__(do, read, place, sort)
        self._attempt, self._end_reading = attempt, end_reading
        self._made: dict[str, Sort] = {}
        self._query: Select | None = None
        if self._asked(exp.Var(this="@@lower_case_table_names")) == 1:  # names are stored so, whatever was written
            self._schema, self._name = self._schema.lower(), self._name.lower()
        self._asked(sql.call("GET_LOCK", sql.text(self._staged), sql.whole(0)))

    def _home(self) -> str:
        found = self._asked(sql.cast(sql.call("DATABASE"), "text"))
        if found is None:
            wanted = "a name with its database, such as crm.segments: the address names none"
            raise errors.bad_option(OPTIONS[self._sort], self._name, wanted)
        return str(found)

    def _wanted(self) -> str | None:
        if len(self._name) <= LONGEST and max(self._name) <= HIGHEST and not self._name.endswith(" "):
            return None
        return f"a name of at most {LONGEST} characters, none beyond U+FFFF, without a blank at its end"

    def _found(self) -> Standing | None:
        return self._standing(self._name)

    def _standing(self, name: str) -> Standing | None:
        """Return what stands under a name in the schema."""
        nodes = [sql.named(sql.cast(sql.column(c), "text"), c) for c in ("table_type", "table_comment")]
        got = self._read(sql.select(nodes, _catalog("tables"), where=self._here(name)))
        if not len(got["table_type"]):
            return None
        sort = SORTS.get(str(got["table_type"][0]))
        if sort != "VIEW":
            return Standing(sort, str(got["table_comment"][0]))
        said = sql.named(sql.cast(sql.column("view_definition"), "text"), "v")
        views = self._read(sql.select([said], _catalog("views"), where=self._here(name)))
        mark = IN_A_VIEW.search(str(views["v"][0])) if len(views["v"]) else None
        return Standing(sort, mark[1] if mark else "")

    def _here(self, name: str) -> Node:
        return sql.both(is_called("table_schema", self._schema), is_called("table_name", name))

    def _allow(self) -> None:
        """Do with an empty one what is done in the end.

        The server alone knows rights, roles, and what it is set to.

        Nobody sees it under its name, for it has the name within one statement alone.
        """
        self._create(alone(sql.whole(1)), UNNAMED)
        through = self._name if self._old is None else self._aside
        self._rename(self._staged, through, through, self._staged)
        self._drop(self._staged)
        if self._old == "TABLE":
            self._keep_what_is_leant_on()

    def _clear_away(self) -> None:
        """Remove what killed runs left in the schema under names of ours."""
        ours = sql.both(
            is_called("table_schema", self._schema),
            sql.is_like(sql.column("table_name"), f"{OURS}%".replace("_", "\\_")),
        )
        named = sql.named(sql.cast(sql.column("table_name"), "text"), "v")
        # names alone are asked for first: the comment of a table that is being made has to be waited for
        for name in map(str, self._read(sql.select([named], _catalog("tables"), where=ours))["v"]):
            match = NAME.fullmatch(name)
            if match is None or not self._asked(sql.call("IS_FREE_LOCK", sql.text(match[1]))):
                continue
            found = self._standing(name)
            if found is not None and found.sort is not None and found.mark.startswith(MARK):
                self._attempt(exp.Drop(tables=[self._at(name)], kind=found.sort, exists=True))

    def _keep_what_is_leant_on(self) -> None:
        """Refuse to replace a table that others refer to.

        Those of the schema would follow it out of its place.
        """
        leaning = sql.both(
            is_called("table_schema", self._schema),
            sql.both(
                is_called("referenced_table_schema", self._schema), is_called("referenced_table_name", self._name)
            ),
        )
        named = sql.named(sql.cast(sql.column("table_name"), "text"), "v")
        found = self._read(sql.select([named], _catalog("key_column_usage"), where=leaning))["v"]
        if len(found):
            raise errors.not_replaced(f"a foreign key of {found[0]} refers to it")

    def _make(self, query: Select) -> None:
        self._clear_away()  # the server may have gone on with what a killed run had asked for
        if self._sort == "VIEW":
            self._query = query
            self._create(query, UNNAMED)
            return
        # Made empty first: where a table is made with its rows, whoever lists tables waits for the last of them.
        self._create(query.limit(0), UNNAMED)
        self._do(exp.Insert(this=self._at(self._staged), expression=query))

    def publish(self, digest: str) -> None:
        """Show it under its name, in the place of an older run's, in one step."""
        self._end_reading()
        if self._query is not None:
            self._create(self._query, digest)
        else:
            comment = exp.SchemaCommentProperty(this=sql.text(f"{MARK}{digest}"))
            self._do(exp.Alter(this=self._at(self._staged), kind="TABLE", options=[comment]))
        if self._old is None:
            self._rename(self._staged, self._name)
        else:
            self._rename(self._name, self._aside, self._staged, self._name)
            self._made[self._aside] = self._old
        del self._made[self._staged]

    def close(self) -> None:
        """Remove what was not published, and what was replaced."""
        for name, sort in self._made.items():
            self._attempt(exp.Drop(tables=[self._at(name)], kind=sort, exists=True))

    @property
    def _aside(self) -> str:
        return f"{self._staged}{OLD}"

    def _at(self, name: str) -> Node:
        return sql.table(name, self._schema)

    def _create(self, query: Select, digest: str) -> None:
        """Make it under the name of ours, marked."""
        self._made[self._staged], mark = self._sort, f"{MARK}{digest}"
        place = self._at(self._staged)
        if self._sort == "VIEW":
            marked = sql.select([sql.star()], sql.bracketed(query.copy(), mark))
            self._do(exp.Create(this=place, kind="VIEW", replace=True, expression=marked))
            return
        comment = exp.Properties(expressions=[exp.SchemaCommentProperty(this=sql.text(mark))])
        self._do(exp.Create(this=place, kind="TABLE", expression=query, properties=comment))

    def _rename(self, *names: str) -> None:
        self._do(sql.renamed(*map(self._at, names)))

    def _drop(self, name: str) -> None:
        self._do(exp.Drop(tables=[self._at(name)], kind=self._made.pop(name)))


def _catalog(name: str) -> Node:
    return sql.table(name, "information_schema")


def is_called(column: str, name: str) -> Node:
    """Return the condition that a column of the catalog is a name, to the letter.

    Compared with bytes it is exact, and the server looks at that name alone; compared with a text it is neither, or not
    the one.
    """
    return exp.EQ(this=sql.column(column), expression=exp.HexString(this=name.encode().hex()))
