"""What DuckDB is asked while a text is loaded.

The values, the cells that are wrong, the parts of undecided dates.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from coterie import errors, sql, system
from coterie.engines.dates import DateTexts, count_dates, counts_of
from coterie.engines.duckdb import cells
from coterie.engines.engine import Columns
from coterie.reading import (
    CODE_LIKE,
    SIZED,
    WRITTEN,
    Choice,
    DateForm,
    Notation,
    Reading,
    RejectedRow,
    Remark,
    Share,
    Text,
    TextColumn,
    Values,
    choose_forms,
    example_of,
    halved,
    lines_of,
    notation_of,
    order_of,
    share_of,
)

SHORT = DateForm.SHORT_YEAR_FIRST
LEAST_MEMORY = 1_400
BLOCK = 1 << 20  # bytes that are looked through at a time
PER_COLUMN = 0.8  # megabytes that a query over every column may set aside for one, mostly never touched
TEXT_VIEW, STAGE = "__c_text", "__c_stage"  # a text as it is, and as a table whose rows have numbers
WANTED = {"number": "a number", "date": "a date", "flag": "true or false"}


class WrongColumn(NamedTuple):
    """A column with wrong cells: the first one's row, their count, its place."""

    row: int
    cells: int
    place: int


class CheckedCells(NamedTuple):
    """A text as all its cells show it, and those that cannot be read.

    Either the rows that hold one are left out, and ``where`` is the condition of the others; or they are ``unread``.
    """

    text: Text
    rejected: tuple[RejectedRow, ...] = ()
    where: sql.Node | None = None
    unread: tuple[errors.UnreadCells, ...] = ()


def raw_name(i: int) -> str:
    """Return what a text's i-th column is called at first."""
    return f"c{i}"


def columns_of(text: Text) -> list[tuple[int, TextColumn, str]]:
    """Return the columns that are read: place, column, name."""
    named = ((i, c, c.name) for i, c in enumerate(text.columns))
    return [(i, c, n) for i, c, n in named if n is not None and c.values.kind != "nested"]


def notations_of(text: Text) -> dict[str, Notation]:
    """Return how columns are written, where not as programs write."""
    found = ((name, notation_of(c.values)) for _, c, name in columns_of(text) if not c.verbatim)
    return {name: notation for name, notation in found if notation is not None}


def select_values(text: Text, relation: str, *, where: sql.Node | None = None) -> sql.Select:
    """Return the SELECT of the columns' values under their names.

    NULL where a cell is missing or wrong.
    """
    nodes = [sql.named(cells.convert_leniently(c, sql.column(raw_name(i))), name) for i, c, name in columns_of(text)]
    return sql.select(nodes, sql.table(relation), where=where)


def select_strictly(text: Text, relation: str, days: Container[int] = ()) -> sql.Select:
    """Return the SELECT in which a wrong cell is an error.

    It is DuckDB's; or the cell is a number that is not finite.

    Parameters
    ----------
    days : the columns of dates in which all but days as DuckDB writes them is wrong.
    """
    nodes = [
        sql.named(cells.convert_strictly(c, sql.column(raw_name(i)), days=i in days), name)
        for i, c, name in columns_of(text)
    ]
    return sql.select(nodes, sql.table(relation))


def select_all_values(text: Text, relation: str) -> sql.Select:
    """Return the SELECT of all columns together in which a wrong cell is DuckDB's error.

    The numbers that DuckDB parses are finite by one condition: to plan one a column takes the square of their count.
    """
    parsed = [sql.column(raw_name(i)) for i, c, _ in columns_of(text) if cells.csv_type(c) == "DOUBLE"]
    values = select_strictly(text, relation)
    return values.where(cells.all_finite(parsed)) if parsed else values


