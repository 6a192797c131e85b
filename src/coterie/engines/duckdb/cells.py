"""Columns of text as values, in DuckDB's SQL.

Strictly, so that a wrong cell is an error; leniently, to find it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlglot import exp

from coterie import sql, words
from coterie.engines.dates import date_in
from coterie.engines.duckdb.types import kind_of
from coterie.engines.kinds import Kind
from coterie.reading import BEHIND, MISSING, NO_CENTS, PLAIN, SIGNS, DateForm, Notation, Remark, TextColumn

ISO = Notation(forms=(DateForm.YEAR_FIRST,))
DIGIT_SIGNS = ("_", "+-")  # DuckDB takes 1_000 and +-5 for numbers
BLANK = r"[\s\x{00A0}\x{202F}]"  # for DuckDB \s has no blanks that do not break
BELOW_ZERO = r"[-\x{2212}(]|(?:CR|Cr)\.?$"


def csv_type(column: TextColumn) -> str:
    """Return the type that DuckDB's CSV reader parses a column as.

    Text, where the notation needs more than its parser, or the parser would take what is no value.
    """
    if column.name is None or column.verbatim or column.values.kind not in ("number", "date"):
        return "VARCHAR"
    notation = column.values.notation
    if column.values.missing or Remark.MISSING_WORDS in column.values.remarks or column.by_cell:
        return "VARCHAR"
    return "DOUBLE" if column.values.kind == "number" and notation is None else "VARCHAR"


def is_as_written(column: TextColumn) -> bool:
    """Say whether a column's cells are the texts that are written."""
    return column.verbatim or column.values.kind == "text" or column.name is None


def convert_strictly(column: TextColumn, cell: sql.Node, *, days: bool = False) -> sql.Node:
    """Return a cell's value; anything wrong is DuckDB's error.

    The numbers that it parses may not be finite.

    ``days``: a date is ten bytes such as 2026-01-31, which is read in half the time.
    """
    if is_as_written(column) or csv_type(column) == "DOUBLE":
        return cell
    if not days:
        return _present(column, cell, lenient=False)
    usual = sql.both(sql.at_most(sql.text("1"), cell.copy()), _is_short_day(cell))
    day = _convert(cell.copy(), "DATE", lenient=False)
    return sql.case([(usual, day), (sql.equal(cell.copy(), sql.text("")), sql.null())], _refused())


def convert_leniently(column: TextColumn, cell: sql.Node) -> sql.Node:
    """Return a cell's value, NULL where it is missing or wrong."""
    if is_as_written(column):
        return cell
    return _present(column, cell, lenient=True)


def may_be_days(column: TextColumn) -> bool:
    """Say whether a column's dates are all written year first.

    Then nothing stands for a missing one.
    """
    told = bool(column.values.missing) or Remark.MISSING_WORDS in column.values.remarks
    iso = column.values.kind == "date" and (column.values.notation or ISO) == ISO
    return iso and not told and not is_as_written(column)


def is_missing(column: TextColumn, cell: sql.Node) -> sql.Node:
    """Return the condition that a cell counts as missing."""
    return _among(sql.call("trim", cell.copy()), [sql.text(word) for word in (*MISSING, *_named_missing(column))])


def _named_missing(column: TextColumn) -> list[str]:
    return [word for word in column.values.missing if word not in MISSING]


def _present(column: TextColumn, cell: sql.Node, *, lenient: bool) -> sql.Node:
    """Return a cell's value, NULL where it is missing."""
    read = sql.case([(is_missing(column, cell), sql.null())], _value(column, cell, lenient=lenient))
    usual = DateForm.YEAR_FIRST in (column.values.notation or ISO).forms and not _named_missing(column)
    return sql.coalesce(_usual_day(cell.copy()), read) if column.values.kind == "date" and usual else read


