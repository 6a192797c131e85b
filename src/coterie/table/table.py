"""READ: a file or a frame becomes a Table, a handle on customers that stay in the engine.

The handle's relation has one row a customer and only three kinds of columns: doubles (numbers, and dates as days since
1970), text, and ``__c_id``, the customer's id as text. What comes after never meets a source's types again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from coterie import errors, sql, words
from coterie.engines import DATES, EXACT, NUMBERS, ROW, TEXTS, Engine, Kind, Reading, Source, as_text
from coterie.findings import Finding as Finding  # noqa: PLC0414 - also known under this address
from coterie.findings import worst_first
from coterie.options import Options
from coterie.table import codes

ID = "__c_id"
RELATION, ROWS, SOME = "customers", "customers_rows", "customers_some"
ID_NAME = re.compile(r"(customer|client|user|member|account|household)?[ _-]?(id|key|no|number)", re.IGNORECASE)
EXACT_IDS = 2_000_000
FEW_STEPS = 20  # fewer rows than this times the wanted ones are looked at whole
SECONDS_PER_DAY = 86_400.0

ID_LIKE = re.compile(r"(^|.*[ _-])(id|key|uuid|guid|nr|no)$", re.IGNORECASE)
BEYOND = 1e300  # stands for a number that is not exact; the summary refuses it


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the source: its exact name and its kind, ``number``, ``date``, ``text`` or ``other``."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """Customers in an engine: where they are, what columns they have, which one identifies them.

    ``some`` is the relation of some of the rows where the source is too large to be looked at more than once.
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

    @property
    def left_out(self) -> int:
        """How many rows of the source were left out."""
        return sum(1 for _, _, kept in self.rejected if not kept)

    def kind(self, column: str) -> str:
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
    name, left = source.name, engine.read(source, ROWS, reading, _verbatim(options))
    columns = _columns(engine, ROWS)
    rows = _count(engine, ROWS) if left.rows is None else left.rows
    if rows == 0 and not empty_ok:
        raise errors.empty_source(name)
    if left.some is not None:
        chosen, findings = _named_id(columns, options)
        engine.define(SOME, _canonical(engine, left.some, columns, chosen))
    else:
        chosen, findings = _choose_id(engine, ROWS, columns, rows, options, strict=strict_ids)
    if chosen is None and not engine.caps.rows:
        raise errors.unnumbered_rows(name)
    engine.define(RELATION, _canonical(engine, ROWS, columns, chosen))
    coded = _codes(engine, RELATION if left.some is None else SOME, columns, rows, reading, {chosen, options.value})
    if coded:
        columns = tuple(replace(c, kind="text") if c.name in coded else c for c in columns)
        engine.define(RELATION, _canonical(engine, ROWS, columns, chosen))
        if left.some is not None:
            engine.define(SOME, _canonical(engine, left.some, columns, chosen))
    findings = worst_first((*left.findings, *findings, *(codes.finding(name, rows) for name in coded)))
    return Table(engine, name, RELATION, columns, chosen, rows, findings, left.rejected, left.some and SOME)


def _codes(
    engine: Engine, relation: str, columns: tuple[Column, ...], rows: int, reading: Reading, others: set[str | None]
) -> list[str]:
    """Return the columns of numbers that are codes, or were when the segments were formed; these are categories."""
    numbers = [c.name for c in columns if c.kind == "number" and c.name not in others]
    if reading.kinds:
        return [name for name in numbers if reading.kind(name) == codes.BEFORE]
    return codes.found(engine, relation, numbers, rows)


def _count(engine: Engine, relation: str) -> int:
    return int(engine.fetch(sql.select([sql.named(sql.count(), "n")], sql.table(relation)))["n"][0])


def _verbatim(options: Options) -> Any:
    """Return the test for columns that must not be parsed: an id is text from end to end."""
    if options.id is not None:
        return lambda name: name == options.id
    return lambda name: ID_NAME.fullmatch(name) is not None


def _columns(engine: Engine, relation: str) -> tuple[Column, ...]:
    schema = engine.schema(relation)
    folded = [name.casefold() for name, _ in schema]
    twice = [name for name, _ in schema if folded.count(name.casefold()) > 1]
    if twice:
        raise errors.same_columns(twice)
    kinds = ((NUMBERS, "number"), (DATES, "date"), (TEXTS, "text"))
    return tuple(Column(name, next((k for held, k in kinds if kind in held), "other")) for name, kind in schema)


def _choose_id(
    engine: Engine, relation: str, columns: tuple[Column, ...], rows: int, options: Options, *, strict: bool
) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the id column: the one that was named, or a unique one that is called like an id."""
    names = [c.name for c in columns]
    if options.id is not None and options.id not in names:
        raise errors.unknown_column(options.id, names, "--id")
    if options.id is not None and next(c.kind for c in columns if c.name == options.id) == "other":
        raise errors.unreadable_ids(options.id)
    if options.id is not None:
        return _named(engine, relation, columns, rows, options, strict=strict)
    repeated: list[Finding] = []
    for name in (n for n in names if ID_NAME.fullmatch(n)):
        present, distinct, fractions = _id_counts(engine, relation, columns, name, exact=rows <= EXACT_IDS)
        if not fractions and present == distinct == rows:
            done = "used as the customer's id (another can be named with --id)"
            return name, (Finding("COT001", "note", name, rows, "unique, and named like an id", done),)
        if distinct < present:
            repeated.append(_log_of_purchases(name, distinct, rows))
    text = "no column is unique and named like an id"
    done = "the row number stands for the id; it is not stable when rows move: name a column with --id"
    return None, (Finding("COT002", "warning", None, rows, text, done), *repeated)


def _named(
    engine: Engine, relation: str, columns: tuple[Column, ...], rows: int, options: Options, *, strict: bool
) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the id column that was named, once it is sure that it identifies."""
    name = options.id
    assert name is not None
    present, distinct, fractions = _id_counts(engine, relation, columns, name, exact=rows <= EXACT_IDS)
    if fractions:
        raise errors.fractional_ids(name)
    wrong = _wrong_ids(name, rows, present, present if options.allow_duplicate_ids else distinct)
    if wrong and not strict:
        return None, wrong
    if present < rows:
        raise errors.null_ids(name, rows - present)
    if distinct < rows and not options.allow_duplicate_ids:
        raise errors.duplicate_ids(name, rows - distinct, _first_repeat(engine, relation, name))
    return name, _blanks(engine, relation, columns, name)


