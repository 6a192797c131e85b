"""A cell's format says whether its number is a number, a date or a duration."""

from __future__ import annotations

import pytest

from coterie.reading.number_formats import Shown, shown_by


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", Shown.NUMBER),
        ("0.00", Shown.NUMBER),
        (r"_-* #,##0.00\ _D_M_-;\-* #,##0.00\ _D_M_-", Shown.NUMBER),
        ('#,##0 "days"', Shown.NUMBER),
        (r"#,##0\ \d", Shown.NUMBER),
        ("[$DM-407] #,##0.00", Shown.NUMBER),
        ("[Red]0;[Blue]-0", Shown.NUMBER),
        ("0.00E+00", Shown.NUMBER),
        ("@", Shown.NUMBER),
        ("yyyy-mm-dd", Shown.DAY),
        ("[$-409]d-mmm-yy;@", Shown.DAY),
        ("mmm yyyy", Shown.DAY),
        (r"dd\.mm\.yyyy hh:mm", Shown.DAY),
        ("mmm", Shown.DAY),
        ("h:mm AM/PM", Shown.CLOCK),
        ("mm:ss.0", Shown.CLOCK),
        ("[h]:mm", Shown.DURATION),
        ("[mm]:ss", Shown.DURATION),
        ("[s]", Shown.DURATION),
    ],
)
def test_a_code_says_what_is_shown(code: str, shown: Shown) -> None:
    assert shown_by(164, code) is shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, Shown.NUMBER), (4, Shown.NUMBER), (14, Shown.DAY), (20, Shown.CLOCK), (22, Shown.DAY), (46, Shown.DURATION)],
)
def test_a_format_without_a_code_goes_by_its_number(number: int, shown: Shown) -> None:
    assert shown_by(number, None) is shown