def find_days(text: Text, relation: str, fetch: Callable[[sql.Node], Columns]) -> list[int]:
    """Return the columns of dates whose cells are all days.

    The year stands first, month and day have two digits each.

    Parameters
    ----------
    relation : where some rows' cells are.
    """
    able = [i for i, c, _ in columns_of(text) if cells.may_be_days(c)]
    if not able:
        return []
    others = [sql.case([(sql.negate(cells.is_short_or_empty(sql.column(raw_name(i)))), sql.whole(1))]) for i in able]
    nodes = [sql.named(sql.count(other), raw_name(i)) for i, other in zip(able, others, strict=True)]
    got = fetch(sql.select(nodes, sql.table(relation)))
    return [i for i in able if not got[raw_name(i)][0]]


def memory_for(text: Text) -> int:
    """Return the megabytes that a text's table may take.

    Without a limit DuckDB keeps everything that it ever read, at no gain: each query passes over the table once.
    """
    wide = len(text.columns) * PER_COLUMN
    there = 4 * system.count_memory() // 5_000_000
    return int(min(there, max(LEAST_MEMORY, wide, 3 * text.path.stat().st_size // 2_000_000)))


def look_at_cells(text: Text) -> Text:
    """Return the text, its numbers read cell by cell if need be.

    That is where its bytes hold a sign that DuckDB's parser takes for a part of a number.
    """
    with text.path.open("rb") as file:
        if text.path.stat().st_size <= text.start:
            return text
        file.seek(text.start)
        if not _holds_any(file, [sign.encode() for sign in cells.DIGIT_SIGNS]):
            return text
    return replace(text, columns=tuple(replace(c, by_cell=c.values.kind == "number") for c in text.columns))


def _holds_any(file: BinaryIO, signs: Sequence[bytes]) -> bool:
    """Say whether a sign stands in what is left of a file: its first letter is looked for, which is mostly nowhere."""
    last, most = b"", max(map(len, signs))
    while block := file.read(BLOCK):
        data = last + block
        if any(sign[:1] in data and sign in data for sign in signs):
            return True
        last = data[len(data) - most + 1 :]
    return False


def find_dates(text: Text, *, undecided: bool = False) -> list[int]:
    """Return columns of dates, or those whose form is open."""
    dates = [(i, c) for i, c, _ in columns_of(text) if c.values.kind == "date" and not c.verbatim]
    return [i for i, c in dates if not undecided or (c.values.notation is not None and not c.values.notation.forms)]


def count_date_forms(
    places: Sequence[int], relation: str, forms: Sequence[DateForm] = WRITTEN, *, numbered: bool = False
) -> sql.Node:
    """Return the SELECT that counts forms of columns' dates."""
    row = sql.column("rowid") if numbered else None
    columns = [DateTexts(f"p{i}", sql.column(raw_name(i)), row) for i in places]
    return count_dates(columns, relation, forms)


def decide_dates(
    text: Text,
    places: Sequence[int],
    reading: Reading,
    fetch: Callable[[sql.Node], Columns],
    relation: str,
    *,
    numbered: bool = True,
) -> tuple[Text, dict[int, errors.InputError]]:
    """Return a text with the forms that all rows show its dates in.

    Beside it why columns are refused whose forms cannot be read together; they keep the commonest form.

    Parameters
    ----------
    relation : where the cells are, in rows that have numbers if they are ``numbered``.
    """
    able = [form for form in WRITTEN if form is not SHORT or any(_may_be_short(text.columns[i]) for i in places)]
    in_digits = [form for form in able if form is not DateForm.NAMED]
    got = fetch(count_date_forms(places, relation, in_digits, numbered=numbered))
    if any(counts_of(got, f"p{i}", in_digits).unread for i in places):  # then months' names, which cost far more
        got = fetch(count_date_forms(places, relation, able, numbered=numbered))
    decided, apart = with_forms(text, places, got, reading)
    return decided, {i: refuse_forms(text, i, choice, got) for i, choice in apart.items()} if numbered else {}


def _may_be_short(column: TextColumn) -> bool:
    """Say whether a column's dates may begin with short years.

    Other columns are not asked for them.
    """
    forms = column.values.notation.forms if column.values.notation is not None else ()
    return column.values.short or SHORT in forms


def with_forms(text: Text, places: Sequence[int], got: Columns, reading: Reading) -> tuple[Text, dict[int, Choice]]:
    """Return the text with the forms that whole columns show.

    Beside it the columns whose forms cannot be read together; they keep the commonest form.
    """
    columns, apart = list(text.columns), {}
    for i in places:
        held, seen = columns[i].values, counts_of(got, f"p{i}").seen
        choice = choose_forms(seen, order_of(held, columns[i].before, reading))
        forms, remarks = choice.forms, held.remarks
        if choice.apart:
            apart[i] = choice
            forms = (max(choice.apart, key=lambda form: seen.forms[form]),)
        elif choice.open:
            remarks = remarks | {Remark.AMBIGUOUS}
        if not forms:  # no cell reads as it did when the segments were formed
            columns[i] = replace(columns[i], values=replace(held, remarks=remarks - {Remark.DATES}))
            continue
        if forms != (DateForm.YEAR_FIRST,):
            remarks = remarks | {Remark.DATES}
        notation = replace(held.notation or Notation(), forms=forms)
        columns[i] = replace(columns[i], values=replace(held, notation=notation, remarks=remarks))
    return replace(text, columns=tuple(columns)), apart


def refuse_forms(text: Text, i: int, choice: Choice, got: Columns) -> errors.InputError:
    """Return the error for forms of dates that cannot be read together."""
    counts = counts_of(got, f"p{i}")
    seen = [(str(form), counts.seen.forms[form], counts.rows[form] + 1) for form in choice.apart]
    return errors.two_date_forms(text.name, str(text.columns[i].name), seen, switched=choice.switched)


# ── the slow path: every cell as text first ───────────────────────────────────────────────────────────────────────


def is_wrong(column: TextColumn, i: int) -> sql.Node:
    """Return the condition that a cell is neither missing nor a value."""
    cell = sql.column(raw_name(i))
    return sql.both(sql.negate(cells.is_missing(column, cell)), sql.is_null(cells.convert_leniently(column, cell)))


def columns_to_check(text: Text) -> list[tuple[int, TextColumn, str]]:
    """Return the columns whose cells can be wrong."""
    return [(i, c, n) for i, c, n in columns_of(text) if c.values.kind != "text" and not c.verbatim]


def count_wrong_cells(text: Text, relation: str) -> sql.Node:
    """Return the SELECT that counts each column's wrong cells.

    Beside them the filled ones and the words that mean missing; and the row of the first wrong one.
    """
    nodes = []
    for i, column, _ in columns_to_check(text):
        bad, row = is_wrong(column, i), sql.column("rowid")
        nodes.append(sql.named(sql.count(sql.case([(bad, sql.whole(1))])), f"bad{i}"))
        odd = sql.both(bad.copy(), sql.negate(cells.fits(sql.column(raw_name(i)), CODE_LIKE)))
        nodes.append(sql.named(sql.count(sql.case([(odd, sql.whole(1))])), f"odd{i}"))
        size = sql.both(bad.copy(), cells.fits(sql.call("trim", sql.column(raw_name(i))), SIZED))
        nodes.append(sql.named(sql.count(sql.case([(size, sql.whole(1))])), f"sized{i}"))
        filled = sql.negate(cells.is_missing(column, sql.column(raw_name(i))))
        nodes.append(sql.named(sql.count(sql.case([(filled, sql.whole(1))])), f"filled{i}"))
        nodes.append(sql.named(sql.smallest(sql.case([(bad.copy(), row)])), f"first{i}"))
        filled_in = sql.less(sql.whole(0), sql.call("length", sql.call("trim", sql.column(raw_name(i)))))
        word = sql.both(cells.is_missing(column, sql.column(raw_name(i))), filled_in)
        nodes.append(sql.named(sql.count(sql.case([(word, sql.whole(1))])), f"words{i}"))
    return sql.select(nodes, sql.table(relation))


def judge_again(text: Text, got: Columns, *, dates: Container[int] = ()) -> tuple[Text, list[WrongColumn]]:
    """Return the text, codes as text after all, and what stays wrong.

    ``dates`` are the places of columns that are dates whatever the share of those that can be read.
    """
    columns, problems = list(text.columns), []
    for i, column, _ in columns_to_check(text):
        bad, filled = int(got[f"bad{i}"][0]), int(got[f"filled{i}"][0])
        if int(got[f"words{i}"][0]):
            held = replace(column.values, remarks=column.values.remarks | {Remark.MISSING_WORDS})
            columns[i] = replace(column, values=held)
        codes = int(got[f"odd{i}"][0]) == 0 and int(got[f"sized{i}"][0]) < bad
        few = share_of(filled - bad, filled) is not Share.MOSTLY
        if column.before is None and i not in dates and (codes or few):
            text_of = Values("text") if codes else halved(column.values.kind, filled - bad, filled)
            columns[i] = replace(column, values=text_of)
        elif bad:
            problems.append(WrongColumn(int(got[f"first{i}"][0]) + 1, bad, i))
    return replace(text, columns=tuple(columns)), sorted(problems)


def list_unread(
    text: Text, problems: Sequence[WrongColumn], relation: str, fetch: Callable[[sql.Node], Columns]
) -> list[errors.UnreadCells]:
    """Return the columns with cells that cannot be read, and one of each."""
    told = []
    for row, count, place in problems:
        column, first = text.columns[place], sql.equal(sql.column("rowid"), sql.whole(row - 1))
        node = sql.named(sql.column(raw_name(place)), "seen")
        seen = str(fetch(sql.select([node], sql.table(relation), where=first))["seen"][0]).strip()
        kind = column.values.kind
        wanted = f"{WANTED[kind]} such as {example_of(kind, column.values.notation)}"
        told.append(errors.UnreadCells(str(column.name), count, row, seen, wanted, column.before is not None))
    return told


def find_wrong_rows(text: Text, relation: str) -> sql.Node:
    """Return the SELECT of the rows with a wrong cell.

    It gives the row's number and the place of the first such column.
    """
    place = sql.case([(is_wrong(c, i), sql.whole(i)) for i, c, _ in columns_to_check(text)])
    nodes = [sql.named(sql.column("rowid"), "row"), sql.named(place, "place")]
    return sql.select(nodes, sql.table(relation), where=has_wrong_cell(text), order=[sql.column("row")])


def list_rejected(text: Text, got: Columns) -> list[RejectedRow]:
    """Return the wrong rows as they are listed."""
    rows = [int(row) for row in got["row"]]
    found: list[RejectedRow] = []
    for row, line, place in zip(rows, lines_of(text, rows), got["place"], strict=True):
        wrong_one = text.columns[int(place)]
        reason = f"column {errors.shown(wrong_one.name)}: not {WANTED[wrong_one.values.kind]}"
        found.append(RejectedRow(line, reason if line is not None else f"row {row + 1:,}, {reason}", False))
    return found


def has_wrong_cell(text: Text) -> sql.Node:
    """Return the condition that a row has a wrong cell."""
    return sql.either(*(is_wrong(c, i) for i, c, _ in columns_to_check(text)))


def check_cells(text: Text, relation: str, reading: Reading, fetch: Callable[[sql.Node], Columns]) -> CheckedCells:
    """Return the text as all its cells show it, and what of them cannot be read.

    Parameters
    ----------
    relation : where the cells are, each as text, in rows that have numbers.
    """
    apart: dict[int, errors.InputError] = {}
    places, skipping = find_dates(text), reading.on_bad_rows != "error"
    if places:
        text, apart = decide_dates(text, places, reading, fetch, relation)
    counts = fetch(count_wrong_cells(text, relation))
    text, problems = judge_again(text, counts, dates=places if reading.date_order else () if skipping else apart)
    if not problems:
        return CheckedCells(text)
    if skipping:
        rejected = list_rejected(text, fetch(find_wrong_rows(text, relation)))
        return CheckedCells(text, tuple(rejected), where=sql.negate(has_wrong_cell(text)))
    told = zip(problems, list_unread(text, problems, relation, fetch), strict=True)
    return CheckedCells(text, unread=tuple(replace(cells, forms=apart.get(p.place)) for p, cells in told))
