"""The typing tool of a run, found on its customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coterie import errors
from coterie.model import Feature, model, prepare, propose
from coterie.portrait import LEAST_CUSTOMERS, PROFILED, ROWS, TypingFacts, choose_questions
from coterie.record import ColumnRecord, Record
from coterie.table import Table, draw, level_counts

ASKED_MOST = 3


def find_questions(
    record: Record, table: Table, columns: Sequence[str] | None = None, most: int | None = None
) -> TypingFacts:
    """Return few columns that tell the segments, and their tree.

    Parameters
    ----------
    table : the customers, read as those of the run; they need every column that formed the segments, once.
    columns : the columns to ask for; None: at most ``most`` (3) of those that formed or describe segments.

    Raises
    ------
    InputError : fewer than 100 customers with a segment, a column unknown to the run or that none can be asked of.

    Notes
    -----
    Cost: one scan; at most 20,000 customers are looked at.
    """
    wanted = _able(record, table, columns)
    if table.rows < LEAST_CUSTOMERS:
        raise errors.too_few_customers(table.rows, LEAST_CUSTOMERS)
    formed = [f.column for f in record.features]
    names = list(dict.fromkeys([*formed, *(c.name for c in wanted)]))
    sample = draw(table, names, ROWS, seed=record.options.seed, distinct_ids=not table.repeat)
    label, _ = model.predict(record.model, prepare(record.features, sample.values))
    if (assigned := int((label > 0).sum())) < LEAST_CUSTOMERS:
        raise errors.too_few_customers(assigned, LEAST_CUSTOMERS)
    segments = [s for s in record.model.segments if int((label == s).sum()) > 1]
    known = {f.column: f for f in record.features}
    features: list[Feature] = []
    for column in wanted:
        if column.name in known:
            features.append(known[column.name])
        elif column.kind in ("number", "date") or len(level_counts(sample.values[column.name])) > 1:
            features += propose([replace(column, role="feature")], sample.values, "none")[0]
    limit = None if columns is not None else ASKED_MOST if most is None else most
    found = choose_questions(features, record.columns, sample.values, label, segments, limit) if features else None
    if found is None:
        raise errors.nothing_told([c.name for c in wanted])
    return found


def _able(record: Record, table: Table, columns: Sequence[str] | None) -> list[ColumnRecord]:
    """Return the columns to ask for.

    Raises
    ------
    InputError : the run or the table does not know one, or it holds what nobody can be asked for.
    """
    have = {c.name: c.kind for c in table.columns}
    able = {
        c.name: c
        for c in record.columns
        if c.role in PROFILED and have.get(c.name) == ("text" if c.kind in ("category", "flag") else c.kind)
    }
    if columns is None:
        return list(able.values())
    if not columns:
        raise errors.bad_option("--columns", "", "one name or several: age,income")
    for name in columns:
        if name not in [c.name for c in record.columns]:
            raise errors.unknown_column(name, [c.name for c in record.columns], "--columns")
        if name not in able:
            raise errors.unasked_column(name, list(able))
    return [able[name] for name in dict.fromkeys(columns)]
