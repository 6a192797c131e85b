"""name, merge and examples: what can be done with a finished run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coterie.__main__ import _run


def record(run: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads((run / "run.json").read_text())
    return found


def test_a_name_is_given_and_taken_back(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["name", "run", "B", "Weekend families"]) == 0
    assert "Weekend families" in capsys.readouterr().out
    assert [s["given"] for s in record(run)["segments"]] == [None, "Weekend families", None]
    assert _run(["name", "run", "2", "--clear", "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert [s["given"] for s in record(run)["segments"]] == [None, None, None]
    assert _run(["verify", "run", "-q"]) == 0


def test_a_name_and_clear_exclude_each_other(run: Path, refused: Callable[..., tuple[int, str]]) -> None:
    before = (run / "run.json").read_bytes()
    assert refused("name", "run", "B", "Families", "--clear")[0] == 2
    assert refused("name", "run", "B")[0] == 2
    assert (run / "run.json").read_bytes() == before


def test_two_segments_become_one_measured_on_the_customers_within_limits(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = ["--threads", "1", "--memory", "1GB"]
    assert _run(["merge", "run", "A", "C", "--source", "customers.csv", *limits, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.merge/1"
    assert [s["id"] for s in said["segments"]] == [2, 4]
    assert sum(s["size"] for s in said["segments"]) == 120
    assert said["lineage"]["next_id"] == 5
    assert all(row["mean"] is not None for row in record(run)["profile"] if row["column"] == "income")


def test_what_is_no_run_is_refused(customers: Path, refused: Callable[..., tuple[int, str]]) -> None:
    for verb, *more in (("name", "A", "x"), ("merge", "A", "B"), ("examples", "customers.csv")):
        assert refused(verb, "nowhere", *more)[0] == 2
    assert [p.name for p in customers.parent.iterdir()] == ["customers.csv"]


def test_examples_have_ids_only_where_they_are_asked_for(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["examples", "run", "customers.csv", "--segment", "A", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert 1 <= len(said["examples"]) <= 5
    assert {(e["segment"], e["id"]) for e in said["examples"]} == {(1, None)}
    assert _run(["examples", "run", "customers.csv", "--ids", "-q"]) == 0
    assert "c0" in capsys.readouterr().out


def test_why_says_what_speaks_for_a_segment_and_never_who(
    run: Path, capsys: pytest.CaptureFixture[str], refused: Callable[..., tuple[int, str]]
) -> None:
    assert _run(["why", "run", "customers.csv", "--id", "c017", "--out", "him.svg", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.why/1"
    assert {p["column"] for p in said["parts"]} == {"income", "spend", "city"}
    gap = said["next_distance"] ** 2 - said["distance"] ** 2
    assert sum(p["part"] for p in said["parts"]) == pytest.approx(gap, abs=1e-12)
    assert Path("him.svg").read_text().startswith("<svg")
    assert "c017" not in Path("him.svg").read_text() + json.dumps(said)
    assert _run(["why", "run", "customers.csv", "--id", "c017", "-q"]) == 0
    text = capsys.readouterr().out
    assert "income" in text
    assert "c017" not in text
    for more in (["--id", "c999"], ["--id", "c017", "--out", "him.svg"], ["--id", "c017", "--out", "him.png"], []):
        assert refused("why", "run", "customers.csv", *more)[0] == 2


def test_why_asks_only_that_the_one_id_is_his_alone(
    run: Path, capsys: pytest.CaptureFixture[str], refused: Callable[..., tuple[int, str]]
) -> None:
    lines = Path("customers.csv").read_text().splitlines()
    Path("twice.csv").write_text("\n".join([*lines, lines[18]]) + "\n")
    assert "Several rows" in refused("why", "run", "twice.csv", "--id", "c017")[1]
    assert _run(["why", "run", "twice.csv", "--id", "c018", "--id-column", "customer_id"]) == 0
    assert "Change: " in capsys.readouterr().out
    said = refused("why", "run", "customers.csv", "--id", "c018", "--id-column", "nope")[1]
    assert "Pass --id-column with one of these names" in said
    assert "--id " not in said


def test_who_is_not_assigned_is_told_so_and_that_is_no_failure(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.csv").write_text("customer_id,income,spend,city\nx1,,,\nx2,30000,12,Oslo\n")
    assert _run(["why", "run", "empty.csv", "--id", "x1"]) == 0
    assert "not assigned" in capsys.readouterr().out
    assert _run(["assign", "run", "empty.csv", "--out", "some.csv"]) == 0
    assert "1 of 2 customers assigned" in capsys.readouterr().out