def _log_of_purchases(name: str, distinct: int, rows: int) -> Finding:
    """Return a warning that rows are not customers: the likeliest mistake of all."""
    text = (
        f"{words.plural(distinct, 'different id')} in {words.plural(rows, 'row')}: rows may be purchases, not customers"
    )
    done = "each row is taken as a customer; `coterie customers` makes one row of each customer's purchases"
    return Finding("COT012", "warning", name, rows - distinct, text, done)


def _named_id(columns: tuple[Column, ...], options: Options) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the id of a table that is too large to be looked at twice: by its name, not by its values."""
    names = [c.name for c in columns]
    if options.id is not None and options.id not in names:
        raise errors.unknown_column(options.id, names, "--id")
    named = options.id or next((n for n in names if ID_NAME.fullmatch(n)), None)
    if named is None or options.id is not None:
        return named, ()
    done = "taken for the customer's id; a segmentation looks for repeats"
    return named, (Finding("COT001", "note", named, 0, "named like an id", done),)


def _wrong_ids(name: str, rows: int, present: int, distinct: int) -> tuple[Finding, ...]:
    found = []
    if present < rows:
        text = f"{words.plural(rows - present, 'row')} without an id"
        found.append(Finding("COT013", "error", name, rows - present, text, "nothing: this stops a segmentation"))
    if distinct < present:
        text = f"{words.plural(present - distinct, 'row')} with an id that another row has"
        found.append(Finding("COT012", "error", name, present - distinct, text, "nothing: this stops a segmentation"))
    return tuple(found)


def _blanks(engine: Engine, relation: str, columns: tuple[Column, ...], name: str) -> tuple[Finding, ...]:
    """Return a warning where ids have blanks around them: they are told apart from those without."""
    if next(c.kind for c in columns if c.name == name) != "text":
        return ()
    key = sql.column(name)
    padded = sql.count(sql.case([(sql.less(sql.length(sql.trimmed(key)), sql.length(key)), sql.whole(1))]))
    count = int(engine.fetch(sql.select([sql.named(padded, "n")], sql.table(relation)))["n"][0])
    if not count:
        return ()
    text = f"{words.plural(count, 'id')} with blanks around"
    return (Finding("COT011", "warning", name, count, text, "told apart from the same id without blanks"),)


def _id_counts(
    engine: Engine, relation: str, columns: tuple[Column, ...], name: str, *, exact: bool
) -> tuple[int, int, int]:
    """Return the rows with an id, the different ids (taken for granted beyond the exact range), and fractional ids."""
    column = sql.column(name)
    if next(c.kind for c in columns if c.name == name) == "text":
        column = sql.null_if(sql.cast(column, "text"), sql.text(""))
    fraction = sql.null()
    if next(c.kind for c in columns if c.name == name) == "number":
        fraction = sql.case([(sql.less(sql.floor(column), column), sql.whole(1))])
    distinct = sql.count_distinct(column) if exact else sql.count(column)
    wanted = {"present": sql.count(column), "distinct": distinct, "fractions": sql.count(fraction)}
    got = engine.fetch(sql.select([sql.named(node, key) for key, node in wanted.items()], sql.table(relation)))
    return int(got["present"][0]), int(got["distinct"][0]), int(got["fractions"][0])


def _first_repeat(engine: Engine, relation: str, name: str) -> tuple[int, int] | None:
    """Return the first row whose id an earlier row has, behind that earlier row's number; only asked for an error."""
    if not engine.caps.rows:
        return None
    row = sql.column(ROW)
    wanted = [sql.named(sql.smallest(row), "first"), sql.named(sql.largest(row), "last")]
    groups = sql.select([*wanted, sql.named(sql.count(), "n")], sql.table(relation), group=[sql.column(name)])
    query = sql.steps(
        [("repeats", groups)],
        sql.select(
            [sql.column("first"), sql.column("last")],
            sql.table("repeats"),
            where=sql.above(sql.column("n"), sql.whole(1)),
            order=[sql.column("first")],
            limit=1,
        ),
    )
    got = engine.fetch(query)
    return (int(got["first"][0]), int(got["last"][0])) if len(got["first"]) else None


def spread_rows(table: Table, rows: int) -> Table:
    """Return a handle on about so many rows from all over a table: for looking, not for deciding."""
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
            if kinds[column.name] is Kind.WIDE and not ID_LIKE.fullmatch(column.name):
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
    return sql.select([sql.named(key, ID), *nodes], sql.table(relation))
