"""A sample of a text's cells, and what it says of columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from coterie.reading.column_values import judge_cells
from coterie.reading.dialect import Dialect, split_rows
from coterie.reading.notation import Remark, Values, decimals_shown, judge
from coterie.reading.number_patterns import THOUSANDS
from coterie.reading.request import Reading
from coterie.reading.text import CANONICAL, Text, TextColumn

SAMPLED_ROWS = 4_000
BLOCKS, BLOCK, BLOCK_ROWS = 16, 1 << 15, 100
LONG = re.compile("[0-9]{4}")
SOME_BLOCKS, SOME_ROWS = 200, 101


def sample_cells(path: Path, text: str, dialect: Dialect, width: int, *, whole: bool) -> list[list[str]]:
    """Return rows from a file's beginning and from all over it.

    Parameters
    ----------
    text : the beginning of the data rows; ``whole`` says that it is all of them.
    width : how many fields a row must have to be taken.
    """
    head = [row.fields for row in islice(split_rows(text, dialect), SAMPLED_ROWS + 2) if not row.blank]
    if whole:
        return [row for row in head[:SAMPLED_ROWS] if len(row) == width]
    rows = head[: min(len(head) - 1, SAMPLED_ROWS // 2)]
    size = path.stat().st_size
    with path.open("rb") as file:
        for i in range(1, BLOCKS + 1):
            file.seek(max(0, (size - BLOCK) * i // BLOCKS))
            block = file.read(BLOCK).decode("utf-8", "replace")
            inside = split_rows(block[block.find("\n") + 1 :], dialect)
            rows += [row.fields for row in islice(inside, BLOCK_ROWS)][: -1 if i < BLOCKS else None]
    return [row for row in rows if len(row) == width]


def judge_columns(
    names: Sequence[str | None],
    cells: Sequence[Sequence[str]],
    reading: Reading,
    verbatim: Callable[[str], bool],
    delimiter: str = ",",
) -> tuple[TextColumn, ...]:
    """Return what columns hold, by a sample of their cells.

    Parameters
    ----------
    cells : the sampled rows.
    verbatim : tells by its name whether a column must stay text to the letter.

    Notes
    -----
    The file's habit is carried over: where one column writes 12,5, another's 1.234 is 1234, and its 1,234 a bit more
    than one.
    """
    columns = [_judge_column(n, [row[i] for row in cells], reading, verbatim) for i, n in enumerate(names)]
    return carry_habit(columns, [[row[i] for row in cells] for i in range(len(names))], reading, delimiter)


def carry_habit(
    judged: Sequence[TextColumn], cells: Sequence[Sequence[str]], reading: Reading, delimiter: str = ","
) -> tuple[TextColumn, ...]:
    """Return columns whose numbers read both ways as the source's others are written.

    A comma is the decimal sign where one column shows it, or where another sign delimits and no column shows a point.
    """
    columns = list(judged)
    notations = [c.values.notation for c in columns if c.values.notation is not None]
    commas = any(n.decimal == "," for n in notations)
    if not commas and delimiter != "," and any(Remark.MAYBE_DECIMAL in c.values.remarks for c in columns):
        commas = not any("." in decimals_shown(its) for c, its in zip(columns, cells, strict=True) if not c.verbatim)
    if reading.decimal is not None:
        return tuple(columns)
    if not commas:
        return _doubt_points(columns, cells, delimiter)
    for i, column in enumerate(columns):
        able = column.values.kind == "number" or Remark.MAYBE_DECIMAL in column.values.remarks
        if able and column.before is None and _reads_both_ways(column, cells[i]):
            columns[i] = replace(column, values=judge(column.name or "", cells[i], decimal=","))
    return tuple(columns)


def _doubt_points(
    columns: Sequence[TextColumn], cells: Sequence[Sequence[str]], delimiter: str
) -> tuple[TextColumn, ...]:
    """Return columns, remarked where their points may stand between thousands and nothing shows that they do not.

    What speaks for it is that three digits follow each point and no number without one has more than three, where some
    have none or a semicolon delimits; a point elsewhere that can only be a decimal sign speaks against it.
    """
    doubted = [
        c.values.kind == "number" and c.before is None and _has_thousands(its, some=delimiter != ";")
        for c, its in zip(columns, cells, strict=True)
    ]
    if not any(doubted) or any("." in decimals_shown(its) for its in cells):
        return tuple(columns)
    return tuple(
        replace(c, values=replace(c.values, remarks=c.values.remarks | {Remark.MAYBE_THOUSANDS})) if doubt else c
        for c, doubt in zip(columns, doubted, strict=True)
    )


def _has_thousands(cells: Sequence[str], *, some: bool) -> bool:
    """Say whether numbers look as if points stood between thousands; ``some``: only if some are without."""
    if any("," in c or ("." in c and not THOUSANDS.search(c)) for c in cells):
        return False
    whole = [c for c in cells if "." not in c and any(map(str.isdigit, c))]
    return (bool(whole) or not some) and decimals_shown(cells) == {"?."} and not any(LONG.search(c) for c in whole)


def _reads_both_ways(column: TextColumn, cells: Sequence[str]) -> bool:
    """Say whether a column's points or commas may all be decimal signs, and all stand between thousands."""
    notation = column.values.notation
    if notation is None:
        pointed = [c.strip() for c in cells if "." in c]
        plain = pointed and all(THOUSANDS.fullmatch(c) for c in pointed)
        return Remark.MAYBE_DECIMAL in column.values.remarks or (bool(plain) and decimals_shown(pointed) == {"?."})
    bare = [c.strip().removesuffix(notation.unit) for c in cells]
    return decimals_shown(bare) in ({"?,"}, {"?."})


def _judge_column(
    name: str | None, cells: Sequence[str], reading: Reading, verbatim: Callable[[str], bool]
) -> TextColumn:
    if name is None:
        return TextColumn(None, Values("text"))
    return TextColumn(name, judge_cells(name, cells, reading), verbatim(name), before=reading.column(name))


def take_some_rows(text: Text, spill: Path) -> Text:
    """Return a small text of rows from all over a large one.

    The rows stay in order; those that a block of the file cuts are left out.
    """
    target, rows = spill / "some-rows.csv", 0
    size, width = text.path.stat().st_size, len(text.columns)
    with text.path.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n")
        for i in range(SOME_BLOCKS):
            file.seek(text.start + (size - text.start) * i // SOME_BLOCKS)
            block = file.read(BLOCK).decode("utf-8", "ignore")
            begin = 0 if i == 0 else block.find("\n") + 1
            inside = [row.fields for row in islice(split_rows(block[begin:], text.dialect), SOME_ROWS)]
            for fields in inside[:-1]:
                if len(fields) == width:
                    write.writerow(fields)
                    rows += 1
    return replace(
        text, path=target, dialect=CANONICAL, skip=0, start=0, first_line=1, rows=rows, findings=(), feeds_only=True
    )
