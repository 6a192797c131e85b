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

Messages are made by the functions of this room, so that the wording lives here and is tested here. Its modules:

    texts       how a message shows a text, a path, a list of names
    kinds       the classes above
    files       a file is not there, damaged, no table
    columns     names, ids, values and kinds of columns
    purchases   columns and dates of a log
    options     an option, or what is installed
    engines     what an engine could not do
    runs        a run's record, folder and lock
    by_hand     a name or a merge given by hand
"""

from __future__ import annotations

from coterie.errors.by_hand import (
    bad_name,
    changed_meanwhile,
    last_two_segments,
    merge_with_itself,
    name_taken,
    no_customers,
    no_segment,
    other_source,
)
from coterie.errors.columns import (
    UnreadCells,
    bad_value,
    broken_stream,
    duplicate_ids,
    inexact,
    infinite,
    missing_features,
    name_collision,
    no_features,
    no_level_known,
    null_ids,
    reserved_columns,
    same_columns,
    too_few_rows,
    too_many_segments,
    uneven_columns,
    unfit_ids,
    unknown_column,
    unknown_frame,
    unnamed_matrix,
    unnumbered_rows,
    unread_column,
    unread_values,
    which_table,
    wrong_kind,
)
from coterie.errors.engines import engine_refused, out_of_memory
from coterie.errors.files import (
    bad_cell,
    bad_json,
    bad_rows,
    broken_text,
    damaged,
    empty_source,
    endless,
    endless_header,
    headless,
    locked_database,
    long_name,
    missing_source,
    mixed_separators,
    no_sheet_with_table,
    not_a_table,
    one_column,
    parts_differ,
    ragged,
    reaches_out,
    several_headers,
    swallowed_rows,
    too_large_unpacked,
    too_many_columns,
    total_row,
    uncounted,
    undecodable,
    unfinished,
    unknown_kind,
    unknown_table,
    unreadable,
    unusual_delimiter,
)
from coterie.errors.kinds import (
    AccessError,
    BusyError,
    CoterieError,
    EngineError,
    FormatError,
    InputError,
    LimitError,
    MissingExtra,
)
from coterie.errors.options import bad_option, bad_toml, missing_extra, no_source, unknown_option
from coterie.errors.purchases import (
    ambiguous_dates,
    no_purchases,
    no_such_role,
    rows_are_customers,
    rows_are_purchases,
    two_date_forms,
    unreadable_dates,
)
from coterie.errors.runs import (
    cannot_write,
    changed_file,
    file_exists,
    inside_a_run,
    not_a_run,
    other_format,
    other_record,
    output_in_use,
    overlapping,
)
from coterie.errors.texts import listed, nearest, quoted, quoted_path, shown

__all__ = [
    "AccessError",
    "BusyError",
    "CoterieError",
    "EngineError",
    "FormatError",
    "InputError",
    "LimitError",
    "MissingExtra",
    "UnreadCells",
    "ambiguous_dates",
    "bad_cell",
    "bad_json",
    "bad_name",
    "bad_option",
    "bad_rows",
    "bad_toml",
    "bad_value",
    "broken_stream",
    "broken_text",
    "cannot_write",
    "changed_file",
    "changed_meanwhile",
    "damaged",
    "duplicate_ids",
    "empty_source",
    "endless",
    "endless_header",
    "engine_refused",
    "file_exists",
    "headless",
    "inexact",
    "infinite",
    "inside_a_run",
    "last_two_segments",
    "listed",
    "locked_database",
    "long_name",
    "merge_with_itself",
    "missing_extra",
    "missing_features",
    "missing_source",
    "mixed_separators",
    "name_collision",
    "name_taken",
    "nearest",
    "no_customers",
    "no_features",
    "no_level_known",
    "no_purchases",
    "no_segment",
    "no_sheet_with_table",
    "no_source",
    "no_such_role",
    "not_a_run",
    "not_a_table",
    "null_ids",
    "one_column",
    "other_format",
    "other_record",
    "other_source",
    "out_of_memory",
    "output_in_use",
    "overlapping",
    "parts_differ",
    "quoted",
    "quoted_path",
    "ragged",
    "reaches_out",
    "reserved_columns",
    "rows_are_customers",
    "rows_are_purchases",
    "same_columns",
    "several_headers",
    "shown",
    "swallowed_rows",
    "too_few_rows",
    "too_large_unpacked",
    "too_many_columns",
    "too_many_segments",
    "total_row",
    "two_date_forms",
    "uncounted",
    "undecodable",
    "uneven_columns",
    "unfinished",
    "unfit_ids",
    "unknown_column",
    "unknown_frame",
    "unknown_kind",
    "unknown_option",
    "unknown_table",
    "unnamed_matrix",
    "unnumbered_rows",
    "unread_column",
    "unread_values",
    "unreadable",
    "unreadable_dates",
    "unusual_delimiter",
    "which_table",
    "wrong_kind",
]
