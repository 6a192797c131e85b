"""Which column identifies a customer.

The one that was named, or one that is named like an id and is unique.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import EXACT, ROW, Engine, Kind, as_id, as_text
from coterie.findings import Finding
from coterie.options import Options
from coterie.table.identifiers import Named, is_id_of_others, is_person, named

ID_NAME = re.compile(r"(customer|client|user|member|account|household)?[ _-]?(id|key|no|number)", re.IGNORECASE)
EXACT_IDS = 2_000_000
PARTS = 32  # of more ids those of one are compared
EACH_ROW = "each row is a customer of its own, as --allow-duplicate-ids says"
FEWEST = 10  # different ids: fewer are kinds of customers
MOSTLY_THERE = 0.5  # of all customers and months: with so many rows a customer has a row for each month
ONCE = 0.99  # of the rows: so many are the only one of a customer and month
FEW_REPEATS = 0.05  # of the rows: with more of them, rows are purchases rather than customers


@frozen
class Rows:
    """Rows in which an id is sought; kinds as a Table's columns, or flag.

    ``index`` names the columns that were the index of a frame.
    """

    engine: Engine
    relation: str
    kinds: Mapping[str, str]
    count: int
    index: tuple[str, ...] = ()


@frozen
class IdCounts:
    """Rows with an id, different ids, ids with fractions.

    That ids differ is taken for granted beyond the exact range. ``alike`` are those that differ from another one by
    blanks and capitals alone, ``zeros`` those that do by zeros in front, ``padded`` those with blanks around, ``long``
    those beyond what a fraction keeps. ``plain`` says that there is none but is a text and the id to the letter.
    """

    present: int
    distinct: int
    fractions: int
    alike: int = 0
    zeros: int = 0
    padded: int = 0
    long: int = 0
    plain: bool = False


class Chosen(NamedTuple):
    """The column that identifies, if any does, what is to be said of it, and whether each row's text is its id."""

    name: str | None
    findings: tuple[Finding, ...]
    plain: bool = False


def is_verbatim(options: Options) -> Callable[[str], bool]:
    """Return the test for columns that must not be parsed."""
    if options.id is not None:
        return lambda name: name == options.id
    return lambda name: _is_id_name(name, options)


def _is_id_name(name: str, options: Options) -> bool:
    """Say whether a column is called as ids are, in any language, and nobody means something else by it."""
    if ID_NAME.fullmatch(name):
        return True
    return not _is_meant(name, options) and named(name) is Named.CUSTOMER


def _is_meant(name: str, options: Options) -> bool:
    """Say whether something else was asked of a column than to say who a row is."""
    return name in (*(options.features or ()), *options.describe, *options.exclude, options.value)


def choose_id(rows: Rows, options: Options, *, strict: bool) -> Chosen:
    """Return the named id column, or a unique one called like an id.

    Parameters
    ----------
    strict : False: ids that are missing or not unique are findings of level ``error``, not errors.

    Raises
    ------
    InputError : the column that was named is not there, or does not identify.
    """
    if options.id is not None:
        return _check_named(rows, options, strict=strict)
    repeated: list[Finding] = []
    indexed = rows.index if len(rows.index) == 1 else ()
    called = [n for n, kind in rows.kinds.items() if _is_id_name(n, options) and kind != "other"]
    called.sort(key=lambda n: ID_NAME.fullmatch(n) is None)  # the usual names first
    others = [n for n, kind in rows.kinds.items() if kind in ("text", "number") and not _is_meant(n, options)]
    persons = [n for n in others if n not in called and is_person(n)]
    called += persons
    called = called or [n for n in others if is_id_of_others(n)]
    for name in (*indexed, *(n for n in called if n not in rows.index)):
        found = _count_ids(rows, name)
        if not found.fractions and found.present == found.distinct == rows.count:
            done = "used as the customer's id (another can be named with --id)"
            why = "its name says whom a row is of" if name in persons else "named like an id"
            text = f"unique, and {'the index of the frame' if name in indexed else why}"
            said = Finding("COT001", "note", name, rows.count, text, done)
            return Chosen(name, (said, *_tell_alike(name, found)), found.plain)
        unfit = rows.count - found.distinct
        if ID_NAME.fullmatch(name) or name in indexed or unfit <= FEW_REPEATS * rows.count:
            repeated += _tell_unfit(rows, name, found)
    text = "no column is unique and named like an id"
    done = "the row number stands for the id; it is not stable when rows move: name a column with --id"
    return Chosen(None, (Finding("COT002", "warning", None, rows.count, text, done), *repeated))


