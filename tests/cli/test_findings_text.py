"""Findings and codes at the command line: read from a list, explained, as JSON."""

from __future__ import annotations

import pytest

from coterie.cli import findings_text
from coterie.errors import InputError
from coterie.findings import Finding
from coterie.segmentation import Checked


def test_a_list_of_codes_may_have_beginnings_of_codes_and_no_others() -> None:
    assert findings_text.read_list("cot101, COT2,", "--select") == ("COT101", "COT2")
    with pytest.raises(InputError, match="`select` cannot be 'COT999'"):
        findings_text.read_list("COT101,COT999", "--select")


def test_a_code_is_explained_in_three_lines_however_it_is_spelled() -> None:
    code = findings_text.find_code("cot103")
    lines = findings_text.explain(code).splitlines()
    assert lines == ["COT103 constant column", code.why, f"What to do: {code.do}"]


def test_an_unknown_code_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError) as refused:
        findings_text.find_code("COT1033")
    assert "COT103" in str(refused.value)


def test_json_has_the_examples_of_the_findings_that_have_some() -> None:
    found = [
        Finding("COT111", "warning", "age", 2, "2 impossible ages", "kept"),
        Finding("COT131", "note", None, 1, "", ""),
    ]
    seen = findings_text.as_json(Checked(100, 3, 4, tuple(found), {("COT111", "age"): ("130", "-4")}))
    assert (seen["rows"], seen["left_out"], seen["columns"]) == (100, 3, 4)
    listed = seen["findings"]
    assert isinstance(listed, list)
    assert listed[0]["examples"] == ["130", "-4"]
    assert "examples" not in listed[1]


def test_findings_are_counted_as_they_are_listed() -> None:
    alike = tuple(Finding("COT103", "warning", c, 1, "the same value in every row", "left out") for c in ("a", "b"))
    text = str(Checked(100, 0, 4, (*alike, Finding("COT131", "warning", None, 9, "9 rows repeat", "kept"))))
    assert "COT103 warning 'a', 'b': the same value in every row; left out" in text
    assert "2 warnings. " in text
