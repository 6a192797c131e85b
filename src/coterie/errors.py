"""What can go wrong, in one room: every message says what, where, and what to do about it.

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
    """A file that should be a run of coterie's is not, or is of another version."""


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
    r"""Return text that is safe to print on one line: control and direction characters escaped, long text shortened.

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
    """Return a path in single quotes, safe to print; of a very long one the end, where the name is."""
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
    """Return the names quoted and separated by commas, the first dozen of them."""
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
    """The content is of another kind than the name says, or of no kind that coterie reads."""
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


def bad_value(path: str, row: int | None, column: str, wanted: str) -> InputError:
    """A value that does not fit its column; the value itself is never shown."""
    place = f"row {row:,}, column {quoted(column)}" if row else f"column {quoted(column)}"
    return InputError(
        f"A value in {quoted(path)} is not {wanted}.",
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


def fractional_ids(column: str) -> InputError:
    """Ids read as numbers with fractions cannot be told apart safely."""
    return InputError(
        f"Column {quoted(column)} holds fractions, so it cannot be an id.",
        do="Store the ids as text or whole numbers, or name another column with --id.",
    )


def no_features(reasons: Sequence[str]) -> InputError:
    """Nothing is left to segment by."""
    return InputError(
        "No column is left to form segments with.",
        where=f"Left out: {'; '.join(shown(r, 80) for r in reasons[:4])}." if reasons else "",
        do="Name at least one column of numbers or categories with --features.",
    )


# ── options ───────────────────────────────────────────────────────────────────────────────────────────────────────


def bad_option(name: str, found: object, wanted: str, origin: str = "") -> InputError:
    """An option whose value is out of range or of the wrong type."""
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
        f"The table already has {listed(columns)}, which the result would add.", do="Rename them in the source."
    )


def missing_features(columns: Sequence[str], have: Sequence[str]) -> InputError:
    """New customers lack columns that the segments were formed with."""
    return InputError(
        f"The new table lacks {listed(columns)}, which the segments were formed with.",
        where=f"It has: {listed(have)}.",
        do="Add the columns, or rename them as they were when the segments were formed.",
    )


def wrong_kind(column: str, wanted: str, found: str) -> InputError:
    """A new table's column is of another kind than the one the segments were formed with."""
    return InputError(
        f"Column {quoted(column)} holds {found}, but the segments were formed with {wanted}.",
        do="Give the column as it was when the segments were formed.",
    )


def unknown_frame(kind: str) -> InputError:
    """An object that is neither a path nor a frame that coterie knows."""
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
    """Name an output that the system refuses; ``free`` bytes are left where the disk is full."""
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
    """Name a file of a run that is not the one that was published."""
    return FormatError(
        f"{quoted(name)} in the run {quoted_path(run)} was changed after it was written.",
        do="Segment again, or restore it.",
    )
