"""Customers under a record: read, looked up, explained, assigned in SQL.

Its modules, in import order::

    new_customers       customers read as those that formed the segments were
    assignments         every customer's segment, as a query and as a file
    example_customers   single customers as examples, looked up and kept nowhere
    change              the least change that puts a customer into another segment
    reasons             what puts one customer into his segment, column by column
    place               the name of a table as its parts
    cells               a warehouse's columns as those that formed the segments
    statement           one commented SELECT, and the view around it
"""

from coterie.scoring.assignments import query_assignments, write_assignments
from coterie.scoring.change import Change, Step, Value
from coterie.scoring.example_customers import Example, pick_examples
from coterie.scoring.new_customers import read_new_customers
from coterie.scoring.reasons import Part, Reasons, find_reasons
from coterie.scoring.statement import Wanted, write_statement

__all__ = [
    "Change",
    "Example",
    "Part",
    "Reasons",
    "Step",
    "Value",
    "Wanted",
    "find_reasons",
    "pick_examples",
    "query_assignments",
    "read_new_customers",
    "write_assignments",
    "write_statement",
]
