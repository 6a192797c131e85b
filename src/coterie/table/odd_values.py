"""What is odd about the values of a table, as findings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coterie import errors, words
from coterie.doors import pattern
from coterie.findings import Finding, Level
from coterie.reading import currencies_of, named_currency
from coterie.table import codes, ordered_levels
from coterie.table.columns import CURRENCIES, ColumnRecord, is_summed
from coterie.table.copied_rows import find_kinds
from coterie.table.sample import Sample
from coterie.table.stand_ins import FUTURE, are_no_days, count_scales, stand_ins_of
from coterie.table.summary import Summary
from coterie.table.unmeasured import is_personal

FEW = 0.05  # up to this share, negative values are the exception in their column
FAR, VERY_FAR = 5, 100  # times the 99.5% quantile
DOMINANT = 0.30
FEWEST = 20
SKEWED = 2.0
SKEW_DONE = "put on a ratio scale where that helps: 10 to 20 counts like 100 to 200"
GATHERED = 0.06  # share of the spread of "is missing" that lies between segments
FEW_DISTINCT = 10
NAMED = 3  # levels that are written in several ways
COMPARED = 8  # fewer columns with more than two values agree by chance
OLDEST = 120
AGE = pattern(r"(^|[^a-z])(age|alter|edad|eta|leeftijd)([^a-z]|$)", re.IGNORECASE)
BIRTH_YEAR = pattern(r"birth.*year|year.*birth|born|geburtsjahr|yob", re.IGNORECASE)


def about(columns: Sequence[ColumnRecord], summary: Summary, sample: Sample) -> tuple[Finding, ...]:
    """Return what is odd about values of a table's columns.

    Parameters
    ----------
    columns : as ``columns.describe`` gives them.
    summary : exact counts and bounds.
    sample : the drawn rows; shares are theirs.
    """
    found: list[Finding] = []
    in_order: set[str] = set()
    scales = count_scales(sample.values[c.name] for c in columns if c.kind == "number" and c.name in sample.values)
    for column in columns:
        values = sample.values.get(column.name)
        if values is None or column.missing >= summary.rows or summary.columns[column.name].beyond:
            continue
        found += _missing(column, summary)
        if column.kind == "number":
            found += _numbers(column, summary, values, scales)
        elif column.kind == "date":
            found += _dates(column, summary, values)
        elif column.kind in ("category", "flag"):
            levels = {v for v in values if v is not None}
            ordered = ordered_levels.in_order(levels) if column.role == "feature" else None
            if codes.are_codes(column.name, levels):
                ordered = None
            found += [*_levels(column, summary, ordered), *_currencies(column, summary, levels)]
            found += _spellings(column, summary, levels)
            if ordered:
                in_order.add(column.name)
                text = f"{len(ordered)} answers with an order"
                found.append(
                    Finding("COT121", "note", column.name, summary.rows - column.missing, text, "taken as numbers")
                )
        used = column.role not in ("id", "dropped") and values.dtype == object
        if used and is_personal(column.name, [v for v in values if v is not None]):
            done = "used: leave it out of the file if it is not needed"
            found.append(Finding("COT116", "note", column.name, summary.rows - column.missing, "personal data", done))
    return (*found, *_repeated(columns, summary, sample), *_mostly_categories(columns, in_order))


def _missing(column: ColumnRecord, summary: Summary) -> list[Finding]:
    if not column.missing or column.role not in ("feature", "value"):
        return []
    share = words.percent(column.missing / summary.rows)
    text = f"{words.plural(column.missing, 'value')} missing ({share})"
    return [Finding("COT106", "warning", column.name, column.missing, text, "they add nothing to any distance")]


def _numbers(
    column: ColumnRecord, summary: Summary, values: NDArray[np.float64], scales: Mapping[tuple[int, int], int]
) -> list[Finding]:
    held = summary.columns[column.name]
    low, high, name, rows = held.low, held.high, column.name, summary.rows
    x = values[~np.isnan(values)]
    found = []
    if AGE.search(name) and (high > OLDEST or low < 0) and held.present:
        count = int(np.count_nonzero((x > OLDEST) | (x < 0))) or 1
        text = (
            f"{words.plural(count, 'age')} below 0 or above {OLDEST}: from {words.number(low)} to {words.number(high)}"
        )
        found.append(Finding("COT111", "warning", name, count, text, "kept"))
    if BIRTH_YEAR.search(name) and 0 < low < 1900:
        count = int(np.count_nonzero(x < 1900)) or 1
        text = f"{words.plural(count, 'year')} of birth before 1900, the first {low:.0f}"
        found.append(Finding("COT111", "warning", name, count, text, "kept"))
    if column.role not in ("feature", "value", "describe") or len(x) < FEWEST:
        return found
    stand_ins = stand_ins_of(x, scales)
    negative = int(np.count_nonzero(x < 0))
    if stand_ins:
        many = int(np.count_nonzero(np.isin(x, stand_ins)))
        told, named = words.joined([words.number(v) for v in stand_ins]), ",".join(f"{v:.15g}" for v in stand_ins)
        verb = "stand" if len(stand_ins) > 1 else "stands"
        text = f"{told} {verb} apart, in {words.percent(many / len(x))} of the rows"
        done = f"taken as a number; where it means missing or never: --missing '{name}={named}'"
        found.append(Finding("COT122", "warning", name, round(many * rows / len(values)), text, done))
    elif low < 0 and negative <= FEW * len(x):
        many = max(1, negative)
        text = f"{words.plural(many, 'value')} below zero, down to {words.number(low)}"
        found.append(Finding("COT113", "warning", name, many, text, "kept"))
    if (doubt := codes.doubt_quantity(name, x, rows)) is not None:
        found.append(doubt)
    if column.role != "describe" or column.reason is None:  # a column that nearly nobody has is told as such
        found += _extremes(column, x, (low, high), rows)
    if column.skew is not None and column.skew > SKEWED and low >= 0 and (column.distinct or 0) > FEW_DISTINCT:
        found.append(Finding("COT117", "note", name, rows, "a few values are far larger than the rest", SKEW_DONE))
    return found


def retold(found: Iterable[Finding], summary: Summary, columns: Sequence[ColumnRecord]) -> tuple[Finding, ...]:
    """Return what reading found, as the columns let it be told.

    Findings about the order of dates have the days it gives: a wrong order of day and month shows there. That half of
    the names of something are numbers is nothing to be said.
    """
    told, names = [], {c.name for c in columns if c.names_something}
    for f in found:
        held = summary.columns.get(f.column or "")
        if f.code == "COT123" and f.column in names:
            continue
        if f.code in ("COT109", "COT110") and held is not None and held.present and not np.isnan(held.low):
            f = replace(f, done=f"{f.done}: {words.day(held.low)} to {words.day(held.high)}")  # noqa: PLW2901
        if f.code == CURRENCIES and is_summed(f.column, columns):
            f = replace(f, level="error", done="nothing: this stops a segmentation")  # noqa: PLW2901
        told.append(f)
    return tuple(told)


def gathered(size: Mapping[int, int], present: Mapping[tuple[int, str], int], names: Iterable[str]) -> list[Finding]:
    """Return the columns whose missing values gather in some segments.

    They then help to form these segments.

    Parameters
    ----------
    size, present : customers, and those with a value in a column, by segment.
    names : the columns that form the segments.
    """
    found = []
    people = {segment: n for segment, n in size.items() if segment}
    everybody = sum(people.values())
    for name in names:
        gone = {s: n - present[s, name] for s, n in people.items()}
        share = sum(gone.values()) / everybody if everybody else 0.0
        if not 0 < share < 1:
            continue
        between = sum(n * (gone[s] / n - share) ** 2 for s, n in people.items() if n) / everybody
        if between / (share * (1 - share)) >= GATHERED:
            most = max(gone, key=lambda s: (gone[s] / max(1, people[s]), -s))
            of_it, of_all = words.percent(gone[most] / people[most]), words.percent(share)
            text = f"missing values gather in segment {words.letter(most)}: {of_it} of it, {of_all} of all segments"
            done = "kept: ask why they are missing before the segment is used"
            found.append(Finding("COT304", "warning", name, gone[most], text, done))
    return found


def _extremes(column: ColumnRecord, x: NDArray[np.float64], ends: tuple[float, float], rows: int) -> list[Finding]:
    low, high = ends
    usual = float(np.quantile(np.abs(x), 0.995, method="lower")) if len(x) > 400 else float(np.sort(np.abs(x))[-2])
    farthest = low if -low > high else high
    largest = abs(farthest)
    total = float(np.abs(x).sum()) * rows / len(x) if len(x) < rows else float(np.abs(x).sum())
    share = largest / total if total > 0 else 0.0
    if low == 0 and len(np.unique(x)) <= 2:  # had or not: one of three who have it is no size
        return []
    if (usual > 0 and largest > VERY_FAR * usual) or (share >= DOMINANT and low >= 0):
        many = int(np.count_nonzero(np.abs(x) == largest))
        many = round(many * rows / len(x)) if many > 1 else 1
        who = f"{words.number(many)} customers have {words.number(farthest)} each" if many > 1 else ""
        who = who or f"one customer has {words.number(farthest)}"
        text = f"{who}, {words.percent(min(1.0, share * many))} of the total"
        return [Finding("COT118", "warning", column.name, 1, text, "kept; capped for grouping only")]
    if usual > 0 and largest > FAR * usual:
        end = "largest" if farthest > 0 else "least"
        text = f"the {end} value, {words.number(farthest)}, lies far beyond the others"
        return [Finding("COT118", "note", column.name, 1, text, "kept; capped for grouping only")]
    return []


def _dates(column: ColumnRecord, summary: Summary, values: NDArray[np.float64]) -> list[Finding]:
    held = summary.columns[column.name]
    days = np.floor(values[~np.isnan(values)])
    stand_ins = are_no_days(days)
    if held.high < FUTURE and not stand_ins.any():
        return []
    text = "dates such as 1900-01-01 or beyond 2100 stand for unknown ones"
    count = max(1, int(stand_ins.sum()))
    return [Finding("COT111", "warning", column.name, count, text, "kept")]


def _levels(column: ColumnRecord, summary: Summary, ordered: Sequence[str] | None) -> list[Finding]:
    found = []
    for level, share in column.levels or ():
        if ordered_levels.may_be_missing(level) and column.role == "feature" and level not in (ordered or ()):
            text = f"an answer that may mean missing holds {words.percent(share)}"
            done = "kept as a category" if ordered is None else "taken as missing: the other answers have an order"
            found.append(Finding("COT120", "note", column.name, round(share * summary.rows), text, done))
    return found


def _spellings(column: ColumnRecord, summary: Summary, levels: Collection[str]) -> list[Finding]:
    """Return that an answer is written in several ways, each of which is a level of its own."""
    alike: dict[str, list[str]] = {}
    for level in sorted(levels):
        alike.setdefault(" ".join(level.casefold().split()), []).append(level)
    if column.role not in ("feature", "describe"):
        return []
    several = [words.joined([errors.quoted(level) for level in of]) for of in alike.values() if len(of) > 1]
    weight: Level = "warning"
    if several:
        text = f"levels that differ by capitals or blanks alone: {'; '.join(words.first_of(several, NAMED))}"
    elif len(alike) > 2 and set(alike) <= words.yes_words() | words.no_words() and max(map(len, alike)) > 1:
        weight = "note"
        text = f"yes and no in several words: {words.joined(sorted(levels))}"
    else:
        return []
    done = "each counts as a level of its own: write what is the same in one way"
    return [Finding("COT148", weight, column.name, summary.rows - column.missing, text, done)]


def _currencies(column: ColumnRecord, summary: Summary, levels: Collection[str]) -> list[Finding]:
    """Return the finding about a column that says what its neighbors are in, each row something else."""
    if named_currency(column.name) is None or len(found := currencies_of(levels)) < 2:
        return []
    text = f"amounts beside it are in {len(found)} currencies"
    return [Finding(CURRENCIES, "warning", column.name, summary.rows - column.missing, text, "taken as if in one")]


def _repeated(columns: Sequence[ColumnRecord], summary: Summary, sample: Sample) -> list[Finding]:
    """Return the rows that agree in everything but the id, where every row was drawn."""
    compared = [c.name for c in columns if c.role != "id" and c.name in sample.values]
    if not sample.whole or len(compared) < 2:
        return []
    kinds = len(np.unique(find_kinds([sample.values[name] for name in compared])))
    more = sample.repeated + sample.size - kinds
    if not more:
        return []
    telling = sum(1 for c in columns if c.name in compared and (c.distinct or 0) > 2)  # yes and no agree by chance
    level: Level = "warning" if telling >= COMPARED or sample.repeated else "note"
    text = f"{words.plural(more, 'row repeats', 'rows repeat')} another one in everything but the id"
    done = "kept; each customer decides once" if sample.repeated else "kept"
    return [Finding("COT131", level, None, more, text, done)]


def _mostly_categories(columns: Sequence[ColumnRecord], in_order: set[str]) -> list[Finding]:
    used = [c for c in columns if c.role == "feature"]
    categories = [c for c in used if c.kind in ("category", "flag") and c.name not in in_order]
    if len(used) < 4 or len(categories) <= len(used) / 2:
        return []
    text = f"{len(categories)} of {words.plural(len(used), 'column')} are categories"
    done = "each answer counts as present or absent; read the segments as profiles of answers"
    return [Finding("COT124", "note", None, len(categories), text, done)]
