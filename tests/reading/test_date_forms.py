"""One grammar of dates: what a text says, and which forms can surely be read together."""

from __future__ import annotations

import datetime

import pytest

from coterie.reading.date_forms import (
    WRITTEN,
    ZONED,
    DateForm,
    Seen,
    choose_forms,
    count_forms,
    day_in,
    month_words,
    weekday_words,
)

SEVENTH = datetime.date(2025, 3, 7)


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        (DateForm.YEAR_FIRST, [
            "2025-03-07", "2025/3/7", "2025.03.07", "2025-03-07 00:10", "2025-03-07T10:00", "2025-03-07T10:00:00Z",
            "2025-03-07 23:50:00 +0200", "2025-03-07T00:10:00.123456+01:00", "2025-03-07 10:00:00,5",
            "2025-03-07 10:02 PM", "2025-03-07 00:00:00 PST", "2025-03-07T10:00:00+01:00[Europe/Berlin]",
        ]),
        (DateForm.COMPACT, ["20250307", "20250307T101500", "20250307T101500Z", "20250307 1015", "20250307 10:15"]),
        (DateForm.DAY_FIRST, ["7.3.2025", "07/03/25", "07-03-2025 8:45", "07/03/2025, 10:02:00 AM"]),
        (DateForm.MONTH_FIRST, ["3/7/2025", "03/07/25", "03-07-2025 8:45", "03/07/2025 10:02:00 p.m."]),
        (DateForm.NAMED, [
            "Fri, 07 Mar 2025 10:00:00 +0100", "Fri Mar  7 10:00:00 2025", "March 07 2025", "Mar. 7th, 2025",
            "Fri Mar 07 2025 10:00:00 GMT+0200 (CEST)", "7-Mar-25", "07MAR2025", "Mar 7,2025",
            "2025-Mar-07", "7th of March 2025",
        ]),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(form: DateForm, texts: list[str]) -> None:
    assert {text: day_in(text, form) for text in texts} == dict.fromkeys(texts, SEVENTH)


@pytest.mark.parametrize(
    "text",
    ["March 7, 2025 at 10:02 PM", "3/7/2025, 10:02:00\u202fPM", "7.3.2025, 22:02 Uhr", "7. März 2025 um 22:02 Uhr",
     "vendredi 7 mars 2025 à 22h02", "07/03/2025 22h02", "7/3/2025, 10:02:00 p.\u00a0m.", "7/3/2025 10:02 a. m.",
     "7 marzo 2025 alle ore 22:02", "7 de março de 2025 às 22:02", "7 maart 2025 om 22:02 uur", "7. 3. 2025",
     "07/Mar/2025:22:02:30 +0000"],
)  # fmt: skip
def test_clocks_stand_beside_days_as_seven_languages_write_them(text: str) -> None:
    assert [form for form in WRITTEN if day_in(text, form) == SEVENTH] != []


@pytest.mark.parametrize(
    "text",
    ["7 March 2025", "7. März 2025", "7 mars 2025", "7 de marzo de 2025", "7 marzo 2025", "7 de março de 2025",
     "7 maart 2025", "7. MÄR 2025", "7 mrt 2025"],
)  # fmt: skip
def test_months_have_names_in_seven_languages(text: str) -> None:
    assert day_in(text, DateForm.NAMED) == SEVENTH


@pytest.mark.parametrize(
    "text",
    ["Fri 2025-03-07", "Fr, 07.03.2025", "Fr., 7.3.25", "vendredi 07/03/2025", "ven. 7/3/2025 22h02", "vie 07-03-2025",
     "venerdì 7/3/2025", "sexta-feira, 7/3/2025", "vrijdag 07-03-2025", "Freitag, 7. März 2025",
     "sex., 7 de março de 2025", "vr 7 mrt 2025", "viernes, 7 de marzo de 2025", "Friday, March 7, 2025",
     "FRI 03/07/2025 10:02 PM"],
)  # fmt: skip
def test_a_weekday_may_stand_before_in_seven_languages(text: str) -> None:
    assert [form for form in WRITTEN if day_in(text, form) == SEVENTH] != []


@pytest.mark.parametrize(
    "text",
    ["before 7 March 2025", "ab 07.03.2025", "March 07.03.2025", "Q1 2025-03-07", "ca. 7. März 2025", "7 Friday 2025",
     "2025年03月07日", "2025年3月7日", "Fri", "Friday 7", "(Fri) 2025-03-07", "Fri2025-03-07", "07-Mar--2025"],
)  # fmt: skip
def test_other_words_beside_a_date_leave_it_unread(text: str) -> None:
    assert [form for form in WRITTEN if day_in(text, form)] == []


