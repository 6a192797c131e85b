"""PostgreSQL, through ADBC: answers come as Arrow streams, in one transaction that reads."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.address import Address
from coterie.engines.arrow_fields import fields_of
from coterie.engines.database.driver import Held
from coterie.engines.database.into import Into, Sort
from coterie.engines.database.postgres_into import PostgresInto
from coterie.engines.duckdb.fetched import Answer, BrokenAnswer
from coterie.engines.engine import Columns
from coterie.engines.frame import check_names
from coterie.engines.kinds import Kind
from coterie.engines.passes import versions_of
from coterie.sql import Node

PATIENCE = 15  # seconds until a server that does not answer is none
MOST_COLUMNS = 1_600  # of the 1,664 that a target list may have
SNAPSHOT = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
TABLES = """
SELECT n.nspname AS "schema", c.relname AS "name", pg_catalog.pg_table_is_visible(c.oid) AS "near"
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""
TYPES = """
SELECT t.oid::bigint AS "type", t.typname::text AS "name", t.typtype::text AS "sort", t.typbasetype::bigint AS "base"
FROM pg_catalog.pg_type AS t
"""
VERSION = "SELECT pg_catalog.current_setting('server_version') AS v"
KINDS = {
    "int2": Kind.WHOLE, "int4": Kind.WHOLE, "int8": Kind.WIDE, "oid": Kind.WIDE,
    "float4": Kind.FRACTION, "float8": Kind.FRACTION, "numeric": Kind.DECIMAL, "money": Kind.DECIMAL,
    "interval": Kind.FRACTION, "date": Kind.DATE, "timestamp": Kind.TIME, "timestamptz": Kind.INSTANT,
    "bool": Kind.FLAG, "text": Kind.TEXT, "varchar": Kind.TEXT, "bpchar": Kind.TEXT, "char": Kind.TEXT,
    "name": Kind.TEXT, "citext": Kind.TEXT, "uuid": Kind.TEXT,
}  # fmt: skip
NUMERIC = "numeric"
SECONDS_PER_HOUR = 3600.0
# What the server says, by the beginning of its five letters: https://www.postgresql.org/docs/current/errcodes-appendix.html
LOST = ("08", "57P01", "57P02", "57P03")
LOGIN = ("28",)
REFUSED = ("42501",)
CANCELLED = "57014"
UNKNOWN_DATABASE = "3D000"
QUERY = ("42", "25006", "0A000")
TAKEN = ("42P07", "2BP01")
DATA = ("22",)
WIDE = "54011"
FULL = ("53", "54")
BROKEN = {
    "statement timeout": CANCELLED, "canceling statement": CANCELLED, "terminating connection": LOST[0],
    "No space left": FULL[0], "out of memory": FULL[0], "permission denied": REFUSED[0],
}  # fmt: skip
LOGIN_WORDS = ("password", "authentication", "role", "pg_hba", "no pg_hba.conf entry")


