"""What is wrong with columns: their names, ids, values and kinds."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.doors import frozen
from coterie.errors.kinds import InputError
from coterie.errors.texts import listed, nearest, quoted, quoted_path, shown

# Flags whose values are names of columns
NAMING = ("--features", "--exclude", "--describe", "--value", "--id", "--columns", "--hash", "--outcome")


def bad_value(path: str, row: int | None, column: str, wanted: str, count: int = 1) -> InputError:
    """A value that does not fit its column."""
    place = f"row {row:,}, column {quoted(column)}" if row else f"column {quoted(column)}"
    return InputError(
        f"{f'{count:,} values' if count > 1 else 'A value'} in {quoted(path)} should be {wanted}.",
        where=f"Where: {place}.",
        do="Correct the value, or leave such rows out with --on-bad-rows skip.",
    )


@frozen
class UnreadCells:
    """A column's values that are there and cannot be read: how many, the first one and its row, what is expected.

    ``known`` says that the segments were formed with others; ``forms`` refuses dates in forms that do not go together.
    """

    column: str
    many: int
    row: int
    seen: str
    wanted: str
    known: bool = False
    forms: InputError | None = None


def unread_values(path: str, wrong: Sequence[UnreadCells]) -> InputError:
    """Values that are there and cannot be read."""
    first = wrong[0]
    what = f"{first.many:,} values of column" if first.many > 1 else "A value of column"
    others = [f"{quoted(w.column)} ({w.many:,}, first {quoted(w.seen)} in row {w.row:,})" for w in wrong[1:4]]
    more = f" Also: {', '.join(others)}{' and more' if len(wrong) > 4 else ''}." if others else ""
    do = "Correct or empty what is wrong, or leave such rows out with --on-bad-rows skip."
    if all(w.known for w in wrong):
        do = "Write the column as it was when the segments were formed, or pass --decimal or --date-order."
    return InputError(
        f"{what} {quoted(first.column)} of {quoted(path)} cannot be read as {first.wanted}.",
        where=f"Where: row {first.row:,} holds {quoted(first.seen)}.{more}",
        do=do,
    )


@frozen
class OddCell:
    """A cell unlike most of its column: its row, what it holds, and what most of the others are."""

    row: int
    seen: str
    wanted: str


def odd_cell(path: str, column: str, odd: OddCell) -> InputError:
    """A named column of text, most of whose values are numbers or dates."""
    return InputError(
        f"Column {quoted(column)} of {quoted(path)} is text: not every value of it is {odd.wanted}.",
        where=f"Where: row {odd.row:,} holds {quoted(odd.seen)}.",
        do=f"Correct or empty what is not {odd.wanted}, or name another column with --features.",
    )


def value_without_numbers(column: str, kind: str, odd: OddCell | None) -> InputError:
    """A column of no numbers, named as what a customer is worth."""
    held = {"text": "text", "date": "dates"}.get(kind, "what is no number")
    return InputError(
        f"Column {quoted(column)} holds {held}, and --value must be a column of numbers.",
        where=f"Where: row {odd.row:,} holds {quoted(odd.seen)}." if odd else "",
        do="Correct what is no number, or name another column with --value.",
    )


def infinite(column: str) -> InputError:
    """A column with an infinite or overflowing number."""
    return InputError(
        f"Column {quoted(column)} holds an infinite number, or one too large to square (beyond 1e150).",
        do="Correct the value, or leave the column out with --features.",
    )


def inexact(column: str) -> InputError:
    """A column with whole numbers that are no doubles."""
    return InputError(
        f"Column {quoted(column)} holds whole numbers beyond 2^53, which cannot be reckoned with exactly.",
        do="Store them as text where they are names, or leave the column out with --features.",
    )


def reserved_columns(names: Sequence[str]) -> InputError:
    """Columns whose names coterie needs for itself."""
    return InputError(
        f"Column names that are reserved: {listed(names)}.",
        do="Rename these columns in the source: names that begin with __c_, and file_row_number in Parquet, are taken.",
    )


def unnamed_column(path: str, column: int) -> InputError:
    """A column without a name, where names are all there is to tell columns apart."""
    return InputError(f"Column {column:,} of {quoted(path)} has no name.", do="Name it in the source.")


def same_columns(names: Sequence[str]) -> InputError:
    """Two columns with one name, letters' case aside."""
    return InputError(
        f"Columns with the same name: {listed(names)} (upper and lower case count as the same).",
        do="Rename one of them in the source.",
    )


