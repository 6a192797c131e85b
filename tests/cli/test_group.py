"""How verbs are called, stopped and left: usage, interruptions, and readers that have gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from coterie.cli import cli
from coterie.cli.console import Talk
from coterie.cli.group import Verbs, verb
from coterie.options import Settings


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["segment", "customers.csv", "--scal", "z"], "There is no option '--scal'. Did you mean --scale?"),
        (["segmet", "customers.csv"], "There is no verb 'segmet'. Did you mean segment?"),
        (["segment", "customers.csv", "--seed", "x"], "'x' is not a valid integer"),
        (["segment", "customers.csv", "--scale", "minmax"], "'minmax' is not one of"),
        (["verify"], "Missing argument 'RUN'"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_was_meant(
    arguments: list[str], told: str, refused: Callable[..., tuple[int, str]]
) -> None:
    code, said = refused(*arguments)
    assert (code, told in said) == (2, True)
    assert "--help" in said


def test_a_function_becomes_a_verb_that_is_told_its_settings_and_how_to_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []

    @verb("coterie try a", (click.Option(["--seed"], type=int), click.Option(["--config"])))
    @click.argument("what")
    def attempt(what: str, settings: Settings, talk: Talk) -> int:
        """Try it."""
        heard.extend([what, settings, talk.quiet])
        return 7

    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.toml").write_text("k = 4\n")
    group = Verbs("coterie", {"try": attempt})
    assert group.main(["try", "a", "--seed", "3", "-q", "--config", "other.toml"], standalone_mode=False) == 7
    assert heard == ["a", Settings(seed=3, k=4), True]
    assert (attempt.help, attempt.epilog) == ("Try it.", "Example: coterie try a")


def test_a_verb_that_takes_no_settings_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coterie.toml").write_text("not = toml = at all")
    assert cli.main(["rule", "COT101", "-q"], standalone_mode=False) == 0


@pytest.mark.parametrize("verb", ["segment", "customers", "check", "assign", "examples", "merge", "demo"])
def test_every_verb_that_reads_data_takes_limits(verb: str) -> None:
    flags = {flag for option in cli.commands[verb].params for flag in option.opts}
    assert {"--threads", "--memory", "--temp-dir", "--config"} <= flags


HELPED = [[], *([verb] for verb in sorted(cli.commands))]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("words", HELPED, ids=lambda words: " ".join(words) or "coterie")
def test_help_fits_the_terminal_and_leaves_nothing_out(
    words: list[str], width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert cli.main([*words, "--help"], standalone_mode=False) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.replace("[ARGS]...", "").replace("COMMAND...", "")
    assert "…" not in shown
    told = [line for line in shown.splitlines() if not line.lstrip().startswith("--")]  # a flag and its choices: whole
    assert all(len(line) <= width for line in told)


def test_the_help_of_a_verb_has_its_flags_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["segment", "--help"], standalone_mode=False)
    groups: dict[str, str] = {}
    heading = ""
    for line in capsys.readouterr().out.splitlines():
        heading = line.rstrip(":") if line.endswith(":") and not line.startswith(" ") else heading
        groups[heading] = groups.get(heading, "") + line
    assert [name for name in groups if name and " " not in name] == ["Common", "Purchases", "Reading", "Running"]
    for flag, heading in (
        ("--features", "Common"), ("--out", "Common"), ("--customer", "Purchases"), ("--transactions", "Purchases"),
        ("--encoding", "Reading"), ("--threads", "Running"), ("--json", "Running"), ("--help", "Running"),
    ):  # fmt: skip
        assert f"{flag} " in groups[heading]


@pytest.mark.parametrize("verb", sorted(cli.commands))
def test_every_verb_can_be_quiet_and_speak_json(verb: str) -> None:
    flags = {flag for option in cli.commands[verb].params for flag in option.opts}
    assert {"--json", "--quiet", "-q", "--verbose", "-v"} <= flags


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


@pytest.mark.parametrize(
    "words", [["rule", "COT101"], ["check", "customers.csv"], ["check", "customers.csv", "--json"]]
)
def test_a_stream_that_takes_nothing_is_told_and_no_bug(words: list[str], customers: Path) -> None:
    verb = " ".join([sys.executable, "-m", "coterie", *words])

    def said(redirected: str) -> tuple[int, str]:
        done = subprocess.run(["sh", "-c", f"{verb} {redirected}"], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    for redirected, reason in ((">/dev/full", "No space left"), (">&-", "it is closed")):
        code, told = said(redirected)
        assert (code, reason in told, len(told.splitlines())) == (4, True, 2), told
    for redirected in ("2>/dev/full", "2>&-", "-q >/dev/full"):
        assert said(redirected)[0] == (4 if redirected.startswith("-q") else 0)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_what_a_narrow_stream_lacks_is_replaced_and_json_stays_whole(encoding: str, tmp_path: Path) -> None:
    rows = "".join(f"c{i:03d},{i * 37 % 300},{(chr(0x416), chr(0x1F600), 'b')[i % 3] * 3}\n" for i in range(60))
    (tmp_path / "t.csv").write_text("id,spend,city\n" + rows, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for more in ([], ["--json"]):
        words = ["segment", "t.csv", "--effort", "quick", "-k", "3", "--max-k", "4", "--overwrite", *more]
        command = [sys.executable, "-m", "coterie", *words]
        done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=environment)
        assert (done.returncode, b"bug" in done.stderr) == (0, False), done.stderr
        if more:
            assert chr(0x1F600) in json.dumps(json.loads(done.stdout.decode(encoding)), ensure_ascii=False)