def _usual_day(cell: sql.Node) -> sql.Node:
    """Return the time that a cell says where it is as DuckDB writes one, else NULL.

    The usual cell is read so in a fifth of the time that the grammar's patterns take, and they say the same of it. Ten
    bytes with two signs in their places are no day to DuckDB unless the others are digits, or blanks at the end; of
    clocks it knows too many, so that those are compared with what it would write.
    """
    short = _is_short_day(cell)
    day = _convert(_convert(cell.copy(), "DATE", lenient=True), "TIMESTAMP", lenient=True)
    moment = _convert(cell.copy(), "TIMESTAMP", lenient=True)
    same = sql.equal(_convert(moment.copy(), "VARCHAR", lenient=False), cell.copy())
    read = sql.case([(short, day), (sql.both(_has_bytes(cell, "2026-01-31 12:34:56"), same), moment)])
    return sql.case([(sql.at_most(sql.text("1"), cell.copy()), read)])  # no year begins with 0


def _is_short_day(cell: sql.Node) -> sql.Node:
    return sql.both(_has_bytes(cell, "2026-01-31"), sql.is_like(cell.copy(), "____-__-__"))


def is_short_or_empty(cell: sql.Node) -> sql.Node:
    """Return the condition that a cell is empty, or ten bytes with the two signs of a day."""
    return sql.either(_is_short_day(cell), sql.equal(cell.copy(), sql.text("")))


def _has_bytes(cell: sql.Node, alike: str) -> sql.Node:
    return sql.equal(sql.call("strlen", cell.copy()), sql.whole(len(alike)))


def _value(column: TextColumn, cell: sql.Node, *, lenient: bool) -> sql.Node:
    notation, bare = column.values.notation, sql.call("trim", cell.copy())
    if column.values.kind == "flag":
        word = sql.lower(bare)
        said = sql.case([(sql.among(word, ("true", "false")), word.copy())])
        return said if lenient else sql.coalesce(said, _refused())
    if column.values.kind == "number":
        return _number(notation or Notation(), bare, lenient=lenient)
    held = notation or ISO
    day = date_in(bare, held.forms, held.zone or None, born=held.born)
    return day if lenient else sql.coalesce(day, _refused())


def _number(notation: Notation, bare: sql.Node, *, lenient: bool) -> sql.Node:
    branches = []
    if notation == Notation() and not lenient:  # the usual column: a look at two signs instead of a pattern
        taken = sql.either(*(sql.call("contains", bare.copy(), sql.text(sign)) for sign in DIGIT_SIGNS))
        return sql.case([(taken, _refused())], _finite(_convert(bare, "DOUBLE", lenient=False)))
    if notation.decimal == ".":
        branches.append((fits(bare.copy(), PLAIN.pattern), _convert(bare.copy(), "DOUBLE", lenient=lenient)))
    point = "\\" + notation.decimal
    bare = sql.call("regexp_replace", bare, sql.text(rf"([0-9]){NO_CENTS}([^0-9]*)$"), sql.text(r"\1\2"))
    number = bare.copy()
    if notation.unit:  # one may have a point: Std.
        number = sql.call("replace", number, sql.text(notation.unit), sql.text(""))
    if notation.signs:  # one may have a point: Rs. 5
        number = sql.call("regexp_replace", number, sql.text(SIGNS), sql.text(""), sql.text("g"))
    digits = sql.call("regexp_replace", number, sql.text(rf"[^0-9{point}]"), sql.text(""), sql.text("g"))
    if notation.decimal != ".":
        digits = sql.call("replace", digits, sql.text(notation.decimal), sql.text("."))
    digits = sql.call("rtrim", digits, sql.text("."))  # that of Cr.
    below = sql.call("regexp_matches", bare.copy(), sql.text(BELOW_ZERO))
    number = sql.case([(below, sql.concat(sql.text("-"), digits))], digits.copy())
    branches.append((fits(bare.copy(), _pattern(notation)), _convert(number, "DOUBLE", lenient=lenient)))
    return sql.case(branches, sql.null() if lenient else _refused())


