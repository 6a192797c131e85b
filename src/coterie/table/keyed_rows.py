"""Rows of any table under the id of their customer, to be joined to customers that are known already.

Cells stay what they are: nothing is recoded, and of a text the asked columns can stay to the letter (a postal code
keeps its zeros).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coterie import errors, sql
from coterie.doors import frozen
from coterie.engines import ROW, Engine, Kind, Reading, Source, as_id, judge_unread
from coterie.findings import Finding
from coterie.table.table import ID


@frozen
class KeyedRows:
    """A relation of rows: ``__c_id`` (text, NULL where a row has none) and the asked columns.

    ``id`` is the column that the ids come from, None where they are the numbers of the rows; ``kinds`` are those of the
    asked columns, ``without_id`` counts rows that have none, and ``customers`` the different ids.
    """

    name: str
    relation: str
    id: str | None
    kinds: Mapping[str, Kind]
    rows: int
    without_id: int
    customers: int
    findings: tuple[Finding, ...]

    @property
    def repeats(self) -> int:
        """How many rows have the id of another."""
        return self.rows - self.without_id - self.customers


def read_keyed(
    source: Any,
    engine: Engine,
    relation: str,
    reading: Reading,
    ids: Sequence[str],
    columns: Mapping[str, str],
    *,
    verbatim: bool = False,
) -> KeyedRows:
    """Return the rows of a source by the id of their customer.

    Parameters
    ----------
    source : a path or a frame.
    relation : what the engine calls them.
    ids : the columns that may hold the id, the first one that is there does; none: the number of the row is the id.
    columns : what else is asked of them, and the option that asks for it.
    verbatim : leave the asked columns of a text as they are written.

    Raises
    ------
    InputError : no such file, not a table, no rows; a column is missing, or has values that cannot be read.

    Notes
    -----
    Cost: the source is read once, then one scan of the ids.
    """
    source, kept = Source.of(source), set(columns) if verbatim else set()
    raw = f"{relation}_rows"
    left = engine.read(source, raw, reading, lambda name: name in kept or name in ids)
    kinds = dict(engine.schema(raw))
    for unread in left.unread:
        if unread.column in (*ids, *columns):
            raise errors.unread_column(unread.column, unread.type)
    id = next((name for name in ids if name in kinds), None)
    if ids and id is None:
        raise errors.lost_id(ids[0], list(kinds))
    for column in columns:
        if column not in kinds:
            raise errors.unknown_column(column, list(kinds), columns[column])
    used = [*columns, *([id] if id else [])]
    findings = judge_unread(source.name, left.unread_cells, used)
    key = sql.cast(sql.column(ROW), "text") if id is None else as_id(sql.column(id), kinds[id])
    engine.define(relation, sql.select([sql.named(key, ID), *map(sql.column, columns)], sql.table(raw)))
    key = sql.column(ID)
    counts = {"rows": sql.count(), "known": sql.count(key), "ids": sql.count_distinct(key.copy())}
    nodes = [sql.named(node, name) for name, node in counts.items()]
    got = {name: int(n[0]) for name, n in engine.fetch(sql.select(nodes, sql.table(relation))).items()}
    if not got["rows"]:
        raise errors.empty_source(source.name)
    missing = got["rows"] - got["known"]
    asked = {column: kinds[column] for column in columns}
    found = (*left.findings, *findings)
    return KeyedRows(source.name, relation, id, asked, got["rows"], missing, got["ids"], found)
