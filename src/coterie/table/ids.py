"""Which column identifies a customer.

The one that was named, or one that is named like an id and is unique.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coterie import errors, sql, words
from coterie.engines import ROW, Engine, as_text
from coterie.findings import Finding
from coterie.options import Options

ID_NAME = re.compile(r"(customer|client|user|member|account|household)?[ _-]?(id|key|no|number)", re.IGNORECASE)
ID_LIKE = re.compile(r"(^|.*[ _-])(id|key|uuid|guid|nr|no)$", re.IGNORECASE)
EXACT_IDS = 2_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in which an id is sought; kinds as a Table's columns, or flag.

    ``index`` names the columns that were the index of a frame.
    """

    engine: Engine
    relation: str
    kinds: Mapping[str, str]
    count: int
    index: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdCounts:
    """Rows with an id, different ids, ids with fractions.

    That ids differ is taken for granted beyond the exact range.
    """

    present: int
    distinct: int
    fractions: int


def is_verbatim(options: Options) -> Callable[[str], bool]:
    """Return the test for columns that must not be parsed."""
    if options.id is not None:
        return lambda name: name == options.id
    return lambda name: ID_NAME.fullmatch(name) is not None


def choose_id(rows: Rows, options: Options, *, strict: bool) -> tuple[str | None, tuple[Finding, ...]]:
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
    for name in (*indexed, *(n for n in rows.kinds if ID_NAME.fullmatch(n) and n not in rows.index)):
        found = _count_ids(rows, name)
        if not found.fractions and found.present == found.distinct == rows.count:
            done = "used as the customer's id (another can be named with --id)"
            text = f"unique, and {'the index of the frame' if name in indexed else 'named like an id'}"
            return name, (Finding("COT001", "note", name, rows.count, text, done),)
        if found.distinct < found.present:
            repeated.append(_doubt_customers(name, found.distinct, rows.count))
    text = "no column is unique and named like an id"
    done = "the row number stands for the id; it is not stable when rows move: name a column with --id"
    return None, (Finding("COT002", "warning", None, rows.count, text, done), *repeated)


def take_id(names: list[str], options: Options) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the id column by its name alone.

    For a table that is too large to be looked at twice.
    """
    if options.id is not None and options.id not in names:
        raise errors.unknown_column(options.id, names, "--id")
    named = options.id or next((n for n in names if ID_NAME.fullmatch(n)), None)
    if named is None or options.id is not None:
        return named, ()
    done = "taken for the customer's id; a segmentation looks for repeats"
    return named, (Finding("COT001", "note", named, 0, "named like an id", done),)


def _check_named(rows: Rows, options: Options, *, strict: bool) -> tuple[str | None, tuple[Finding, ...]]:
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
        return None, wrong
    if missing:
        raise errors.null_ids(name, missing)
    if repeated and not options.allow_duplicate_ids:
        raise errors.duplicate_ids(name, repeated, _find_repeat(rows, name))
    return name, _tell_blanks(rows, name)


def are_repeated(rows: Rows, name: str) -> bool:
    """Say whether two rows have one id.

    Cost: one scan of the ids, exact for any number of rows.
    """
    node = as_text(sql.column(name), dict(rows.engine.schema(rows.relation))[name])
    nodes = [sql.named(sql.count(), "n"), sql.named(sql.count_distinct(node), "ids")]
    got = rows.engine.fetch(sql.select(nodes, sql.table(rows.relation)))
    return int(got["ids"][0]) < int(got["n"][0])


def _doubt_customers(name: str, distinct: int, rows: int) -> Finding:
    """Return a warning that rows are not customers: the likeliest mistake of all."""
    text = (
        f"{words.plural(distinct, 'different id')} in {words.plural(rows, 'row')}: rows may be purchases, not customers"
    )
    done = "each row is taken as a customer; `coterie customers` makes one row of each customer's purchases"
    return Finding("COT012", "warning", name, rows - distinct, text, done)


def _tell_wrong_ids(name: str, missing: int, repeated: int) -> tuple[Finding, ...]:
    done, found = "nothing: this stops a segmentation", []
    if missing:
        found.append(Finding("COT013", "error", name, missing, f"{words.plural(missing, 'row')} without an id", done))
    if repeated:
        text = f"{words.plural(repeated, 'row')} with an id that another row has"
        found.append(Finding("COT012", "error", name, repeated, text, done))
    return tuple(found)


def _tell_blanks(rows: Rows, name: str) -> tuple[Finding, ...]:
    """Return a warning where ids have blanks around them: they are told apart from those without."""
    if rows.kinds[name] != "text":
        return ()
    key = sql.column(name)
    padded = sql.count(sql.case([(sql.less(sql.length(sql.trimmed(key)), sql.length(key)), sql.whole(1))]))
    count = int(rows.engine.fetch(sql.select([sql.named(padded, "n")], sql.table(rows.relation)))["n"][0])
    if not count:
        return ()
    text = f"{words.plural(count, 'id')} with blanks around"
    return (Finding("COT011", "warning", name, count, text, "told apart from the same id without blanks"),)


def _count_ids(rows: Rows, name: str) -> IdCounts:
    column, fraction = sql.column(name), sql.null()
    if rows.kinds[name] == "text":
        column = sql.null_if(sql.cast(column, "text"), sql.text(""))
    if rows.kinds[name] == "number":
        fraction = sql.case([(sql.less(sql.floor(column), column), sql.whole(1))])
    distinct = sql.count_distinct(column) if rows.count <= EXACT_IDS else sql.count(column)
    wanted = {"present": sql.count(column), "distinct": distinct, "fractions": sql.count(fraction)}
    nodes = [sql.named(node, key) for key, node in wanted.items()]
    got = rows.engine.fetch(sql.select(nodes, sql.table(rows.relation)))
    return IdCounts(int(got["present"][0]), int(got["distinct"][0]), int(got["fractions"][0]))


def _find_repeat(rows: Rows, name: str) -> tuple[int, int] | None:
    """Return the first row whose id an earlier row has, behind that earlier row's number; only asked for an error."""
    if not rows.engine.caps.rows:
        return None
    row = sql.column(ROW)
    wanted = [sql.named(sql.smallest(row), "first"), sql.named(sql.largest(row), "last")]
    groups = sql.select([*wanted, sql.named(sql.count(), "n")], sql.table(rows.relation), group=[sql.column(name)])
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
