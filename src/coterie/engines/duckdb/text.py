"""What DuckDB is asked while a text is loaded: the values, the cells that are wrong, the parts of undecided dates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coterie import errors, sql
from coterie.engines.duckdb import cells
from coterie.engines.engine import Columns
from coterie.reading import CODE_LIKE, MOSTLY, RejectedRow, Remark, Text, TextColumn, Values, lines_of, with_order

LEAST_MEMORY = 1_500
WANTED = {"number": "a number", "date": "a date"}


def raw(i: int) -> str:
    """Return what the i-th column of a text is called before it gets its name."""
    return f"c{i}"


def kept(text: Text) -> list[tuple[int, TextColumn, str]]:
    """Return the columns that are read: place, column, name."""
    named = ((i, c, c.name) for i, c in enumerate(text.columns))
    return [(i, c, n) for i, c, n in named if n is not None and c.values.kind != "nested"]


def typed(text: Text, relation: str, *, lenient: bool = False, where: sql.Node | None = None) -> sql.Select:
    """Return the SELECT of the columns' values under their names."""
    convert = cells.lenient if lenient else cells.strict
    nodes = [sql.named(convert(c, sql.column(raw(i))), name) for i, c, name in kept(text)]
    return sql.select(nodes, sql.table(relation), where=where)


def memory_for(text: Text) -> int:
    """Return the megabytes that a table of a text may take before it is moved to the spill folder.

    Without a limit DuckDB keeps everything that it ever read, at no gain: each query passes over the table once.
    """
    there = 4 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 5_000_000
    return min(there, max(LEAST_MEMORY, 3 * text.path.stat().st_size // 2_000_000))


def undecided(text: Text) -> list[int]:
    """Return the places of date columns whose order of day and month the sample left open."""
    return [
        i
        for i, c, _ in kept(text)
        if c.values.kind == "date" and c.values.notation and c.values.notation.order is None and not c.verbatim
    ]


def largest_parts(places: Sequence[int], relation: str) -> sql.Node:
    """Return the SELECT of the largest first and second part of the dates in some columns."""
    nodes = []
    for i in places:
        for group in (1, 2):
            pattern = sql.text(r"^\s*(\d{1,2})[./-](\d{1,2})[./-]")
            part = sql.call("regexp_extract", sql.column(raw(i)), pattern, sql.whole(group))
            nodes.append(sql.named(sql.largest(cells.whole_number(part)), f"p{i}_{group}"))
    return sql.select(nodes, sql.table(relation))


def with_orders(text: Text, places: Sequence[int], got: Columns | None) -> Text:
    """Return the text with the orders that the whole columns show; day first, and said so, where they show none."""
    columns = list(text.columns)
    for i in places:
        held = columns[i].values
        assert held.notation is not None
        first, second = (int(np.nan_to_num(got[f"p{i}_{g}"][0])) if got else 0 for g in (1, 2))
        order = "mdy" if second > 12 >= first else "dmy"
        remarks = held.remarks if max(first, second) > 12 else held.remarks | {Remark.AMBIGUOUS}
        columns[i] = replace(
            columns[i], values=replace(held, notation=with_order(held.notation, order), remarks=remarks)
        )
    return replace(text, columns=tuple(columns))


# ── the slow path: every cell as text first ───────────────────────────────────────────────────────────────────────


def wrong(column: TextColumn, i: int) -> sql.Node:
    """Return the condition that a cell is neither missing nor a value of its column's kind."""
    cell = sql.column(raw(i))
    return sql.both(sql.negate(cells.missing(cell)), sql.is_null(cells.lenient(column, cell)))


def checked(text: Text) -> list[tuple[int, TextColumn, str]]:
    """Return the columns whose cells can be wrong."""
    return [(i, c, n) for i, c, n in kept(text) if c.values.kind != "text" and not c.verbatim]


def wrong_cells(text: Text, relation: str) -> sql.Node:
    """Return the SELECT that counts, a column, the wrong cells and the filled ones, and finds the first wrong one."""
    nodes = []
    for i, column, _ in checked(text):
        bad, row = wrong(column, i), sql.column("rowid")
        nodes.append(sql.named(sql.count(sql.case([(bad, sql.whole(1))])), f"bad{i}"))
        odd = sql.both(bad.copy(), sql.negate(cells.fits(sql.column(raw(i)), CODE_LIKE)))
        nodes.append(sql.named(sql.count(sql.case([(odd, sql.whole(1))])), f"odd{i}"))
        filled = sql.negate(cells.missing(sql.column(raw(i))))
        nodes.append(sql.named(sql.count(sql.case([(filled, sql.whole(1))])), f"filled{i}"))
        nodes.append(sql.named(sql.smallest(sql.case([(bad.copy(), row)])), f"first{i}"))
        filled_in = sql.less(sql.whole(0), sql.call("length", sql.call("trim", sql.column(raw(i)))))
        word = sql.both(cells.missing(sql.column(raw(i))), filled_in)
        nodes.append(sql.named(sql.count(sql.case([(word, sql.whole(1))])), f"words{i}"))
    return sql.select(nodes, sql.table(relation))


def judged_again(text: Text, got: Columns) -> tuple[Text, list[tuple[int, int, str, str]]]:
    """Return the text, columns of codes as text after all, and what stays wrong: row, count, column, kind."""
    columns, problems = list(text.columns), []
    for i, column, name in checked(text):
        bad, filled = int(got[f"bad{i}"][0]), int(got[f"filled{i}"][0])
        if int(got[f"words{i}"][0]):
            held = replace(column.values, remarks=column.values.remarks | {Remark.MISSING_WORDS})
            columns[i] = replace(column, values=held)
        if bad > (1 - MOSTLY) * filled or (bad and int(got[f"odd{i}"][0]) == 0):
            columns[i] = replace(column, values=Values("text"))
        elif bad:
            problems.append((int(got[f"first{i}"][0]) + 1, bad, name, column.values.kind))
    return replace(text, columns=tuple(columns)), sorted(problems)


def wrong_rows(text: Text, relation: str) -> sql.Node:
    """Return the SELECT of the rows with a wrong cell: row number and the place of the first such column."""
    place = sql.case([(wrong(c, i), sql.whole(i)) for i, c, _ in checked(text)])
    nodes = [sql.named(sql.column("rowid"), "row"), sql.named(place, "place")]
    return sql.select(nodes, sql.table(relation), where=any_wrong(text), order=[sql.column("row")])


def refused(text: Text, got: Columns) -> list[RejectedRow]:
    """Return the wrong rows as they are listed: line, reason, that they were not kept."""
    rows = [int(row) for row in got["row"]]
    listed: list[RejectedRow] = []
    for row, line, place in zip(rows, lines_of(text, rows), got["place"], strict=True):
        wrong_one = text.columns[int(place)]
        reason = f"column {errors.shown(wrong_one.name)}: not {WANTED[wrong_one.values.kind]}"
        listed.append(RejectedRow(line, reason if line is not None else f"row {row + 1:,}, {reason}", False))
    return listed


def any_wrong(text: Text) -> sql.Node:
    """Return the condition that a row has a wrong cell."""
    return sql.either(*(wrong(c, i) for i, c, _ in checked(text)))