def unknown_column(name: str, columns: Sequence[str], flag: str) -> InputError:
    """A column that the table does not have."""
    guess = nearest(name, columns)
    meant = f"Did you mean {quoted(guess)}? " if guess else ""
    return InputError(
        f"There is no column {quoted(name)} (asked for by {flag}{f' {quoted(name)}' if flag in NAMING else ''}).",
        where=f"The table has: {listed(columns)}.",
        do=f"{meant}Pass {flag} with one of these names.",
    )


def duplicate_ids(column: str, count: int, example: tuple[int, int] | None) -> InputError:
    """Ids that stand for more than one row."""
    where = f"For example rows {example[0]:,} and {example[1]:,} share one." if example else ""
    return InputError(
        f"Column {quoted(column)} is not unique: {count:,} {'row repeats' if count == 1 else 'rows repeat'} an id.",
        where=where,
        do="Give one row a customer, or name another column with --id; only segment and assign take each row as one, "
        "with --allow-duplicate-ids.",
    )


def duplicate_drawn_ids(column: str, count: int) -> InputError:
    """Ids that stand for more than one row, told by some of them."""
    return InputError(
        f"Column {quoted(column)} is not unique: about {count:,} rows repeat an id.",
        where="Some of the ids were compared; --check-ids compares all.",
        do="Give one row a customer, name another column with --id, or pass --allow-duplicate-ids.",
    )


def null_ids(column: str, count: int) -> InputError:
    """Rows without an id."""
    return InputError(
        f"Column {quoted(column)} is empty in {count:,} {'row' if count == 1 else 'rows'}.",
        do="Every customer needs an id: fill them in, or name another column with --id.",
    )


def unfit_ids(column: str, held: str) -> InputError:
    """Ids that cannot be told apart safely: fractions, bytes, lists, objects."""
    return InputError(
        f"Column {quoted(column)} holds {held}, so it cannot be an id.",
        do="Store the ids as text or whole numbers, or name another column with --id.",
    )


def unnumbered_rows(name: str) -> InputError:
    """A table without an id, whose rows have no order."""
    return InputError(
        f"No column of {quoted(name)} is unique and named like an id, and its rows have no order to number them by.",
        do="Name the column that identifies a customer with --id.",
    )


def no_features(reasons: Sequence[str]) -> InputError:
    """Nothing is left to segment by."""
    return InputError(
        "No column is left to form segments with.",
        where=f"Left out: {'; '.join(shown(r, 80) for r in reasons[:4])}." if reasons else "",
        do="Name at least one column of numbers or categories with --features.",
    )


def too_many_segments(k: int, distinct: int, rows: int) -> InputError:
    """More segments asked for than there are different customers."""
    return InputError(
        f"{k} segments were asked for, but only {distinct:,} customers of {rows:,} differ in the chosen columns.",
        do=f"Ask for at most {distinct} with -k, or add columns with --features.",
    )


def too_few_rows(rows: int) -> InputError:
    """A table with too few customers, or all alike."""
    return InputError(
        f"There is nothing to segment: {rows:,} {'customer' if rows == 1 else 'customers'}, all alike in the chosen "
        "columns.",
        do="Give at least two different customers.",
    )


def name_collision(columns: Sequence[str]) -> InputError:
    """Columns that the output would add twice."""
    return InputError(
        f"The table already has {listed(columns)}, which the result would add.",
        do="Rename it, or name it with --features or --describe if it is to be used.",
    )


