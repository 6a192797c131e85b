"""New customers: read as those that formed the segments were; refused where a column is missing or of another kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coterie import codes, config, errors, findings, record
from coterie.engines import Engine, Reading
from coterie.record import Record
from coterie.summary import summarize
from coterie.table import Table, read


def read_new(made: Record, source: Any, engine: Engine, reading: Reading | None, id: str | None) -> Table:
    """Return a handle on customers that have every column the segments of a record were formed with.

    Parameters
    ----------
    source : a path or a frame; it may have other columns too.
    id : the column that identifies a customer; None: the one of the record where it is there, else found by name.

    Raises
    ------
    InputError : a column is missing or of another kind.
    """
    wanted = id or made["options"]["id"]
    before = tuple((str(c["name"]), _kind(c)) for c in made["columns"])
    reading = replace(reading or Reading(), kinds=before)
    table = read(source, engine, config.Options(id=wanted), reading, empty_ok=True)
    have = {c.name: c.kind for c in table.columns}
    needed = record.features(made)
    missing = [f.column for f in needed if f.column not in have]
    if missing:
        raise errors.missing_features(missing, list(have))
    for feature in needed:
        is_text = feature.levels is not None
        if have[feature.column] == "other" or (have[feature.column] == "text") != is_text:
            kinds = ("text", "numbers") if is_text else ("numbers", "text")
            raise errors.wrong_kind(feature.column, *kinds)
    summary = summarize(table)  # refuses infinite numbers, which no segment could take
    names = [c.name for c in table.columns]
    seen = findings.of_new_customers(made["columns"], names, table.id, summary)
    return replace(table, findings=(*table.findings, *seen, *findings.never_met(table, needed)))


def _kind(column: Mapping[str, Any]) -> str:
    """Return what a column was when the segments were formed."""
    levels = [str(level) for level, _ in column["levels"] or ()]
    is_code = column["kind"] in ("category", "flag") and levels and codes.are_codes(str(column["name"]), levels)
    return codes.BEFORE if is_code else str(column["kind"])