def _pattern(notation: Notation) -> str:
    """Return what a number looks like in a notation."""
    point = "\\" + notation.decimal
    group = {" ": "[ \\x{00A0}\\x{202F}'’]"}.get(notation.grouping, "\\" + notation.grouping)
    grouped = rf"|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" if notation.grouping else ""
    grouped += "|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}" if notation.grouping == "," else ""  # lakhs
    digits = rf"(?:(?:[0-9]+{grouped})(?:{point}[0-9]*)?|{point}[0-9]+)"
    signs = rf"(?:{SIGNS})?" if notation.signs else ""
    after = rf"(?:{SIGNS}|%)?" if notation.signs else rf"(?:{re.escape(notation.unit)})?"
    minus, gap = r"[-+\x{2212}]", rf"{BLANK}*"
    before = rf"(?:{minus}?{gap}{signs}|{signs}{gap}{minus}?){gap}{digits}{gap}{after}"
    behind = rf"{signs}{gap}{digits}{gap}(?:{after}{gap}(?:{BEHIND})|[-\x{{2212}}]{gap}{after})"
    opened, closed = rf"(?:{signs}{gap}\({gap}|\({gap}{signs}{gap})", rf"(?:{after}{gap}\)|\){gap}{after})"
    bracketed = rf"|{opened}{digits}{gap}{closed}" if notation.brackets else ""
    return f"{before}|{behind}{bracketed}"


def _finite(number: sql.Node) -> sql.Node:
    """Return a number; words such as infinity are DuckDB's error."""
    return sql.case([(sql.negate(sql.call("isfinite", number.copy())), _refused())], number)


def all_finite(numbers: Sequence[sql.Node]) -> sql.Node:
    """Return a condition that holds, or is an error of DuckDB.

    It is one where a number is not finite.
    """
    each = sql.both(*(sql.call("isfinite", number) for number in numbers))
    return sql.equal(sql.case([(sql.negate(each), _refused())], sql.whole(0)), sql.whole(0))


def _refused() -> sql.Node:
    return sql.call("error", sql.text("a cell is not what its column holds"))


def _convert(a: sql.Node, kind: str, *, lenient: bool) -> sql.Node:
    to = exp.DataType.build(kind, dialect="duckdb")
    return exp.TryCast(this=a, to=to) if lenient else exp.Cast(this=a, to=to)


def _array(nodes: Sequence[sql.Node]) -> sql.Node:
    return exp.Array(expressions=list(nodes))


def _among(a: sql.Node, nodes: Sequence[sql.Node]) -> sql.Node:
    return exp.In(this=a, expressions=list(nodes))


def fits(a: sql.Node, pattern: str) -> sql.Node:
    """Return the condition that a text fits a whole pattern."""
    return sql.call("regexp_full_match", a, sql.text(pattern))


def harmless(a: sql.Node) -> sql.Node:
    """Return a text that no spreadsheet takes for a formula; as ``words.harmless``."""
    starts = sql.either(*(sql.call("starts_with", a.copy(), sql.text(mark)) for mark in words.FORMULA_STARTS))
    formula = sql.both(starts, sql.negate(fits(a.copy(), words.SIGNED_NUMBER)))
    return sql.case([(formula, sql.concat(sql.text("'"), a.copy()))], a)


def without_formulas(columns: Mapping[str, object]) -> str:
    """Return columns, given with their types, as a projection without formulas."""
    nodes = []
    for name, kind in columns.items():
        cell = sql.column(name)
        nodes.append(sql.named(harmless(cell) if kind_of(str(kind)) == Kind.TEXT else cell, words.harmless(name)))
    return ", ".join(sql.render(node, "duckdb") for node in nodes)


def whole_number(a: sql.Node) -> sql.Node:
    """Return a text as a whole number, else NULL."""
    return _convert(a, "INTEGER", lenient=True)


def union_all(selects: Sequence[sql.Select]) -> sql.Node:
    """Return the rows of several SELECTs, one after the other."""
    return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False)


def set_list(name: str, values: Sequence[str]) -> str:
    """Return the statement that sets a list of texts."""
    return f"SET {name} = {sql.render(_array([sql.text(v) for v in values]), 'duckdb')}"


def quote(name: str) -> str:
    """Return a name as DuckDB's own parser takes it."""
    return sql.render(exp.to_identifier(name, quoted=True), "duckdb")


def escape_pattern(path: str) -> str:
    """Return a path that DuckDB takes for no pattern."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
