"""Texts in a source whose columns have types (Parquet, frames, databases), read as those of a text file are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from coterie import sql
from coterie.engines.duckdb import text
from coterie.engines.duckdb.last_row import leave_out_total
from coterie.engines.duckdb.zones import show_instants
from coterie.engines.engine import ROW, Engine, Found
from coterie.reading import (
    CANONICAL,
    Notation,
    Reading,
    Remark,
    Text,
    TextColumn,
    Values,
    findings_of,
    judge_columns,
)

SAMPLED = 4_000


def typed_name(name: str) -> str:
    """Return the relation of a source as its types have it, before it is ``name``."""
    return f"__c_typed_{name}"


def read_typed(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    found: Found,
    able: Sequence[str],
    source: str,
    reading: Reading,
) -> Found:
    """Make the relation ``name`` of what has types: without a total at its end, its texts read as in files.

    Parameters
    ----------
    found : what reading left behind so far.
    able : columns whose texts may be numbers or dates.
    source : what to call it in messages.

    Notes
    -----
    Cost: a sample of the texts; one scan, two for dates, of the columns that are numbers or dates written as text.
    """
    typed, zoned = typed_name(name), dict[str, Notation]()
    found = leave_out_total(connection, typed, source, found, reading)
    if reading.time_zone:
        typed, zoned = show_instants(engine, typed, reading.time_zone)
    told = _read_texts(engine, typed, name, able, source, reading)
    return replace(
        told,
        findings=(*found.findings, *told.findings),
        rejected=(*found.rejected, *told.rejected),
        notations={**told.notations, **zoned},
        index=found.index,
        unread=found.unread,
        in_order=found.in_order and not found.rejected and not told.rejected,
    )


def _read_texts(engine: Engine, typed: str, name: str, able: Sequence[str], source: str, reading: Reading) -> Found:
    """Make the relation ``name`` of ``typed``, its texts read by the grammar of values."""
    counted = _judge(engine, typed, able, source, reading)
    if not text.columns_to_check(counted):
        engine.define(name, sql.select([sql.star()], sql.table(typed)))
        return Found(findings_of(counted, ()))
    cells = f"__c_cells_{name}"
    engine.define(cells, _cells(counted, able, typed))
    counted, rejected, where, unread = text.check_cells(counted, cells, reading, engine.fetch)
    row = sql.named(sql.add(sql.column("rowid"), sql.whole(1)), ROW)
    engine.define(name, text.select_values(counted, cells, where=where).select(row))
    told = findings_of(counted, rejected)
    return Found(told, rejected, unread_cells=unread, notations=text.notations_of(counted))


def _cells(counted: Text, able: Sequence[str], typed: str) -> sql.Node:
    """Return the SELECT of cells and row numbers as they are of a text file."""
    nodes = [sql.named(sql.subtract(sql.column(ROW), sql.whole(1)), "rowid")]
    for i, column in enumerate(counted.columns):
        cell = sql.column(str(column.name))
        nodes.append(sql.named(sql.cast(cell, "text") if column.name in able else cell, text.raw_name(i)))
    return sql.select(nodes, sql.table(typed))


def _judge(engine: Engine, typed: str, able: Sequence[str], source: str, reading: Reading) -> Text:
    """Return the source as a text, its columns judged by a sample; those that have types are left as they are."""
    names, rows = [c for c, _ in engine.schema(typed)], 0
    judged: dict[str | None, TextColumn] = {}
    if able:
        rows = int(engine.fetch(sql.select([sql.named(sql.count(), "n")], sql.table(typed)))["n"][0])
        step = max(1, rows // SAMPLED)
        some = sql.equal(sql.remainder(sql.column(ROW), sql.whole(step)), sql.whole(0)) if step > 1 else None
        nodes = [sql.named(sql.cast(sql.column(c), "text"), text.raw_name(i)) for i, c in enumerate(able)]
        got = engine.fetch(sql.select(nodes, sql.table(typed), where=some))
        sampled = [["" if cell is None else str(cell) for cell in column] for column in got.values()]
        columns = judge_columns(able, list(zip(*sampled, strict=True)), reading, lambda name: False)
        judged = {c.name: _told(c) for c in columns}
    as_they_are = {c: TextColumn(c, Values("text"), verbatim=True) for c in names}
    columns = tuple(judged.get(c, as_they_are[c]) for c in names)
    return Text(source, Path(), CANONICAL, 0, 1, rows, columns, whole=rows < 2 * SAMPLED, lined=False)


def _told(column: TextColumn) -> TextColumn:
    """Return a column of texts, marked where they are numbers."""
    if column.values.kind != "number":
        return column
    return replace(column, values=replace(column.values, remarks=column.values.remarks | {Remark.NUMBERS_AS_TEXT}))
