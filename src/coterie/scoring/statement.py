"""One commented SELECT from raw columns to id, segment, name, margin and confidence, and the view around it.

It holds no clock and no path: the same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.model import Feature, margins_sql, result_sql
from coterie.purchases import CUSTOMER, STEP_NOTES, TODAY, PurchaseFacts, warehouse_steps
from coterie.record import Record, dumps
from coterie.scoring.cells import Raw, cells_sql, log_facts, raw_columns, row_id, text_id
from coterie.scoring.place import parts_of
from coterie.sql import ALIKE, DIALECTS, Dialect
from coterie.table import ID

SHOWN_DIGITS = 16  # of the digest of run.json
NOTES = {
    "cells": "each column as a number, as text, or as days since 1970",
    "known": "levels as they were when the segments were formed; numbers that can be counted with",
    "scaled": "the prepared columns before their caps and weights",
    "prepared": "the prepared columns: what distances are taken between",
    "distances": "the squared distance to each center; a missing value adds nothing",
    "least": "the least of these distances",
    "nearest": "the segment of the nearest center; none where every value is missing",
    "roots": "the distance to the nearest center, and to the nearest one of another segment",
    "margins": "0 on a border between segments, towards 1 deep inside",
}
ALL_NOTES = NOTES | STEP_NOTES
PURCHASES = {  # what a column of a log must be
    "customer": "text, or a whole number): who bought",
    "date": "a date or a timestamp): when",
    "amount": "number): for how much",
    "quantity": "number): how many pieces",
    "price": "number): the price of a piece",
    "order": "text, or a whole number): the order that it belongs to",
    "category": "text): what it was",
}
MEANINGS = {
    "id": "who",
    "segment": "the segment's number; NULL: not assigned",
    "name": "what the segment is called",
    "margin": "0 on a border between segments, towards 1 deep inside",
    "confidence": "core, probable or borderline",
}


@frozen
class Wanted:
    """The SQL that is asked for.

    Names are as users write them: ``crm.customers`` is two identifiers, ``"a.b"`` is one.

    Parameters
    ----------
    dialect : its name; ``databricks`` and ``mariadb`` are others' second names.
    table : that of the customers, or of their purchases; None: it is called so.
    view : the name of a view to create.
    id : the table's column of customers' ids; None: that of the run.
    transactions : the table holds purchases, of which the customers are made first.
    as_of : the day on which their recency is counted, ``YYYY-MM-DD`` or ``today``; None: that of the run.
    """

    dialect: str
    table: str | None = None
    view: str | None = None
    id: str | None = None
    transactions: bool = False
    as_of: str | None = None

    @property
    def row(self) -> Dialect:
        """What the dialect does in its own way.

        Raises
        ------
        InputError : there is none of the name.
        """
        name = ALIKE.get(self.dialect, self.dialect)
        if name not in DIALECTS:
            raise errors.unknown_dialect(self.dialect, sorted({*DIALECTS, *ALIKE}))
        return DIALECTS[name]

    @property
    def place(self) -> sql.Node:
        """The table.

        Raises
        ------
        InputError : a name that cannot be one, or that of a step of the query.
        """
        usual = "purchases" if self.transactions else "customers"
        parts = parts_of(usual if self.table is None else self.table, "--table")
        steps = NOTES | (STEP_NOTES if self.transactions else {})
        if len(parts) == 1 and parts[0].casefold() in steps:
            name = f"another name than a step of the query, or one with its schema: sales.{parts[0]}"
            raise errors.bad_option("--table", self.table, name)
        return sql.table(*parts)


@frozen
class Begun:
    """The steps to ``known``, and what the head says of them."""

    steps: list[tuple[str, sql.Select]]
    head: list[str]


def write_statement(record: Record, wanted: Wanted) -> str:
    """Return the whole assignment as one SELECT, or as a view.

    Raises
    ------
    InputError : no such dialect, a name that cannot be one, or a column that the dialect cannot read as it was read.
    """
    begun = begin_statement(record, wanted, record.features)
    parts = [*begun.steps, *margins_sql(begun.steps[-1][0], record.features, record.model)]
    names = {s.id: s.called for s in record.segments}
    columns = result_sql(record.model, names, record.stability.margins.cuts)
    final = sql.select([sql.noted(c, MEANINGS[c.alias_or_name]) for c in columns], sql.table(parts[-1][0]))
    _note_columns(record, parts)
    return end_statement(sql.steps(parts, final, ALL_NOTES), wanted, begun.head)


def begin_statement(record: Record, wanted: Wanted, features: Sequence[Feature]) -> Begun:
    """Return the steps from the table to ``known``.

    Raises
    ------
    InputError : no such dialect, a name that cannot be one, or a column that the dialect cannot read as it was read.
    """
    row, place = wanted.row, wanted.place
    if wanted.id == "":
        raise errors.bad_option("--id", wanted.id, "the name of a column")
    if wanted.as_of is not None and not wanted.transactions:
        raise errors.bad_option("--as-of", wanted.as_of, "left out where the table holds customers, not purchases")
    raws = raw_columns(record, row, features, made=wanted.transactions)
    if wanted.transactions:
        facts = log_facts(record, row, wanted.id)
        made = warehouse_steps(facts, place, [raw.feature.column for raw in raws], wanted.as_of)
        steps = [*made, *cells_sql(raws, sql.table(made[-1][0]), text_id(CUSTOMER))]
        return Begun(
            steps, [*_begin_head(record, row), *_log_lines(facts, raws, wanted.as_of), *_minds(row, days=True)]
        )
    id = wanted.id or next((c.name for c in record.columns if c.role == "id"), None)
    if id is None and not row.numbers_rows:
        raise errors.no_id_in_dialect(row.name)
    head = [*_begin_head(record, row), *_table_lines(raws, id), *_minds(row)]
    if id is None:
        head.append("Mind: a row's number is not the same in every query; name a column with --id.")
    return Begun(cells_sql(raws, place, row_id() if id is None else text_id(id)), head)


def end_statement(chosen: sql.Select, wanted: Wanted, head: Sequence[str]) -> str:
    """Return the text: comments of one line each, then the SELECT or the view."""
    query: sql.Node = chosen
    if wanted.view is not None:
        query = sql.view(sql.table(*parts_of(wanted.view, "--view")), chosen)
    text = sql.render(query, wanted.row.name, pretty=True)
    return "".join(f"-- {plain(line)}\n" for line in head) + f"{text}\n"


def _note_columns(record: Record, parts: Sequence[tuple[str, sql.Select]]) -> None:
    """Say what each computed column is, in the record's words."""
    prepared = [str(p) for feature in record.features for p in feature.prepared]
    called = {s.id: f"{s.letter} {s.called}" for s in record.segments}
    meant = {f"__c_{step}{i}": name for step in "uf" for i, name in enumerate(prepared)}
    meant |= {f"__c_d{j}": f"to a center of {called[s]}" for j, s in enumerate(record.model.segment_of)}
    meant |= {ID: "who"}
    for _, query in parts:
        for node in query.expressions:
            if node.alias in meant:
                sql.noted(node, plain(meant[node.alias]))


