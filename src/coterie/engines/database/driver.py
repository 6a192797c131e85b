"""What the engine needs of a driver: one kind of database, reached in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from coterie.engines.database.into import Into, Sort
from coterie.engines.duckdb.fetched import Answer, RowAnswer
from coterie.engines.kinds import Kind
from coterie.sql import Node


class Held(NamedTuple):
    """A column of the database: its name, its kind, and its value as one of that kind."""

    name: str
    kind: Kind
    value: Node


class Driver(Protocol):
    """A connection to a database, and what is its own.

    All that is asked of it sees the same rows, as far as the database can. What fails is said without a password.
    """

    dialect: str
    title: str  # what people call the database
    widest: int  # columns that a query may have

    def tables(self, asked: str | None = None) -> dict[str, tuple[str, ...]]:
        """Return what may be read: by what people call it its name, its schema.

        Of other databases it may be what is ``asked`` for alone.
        """

    def columns(self, relation: Node) -> Sequence[Held]:
        """Return the columns of what stands behind FROM; it is a table, or a SELECT in brackets with a name."""

    def ask(self, text: str, kinds: Callable[[], Mapping[str, str]] = dict) -> Answer | RowAnswer:
        """Return the answer to a query, whose rows are read when they are asked for.

        Parameters
        ----------
        kinds : tells which columns are ``text`` and ``small`` whole numbers, for databases that do not.
        """

    def explain(self, error: Exception, text: str) -> Exception:
        """Return coterie's word for what went wrong with a query."""

    def begin_into(self, place: Sequence[str], sort: Sort) -> Into:
        """Begin what may also write; return what is to be made.

        It is beside all that is asked, or in its transaction.

        Raises
        ------
        InputError : nothing is made in this kind of database.
        """

    def cancel(self) -> None:
        """Stop the query that runs now, on the server too; another thread waits for it."""

    def limit(self, seconds: float) -> None:
        """Let no query take longer."""

    def versions(self) -> dict[str, str]:
        """Return the versions of database and driver."""

    def close(self) -> None:
        """End the transaction and the connection."""
