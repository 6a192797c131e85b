"""READ: files of any kind become counted rows of plain text.

Its modules, in import order::

    file_kinds       what a file is, from its name and its first bytes
    date_forms       dates as people write them
    date_doubts      what makes it doubtful how dates are to be read
    births           columns of births, by their names
    currencies       currencies by their codes and signs
    decimal_signs    which decimal sign a number shows
    number_patterns  what texts of numbers look like
    notation         how the values of a column are written
    request          how a file is to be read, where its reader should not find out
    column_values    what a column holds, by its cells and by what it was before
    dialect          delimiter, quote, header of a text file
    header           the names of the columns
    encoding         bytes become text
    spill            a private folder for what memory cannot hold
    packed           archives, unpacked within limits
    piped            what is piped in, kept as a file
    parquet_pages    whether the pages of a Parquet file are what was written
    parquet_parts    which Parquet files are parts of one table
    text             counted text: what readers make, and engines load
    sampled_cells    a sample of a text's cells, and what they say of its columns
    total_row        a last row that sums the others up
    separators       what separates columns by several characters
    swallowed_rows   rows that a stray quote made a part of a cell
    delimited        delimited text, its rows counted by a native module
    typed_rows       rows that have types already, written as plain text
    line_numbers     the lines that rows stand on
    findings         what was found while reading
    json_rows        JSON, as a list or line by line
    workbook_parts   the members of a workbook's archive
    number_formats   what a workbook's cell shows of its number: a number, a date, a duration
    workbook         workbooks of a spreadsheet program
    sqlite           SQLite files
    formats          what a file is, and so which reader reads it
"""

from coterie.reading.column_values import judge_cells, order_of
from coterie.reading.currencies import MOST as MOST_CURRENCIES
from coterie.reading.currencies import currencies_of, is_currency, named_currency
from coterie.reading.date_forms import (
    COUNTS,
    DIGITS,
    FIRST_WORD,
    OFFSETS,
    ORDERS,
    WRITTEN,
    Choice,
    DateForm,
    Rule,
    Seen,
    choose_forms,
    month_words,
    rules_of,
)
from coterie.reading.delimited import rewrite
from coterie.reading.file_kinds import is_pattern
from coterie.reading.findings import READ_AS, choose_table, example_of, findings_of, tell_rejected
from coterie.reading.formats import DatabaseTable, prepare
from coterie.reading.header import MOST_COLUMNS, SHEET_ROWS, check_different
from coterie.reading.line_numbers import lines_of
from coterie.reading.notation import (
    MISSING,
    Notation,
    Remark,
    Share,
    Values,
    halved,
    notation_of,
    share_of,
)
from coterie.reading.number_patterns import BEHIND, CODE, CODE_LIKE, NO_CENTS, PLAIN, SIGNS, SIZED
from coterie.reading.packed import MOST_BYTES
from coterie.reading.parquet_pages import check_pages
from coterie.reading.parquet_parts import ParquetParts
from coterie.reading.piped import write_piped
from coterie.reading.request import Before, Reading, missing_of
from coterie.reading.sampled_cells import judge_columns, take_some_rows
from coterie.reading.spill import Spill, spilling
from coterie.reading.text import CANONICAL, LONGEST_CELL, RejectedRow, Text, TextColumn
from coterie.reading.total_row import is_total, reject_total

__all__ = [
    "BEHIND",
    "CANONICAL",
    "CODE",
    "CODE_LIKE",
    "COUNTS",
    "DIGITS",
    "FIRST_WORD",
    "LONGEST_CELL",
    "MISSING",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_CURRENCIES",
    "NO_CENTS",
    "OFFSETS",
    "ORDERS",
    "PLAIN",
    "READ_AS",
    "SHEET_ROWS",
    "SIGNS",
    "SIZED",
    "WRITTEN",
    "Before",
    "Choice",
    "DatabaseTable",
    "DateForm",
    "Notation",
    "ParquetParts",
    "Reading",
    "RejectedRow",
    "Remark",
    "Rule",
    "Seen",
    "Share",
    "Spill",
    "Text",
    "TextColumn",
    "Values",
    "check_different",
    "check_pages",
    "choose_forms",
    "choose_table",
    "currencies_of",
    "example_of",
    "findings_of",
    "halved",
    "is_currency",
    "is_pattern",
    "is_total",
    "judge_cells",
    "judge_columns",
    "lines_of",
    "missing_of",
    "month_words",
    "named_currency",
    "notation_of",
    "order_of",
    "prepare",
    "reject_total",
    "rewrite",
    "rules_of",
    "share_of",
    "spilling",
    "take_some_rows",
    "tell_rejected",
    "write_piped",
]
