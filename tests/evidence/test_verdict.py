"""The verdict: faces, labels and words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from coterie.evidence import Context, Split, Splits, structure, verdict
from coterie.evidence.structure import Borders
from prepared_tables import QUICK, columns, keys

APART = Borders((0.9, 0.7, 0.1), (1, 2, 3))


def outcome(code, **changes):
    """Return an outcome of the test with a given code."""
    r = np.random.default_rng(14)
    Z = np.array([[0, 0], [8, 0]])[r.integers(0, 2, 200)] + r.standard_normal((200, 2))
    found = structure.examine(Z, columns(2), keys(200), QUICK)
    assert found is not None
    apart = found.components if code in ("partly", "natural") else None
    trial = dataclasses.replace(found.trial, **changes)
    return dataclasses.replace(found, code=code, trial=trial, components=apart)


def say(code, ari=0.9, **changes):
    context = Context(3, 1000, 2, ["Savers", "Spenders", "Others"], APART, ari, 0.12)
    return verdict.judge(outcome(code), dataclasses.replace(context, **changes))


@pytest.mark.parametrize(
    ("code", "ari", "face", "label", "term"),
    [
        ("natural", 0.9, "green", "natural groups", "natural"),
        ("partly", 0.9, "green-amber", "some natural groups", "natural"),
        ("overlapping", 0.9, "amber", "overlapping groups", "reproducible"),
        ("shape", 0.85, "amber", "useful, not natural", "reproducible"),
        ("shape", 0.5, "amber", "the cut is only partly repeatable", "constructive"),
        ("none", 0.85, "amber", "useful, not natural", "reproducible"),
        ("none", 0.7, "amber", "the cut is only partly repeatable", "constructive"),
        ("none", 0.5, "red", "do not use", "constructive"),
    ],
)
def test_faces(code, ari, face, label, term):
    found = say(code, ari)
    assert (found.face, found.label, found.term) == (face, label, term)


@pytest.mark.parametrize("code", ["natural", "partly", "overlapping"])
def test_a_split_changes_the_face_where_no_other_border_stands_apart(code):
    pdays = Split("pdays", -1.0, None, ((1, 2),), 1, 0.991, 0.97)
    others = (Split("previous", 0.0, None, ((1, 2),), 1, 1.0, 1.0), Split("q5", None, None, ((1, 2),), 1, 1.0, 1.0))
    alone, beside = (say(code, splits=Splits((pdays, *others), standing)) for standing in (0, 1))
    assert (alone.code, alone.counts_as, alone.face, alone.label) == (code, "shape", "amber", "useful, not natural")
    assert alone.text.startswith("The split is whether pdays is −1: that alone tells the segments on both sides apart")
    assert "for at least 97% of their customers. So do previous and q5." in alone.text
    plain = say(code)
    assert (beside.counts_as, beside.face, beside.label, beside.text) == (code, plain.face, plain.label, plain.text)
    assert (alone.p_structure, alone.depth, alone.share) == (plain.p_structure, plain.depth, plain.share)


@pytest.mark.parametrize(("recall", "least"), [(0.9995, 99), (0.968, 96), (1.0, 100), (0.97, 97)])
def test_at_least_is_no_more_than_what_was_measured(recall, least):
    pdays = Split("pdays", -1.0, None, ((1, 2),), 1, 1.0, recall)
    assert f"for at least {least}% of their customers" in say("natural", splits=Splits((pdays,), 0)).text


def test_none_says_why_a_cut_repeats():
    assert "because of the cloud's outline" in say("none", 0.8).text
    assert "because of the cloud's outline" not in say("none", 0.79).text


def test_hardly_empty_borders_make_no_groups():
    found = outcome("shape")
    one = dataclasses.replace(found.trial.separation.best, of=(0, 0), depths=(0.0,))
    blurred = dataclasses.replace(found.trial.separation, p_best=0.01, p_any=0.5, best=one, first=one)
    faint = dataclasses.replace(found.trial, p_gap=0.01, depth=0.2, separation=blurred)
    assert structure._decide(0.01, faint)[0] == "shape"
    assert structure._decide(0.01, dataclasses.replace(faint, depth=0.3))[0] == "overlapping"
    context = Context(3, 1000, 2, ["A", "B", "C"], Borders((0.2,) * 3, (1, 1, 1)), 0.5)
    text = verdict.judge(dataclasses.replace(found, trial=faint, p_depth=0.01), context).text
    assert "borders between segments are hardly emptier than their cores (20%)" in text
    chance = dataclasses.replace(faint, p_gap=0.4)
    text = verdict.judge(dataclasses.replace(found, trial=chance), context).text
    assert "no border between segments is emptier than chance (p = 0.40)" in text


def test_groups_that_many_segments_cut_are_natural_where_it_is_clear_between_customers():
    """Twins across a yes/no column have full borders; what lies between the groups counts all the same."""
    found = outcome("natural").trial
    apart = dataclasses.replace(found.separation, p_best=0.3, p_any=0.01)
    twins = dataclasses.replace(found, share=0.0, separation=apart)
    assert structure._decide(0.01, twins)[::2] == ("natural", 0.01)
    dim = dataclasses.replace(apart.best, clear=0.7)  # 200 rows ask for .82
    vague = dataclasses.replace(apart, best=dim, first=dim)
    assert structure._decide(0.01, dataclasses.replace(twins, separation=vague))[0] == "shape"
    assert structure._decide(0.01, dataclasses.replace(twins, separation=vague, rows=2000))[0] == "natural"
    less = dataclasses.replace(twins, share=0.6, separation=dataclasses.replace(apart, p_best=0.02))
    assert structure._decide(0.01, less)[0] == "partly"


def test_shape_names_a_segment_that_stands_out_all_the_same():
    found = dataclasses.replace(outcome("shape", p_gap=0.3), p_depth=0.01)
    context = Context(3, 1000, 2, ["Savers", "Spenders", "Others"], Borders((0.9, 0.1, 0.1), (1, 2, 2)), 0.5)
    assert "All the same, Savers stands apart" in verdict.judge(found, context).text
    faint = dataclasses.replace(context, borders=Borders((0.4, 0.1, 0.1), (1, 1, 1)))
    assert "All the same" not in verdict.judge(found, faint).text


def test_partly_names_the_segments_that_stand_apart():
    assert "Savers and Spenders stand apart" in say("partly").text
    assert "Savers stands apart" in say("partly", borders=Borders((0.9, 0.4, 0.1), (1, 2, 3))).text
    assert "Savers stands apart" in say("partly", borders=Borders((0.9, 0.9, 0.9), (1, 2, 2))).text  # two of one group
    assert "Some stand apart" in say("partly", borders=Borders((0.1, 0.4, 0.1), (1, 1, 1))).text
    assert "The others shade into each other" in say("partly").text
    everyone = say("partly", borders=Borders((0.9, 0.7, 0.6), (1, 2, 3))).text  # the test saw more segments than these
    assert "Savers, Spenders and Others stand apart" in everyone
    assert "The others" not in everyone


def test_groups_and_segments_are_counted_apart():
    about = say("natural")
    assert (about.k, about.depth) == (2, outcome("natural").components.depth)
    assert "Distinct groups found. 2 groups, described by 3 segments. 100% of customers" in about.text
    assert "described by" not in say("natural", k=2, supported=2).text
    assert say("none").k == say("shape").k == say("overlapping").k == 1
    assert say("shape").share == 0.0


def test_groups_that_one_answer_cuts_once_more_count_once():
    found = outcome("natural")
    four = dataclasses.replace(found.components, of=(0, 1, 2, 3), depths=(0.9,) * 4)
    gift = Split("gift", 0.0, None, ((1, 2),), 1, 1.0, 1.0)
    context = Context(4, 1000, 2, ["A", "B", "C", "D"], Borders((0.9,) * 4, (1, 2, 3, 4)), 0.9, None)
    context = dataclasses.replace(context, splits=Splits((gift,), 1, 2))
    about = verdict.judge(dataclasses.replace(found, components=four), context)
    assert about.k == 2
    assert "2 groups, each split by whether gift is 0, described by 4 segments. " in about.text
    three = dataclasses.replace(found.components, of=(0, 1, 2), depths=(0.9,) * 3)
    about = verdict.judge(dataclasses.replace(found, components=three), context)
    assert "2 groups, some split by whether gift is 0, described by 4 segments. " in about.text


@pytest.mark.parametrize("code", ["natural", "partly"])
def test_segments_that_put_groups_together_are_no_natural_ones(code):
    found = say(code, kept_apart=False, k=3)
    assert (found.code, found.k, found.kept_apart) == (code, 2, False)
    assert (found.face, found.label, found.term) == ("amber", "natural groups, but not these segments", "reproducible")
    assert "The 3 segments shown mix customers of different groups." in found.text
    assert "describe them" not in found.text
    assert "mixed" in [c.code for c in found.caveats]
    assert "stand apart" not in found.text
    gift = Split("gift", 0.0, None, ((1, 2),), 0, 1.0, 1.0)
    two = say(code, kept_apart=False, k=2, splits=Splits((gift,), 1)).text
    assert "mix customers of different groups: they tell whether gift is 0." in two
    assert "mix" not in say(code, kept_apart=True).text
    asked, plain = say(code, kept_apart=False, k=3, supported=4), say(code, k=3, supported=4)
    assert (asked.face, asked.label, asked.term) == (plain.face, plain.label, plain.term)  # these are of the table
    assert "The 3 segments shown mix customers of different groups. You asked for 3; 4 is supported." in asked.text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("none", "alike on both sides, unless it is whether gift is 0. Do not"),
        ("shape", ", unless it is whether gift is 0. Treat segments as zones"),
    ],
)
def test_a_border_that_one_answer_draws_is_no_border_of_the_crowd(code, said):
    gift = Split("gift", 0.0, None, ((1, 2),), 0, 1.0, 1.0)
    drawn, plain = say(code, splits=Splits((gift,), 0)), say(code)
    assert said in drawn.text
    assert "gift" not in plain.text
    assert (drawn.counts_as, drawn.face, drawn.label) == (plain.counts_as, plain.face, plain.label)


def test_asked_and_supported_numbers_are_told_apart():
    assert "You asked for 3; 2 is supported." in say("natural", supported=2).text
    assert "2 compact segments" in say("natural", supported=2).text
    assert "You asked" not in say("natural", supported=3).text
    kept = say("natural", supported=2, kept=True).text
    assert "The former number, 3, was kept; 2 is supported." in kept
    assert "You asked" not in kept


def test_overlapping_counts_the_borderline():
    assert "Expect 12% borderline customers." in say("overlapping").text


def test_overlapping_segments_are_neighboring_ones():
    assert "but neighboring segments blend" in say("overlapping").text


def test_too_few_rows_are_said():
    (few,) = (c for c in say("none", rows=50).caveats if c.code == "few_rows")
    assert few.text.startswith("Too few rows (50) for a reliable verdict")
    assert [c.code for c in say("none", rows=500).caveats] == ["blind"]


def test_every_limit_has_a_code_and_a_sentence():
    assert [c.code for c in say("overlapping", rows=3000).caveats] == ["sub_samples", "bounded_cloud", "blind"]
    found = outcome("none")
    repeated = dataclasses.replace(found, trials=(dataclasses.replace(found.trial, repeated=7),))
    context = Context(3, 1000, 2, ["A", "B", "C"], Borders((0.1,) * 3, (1, 1, 1)))
    (said,) = (c for c in verdict.judge(repeated, context).caveats if c.code == "repeated_rows")
    assert said.text == "7 repeated rows were counted once for the test."


def test_hardly_any_rows_are_not_tested():
    found = verdict.judge(None, Context(2, 5, 2, ["A", "B"], Borders((0.0, 0.0), (1, 1))))
    assert (found.code, found.face, found.draws) == (None, "grey", 0)
    assert found.text == "Too few different customers (5) to test for groups."
