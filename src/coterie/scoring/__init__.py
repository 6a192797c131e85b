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
    rules_statement     the small tree that retells the segments, as one CASE
    dbt_model           either of them as a model of dbt
    questions           the typing tool of a run: its questions, found on its customers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie.doors import opened
from coterie.portrait import Agreement, TypingFacts
from coterie.scoring.assignments import levels_of, query_assignments, write_assignments

if TYPE_CHECKING:
    from coterie.scoring.change import Change, Step, Value
    from coterie.scoring.dbt_model import dbt_files
    from coterie.scoring.example_customers import Example, pick_examples
    from coterie.scoring.new_customers import read_new_customers
    from coterie.scoring.place import parts_of
    from coterie.scoring.questions import find_questions
    from coterie.scoring.reasons import Part, Reasons, find_reasons
    from coterie.scoring.rules_statement import caution, write_rules
    from coterie.scoring.statement import Wanted, write_statement

__all__ = [
    "Agreement",
    "Change",
    "Example",
    "Part",
    "Reasons",
    "Step",
    "TypingFacts",
    "Value",
    "Wanted",
    "caution",
    "dbt_files",
    "find_questions",
    "find_reasons",
    "levels_of",
    "parts_of",
    "pick_examples",
    "query_assignments",
    "read_new_customers",
    "write_assignments",
    "write_rules",
    "write_statement",
]

__getattr__, __dir__ = opened(
    __name__,
    {
        "Change": "change",
        "Example": "example_customers",
        "Part": "reasons",
        "Reasons": "reasons",
        "Step": "change",
        "Value": "change",
        "Wanted": "statement",
        "caution": "rules_statement",
        "dbt_files": "dbt_model",
        "find_questions": "questions",
        "find_reasons": "reasons",
        "parts_of": "place",
        "pick_examples": "example_customers",
        "read_new_customers": "new_customers",
        "write_rules": "rules_statement",
        "write_statement": "statement",
    },
)
