"""What was asked for of a reader."""

from __future__ import annotations

import math
from typing import Any

import pytest

from coterie.errors import InputError
from coterie.reading.date_forms import DateForm
from coterie.reading.notation import Notation
from coterie.reading.request import Before, Reading


def test_a_column_is_what_it_was_before_or_nothing_is_known() -> None:
    age, since = Before("age", "number"), Before("since", "date", Notation(forms=(DateForm.DAY_FIRST,)))
    reading = Reading(before=(age, since))
    assert [reading.column(name) for name in ("age", "since", "city")] == [age, since, None]


def test_what_was_written_as_programs_write_has_a_point_and_the_year_first() -> None:
    assert (Before("age", "number").decimal, Before("age", "number").order) == (".", None)
    assert (Before("since", "date").decimal, Before("since", "date").order) == (None, "ymd")
    assert Before("since", "date", Notation(forms=(DateForm.NAMED, DateForm.MONTH_FIRST))).order == "mdy"


def test_by_default_a_bad_row_is_an_error() -> None:
    assert Reading().on_bad_rows == "error"


@pytest.mark.parametrize(
    "wrong",
    [
        {"decimal": "x"}, {"decimal": ""}, {"decimal": ".,"}, {"encoding": "punycode"}, {"encoding": "idna"},
        {"encoding": "hex"}, {"encoding": "unicode_escape"}, {"encoding": "latin-99"}, {"encoding": "a\0"},
        {"encoding": ""}, {"skip_rows": -1}, {"skip_rows": 10**30}, {"skip_rows": True}, {"delimiter": ""},
        {"delimiter": '"'}, {"delimiter": "\n"}, {"delimiter": "\0"}, {"delimiter": ";" * 17},
        {"on_bad_rows": "drop"}, {"date_order": "dym"}, {"time_limit": 0.0}, {"time_limit": -1.0},
        {"time_limit": math.nan}, {"time_limit": math.inf},
    ],
)  # fmt: skip
def test_what_no_file_can_be_read_with_is_refused_with_what_can_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"`{next(iter(wrong))}` cannot be") as refused:
        Reading(**wrong)
    assert refused.value.do.startswith("It must be ")


@pytest.mark.parametrize("name", ["utf-8", "UTF-16", "latin-1", "cp1252", "cp037", "shift_jis", "utf-7"])
def test_an_encoding_of_files_is_taken(name: str) -> None:
    assert Reading(encoding=name).encoding == name
