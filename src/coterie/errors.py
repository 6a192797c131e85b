"""What can go wrong: what, where, and what to do about it.

::

    CoterieError                     a promise coterie could not keep
    ├── InputError(ValueError)       fix the data or the option           exit 2
    │   └── FormatError              this file is not a run of coterie's  exit 2
    ├── MissingExtra(ImportError)    install the extra                    exit 2
    ├── LimitError(MemoryError)      memory, time or size ran out         exit 3
    ├── AccessError(OSError)         cannot read or write                 exit 4
    ├── EngineError(RuntimeError)    the engine refused; .sql has the text exit 4
    └── BusyError(RuntimeError)      another run holds the folder         exit 5

Messages are made by the functions below the classes, so that the wording lives here and is tested here.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

SHOWN_LENGTH = 60
SHOWN_NAMES = 12
SHOWN_PATH = 240


class CoterieError(Exception):
    """What happened, where, and what to do: at most three lines."""

    exit_code = 1

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.do = what, where, do

    def __str__(self) -> str:
        return "\n".join(line for line in (self.what, self.where, self.do) if line)


class InputError(CoterieError, ValueError):
    """The data or an option must be changed."""

    exit_code = 2


class FormatError(InputError):
    """A file is no run of coterie's, or of another version."""


class MissingExtra(CoterieError, ImportError):  # noqa: N818 - the contract names it so
    """An optional package is needed and not installed."""

    exit_code = 2


class LimitError(CoterieError, MemoryError):
    """Memory, time or size ran out."""

    exit_code = 3


class AccessError(CoterieError, OSError):
    """A file or folder cannot be read or written."""

    exit_code = 4


class EngineError(CoterieError, RuntimeError):
    """The engine refused a query; ``sql`` holds what was sent."""

    exit_code = 4

    def __init__(self, what: str, where: str = "", do: str = "", sql: str = "") -> None:
        super().__init__(what, where, do)
        self.sql = sql


class BusyError(CoterieError, RuntimeError):
    """Another run of coterie holds the output folder."""

    exit_code = 5


def shown(text: object, length: int = SHOWN_LENGTH) -> str:
    r"""Return text that is safe to print on one line.

    Control and direction characters are escaped, long text is shortened.

    >>> shown("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    clean = "".join(_safe(c) for c in str(text)[: 4 * length])
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def quoted(text: object) -> str:
    """Return the text in single quotes, safe to print.

    >>> quoted("total spend")
    "'total spend'"
    """
    return f"'{shown(text)}'"


def quoted_path(path: object) -> str:
    """Return a path in single quotes, safe to print.

    Of a very long one it is the end, where the name is.
    """
    text = str(path)
    return f"'{shown(text if len(text) <= SHOWN_PATH else '…' + text[-SHOWN_PATH:], 4 * SHOWN_PATH)}'"


def _safe(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that the user probably meant, or None.

    >>> nearest("incme", ["age", "income"])
    'income'
    """
    by_fold = {n.casefold(): n for n in names}
    close = difflib.get_close_matches(name.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def listed(names: Sequence[str]) -> str:
    """Return the first dozen names, quoted and separated by commas."""
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(quoted(n) for n in names[:SHOWN_NAMES]) + more


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def missing_source(path: str) -> InputError:
    """No file at the path."""
    return InputError(f"There is no file {quoted_path(path)}.", do="Check the name, or give the whole path.")


def unreadable(path: str, reason: str) -> AccessError:
    """The operating system refuses the file."""
    return AccessError(
        f"Cannot read {quoted_path(path)}: {shown(reason, 120)}.", do="Check the permissions of the file."
    )


def empty_source(path: str) -> InputError:
    """A file without a single data row."""
    return InputError(f"{quoted(path)} has no data rows.", do="Give a file with a header and one row a customer.")


def not_a_table(path: str, found: str, do: str) -> InputError:
    """The content is of a kind that coterie does not read."""
    return InputError(f"{quoted(path)} cannot be read as a table: {found}.", do=do)


def unknown_kind(path: str) -> InputError:
    """A file name whose ending says nothing."""
    return InputError(
        f"The ending of {quoted(path)} does not say what is in it.",
        do="coterie reads .csv, .tsv, .txt, .parquet, .json, .jsonl and .ndjson: rename the file.",
    )


def one_column(path: str, name: str) -> InputError:
    """The delimiter was not recognised."""
    return InputError(
        f"{quoted(path)} has only 1 column, {quoted(name)}.",
        do='Is the delimiter unusual? Name it, for example --delimiter ";".',
    )


def bad_value(path: str, row: int | None, column: str, wanted: str, count: int = 1) -> InputError:
    """A value that does not fit its column; it is never shown."""
    place = f"row {row:,}, column {quoted(column)}" if row else f"column {quoted(column)}"
    return InputError(
        f"{f'{count:,} values' if count > 1 else 'A value'} in {quoted(path)} should be {wanted}.",
        where=f"Where: {place}.",
        do="Correct the value, or leave such rows out with --on-bad-rows skip.",
    )


def bad_rows(path: str, reason: str) -> InputError:
    """The reader stopped at a row that does not fit the header."""
    return InputError(
        f"{quoted(path)} has a row that does not fit its header.",
        where=shown(reason, 200),
        do="Correct the row, or leave such rows out with --on-bad-rows skip.",
    )


def infinite(column: str) -> InputError:
    """A column with an infinite or overflowing number."""
    return InputError(
        f"Column {quoted(column)} holds an infinite number, or one too large to square (beyond 1e150).",
        do="Correct the value, or leave the column out with --features.",
    )


def reserved_columns(names: Sequence[str]) -> InputError:
    """Columns whose names coterie needs for itself."""
    return InputError(
        f"Column names that start with __c_ are reserved: {listed(names)}.", do="Rename these columns in the source."
    )


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
        f"There is no column {quoted(name)} (asked for by {flag}).",
        where=f"The table has: {listed(columns)}.",
        do=f"{meant}Pass {flag} with one of these names.",
    )


