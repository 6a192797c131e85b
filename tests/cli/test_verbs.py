"""The command line as a contract: streams, exit codes, at most three lines of error, nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coterie.__main__ import _run
from coterie.cli import cli

CUSTOMERS = "customer_id,income,spend,city\n" + "".join(
    f"c{i:03d},{20_000 + 317 * (i * 37 % 300)},{(i * 53) % 97},{('Oslo', 'Rome', 'Lima')[i % 3]}\n" for i in range(120)
)


@pytest.fixture
def customers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS)
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run a verb that must fail, and return the exit code and what it said; it said it in at most three lines."""
    code = _run([*arguments, *(["-q"] if arguments[0] in ("segment", "assign") else [])])
    said = capsys.readouterr()
    lines = [line for line in said.err.splitlines() if line]
    assert said.out == ""
    assert 1 <= len(lines) <= 3, said.err
    assert "Traceback" not in said.err
    return code, said.err


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
        (["segment", "customers.csv", "--describe", "town"], "There is no column 'town' (asked for by --describe)"),
        (["segment", "customers.csv", "--value", "city"], "'city'"),
        (["segment", "customers.csv", "--id", "cust"], "There is no column 'cust'"),
        (["segment", "customers.csv", "--id", "city"], "Column 'city' is not unique: 117 rows repeat an id"),
        (["segment", "customers.csv", "-k", "1"], "-k cannot be '1'"),
        (["segment", "customers.csv", "-k", "many"], "cannot be 'many'"),
        (["segment", "customers.csv", "--features", "city", "-k", "4"], "only 3 customers of 120 differ"),
        (["segment", "customers.csv", "--features", "customer_id"], "No column is left"),
        (["segment", "customers.csv", "--scal", "z"], "There is no option '--scal'. Did you mean --scale?"),
        (["segmet", "customers.csv"], "There is no verb 'segmet'. Did you mean segment?"),
        (["segment", "customers.csv", "--threads", "0"], "--threads cannot be '0'"),
        (["verify", "nowhere"], "nowhere"),
        (["report", "nowhere"], "nowhere"),
        (["assign", "nowhere", "customers.csv"], "nowhere"),
    ],
)
def test_wrong_input_ends_with_2_and_writes_nothing(
    arguments: list[str], told: str, customers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = refused(capsys, *arguments)
    assert code == 2
    assert told in said
    assert [p.name for p in customers.parent.iterdir()] == ["customers.csv"]


@pytest.mark.parametrize("content", ["", "a,b\n", "\n\n\n"])
def test_a_file_without_customers_is_refused(content: str, customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    customers.write_text(content)
    assert refused(capsys, "segment", "customers.csv")[0] == 2


def test_an_older_result_is_kept_unless_told_otherwise(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick = ["segment", "customers.csv", "--effort", "quick", "--out", "out"]
    assert _run([*quick, "-q"]) == 0
    before = (customers.parent / "out" / "run.json").read_bytes()
    code, said = refused(capsys, *quick, "-k", "3")
    assert (code, "--overwrite" in said) == (2, True)
    assert (customers.parent / "out" / "run.json").read_bytes() == before
    assert _run([*quick, "-k", "3", "--overwrite", "-q"]) == 0
    assert len(json.loads((customers.parent / "out" / "run.json").read_text())["segments"]) == 3


def test_a_weak_verdict_ends_with_6_when_asked(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--fail-under", "natural"]) == 6
    assert "below --fail-under natural" in capsys.readouterr().err
    assert (customers.parent / "customers-segments" / "run.json").is_file()


def test_options_come_from_the_file_and_the_environment(customers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (customers.parent / "coterie.toml").write_text('input = "customers.csv"\nk = 3\nfeatures = ["income", "spend"]\n')
    monkeypatch.setenv("COTERIE_OUT", "elsewhere")
    monkeypatch.setenv("COTERIE_EFFORT", "quick")
    assert _run(["segment", "-q"]) == 0
    record = json.loads((customers.parent / "elsewhere" / "run.json").read_text())
    assert (len(record["segments"]), record["options"]["features"]) == (3, ["income", "spend"])


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


@pytest.mark.parametrize("verb", sorted(cli.commands))
def test_every_verb_can_be_quiet_and_speak_json(verb: str) -> None:
    flags = {flag for option in cli.commands[verb].params for flag in option.opts}
    assert {"--json", "--quiet", "-q", "--verbose", "-v"} <= flags


def test_quiet_verbs_say_nothing(customers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        _run(
            [
                "segment",
                "customers.csv",
                "--effort",
                "quick",
                "-q",
                "--out",
                "run",
            ]
        )
        == 0
    )
    for words in (["report", "run", "-q"], ["verify", "run", "-q"]):
        capsys.readouterr()
        assert _run(words) == 0
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", "")


def test_new_customers_must_have_the_columns_in_the_same_kind(
    customers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "--out", "run"]) == 0
    (customers.parent / "less.csv").write_text("customer_id,income\nx,1\n")
    code, said = refused(capsys, "assign", "run", "less.csv")
    assert (code, "'spend', 'city'" in said) == (2, True)
    (customers.parent / "other.csv").write_text("customer_id,income,spend,city\nx,rich,1,Rome\n")
    code, said = refused(capsys, "assign", "run", "other.csv")
    assert (code, "'income'" in said) == (2, True)


def program(*arguments: str, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "coterie", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so_in_one_line(number: int, code: int, customers: Path) -> None:
    running = program("segment", "customers.csv", "--effort", "thorough", "--max-k", "40")
    for line in running.stderr or []:
        if line.startswith("check"):
            break
    time.sleep(0.1)
    running.send_signal(number)
    _, said = running.communicate(timeout=20)
    assert running.returncode == code
    assert len(said.splitlines()) == 1
    assert [p.name for p in customers.parent.iterdir()] == ["customers.csv"]


def test_a_reader_that_has_gone_is_no_error(customers: Path) -> None:
    running = program("segment", "customers.csv", "--effort", "quick", "--json")
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    with running.stderr as talk:
        assert "Traceback" not in talk.read()
    running.wait(timeout=60)
    assert (customers.parent / "customers-segments" / "manifest.json").is_file()


def test_no_prompt_and_no_color_without_a_terminal(customers: Path) -> None:
    environment = {**os.environ, "FORCE_COLOR": "1"}
    running = program("demo", "--effort", "quick", stdin=subprocess.DEVNULL, env=environment)
    out, said = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "\x1b" not in out + said
