"""Ids that repeat in a table that is too large for each to be compared with every other."""

from __future__ import annotations

from coterie import errors, sql, words
from coterie.findings import Finding
from coterie.table import ids
from coterie.table.table import ID, Table

WRONG = {"COT012", "COT013"}  # repeated, missing


def all_differ(table: Table) -> bool:
    """Say whether the ids were counted when the table was read, each row has one and no two the same."""
    told = any(f.code in WRONG and f.column == table.id for f in table.findings)
    counted = table.id is not None and table.rows <= ids.EXACT_IDS and table.some is None
    return counted and not told


def check_repeats(table: Table, *, exact: bool = False, allowed: bool = False) -> tuple[Finding, ...]:
    """Return what is to be said of repeated ids; smaller tables were looked at when they were read.

    Parameters
    ----------
    exact : compare all ids, not only those that are drawn by their hash.
    allowed : every row is a customer of its own although ids repeat.

    Raises
    ------
    InputError : two rows have one id, and that is not allowed.

    Notes
    -----
    Cost: one scan of the ids of more than 2 million rows.
    """
    if table.id is None or table.rows <= ids.EXACT_IDS or (allowed and not table.repeat):
        return ()
    key = sql.column(ID)
    where = None if exact else sql.one_in_32(key.copy())
    nodes = [sql.named(sql.count(), "rows"), sql.named(sql.count_distinct(sql.by_bytes(key)), "ids")]
    got = table.engine.fetch(sql.select(nodes, sql.table(table.relation), where=where))
    repeated = (int(got["rows"][0]) - int(got["ids"][0])) * (1 if exact else ids.PARTS)
    if not repeated:
        return ()
    if not allowed and exact:
        raise errors.duplicate_ids(table.id, repeated, None)
    if not allowed:
        raise errors.duplicate_drawn_ids(table.id, repeated)
    many = "" if exact else "about "
    text = f"{many}{words.plural(repeated, 'row')} with an id that another row has"
    return (Finding("COT012", "warning", table.id, repeated, text, ids.EACH_ROW),)
