"""MariaDB and MySQL, through PyMySQL: rows come one by one, in one transaction that reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.address import Address
from coterie.engines.database.driver import Held
from coterie.engines.database.into import Into, Sort
from coterie.engines.database.mysql_into import MySQLInto, is_called
from coterie.engines.database.relations import kinds_of
from coterie.engines.duckdb.fetched import Answer, RowAnswer
from coterie.engines.engine import Columns
from coterie.engines.frame import check_names
from coterie.engines.kinds import Kind
from coterie.engines.passes import versions_of
from coterie.sql import Node, Select

MOST_COLUMNS = 4_000  # of the 4,096 that a table may have
PATIENCE, BATCH = 15, 10_000
BINARY = 63  # the number of the character set that bytes have
SESSION = (
    # not strict: a value that a query reads as NULL, such as a day 0000-00-00, would stop the writing of what it gives
    "SET SESSION sql_mode = 'PIPES_AS_CONCAT,NO_ENGINE_SUBSTITUTION'",
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin",  # every text that is made: a and A are two
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION wait_timeout = 86400",  # what is idle while much is fitted here is in use
)
READING = (
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
# What is written from is read as of one moment too, but not locked, as it would be by REPEATABLE READ.
WRITING = (
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION autocommit = 1",
    "SET SESSION lock_wait_timeout = 60",  # for those who read a table that is to be replaced; a day by itself
)
KINDS = {
    1: Kind.WHOLE, 2: Kind.WHOLE, 9: Kind.WHOLE, 3: Kind.WHOLE, 13: Kind.WHOLE, 8: Kind.WIDE,
    4: Kind.FINITE, 5: Kind.FINITE, 0: Kind.DECIMAL, 246: Kind.DECIMAL, 10: Kind.DATE, 14: Kind.DATE,
    7: Kind.TIME, 12: Kind.TIME,
}  # fmt: skip
TEXTS = (15, 247, 249, 250, 251, 252, 253, 254)
# https://mariadb.com/kb/en/mariadb-error-codes/
LOGIN, NO_DATABASE, REFUSED = (1044, 1045, 1698), 1049, (1044, 1142, 1143, 1227, 1290, 1370, 1836)
LOST, SLOW, FULL = (1927, 2006, 2013, 2055, 1053), (1317, 1969, 3024), (1021, 1037, 1038, 1041, 1114, 1040, 3)
QUERY = (1054, 1060, 1064, 1146, 1241, 1248, 1305, 1582, 1792)
DATA = (1264, 1292, 1365, 1366, 1690, 1918)
WIDE = (1117, 1109)
UNKNOWN = (NO_DATABASE,)
TAKEN = (1050, 1205, 1451)


class MySQL:
    """A connection to MariaDB or MySQL in a transaction that reads one snapshot.

    Parameters
    ----------
    read : reads a small answer, one array a column.
    """

    dialect, title, widest = "mysql", "MariaDB", MOST_COLUMNS

    def __init__(self, address: Address, read: Callable[[Answer | RowAnswer], Columns]) -> None:
        try:
            import pymysql
            from pymysql.constants import FIELD_TYPE
            from pymysql.converters import conversions
        except ImportError as error:
            raise errors.missing_extra("PyMySQL", "mysql") from error
        self._driver, self._address, self._read, self._seconds = pymysql, address, read, 0.0
        parts = urlsplit(address.given)
        self._login = {
            "host": unquote(parts.hostname or "localhost"), "port": parts.port or 3306,
            "user": unquote(parts.username or "") or None, "password": unquote(parts.password or ""),
            "database": address.database or None, "connect_timeout": PATIENCE, "charset": "utf8mb4",
            "conv": {**conversions, FIELD_TYPE.NEWDECIMAL: float, FIELD_TYPE.DECIMAL: float},
        }  # fmt: skip
        self._writing: Any = None
        self._connection = self._connect(*SESSION, *READING)
        self._busy = self._connection  # of the two connections the one that runs a query

    def _connect(self, *statements: str) -> Any:
        """Return a connection on which statements were run."""
        try:
            connection = self._driver.connect(**self._login, cursorclass=self._driver.cursors.SSCursor)
            for statement in statements:
                self._do(statement, connection)
            return connection
        except self._driver.err.MySQLError as error:
            raise self._no_connection(error) from error

    def tables(self, asked: str | None = None) -> dict[str, tuple[str, ...]]:
        """Return the tables and views of the database, and of another one what is asked for."""
        here, asked = sql.equal(sql.column("table_schema"), sql.call("DATABASE")), asked or ""
        found: dict[str, tuple[str, ...]] = {name: (name, self._address.database) for name in self._names(here)}
        for point in (i for i, letter in enumerate(asked) if letter == "."):
            schema, name = asked[:point], asked[point + 1 :]
            if self._names(sql.both(is_called("table_schema", schema), is_called("table_name", name))):
                found[asked] = (name, schema)
        return found

    def _names(self, where: Node) -> list[str]:
        """Return the names of tables and views of the catalog."""
        name, place = sql.cast(sql.column("table_name"), "text"), sql.table("tables", "information_schema")
        query = sql.select([sql.named(name, "v")], place, where=where, order=[sql.column("v")])
        return [str(name) for name in self._answer(query, self._connection)["v"]]

    def _answer(self, query: Select, connection: Any) -> Columns:
        """Return the small answer of a connection to a query of coterie's own."""
        text = sql.render(query, self.dialect)
        return self._read(self._ask(text, connection, lambda: kinds_of(query)))

    def columns(self, relation: Node) -> Sequence[Held]:
        """Return the columns of what stands behind FROM, without reading a row of it."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql.render(sql.select([sql.star()], relation, limit=0), self.dialect))
            fields = list(cursor._result.fields)
        check_names([field.name for field in fields])
        return [_held(field.name, field.type_code, field.charsetnr) for field in fields]

    def ask(self, text: str, kinds: Callable[[], Mapping[str, str]] = dict) -> RowAnswer:
        """Return the answer to a query, whose rows come as they are read."""
        return self._ask(text, self._connection, kinds)

    def _ask(self, text: str, connection: Any, kinds: Callable[[], Mapping[str, str]]) -> RowAnswer:
        self._busy = connection
        cursor = connection.cursor()
        cursor.execute(text)
        names = tuple(str(column[0]) for column in cursor.description or ())

        def batches() -> Iterator[list[tuple[Any, ...]]]:
            with cursor:
                while rows := cursor.fetchmany(BATCH):
                    yield list(rows)

        return RowAnswer(names, batches(), kinds())

    def begin_into(self, place: Sequence[str], sort: Sort) -> Into:
        """Open a connection that writes.

        A table that is made ends the transaction that makes it.
        """
        if len(place) > 2:
            raise errors.no_schema(".".join(reversed(place[1:])))
        writing = self._writing = self._connect(*SESSION, *WRITING)
        if self._seconds:
            self._limit(writing)

        def do(node: Node) -> None:
            self._do(sql.render(node, self.dialect), writing)

        def attempt(node: Node) -> None:
            with suppress(self._driver.err.MySQLError):
                do(node)

        def read(query: Select) -> Columns:
            return self._answer(query, writing)

        return MySQLInto(
            do, read, place, sort, attempt=attempt, end_reading=lambda: self._do("ROLLBACK", self._connection)
        )

    def _do(self, text: str, connection: Any) -> None:
        self._busy = connection
        with connection.cursor() as cursor:
            cursor.execute(text)

    def cancel(self) -> None:
        """Stop the query that runs now, on the server too, through a connection of its own."""
        with self._driver.connect(**self._login) as other, other.cursor() as cursor:
            cursor.execute("KILL QUERY %s", (self._busy.thread_id(),))

    def limit(self, seconds: float) -> None:
        """Let no query take longer."""
        self._seconds = seconds
        for connection in (self._connection, self._writing):
            if connection is not None:
                self._limit(connection)

    def _limit(self, connection: Any) -> None:
        most = exp.SetItem(this=_equals("max_statement_time", self._seconds))
        self._do(sql.render(exp.Set(expressions=[most]), self.dialect), connection)

    def versions(self) -> dict[str, str]:
        """Return the versions of server and driver."""
        return {"mysql": str(self._connection.get_server_info()), **versions_of("pymysql")}

    def close(self) -> None:
        """End the transaction and the connections, without waiting for rows that nobody reads."""
        for connection in (self._writing, self._connection):
            if connection is not None and connection.open:
                connection._force_close()

    # ── what went wrong ──────────────────────────────────────────────────────────────────────────────────────────

    def _no_connection(self, error: Exception) -> Exception:
        code, said = self._told(error)
        if code == NO_DATABASE:
            return errors.no_database(self._address.place, self._address.database)
        if code in LOGIN:
            return errors.login_refused(self._address.place, said)
        return errors.server_full(said) if code in FULL else errors.no_server(self._address.place, said)

    def explain(self, error: Exception, text: str) -> Exception:
        """Return coterie's word for what went wrong with a query."""
        if not isinstance(error, self._driver.err.MySQLError):
            return error
        code, said = self._told(error)
        is_query = "__c_query" in text
        for codes, make in (
            (LOST, lambda: errors.lost_connection(self._address.place)),
            (SLOW, lambda: errors.too_slow(self._seconds)),
            (REFUSED, lambda: errors.no_right(said)),
            (UNKNOWN, lambda: errors.bad_query(said) if is_query else errors.no_schema(_quoted_in(said))),
            (TAKEN, lambda: errors.not_replaced(said)),
            (QUERY, lambda: errors.bad_query(said) if is_query else errors.engine_refused(said, text)),
            (DATA, lambda: errors.failed_view(said.partition(": '")[0])),
            (WIDE, lambda: errors.too_wide_for(self.title, MOST_COLUMNS)),
            (FULL, lambda: errors.server_full(said)),
        ):
            if code in codes:
                return make()
        return errors.engine_refused(said, text)

    def _told(self, error: Exception) -> tuple[int, str]:
        """Return the server's number and words, those of the system where there is no server."""
        code, *said = (*error.args, 0, "")[: max(2, len(error.args))]
        inner = getattr(error, "original_exception", None)
        text = str(inner) if inner is not None else " ".join(map(str, said))
        return int(code) if isinstance(code, int) else 0, self._address.without_secrets(text).rstrip(".")


def _quoted_in(said: str) -> str:
    return said.partition("'")[2].removesuffix("'")


def _equals(name: str, value: float) -> Node:
    return exp.EQ(this=exp.Var(this=name), expression=exp.Literal.number(value))


def _held(name: str, code: int, charset: int) -> Held:
    """Return a column as a value of its kind; texts are told apart by their letters, not by a collation."""
    column = sql.column(name)
    if code in TEXTS and charset != BINARY:
        letters = exp.DataType(this=exp.DataType.Type.CHARACTER_SET, kind=exp.Var(this="utf8mb4"))
        value = exp.Collate(this=exp.Cast(this=column, to=letters), expression=exp.Var(this="utf8mb4_bin"))
        return Held(name, Kind.TEXT, value)
    kind = KINDS.get(code, Kind.OTHER)
    return Held(name, kind, sql.cast(column, "double") if kind is Kind.FINITE else column)