def duplicate_ids(column: str, count: int, example: tuple[int, int] | None) -> InputError:
    """Ids that stand for more than one row."""
    where = f"For example rows {example[0]:,} and {example[1]:,} share one." if example else ""
    return InputError(
        f"Column {quoted(column)} is not unique: {count:,} {'row repeats' if count == 1 else 'rows repeat'} an id.",
        where=where,
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


# ── purchases ─────────────────────────────────────────────────────────────────────────────────────────────────────


def no_such_role(role: str, flags: str, columns: Sequence[str]) -> InputError:
    """No column is called like a customer, a date or an amount."""
    return InputError(
        f"No column is called like the {role} of a purchase.",
        where=f"The table has: {listed(columns)}.",
        do=f"Name it with {flags}.",
    )


def unreadable_dates(column: str, unread: int | None = None, row: int | None = None) -> InputError:
    """Texts that are no dates: all of a column (``unread`` None), or some of them."""
    if unread is None:
        do = "Write dates like 2026-01-31, or name another column with --date."
        return InputError(f"Column {quoted(column)} holds no dates that coterie can read.", do=do)
    return InputError(
        f"{unread:,} of the values in column {quoted(column)} cannot be read as dates.",
        where=f"Where: row {row:,}." if row is not None else "",
        do="Correct or empty them, or leave such rows out with --on-bad-rows skip.",
    )


def two_date_forms(
    name: str, column: str, forms: Sequence[tuple[str, int, int]], *, switched: bool = False
) -> InputError:
    """Dates in forms that cannot be read together; each a form, its number of values and its first row."""
    seen = "; ".join(f"{form} in {count:,} (first in row {row:,})" for form, count, row in forms)
    why = " A spreadsheet program may have switched day and month where both fit." if switched else ""
    do = "Export them again" if switched else "Say the order with --date-order dmy or mdy, or write them"
    return InputError(
        f"The dates in column {quoted(column)} of {quoted(name)} are written in {len(forms)} forms.{why}",
        where=f"Where: {seen}.",
        do=f"{do} in one form such as 2026-01-31.",
    )


def ambiguous_dates(column: str, orders: Sequence[str]) -> InputError:
    """Dates such as 3/4/2026, and nothing says which is the month."""
    return InputError(
        f"The dates in column {quoted(column)} can be read in {len(orders)} ways.",
        do=f"Say which with --date-order {' or '.join(sorted(orders))}.",
    )


def no_purchases(path: str, when: str = "") -> InputError:
    """No row has a customer, a date and an amount."""
    return InputError(
        f"{quoted(path)} has no row with a customer, a date and an amount{' ' * bool(when)}{when}.",
        do="Name the columns with --customer, --date and --amount, and check --as-of.",
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
    """A byte that the encoding of a text file does not have."""
    place = f"byte {offset:,}" + (f", row {row:,}" if row else "")
    return InputError(
        f"{quoted(path)} is not valid {shown(encoding)}.",
        where=f"Where: {place}.",
        do="Name the encoding it has, for example --encoding latin-1 or --encoding cp1252.",
    )


def broken_text(path: str, what: str, row: int, line: int, do: str) -> InputError:
    """A row that no reader can be sure about, whatever breaks it."""
    return InputError(f"{quoted(path)}: {what}.", where=f"Where: row {row:,} (line {line:,}).", do=do)


def ragged(path: str, rows: Sequence[tuple[int, int, int]], count: int, wanted: int) -> InputError:
    """Rows with another number of fields than the header.

    Each is a row, its line and its number of fields.
    """
    row, line, fields = rows[0]
    many = f"{count:,} rows do not fit the header" if count > 1 else "a row does not fit the header"
    have = (
        f"row {row:,} (line {line:,}) has {fields:,} {'field' if fields == 1 else 'fields'}, the header has {wanted:,}"
    )
    do = "Correct the file, or pass --on-bad-rows skip (leave such rows out) or repair (fill short rows up)."
    return InputError(f"{quoted(path)}: {many}.", where=f"Where: {have}.", do=do)


def headless(path: str) -> InputError:
    """A first row that holds data instead of names."""
    return InputError(
        f"The first row of {quoted(path)} looks like data, not like column names.",
        do="Pass --no-header to call the columns column1, column2, …, or add a header.",
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
    """A column in which comma and point both could be decimal."""
    return InputError(
        f"Column {quoted(column)} of {quoted(path)} mixes 1.234 and 1,234: the decimal sign cannot be told.",
        where=f"Where: column {quoted(column)}.",
        do='Say which it is with --decimal "." or --decimal ",", or write the numbers in one way.',
    )


def total_row(path: str, row: int, line: int) -> InputError:
    """A last row that sums the others up."""
    return InputError(
        f"The last row of {quoted(path)} looks like a total, not like a customer.",
        where=f"Where: row {row:,} (line {line:,}).",
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
    """A sheet or a table that the file does not have."""
    guess = nearest(name, tables)
    meant = f"Did you mean {quoted(guess)}? " if guess else ""
    return InputError(
        f"{quoted(path)} has no {'sheet' if flag == '--sheet' else 'table'} {quoted(name)}.",
        where=f"It has: {listed(tables)}." if tables else "It has none.",
        do=f"{meant}Name one of these with {flag}.",
    )


def bad_cell(path: str, sheet: str, cell: str, what: str, do: str) -> InputError:
    """A cell of a workbook that cannot be read, by its address."""
    return InputError(
        f"{quoted(path)}: {shown(what, 120)}.", where=f"Where: sheet {quoted(sheet)}, cell {cell}.", do=do
    )


def took_too_long(path: str, seconds: float, rows: int) -> LimitError:
    """A source that goes on and on."""
    return LimitError(
        f"{quoted(path)} did not end after {seconds:,.0f} seconds and {rows:,} rows.",
        do="Narrow the source, or allow more with --time-limit SECONDS.",
    )


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


# ── options ───────────────────────────────────────────────────────────────────────────────────────────────────────


def bad_option(name: str, found: object, wanted: str, origin: str = "") -> InputError:
    """An option whose value is out of range or of another type."""
    source = f" (from {origin})" if origin else ""
    return InputError(f"{name} cannot be {quoted(found)}{source}.", do=f"It must be {wanted}.")


def unknown_option(name: str, names: Sequence[str], origin: str) -> InputError:
    """A key in a configuration file or the environment that means nothing."""
    guess = nearest(name, names)
    meant = f"Did you mean {quoted(guess)}?" if guess else f"Known are: {', '.join(sorted(names))}."
    return InputError(f"Unknown option {quoted(name)}.", where=f"Where: {origin}.", do=meant)


def bad_toml(path: str, reason: str) -> InputError:
    """A configuration file that is not TOML."""
    return InputError(f"{quoted_path(path)} is not valid TOML: {shown(reason, 120)}.", do="Correct the file.")


def no_source() -> InputError:
    """Nothing to read."""
    return InputError(
        "No input was given.", do='Name a file, for example `coterie segment customers.csv`, or set input = "…".'
    )


def too_many_segments(k: int, distinct: int, rows: int) -> InputError:
    """More segments asked for than there are different customers."""
    return InputError(
        f"{k} segments were asked for, but only {distinct:,} customers of {rows:,} differ in the chosen columns.",
        do=f"Ask for at most {distinct} with -k, or add columns with --features.",
    )


def too_few_rows(rows: int) -> InputError:
    """A table with too few customers, or all of them alike."""
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
    return InputError(
        f"The new table lacks {listed(columns)}, which the segments were formed with.",
        where=f"It has: {listed(have)}.",
        do="Add the columns, or rename them as they were when the segments were formed.",
    )


def wrong_kind(column: str, wanted: str, found: str) -> InputError:
    """A new table's column is of another kind than it was."""
    return InputError(
        f"Column {quoted(column)} holds {found}, but the segments were formed with {wanted}.",
        do="Give the column as it was when the segments were formed.",
    )


def unknown_frame(kind: str) -> InputError:
    """An object that is no path and no frame coterie knows."""
    return InputError(
        f"coterie cannot read a {shown(kind)}.", do="Pass a path, or a pandas, polars, Arrow or DuckDB table."
    )


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def not_a_run(path: str, reason: str) -> FormatError:
    """A folder that is not a run of coterie's."""
    return FormatError(
        f"{quoted_path(path)} is not a run of coterie's: {shown(reason, 120)}.",
        do="Name a folder that `coterie segment` wrote.",
    )


def other_format(path: str, found: object, known: int) -> FormatError:
    """A record of another version."""
    return FormatError(
        f"{quoted_path(path)} has format {shown(found)}; this coterie reads format {known}.",
        do="Use the version of coterie that wrote it, or segment again.",
    )


def other_record(path: str, what: str) -> FormatError:
    """A record whose keys are not those of this version."""
    return FormatError(
        f"{quoted_path(path)} was made by another coterie: {shown(what, 160)}.", do="Segment again with this one."
    )


def engine_refused(reason: str, sql: str = "") -> EngineError:
    """The engine could not run a query of ours."""
    return EngineError(
        f"The engine could not finish: {shown(reason, 200)}.", do="Run again with -v; please report it.", sql=sql
    )


def out_of_memory(reason: str) -> LimitError:
    """The engine ran into its memory or disk limit."""
    return LimitError(
        f"Memory ran out: {shown(reason, 160)}.",
        do="Give more with --memory, name a folder with more room with --temp-dir, or use fewer columns.",
    )


def missing_extra(package: str, extra: str) -> MissingExtra:
    """An optional package is not installed."""
    return MissingExtra(f"This needs the package {package}.", do=f"pip install 'coterie[{extra}]'")


# ── the run folder ────────────────────────────────────────────────────────────────────────────────────────────────


def cannot_write(path: str, reason: str, free: int | None = None) -> AccessError:
    """An output that the system refuses.

    ``free`` bytes are left where the disk is full.
    """
    room = "" if free is None else f"Where: {free:,} bytes are free on that disk."
    do = "Name another folder with --out." if free is None else "Make room, or name another disk with --out."
    return AccessError(f"Cannot write {quoted_path(path)}: {shown(reason, 120)}.", room, do)


def output_in_use(path: str, pid: object, host: object, lock: str) -> BusyError:
    """Name the run that is writing there."""
    return BusyError(
        f"{quoted_path(path)} is in use by another run of coterie (process {shown(pid)} on {shown(host)}).",
        do=f"Wait for it, or name another folder with --out. If that run is surely dead, delete {quoted_path(lock)}.",
    )


def changed_file(run: str, name: str) -> FormatError:
    """A file of a run that is not the published one."""
    return FormatError(
        f"{quoted(name)} in the run {quoted_path(run)} was changed after it was written.",
        do="Segment again, or restore it.",
    )


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────


def no_segment(key: str, segments: Sequence[str]) -> InputError:
    """An id or a letter that no segment of the run has."""
    return InputError(
        f"There is no segment {quoted(key)}.",
        where=f"The run has: {', '.join(shown(s, 20) for s in segments[:SHOWN_NAMES])}.",
        do="Name one by its number or its letter.",
    )


def bad_name(text: str, reason: str) -> InputError:
    """A name given by hand that cannot be one."""
    return InputError(
        f"{quoted(text)} cannot be the name of a segment: {shown(reason, 120)}.",
        do='Give a short name in plain letters, for example "Weekend families".',
    )


def name_taken(text: str, letter: str) -> InputError:
    """A name that another segment of the run has."""
    return InputError(
        f"Segment {shown(letter, 8)} is called {quoted(text)} already.", do="Give every segment its own name."
    )


def merge_with_itself(key: str) -> InputError:
    """One segment named twice."""
    return InputError(f"Segment {quoted(key)} cannot be merged with itself.", do="Name two different segments.")


def last_two_segments() -> InputError:
    """A merge that would leave one segment."""
    return InputError(
        "The run has two segments only; merging them would leave none to tell apart.",
        do="Keep both, or segment again with other columns.",
    )


def no_customers() -> InputError:
    """A run without its customers: loaded, or pickled after a frame."""
    return InputError("This run is without its customers.", do="Give them as `source`.")


def other_source(source: str) -> InputError:
    """Customers that are not those of the run."""
    return InputError(
        f"{quoted_path(source)} does not hold the customers that the run was made of.",
        do="Give the same file, unchanged, or leave --source out.",
    )


def changed_meanwhile(run: str) -> InputError:
    """A run folder that holds another record than was loaded."""
    return InputError(f"{quoted_path(run)} was written again since it was loaded.", do="Load it again.")
