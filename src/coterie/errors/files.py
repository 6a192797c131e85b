"""What is wrong with a file: it is not there, damaged, no table."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.errors.kinds import AccessError, InputError, LimitError
from coterie.errors.texts import listed, nearest, quoted, quoted_path, shown

REMOTE = (
    (("http", "https", "ftp", "ftps", "sftp"), "Download it first, for example with curl -O, and name the file."),
    (("s3", "s3a", "s3n"), "Copy it here first, for example with `aws s3 cp`, and name the file."),
    (("gs", "gcs"), "Copy it here first, for example with `gcloud storage cp`, and name the file."),
    (("az", "azure", "abfs", "abfss", "wasb", "wasbs", "hdfs", "dbfs"), "Copy it here first, and name the file."),
    (("file", "sqlite", "duckdb"), "Name the file itself, without what stands before its path."),
)


def missing_source(path: str) -> InputError:
    """No file at the path."""
    return InputError(f"There is no file {quoted_path(path)}.", do="Check the name, or give the whole path.")


def remote_source(scheme: str) -> InputError:
    """An address instead of a file; what to do depends on its kind."""
    do = next((do for schemes, do in REMOTE if scheme in schemes), "Export the table as Parquet or CSV, and name that.")
    return InputError(f"coterie reads files and databases, not addresses such as {shown(scheme, 20)}:….", do=do)


def unreadable(path: str, reason: str) -> AccessError:
    """The operating system refuses the file."""
    return AccessError(
        f"Cannot read {quoted_path(path)}: {shown(reason, 120)}.", do="Check the permissions of the file."
    )


def empty_source(path: str) -> InputError:
    """A file without a single data row."""
    return InputError(f"{quoted(path)} has no data rows.", do="Give a file with a header and one row a customer.")


def not_a_table(path: str, found: str, do: str) -> InputError:
    """The content is of a kind that is not read."""
    return InputError(f"{quoted(path)} cannot be read as a table: {found}.", do=do)


def unknown_kind(path: str) -> InputError:
    """A file name whose ending says nothing."""
    return InputError(
        f"The ending of {quoted(path)} does not say what is in it.",
        do="Give .csv, .tsv, .txt, .parquet, .json, .jsonl, .ndjson, .xlsx or .sqlite, or one of them in .gz, .zip or"
        " .zst: unpack or export what is in it, or rename it if it is one.",
    )


def one_column(path: str, name: str) -> InputError:
    """The delimiter was not recognised."""
    return InputError(
        f"{quoted(path)} has only 1 column, {quoted(name)}.",
        do='Is the delimiter unusual? Name it, for example --delimiter ";".',
    )


def bad_rows(path: str, reason: str) -> InputError:
    """A row that does not fit the header."""
    return InputError(
        f"{quoted(path)} has a row that does not fit its header.",
        where=shown(reason, 200),
        do="Correct the row, or leave such rows out with --on-bad-rows skip.",
    )


def damaged(path: str, how: str, do: str = "Get the file again from where it came.") -> InputError:
    """A file that is cut or broken."""
    return InputError(f"{quoted(path)} is damaged: {shown(how, 160)}.", do=do)


def too_large_unpacked(path: str, packed: int, size: int) -> InputError:
    """A packed file that grows beyond what honest packing gives."""
    return InputError(
        f"{quoted(path)} unpacks to more than {size:,} bytes from {packed:,}: that is not honest data.",
        do="Unpack it yourself if you trust it, and give what comes out.",
    )


def undecodable(path: str, encoding: str, offset: int, row: int | None = None) -> InputError:
    """A byte that a text file's encoding does not have."""
    place = f"byte {offset:,}" + (f", row {row:,}" if row else "")
    return InputError(
        f"{quoted(path)} is not valid {shown(encoding)}.",
        where=f"Where: {place}.",
        do="Name the encoding it has, for example --encoding latin-1 or --encoding cp1252.",
    )


def broken_text(path: str, what: str, row: int, line: int, do: str) -> InputError:
    """A row that no reader can be sure about, whatever breaks it."""
    return InputError(f"{quoted(path)}: {what}.", where=f"Where: row {row:,} (line {line:,}).", do=do)


def swallowed_rows(path: str, row: int | None, line: int, lines: int) -> InputError:
    """A quoted cell that holds rows; None for the row: in the header."""
    what = "a quoted cell holds a line that looks" if lines == 1 else f"quoted cells hold {lines:,} lines that look"
    place = "the header" if row is None else f"row {row:,}"
    return InputError(
        f"{quoted(path)}: {what} like a row of the table.",
        where=f"Where: {place} (line {line:,}).",
        do="Delete or double the quote that is out of place, or leave such rows out with --on-bad-rows skip.",
    )


def ragged(
    path: str, rows: Sequence[tuple[int, int, int]], count: int, wanted: int, *, begins: bool = False
) -> InputError:
    """Rows with another number of fields than the header.

    Each is a row, its line and its number of fields; the table ``begins`` with the first where all that follow are
    like it.
    """
    row, line, fields = rows[0]
    many = f"{count:,} rows do not fit the header" if count > 1 else "a row does not fit the header"
    have = (
        f"row {row:,} (line {line:,}) has {fields:,} {'field' if fields == 1 else 'fields'}, the header has {wanted:,}"
    )
    do = "Correct the file, or pass --on-bad-rows skip (leave such rows out) or repair (fill short rows up)."
    if begins:
        do = f"If the table begins there, below lines that are none of it, pass --skip-rows {line - 1}."
    return InputError(f"{quoted(path)}: {many}.", where=f"Where: {have}.", do=do)


def headless(path: str) -> InputError:
    """A first row that holds data instead of names."""
    return InputError(
        f"The first row of {quoted(path)} looks like data, not like column names.",
        do="Pass --no-header to call the columns column1, column2, …, or add a header.",
    )


