"""The verbs that make, use and check a result: at most three lines of error, nothing half-written."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie.__main__ import _run

Refused = Callable[..., tuple[int, str]]


def test_the_result_is_on_stdout_and_the_talk_on_stderr(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick"]) == 0
    said = capsys.readouterr()
    assert "customers-segments/report.html" in said.out
    assert said.err.splitlines()[0] == "read: 120 customers, 4 columns"
    names = {p.name for p in (customers.parent / "customers-segments").iterdir()}
    assert names >= {"run.json", "segments.parquet", "profile.csv", "points.csv", "report.html", "manifest.json"}


def test_json_is_one_object_with_a_schema(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "--json", "-k", "3"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coterie.segment/1"
    assert [s["id"] for s in said["segments"]] == [1, 2, 3]
    assert sum(s["size"] for s in said["segments"]) == 120


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["segment", "nowhere.csv"], "There is no file 'nowhere.csv'"),
        (["segment"], "No input was given"),
        (["segment", "customers.csv", "--features", "incme"], "Did you mean 'income'?"),
        (
            ["segment", "customers.csv", "--describe", "town"],
            "There is no column 'town' (asked for by --describe 'town')",
        ),
        (["segment", "customers.csv", "--value", "city"], "'city'"),
        (["segment", "customers.csv", "--id", "cust"], "There is no column 'cust'"),
        (["segment", "customers.csv", "--id", "city"], "Column 'city' is not unique: 117 rows repeat an id"),
        (["segment", "customers.csv", "-k", "1"], "-k cannot be '1'"),
        (["segment", "customers.csv", "-k", "many"], "cannot be 'many'"),
        (["segment", "customers.csv", "--features", "city", "-k", "4"], "only 3 customers of 120 differ"),
        (["segment", "customers.csv", "--features", "customer_id"], "No column is left"),
        (["verify", "nowhere"], "nowhere"),
        (["report", "nowhere"], "nowhere"),
        (["assign", "nowhere", "customers.csv"], "nowhere"),
        (["demo", "--engine", "local[*]"], "--engine cannot be 'local[*]'"),
    ],
)
def test_wrong_input_ends_with_2_and_writes_nothing(
    arguments: list[str], told: str, customers: Path, refused: Refused
) -> None:
    code, said = refused(*arguments)
    assert code == 2
    assert told in said
    assert [p.name for p in customers.parent.iterdir()] == ["customers.csv"]


@pytest.mark.parametrize("content", ["", "a,b\n", "\n\n\n"])
def test_a_file_without_customers_is_refused(content: str, customers: Path, refused: Refused) -> None:
    customers.write_text(content)
    assert refused("segment", "customers.csv")[0] == 2


def test_an_older_result_is_kept_unless_told_otherwise(customers: Path, refused: Refused) -> None:
    quick = ["segment", "customers.csv", "--effort", "quick", "--out", "out"]
    assert _run([*quick, "-q"]) == 0
    before = (customers.parent / "out" / "run.json").read_bytes()
    code, said = refused(*quick, "-k", "3")
    assert (code, "--overwrite" in said) == (2, True)
    assert (customers.parent / "out" / "run.json").read_bytes() == before
    assert _run([*quick, "-k", "3", "--overwrite", "-q"]) == 0
    assert len(json.loads((customers.parent / "out" / "run.json").read_text())["segments"]) == 3


def test_a_weak_verdict_ends_with_6_when_asked(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--fail-under", "natural"]) == 6
    assert "below --fail-under natural" in capsys.readouterr().err
    assert (customers.parent / "customers-segments" / "run.json").is_file()


def test_a_split_that_one_answer_explains_counts_as_shape(
    customers: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    n, r, flips = 900, np.random.default_rng(0), np.random.default_rng(5)
    side, there = np.arange(n) % 2, np.arange(n) % 2 == 1
    frame = {"customer_id": [f"c{i}" for i in range(n)], "age": 28 + 36 * side + r.normal(0, 3, n)}
    frame |= {"balance": 1_500 - 1_100 * side + r.normal(0, 70, n), "member": np.where(there, "yes", "no")}
    frame |= {name: np.where(there ^ (flips.random(n) < 0.01), "yes", "no") for name in ("newsletter", "card")}
    pd.DataFrame(frame).to_csv("split.csv", index=False)
    command = ["segment", "split.csv", "-k", "2", "--effort", "quick"]
    assert _run([*command, "--fail-under", "overlapping"]) == 6
    told = capsys.readouterr()
    assert "The verdict is shape, below --fail-under overlapping" in told.err
    assert "Useful, not natural. The split is whether " in " ".join(told.out.split())
    assert _run([*command, "--overwrite", "-q", "--fail-under", "shape"]) == 0


def test_assign_report_verify_and_a_changed_file(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--out", "run"]) == 0
    assert _run(["assign", "run", "customers.csv", "--out", "again.csv", "-q"]) == 0
    assert (customers.parent / "again.csv").read_text().count("\n") == 121
    assert _run(["report", "run", "--out", "again.html"]) == 0
    assert (customers.parent / "again.html").read_bytes() == (customers.parent / "run" / "report.html").read_bytes()
    assert _run(["verify", "run"]) == 0
    page = customers.parent / "run" / "report.html"
    page.write_bytes(page.read_bytes().replace(b"coterie", b"c0terie", 1))
    capsys.readouterr()
    assert _run(["verify", "run"]) == 2
    assert "'report.html': changed" in capsys.readouterr().err


def test_quiet_verbs_say_nothing(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--out", "run"]) == 0
    for words in (["report", "run", "-q"], ["verify", "run", "-q"]):
        capsys.readouterr()
        assert _run(words) == 0
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", "")


def test_every_verb_that_reads_customers_tells_its_queries_where_more_is_asked(
    customers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--out", "run"]) == 0
    for words, last in (
        (["check", "customers.csv"], "check, query"),
        (["assign", "run", "customers.csv", "--out", "again.csv"], "assign, file"),
        (["refresh", "run", "customers.csv", "--out", "next"], "write, file"),
        (["compare", "run", "next", "--source", "customers.csv"], "compare, query"),
        (["audience", "run", "--allow-small", "--out", "lists"], "audience, file"),
    ):
        capsys.readouterr()
        assert _run([*words, "-v"]) == 0
        told = [line for line in capsys.readouterr().err.splitlines() if " s of CPU in " in line]
        assert any(line.startswith(f"  {last}: ") for line in told), (words, told)
        capsys.readouterr()
        assert _run([*words, "--overwrite"] if words[0] not in ("check", "compare") else words) == 0
        assert " s of CPU in " not in capsys.readouterr().err


def test_new_customers_must_have_the_columns_in_the_same_kind(customers: Path, refused: Refused) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--out", "run"]) == 0
    (customers.parent / "less.csv").write_text("customer_id,income\nx,1\n")
    code, said = refused("assign", "run", "less.csv")
    assert (code, "'spend', 'city'" in said) == (2, True)
    (customers.parent / "other.csv").write_text("customer_id,income,spend,city\nx,rich,1,Rome\n")
    code, said = refused("assign", "run", "other.csv")
    assert (code, "'income'" in said) == (2, True)


def test_no_verb_replaces_what_was_not_given_away(
    run: Path, tmp_path: Path, refused: Callable[..., tuple[int, str]]
) -> None:
    mine, source = tmp_path / "mine.csv", tmp_path / "customers.csv"
    mine.write_text("mine")
    (tmp_path / "same.csv").hardlink_to(source)
    orders = tmp_path / "orders.csv"
    orders.write_text("customer,date,amount\n" + "".join(f"c{i % 9},2026-01-{1 + i % 28:02},{i}\n" for i in range(90)))
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    writers = {"report": ["report", "run"], "assign": ["assign", "run", "customers.csv"], "customers": ["customers"]}
    for verb, words in writers.items():
        read = ["orders.csv"] if verb == "customers" else []
        for out, more, told in (
            ("mine.csv", [], "--overwrite"),
            ("run/points.csv", ["--overwrite"], "inside the run"),
            ("run/new.csv", [], "inside the run"),
            *([("same.csv", ["--overwrite"], "overlap")] if verb == "assign" else []),
            *([("same.csv", ["--overwrite"], "was made of")] if verb == "report" else []),
            *([("./orders.csv", ["--overwrite"], "overlap")] if verb == "customers" else []),
        ):
            code, said = refused(*words, *read, "--out", out, *more)
            assert (code, told in said) == (2, True), said
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert _run(["report", "run", "--out", "mine.csv", "--overwrite", "-q"]) == 0
    assert mine.read_text().startswith("<!")


def test_what_is_piped_in_is_a_source(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = run.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("COTERIE_TEMP_DIR", str(temporary))
    packed = gzip.compress((run.parent / "customers.csv").read_bytes())
    for words in (
        ["segment", "-", "--effort", "quick", "-k", "3", "--max-k", "4"],
        ["check", "-"],
        ["assign", "run", "-", "--out", "piped.csv"],
        ["examples", "run", "-"],
    ):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(packed)))
        assert _run([*words, "-q"]) == 0, words
    assert (run.parent / "coterie-segments" / "run.json").read_bytes() == (run / "run.json").read_bytes()
    assert len((run.parent / "piped.csv").read_text().splitlines()) == 121
    assert list(temporary.iterdir()) == []


def test_formulas_are_neutralized_in_every_csv_that_is_written_and_kept_where_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = [f"=cmd|' /C calc'!A{i}" for i in range(40)] + [f"@x{i}" for i in range(20)] + [f"-{i}" for i in range(60)]
    rows = [(text, i * 37 % 300, ("=1+1", "+2+A1", "b")[i % 3]) for i, text in enumerate(texts)]
    Path("t.csv").write_text("customer_id,spend,city\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    log = [(texts[i % 120], f"2026-01-{1 + i % 28:02}", i, ("=2+2", "b")[i % 2]) for i in range(400)]
    Path("o.csv").write_text("customer,date,amount,category\n" + "".join(f"{','.join(map(str, r))}\n" for r in log))
    common = ["--overwrite", "-q"]
    for more, marked in (([], True), (["--raw-csv"], False)):
        fast = ["--effort", "quick", "-k", "3", "--max-k", "4", "--csv", "--out", "run"]
        assert _run(["segment", "t.csv", *fast, *common, *more]) == 0
        assert _run(["assign", "run", "t.csv", "--out", "assigned.csv", *common, *more]) == 0
        assert _run(["customers", "o.csv", "--category", "category", "--out", "made.csv", *common, *more]) == 0
        assert _run(["name", "run", "A", "Weekend families", "-q"]) == 0
        for name in ("run/segments.csv", "assigned.csv", "made.csv"):
            with Path(name).open(newline="") as file:
                cells = [cell for row in csv.reader(file) for cell in row]
            live = [c for c in cells if c[:1] in "=+@\t\r" and c]
            assert bool(live) != marked, name
            assert "-7" in cells, name
    with Path("run/profile.csv").open(newline="") as file:
        assert not [c for row in csv.reader(file) for c in row if c[:1] in ("=", "+", "@")]


def test_assign_says_which_columns_speak_most_where_it_is_asked(run: Path) -> None:
    assert _run(["assign", "run", "customers.csv", "--why", "--out", "new.csv", "-q"]) == 0
    head, first, *_ = Path("new.csv").read_text().splitlines()
    assert head == "id,segment,name,margin,confidence,why_1,why_2"
    assert first.split(",")[-2] in ("income", "spend", "city")
