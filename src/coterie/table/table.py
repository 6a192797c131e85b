"""READ: a source becomes a Table, a handle on customers.

The handle's relation has one row a customer and only three kinds of columns: doubles (numbers, and dates as days since
1970), text, and ``__c_id``, the customer's id as text; beside it, where the engine numbers rows, ``__c_row``, and
``__c_drawn``, which tells rows with one id apart. What comes after never meets a source's types again.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import DATES, EXACT, ROW, TEXTS, Engine, Found, Kind, Reading, Source, Unread, as_id, as_text
from coterie.findings import Finding as Finding  # noqa: PLC0414 - also known under this address
from coterie.findings import worst_first
from coterie.options import Options
from coterie.reading import MOST_COLUMNS, Notation, check_different, missing_of
from coterie.table import codes, ids, recoding
from coterie.table.cut_ids import tell_cut_ids
from coterie.table.identifiers import named
from coterie.table.recoding import CellKind

ID, DRAWN = "__c_id", "__c_drawn"
RELATION, ROWS, SOME = "customers", "customers_rows", "customers_some"
FEW_STEPS = 20  # fewer rows than this times the wanted ones are looked at whole
SECONDS_PER_DAY = 86_400.0
MANY_COLUMNS = 2_000
BEYOND = 1e300  # stands for a number that is not exact; the summary refuses it


@frozen
class Column:
    """A column: its exact name, and number, date, text or other.

    ``missing`` are the values that mean missing, as asked for; ``recoding`` is what its cells stand for, if not for
    themselves; ``zone`` the time zone in which counts of seconds are days, if not UTC; ``padded`` says that some texts
    have blanks around, which are no part of them.
    """

    name: str
    kind: CellKind
    missing: tuple[str, ...] = ()
    recoding: recoding.Recoding | None = None
    zone: str | None = None
    padded: bool = False


@frozen
class Scored:
    """Where customers' scores are kept, in order; by what they were reckoned."""

    kept: str
    by: Hashable


