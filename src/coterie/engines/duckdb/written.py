"""A result as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from coterie import sql
from coterie.engines.duckdb import cells
from coterie.engines.engine import Target

PARQUET: dict[str, str | int] = {"FORMAT": "parquet", "COMPRESSION": "zstd", "ROW_GROUP_SIZE": 122_880}
FEW = 1_000  # different values, above which those of assigned customers are not looked up: ids and margins all differ
HELD = "512MB"  # of rows that wait to be sorted or written: docs/why/0145-written-as-read.md


def statement(query: sql.Node, path: Path, target: Target) -> sql.Node:
    """Return what writes a result: of Parquet the whole statement, of CSV its query."""
    if target.format == "csv":
        return query
    if not target.levels:
        return sql.copied(query, str(path), PARQUET)
    return sql.copied(_enumerated(query, target.levels), str(path), {**PARQUET, "DICTIONARY_SIZE_LIMIT": FEW})


def write(connection: duckdb.DuckDBPyConnection, rendered: str, path: Path, target: Target) -> None:
    """Run a statement that writes a file, in little memory however many rows it has."""
    connection.execute(f"SET operator_memory_limit = '{HELD}'")
    try:
        if target.format == "csv":
            result = connection.sql(rendered)
            columns = dict(zip(result.columns, result.types, strict=True))
            made = result if target.raw else result.project(cells.without_formulas(columns))
            made.to_csv(str(path), header=True)
        else:
            connection.execute(rendered)
    finally:
        connection.execute("RESET operator_memory_limit")


def _enumerated(query: sql.Node, levels: Mapping[str, Sequence[str]]) -> sql.Node:
    """Return a query with enumerations for columns of few texts: a writer looks up for every row which of them it has.

    Of a CASE each text is made one by itself: so nothing is looked up at all.
    """
    query = query.copy()
    sorted_by = {column.name for key in query.find_all(exp.Ordered) for column in key.find_all(exp.Column)}
    for named in query.args["expressions"]:
        if named.alias in levels and named.alias not in sorted_by:  # enumerations have an order of their own
            texts = [sql.text(level) for level in levels[named.alias]]
            kind = exp.DataType(this=exp.DataType.Type.ENUM, expressions=texts)
            for value in list(_values(named.unalias())):
                value.replace(exp.Cast(this=value.copy(), to=kind.copy()))
    return query


def _values(node: sql.Node) -> Iterator[sql.Node]:
    """Yield what a node may give but NULL, a CASE each of its values."""
    if isinstance(node, exp.Case):
        for given in (*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")):
            yield from _values(given) if given is not None else ()
    elif not isinstance(node, exp.Null):
        yield node
