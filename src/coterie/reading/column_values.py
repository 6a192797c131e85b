"""What a column holds: by its cells, by what was asked for, and by what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coterie import words
from coterie.reading.date_forms import DateForm
from coterie.reading.notation import Notation, Remark, Values, decimals_shown, judge
from coterie.reading.request import Before, Reading

OPEN = {"?,", "?."}


def judge_cells(name: str, cells: Sequence[str], reading: Reading) -> Values:
    """Return what a column holds, judged by a sample of its cells.

    What was asked for wins, then what the column was when the segments were formed; a new file is not guessed at
    again, for its values may read both ways.

    >>> before = (Before("spend", "number", Notation(",", ".")), Before("city", "category"))
    >>> judge_cells("spend", ["5.466"], Reading(before=before)).notation.decimal
    ','
    >>> judge_cells("city", ["12"], Reading(before=before)).kind
    'text'
    """
    words_for = reading.words_for_missing(name)
    values = _judge(name, [c for c in cells if c.strip() not in words_for] if words_for else cells, reading)
    if words_for:
        seen = any(c.strip() in words_for for c in cells)
        remarks = values.remarks | {Remark.MISSING_WORDS} if seen else values.remarks
        values = replace(values, remarks=remarks, missing=tuple(sorted({*values.missing, *words_for})))
    if values.kind != "date" or reading.time_zone is None:
        return values
    notation = values.notation or Notation(forms=(DateForm.YEAR_FIRST,))
    return replace(values, notation=replace(notation, zone=reading.time_zone))


def _judge(name: str, cells: Sequence[str], reading: Reading) -> Values:
    before = reading.column(name)
    if before is None:
        return judge(name, cells, decimal=reading.decimal, date_order=reading.order)
    values = judge(name, cells, decimal=reading.decimal or before.decimal, date_order=reading.order or before.order)
    if values.kind == before.kind == "date":
        order = order_of(values, before, reading)
        values = judge(name, cells, date_order=order) if order != before.order else values
    if before.kind in ("category", "flag", "text"):
        return values if values.kind in ("flag", "text") and values.share == 1 else Values("text")
    if before.kind not in ("number", "date"):
        return values
    if (
        before.kind == "number"
        and values.kind in ("text", "flag")
        and words.say_yes_or_no(c for c in cells if c.strip())
    ):
        return values  # true and false where 1 and 0 were
    if before.kind != values.kind or _has_other_unit(values, before):
        # nothing there, or nothing that reads so: each cell will be asked for its value
        empty = values.remarks & {Remark.EMPTY, Remark.MISSING_WORDS}
        return Values(before.kind, before.notation, frozenset(empty - {Remark.EMPTY}), values.missing)
    if before.kind == "number" and reading.decimal is None and _reads_both_ways(cells, before):
        return replace(values, notation=Notation())
    return values


def order_of(values: Values, before: Before | None, reading: Reading) -> str | None:
    """Return the order of day, month and year that is known of a column's dates.

    What was 1/31/2026 says nothing of 1.2.2026: where other signs stand between the numbers, only dates that begin with
    the year are read.
    """
    if reading.order is not None or before is None:
        return reading.order
    now, then = ((n.between if n is not None else "") for n in (values.notation, before.notation))
    return before.order if set(now) <= set(then) else "ymd"


def _has_other_unit(values: Values, before: Before) -> bool:
    """Say whether numbers carry a unit, and it is not the one that they carried before."""
    now, then = ((n.unit if n is not None else "") for n in (values.notation, before.notation))
    return bool(now and then) and now != then


def _reads_both_ways(cells: Sequence[str], before: Before) -> bool:
    """Say whether commas may be decimal signs here, where the segments' numbers had none between thousands."""
    grouped = before.notation is not None and before.notation.grouping
    return before.decimal == "." and not grouped and decimals_shown(cells) == {"?,"}
