"""Spark as an engine: a database whose answers are DataFrames, and whose large results are folders of parts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlglot import exp

from coterie import errors, sql
from coterie.engines.address import Address
from coterie.engines.database.engine import Database
from coterie.engines.database.relations import as_select, without_order
from coterie.engines.database.waiting import wait
from coterie.engines.duckdb.fetched import Fetched
from coterie.engines.engine import Found, Target
from coterie.engines.frame import library_of
from coterie.engines.passes import timed
from coterie.engines.source import Source
from coterie.engines.spark.driver import SparkDriver
from coterie.engines.spark.parts import leave_mark, take_over
from coterie.engines.spark.session import Session, open_session, session_of
from coterie.reading import Reading, is_pattern

PARQUET = ".parquet"


class Spark(Database):
    """A session of Spark, and DuckDB beside it for small files and for what came from there."""

    def __init__(self, address: Address, session: Session, local: Fetched) -> None:
        self._spark = SparkDriver(session)
        super().__init__(address, self._spark, local)

    def read(self, source: Source, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        """Make the relation ``name`` of a table, of a folder of Parquet, or of a DataFrame; else beside it."""
        if source.beside or (source.frame is not None and library_of(source.frame) != "pyspark"):
            return super().read(source, name, reading, verbatim)
        self._forget(name)
        if source.frame is not None:
            if source.frame.sparkSession is not self._spark.session.spark:
                raise errors.two_databases()
            return self._hold(source, self._spark.place_of_frame(source.frame), name, reading)
        if source.path is not None:
            return self._hold(source, self._folder(source.path), name, reading)
        return super().read(source, name, reading, verbatim)

    def _folder(self, path: Path) -> sql.Node:
        """Return what stands behind FROM for a folder of Parquet."""
        if not (path.is_dir() or is_pattern(path) or path.suffix.lower() == PARQUET):
            raise errors.only_parquet(path.name)
        if path.is_dir() and (path / "_temporary").exists():
            raise errors.unfinished(path.name)
        return self._call(lambda: self._spark.place_of_folder(_url(path)), "")

    def _place(self, source: Source, asked: str | None) -> sql.Node:
        """Return what stands behind FROM."""
        if source.query is not None:
            return super()._place(source, asked)
        place = None if asked is None else self._call(lambda: self._spark.place_of_table(asked), "")
        if place is not None:
            return place
        names = sorted(self._call(lambda: self._spark.tables(asked), ""))
        if asked is not None:
            raise errors.unknown_table(self.address.place, asked, names, "--table")
        if len(names) != 1:
            raise errors.no_table_named(self.address.place, errors.listed(names))
        return self._place(source, names[0])

    def _at_zone(self, instant: sql.Node, zone: str) -> sql.Node:
        """Return an instant as the time that clocks of a zone show, which is in no zone itself."""
        return sql.in_utc(super()._at_zone(instant, zone))

    def deliver(self, query: sql.Node, target: Target) -> None:
        """Write a result: a folder of parts where Spark sees the place, each by the order that is asked for."""
        if target.parts is None or target.format != "parquet" or not self._is_there(query):
            return super().deliver(query, target)
        if not self._sees(target.path.parent):
            return super().deliver(query, target)
        written = target.path.with_name(f".{target.path.name}.written")
        text = sql.render(_sorted(self._whole(as_select(query))), self.dialect)
        try:
            with timed(self.passes, "file"):
                self._call(lambda: self._write(text, written), text)
            take_over(written, target.path, target.parts)
        finally:
            shutil.rmtree(written, ignore_errors=True)

    def _write(self, text: str, path: Path) -> None:
        with self._spark.running():
            frame = self._spark.frame(text)
            frame.write.mode("error").option("compression", "zstd").parquet(_url(path))

    def _sees(self, folder: Path) -> bool:
        """Say whether Spark sees a folder of this machine."""
        if self._spark.session.here:
            return True
        mark, words = leave_mark(folder)
        try:
            return self._call(lambda: self._spark.reads(_url(mark), words), "")
        finally:
            mark.unlink()

    def relation(self, query: sql.Node) -> Any:
        """Return a query's result as a DataFrame, which is in no order; of what came here as a DuckDB relation."""
        if not self._is_there(query):
            return super().relation(query)
        text = sql.render(self._whole(without_order(as_select(query), keep=False)[0]), self.dialect)
        return self._call(lambda: self._spark.frame(text), text)


def connect(address: Address, threads: int | None, memory: str | None, temp_dir: Path | None) -> Spark:
    """Return the engine of an address: a Spark in this machine, or a Connect server.

    Raises
    ------
    MissingExtra : pyspark is not installed.
    AccessError : no server answers.
    """
    return _with(lambda: open_session(address, memory), address, Fetched(threads, memory, temp_dir))


def engine_of(frame: Any, threads: int | None, memory: str | None, temp_dir: Path | None) -> Spark:
    """Return the engine of the session that a DataFrame belongs to."""
    address = Address("spark", "spark", "spark", "", "")
    return _with(lambda: session_of(frame), address, Fetched(threads, memory, temp_dir))


def _with(open_it: Callable[[], Session], address: Address, local: Fetched) -> Spark:
    try:
        return Spark(address, wait(open_it, lambda: None), local)
    except BaseException:
        local.close()
        raise


def _url(path: Path) -> str:
    """Return a path of this machine as Spark writes it, whose usual files may be a cluster's."""
    return f"file://{path.resolve()}"


def _sorted(query: sql.Select) -> sql.Select:
    """Return a query whose rows are ordered within each part, not from part to part."""
    order = query.args.get("order")
    if order is None:
        return query
    query.set("order", None)
    query.set("sort", exp.Sort(expressions=order.expressions))
    return query
