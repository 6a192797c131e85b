"""What flags, environment and file become: a source, options, a way of reading, limits, a file to write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coterie.__main__ import _run
from coterie.cli import cli, flags
from coterie.engines import Reading
from coterie.errors import InputError
from coterie.options import Options, Settings
from coterie.purchases import Purchases


def test_options_come_from_the_file_and_the_environment(customers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (customers.parent / "coterie.toml").write_text('input = "customers.csv"\nk = 3\nfeatures = ["income", "spend"]\n')
    monkeypatch.setenv("COTERIE_OUT", "elsewhere")
    monkeypatch.setenv("COTERIE_EFFORT", "quick")
    assert _run(["segment", "-q"]) == 0
    record = json.loads((customers.parent / "elsewhere" / "run.json").read_text())
    assert (len(record["segments"]), record["options"]["features"]) == (3, ["income", "spend"])


def test_what_nobody_set_is_the_default() -> None:
    nothing = Settings()
    assert flags.options_of(nothing) == Options()
    assert flags.reading_of(nothing) == Reading()
    assert flags.purchases_of(nothing) == Purchases()
    with pytest.raises(InputError, match="No input was given"):
        flags.source_of(nothing)


def test_settings_become_options_a_reading_and_roles() -> None:
    settings = Settings(id="c", features=("a",), k=4, no_header=True, on_bad_rows="skip", amount="paid", net=True)
    assert flags.options_of(settings) == Options(id="c", features=("a",), k=4)
    assert flags.reading_of(settings) == Reading(header=False, on_bad_rows="skip")
    assert flags.purchases_of(settings) == Purchases(customer="c", amount="paid", net=True)
    assert flags.purchases_of(Settings(id="c", customer="d")).customer == "d"


def test_an_engine_has_the_threads_that_are_asked_for() -> None:
    engine = flags.engine_of(Settings(threads=1))
    assert engine.threads == 1
    engine.close()
    with pytest.raises(InputError, match="`threads` cannot be '0'"):
        flags.engine_of(Settings(threads=0))


OUT_OF_RANGE = [
    ("decimal", "x"), ("encoding", "punycode"), ("skip-rows", "-1"), ("delimiter", ""), ("time-limit", "0"),
    ("time-limit", "nan"), ("threads", "0"), ("threads", "100000"), ("memory", "-1"), ("seed", "-1"), ("max-k", "1"),
    ("min-share", "2"), ("k", "1"), ("as-of", "soon"), ("customers", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), OUT_OF_RANGE)
def test_every_verb_refuses_what_is_out_of_range_wherever_it_is_set(
    name: str, text: str, run: Path, refused: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = f"-{name}" if len(name) == 1 else f"--{name}"
    needed = {"assign": ["run", "customers.csv"], "examples": ["run", "customers.csv"], "demo": []}
    needed["refresh"] = ["run", "customers.csv"]
    needed["compare"] = ["run", "run", "--source", "customers.csv"]
    needed["audience"] = ["run", "--source", "customers.csv"]
    needed["lift"] = ["run", "customers.csv", "--audience", "run"]
    needed["why"] = ["run", "customers.csv", "--id", "c017"]
    needed["typing"] = ["run", "--source", "customers.csv"]
    needed["sql"] = ["run", "--dialect", "duckdb"]
    needed["merge"] = ["run", "A", "B", "--source", "customers.csv"]
    (run.parent / "customers.csv").touch()
    for verb, command in cli.commands.items():
        if not any(flag in option.opts for option in command.params):
            continue
        words = needed.get(
            verb, ["customers.csv", *(["--transactions"] if name == "as-of" and verb == "segment" else [])]
        )
        code, said = refused(verb, *words, flag, text)
        assert (code, name in said or text in said) == (2, True), said
        if name == "customers" or verb == "sql":  # these have no settings
            continue
        with monkeypatch.context() as patched:
            patched.setenv(f"COTERIE_{name.upper().replace('-', '_')}", text)
            assert refused(verb, *words)[0] == 2


def test_a_file_to_write_is_parquet_or_csv(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    assert flags.file_of(Settings(), "a.parquet") == Path("a.parquet")
    assert flags.file_of(Settings(out=str(there)), "a.parquet") == there
    with pytest.raises(InputError):
        flags.file_of(Settings(out="a.xlsx"), "a.parquet")
    assert flags.target_of(there, tmp_path / "beside", Settings()).format == "csv"
    assert flags.target_of(Path("a.parquet"), tmp_path / "beside", Settings()).format == "parquet"
