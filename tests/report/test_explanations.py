"""Rules, the tree, and what customers are like."""

from __future__ import annotations

from dataclasses import replace

from coterie.record import Record, clean
from coterie.report import explanations
from records import explained, simulated


def test_a_rule_stands_beside_what_it_is_worth() -> None:
    found = explanations.rules(clean(explained()[0]))
    assert [rule.mark.letter for rule in found] == ["A", "B", "D", "E"]  # C has none
    assert (found[0].precision, found[0].recall) == ("97%", "95%")


def test_the_leaves_of_the_tree_say_their_path_and_print_nothing_of_a_few() -> None:
    tree = explanations.tree(clean(explained()[0]))
    assert tree is not None
    assert tree.numbers.rows == [
        ["income ≥ 70", "B High income, high spending", "60", "90%"],
        ["income < 70", "A Average customers", "fewer than 10", "–"],
    ]
    assert [(text, below.right) for text, below in tree.root.branches] == [("income ≥ 70", "90%"), ("income < 70", "")]


def test_the_side_of_those_without_a_value_is_said_where_some_have_none() -> None:
    record, _ = explained()
    columns = tuple(replace(c, missing=4) if c.name == "annual_income" else c for c in record.columns)
    tree = explanations.tree(clean(replace(record, columns=columns)))
    assert tree is not None
    assert [text for text, _ in tree.root.branches] == ["income ≥ 70", "income < 70 or missing"]


def test_typical_and_borderline_customers_are_described_where_ten_stand_behind_them() -> None:
    shown = {p.mark.letter: p for p in explanations.people(clean(explained()[0]))}
    one = shown.pop("A")
    assert (one.typical, one.border) == ("Income about 88", "Income about 88")
    assert one.edge == "10% of the segment, mostly towards B"
    assert {(other.typical, other.border) for other in shown.values()} == {("", "")}  # the page says why
    assert explanations.people(clean(simulated()[0])) == []


def test_a_level_is_told_apart_from_its_column() -> None:
    record, _ = explained()
    first = record.segments[0]
    assert first.typical is not None
    values = (replace(first.typical.values[0], column="member", label="member", text="yes"),)
    told = replace(first, typical=replace(first.typical, values=values))
    assert _typical(replace(record, segments=(told, *record.segments[1:]))) == "Member: yes"


def test_what_is_usual_has_its_unit() -> None:
    record, _ = explained()
    first, called = record.segments[0], "annual income (k$)"
    assert first.typical is not None
    columns = tuple(replace(c, name=called) if c.name == "annual_income" else c for c in record.columns)
    values = (replace(first.typical.values[0], column=called),)
    told = tuple(
        replace(s, typical=None if s.typical is None else replace(s.typical, values=values), border=None)
        for s in record.segments
    )
    assert _typical(replace(record, columns=columns, segments=told)) == "Income about $88k"


def _typical(record: Record) -> str:
    return next(p.typical for p in explanations.people(clean(record)) if p.mark.letter == "A")
