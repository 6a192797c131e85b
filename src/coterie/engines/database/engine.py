"""A database behind an address as an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from coterie import errors, sql
from coterie.engines.address import Address
from coterie.engines.database.driver import Driver, Held
from coterie.engines.database.into import Into, Sizes, Sort
from coterie.engines.database.relations import (
    ORDER,
    Pulled,
    as_select,
    in_parts,
    kinds_of,
    names_in,
    part,
    put_relations,
    without_order,
)
from coterie.engines.database.waiting import wait
from coterie.engines.duckdb.fetched import Answer, Fetched, RowAnswer
from coterie.engines.duckdb.refusals import check_names
from coterie.engines.engine import Caps, Columns, Found, Target, Work
from coterie.engines.kinds import Kind
from coterie.engines.passes import Pass, timed
from coterie.engines.source import Source
from coterie.reading import DateForm, Notation, Reading

T = TypeVar("T")
ANSWER = "__c_answer"


class Database:
    """A database, and DuckDB beside it for files and for what came from there.

    Nothing is made in the database: its relations are queries, which are put into each other. A query over relations of
    both sides is parted, and what it needs of the database's rows comes here.

    Parameters
    ----------
    driver : the connection to the database.
    local : DuckDB in this process.
    """

    caps = Caps(rows=False, wide=True, files=False, keeps=False, texts=False)

    def __init__(self, address: Address, driver: Driver, local: Fetched) -> None:
        self.address, self.local, self._driver = address, local, driver
        self.dialect, self.temp_dir, self.threads = driver.dialect, local.temp_dir, local.threads
        self.passes: list[Pass] = local.passes
        self._relations: dict[str, sql.Select] = {}
        self._schemas: dict[str, list[tuple[str, Kind]]] = {}

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, source: Source, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        """Make the relation ``name`` of a table or a query of the database; of a file or a frame beside it."""
        self._forget(name)
        if source.address is None:
            return self.local.read(source, name, reading, verbatim)
        if source.address != self.address:
            raise errors.other_engine(source.address.place)
        return self._hold(source, self._place(source, source.table or reading.table), name, reading)

    def _hold(self, source: Source, place: sql.Node, name: str, reading: Reading) -> Found:
        """Make the relation ``name`` of what stands behind FROM."""
        if reading.time_zone is not None:
            self.local.check_zone(reading.time_zone)
        if reading.time_limit is not None:
            self._driver.limit(reading.time_limit)
        held = self._columns(place)
        check_names(source.name, [c.name for c in held])
        zone, zoned = reading.time_zone, dict[str, Notation]()
        if zone is not None:
            zoned = {c.name: Notation(forms=(DateForm.YEAR_FIRST,), zone=zone) for c in held if c.kind is Kind.INSTANT}
            shown = {c.name: c._replace(kind=Kind.TIME, value=self._at_zone(c.value, zone)) for c in held}
            held = [shown[c.name] if c.name in zoned else c for c in held]
        self._relations[name] = sql.select([sql.named(c.value, c.name) for c in held], place)
        self._schemas[name] = [(c.name, c.kind) for c in held]
        return Found(notations=zoned)

    def _at_zone(self, instant: sql.Node, zone: str) -> sql.Node:
        """Return an instant as the time that clocks of a zone show."""
        return sql.at_zone(instant, zone)

    def _columns(self, place: sql.Node) -> Sequence[Held]:
        """Return the columns of what stands behind FROM."""
        return self._call(lambda: self._driver.columns(place), sql.render(place, self.dialect))

    def _place(self, source: Source, asked: str | None) -> sql.Node:
        """Return what stands behind FROM."""
        if source.query is not None:
            return sql.verbatim(source.query, "__c_query")
        tables = self._call(lambda: self._driver.tables(asked), "")
        if asked is None:
            if len(tables) != 1:
                raise errors.no_table_named(self.address.database, errors.listed(sorted(tables)))
            asked = next(iter(tables))
        whole = {".".join(reversed(place)): place for place in tables.values()}
        if asked not in (found := {**whole, **tables}):
            raise errors.unknown_table(self.address.database, asked, sorted(tables), "--table")
        return sql.table(*found[asked])

    def _forget(self, name: str) -> None:
        self._relations.pop(name, None)
        self._schemas.pop(name, None)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def schema(self, name: str) -> list[tuple[str, Kind]]:
        """Return names and kinds of a relation's columns."""
        if name not in self._relations:
            return self.local.schema(name)
        if name not in self._schemas:
            place = sql.bracketed(self._whole(self._relations[name]), "__c_asked")
            self._schemas[name] = [(c.name, c.kind) for c in self._columns(place)]
        return list(self._schemas[name])

    def define(self, name: str, query: sql.Node) -> None:
        """Make the relation ``name`` a view of a query."""
        if self._is_there(query):
            self._schemas.pop(name, None)
            self._relations[name] = as_select(query)
        else:
            query = self._brought(query)
            self._forget(name)
            self.local.define(name, query)

    def keep(self, name: str, query: sql.Node) -> None:
        """Make relation ``name`` a table here of a query's present result."""
        if self._is_there(query):
            self._take(Pulled(name, as_select(query)), "table")
        else:
            self.local.keep(name, self._brought(query))
        self._forget(name)

    def fetch(self, query: sql.Node) -> Columns:
        """Return a small result: one array a column; NaN for NULL in numbers, None in text."""
        if not self._is_there(query):
            return self.local.fetch(self._brought(query))
        found: Columns = {}
        for some in in_parts(as_select(query), self._driver.widest):
            columns: Columns = self._ask(some, "query", self.local.columns, _rows)
            found |= columns
        return found

    def deliver(self, query: sql.Node, target: Target) -> None:
        """Write a result to a file, in the order that the query asks for, texts by their bytes."""
        if self._is_there(query):
            bare, order = without_order(as_select(query))
            self._take(Pulled(ANSWER, bare), "file")
            names = [name for name, _ in self.local.schema(ANSWER) if not name.startswith(ORDER)]
            # of a column without NULL a file would say so; files have the same bytes wherever the rows came from
            nodes = [sql.named(sql.case([(sql.is_null(sql.column(n)), sql.null())], sql.column(n)), n) for n in names]
            query = sql.select(nodes, sql.table(ANSWER), order=order)
        else:
            query = self._brought(query)
        self.local.deliver(query, target)

    def relation(self, query: sql.Node) -> Any:
        """Return a query's result as a DuckDB relation."""
        if self._is_there(query):
            self._take(Pulled(ANSWER, as_select(query)), "table")
            query = sql.select([sql.star()], sql.table(ANSWER))
        return self.local.relation(query)

    def versions(self) -> dict[str, str]:
        """Return the versions of what the numbers passed through."""
        return {**self.local.versions(), **self._driver.versions()}

    def watch(self) -> Callable[[], Work | None]:
        """Return what tells how far the query is that runs now: of the database's nobody knows."""
        return self.local.watch()

    def close(self) -> None:
        """End the connection and let go of what came here."""
        self._driver.close()
        self.local.close()

    # ── there and here ───────────────────────────────────────────────────────────────────────────────────────────

    def _is_there(self, query: sql.Node) -> bool:
        """Say whether the database holds all that a query reads."""
        read = names_in(query)
        return bool(read) and read <= set(self._relations)

    def _brought(self, query: sql.Node) -> sql.Node:
        """Return a query over relations here, what it needs of the database's rows among them."""
        if not names_in(query) & set(self._relations):
            return query
        pulled, left = part(as_select(query), lambda name: name in self._relations)
        for one in pulled:
            self._take(one, "table")
        return left

    def _take(self, pulled: Pulled, what: str) -> None:
        self._ask(pulled.query, what, lambda answer: self.local.take(answer, pulled.name), lambda rows: rows)

    def _whole(self, query: sql.Select) -> sql.Select:
        return put_relations(query, self._relations)

    def _ask(
        self, query: sql.Select, what: str, read: Callable[[Answer | RowAnswer], T], count: Callable[[T], int]
    ) -> T:
        """Return what becomes of the answer to a query of the database; it is a pass over the data."""
        whole, ask = self._whole(query), self._driver.ask
        text = sql.render(whole, self.dialect)
        with timed(self.passes, what):
            found = self._call(lambda: read(ask(text, lambda: kinds_of(whole))), text)
        self.passes[-1] = replace(self.passes[-1], rows=count(found))
        return found

    def _call(self, action: Callable[[], T], text: str) -> T:
        """Return what the driver answers; what it refuses in coterie's words."""
        try:
            return wait(action, self._driver.cancel)
        except errors.CoterieError:
            raise
        except Exception as error:
            told = self._driver.explain(error, text)
            if told is error:
                raise
            raise told from error


