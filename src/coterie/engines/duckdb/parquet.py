"""Whether Parquet files are parts of one table, and sane."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from coterie import errors, sql
from coterie.engines.engine import Columns
from coterie.reading import LONGEST_CELL, MOST_BYTES, ParquetParts, check_different, check_pages

LONG_CELL = 1_000
PAGES = "dictionary_page_offset, data_page_offset, total_compressed_size"
VECTOR = 2_048  # rows that DuckDB takes at a time
NUMBER_OF_ROW = "file_row_number"  # what DuckDB calls the number of a row, whatever the file has


def check_alike(name: str, part: str, first: Mapping[str, str], other: Mapping[str, str]) -> None:
    """Refuse a part with other columns or types.

    Their order may differ.

    Raises
    ------
    InputError : a column is missing, too many, or of another type.
    """
    missing, more = [c for c in first if c not in other], [c for c in other if c not in first]
    if missing or more:
        how = f"it lacks {errors.listed(missing)}" if missing else f"only it has {errors.listed(more)}"
        raise errors.parts_differ(name, part, how)
    for column, kind in first.items():
        if other[column] != kind:
            how = f"column {errors.quoted(column)} is {other[column]} there and {kind} in the first part"
            raise errors.parts_differ(name, part, how)


def partition_of(parts: ParquetParts, i: int, columns: Sequence[str]) -> list[sql.Node]:
    """Return the columns that the folders of the i-th part add; a column of its own wins."""
    own, nodes = {column.casefold() for column in columns}, []
    for column, value in parts.partitions[i] if parts.partitions else ():
        if column.casefold() not in own:
            node = sql.null() if value is None else sql.text(value)
            nodes.append(sql.named(sql.cast(node, "whole" if column in parts.whole else "text"), column))
    return nodes


def check_once(described: Sequence[tuple[str, int | None]]) -> None:
    """Refuse a file with two columns of one name, or with DuckDB's own.

    ``described`` is its schema: names, with numbers of children.

    Raises
    ------
    InputError : names that differ by nothing but letters' case.
    """
    names, inside = [], 0
    for name, children in described[1:]:
        if not inside:
            names.append(name)
        inside = max(0, inside - 1) + (children or 0)
    check_different(names)
    if NUMBER_OF_ROW in [name.casefold() for name in names]:
        raise errors.reserved_columns([NUMBER_OF_ROW])


def named_index(metadata: Sequence[tuple[bytes, bytes]], columns: Sequence[str]) -> tuple[str, ...]:
    """Return columns that were a pandas frame's named index.

    ``metadata`` are a file's own keys and values; what pandas did not write has none.

    >>> named_index([(b"pandas", b'{"index_columns": ["shop", "__index_level_1__"]}')], ["shop", "x"])
    ('shop',)
    """
    for key, value in metadata:
        if key == b"pandas":
            try:
                listed = json.loads(value).get("index_columns", [])
            except (ValueError, AttributeError):
                return ()
            return tuple(
                c for c in listed if isinstance(c, str) and c in columns and not c.startswith("__index_level_")
            )
    return ()


def check_file(connection: Any, readable: str, path: Path, name: str) -> None:
    """Refuse a file with two columns of one name, or a page that was changed.

    Raises
    ------
    InputError : names that differ by nothing but letters' case; a page is not what its checksum says.
    """
    check_once(connection.table_function("parquet_schema", [readable]).project("name, num_children").fetchall())
    check_pages(path, name, connection.table_function("parquet_metadata", [readable]).project(PAGES).fetchall())


def comes_in_order(connection: Any, readable: Sequence[str]) -> bool:
    """Say whether what is written of each row comes as if it had been sorted, in row groups of one size.

    So it does of one file whose row groups, but for the last one, are whole vectors: docs/why/0145-written-as-read.md.
    """
    if len(readable) > 1:
        return False
    described = connection.table_function("parquet_metadata", [readable[0]])
    groups = described.project("row_group_id, row_group_num_rows AS rows").distinct().order("row_group_id").fetchall()
    return all(rows % VECTOR == 0 for _, rows in groups[:-1])


def long_cells(columns: Sequence[str], relation: str) -> sql.Node:
    """Return the SELECT that counts the rows with a long cell: where there is none, no column has a size to refuse.

    It takes half of what the sizes take, whatever the columns.
    """
    long = [sql.above(sql.call("strlen", sql.column(column)), sql.whole(LONG_CELL)) for column in columns]
    return sql.select([sql.named(sql.count(), "n")], sql.table(relation), where=sql.either(*long))


def text_sizes(columns: Sequence[str], relation: str) -> sql.Node:
    """Return the SELECT of columns' total and largest sizes in bytes."""
    nodes = []
    for i, column in enumerate(columns):
        size = sql.call("strlen", sql.column(column))
        nodes += [sql.named(sql.total(size), f"sum{i}"), sql.named(sql.largest(size.copy()), f"most{i}")]
        nodes.append(sql.named(sql.count(sql.column(column)), f"n{i}"))
    return sql.select(nodes, sql.table(relation))


def check_sizes(name: str, columns: Sequence[str], got: Columns) -> None:
    """Refuse columns with a text, or more text, than fits.

    Raises
    ------
    InputError : it names the column.
    """
    for i, column in enumerate(columns):
        total, most = (float(np.nan_to_num(got[f"{key}{i}"][0].astype(float))) for key in ("sum", "most"))
        if most > LONGEST_CELL:
            how = f"a cell of column {errors.quoted(column)} is longer than {LONGEST_CELL:,} bytes"
            raise errors.damaged(name, how, "Leave the column out of the file.")
        if total > MOST_BYTES and total > LONG_CELL * float(got[f"n{i}"][0]):
            how = f"column {errors.quoted(column)} unpacks to {total:,.0f} bytes of text"
            raise errors.damaged(name, how, "Leave the column out of the file.")


def count_rows(paths: Sequence[Path]) -> int:
    """Return how many rows Parquet files have, as their ends say."""
    if not paths:
        return 0
    with duckdb.connect(":memory:") as connection:
        listed = [[str(path) for path in paths]]
        told = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", listed).fetchone()
    return int(told[0]) if told else 0
