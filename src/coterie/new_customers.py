"""New customers: read as those that formed the segments were.

They are refused where a column is missing or of another kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coterie import errors, options, sql, words
from coterie.engines import Engine, Reading, Source
from coterie.model import Feature
from coterie.record import Record
from coterie.table import ColumnRecord, Finding, Summary, Table, codes, read, recoding, refuse_infinite, summarize


def read_new_customers(
    record: Record, source: Any, engine: Engine, reading: Reading | None = None, id: str | None = None
) -> Table:
    """Return a handle on customers that can be assigned by a record.

    They have every column that the segments were formed with.

    Parameters
    ----------
    source : a path or a frame; it may have other columns too.
    id : the column that identifies a customer; None: the one of the record where it is there, else found by name.

    Raises
    ------
    InputError : a column is missing or of another kind.
    """
    wanted = id or record.options.id
    before = tuple((c.name, _kind(c)) for c in record.columns)
    reading = replace(reading or Reading(), kinds=before)
    needed = record.features
    formed = tuple(f.column for f in needed)
    source = Source.of(source, record.options.features or formed)
    asked = options.Options(id=wanted, features=formed, missing=record.options.missing)
    usual = next((c.name for c in record.columns if c.role == "id"), None)
    table = read(source, engine, asked, reading, usual_id=usual, empty_ok=True)
    have = {c.name: c.kind for c in table.columns}
    missing = [f.column for f in needed if f.column not in have]
    if missing:
        raise errors.missing_features(missing, list(have))
    for feature in needed:
        is_text = feature.levels is not None
        if have[feature.column] == "other" or (have[feature.column] == "text") != is_text:
            kinds = ("text", "numbers") if is_text else ("numbers", "text")
            raise errors.wrong_kind(feature.column, *kinds)
    summary = summarize(table)
    refuse_infinite(summary, [f.column for f in needed])
    names = [c.name for c in table.columns]
    seen = differences(record.columns, names, table.id, summary)
    return replace(table, findings=(*table.findings, *seen, *never_met(table, needed)))


def _kind(column: ColumnRecord) -> str:
    """Return what a column was when the segments were formed."""
    levels = [level for level, _ in column.levels or ()]
    if column.kind in ("category", "flag") and recoding.are_ticks(levels):
        return recoding.TICKS
    is_code = column.kind in ("category", "flag") and levels and codes.are_codes(column.name, levels)
    return codes.BEFORE if is_code else column.kind


def differences(
    known: Sequence[ColumnRecord], names: Sequence[str], id: str | None, summary: Summary
) -> tuple[Finding, ...]:
    """Return how new customers differ from those that formed the segments.

    Parameters
    ----------
    known : the record's columns.
    names : the new table's columns.
    id : the new table's id.
    """
    if not summary.rows:
        return (Finding("COT015", "warning", None, 0, "the table has no rows", "the result has none"),)
    was = {c.name: c for c in known}
    found = []
    extra = [n for n in names if n not in was and n != id]
    if extra:
        text = f"{words.plural(len(extra), 'column')} did not form the segments: {words.joined(extra[:5])}"
        found.append(Finding("COT014", "warning", None, len(extra), text, "ignored"))
    for name, before in was.items():
        held = summary.columns.get(name)
        if held is None or before.role != "feature":
            continue
        if held.present < summary.rows and not before.missing:
            gone = summary.rows - held.present
            text = f"{words.plural(gone, 'value')} missing; none was when the segments were formed"
            found.append(Finding("COT106", "warning", name, gone, text, "they add nothing to any distance"))
        if before.min is not None and before.max is not None and held.present:
            span = before.max - before.min
            if held.high > before.max + span or held.low < before.min - span:
                text = f"values from {words.number(held.low)} to {words.number(held.high)}, far outside the ones before"
                found.append(Finding("COT302", "warning", name, held.present, text, "capped as before"))
    return tuple(found)


def never_met(table: Table, features: Sequence[Feature]) -> tuple[Finding, ...]:
    """Return the categories with levels that were never met; one scan."""
    asked = {}
    for i, feature in enumerate(features):
        if feature.levels:
            x = sql.column(feature.column)
            known = sql.either(*(sql.equal(x.copy(), sql.text(level)) for level in (*feature.levels, *feature.other)))
            new = sql.both(sql.negate(sql.is_null(x)), sql.negate(known))
            asked[f"n{i}"] = (feature.column, sql.count(sql.case([(new, sql.whole(1))])))
    if not asked:
        return ()
    nodes = [sql.named(node, key) for key, (_, node) in asked.items()]
    got = table.engine.fetch(sql.select(nodes, sql.table(table.relation)))
    found = []
    for key, (column, _) in asked.items():
        if count := int(got[key][0]):
            text = f"{words.plural(count, 'customer')} with a level that was never met"
            found.append(Finding("COT016", "warning", column, count, text, "it adds nothing to any distance"))
    return tuple(found)
