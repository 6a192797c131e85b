"""sql: a run as one SELECT, on standard output or in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import coterie
from coterie.__main__ import _run


def test_the_select_goes_to_standard_output(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["sql", "run", "--dialect", "postgres", "--table", "crm.customers"]) == 0
    assert capsys.readouterr().out == coterie.load("run").sql("postgres", table="crm.customers")


def test_a_file_holds_the_same_bytes_and_is_not_replaced_by_itself(
    run: Path, capsys: pytest.CaptureFixture[str], refused: Callable[..., tuple[int, str]]
) -> None:
    assert _run(["sql", "run", "--dialect", "sqlite", "--view", "today", "--out", "v.sql", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.sql/1"
    assert Path("v.sql").read_text() == said["sql"] == coterie.load("run").sql("sqlite", view="today")
    assert refused("sql", "run", "--dialect", "sqlite", "--out", "v.sql")[0] == 2
    assert _run(["sql", "run", "--dialect", "sqlite", "--out", "v.sql", "--overwrite", "-q"]) == 0


def test_a_model_of_dbt_is_a_folder(run: Path, refused: Callable[..., tuple[int, str]]) -> None:
    asked = ["sql", "run", "--dialect", "postgres", "--table", "crm.members", "--dbt"]
    assert _run([*asked, "--out", "models", "-q"]) == 0
    assert Path("models/members_segments.sql").read_text() == coterie.load("run").sql("postgres", table="crm.members")
    assert "- name: members_segments" in Path("models/schema.yml").read_text()
    assert "exists" in refused(*asked, "--out", "models")[1]
    assert "Name it with --out" in refused(*asked)[1]
    assert "leave --view out" in refused(*asked, "--out", "others", "--view", "today")[1]
    assert not Path("others").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--dialect", "postgress"), "Did you mean postgres?"),
        ((), "--dialect"),
        (("--dialect", "duckdb", "--table", "a..b"), "--table"),
        (("--dialect", "duckdb", "--view", ""), "--view"),
        (("--dialect", "duckdb", "--id", ""), "--id"),
        (("--dialect", "duckdb", "--transactions"), "segment the purchases with --transactions"),
        (("--dialect", "duckdb", "--as-of", "today"), "--as-of cannot be 'today'"),
    ],
)
def test_what_cannot_be_written_is_refused(
    run: Path, refused: Callable[..., tuple[int, str]], more: tuple[str, ...], said: str
) -> None:
    code, text = refused("sql", "run", *more)
    assert code == 2
    assert said in text


def test_rules_are_one_case_and_warn_where_they_agree_too_seldom(
    run: Path, capsys: pytest.CaptureFixture[str], refused: Callable[..., tuple[int, str]]
) -> None:
    assert _run(["sql", "run", "--dialect", "sqlite", "--rules"]) == 0
    said = capsys.readouterr()
    tree = coterie.load("run").record.model.tree
    assert tree is not None
    assert said.out == coterie.load("run").sql("sqlite", rules=True)
    assert ("do not use for assignment" in said.err) == (tree.fidelity < 0.85)
    assert ("do not use for assignment" in said.out) == (tree.fidelity < 0.85)
    assert _run(["merge", "run", "A", "B", "-q"]) == 0
    capsys.readouterr()
    if coterie.load("run").record.model.tree is None:
        assert "no tree" in refused("sql", "run", "--dialect", "sqlite", "--rules")[1]


def test_a_typing_tool_is_three_files(
    run: Path, capsys: pytest.CaptureFixture[str], refused: Callable[..., tuple[int, str]]
) -> None:
    assert (
        _run(["typing", "run", "--source", "customers.csv", "--columns", "income,city", "--out", "tool", "--json"]) == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.typing/1"
    assert sorted(said["columns"]) == ["city", "income"]
    assert {p.name for p in Path("tool").iterdir()} == {"tree.txt", "rules.sql", "worksheet.html"}
    assert Path("tool/tree.txt").read_text().startswith("2 columns tell the segments: ")
    for more in (
        ("--source", "customers.csv", "--out", "tool"),
        ("--source", "customers.csv", "--columns", "incme"),
        ("--source", "customers.csv", "--columns", "income", "--most", "2"),
        ("--source", "customers.csv", "--dialect", "sqlit", "--out", "other"),
        (),
    ):
        assert refused("typing", "run", *more)[0] == 2
    assert not Path("other").exists()
    assert (
        _run(["typing", "run", "--source", "customers.csv", "--most", "1", "--out", "tool", "--overwrite", "-q"]) == 0
    )
