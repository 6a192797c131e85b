"""Segments as a table or a view of a database, published with the run's folder.

What stands there carries a mark with the digest of the run's manifest: it tells a run's own table, the only kind
that is ever replaced, and whether a run that was killed had got as far as publishing.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.engine import Columns
from coterie.sql import Node, Select

MARK = "coterie run "
OURS = "__c_"  # what names begin with that nobody else gives
Sort = Literal["TABLE", "VIEW"]
OPTIONS: dict[Sort, str] = {"TABLE": "--into", "VIEW": "--view"}
Sizes = Mapping[int | None, int]


class Standing(NamedTuple):
    """What stands under a name.

    Its sort, None where it is neither table nor view, and the mark on it.
    """

    sort: Sort | None
    mark: str


class Into(ABC):
    """A table or view to be.

    Parameters
    ----------
    do, read : what runs a statement, and what returns the answer to a query.
    place : its name, and its schema where one was named.
    sort : which of both.
    """

    def __init__(
        self, do: Callable[[Node], None], read: Callable[[Select], Columns], place: Sequence[str], sort: Sort
    ) -> None:
        self._do, self._read, self._sort = do, read, sort
        self._name, *schema = place
        self._schema = schema[0] if schema else self._home()
        self._staged = f"{OURS}{os.urandom(6).hex()}"
        self._old: Sort | None = None

    @property
    def shown(self) -> str:
        """The name with its schema, as people write it."""
        return f"{self._schema}.{self._name}"

    def prepare(self, *, overwrite: bool) -> None:
        """Make sure that it can be made, before any row is read.

        Raises
        ------
        InputError : there is no such schema, the name cannot be, or something stands there that may not be replaced.
        AccessError : the user may not make anything in the schema.
        """
        if wanted := self._wanted():
            raise errors.bad_option(OPTIONS[self._sort], self._name, wanted)
        self._clear_away()
        found = self._found()
        if found is not None:
            if not overwrite:
                raise errors.table_exists(self.shown)
            if found.sort is None or not found.mark.startswith(MARK):
                raise errors.not_our_table(self.shown)
            self._old = found.sort
        self._allow()

    def is_published(self, digest: str) -> bool:
        """Say whether the run of a manifest stands there."""
        found = self._found()
        return found is not None and found.mark == f"{MARK}{digest}"

    def store(self, query: Select, sizes: Sizes) -> None:
        """Make the table of a query's rows, or the view of it, under a name that nobody else has.

        Raises
        ------
        InputError : the table has other customers in its segments than were counted.
        """
        self._make(query)
        if self._sort == "VIEW":
            return
        place, segment = sql.table(self._staged, self._schema), sql.column("segment")
        counted = sql.named(sql.count(sql.star()), "n")
        got = self._read(sql.select([sql.named(segment, "s"), counted], place, group=[segment.copy()]))
        found = {None if math.isnan(s) else int(s): int(n) for s, n in zip(got["s"], got["n"], strict=True)}
        wanted = {s: n for s, n in sizes.items() if n}
        if found != wanted:
            raise errors.other_rows(sum(wanted.values()), sum(found.values()), spark=False)

    @abstractmethod
    def publish(self, digest: str) -> None:
        """Show it under its name, in the place of an older run's, when nothing more is read."""

    @abstractmethod
    def close(self) -> None:
        """Remove what was made and is not to stay."""

    @abstractmethod
    def _clear_away(self) -> None:
        """Remove what killed runs left."""

    def _asked(self, node: Node) -> Any:
        """Return the value of what is asked of no table."""
        return self._read(alone(node))["v"][0]

    @abstractmethod
    def _home(self) -> str:
        """Return the schema of a name that has none."""

    @abstractmethod
    def _wanted(self) -> str | None:
        """Return what a name has to be, where this one cannot be; None: it can."""

    @abstractmethod
    def _found(self) -> Standing | None:
        """Return what stands under the name."""

    @abstractmethod
    def _allow(self) -> None:
        """Make sure of the schema, and of the right to use it."""

    @abstractmethod
    def _make(self, query: Select) -> None:
        """Make it under a name that nobody else has."""


def alone(node: Node) -> Select:
    """Return a query of one value, ``v``, that reads no table."""
    return exp.Select(expressions=[sql.named(node, "v")])