def missing_features(columns: Sequence[str], have: Sequence[str]) -> InputError:
    """New customers lack columns that the segments were formed with."""
    others = {name.casefold() for name in have if name not in columns}
    loud = all(name.casefold() in others for name in columns)
    return InputError(
        f"The new table lacks {listed(columns)}, which the segments were formed with.",
        where=f"It has: {listed(have)}.",
        do=f"{'Only capitals differ: rename' if loud else 'Add the columns, or rename'} them as they were when the "
        "segments were formed.",
    )


def not_yet_customers(source: str, columns: Sequence[str]) -> InputError:
    """New customers of a run on purchases, without the columns that are made of these."""
    return InputError(
        f"{quoted_path(source)} lacks {listed(columns)}, which the run made of purchases.",
        do="Make customers of the purchases first, with `coterie customers`, and give those.",
    )


def wrong_kind(column: str, wanted: str, found: str) -> InputError:
    """A new table's column is of another kind than it was."""
    return InputError(
        f"Column {quoted(column)} holds {found}, but the segments were formed with {wanted}.",
        do="Give the column as it was when the segments were formed.",
    )


def no_level_known(column: str, seen: Sequence[str], known: Sequence[str]) -> InputError:
    """A category of new customers with no level known before."""
    return InputError(
        f"No row of column {quoted(column)} holds a level that the segments were formed with.",
        where=f"There: {listed(seen)}. Before: {listed(known)}.",
        do="Write the levels as they were, or empty the column.",
    )


def unread_column(column: str, kind: str) -> InputError:
    """A column of a frame whose values no engine reads."""
    return InputError(
        f"Column {quoted(column)} is of a type that cannot be read ({shown(kind, 60)}).",
        do="Make numbers, dates or text of it, or leave it out: drop it, or name the others with --features.",
    )


def unnamed_matrix(shape: tuple[int, ...], names: int | None) -> InputError:
    """A matrix whose columns are not named one by one."""
    said = "" if names is None else f", and --features has {names:,} {'name' if names == 1 else 'names'}"
    return InputError(
        f"The columns of a matrix need names: it is {' × '.join(f'{n:,}' for n in shape)}{said}.",
        do="Give one row a customer, and a name for each column in --features; or pass a frame.",
    )


def uneven_columns(columns: Sequence[str]) -> InputError:
    """Arrays that are no columns of one table."""
    return InputError(
        f"Columns of a table are of one length, and these are not: {listed(columns)}.",
        do="Give each column one value a row.",
    )


def broken_stream(kind: str, reason: str) -> InputError:
    """A frame that cannot give its rows."""
    return InputError(
        f"The {shown(kind)} cannot give its rows: {shown(reason, 160)}.", do="Pass a frame that can be read."
    )


def which_table(tables: Sequence[str]) -> InputError:
    """A connection that was asked nothing, and has not one table."""
    return InputError(
        "A connection stands for what it was asked last, or for its only table.",
        where=f"It has: {listed(tables)}." if tables else "It has no table.",
        do="Pass a relation, such as connection.table(NAME).",
    )


def unknown_frame(kind: str) -> InputError:
    """An object that is no path and no known frame."""
    return InputError(
        f"coterie cannot read a {shown(kind)}.",
        do="Pass a path, a pandas, polars, Arrow or DuckDB table, or anything with __arrow_c_stream__.",
    )


def no_customer(id: str, source: str) -> InputError:
    """An id that nobody has."""
    return InputError(
        f"{quoted_path(source)} has no customer {quoted(id)}.",
        do="Write the id as it is in segments.parquet, or name the column of ids with --id-column.",
    )


def repeated_customer(id: str, source: str) -> InputError:
    """An id that several customers have."""
    return InputError(
        f"Several rows of {quoted_path(source)} have the id {quoted(id)}.",
        do="Leave one of them, or name a column that tells customers apart with --id-column.",
    )