class Postgres:
    """A connection to PostgreSQL in a transaction that reads one snapshot.

    Parameters
    ----------
    read : reads a small answer, one array a column.
    """

    dialect, title, widest = "postgres", "PostgreSQL", MOST_COLUMNS

    def __init__(self, address: Address, read: Callable[[Answer], Columns]) -> None:
        try:
            import adbc_driver_manager
            import adbc_driver_postgresql
        except ImportError as error:
            raise errors.missing_extra("adbc-driver-postgresql", "postgres") from error
        self._adbc, self._address, self._read, self._limit = adbc_driver_manager, address, read, 0.0
        self._running: Any = None
        try:
            self._database = adbc_driver_postgresql.connect(_with_defaults(address))
            self._connection = adbc_driver_manager.AdbcConnection(self._database)
            self._do(SNAPSHOT)
        except adbc_driver_manager.Error as error:
            raise self._no_connection(error) from error

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def tables(self, asked: str | None = None) -> dict[str, tuple[str, ...]]:
        """Return tables and views: by name where the name alone finds them, else behind their schema."""
        found = self._read(self.ask(TABLES))
        return {
            (name if near else f"{schema}.{name}"): (name, schema)
            for schema, name, near in zip(found["schema"], found["name"], found["near"], strict=True)
        }

    def columns(self, relation: Node) -> Sequence[Held]:
        """Return the columns of what stands behind FROM, without reading a row of it."""
        text = sql.render(sql.select([sql.star()], relation, limit=0), self.dialect)
        names = [f.name for f in fields_of(self.ask(text).stream) or ()]
        check_names(names)
        if not names:
            return ()
        types = self._types()
        held = []
        for start in range(0, len(names), MOST_COLUMNS):
            some = names[start : start + MOST_COLUMNS]
            nodes = [sql.named(_type_of(name), f"t{i}") for i, name in enumerate(some)]
            asked = self._read(self.ask(sql.render(sql.nothing_of(relation.copy(), nodes), self.dialect)))
            held += [_held(name, _base(types, int(asked[f"t{i}"][0]))) for i, name in enumerate(some)]
        return held

    def _types(self) -> dict[int, tuple[str, str, int]]:
        found = self._read(self.ask(TYPES))
        rows = zip(found["type"], found["name"], found["sort"], found["base"], strict=True)
        return {int(type): (str(name), str(sort), int(base)) for type, name, sort, base in rows}

    def ask(self, text: str, kinds: Callable[[], Mapping[str, str]] = dict) -> Answer:
        """Return the answer to a query as an Arrow stream."""
        stream, _ = self._statement(text).execute_query()
        capsule = stream.__arrow_c_stream__()
        numbers = tuple(f.name for f in fields_of(capsule) or () if f.origin == NUMERIC)
        return Answer(capsule, numbers)

    def begin_into(self, place: Sequence[str], sort: Sort) -> Into:
        """Begin the transaction anew, in which one table or view may be made."""

        def do(node: Node) -> None:
            self._do(sql.render(node, self.dialect))

        def read(node: Node) -> Columns:
            return self._read(self.ask(sql.render(node, self.dialect)))

        self._do("ROLLBACK")
        self._do(SNAPSHOT.removesuffix(", READ ONLY"))
        return PostgresInto(do, read, place, sort)

    def _do(self, text: str) -> None:
        self._statement(text).execute_update()

    def _statement(self, text: str) -> Any:
        """Return the statement of a query, in the place of the one before, whose answer was read."""
        if self._running is not None:
            self._running.close()
        self._running = self._adbc.AdbcStatement(self._connection)
        self._running.set_sql_query(text)
        return self._running

    def cancel(self) -> None:
        """Stop the query that runs now, on the server too."""
        if self._running is not None:
            self._running.cancel()

    def limit(self, seconds: float) -> None:
        """Let no query take longer."""
        self._limit = seconds
        most = sql.call("set_config", sql.text("statement_timeout"), sql.text(f"{seconds * 1000:.0f}"), exp.true())
        self._read(self.ask(sql.render(exp.Select(expressions=[sql.named(most, "most")]), self.dialect)))

    def versions(self) -> dict[str, str]:
        """Return the versions of server and driver."""
        return {"postgresql": str(self._read(self.ask(VERSION))["v"][0]), **versions_of("adbc-driver-postgresql")}

    def close(self) -> None:
        """End the transaction and the connection."""
        for one in (self._running, self._connection, self._database):
            with suppress(self._adbc.Error):  # the server may be gone
                one.close()

    # ── what went wrong ──────────────────────────────────────────────────────────────────────────────────────────

    def _no_connection(self, error: Exception) -> Exception:
        code, said = _told(error)
        said = self._address.without_secrets(said)
        if code == UNKNOWN_DATABASE or re.search(r'database ".*" does not exist', said):
            return errors.no_database(self._address.place, self._address.database)
        if code.startswith(LOGIN) or any(word in said for word in LOGIN_WORDS):
            return errors.login_refused(self._address.place, said)
        if code.startswith(FULL):
            return errors.server_full(said)
        return errors.no_server(self._address.place, said)

    def explain(self, error: Exception, text: str) -> Exception:
        """Return coterie's word for what went wrong with a query."""
        if not isinstance(error, self._adbc.Error | BrokenAnswer):
            return error
        code, said = _told(error)
        said = self._address.without_secrets(said)
        for codes, make in (
            (LOST, lambda: errors.lost_connection(self._address.place)),
            ((CANCELLED,), lambda: errors.too_slow(self._limit)),
            (TAKEN, lambda: errors.not_replaced(said)),
            (REFUSED, lambda: errors.no_right(said)),
            (QUERY, lambda: errors.bad_query(said) if "__c_query" in text else errors.engine_refused(said, text)),
            (DATA, lambda: errors.failed_view(_without_values(said))),
            ((WIDE,), lambda: errors.too_wide_for(self.title, MOST_COLUMNS)),
            (FULL, lambda: errors.server_full(said)),
        ):
            if code.startswith(tuple(codes)):
                return make()
        return errors.engine_refused(_without_values(said), text)


def _with_defaults(address: Address) -> str:
    """Return the address with a limit to the waiting for a server."""
    if "connect_timeout=" in address.given or "PGCONNECT_TIMEOUT" in os.environ:
        return address.given
    return f"{address.given}{'&' if '?' in address.given else '?'}connect_timeout={PATIENCE}"


def _type_of(name: str) -> Node:
    oid = exp.Cast(this=sql.call("pg_typeof", sql.field("nothing", name)), to=exp.DataType.build("oid", udt=True))
    return sql.cast(oid, "whole")


def _base(types: dict[int, tuple[str, str, int]], type: int) -> str:
    """Return the name of a type; of a domain it is that of what it is made of, and that of text for an enum."""
    name, sort, base = types[type]
    return _base(types, base) if sort == "d" else "text" if sort == "e" else name


def _held(name: str, type: str) -> Held:
    """Return a column as a value of its kind."""
    kind, value = KINDS.get(type, Kind.OTHER), sql.column(name)
    if kind is Kind.TEXT:
        value = sql.cast(value, "text")
    elif type == "oid":
        value = sql.cast(value, "whole")
    elif type == "interval":
        value = sql.divide(sql.seconds(value), sql.number(SECONDS_PER_HOUR))
    elif kind is Kind.DECIMAL:
        value = sql.null_if(sql.cast(value, "decimal"), sql.cast(sql.text("NaN"), "decimal"))
    return Held(name, kind, value)


def _told(error: Exception) -> tuple[str, str]:
    """Return the server's code, where it is known, and the first line of what it said."""
    text = str(error)
    code = getattr(error, "sqlstate", None) or (m[1] if (m := re.search(r"SQLSTATE:? ?(\w{5})", text)) else "")
    said = re.sub(r"^.*((ERROR|FATAL): +|failed: |Failed to connect: (?!connection to))", "", text.replace("\n", "\t"))
    if not code:  # an answer that broke off: Arrow's streams pass on the words alone
        code = next(
            (known for words, known in BROKEN.items() if words in text), DATA[0] if "ERROR:" in text else LOST[0]
        )
    return str(code), said.strip().partition("\t")[0].rstrip(".")


def _without_values(said: str) -> str:
    """Return what the server said without the value that it quotes."""
    return re.sub(r': ".*', "", said)