class Publication:
    """Where every customer's segment will stand in a database.

    Parameters
    ----------
    place : the name of the table or view to be, and its schema where one was named.
    """

    def __init__(self, database: Database, place: Sequence[str], sort: Sort) -> None:
        self._database = database
        self._into: Into = database._call(lambda: database._driver.begin_into(place, sort), "")

    def prepare(self, *, overwrite: bool) -> None:
        """Make sure that it can be made, before any row is read."""
        self._database._call(lambda: self._into.prepare(overwrite=overwrite), "")

    @property
    def stands(self) -> Mapping[str, str]:
        """Where the segments stand, as a manifest says it."""
        return {"address": self._database.address.shown, "table": self._into.shown}

    def store(self, query: sql.Node, sizes: Sizes) -> None:
        """Make the table or view of every customer's segment, which nobody sees yet."""
        whole = self._database._whole(without_order(as_select(query), keep=False)[0])
        with timed(self._database.passes, "table"):
            self._database._call(lambda: self._into.store(whole, sizes), "")

    def publish(self, digest: str) -> None:
        """Show it under its name, marked with the digest of the run's manifest."""
        self._database._call(lambda: self._into.publish(digest), "")

    def is_published(self, manifest: Mapping[str, Any]) -> bool:
        """Say whether the segments of a run's manifest stand there."""
        if manifest.get("into") != self.stands:
            return False
        return self._database._call(lambda: self._into.is_published(str(manifest["digest"])), "")

    def close(self) -> None:
        """Remove what was made and not published."""
        self._database._call(self._into.close, "")


def _rows(columns: Columns) -> int:
    return max((len(column) for column in columns.values()), default=0)
