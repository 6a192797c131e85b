"""The first lines say no more than was found, and first what must be known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from coterie.findings import Finding
from coterie.purchases import Repeats
from coterie.record import Record, Split, clean
from coterie.report import first_lines, page, terminal
from records import simulated, with_part, with_segment

PDAYS = Split("spending_score", -1.0, None, ((1, 2), (1, 3)), 2, 1.0, 0.99)
POUTCOME = Split("annual_income", None, "unknown", ((1, 2),), 1, 0.97, 0.99)


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


def test_which_segments_stand_apart_and_whether_the_others_last_is_in_the_headline() -> None:
    record, _ = simulated(verdict="partly")
    for some, said in (("A", "one of them"), ("AB", "two of them"), ("ABCDE", "each")):
        for letter in "ABCDE":
            alone = letter in some
            record = with_segment(record, letter, depth=0.9 if alone else 0.1, group=ord(letter) if alone else 0)
        ends = " from the others" if said == "each" else ""
        assert first_lines.headline(clean(record)) == f"Five segments, {said} clearly apart{ends}"
    ari = replace(record.stability.ari, median=0.5)
    shaky = with_part(with_segment(record, "E", depth=0.1), "stability", ari=ari)
    told = "Five segments, four of them clearly apart; the others change with the sample"
    assert first_lines.headline(clean(shaky)) == told


def test_a_split_that_leaves_nothing_else_is_said_and_the_command_that_looks_inside_is_told_to_those_who_type() -> None:
    record, points = simulated()
    record = with_part(record, "verdict", splits=(PDAYS, POUTCOME), standing=0)
    command = "coterie segment SOURCE --exclude spending_score,annual_income"
    assert first_lines.headline(clean(record)) == "The split is whether spending score is −1"
    assert first_lines.advice(clean(record)) == f"`{command}` looks inside"
    html = page.render(record, points)
    assert "<h1>The split is whether spending score is −1</h1>" in html
    assert command in re.search(r"<pre.*?</pre>", html, re.S)[0]  # type: ignore[index]
    assert command in " ".join(terminal.show(clean(record), source="a.csv", written={}, seconds=1.0).split())


def test_there_is_no_advice_where_other_borders_stand() -> None:
    record = split("natural", 3, PDAYS)
    assert first_lines.advice(clean(record)) == ""
    assert "inside the split" not in page.render(record)


def test_what_was_left_out_before_stays_out_of_the_command() -> None:
    record = split("natural", 0, PDAYS)
    again = replace(record, options=replace(record.options, exclude=("x y",)))
    assert "--exclude 'x y,spending_score'" in first_lines.advice(clean(again))


@pytest.mark.parametrize(
    ("borders", "who"), [(((1, 2), (3, 4), (4, 5)), "each"), (((1, 2),), "some")], ids=["everybody", "two"]
)
def test_a_split_beside_other_borders_is_named(borders: tuple[tuple[int, int], ...], who: str) -> None:
    record = split("natural", 3, Split("q5", None, None, borders, 1, 1.0, 1.0))
    said = f"Five customer groups, clearly apart and repeatable, {who} split by whether q5 is missing"
    assert first_lines.headline(clean(record)) == said


def test_a_split_of_other_groups_than_those_shown_is_no_headline() -> None:
    record = split("natural", 3, Split("q5", None, None, (), 1, 1.0, 1.0))
    assert first_lines.headline(clean(record)) == "Five customer groups, clearly apart and repeatable"


@pytest.mark.parametrize("verdict", ["natural", "partly"])
def test_segments_that_put_the_groups_together_are_not_called_groups(verdict: str) -> None:
    record = with_part(simulated(verdict=verdict)[0], "verdict", kept_apart=False)
    assert first_lines.headline(clean(record)) == "Five segments that mix customers of different groups"
    assert first_lines.advice(clean(record)) == ""
    cut = with_part(record, "verdict", splits=(PDAYS,), standing=3)
    assert first_lines.advice(clean(cut)) == "`coterie segment SOURCE --exclude spending_score` looks inside"
    other = replace(cut, choice=replace(cut.choice, supported=4))
    assert first_lines.advice(clean(other)) == ""


@pytest.mark.parametrize(
    ("borders", "who"),
    [
        (((1, 2), (3, 4), (4, 5)), "each told apart from another"),
        (((1, 2),), "some told apart from others"),
        (((1, 5), (2, 5), (3, 5), (4, 5)), "one of them told apart"),
    ],
)
def test_cuts_of_one_crowd_that_one_answer_tells_apart_are_told_so(
    borders: tuple[tuple[int, int], ...], who: str
) -> None:
    record = with_part(simulated(verdict="none")[0], "verdict", splits=(Split("q5", None, None, borders, 0, 1.0, 1.0),))
    said = f"Five useful cuts of one continuous crowd, {who} by whether q5 is missing"
    assert first_lines.headline(clean(record)) == said
    assert not record.verdict.set_aside


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
