"""What is said where: stages and findings on stderr, results on stdout, receipts unless quiet."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from coterie.cli.console import Talk
from coterie.engines import Pass
from coterie.findings import Finding

FOUND = [Finding("COT111", "warning", "age", 2, "2 impossible", "kept"), Finding("COT001", "note", "id", 9, "", "")]


def test_stages_are_lines_where_no_terminal_is_and_quiet_says_none(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().stage("read", "3 customers")
    Talk(quiet=True).stage("read", "4 customers")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "read: 3 customers\n")


def test_a_verbose_verb_tells_the_time_of_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    Talk(verbose=True).stage("read", "3 customers")
    assert capsys.readouterr().err.endswith(" s)\n")


def test_a_verbose_verb_tells_each_query_once_under_its_stage(capsys: pytest.CaptureFixture[str]) -> None:
    passes = [Pass("query", 1.5, 0.75)]
    for talk in (Talk(), Talk(verbose=True, quiet=True), Talk(verbose=True)):
        talk.begin("read", SimpleNamespace(passes=passes))
        talk.stage("read", "3 customers")
    talk.begin("write", rows=3)
    passes.append(Pass("file", 2.0, 1.0))
    talk.result("coterie.segment/1", {}, "")
    talk.close()
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    assert said == ["  read, query: 1.50 s of CPU in 0.75 s", "  write, file: 2.00 s of CPU in 1.00 s"]


def test_warnings_are_told_even_by_a_quiet_verb_and_notes_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    Talk(quiet=True).warn(FOUND)
    assert capsys.readouterr().err == "COT111 'age': 2 impossible; kept\n"


def test_a_result_is_always_printed_and_a_receipt_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = Talk(quiet=True)
    quiet.result("coterie.check/1", {}, "the result")
    quiet.receipt("coterie.assign/1", {}, "the receipt")
    assert capsys.readouterr().out == "the result\n"


def test_lines_are_folded_at_a_terminal_and_stay_whole_for_a_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    said = "COT106 'income': 24 values missing; they add nothing"
    Talk().result("coterie.check/1", {}, said)
    Talk().remark(said)
    told = capsys.readouterr()
    assert (told.out, told.err) == (said + "\n", said + "\n")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    Talk().result("coterie.check/1", {}, said)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["COT106 'income': 24 values", "  missing; they add nothing"]


def test_json_is_printed_instead_of_text_quiet_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    Talk(quiet=True, as_json=True).receipt("coterie.assign/1", {"rows": 3, "out": "ü"}, "the receipt")
    said = capsys.readouterr().out
    assert json.loads(said) == {"schema": "coterie.assign/1", "rows": 3, "out": "ü"}
    assert "ü" in said


def test_findings_of_one_kind_share_a_line_with_the_first_columns(capsys: pytest.CaptureFixture[str]) -> None:
    alike = [Finding("COT103", "warning", f"c{i:04}", 9, "the same value", "left out") for i in range(5_000)]
    others = [Finding("COT106", "warning", f"d{i:04}", i, f"{i} values missing", "kept") for i in range(1, 600)]
    Talk(quiet=True).warn([*alike, *others, *FOUND])
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in said] == ["COT103", "COT106", "COT111"]
    assert said[0].endswith("'c0011' and 4988 more: the same value; left out")
    assert said[1].endswith("and 587 more: 1 values missing; the like of the others; kept")
