"""The first lines say no more than was found, and first what must be known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coterie.findings import Finding
from coterie.purchases import Repeats
from coterie.record import Record, Split, clean
from coterie.report import first_lines
from records import simulated, with_part

PDAYS = Split("spending_score", -1.0, None, ((1, 2), (1, 3)), 1.0, 0.99)
POUTCOME = Split("annual_income", None, "unknown", ((1, 2),), 0.97, 0.99)


def split(verdict: str, standing: int, *splits: Split) -> Record:
    record, _ = simulated(verdict=verdict)
    return with_part(record, "verdict", splits=splits, standing=standing)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("natural", "Five customer groups, clearly apart and repeatable"),
        ("partly", "Five segments, some of them clearly apart"),
        ("overlapping", "Five groups that blend at their borders"),
        ("none", "Five useful cuts of one continuous crowd"),
        ("weak", "Five cuts of one continuous crowd"),
        ("red", "No dependable groups: do not act on these five cuts"),
        (None, "Five customer segments"),
    ],
)
def test_the_headline_says_no_more_than_the_verdict(verdict: str | None, said: str) -> None:
    record, _ = simulated(verdict=verdict)
    assert first_lines.headline(clean(record)) == said


def test_a_split_that_leaves_nothing_else_is_said_with_the_command_that_looks_inside() -> None:
    said = first_lines.headline(clean(split("natural", 0, PDAYS, POUTCOME)))
    command = "`coterie segment SOURCE --exclude spending_score,annual_income`"
    assert said == f"The split is whether spending score is −1; {command} looks inside"


def test_what_was_left_out_before_stays_out_of_the_command() -> None:
    record = split("natural", 0, PDAYS)
    again = replace(record, options=replace(record.options, exclude=("x y",)))
    assert "--exclude 'x y,spending_score'" in first_lines.headline(clean(again))


@pytest.mark.parametrize(
    ("borders", "who"), [(((1, 2), (3, 4), (4, 5)), "each"), (((1, 2),), "some")], ids=["everybody", "two"]
)
def test_a_split_beside_other_borders_is_named(borders: tuple[tuple[int, int], ...], who: str) -> None:
    record = split("natural", 3, Split("q5", None, None, borders, 1.0, 1.0))
    said = f"Five customer groups, clearly apart and repeatable, {who} split by whether q5 is missing"
    assert first_lines.headline(clean(record)) == said


def test_rows_that_were_taken_as_customers_come_first() -> None:
    assert first_lines.lead(clean(simulated()[0])) == ""
    record = with_part(simulated()[0], "sample", repeats=Repeats("id", 94, 9_495, "--transactions"))
    said = "Each of 9,495 rows was taken as a customer, though they are of 94 customers (id)"
    assert first_lines.lead(clean(record)) == said


@pytest.mark.parametrize(
    ("counts", "said"), [((1,), "1 row that could not be read was"), ((3, 4), "7 rows that could not be read were")]
)
def test_rows_that_were_left_out_come_first(counts: tuple[int, ...], said: str) -> None:
    record, _ = simulated()
    lost = [Finding("COT007", "warning", None, n, f"{n} rows did not fit", "left out") for n in counts]
    assert first_lines.lead(clean(replace(record, findings=(*record.findings, *lost)))) == f"{said} left out"
