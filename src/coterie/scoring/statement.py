"""One commented SELECT from raw columns to id, segment, name, margin and confidence, and the view around it.

It holds no clock and no path: the same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from coterie import errors, sql, words
from coterie.model import Feature, margins_sql, result_sql
from coterie.record import Record, dumps
from coterie.scoring.cells import Raw, cells_sql, raw_columns, row_id, text_id
from coterie.scoring.place import parts_of
from coterie.sql import DIALECTS
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
MEANINGS = {
    "id": "who",
    "segment": "the segment's number; NULL: not assigned",
    "name": "what the segment is called",
    "margin": "0 on a border between segments, towards 1 deep inside",
    "confidence": "core, probable or borderline",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The SQL that is asked for: its dialect, the customers' table, a view's name, the table's column of ids.

    Names are as users write them: ``crm.customers`` is two identifiers, ``"a.b"`` is one. Without ``id`` it is the
    run's own.
    """

    dialect: str
    table: str = "customers"
    view: str | None = None
    id: str | None = None


def write_statement(record: Record, wanted: Wanted) -> str:
    """Return the whole assignment as one SELECT, or as a view.

    Raises
    ------
    InputError : no such dialect, a name that cannot be one, or a column that the dialect cannot read as it was read.
    """
    raws, id, known = begin_statement(record, wanted, record.features)
    parts = [*known, *margins_sql(known[-1][0], record.features, record.model)]
    names = {s.id: s.called for s in record.segments}
    columns = result_sql(record.model, names, record.stability.margins.cuts)
    final = sql.select([sql.noted(c, MEANINGS[c.alias_or_name]) for c in columns], sql.table(parts[-1][0]))
    _note_columns(record, parts)
    return end_statement(sql.steps(parts, final, NOTES), wanted, head_lines(record, raws, id, wanted.dialect))


def begin_statement(
    record: Record, wanted: Wanted, features: Sequence[Feature]
) -> tuple[tuple[Raw, ...], str | None, list[tuple[str, sql.Select]]]:
    """Return the raw columns, the id, and the steps to ``known``.

    Raises
    ------
    InputError : no such dialect, a name that cannot be one, or a column that the dialect cannot read as it was read.
    """
    if wanted.dialect not in DIALECTS:
        raise errors.unknown_dialect(wanted.dialect, sorted(DIALECTS))
    place = parts_of(wanted.table, "--table")
    if len(place) == 1 and place[0].casefold() in NOTES:
        name = "another name than a step of the query, or one with its schema: sales.prepared"
        raise errors.bad_option("--table", wanted.table, name)
    raws = raw_columns(record, wanted.dialect, features)
    if wanted.id == "":
        raise errors.bad_option("--id", wanted.id, "the name of a column")
    id = wanted.id or next((c.name for c in record.columns if c.role == "id"), None)
    if id is None and not DIALECTS[wanted.dialect].numbers_rows:
        raise errors.no_id_in_dialect(wanted.dialect)
    key = row_id() if id is None else text_id(id)
    return raws, id, cells_sql(raws, sql.table(*place), key)


def end_statement(chosen: sql.Select, wanted: Wanted, head: Sequence[str]) -> str:
    """Return the text: comments of one line each, then the SELECT or the view."""
    query: sql.Node = chosen
    if wanted.view is not None:
        query = sql.view(sql.table(*parts_of(wanted.view, "--view")), chosen)
    text = sql.render(query, wanted.dialect, pretty=True)
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


def head_lines(record: Record, raws: Sequence[Raw], id: str | None, dialect: str) -> list[str]:
    """Return what a reader must know first."""
    row, digest = DIALECTS[dialect], hashlib.sha256(dumps(record).encode()).hexdigest()
    tests = "is executed" if row.executed else "is written but NOT executed"
    lines = [
        f"Segments of a run of coterie, as SQL for {row.title}; this dialect {tests} in coterie's tests.",
        f"coterie {record.coterie}, run {digest[:SHOWN_DIGITS]} (SHA-256 of its run.json)",
        f"{words.plural(len(record.segments), 'segment')} of {words.plural(record.sample.rows, 'customer')}",
        "The table must have these columns:",
        f"  {id} (text, or a whole number): who" if id is not None else "  no id: the rows are numbered as they come",
        *(f"  {raw.feature.column} ({raw.kind}){_written(raw)}" for raw in raws),
        *(f"Mind: {caution}." for caution in row.cautions),
    ]
    if id is None:
        lines.append("Mind: a row's number is not the same in every query; name a column with --id.")
    return lines


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
