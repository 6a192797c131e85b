"""A result as a file."""

from __future__ import annotations

from collections.abc import Iterator
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
    fast, some = _enumerated(query)
    return sql.copied(fast, str(path), PARQUET | ({"DICTIONARY_SIZE_LIMIT": FEW} if some else {}))


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


def _enumerated(query: sql.Node) -> tuple[sql.Node, bool]:
    """Return a query with enumerations for columns of a few written texts, and whether it has any.

    They are the same texts in Parquet. A writer looks up for every row which of the few it has; an enumeration is
    that already.
    """
    if not isinstance(query, exp.Select) or query.args.get("order"):  # enumerations have an order of their own
        return query, False
    query, some = query.copy(), False
    for named in query.args["expressions"]:
        values = list(_values(named.unalias()))
        texts = [value for value in values if value.is_string]
        if texts and all(value.is_string or isinstance(value, exp.Null) for value in values):
            levels = [sql.text(level) for level in dict.fromkeys(text.name for text in texts)]
            for text in texts:
                kind = exp.DataType(this=exp.DataType.Type.ENUM, expressions=[level.copy() for level in levels])
                text.replace(exp.Cast(this=text.copy(), to=kind))
            some = True
    return query, some


def _values(node: sql.Node) -> Iterator[sql.Node]:
    """Yield what a node may give, a CASE each of its values."""
    if isinstance(node, exp.Case):
        for given in (*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")):
            yield from _values(given) if given is not None else ()
    else:
        yield node
