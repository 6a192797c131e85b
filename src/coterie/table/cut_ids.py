"""Ids that a spreadsheet has cut: 4.00638E+12 stands for whatever began so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coterie import sql
from coterie.engines import Engine
from coterie.findings import Finding
from coterie.reading import SHEET_ROWS

CUT = re.compile(r"\s*\d([.,]\d+)?E\+\d{2,}\s*")


def tell_cut_ids(engine: Engine, relation: str, names: Sequence[str], rows: int) -> list[Finding]:
    """Return a warning for each column of texts that holds ids written with an exponent.

    Parameters
    ----------
    names : columns of texts that hold ids.
    rows : of the source; more than a spreadsheet holds have not been in one.

    Notes
    -----
    Cost: one scan of these columns.
    """
    if not names or rows > SHEET_ROWS:
        return []
    nodes = []
    for i, name in enumerate(names):
        cell = sql.cast(sql.column(name), "text")  # a UUID and a kind of its own are texts too
        like = sql.case([(sql.is_like(cell, "%E+__%"), cell.copy())])
        asked = {"n": sql.count(like), "low": sql.smallest(like.copy()), "high": sql.largest(like.copy())}
        nodes += [sql.named(node, f"{key}{i}") for key, node in asked.items()]
    got = engine.fetch(sql.select(nodes, sql.table(relation)))
    text = "ids such as 1.23457E+12, as a spreadsheet cuts long numbers"
    done = "taken as they are written, so that different ones are one: export the column as text"
    return [
        Finding("COT023", "warning", name, int(got[f"n{i}"][0]), text, done)
        for i, name in enumerate(names)
        if int(got[f"n{i}"][0]) and all(CUT.fullmatch(str(got[f"{end}{i}"][0])) for end in ("low", "high"))
    ]
