"""The verbs for the months after: what they say, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coterie.cli import cli
from months import four


@pytest.fixture
def months(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    four(1).to_csv("january.csv", index=False)
    four(1)[:-20].to_csv("february.csv", index=False)
    assert run("segment", "january.csv", "--out", "january", "-k", "4", "--effort", "quick", "--quiet") == 0
    capsys.readouterr()
    return tmp_path


def run(*arguments: str) -> int:
    code: int = cli.main(args=list(arguments), standalone_mode=False)
    return code


def test_refresh_writes_a_run_and_who_changed(months: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("refresh", "january", "february.csv", "--csv", "--json") == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result["schema"] == "coterie.refresh/1"
    assert result["out"] == "february-segments"
    assert [fate["kind"] for fate in result["lineage"]["renewal"]["fates"]] == ["kept"] * 4
    assert result["changes"] == {"moved": 0, "line": 0, "entered": 0, "left": 20}
    assert "match: A, B, C and D were kept." in said.err
    lines = (months / "february-segments" / "changes.csv").read_text().splitlines()
    assert lines[0] == "id,from,to,change"
    assert len(lines) == 21
    assert all(line.endswith(",,left") for line in lines[1:])
    assert run("verify", "february-segments") == 0
    page = (months / "february-segments" / "report.html").read_text()
    assert "coterie refresh RUN SOURCE" in page
    assert "Refreshed with 380 customers" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("refresh", "january", "february.csv", "--warm", "--cold"), "--warm and --cold exclude each other"),
        (("refresh", "january", "february.csv", "--id", "x"), "customer_id"),
        (("refresh", "nowhere", "february.csv"), "nowhere"),
        (("refresh", "january", "nowhere.csv"), "nowhere.csv"),
        (("refresh", "january", "february.csv", "-k", "many"), "-k"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, months: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from coterie.errors import InputError

    before = sorted(p.name for p in months.iterdir())
    with pytest.raises(InputError) as refused:
        run(*arguments)
    assert said in refused.value.lines[0]
    assert sorted(p.name for p in months.iterdir()) == before


def test_refresh_says_what_became_of_segments_and_customers(months: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("refresh", "january", "february.csv") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "A, B, C and D were kept. In another segment: 20 left." in said
    assert "changes february-segments/changes.parquet" in said


def test_compare_writes_a_page_and_who_changed(months: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("refresh", "january", "february.csv", "--quiet") == 0
    arguments = ("compare", "january", "february-segments", "--source", "february.csv", "--old-source", "january.csv")
    assert run(*arguments, "--out", "page.html", "--changes", "who.csv", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["schema"] == "coterie.compare/1"
    assert result["advice"] in ("assign", "review", "refit")
    assert result["migration"]["left"] == 20
    assert (months / "page.html").read_text().startswith("<!doctype html>")
    assert len((months / "who.csv").read_text().splitlines()) == 21
    assert run(*arguments) == 0
    assert "customers of both runs" in capsys.readouterr().out


def test_compare_refuses_and_writes_nothing(months: Path) -> None:
    from coterie.errors import InputError

    with pytest.raises(InputError, match="the same one"):
        run("compare", "january", "january", "--out", "page.html", "--changes", "who.csv")
    again = ("compare", "january", "january", "--source", "january.csv", "--overwrite")
    for more, said in (
        (("--out", "both.csv", "--changes", "both.csv"), "another file than --out"),
        (("--changes", "who.txt"), "ends in .parquet or .csv"),
        (("--changes", "january.csv"), "Write somewhere else with --changes"),
    ):
        with pytest.raises(InputError) as found:
            run(*again, *more)
        assert said in "\n".join(found.value.lines)
    assert sorted(p.name for p in months.iterdir()) == ["february.csv", "january", "january.csv"]
