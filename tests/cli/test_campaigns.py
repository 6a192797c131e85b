"""audience and lift on the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coterie.__main__ import _run


def held(folder: Path) -> set[str]:
    with (folder / "holdout.csv").open(newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


def test_a_campaign_from_lists_to_lift(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTERIE_KEY", "spring")
    asked = ["audience", "run", "--holdout", "0.3", "--source", "customers.csv", "--columns", "city", "--out", "spring"]
    assert _run([*asked, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.audience/1"
    assert sum(s["members"] + s["held_out"] for s in said["audience"]["segments"]) == 120
    assert (run.parent / "spring" / said["audience"]["segments"][0]["file"]).read_text().startswith("id,city\n")
    nobody = held(run.parent / "spring")
    rows = [f"c{i:03d},{0 if f'c{i:03d}' in nobody else 1}\n" for i in range(120)]
    (run.parent / "results.csv").write_text("customer_id,bought\n" + "".join(rows))
    assert _run(["name", "run", "B", "Families", "-q"]) == 0  # a name does not part an audience from its run
    assert _run(["lift", "run", "results.csv", "--audience", "spring", "--outcome", "bought", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "coterie.lift/1"
    assert found["lift"]["overall"]["lift"] == 1.0
    assert found["lift"]["overall"]["clear"]
    assert _run(["lift", "run", "results.csv", "--audience", "spring", "--outcome", "bought"]) == 0
    text = capsys.readouterr().out
    assert "+100.00 points" in text
    assert "Holm" in text
    assert _run(["verify", "spring"]) == 0


def test_without_ids_no_key_is_said_to_hold_anybody_out_again(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (run.parent / "customers.csv").read_text().splitlines()
    (run.parent / "nobody.csv").write_text("".join(line.partition(",")[2] + "\n" for line in whole))
    assert _run(["segment", "nobody.csv", "--effort", "quick", "-q", "-k", "3", "--max-k", "4", "--out", "n"]) == 0
    for made, promised in (("run", True), ("n", False)):
        capsys.readouterr()
        assert _run(["audience", made, "--holdout", "0.3", "--key", "k", "--out", f"{made}-a"]) == 0
        said = capsys.readouterr()
        assert "30% held out" in said.out
        assert ("next month" in said.out + said.err) is promised
        assert ("no key holds the same customers out of another" in said.out + said.err) is not promised


def test_the_key_comes_from_a_file_too(run: Path, refused: Callable[..., tuple[int, str]]) -> None:
    (run.parent / "key").write_text("spring\n")
    assert _run(["audience", "run", "--holdout", "0.3", "--key", "spring", "--out", "a", "-q"]) == 0
    assert _run(["audience", "run", "--holdout", "0.3", "--key-file", "key", "--out", "b", "-q"]) == 0
    assert held(run.parent / "a") == held(run.parent / "b")
    code, said = refused("audience", "run", "--holdout", "0.3", "--key-file", "nowhere", "--out", "c")
    assert code == 2
    assert "nowhere" in said


def test_what_cannot_be_ends_with_2_and_leaves_nothing(run: Path, refused: Callable[..., tuple[int, str]]) -> None:
    assert refused("audience", "run", "--holdout", "0.3", "--out", "a")[0] == 2
    assert refused("audience", "run", "--holdout", "0", "--key", "k", "--out", "a")[0] == 2
    assert refused("audience", "run", "--segment", "Q", "--out", "a")[0] == 2
    assert refused("audience", "nowhere", "--out", "a")[0] == 2
    assert not (run.parent / "a").exists()
    assert _run(["audience", "run", "--out", "a", "-q"]) == 0
    assert refused("lift", "run", "customers.csv", "--audience", "a")[0] == 2
    assert refused("lift", "run", "customers.csv", "--audience", "run")[0] == 2
    assert refused("audience", "run", "--out", "a")[0] == 2


def test_an_audience_of_another_run_is_refused(run: Path, refused: Callable[..., tuple[int, str]]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "-k", "2", "--max-k", "4", "--out", "two"]) == 0
    assert _run(["audience", "two", "--holdout", "0.3", "--key", "k", "--out", "a", "-q"]) == 0
    code, said = refused("lift", "run", "customers.csv", "--audience", "a")
    assert code == 2
    assert "not made from the run" in said


def test_a_refresh_makes_another_run_and_a_name_or_a_merge_does_not(
    run: Path, refused: Callable[..., tuple[int, str]]
) -> None:
    rows = (run.parent / "customers.csv").read_text().splitlines()
    (run.parent / "later.csv").write_text("\n".join([rows[0], *rows[20:]]) + "\n")
    assert _run(["audience", "run", "--holdout", "0.3", "--key", "k", "--out", "a", "-q"]) == 0
    assert _run(["refresh", "run", "later.csv", "--out", "after", "-q"]) == 0
    lift = ["lift", "after", "later.csv", "--audience"]
    assert refused(*lift, "a")[0] == 2
    assert _run(["name", "after", "A", "Families", "-q"]) == 0
    code, said = refused(*lift, "a")
    assert code == 2
    assert "not made from the run" in said
    assert _run(["audience", "after", "--holdout", "0.3", "--key", "k", "--out", "b", "-q"]) == 0
    assert _run(["name", "after", "B", "Singles", "-q"]) == 0
    assert _run([*lift, "b", "-q"]) == 0
    assert _run(["merge", "after", "A", "B", "-q"]) == 0
    assert _run([*lift, "b", "-q"]) == 0
    assert refused(*lift, "a")[0] == 2


def test_two_segments_are_named_one_after_the_other(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["audience", "run", "--segment", "A", "--segment", "3", "--out", "a", "--json"]) == 0
    assert [s["letter"] for s in json.loads(capsys.readouterr().out)["audience"]["segments"]] == ["A", "C"]