def _begin_head(record: Record, row: Dialect) -> list[str]:
    """Return what was written, and of what."""
    digest = hashlib.sha256(dumps(record).encode()).hexdigest()
    tests = "is executed" if row.executed else "is parsed again but NOT executed"
    fake = f", but on a fake of it ({row.fake})" if row.fake else ""
    return [
        f"Segments of a run of coterie, as SQL for {row.title}; this dialect {tests} in coterie's tests{fake}.",
        f"coterie {record.coterie}, run {digest[:SHOWN_DIGITS]} (SHA-256 of its run.json)",
        f"{words.plural(len(record.segments), 'segment')} of {words.plural(record.sample.rows, 'customer')}",
    ]


def _table_lines(raws: Sequence[Raw], id: str | None) -> list[str]:
    """Return which columns the customers' table must have."""
    who = f"  {id} (text, or a whole number): who" if id is not None else "  no id: the rows are numbered as they come"
    return ["The table must have these columns:", who, *map(_column_line, raws)]


def _log_lines(facts: PurchaseFacts, raws: Sequence[Raw], as_of: str | None) -> list[str]:
    """Return which columns the purchases' table must have, and how they are counted."""
    roles = {role: name for role, name in facts.columns.items() if name is not None}
    counted = [f"  {name} ({PURCHASES[role]}" for role, name in roles.items()]
    day = "the current date" if as_of == TODAY else as_of or facts.as_of
    together = ["The orders of a customer on one day count as one."] if facts.same_day == "together" else []
    net = "are taken off the money" if facts.net else "leave the money as it is"
    return [
        "The table must have a row for each purchase, or for each line of an order, and these columns:",
        *counted,
        f"Recency counts to {day}; later purchases are left out. Amounts below 0 are returns, which {net}.",
        *together,
        "What forms the segments is made of them:",
        *map(_column_line, raws),
    ]


def _minds(row: Dialect, *, days: bool = False) -> list[str]:
    return [f"Mind: {caution}." for caution in (*row.cautions, *(row.day_cautions if days else ()))]


def _column_line(raw: Raw) -> str:
    return f"  {raw.feature.column} ({raw.kind}){_written(raw)}"


def _written(raw: Raw) -> str:
    """Return what else a column's cells must be, and what was done about them."""
    said = [f"missing where it is {' or '.join(raw.missing)}"] if raw.missing else []
    if raw.kind == "number" and raw.column.notation is not None:
        said.append("a number here, without the signs that it was written with in the file")
    said += [step.rstrip(".") for step in raw.feature.steps]
    return f": {'; '.join(said)}" if said else ""


def plain(text: str) -> str:
    """Return a text that stays inside its line's comment."""
    return re.sub(r"\*(?=/)|/(?=\*)", lambda m: f"{m[0]} ", errors.shown(text, 1_000))