@frozen
class Table:
    """Customers in an engine, their columns, and which one identifies them.

    ``some`` is the relation of some of the rows where the source is too large to be looked at more than once;
    ``repeat`` says whether two rows have one id;
    ``unread`` are values that are there and cannot be read, and are missing here;
    ``notations`` is how columns were written that were not as programs write them;
    ``scored`` is where the customers' scores were kept;
    ``in_order`` says that what is written of each row comes in the rows' order by itself;
    ``sure`` are columns without an empty text, and ``__c_id`` where each id is as it is written.
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
    unread: tuple[errors.UnreadCells, ...] = ()
    notations: Mapping[str, Notation] = field(default_factory=dict)
    scored: Scored | None = None
    in_order: bool = False
    sure: tuple[str, ...] = ()

    @property
    def left_out(self) -> int:
        """How many rows of the source were left out."""
        return sum(1 for _, _, kept in self.rejected if not kept)

    def kind(self, column: str) -> CellKind:
        """Return the kind of a column by its name."""
        return next(c.kind for c in self.columns if c.name == column)


def read(
    source: Any,
    engine: Engine,
    options: Options,
    reading: Reading,
    *,
    usual_id: str | None = None,
    empty_ok: bool = False,
    strict_ids: bool = True,
    only: Collection[str] | None = None,
) -> Table:
    """Return a handle on a file's or frame's customers.

    Parameters
    ----------
    source : a path, or a pandas, polars, Arrow or DuckDB table.
    usual_id : the column that identified a customer before; asked for where it is there and no other one is.
    empty_ok : take a table without rows, as new customers may be.
    strict_ids : False: ids that are missing or not unique are findings of level ``error``, not errors.
    only : columns of which alone the values will be asked for; None: of all.

    Raises
    ------
    InputError : no such file, not a table, no rows; an id that is missing, empty or not unique.
    AccessError : the file cannot be opened.

    Notes
    -----
    Cost: CSV and JSON are parsed once, Parquet is left in place; then one scan of the id column up to 2 million rows.
    """
    source, reading = Source.of(source, options.features), replace(reading, missing=options.missing)
    name, left = source.name, engine.read(source, ROWS, reading, ids.is_verbatim(options))
    refused = _unread(left.unread, options, strict=strict_ids)
    columns = _columns(engine, left, options)
    if options.id is None and usual_id in [c.name for c in columns]:
        options = replace(options, id=usual_id)
    rows = _count(engine, ROWS) if left.rows is None else left.rows
    if rows == 0 and not empty_ok:
        raise errors.empty_source(name)
    (chosen, findings, plain), repeat = _choose_id(engine, left, columns, options, rows, strict=strict_ids)
    index = tuple(n for n in left.index if n != chosen and n not in _asked(options))
    columns = tuple(c for c in columns if c.name not in index)
    if chosen is None and not engine.caps.rows:
        raise errors.unnumbered_rows(name)
    columns = _as_written(engine, left.some or ROWS, columns, chosen, only)
    sure = (*left.filled, *((ID, chosen) if plain and chosen is not None else ()))
    _define(engine, left.some, columns, chosen, sure)
    recoded, told = _recoded(engine, SOME if left.some else RELATION, columns, reading, {chosen, options.value})
    if recoded != columns:
        columns = recoded
        _define(engine, left.some, columns, chosen, sure)
    findings = worst_first(
        (
            *recoding.without_codes(left.findings, {c.name: c.kind for c in columns}),
            *refused,
            *findings,
            *told,
            *map(_tell_index, index),
            *_tell_many(columns),
            *tell_cut_ids(engine, left.some or ROWS, _called_like_ids(columns, options), rows),
            *_tell_missing(engine, left.some or ROWS, columns),
        )
    )
    some, notations = left.some and SOME, {**_counted(columns), **left.notations}
    held = Table(engine, name, RELATION, columns, chosen, rows, findings, left.rejected, some, repeat, sure=sure)
    return replace(held, unread=left.unread_cells, notations=notations, in_order=left.in_order)


def _called_like_ids(columns: Sequence[Column], options: Options) -> list[str]:
    """Return the texts that are kept to the letter."""
    verbatim = ids.is_verbatim(options)
    return [c.name for c in columns if c.kind == "text" and verbatim(c.name)]


def _choose_id(
    engine: Engine, left: Found, columns: Sequence[Column], options: Options, rows: int, *, strict: bool
) -> tuple[ids.Chosen, bool]:
    """Return the column that identifies customers, and whether ids repeat in it, as they may.

    Of a text that is left in place it is taken by its name.
    """
    if left.some is not None:
        return ids.take_id([c.name for c in columns], options), False
    asked = _candidates(engine, columns, options, rows, left.index)
    found = ids.choose_id(asked, options, strict=strict)
    return found, options.allow_duplicate_ids and found.name is not None and ids.are_repeated(asked, found.name)


def _candidates(
    engine: Engine, columns: Sequence[Column], options: Options, rows: int, index: tuple[str, ...]
) -> ids.Rows:
    """Return the rows with the columns that may identify customers."""
    able = {c.name: c.kind for c in columns if c.name not in options.exclude}
    flags = {n: "flag" for n, kind in engine.schema(ROWS) if kind is Kind.FLAG and n in able}
    return ids.Rows(engine, ROWS, able | flags, rows, index)


def _counted(columns: Sequence[Column]) -> dict[str, Notation]:
    """Return how columns are written that count days or seconds: a new table's are read so too."""
    forms = {c.name: recoding.FORMS[c.recoding] for c in columns if c.recoding in recoding.FORMS}
    zones = {c.name: c.zone or "" for c in columns}
    return {name: Notation(forms=(form,), zone=zones[name]) for name, form in forms.items()}


def _tell_index(name: str) -> Finding:
    """Return what became of the index of a frame that names no customers."""
    text, done = "the index of a frame, not taken for the id", "left out; --features or --id brings it back"
    return Finding("COT146", "note", name, 0, text, done)


