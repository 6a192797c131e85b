"""What can go wrong: what, where, and what to do about it; every message is worded and tested in this room.

    CoterieError                     a promise coterie could not keep
    ├── InputError(ValueError)       fix the data or the option           exit 2
    │   └── FormatError              this file is not a run of coterie's  exit 2
    ├── MissingExtra(ImportError)    install the extra                    exit 2
    ├── LimitError(MemoryError)      memory, time or size ran out         exit 3
    ├── AccessError(OSError)         cannot read or write                 exit 4
    ├── EngineError(RuntimeError)    the engine refused; .sql has the text exit 4
    └── BusyError(RuntimeError)      another run holds the folder         exit 5
Its modules:
    in_python   messages as Python says them: arguments for flags
    texts       how a message shows a text, a path, a list of names
    kinds       the classes above
    files       a file is not there, damaged, no table
    columns     names, ids, values and kinds of columns
    purchases   columns and dates of a log
    options     an option, or what is installed
    engines     what an engine could not do
    databases   a database: its address, its server, a right, a query
    runs        a run's record, folder and lock
    by_hand     a name or a merge given by hand
    months      a refresh, or two runs that are compared
    campaigns   an audience, or what came of a campaign
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
    one_segment,
    other_source,
)
from coterie.errors.campaigns import (
    no_columns,
    no_confidence,
    no_holdout,
    no_key,
    no_outcome,
    nobody_known,
    not_an_audience,
    nothing_to_join,
    only_listed_converted,
    other_customers,
    other_run,
    small_segments,
    taken_name,
    two_keys,
)
from coterie.errors.columns import (
    OddCell,
    UnreadCells,
    bad_value,
    broken_stream,
    duplicate_drawn_ids,
    duplicate_ids,
    inexact,
    infinite,
    missing_features,
    name_collision,
    no_customer,
    no_features,
    no_level_known,
    not_yet_customers,
    null_ids,
    odd_cell,
    repeated_customer,
    reserved_columns,
    same_columns,
    too_few_rows,
    too_many_segments,
    uneven_columns,
    unfit_ids,
    unknown_column,
    unknown_frame,
    unnamed_column,
    unnamed_matrix,
    unnumbered_rows,
    unread_column,
    unread_values,
    value_without_numbers,
    which_table,
    wrong_kind,
)
from coterie.errors.databases import (
    bad_address,
    bad_query,
    failed_view,
    into_a_file,
    login_refused,
    lost_connection,
    lost_executors,
    no_database,
    no_java,
    no_right,
    no_schema,
    no_server,
    no_table_named,
    not_our_table,
    not_replaced,
    only_parquet,
    only_read,
    other_engine,
    other_rows,
    query_of_a_file,
    server_full,
    table_and_query,
    table_and_view,
    table_exists,
    too_slow,
    too_wide_for,
    two_databases,
)
from coterie.errors.engines import engine_refused, no_temporary, out_of_memory, temporary_full
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
    remote_source,
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
from coterie.errors.in_python import in_python
from coterie.errors.kinds import (
    AccessError,
    BusyError,
    CoterieError,
    EngineError,
    FormatError,
    InputError,
    LimitError,
    MissingExtra,
    calling,
)
from coterie.errors.months import (
    another_id,
    fewer_customers,
    lost_id,
    nobody_followed,
    other_features,
    repeated_customers,
    same_run,
)
from coterie.errors.options import (
    bad_option,
    bad_toml,
    missing_extra,
    no_id_in_dialect,
    no_log,
    no_source,
    unknown_dialect,
    unknown_option,
    unknown_zone,
    unwritable_column,
)
from coterie.errors.purchases import (
    ambiguous_dates,
    no_purchases,
    no_such_role,
    not_for_purchases,
    repeated_totals,
    rows_are_customers,
    rows_are_purchases,
    several_currencies,
    two_date_forms,
    uncast_dates,
    unread_amounts,
    unreadable_dates,
)
from coterie.errors.runs import (
    cannot_print,
    cannot_write,
    changed_file,
    file_exists,
    inside_published,
    no_tree,
    not_a_folder,
    not_a_run,
    nothing_told,
    other_format,
    other_record,
    output_in_use,
    overlapping,
    source_of_a_run,
    too_few_customers,
    unasked_column,
)
from coterie.errors.texts import listed, nearest, quoted, quoted_path, shown

__all__ = [
    "AccessError", "BusyError", "CoterieError", "EngineError", "FormatError", "InputError", "LimitError",
    "MissingExtra", "OddCell", "UnreadCells", "ambiguous_dates", "another_id", "bad_address", "bad_cell",
    "bad_json", "bad_name", "bad_option", "bad_query", "bad_rows", "bad_toml", "bad_value", "broken_stream",
    "broken_text", "calling", "cannot_print", "cannot_write", "changed_file", "changed_meanwhile", "damaged",
    "duplicate_drawn_ids", "duplicate_ids", "empty_source", "endless", "endless_header", "engine_refused",
    "failed_view", "fewer_customers", "file_exists", "headless", "in_python", "inexact", "infinite",
    "inside_published", "into_a_file", "last_two_segments", "listed", "locked_database", "login_refused",
    "long_name", "lost_connection", "lost_executors", "lost_id", "merge_with_itself", "missing_extra",
    "missing_features", "missing_source", "mixed_separators", "name_collision", "name_taken", "nearest",
    "no_columns", "no_confidence", "no_customer", "no_customers", "no_database", "no_features", "no_holdout",
    "no_id_in_dialect", "no_java", "no_key", "no_level_known", "no_log", "no_outcome", "no_purchases", "no_right",
    "no_schema", "no_segment", "no_server", "no_sheet_with_table", "no_source", "no_such_role", "no_table_named",
    "no_temporary", "no_tree", "nobody_followed", "nobody_known", "not_a_folder", "not_a_run", "not_a_table",
    "not_an_audience", "not_for_purchases", "not_our_table", "not_replaced", "not_yet_customers", "nothing_to_join",
    "nothing_told", "null_ids", "odd_cell", "one_column", "one_segment", "only_listed_converted", "only_parquet",
    "only_read", "other_customers", "other_engine", "other_features", "other_format", "other_record", "other_rows",
    "other_run", "other_source", "out_of_memory", "output_in_use", "overlapping", "parts_differ", "query_of_a_file",
    "quoted", "quoted_path", "ragged", "reaches_out", "remote_source", "repeated_customer", "repeated_customers",
    "repeated_totals", "reserved_columns", "rows_are_customers", "rows_are_purchases", "same_columns", "same_run",
    "server_full", "several_currencies", "several_headers", "shown", "small_segments", "source_of_a_run",
    "swallowed_rows", "table_and_query", "table_and_view", "table_exists", "taken_name", "temporary_full",
    "too_few_customers", "too_few_rows", "too_large_unpacked", "too_many_columns", "too_many_segments", "too_slow",
    "too_wide_for", "total_row", "two_databases", "two_date_forms", "two_keys", "unasked_column", "uncast_dates",
    "uncounted", "undecodable", "uneven_columns", "unfinished", "unfit_ids", "unknown_column", "unknown_dialect",
    "unknown_frame", "unknown_kind", "unknown_option", "unknown_table", "unknown_zone", "unnamed_column",
    "unnamed_matrix", "unnumbered_rows", "unread_amounts", "unread_column", "unread_values", "unreadable",
    "unreadable_dates", "unusual_delimiter", "unwritable_column", "value_without_numbers", "which_table",
    "wrong_kind",
]  # fmt: skip