def several_headers(path: str, names: Sequence[str], line: int | None) -> InputError:
    """A first row that names columns too."""
    place = "row 1" if line is None else f"row 1 (line {line:,})"
    return InputError(
        f"The header of {quoted(path)} has several rows.",
        where=f"Where: {place} holds {listed(names)} above numbers.",
        do="Write one row of column names, and delete the others.",
    )


def long_name(path: str, column: int, length: int, most: int) -> InputError:
    """A column whose name goes on and on."""
    return InputError(
        f"A column name in {quoted(path)} has {length:,} characters; coterie takes at most {most:,}.",
        where=f"Where: column {column:,}.",
        do="Shorten it; if a quote is opened there and never closed, close it.",
    )


def endless_header(path: str, most: int) -> InputError:
    """A header that goes on and on."""
    return InputError(
        f"The header of {quoted(path)} does not end within {most / 1_000_000:,.0f} MB.",
        do="Write one line of column names; if a quote is opened there and never closed, close it.",
    )


def unusual_delimiter(path: str, delimiter: str, columns: int) -> InputError:
    """A delimiter that is not guessed but can be named."""
    plural = "column" if columns == 1 else "columns"
    return InputError(
        f"{quoted(path)} has only {columns} {plural} of its own; {quoted(delimiter)} seems to separate more.",
        do=f"If so, pass --delimiter {quoted(delimiter)}.",
    )


def too_many_columns(path: str, columns: int, most: int) -> InputError:
    """More columns than can be looked at."""
    return InputError(
        f"{quoted(path)} has {columns:,} columns; coterie takes at most {most:,}.", do="Keep the columns that matter."
    )


def mixed_separators(path: str, column: str) -> InputError:
    """A column where comma and point both could be decimal."""
    return InputError(
        f"Column {quoted(column)} of {quoted(path)} mixes 1.234 and 1,234: the decimal sign cannot be told.",
        where=f"Where: column {quoted(column)}.",
        do='Say which it is with --decimal "." or --decimal ",", or write the numbers in one way.',
    )


def total_row(path: str, row: int, line: int | None) -> InputError:
    """A last row that sums the others up."""
    place = f"row {row:,}" if line is None else f"row {row:,} (line {line:,})"
    return InputError(
        f"The last row of {quoted(path)} looks like a total, not like a customer.",
        where=f"Where: {place}.",
        do="Delete it, or leave it out with --on-bad-rows skip.",
    )


def uncounted(path: str, read: int, counted: int) -> InputError:
    """The engine and the independent count disagree about the rows."""
    return InputError(
        f"{quoted(path)} cannot be read reliably: one count gives {counted:,} rows, another {read:,}.",
        do="Save it as a plain CSV file (commas, double quotes, UTF-8), and report this file's dialect.",
    )


def bad_json(path: str, reason: str, place: str) -> InputError:
    """Text that is not JSON, or not rows."""
    return InputError(
        f"{quoted(path)} is not a JSON table: {shown(reason, 120)}.",
        where=f"Where: {shown(place, 160)}." if place else "",
        do="Give a list of flat objects, or one object a line; correct the place named.",
    )


def unknown_table(path: str, name: str, tables: Sequence[str], flag: str) -> InputError:
    """A sheet or table that the file does not have."""
    guess = nearest(name, tables)
    meant = f"Did you mean {quoted(guess)}? " if guess else ""
    return InputError(
        f"{quoted(path)} has no {'sheet' if flag == '--sheet' else 'table'} {quoted(name)}.",
        where=f"It has: {listed(tables)}." if tables else "It has none.",
        do=f"{meant}Name one of these with {flag}.",
    )


def no_sheet_with_table(path: str, sheets: Sequence[str]) -> InputError:
    """Several sheets, and none with a header over rows."""
    return InputError(
        f"No sheet of {quoted(path)} holds a table: {listed(sheets)}.",
        do="Name one with --sheet, or give a sheet with a header and one row a customer.",
    )


def bad_cell(path: str, sheet: str, cell: str, what: str, do: str) -> InputError:
    """A workbook's cell that cannot be read, by its address."""
    return InputError(
        f"{quoted(path)}: {shown(what, 120)}.", where=f"Where: sheet {quoted(sheet)}, cell {cell}.", do=do
    )


def endless(path: str, after: str) -> LimitError:
    """A source that goes on and on, given up after some seconds, rows or bytes."""
    do = "Store what you need of it as a table"
    more = ", or allow more with --time-limit SECONDS" if after.endswith("seconds") else ""
    return LimitError(f"{quoted(path)} did not end after {after}.", do=f"{do}{more}.")


def reaches_out(path: str, view: str) -> InputError:
    """A view of somebody's database that reads other files."""
    return InputError(
        f"{quoted(path)} cannot be read: its view {quoted(view)} asks for files outside it, which are never opened.",
        do="Name another table with --table, or store what the view gives as a table.",
    )


def locked_database(path: str) -> AccessError:
    """A database that another program writes to."""
    return AccessError(f"{quoted(path)} is locked by another program.", do="Close that program, or copy the file.")


def unfinished(path: str) -> InputError:
    """A folder that a Spark job has not finished."""
    return InputError(
        f"{quoted(path)} is the output of a job that did not finish: it has _temporary and no _SUCCESS.",
        do="Run the job again, or pass --allow-incomplete to read what is there.",
    )


def parts_differ(path: str, part: str, how: str) -> InputError:
    """A folder whose files are not parts of one table."""
    return InputError(
        f"The parts of {quoted(path)} do not fit together: {shown(how, 160)}.",
        where=f"Where: {quoted(part)}.",
        do="Write all parts with the same columns and types.",
    )
