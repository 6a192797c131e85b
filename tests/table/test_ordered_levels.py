"""Answers with an order become one number each, the same in SQL and in Python; everything else stays a category."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie import segment
from coterie.model import Prepared, features, prepare
from coterie.segmentation import checking
from coterie.table import ordered_levels
from coterie.table.columns import ColumnRecord
from coterie.table.ordered_levels import in_order, plain


@pytest.mark.parametrize(
    "ordered",
    [
        ("low", "medium", "high"),
        ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"),
        ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"),
        ("under 18", "18-24", "25 to 34", "35+"),
        ("<$20k", "$20k - $40k", ">$60k"),
        ("-2", "-1", "I love it!+5"),
        ("Never", "Once a year", "Every three months", "Once a month", "Once a week", "More than once a week"),
        ("S", "M", "L", "XL"),
        ("SD", "D", "N", "A", "SA"),
        ("1 - Never", "2", "3", "4", "5 - Always"),
        ("1 - never", "2 - rarely", "3 - sometimes", "4 - often", "5 - always"),
        ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"),
        ("Under $25,000", "$25,000 - $49,999", "$50,000 - $74,999", "$75,000 - $99,999", "$100,000 or more"),
        ("<50k", "50k-100k", "100k-1M", "1M+"),
        ("0-0.5", "0.5-1", "1-2", "2.5+"),
        ("Primary", "Secondary", "Bachelor", "Master", "PhD"),
        ("High School", "Some College", "Bachelor's Degree", "Master's Degree"),
        ("Less than $40K", "$40K - $60K", "$60K - $80K", "$80K - $120K", "$120K +"),
        ("0-10", "11-20", "21-30", "31 or more"),
        ("None", "1-2", "3-5", "6+"),
        ("0", "1", "2", "3+"),
        ("18 to 24 years", "25 to 34 years", "35 years and over"),
        ("unter 18", "18 bis 24", "25 bis 34", "ab 65"),
        ("moins de 18 ans", "18 à 24 ans", "25 a 34 ans", "65 ans et plus"),
        ("menos de 1.000 €", "1.000 - 2.000 €", "2.000 - 3.000 €", "más de 3.000 €"),
        ("0,5-1", "1-1,5", "1,5-2"),
        ("trifft nicht zu", "trifft eher nicht zu", "trifft eher zu", "trifft voll und ganz zu"),
        ("nie", "selten", "manchmal", "oft", "immer"),
        ("jamais", "rarement", "parfois", "souvent", "toujours"),
        ("Muy malo", "Malo", "Regular", "Bueno", "Muy bueno"),
        ("très faible", "faible", "moyen", "élevé", "très élevé"),
        ("discordo totalmente", "discordo", "neutro", "concordo", "concordo totalmente"),
        ("Very Dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very Satisfied"),
        ("Not at all important", "Slightly important", "Moderately important", "Very important", "Extremely important"),
        ("★", "★★", "★★★", "★★★★"),
        ("1/5", "2/5", "3/5", "4/5"),
        ("1 out of 5", "2 out of 5", "5 out of 5"),
        ("50-100k", "100-250k", "250k+"),
        ("less than 1 year", "1-2 years", "3-5 years", "more than 5 years"),
        ("< 1 year", "1 - 3 years", "> 3 years"),
        ("1 (Very bad)", "2", "3", "4", "5 (Very good)"),
        ("Poor", "Standard", "Good"),
        ("50 or less", "51-100", "101 and above"),
        ("< 1k", "1k-10k", "10k-100k", ">100k"),
        ("Extremely unlikely", "Unlikely", "Neutral", "Likely", "Extremely likely"),
        ("1-1000", "1001-5000", "5001-10000", "10000+"),
        ("0%", "1-10%", "11-50%", "51-100%"),
        ("$0", "$1 to $9,999", "$10,000 to $24,999", "$25,000 and up"),
        ("helemaal niet mee eens", "niet mee eens", "neutraal", "mee eens", "helemaal mee eens"),
        ("bajo", "medio", "alto"),
        ("mai", "raramente", "a volte", "spesso", "sempre"),
        ("Under 1M", "1M-5M", "5M-10M", "Over 10M"),
        ("1. Never", "2. Rarely", "3. Often"),
        ("18-24", "25-34", "35-44", "45-54", "55-64", "65 or older"),
        ("Never", "Rarely", "Sometimes", "Often", "Always"),
        ("never", "monthly", "weekly", "daily"),
        ("<$50K", "$50K-$100K", "$100K+"),
        ("Very rarely", "Occasionally", "Often", "Always"),
        ("not at all", "a little", "somewhat", "a lot", "completely"),
        ("0-4", "5-9", "10-19", "20 and more"),
        ("bronze", "silver", "gold"),
        ("up to 100", "101-500", "more than 500"),
        ("Not at all likely", "Slightly likely", "Moderately likely", "Very likely", "Extremely likely"),
        ("Not at all familiar", "Somewhat familiar", "Very familiar"),
        ("Helemaal mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Helemaal mee eens"),
        ("Helemaal mee oneens", "Oneens", "Niet mee eens/niet mee oneens", "Eens", "Helemaal mee eens"),
        ("< 1 month", "1-6 months", "6-12 months", "1-2 years", "> 2 years"),
        ("< 6 Monate", "6-12 Monate", "1-2 Jahre", "> 2 Jahre"),
        ("0-4 weeks", "1-12 months", "12-24 months", "2+ years"),
        ("Low", "Medium", "High", "Critical"),
        ("niedrig", "mittel", "hoch", "kritisch"),
        ("(0, 10]", "(10, 20]", "(20, 50]"),
        ("[18,25)", "[25,35)", "[35,inf)"),
        ("(-inf, 0.5]", "(0.5, 1.5]", "(1.5, inf]"),
        ("low risk", "medium risk", "high risk"),
        ("No risk", "Low risk", "High risk"),
        ("Lo", "Med", "Hi"),
        ("L", "M", "H"),
        ("SM", "MD", "LG", "XL"),
        ("Below target", "On target", "Above target"),
        ("Below avg.", "Avg.", "Above avg."),
        ("Unsatisfactory", "Requires improvement", "Good", "Outstanding"),
        ("Fail", "Pass", "Merit", "Distinction"),
        ("Economy", "Premium Economy", "Business", "First"),
        ("SMB", "Mid-Market", "Enterprise"),
        ("Subprime", "Near prime", "Prime"),
        ("HS", "BA", "MA", "PhD"),
        ("Gen Z", "Millennial", "Gen X", "Boomer"),
        ("infant", "child", "adult"),
        ("1st", "2nd", "3rd"),
        ("I", "II", "III", "IV"),
        ("green", "amber", "red"),
        ("lower class", "middle class", "upper class"),
        ("light user", "medium user", "heavy user"),
        ("Interest: low", "Interest: medium", "Interest: high"),
        ("no interest", "some interest", "strong interest"),
        ("one", "two", "three or more"),
        ("once", "twice", "three times or more"),
        ("ein Kind", "zwei Kinder", "drei Kinder"),
        ("one bedroom", "two bedrooms", "three bedrooms"),
        ("none", "bronze", "silver", "gold"),
        ("free", "basic", "pro", "enterprise"),
        ("micro", "small", "medium", "large"),
        ("no", "maybe", "yes"),
        ("seltener", "einmal im Monat", "einmal pro Woche", "mehrmals pro Woche", "täglich"),
        ("pas du tout satisfait", "peu satisfait", "satisfait", "très satisfait"),
        ("gar nicht", "wenig", "mittel", "ziemlich", "sehr"),
        ("Definitely would not", "Probably would not", "Might or might not", "Probably would", "Definitely would"),
        ("decreased", "stayed the same", "increased"),
    ],
)
def test_an_order_is_found_whatever_the_order_of_the_levels(ordered: tuple[str, ...]) -> None:
    for levels in (ordered, ordered[::-1], tuple(sorted(ordered))):
        assert in_order(levels) == ordered


@pytest.mark.parametrize(
    "levels",
    [
        ("red", "green", "blue"),
        ("zone 1", "zone 2", "zone 7"),
        ("low", "high"),
        ("low", "Low", "high"),
        ("1-2", "1-5", "x"),
        ("01", "02", "03"),
        ("A", "D", "N"),
        ("Pro", "Plus", "Team"),
        ("North", "South", "East"),
        ("1-5", "3-8", "9+"),
        ("Graduation", "Master", "PhD", "2n Cycle", "Basic"),
        ("married", "single", "divorced"),
        ("2 rooms", "3 cars", "4 rooms"),
        ("jan", "feb", "mar"),
        ("A1", "B2", "C3"),
        ("v1.0", "v1.1", "v2.0"),
        ("555-1234", "555-2345", "556-9999"),
        ("A", "B", "C"),
        ("sometimes", "occasionally", "never"),
        ("10115", "80331", "20095"),
        ("3-7", "2", "1-5"),
        ("2024-01", "2024-02", "2024-03"),
        ("1,3", "1", "3,7"),
        ("5-1", "3-2", "7-6"),
        ("cellular", "telephone", "unknown"),
        ("1-18 months", "1-2 years", "3+ years"),
        ("1-6 months", "6-12 months", "1-2"),
        ("(1, 2)", "(3, 4)", "(5, 6)"),
        ("(0, 10]", "(5, 20]", "(20, 50]"),
        ("[A, B]", "[B, C]", "[C, D]"),
        ("north side", "south side", "east side"),
        ("two rooms", "three cars", "four rooms"),
        ("sept", "oct", "nov"),
        ("null", "1-2", "x"),
    ],
)
def test_no_order_is_made_up(levels: tuple[str, ...]) -> None:
    assert in_order(levels) is None


def test_every_word_is_written_as_answers_are_compared() -> None:
    listed = tomllib.loads(Path(ordered_levels.__file__).with_name("answers.toml").read_text(encoding="utf-8"))
    for scale in (*listed["scales"], *listed["whole_scales"]):
        words = [word for place in scale for word in place.split(" / ")]
        assert words == [" ".join(re.sub(r"[^\w]+", " ", plain(word)).split()) for word in words]
        assert len(set(words)) == len(words), scale


def test_an_ordinal_is_one_column_between_nothing_and_one() -> None:
    column = ColumnRecord("q", "q", "category", "feature", None, 0, 3, *(None,) * 7, None)
    values = np.array(["high", "low", None, "medium", "low"], dtype=object)
    made, _ = features.propose([column], {"q": values}, "auto")
    assert (made[0].kind, made[0].levels, made[0].prepared) == ("ordinal", ("low", "medium", "high"), (Prepared("q"),))
    z = prepare(made, {"q": values})[:, 0]
    np.testing.assert_array_equal(np.isnan(z), [False, False, True, False, False])
    assert (np.diff(z[[1, 3, 0]]) > 0).all()


def test_customers_are_segmented_and_assigned_by_their_answers() -> None:
    r = np.random.default_rng(0)
    high = np.arange(300) % 3 == 0
    answers = np.where(high, r.choice(["often", "always"], 300), r.choice(["never", "rarely"], 300))
    frame = pd.DataFrame(
        {"id": [f"c{i}" for i in range(300)], "visits": answers, "spend": np.where(high, 90.0, 10.0) + r.random(300)}
    )
    run = segment(frame, id="id", k=2, effort="quick")
    assert run.record.features[0].kind == "ordinal"
    found = run.assignments().set_index("id")["segment"]
    assert sorted(found.groupby(high).nunique()) == [1, 1]
    again = run.assign(frame.head(30)).set_index("id")["segment"]
    assert (again == found.loc[again.index]).all()
    assert "COT121" in {f.code for f in run.findings}


def test_how_much_people_like_it_is_an_order(shared_data: Path) -> None:
    seen = {f.column for f in checking.check(shared_data / "mcdonalds.csv").findings if f.code == "COT121"}
    assert seen == {"Like", "VisitFrequency"}


@pytest.mark.parametrize(
    "said",
    ["Don't know", "n/a", "Prefer not to say", "weiß nicht", "k. A.", "keine Angabe", "Ne sait pas", "Non renseigné",
     "NS/NC", "No sabe", "Non so", "Não sei", "Prefiro não responder", "Weet niet", "n.v.t.", "?", "unknown"],
)  # fmt: skip
def test_an_answer_that_says_nothing_takes_no_order_from_the_others(said: str) -> None:
    assert in_order(("low", said, "high", "medium")) == ("low", "medium", "high")
    assert in_order(("Never", "Sometimes", "Always", said)) == ("Never", "Sometimes", "Always")


def test_what_says_nothing_counts_as_missing_in_python_and_in_the_engine() -> None:
    n = 240
    answers = np.array(["low", "medium", "high", "don't know"], dtype=object)[np.arange(n) % 4]
    frame = pd.DataFrame({"id": [f"c{i}" for i in range(n)], "trust": answers, "spend": np.arange(n) % 7 + 0.5})
    run = segment(frame, k=2, effort="quick", max_k=2)
    (trust,) = [f for f in run.record.features if f.column == "trust"]
    assert (trust.kind, trust.levels, trust.other) == ("ordinal", ("low", "medium", "high"), ("don't know",))
    z = prepare([trust], {"trust": answers})[:, 0]
    assert np.isnan(z[answers == "don't know"]).all()
    assert run.assign(frame)["segment"].tolist() == run.assignments()["segment"].tolist()
    (told,) = [f for f in run.findings if f.code == "COT120"]
    assert told.done == "taken as missing: the other answers have an order"
    assert not [f for f in run.assign(frame).attrs.get("findings", ()) if f.code == "COT016"]


def test_a_word_that_is_a_place_of_the_scale_stays_one() -> None:
    likely = ("very unlikely", "unlikely", "not sure", "likely", "very likely")
    assert in_order(likely) == likely
    assert in_order(("None", "1-2", "3-5", "6+")) == ("None", "1-2", "3-5", "6+")
