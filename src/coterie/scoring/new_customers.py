"""New customers: read as those that formed the segments were.

They are refused where a column is missing or of another kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from coterie import errors, options, sql, words
from coterie.doors import frozen
from coterie.engines import ROW, Engine, Reading, Source, judge_unread
from coterie.model import NOTHING, Feature, Known, know, segments_sql
from coterie.reading import Before
from coterie.record import Record
from coterie.table import (
    ID,
    ColumnRecord,
    ColumnSummary,
    Finding,
    Summary,
    Table,
    check_repeats,
    codes,
    read,
    recoding,
    refuse_infinite,
    summarize,
)

FEWEST_JUDGED = 10  # fewer new values all lie on one side by chance
TIMES = 5.0  # between medians: units are ten times apart or more, and half of the values lie beyond half of that


@frozen
class NewCustomers(Table):
    """Customers who were read to be assigned by features, and what is known of their values."""

    formed: tuple[Feature, ...] = ()
    known: Known = NOTHING

    def knows(self, features: tuple[Feature, ...]) -> Known:
        """Return what need not be asked of the values where these features prepare them."""
        return self.known if features == self.formed else NOTHING


def read_new_customers(
    record: Record,
    source: Any,
    engine: Engine,
    reading: Reading | None = None,
    id: str | None = None,
    *,
    allow_duplicate_ids: bool = False,
    check_ids: bool = False,
    only_formed: bool = False,
) -> NewCustomers:
    """Return a handle on customers a record can assign.

    They have every column that the segments were formed with.

    Parameters
    ----------
    source : a path or a frame; it may have other columns too.
    id : the column that identifies a customer; None: the one of the record where it is there, else found by name.
    allow_duplicate_ids : take every row as a customer of its own although ids repeat.
    check_ids : compare all ids of more than 2 million rows, not only those drawn by their hash.
    only_formed : whether no value will be asked for but those that segments are formed with.

    Raises
    ------
    InputError : a column is missing or of another kind; ids are missing or not unique.
    """
    before = tuple(Before(c.name, _kind(c), c.notation) for c in record.columns)
    reading = replace(reading or Reading(), before=before)
    reading = replace(reading, time_zone=reading.time_zone or record.time_zone)
    needed = record.features
    formed = tuple(f.column for f in needed)
    source = Source.of(source, record.options.features or formed)
    no_values, repeats = record.options.missing, allow_duplicate_ids
    asked = options.Options(id=id, features=formed, missing=no_values, allow_duplicate_ids=repeats)
    usual = next((c.name for c in record.columns if c.role == "id"), None)
    only = formed if only_formed else None
    table = read(source, engine, asked, reading, usual_id=usual, empty_ok=True, only=only)
    repeated = check_repeats(table, exact=check_ids, allowed=repeats)
    unread = judge_unread(table.name, table.unread, [*formed, str(table.id)])
    have = {c.name: c.kind for c in table.columns}
    missing = [f.column for f in needed if f.column not in have]
    if missing and record.sample.purchases is not None:
        raise errors.not_yet_customers(table.name, missing)
    if missing:
        raise errors.missing_features(missing, list(have))
    table, unknown = with_known_levels(table, [f for f in needed if f.levels and have[f.column] == "text"])
    table = with_numbers(table, [c for c in record.columns if have.get(c.name) == "text"])
    have = {c.name: c.kind for c in table.columns}
    for feature in needed:
        is_text = feature.levels is not None
        if have[feature.column] == "other" or (have[feature.column] == "text") != is_text:
            kinds = ("text", "numbers") if is_text else ("numbers", "text")
            raise errors.wrong_kind(feature.column, *kinds)
    summary = summarize(table, only=formed)
    refuse_infinite(summary, formed)
    for column, count in unknown.items():
        if count == summary.columns[column].present:
            raise _no_level_known(table, next(f for f in needed if f.column == column))
    seen = differences(record.columns, table, summary)
    left = _not_assigned(record, table, summary, unknown)
    table = replace(table, findings=(*table.findings, *repeated, *unread, *seen, *never_met(unknown), *left))
    held = {f.name: getattr(table, f.name) for f in fields(Table)}
    return NewCustomers(**held, formed=needed, known=know(needed, summary))


def _kind(column: ColumnRecord) -> str:
    """Return what a column was when the segments were formed."""
    levels = [level for level, _ in column.levels or ()]
    if column.kind in ("category", "flag") and recoding.are_ticks(levels):
        return recoding.TICKS
    is_code = column.kind in ("category", "flag") and levels and codes.are_codes(column.name, levels)
    return codes.BEFORE if is_code else column.kind


@frozen
class Sizes:
    """How many values of a column are there beside 0, of a fifth of the former median or five times it, far outside."""

    there: int
    small: int
    large: int
    outside: int

    @property
    def is_most(self) -> bool:
        """Whether most values beside 0 are of the one size or of the other."""
        return max(self.small, self.large) * 2 > self.there


def differences(known: Sequence[ColumnRecord], table: Table, summary: Summary) -> tuple[Finding, ...]:
    """Return how new customers differ from those before.

    Parameters
    ----------
    known : the record's columns.
    """
    if not summary.rows:
        return (Finding("COT015", "warning", None, 0, "the table has no rows", "the result has none"),)
    was, found = {c.name for c in known}, []
    extra = [c.name for c in table.columns if c.name not in was and c.name != table.id]
    if extra:
        text = f"{words.plural(len(extra), 'column')} did not form the segments: {words.joined(extra[:5])}"
        found.append(Finding("COT014", "warning", None, len(extra), text, "ignored"))
    formed = [c for c in known if c.role == "feature" and c.name in summary.columns]
    sizes = _measure_sizes(table, [c for c in formed if _may_differ(c, summary.columns[c.name])])
    for before in formed:
        held = summary.columns[before.name]
        unit = _other_unit(before, held, sizes.get(before.name))
        if unit is not None:
            found.append(unit)
        if held.present < summary.rows and not before.missing:
            gone = summary.rows - held.present
            text = f"{words.plural(gone, 'value')} missing; none was when the segments were formed"
            found.append(Finding("COT106", "warning", before.name, gone, text, "they add nothing to any distance"))
        outside = sizes[before.name].outside if before.name in sizes else 0
        if outside:
            values = f"{words.plural(outside, 'value')} far outside the ones before"
            text = f"{values}; they go from {words.number(held.low)} to {words.number(held.high)}"
            found.append(Finding("COT302", "warning", before.name, outside, text, "capped as before"))
    return tuple(found)


def _may_differ(before: ColumnRecord, held: ColumnSummary) -> bool:
    """Say whether bounds leave it open that values lie far outside, or that most are of another size."""
    if before.min is None or before.max is None or not held.present:
        return False
    low, high = _far(before)
    return held.low < low or held.high > high or _has_size(before)


def _far(before: ColumnRecord) -> tuple[float, float]:
    """Return the numbers beyond which a value is far outside: once more the former range away."""
    least, most = before.min or 0.0, before.max or 0.0
    return least - (most - least), most + (most - least)


def _has_size(before: ColumnRecord) -> bool:
    """Say whether the former median tells a size: where signs differ it tells none."""
    return bool(before.kind == "number" and before.median and (before.p10 or 0.0) * (before.p90 or 0.0) >= 0)


def _measure_sizes(table: Table, asked: Sequence[ColumnRecord]) -> dict[str, Sizes]:
    """Return what sizes the values of columns have, beside the former ones; one narrow scan."""
    nodes = []
    for i, before in enumerate(asked):
        x, size, median = sql.column(before.name), sql.absolute(sql.column(before.name)), abs(before.median or 0.0)
        low, high = _far(before)
        there = sql.above(size, sql.number(0.0))
        counted = {
            "n": there,
            "s": sql.both(there.copy(), sql.at_most(size.copy(), sql.number(median / TIMES))),
            "l": sql.at_most(sql.number(median * TIMES), size.copy()),
            "o": sql.either(sql.less(x, sql.number(low)), sql.above(x.copy(), sql.number(high))),
        }
        nodes += [sql.named(sql.count(sql.case([(node, sql.whole(1))])), f"{k}{i}") for k, node in counted.items()]
    if not nodes:
        return {}
    got = table.engine.fetch(sql.select(nodes, sql.table(table.relation)))
    return {c.name: Sizes(*(int(got[f"{k}{i}"][0]) for k in "nslo")) for i, c in enumerate(asked)}


def _other_unit(before: ColumnRecord, held: ColumnSummary, sizes: Sizes | None) -> Finding | None:
    """Return a warning where values look like those of another unit: 0.12 for 12%, cents for euros.

    All lie beyond nine tenths of the former ones, on one side; or half are a fifth of the former median, or five times
    it. What is 0 is so in every unit, and where signs differ a median says nothing of sizes.
    """
    if before.p10 is None or before.p90 is None or held.present < FEWEST_JUDGED or before.kind != "number":
        return None
    if before.p10 == before.p90:
        return None
    below, above = held.high < before.p10, held.low > before.p90
    now = f"values from {words.number(held.low)} to {words.number(held.high)}"
    if below or above:
        end, edge = ("above", before.p10) if below else ("below", before.p90)
        said = f"where nine in ten of the former ones were {end} {words.number(edge)}"
    elif sizes is not None and before.median and _has_size(before) and sizes.is_most:
        side = "a fifth of it or less" if sizes.small > sizes.large else "five times that or more"
        said = f"where the former median was {words.number(before.median)}; half are {side}"
    else:
        return None
    text = f"{now}, {said}: another unit?"
    return Finding("COT302", "warning", before.name, held.present, text, "not converted")


def with_known_levels(table: Table, features: Sequence[Feature]) -> tuple[Table, dict[str, int]]:
    """Return the table in the levels of before, and how many rows hold another one.

    What differs by case, blanks or the word for yes and no is the same level. Cost: one scan, two more where levels
    are written in another way.
    """
    unknown = _count_unknown(table, features)
    spelled = {f.column: respelled(f) for f in features if f.column in unknown}
    if not spelled:
        return table, {}
    table = _with_columns(table, spelled)
    return table, _count_unknown(table, [f for f in features if f.column in unknown])


def _count_unknown(table: Table, features: Sequence[Feature]) -> dict[str, int]:
    """Return how many rows of each category hold a level that was never met, where some do."""
    asked = []
    for i, feature in enumerate(features):
        x = sql.column(feature.column)
        new = sql.both(sql.negate(sql.is_null(x)), sql.negate(sql.among(x.copy(), _levels(feature))))
        asked.append(sql.named(sql.count(sql.case([(new, sql.whole(1))])), f"n{i}"))
    if not asked:
        return {}
    got = table.engine.fetch(sql.select(asked, sql.table(table.relation)))
    return {f.column: int(got[f"n{i}"][0]) for i, f in enumerate(features) if int(got[f"n{i}"][0])}


def _levels(feature: Feature) -> list[str]:
    return [*(feature.levels or ()), *feature.other]


def respelled(feature: Feature) -> sql.Node:
    """Return a category's column in its known levels' spelling."""
    x, levels = sql.column(feature.column), _levels(feature)
    bare = sql.lower(sql.trimmed(x))
    alike: dict[str, list[str]] = {}
    for level in levels:
        alike.setdefault(level.strip().lower(), []).append(level)
    branches = [(sql.among(x.copy(), levels), x.copy())]
    branches += [(sql.equal(bare.copy(), sql.text(key)), sql.text(of[0])) for key, of in alike.items() if len(of) == 1]
    if len(alike) == 2 and words.say_yes_or_no(alike):
        for key, of in alike.items():
            same = words.yes_words() if key in words.yes_words() else words.no_words()
            branches.append((sql.among(bare.copy(), sorted(same)), sql.text(of[0])))
    return sql.case(branches, x.copy())


def with_numbers(table: Table, columns: Sequence[ColumnRecord]) -> Table:
    """Return the table with yes and no as 1 and 0 where these were numbers."""
    branches = [(sorted(words.yes_words()), sql.number(1.0)), (sorted(words.no_words()), sql.number(0.0))]
    made = {}
    for column in columns:
        if column.kind == "number" and column.distinct == 2 and (column.min, column.max) == (0.0, 1.0):
            bare = sql.lower(sql.trimmed(sql.column(column.name)))
            made[column.name] = sql.case([(sql.among(bare.copy(), said), one) for said, one in branches])
    lost = [
        sql.both(sql.negate(sql.is_null(sql.column(name))), sql.is_null(node.copy())) for name, node in made.items()
    ]
    counts = [sql.named(sql.count(sql.case([(c, sql.whole(1))])), name) for c, name in zip(lost, made, strict=True)]
    if not made or any(n[0] for n in table.engine.fetch(sql.select(counts, sql.table(table.relation))).values()):
        return table
    numbers = tuple(replace(c, kind="number") if c.name in made else c for c in table.columns)
    return replace(_with_columns(table, made), columns=numbers)


def _with_columns(table: Table, made: Mapping[str, sql.Node]) -> Table:
    """Return the table with some columns made anew."""
    rows = [ROW] if table.engine.caps.rows else []
    names = [ID, *rows, *(c.name for c in table.columns if c.kind != "other")]
    nodes = [sql.named(made[name], name) if name in made else sql.column(name) for name in names]
    relation = f"{table.relation}_respelled"
    table.engine.define(relation, sql.select(nodes, sql.table(table.relation)))
    return replace(table, relation=relation)


def _no_level_known(table: Table, feature: Feature) -> errors.InputError:
    column = sql.column(feature.column)
    there = sql.negate(sql.is_null(column))
    few = sql.select(
        [column.copy()], sql.table(table.relation), where=there, group=[column.copy()], order=[column.copy()]
    )
    seen = [str(level) for level in table.engine.fetch(few)[feature.column]]
    return errors.no_level_known(feature.column, seen, _levels(feature))


def never_met(unknown: Mapping[str, int]) -> tuple[Finding, ...]:
    """Return a warning for each category with new levels."""
    found = []
    for column, count in unknown.items():
        text = f"{words.plural(count, 'customer')} with a level that was never met"
        found.append(Finding("COT016", "warning", column, count, text, "it adds nothing to any distance"))
    return tuple(found)


def _not_assigned(record: Record, table: Table, summary: Summary, unknown: Mapping[str, int]) -> tuple[Finding, ...]:
    """Return a warning where customers lack every value; nothing is asked where some column is whole."""
    if any(held.present - unknown.get(name, 0) == summary.rows for name, held in summary.columns.items()):
        return ()
    parts = segments_sql(table.relation, record.features, record.model)
    lost = sql.case([(sql.is_null(sql.column("__c_segment")), sql.whole(1))])
    last = sql.select([sql.named(sql.count(lost), "n")], sql.table("nearest"))
    count = int(table.engine.fetch(sql.steps(parts, last))["n"][0])
    if not count:
        return ()
    text = f"{words.plural(count, 'customer has', 'customers have')} no value that forms segments"
    return (Finding("COT106", "warning", None, count, text, "not assigned: segment and name are empty"),)
