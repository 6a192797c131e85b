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


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--dialect", "postgress"), "Did you mean postgres?"),
        ((), "--dialect"),
        (("--dialect", "duckdb", "--table", "a..b"), "--table"),
        (("--dialect", "duckdb", "--view", ""), "--view"),
        (("--dialect", "duckdb", "--id", ""), "--id"),
    ],
)
def test_what_cannot_be_written_is_refused(
    run: Path, refused: Callable[..., tuple[int, str]], more: tuple[str, ...], said: str
) -> None:
    code, text = refused("sql", "run", *more)
    assert code == 2
    assert said in text