def take_id(names: list[str], options: Options) -> Chosen:
    """Return the id column by its name alone.

    For a table that is too large to be looked at twice.
    """
    if options.id is not None and options.id not in names:
        raise errors.unknown_column(options.id, names, "--id")
    called = sorted((n for n in names if _is_id_name(n, options)), key=lambda n: ID_NAME.fullmatch(n) is None)
    taken = options.id or next(iter(called), None)
    if taken is None or options.id is not None:
        return Chosen(taken, ())
    done = "taken for the customer's id; a segmentation looks for repeats"
    return Chosen(taken, (Finding("COT001", "note", taken, 0, "named like an id", done),))


def _check_named(rows: Rows, options: Options, *, strict: bool) -> Chosen:
    """Return the id column that was named, once it is sure that it identifies."""
    name = options.id
    assert name is not None
    if name not in rows.kinds:
        raise errors.unknown_column(name, list(rows.kinds), "--id")
    if rows.kinds[name] in ("other", "flag"):
        raise errors.unfit_ids(name, "yes or no" if rows.kinds[name] == "flag" else "bytes or nested values")
    found = _count_ids(rows, name)
    if found.fractions:
        raise errors.unfit_ids(name, "fractions")
    missing, repeated = rows.count - found.present, found.present - found.distinct
    wrong = _tell_wrong_ids(name, missing, 0 if options.allow_duplicate_ids else repeated)
    if wrong and not strict:
        return Chosen(None, wrong)
    if missing:
        raise errors.null_ids(name, missing)
    if repeated and not options.allow_duplicate_ids:
        raise errors.duplicate_ids(name, repeated, _find_repeat(rows, name))
    told = _tell_alike(name, found)
    if repeated:
        text, done = f"{words.plural(repeated, 'row')} with an id that another row has", EACH_ROW
        often = Finding("COT012", "warning", name, repeated, text, done)
        told = (often, *_tell_periods(rows, name, found), *told)
    return Chosen(name, told, found.plain)


def are_repeated(rows: Rows, name: str) -> bool:
    """Say whether two rows have one id.

    Cost: one scan of the ids, exact for any number of rows.
    """
    node = as_id(sql.column(name), dict(rows.engine.schema(rows.relation))[name])
    nodes = [sql.named(sql.count(), "n"), sql.named(sql.count_distinct(node), "ids")]
    got = rows.engine.fetch(sql.select(nodes, sql.table(rows.relation)))
    return int(got["ids"][0]) < int(got["n"][0])


def _tell_unfit(rows: Rows, name: str, found: IdCounts) -> list[Finding]:
    """Return why a column that is named like an id is none: rows without one, or rows that are no customers."""
    missing, repeated = rows.count - found.present, found.present - found.distinct
    done, told = "not taken for the id, nor into segments; correct it, or name another column with --id", []
    if missing:
        text = f"{words.plural(missing, 'row')} without an id"
        told.append(Finding("COT013", "warning", name, missing, text, done))
    if 0 < repeated <= FEW_REPEATS * rows.count:
        text = f"{words.plural(repeated, 'row')} with an id that another row has"
        told.append(Finding("COT012", "warning", name, repeated, text, done))
    elif repeated and (often := _tell_periods(rows, name, found)):
        told += often
    elif repeated:
        ids, all_rows = words.plural(found.distinct, "different id"), words.plural(rows.count, "row")
        text = f"{ids} in {all_rows}: rows may be purchases, not customers"
        done = "each row is taken as a customer; `coterie customers` makes one row of each customer's purchases"
        told.append(Finding("COT012", "warning", name, repeated, text, done))
    return told


def _tell_periods(rows: Rows, name: str, found: IdCounts) -> list[Finding]:
    """Return the finding that a customer has a row for each month, or for each value of another column.

    Cost: two scans, asked only where ids repeat.
    """
    others = [n for n, kind in rows.kinds.items() if n != name and kind in ("date", "text", "number")]
    if not others or found.distinct < FEWEST or found.present - found.distinct <= FEW_REPEATS * rows.count:
        return []
    nodes = [sql.named(sql.nearly_distinct(sql.column(n)), f"n{i}") for i, n in enumerate(others)]
    got = rows.engine.fetch(sql.select(nodes, sql.table(rows.relation)))
    full = {n: found.present / (found.distinct * max(1.0, float(got[f"n{i}"][0]))) for i, n in enumerate(others)}
    for other in sorted(full, key=lambda n: (rows.kinds[n] != "date", -full[n])):
        if MOSTLY_THERE <= full[other] < 1 / MOSTLY_THERE and (
            many := _count_periods(rows, name, other, found.present)
        ):
            ids, all_rows = words.plural(found.distinct, "customer"), words.plural(rows.count, "row")
            text = f"{ids} in {all_rows}, one for each of {many:,} values of {errors.quoted(other)}"
            done = "each row is taken as a customer; make one row of each customer's first, such as sums or means"
            return [Finding("COT024", "warning", name, rows.count - found.distinct, text, done)]
    return []


