"""Single customers as lines of a terminal."""

from __future__ import annotations

from coterie.report import terminal_examples
from coterie.scoring import Example
from records import simulated

FOUND = (
    Example(
        2, "typical", "c\x1b7", 0.5, {"age": 31.0, "annual_income": 88.25, "spending_score": 82.0, "member": "yes"}
    ),
    Example(2, "borderline", None, 0.01, {"age": None, "annual_income": 60.0, "spending_score": 51.0, "member": "no"}),
)


def test_examples_stand_below_their_segment_with_what_sets_segments_apart_first() -> None:
    record, _ = simulated()
    assert terminal_examples.lines(record, FOUND) == [
        "B High income, high spending",
        "  typical     c\\x1b7  spending score 82, income 88.25, member yes, age 31",
        "  borderline  spending score 51, income 60, member no, age missing",
    ]


def test_only_so_many_columns_are_shown() -> None:
    record, _ = simulated()
    assert terminal_examples.lines(record, FOUND[1:], shown=1)[1] == "  borderline  spending score 51"
