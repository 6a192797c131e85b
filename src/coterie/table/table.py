"""READ: a source becomes a Table, a handle on customers.

The handle's relation has one row a customer and only three kinds of columns: doubles (numbers, and dates as days since
1970), text, and ``__c_id``, the customer's id as text; beside it, where the engine numbers rows, ``__c_drawn``, which
tells rows with one id apart. What comes after never meets a source's types again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from coterie import errors, sql
from coterie.engines import DATES, EXACT, NUMBERS, ROW, TEXTS, Engine, Kind, Reading, Source, as_text
from coterie.findings import Finding as Finding  # noqa: PLC0414 - also known under this address
from coterie.findings import worst_first
from coterie.options import Options
from coterie.table import codes, ids

ID, DRAWN = "__c_id", "__c_drawn"
RELATION, ROWS, SOME = "customers", "customers_rows", "customers_some"
FEW_STEPS = 20  # fewer rows than this times the wanted ones are looked at whole
SECONDS_PER_DAY = 86_400.0

BEYOND = 1e300  # stands for a number that is not exact; the summary refuses it


CellKind = Literal["number", "date", "text", "other"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its exact name, and number, date, text or other."""

    name: str
    kind: CellKind


@dataclass(frozen=True, slots=True)
class Table:
    """Customers in an engine, their columns, and which one identifies them.

    ``some`` is the relation of some of the rows where the source is too large to be looked at more than once;
    ``repeat`` says whether two rows have one id.
    """

    engine: Engine
    name: str
    relation: str
    columns: tuple[Column, ...]
    id: str | None
    rows: int
    findings: tuple[Finding, ...]
    rejected: tuple[tuple[int | None, str, bool], ...] = ()
    some: str | None = None
    repeat: bool = False

    @property
    def left_out(self) -> int:
        """How many rows of the source were left out."""
        return sum(1 for _, _, kept in self.rejected if not kept)

    def kind(self, column: str) -> CellKind:
        """Return the kind of a column by its name."""
        return next(c.kind for c in self.columns if c.name == column)


def read(
    source: Any, engine: Engine, options: Options, reading: Reading, *, empty_ok: bool = False, strict_ids: bool = True
) -> Table:
    """Return a handle on the customers of a file or a frame.

    Parameters
    ----------
    source : a path, or a pandas, polars, Arrow or DuckDB table.
    empty_ok : take a table without rows, as new customers may be.
    strict_ids : False: ids that are missing or not unique are findings of level ``error``, not errors.

    Raises
    ------
    InputError : no such file, not a table, no rows; an id that is missing, empty or not unique.
    AccessError : the file cannot be opened.

    Notes
    -----
    Cost: CSV and JSON are parsed once, Parquet is left in place; then one scan of the id column up to 2 million rows.
    """
    source = Source.of(source)
    name, left = source.name, engine.read(source, ROWS, reading, ids.is_verbatim(options))
    repeat = False
    columns = _columns(engine, ROWS)
    rows = _count(engine, ROWS) if left.rows is None else left.rows
    if rows == 0 and not empty_ok:
        raise errors.empty_source(name)
    if left.some is not None:
        chosen, findings = ids.take_id([c.name for c in columns], options)
        engine.define(SOME, _canonical(engine, left.some, columns, chosen))
    else:
        asked = ids.Rows(engine, ROWS, {c.name: c.kind for c in columns}, rows)
        chosen, findings = ids.choose_id(asked, options, strict=strict_ids)
        repeat = options.allow_duplicate_ids and chosen is not None and ids.are_repeated(asked, chosen)
    if chosen is None and not engine.caps.rows:
        raise errors.unnumbered_rows(name)
    engine.define(RELATION, _canonical(engine, ROWS, columns, chosen))
    coded = _codes(engine, RELATION if left.some is None else SOME, columns, rows, reading, {chosen, options.value})
    if coded:
        columns = tuple(replace(c, kind="text") if c.name in coded else c for c in columns)
        engine.define(RELATION, _canonical(engine, ROWS, columns, chosen))
        if left.some is not None:
            engine.define(SOME, _canonical(engine, left.some, columns, chosen))
    findings = worst_first((*left.findings, *findings, *(codes.tell_codes(name, rows) for name in coded)))
    return Table(engine, name, RELATION, columns, chosen, rows, findings, left.rejected, left.some and SOME, repeat)


