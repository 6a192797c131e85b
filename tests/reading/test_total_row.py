"""A last row that sums the others up is no customer."""

from __future__ import annotations

import pytest

from coterie.reading.total_row import is_total


@pytest.mark.parametrize(
    "fields",
    [
        ["TOTAL", "", "", "99999.00"], ["Total", "1200", "33", "9.5"], ["", "Grand total:", "", "5"],
        ["Summe", "", "12"], ["Gesamtergebnis", "1", "2"], ["", "", "", "Sub-Total"], ["合计", "", "8"],
        ["Total général", "", "8"], ["Average", "41", "12"],
    ],
)  # fmt: skip
def test_a_row_that_says_so_is_a_total(fields: list[str]) -> None:
    assert is_total(fields)


@pytest.mark.parametrize(
    "fields",
    [
        ["C1", "Total", "12", "8"], ["C1", "31", "Rome"], ["", "", ""], ["Total", "7"],
        ["Total Eren SA", "", ""], ["Summers", "3", "4"],
    ],
)  # fmt: skip
def test_a_customer_is_none(fields: list[str]) -> None:
    assert not is_total(fields)
