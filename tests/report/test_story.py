"""What the report says in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coterie.evidence import Caveat
from coterie.evidence.choice import Vote
from coterie.findings import Finding
from coterie.record import Renewal, clean
from coterie.report import first_lines, page, story, view
from records import simulated, with_part, with_segment


def test_the_opening_names_the_widest_gaps_between_customers_and_value() -> None:
    (top, more), (low, less) = story.opening(clean(simulated()[0]))
    assert (top, low) == ("High income, high spending", "Low income, low spending")
    assert more == " is 20% of customers and 46% of all revenue."
    assert less.startswith(" is 12% of customers and ")


def test_without_a_value_the_opening_names_the_segments_that_lie_farthest_apart() -> None:
    record = simulated(value=False)[0]
    (most, much), (least, little) = story.opening(clean(record))
    assert (most, much) == ("High income, high spending", " stands out most in spending score, with 81 (+62%).")
    assert (least, little) == ("High income, low spending", " is at the other end, with 18 (−64%).")
    bare = replace(record, segments=tuple(replace(s, markers=()) for s in record.segments))
    (large, _), (small, _) = story.opening(clean(bare))
    assert (large, small) == ("Average customers", "Low income, high spending")


def test_at_most_three_things_are_to_be_read_with_care_and_there_is_always_one() -> None:
    record = replace(simulated()[0], findings=())
    assert len(story.care(clean(record))) == 1
    record = with_part(record, "sample", unassigned=4)
    record = with_part(record, "model", step=0.05)
    record = with_part(record, "stability", several=True, borderline=0.2)
    said = story.care(clean(with_segment(record, "A", tentative=True)))
    assert len(said) == 3
    assert "up to 5%" in said[0]


def test_what_the_test_cannot_see_is_for_the_analyst() -> None:
    blind = (Caveat("blind", "It cannot see rings."), Caveat("few_rows", "A hundred are not many."))
    record = clean(with_part(simulated()[0], "verdict", caveats=blind))
    assert story.limits(record) == "It cannot see rings."
    assert "It cannot see rings." not in story.care(record)


def test_each_p_value_stands_with_the_name_of_its_test_and_votes_are_counted() -> None:
    record = with_part(simulated()[0], "verdict", p_structure=0.01, p_gap=0.02, p_depth=0.03)
    said = dict(story.trust(clean(record)))
    assert "p = 0.01" in said["Structure, separation"]
    assert said["Way round a gap"] == "p = 0.02"
    assert said["Depth of borders"] == "p = 0.03"
    assert said["Votes for the number"].startswith("4 of 4 criteria say 5: ")


def test_a_number_is_compared_with_all_by_percent_and_a_share_by_that_of_all() -> None:
    record = clean(simulated()[0])
    said = {d.what: d for d in story.differences(record, record.segment(2), most=9)}
    assert said["income"].away.startswith("+")
    assert said["member"].away == "all 63%"
    assert said["member"].value == "79%"


def test_close_to_average_is_said_only_where_every_printed_number_is() -> None:
    record = clean(simulated()[0])
    for segment in record.segments:
        close = view.is_average(record, segment.id)
        assert (story.unmarked(record, segment) == "close to average") == close


def test_another_number_than_was_asked_for_is_said_where_it_is_supported() -> None:
    record = clean(simulated()[0])
    assert story.other_number(record) == ""
    asked = with_part(record, "choice", asked=5, supported=7)
    assert story.other_number(clean(asked)) == "You asked for 5; 7 is supported."


def test_a_small_base_is_said_once_whatever_the_verdict_calls_it() -> None:
    record, _ = simulated(sizes=(20, 20, 20, 20, 20))
    assert any("are a small base for 5 segments" in text for text in story.care(clean(record)))
    few = with_part(record, "verdict", caveats=(Caveat("few_rows", "A hundred are not many."),))
    said = " ".join(story.care(clean(few)))
    assert "With 100 customers, only groups that lie very far apart can be told from chance." in said
    assert "are a small base" not in said


ALIKE = Finding("COT131", "warning", None, 30, "30 rows repeat another one", "kept")
ONE_ROW = Finding("COT131", "warning", None, 1, "1 row repeats another one", "kept")
CONSTANT = Finding("COT103", "warning", "z", 200, "the same value in every row", "left out")
PLACEHOLDER = Finding("COT122", "warning", "pdays", 20, "−1 stands apart", "taken as a number")
LOST = Finding("COT106", "warning", "income", 4, "4 values missing (2%)", "they add nothing to any distance")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((CONSTANT, LOST, ALIKE), ["30 rows repeat another one; two more are listed under Data."]),
        ((ALIKE, PLACEHOLDER), ["Pdays: −1 stands apart; one more is listed under Data."]),
        ((LOST,), ["Income: 4 values missing (2%)."]),
        ((ONE_ROW, CONSTANT), ["Names are drafted from the numbers and are yours to edit."]),
    ],
    ids=["most customers first", "what numbers mean first", "alone", "too few to matter"],
)
def test_care_is_asked_for_what_changes_the_reading_of_the_page(found: tuple[Finding, ...], said: list[str]) -> None:
    assert story.care(clean(replace(simulated()[0], findings=found))) == said


def test_one_customer_and_one_row_are_told_of_in_the_singular() -> None:
    record = with_part(replace(simulated()[0], findings=()), "sample", unassigned=1)
    assert story.care(clean(record)) == ["1 customer lacks every column that was used and belongs to no segment."]
    record = with_part(record, "verdict", repeated_rows=1)
    assert dict(story.trust(clean(record)))["Tested on"].endswith("; 1 repeated row was counted once")


def test_segments_that_mix_groups_are_not_very_sure() -> None:
    record = with_part(simulated()[0], "verdict", kept_apart=False)
    assert story.facts(clean(record))[2].value == "Fairly"
    assert story.facts(clean(record))[2].yardstick.endswith(", though they mix groups")


def test_an_error_that_rounds_to_nothing_is_told_to_be_small() -> None:
    record = with_part(simulated()[0], "model", silhouette=0.19, silhouette_error=0.004)
    assert "silhouette 0.19 ± <0.01;" in dict(story.trust(clean(record)))["Structure, separation"]


def test_what_is_the_same_everywhere_is_no_gap() -> None:
    sizes = (40,) * 5
    record = simulated(sizes=sizes, value=False)[0]
    told = clean(replace(record, segments=tuple(replace(s, markers=()) for s in record.segments)))
    assert story.opening(told) == [("", "The five segments are about the same size, 20% of customers each.")]
    assert [(f.value, f.yardstick) for f in story.facts(told)][1] == ("20%", "every segment about the same")
    record = simulated(sizes=sizes)[0]
    parts = tuple(replace(s, value=4_000.0, value_share=0.2) for s in record.segments)
    told = clean(replace(record, segments=parts))
    assert story.opening(told) == [
        ("", "Each of the five segments has about as much of all revenue as of the customers.")
    ]
    assert (story.facts(told)[1].value, story.facts(told)[1].yardstick) == ("100", "the same in every segment")


@pytest.mark.parametrize(("doubt", "why"), [(0.09, "differ on 9% of those"), (0.0, "differ too often even on those")])
def test_why_nobody_is_core_is_never_a_share_of_nothing(doubt: float, why: str) -> None:
    record = replace(simulated()[0], findings=())
    margins = replace(record.stability.margins, need=None, doubt=doubt)
    (said,) = story.care(clean(with_part(record, "stability", margins=margins)))
    assert why in said
    assert "0%" not in said


def test_a_number_that_a_refresh_kept_was_not_asked_for() -> None:
    record = with_part(simulated()[0], "choice", asked=5, supported=7)
    renewal = Renewal("customers", 100, "warm", None, ())
    told = clean(with_part(record, "lineage", renewal=renewal))
    assert story.other_number(told) == "The former number, 5, was kept; 7 is supported."
    assert first_lines.headline(told) == "Five segments, as before; seven are supported"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((5, 4, None), "1 of 3 criteria says 5: "),
        ((4, 4), "none of 2 criteria says 5: "),
        ((5, 5), "2 of 2 criteria say 5"),
    ],
)
def test_votes_are_counted_in_grammar(given: tuple[int | None, ...], said: str) -> None:
    votes = tuple(Vote(rule, k) for rule, k in zip(("silhouette", "gap", "agreement"), given, strict=False))
    record = with_part(simulated()[0], "choice", votes=votes, supported=5)
    assert dict(story.trust(clean(record)))["Votes for the number"].startswith(said)


def test_findings_are_counted_as_they_are_listed() -> None:
    alike = [Finding("COT103", "warning", column, 5, "the same value in every row", "left out") for column in "abc"]
    worst = Finding("COT131", "warning", None, 200, "200 rows repeat another one in everything but the id", "kept")
    record = replace(simulated()[0], findings=(*alike, worst))
    assert "200 rows repeat another one in everything but the id; one more is listed under Data." in story.care(
        clean(record)
    )
    assert "The data had two things to look at" in page.render(record)


def test_customers_who_stand_in_several_rows_are_counted_once_in_what_is_read_with_care() -> None:
    record, _ = simulated(sizes=(20, 20, 20, 20, 20))
    twice = with_part(record, "sample", used=50, whole=True)
    assert any("50 different customers are a small base" in text for text in story.care(clean(twice)))
    assert any(text.startswith("100 customers are a small base") for text in story.care(clean(record)))
