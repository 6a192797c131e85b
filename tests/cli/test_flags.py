"""What flags, environment and file become: a source, options, a way of reading, limits, a file to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coterie.__main__ import _run
from coterie.cli import flags
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
    with pytest.raises(InputError, match="--threads cannot be '0'"):
        flags.engine_of(Settings(threads=0))


def test_a_file_to_write_is_parquet_or_csv(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    assert flags.file_of(Settings(), "a.parquet") == Path("a.parquet")
    assert flags.file_of(Settings(out=str(there)), "a.parquet") == there
    with pytest.raises(InputError):
        flags.file_of(Settings(out="a.xlsx"), "a.parquet")
    assert flags.target_of(there, tmp_path / "beside").format == "csv"
    assert flags.target_of(Path("a.parquet"), tmp_path / "beside").format == "parquet"
