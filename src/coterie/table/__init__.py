"""READ, SUMMARIZE, DRAW: the customers, which columns form segments, what is odd.

Its modules, in import order::

    identifiers      what a column's name says that its values are names of
    unmeasured       columns whose values measure nothing
    codes            columns of whole numbers whose name says that they are codes
    cut_ids          ids that a spreadsheet has cut
    ids              which column identifies a customer
    recoding         cells that stand for something else: codes, ticks, epochs, missing
    ordered_levels   answers with an order: low, medium, high
    table            a file or a frame becomes a Table
    repeated_ids     ids that repeat among many
    keyed_rows       rows under the id of a customer who is known already
    summary          counts and bounds of every column, one scan
    copied_rows      rows that tell a customer twice
    rare             how much a column counts that few customers have
    sample           the rows that decide
    odd_cells        the cell that makes text of a column of numbers
    columns          which columns form segments, and why others do not
    stand_ins        values that stand for something else
    odd_values       what is odd about the values, as findings
    finding_examples values that show what a finding is about
"""

from coterie.table.columns import DECILES, ColumnRecord, describe, describe_again, level_counts, skewness
from coterie.table.cut_ids import tell_cut_ids
from coterie.table.ids import EXACT_IDS
from coterie.table.keyed_rows import KeyedRows, read_keyed
from coterie.table.recoding import CellKind
from coterie.table.repeated_ids import all_differ, check_repeats
from coterie.table.sample import Sample, draw
from coterie.table.stand_ins import are_no_days
from coterie.table.summary import ColumnSummary, Summary, refuse_infinite, summarize
from coterie.table.table import (
    ID,
    ROWS,
    SECONDS_PER_DAY,
    Finding,
    Scored,
    Table,
    read,
    spread_rows,
)

__all__ = [
    "DECILES",
    "EXACT_IDS",
    "ID",
    "ROWS",
    "SECONDS_PER_DAY",
    "CellKind",
    "ColumnRecord",
    "ColumnSummary",
    "Finding",
    "KeyedRows",
    "Sample",
    "Scored",
    "Summary",
    "Table",
    "all_differ",
    "are_no_days",
    "check_repeats",
    "codes",
    "columns",
    "describe",
    "describe_again",
    "draw",
    "finding_examples",
    "level_counts",
    "odd_values",
    "ordered_levels",
    "rare",
    "read",
    "read_keyed",
    "recoding",
    "refuse_infinite",
    "skewness",
    "spread_rows",
    "summarize",
    "tell_cut_ids",
]
