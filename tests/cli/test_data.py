"""check and rule: what is odd about the data, and what a code means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coterie.__main__ import _run
from coterie.findings import read_codes


def test_check_prints_what_is_odd_and_writes_nothing(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    customers.write_text(
        "customer_id,age,spend\n"
        + "".join(f"c{i},{130 if i == 7 else 20 + i % 60},{i * 37 % 101}\n" for i in range(120))
    )
    assert _run(["check", "customers.csv", "--examples", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "120 rows, 3 columns"
    assert "        such as 130" in lines
    assert [p.name for p in customers.parent.iterdir()] == ["customers.csv"]


def test_check_ends_with_2_where_a_segmentation_would_stop(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["check", "customers.csv", "--id", "city", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.check/1"
    assert "COT012" in {f["code"] for f in said["findings"] if f["level"] == "error"}


def test_codes_are_selected_and_ignored(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["check", "customers.csv", "--select", "COT0", "--json"]) == 0
    assert {f["code"] for f in json.loads(capsys.readouterr().out)["findings"]} == {"COT001"}
    assert _run(["check", "customers.csv", "--ignore", "cot001", "--json"]) == 0
    assert "COT001" not in {f["code"] for f in json.loads(capsys.readouterr().out)["findings"]}


def test_an_unknown_code_and_a_missing_source_are_refused(
    customers: Path, refused: Callable[..., tuple[int, str]]
) -> None:
    assert refused("check", "customers.csv", "--select", "COT999")[0] == 2
    assert refused("rule", "COT999")[0] == 2
    assert "No input was given" in refused("check")[1]


def test_a_rule_is_told_in_three_lines_or_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = read_codes()["COT101"]
    assert _run(["rule", "cot101"]) == 0
    assert capsys.readouterr().out == f"COT101 {code.title}\n{code.why}\nWhat to do: {code.do}\n"
    assert _run(["rule", "COT101", "--json"]) == 0
    wanted = {"schema": "coterie.rule/1", "code": "COT101", "title": code.title, "why": code.why, "do": code.do}
    assert json.loads(capsys.readouterr().out) == wanted
