"""Customers under a record: read as those of a run were, looked up in it, given their segment in SQL.

Its modules, in import order::

    new_customers       customers read as those that formed the segments were
    example_customers   single customers as examples, looked up and kept nowhere
    place               the name of a table as its parts
    cells               a warehouse's columns as those that formed the segments
    statement           one commented SELECT, and the view around it
"""

from coterie.scoring.example_customers import Example, pick_examples
from coterie.scoring.new_customers import read_new_customers
from coterie.scoring.statement import Wanted, write_statement

__all__ = ["Example", "Wanted", "pick_examples", "read_new_customers", "write_statement"]