def _tell_many(columns: Sequence[Column]) -> list[Finding]:
    """Return what is said of a table with very many columns."""
    if len(columns) <= MANY_COLUMNS:
        return []
    text = f"{len(columns):,} columns; up to {MOST_COLUMNS:,} are taken"
    return [
        Finding("COT022", "warning", None, len(columns), text, "all were looked at; --features names those that matter")
    ]


def _as_written(
    engine: Engine,
    relation: str,
    columns: tuple[Column, ...],
    chosen: str | None,
    only: Collection[str] | None,
) -> tuple[Column, ...]:
    """Return the columns, marked where texts have blanks around; of the id nothing stands for missing."""
    asked = [c.name for c in columns if c.name != chosen and (only is None or c.name in only)]
    padded = recoding.find_padded(engine, relation, asked)
    return tuple(replace(c, missing=() if c.name == chosen else c.missing, padded=c.name in padded) for c in columns)


def _define(
    engine: Engine, some: str | None, columns: tuple[Column, ...], chosen: str | None, sure: Collection[str]
) -> None:
    """Make the relation of the customers, and that of some of them where there is one."""
    engine.define(RELATION, _canonical(engine, ROWS, columns, chosen, sure))
    if some is not None:
        engine.define(SOME, _canonical(engine, some, columns, chosen))


def _recoded(
    engine: Engine, relation: str, columns: tuple[Column, ...], reading: Reading, others: set[str | None]
) -> tuple[tuple[Column, ...], tuple[Finding, ...]]:
    """Return the columns with what their cells stand for, and what is to be said of it."""
    zone = reading.time_zone
    kinds = {c.name: c.kind for c in columns if c.name not in others and c.kind in ("number", "text")}
    rows = _count(engine, relation)
    ends = recoding.find_recoded(engine, relation, kinds, rows, zone, reading.date_order)
    if reading.before:
        new = {n: recoding.as_before(reading.column(n), kind, ends.get(n)) for n, kind in kinds.items()}
        return tuple(
            replace(c, kind=r.kind, recoding=r, zone=zone) if (r := new.get(c.name)) else c for c in columns
        ), ()
    coded = codes.code_columns(engine, relation, [n for n, kind in kinds.items() if kind == "number"], rows)
    stand = {
        **{n: recoding.Recoding.CODES for n in coded},
        **{n: r for n, found in ends.items() if (r := found.recoding) is not None},
    }
    told = [codes.tell_codes(n, rows) for n in coded if n not in ends]
    told += [recoding.tell(n, found, rows) for n, found in ends.items()]
    made = (
        replace(c, kind=stand[c.name].kind, recoding=stand[c.name], zone=zone) if c.name in stand else c
        for c in columns
    )
    return tuple(made), tuple(told)


def _tell_missing(engine: Engine, relation: str, columns: tuple[Column, ...]) -> list[Finding]:
    """Return how many cells of each column hold a value that means missing; one narrow scan where any is named."""
    asked = [c for c in columns if c.missing and c.kind != "other"]
    if not asked:
        return []
    kinds, nodes = dict(engine.schema(relation)), []
    for i, c in enumerate(asked):
        plain, held = _plain(c, kinds[c.name]), recoding.held_as(kinds[c.name])
        nodes.append(sql.named(sql.count(plain), f"n{i}"))
        nodes.append(sql.named(sql.count(recoding.without(plain.copy(), held, c.missing)), f"k{i}"))
    got = engine.fetch(sql.select(nodes, sql.table(relation)))
    found = []
    for i, c in enumerate(asked):
        if many := int(got[f"n{i}"][0]) - int(got[f"k{i}"][0]):
            text = f"{words.plural(many, 'cell')} with {words.joined(c.missing)}"
            found.append(Finding("COT143", "note", c.name, many, text, "taken as missing, as --missing says"))
    return found


def _count(engine: Engine, relation: str) -> int:
    return int(engine.fetch(sql.select([sql.named(sql.count(), "n")], sql.table(relation)))["n"][0])


def _asked(options: Options) -> set[str | None]:
    """Return the columns that the options name."""
    return {options.id, options.value, *(options.features or ()), *options.describe}


