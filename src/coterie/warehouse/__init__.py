"""A run's assignment as SQL for the warehouse, from raw columns to a segment.

Its modules, in import order::

    place            the name of a table as its parts
    cells            a warehouse's columns as those that formed the segments
    statement        one commented SELECT, and the view around it
"""

from coterie.warehouse.statement import Wanted, write_statement

__all__ = ["Wanted", "write_statement"]