def _codes(
    engine: Engine, relation: str, columns: tuple[Column, ...], rows: int, reading: Reading, others: set[str | None]
) -> list[str]:
    """Return the columns of numbers that are codes, or were when the segments were formed; these are categories."""
    numbers = [c.name for c in columns if c.kind == "number" and c.name not in others]
    if reading.kinds:
        return [name for name in numbers if reading.kind(name) == codes.BEFORE]
    return codes.code_columns(engine, relation, numbers, rows)


def _count(engine: Engine, relation: str) -> int:
    return int(engine.fetch(sql.select([sql.named(sql.count(), "n")], sql.table(relation)))["n"][0])


def _columns(engine: Engine, relation: str) -> tuple[Column, ...]:
    schema = engine.schema(relation)
    folded = [name.casefold() for name, _ in schema]
    twice = [name for name, _ in schema if folded.count(name.casefold()) > 1]
    if twice:
        raise errors.same_columns(twice)
    kinds: tuple[tuple[frozenset[Kind], CellKind], ...] = ((NUMBERS, "number"), (DATES, "date"), (TEXTS, "text"))
    return tuple(Column(name, next((k for held, k in kinds if kind in held), "other")) for name, kind in schema)


def spread_rows(table: Table, rows: int) -> Table:
    """Return a handle on some rows from all over a table.

    They are for looking, not for deciding.
    """
    if table.some is not None:
        return replace(table, relation=table.some, rows=_count(table.engine, table.some))
    step = table.rows // rows
    if step < FEW_STEPS or not table.engine.caps.rows:
        return table
    name = f"{table.relation}_every_{step}"
    place = sql.remainder(sql.column(ROW), sql.whole(step))
    where = sql.equal(place, sql.whole(0))
    table.engine.define(name, _canonical(table.engine, ROWS, table.columns, table.id).where(where))
    return replace(table, relation=name, rows=_count(table.engine, name))


def _canonical(engine: Engine, relation: str, columns: tuple[Column, ...], chosen: str | None) -> sql.Select:
    """Return the SELECT that gives every column one of coterie's three types."""
    kinds = dict(engine.schema(relation))
    nodes = []
    for column in columns:
        node = sql.column(column.name)
        coded = column.kind == "text" and kinds[column.name] in NUMBERS
        if column.kind == "number" or coded:
            node = sql.cast(node, "double")
            if kinds[column.name] is Kind.WIDE and not ids.ID_LIKE.fullmatch(column.name):
                bare = sql.column(column.name)
                wide = sql.either(sql.above(bare, sql.whole(EXACT)), sql.less(bare.copy(), sql.whole(-EXACT)))
                node = sql.case([(wide, sql.number(BEYOND))], node)
            if kinds[column.name] is Kind.FRACTION:
                node = sql.case([(sql.is_nan(sql.column(column.name)), sql.null())], node)
            node = as_text(node, Kind.FRACTION) if coded else node
        elif column.kind == "date":
            node = sql.multiply(sql.seconds(node), sql.number(1 / SECONDS_PER_DAY))
        elif column.kind == "text":
            node = sql.null_if(as_text(node, kinds[column.name]), sql.text(""))
        else:
            continue
        nodes.append(sql.named(node, column.name))
    key = sql.cast(sql.column(ROW), "text") if chosen is None else as_text(sql.column(chosen), kinds[chosen])
    named = [sql.named(key, ID)]
    if engine.caps.rows:
        row = sql.cast(sql.column(ROW), "text")
        named.append(sql.named(sql.concat(key.copy(), sql.text(":"), row), DRAWN))
    return sql.select([*named, *nodes], sql.table(relation))