def _unread(unread: Sequence[Unread], options: Options, *, strict: bool) -> tuple[Finding, ...]:
    """Refuse columns of a frame that cannot be read and are used; those that are used unless somebody says too.

    Raises
    ------
    InputError : it names the column.
    """
    asked, found = _asked(options), []
    for column, kind, measures in ((u.column, u.type, u.measures) for u in unread):
        if column == options.id:
            raise errors.unfit_ids(column, f"values of a type that cannot be read ({kind})")
        unused = options.features is not None or column in options.exclude or not measures
        if column not in asked and unused:
            continue
        if strict:
            raise errors.unread_column(column, kind)
        text = f"of a type that cannot be read ({errors.shown(kind)})"
        found.append(Finding("COT104", "error", column, 0, text, "nothing: this stops a segmentation"))
    return tuple(found)


def _columns(engine: Engine, left: Found, options: Options) -> tuple[Column, ...]:
    schema = engine.schema(ROWS) + [(u.column, Kind.OTHER) for u in left.unread]
    names = [name for name, _ in schema]
    check_different(names)
    missing = missing_of(options.missing, names)
    everywhere = missing.get("", ())
    return tuple(
        Column(n, "other" if n in options.exclude else recoding.held_as(kind), (*everywhere, *missing.get(n, ())))
        for n, kind in schema
    )


def spread_rows(table: Table, rows: int) -> Table:
    """Return a handle on rows from all over a table.

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


def define_plainly(table: Table, sure: Collection[str]) -> None:
    """Make the relation again, without the tests that some columns are known not to need.

    Parameters
    ----------
    sure : columns without a value that is no number, or without an empty text; ``__c_id``: no id but is as written.
    """
    known = {*table.sure, *sure}
    table.engine.define(RELATION, _canonical(table.engine, ROWS, table.columns, table.id, known))


def _canonical(
    engine: Engine, relation: str, columns: tuple[Column, ...], chosen: str | None, sure: Collection[str] = ()
) -> sql.Select:
    """Return the SELECT that gives columns coterie's three types."""
    kinds = dict(engine.schema(relation))
    nodes = []
    for column in columns:
        if column.kind == "other":
            continue
        held = recoding.held_as(kinds[column.name])
        plain = _plain(column, kinds[column.name], sure=column.name in sure)
        node = recoding.without(plain, held, column.missing)
        if column.recoding is not None:
            node = recoding.recode(node, held, column.recoding, column.zone)
        nodes.append(sql.named(node, column.name))
    if chosen is None or ID in sure:
        key = sql.cast(sql.column(chosen or ROW), "text")
    else:
        key = as_id(sql.column(chosen), kinds[chosen])
    named = [sql.named(key, ID)]
    if engine.caps.rows:
        row = sql.column(ROW)
        named.append(sql.named(sql.concat(key.copy(), sql.text(":"), sql.cast(row, "text")), DRAWN))
        named.append(row.copy())
    return sql.select([*named, *nodes], sql.table(relation))


def _plain(column: Column, kind: Kind, *, sure: bool = False) -> sql.Node:
    """Return a column's cells as a double, the days since 1970, or text.

    ``sure``: none is an empty text, and none no number.
    """
    bare = sql.column(column.name)
    if kind in DATES:
        return sql.multiply(sql.seconds(bare), sql.number(1 / SECONDS_PER_DAY))
    if kind in TEXTS:
        text = sql.trimmed(as_text(bare, kind)) if column.padded else as_text(bare, kind)
        return text if sure and not column.padded else sql.null_if(text, sql.text(""))
    if kind is Kind.FINITE:
        return bare
    node = sql.cast(bare.copy(), "double")
    if kind is Kind.WIDE and named(column.name) is None:
        wide = sql.either(sql.above(bare, sql.whole(EXACT)), sql.less(bare.copy(), sql.whole(-EXACT)))
        return sql.case([(wide, sql.number(BEYOND))], node)
    return sql.case([(sql.is_nan(bare), sql.null())], node) if kind is Kind.FRACTION and not sure else node