def _count_periods(rows: Rows, name: str, other: str, present: int) -> int:
    """Return how many values a column has, if no customer has one of them twice; else 0."""
    keys = [sql.named(sql.column(name), "id"), sql.named(sql.column(other), "other")]
    known = sql.both(*(sql.negate(sql.is_null(sql.column(n))) for n in (name, other)))
    pairs = sql.select(keys, sql.table(rows.relation), where=known, group=[sql.column(name), sql.column(other)])
    wanted = [sql.named(sql.count(), "pairs"), sql.named(sql.count_distinct(sql.column("other")), "others")]
    got = rows.engine.fetch(sql.steps([("pairs", pairs)], sql.select(wanted, sql.table("pairs"))))
    others = int(got["others"][0])
    return others if others > 1 and int(got["pairs"][0]) >= ONCE * present else 0


def _tell_wrong_ids(name: str, missing: int, repeated: int) -> tuple[Finding, ...]:
    done, found = "nothing: this stops a segmentation", []
    if missing:
        found.append(Finding("COT013", "error", name, missing, f"{words.plural(missing, 'row')} without an id", done))
    if repeated:
        text = f"{words.plural(repeated, 'row')} with an id that another row has"
        found.append(Finding("COT012", "error", name, repeated, text, done))
    return tuple(found)


def _tell_alike(name: str, found: IdCounts) -> tuple[Finding, ...]:
    """Return a warning where ids look like another one, have blanks around, or may have been others once."""
    if found.long:
        text = f"{words.plural(found.long, 'id')} with more digits than binary fractions keep"
        done = "taken as they are stored; digits may be lost: store ids as text or whole numbers"
        return (Finding("COT023", "warning", name, found.long, text, done),)
    done, told = "told apart; write them alike where they are one customer", []
    for many, how in ((found.alike, "capitals or blanks"), (found.zeros, "zeros in front")):
        if many:
            about = "" if found.present <= EXACT_IDS else "about "
            text = f"{about}{words.plural(many, 'id differs', 'ids differ')} from another one by {how} alone"
            told.append(Finding("COT011", "warning", name, many, text, done))
    if found.padded and not found.alike:
        text = f"{words.plural(found.padded, 'id')} with blanks around"
        done = "told apart from the same id without blanks"
        told.append(Finding("COT011", "warning", name, found.padded, text, done))
    return tuple(told)


def _count_ids(rows: Rows, name: str) -> IdCounts:
    exact = rows.count <= EXACT_IDS
    if rows.kinds[name] == "text":
        return _count_texts(rows, name, exact=exact)
    column, none = sql.column(name), sql.null()
    key, fraction, long = column, none, none
    if rows.kinds[name] == "number":
        key = sql.case([(sql.is_nan(sql.cast(column, "double")), none)], column.copy())
        fraction = sql.case([(sql.less(sql.floor(column.copy()), column.copy()), sql.whole(1))])
    if dict(rows.engine.schema(rows.relation))[name] is Kind.FRACTION:
        beyond = sql.at_most(sql.number(EXACT), sql.absolute(column.copy()))
        long = sql.case([(sql.both(sql.negate(sql.is_nan(column.copy())), beyond), sql.whole(1))])
    distinct = sql.count_distinct(key.copy()) if exact else sql.count(key.copy())
    wanted = {"present": sql.count(key.copy()), "distinct": distinct, "fractions": sql.count(fraction)}
    wanted["long"] = sql.count(long)
    got = _fetch_counts(rows, wanted, sql.select([sql.star()], sql.table(rows.relation)))
    return IdCounts(got["present"], got["distinct"], got["fractions"], long=got["long"])