def test_a_word_that_is_a_weekday_and_a_month_is_what_the_rest_makes_of_it() -> None:
    """Tuesday in Spanish and Italian, March in English."""
    assert day_in("mar 11 mar 2025", DateForm.NAMED) == day_in("mar, 11/03/2025", DateForm.DAY_FIRST)
    assert day_in("Mar 11 2025", DateForm.NAMED) == datetime.date(2025, 3, 11)
    assert day_in("Mar. 11th, 2025", DateForm.NAMED) == datetime.date(2025, 3, 11)


def test_a_word_is_a_month_or_a_weekday_but_for_one() -> None:
    assert {"monday", "mo", "lundi", "lunes", "lunedì", "segunda", "maandag"} <= weekday_words()
    assert weekday_words() & set(month_words()) == {"mar"}


def test_no_word_is_two_months() -> None:
    """Each language has twelve, and what one calls a month no other calls another."""
    seen: dict[str, int] = {}
    for word, month in month_words().items():
        assert seen.setdefault(word.strip("."), month) == month
    assert set(seen.values()) == set(range(1, 13))
    for month, words in (
        (1, "Jän Jaenner janv ene gen"),
        (2, "Feber Febr févr fév fevr"),
        (3, "Mrz mrt"),
        (5, "mag mei"),
        (6, "giu"),
        (7, "juil juill lug"),
        (9, "Sept set sett"),
        (10, "ott okt"),
        (12, "dic"),
    ):
        for word in words.split():
            assert day_in(f"17. {word} 2025", DateForm.NAMED) == datetime.date(2025, month, 17), word
    assert (month_words()["décembre"], month_words()["ago"], month_words()["mrt"]) == (12, 8, 3)


@pytest.mark.parametrize(
    "text",
    ["2025117", "epoch", "infinity", "2025-01-05 garbage", "0044-03-15 (BC)", "-2025-01-05", "12025-01-05",
     "2025-02-30", "2025-13-01", "2025-03-07 25:00", "2025-03-07T", "7 Foo 2025", "20250230", "٢٠٢٥-٠٣-٠٧",
     "2025-03-07" + " " * 100],
)  # fmt: skip
def test_what_no_form_matches_is_no_date(text: str) -> None:
    assert [form for form in WRITTEN if day_in(text, form)] == []


def test_a_long_text_is_refused_at_once() -> None:
    assert count_forms(["1 " * 500_000, "2025-01-01" * 50_000])[1] == 0


def test_a_zone_is_seen_beside_a_clock() -> None:
    zoned = ["2025-03-07T10:00Z", "2025-03-07 10:00:00.5 +0200", "2025-03-07 10:00 PST", "2025-03-07 10:00 PM +01"]
    assert [bool(ZONED.fullmatch(text)) for text in [*zoned, "2025-03-07 10:00", "2025-03-07 10:00 PM"]] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def counted(*cells: str) -> Seen:
    return count_forms(cells)[0]


def test_day_and_month_are_told_apart_by_a_value_above_twelve() -> None:
    assert choose_forms(counted("1/2/2025", "13/2/2025")).forms == (DateForm.DAY_FIRST,)
    assert choose_forms(counted("1/2/2025", "1/13/2025")).forms == (DateForm.MONTH_FIRST,)
    assert choose_forms(counted("1/2/2025")).open
    assert choose_forms(counted("1/2/2025"), "mdy") == ((DateForm.MONTH_FIRST,), False, (), False)
    assert choose_forms(counted("13/2/2025", "2/13/2025")).apart == (DateForm.DAY_FIRST, DateForm.MONTH_FIRST)


def test_forms_are_read_together_where_no_day_can_be_a_month() -> None:
    both = (DateForm.YEAR_FIRST, DateForm.DAY_FIRST)
    assert choose_forms(counted("2025-01-01", "2025-01-02", "2025-01-03", "1/2/2025", "13/2/2025")).forms == both
    assert choose_forms(counted("2025-01-01", "1 Mar 2025")).forms == (DateForm.YEAR_FIRST, DateForm.NAMED)
    assert choose_forms(counted("2025-01-01", "1/2/2025")).apart == both
    assert choose_forms(counted("2025-01-01", "1/2/2025"), "dmy").forms == both


def test_a_program_that_switched_day_and_month_leaves_a_trace() -> None:
    """What it could read as month-day became a date, with no day above twelve; the rest stayed text."""
    choice = choose_forms(counted("2025-01-05", "2025-02-12", "2025-03-11", "13.03.2025", "28.03.2025"))
    assert (choice.switched, choice.forms) == (True, ())
    assert choose_forms(counted("2025-01-05", "2025-02-12", "2025-03-11", "13.03.2025"), "dmy").switched
    assert not choose_forms(counted("2025-01-05", "2025-02-13", "2025-03-11", "13.03.2025")).switched