def _count_texts(rows: Rows, name: str, *, exact: bool) -> IdCounts:
    """Return the counts of ids that are texts.

    Most ids differ in more than capitals, so that one count says that all do; how they differ is asked where that is
    not so, or where one has blanks or zeros.
    """
    kind, text = dict(rows.engine.schema(rows.relation))[name], sql.column("id")
    key = as_id(sql.column(name), kind)
    written = sql.null_if(as_text(sql.column(name), kind), sql.text("")) if kind is Kind.TEXT else key
    keys = sql.select([sql.named(written, "id")], sql.table(rows.relation))
    first = sql.substring(text.copy(), 1, 1)
    blanks = sql.either(sql.equal(first, sql.text(" ")), sql.ends_in(text.copy(), " "))
    marks = {"blanks": blanks, "dotted": sql.ends_in(text.copy(), ".0"), "zeroed": sql.equal(first, sql.text("0"))}
    counts = {called: sql.count(sql.case([(mark, sql.whole(1))])) for called, mark in marks.items()}
    low = sql.lower(text.copy())
    different = sql.count_distinct(sql.by_bytes(low)) if exact else sql.count(text.copy())
    got = _fetch_counts(rows, {"present": sql.count(text), "different": different, **counts}, keys)
    odd, distinct = got["blanks"] > 0 or got["different"] < got["present"], got["present"]
    if got["dotted"]:
        keys = sql.select([sql.named(key, "id")], sql.table(rows.relation))
    if exact and (odd or got["dotted"]):
        distinct = _fetch_counts(rows, {"n": sql.count_distinct(sql.by_bytes(text.copy()))}, keys.copy())["n"]
    plain = kind is Kind.TEXT and got["present"] == rows.count and not got["dotted"]
    found = IdCounts(got["present"], distinct, 0, plain=plain)
    zeroed = got["zeroed"] > 0 and _differ_in_length(rows, keys.copy())
    return _compare_texts(rows, found, keys, odd=odd, zeroed=zeroed) if odd or zeroed else found


def _differ_in_length(rows: Rows, keys: sql.Select) -> bool:
    """Say whether ids have several lengths.

    Where all have one, zeros set none apart.
    """
    length = sql.length(sql.column("id"))
    got = _fetch_counts(rows, {"shortest": sql.smallest(length), "longest": sql.largest(length.copy())}, keys)
    return got["shortest"] < got["longest"]


def _compare_texts(rows: Rows, found: IdCounts, keys: sql.Select, *, odd: bool, zeroed: bool) -> IdCounts:
    """Return counts of ids with how many are another one by capitals, blanks or zeros: one scan of them.

    Where there are more than can be compared, zeros are looked for among one of 32 parts: all forms of a number are in
    the same.
    """
    exact, text = rows.count <= EXACT_IDS, sql.column("id")
    bare = sql.trimmed(text.copy())
    padded = sql.case([(sql.less(sql.length(bare), sql.length(text.copy())), sql.whole(1))])
    folded = sql.lower(bare.copy())
    stripped = sql.without_zeros_ahead(folded.copy())
    asked = {"folded": folded} if odd and exact else {}
    asked |= {"stripped": stripped} if zeroed else {}
    if not exact and zeroed:
        part = sql.one_in_32(stripped.copy())
        asked = {way: sql.case([(part.copy(), node)]) for way, node in {"folded": folded, **asked}.items()}
    different = {way: sql.count_distinct(sql.by_bytes(node)) for way, node in asked.items()}
    got = _fetch_counts(rows, {"padded": sql.count(padded), **different}, keys.copy())
    ways = got.get("folded", found.distinct)
    zeros = (ways - got.get("stripped", ways)) * (1 if exact else PARTS)
    return replace(found, alike=found.distinct - ways if exact else 0, zeros=zeros, padded=got["padded"])


def _fetch_counts(rows: Rows, wanted: Mapping[str, sql.Node], source: sql.Select) -> dict[str, int]:
    nodes = [sql.named(node, called) for called, node in wanted.items()]
    got = rows.engine.fetch(sql.steps([("ids", source)], sql.select(nodes, sql.table("ids"))))
    return {called: int(n[0]) for called, n in got.items()}


def _find_repeat(rows: Rows, name: str) -> tuple[int, int] | None:
    """Return the first row whose id an earlier row has, behind that earlier row's number; only asked for an error."""
    if not rows.engine.caps.rows:
        return None
    row = sql.column(ROW)
    wanted = [sql.named(sql.smallest(row), "first"), sql.named(sql.largest(row), "last")]
    key = as_id(sql.column(name), dict(rows.engine.schema(rows.relation))[name])
    groups = sql.select([*wanted, sql.named(sql.count(), "n")], sql.table(rows.relation), group=[key])
    query = sql.steps(
        [("repeats", groups)],
        sql.select(
            [sql.column("first"), sql.column("last")],
            sql.table("repeats"),
            where=sql.above(sql.column("n"), sql.whole(1)),
            order=[sql.column("first")],
            limit=1,
        ),
    )
    got = rows.engine.fetch(query)
    return (int(got["first"][0]), int(got["last"][0])) if len(got["first"]) else None
